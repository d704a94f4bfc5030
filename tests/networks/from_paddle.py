"""Paddle's networks by paddle2onnx."""

import paddle

import make as common

NETWORKS = ["paddle-mobilenet_v2", "paddle-resnet18", "paddle-mobilenet_v3_small"]


def make(folder, names):
    for name, _ in common.chosen(folder, names, dict.fromkeys(NETWORKS)):
        paddle.seed(common.SEED)
        net = getattr(paddle.vision.models, name.removeprefix("paddle-"))(pretrained=False)
        x = paddle.to_tensor(common.normalized(folder, 224, "torchvision"))
        net.train()
        for _ in range(20):
            net(paddle.concat([x, x.flip(3), x * 0.5, -x]))
        net.eval()
        spec = paddle.static.InputSpec([None, 3, 224, 224], "float32", "image")
        paddle.onnx.export(net, str(folder / name), input_spec=[spec], opset_version=13)
        common.write(folder, name, f"Paddle {paddle.__version__}, paddle2onnx", "torchvision", 224)
