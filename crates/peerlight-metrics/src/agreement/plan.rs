//! What is taken of each image for the study of agreement.

use std::{fmt, ops::Range};

use peerlight_core::{Baseline, Rect, Result, argmax, inside};
use peerlight_explain::{
    Explanation, ForwardPass, Map, MapStatistics, Needs, Progress, Request, STATISTICS, Session, Statistic, View,
};
use serde::{Deserialize, Serialize};

use super::variants::{Also, variants};
use crate::{
    evaluation::{EvaluatedImage, Evaluation, masked_by},
    masked_inputs::MaskedInputs,
    masking::Masking,
    metrics::energy_inside,
    record::{AgreementRecord, RegionRecord},
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
    /// Also masked images: the peers' joint decision. Two passes of each peer, and one for each further map.
    Masked,
    /// Each network's agreement with itself, and no masked images: a pass for the mirrored image.
    Mirrored,
    /// Each network's agreement with itself, and no masked images: a pass for each of three changed views of the image.
    Itself,
    /// All of these, and each region hidden. About 60 passes of each peer.
    Full,
}

/// The methods whose maps are studied, and how much is measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementPlan {
    /// The methods; none studies nothing.
    pub methods: Vec<Request>,
    /// How much is measured.
    pub effort: Effort,
    /// Further joint maps to make of the peers' maps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
}

impl fmt::Display for AgreementPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effort = match self.effort {
            Effort::None => return f.write_str("none"),
            Effort::Peers => "peers",
            Effort::Masked => "masked",
            Effort::Mirrored => "mirrored",
            Effort::Itself => "itself",
            Effort::Full => "full",
        };
        write!(f, "{effort} of {}", self.methods.iter().map(Request::spec).collect::<Vec<_>>().join("+"))
    }
}

/// What is measured of other joint maps.
const PEERS: AgreementPlan = AgreementPlan { methods: Vec::new(), effort: Effort::Peers, also: Vec::new() };

/// One image of a run.
pub(crate) struct Seen<'a> {
    pub session: &'a Session,
    pub pass: &'a ForwardPass,
    pub class: Option<usize>,
    /// Boxes around the class, in pixels of the map.
    pub boxes: &'a [Rect],
    pub small: bool,
    pub progress: &'a dyn Progress,
}

impl AgreementPlan {
    /// The statistics that are computed.
    fn statistics(&self) -> Vec<&'static dyn Statistic> {
        let of_itself = |statistic: &dyn Statistic| match self.effort {
            Effort::None | Effort::Peers | Effort::Masked => false,
            Effort::Mirrored => statistic.views() == [View::Mirrored],
            Effort::Itself | Effort::Full => true,
        };
        let wanted = |s: &&&dyn Statistic| s.meta().needs != Needs::Itself || of_itself(**s);
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
            let method = request.spec();
            let found = session.statistics(pass, &request, &made, &self.statistics(), progress).await?;
            let own = std::iter::once(&made.map).chain(made.peers.iter().map(|peer| &peer.map));
            let named = |(map, of): (_, MapStatistics)| (method.clone(), map, of);
            let mut maps: Vec<(String, &Map, MapStatistics)> = own.zip(found).map(named).collect();
            let others = variants(session, &self.also, &method, &made).await?;
            for (name, other) in &others {
                let mut found = session.statistics(pass, &request, other, &PEERS.statistics(), progress).await?;
                maps.push((name.clone(), &other.map, found.swap_remove(0)));
            }
            let masked = match self.effort {
                Effort::Masked | Effort::Full => masked(seen, &request, &made, &others).await?,
                _ => Vec::new(),
            };
            let inside = inside(seen.boxes, made.side);
            let boxes = !seen.boxes.is_empty();
            for (place, (name, map, of)) in maps.into_iter().enumerate() {
                let regions = match place == 0 && seen.small && made.regions.len() > 1 {
                    true => regions(seen, full, &made, &inside).await?,
                    false => Vec::new(),
                };
                records.push(AgreementRecord {
                    method: name,
                    peer: of.peer,
                    class: made.target.class,
                    hit: boxes.then(|| !map.blank && inside[argmax(&map.values)]),
                    energy: boxes.then(|| energy_inside(&map.values, &inside)),
                    correct: seen.class.map(|class| class == made.target.class),
                    masked: masked.get(place).copied().flatten(),
                    values: of.values.into_iter().map(|(id, value)| (id.to_owned(), value)).collect(),
                    regions,
                });
            }
        }
        Ok(records)
    }
}

/// The peers' mean probability of the class for the whole image, and for the half that each map ranks highest: of the
/// joint map, of each peer's own, and of others, but for those of some of the peers.
async fn masked(
    seen: &Seen<'_>,
    request: &Request,
    made: &Explanation,
    others: &[(String, Explanation)],
) -> Result<Vec<Option<[f64; 2]>>> {
    let image = EvaluatedImage::new(seen.session, seen.pass, seen.boxes, seen.progress).await?;
    let own: Vec<Explanation> =
        made.peers.iter().map(|peer| Explanation { map: peer.map.clone(), ..made.clone() }).collect();
    let maps = std::iter::once(made).chain(&own).chain(others.iter().map(|(_, other)| other));
    let trials: Vec<Option<Evaluation<'_>>> =
        maps.map(|map| (map.peers.len() == made.peers.len()).then(|| Evaluation::new(&image, map, request))).collect();
    let (whole, kept) = masked_by(&trials.iter().flatten().collect::<Vec<_>>(), &[Masking::Top50]).await?;
    let mut kept = kept.into_iter();
    Ok(trials.iter().map(|trial| trial.as_ref().and_then(|_| Some([whole, kept.next()?]))).collect())
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
    fn each_effort_takes_the_passes_that_it_names() {
        let of = |effort| AgreementPlan { effort, ..AgreementPlan::default() }.statistics();
        let ids = |effort| -> Vec<&str> {
            of(effort).iter().filter(|s| s.meta().needs == Needs::Itself).map(|s| s.meta().id).collect()
        };
        assert!(ids(Effort::Peers).is_empty() && ids(Effort::Masked).is_empty());
        assert_eq!(ids(Effort::Mirrored), ["mirrored"]);
        assert_eq!(ids(Effort::Itself), ["mirrored", "rescaled", "noisy", "itself"]);
        assert_eq!(ids(Effort::Full), ids(Effort::Itself));
    }

    #[test]
    fn alike_by_hand() {
        for (changes, expected) in
            [([-2.0, -1.0], true), ([-2.0, -0.9], false), ([-1.0, 1.0], false), ([0.5, 0.9], true), ([0.0, 0.0], false)]
        {
            assert_eq!(alike(changes.into_iter()), expected, "{changes:?}");
        }
    }
}
