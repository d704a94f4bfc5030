//! The protocol's questions about agreement, answered from the records of many images.

use peerlight_core::Result;
use peerlight_explain::STATISTICS;

use super::{
    calibrate::{calibrate, halves},
    committees,
    plan::{AgreementPlan, Effort},
    regions,
    report::{AgreementReport, AgreementRow, Images, Measure, Tenth},
    sample::{Sample, above},
    stats::{calibration_error, isotonic, out_of_fold, parts, rate_at, wilson},
};
use crate::{
    bootstrap::resampled_means,
    figure::Estimate,
    record::{AgreementRecord, Record},
};

/// A figure of an image by its name.
type Figure<'a> = (&'a str, &'a dyn Fn(&AgreementRecord) -> Option<f64>);

impl Images {
    fn of<'a>(self, sample: &Sample<'a>) -> Sample<'a> {
        sample.only(|record, _| self == Self::All || record.small)
    }
}

/// The default statistic: the best one on the images that were for choosing. The best of the regional correlations
/// there. And their rivals.
const DEFAULT: &str = "reach-peers";
const LOCAL: &str = "regional-weighted";
const RIVALS: [&str; 5] = ["confidence", "regional-1", "mirrored", "spread", "reach"];

/// What is known without the statistic in question, and that statistic.
const CONTESTS: [(&[&str], &str); 14] = [
    (&["confidence", "same-class"], DEFAULT),
    (&["confidence", "same-class", "spread"], DEFAULT),
    (&["confidence", "spread", "reach"], DEFAULT),
    (&["confidence", "spread", "reach", "mirrored"], DEFAULT),
    (&["confidence", "spread", "reach", "itself"], DEFAULT),
    (&["confidence", "same-class"], LOCAL),
    (&["confidence", "same-class", "spread"], LOCAL),
    (&["confidence", "spread", "mirrored"], LOCAL),
    (&["confidence", "spread", "itself"], LOCAL),
    (&["confidence", "spread"], "reach"),
    (&["confidence", "spread"], "mirrored"),
    (&["confidence", "spread"], "itself"),
    (&["confidence", "spread", DEFAULT], "mirrored"),
    (&["confidence", "spread", DEFAULT], "itself"),
];

/// Answers the questions Q1 to Q7 from the records of a run. `ids` are the peers' ids; `seed` is that of resamples and
/// folds. None where nothing was measured.
///
/// # Errors
/// `ask-invalid` for a statistic that does not exist.
pub fn agreement_report(
    plan: &AgreementPlan,
    records: &[Record],
    ids: &[String],
    seed: u64,
) -> Result<Option<AgreementReport>> {
    if plan.effort == Effort::None || records.iter().all(|record| record.judged.is_empty()) {
        return Ok(None);
    }
    let mut report = AgreementReport::default();
    for request in &plan.methods {
        let method = request.spec();
        let maps = std::iter::once((None, "joint")).chain(ids.iter().enumerate().map(|(i, id)| (Some(i), id.as_str())));
        for (peer, map) in maps {
            let sample = Sample::new(records, &method, peer, seed);
            let mut answers = Answers { report: &mut report, method: &method, map, sample };
            answers.place();
            answers.answer();
            answers.faithful();
            if peer.is_none() {
                answers.regions();
                answers.calibrated(records)?;
            } else {
                answers.placed(&Sample::new(records, &method, None, seed));
            }
        }
        committees::answers(&mut report, &method, records, ids, seed);
    }
    report.rows.sort_by(|a, b| a.question.cmp(&b.question));
    Ok(Some(report))
}

/// Answers about one map.
pub(super) struct Answers<'a, 'r> {
    pub report: &'a mut AgreementReport,
    pub method: &'a str,
    pub map: &'a str,
    pub sample: Sample<'r>,
}

/// What a row says besides its estimate.
struct Said<'s> {
    question: &'s str,
    images: Images,
    of: String,
    against: Option<String>,
    measure: Measure,
    count: usize,
    positives: Option<usize>,
}

impl Answers<'_, '_> {
    fn add(&mut self, said: Said<'_>, Estimate { value, ci }: Estimate) {
        let Said { question, images, of, against, measure, count, positives } = said;
        self.report.rows.push(AgreementRow {
            question: question.into(),
            method: self.method.into(),
            map: self.map.into(),
            images,
            of,
            against,
            measure,
            value,
            ci,
            count,
            positives,
        });
    }

    /// Q1 and Q2: is the map's brightest place on the object?
    fn place(&mut self) {
        self.place_on(&[Images::All, Images::Small]);
    }

    pub(super) fn place_on(&mut self, images: &[Images]) {
        for &images in images {
            let sample = images.of(&self.sample).only(|_, judged| judged.hit.is_some());
            self.ranked("Q1", "Q2", images, &sample, |judged| judged.hit);
        }
    }

    /// Q3: is the answer right?
    fn answer(&mut self) {
        let sample = self.sample.only(|_, judged| judged.correct.is_some());
        self.ranked("Q3", "Q3", Images::All, &sample, |judged| judged.correct);
    }

    /// AUROC of every statistic and of combinations for a target, with the differences.
    fn ranked(
        &mut self,
        question: &str,
        combined: &str,
        images: Images,
        sample: &Sample<'_>,
        target: fn(&AgreementRecord) -> Option<bool>,
    ) {
        let targets = sample.targets(target);
        let (count, hits) = (targets.len(), targets.iter().filter(|target| **target).count());
        if hits == 0 || hits == count {
            return;
        }
        let known = STATISTICS.iter().map(|statistic| statistic.meta().id);
        let known: Vec<(&str, Vec<f64>)> = known.filter_map(|id| Some((id, sample.values(id)?))).collect();
        let columns: Vec<Vec<f64>> = known.iter().map(|(_, values)| values.clone()).collect();
        let aurocs = sample.aurocs(&columns, &targets);
        let of = |id: &str| known.iter().position(|(other, _)| *other == id).map(|place| &aurocs[place]);
        let said = |question, of: &str, against, measure| Said {
            question,
            images,
            of: of.into(),
            against,
            measure,
            count,
            positives: Some(hits),
        };
        for ((id, _), samples) in known.iter().zip(&aurocs) {
            self.add(said(question, id, None, Measure::Auroc), Estimate::of(samples));
        }
        for (own, rival) in [DEFAULT, LOCAL].into_iter().flat_map(|own| RIVALS.map(|rival| (own, rival))) {
            if let (Some(a), Some(b)) = (of(own), of(rival)) {
                let said = said(question, own, Some(rival.into()), Measure::AurocDifference);
                self.add(said, above(a, b));
            }
        }
        for (without, more) in CONTESTS {
            let with: Vec<&str> = without.iter().copied().chain([more]).collect();
            let (Some(less), Some(rows)) = (sample.rows(without), sample.rows(&with)) else { continue };
            let scores = [less, rows].map(|rows| out_of_fold(&rows, &targets, sample.seed));
            let found = sample.aurocs(&scores, &targets);
            let names = [without.join(" + "), with.join(" + ")];
            for (name, samples) in names.iter().zip(&found) {
                self.add(said(combined, name, None, Measure::Auroc), Estimate::of(samples));
            }
            let said = said(combined, &names[1], Some(names[0].clone()), Measure::AurocDifference);
            self.add(said, above(&found[1], &found[0]));
        }
    }

    /// Q4: is the map faithful? Correlation with the relative drop under top50.
    fn faithful(&mut self) {
        let (method, peer) = (self.method.to_owned(), self.sample.of.first().and_then(|(_, judged)| judged.peer));
        let drop = |record: &Record, judged: &AgreementRecord| match judged.masked {
            Some([whole, kept]) => Some((whole - kept).max(0.0) / whole),
            None => {
                let own = if peer.is_some() && method == "mutual" { "guided" } else { method.as_str() };
                let explained = |e: &&crate::record::Entry| {
                    e.method == own && peer.is_none_or(|peer| e.peer == peer) && e.class == judged.class
                };
                let entry = record.entries.iter().find(explained)?;
                *entry.figures.iter().find(|(key, _)| key.to_string() == "average-drop:top50")?.1
            }
        };
        let sample = self.sample.only(|record, judged| drop(record, judged).is_some());
        let drops: Vec<f64> = sample.of.iter().filter_map(|(record, judged)| drop(record, judged)).collect();
        for id in [DEFAULT, LOCAL, "regional-7", "regional-1", "mirrored", "confidence", "spread"] {
            let Some(values) = sample.values(id).filter(|_| drops.len() > 2) else { continue };
            let against = Some("drop, top50".to_owned());
            let (measure, count) = (Measure::Spearman, drops.len());
            let said =
                Said { question: "Q4", images: Images::All, of: id.into(), against, measure, count, positives: None };
            self.add(said, sample.rank_correlation(&values, &drops));
        }
    }

    /// Q5: what does one region's correlation say?
    fn regions(&mut self) {
        let sample = Images::Small.of(&self.sample).only(|_, judged| !judged.regions.is_empty());
        let most = regions::aurocs(&sample, |region| Some(region.inside > 0.5));
        let alike = regions::aurocs(&sample, |region| region.alike);
        let targets = [("most of the region in the box", most), ("hiding it changes all peers alike", alike)];
        for (target, found) in targets {
            let Some((estimates, count, positives)) = found else { continue };
            for ((of, _), estimate) in regions::SCORES.iter().zip(estimates) {
                let (against, measure, positives) = (Some(target.to_owned()), Measure::Auroc, Some(positives));
                let said = Said {
                    question: "Q5",
                    images: Images::Small,
                    of: (*of).into(),
                    against,
                    measure,
                    count,
                    positives,
                };
                self.add(said, estimate);
            }
        }
    }

    /// Q6: hit rates by tenths, and how well a fit to the images of odd numbers foretells those of even numbers.
    fn calibrated(&mut self, records: &[Record]) -> Result<()> {
        let small = |sample: &Sample<'_>| sample.targets(|judged| judged.hit);
        let kept = Images::Small.of(&self.sample).only(|_, judged| judged.hit.is_some());
        let targets = small(&kept);
        if let Some(values) = kept.values(DEFAULT) {
            self.tenths(DEFAULT, &values, &targets, None);
        }
        let [odd, even] = halves(records);
        let half =
            |records: &'_ [Record]| -> Vec<Record> { records.iter().filter(|record| record.small).cloned().collect() };
        let (odd, even) = (half(&odd), half(&even));
        let [fitted, tested] = [&odd, &even]
            .map(|half| Sample::new(half, self.method, None, kept.seed).only(|_, judged| judged.hit.is_some()));
        let truth = small(&tested);
        let said = |of: &str, against: &str, measure, count, positives| Said {
            question: "Q6",
            images: Images::Small,
            of: of.into(),
            against: Some(against.into()),
            measure,
            count,
            positives,
        };
        let hits = truth.iter().filter(|hit| **hit).count();
        if hits == 0 || hits == truth.len() {
            return Ok(());
        }
        if let (Some(from), Some(to)) = (fitted.values(DEFAULT), tested.values(DEFAULT)) {
            let blocks = isotonic(&from, &small(&fitted), 1);
            let foretold: Vec<f64> = to.iter().map(|value| rate_at(&blocks, *value)).collect();
            let error = Estimate { value: Some(calibration_error(&foretold, &truth)), ci: None };
            let what = "isotonic on odd, tested on even images";
            self.add(said(DEFAULT, what, Measure::CalibrationError, truth.len(), Some(hits)), error);
        }
        // Too few images for a calibration leave this out.
        if let Ok(found) = calibrate(&odd, self.method, "", "", kept.seed) {
            let scores: Vec<f64> = tested.of.iter().filter_map(|(_, judged)| found.score(&judged.values)).collect();
            let rate = |score: f64| {
                let clamped = score.clamp(found.steps[0].from, found.steps[found.steps.len() - 1].to);
                found.step(clamped).map_or(0.0, |step| step.rate)
            };
            let foretold: Vec<f64> = scores.iter().map(|score| rate(*score)).collect();
            let what = "fitted on odd, tested on even images";
            let ids: Vec<&str> = found.inputs.iter().map(|input| input.id.as_str()).collect();
            let name = ids.join(" + ");
            let error = Estimate { value: Some(calibration_error(&foretold, &truth)), ci: None };
            self.add(said(&name, what, Measure::CalibrationError, truth.len(), Some(hits)), error);
            let auroc = Estimate::of(&tested.aurocs(std::slice::from_ref(&scores), &truth)[0]);
            self.add(said(&name, what, Measure::Auroc, truth.len(), Some(hits)), auroc);
            self.tenths("combined", &scores, &truth, Some(&foretold));
        }
        Ok(())
    }

    fn tenths(&mut self, of: &str, values: &[f64], targets: &[bool], foretold: Option<&[f64]>) {
        for part in parts(values, 10) {
            let hits = part.iter().filter(|&&i| targets[i]).count();
            let mean = |of: &[f64]| part.iter().map(|&i| of[i]).sum::<f64>() / part.len() as f64;
            self.report.tenths.push(Tenth {
                method: self.method.into(),
                of: of.into(),
                from: values[part[0]],
                to: values[part[part.len() - 1]],
                images: part.len(),
                hits,
                ci: wilson(hits, part.len()),
                foretold: foretold.map(mean),
            });
        }
    }

    /// Q7: is the joint map better placed than this one, and better at explaining the peers' joint decision?
    pub(super) fn placed(&mut self, joint: &Sample<'_>) {
        if joint.of.len() != self.sample.of.len() {
            return;
        }
        let hit = |judged: &AgreementRecord| judged.hit.map(|hit| f64::from(u8::from(hit)));
        let drop = |judged: &AgreementRecord| judged.masked.map(|[y, o]| 100.0 * (y - o).max(0.0) / y);
        let increase = |judged: &AgreementRecord| judged.masked.map(|[y, o]| if o > y { 100.0 } else { 0.0 });
        let energy = |judged: &AgreementRecord| judged.energy;
        let figures: [Figure<'_>; 4] = [
            ("pointing", &hit),
            ("energy", &energy),
            ("drop of the mean probability", &drop),
            ("increase of the mean probability", &increase),
        ];
        for images in [Images::All, Images::Small] {
            for (of, figure) in figures {
                let column = |sample: &Sample<'_>| -> Vec<Option<f64>> {
                    let counts = |record: &Record| images == Images::All || record.small;
                    sample.of.iter().map(|(record, judged)| figure(judged).filter(|_| counts(record))).collect()
                };
                let columns = [column(joint), column(&self.sample)];
                let count = columns[0].iter().flatten().count();
                if count == 0 {
                    continue;
                }
                let means = resampled_means(&columns, joint.seed);
                let said = |against: Option<&str>, measure| Said {
                    question: "Q7",
                    images,
                    of: of.into(),
                    against: against.map(String::from),
                    measure,
                    count,
                    positives: None,
                };
                self.add(said(None, Measure::Mean), Estimate::of(&means[1]));
                self.add(said(Some("joint map minus this"), Measure::Difference), above(&means[0], &means[1]));
            }
        }
    }
}
