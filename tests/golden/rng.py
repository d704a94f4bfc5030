"""The one source of randomness, the same here and in peerlight-core/src/rng.rs, and how libraries are made to draw
from it.

mix(z)           z ^= z >> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31
                 (64 bits, wrapping)
uniform(seed, i) (mix(seed + (i + 1) * 0x9E3779B97F4A7C15) >> 11) * 2^-53
normal(seed, i)  sqrt(-2 ln(1 - uniform(seed, 2i))) * cos(2 pi uniform(seed, 2i + 1)), rounded to float32
Values of a tensor are numbered row-major; of samples likewise, so sample s of n values begins at s * n.
"""

import math
from contextlib import contextmanager
from unittest import mock

import numpy as np
import torch

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
CHUNK = 1 << 20  # normals made at a time: the largest noise, of SS-CAM, has tens of millions


def mix(z):
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def uniform_at(seed, i):
    """The uniform numbers of an array of positions, float64 in [0, 1)."""
    z = np.uint64(seed) + (np.asarray(i).astype(np.uint64) + np.uint64(1)) * GOLDEN
    return (mix(z) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def uniform(seed, start, count):
    return uniform_at(seed, np.arange(start, start + count))


def normal(seed, start, count):
    """float32 [count]."""
    out = np.empty(count, np.float32)
    for begin in range(0, count, CHUNK):
        i = np.arange(start + begin, start + min(begin + CHUNK, count)) * 2
        radius = np.sqrt(-2 * np.log(1 - uniform_at(seed, i)))
        out[begin : begin + len(i)] = radius * np.cos(2 * math.pi * uniform_at(seed, i + 1))
    return out


class Normals:
    """Stands in for a sampler: every draw goes on where the last one ended."""

    def __init__(self, seed=0):
        self.seed, self.at = seed, 0

    def draw(self, shape, like):
        count = math.prod(shape)
        values = torch.from_numpy(normal(self.seed, self.at, count)).reshape(tuple(shape)).to(like)
        self.at += count
        return values


@contextmanager
def torch_normal(seed=0):
    """captum's NoiseTunnel draws with torch.normal(0, deviations)."""
    source = Normals(seed)
    with mock.patch("torch.normal", lambda mean, deviation: mean + deviation * source.draw(deviation.shape, deviation)):
        yield


@contextmanager
def torch_randn_like(seed=0):
    """pytorch-grad-cam's ROAD draws with torch.randn_like."""
    source = Normals(seed)
    with mock.patch("torch.randn_like", lambda t: source.draw(t.shape, t)):
        yield


class Distribution:
    """Stands in for torch-cam's `_distrib`, a normal distribution around 0."""

    def __init__(self, std, dtype, seed=0):
        self.std, self.like, self.source = std, torch.empty((), dtype=dtype), Normals(seed)

    def sample(self, shape):
        return self.std * self.source.draw(shape, self.like)
