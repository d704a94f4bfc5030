"""PyTorch's side of the benchmark of training; crates/peerlight-train/examples/train_step.rs is ours.

For each line on standard input it makes one step of Lite0 and Lite1 as peers on random images: normalizing, forward
passes with batch norms that are trained, attention maps, the regional transfer loss, backward passes, clipping, and SGD
with momentum. Each is answered with its milliseconds and the first peer's cross-entropy.

    python tests/bench/train.py eager 224 16
    python tests/bench/train.py channels_last 224 16
"""

import sys
import time
from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet
from torch.nn.functional import cross_entropy, interpolate

sys.path.append(str(Path(__file__).parents[1] / "golden"))
from reference import features  # noqa: E402

# The trainer's defaults.
STATISTICS_RATE, CLIP, LEARNING_RATE, MOMENTUM = 0.1, 5.0, 0.01, 0.9
GRID, MAP, LAMBDA = 7, 28, 1.0
# Below this a region is constant, and a map's range is nothing.
CONSTANT, EPSILON = 1e-6, 1e-8


def network(lite, side):
    """A network from scratch whose step has the work of ours: no dropped paths, no dropped features."""
    net = EfficientNet.from_name(f"efficientnet-lite{lite}", image_size=side).train()
    net._global_params = net._global_params._replace(drop_connect_rate=0.0, dropout_rate=0.0)
    for module in net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = STATISTICS_RATE
    return net


def minmax(maps):
    """[n, h, w] to [n, h, w] in 0..1."""
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return (maps - low) / (high - low + EPSILON)


def attention(layers):
    """Layer attention of [n, c, h, w] each, resized and superposed: [n, MAP, MAP]."""

    def one(layer):
        energy = (layer * layer).sum(1, keepdim=True)
        return minmax(interpolate(energy, size=(MAP, MAP), mode="bilinear", align_corners=False)[:, 0])

    return minmax(sum(one(layer) for layer in layers))


def regions(maps):
    """[n, MAP, MAP] to [n, GRID * GRID, values]."""
    step = MAP // GRID
    return maps.reshape(-1, GRID, step, GRID, step).transpose(2, 3).reshape(-1, GRID * GRID, step * step)


def pearson(a, b):
    """Correlation of each region; 0 for a constant one."""
    a, b = a - a.mean(2, keepdim=True), b - b.mean(2, keepdim=True)
    var_a, var_b, floor = (a * a).mean(2), (b * b).mean(2), CONSTANT**2
    constant = (var_a < floor) | (var_b < floor)
    rho = (a * b).mean(2) / (var_a.clamp_min(floor) * var_b.clamp_min(floor)).sqrt()
    return rho.masked_fill(constant, 0.0).clamp(-1.0, 1.0)


def transfer(own, peer):
    """The regional transfer of a constant map."""
    own, peer = regions(own), regions(peer.detach())
    apart = 1 - pearson(own, peer)
    return (apart + apart.detach() * (own - peer).pow(2).mean(2) * LAMBDA).mean()


def main():
    layout, side, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.manual_seed(0)
    nets = [network(lite, side) for lite in (0, 1)]
    format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
    nets = [net.to(memory_format=format) for net in nets]
    optimizers = [torch.optim.SGD(net.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM) for net in nets]
    rgb = torch.randint(0, 256, (batch, side, side, 3), dtype=torch.uint8)
    classes = torch.arange(batch) * 61 % 1000
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {layout}", file=sys.stderr)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        x = ((rgb.permute(0, 3, 1, 2).float() / 255 - 127 / 255) / (128 / 255)).contiguous(memory_format=format)
        outputs = [features(net, x) for net in nets]
        maps = [attention(layers[3:7]) for layers, _ in outputs]
        values = []
        for m, (net, optimizer) in enumerate(zip(nets, optimizers)):
            optimizer.zero_grad(set_to_none=True)
            entropy = cross_entropy(outputs[m][1], classes)
            (entropy + transfer(maps[m], maps[1 - m])).backward()
            norm = torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
            optimizer.step()
            values.append((entropy.item(), norm.item()))
        print(f"{(time.perf_counter() - start) * 1e3:.3f} {values[0][0]}", flush=True)


if __name__ == "__main__":
    main()
