//! What is taken of each image for the study of agreement.

use std::{fmt, ops::Range};

use peerlight_core::{Baseline, Rect, Result, argmax, inside};
use peerlight_explain::{Explanation, ForwardPass, Needs, Progress, Request, STATISTICS, Session, Statistic};
use serde::{Deserialize, Serialize};

use super::record::{AgreementRecord, RegionRecord};
use crate::{
    evaluation::{EvaluatedImage, Evaluation, mask_together},
    masked_inputs::MaskedInputs,
    masking::Masking,
    metrics::energy_inside,
};

/// How much is measured for the study of agreement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// Nothing.
    #[default]
    None,
    /// Statistics that take no pass of their own.
    Peers,
    /// Also each network's agreement with itself: a pass for each of three changed views of the image.
    Itself,
    /// Also masked images: the peers' joint decision, and each region hidden. About 60 passes of each peer.
    Full,
}

/// The methods whose maps are studied, and how much is measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementPlan {
    /// The methods; none studies nothing.
    pub methods: Vec<Request>,
    /// How much is measured.
    pub effort: Effort,
}

impl fmt::Display for AgreementPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effort = match self.effort {
            Effort::None => return f.write_str("none"),
            Effort::Peers => "peers",
            Effort::Itself => "itself",
            Effort::Full => "full",
        };
        write!(f, "{effort} of {}", self.methods.iter().map(Request::spec).collect::<Vec<_>>().join("+"))
    }
}

/// One image of a run.
pub(crate) struct Seen<'a> {
    pub session: &'a Session,
    pub pass: &'a ForwardPass,
    pub class: Option<usize>,
    /// In pixels of the map.
    pub boxes: &'a [Rect],
    pub small: bool,
    pub progress: &'a dyn Progress,
}

impl AgreementPlan {
    /// The statistics that are computed.
    fn statistics(&self) -> Vec<&'static dyn Statistic> {
        let wanted = |s: &&&dyn Statistic| self.effort >= Effort::Itself || s.meta().needs != Needs::Itself;
        STATISTICS.iter().filter(wanted).copied().collect()
    }

    /// Records of the joint map and of each peer's own map, for every method. `known` is an explanation that is there
    /// already, with the request that it answers.
    pub(crate) async fn records(
        &self,
        seen: &Seen<'_>,
        known: Option<&(Request, Explanation)>,
    ) -> Result<Vec<AgreementRecord>> {
        let Seen { session, pass, progress, .. } = *seen;
        if self.effort == Effort::None {
            return Ok(Vec::new());
        }
        let full = self.effort == Effort::Full;
        let mut records = Vec::new();
        for request in &self.methods {
            let request = Request { peer: None, target: None, ..request.clone() };
            let made = match known.filter(|(of, _)| *of == request) {
                Some((_, explanation)) => explanation.clone(),
                None => session.explain_maps(pass, &request, progress).await?,
            };
            let statistics = session.statistics(pass, &request, &made, &self.statistics(), progress).await?;
            let masked = match full {
                true => masked(seen, &request, &made).await?.into_iter().map(Some).collect(),
                false => vec![None; statistics.len()],
            };
            let inside = inside(seen.boxes, made.side);
            let maps = std::iter::once(&made.map).chain(made.peers.iter().map(|peer| &peer.map));
            for ((map, of), masked) in maps.zip(statistics).zip(masked) {
                let boxes = !seen.boxes.is_empty();
                let regions = match of.peer.is_none() && seen.small && made.regions.len() > 1 {
                    true => regions(seen, full, &made, &inside).await?,
                    false => Vec::new(),
                };
                records.push(AgreementRecord {
                    method: request.spec(),
                    peer: of.peer,
                    class: made.target.class,
                    hit: boxes.then(|| !map.blank && inside[argmax(&map.values)]),
                    energy: boxes.then(|| energy_inside(&map.values, &inside)),
                    correct: seen.class.map(|class| class == made.target.class),
                    masked,
                    values: of.values.into_iter().map(|(id, value)| (id.to_owned(), value)).collect(),
                    regions,
                });
            }
        }
        Ok(records)
    }
}

/// The peers' mean probability of the class for the whole image, and for the half that each map ranks highest.
async fn masked(seen: &Seen<'_>, request: &Request, made: &Explanation) -> Result<Vec<[f64; 2]>> {
    let image = EvaluatedImage::new(seen.session, seen.pass, seen.boxes, seen.progress).await?;
    let own = made.peers.iter().map(|peer| Explanation { map: peer.map.clone(), ..made.clone() });
    let maps: Vec<Explanation> = std::iter::once(made.clone()).chain(own).collect();
    let trials: Vec<Evaluation<'_>> = maps.iter().map(|map| Evaluation::new(&image, map, request)).collect();
    mask_together(&trials.iter().collect::<Vec<_>>()).await?;
    let mut found = Vec::new();
    for trial in &trials {
        let (whole, kept) = trial.masked().await?;
        found.push([whole, kept[Masking::Top50]]);
    }
    Ok(found)
}

/// The regions of an explanation, with what is inside the boxes and, if `hidden`, what hiding them does.
async fn regions(seen: &Seen<'_>, hidden: bool, made: &Explanation, inside: &[bool]) -> Result<Vec<RegionRecord>> {
    let (side, grid) = (made.side, made.grid);
    let region_of = |pixel: usize| place(pixel, side, grid);
    let mut counts = vec![[0u32; 2]; made.regions.len()];
    for (pixel, inside) in inside.iter().enumerate() {
        let [all, within] = &mut counts[region_of(pixel)];
        *all += 1;
        *within += u32::from(*inside);
    }
    let mut changes: Vec<Vec<f64>> = Vec::new();
    for peer in if hidden { made.peers.as_slice() } else { &[] } {
        let inputs = MaskedInputs::of(seen.pass, peer.peer, &seen.session.info().peers[peer.peer].preprocess).await?;
        let own = |pixel: usize| place(pixel, inputs.side(), grid);
        let make = |range: Range<usize>| {
            let mut values = Vec::with_capacity(range.len() * inputs.pixels().len());
            for i in range {
                inputs.blend(Baseline::Black, |p| f32::from(u8::from(i == 0 || own(p) != i - 1)), &mut values);
            }
            inputs.batch(values)
        };
        let (class, count) = (peer.target.class, made.regions.len() + 1);
        let found = seen.session.confidences(peer.peer, class, count, &make, "Hiding regions", seen.progress).await?;
        changes.push(found[1..].iter().map(|&hidden| log_odds(hidden) - log_odds(found[0])).collect());
    }
    let record = |(i, region): (usize, &peerlight_explain::Region)| RegionRecord {
        rho: region.rho,
        attention: region.attention.clone(),
        inside: counts[i][1] as f32 / counts[i][0].max(1) as f32,
        alike: (changes.len() > 1).then(|| alike(changes.iter().map(|peer| peer[i]))),
    };
    Ok(made.regions.iter().enumerate().map(record).collect())
}

/// The region that a pixel of an image of this side lies in.
fn place(pixel: usize, side: usize, grid: usize) -> usize {
    (pixel / side * grid / side) * grid + pixel % side * grid / side
}

/// log(p / (1 - p)), of a probability kept away from 0 and 1 by the precision of a 32-bit float.
fn log_odds(p: f64) -> f64 {
    let p = p.clamp(1e-7, 1.0 - 1e-7);
    (p / (1.0 - p)).ln()
}

/// Whether changes have one direction, and the least is half of the most or more.
fn alike(changes: impl Iterator<Item = f64>) -> bool {
    let (low, high) = changes.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    let (least, most) = if high <= 0.0 { (-high, -low) } else { (low, high) };
    most > 0.0 && least >= most / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_by_hand() {
        for (changes, expected) in
            [([-2.0, -1.0], true), ([-2.0, -0.9], false), ([-1.0, 1.0], false), ([0.5, 0.9], true), ([0.0, 0.0], false)]
        {
            assert_eq!(alike(changes.into_iter()), expected, "{changes:?}");
        }
    }
}
