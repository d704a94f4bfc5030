"""images/* and preprocess.json: decoding, orientation, alpha, crop and bicubic resize, checked step by step.

The images are drawn here, so that the PNG ones decode to the same bytes everywhere. `crc32` is of the resized
8-bit RGB crop, row by row: it holds for an implementation with Pillow's own fixed-point arithmetic; any other one
is within a level or two of the probed values (a level is 1/128 here). The sample images are JPEG, whose decoders
differ by a few levels among themselves.
"""

import zlib

import numpy as np
from PIL import Image, ImageOps

import images
from reference import CROP, SIDE
from store import HERE, probe, save

FOLDER = HERE / "images"
CORNERS = {"red": (220, 30, 30), "green": (30, 190, 40), "blue": (40, 60, 210), "white": (245, 245, 245)}
ORIENTATION = 0x0112


def noise(height, width, channels, seed):
    """A gradient with noise over it: smooth parts and sharp ones in every channel."""
    y, x = np.mgrid[0:height, 0:width]
    ramp = np.stack(
        [
            255 * x / max(width - 1, 1),
            255 * y / max(height - 1, 1),
            127 + 127 * np.sin((x + 2 * y) / 5),
            255 * (x + y) / (height + width),
        ],
        -1,
    )
    rough = np.random.default_rng(seed).integers(-60, 61, ramp.shape)
    return np.clip(ramp + rough, 0, 255).astype(np.uint8)[..., :channels]


def palette():
    image = Image.fromarray(noise(30, 20, 3, 6)).quantize(16, dither=Image.Dither.NONE)
    image.info["transparency"] = bytes([0, 128] + [255] * 14)
    return image


def drawn():
    wide = np.random.default_rng(3).integers(0, 65536, (29, 33)).astype(np.uint16)
    return {
        "rgb-61x37.png": Image.fromarray(noise(37, 61, 3, 1)),
        "gray-48x64.png": Image.fromarray(noise(64, 48, 1, 2)[..., 0]),
        "gray16-33x29.png": Image.fromarray(wide),
        "rgba-50x40.png": Image.fromarray(noise(40, 50, 4, 4)),
        "gray-alpha-23x31.png": Image.fromarray(noise(31, 23, 4, 5)[..., [0, 3]]),
        "palette-alpha-20x30.png": palette(),
        "rgb-1x1.png": Image.fromarray(np.uint8([[[200, 100, 50]]])),
        "rgb-640x3.png": Image.fromarray(noise(3, 640, 3, 7)),
        "rgb-2x300.png": Image.fromarray(noise(300, 2, 3, 8)),
    }


def turned():
    """Four colored quarters, 24 x 16 as stored, under each of the eight Exif orientations."""
    stored = np.zeros((16, 24, 3), np.uint8)
    quarters = [
        (slice(0, 8), slice(0, 8)),
        (slice(0, 8), slice(8, 24)),
        (slice(8, 16), slice(0, 8)),
        (slice(8, 16), slice(8, 24)),
    ]
    for quarter, color in zip(quarters, CORNERS.values()):
        stored[quarter] = color
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        for kind, options in (("jpg", {"quality": 95, "subsampling": 0}), ("png", {"optimize": True})):
            yield f"orientation-{orientation}.{kind}", Image.fromarray(stored), {"exif": exif, **options}


def expected_turn(file):
    upright = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    w, h = upright.size
    at = {"top_left": (2, 2), "top_right": (w - 3, 2), "bottom_left": (2, h - 3), "bottom_right": (w - 3, h - 3)}

    def nearest(pixel):
        return min(CORNERS, key=lambda name: sum((a - b) ** 2 for a, b in zip(pixel, CORNERS[name])))

    return {"width": w, "height": h, "corners": {k: nearest(upright.getpixel(p)) for k, p in at.items()}}


def expected_tensor(file, side, share):
    image = images.rgb(Image.open(file))
    left, top, right, _ = images.crop_box(*image.size, share)
    crop = images.crop(image, side, share)
    t = images.tensor(crop)[0]
    return {
        "width": image.width,
        "height": image.height,
        "side": side,
        "share": share,
        "crop": {"x": left, "y": top, "side": right - left},
        "mean": t.double().mean((1, 2)),
        "std": t.double().std((1, 2), correction=0),
        "crc32": zlib.crc32(np.asarray(crop).tobytes()),
        **probe(t, 24),
    }


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, image in drawn().items():
        options = {"transparency": image.info["transparency"]} if "transparency" in image.info else {}
        image.save(FOLDER / name, optimize=True, **options)
    turns = {}
    for name, image, options in turned():
        image.save(FOLDER / name, **options)
        turns[name] = expected_turn(FOLDER / name)
    exact = [
        expected_tensor(FOLDER / name, side, share) | {"file": name}
        for name in drawn()
        for side, share in ((32, CROP), (32, 1.0), (112, CROP))
    ]
    samples = [expected_tensor(file, SIDE, CROP) | {"file": file.name} for _, file in images.samples()]
    save(
        "preprocess.json",
        {"mean": 127, "std": 128, "corner_colors": CORNERS, "images": exact, "samples": samples, "orientation": turns},
    )


if __name__ == "__main__":
    main()
