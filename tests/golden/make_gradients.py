"""Outputs and gradients of convolutions and live batch norms, with shortcut and ReLU6, as PyTorch computes them
(float64).

The inputs are `numbers(len, seed)` in the order of the fields below, seeds from 1; the gradients are those of the
output's sum with the weights `numbers(len, 9)`. Convolutions are padded as TensorFlow's SAME does.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional as F


def numbers(count, seed):
    """Reproducible numbers in -1..1; tests.rs of the convolutions has the same formula."""
    state, found = seed * 0x9E3779B97F4A7C15 % 2**64 | 1, []
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        found.append((state >> 40) / 2**23 - 1)
    return found


def leaf(shape, seed, factor=1.0):
    count = int(torch.tensor(shape).prod())
    values = torch.tensor(numbers(count, seed), dtype=torch.float64) * factor
    return values.reshape(shape).requires_grad_()


def padded(x, kernel, stride):
    pads = []
    for size in (x.shape[3], x.shape[2]):
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        pads += [total // 2, total - total // 2]
    return F.pad(x, pads)


def finish(y, residual, relu6):
    y = y if residual is None else y + residual
    return F.hardtanh(y, 0.0, 6.0) if relu6 else y


def gradients(y, leaves):
    (y * leaf(y.shape, 9).detach()).sum().backward()
    found = {"y": y} | {name: tensor.grad for name, tensor in leaves.items() if tensor is not None}
    return {name: [float(f"{value:.9g}") for value in tensor.flatten().tolist()] for name, tensor in found.items()}


def convolution(batch, inputs, outputs, size, kernel, stride, depthwise, residual, relu6):
    case = dict(locals())
    groups = inputs if depthwise else 1
    x, weight = leaf((batch, inputs, *size), 1), leaf((outputs, inputs // groups, kernel, kernel), 2)
    bias = leaf((outputs,), 3, 4.0)
    y = F.conv2d(padded(x, kernel, stride), weight, bias, stride, groups=groups)
    shortcut = leaf(y.shape, 4) if residual else None
    leaves = {"of_x": x, "of_weight": weight, "of_bias": bias, "of_residual": shortcut}
    return case | gradients(finish(y, shortcut, relu6), leaves)


def norm(batch, outputs, size, residual, relu6):
    case = dict(locals())
    x, scale, bias = leaf((batch, outputs, *size), 6), leaf((outputs,), 7), leaf((outputs,), 8, 2.0)
    shortcut = leaf(x.shape, 4) if residual else None
    y = F.batch_norm(x, None, None, scale, bias, training=True, eps=1e-3)
    leaves = {"of_x": x, "of_scale": scale, "of_bias": bias, "of_residual": shortcut}
    return case | gradients(finish(y, shortcut, relu6), leaves)


def main():
    convolutions = [
        convolution(2, 3, 4, (7, 6), 3, 2, False, False, True),
        convolution(3, 5, 3, (3, 4), 1, 1, False, True, False),
        convolution(1, 3, 7, (5, 3), 1, 1, False, True, True),
        convolution(1, 3, 3, (6, 7), 3, 1, True, False, True),
        convolution(2, 2, 2, (9, 5), 5, 2, True, True, True),
        convolution(2, 2, 2, (8, 6), 3, 2, True, False, False),
        convolution(1, 2, 2, (4, 9), 5, 1, True, True, False),
    ]
    norms = [norm(3, 3, (3, 5), False, True), norm(1, 2, (4, 3), True, False), norm(2, 2, (5, 3), True, True)]
    path = Path(__file__).with_name("gradients.json")
    path.write_text(json.dumps({"convolutions": convolutions, "norms": norms}) + "\n")


if __name__ == "__main__":
    main()
