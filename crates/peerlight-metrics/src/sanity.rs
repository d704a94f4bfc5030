//! Whether a map depends on what the networks have learned.

use peerlight_core::Result;
use peerlight_explain::{ForwardPass, Progress, Request, Session, Step};
use peerlight_models::Layer;
use serde::Serialize;

use crate::{order::ranks, similarity::correlation};

/// A map whose rank correlation with the one of shuffled weights is above this has not changed.
///
/// Maps of unlike networks correlate too, since all are smooth and most are brighter in the middle; hence a limit
/// near 1.
pub const UNCHANGED: f64 = 0.9;

/// The seed of the permutations.
const SEED: u64 = 0;

/// The cut of a network with a given last layer.
type CutOf = fn(Layer) -> Layer;

/// The depths that are tried, by name, and the cut of a network with a given last layer: everything computed after it
/// is shuffled. Relative depths, so that they mean the same for peers with different numbers of layers.
const DEPTHS: [(&str, CutOf); 5] = [
    ("classifier", |last| last),
    ("last layer", |last| last.before()),
    ("last two layers", |last| last.before().before()),
    ("second half", |last| Layer(last.before().0 / 2)),
    ("everything", |_| Layer::INPUT),
];

/// How alike the map is to that of the untouched networks when the weights from a depth on are shuffled.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Depth {
    /// Name of the first part that is shuffled; everything after it is shuffled, too.
    pub name: &'static str,
    /// The cut of each explained peer, counted from 0, the input: what is computed after it is shuffled.
    pub after: Vec<usize>,
    /// Spearman's rank correlation, -1..=1; 0 if either map is constant.
    pub spearman: f64,
    /// Pearson's correlation, -1..=1; 0 if either map is constant.
    pub pearson: f64,
}

/// Result of cascading randomization.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Sanity {
    /// Depths of shuffling, from the classifier alone to the whole network.
    pub layers: Vec<Depth>,
    /// Whether the map is still the same ([`UNCHANGED`]) when all weights are shuffled: then it says nothing of what
    /// the networks have learned.
    pub unchanged: bool,
    /// Milliseconds that it took.
    pub ms: f64,
}

/// Shuffles the weights from the output down to a few depths of each peer and compares the map that `request` gives
/// with the one of the untouched networks, for the same class.
///
/// Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018: cascading randomization.
///
/// # Errors
/// Those of [`Session::explain`].
pub async fn sanity(
    session: &Session,
    pass: &ForwardPass,
    request: &Request,
    progress: &dyn Progress,
) -> Result<Sanity> {
    let start = progress.now();
    let device = session.device().clone();
    let before = session.explain_maps(pass, request, progress).await?;
    let request = Request { target: Some(before.target.class.into()), ..request.clone() };
    let lasts: Vec<Layer> = before.explained().into_iter().map(|peer| session.last_layers()[peer]).collect();
    let before = before.map.values;
    let (mut layers, mut same) = (Vec::<Depth>::new(), false);
    for (done, (name, cut)) in DEPTHS.into_iter().enumerate() {
        let after: Vec<usize> = lasts.iter().map(|&last| cut(last).0).collect();
        // Shallow networks have fewer depths: what is everything is called so.
        let whole = done + 1 < DEPTHS.len() && after.iter().all(|&after| after == 0);
        if whole || layers.last().is_some_and(|depth| depth.after == after) {
            continue;
        }
        progress.checkpoint(Step { name: format!("Shuffling the weights: {name}"), done, total: DEPTHS.len() }).await?;
        let twin = session.shuffled(SEED, cut);
        let seen = twin.forward_inputs(pass.inputs(), progress).await?.with_choices_of(pass);
        let shuffled = twin.explain_maps(&seen, &request, progress).await?.map.values;
        same = shuffled == before;
        let pearson = correlation(&before, &shuffled, &device).await?.unwrap_or(0.0);
        let spearman = correlation(&ranks(&before), &ranks(&shuffled), &device).await?.unwrap_or(0.0);
        layers.push(Depth { name, after, spearman, pearson });
    }
    let unchanged = same || layers.last().is_some_and(|layer| layer.spearman > UNCHANGED);
    Ok(Sanity { layers, unchanged, ms: progress.now() - start })
}
