"""torch-cam, pytorch-grad-cam and Captum, asked for maps before resizing. Every map comes back as [h, w]."""

import contextlib
import io

import captum.attr as attr
import numpy as np
import pytorch_grad_cam as pgc
import torch
import torchcam.methods as tcam
from pytorch_grad_cam.ablation_layer import AblationLayer
from pytorch_grad_cam.utils.image import scale_cam_image
from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection_with_sign_correction

import maps
import rng

TORCHCAM = {
    "cam": tcam.CAM,
    "grad-cam": tcam.GradCAM,
    "grad-cam-pp": tcam.GradCAMpp,
    "smooth-grad-cam-pp": tcam.SmoothGradCAMpp,
    "xgrad-cam": tcam.XGradCAM,
    "layer-cam": tcam.LayerCAM,
    "score-cam": tcam.ScoreCAM,
    "ss-cam": tcam.SSCAM,
    "is-cam": tcam.ISCAM,
}
GRADCAM = {
    "grad-cam": pgc.GradCAM,
    "hires-cam": pgc.HiResCAM,
    "grad-cam-pp": pgc.GradCAMPlusPlus,
    "xgrad-cam": pgc.XGradCAM,
    "layer-cam": pgc.LayerCAM,
    "eigen-cam": pgc.EigenCAM,
    "score-cam": pgc.ScoreCAM,
    "ablation-cam": pgc.AblationCAM,
}


def torchcam(method, net, x, stages, score, samples=None, std=None, seed=0, **_):
    """torch-cam's map: of one stage as it is; of several as it fuses them, and min-max once more."""
    options = {} if samples is None else {"num_samples": samples}
    if std is not None:
        options["std"] = std
    if method == "cam":
        options["fc_layer"] = net.fc
    with TORCHCAM[method](net, [net.layer(s) for s in stages], **options) as extractor:
        if std is not None:
            extractor._distrib = rng.Distribution(std, x.dtype, seed)
        scores = net(x)
        asked = {"class_idx": score.target} if score.contrast is None else {"targets": score}
        cams = [cam.detach() for cam in extractor(scores=scores, **asked)]
        fused = extractor.fuse_cams(cams)[0]
    return fused if len(stages) == 1 else maps.scaled(fused)


class Zero(AblationLayer):
    """The paper's ablation, whatever the sign of the activations: the channel becomes zero."""

    def __call__(self, x):
        out = self.activations
        for i in range(out.size(0)):
            out[i, self.indices[i]] = 0
        return out


def gradcam(method, net, x, stages, score, zero=True, **_):
    """pytorch-grad-cam's map: its raw maps caught before it resizes them, then ReLU, min-max and our fusion."""
    raw, options = [], {}
    if method == "ablation-cam":
        options["ablation_layer"] = Zero() if zero else AblationLayer()
    with GRADCAM[method](net, [net.layer(s) for s in stages], **options) as cam:
        inner = cam.get_cam_image

        def caught(*args):
            raw.append(np.array(inner(*args)))
            return raw[-1]

        cam.get_cam_image = caught
        with contextlib.redirect_stderr(io.StringIO()):
            cam(x, [score])
    if method == "eigen-cam":
        raw = [upright(r) for r in raw]
    ours = [maps.scaled(torch.from_numpy(r[0]).relu()) for r in raw]
    for one, r in zip(ours, raw):
        assert np.abs(scale_cam_image(np.maximum(r, 0))[0] - one.numpy()).max() < 1e-5 or r.max() < 1e-2
    return maps.fuse(ours, method)


def upright(projection):
    """The sign of a singular vector is arbitrary: pytorch-grad-cam's own correction, from its Seg-Eigen-CAM."""
    return -projection if abs(projection.min()) > abs(projection.max()) else projection


def eigen_with_sign(net, x, stage):
    with torch.no_grad():
        projection = get_2d_projection_with_sign_correction(net.activation(stage, x).numpy())
    return maps.scaled(torch.from_numpy(projection[0]).relu())


def captum(method, net, x, score, black, samples=None, std=None, window=None, stride=None, seed=0, **_):
    def f(x):
        return score(net(x))

    if method == "gradient-x-input":
        return maps.scaled(attr.InputXGradient(f).attribute(x)[0].sum(0).relu().detach())
    if method == "integrated-gradients":
        a = attr.IntegratedGradients(f).attribute(
            x, torch.full_like(x, black), n_steps=samples, method="riemann_middle", internal_batch_size=8
        )
        return maps.scaled(a[0].sum(0).relu().detach())
    if method == "smooth-grad":
        with rng.torch_normal(seed):
            deviation = std * (x.max() - x.min()).item()
            a = attr.NoiseTunnel(attr.Saliency(f)).attribute(
                x, nt_type="smoothgrad", nt_samples=samples, stdevs=deviation, abs=False
            )
        return maps.scaled(a[0].abs().sum(0).detach())
    assert method == "occlusion"
    with torch.no_grad():
        a = attr.Occlusion(f).attribute(x, (3, window, window), (3, stride, stride), black, perturbations_per_eval=16)
    assert torch.equal(a[0, 0], a[0, 1])
    return maps.scaled(a[0, 0])
