"""More blocks, of parts that people put into networks of their own: what make_onnx.py exports."""

import torch
from onnx_blocks import CLASSES, conv_bn, net
from torch import nn
from torch.nn import functional as F


class Mirrored(nn.Module):
    """An image beside its mirror image, through the same convolution, twice."""

    def __init__(self, c=8):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1)

    def forward(self, x):
        y = self.conv(F.elu(self.conv(x))) + self.conv(x.flip(3)).flip(3)
        return y.flip(1)[:, [5, 0, 1, 7, 2, 3, 4, 6]]


class Chosen(nn.Module):
    """Places that are chosen by what is there, a sine, and a root that meets noughts."""

    def forward(self, x):
        y = torch.where(x > 0.1, x + torch.sin(3 * x) ** 2, 0.2 * x)
        y = y * (y >= y.mean((2, 3), keepdim=True)).to(y.dtype)
        return y / (1 + y.norm(dim=1, keepdim=True)) + F.softplus(F.relu(y))


class Put(nn.Module):
    """Channels that are moved by a place by writing over them, and the norm of AlexNet."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LocalResponseNorm(3, 0.3, 0.6, 1.5)

    def forward(self, x):
        y = torch.zeros_like(x)
        y[:, :2, :-1] = x[:, :2, 1:]
        y[:, 2:] = x[:, 2:]
        return self.norm(y)


class Apart(nn.Module):
    """Two towers over the image, of which no layer holds everything."""

    def __init__(self):
        super().__init__()
        self.fine, self.coarse = conv_bn(3, 6, 3, 2), conv_bn(3, 4, 5, 4)
        self.head = nn.Linear(10, CLASSES)

    def forward(self, x):
        return self.head(torch.cat([self.fine(x).mean((2, 3)), self.coarse(x).amax((2, 3))], 1))


class Sums(nn.Module):
    """Pooling by the logarithm of a sum of powers, and prototypes by their distance."""

    def __init__(self):
        super().__init__()
        self.prototypes = nn.Parameter(torch.randn(CLASSES, 8))

    def forward(self, x):
        y = torch.logsumexp(4 * x, (2, 3)) / 4
        return -((y[:, None] - self.prototypes[None]) ** 2).sum(-1)


class Angles(nn.Module):
    """Angles and remainders."""

    def forward(self, x):
        y = (
            torch.atan(2 * x)
            + torch.tan(torch.tanh(x))
            + torch.asin(0.9 * torch.sin(x)) * torch.acos(0.3 * x / (1 + x))
        )
        return y + torch.fmod(x, 0.7)


class Hyperbolic(nn.Module):
    def forward(self, x):
        y = torch.asinh(x - 1) + torch.asinh(x) + torch.acosh(1.5 + x) + torch.atanh(0.9 * torch.tanh(x))
        return y + torch.sinh(torch.tanh(x)) * torch.cosh(torch.tanh(x))


PARTS = {
    "mirrored": lambda: net(Mirrored(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "chosen": lambda: net(Chosen(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "put": lambda: net(Put(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "apart": Apart,
    "angles": lambda: net(Angles(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "hyperbolic": lambda: net(Hyperbolic(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "sums": lambda: nn.Sequential(conv_bn(3, 8, 3, 2), Sums()),
}

# The exporter that traces does not know these.
NEWER = ["hyperbolic"]
