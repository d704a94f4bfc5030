"""tiny.json: a micro EfficientNet-Lite whose weights come from a formula, so that any device can check itself without a
file.

Tensor t (counted from 0 in forward order), flat index i:
    value = scale * (((i * 2654435761 + t * 40503 + 12345) mod 2^32) / 2^31 - 1), in float64, then rounded to float32
    scale = GAIN * sqrt(3 / fan_in) for a weight, fan_in = inputs per group * k * k; 0.1 for a bias
The input is tensor 1000 with scale 1; the second peer counts its tensors from 500.
"""

import math

import numpy as np
import torch

import maps
import reference as ref
from reference import Conv, Folded
from store import probe, save

GAIN = 1.8  # a few per cent of the activations are cut at 6, none of the layers dies
STEM, HEAD, CLASSES, SIDE = 8, 32, 10, 64
# repeats, kernel, stride, expand, out
STAGES = [
    (1, 3, 1, 1, 8),
    (1, 3, 2, 2, 8),
    (1, 5, 2, 2, 16),
    (1, 3, 2, 2, 16),
    (1, 5, 1, 2, 16),
    (2, 5, 2, 2, 24),
    (1, 3, 1, 2, 24),
]
CHOSEN, GRID, CLASS = [3, 4, 5, 6], 4, 3
PEERS = {"first": 0, "second": 500}


def values(shape, t, scale):
    i = np.arange(math.prod(shape), dtype=np.uint64)
    u = (i * 2654435761 + t * 40503 + 12345) % 2**32
    return torch.from_numpy((scale * (u / 2.0**31 - 1)).astype(np.float32)).reshape(shape)


def build(first):
    t = first

    def pair(shape):
        nonlocal t
        weight = values(shape, t, GAIN * math.sqrt(3 / math.prod(shape[1:])))
        bias = values(shape[:1], t + 1, 0.1)
        t += 2
        return weight.double(), bias.double()

    def conv(out, inputs, k, stride=1, groups=1, relu6=True):
        return Conv(*pair((out, inputs // groups, k, k)), stride, groups, relu6)

    stem, blocks, ends, width = conv(STEM, 3, 3, 2), [], [], STEM
    for repeats, k, s, expand, out in STAGES:
        for r in range(repeats):
            stride, mid = (s if r == 0 else 1), width * expand
            convs = [conv(mid, width, 1)] if expand != 1 else []
            convs += [conv(mid, mid, k, stride, groups=mid), conv(out, mid, 1, relu6=False)]
            blocks.append((convs, stride == 1 and width == out))
            width = out
        ends.append(len(blocks) - 1)
    head = conv(HEAD, width, 1)
    return Folded(stem, blocks, ends, head, pair((CLASSES, HEAD)))


def describe(net, x):
    stages, logits = ref.run(net, x)
    for f in stages:
        f.retain_grad()
    logits[0, CLASS].backward()
    a = [maps.attention(f[0].detach()) for f in stages]
    return maps.superpose([a[i] for i in CHOSEN], SIDE), {
        "logits": logits[0],
        "stages": [
            {
                "shape": list(f.shape[1:]),
                "attention_sum": layer.sum(),
                "value": probe(f[0], 16),
                f"gradient_of_logit_{CLASS}": probe(f.grad[0], 16),
            }
            for f, layer in zip(stages, a)
        ],
    }


def main():
    x = values((1, 3, SIDE, SIDE), 1000, 1.0).double().requires_grad_()
    out, superposed = {}, []
    for name, first in PEERS.items():
        net = build(first)
        a, told = describe(net, x)
        weight = net.stem.weight
        out[name] = {
            "first_tensor": first,
            "stem_weight_start": weight.reshape(-1)[:4],
            **told,
            "map": {**probe(a, 64), "sum": a.sum()},
        }
        superposed.append(a)
    rho, constant = maps.pearson(*(maps.regions(a, GRID) for a in superposed))
    m = maps.mutual(*superposed, GRID)
    save(
        "tiny.json",
        {
            "gain": GAIN,
            "side": SIDE,
            "classes": CLASSES,
            "stem": STEM,
            "head": HEAD,
            "stages": [dict(zip(("repeats", "kernel", "stride", "expand", "out"), s)) for s in STAGES],
            "input_start": x.detach().reshape(-1)[:4],
            "peers": out,
            "mutual": {
                "stages": CHOSEN,
                "power": 2,
                "grid": GRID,
                "fuse": "mean",
                "weight": "agreement",
                "rho": rho,
                "constant": constant,
                "agreement": rho.mean(),
                **probe(m, 64),
                "sum": m.sum(),
            },
        },
    )


if __name__ == "__main__":
    main()
