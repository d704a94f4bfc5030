//! Attention for the class: one peer's part of the mutual map.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, guided_attention};
use peerlight_models::Layer;

use super::attention::Attention;
use crate::{Explainer, Family, Meta, Probe, TargetLayer, options::POWER};

/// Attention for the class: layer attention plus four times the smoothed class activation of the log-odds.
///
/// The class guidance is Peerlight's own; see [`guided_attention`].
pub struct Guided;

#[async_trait(?Send)]
impl Explainer for Guided {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "guided",
            name: "Attention for the class",
            family: Family::Activation,
            formula: "M = minmax(A + 4 O); A = superposed sum_k A_k^2; O = minmax(smoothed sum_k w_k A_k), w the \
                      gradient of log p / (1 - p) at the last layer",
            paper: "Class guidance (4 O): Peerlight's own. Attention A: Zagoruyko, Komodakis, Paying More Attention to \
                    Attention, ICLR 2017",
            url: "https://arxiv.org/abs/1612.03928",
            shows: "Where one network looks, limited to what supports this class over similar ones.",
            caveat: "The map is about one network. The mutual map compares it with another.",
            target_layer: TargetLayer::Several,
            settings: const { &[POWER.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, layer: Layer) -> Result<Tensor<3>> {
        let attention = Attention.raw_map(probe, layer).await?;
        Ok(guided_attention(attention, probe.activation(probe.last()), probe.odds_weights()))
    }
}
