"""Writes tiny.onnx, a network of a few weights with the inputs, outputs and kinds of nodes that export_onnx.py makes.

With it `cargo xtask bench -- --quick` takes the other runtime's path without the networks, PyTorch or a download.

pip install onnx
python tests/bench/make_tiny_onnx.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, CHANNELS, CLASSES = 224, 8, 10


def numbers(*shape):
    """Weights from a formula: the same file every time."""
    return np.sin(np.arange(np.prod(shape), dtype=np.float32) * 1.7).reshape(shape) / 4


def main():
    weights = {
        "zero": np.float32(0),
        "six": np.float32(6),
        "stem.weight": numbers(CHANNELS, 3, 3, 3),
        "depthwise.weight": numbers(CHANNELS, 1, 3, 3),
        "fc.weight": numbers(CLASSES, CHANNELS),
        "fc.bias": numbers(CLASSES),
    }
    nodes = [
        helper.make_node("Conv", ["image", "stem.weight"], ["stem"], strides=[8, 8], pads=[0, 0, 1, 1]),
        helper.make_node("Clip", ["stem", "zero", "six"], ["stem.relu6"]),
        helper.make_node("Conv", ["stem.relu6", "depthwise.weight"], ["dw"], group=CHANNELS, pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["dw", "stem.relu6"], ["sum"]),
        helper.make_node("GlobalAveragePool", ["sum"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Gemm", ["flat", "fc.weight", "fc.bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, CLASSES])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], producer_name="peerlight", ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, Path(__file__).with_name("tiny.onnx"))


if __name__ == "__main__":
    main()
