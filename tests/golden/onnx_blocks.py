"""Blocks of known networks, small: what make_onnx.py exports."""

import torch
from torch import nn
from torch.nn import functional as F

CLASSES = 5


def conv_bn(i, o, k=3, s=1, g=1, act=nn.ReLU, d=1):
    padding = 0 if isinstance(k, tuple) else d * (k // 2)
    layers = [nn.Conv2d(i, o, k, s, padding, d, g, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([act()] if act else []))


class Residual(nn.Module):
    """ResNet's bottleneck with a convolution on its shortcut."""

    def __init__(self, i=8, o=12, stride=2, groups=1):
        super().__init__()
        self.body = nn.Sequential(conv_bn(i, 6, 1), conv_bn(6, 6, 3, stride, groups), conv_bn(6, o, 1, act=None))
        self.shortcut = conv_bn(i, o, 1, stride, act=None)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class Excite(nn.Module):
    """Squeeze-and-excite."""

    def __init__(self, c, act=nn.ReLU, gate=nn.Hardsigmoid):
        super().__init__()
        self.pool, self.act, self.gate = nn.AdaptiveAvgPool2d(1), act(), gate()
        self.down, self.up = nn.Conv2d(c, 4, 1), nn.Conv2d(4, c, 1)

    def forward(self, x):
        return x * self.gate(self.up(self.act(self.down(self.pool(x)))))


class Mobile(nn.Module):
    """An inverted residual of MobileNetV3 or EfficientNet."""

    def __init__(self, c=8, act=nn.Hardswish, gate=nn.Hardsigmoid):
        super().__init__()
        inner = 2 * c
        self.body = nn.Sequential(
            conv_bn(c, inner, 1, act=act),
            conv_bn(inner, inner, 5, 1, inner, act=act),
            Excite(inner, act, gate),
            conv_bn(inner, c, 1, act=None),
        )

    def forward(self, x):
        return x + self.body(x)


class Shuffle(nn.Module):
    """ShuffleNetV2's unit: split, one half transformed, channels shuffled."""

    def __init__(self, c=8):
        super().__init__()
        self.branch = nn.Sequential(conv_bn(c // 2, c // 2, 1), conv_bn(c // 2, c // 2, 3, 1, c // 2, act=None))

    def forward(self, x):
        left, right = x.chunk(2, dim=1)
        x = torch.cat((left, self.branch(right)), dim=1)
        n, c, h, w = x.size()
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)


class Dense(nn.Module):
    """DenseNet's block and transition: norm before convolution, everything concatenated."""

    def __init__(self, c=8, growth=4):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(c + i * growth), nn.ReLU(), nn.Conv2d(c + i * growth, growth, 3, padding=1, bias=False)
            )
            for i in range(2)
        )
        wide = c + 2 * growth
        self.transition = nn.Sequential(
            nn.BatchNorm2d(wide), nn.ReLU(), nn.Conv2d(wide, c, 1, bias=False), nn.AvgPool2d(2)
        )

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat((x, layer(x)), 1)
        return self.transition(x)


class Inception(nn.Module):
    """Branches of Inception, with the means of GoogLeNet's input."""

    def __init__(self, c=8):
        super().__init__()
        self.one = conv_bn(c, 3, 1)
        self.long = nn.Sequential(
            conv_bn(c, 4, (1, 1)), nn.Conv2d(4, 4, (1, 5), padding=(0, 2)), nn.Conv2d(4, 3, (5, 1), padding=(2, 0))
        )
        self.pooled = nn.Sequential(nn.MaxPool2d(3, 1, 1, ceil_mode=True), conv_bn(c, 3, 1))

    def forward(self, x):
        mean = F.avg_pool2d(x, kernel_size=3, stride=1, padding=1)
        return torch.cat([self.one(x), self.long(x), self.pooled(x), mean], 1)


class Input(nn.Module):
    """Preprocessing inside the network, channel by channel (torchvision's transform_input)."""

    def forward(self, x):
        channels = [x[:, i].unsqueeze(1) * (0.2 + i / 10) + (0.1 - i / 20) for i in range(3)]
        return torch.cat(channels, 1)


class Next(nn.Module):
    """ConvNeXt's block: depthwise 7 x 7, LayerNorm and linear layers over channels last, a scale for each channel."""

    def __init__(self, c=8):
        super().__init__()
        self.depthwise = nn.Conv2d(c, c, 7, padding=3, groups=c)
        self.norm = nn.LayerNorm(c, eps=1e-6)
        self.up, self.down = nn.Linear(c, 2 * c), nn.Linear(2 * c, c)
        self.scale = nn.Parameter(torch.linspace(0.5, 1.5, c)[:, None, None])

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.down(F.gelu(self.up(y))).permute(0, 3, 1, 2)
        return x + self.scale * y


class Channels(nn.LayerNorm):
    """LayerNorm over the channels of images."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Ghost(nn.Module):
    """GhostNet's module: cheap features beside the others, and a slice of both."""

    def __init__(self, c=8, out=10):
        super().__init__()
        self.out = out
        self.primary, self.cheap = conv_bn(c, 6, 1), conv_bn(6, 6, 3, 1, 6)

    def forward(self, x):
        x = self.primary(x)
        return torch.cat([x, self.cheap(x)], dim=1)[:, : self.out]


class Channel1d(nn.Module):
    """Efficient channel attention: a convolution along the channels."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv(x.mean((2, 3)).view(x.shape[0], 1, -1))
        return x * y.view(x.shape[0], -1, 1, 1).sigmoid()


class Spatial(nn.Module):
    """The spatial attention of CBAM: mean and maximum over channels."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 1, 5, padding=2, bias=False)

    def forward(self, x):
        y = torch.cat((x.mean(1, keepdim=True), x.amax(1, keepdim=True)), 1)
        return x * torch.sigmoid(self.conv(y))


class Rep(nn.Module):
    """RepVGG's three branches."""

    def __init__(self, c=8):
        super().__init__()
        self.three, self.one, self.none = conv_bn(c, c, act=None), conv_bn(c, c, 1, act=None), nn.BatchNorm2d(c)

    def forward(self, x):
        return F.relu(self.three(x) + self.one(x) + self.none(x))


class Tokens(nn.Module):
    """Places of an image as rows, and attention among them."""

    def __init__(self, c=8):
        super().__init__()
        self.qkv, self.out = nn.Linear(c, 3 * c), nn.Linear(c, c)

    def forward(self, x):
        n, c, h, w = x.shape
        q, k, v = self.qkv(x.flatten(2).transpose(1, 2)).chunk(3, dim=-1)
        y = torch.softmax(q @ k.transpose(1, 2) * c**-0.5, dim=-1) @ v
        return x + self.out(y).transpose(1, 2).reshape(n, c, h, w)


class Heads(nn.Module):
    """A vision transformer's attention in several heads, a token of the class before the tokens of the places."""

    def __init__(self, c=8, heads=2):
        super().__init__()
        self.heads, self.norm = heads, nn.LayerNorm(c)
        self.token = nn.Parameter(torch.randn(1, 1, c))
        self.qkv, self.out = nn.Linear(c, 3 * c), nn.Linear(c, c)

    def forward(self, x):
        n, c, _, _ = x.shape
        x = torch.cat([self.token.expand(n, -1, -1), x.flatten(2).transpose(1, 2)], 1)
        qkv = self.qkv(self.norm(x)).reshape(n, -1, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        y = torch.softmax(q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5, dim=-1) @ v
        return (x + self.out(y.transpose(1, 2).reshape(n, -1, c)))[:, 0]


class Windows(nn.Module):
    """Attention within windows of 3 x 3 places, which count as images of their own, with cosines, and a bias that a
    small network computes from the places (Swin V2, Liu et al., CVPR 2022)."""

    def __init__(self, c=8, heads=2, side=3):
        super().__init__()
        self.heads, self.side, self.norm = heads, side, nn.LayerNorm(c)
        self.qkv, self.out = nn.Linear(c, 3 * c), nn.Linear(c, c)
        self.register_buffer("places", torch.randn(1, side**4, 2))
        self.bias = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, heads, bias=False))

    def forward(self, x):
        n, c, h, w = x.shape
        a, b, s = h // self.side, w // self.side, self.side
        y = self.norm(x.permute(0, 2, 3, 1)).roll((-1, -1), (1, 2))
        y = y.view(n, a, s, b, s, c).permute(0, 1, 3, 2, 4, 5).reshape(n * a * b, s * s, c)
        qkv = self.qkv(y).reshape(n * a * b, s * s, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        q, k = nn.functional.normalize(q, dim=-1), nn.functional.normalize(k, dim=-1)
        bias = self.bias(self.places).view(s * s, s * s, self.heads).permute(2, 0, 1).unsqueeze(0)
        y = torch.softmax(q @ k.transpose(-2, -1) * 4 + bias, -1) @ v
        y = self.out(y.transpose(1, 2).reshape(n * a * b, s * s, c))
        y = y.view(n, a, b, s, s, c).permute(0, 1, 3, 2, 4, 5).reshape(n, h, w, c)
        return x + y.roll((1, 1), (1, 2)).permute(0, 3, 1, 2)


class Second(nn.Module):
    """PyTorch's own attention in several heads, whose batch comes second, on tokens whose batch norm counts them with
    the batch (LeViT, Graham et al., ICCV 2021)."""

    def __init__(self, c=8, heads=2):
        super().__init__()
        self.attention = nn.MultiheadAttention(c, heads)
        self.norm, self.order = nn.BatchNorm1d(c), nn.LayerNorm(c)

    def forward(self, x):
        n, c, h, w = x.shape
        y = x.flatten(2).permute(2, 0, 1)
        y = y + self.attention(self.order(y), y, y, need_weights=False)[0]
        y = self.norm(y.transpose(0, 1).flatten(0, 1)).reshape(n, h * w, c)
        return x + y.transpose(1, 2).reshape(n, c, h, w)


class Grid(nn.Module):
    """Attention by sums of products, with places that a convolution makes of a grid."""

    def __init__(self, c=8):
        super().__init__()
        self.queries, self.places = nn.Conv2d(c, 2 * c, 1), nn.Conv2d(2, c, 3, padding=1)

    def forward(self, x):
        line = torch.linspace(-1, 1, x.shape[-1], dtype=x.dtype)
        x = x + self.places(torch.stack([line[:, None] + 0 * line, 0 * line[:, None] + line])[None])
        q, k = self.queries(x).chunk(2, 1)
        weights = torch.einsum("nchw,nckl->nhwkl", q, k).flatten(3).softmax(-1)
        return x + torch.einsum("nhwp,ncp->nchw", weights, x.flatten(2))


class Mixer(nn.Module):
    """MLP-Mixer's block: layers along the places, then along the channels (Tolstikhin et al., NeurIPS 2021)."""

    def __init__(self, c=8, places=36):
        super().__init__()
        self.norm, self.along, self.across = nn.LayerNorm(c), nn.Linear(places, places), nn.Linear(c, c)

    def forward(self, x):
        y = x.flatten(2).transpose(1, 2)
        y = y + self.along(self.norm(y).transpose(1, 2)).transpose(1, 2)
        y = y + F.gelu(self.across(y))
        return y.transpose(1, 2).reshape(x.shape)


class Pooled(nn.Module):
    """PoolFormer's block: what pooling adds, behind a group norm of one group (Yu et al., CVPR 2022)."""

    def __init__(self, c=8):
        super().__init__()
        self.norm, self.pool = nn.GroupNorm(1, c), nn.AvgPool2d(3, 1, 1, count_include_pad=False)

    def forward(self, x):
        y = self.norm(x)
        return x + self.pool(y) - y


class Context(nn.Module):
    """Global context attention (Cao et al., ICCVW 2019)."""

    def __init__(self, c=8):
        super().__init__()
        self.places, self.down, self.up = nn.Conv2d(c, 1, 1), nn.Conv2d(c, 4, 1), nn.Conv2d(4, c, 1)

    def forward(self, x):
        n, c, h, w = x.shape
        weights = self.places(x).reshape(n, 1, h * w, 1).softmax(2)
        y = x.reshape(n, 1, c, h * w) @ weights
        y = self.up(F.relu(self.down(y.reshape(n, c, 1, 1))))
        return x * y.sigmoid()


class Response(nn.Module):
    """ConvNeXt V2's global response norm, behind a padding that mirrors."""

    def __init__(self, c=8):
        super().__init__()
        self.conv = nn.Conv2d(c, c, 3, padding=1, padding_mode="reflect")
        self.weight, self.bias = nn.Parameter(torch.randn(c)), nn.Parameter(torch.randn(c))

    def forward(self, x):
        y = self.conv(x).permute(0, 2, 3, 1)
        g = y.norm(p=2, dim=(1, 2), keepdim=True)
        y = y + self.bias + self.weight * y * (g / (g.mean(-1, keepdim=True) + 1e-6))
        return x + y.permute(0, 3, 1, 2)


class Standardized(nn.Conv2d):
    """A convolution whose weights are standardized, as of networks without norms."""

    def forward(self, x):
        weight = self.weight.reshape(1, self.out_channels, -1)
        scale = torch.full_like(self.bias, 0.7).detach()
        weight = nn.functional.batch_norm(weight, None, None, scale, training=True, momentum=0, eps=1e-6)
        return x + self._conv_forward(x, weight.reshape_as(self.weight), self.bias)


def net(*body, width, stem=None, head=None):
    """A network of a stem, a body and a head."""
    head = head or nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(width, CLASSES))
    return nn.Sequential(stem or conv_bn(3, 8), *body, head)


class Mean(nn.Module):
    """The mean over all places by a reduction, and a linear layer."""

    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, CLASSES)

    def forward(self, x):
        return self.linear(x.mean([2, 3]))


BLOCKS = {
    "residual": lambda: net(Residual(), Residual(12, 12, 1, 2), width=12),
    "mobile": lambda: net(Mobile(), width=8),
    "lean": lambda: net(Mobile(4, act=nn.ReLU6, gate=nn.Hardsigmoid), width=4, stem=conv_bn(3, 4, 3, 2)),
    "efficient": lambda: net(Mobile(act=nn.SiLU, gate=nn.Sigmoid), width=8),
    "shuffle": lambda: net(Shuffle(), Shuffle(), width=8, head=Mean(8)),
    "dense": lambda: net(Dense(), nn.BatchNorm2d(8), nn.ReLU(), width=8),
    "inception": lambda: net(Inception(), width=17, stem=nn.Sequential(Input(), conv_bn(3, 8, 3, 2))),
    "next": lambda: net(
        Next(),
        width=8,
        stem=nn.Sequential(nn.Conv2d(3, 8, 2, 2), Channels(8)),
        head=nn.Sequential(nn.AdaptiveAvgPool2d(1), Channels(8), nn.Flatten(), nn.Linear(8, CLASSES)),
    ),
    "squeeze": lambda: net(
        nn.MaxPool2d(3, 2, ceil_mode=True),
        width=8,
        stem=nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.ReLU()),
        head=nn.Sequential(nn.Dropout(), nn.Conv2d(8, CLASSES, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()),
    ),
    "alex": lambda: net(
        nn.MaxPool2d(3, 2),
        width=8,
        head=nn.Sequential(
            nn.AdaptiveAvgPool2d(5), nn.Flatten(), nn.Linear(200, 12), nn.ReLU(), nn.Linear(12, CLASSES)
        ),
    ),
    "ghost": lambda: net(Ghost(), width=10),
    "attention": lambda: net(Channel1d(), Spatial(), nn.PReLU(8), nn.Mish(), nn.GroupNorm(2, 8), width=8),
    "rep": lambda: net(Rep(), width=8, stem=conv_bn(3, 8, 3, 2, act=nn.LeakyReLU)),
    "tokens": lambda: net(Tokens(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "standardized": lambda: net(Standardized(8, 8, 3, padding=1), width=8, stem=conv_bn(3, 8, 3, 2)),
    "windows": lambda: net(Windows(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "second": lambda: net(Second(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "grid": lambda: net(Grid(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "mixer": lambda: net(Mixer(), Pooled(), Context(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "vision": lambda: net(width=8, stem=conv_bn(3, 8, 3, 2), head=nn.Sequential(Heads(), nn.Linear(8, CLASSES))),
    "response": lambda: net(Response(), width=8, stem=conv_bn(3, 8, 3, 2)),
    "dilated": lambda: net(conv_bn(8, 8, 3, 1, 2, d=2), nn.Upsample(scale_factor=2), nn.ELU(), width=8),
}
