"""Outputs and gradients of convolutions of many shapes and of norms, with every activation, as PyTorch computes them
(float64). The inputs are those of make_gradients.py.
"""

import json
from pathlib import Path

import torch
from make_gradients import gradients, leaf
from torch.nn import functional as F

# A name with parameters, and PyTorch's function.
ACTIVATIONS = {
    ("none",): lambda z: z,
    ("relu",): F.relu,
    ("relu6",): lambda z: F.hardtanh(z, 0.0, 6.0),
    ("leaky_relu", 0.1): lambda z: F.leaky_relu(z, 0.1),
    ("hard_sigmoid", 1 / 6, 0.5): F.hardsigmoid,
    ("hard_sigmoid", 0.2, 0.4): lambda z: torch.clamp(0.2 * z + 0.4, 0.0, 1.0),
    ("hard_swish",): F.hardswish,
    ("sigmoid",): torch.sigmoid,
    ("silu",): F.silu,
    ("gelu",): F.gelu,
    ("gelu_tanh",): lambda z: F.gelu(z, approximate="tanh"),
}


def finish(y, residual, activation):
    return ACTIVATIONS[activation](y if residual is None else y + residual)


def convolution(activation, batch, inputs, outputs, size, kernel, stride, dilation, padding, groups, residual):
    case = dict(locals())
    x, weight = leaf((batch, inputs, *size), 1), leaf((outputs, inputs // groups, *kernel), 2)
    bias = leaf((outputs,), 3, 4.0)
    top, left, bottom, right = padding
    y = F.conv2d(F.pad(x, (left, right, top, bottom)), weight, bias, stride, 0, dilation, groups)
    shortcut = leaf(y.shape, 4) if residual else None
    leaves = {"of_x": x, "of_weight": weight, "of_bias": bias, "of_residual": shortcut}
    return case | gradients(finish(y, shortcut, activation), leaves)


def norm(activation, batch, outputs, size, residual):
    case = dict(locals())
    x, scale, bias = leaf((batch, outputs, *size), 6), leaf((outputs,), 7), leaf((outputs,), 8, 2.0)
    shortcut = leaf(x.shape, 4) if residual else None
    y = F.batch_norm(x, None, None, scale, bias, training=True, eps=1e-3)
    leaves = {"of_x": x, "of_scale": scale, "of_bias": bias, "of_residual": shortcut}
    return case | gradients(finish(y, shortcut, activation), leaves)


def main():
    names = list(ACTIVATIONS)
    # batch, inputs, outputs, size, kernel, stride, dilation, padding, groups
    shapes = [
        (1, 2, 3, (5, 6), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1), 1),
        (2, 3, 2, (7, 7), (7, 7), (2, 2), (1, 1), (3, 3, 3, 3), 1),
        (1, 3, 4, (4, 9), (1, 7), (1, 1), (1, 1), (0, 3, 0, 3), 1),
        (1, 2, 3, (9, 4), (7, 1), (1, 1), (1, 1), (3, 0, 3, 0), 1),
        (2, 2, 3, (6, 5), (3, 1), (2, 1), (1, 1), (1, 0, 0, 0), 1),
        (1, 3, 9, (5, 5), (1, 1), (2, 2), (1, 1), (0, 0, 0, 0), 1),
        (2, 4, 9, (3, 5), (1, 1), (1, 1), (1, 1), (0, 0, 0, 0), 1),
        (1, 2, 2, (9, 8), (3, 3), (1, 1), (2, 2), (2, 2, 2, 2), 1),
        (1, 2, 2, (9, 8), (3, 2), (2, 3), (2, 1), (1, 0, 2, 1), 1),
        (1, 1, 3, (6, 6), (3, 3), (2, 2), (1, 1), (0, 0, 1, 1), 1),
        (1, 4, 6, (5, 5), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1), 2),
        (2, 6, 3, (5, 4), (3, 3), (2, 2), (1, 1), (1, 1, 1, 1), 3),
        (2, 6, 6, (3, 4), (1, 1), (1, 1), (1, 1), (0, 0, 0, 0), 2),
        (1, 3, 3, (8, 7), (3, 3), (2, 2), (1, 1), (1, 1, 1, 1), 3),
        (2, 2, 2, (8, 7), (5, 5), (2, 2), (1, 1), (2, 2, 2, 2), 2),
        (1, 2, 2, (7, 8), (7, 7), (1, 1), (1, 1), (3, 3, 3, 3), 2),
        (1, 2, 2, (9, 9), (3, 3), (1, 1), (2, 2), (2, 2, 2, 2), 2),
        (1, 2, 2, (9, 9), (3, 3), (3, 2), (1, 2), (0, 1, 2, 3), 2),
        (2, 2, 6, (6, 5), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1), 2),
        (1, 3, 6, (7, 6), (3, 5), (2, 2), (1, 1), (1, 2, 1, 2), 3),
        (1, 2, 2, (5, 5), (1, 1), (1, 1), (1, 1), (0, 0, 0, 0), 2),
        (1, 2, 2, (3, 3), (3, 3), (1, 1), (1, 1), (3, 0, 0, 4), 1),
        (1, 2, 2, (4, 4), (2, 2), (2, 2), (1, 1), (0, 0, 0, 0), 1),
        (1, 2, 2, (3, 3), (3, 3), (1, 1), (1, 1), (0, 3, 4, 0), 2),
    ]
    convolutions = [convolution(names[i % len(names)], *shape, residual=i % 3 == 0) for i, shape in enumerate(shapes)]
    small = (1, 2, 3, (4, 5), (3, 3), (1, 1), (1, 1), (1, 1, 1, 1), 1)
    convolutions += [convolution(name, *small, residual=True) for name in names[2:]]
    norms = [norm(name, 2, 2, (3, 4), i % 2 == 0) for i, name in enumerate(names)]
    path = Path(__file__).with_name("conv.json")
    path.write_text(json.dumps({"convolutions": convolutions, "norms": norms}) + "\n")


if __name__ == "__main__":
    main()
