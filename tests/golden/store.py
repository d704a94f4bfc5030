"""Writing golden values: small files, nine significant digits (enough to bring a float32 back exactly)."""

import json
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.9g}")
    return int(value) if isinstance(value, np.integer) else value


def layout(value, depth=0):
    """Numbers side by side, everything else one entry a line: readable, and a diff shows what moved."""
    pad = " " * depth
    if isinstance(value, dict) and value:
        body = ",\n".join(f"{pad} {json.dumps(k)}: {layout(v, depth + 1)}" for k, v in value.items())
        return "{\n" + body + "\n" + pad + "}"
    if isinstance(value, list) and any(isinstance(v, dict) for v in value):
        return "[\n" + ",\n".join(f"{pad} {layout(v, depth + 1)}" for v in value) + "\n" + pad + "]"
    return json.dumps(value)


def save(name, value):
    file = HERE / name
    file.write_text(layout(plain(value)) + "\n")
    print(f"{name}: {file.stat().st_size} bytes")


def spread(length, count):
    """About `count` fixed flat positions over `length` values: golden-ratio steps, so that no row or column is
    favored."""
    if length <= count:
        return list(range(length))
    return sorted({int(k * 0.6180339887498949 % 1 * length) for k in range(1, count + 1)})


def probe(tensor, count):
    """Values at `spread` positions of the row-major flat tensor, with the positions."""
    flat = tensor.reshape(-1)
    at = spread(flat.shape[0], count)
    return {"at": at, "value": flat[at]}


def summary(tensor, count):
    """Probes, sum and largest magnitude, taken in float64."""
    t = torch.as_tensor(tensor).double()
    return {**probe(t, count), "sum": t.sum(), "abs_max": t.abs().max()}
