//! The mutual map of all peers.

use async_trait::async_trait;
use burn::tensor::{Tensor, activation::relu};
use peerlight_core::{Fusion, Grid, Result, mutual_map, superpose};
use peerlight_models::{Layer, Network};

use super::{attention::Attention, cam::Cam, guided::Guided, layer_cam::LayerCam};
use crate::{
    Explainer, Family, Meta, Probe, Settings, TargetLayer,
    options::{EVIDENCE, EXPONENT, Evidence, FUSE, POWER, WEIGHT},
};

/// Mutual map: one map of where all peers look, fused from each peer's own map.
///
/// Regions and fusion are those of Cheng et al. (2022); class guidance and the exponent are Peerlight's own.
pub struct Mutual;

#[async_trait(?Send)]
impl Explainer for Mutual {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "mutual",
            name: "Mutual map",
            family: Family::Mutual,
            formula: "M = minmax(mean over peers m of G_m)^1.25; G_m = minmax(A_m + 4 O_m); A_m = superposed sum_k \
                      A_k^2; O_m = minmax(smoothed sum_k w_k A_k), w the gradient of log p / (1 - p) at the last layer",
            paper: "Regions and mutual map: Cheng, Wang, Cui, Zhan, Interpretability Optimization Method Based on \
                    Mutual Transfer of Local Attention Map, Computer Science 49(5), 2022. Class guidance (4 O) and \
                    exponent: Peerlight's own",
            url: "https://doi.org/10.11896/jsjkx.210400176",
            shows: "Where the networks look for the class, in one map. How far they agree is given beside it, region \
                    by region.",
            caveat: "Agreement does not prove that the networks are right. Networks trained on the same images can \
                     share a mistake.",
            target_layer: TargetLayer::Several,
            joint: true,
            settings: const { &[EVIDENCE.setting, FUSE.setting, WEIGHT.setting, EXPONENT.setting, POWER.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        match probe.setting(&EVIDENCE) {
            Evidence::Attention => Attention.raw_map(probe, layer).await,
            Evidence::Guided => Guided.raw_map(probe, layer).await,
            Evidence::Class => class(probe).await,
        }
    }

    fn layers(&self, network: &Network, settings: &Settings) -> Vec<Layer> {
        match settings.get(&EVIDENCE) {
            Evidence::Class => vec![network.last()],
            Evidence::Attention | Evidence::Guided => network.graph().several().to_vec(),
        }
    }

    fn join(&self, maps: &[Tensor<3>], grid: Grid, settings: &Settings) -> Tensor<3> {
        let (how, weight, exponent) = (settings.get(&FUSE), settings.get(&WEIGHT), settings.get(&EXPONENT));
        mutual_map(maps, grid, Fusion { how, weight, exponent }).map
    }
}

/// Superposed class activation [1, side, side]: CAM at the last layer of a network with a linear classifier, which
/// needs no gradient, LayerCAM elsewhere.
async fn class(probe: &Probe<'_>) -> Result<Tensor<3>> {
    let mut maps = Vec::new();
    for &layer in probe.layers() {
        let raw = match layer == probe.last() && probe.has_linear_head() {
            true => Cam.raw_map(probe, layer).await?,
            false => LayerCam.raw_map(probe, layer).await?,
        };
        maps.push(relu(raw));
    }
    Ok(superpose(maps, probe.input().dims()[2]))
}
