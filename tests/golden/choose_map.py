"""What a peer's map is best made of, at no training: Average Drop of variants of the map on images that are not for
reporting.

    python choose_map.py DATA [images]

DATA has imagenette/val and caltech101. Nothing is written: docs/RESULTS.md quotes what it prints. Explained is Lite0 as
published."""

import random
import sys
from pathlib import Path

import torch
from PIL import Image
from torch.nn.functional import avg_pool2d, interpolate

import reference as ref

BATCH = 20


def image(path):
    """Shorter side to 256, the middle 224 x 224, in 0..1."""
    image = Image.open(path).convert("RGB")
    scale = 256 / min(image.size)
    image = image.resize([round(side * scale) for side in image.size], Image.BICUBIC)
    left, top = (image.width - ref.SIDE) // 2, (image.height - ref.SIDE) // 2
    image = image.crop((left, top, left + ref.SIDE, top + ref.SIDE))
    return (
        torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).reshape(ref.SIDE, ref.SIDE, 3).permute(2, 0, 1)
        / 255
    )


def seen(x):
    return (x * 255 - 127) / 128


def minmax(a):
    low, high = a.amin((1, 2), keepdim=True), a.amax((1, 2), keepdim=True)
    return (a - low) / (high - low + 1e-8)


def whole(a):
    """[n, h, w] to the image's side, in 0..1."""
    return minmax(interpolate(a[:, None], size=(ref.SIDE, ref.SIDE), mode="bilinear", align_corners=False)[:, 0])


def smooth(a):
    return avg_pool2d(a[:, None], 3, 1, 1, count_include_pad=False)[:, 0]


def parts(net, x, c):
    """Attention of the last four stages before the head; CAM; and the activation of the log-odds, on the head's
    grid."""
    stages, logits = ref.features(net, x)
    attention = minmax(sum(whole(f.pow(2).sum(1)) for f in stages[3:7]))
    rest = logits.softmax(1).scatter(1, c[:, None], 0)
    weights = net._fc.weight
    against = weights[c] - rest / rest.sum(1, keepdim=True) @ weights
    cam, odds = (torch.einsum("nchw,nc->nhw", stages[-1], w) for w in (weights[c], against))
    return attention, cam, odds


def variants(peers):
    """Every variant of the map by name, from each peer's parts; the first peer is explained."""
    own = peers[0]
    yield "CAM", whole(own[1].relu())
    yield "CAM, smoothed", whole(smooth(own[1]))
    yield "log-odds", whole(own[2])
    yield "log-odds, smoothed", whole(smooth(own[2]))
    kinds = {
        "sqrt(attention x CAM)": lambda a, cam, odds: minmax((a * whole(cam.relu())).sqrt()),
        "attention + 4 CAM": lambda a, cam, odds: minmax(a + 4 * whole(cam)),
        "attention + 4 log-odds": lambda a, cam, odds: minmax(a + 4 * whole(odds)),
        "sqrt(attention x smoothed log-odds)": lambda a, cam, odds: minmax((a * whole(smooth(odds))).sqrt()),
        **{
            f"attention + {part} smoothed log-odds": lambda a, cam, odds, part=part: minmax(
                a + part * whole(smooth(odds))
            )
            for part in (1, 2, 4)
        },
    }
    for name, kind in kinds.items():
        maps = [kind(*peer) for peer in peers]
        yield f"{name}, own", maps[0]
        yield f"{name}, mean of both", minmax(maps[0] + maps[1])


def half(a):
    """1 where the half of the pixels with the largest values lies, else 0."""
    flat = a.flatten(1)
    kept = flat.argsort(dim=1, descending=True, stable=True)[:, : flat.shape[1] // 2]
    return torch.zeros_like(flat).scatter_(1, kept, 1.0).view_as(a)


@torch.no_grad()
def main():
    data, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300
    random.seed(0)
    paths = [
        p
        for folder in ("imagenette/val", "caltech101")
        for p in random.sample(sorted((data / folder).glob("*/*")), count // 2)
    ]
    nets = [ref.reference(0), ref.reference(1)]
    found = {}
    for start in range(0, len(paths), BATCH):
        x = torch.stack([image(p) for p in paths[start : start + BATCH]])
        y, c = nets[0](seen(x)).softmax(1).max(1)
        for name, a in variants([parts(net, seen(x), c) for net in nets]):
            for mask in (half(a), a):
                o = nets[0](seen(x * mask[:, None])).softmax(1).gather(1, c[:, None])[:, 0]
                drop, up = 100 * (y - o).relu() / y, 100.0 * (o > y)
                found.setdefault(name, []).append((drop, up))
    print(
        "| map | top50 drop | top50 increase | less CAM, drop | soft drop | soft increase |\n|---|---|---|---|---|---|"
    )
    of = {
        name: [torch.cat([pair[i] for pair in pairs[m::2]]) for m in (0, 1) for i in (0, 1)]
        for name, pairs in found.items()
    }
    for name, (drop, up, soft_drop, soft_up) in of.items():
        less = drop - of["CAM"][0]
        half_width = 1.96 * less.std() / len(less) ** 0.5
        print(
            f"| {name} | {drop.mean():.1f} | {up.mean():.1f} | {less.mean():+.1f} ± {half_width:.1f} "
            f"| {soft_drop.mean():.1f} | {soft_up.mean():.1f} |"
        )


if __name__ == "__main__":
    main()
