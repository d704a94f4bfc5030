//! One network's attention, kept to what speaks for the class and not for its rivals.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, guided_attention};
use peerlight_models::Layer;

use super::attention::Attention;
use crate::{Explainer, Family, Meta, Probe, TargetLayer, options::POWER};

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
            target_layer: TargetLayer::Several,
            rectify: false,
            joint: false,
            passes: 1,
            settings: const { &[POWER.setting] },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let attention = Attention.raw_map(probe, layer).await?;
        Ok(guided_attention(attention, probe.activation(probe.last()), probe.odds_weights()))
    }
}
