"""attention.json: the method's maps of Lite0 and Lite1 on three crops, from the published nets' features, in
float64."""

import torch

import maps
import images
import reference as ref
from store import probe, save

SIDE = ref.SIDE
GRIDS = (2, 4, 7, 8, 14)
CHOICES = {"stages_3_to_6": [3, 4, 5, 6], "stages_3_to_6_and_head": [3, 4, 5, 6, 7], "head": [7]}
# What the mutual map is raised to unless told otherwise.
CONTRAST = 1.25
IMAGES = ("cat", "bridge", "citrus")


def told(a, count=64):
    """A map as fixed values and its sum."""
    return {**probe(a, count), "sum": a.sum()}


def evidence(net, x, target):
    """Per layer: attention, gradient-weighted LayerCAM; and CAM at the head. Gradients are of the target's logit."""
    x.requires_grad_()
    stages, logits = ref.features(net, x)
    for f in stages:
        f.retain_grad()
    logits[0, target].backward()
    features, gradients = [f.detach()[0] for f in stages], [f.grad[0] for f in stages]
    return {
        "attention": [maps.attention(f) for f in features],
        "attention_power_1": [maps.attention(f, 1) for f in features],
        "layer_cam": [maps.layer_cam(f, g) for f, g in zip(features, gradients)],
        "cam": maps.cam(features[-1], net._fc.weight.detach()[target]),
        "head": features[-1],
        "odds": maps.log_odds(logits.detach()[0], target) @ net._fc.weight.detach().double(),
    }


def pair(a, b):
    """Everything that compares two superposed maps."""
    out = {"agreement": {}, "mutual": {}}
    for grid in GRIDS:
        rho, constant = maps.pearson(maps.regions(a, grid), maps.regions(b, grid))
        out["agreement"][str(grid)] = {
            "mean": rho.mean(),
            "rho": rho,
            "constant": [i for i, c in enumerate(constant.tolist()) if c],
        }
    for grid in GRIDS:
        out["mutual"][f"mean_{grid}"] = told(maps.mutual(a, b, grid), 32)
    for fuse in ("geometric", "product"):
        out["mutual"][f"{fuse}_7"] = told(maps.mutual(a, b, 7, fuse), 32)
    out["mutual"]["mean_uniform"] = told(maps.mutual(a, b, 7, weighted=False), 32)
    out["mutual"]["default"] = told(maps.mutual(a, b, 7, weighted=False) ** CONTRAST, 32)
    return out


def main():
    nets = {f"lite{lite}": ref.reference(lite) for lite in (0, 1)}
    out = {}
    for name, image in images.crops():
        if name not in IMAGES:
            continue
        x = images.tensor(image)
        with torch.no_grad():
            chances = sum(ref.features(net, x)[1].softmax(1) for net in nets.values()) / len(nets)
        target = chances.argmax().item()
        shown, superposed = {}, {}
        for peer, net in nets.items():
            e = evidence(net, x.clone(), target)
            superposed[peer] = {
                **{
                    choice: maps.superpose([e["attention"][i] for i in layers], SIDE)
                    for choice, layers in CHOICES.items()
                },
                "power_1": maps.superpose([e["attention_power_1"][i] for i in CHOICES["stages_3_to_6"]], SIDE),
                # The class's own map: LayerCAM at the stages, CAM at the head.
                "class": maps.superpose([e["layer_cam"][i] for i in CHOICES["stages_3_to_6"]] + [e["cam"]], SIDE),
            }
            # What a map is made of unless told otherwise.
            looked = superposed[peer]["stages_3_to_6"]
            superposed[peer]["guided"] = maps.guided(looked, e["head"], e["odds"])
            shown[peer] = {
                "attention": [{"sum": a.sum(), **probe(a, 8)} for a in e["attention"]],
                "layer_cam": [{"sum": a.sum(), **probe(a, 8)} for a in e["layer_cam"]],
                "cam": {"sum": e["cam"].sum(), **probe(e["cam"], 49)},
                "maps": {k: told(a) for k, a in superposed[peer].items()},
            }
        out[name] = {
            "target": target,
            "peers": shown,
            **{k: pair(superposed["lite0"][k], superposed["lite1"][k]) for k in ("stages_3_to_6", "class", "guided")},
        }
        print(
            name,
            target,
            {k: round(out[name][k]["agreement"]["7"]["mean"].item(), 3) for k in ("stages_3_to_6", "class")},
            {k: [len(v["constant"]) for v in out[name][k]["agreement"].values()] for k in ("stages_3_to_6", "class")},
        )
    save(
        "attention.json",
        {
            "side": SIDE,
            "minmax_floor": maps.EPS,
            "constant_below": maps.CONSTANT,
            "layers": CHOICES,
            "grids": GRIDS,
            "images": out,
            "regions": cases(),
        },
    )


def cases():
    """Hand-made regions: a constant one has no correlation, and scale or offset change nothing."""
    torch.manual_seed(1)
    a = torch.rand(6, 16, dtype=torch.float64)
    b = torch.rand(6, 16, dtype=torch.float64)
    b[0], b[1], b[2] = a[0], 3 * a[1] + 2, 1 - a[2]
    b[3] = 0.25
    a[4] = 0
    rho, constant = maps.pearson(a, b)
    return {"a": a, "b": b, "rho": rho, "constant": constant}


if __name__ == "__main__":
    main()
