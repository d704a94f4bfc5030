"""The methods written from their papers: those that no library has (in PyTorch, for speed), and some of the others once
more in NumPy alone, with a forward pass and gradients of its own, so that the libraries themselves are checked."""

import math

import numpy as np
import torch

import maps
import rng
from nets import HEAD, STAGES
from reference import same_pads

KERNEL = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]) / 16


class Score:
    """The target's logit, minus gamma times another class's: of one sample's logits, or of a batch's."""

    def __init__(self, target, contrast=None):
        self.target, self.contrast = target, contrast

    def __call__(self, logits):
        z = logits[..., self.target]
        return z if self.contrast is None else z - self.contrast["gamma"] * logits[..., self.contrast["class"]]


def batched(f, inputs, size=32):
    with torch.no_grad():
        return torch.cat([f(part) for part in inputs.split(size)])


def up(a, side):
    """[n, h, w] -> [n, side, side], bilinear, half-pixel centers."""
    return torch.nn.functional.interpolate(a[:, None], size=(side, side), mode="bilinear", align_corners=False)[:, 0]


def contrasted_cam(net, x, score):
    """CAM with a contrast: the difference of the classes' weights."""
    w = net.fc.weight[score.target] - score.contrast["gamma"] * net.fc.weight[score.contrast["class"]]
    return maps.scaled(torch.einsum("k,khw->hw", w, net.activation(HEAD, x)[0]).detach())


def recipro_masks(height, width, gaussian, dtype):
    """[h * w, h, w]: one position each, or the kernel around it, cut at the border."""
    masks = torch.zeros(height * width, height + 2, width + 2, dtype=dtype)
    for i in range(height):
        for j in range(width):
            if gaussian:
                masks[i * width + j, i : i + 3, j : j + 3] = KERNEL
            else:
                masks[i * width + j, i + 1, j + 1] = 1
    return masks[:, 1:-1, 1:-1]


def recipro_cam(net, x, stage, score, gaussian):
    """Byun & Lee 2022: the probability that is left when only the features around one position stay. With a contrast:
    the difference of the probabilities."""
    with torch.no_grad():
        a = net.activation(stage, x)
    masks = recipro_masks(*a.shape[2:], gaussian, a.dtype)
    p = batched(lambda m: score(net.after(stage, a * m[:, None]).softmax(1)), masks)
    return maps.scaled(p.reshape(a.shape[2:]))


def rise_masks(side, samples, grid, keep, seed):
    """[samples, side, side], float64: bits of the grid, scaled up bilinearly to (grid + 1) cells and cut out at a
    random shift."""
    cell = math.ceil(side / grid)
    bits = torch.from_numpy(rng.uniform(seed, 0, samples * grid * grid).reshape(samples, grid, grid) < keep).double()
    shift = np.floor(rng.uniform(seed + 1, 0, 2 * samples) * cell).astype(int).reshape(samples, 2)
    large = up(bits, (grid + 1) * cell)
    return torch.stack([m[dy : dy + side, dx : dx + side] for m, (dy, dx) in zip(large, shift)])


def rise(net, x, score, samples, grid, keep, seed):
    """Petsiuk et al. 2018: masks weighted by the probability of the masked (normalized) input, over samples * keep."""
    masks = rise_masks(x.shape[-1], samples, grid, keep, seed)
    p = batched(lambda m: score(net(x * m[:, None].to(x)).softmax(1)), masks, 16)
    return maps.scaled((p.double()[:, None, None] * masks).sum(0) / (samples * keep))


def opti_cam(net, x, stage, score, steps, rate):
    """Zhang et al. 2023: softmax weights of the channels, by Adam, that keep the score of the masked input high."""
    with torch.no_grad():
        a = net.activation(stage, x)[0]
    u = torch.zeros(a.shape[0], dtype=a.dtype, requires_grad=True)
    adam = torch.optim.Adam([u], lr=rate)
    for _ in range(steps):
        adam.zero_grad()
        mask = maps.scaled(up(torch.einsum("k,khw->hw", u.softmax(0), a)[None], x.shape[-1])[0])
        (-score(net(x * mask))[0]).backward()
        adam.step()
    return maps.scaled(torch.einsum("k,khw->hw", u.detach().softmax(0), a))


# NumPy alone, in float64.


def convolve(c, x):
    """[n, c, h, w] through one folded convolution."""
    weight, bias = c.weight.numpy().astype(float), c.bias.numpy().astype(float)
    out, _, k, _ = weight.shape
    x = np.pad(x, ((0, 0), (0, 0), same_pads(x.shape[2], k, c.stride), same_pads(x.shape[3], k, c.stride)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), (2, 3))[:, :, :: c.stride, :: c.stride]
    n, channels, h, w = windows.shape[:4]
    windows = windows.reshape(n, c.groups, channels // c.groups, h, w, k, k)
    y = np.einsum("ngchwij,gocij->ngohw", windows, weight.reshape(c.groups, out // c.groups, -1, k, k), optimize=True)
    y = y.reshape(n, out, h, w) + bias[:, None, None]
    return y.clip(0, 6) if c.relu6 else y


def stage_blocks(net, stage):
    starts = [0] + [end + 1 for end in net.ends]
    return net.blocks[starts[stage - 1] : starts[stage]]


def advance(net, stage, x):
    """From the output of the stage before to that of this one."""
    if stage == HEAD:
        return convolve(net.head, x)
    for convs, skip in stage_blocks(net, stage):
        y = x
        for c in convs:
            y = convolve(c, y)
        x = x + y if skip else y
    return x


def rest(net, stage, x):
    """Logits from the output of a stage."""
    for s in range(stage + 1, HEAD + 1):
        x = advance(net, s, x)
    weight, bias = (t.numpy().astype(float) for t in net.fc)
    return x.mean((2, 3)) @ weight.T + bias


def features(net, x, stage):
    x = convolve(net.stem, x)
    for s in range(1, stage + 1):
        x = advance(net, s, x)
    return x


def differences(f, a, step=1e-6):
    """The gradient of f by central differences; f takes a batch."""
    flat = np.eye(a.size).reshape(a.size, *a.shape) * step
    return ((f(a + flat) - f(a - flat)) / (2 * step)).reshape(a.shape)


def ranged(a):
    return (a - a.min()) / (a.max() - a.min() + 1e-8)


def resized(a, side):
    """Bilinear with half-pixel centers, as two matrix products."""

    def matrix(n):
        at = ((np.arange(side) + 0.5) * n / side - 0.5).clip(0, n - 1)
        low = np.floor(at).astype(int).clip(0, max(n - 2, 0))
        m, part = np.zeros((side, n)), at - low
        m[np.arange(side), low] = 1 - part
        m[np.arange(side), np.minimum(low + 1, n - 1)] += part
        return m

    return matrix(a.shape[-2]) @ a @ matrix(a.shape[-1]).T


def in_numpy(method, net, x, stage, score, gaussian=False, **_):
    """The method's map on a folded net, with nothing but NumPy."""
    net, x = net.folded, x.numpy().astype(float)
    a = features(net, x, stage)[0]
    if method in ("grad-cam", "layer-cam"):
        g = differences(lambda batch: score(rest(net, stage, batch)), a)
        weight = g.mean((1, 2), keepdims=True) if method == "grad-cam" else g.clip(0)
        return ranged((weight * a).sum(0).clip(0))
    if method == "score-cam":
        masks = np.stack([resized(ranged(channel), x.shape[-1]) for channel in a])
        z = score(rest(net, STAGES, features(net, x * masks[:, None], STAGES)))
        weight = np.exp(z - z.max())
        return ranged(np.einsum("k,khw->hw", weight / weight.sum(), a).clip(0))
    assert method == "recipro-cam"
    out = np.zeros(a.shape[1:])
    kernel = KERNEL.double().numpy() if gaussian else np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
    for i, j in np.ndindex(out.shape):
        mask = np.zeros((a.shape[1] + 2, a.shape[2] + 2))
        mask[i : i + 3, j : j + 3] = kernel
        z = rest(net, stage, (a * mask[1:-1, 1:-1])[None])[0]
        p = np.exp(z - z.max())
        out[i, j] = score(p / p.sum())
    return ranged(out)
