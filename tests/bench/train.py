"""PyTorch's share of the benchmark of training: for each line on standard input, one step of the published Lite0 on
random images (forward, cross entropy, backward, SGD with momentum; live batch norms), answered with its milliseconds
and the process's largest memory in megabytes.

    python tests/bench/train.py eager 224 16
    python tests/bench/train.py channels_last 224 16
"""

import sys
import time
from pathlib import Path

import torch
from efficientnet_lite_pytorch import EfficientNet

# What the trainer calls batch normalization's momentum is one less this in PyTorch.
MOMENTUM = 0.01


def peak():
    """The largest memory that this process has had, in megabytes."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def main():
    layout, side, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.manual_seed(0)
    net = EfficientNet.from_name("efficientnet-lite0", image_size=side).train()
    # The step alone is measured: dropped paths and dropped features would be work that the other side lacks.
    net._global_params = net._global_params._replace(drop_connect_rate=0.0, dropout_rate=0.0)
    for module in net.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = MOMENTUM
    x, classes = torch.randn(batch, 3, side, side), torch.arange(batch) * 61 % 1000
    if layout == "channels_last":
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {layout}", file=sys.stderr)
    print("ready", flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(net(x), classes)
        loss.backward()
        optimizer.step()
        value = loss.item()
        print(f"{(time.perf_counter() - start) * 1e3:.3f} {peak():.1f} {value}", flush=True)


main()
