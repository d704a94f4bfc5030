"""Image -> tensor as the product does it, with Pillow's own bicubic: the reference for `preprocess.json` and for the
crops."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from reference import CROP, SIDE
from store import HERE

SAMPLES = HERE.parents[1] / "web" / "samples"


def rgb(image):
    """Eight-bit RGB, alpha laid over white: (c * a + 255 * (255 - a)) / 255, rounded to nearest; 16 bits scaled to 8 by
    v / 257, rounded."""
    if image.mode.startswith("I"):
        return Image.fromarray(((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        values = np.asarray(image.convert("RGBA")).astype(np.uint32)
        color, alpha = values[..., :3], values[..., 3:]
        return Image.fromarray(((color * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8))
    return image.convert("RGB")


def crop_box(width, height, crop=CROP):
    """The centered square, in floating point: (left, top, right, bottom)."""
    c = min(width, height) * crop
    left, top = (width - c) / 2, (height - c) / 2
    return left, top, left + c, top + c


def crop(image, side=SIDE, share=CROP):
    return image.resize((side, side), Image.Resampling.BICUBIC, box=crop_box(*image.size, share))


def tensor(image):
    """[1, 3, side, side], (x - 127) / 128 on 0..255."""
    values = torch.from_numpy(np.asarray(image).astype(np.float32))
    return ((values - 127) / 128).permute(2, 0, 1)[None]


def samples():
    """Names and paths of the images the page ships."""
    return [(Path(row["file"]).stem, SAMPLES / row["file"]) for row in json.loads((SAMPLES / "index.json").read_text())]


def crops():
    """Names and 8-bit crops that the nets are compared on: PNG, so that no JPEG decoder stands between the two
    sides."""
    return [(file.stem, Image.open(file)) for file in sorted((HERE / "crops").glob("*.png"))]
