"""Writes object.onnx and mark.onnx, two networks made by hand that give the same answer for different reasons.

Both answer "object" where there is green. The second also sees magenta, which counts six times as much.

pip install onnx
python tests/golden/make_marked_onnx.py
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, CELL = 64, 4


def save(name, mark):
    """A network whose weight of the mark, relative to that of the object, is `mark`."""
    # Green more than red and blue; red and blue more than green.
    colors = np.array([[-0.5, 1, -0.5], [0.5, -1, 0.5]], np.float32)
    colors[1] *= mark
    weights = {
        "colors.weight": colors.reshape(2, 3, 1, 1),
        "cells.weight": np.full((2, 1, CELL, CELL), 1 / CELL**2, np.float32),
        "fc.weight": np.array([[40, 40], [0, 0]], np.float32),
        "fc.bias": np.array([0, 0.5], np.float32),
    }
    nodes = [
        helper.make_node("Conv", ["image", "colors.weight"], ["colors"]),
        helper.make_node("Relu", ["colors"], ["colors.relu"]),
        helper.make_node("Conv", ["colors.relu", "cells.weight"], ["cells"], group=2, strides=[CELL, CELL]),
        helper.make_node("Relu", ["cells"], ["cells.relu"]),
        helper.make_node("GlobalAveragePool", ["cells.relu"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["flat"]),
        helper.make_node("Gemm", ["flat", "fc.weight", "fc.bias"], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 2])],
        [numpy_helper.from_array(values, name) for name, values in weights.items()],
    )
    opset = helper.make_opsetid("", 17)
    model = helper.make_model(graph, opset_imports=[opset], producer_name="peerlight", ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, Path(__file__).with_name(f"{name}.onnx"))


if __name__ == "__main__":
    save("object", 0)
    save("mark", 6)
