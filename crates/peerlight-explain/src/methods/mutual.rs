//! The mutual map of all peers.

use async_trait::async_trait;
use burn::tensor::Tensor;
use peerlight_core::{Code, Error, Fuse, Fusion, Result, Weight, mutual_map};
use peerlight_models::Layer;
use serde::de::DeserializeOwned;

use crate::{Ask, Choice, Evidence, Explainer, Family, Meta, Probe, Reads, Setting, evidence::peer_map};

/// Where the peers look together.
pub struct Mutual;

/// What a peer's map is made of; the page's own settings are these too.
pub const EVIDENCE: Setting = Setting::choice(
    "evidence",
    "Evidence",
    &[
        Choice {
            id: "guided",
            name: "Attention for the class",
            help: "Where the net looks, kept to what speaks for the class and not for its rivals.",
        },
        Choice {
            id: "attention",
            name: "Attention",
            help: "The paper's: what is active in the chosen stages, whatever the class.",
        },
        Choice { id: "class", name: "Class activation", help: "What speaks for the class at the last stage (CAM)." },
    ],
    "What a peer's map is made of.",
);
/// How the maps become one.
pub const FUSE: Setting = Setting::choice(
    "fuse",
    "Fusion",
    &[
        Choice { id: "mean", name: "Mean", help: "What any peer looks at counts." },
        Choice { id: "geometric", name: "Geometric mean", help: "What every peer looks at counts." },
        Choice { id: "product", name: "Product", help: "Sharper still." },
    ],
    "How the peers' maps become one.",
);
/// What the fused map is weighted by.
pub const WEIGHT: Setting = Setting::choice(
    "weight",
    "Weighting",
    &[
        Choice { id: "uniform", name: "Nothing", help: "All regions count alike." },
        Choice { id: "agreement", name: "Agreement", help: "Regions where the peers disagree are dimmed." },
    ],
    "What the mutual map is weighted by.",
);
/// The power that the mutual map is raised to.
pub const CONTRAST: Setting = Setting::number(
    "contrast",
    "Contrast",
    [0.5, Fusion::CONTRAST, 4.0],
    "The power that the mutual map is raised to; the order of its places stays.",
);
/// The power of the layer attention.
pub const POWER: Setting = Setting::number("power", "Power", [1.0, 2.0, 4.0], "The power of the layer attention.");

#[async_trait(?Send)]
impl Explainer for Mutual {
    fn meta(&self) -> &'static Meta {
        &Meta {
            id: "mutual",
            name: "Mutual map",
            family: Family::Mutual,
            formula: "M = minmax(mean over peers m of G_m)^1.25; G_m = minmax(A_m + 4 O_m); A_m = superposed sum_k A_k^2; \
                      O_m = minmax(smoothed sum_k w_k A_k), w the gradient of log p / (1 - p) at the last stage",
            paper: "Cheng, Wang, Cui, Zhan, Interpretability Optimization Method Based on Mutual Transfer of Local \
                    Attention Map, Computer Science 49(5), 2022",
            url: "https://doi.org/10.11896/jsjkx.210400176",
            shows: "Where the networks look for the class, one with another; how much they agree stands beside it, region by region.",
            caveat: "That the networks are right: peers that learnt from the same images can share a mistake.",
            reads: Reads::Several,
            rectify: false,
            joint: true,
            passes: 1,
            settings: const {
                &[
                    Setting::number("grid", "Grid", [1.0, 7.0, 56.0], "Regions along a side of the image."),
                    EVIDENCE,
                    FUSE,
                    WEIGHT,
                    CONTRAST,
                    POWER,
                ]
            },
        }
    }

    async fn raw_map(&self, probe: &Probe<'_>, _: Layer) -> Result<Tensor<3>> {
        let settings = probe.settings();
        let ask = Ask {
            grid: settings.count("grid"),
            evidence: choice::<Evidence>(settings.choice("evidence"))?,
            fuse: choice::<Fuse>(settings.choice("fuse"))?,
            weight: choice::<Weight>(settings.choice("weight"))?,
            contrast: settings.number("contrast"),
            power: settings.count("power") as u32,
            stages: probe.stages().map(<[usize]>::to_vec),
            ..Ask::default()
        };
        if probe.peers() < 2 {
            return Err(Error::new(Code::AskInvalid, "The mutual map takes a bundle of two peers or more."));
        }
        let grid = peerlight_core::Grid::square(ask.grid)?;
        let side = grid.side(probe.input().dims()[2]);
        let map = |peer| {
            let probe = probe.of(peer);
            peer_map(probe.net(), probe.features(), probe.score(), &ask, side)
        };
        let maps: Vec<_> = (0..probe.peers()).map(map).collect();
        Ok(mutual_map(&maps, grid, ask.fusion()).map)
    }
}

/// A choice by its id, read by the same rules as an [`Ask`].
fn choice<T: DeserializeOwned>(id: &str) -> Result<T> {
    let refused = |e: serde_json::Error| Error::new(Code::AskInvalid, e.to_string());
    serde_json::from_value(serde_json::Value::String(id.into())).map_err(refused)
}
