"""torch-cam's and Captum's share of the native benchmark: reads a method's name a line, answers with its milliseconds.

    python tests/bench/methods.py cat

The net is Lite0 with its batch norms folded and the weights of the shipped bundle, so both sides do the same work.
"""

import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
import nets  # noqa: E402
import images  # noqa: E402

import torchcam.methods as cam  # noqa: E402


def forward(net, x, _):
    with torch.inference_mode():
        net(x)


def grad_cam(net, x, _):
    with cam.GradCAM(net, net.layer(7)) as extractor:
        scores = net(x.clone().requires_grad_())
        extractor(scores.argmax().item(), scores)


def score_cam(net, x, batch):
    with torch.inference_mode(), cam.ScoreCAM(net, net.layer(7), batch_size=batch) as extractor:
        scores = net(x)
        extractor(scores.argmax().item(), scores)


def gradient(net, x, _):
    x = x.clone().requires_grad_()
    scores = net(x)
    torch.autograd.grad(scores[0, scores.argmax()], x)


WORKS = {"forward": forward, "grad-cam": grad_cam, "score-cam": score_cam, "gradient-x-input": gradient}


def milliseconds(work, net, x, batch):
    start = time.perf_counter()
    work(net, x, batch)
    return (time.perf_counter() - start) * 1e3


def main():
    torch.manual_seed(0)
    net = nets.lite0().requires_grad_(False)
    x = images.tensor(dict(images.crops())[sys.argv[1]]).float()
    # The rival at its best: the batch with which it is fastest here.
    batch = min((8, 16, 32, 64), key=lambda size: milliseconds(score_cam, net, x, size))
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, batches of {batch}", file=sys.stderr)
    print("ready", flush=True)
    for line in sys.stdin:
        print(milliseconds(WORKS[line.strip()], net, x, batch), flush=True)


main()
