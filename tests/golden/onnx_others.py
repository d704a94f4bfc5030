"""Networks of one operation each that is made of others, or taken off at the end; for make_onnx.py."""

import numpy as np
from onnx import TensorProto, helper
from onnx_nodes import CHANNELS, SIDE, build, constant, ints, node, shaped, unary

ANGLES = ["Atan", "Asin", "Acos", "Tan", "Sinh", "Cosh", "Asinh", "Acosh", "Atanh"]


def random(name, *shape):
    return constant(name, np.random.default_rng(len(shape) + sum(shape)).normal(0, 0.5, shape))


def elementary():
    for op in ANGLES:
        nodes = [("Tanh", ["a"], ["t"], {}), ("Mul", ["t", "c"], ["m"], {})]
        shift = [("Add", ["m", "d"], ["s"], {})] if op == "Acosh" else []
        last = (op, ["s" if shift else "m"], ["b"], {})
        yield f"unary.{op.lower()}", shaped(*nodes, *shift, last, constants=[constant("c", 0.9), constant("d", 2.1)])
    yield "unary.shrink", unary("Shrink", lambd=0.2, bias=0.1)
    yield "unary.threshold", unary("ThresholdedRelu", alpha=0.3)
    steps = constant("c", np.array([0.3, 0.4, -0.3, 0.7]).reshape(CHANNELS, 1, 1))
    yield "beside.fmod", shaped(("Mod", ["a", "c"], ["b"], dict(fmod=1)), constants=[steps])
    either = [("Greater", ["a", "c"], ["g"], {}), ("Less", ["a", "d"], ["l"], {}), ("Xor", ["g", "l"], ["either"], {})]
    cast = ("Cast", ["either"], ["b"], dict(to=TensorProto.FLOAT))
    yield "compare.xor", shaped(*either, cast, constants=[constant("c", 0.1), constant("d", 0.6)])


def taken():
    """The same places of every row."""
    places = ints("places", np.broadcast_to(np.reshape([2, 0, 3], (1, 3, 1, 1)), (1, 3, SIDE, SIDE)))
    grown = [("Shape", ["a"], ["whole"], {}), ("Slice", ["whole", "none", "one"], ["n"], {})]
    grown += [("Concat", ["n", "others"], ["to"], dict(axis=0)), ("Expand", ["places", "to"], ["all"], {})]
    own = [places, ints("none", [0]), ints("one", [1]), ints("others", [3, SIDE, SIDE])]
    yield "places.elements", shaped(*grown, ("GatherElements", ["a", "all"], ["b"], dict(axis=1)), constants=own)


def folded():
    """Positions that a small network makes of constants, and single ones among noughts."""
    rng = np.random.default_rng(9)
    own = [random("p", 3, SIDE * SIDE), random("w", 5, 3), random("c", 5), random("v", CHANNELS, 5)]
    own += [ints("image", [1, CHANNELS, SIDE, SIDE]), ints("places", rng.integers(-SIDE, SIDE, (CHANNELS, SIDE)))]
    own += [ints("depth", SIDE), constant("values", [0.5, 2.0])]
    nodes = [
        ("Gemm", ["p", "w", "c"], ["h"], dict(transA=1, transB=1, alpha=0.7, beta=2.0)),
        ("Relu", ["h"], ["r"], {}),
    ]
    nodes += [("Gemm", ["v", "r"], ["g"], dict(transB=1)), ("Reshape", ["g", "image"], ["m"], {})]
    nodes += [("OneHot", ["places", "depth", "values"], ["o"], dict(axis=1)), ("Mul", ["m", "o"], ["f"], {})]
    yield "constant.gemm", shaped(*nodes, ("Add", ["a", "f"], ["b"], {}), constants=own)
    flat = ("ReduceMean", ["a"], ["f"], dict(axes=[2, 3], keepdims=0))
    gate = [("Gemm", ["f", "v"], ["g"], {}), ("Gemm", ["g", "w", "g"], ["b"], dict(alpha=0.5, beta=-1.0))]
    yield "linear.gemm_sum", shaped(flat, *gate, constants=[own[3], random("w", 5, 5)])


def shared():
    """Filters of windows that are counted with the batch, and a matrix that two layers take."""
    sizes = [ints("first", [0, CHANNELS, 3, 4, SIDE]), ints("all", [-1, CHANNELS, 4, SIDE])]
    sizes += [ints("apart", [-1, 3, 6, 4, SIDE]), random("w", 6, 2, 3, 3), random("c", 6), random("m", SIDE, SIDE)]
    cut = [("Reshape", ["a", "first"], ["r"], {}), ("Transpose", ["r"], ["t"], dict(perm=[0, 2, 1, 3, 4]))]
    cut += [("Reshape", ["t", "all"], ["s"], {}), ("Conv", ["s", "w", "c"], ["v"], dict(group=2, pads=[1] * 4))]
    cut += [("Reshape", ["v", "apart"], ["u"], {}), ("MatMul", ["u", "m"], ["p"], {}), ("Relu", ["p"], ["q"], {})]
    yield "windows.shared", shaped(*cut, ("MatMul", ["q", "m"], ["b"], {}), constants=sizes)


def layers():
    """Tokens that are all pooled, and a row of pooled features: the one is a layer to look at, the other is not."""
    tokens = [("Reshape", ["a", "flat"], ["f"], {}), ("Transpose", ["f"], ["t"], dict(perm=[0, 2, 1]))]
    tokens += [("LayerNormalization", ["t", "s"], ["l"], {}), ("ReduceMean", ["l"], ["b"], dict(axes=[1], keepdims=0))]
    yield "layer.tokens", shaped(*tokens, constants=[ints("flat", [0, CHANNELS, -1]), random("s", CHANNELS)])
    row = [("GlobalAveragePool", ["a"], ["g"], {}), ("Reshape", ["g", "row"], ["r"], {})]
    row += [("Conv", ["r", "w"], ["v"], dict(pads=[1, 1])), ("Relu", ["v"], ["b"], {})]
    yield "layer.row", shaped(*row, constants=[ints("row", [0, 1, -1]), random("w", 1, 1, 3)])


def eight_bits():
    """Constants in 8 bits: a number, and a kernel whose filters have scales of their own."""
    zero = [constant("z", 3, np.int8), constant("zs", [1, -2, 0, 5], np.int8)]
    own = [
        constant("c", [[[0.3]], [[-1.7]], [[0.9]], [[9.0]]]),
        constant("s", 0.02),
        random("w", CHANNELS, CHANNELS, 3, 3),
    ]
    nodes = [("QuantizeLinear", ["c", "s", "z"], ["q"], {}), ("DequantizeLinear", ["q", "s", "z"], ["d"], {})]
    nodes += [("Mul", ["a", "d"], ["m"], {})]
    nodes += [("QuantizeLinear", ["w", "ss", "zs"], ["qw"], dict(axis=0))]
    nodes += [("DequantizeLinear", ["qw", "ss", "zs"], ["dw"], dict(axis=0)), ("Conv", ["m", "dw"], ["b"], {})]
    scales = constant("ss", [0.01, 0.02, 0.005, 0.013])
    yield "quantize.constants", shaped(*nodes, constants=[*own, *zero, scales])


def head(*nodes, constants=(), domain=None, kind=TensorProto.FLOAT):
    """Scores of classes, and what is made of them."""
    mean = node("ReduceMean", ["a"], ["scores"], axes=[2, 3], keepdims=0)
    model = build([mean, *nodes], constants, flat=False)
    model.graph.output[0].type.tensor_type.elem_type = kind
    if domain:
        model.opset_import.append(helper.make_opsetid(domain, 3))
    return model


def chosen():
    """What chooses among classes at the end: the scores are asked for, which are no output."""
    yield "head.best", head(node("ArgMax", ["scores"], ["y"], axis=1, keepdims=0), kind=TensorProto.INT64)
    soft = node("Softmax", ["scores"], ["soft"], axis=1)
    yield "head.several", head(soft, node("TopK", ["soft", "k"], ["y", "places"]), constants=[ints("k", [2])])
    most = node("ReduceMax", ["scores"], ["most"], axes=[1], keepdims=0)
    best = [
        most,
        node("ArgMax", ["scores"], ["long"], axis=1, keepdims=0),
        node("Cast", ["long"], ["y"], to=TensorProto.INT32),
    ]
    model = head(*best, kind=TensorProto.INT32)
    model.graph.output.insert(0, helper.make_tensor_value_info("most", TensorProto.FLOAT, None))
    yield "head.greatest", model
    names = [f"class {i}" for i in range(CHANNELS)]
    sequence = helper.make_node("ZipMap", ["soft"], ["y"], domain="ai.onnx.ml", classlabels_strings=names)
    model = head(soft, sequence, domain="ai.onnx.ml")
    types = helper.make_map_type_proto(TensorProto.STRING, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
    model.graph.output[0].CopyFrom(helper.make_value_info("y", helper.make_sequence_type_proto(types)))
    yield "head.names", model
    rounded = [node("QuantizeLinear", ["soft", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["y"])]
    yield "head.rounded", head(soft, *rounded, constants=[constant("s", 1 / 255), constant("z", 0, np.uint8)])


def others():
    yield from elementary()
    yield from taken()
    yield from folded()
    yield from shared()
    yield from layers()
    yield from eight_bits()
    yield from chosen()
