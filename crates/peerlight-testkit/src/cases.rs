//! The golden maps of every method, and a session's distance from them. Runs natively and in a browser.

use std::collections::BTreeMap;

use peerlight_explain::{Explanation, ForwardPass, Request, Session, Silent, Value, Versus};
use serde::Deserialize;

/// How far a map may be from the reference: largest difference of a value in 0..=1.
pub const TOLERANCE: f64 = 1e-4;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

/// One map that somebody else's code made.
#[derive(Deserialize)]
pub struct Case {
    net: String,
    /// The image's name in tests/golden/crops.
    pub image: String,
    /// The method's id.
    pub method: String,
    /// The layers that are read; none stands for the method's own choice.
    #[serde(default)]
    pub stages: Vec<usize>,
    settings: BTreeMap<String, serde_json::Value>,
    target: usize,
    contrast: Option<Versus>,
    source: String,
    shape: [usize; 2],
    values: Option<Vec<f64>>,
    #[serde(default)]
    at: Vec<usize>,
    #[serde(default)]
    value: Vec<f64>,
    sum: Option<f64>,
}

/// The cases of these nets: the first is a session's peer 0, and so on.
pub fn of_nets(nets: &[&str]) -> Vec<(usize, Case)> {
    let golden: Golden = serde_json::from_str(include_str!("../../../tests/golden/methods.json")).unwrap();
    let peer = |case: &Case| nets.iter().position(|net| *net == case.net);
    let cases: Vec<_> = golden.cases.into_iter().filter_map(|case| Some((peer(&case)?, case))).collect();
    assert!(cases.len() > 20, "only {} cases of {nets:?}", cases.len());
    cases
}

/// The cases that are farther off than `tolerance`, in words.
pub async fn compare(
    session: &Session,
    cases: &[(usize, Case)],
    look: &mut dyn FnMut(&str) -> ForwardPass,
    tolerance: f64,
) -> Vec<String> {
    let mut scenes = BTreeMap::new();
    let mut wrong = Vec::new();
    for (peer, case) in cases {
        let pass = scenes.entry(case.image.clone()).or_insert_with(|| look(&case.image));
        match session.explain(pass, &case.request(*peer), &Silent).await {
            Ok(made) => {
                let off = case.off(&made);
                println!("{off:.1e}  {}", case.name());
                if !off.is_finite() || off > tolerance {
                    wrong.push(format!("{off:.1e}  {}", case.name()));
                }
            }
            Err(error) => wrong.push(format!("{error}: {}", case.name())),
        }
    }
    wrong
}

impl Case {
    fn request(&self, peer: usize) -> Request {
        Request {
            method: self.method.clone(),
            layers: Some(self.stages.iter().map(|&layer| layer.into()).collect())
                .filter(|layers: &Vec<_>| !layers.is_empty()),
            settings: self.settings.iter().map(|(id, value)| (id.clone(), setting(value))).collect(),
            peer: Some(peer),
            target: Some(self.target.into()),
            versus: self.contrast.clone(),
            ..Request::default()
        }
    }

    /// The largest distance of a value from the reference, and of the mean; infinite if one is not a number.
    fn off(&self, made: &Explanation) -> f64 {
        let values = &made.raw.values;
        assert_eq!([made.raw.rows, made.raw.columns], self.shape, "{}", self.name());
        let distance = |(got, expected): (f64, &f64)| {
            let off = (got - expected).abs();
            if off.is_nan() { f64::INFINITY } else { off }
        };
        let whole: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let mean_off = self.sum.map_or(0.0, |sum| distance((whole.iter().sum(), &sum)) / whole.len() as f64);
        let off = match &self.values {
            Some(expected) => {
                assert_eq!(expected.len(), whole.len(), "{}", self.name());
                whole.into_iter().zip(expected).map(distance).fold(0.0, f64::max)
            }
            None => self.at.iter().map(|&at| whole[at]).zip(&self.value).map(distance).fold(0.0, f64::max),
        };
        off.max(mean_off)
    }

    fn name(&self) -> String {
        let Case { method, image, net, stages, settings, target, source, .. } = self;
        let settings = serde_json::to_string(settings).unwrap();
        let contrast = if self.contrast.is_some() { " with contrast" } else { "" };
        format!("{method} of {image} by {net} at {stages:?}, {settings}, class {target}{contrast}, from {source}")
    }
}

/// Python's number, text or truth as a setting's value.
fn setting(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Bool(yes) => Value::Number(f64::from(u8::from(*yes))),
        value => serde_json::from_value(value.clone()).unwrap(),
    }
}
