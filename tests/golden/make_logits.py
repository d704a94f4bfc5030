"""crops/*.png and logits.json: what the published nets answer on the sample images, stage by stage."""

import torch

import images
import reference as ref
from store import HERE, probe, save

LEFT_OUT = ("rocket", "raccoon")  # eight crops are enough, and small
LABELS = HERE.parents[1] / "crates" / "peerlight-models" / "labels" / "imagenet-1k.txt"


def make_crops():
    folder = HERE / "crops"
    folder.mkdir(exist_ok=True)
    for name, file in images.samples():
        if name not in LEFT_OUT:
            images.crop(images.rgb(images.Image.open(file))).save(folder / f"{name}.png", optimize=True)


def stage(f):
    return {"shape": list(f.shape[1:]), "mean": f.double().mean(), "abs_max": f.abs().max(), **probe(f[0], 8)}


def main():
    make_crops()
    names, out = LABELS.read_text().splitlines(), {}
    for lite in ref.LITES:
        net, told = ref.reference(lite), {}
        folded = ref.fold(net)
        for name, image in images.crops():
            x = images.tensor(image)
            with torch.no_grad():
                stages, logits = ref.features(net, x)
                assert torch.equal(logits, net(x)) or torch.allclose(logits, net(x), atol=1e-4)
                assert torch.allclose(logits, ref.run(folded, x)[1], atol=1e-3), "folding changed the answer"
            top = logits[0].topk(5)
            chances = logits[0].softmax(0)
            told[name] = {
                "top": {"class": top.indices, "logit": top.values, "probability": chances[top.indices]},
                "logits": probe(logits[0], 40),
                "stages": [stage(f) for f in stages],
            }
            print(f"Lite{lite} {name:9}", ", ".join(f"{names[i]} {chances[i]:.2f}" for i in top.indices[:3]))
        out[f"lite{lite}"] = told
    save("logits.json", {"side": ref.SIDE, "crop": ref.CROP, "mean": 127, "std": 128, "nets": out})


if __name__ == "__main__":
    main()
