"""Small networks that must be refused, as ONNX files."""

import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx_nodes import CHANNELS, SIDE, build, constant, ints, node, shaped, unary


def windows():
    """Channels moved into places, of windows that are counted with the batch."""
    sizes = [ints("first", [-1, CHANNELS, 2, SIDE]), ints("back", [-1, SIDE * 2, 4, SIDE])]
    tokens = [
        ("Transpose", ["a"], ["t"], dict(perm=[0, 2, 1, 3])),
        ("Reshape", ["t", "first"], ["r"], {}),
        ("DepthToSpace", ["r"], ["z"], dict(blocksize=2)),
        ("Reshape", ["z", "back"], ["b"], {}),
    ]
    return shaped(*tokens, constants=sizes)


def conv_transposed():
    weight = constant("w", np.ones((CHANNELS, 2, 2, 2)))
    return build([node("ConvTranspose", ["a", "w"], ["b"])], [weight])


def sampled():
    """An image that is sampled where it says itself."""
    to = ("Transpose", ["s"], ["grid"], dict(perm=[0, 2, 3, 1]))
    parts = ("Slice", ["a", "none", "two", "one"], ["s"], {})
    own = [ints("none", [0]), ints("one", [1]), ints("two", [2])]
    return shaped(parts, to, ("GridSample", ["a", "grid"], ["b"], {}), constants=own)


def deep():
    """A convolution along three axes."""
    weight = constant("w", np.ones((2, 1, 2, 3, 3)))
    into = [("Unsqueeze", ["a", "one"], ["u"], {}), ("Conv", ["u", "w"], ["b"], {})]
    return shaped(*into, constants=[ints("one", [1]), weight])


def own_filters():
    """A convolution whose filters come from the image."""
    into = [("Slice", ["a", "none", "one", "axes"], ["w"], {}), ("Conv", ["a", "w"], ["b"], {})]
    return shaped(*into, constants=[ints("none", [0, 0]), ints("one", [3, 3]), ints("axes", [2, 3])])


def branch_of_image():
    """If by what is in the image."""
    value = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    graph = helper.make_graph([node("Relu", ["a"], ["out"])], "branch", [], [value])
    most = node("ReduceMax", ["a"], ["m"], axes=[1, 2, 3], keepdims=0)
    is_light = node("Greater", ["m", "c"], ["is"])
    return build([most, is_light, node("If", ["is"], ["b"], then_branch=graph, else_branch=graph)], [constant("c", 1)])


def refused():
    """Networks that must be refused: what the text must name."""
    yield "nonzero", build([node("NonZero", ["a"], ["b"])]), ["NonZero", "the NonZero of b"]
    boxes = node("NonMaxSuppression", ["a", "a"], ["b"])
    yield "boxes", build([boxes]), ["NonMaxSuppression", "the NonMaxSuppression of b", "logits"]
    yield "windows", windows(), ["DepthToSpace", "images of their own"]
    yield "transposed", conv_transposed(), ["ConvTranspose", "No other operations"]
    yield "sampled", sampled(), ["GridSample", "No other operations"]
    yield "deep", deep(), ["Conv", "three axes", "a network of images has two"]
    yield "own_filters", own_filters(), ["Conv", "computes its input 1 from the image"]
    yield "einsum", unary("Einsum", equation="nchh->nhc"), ["Einsum", "a diagonal", "torch.eye"]
    sums = shaped(("CumSum", ["a", "one"], ["b"], {}), constants=[ints("one", 1)])
    yield "sums", sums, ["CumSum", "the CumSum of b", "tril"]
    yield "product", unary("ReduceProd", axes=[1]), ["ReduceProd", "the ReduceProd of b"]
    yield "own_power", build([node("Pow", ["a", "a"], ["b"])]), ["Pow", "from the image", "torch.exp"]
    torn = [("Transpose", ["a"], ["t"], dict(perm=[1, 0, 2, 3])), ("Reshape", ["t", "to"], ["b"], {})]
    yield "torn", shaped(*torn, constants=[ints("to", [3, -1, SIDE])]), ["Reshape", "tears the batch apart"]
    best = [("ArgMax", ["a"], ["i"], dict(axis=1)), ("Cast", ["i"], ["f"], dict(to=1)), ("Relu", ["f"], ["b"], {})]
    yield "argmax", shaped(*best), ["ArgMax", "logits"]
    yield "batch", build([node("Transpose", ["a"], ["b"], perm=[1, 0, 2, 3])]), ["'y'", "batch"]
    yield "batch_mean", build([node("ReduceMean", ["a"], ["b"], axes=[0])]), ["ReduceMean", "batch"]
    yield (
        "extension",
        build([helper.make_node("Gelu", ["a"], ["b"], name="the Gelu", domain="com.microsoft")]),
        [
            "Gelu",
            "com.microsoft",
        ],
    )
    yield "feature_maps", build([node("Relu", ["a"], ["y"])], flat=False), ["not a number for each class"]
    yield "blocks", unary("SpaceToDepth", blocksize=1 << 40), ["SpaceToDepth", "blocks"]
    yield "diagonal", build([node("Trilu", ["a", "a"], ["b"])]), ["Trilu", "computes its input 1 from the image"]
    yield "opset", build([node("Relu", ["a"], ["b"])], opset=8), ["opset 8", "17"]
    best = [("TopK", ["a", "k"], ["t", "p"], {}), ("Relu", ["t"], ["b"], {})]
    yield "several", shaped(*best, constants=[ints("k", [2])]), ["TopK", "at the very end"]
    yield (
        "one_number",
        shaped(("ReduceMean", ["a"], ["b"], dict(axes=[1, 2, 3]))),
        ["one number", "torch.cat([-y, y], 1)"],
    )
    yield "branch", branch_of_image(), ["If", "evaluation mode"]
    places = [ints("places", [[0, 1], [2, 1]])]
    yield "pick", shaped(("GatherND", ["a", "places"], ["b"], dict(batch_dims=1)), constants=places), ["GatherND"]
    powers = [constant("c", np.array([1, 2, 3, 2]).reshape(CHANNELS, 1, 1))]
    yield "powers", shaped(("Pow", ["a", "c"], ["b"], {}), constants=powers), ["Pow", "whole powers"]
    model = build([node("Relu", ["a"], ["b"])])
    tensor = model.graph.initializer[0]
    onnx.external_data_helper.set_external_data(tensor, "weights.bin")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    yield "external", model, ["another file", "external_data=False"]
