"""methods.json: the map of every method before resizing, from the libraries that have it, on Lite0 and on the micro
nets.

Where torch-cam and pytorch-grad-cam both have a method, both are asked, and their difference is printed; README.md says
whose convention is ours and why. On the micro nets some methods are computed a third time, in NumPy alone.
"""

import sys
import time
from importlib.metadata import version

import torch

import by_hand
import libraries
import nets
import rng
import images
from by_hand import Score
from store import probe, save

TORCHCAM, GRADCAM, CAPTUM = (
    f"{name} {version(package)}"
    for name, package in (("torchcam", "torchcam"), ("grad-cam", "grad-cam"), ("captum", "captum"))
)
PAPER, NUMPY = "by hand, PyTorch", "by hand, NumPy float64"
IMAGES = ("cat", "coffee", "bee")
FULL = 400  # a map of more values is stored as probes
ALIKE = 1e-5  # two sources agree
# A map that PyTorch's own float32 misses by more than this is no fit bar for anybody else's: Grad-CAM++ divides by
# numbers near zero where activations are negative, Adam's first steps turn on the sign of gradients near zero, and
# where an activation is at an edge of ReLU6 the gradient at the pixels behind it jumps.
STEADY = 2e-5
# Nor is one that moves by more when the image's values move by this part of themselves, which is what rounding does to
# a net's activations: PyTorch's float32 may fall on float64's side of such an edge by luck, and so may one shaking of a
# net with millions of activations, or of a sum of gradients at many images, each with its own edges. By net or method:
# the part, and how often.
SHAKES = {"micro": (2e-7, 1), "efficientnet-lite0": (5e-7, 5), "integrated-gradients": (4e-7, 5)}

# Default settings, as the cases name them.
SMOOTH = {"samples": 4, "std": 0.3}
GRADIENT = ("grad-cam", "hires-cam", "grad-cam-pp", "xgrad-cam", "layer-cam")

NOTES = {
    "cam": "no ReLU",
    "grad-cam-pp": "the paper's equation 19 as pytorch-grad-cam has it, eps 1e-6; torch-cam 0.5.0 loses the division",
    "smooth-grad-cam-pp": "gradient and activation of the last noisy sample, as torch-cam",
    "eigen-cam": "sign turned so that the largest magnitude is positive, then ReLU",
    "score-cam": "torch-cam's masks: min-max first, then half-pixel resizing",
    "is-cam": "torch-cam's coefficients, cumulative sums of i / samples",
    "ablation-cam": "channels are set to zero",
    "recipro-cam": "softmax probabilities, no ReLU",
    "occlusion": "no ReLU",
    "rise": "softmax probabilities of normalized input x mask, no ReLU",
    "opti-cam": "after the last step, no ReLU",
}
DIFFERENCES = {}


class Subject:
    """A net with an image."""

    def __init__(self, name, net, image, x):
        self.name, self.net, self.image, self.x = name, net, image, x
        with torch.no_grad():
            order = net(x)[0].argsort(descending=True).tolist()
        self.predicted, self.second = order[:2]
        self.black = nets.BLACK[name]

    def case(self, method, stages, settings, score, source, found, also=()):
        """One entry. `also` are further sources that must agree with it."""
        for other, value in also:
            off = (found.double() - value.double()).abs().max().item()
            assert off < ALIKE or self.x.dtype != torch.float64, (
                f"{self.name} {self.image} {method} {stages}: {other} is off by {off}"
            )
        flat = found.reshape(-1)
        assert flat.isfinite().all()
        self.last = flat
        note = [NOTES[method]] if method in NOTES else []
        note += [f"agrees with {other}" for other, _ in also] + (["blank"] if flat.max() == 0 else [])
        values = {"values": flat} if len(flat) <= FULL else {**probe(flat, 64), "sum": flat.double().sum()}
        return {
            "net": self.name,
            "image": self.image,
            "method": method,
            "stages": stages,
            "settings": settings,
            "target": score.target,
            "contrast": score.contrast,
            "source": source,
            "note": "; ".join(note),
            "shape": list(found.shape),
            **values,
        }

    def cam(self, method, stages, score=None, **settings):
        """A method of torch-cam or pytorch-grad-cam, from every source that has it."""
        score, ask = score or Score(self.predicted), (self.net, self.x, stages)
        found = {}
        if method in libraries.TORCHCAM and not (method == "cam" and score.contrast):
            found[TORCHCAM] = libraries.torchcam(method, *ask, score, **settings)
        if method in libraries.GRADCAM:
            found[GRADCAM] = libraries.gradcam(method, *ask, score, **settings)
        if method == "cam" and score.contrast:
            found[PAPER] = by_hand.contrasted_cam(self.net, self.x, score)
        if len(found) == 2:
            key, off = f"{self.name} {method}", (found[TORCHCAM] - found[GRADCAM]).abs().max().item()
            DIFFERENCES[key] = max(DIFFERENCES.get(key, 0), off)
        # The paper's Grad-CAM++ is pytorch-grad-cam's alone; of Score-CAM torch-cam's is ours.
        drop = {"grad-cam-pp": TORCHCAM, "score-cam": GRADCAM}.get(method)
        sources = [(s, m) for s, m in found.items() if s != drop or len(found) == 1]
        if self.name.startswith("micro") and len(stages) == 1 and method in ("grad-cam", "layer-cam", "score-cam"):
            sources.append((NUMPY, torch.from_numpy(by_hand.in_numpy(method, self.net, self.x, stages[0], score))))
        if method == "eigen-cam" and len(stages) == 1 and self.x.dtype == torch.float64:
            assert torch.allclose(libraries.eigen_with_sign(self.net, self.x, stages[0]), sources[0][1], atol=1e-6)
        (source, value), *also = sources
        return self.case(method, stages, settings, score, source, value, also)

    def recipro(self, stage, gaussian, score=None):
        score = score or Score(self.predicted)
        found = by_hand.recipro_cam(self.net, self.x, stage, score, gaussian)
        also = []
        if self.name.startswith("micro"):
            also.append(
                (
                    NUMPY,
                    torch.from_numpy(
                        by_hand.in_numpy("recipro-cam", self.net, self.x, stage, score, gaussian=gaussian)
                    ),
                )
            )
        return self.case("recipro-cam", [stage], {"gaussian": gaussian}, score, PAPER, found, also)

    def pixels(self, method, score=None, **settings):
        """A method of Captum: its map has the input's side."""
        score = score or Score(self.predicted)
        return self.case(
            method,
            [],
            settings,
            score,
            CAPTUM,
            libraries.captum(method, self.net, self.x, score, self.black, **settings),
        )

    def rise(self, score=None, samples=64, grid=7, keep=0.5, seed=0):
        settings = {"samples": samples, "grid": grid, "keep": keep, "seed": seed}
        score = score or Score(self.predicted)
        return self.case("rise", [], settings, score, PAPER, by_hand.rise(self.net, self.x, score, **settings))

    def opti(self, stage, score=None, steps=5, rate=0.1):
        settings = {"steps": steps, "rate": rate}
        score = score or Score(self.predicted)
        return self.case(
            "opti-cam", [stage], settings, score, PAPER, by_hand.opti_cam(self.net, self.x, stage, score, **settings)
        )


def image(s, first, second):
    """Lite0 on a crop; some methods on the first crop alone, or on two."""
    other, contrast = Score(s.second), Score(s.predicted, {"class": s.second, "gamma": 1.0})
    yield s.cam("cam", [8])
    for method in GRADIENT:
        yield s.cam(method, [7])
    for stage in (4, 5, 6):
        yield s.cam("layer-cam", [stage])
    yield s.cam("layer-cam", [4, 5, 6, 7])
    yield s.cam("grad-cam", [5, 6, 7])
    yield s.cam("smooth-grad-cam-pp", [7], **SMOOTH)
    yield s.cam("eigen-cam", [7])
    yield s.recipro(7, True)
    yield s.recipro(7, False)
    for method in ("cam", "grad-cam", "layer-cam"):
        stage = 8 if method == "cam" else 7
        yield s.cam(method, [stage], other)
        yield s.cam(method, [stage], contrast)
    yield s.pixels("gradient-x-input")
    if first or second:
        yield s.pixels("integrated-gradients", samples=32)
        yield s.pixels("smooth-grad", samples=8, std=0.15)
        for seed in (0, 1):
            yield s.pixels("smooth-grad", samples=2, std=0.15, seed=seed)
        yield s.opti(7)
        for stage in (4, 8):
            yield s.opti(stage, steps=2)
    if first:
        for method in ("grad-cam", "grad-cam-pp", "hires-cam", "xgrad-cam", "layer-cam", "eigen-cam"):
            yield s.cam(method, [8])
        yield s.cam("smooth-grad-cam-pp", [8], **SMOOTH)
        yield s.cam("layer-cam", [4, 5, 6, 7], Score(s.predicted, {"class": s.second, "gamma": 0.5}))


def slow(s, first, second):
    """What takes hundreds of passes, in float32 alone."""
    if first or second:
        # Score-CAM is blank on the cat: where channels are negative on average, so may be their weighted sum.
        yield s.cam("score-cam", [7])
        yield s.cam("ablation-cam", [7])
        yield s.pixels("occlusion", window=32, stride=16)
        yield s.rise()
    if first:
        contrast = Score(s.predicted, {"class": s.second, "gamma": 1.0})
        yield s.cam("score-cam", [4])
        yield s.cam("score-cam", [4], contrast)
        yield s.cam("ss-cam", [4], samples=2, std=2.0)
        yield s.cam("is-cam", [4], samples=4)


def tiny(s):
    """A micro net: every method, every channel, in float64."""
    other, contrast = Score(3), Score(s.predicted, {"class": s.second, "gamma": 1.0})
    for score in (None, other, contrast):
        yield s.cam("cam", [8], score)
        for stages in ([3], [4], [7], [3, 5]):
            for method in GRADIENT:
                yield s.cam(method, stages, score)
            yield s.cam("score-cam", stages, score)
        for stage in (3, 4, 7):
            yield s.cam("ablation-cam", [stage], score)
            yield s.recipro(stage, True, score)
        yield s.cam("smooth-grad-cam-pp", [4], score, **SMOOTH)
        yield s.pixels("gradient-x-input", score)
        yield s.opti(7, score)
    for stages in ([3], [4], [7], [8], [3, 5]):
        yield s.cam("eigen-cam", stages)
        yield s.cam("smooth-grad-cam-pp", stages, **SMOOTH)
    for stage in (3, 4, 7, 8):
        yield s.recipro(stage, False)
        yield s.opti(stage)
    for stages in ([4], [7]):
        yield s.cam("ss-cam", stages, samples=2, std=2.0)
        yield s.cam("is-cam", stages, samples=10)
    for method in GRADIENT:
        yield s.cam(method, [8])
    yield s.cam("ablation-cam", [8])
    yield s.cam("ablation-cam", [3, 5])
    yield s.pixels("integrated-gradients", samples=32)
    yield s.pixels("smooth-grad", samples=8, std=0.15)
    yield s.pixels("occlusion", window=32, stride=16)
    yield s.pixels("occlusion", window=16, stride=8)
    yield s.rise()
    yield s.rise(grid=4, keep=0.3, samples=20, seed=5)


def micro_subject(peer, dtype):
    return Subject(f"micro.{peer}", nets.micro(peer).to(dtype), "micro", nets.micro_input().to(dtype))


def image_subject(net, name, dtype):
    return Subject("efficientnet-lite0", net.to(dtype), name, images.tensor(dict(images.crops())[name]).to(dtype))


def tell(case, more):
    print(
        f"{time.monotonic() - BEGAN:6.1f} s",
        *(case[k] for k in ("net", "image", "method", "stages", "settings", "target", "contrast", "note")),
        more,
        flush=True,
    )


def shaken(subject, part, seed):
    """The same with every value of the image moved by a part of itself, at random; the classes stay."""
    x = subject.x * (1 + part * rng.Distribution(1, subject.x.dtype, seed).sample(subject.x.shape))
    twin = Subject(subject.name, subject.net, subject.image, x)
    twin.predicted, twin.second = subject.predicted, subject.second
    return twin


def steady(make, double, single):
    """The cases in float64: those that rounding leaves alone, and those that it does not, which say by how much it
    moves them."""
    fit, unfit = [], []
    own = SHAKES[double.name.split(".")[0]]
    kinds = sorted({own, SHAKES["integrated-gradients"]})
    others = [(None, single), *((kind, shaken(double, kind[0], 7 + i)) for kind in kinds for i in range(kind[1]))]
    for case, *again in zip(make(double), *(make(other) for _, other in others), strict=True):
        assert all(case[key] == other[key] for key in ("method", "target") for other in again)
        due = (None, SHAKES.get(case["method"], own))
        offs = [(double.last - other.last).abs().double() for kind, other in others if kind in due]
        off = max(offs, key=lambda off: off.max())
        tell(case, f"rounding moves it by {off.max():.1e}" + ("" if off.max() <= STEADY else ", UNSTEADY"))
        worst = STEADINESS.setdefault((case["net"].split(".")[0], case["method"]), [0, 0, 0.0])
        worst[0] += 1
        worst[1] += int(off.max() > STEADY)
        worst[2] = max(worst[2], off.max().item())
        if off.max() <= STEADY:
            fit.append(case)
        else:
            unfit.append({**case, "rounding": {"max": off.max(), "mean": off.mean()}})
    return fit, unfit


BEGAN, STEADINESS = time.monotonic(), {}


def main():
    torch.set_num_threads(1)
    cases, unsteady, precisions = [], [], (torch.float64, torch.float32)

    def take(fit, unfit=()):
        cases.extend(fit)
        unsteady.extend(unfit)

    for peer in nets.make_tiny.PEERS:
        take(*steady(tiny, *(micro_subject(peer, dtype) for dtype in precisions)))
    if "--micro" not in sys.argv:
        both = [nets.lite0(), nets.lite0()]
        for i, name in enumerate(IMAGES):
            subjects = [image_subject(net, name, dtype) for net, dtype in zip(both, precisions)]
            take(*steady(lambda s: image(s, i == 0, i == 1), *subjects))
            for case in slow(subjects[1], i == 0, i == 1):
                tell(case, "float32 alone")
                cases.append(case)
    for (net, method), (count, out, worst) in STEADINESS.items():
        print(f"{net} {method}: {count} cases, {out} unsteady, rounding moves them by up to {worst:.1e}")
        assert out < count or method in ("gradient-x-input", "integrated-gradients", "smooth-grad"), (
            f"no case of {method} on {net} is left"
        )
    for key, off in sorted(DIFFERENCES.items()):
        print(f"torch-cam and pytorch-grad-cam, {key}: {off:.1e}")
    save(
        "methods.json",
        {
            "versions": {p: version(p) for p in ("torch", "torchcam", "grad-cam", "captum", "numpy")},
            "stages": "counted from 1; 8 is the head",
            "weights": "web/models/lite0-lite1.safetensors",
            "eps": 1e-8,
            "cases": cases,
            "unsteady": unsteady,
        },
    )


if __name__ == "__main__":
    main()
