"""metrics.json: what the metrics of the evaluation protocol give for fixed maps, on Lite0 and on a micro net.

The maps are such that both sides hold the same numbers to the last bit, so that no order of pixels depends on rounding:
`layer-cam` is LayerCAM's native map rounded to multiples of 1/256 (stored), whose resizing to the input's side is exact
in float32; `noise` is uniform(seed, i) rounded to float32; `gaussian` is exp(-(dx^2 + dy^2) / (2 (side/4)^2)),
distances taken from the middle of the image to the middles of the pixels, then min-max: equal distances are equal
values.

Everything is float64 but ROAD's imputation, which pytorch-grad-cam rounds to float32.
"""

import contextlib
import sys
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from unittest import mock

import numpy as np
import torch
from pytorch_grad_cam.metrics.arcc import Complexity, batch_pearson_coherency
from pytorch_grad_cam.metrics.cam_mult_image import DropInConfidence, IncreaseInConfidence
from pytorch_grad_cam.metrics.road import ROADCombined, ROADLeastRelevantFirst, ROADMostRelevantFirst
from pytorch_grad_cam.utils.model_targets import ClassifierOutputSoftmaxTarget
from torchcam.metrics import ClassificationMetric, DeletionInsertionMetric

import libraries
import maps
import nets
import rng
from by_hand import Score
from make_methods import BEGAN, micro_subject, image_subject, IMAGES
from store import save

STEPS = 28
PERCENTILES = (20, 40, 60, 80)
TAPS, SIGMA = 11, 5
SCALE = {
    "efficientnet-lite0": (127 / 255, 128 / 255),
    "micro.first": (0.5, 0.5),
}  # mean and deviation of pixels in 0..=1
STAGES = {"efficientnet-lite0": [4, 5, 6, 7], "micro.first": [3, 5]}
SEED = 0


class Image:
    """A net's input as pixels in 0..=1, and the probability of its class for other pixels."""

    def __init__(self, subject):
        self.subject, self.x, self.side = subject, subject.x, subject.x.shape[-1]
        self.mean, self.std = SCALE[subject.name]
        self.pixels = self.x * self.std + self.mean
        self.target = subject.predicted
        self.whole = self.probability(self.x).item()

    def probability(self, inputs):
        with torch.no_grad():
            return torch.cat([self.subject.net(part).softmax(1)[:, self.target] for part in inputs.split(8)])

    def input(self, pixels):
        return (pixels - self.mean) / self.std

    def score(self, pixels):
        return self.probability(self.input(pixels))


def order(m):
    """Positions by value, descending, ties by position."""
    return torch.argsort(m.reshape(-1), descending=True, stable=True)


def kept(m, count):
    keep = torch.zeros(m.numel(), dtype=m.dtype)
    keep[order(m)[:count]] = 1
    return keep.reshape(m.shape)


def blurred(pixels):
    """Gaussian, border clamped, row by row and column by column."""
    at = torch.arange(TAPS, dtype=pixels.dtype) - TAPS // 2
    taps = torch.exp(-(at**2) / (2 * SIGMA**2))
    taps = taps / taps.sum()
    reach = TAPS // 2
    p = torch.nn.functional.pad(pixels, (reach,) * 4, mode="replicate")
    p = torch.nn.functional.conv2d(p, taps.reshape(1, 1, 1, -1).repeat(3, 1, 1, 1), groups=3)
    return torch.nn.functional.conv2d(p, taps.reshape(1, 1, -1, 1).repeat(3, 1, 1, 1), groups=3)


def masked(image, m):
    return {
        "top50": image.score(image.pixels * kept(m, m.numel() // 2)),
        "soft": image.score(image.pixels * m),
        "soft-normalised": image.probability(image.x * m),
    }


def faithfulness(image, m):
    y, out = image.whole, {}
    for masking, o in masked(image, m).items():
        o = o.item()
        out[masking] = {
            "score": o,
            "average-drop": 100 * max(0, y - o) / y,
            "average-increase": 100.0 * (o > y),
            "average-gain": 100 * max(0, o - y) / (1 - y),
        }
    return out


def curve(image, m, start, end):
    """STEPS + 1 scores: the first floor(k N / STEPS) pixels in the map's order are the end's, the others the
    start's."""
    places = order(m)
    rank = torch.empty_like(places)
    rank[places] = torch.arange(len(places))
    keeps = torch.stack([(rank < k * len(places) // STEPS).reshape(m.shape) for k in range(STEPS + 1)]).to(m)[:, None]
    y = torch.cat([image.score(start * (1 - keep) + end * keep) for keep in keeps.split(8)])
    return {"y": y, "auc": torch.trapezoid(y, dx=1 / STEPS)}


def curves(image, m):
    black = torch.zeros_like(image.pixels)
    return {
        "insertion": curve(image, m, black, image.pixels),
        "insertion-blur": curve(image, m, blurred(image.pixels), image.pixels),
        "deletion": curve(image, m, image.pixels, black),
    }


def located(m, boxes):
    """Whether the map's largest value (the first of them) is in a box, and the share of its sum inside; boxes are
    [x0, y0, x1, y1], x1 and y1 not inside."""
    inside = torch.zeros(m.shape, dtype=torch.bool)
    for x0, y0, x1, y1 in boxes:
        inside[y0:y1, x0:x1] = True
    return {
        "boxes": boxes,
        "pointing": 1.0 if inside.reshape(-1)[order(m)[0]] else 0.0,
        "energy": (m[inside].sum() / m.sum()),
    }


def box_sets(side):
    a, b = [side // 4, side // 8, side * 3 // 4, side * 7 // 8], [side // 2, side // 2, side, side]
    return [[a], [b], [[0, 0, side // 8, side // 8]], [a, b]]


@contextlib.contextmanager
def same_noise():
    """Every imputation's noise begins anew: values of [3, removed pixels], channel by channel."""
    with mock.patch("torch.randn_like", lambda t: rng.Normals(SEED).draw(t.shape, t)):
        yield


def road(image, m):
    """pytorch-grad-cam's: the change of the probability when pixels are imputed, at each percentile, and its combined
    figure."""
    targets, cams, x = [ClassifierOutputSoftmaxTarget(image.target)], m[None].numpy(), image.x.float()

    def net(inputs):
        return image.subject.net(inputs.to(image.x))

    with same_noise():
        most, least = (
            [kind(percentile=p)(x, cams, targets, net)[0].item() for p in PERCENTILES]
            for kind in (ROADMostRelevantFirst, ROADLeastRelevantFirst)
        )
        combined = ROADCombined(percentiles=list(PERCENTILES))(x, cams, targets, net)[0].item()
    assert abs(combined - (np.mean(least) - np.mean(most)) / 2) < 1e-6
    return {
        "percentiles": PERCENTILES,
        "most-relevant-first": most,
        "least-relevant-first": least,
        "combined": combined,
    }


class Fixed:
    """Stands in for torch-cam's extractor: always the same map."""

    def __init__(self, net, m):
        self.model, self.map = net, m

    def __call__(self, *_, **__):
        return [self.map[None].clone()]

    def fuse_cams(self, cams):
        return cams[0]

    def _hooks_off(self):
        return contextlib.nullcontext()


def torchcam_metrics(image, m):
    softmax, extractor = partial(torch.softmax, dim=-1), Fixed(image.subject.net, m)
    drop = ClassificationMetric(extractor, softmax)
    drop.update(image.x, image.target)
    black = image.input(torch.zeros_like(image.pixels))
    auc = DeletionInsertionMetric(extractor, softmax, steps=STEPS, baseline=black)
    auc.update(image.x, image.target)
    return {**drop.summary(), **auc.summary()}


def xplique_metrics(image, m):
    """Insertion and deletion from black, if the library is installed (it needs TensorFlow): {} otherwise."""
    if "xplique" not in VERSIONS:
        return {}
    from xplique.metrics import Deletion, Insertion
    from xplique.wrappers import TorchWrapper

    net = torch.nn.Sequential(image.subject.net, torch.nn.Softmax(1)).float().eval()
    inputs = image.x.float().numpy().transpose(0, 2, 3, 1)
    label = np.eye(net[0].fc.out_features, dtype=np.float32)[[image.target]]
    black = image.input(torch.zeros(1)).item()
    wrapped = TorchWrapper(net, "cpu", is_channel_first=True)
    out = {}
    for name, kind in (("insertion", Insertion), ("deletion", Deletion)):
        metric = kind(wrapped, inputs, label, batch_size=8, baseline_mode=black, steps=STEPS)
        out[name] = float(metric.evaluate(m[None].float().numpy()))
    image.subject.net.to(image.x.dtype)
    return out


VERSIONS = {}
for package in ("torch", "torchcam", "grad-cam", "xplique", "numpy"):
    with contextlib.suppress(PackageNotFoundError):
        VERSIONS[package] = version(package)


def agree(what, a, b, within):
    assert abs(float(a) - float(b)) < within, f"{what}: {float(a)} and {float(b)}"


def fixed_maps(image):
    """Name, what is needed to make the map, map."""
    s, side, dtype = image.subject, image.side, image.x.dtype
    native = libraries.torchcam("layer-cam", s.net.double(), s.x.double(), STAGES[s.name], Score(image.target))
    s.net.to(dtype)
    levels = (native * 256).round()
    m = maps.resize(levels / 256, side)
    assert torch.equal(m, maps.resize((levels / 256).float(), side).float().double()), (
        "the resized map is not exact in float32"
    )
    yield "layer-cam", {"rows": len(levels), "columns": len(levels), "levels": levels.reshape(-1).int()}, m.to(dtype)
    at = torch.arange(side, dtype=torch.float64) + 0.5 - side / 2
    square = at[:, None] ** 2 + at[None] ** 2
    yield "gaussian", {}, maps.scaled(torch.exp(-square / (2 * (side / 4) ** 2))).to(dtype)
    values = rng.uniform(SEED, 0, side * side).astype(np.float32)
    yield "noise", {"seed": SEED}, torch.from_numpy(values).reshape(side, side).to(dtype)


def measured(image, name, made_of, m):
    faith, lines = faithfulness(image, m), curves(image, m)
    theirs, others = torchcam_metrics(image, m), xplique_metrics(image, m)
    agree("torch-cam's drop", theirs["avg_drop"], faith["soft-normalised"]["average-drop"] / 100, 1e-5)
    agree("torch-cam's increase", theirs["conf_increase"], faith["soft-normalised"]["average-increase"] / 100, 1e-9)
    if m.numel() % STEPS == 0:  # otherwise torch-cam's steps are not equal
        agree("torch-cam's insertion", theirs["insertion_auc"], lines["insertion"]["auc"], 1e-6)
        agree("torch-cam's deletion", theirs["deletion_auc"], lines["deletion"]["auc"], 1e-6)
    if name == "noise":  # the others have ties, which xplique orders otherwise
        for key, value in others.items():
            agree(f"xplique's {key}", value, lines[key]["auc"], 1e-4)
    change = [
        metric()(image.x, m[None].numpy(), [ClassifierOutputSoftmaxTarget(image.target)], image.subject.net)[0]
        for metric in (DropInConfidence, IncreaseInConfidence)
    ]
    agree("pytorch-grad-cam's drop", 100 * change[0] / image.whole, faith["soft-normalised"]["average-drop"], 1e-3)
    agree("pytorch-grad-cam's increase", 100 * change[1], faith["soft-normalised"]["average-increase"], 1e-9)
    agree("pytorch-grad-cam's complexity", Complexity()(m[None].numpy())[0], m.mean(), 1e-5)
    return {
        "map": name,
        **made_of,
        "map_sum": m.double().sum(),
        "masked": faith,
        "curves": lines,
        "complexity": m.mean(),
        "road": road(image, m),
        "located": [located(m, boxes) for boxes in box_sets(image.side)],
        "torchcam": theirs,
        "xplique": others,
    }


def coherent(image):
    """LayerCAM's own map: complexity, coherency with the map of the image that it masks (soft), and ADCC."""
    s, stages = image.subject, STAGES[image.subject.name]

    def explain(x):
        return maps.resize(libraries.torchcam("layer-cam", s.net, x, stages, Score(image.target)), image.side).to(x)

    m = explain(image.x)
    again = explain(image.input(image.pixels * m))
    rho = np.corrcoef(m.reshape(-1), again.reshape(-1))[0, 1]
    agree("pytorch-grad-cam's correlation", batch_pearson_coherency(m[None].numpy(), again[None].numpy())[0], rho, 1e-5)
    drop = faithfulness(image, m)["soft"]["average-drop"]
    coherency, complexity = (rho + 1) / 2, m.mean().item()
    return {
        "method": "layer-cam",
        "stages": stages,
        "complexity": complexity,
        "coherency": coherency,
        "average-drop-soft": drop,
        "adcc": 3 / (1 / coherency + 1 / (1 - complexity) + 1 / (1 - drop / 100)),
    }


def numbers(value, path=""):
    if isinstance(value, dict):
        for k, v in value.items():
            yield from numbers(v, f"{path}.{k}")
    elif isinstance(value, (list, tuple)):
        for i, v in enumerate(value):
            yield from numbers(v, f"{path}[{i}]")
    elif isinstance(value, torch.Tensor):
        yield path, value.double().reshape(-1)
    elif isinstance(value, float):
        yield path, torch.tensor([value], dtype=torch.float64)


def image_case(subject):
    image = Image(subject)
    return {
        "net": subject.name,
        "image": subject.image,
        "target": image.target,
        "score": image.whole,
        "maps": [measured(image, *made) for made in fixed_maps(image)],
        "method": coherent(image),
    }


def steadiness(case, again):
    """The largest differences that float32 makes, by the kind of figure."""
    worst = {}
    for (path, a), (_, b) in zip(numbers(case), numbers(again), strict=True):
        kind = path.split("]")[-1] if "located" not in path else ".located"
        worst[kind] = max(worst.get(kind, 0), (a - b).abs().max().item())
    for kind, off in worst.items():
        if off > 1e-6:
            print(f"  float32 is off by {off:.1e} in {kind}")


def main():
    import time

    torch.set_num_threads(1)
    cases = []

    def take(make):
        cases.append(image_case(make(torch.float64)))
        print(
            f"{time.monotonic() - BEGAN:6.1f} s",
            *(cases[-1][k] for k in ("net", "image", "target", "score")),
            flush=True,
        )
        steadiness(cases[-1], image_case(make(torch.float32)))

    take(partial(micro_subject, "first"))
    if "--micro" not in sys.argv:
        net = nets.lite0()
        for name in IMAGES:
            take(partial(image_subject, net, name))
    save(
        "metrics.json",
        {
            "versions": VERSIONS,
            "steps": STEPS,
            "blur": {"taps": TAPS, "sigma": SIGMA},
            "percentiles": PERCENTILES,
            "seed": SEED,
            "cases": cases,
        },
    )


if __name__ == "__main__":
    main()
