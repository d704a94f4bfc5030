"""Networks of many makers as ONNX files, and what other programs compute with them: `cargo xtask networks` compares.

    python make.py FOLDER [NAME ..]

Makes what the packages of this Python allow (torchvision, timm, Keras with tf2onnx, Paddle with paddle2onnx), and
leaves what is there already. Weights are random by a seed, batch norms have the statistics of a few images. For each
network there is NAME.onnx and NAME.json: onnxruntime's logits of an image, and the maps of torch-cam or, where that
cannot be had, of the formula. NAME=FILE,PRESET takes an ONNX file of any maker: of it there are the logits alone.
"""

import importlib.util
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
CAT = HERE.parent / "golden" / "crops" / "cat.png"
SEED = 20260101
PRESETS = {
    "torchvision": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    "tf": ([0.5] * 3, [0.5] * 3),
    "0..1": ([0.0] * 3, [1.0] * 3),
    "0..255": ([0.0] * 3, [1 / 255] * 3),
}


def has(*packages):
    return all(importlib.util.find_spec(package) for package in packages)


def image(folder, side):
    """The pixels, [side, side, 3], which are there as a file too."""
    path = folder / f"image-{side}.png"
    if not path.exists():
        Image.open(CAT).convert("RGB").resize((side, side), Image.Resampling.BICUBIC).save(path)
    return np.asarray(Image.open(path))


def normalized(folder, side, preset):
    """The input [1, 3, side, side]."""
    mean, std = (np.float32(value) for value in PRESETS[preset])
    x = (image(folder, side).astype(np.float32) / np.float32(255) - mean) / std
    return np.ascontiguousarray(x.transpose(2, 0, 1)[None])


def logits(file, x):
    """onnxruntime's first output, as the file says: nothing in it is rearranged."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    own = session.get_inputs()[0]
    if own.shape[-1] == 3:
        x = x.transpose(0, 2, 3, 1)
    if "uint8" in own.type:
        x = np.rint(x).astype(np.uint8)
    return session.run(None, {own.name: np.ascontiguousarray(x)})[0].reshape(-1)


def write(folder, name, by, preset, side, maps=None, of=""):
    """The reference of a network, whose file is there."""
    file = folder / f"{name}.onnx"
    x = normalized(folder, side, preset)
    scores = logits(str(file), x)
    reference = {
        "by": by,
        "preprocess": preset,
        "side": side,
        "class": int(scores.argmax()),
        "logits": [float(f"{value:.9g}") for value in scores],
        "maps": maps(x, int(scores.argmax())) if maps else {},
        "mapsOf": of if maps else "",
    }
    (folder / f"{name}.json").write_text(json.dumps(reference) + "\n")
    print(f"made {name}", flush=True)


def chosen(folder, names, family):
    """Those of a family that are asked for and not there."""
    for name, how in family.items():
        is_wanted = not names or name in names or ("parts" in names and name.startswith("parts-"))
        if is_wanted and not (folder / f"{name}.json").exists():
            yield name, how


def take(folder, wanted):
    """Takes files that are there already, each as NAME=FILE,PRESET."""
    import onnx

    for one in wanted:
        name, _, rest = one.partition("=")
        file, _, preset = rest.rpartition(",")
        model = onnx.load(file, load_external_data=False)
        side = model.graph.input[0].type.tensor_type.shape.dim[-2].dim_value or 224
        shutil.copyfile(file, folder / f"{name}.onnx")
        write(folder, name, model.producer_name or "-", preset, side)


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    files = [name for name in names if "=" in name]
    take(folder, files)
    names = [name for name in names if "=" not in name]
    if files and not names:
        return
    if has("torch", "torchvision", "torchcam", "onnxruntime"):
        import from_torch

        from_torch.make(folder, names)
    if has("keras", "tf2onnx", "tensorflow"):
        import from_keras

        from_keras.make(folder, names)
    if has("paddle", "paddle2onnx"):
        import from_paddle

        from_paddle.make(folder, names)


if __name__ == "__main__":
    main()
