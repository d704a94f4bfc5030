//! Attention-transfer map.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, attention};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer, options::POWER};

/// Attention-transfer map: the superposed layer attention of one peer (Zagoruyko & Komodakis 2017).
pub struct Attention;

#[async_trait(?Send)]
impl Explainer for Attention {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "attention",
            name: "Attention-transfer map",
            family: Family::Activation,
            formula: "M = minmax(sum over layers of minmax(sum_k |A_k|^p))",
            paper: "Zagoruyko, Komodakis, Paying More Attention to Attention, ICLR 2017",
            url: "https://arxiv.org/abs/1612.03928",
            shows: "Which places are active in the four layers before the classifier.",
            caveat: "The map is the same for every class: active places need not support the explained one.",
            target_layer: TargetLayer::Several,
            settings: const { &[POWER.setting] },
            ..Meta::DEFAULT
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let layers = probe.layers().iter().map(|&layer| probe.activation(layer));
        Ok(attention(layers, probe.setting(&POWER) as u32, probe.input().dims()[2]))
    }
}
