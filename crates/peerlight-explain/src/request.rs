//! What is asked of one method.

use std::{collections::BTreeMap, str::FromStr};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

use crate::setting::Value;

/// A second class, whose score is taken away: what is explained is then why the first and not the second.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contrast {
    /// Index of the class.
    pub class: usize,
    /// What its logit is multiplied by.
    #[serde(default = "one")]
    pub gamma: f32,
}

fn one() -> f32 {
    1.0
}

/// What is asked of one method. From text, with every peer and the predicted class: `score-cam`,
/// `layer-cam:stages=4+5+6+7`, `mutual:evidence=attention:fuse=product`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method's id.
    pub method: String,
    /// The stages that it reads, counted from 1; none for the method's own.
    #[serde(default)]
    pub stages: Option<Vec<usize>>,
    /// What is chosen of its settings.
    #[serde(default)]
    pub settings: BTreeMap<String, Value>,
    /// The peer to explain, counted from 0; none for all of them, whose maps are averaged.
    #[serde(default)]
    pub peer: Option<usize>,
    /// The class to explain; none for the one that the explained peers think likeliest.
    #[serde(default)]
    pub target: Option<usize>,
    /// The class that it is told from, or none.
    #[serde(default)]
    pub contrast: Option<Contrast>,
}

impl Request {
    /// A method with its defaults.
    pub fn of(method: &str) -> Self {
        Self { method: method.into(), ..Self::default() }
    }

    /// The method with what was chosen of its stages and settings, as text.
    pub fn spec(&self) -> String {
        let stages = self.stages.iter().map(|stages| {
            let numbers: Vec<_> = stages.iter().map(usize::to_string).collect();
            format!(":stages={}", numbers.join("+"))
        });
        let settings = self.settings.iter().map(|(name, value)| format!(":{name}={value}"));
        std::iter::once(self.method.clone()).chain(stages).chain(settings).collect()
    }
}

impl FromStr for Request {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = |part: &str| {
            let text = format!("'{part}' is no setting. Write METHOD:NAME=VALUE, such as layer-cam:stages=5+6+7.");
            Error::new(Code::AskInvalid, text)
        };
        let mut parts = text.split(':');
        let mut request = Self::of(parts.next().unwrap_or_default());
        for part in parts {
            let (name, value) = part.split_once('=').ok_or_else(|| refused(part))?;
            if name == "stages" {
                let stages: std::result::Result<_, _> = value.split('+').map(str::parse).collect();
                request.stages = Some(stages.map_err(|_| refused(part))?);
            } else {
                let value = value.parse().map_or_else(|_| Value::Text(value.into()), Value::Number);
                request.settings.insert(name.into(), value);
            }
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_as_it_is_written() {
        for text in ["cam", "layer-cam:stages=4+5", "score-cam:channels=64", "mutual:stages=7:fuse=product:grid=4"] {
            assert_eq!(text.parse::<Request>().unwrap().spec(), text);
        }
        for text in ["cam:stages=", "cam:stages=4,5", "cam:nothing"] {
            assert_eq!(text.parse::<Request>().unwrap_err().code(), Code::AskInvalid, "{text}");
        }
    }

    #[test]
    fn a_request_reads_from_json() {
        let json = r#"{"method":"score-cam","settings":{"channels":64,"mode":"a"},"stages":[7],"peer":0,"target":3,"contrast":{"class":5}}"#;
        let request: Request = serde_json::from_str(json).unwrap();
        assert_eq!(request.spec(), "score-cam:stages=7:channels=64:mode=a");
        assert_eq!((request.peer, request.target), (Some(0), Some(3)));
        assert_eq!(request.contrast, Some(Contrast { class: 5, gamma: 1.0 }));
        assert!(
            serde_json::from_str::<Request>(r#"{"method":"cam","taget":3}"#).is_err(),
            "a misspelt field is refused"
        );
    }
}
