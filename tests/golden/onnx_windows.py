"""Small networks whose windows are counted with the batch, or whose image is not square, for make_onnx.py."""

import numpy as np
from onnx_nodes import CHANNELS, SIDE, build, constant, ints, node, shaped


def windows():
    """Convolutions and pools of windows that are counted with the batch, and images that are not square."""
    rng = np.random.default_rng(11)
    first = [ints("first", [-1, 1, CHANNELS, SIDE]), constant("k", rng.normal(0, 0.5, (3, 1, 3, 1)))]
    rows = [
        ("Transpose", ["a"], ["t"], dict(perm=[0, 2, 1, 3])),
        ("Reshape", ["t", "first"], ["r"], {}),
        ("Conv", ["r", "k"], ["z"], dict(pads=[1, 0, 1, 0])),
        ("MaxPool", ["z"], ["q"], dict(kernel_shape=[2, 1])),
        ("Reshape", ["q", "back"], ["b"], {}),
    ]
    yield "batch.windows", shaped(*rows, constants=[*first, ints("back", [-1, SIDE, 3, 3, SIDE])])
    # Heads, as pooled attention (MViT) has them: their channels are the last axis, and a convolution of each.
    shapes = [ints("heads", [-1, 2, 2, SIDE, SIDE]), ints("each", [-1, 2, SIDE, SIDE]), ints("all", [-1, 2, 2, 36])]
    own = [constant("k", rng.normal(0, 0.5, (2, 1, 3, 3))), constant("c", rng.normal(0, 0.5, 2))]
    pooled = [
        ("Reshape", ["a", "heads"], ["h"], {}),
        ("Transpose", ["h"], ["t"], dict(perm=[0, 2, 1, 3, 4])),
        ("Reshape", ["t", "each"], ["e"], {}),
        ("Conv", ["e", "k", "c"], ["z"], dict(pads=[1, 1, 1, 1], strides=[2, 2], group=2)),
        ("AveragePool", ["z"], ["q"], dict(kernel_shape=[3, 3], pads=[1, 1, 1, 1])),
        ("Reshape", ["q", "all"], ["b"], {}),
    ]
    yield "batch.heads", shaped(*pooled, constants=[*shapes, *own])
    # Along three axes, of which the last is seen place by place (LambdaNet).
    third = [ints("to", [-1, 1, SIDE, SIDE, CHANNELS]), constant("k", rng.normal(0, 0.5, (3, 1, 3, 5, 1)))]
    depth = [
        ("Reshape", ["a", "to"], ["r"], {}),
        ("Conv", ["r", "k"], ["b"], dict(pads=[1, 2, 0, 1, 2, 0], strides=[2, 1, 1])),
    ]
    yield "batch.third_axis", shaped(*depth, constants=third)
    for name, size in (("tall", [SIDE, 7]), ("wide", [9, SIDE])):
        yield f"image.{name}", build([node("MaxPool", ["a"], ["b"], kernel_shape=[2, 2])], size=size)
