"""Small networks of one ordinary part each, as people write them: `cargo xtask networks parts` compares all of them,
`parts-NAME` one, and `parts-NAME-dynamo` that by PyTorch's newer exporter."""

import torch
from torch import nn
from torch.nn import functional as F

SIDE = 32
CLASSES = 5
EVERY_PLACE = (2, 3)


class Part(nn.Module):
    """A function of itself and of what it takes, with modules and parameters of these names."""

    def __init__(self, function, **own):
        super().__init__()
        self.function = function
        for name, value in own.items():
            setattr(self, name, nn.Parameter(value) if isinstance(value, torch.Tensor) else value)

    def forward(self, x):
        return self.function(self, x)


class Net(nn.Module):
    """A stem that gives 8 channels, a body, and what is 12 channels, pooled and classified."""

    def __init__(self, body=None, pool=None, head=None):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.body = body or nn.Identity()
        self.last = nn.Sequential(nn.LazyConv2d(12, 1), nn.BatchNorm2d(12), nn.ReLU())
        self.pool, self.head = pool or nn.AdaptiveAvgPool2d(1), head or nn.LazyLinear(CLASSES)
        with torch.no_grad():
            self(torch.randn(2, 3, SIDE, SIDE))

    def forward(self, x):
        return self.head(torch.flatten(self.pool(self.last(self.body(self.stem(x)))), 1))


class Towers(nn.Module):
    """Two paths that part at the image and meet in the classifier."""

    def __init__(self):
        super().__init__()
        self.fine, self.coarse = nn.Conv2d(3, 6, 3, 2), nn.Conv2d(3, 4, 5, 4)
        self.head = nn.Linear(10, CLASSES)

    def forward(self, x):
        parts = [F.relu(conv(x)).mean(EVERY_PLACE) for conv in (self.fine, self.coarse)]
        return self.head(torch.cat(parts, 1))


def body(function, **own):
    return lambda: Net(Part(function, **{name: make() for name, make in own.items()}))


def pooled(function):
    return lambda: Net(pool=Part(function))


def head(*layers):
    return lambda: Net(head=nn.Sequential(*(layer() for layer in layers)))


def conv(*own, **options):
    return lambda: nn.Conv2d(*own, **options)


def random(*shape):
    return lambda: torch.randn(*shape)


def shifted(_, x):
    y = torch.zeros_like(x)
    y[:, :2, :-1], y[:, 2:] = x[:, :2, 1:], x[:, 2:]
    return y


def attended(part, x):
    y = torch.cat([x.mean(1, keepdim=True), x.amax(1, keepdim=True)], 1)
    return x * torch.sigmoid(part.conv(y))


def standardized(part, x):
    w = part.weight
    scale = w.std((1, 2, 3), keepdim=True) + 1e-5
    return F.conv2d(x, (w - w.mean((1, 2, 3), keepdim=True)) / scale, padding=1)


def bilinear(_, x):
    y = x.flatten(2)
    y = (y @ y.transpose(1, 2) / y.shape[2]).flatten(1)
    return F.normalize(torch.sign(y) * torch.sqrt(y.abs() + 1e-8))


def plain(make):
    return lambda: Net(make())


PARTS = {
    "prelu": plain(lambda: nn.PReLU(8)),
    "glu": plain(lambda: nn.Sequential(nn.Conv2d(8, 16, 1), nn.GLU(1))),
    "softplus": plain(lambda: nn.Softplus(2, 3)),
    "softshrink": plain(lambda: nn.Softshrink(0.1)),
    "snake": body(lambda _, x: x + torch.sin(x) ** 2),
    "where": body(lambda _, x: torch.where(x > 0.2, x, 0.1 * x)),
    "where-mean": body(lambda _, x: x * (x >= x.mean(EVERY_PLACE, keepdim=True)).float()),
    "power": body(lambda part, x: (x + 0.1) ** part.p, p=random(8, 1, 1)),
    "maximum": body(lambda part, x: torch.maximum(part.a(x), part.b(x)), a=conv(8, 8, 1), b=conv(8, 8, 1)),
    "pool-ceil": plain(lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True)),
    "pool-power": plain(lambda: nn.LPPool2d(2, 2)),
    "mean-ceil": plain(lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False)),
    "conv-line": plain(lambda: nn.Conv2d(8, 8, (1, 7), padding=(0, 3))),
    "conv-same": plain(lambda: nn.Conv2d(8, 8, 2, padding="same")),
    "conv-mirrored": plain(lambda: nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect")),
    "conv-circular": plain(lambda: nn.Conv2d(8, 8, 3, padding=1, padding_mode="circular")),
    "conv-standardized": body(standardized, weight=random(8, 8, 3, 3)),
    "shared": body(lambda part, x: part.conv(F.relu(part.conv(x))), conv=conv(8, 8, 3, padding=1)),
    "crop": plain(lambda: nn.ZeroPad2d(-1)),
    "flip": body(lambda _, x: x + x.flip(3)),
    "channels-picked": body(lambda _, x: x[:, [3, 1, 0, 2, 7, 6, 5, 4]]),
    "channels-shuffled": body(lambda _, x: torch.stack([x[:, :4], x[:, 4:]], 2).flatten(1, 2)),
    "pixels-to-channels": plain(lambda: nn.PixelUnshuffle(2)),
    "unfolded": body(lambda _, x: F.unfold(x, 2, stride=2).view(x.shape[0], 32, 8, 8)),
    "tiled": body(lambda _, x: torch.tile(x, (1, 2, 1, 1))),
    "written": body(shifted),
    "triangle": body(lambda _, x: torch.tril(x)),
    "spatial": body(attended, conv=conv(2, 1, 7, padding=3)),
    "norm-response": plain(lambda: nn.LocalResponseNorm(3)),
    "norm-group": plain(lambda: nn.GroupNorm(4, 8)),
    "norm-instance": plain(lambda: nn.InstanceNorm2d(8, affine=True)),
    "norm-deviation": body(lambda _, x: x / (x.std(EVERY_PLACE, keepdim=True) + 1e-3)),
    "einsum": body(lambda part, x: torch.einsum("bchw,dc->bdhw", x, part.weight), weight=random(8, 8)),
    "einsum-gate": body(lambda _, x: torch.einsum("bchw,bc->bchw", x, x.mean(EVERY_PLACE))),
    "smooth": body(lambda _, x: F.interpolate(x, size=(7, 9), mode="bilinear", antialias=True)),
    "log-sum": pooled(lambda _, x: torch.logsumexp(5 * x, EVERY_PLACE) / 5),
    "deviation": pooled(lambda _, x: torch.cat([x.mean(EVERY_PLACE), x.std(EVERY_PLACE)], 1)),
    "pyramid": pooled(lambda _, x: torch.cat([F.adaptive_max_pool2d(x, n).flatten(1) for n in (1, 2, 4)], 1)),
    "bilinear": pooled(bilinear),
    "uneven": pooled(lambda _, x: F.adaptive_avg_pool2d(x, (3, 5))),
    "head-layers": head(lambda: nn.Linear(12, 9), lambda: nn.BatchNorm1d(9), nn.ReLU, lambda: nn.Linear(9, CLASSES)),
    "head-cosine": lambda: Net(
        head=Part(lambda part, x: F.linear(F.normalize(x), F.normalize(part.weight)), weight=torch.randn(CLASSES, 12))
    ),
    "towers": Towers,
}
