"""The method's maps in float64, written plainly from its formulas; see ARCHITECTURE.md for the notation."""

import torch
from torch.nn.functional import avg_pool2d, interpolate

EPS = 1e-8  # floor of a min-max range
CONSTANT = 1e-6  # a region whose standard deviation is below this has no correlation


def minmax(a):
    low, high = a.min(), a.max()
    return (a - low) / max((high - low).item(), EPS)


def resize(a, side):
    """[h, w] -> [side, side], bilinear with half-pixel centers, clamped at the borders."""
    return interpolate(a[None, None].double(), size=(side, side), mode="bilinear", align_corners=False)[0, 0]


def attention(f, power=2):
    """[c, h, w] -> [h, w]: sum over channels of |F|^p."""
    return f.double().abs().pow(power).sum(0)


def cam(head, weight):
    """[c, h, w], [c] -> [h, w]: the class's linear weights on the head's features."""
    return torch.einsum("chw,c->hw", head.double(), weight.double()).relu()


def log_odds(logits, c):
    """[classes] -> [classes]: the gradient of log p_c / (1 - p_c) with respect to the logits."""
    rest = logits.double().clone()
    rest[c] = -torch.inf
    direction = -rest.softmax(0)
    direction[c] = 1
    return direction


def smooth(a):
    """[h, w] -> [h, w]: the mean of each place and its neighbors, fewer at the border."""
    return avg_pool2d(a[None, None], 3, 1, 1, count_include_pad=False)[0, 0]


def guided(looked, head, weight):
    """A superposed attention map, the last stage [c, h, w] and the log-odds' weights there [c]: attention kept to the
    class."""
    odds = smooth(torch.einsum("chw,c->hw", head.double(), weight.double()))
    return minmax(looked + 4 * superpose([odds], looked.shape[0]))


def layer_cam(f, gradient):
    """[c, h, w] twice -> [h, w]."""
    return (gradient.double().relu() * f.double()).sum(0).relu()


def superpose(layers, side):
    return minmax(sum(minmax(resize(a, side)) for a in layers))


def regions(a, grid):
    """[s, s] -> [grid * grid, (s / grid)^2], row-major."""
    step = a.shape[0] // grid
    return a.reshape(grid, step, grid, step).permute(0, 2, 1, 3).reshape(grid * grid, step * step)


def pearson(a, b):
    """Two rows of regions -> (rho, constant). A constant region has no correlation: 0, and flagged."""
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    spread_a, spread_b = a.pow(2).mean(1).sqrt(), b.pow(2).mean(1).sqrt()
    constant = (spread_a < CONSTANT) | (spread_b < CONSTANT)
    rho = (a * b).mean(1) / (spread_a * spread_b)
    return torch.where(constant, torch.zeros_like(rho), rho), constant


FUSE = {
    "mean": lambda a, b: (a + b) / 2,
    "geometric": lambda a, b: (a * b).sqrt(),
    "product": lambda a, b: a * b,
}


def mutual(a, b, grid, fuse="mean", weighted=True):
    """The mutual map: fused maps, weighted by (1 + rho) / 2 interpolated between region centers."""
    rho, _ = pearson(regions(a, grid), regions(b, grid))
    weight = resize(((1 + rho) / 2).reshape(grid, grid), a.shape[0]) if weighted else 1.0
    return minmax(weight * FUSE[fuse](a, b))


def scaled(a):
    """Min-max as the libraries do it: (a - min) / (max - min + 1e-8). A constant map becomes zeros."""
    a = a - a.min()
    return a / (a.max() + EPS)


def fuse(layers, method):
    """torch-cam's fusion of several stages: LayerCAM's are first brightened by tanh(2 a); then each is resized to the
    largest, and the elementwise maximum taken. The min-max at the end is ours."""
    if len(layers) == 1:
        return layers[0]
    if method == "layer-cam":
        layers = [torch.tanh(2 * a) for a in layers]
    shape = max(a.shape for a in layers)
    resized = [interpolate(a[None, None], size=shape, mode="bilinear", align_corners=False)[0, 0] for a in layers]
    return scaled(torch.stack(resized).amax(0))
