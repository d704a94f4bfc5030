"""Networks of one operation each that compares, chooses, rounds, or takes and puts single places; for make_onnx.py."""

import numpy as np
from onnx import TensorProto, helper
from onnx_nodes import CHANNELS, SIDE, build, constant, ints, node, pool, shaped, unary


def comparisons():
    """Comparisons with a number and with another result, and what is true of them."""
    for op in ["Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Equal"]:
        yield (
            f"compare.{op.lower()}",
            shaped(
                ("Relu", ["a"], ["r"], {}),
                (op, ["r", "c"], ["g"], {}),
                (op, ["a", "r"], ["h"], {}),
                ("Cast", ["g"], ["f"], dict(to=TensorProto.FLOAT)),
                ("Where", ["h", "f", "a"], ["b"], {}),
                constants=[constant("c", 0.0)],
            ),
        )
    yield (
        "compare.logic",
        shaped(
            ("Greater", ["a", "c"], ["g"], {}),
            ("Less", ["a", "d"], ["l"], {}),
            ("And", ["g", "l"], ["both"], {}),
            ("Or", ["g", "l"], ["any"], {}),
            ("Not", ["both"], ["other"], {}),
            ("Where", ["other", "c", "a"], ["w"], {}),
            ("Cast", ["any"], ["f"], dict(to=TensorProto.FLOAT)),
            ("Add", ["f", "w"], ["b"], {}),
            constants=[constant("c", 0.1), constant("d", 0.6)],
        ),
    )


def roundings():
    for op in ["Floor", "Ceil", "Sign", "Sin", "Cos", "Round"]:
        scaled = [("Mul", ["a", "c"], ["m"], {}), (op, ["m"], ["b"], {})]
        yield f"unary.{op.lower()}", shaped(*scaled, constants=[constant("c", 3.0)])
    for name, kind in [("int", TensorProto.INT32), ("bool", TensorProto.BOOL)]:
        casts = [("Cast", ["r"], ["k"], dict(to=kind)), ("Cast", ["k"], ["b"], dict(to=TensorProto.FLOAT))]
        before = [("Mul", ["a", "c"], ["m"], {}), ("Relu" if name == "bool" else "Neg", ["m"], ["r"], {})]
        yield f"cast.{name}", shaped(*before, *casts, constants=[constant("c", 3.0)])
    exponents = constant("c", np.array([0.5, 1.5, 2.5, -0.5]).reshape(CHANNELS, 1, 1))
    yield "pow.channels", shaped(("Abs", ["a"], ["p"], {}), ("Pow", ["p", "c"], ["b"], {}), constants=[exponents])
    yield "pow.base", shaped(("Pow", ["c", "a"], ["b"], {}), constants=[constant("c", 2.5)])
    yield "reduce.log_sum_exp", pool("ReduceLogSumExp", axes=[2, 3], keepdims=0)
    yield "reduce.log_sum", shaped(("Exp", ["a"], ["e"], {}), ("ReduceLogSum", ["e"], ["b"], dict(axes=[1])))


def places():
    """Parts that go backward, and single places."""
    part = [ints("starts", [-1, 9]), ints("ends", [-(2**62), 2]), ints("axes", [3, 2]), ints("steps", [-1, -3])]
    yield "places.backward", shaped(("Slice", ["a", "starts", "ends", "axes", "steps"], ["b"], {}), constants=part)
    turned = ("Transpose", ["a"], ["t"], dict(perm=[1, 0, 2, 3]))
    back = ("Transpose", ["u"], ["b"], dict(perm=[1, 0, 2, 3]))
    picked = ("GatherND", ["t", "places"], ["u"], {})
    yield "places.channels", shaped(turned, picked, back, constants=[ints("places", [[2], [0], [-1]])])
    grid = np.stack(np.meshgrid([0, 3, 5], [1, 2], indexing="ij"), -1)
    turned = ("Transpose", ["a"], ["t"], dict(perm=[2, 3, 0, 1]))
    back = ("Transpose", ["u"], ["b"], dict(perm=[2, 3, 0, 1]))
    yield "places.grid", shaped(turned, picked, back, constants=[ints("places", grid)])
    update = [("Gather", ["t", "rows"], ["r"], {}), ("Gather", ["r", "three"], ["g"], dict(axis=1))]
    own = [ints("rows", [0, 5]), ints("three", 3), ints("places", [[1, 2], [4, 0]])]
    put = ("ScatterND", ["t", "places", "g"], ["u"], {})
    yield "places.put", shaped(turned, *update, put, back, constants=own)
    part = [ints("from", [5]), ints("to", [7]), ints("axis", [2]), ints("rows", np.reshape([3, 0], (1, 1, 2, 1)))]
    own = [("Slice", ["a", "from", "to", "axis"], ["s"], {}), ("Neg", ["s"], ["n"], {}), ("Shape", ["n"], ["to n"], {})]
    elements = [
        ("Expand", ["rows", "to n"], ["places"], {}),
        ("ScatterElements", ["a", "places", "n"], ["b"], dict(axis=2)),
    ]
    yield "places.rows", shaped(*own, *elements, constants=part, opset=18)
    yield "places.triangle", unary("Trilu", upper=0)
    pads = ints("pads", [0, 0, -1, 2, 0, 0, -3, -2])
    yield "places.pad_negative", shaped(("Pad", ["a", "pads"], ["b"], {}), constants=[pads])


def windows_of_other_axes():
    """Pools along one axis and three, and images that shrink smoothly."""
    flat = [("Reshape", ["a", "flat"], ["f"], {})]
    for op in ["MaxPool", "AveragePool"]:
        window = (op, ["f"], ["b"], dict(kernel_shape=[5], strides=[3], pads=[2, 1]))
        yield f"pool.line_{op.lower()}", shaped(*flat, window, constants=[ints("flat", [0, CHANNELS, -1])])
    deep = ("Unsqueeze", ["a", "one"], ["u"], {})
    window = ("AveragePool", ["u"], ["b"], dict(kernel_shape=[3, 1, 1], pads=[1, 0, 0, 1, 0, 0], count_include_pad=1))
    yield "pool.channels", shaped(deep, window, constants=[ints("one", [1])])
    for mode in ["linear", "cubic"]:
        for out in (0, 1):
            how = dict(mode=mode, antialias=1, exclude_outside=out, cubic_coeff_a=-0.5)
            smaller = node("Resize", ["a", "", "", "sizes"], ["b"], **how)
            yield f"shape.smooth_{mode}{out}", build([smaller], [ints("sizes", [2, CHANNELS, 5, 9])], opset=18)


def gray(last):
    """A network that sees no colors, its one channel second or last."""
    model = build([node("Relu", ["a"], ["b"])])
    model.graph.input[0].CopyFrom(
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", SIDE, SIDE, 1] if last else ["n", 1, SIDE, SIDE])
    )
    weight = model.graph.initializer[0]
    weight.CopyFrom(constant(weight.name, np.random.default_rng(4).normal(0, 0.8, (CHANNELS, 1, 3, 3))))
    if last:
        model.graph.node[0].input[0] = "first"
        model.graph.node.insert(0, node("Transpose", ["x"], ["first"], perm=[0, 3, 1, 2]))
    return model


def branch(taken):
    """If by a shape: one of its graphs stays, which takes results from outside."""
    value = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    other = helper.make_tensor_value_info("out2", TensorProto.FLOAT, None)
    graphs = {
        "then_branch": helper.make_graph([node("Mul", ["a", "s"], ["out"])], "then", [], [value], [constant("s", 3.0)]),
        "else_branch": helper.make_graph([node("Sigmoid", ["a"], ["out2"])], "else", [], [other]),
    }
    nodes = [node("Shape", ["a"], ["shape"]), node("Gather", ["shape", "two"], ["side"], axis=0)]
    nodes += [node("Equal", ["side", "sides"], ["is"]), node("If", ["is"], ["c"], **graphs), node("Relu", ["c"], ["b"])]
    return build(nodes, [ints("two", 2), ints("sides", SIDE if taken else 1)])


def choices():
    yield from comparisons()
    yield from roundings()
    yield from places()
    yield from windows_of_other_axes()
    yield "image.gray", gray(False)
    yield "image.gray_last", gray(True)
    yield "branch.then", branch(True)
    yield "branch.else", branch(False)
