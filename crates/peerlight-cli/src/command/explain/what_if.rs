//! What would change if places were hidden: asked, written and told.

use std::path::Path;

use peerlight_core::{Crop, Result, Rgba8, overlay};
use peerlight_explain::{Explanation, ForwardPass, Progress, Request, Session};
use peerlight_metrics::{PeerAnswer, WhatIf, WhatIfResult, what_if};

use crate::{cli::Explain, decode::encode_png, files, left_out::counted, terminal::duration};

/// Asks a question about the image of a pass, which took `pass_time` seconds. What takes long is said first.
pub fn ask(
    session: &Session,
    pass: &ForwardPass,
    explained: (&Request, &Explanation),
    question: &WhatIf,
    progress: &dyn Progress,
    pass_time: f64,
) -> Result<WhatIfResult> {
    if question.effects {
        let (regions, peers) = (explained.1.grid.pow(2), session.info().peers.len());
        let (passes, time) = (counted(regions * peers, "pass"), duration(pass_time * regions as f64));
        eprintln!("The effects of each region take {passes} through a network: roughly {time}.");
    }
    pollster::block_on(what_if(session, pass, explained, question, progress))
}

/// Writes the image with what is hidden, and the effects of each region over the image.
pub fn write(
    out: &Path,
    name: &str,
    (image, crop): (&Rgba8, Crop),
    result: &WhatIfResult,
    options: &Explain,
) -> Result<()> {
    let save = |what: &str, image: &Rgba8| files::write(&out.join(format!("{name}.{what}.png")), &encode_png(image)?);
    save("what-if", &result.patch.over(image, crop))?;
    for peer in &result.peers {
        let Some(effects) = &peer.effects else { continue };
        let most = effects.log_odds.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let map: Vec<f32> = effects.log_odds.iter().map(|drop| (drop / most).max(0.0) as f32).collect();
        let painted = overlay(image, crop, &map, result.grid, options.color, options.opacity);
        save(&format!("effects.{}", peer.id), &painted)?;
    }
    Ok(())
}

/// Lines for people: each network's figures before and after, the agreement's, and the effects as a grid of numbers.
pub fn table(result: &WhatIfResult) -> String {
    let WhatIfResult { target, baseline, hidden, .. } = result;
    let share = 100.0 * hidden;
    let mut text = format!(
        "\n    {share:.1}% of the square hidden ({baseline}); {}:\n    {:<24}{:>8}{:>9}{:>12}{:>9}",
        target.label, "", "before", "after", "log-odds", "after"
    );
    for PeerAnswer { name, before, after, .. } in &result.peers {
        text += &format!(
            "\n    {name:<24}{:>7.1}%{:>8.1}%{:>12.2}{:>9.2}",
            100.0 * before.probability,
            100.0 * after.probability,
            before.log_odds,
            after.log_odds
        );
    }
    if let (Some(before), Some(after)) = (result.agreement_before, result.agreement_after) {
        text += &format!("\n    {:<24}{before:>8.2}{after:>9.2}", "agreement");
    }
    for peer in &result.peers {
        let Some(effects) = &peer.effects else { continue };
        text += &format!("\n    {}: what hiding each region takes, in percentage points", peer.name);
        for row in effects.probability.chunks(result.grid) {
            let cells: String = row.iter().map(|drop| format!("{:>7.1}", 100.0 * drop)).collect();
            text += &format!("\n   {cells}");
        }
    }
    text
}
