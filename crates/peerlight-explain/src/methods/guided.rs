//! One network's attention, kept to what speaks for the class and not for its rivals.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_models::Layer;

use super::mutual::POWER;
use crate::{Explainer, Family, Meta, Probe, Reads, evidence};

/// Attention and the smoothed activation of the log-odds.
pub struct Guided;

#[async_trait(?Send)]
impl Explainer for Guided {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "guided",
            name: "Attention for the class",
            family: Family::Activation,
            formula: "M = minmax(A + 4 O); A = superposed sum_k A_k^2; O = minmax(smoothed sum_k w_k A_k), w the gradient of \
                      log p / (1 - p) at the last stage",
            paper: "Peerlight's own: one peer's part of the mutual map",
            url: "https://doi.org/10.11896/jsjkx.210400176",
            shows: "Where one network is active, kept to what speaks for the class and not for its rivals.",
            caveat: "What another network thinks of it: that is the mutual map's to say.",
            reads: Reads::Several,
            rectify: false,
            joint: false,
            passes: 1,
            settings: const { &[POWER] },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let (power, side) = (probe.settings().count("power") as u32, probe.input().dims()[2]);
        Ok(evidence::guided(probe.net(), probe.features(), probe.score(), probe.stages(), power, side))
    }
}
