"""torchvision's and timm's networks by both of PyTorch's exporters, and torch-cam's maps."""

import contextlib
import io
import warnings

import numpy as np
import onnx
import torch
import torchcam.methods as tcam
import torchvision
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import make as common
from parts import PARTS, SIDE

OPSET = 17


class Wrapped(nn.Module):
    """A network that prepares its image itself."""

    def __init__(self, net, nhwc):
        super().__init__()
        self.net, self.nhwc = net, nhwc
        mean, std = common.PRESETS["torchvision"]
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))

    def forward(self, x):
        if self.nhwc:
            x = x.permute(0, 3, 1, 2).float()
        return self.net((x / 255.0 - self.mean) / self.std)


def vision(name, **options):
    return lambda: getattr(torchvision.models, name)(weights=None, **options)


def image_models(name):
    def build():
        import timm

        return timm.create_model(name, pretrained=False)

    return build


def rows():
    """By name: how it is built, the module whose output is the target layer, and the side of its image."""
    google = {"init_weights": True, "aux_logits": True}
    table = {
        "resnet18": (vision("resnet18"), "layer4", 224),
        "resnet50": (vision("resnet50"), "layer4", 224),
        "mobilenet_v2": (vision("mobilenet_v2"), "features", 224),
        "mobilenet_v3_small": (vision("mobilenet_v3_small"), "features", 224),
        "mobilenet_v3_large": (vision("mobilenet_v3_large"), "features", 224),
        "efficientnet_b0": (vision("efficientnet_b0"), "features", 224),
        "shufflenet_v2_x1_0": (vision("shufflenet_v2_x1_0"), "conv5", 224),
        "squeezenet1_1": (vision("squeezenet1_1"), "classifier.2", 224),
        "mnasnet1_0": (vision("mnasnet1_0"), "layers", 224),
        "densenet121": (vision("densenet121"), "features", 224),
        "googlenet": (vision("googlenet", **google), "inception5b", 224),
        "inception_v3": (vision("inception_v3", **google), "Mixed_7c", 299),
        "regnet_y_400mf": (vision("regnet_y_400mf"), "trunk_output", 224),
        "convnext_tiny": (vision("convnext_tiny"), "features", 224),
        "vgg11_bn": (vision("vgg11_bn"), "features", 224),
        "alexnet": (vision("alexnet"), "features", 224),
    }
    if common.has("timm"):
        table |= {
            "timm-efficientnet_lite0": (image_models("efficientnet_lite0"), "bn2", 224),
            "timm-mobilenetv4_conv_small": (image_models("mobilenetv4_conv_small"), "blocks", 224),
            "timm-ghostnet_100": (image_models("ghostnet_100"), "blocks", 224),
            "timm-repvgg_a0": (image_models("repvgg_a0"), "stages", 224),
        }
    if common.has("onnxscript"):
        for name in ["resnet18", "mobilenet_v3_large", "efficientnet_b0", "shufflenet_v2_x1_0", "convnext_tiny"]:
            table[f"{name}-dynamo"] = table[name]
    return table


def asked(names, known):
    """Networks of torchvision, timm (timm-NAME) and parts.py (parts-NAME) that are in no list, by their names: their
    logits are compared."""
    table = {}
    if "parts" in names:
        newer = common.has("onnxscript")
        names = [*names, *(f"parts-{name}{end}" for name in PARTS for end in ["", "-dynamo"][: 1 + newer])]
    for name in names:
        plain = name.removesuffix("-dynamo")
        if name in known or plain in VARIANTS:
            continue
        if plain.removeprefix("parts-") in PARTS:
            table[name] = (PARTS[plain.removeprefix("parts-")], None, SIDE)
        elif plain.startswith("timm-") and common.has("timm"):
            import timm

            plain = plain.removeprefix("timm-")
            if timm.is_model(plain):
                side = timm.get_pretrained_cfg(plain).input_size[-1] if timm.is_model_pretrained(plain) else 224
                table[name] = (image_models(plain), None, side)
        elif plain in torchvision.models.list_models(torchvision.models):
            table[name] = (vision(plain), None, 299 if plain == "inception_v3" else 224)
    return table


def net_of(folder, build, side):
    """A network with random weights, and batch norms that know what a few images give."""
    torch.manual_seed(common.SEED)
    net = build()
    for name, parameter in net.named_parameters():
        if name.endswith("layer_scale"):
            nn.init.uniform_(parameter, 0.2, 1.0)
        elif parameter.ndim == 2 and not parameter.any():
            # A head that begins with noughts would give nothing to compare.
            nn.init.normal_(parameter, std=0.02)
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    if norms:
        net.train()
        x = torch.from_numpy(common.normalized(folder, side, "torchvision"))
        with torch.no_grad():
            net(torch.cat([x, x.flip(3), x * 0.5, x.roll(40, 2), torch.randn(x.shape), -x, x.flip(2), x + 0.5]))
    return net.eval()


def export(net, x, file, dynamo=False):
    options = {"external_data": False, "optimize": True} if dynamo else {}
    opset = 18 if dynamo else OPSET
    noise = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
        warnings.simplefilter("ignore")
        axes = None if dynamo else {"image": {0: "n"}}
        torch.onnx.export(
            net,
            (x,),
            str(file),
            opset_version=opset,
            input_names=["image"],
            dynamic_axes=axes,
            dynamo=dynamo,
            **options,
        )


def maps_of(net, layer):
    """torch-cam's maps of one layer, in double precision: in single its own Score-CAM of inception_v3 is 1.7e-4 off."""
    net = net.double()
    if isinstance(net, torchvision.models.DenseNet):
        # Its last ReLU is a function. As a module it can be hooked, and the function after it changes nothing.
        net.features.add_module("relu5", nn.ReLU())
    for module in net.modules():
        if hasattr(module, "inplace"):
            module.inplace = False
    module = net.get_submodule(layer)

    def maps(x, target):
        x = torch.from_numpy(x).double()
        found = {}
        for method, kind in [("grad-cam", tcam.GradCAM), ("layer-cam", tcam.LayerCAM), ("score-cam", tcam.ScoreCAM)]:
            with kind(net, module) as extractor:
                scores = net(x.requires_grad_(method != "score-cam"))
                channels = extractor.hook_a[0].shape[1]
                if method == "score-cam":
                    # The channels that vary most, as `channels=64` says.
                    order = extractor.hook_a[0][0].flatten(1).var(1).argsort(descending=True)[:64]
                    extractor.hook_a = [extractor.hook_a[0][:, order]]
                found[method] = plain(extractor(target, scores)[0][0], channels)
        return found

    return maps


def plain(cam, channels):
    cam = cam.detach().numpy()
    return {"channels": channels, "shape": list(cam.shape), "values": [round(float(v), 7) for v in cam.ravel()]}


def make(folder, names):
    by = f"torchvision {torchvision.__version__.split('+')[0]}"
    table = rows()
    for name, (build, layer, side) in common.chosen(folder, names, table | asked(names, table)):
        net = net_of(folder, build, side)
        x = torch.from_numpy(common.normalized(folder, side, "torchvision"))
        dynamo = name.endswith("-dynamo")
        try:
            export(net, x, folder / f"{name}.onnx", dynamo)
        except Exception as error:
            if not name.startswith("parts-"):
                raise
            print(f"{name} cannot be exported: {str(error).splitlines()[0][:120]}")
            continue
        maker = "timm" if name.startswith("timm") else by
        exporter = "new exporter" if dynamo else "exporter by tracing"
        maps = maps_of(net, layer) if layer else None
        common.write(folder, name, f"{maker}, {exporter}", "torchvision", side, maps, of="torch-cam")
    for name, how in common.chosen(folder, names, VARIANTS):
        net = net_of(folder, vision("resnet18"), 224)
        preset = how(folder, net, folder / f"{name}.onnx")
        common.write(folder, name, f"{by}, changed by hand", preset, 224)


def inside(nhwc):
    def variant(folder, net, file):
        x = torch.rand(1, 3, 224, 224) * 255
        if nhwc:
            x = x.permute(0, 2, 3, 1).contiguous().to(torch.uint8)
        export(Wrapped(net, nhwc).eval(), x, file)
        return "0..255"

    return variant


def half_weights(folder, net, file):
    """Weights of 16 bits, each behind a Cast."""
    export(net, torch.zeros(1, 3, 224, 224), file)
    model = onnx.load(str(file))
    graph, casts = model.graph, []
    for tensor in list(graph.initializer):
        if tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1:
            half = numpy_helper.to_array(tensor).astype(np.float16)
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(half, f"{tensor.name}.half"))
            casts.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, str(file))
    return "torchvision"


def eight_bits(folder, net, file):
    """Weights and activations of 8 bits by onnxruntime's QDQ format."""
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

    single = file.with_suffix(".single")
    export(net, torch.zeros(1, 3, 224, 224), single)

    class One(CalibrationDataReader):
        def __init__(self):
            self.left = iter([{"image": common.normalized(folder, 224, "torchvision")}])

        def get_next(self):
            return next(self.left, None)

    kinds = {"activation_type": QuantType.QUInt8, "weight_type": QuantType.QInt8, "per_channel": True}
    quantize_static(str(single), str(file), One(), quant_format=QuantFormat.QDQ, **kinds)
    single.unlink()
    return "torchvision"


VARIANTS = {
    "resnet18-preprocessing-inside": inside(False),
    "resnet18-bytes-nhwc": inside(True),
    "resnet18-half-weights": half_weights,
    "resnet18-qdq-int8": eight_bits,
}
