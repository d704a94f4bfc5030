"""Writes networks as ONNX with batch norms folded, for benchmarks against other runtimes: EfficientNet-Lite0 and Lite1
with the published weights and explicit pads, ResNet-18, MobileNet V2 and ResNet-50 with random ones.

pip install -r tests/golden/requirements.txt
python tests/bench/export_onnx.py FOLDER
"""

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
import reference as ref  # noqa: E402

NAMES = ("lite0", "lite1", "resnet18", "mobilenet_v2", "resnet50")


def graph(net, name):
    """Conv, Clip and Add only: the asymmetric pads of SAME go into Conv itself, so that no runtime pays for a Pad."""
    nodes, weights = [], [numpy_helper.from_array(np.float32(v), n) for n, v in (("zero", 0), ("six", 6))]

    def constant(name, tensor):
        weights.append(numpy_helper.from_array(np.ascontiguousarray(tensor.numpy()), name))
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def conv(c, x, size, label):
        k = c.weight.shape[-1]
        before, after = ref.same_pads(size, k, c.stride)
        x = node(
            "Conv",
            [x, constant(label + ".weight", c.weight), constant(label + ".bias", c.bias)],
            label,
            kernel_shape=[k, k],
            strides=[c.stride] * 2,
            group=c.groups,
            pads=[before, before, after, after],
        )
        if c.relu6:
            x = node("Clip", [x, "zero", "six"], label + ".relu6")
        return x, -(-size // c.stride)

    x, size = conv(net.stem, "image", ref.SIDE, "stem")
    for i, (convs, skip) in enumerate(net.blocks):
        y, was = x, x
        for j, c in enumerate(convs):
            y, size = conv(c, y, size, f"block{i}.conv{j}")
        x = node("Add", [y, was], f"block{i}.add") if skip else y
    x, size = conv(net.head, x, size, "head")
    x = node("GlobalAveragePool", [x], "pool")
    x = node("Flatten", [x], "flat")
    node("Gemm", [x, constant("fc.weight", net.fc[0]), constant("fc.bias", net.fc[1])], "logits", transB=1)
    made = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, ref.SIDE, ref.SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", net.fc[0].shape[0]])],
        weights,
    )
    model = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 17)], producer_name="peerlight", ir_version=8
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def module(name):
    """A network that main writes, in PyTorch. Random weights come from a seed."""
    if name.startswith("lite"):
        import nets

        return nets.Net(ref.fold(ref.reference(int(name.removeprefix("lite"))))).eval()
    torch.manual_seed(0)
    return torchvision.models.get_model(name, weights=None).eval()


def write(name, file):
    net = module(name)
    if name.startswith("lite"):
        onnx.save(graph(net.folded, f"efficientnet-{name}"), file)
    else:
        axes = {"image": {0: "n"}, "logits": {0: "n"}}
        x = torch.zeros(1, 3, ref.SIDE, ref.SIDE)
        torch.onnx.export(net, x, file, dynamo=False, dynamic_axes=axes, input_names=["image"], output_names=["logits"])
    return net


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        file = folder / f"{name}.onnx"
        net = write(name, file)
        torch.manual_seed(0)
        x = torch.rand(1, 3, ref.SIDE, ref.SIDE) * 2 - 1
        with torch.no_grad():
            want = net(x).numpy()
        got = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"]).run(None, {"image": x.numpy()})[0]
        worst = np.abs(want - got).max() / np.abs(want).max()
        print(f"{file.name}: {file.stat().st_size} bytes, largest logit difference {worst:.1e}")
        assert worst < 1e-4, "the exported net differs from the reference"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
