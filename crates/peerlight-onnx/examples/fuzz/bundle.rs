//! Changes of a bundle, most of them of what it says of itself.

use std::collections::BTreeMap;

use peerlight_models::{
    Array, Bundle, Graph, GraphSpec, Manifest, Model, PeerManifest, Precision, micro,
    ops::{Input, Op},
};
use peerlight_onnx::{Options, import};
use serde_json::{Number, Value};

use crate::random::{Random, damage};

/// Bundles of networks made in code, and of those ONNX files that can run on images of their size.
pub fn seeds(files: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut seeds = vec![micro::bundle().expect("the networks of every self-test")];
    seeds.extend(files.iter().filter_map(|file| seed(file)));
    seeds
}

fn seed(file: &[u8]) -> Option<Vec<u8>> {
    let own = import(file, &Options::default()).ok()?;
    let manifest = micro::manifest(&micro::PEERS);
    let mut spec = GraphSpec::clone(own.graph.spec());
    let shape = [3, manifest.preprocess.side, manifest.preprocess.side];
    spec.nodes.first_mut()?.op = Op::Input(Input { shape });
    // Long lists of names would only take time.
    let graph = Graph::new(spec).ok().filter(|graph| graph.classes() <= 1000)?;
    let names = graph.parameters().iter().zip(own.values);
    let tensors: BTreeMap<String, Array> = names
        .map(|(parameter, values)| (format!("a.{}", parameter.name), Array { shape: parameter.shape.clone(), values }))
        .collect();
    let labels = (0..graph.classes()).map(|class| class.to_string()).collect();
    let model = Model::Graph(Box::new(graph.spec().clone()));
    let peers = vec![PeerManifest { model, ..PeerManifest::new("a", "graph") }];
    Bundle::write(&Manifest { peers, labels, ..manifest }, &tensors, Precision::Half).ok()
}

/// A seed with some changes.
pub fn changed(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.of(seeds).clone();
    if random.below(4) == 0 {
        // The head is where most is decided.
        let end = bytes.len().min(if random.below(2) == 0 { 4096 } else { usize::MAX });
        let rest = bytes.split_off(end);
        damage(random, &mut bytes);
        bytes.extend(rest);
        return bytes;
    }
    let length = bytes.first_chunk().map_or(0, |length| u64::from_le_bytes(*length)) as usize;
    let Some(Ok(mut head)) = bytes.get(8..8 + length).map(serde_json::from_slice::<Value>) else { return bytes };
    if random.below(3) == 0 {
        change(random, &mut head);
    }
    if let Some(text) = head.pointer_mut("/__metadata__/peerlight")
        && let Some(Ok(mut manifest)) = text.as_str().map(serde_json::from_str::<Value>)
    {
        for _ in 0..=random.below(4) {
            change(random, &mut manifest);
        }
        *text = Value::String(manifest.to_string());
    }
    let head = head.to_string().into_bytes();
    let mut out = (head.len() as u64).to_le_bytes().to_vec();
    out.extend(head);
    out.extend(&bytes[8 + length..]);
    out
}

/// Changes a value, or one inside it.
fn change(random: &mut Random, value: &mut Value) {
    let goes_down = random.below(8) > 0;
    match value {
        Value::Array(items) if goes_down && !items.is_empty() => {
            let at = random.below(items.len());
            match random.below(12) {
                0 => drop(items.remove(at)),
                1 => items.insert(at, items[at].clone()),
                2 => {
                    let other = random.below(items.len());
                    items.swap(at, other);
                }
                _ => change(random, &mut items[at]),
            }
        }
        Value::Object(fields) if goes_down && !fields.is_empty() => {
            let key = fields.keys().nth(random.below(fields.len())).cloned().unwrap_or_default();
            match random.below(12) {
                0 => drop(fields.remove(&key)),
                1 => drop(fields.insert(format!("{key}2"), Value::Null)),
                _ => change(random, &mut fields[&key]),
            }
        }
        _ => {
            *value = match random.below(8) {
                0 => Value::Null,
                1 => Value::String("input".into()),
                2 => Value::Array(vec![Value::from(random.number()); random.below(5)]),
                3 => Number::from_f64([-1.0, 0.5, 1e300, -0.0][random.below(4)]).into(),
                4 => Value::from(random.next() as i64),
                _ => Value::from(random.number()),
            }
        }
    }
}
