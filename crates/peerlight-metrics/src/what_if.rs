//! What the networks would answer if some places of an image were hidden.

mod answer;
mod question;

use std::ops::Range;

use burn::tensor::Tensor;
use peerlight_core::Result;
use peerlight_explain::{Explanation, ForwardPass, Progress, Request, Session};

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
    let (grid, class) = (explanation.grid, explanation.target.class);
    let inputs = MaskedInputs::of(pass, &session.info().preprocess).await?;
    let hidden = question.hidden(grid, inputs.side())?;
    let mut pixels = Vec::with_capacity(inputs.pixels().len());
    masked(&inputs, question, &hidden, &mut pixels);
    let patch = Patch::of(&pixels, &hidden, inputs.side(), &session.info().preprocess);

    let after = if question.hides() {
        let pass = session.forward_input(inputs.batch(pixels), progress).await?;
        let request = Request { target: Some(class), ..request.clone() };
        let explanation = session.explain(&pass, &request, progress).await?;
        Some((pass, explanation))
    } else {
        None
    };
    let (after_pass, after) = after.as_ref().map_or((pass, explanation), |(pass, explanation)| (pass, explanation));

    let mut peers = Vec::new();
    for (was, is) in explanation.peers.iter().zip(&after.peers) {
        let before = Answer::of(pass.probabilities(was.peer), class, was);
        let effects = match question.effects {
            true => Some(effects(session, was.peer, &inputs, question, (class, grid), &before, progress).await?),
            false => None,
        };
        let after = Answer::of(after_pass.probabilities(was.peer), class, is);
        peers.push(PeerAnswer { peer: was.peer, id: was.id.clone(), name: was.name.clone(), before, after, effects });
    }
    Ok(WhatIfResult {
        target: explanation.target.clone(),
        grid,
        baseline: question.baseline,
        hidden: hidden.iter().filter(|&&hidden| hidden).count() as f64 / hidden.len() as f64,
        peers,
        agreement_before: explanation.agreement,
        agreement_after: after.agreement,
        patch,
        ms: progress.now() - start,
    })
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
    peer: usize,
    inputs: &MaskedInputs,
    question: &WhatIf,
    (class, grid): (usize, usize),
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
    let name = format!("Hiding each region from {}", session.info().peers[peer].name);
    let found = session.confidences(peer, class, grid * grid, &make, &name, progress).await?;
    Ok(RegionEffects::of(before, &found))
}
