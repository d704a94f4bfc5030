"""The nets that the methods are compared on, as modules that the libraries can hook."""

from safetensors.torch import load_file
from torch import nn

import make_tiny
import reference as ref
from reference import Conv, Folded
from store import HERE

BUNDLE = HERE.parents[1] / "web" / "models" / "lite0-lite1.safetensors"
STAGES = 7
HEAD = STAGES + 1  # stages are counted from 1; this is the head convolution after its activation
BLACK = {
    "efficientnet-lite0": -127 / 128,
    "micro.first": -1.0,
    "micro.second": -1.0,
}  # a black pixel as the net's input


class Convolution(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.weight, self.bias = nn.Parameter(c.weight.clone()), nn.Parameter(c.bias.clone())
        self.stride, self.groups, self.relu6 = c.stride, c.groups, c.relu6

    def forward(self, x):
        return ref.run_conv(self, x)


class Block(nn.Module):
    def __init__(self, convs, skip):
        super().__init__()
        self.convs, self.skip = nn.Sequential(*map(Convolution, convs)), skip

    def forward(self, x):
        y = self.convs(x)
        return x + y if self.skip else y


class Net(nn.Module):
    def __init__(self, folded):
        super().__init__()
        starts = [0] + [end + 1 for end in folded.ends]
        blocks = [Block(*b) for b in folded.blocks]
        self.stem = Convolution(folded.stem)
        self.stages = nn.ModuleList(nn.Sequential(*blocks[a:b]) for a, b in zip(starts, starts[1:]))
        self.head = Convolution(folded.head)
        weight, bias = folded.fc
        self.fc = nn.Linear(weight.shape[1], weight.shape[0])
        self.fc.weight, self.fc.bias = nn.Parameter(weight.clone()), nn.Parameter(bias.clone())
        self.folded = folded

    def forward(self, x):
        return self.after(0, self.stem(x))

    def after(self, stage, a):
        """Logits from the output of a stage (0 is the stem)."""
        for s in self.stages[stage:]:
            a = s(a)
        return self.fc((a if stage == HEAD else self.head(a)).mean((2, 3)))

    def layer(self, stage):
        return self.head if stage == HEAD else self.stages[stage - 1]

    def activation(self, stage, x):
        x = self.stem(x)
        for s in self.stages[:stage]:
            x = s(x)
        return self.head(x) if stage == HEAD else x


def micro(peer):
    return Net(make_tiny.build(make_tiny.PEERS[peer])).eval()


def micro_input():
    return make_tiny.values((1, 3, make_tiny.SIDE, make_tiny.SIDE), 1000, 1.0).double()


def lite0():
    """Lite0 with the weights of the bundle that the page ships, which are of half precision: both sides then compute
    the same function, and what is left between them is rounding. The published net must be the same but for that
    half."""
    tensors = load_file(BUNDLE)
    published = ref.fold(ref.reference(0))

    def get(name, like):
        t = tensors[f"efficientnet-lite0.{name}"].float().reshape(like.shape)
        assert (t - like).abs().max() <= 2**-10 * like.abs().max(), f"{name} is not the published one"
        return t

    def conv(name, c):
        return Conv(get(f"{name}.weight", c.weight), get(f"{name}.bias", c.bias), c.stride, c.groups, c.relu6)

    blocks = []
    for i, (convs, skip) in enumerate(published.blocks):
        names = ["expand", "depthwise", "project"][-len(convs) :]
        blocks.append(([conv(f"blocks.{i}.{n}", c) for n, c in zip(names, convs)], skip))
    weight, bias = published.fc
    classifier = get("classifier.weight", weight), get("classifier.bias", bias)
    return Net(
        Folded(conv("stem", published.stem), blocks, published.ends, conv("head", published.head), classifier)
    ).eval()
