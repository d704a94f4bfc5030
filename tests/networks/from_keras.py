"""Keras' networks by tf2onnx. Their maps are those of the formulas, by TensorFlow's gradients."""

import os
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import tf2onnx

import make as common

# By name: the network, the layer before pooling, and how it wants its pixels.
NETWORKS = {
    "keras-MobileNetV2": ("MobileNetV2", "out_relu", "tf"),
    "keras-EfficientNetB0": ("EfficientNetB0", "top_activation", "0..255"),
}


def logits_of(name):
    keras.utils.set_random_seed(common.SEED)
    return getattr(keras.applications, name)(weights=None, classifier_activation=None)


def settle(net, x):
    """Batch norms that know what a few images give."""
    norms = [layer for layer in net.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for norm in norms:
        norm.momentum = 0.5
    batch = np.concatenate([x, x[:, :, ::-1], x * 0.5, x[:, ::-1], np.roll(x, 40, 1), x.max() - x])
    for _ in range(12):
        net(batch, training=True)


def maps_of(net, layer):
    both = keras.Model(net.inputs, [net.get_layer(layer).output, net.output])

    def maps(x, target):
        with tf.GradientTape() as tape:
            activation, scores = both(x.transpose(0, 2, 3, 1))
            score = scores[0, target]
        g = tape.gradient(score, activation).numpy()[0]
        a = activation.numpy()[0]
        return {
            "grad-cam": plain((a * g.mean((0, 1))).sum(2), a.shape[2]),
            "layer-cam": plain((a * np.maximum(g, 0)).sum(2), a.shape[2]),
        }

    return maps


def plain(cam, channels):
    cam = np.maximum(cam, 0)
    cam = (cam - cam.min()) / max(cam.max() - cam.min(), 1e-12)
    return {"channels": channels, "shape": list(cam.shape), "values": [round(float(v), 7) for v in cam.ravel()]}


def make(folder, names):
    for name, (network, layer, preset) in common.chosen(folder, names, NETWORKS):
        net = logits_of(network)
        settle(net, common.normalized(folder, 224, preset).transpose(0, 2, 3, 1))
        with tempfile.TemporaryDirectory() as saved:
            net.export(saved, verbose=False)
            convert = ["tf2onnx.convert", "--saved-model", saved, "--opset", "15", "--output", folder / f"{name}.onnx"]
            subprocess.run([sys.executable, "-m", *convert], check=True, capture_output=True)
        by = f"Keras {keras.__version__}, tf2onnx {tf2onnx.__version__}"
        common.write(folder, name, by, preset, 224, maps_of(net, layer), of="the formula")
