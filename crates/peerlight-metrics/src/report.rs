//! Records of many images, pooled to the rows of a result with intervals and paired differences.

use peerlight_core::Result;
use peerlight_explain::{Family, explainer};

use crate::{
    bootstrap::{interval, resampled_means},
    figure::{Boxes, Estimate, FigureKey},
    masking::Masking,
    metrics::metric,
    pool::{Statistic, difference, pooled},
    protocol::Protocol,
    record::{Entry, Record},
    result_file::{Best, MeanCurve, Paired, Report, Row},
};

/// One method on one explained peer.
struct Series<'a> {
    method: String,
    /// A control is no explanation: it is never the best.
    control: bool,
    peer: usize,
    /// The peer's id.
    id: &'a str,
    of: Vec<(&'a Record, &'a Entry)>,
    /// The figures of every key, in the sample and in each resample.
    samples: Vec<Vec<f64>>,
}

/// Pools records of the same images. `ids` are the peers' ids, `seed` is the seed of the resamples.
///
/// # Errors
/// `ask-invalid` for a method or metric that does not exist.
pub fn report(protocol: &Protocol, records: &[Record], ids: &[String], seed: u64) -> Result<Report> {
    let keys = keys(protocol, records)?;
    let mut all = Vec::new();
    for request in &protocol.methods {
        let (method, control) = (request.spec(), explainer(&request.method)?.meta().family == Family::Control);
        for &peer in &protocol.peers {
            let own = |e: &&Entry| e.peer == peer && e.method == method;
            let of = records.iter().filter_map(|r| Some((r, r.entries.iter().find(own)?))).collect();
            all.push(Series { method: method.clone(), control, peer, id: &ids[peer], of, samples: Vec::new() });
        }
    }
    let column =
        |series: &Series<'_>, key: &FigureKey| series.of.iter().map(|(r, e)| value(r, e, *key)).collect::<Vec<_>>();
    let values: Vec<_> = all.iter().flat_map(|series| keys.iter().map(|key| column(series, key))).collect();
    let statistics: Vec<_> = keys.iter().copied().map(Statistic::Figure).collect();
    let means = resampled_means(&values, seed);
    for (series, means) in all.iter_mut().zip(means.chunks(keys.len().max(1))) {
        series.samples = pooled(&statistics, means)?;
    }

    let (mut paired, mut best) = (Vec::new(), Vec::new());
    for &peer in &protocol.peers {
        let own: Vec<_> = all.iter().filter(|series| series.peer == peer).collect();
        paired.extend(differences(&own, &keys));
        best.extend(best_of(&own, &keys)?);
    }
    let agreement = &resampled_means(&[records.iter().map(|r| r.agreement).collect()], seed)[0];
    let agreement = Estimate::of(agreement);
    let accuracy_of = |(peer, id): (usize, &String)| accuracy(records, peer).map(|fraction| (id.clone(), fraction));
    Ok(Report {
        rows: all.iter().flat_map(|series| Masking::ALL.map(|masking| row(series, &keys, masking))).collect(),
        paired,
        best,
        curves: all.iter().flat_map(mean_curves).collect(),
        agreement: agreement.value,
        agreement_ci: agreement.ci,
        accuracy: ids.iter().enumerate().filter_map(accuracy_of).collect(),
        with_boxes: records.iter().filter(|r| !r.boxes.is_empty()).count(),
        with_small_boxes: records.iter().filter(|r| r.small).count(),
    })
}

/// The keys of all figures that the records have, in the order of the metrics.
fn keys(protocol: &Protocol, records: &[Record]) -> Result<Vec<FigureKey>> {
    let first = records.iter().flat_map(|r| &r.entries).next();
    let mut keys = Vec::new();
    for &id in &protocol.metrics {
        let boxes = metric(id.as_str())?.meta().boxes;
        for masking in std::iter::once(None).chain(Masking::ALL.map(Some)) {
            let key = FigureKey::new(id, masking);
            if first.is_some_and(|entry| entry.figures.contains_key(&key)) {
                keys.push(key);
                keys.extend(boxes.then_some(FigureKey { boxes: Boxes::Small, ..key }));
            }
        }
    }
    Ok(keys)
}

/// The figure of one image; none if the image does not count.
fn value(record: &Record, entry: &Entry, key: FigureKey) -> Option<f64> {
    let counts = record.small || key.boxes == Boxes::All;
    entry.figures.get(&FigureKey { boxes: Boxes::All, ..key }).copied().flatten().filter(|_| counts)
}

fn row(series: &Series<'_>, keys: &[FigureKey], masking: Masking) -> Row {
    let of = &series.of;
    let own = keys.iter().zip(&series.samples).filter(|(key, _)| key.masking.is_none_or(|own| own == masking));
    let mean = |what: &dyn Fn(&Entry) -> f64| of.iter().map(|(_, e)| what(e)).sum::<f64>() / of.len().max(1) as f64;
    let tied: Option<Vec<f64>> = of.iter().map(|(_, e)| e.tied).collect();
    Row {
        method: series.method.clone(),
        explained: series.id.into(),
        masking,
        figures: own.map(|(key, samples)| (FigureKey { masking: None, ..*key }, Estimate::of(samples))).collect(),
        forward: mean(&|e| e.forward as f64),
        partial: mean(&|e| e.partial as f64),
        backward: mean(&|e| e.backward as f64),
        milliseconds: mean(&|e| e.ms),
        peak_memory: of.iter().filter_map(|(_, e)| e.memory).max(),
        blank: of.iter().filter(|(_, e)| e.blank).count(),
        not_finite: of.iter().filter(|(_, e)| !e.finite).count(),
        tied: tied.filter(|tied| !tied.is_empty()).map(|tied| tied.iter().sum::<f64>() / tied.len() as f64),
    }
}

/// The first method's differences from each of the others.
fn differences(all: &[&Series<'_>], keys: &[FigureKey]) -> Vec<Paired> {
    let Some((first, others)) = all.split_first() else { return Vec::new() };
    let mut paired = Vec::new();
    for other in others {
        for ((key, a), b) in keys.iter().zip(&first.samples).zip(&other.samples) {
            let samples = difference(a, b);
            if samples[0].is_finite() {
                paired.push(Paired {
                    a: first.method.clone(),
                    b: other.method.clone(),
                    explained: first.id.into(),
                    key: *key,
                    difference: samples[0],
                    ci: interval(&samples[1..]),
                });
            }
        }
    }
    paired
}

/// The methods that cannot be told from the best one, for each key.
fn best_of(all: &[&Series<'_>], keys: &[FigureKey]) -> Result<Vec<Best>> {
    let mut found = Vec::new();
    for (i, key) in keys.iter().enumerate() {
        let better = metric(key.metric.as_str())?.meta().better;
        let rivals: Vec<_> = all.iter().filter(|s| !s.control && s.samples[i][0].is_finite()).collect();
        let best =
            rivals.iter().copied().reduce(|a, b| if better.prefers(b.samples[i][0], a.samples[i][0]) { b } else { a });
        let Some(best) = best else { continue };
        let alike = |other: &Series<'_>| {
            let interval = interval(&difference(&best.samples[i], &other.samples[i])[1..]);
            interval.is_none_or(|[low, high]| low <= 0.0 && 0.0 <= high)
        };
        let methods = rivals.iter().filter(|other| alike(other)).map(|other| other.method.clone()).collect();
        found.push(Best { explained: best.id.into(), key: *key, methods });
    }
    Ok(found)
}

fn mean_curves<'a>(series: &'a Series<'_>) -> impl Iterator<Item = MeanCurve> + use<'a> {
    let of = &series.of;
    let first = of.first().into_iter().flat_map(|(_, first)| &first.curves);
    first.map(move |(metric, curve)| {
        let mut sums = vec![0.0; curve.len()];
        for (_, entry) in of {
            let values = entry.curves.get(metric).into_iter().flatten();
            sums.iter_mut().zip(values).for_each(|(sum, &v)| *sum += f64::from(v));
        }
        MeanCurve {
            method: series.method.clone(),
            explained: series.id.into(),
            metric: *metric,
            y: sums.into_iter().map(|sum| sum / of.len() as f64).collect(),
        }
    })
}

/// The fraction of the images of known class that a peer recognizes.
fn accuracy(records: &[Record], peer: usize) -> Option<f64> {
    let correct: Vec<bool> = records.iter().filter_map(|r| Some(r.class? == *r.predicted.get(peer)?)).collect();
    (!correct.is_empty()).then(|| correct.iter().filter(|&&c| c).count() as f64 / correct.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use peerlight_core::Rect;
    use peerlight_explain::Request;

    const METHODS: [&str; 3] = ["cam", "grad-cam", "control-ones"];

    fn protocol() -> Protocol {
        Protocol {
            methods: METHODS.map(Request::of).into(),
            peers: vec![0, 1],
            metrics: ["average-drop", "complexity", "coherency", "adcc", "energy"].map(|id| id.parse().unwrap()).into(),
            agreement: Default::default(),
        }
    }

    fn key(text: &str) -> FigureKey {
        text.parse().unwrap()
    }

    /// Four images, of which the first two have boxes and the first a small one.
    fn records() -> Vec<Record> {
        let entry = |method: &str, peer: usize, i: usize| {
            let control = method == "control-ones";
            let drop = (10 * i + peer) as f64 + if method == "grad-cam" { 5.0 } else { 0.0 };
            let figures: [(&str, Option<f64>); 7] = [
                ("average-drop:top50", Some(if control { 0.0 } else { drop })),
                ("average-drop:soft", Some(drop / 2.0)),
                ("average-drop:soft-normalised", Some(drop / 4.0)),
                // Better by one method on half of the images, and by the other on the other half.
                ("complexity", Some(if (i < 2) == (method == "cam") { 0.6 } else { 0.4 })),
                ("coherency", Some(1.0)),
                ("adcc", Some(0.0)),
                ("energy", (i < 2).then_some(0.25 * (i + 1) as f64)),
            ];
            Entry {
                method: method.into(),
                peer,
                class: i,
                probability: 0.5,
                blank: i == 3 && method == "cam",
                finite: i != 3 || method != "cam",
                tied: Some(if control { 1.0 } else { 0.25 * i as f64 }),
                forward: 1,
                partial: i,
                backward: 0,
                ms: 2.0,
                memory: Some(100 + i as u64),
                figures: figures.map(|(text, value)| (key(text), value)).into(),
                curves: [("insertion".parse().unwrap(), vec![0.0, i as f32])].into(),
            }
        };
        let record = |i: usize| Record {
            image: i.to_string(),
            class: Some(0),
            boxes: if i < 2 { vec![Rect::from([0.0, 0.0, 1.0, 1.0])] } else { Vec::new() },
            small: i == 0,
            agreement: Some(0.25 * i as f64),
            predicted: vec![i, 0],
            entries: METHODS.iter().flat_map(|m| [0, 1].map(|peer| entry(m, peer, i))).collect(),
            judged: Vec::new(),
        };
        (0..4).map(record).collect()
    }

    fn found() -> Report {
        report(&protocol(), &records(), &["first".into(), "second".into()], 0).unwrap()
    }

    #[test]
    fn rows_by_hand() {
        let found = found();
        assert_eq!(found.rows.len(), 3 * 2 * 3);
        let row = &found.rows[4];
        assert_eq!((row.method.as_str(), row.explained.as_str(), row.masking), ("cam", "second", Masking::Soft));
        let value = |text: &str| row.figures[&key(text)].value.unwrap();
        // Drops of (1, 11, 21, 31) / 2, and 3 / (1 + 1/0.5 + 1/(1 - 0.08)).
        assert_eq!(value("average-drop"), 8.0);
        assert!((value("adcc") - 3.0 / (3.0 + 1.0 / 0.92)).abs() < 1e-12);
        assert_eq!((value("energy"), value("energy:small")), (0.375, 0.25));
        assert_eq!(row.figures[&key("coherency")].ci, Some([1.0, 1.0]));
        assert_eq!((row.partial, row.milliseconds, row.peak_memory), (1.5, 2.0, Some(103)));
        assert_eq!((row.blank, row.not_finite), (1, 1));
        assert_eq!((row.tied, row.is_tied(), found.rows[12].is_tied()), (Some(0.375), false, true));
        assert_eq!((found.with_boxes, found.with_small_boxes, found.accuracy["first"]), (2, 1, 0.25));
        assert_eq!((found.accuracy["second"], found.agreement), (1.0, Some(0.375)));
        assert_eq!(found.curves[0].y, [0.0, 1.5]);
    }

    #[test]
    fn differences_by_hand() {
        let found = found();
        let paired = found.difference("second", key("average-drop:top50"), "grad-cam").unwrap();
        assert_eq!((paired.a.as_str(), paired.explained.as_str()), ("cam", "second"));
        // The same images: the difference is the same on each.
        assert!((paired.difference + 5.0).abs() < 1e-12);
        let [low, high] = paired.ci.unwrap();
        assert!((low + 5.0).abs() < 1e-9 && (high + 5.0).abs() < 1e-9);
    }

    #[test]
    fn the_best_are_those_that_nothing_tells_apart_and_no_controls() {
        let found = found();
        let best = |text: &str| METHODS.map(|method| found.is_best("first", key(text), method));
        // The control has no drop at all; of the others, one is 5 lower on every image.
        assert_eq!(best("average-drop:top50"), [true, false, false]);
        // Each is better on two images of four.
        assert_eq!(best("complexity"), [true, true, false]);
    }

    #[test]
    fn json_has_the_protocols_shape_and_is_read_again() {
        let found = found();
        let json = serde_json::to_value(&found).unwrap();
        let row = json["rows"][0].as_object().unwrap();
        for name in ["method", "explained", "average_drop", "adcc", "energy_small", "forward", "milliseconds", "blank"]
        {
            assert!(row.contains_key(name), "{name}");
        }
        assert_eq!(row["masking"], "top50");
        assert_eq!(row["average_drop_ci"].as_array().unwrap().len(), 2);
        assert_eq!(
            (&json["paired"][0]["metric"], &json["paired"][0]["masking"]),
            (&"average_drop".into(), &"top50".into())
        );
        assert_eq!(json["curves"][0]["metric"], "insertion");
        assert_eq!(serde_json::from_value::<Report>(json).unwrap(), found);
    }
}
