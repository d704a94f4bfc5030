//! Attention transfer's map of one network.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Result, attention};
use peerlight_models::Layer;

use crate::{Explainer, Family, Meta, Probe, TargetLayer, options::POWER};

/// What is active, whatever the class.
pub struct Attention;

#[async_trait(?Send)]
impl Explainer for Attention {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "attention",
            name: "Attention transfer's map",
            family: Family::Activation,
            formula: "M = minmax(sum over stages of minmax(sum_k |A_k|^p))",
            paper: "Zagoruyko, Komodakis, Paying More Attention to Attention, ICLR 2017",
            url: "https://arxiv.org/abs/1612.03928",
            shows: "Which places are active in the last four stages before the head.",
            caveat: "What speaks for the class: the map is the same whatever class is explained.",
            target_layer: TargetLayer::Several,
            rectify: false,
            joint: false,
            passes: 1,
            settings: const { &[POWER.setting] },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let layers = probe.layers().iter().map(|&layer| probe.activation(layer));
        Ok(attention(layers, probe.setting(&POWER) as u32, probe.input().dims()[2]))
    }
}
