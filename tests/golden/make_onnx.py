"""onnx/: small networks as ONNX files, and onnx.json: what onnxruntime computes for them.

Most hold one operation each between a convolution and a flat output, written by hand in the opset where the operation
has the form under test. `*.script` and `*.dynamo` hold blocks of known networks (onnx_blocks.py) and of one's own
(onnx_parts.py), exported by both of PyTorch's exporters. `refused.*` must be refused by name. The weights are random by
a seed; the input is the formula of make_tiny.py, tensor 1000, for two images.
"""

import copy
import io
import json
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

import onnx_blocks
from make_tiny import values
from onnx_choices import choices
from onnx_nodes import SIDE, nodes
from onnx_others import chosen, others
from onnx_parts import NEWER, PARTS
from onnx_refused import refused
from onnx_windows import windows
from store import HERE, plain, probe

FOLDER = HERE / "onnx"


def image(count=2, side=SIDE):
    return values((count, 3, side, side), 1000, 1.0)


# --- blocks of known networks ---


def seeded(make):
    """The module with random weights and batch norms that do something, in evaluation mode."""
    torch.manual_seed(5)
    module = make()
    for m in module.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(m.weight, 0.6, 1.4)
            nn.init.normal_(m.bias, 0, 0.2)
            m.running_mean.normal_(0, 0.2)
            m.running_var.uniform_(0.5, 1.5)
    return module.eval()


def exported(module, dynamo, dynamic=True, opset=None):
    buffer = io.BytesIO()
    options = dict(input_names=["x"], output_names=["y"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            shapes = {"dynamic_shapes": ({0: "n"},)} if dynamic else {}
            program = torch.onnx.export(
                module,
                (image(2 if dynamic else 1),),
                dynamo=True,
                external_data=False,
                verbose=False,
                opset_version=opset or 18,
                **shapes,
                **options,
            )
            program.save(buffer)
        else:
            axes = {"dynamic_axes": {"x": {0: "n"}}} if dynamic else {}
            example = image() if dynamic else image(1)
            torch.onnx.export(module, (example,), buffer, dynamo=False, opset_version=opset or 17, **axes, **options)
    return onnx.load_from_string(buffer.getvalue())


def slim(model):
    """Without what only explains where a node comes from, and shapes that follow."""
    del model.graph.value_info[:]
    for n in model.graph.node:
        n.doc_string = ""
        del n.metadata_props[:]
    for v in [*model.graph.input, *model.graph.output]:
        del v.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    return model


def blocks():
    for name, make in (onnx_blocks.BLOCKS | PARTS).items():
        for dynamo in (True,) if name in NEWER else (False, True):
            module = seeded(make)
            kind = "dynamo" if dynamo else "script"
            # Windows, heads and places that are counted with the batch, also in networks for one image.
            if name in ("windows", "second"):
                yield f"{name}_batch.{kind}", slim(exported(module, dynamo)), module
            model = exported(module, dynamo, dynamic=name not in ("windows", "second"))
            yield f"{name}.{kind}", slim(model), module
    fixed = seeded(onnx_blocks.BLOCKS["shuffle"])
    yield "fixed_batch.script", slim(exported(fixed, False, dynamic=False)), fixed
    for opset in (9, 11, 13):
        module = seeded(onnx_blocks.BLOCKS["lean"])
        yield f"opset{opset}.script", slim(exported(module, False, opset=opset)), module


# --- files ---


def run(model, output=None):
    if output and output[0] not in [own.name for own in model.graph.output]:
        model = copy.deepcopy(model)
        model.graph.output.append(onnx.helper.make_tensor_value_info(output[0], onnx.TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = image()
    if 1 in session.get_inputs()[0].shape[1:]:
        # The light of the image, its channel where the network has it.
        x = (x * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)).sum(1, keepdim=True)
        x = x.reshape([2, *session.get_inputs()[0].shape[1:]])
    elif session.get_inputs()[0].shape[2:] != [SIDE, SIDE]:
        # The square, stretched as Pillow does it.
        size = session.get_inputs()[0].shape[2:]
        x = nn.functional.interpolate(x, size, mode="bilinear", antialias=True)
    if session.get_inputs()[0].shape[0] == 1:
        return np.concatenate([session.run(output, {"x": x[i : i + 1].numpy()})[0] for i in range(2)])
    return session.run(output, {"x": x.numpy()})[0]


def gradient(module):
    """Of the first logit of each image, with respect to the image."""
    x = image().double().requires_grad_()
    # A copy: some modules are exported once more.
    copy.deepcopy(module).double()(x)[:, 0].sum().backward()
    return x.grad


def logits(name, model, y):
    """Before a softmax at the end: logits are compared less their mean, which softmax does not see."""
    return np.log(y) if name == "head.softmax" else y


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    cases, refusals = {}, {}

    def store(name, model):
        (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())

    inner = {"head.second_output": "logits"} | {name: "scores" for name, _ in chosen()}
    for name, model in [*nodes(), *choices(), *others(), *windows()]:
        output = [inner.get(name, "y")]
        y = logits(name, model, run(model, output)).reshape(2, -1)
        store(name, model)
        cases[name] = {
            "classes": y.shape[1],
            "logits": probe(torch.from_numpy(y), 60),
            "shift": name.startswith("head."),
        }
    for name, model, module in blocks():
        y = run(model)
        store(name, model)
        cases[name] = {
            "classes": y.shape[1],
            "logits": probe(torch.from_numpy(y), 60),
            "gradient": probe(gradient(module), 24),
        }
    for name, model, texts in refused():
        store(f"refused.{name}", model)
        refusals[name] = texts
    text = json.dumps(plain({"cases": cases, "refused": refusals}), separators=(",", ":")).replace('},"', '},\n"')
    (HERE / "onnx.json").write_text(text + "\n")
    files = list(FOLDER.glob("*.onnx"))
    print(f"onnx/: {len(files)} files, {sum(f.stat().st_size for f in files)} bytes; onnx.json: {len(text)} bytes")


if __name__ == "__main__":
    main()
