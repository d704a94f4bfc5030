//! Whether a map depends on what the networks have learnt.

use peerlight_core::Result;
use peerlight_explain::{ForwardPass, Host, Request, Session, Step};
use peerlight_models::architecture;
use serde::Serialize;

use crate::{Canvas, ranks};

/// A map whose rank correlation with the one of shuffled weights is above this has not changed.
///
/// Maps of unlike networks correlate too, since all are smooth and most are brighter in the middle; hence a limit near
/// 1.
pub const UNCHANGED: f64 = 0.9;

/// Of the permutations.
const SEED: u64 = 0;

/// How alike the map is to the one of the untouched networks when the weights from here to the output are shuffled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Depth {
    /// The first part of the networks that is shuffled: all that comes after it is shuffled too.
    pub name: String,
    /// Spearman's rank correlation, -1..=1; 0 if either map is constant.
    pub spearman: f64,
    /// Pearson's correlation, likewise.
    pub pearson: f64,
}

/// What cascading randomization shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sanity {
    /// From the classifier alone to the whole network.
    pub layers: Vec<Depth>,
    /// Whether the map is still the same ([`UNCHANGED`]) when all weights are shuffled: then it says nothing of what
    /// the networks have learnt.
    pub unchanged: bool,
    /// Milliseconds.
    pub ms: f64,
}

/// Shuffles the weights from the output down to a few depths and compares the map that `request` gives with the one of
/// the untouched networks, for the same class.
///
/// Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018: cascading randomization.
///
/// # Errors
/// Those of [`Session::attribute`].
pub async fn sanity(session: &Session, pass: &ForwardPass, request: &Request, host: &dyn Host) -> Result<Sanity> {
    let start = host.now();
    let canvas = Canvas::of(pass, &session.info().preprocess).await?;
    let before = session.attribute(pass, request, host).await?;
    let request = Request { target: Some(before.target.class), ..request.clone() };
    let before = before.map.map;
    let depths = depths(session, request.peer.unwrap_or(0))?;
    let (mut layers, mut same) = (Vec::new(), false);
    let total = depths.len();
    for (done, (name, count)) in depths.into_iter().enumerate() {
        host.checkpoint(Step { name: format!("Shuffling the weights: {name}"), done, total }).await?;
        let twin = session.shuffled(SEED, count);
        let seen = twin.forward_input(pass.input(), host).await?;
        let after = twin.attribute(&seen, &request, host).await?.map.map;
        same = after == before;
        let pearson = canvas.correlation(&before, &after).await?.unwrap_or(0.0);
        let spearman = canvas.correlation(&ranks(&before), &ranks(&after)).await?.unwrap_or(0.0);
        layers.push(Depth { name, spearman, pearson });
    }
    let unchanged = same || layers.last().is_some_and(|layer| layer.spearman > UNCHANGED);
    Ok(Sanity { layers, unchanged, ms: host.now() - start })
}

/// The depths that are tried, each with the number of layers from the output that it shuffles: the classifier, the
/// head, the last block, the middle of the network, and all of it.
fn depths(session: &Session, peer: usize) -> Result<Vec<(String, Option<usize>)>> {
    let convolutions = architecture(&session.info().peers[peer].backbone)?.convolutions();
    // Layers up to and with each stage; the classifier is one more than the convolutions.
    let ends: Vec<usize> = (1..).zip(&convolutions).filter(|(_, c)| c.ends_stage).map(|(i, _)| i).collect();
    let from_stage = |stage: usize| {
        let before = if stage > 1 { ends[stage - 2] } else { 0 };
        (format!("stage {stage}"), Some(convolutions.len() - before + 1))
    };
    let head = ends.len();
    let mut depths = vec![("classifier".into(), Some(1)), ("head".into(), from_stage(head).1)];
    depths.extend([head - 1, head / 2].into_iter().filter(|&stage| stage > 1).map(from_stage));
    depths.push(("everything".into(), None));
    Ok(depths)
}
