//! What the agreement of some of the peers is worth, and what other ways of fusing their maps bring.

use peerlight_explain::{Needs, statistic};

use super::{
    report::{AgreementReport, Images},
    sample::Sample,
    study::Answers,
    variants::{committees, fused, named},
};
use crate::record::{AgreementRecord, Record};

/// Answers about the joint maps of some of the peers; about each peer's own map beside every choice of others; and
/// about other fusions than the mutual map's.
pub fn answers(report: &mut AgreementReport, method: &str, records: &[Record], ids: &[String], seed: u64) {
    let id = |places: &[usize]| places.iter().map(|&place| ids[place].as_str()).collect::<Vec<_>>();
    let all = committees(ids.len());
    let pairs = named(method, &[]);
    if records.iter().flat_map(|record| &record.judged).any(|of| of.method.starts_with(&pairs)) {
        for places in &all {
            let name = named(method, &id(places));
            let sample = Sample::new(records, &name, None, seed);
            Answers { report, method: &name, map: "joint", sample }.place_on(&[Images::Small]);
        }
        for peer in 0..ids.len() {
            let others: Vec<usize> = (0..ids.len()).filter(|other| *other != peer).collect();
            let one = others.iter().map(|other| vec![*other]);
            let more = committees(others.len()).into_iter().map(|of| of.iter().map(|&i| others[i]).collect());
            for beside in one.chain(more) {
                let own = beside_others(records, method, (peer, &beside), ids);
                let sample = Sample::new(&own, method, Some(peer), seed);
                let map = format!("{} with {}", ids[peer], id(&beside).join("+"));
                Answers { report, method, map: &map, sample }.place_on(&[Images::Small]);
            }
        }
    }
    let joint = Sample::new(records, method, None, seed);
    for fusion in &super::fusions::FUSIONS {
        let name = fused(method, fusion.id);
        let sample = Sample::new(records, &name, None, seed);
        if !sample.of.is_empty() {
            Answers { report, method: &name, map: "joint", sample }.placed(&joint);
        }
    }
}

/// The images with a peer's own map alone, whose agreement is that with some others: the mean over the pairs.
fn beside_others(records: &[Record], method: &str, (peer, others): (usize, &[usize]), ids: &[String]) -> Vec<Record> {
    let pair = |other: &usize| {
        let [first, second] = if *other < peer { [*other, peer] } else { [peer, *other] };
        named(method, &[&ids[first], &ids[second]])
    };
    let pairs: Vec<String> = others.iter().map(pair).collect();
    let of_peers = |id: &str| statistic(id).is_ok_and(|of| of.meta().needs == Needs::Peers);
    let one = |record: &Record| {
        let find = |name: &str, peer| record.judged.iter().find(|of| of.method == name && of.peer == peer);
        let own = find(method, Some(peer))?;
        let with: Vec<&AgreementRecord> = pairs.iter().map(|name| find(name, None)).collect::<Option<_>>()?;
        let value = |(id, value): (&String, &f64)| {
            if !of_peers(id) {
                return Some((id.clone(), *value));
            }
            let sum: f64 = with.iter().map(|of| of.values.get(id)).sum::<Option<f64>>()?;
            Some((id.clone(), sum / with.len() as f64))
        };
        // Whether answers are the same was asked of all peers.
        let kept = own.values.iter().filter(|(id, _)| !id.starts_with("same-"));
        let values = kept.filter_map(value).collect();
        Some(Record { judged: vec![AgreementRecord { values, ..own.clone() }], ..record.clone() })
    };
    records.iter().filter_map(one).collect()
}
