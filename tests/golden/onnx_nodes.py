"""Networks of one operation each, between a convolution and a flat output, for make_onnx.py."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

SIDE = 12
CHANNELS = 4


def node(op, inputs, outputs, **attributes):
    return helper.make_node(op, inputs, outputs, name=f"the {op} of {outputs[0]}", **attributes)


def constant(name, value, dtype=np.float32):
    return numpy_helper.from_array(np.asarray(value, dtype), name)


def build(nodes, constants=(), opset=17, outputs=("y",), flat=True, side=SIDE, functions=(), size=None):
    """x -> convolution -> a -> nodes -> b, flattened to y. The image is square, or of this height and width."""
    rng = np.random.default_rng(len(nodes) + 7)
    weight = rng.normal(0, 0.4, (CHANNELS, 3, 3, 3))
    first = helper.make_node(
        "Conv", ["x", "conv.weight", "conv.bias"], ["a"], name="first", kernel_shape=[3, 3], pads=[1, 1, 1, 1]
    )
    body = [first, *nodes] + ([node("Flatten", ["b"], ["y"], axis=1)] if flat else [])
    own = [constant("conv.weight", weight), constant("conv.bias", rng.normal(0, 0.1, CHANNELS)), *constants]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, *(size or [side, side])])
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    graph = helper.make_graph(body, "test", [x], results, own)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], functions=list(functions))
    model.ir_version = 8
    return model


def unary(op, opset=17, **attributes):
    return build([node(op, ["a"], ["b"], **attributes)], opset=opset)


def beside(op, value, first=False, opset=17):
    inputs = ["c", "a"] if first else ["a", "c"]
    return build([node(op, inputs, ["b"])], [constant("c", value)], opset)


def conv(out, group, kernel, **attributes):
    rng = np.random.default_rng(out + 10 * group)
    weight = constant("w", rng.normal(0, 0.5, (out, CHANNELS // group, *kernel)))
    return build([node("Conv", ["a", "w"], ["b"], group=group, **attributes)], [weight])


def pool(op, opset=17, **attributes):
    return build([node(op, ["a"], ["b"], **attributes)], opset=opset)


def shaped(*nodes, constants=(), opset=17):
    """Nodes of (operation, inputs, outputs, attributes)."""
    return build([node(op, i, o, **a) for op, i, o, a in nodes], constants, opset)


def ints(name, value):
    return constant(name, value, np.int64)


def resizes():
    """Resize in the ways that are no whole enlargement: name, opset, inputs, constants, attributes."""
    factors = ["", "scales"]
    yield "opset_9", 9, ["scales"], [constant("scales", [1, 1, 2, 2])], dict(mode="nearest")
    yield "opset_10", 10, ["scales"], [constant("scales", [1, 1, 1.5, 2])], dict(mode="linear")
    sizes = ["", "", "sizes"]
    ways = {
        "nearest": dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
        "nearest_ceil": dict(mode="nearest", coordinate_transformation_mode="align_corners", nearest_mode="ceil"),
        "nearest_center": dict(mode="nearest", nearest_mode="round_prefer_ceil"),
        "lines": dict(mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
        "corners": dict(mode="linear", coordinate_transformation_mode="align_corners"),
        "cubic": dict(mode="cubic", cubic_coeff_a=-0.5),
        "cubic_outside": dict(mode="cubic", exclude_outside=1),
    }
    for name, attributes in ways.items():
        yield name, 17, sizes, [ints("sizes", [2, CHANNELS, 17, 7])], attributes
        yield f"{name}_factors", 17, factors, [constant("scales", [1, 1, 0.6, 1.75])], attributes
    yield "axes", 18, sizes, [ints("sizes", [5, 9])], dict(mode="linear", axes=[3, 2])


def nodes():
    rng = np.random.default_rng(3)
    per_channel = rng.normal(0, 1, (CHANNELS, 1, 1))
    positive = rng.uniform(0.5, 2, (CHANNELS,))
    yield "conv.stride", conv(6, 1, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    yield "conv.asymmetric", conv(6, 1, (3, 5), strides=[2, 1], pads=[0, 2, 1, 1])
    yield "conv.dilated", conv(6, 2, (3, 3), dilations=[2, 3], pads=[2, 3, 2, 3])
    yield "conv.wide", conv(8, 1, (1, 7), pads=[0, 3, 0, 3])
    yield "conv.multiplier", conv(8, 4, (3, 3), pads=[1, 1, 1, 1])
    yield "conv.same_upper", conv(6, 1, (4, 3), strides=[3, 2], auto_pad="SAME_UPPER")
    yield "conv.same_lower", conv(6, 1, (4, 3), strides=[3, 2], auto_pad="SAME_LOWER")
    yield "conv.valid", conv(6, 1, (5, 5), auto_pad="VALID")
    for op in ["Relu", "HardSwish", "Sigmoid", "Elu", "Erf", "Exp", "Softplus", "Tanh", "Abs", "Neg"]:
        yield f"unary.{op.lower()}", unary(op)
    yield "unary.leaky", unary("LeakyRelu", alpha=0.2)
    yield "unary.selu", unary("Selu")
    yield "unary.hard_sigmoid", unary("HardSigmoid")
    yield "unary.hard_sigmoid_sixth", unary("HardSigmoid", alpha=1 / 6)
    yield "unary.mish", unary("Mish", opset=18)
    yield "unary.gelu", unary("Gelu", opset=20)
    yield "unary.gelu_tanh", unary("Gelu", opset=20, approximate="tanh")
    yield "unary.prelu", beside("PRelu", per_channel)
    yield "clip.attributes", unary("Clip", opset=9, min=0.0, max=6.0)
    yield (
        "clip.inputs",
        build([node("Clip", ["a", "low", "high"], ["b"])], [constant("low", -0.5), constant("high", 0.75)]),
    )
    yield "clip.below", build([node("Clip", ["a", "low"], ["b"])], [constant("low", 0)])
    for op, value in [("Add", per_channel), ("Sub", 0.3), ("Mul", per_channel), ("Div", np.abs(per_channel) + 1)]:
        yield f"beside.{op.lower()}", beside(op, value)
    yield "beside.sub_first", beside("Sub", 1.0, first=True)
    yield (
        "beside.div_first",
        shaped(("Exp", ["a"], ["e"], {}), ("Div", ["c", "e"], ["b"], {}), constants=[constant("c", 2)]),
    )
    yield "beside.pow", beside("Pow", 2.0)
    yield (
        "two.max",
        shaped(("Neg", ["a"], ["n"], {}), ("Mul", ["n", "a"], ["m"], {}), ("Max", ["m", "a", "n"], ["b"], {})),
    )
    yield "two.min", shaped(("Sigmoid", ["a"], ["n"], {}), ("Min", ["n", "a"], ["b"], {}))
    yield "two.swish", shaped(("Sigmoid", ["a"], ["s"], {}), ("Mul", ["s", "a"], ["b"], {}))
    clip = [constant("low", 0), constant("high", 6), constant("three", 3), constant("six", 6)]
    yield (
        "two.hard_swish",
        shaped(
            ("Add", ["a", "three"], ["s"], {}),
            ("Clip", ["s", "low", "high"], ["c"], {}),
            ("Mul", ["a", "c"], ["m"], {}),
            ("Div", ["m", "six"], ["b"], {}),
            constants=clip,
        ),
    )
    gelu = [constant("root", 2**0.5), constant("one", 1), constant("half", 0.5)]
    yield (
        "two.gelu",
        shaped(
            ("Div", ["a", "root"], ["d"], {}),
            ("Erf", ["d"], ["e"], {}),
            ("Add", ["e", "one"], ["o"], {}),
            ("Mul", ["a", "half"], ["h"], {}),
            ("Mul", ["h", "o"], ["b"], {}),
            constants=gelu,
        ),
    )
    for ceil in (0, 1):
        for pads in ([0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 1, 0]):
            name = f"ceil{ceil}_{''.join(map(str, pads))}"
            window = dict(kernel_shape=[3, 3], strides=[2, 2], pads=pads, ceil_mode=ceil)
            yield f"pool.max_{name}", pool("MaxPool", **window)
            for count in (0, 1):
                if not (ceil and count and any(pads)):
                    yield f"pool.mean{count}_{name}", pool("AveragePool", count_include_pad=count, opset=19, **window)
    yield "pool.max_dilated", pool("MaxPool", kernel_shape=[2, 2], dilations=[2, 3], strides=[1, 2])
    yield "pool.max_same", pool("MaxPool", kernel_shape=[3, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    yield "pool.whole", pool("AveragePool", kernel_shape=[SIDE, SIDE])
    yield "pool.global", pool("GlobalAveragePool")
    yield "pool.global_max", pool("GlobalMaxPool")
    yield "reduce.mean", pool("ReduceMean", axes=[2, 3])
    yield "reduce.mean_flat", pool("ReduceMean", axes=[-1, -2], keepdims=0)
    yield "reduce.mean_input", build([node("ReduceMean", ["a", "axes"], ["b"])], [ints("axes", [2, 3])], opset=18)
    for op in ["ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare"]:
        yield f"reduce.{op[6:].lower()}", pool(op, axes=[1, 3])
    yield (
        "constant.reduce",
        shaped(
            ("CumSum", ["c", "one"], ["d"], {}),
            ("ReduceMean", ["d"], ["m"], dict(axes=[1])),
            ("ReduceL2", ["d"], ["l"], dict(axes=[0, -1])),
            ("Sin", ["m"], ["s"], {}),
            ("Add", ["s", "l"], ["e"], {}),
            ("Add", ["a", "e"], ["b"], {}),
            constants=[constant("c", np.random.default_rng(8).normal(0, 1, (CHANNELS, SIDE, 1))), ints("one", 1)],
        ),
    )
    yield "reduce.channels", pool("ReduceMax", axes=[1])
    yield "reduce.sum", build([node("ReduceSum", ["a", "axes"], ["b"], keepdims=0)], [ints("axes", [3])], opset=13)
    norm = [constant(n, v) for n, v in zip("somv", (positive, positive - 1, positive * 0.1, positive * 0.5))]
    for epsilon in (1e-5, 1e-3):
        batch_norm = node("BatchNormalization", ["a", *"somv"], ["b"], epsilon=epsilon)
        yield f"norm.batch_{epsilon:g}", build([batch_norm], norm)
    flat = [("GlobalAveragePool", ["a"], ["g"], {}), ("Flatten", ["g"], ["f"], {})]
    yield "norm.vectors", shaped(*flat, ("BatchNormalization", ["f", *"somv"], ["b"], {}), constants=norm)
    scale = [constant("s", rng.normal(1, 0.2, SIDE)), constant("c", rng.normal(0, 0.2, SIDE))]
    yield "norm.layer", build([node("LayerNormalization", ["a", "s", "c"], ["b"])], scale)
    turned = [("Transpose", ["a"], ["t"], dict(perm=[0, 2, 3, 1]))]
    back = ("Transpose", ["u"], ["b"], dict(perm=[0, 3, 1, 2]))
    scale = [constant("s", positive), constant("c", positive - 1)]
    layer = ("LayerNormalization", ["t", "s", "c"], ["u"], dict(axis=-1, epsilon=1e-6))
    yield "norm.layer_channels", shaped(*turned, layer, back, constants=scale)
    yield "norm.lrn", pool("LRN", size=3, alpha=0.1, beta=0.6, bias=1.5)
    yield "norm.instance", build([node("InstanceNormalization", ["a", "s", "c"], ["b"])], scale)
    matrix = constant("w", rng.normal(0, 0.5, (CHANNELS, 6)))
    yield "linear.matmul_channels", shaped(*turned, ("MatMul", ["t", "w"], ["u"], {}), back, constants=[matrix])
    bias = constant("c", rng.normal(0, 0.5, 6))
    matmul = [("MatMul", ["t", "w"], ["m"], {}), ("Add", ["c", "m"], ["u"], {})]
    yield "linear.matmul_bias", shaped(*turned, *matmul, back, constants=[matrix, bias])
    gemm = ("Gemm", ["f", "w", "c"], ["b"], dict(alpha=0.5, beta=2.0))
    yield "linear.gemm", shaped(*flat, gemm, constants=[matrix, bias])
    other = constant("w", rng.normal(0, 0.5, (6, CHANNELS)))
    yield "linear.gemm_turned", shaped(*flat, ("Gemm", ["f", "w"], ["b"], dict(transB=1)), constants=[other])
    yield (
        "linear.two",
        shaped(("Transpose", ["a"], ["t"], dict(perm=[0, 1, 3, 2])), ("MatMul", ["a", "t"], ["b"], {})),
    )
    yield "shape.transpose_softmax", shaped(*turned, ("Softmax", ["t"], ["u"], dict(axis=-1)), back)
    yield (
        "shape.shuffle",
        shaped(
            ("Reshape", ["a", "split"], ["s"], {}),
            ("Transpose", ["s"], ["t"], dict(perm=[0, 2, 1, 3, 4])),
            ("Reshape", ["t", "whole"], ["b"], {}),
            constants=[ints("split", [0, 2, 2, SIDE, SIDE]), ints("whole", [-1, CHANNELS, SIDE, SIDE])],
        ),
    )
    yield (
        "shape.computed",
        shaped(
            ("Shape", ["a"], ["s"], {}),
            ("Gather", ["s", "zero"], ["n"], dict(axis=0)),
            ("Gather", ["s", "two"], ["h"], dict(axis=0)),
            ("Mul", ["h", "two"], ["d"], {}),
            ("Unsqueeze", ["n", "first"], ["n1"], {}),
            ("Unsqueeze", ["d", "first"], ["d1"], {}),
            ("Concat", ["n1", "d1", "left"], ["to"], dict(axis=0)),
            ("Reshape", ["a", "to"], ["b"], {}),
            constants=[ints("zero", 0), ints("two", 2), ints("first", [0]), ints("left", [-1])],
        ),
    )
    yield "shape.split", shaped(("Split", ["a"], ["p", "q"], dict(axis=1)), ("Concat", ["q", "p"], ["b"], dict(axis=1)))
    yield (
        "shape.split_sizes",
        shaped(
            ("Split", ["a", "sizes"], ["p", "q"], dict(axis=1)),
            ("Relu", ["p"], ["r"], {}),
            ("Concat", ["q", "r"], ["b"], dict(axis=1)),
            constants=[ints("sizes", [1, 3])],
        ),
    )
    part = [ints("starts", [1, -6]), ints("ends", [2**62, -1]), ints("axes", [1, 3]), ints("steps", [2, 2])]
    yield "shape.slice", shaped(("Slice", ["a", "starts", "ends", "axes", "steps"], ["b"], {}), constants=part)
    yield "shape.slice_attributes", unary("Slice", opset=9, starts=[0, 1], ends=[3, 5], axes=[1, 2])
    yield (
        "shape.gather",
        shaped(
            ("Gather", ["a", "one"], ["g"], dict(axis=1)),
            ("Unsqueeze", ["g", "axis"], ["u"], {}),
            ("Gather", ["a", "turned"], ["t"], dict(axis=1)),
            ("Add", ["u", "t"], ["b"], {}),
            constants=[ints("one", 1), ints("axis", [1]), ints("turned", [3, 0, 2])],
        ),
    )
    yield (
        "shape.squeeze",
        shaped(("GlobalAveragePool", ["a"], ["g"], {}), ("Squeeze", ["g"], ["b"], dict(axes=[3, 2])), opset=11),
    )
    yield (
        "shape.pad",
        build([node("Pad", ["a", "pads", "v"], ["b"])], [ints("pads", [0, 0, 1, 0, 0, 0, 2, 3]), constant("v", 0.5)]),
    )
    for mode, opset in [("reflect", 17), ("edge", 17), ("wrap", 19)]:
        pad = node("Pad", ["a", "pads"], ["b"], mode=mode)
        yield f"shape.pad_{mode}", build([pad], [ints("pads", [0, 0, 1, 2, 0, 0, 3, 0])], opset)
    yield "shape.pad_attributes", unary("Pad", opset=9, pads=[0, 0, 1, 2, 0, 0, 0, 1])
    yield (
        "shape.resize",
        build([node("Resize", ["a", "", "scales"], ["b"], mode="nearest")], [constant("scales", [1, 1, 2, 3])]),
    )
    yield (
        "shape.resize_linear",
        build([node("Resize", ["a", "", "scales"], ["b"], mode="linear")], [constant("scales", [1, 1, 2, 2])]),
    )
    for name, opset, inputs, own, attributes in resizes():
        resize = node("Resize" if opset > 9 else "Upsample", ["a", *inputs], ["b"], **attributes)
        yield f"shape.resize_{name}", build([resize], own, opset)
    yield (
        "shape.expand",
        shaped(
            ("GlobalAveragePool", ["a"], ["g"], {}),
            ("Expand", ["g", "shape"], ["e"], {}),
            ("Sigmoid", ["e"], ["s"], {}),
            ("Mul", ["a", "s"], ["b"], {}),
            constants=[ints("shape", [1, CHANNELS, SIDE, SIDE])],
        ),
    )
    yield (
        "shape.expand_channels",
        shaped(
            ("ReduceMean", ["a"], ["g"], dict(axes=[1])),
            ("Expand", ["g", "shape"], ["b"], {}),
            constants=[ints("shape", [1, 3, 1, 1])],
        ),
    )
    yield (
        "quantize.pair",
        build(
            [node("QuantizeLinear", ["a", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["b"])],
            [constant("s", 0.03), constant("z", 100, np.uint8)],
        ),
    )
    yield "shape.depth_to_space", unary("DepthToSpace", blocksize=2, mode="CRD")
    yield "shape.depth_to_space_dcr", unary("DepthToSpace", blocksize=2)
    yield "shape.space_to_depth", unary("SpaceToDepth", blocksize=2)
    yield (
        "head.softmax",
        build(
            [
                node("GlobalAveragePool", ["a"], ["g"]),
                node("Flatten", ["g"], ["f"]),
                node("Softmax", ["f"], ["y"], axis=1),
            ],
            flat=False,
        ),
    )
    yield (
        "head.log_softmax",
        build(
            [
                node("GlobalAveragePool", ["a"], ["g"]),
                node("LogSoftmax", ["g"], ["s"], axis=1),
                node("Flatten", ["s"], ["y"]),
            ],
            flat=False,
        ),
    )
    yield (
        "head.second_output",
        build(
            [node("Relu", ["a"], ["b"]), node("GlobalAveragePool", ["a"], ["g"]), node("Flatten", ["g"], ["logits"])],
            flat=False,
            outputs=("b", "logits"),
        ),
    )
    yield (
        "head.auxiliary",
        build(
            [
                node("NonZero", ["a"], ["places"]),
                node("Cast", ["places"], ["aux"], to=TensorProto.FLOAT),
                node("GlobalAveragePool", ["a"], ["g"]),
                node("Flatten", ["g"], ["y"]),
            ],
            flat=False,
            outputs=("aux", "y"),
        ),
    )
    yield from composed()


def composed():
    """Operations that are written as several others, and such as work on the axes in ways of their own."""
    rng = np.random.default_rng(11)
    tile = ints("times", [1, 2, 1, 3])
    yield "shape.tile", build([node("Tile", ["a", "times"], ["b"])], [tile])
    token = constant("c", rng.normal(0, 1, (1, CHANNELS // 2, SIDE, 1)))
    times = ints("times", [1, 2, 1, SIDE])
    tiled = [("Tile", ["c", "times"], ["t"], {}), ("Add", ["t", "a"], ["b"], {})]
    yield "constant.tile", shaped(*tiled, constants=[token, times])
    eye = [("EyeLike", ["c"], ["e"], dict(k=1)), ("Add", ["a", "e"], ["b"], {})]
    yield "constant.eye", shaped(*eye, constants=[constant("c", np.zeros((SIDE, SIDE)))])
    grid = constant("c", rng.normal(0, 1, (1, 2, SIDE, SIDE)))
    weight = [constant("w", rng.normal(0, 1, (CHANNELS, 1, 3, 3))), constant("d", rng.normal(0, 1, CHANNELS))]
    places = node("Conv", ["c", "w", "d"], ["e"], group=2, pads=[1, 1, 1, 1])
    yield "constant.conv", build([places, node("Add", ["a", "e"], ["b"])], [grid, *weight])
    equations = {
        "scores": "nchw,ncgw->nhg",
        "heads": "n c h w, n c g w -> n c h g",
        "dots": "...hw,...gw->...hg",
        "outer": "nchw,nckl->nhwkl",
    }
    for name, equation in equations.items():
        yield f"einsum.{name}", with_small(equation)
    matrix = constant("c", rng.normal(0, 0.5, (CHANNELS, 3)))
    places = constant("c", rng.normal(0, 0.5, (SIDE, 3, SIDE)))
    for name, equation, own in [
        ("weights", "nchw,ck->nkhw", matrix),
        ("positions", "nchw,hkw->nchk", places),
        ("weights_first", "ck,nchw->nhwk", matrix),
    ]:
        inputs = ["c", "a"] if name.endswith("first") else ["a", "c"]
        yield f"einsum.{name}", build([node("Einsum", inputs, ["b"], equation=equation)], [own])
    yield "einsum.sum", build([node("Einsum", ["a"], ["b"], equation="nchw->nwc")])
    places = [("Reshape", ["a", "rows"], ["r"], {}), ("Transpose", ["r"], ["t"], dict(perm=[0, 2, 1]))]
    rows = ints("rows", [0, CHANNELS, -1])
    mask = constant("m", rng.normal(0, 1, (1, 1, SIDE * SIDE, SIDE * SIDE)))
    attention = dict(q_num_heads=2, kv_num_heads=2, scale=0.3)
    yield (
        "attention.features",
        shaped(*places, ("Attention", ["t", "t", "t", "m"], ["b"], attention), constants=[rows, mask], opset=23),
    )
    yield "attention.heads", build([node("Attention", ["a", "a", "a"], ["b"], softcap=0.5)], opset=23)
    yield "attention.causal", build([node("Attention", ["a", "a", "a"], ["b"], is_causal=1)], opset=24)
    scale = constant("s", rng.normal(1, 0.2, SIDE))
    yield "norm.root_mean_square", build([node("RMSNormalization", ["a", "s"], ["b"])], [scale], opset=23)
    wide = [constant("s", rng.normal(1, 0.2, (CHANNELS, SIDE, SIDE))), constant("c", rng.normal(0, 1, (SIDE, SIDE)))]
    yield "norm.layer_axes", build([node("LayerNormalization", ["a", "s", "c"], ["b"], axis=1)], wide)
    yield "norm.mean_variance", unary("MeanVarianceNormalization", axes=[1, 3])
    for order in (1, 2):
        yield f"norm.unit_{order}", unary("LpNormalization", p=order, axis=1)
    group = [constant("s", rng.normal(1, 0.2, CHANNELS)), constant("c", rng.normal(0, 1, CHANNELS))]
    normed = node("GroupNormalization", ["a", "s", "c"], ["b"], num_groups=2)
    yield "norm.group", build([normed], group, opset=21)
    yield "unary.swish", unary("Swish", opset=24, alpha=1.3)
    yield "unary.softsign", unary("Softsign")
    yield "unary.celu", unary("Celu", alpha=0.7)
    yield "two.mean", shaped(("Tanh", ["a"], ["t"], {}), ("Mean", ["a", "t"], ["b"], {}))
    chosen = constant("is", rng.normal(0, 1, (SIDE, SIDE)) > 0, bool)
    yield "two.where", build([node("Where", ["is", "a", "c"], ["b"])], [chosen, constant("c", 0.25)])
    rows = np.arange(SIDE - 2)[:, None] + np.arange(3)
    yield "shape.gather_windows", build([node("Gather", ["a", "c"], ["b"], axis=3)], [ints("c", rows)])
    pads = ints("pads", [0, 1, 0, 0, 0, 2, 0, 3])
    yield "shape.pad_channels", build([node("Pad", ["a", "pads", "v"], ["b"])], [pads, constant("v", 0.5)])
    soft = [("Softmax", ["c"], ["e"], dict(axis=1)), ("Mul", ["a", "e"], ["b"], {})]
    yield "constant.softmax", shaped(*soft, constants=[constant("c", rng.normal(0, 1, (CHANNELS, SIDE, 1)))])
    yield from batches()


def with_small(equation):
    """Of two small parts of the image, so that the result is small."""
    pools = [("AveragePool", ["a"], [name], dict(kernel_shape=[4, 4], strides=[4, 4])) for name in "pq"]
    return shaped(*pools, ("Einsum", ["p", "q"], ["b"], dict(equation=equation)))


def batches():
    """Batches that stand elsewhere, and that are counted with other axes."""
    rng = np.random.default_rng(12)
    second = ("Transpose", ["a"], ["t"], dict(perm=[2, 0, 1, 3]))
    back = ("Transpose", ["u"], ["b"], dict(perm=[1, 2, 0, 3]))
    matrix = [constant("w", rng.normal(0, 0.5, (SIDE, 5))), constant("c", rng.normal(0, 0.5, 5))]
    linear = [("MatMul", ["t", "w"], ["m"], {}), ("Add", ["m", "c"], ["u"], {})]
    yield "batch.second", shaped(second, *linear, back, constants=matrix)
    sizes = [
        ("Shape", ["a"], ["s"], {}),
        ("Gather", ["s", "zero"], ["batch"], dict(axis=0)),
        ("Mul", ["batch", "many"], ["n"], {}),
    ]
    counted = [
        *sizes,
        ("Concat", ["n", "rest"], ["to"], dict(axis=0)),
        ("Reshape", ["a", "to"], ["r"], {}),
    ]
    own = [ints("zero", [0]), ints("many", [CHANNELS]), ints("whole", [-1, CHANNELS, SIDE, SIDE])]
    rest = ints("rest", [SIDE, SIDE])
    norm = [constant(n, rng.uniform(0.5, 1.5, SIDE)) for n in ("s2", "o", "m", "v")]
    batch_norm = ("BatchNormalization", ["r", "s2", "o", "m", "v"], ["z"], {})
    yield (
        "batch.counted_norm",
        shaped(*counted, batch_norm, ("Reshape", ["z", "whole"], ["b"], {}), constants=[*own, rest, *norm]),
    )
    body = [("Softmax", ["r"], ["p"], dict(axis=-1)), ("MatMul", ["p", "r"], ["z"], {})]
    whole = ("Reshape", ["z", "whole"], ["b"], {})
    pads = [ints("pads", [0, 0, 1, 0, 2, 0]), ints("wide", [-1, CHANNELS, SIDE + 2, SIDE + 1])]
    padded = [("Pad", ["r", "pads"], ["z"], {}), ("Reshape", ["z", "wide"], ["b"], {})]
    yield "batch.counted_pad", shaped(*counted, *padded, constants=[*own[:2], rest, *pads])
    yield "batch.counted", shaped(*counted, *body, whole, constants=[*own, rest])
    beside = constant("c", rng.normal(0, 1, (1, SIDE, 1)))
    added = [("Add", ["r", "c"], ["z"], {}), whole]
    yield "batch.counted_beside", shaped(*counted, *added, constants=[*own, rest, beside])
    rows = [
        second,
        *sizes[:2],
        ("Mul", ["batch", "side"], ["n"], {}),
        ("Concat", ["n", "wide"], ["to"], dict(axis=0)),
        ("Reshape", ["t", "to"], ["r"], {}),
        ("Gemm", ["r", "w", "c"], ["g"], {}),
        ("Concat", ["side", "batch", "five"], ["back"], dict(axis=0)),
        ("Reshape", ["g", "back"], ["v"], {}),
        ("Transpose", ["v"], ["b"], dict(perm=[1, 0, 2])),
    ]
    wide = [constant("w", rng.normal(0, 0.5, (CHANNELS * SIDE, 5))), matrix[1]]
    more = [ints("side", [SIDE]), ints("wide", [CHANNELS * SIDE]), ints("five", [5]), own[0]]
    yield "batch.inner", shaped(*rows, constants=[*wide, *more])
