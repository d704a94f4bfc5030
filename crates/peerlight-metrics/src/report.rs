//! Records of many images, pooled: the rows of a result, with intervals and paired differences.

use std::collections::BTreeMap;

use peerlight_core::Result;
use serde::Serialize;

use crate::{Entry, Masking, Means, Metric, Protocol, Record, interval, key, metric, resampled_means};

/// What a run came to, in the shape of a result file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// For each method, explained peer and masking one.
    pub rows: Vec<Row>,
    /// The first method against each of the others.
    pub paired: Vec<Paired>,
    /// The mean curves of insertion and deletion.
    pub curves: Vec<MeanCurve>,
    /// Mean correlation of the peers' maps over regions and images, as the page shows it; none for a peer alone.
    pub agreement: Option<f64>,
    /// Its 95 % interval.
    pub agreement_ci: Option<[f64; 2]>,
    /// How often each peer is right, where the images' classes are known.
    pub accuracy: BTreeMap<String, f64>,
    /// Images with a box that the networks can see.
    pub with_boxes: usize,
    /// Those of them whose boxes cover at most half of the image.
    pub with_small_boxes: usize,
}

/// One method on one explained peer with one masking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The method with its settings, as text.
    pub method: String,
    /// The explained peer's id.
    pub explained: String,
    /// How the map masks the image. Figures that do not mask are the same in every masking's row.
    pub masking: Masking,
    /// The metrics' figures over all images, such as `average_drop`, with their 95 % intervals, `average_drop_ci`.
    /// Those that need boxes are there a second time for small ones, `energy_small`.
    #[serde(flatten)]
    pub figures: BTreeMap<String, Number>,
    /// Mean number of passes from the image.
    pub forward: f64,
    /// Mean number of passes from a stage.
    pub partial: f64,
    /// Mean number of passes back.
    pub backward: f64,
    /// Mean milliseconds.
    pub milliseconds: f64,
    /// The most bytes that it took at once, where that is known.
    pub peak_memory: Option<u64>,
    /// Blank maps.
    pub blank: usize,
    /// How many of those held something that is no number.
    pub not_finite: usize,
}

/// A figure or its interval; none where there was nothing to pool.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// A figure.
    Figure(Option<f64>),
    /// A 95 % interval.
    Interval(Option<[f64; 2]>),
}

/// The difference of two methods on the same images.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Paired {
    /// The first method.
    pub a: String,
    /// The second.
    pub b: String,
    /// The explained peer's id.
    pub explained: String,
    /// How the maps mask the image, if they do.
    pub masking: Option<Masking>,
    /// The metric, as in the rows.
    pub metric: String,
    /// The first one's figure less the second one's.
    pub difference: f64,
    /// Its 95 % interval.
    pub ci: Option<[f64; 2]>,
}

/// The mean over the images of one curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeanCurve {
    /// The method with its settings, as text.
    pub method: String,
    /// The explained peer's id.
    pub explained: String,
    /// The metric, as in the rows.
    pub metric: String,
    /// The mean probability at each of the equal steps.
    pub y: Vec<f64>,
}

/// A figure of a row: the metric, the masking, and whether it is of small boxes alone.
#[derive(Clone, Copy)]
struct Column {
    metric: &'static dyn Metric,
    masking: Option<Masking>,
    small: bool,
}

impl Column {
    /// As records name it, small boxes apart.
    fn key(self) -> String {
        key(self.metric.meta().id, self.masking)
    }

    /// As rows name it.
    fn name(self) -> String {
        let id = self.metric.meta().id.replace('-', "_");
        if self.small { format!("{id}_small") } else { id }
    }

    /// Of one image.
    fn value(self, record: &Record, entry: &Entry) -> Option<f64> {
        let counts = record.small || !self.small;
        entry.figures.get(&self.key()).copied().flatten().filter(|_| counts)
    }
}

/// One method on one explained peer.
struct Lane {
    method: String,
    peer: usize,
    /// Of each column the figure of the sample and of each resample.
    pooled: Vec<Vec<f64>>,
}

/// Pools records of the same images. `ids` are the peers' ids, `seed` the resamples'.
///
/// # Errors
/// `ask-invalid` for a metric that there is not.
pub fn report(protocol: &Protocol, records: &[Record], ids: &[String], seed: u64) -> Result<Report> {
    let columns = columns(protocol, records)?;
    let methods: Vec<String> = protocol.methods.iter().map(|request| request.spec()).collect();
    let pairs = methods.iter().flat_map(|m| protocol.peers.iter().map(move |&peer| (m, peer)));
    let entries: Vec<_> = pairs.map(|(method, peer)| (method, peer, entries(records, method, peer))).collect();

    let values: Vec<Vec<Option<f64>>> = entries
        .iter()
        .flat_map(|(.., of)| columns.iter().map(|column| of.iter().map(|(r, e)| column.value(r, e)).collect()))
        .collect();
    let means = resampled_means(&values, seed);
    let lanes: Vec<Lane> = entries
        .iter()
        .zip(means.chunks(columns.len().max(1)))
        .map(|(&(method, peer, _), means)| Lane { method: method.clone(), peer, pooled: pooled(&columns, means) })
        .collect();

    let mut rows = Vec::new();
    let mut curves = Vec::new();
    for (lane, (.., of)) in lanes.iter().zip(&entries) {
        for masking in Masking::ALL {
            rows.push(row(lane, &columns, masking, of, &ids[lane.peer]));
        }
        curves.extend(mean_curves(lane, of, &ids[lane.peer]));
    }
    let paired = protocol.peers.iter().flat_map(|&peer| differences(&lanes, &columns, peer, &ids[peer])).collect();
    let boxed = records.iter().filter(|r| !r.boxes.is_empty());
    let right = |(peer, id): (usize, &String)| accuracy(records, peer).map(|part| (id.clone(), part));
    let agreement = &resampled_means(&[records.iter().map(|r| r.agreement).collect()], seed)[0];
    Ok(Report {
        rows,
        paired,
        curves,
        agreement: Some(agreement[0]).filter(|v| v.is_finite()),
        agreement_ci: interval(&agreement[1..]),
        accuracy: ids.iter().enumerate().filter_map(right).collect(),
        with_boxes: boxed.count(),
        with_small_boxes: records.iter().filter(|r| r.small).count(),
    })
}

/// Every figure that there is, in the order of the metrics.
fn columns(protocol: &Protocol, records: &[Record]) -> Result<Vec<Column>> {
    let there = |key: &str| records.iter().flat_map(|r| &r.entries).next().is_some_and(|e| e.figures.contains_key(key));
    let mut columns = Vec::new();
    for id in &protocol.metrics {
        let metric = metric(id)?;
        let maskings = std::iter::once(None).chain(Masking::ALL.map(Some));
        for masking in maskings.filter(|&masking| there(&key(id, masking))) {
            columns.push(Column { metric, masking, small: false });
            if metric.meta().boxes {
                columns.push(Column { metric, masking, small: true });
            }
        }
    }
    Ok(columns)
}

fn entries<'a>(records: &'a [Record], method: &str, peer: usize) -> Vec<(&'a Record, &'a Entry)> {
    let own = |e: &&Entry| e.peer == peer && e.method == method;
    records.iter().filter_map(|r| Some((r, r.entries.iter().find(own)?))).collect()
}

/// Of each column the figures, from the means of all columns.
fn pooled(columns: &[Column], means: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let places: BTreeMap<String, usize> =
        columns.iter().enumerate().filter(|(_, c)| !c.small).map(|(i, c)| (c.key(), i)).collect();
    let pool = |(i, column): (usize, &Column)| {
        let at = |sample: usize| {
            let own = column.key();
            let mean = |key: &str| match key == own {
                true => Some(means[i][sample]),
                false => places.get(key).map(|&place| means[place][sample]),
            };
            let mean: &Means<'_> = &mean;
            column.metric.pool(&own, mean).unwrap_or(f64::NAN)
        };
        (0..means[i].len()).map(at).collect()
    };
    columns.iter().enumerate().map(pool).collect()
}

fn row(lane: &Lane, columns: &[Column], masking: Masking, of: &[(&Record, &Entry)], id: &str) -> Row {
    let mut figures = BTreeMap::new();
    for (column, pooled) in columns.iter().zip(&lane.pooled) {
        if column.masking.is_none_or(|own| own == masking) {
            figures.insert(column.name(), Number::Figure(Some(pooled[0]).filter(|v| v.is_finite())));
            figures.insert(format!("{}_ci", column.name()), Number::Interval(interval(&pooled[1..])));
        }
    }
    let mean = |what: &dyn Fn(&Entry) -> f64| of.iter().map(|(_, e)| what(e)).sum::<f64>() / of.len().max(1) as f64;
    Row {
        method: lane.method.clone(),
        explained: id.into(),
        masking,
        figures,
        forward: mean(&|e| e.forward as f64),
        partial: mean(&|e| e.partial as f64),
        backward: mean(&|e| e.backward as f64),
        milliseconds: mean(&|e| e.ms),
        peak_memory: of.iter().filter_map(|(_, e)| e.memory).max(),
        blank: of.iter().filter(|(_, e)| e.blank).count(),
        not_finite: of.iter().filter(|(_, e)| !e.finite).count(),
    }
}

fn differences(lanes: &[Lane], columns: &[Column], peer: usize, id: &str) -> Vec<Paired> {
    let mut own = lanes.iter().filter(|lane| lane.peer == peer);
    let Some(first) = own.next() else { return Vec::new() };
    let mut paired = Vec::new();
    for other in own {
        for ((column, a), b) in columns.iter().zip(&first.pooled).zip(&other.pooled) {
            let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
            if differences[0].is_finite() {
                paired.push(Paired {
                    a: first.method.clone(),
                    b: other.method.clone(),
                    explained: id.into(),
                    masking: column.masking,
                    metric: column.name(),
                    difference: differences[0],
                    ci: interval(&differences[1..]),
                });
            }
        }
    }
    paired
}

fn mean_curves(lane: &Lane, of: &[(&Record, &Entry)], id: &str) -> Vec<MeanCurve> {
    let Some((_, first)) = of.first() else { return Vec::new() };
    let mean = |(metric, curve): (&String, &Vec<f32>)| {
        let mut sums = vec![0.0; curve.len()];
        for (_, entry) in of {
            let values = entry.curves.get(metric).into_iter().flatten();
            sums.iter_mut().zip(values).for_each(|(sum, &v)| *sum += f64::from(v));
        }
        MeanCurve {
            method: lane.method.clone(),
            explained: id.into(),
            metric: metric.replace('-', "_"),
            y: sums.into_iter().map(|sum| sum / of.len() as f64).collect(),
        }
    };
    first.curves.iter().map(mean).collect()
}

/// The part of the images of known class that a peer is right about.
fn accuracy(records: &[Record], peer: usize) -> Option<f64> {
    let right: Vec<bool> = records.iter().filter_map(|r| Some(r.class? == *r.says.get(peer)?)).collect();
    (!right.is_empty()).then(|| right.iter().filter(|&&r| r).count() as f64 / right.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use peerlight_core::Rect;
    use peerlight_explain::Request;

    fn protocol() -> Protocol {
        Protocol {
            methods: ["cam", "grad-cam"].map(Request::of).into(),
            peers: vec![0, 1],
            metrics: vec!["average-drop", "complexity", "coherency", "adcc", "energy"],
        }
    }

    /// Four images, of which the first two have boxes and the first a small one.
    fn records() -> Vec<Record> {
        let entry = |method: &str, peer: usize, i: usize| {
            let drop = (10 * i + peer) as f64 + if method == "cam" { 0.0 } else { 5.0 };
            let figures: [(&str, Option<f64>); 7] = [
                ("average-drop:top50", Some(drop)),
                ("average-drop:soft", Some(drop / 2.0)),
                ("average-drop:soft-normalised", Some(drop / 4.0)),
                ("complexity", Some(0.5)),
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
                forward: 1,
                partial: i,
                backward: 0,
                ms: 2.0,
                memory: Some(100 + i as u64),
                figures: figures.map(|(key, value)| (key.into(), value)).into(),
                curves: [("insertion".into(), vec![0.0, i as f32])].into(),
            }
        };
        let record = |i: usize| Record {
            image: i.to_string(),
            class: Some(0),
            boxes: if i < 2 { vec![Rect::from([0.0, 0.0, 1.0, 1.0])] } else { Vec::new() },
            small: i == 0,
            agreement: Some(0.25 * i as f64),
            says: vec![i, 0],
            entries: ["cam", "grad-cam"].iter().flat_map(|m| [0, 1].map(|peer| entry(m, peer, i))).collect(),
        };
        (0..4).map(record).collect()
    }

    #[test]
    fn rows_and_differences_by_hand() {
        let found = report(&protocol(), &records(), &["first".into(), "second".into()], 0).unwrap();
        assert_eq!(found.rows.len(), 2 * 2 * 3);
        let row = &found.rows[4];
        assert_eq!((row.method.as_str(), row.explained.as_str(), row.masking), ("cam", "second", Masking::Soft));
        // Drops of (1, 11, 21, 31) / 2, and 3 / (1 + 1/0.5 + 1/(1 - 0.08)).
        assert_eq!(row.figures["average_drop"], Number::Figure(Some(8.0)));
        let Number::Figure(Some(adcc)) = row.figures["adcc"] else { panic!("{:?}", row.figures) };
        assert!((adcc - 3.0 / (3.0 + 1.0 / 0.92)).abs() < 1e-12);
        assert_eq!(row.figures["energy"], Number::Figure(Some(0.375)));
        assert_eq!(row.figures["energy_small"], Number::Figure(Some(0.25)));
        assert_eq!(row.figures["complexity_ci"], Number::Interval(Some([0.5, 0.5])));
        assert_eq!((row.partial, row.milliseconds, row.peak_memory), (1.5, 2.0, Some(103)));
        assert_eq!((row.blank, row.not_finite), (1, 1));
        assert_eq!((found.with_boxes, found.with_small_boxes, found.accuracy["first"]), (2, 1, 0.25));
        assert_eq!((found.accuracy["second"], found.agreement), (1.0, Some(0.375)));
        assert_eq!(found.curves[0].y, [0.0, 1.5]);

        let paired =
            found.paired.iter().find(|p| p.explained == "second" && p.masking == Some(Masking::Top50)).unwrap();
        assert_eq!((paired.a.as_str(), paired.b.as_str(), paired.metric.as_str()), ("cam", "grad-cam", "average_drop"));
        // The same images: the difference is the same on each.
        assert!((paired.difference + 5.0).abs() < 1e-12);
        let [low, high] = paired.ci.unwrap();
        assert!((low + 5.0).abs() < 1e-9 && (high + 5.0).abs() < 1e-9);
    }

    #[test]
    fn json_has_the_protocols_shape() {
        let found = report(&protocol(), &records(), &["first".into(), "second".into()], 0).unwrap();
        let json = serde_json::to_value(&found).unwrap();
        let row = json["rows"][0].as_object().unwrap();
        for name in ["method", "explained", "average_drop", "adcc", "energy_small", "forward", "milliseconds", "blank"]
        {
            assert!(row.contains_key(name), "{name}");
        }
        assert_eq!(row["masking"], "top50");
        assert_eq!(row["average_drop_ci"].as_array().unwrap().len(), 2);
        let record = records().remove(0);
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&line).unwrap(), record);
    }
}
