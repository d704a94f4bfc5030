//! What the networks would answer if some places of an image were hidden.

mod answer;
mod question;

use std::{cmp::Reverse, ops::Range};

use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_explain::{Explanation, ForwardPass, PeerMap, Progress, Request, Session};

pub use self::{
    answer::{Answer, Patch, PeerAnswer, RegionEffects, WhatIfResult},
    question::{RegionAt, Replacement, WhatIf},
};
use crate::masked_inputs::MaskedInputs;

/// Answers a question about the image of a forward pass: each explained peer's probability and log-odds of the class
/// before and after, and the agreement before and after, by the method and for the class of `explanation`, which
/// `request` gave of it.
///
/// # Errors
/// `ask-invalid` for places that do not fit the grid; else those of [`Session::explain`].
pub async fn what_if(
    session: &Session,
    pass: &ForwardPass,
    (request, explanation): (&Request, &Explanation),
    question: &WhatIf,
    progress: &dyn Progress,
) -> Result<WhatIfResult> {
    let start = progress.now();
    let grid = explanation.grid;
    let mut inputs: Vec<PeerInput> = Vec::new();
    for (peer, info) in session.info().peers.iter().enumerate() {
        let own = MaskedInputs::of(pass, peer, &info.preprocess).await?;
        let known = inputs.iter().find(|other| other.own.pixels() == own.pixels());
        inputs.push(match known {
            Some(other) => PeerInput { own, hidden: other.hidden.clone(), pixels: other.pixels.clone() },
            None => PeerInput::of(own, question, grid)?,
        });
    }

    let after = if question.hides() {
        let changed = inputs.iter().map(|input| input.own.batch(input.pixels.clone())).collect();
        let pass = session.forward_inputs(changed, progress).await?.with_choices_of(pass);
        let request = Request { target: Some(explanation.target.class.into()), ..request.clone() };
        let explanation = session.explain_maps(&pass, &request, progress).await?;
        Some((pass, explanation))
    } else {
        None
    };
    let (after_pass, after) = after.as_ref().map_or((pass, explanation), |(pass, explanation)| (pass, explanation));

    let mut peers = Vec::new();
    for (was, is) in explanation.peers.iter().zip(&after.peers) {
        let own = session.classes().own(was.peer, was.target.class).expect("a class that the peer explains");
        let before = Answer::of(pass.probabilities(was.peer), own, was);
        let effects = match question.effects {
            true => Some(effects(session, (was, &inputs[was.peer].own), question, grid, &before, progress).await?),
            false => None,
        };
        let after = Answer::of(after_pass.probabilities(was.peer), own, is);
        let PeerMap { peer, id, name, target, .. } = was.clone();
        peers.push(PeerAnswer { peer, id, name, class: target.class, label: target.label, before, after, effects });
    }
    // The finest input shows best what is hidden.
    let finest = explanation.explained().into_iter().max_by_key(|&peer| (inputs[peer].own.side(), Reverse(peer)));
    let PeerInput { own, hidden, pixels } = &inputs[finest.unwrap_or_default()];
    let preprocess = &session.info().peers[finest.unwrap_or_default()].preprocess;
    Ok(WhatIfResult {
        target: explanation.target.clone(),
        grid,
        baseline: question.baseline,
        hidden: hidden.iter().filter(|&&hidden| hidden).count() as f64 / hidden.len() as f64,
        peers,
        agreement_before: explanation.agreement,
        agreement_after: after.agreement,
        patch: Patch::of(pixels, hidden, own.side(), preprocess),
        ms: progress.now() - start,
    })
}

/// Input of one peer, before and after.
struct PeerInput {
    own: MaskedInputs,
    /// Whether each pixel is hidden.
    hidden: Vec<bool>,
    /// The input with the hidden pixels replaced, [3, side, side].
    pixels: Vec<f32>,
}

impl PeerInput {
    fn of(own: MaskedInputs, question: &WhatIf, grid: usize) -> Result<Self> {
        let hidden = question.hidden(grid, own.side())?;
        let mut pixels = Vec::with_capacity(own.pixels().len());
        masked(&own, question, &hidden, &mut pixels);
        Ok(Self { own, hidden, pixels })
    }
}

/// Adds to `out` the pixels with those that are `hidden` replaced.
fn masked(inputs: &MaskedInputs, question: &WhatIf, hidden: &[bool], out: &mut Vec<f32>) {
    match question.baseline.baseline() {
        Some(baseline) => inputs.blend(baseline, |i| if hidden[i] { 0.0 } else { 1.0 }, out),
        None => out.extend(inputs.imputed(hidden)),
    }
}

/// What hiding each region alone takes from the class, for one peer.
async fn effects(
    session: &Session,
    (peer, inputs): (&PeerMap, &MaskedInputs),
    question: &WhatIf,
    grid: usize,
    before: &Answer,
    progress: &dyn Progress,
) -> Result<RegionEffects> {
    let make = |range: Range<usize>| -> Tensor<4> {
        let mut values = Vec::with_capacity(range.len() * inputs.pixels().len());
        for region in range {
            let alone = question.alone(region, grid);
            let hidden = alone.hidden(grid, inputs.side()).expect("a region of the grid");
            masked(inputs, &alone, &hidden, &mut values);
        }
        inputs.batch(values)
    };
    let name = format!("Hiding each region from {}", peer.name);
    let found = session.confidences(peer.peer, peer.target.class, grid * grid, &make, &name, progress).await?;
    Ok(RegionEffects::of(before, &found))
}
