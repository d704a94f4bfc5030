//! Requests for an explanation, and their text form.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

use crate::{
    ByName, Versus, explainer,
    options::GRID,
    setting::{Handle, Value},
};

/// Request for an explanation: a method, its settings, and the peers and the class to explain.
///
/// The default is the mutual map of all peers for the class with the highest mean probability. A request can be parsed
/// from text and from JSON. JSON may use the older names `stages` for `layers`, and `contrast` with `gamma` for
/// `versus` with `weight`.
///
/// ```
/// use peerlight_explain::{Evidence, Request, options::EVIDENCE};
///
/// let request: Request = "mutual:evidence=attention:grid=4".parse()?;
/// assert_eq!(request, Request { grid: 4, ..Request::of("mutual").with(&EVIDENCE, Evidence::Attention) });
/// # Ok::<(), peerlight_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields = nullable))]
pub struct Request {
    /// Id of the method.
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>", optional))]
    pub method: String,
    /// Layers to read, by their numbers, counted from 1, or by their names. A peer that has none of the named layers
    /// reads the method's default, and so does every peer with `None`.
    #[serde(alias = "stages")]
    pub layers: Option<Vec<ByName>>,
    /// Chosen settings of the method by their ids. The others have their defaults.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, number | string>", optional))]
    pub settings: BTreeMap<String, Value>,
    /// Index of the peer to explain, counted from 0. `None` for all peers.
    pub peer: Option<usize>,
    /// Index or name of the class to explain. `None` for the class with the highest mean probability over the explained
    /// peers. A peer that does not have the class explains its own first one.
    pub target: Option<ByName>,
    /// Class to compare with, if any (Finer-CAM).
    #[serde(alias = "contrast")]
    pub versus: Option<Versus>,
    /// Number of regions per side over which the peers' maps are compared, 1 to 56.
    #[cfg_attr(feature = "typescript", ts(as = "Option<usize>", optional))]
    pub grid: usize,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "mutual".into(),
            layers: None,
            settings: BTreeMap::new(),
            peer: None,
            target: None,
            versus: None,
            grid: default_grid(),
        }
    }
}

fn default_grid() -> usize {
    GRID.read(&GRID.setting.default())
}

impl Request {
    /// Creates a request for a method with its defaults.
    pub fn of(method: &str) -> Self {
        Self { method: method.into(), ..Self::default() }
    }

    /// Chooses the layers to read, by their numbers or names.
    pub fn at<L: Into<ByName>>(mut self, layers: impl IntoIterator<Item = L>) -> Self {
        self.layers = Some(layers.into_iter().map(Into::into).collect());
        self
    }

    /// Chooses the class to explain, by its index or name.
    pub fn explaining(mut self, class: impl Into<ByName>) -> Self {
        self.target = Some(class.into());
        self
    }

    /// Chooses a setting of the method.
    pub fn with<H: Handle>(mut self, handle: &H, value: H::Value) -> Self {
        self.settings.insert(handle.setting().id.into(), handle.write(value));
        self
    }

    /// Text form: the method with the chosen layers, settings and grid. [`str::parse`] reads it back.
    pub fn spec(&self) -> String {
        let layers = self.layers.iter().map(|layers| {
            let layers: Vec<_> = layers.iter().map(|layer| escaped(&layer.to_string())).collect();
            format!(":layers={}", layers.join("+"))
        });
        let settings = self.settings.iter().map(|(name, value)| format!(":{name}={value}"));
        let grid = (self.grid != default_grid()).then(|| format!(":grid={}", self.grid));
        std::iter::once(self.method.clone()).chain(layers).chain(settings).chain(grid).collect()
    }
}

impl FromStr for Request {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let refused = |part: &str| {
            let text = format!("'{part}' is not a setting. Write METHOD:NAME=VALUE, such as layer-cam:layers=5+6+7.");
            Error::new(Code::AskInvalid, text)
        };
        let mut parts = text.split(':');
        let mut request = Self::of(parts.next().unwrap_or_default());
        let mut names = BTreeSet::new();
        for part in parts {
            let (name, value) = part.split_once('=').ok_or_else(|| refused(part))?;
            let own = if name == "stages" { "layers" } else { current(&request.method, name) };
            if !names.insert(own) {
                let text = format!("'{own}' is given twice in '{text}'. Give it once.");
                return Err(Error::new(Code::AskInvalid, text));
            }
            match name {
                "layers" | "stages" => {
                    let layers: Option<Vec<ByName>> = value.split('+').map(layer).collect();
                    request.layers = Some(layers.ok_or_else(|| refused(part))?);
                }
                "grid" if !has_own_grid(&request.method) => {
                    request.grid = value.parse().map_err(|_| {
                        let text = format!("The setting 'grid' must be a whole number, not {value}.");
                        Error::new(Code::AskInvalid, text)
                    })?;
                }
                _ => {
                    let value = value.parse().map_or_else(|_| Value::Text(value.into()), Value::Number);
                    request.settings.insert(name.into(), value);
                }
            }
        }
        Ok(request)
    }
}

/// The characters of a layer's name that the text form needs for itself.
const RESERVED: [(&str, &str); 4] = [("%", "%25"), (":", "%3A"), ("+", "%2B"), (",", "%2C")];

fn escaped(name: &str) -> String {
    RESERVED.iter().fold(name.into(), |name: String, (plain, escaped)| name.replace(plain, escaped))
}

/// A layer in the text form; none for an empty name, and for numbers between commas.
fn layer(text: &str) -> Option<ByName> {
    let name = RESERVED.iter().rev().fold(text.into(), |name: String, (plain, escaped)| name.replace(escaped, plain));
    (!text.is_empty() && !text.contains(',')).then(|| name.as_str().into())
}

/// The present id of a method's setting that may be called by its older one.
fn current<'a>(method: &str, name: &'a str) -> &'a str {
    let settings = explainer(method).map_or(&[][..], |explainer| explainer.meta().settings);
    settings.iter().find(|setting| setting.is(name)).map_or(name, |setting| setting.id)
}

/// Whether a method has a setting `grid` of its own, which then takes the name in the text form.
fn has_own_grid(method: &str) -> bool {
    explainer(method).is_ok_and(|e| e.meta().settings.iter().any(|s| s.is(GRID.setting.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{EVIDENCE, EXPONENT, Evidence};

    #[test]
    fn a_request_reads_as_it_is_written() {
        for text in [
            "cam",
            "layer-cam:layers=4+5",
            "grad-cam:layers=head+/layer4/layer4.1/relu%3A0",
            "score-cam:channels=64",
            "mutual:layers=7:fuse=product:grid=4",
            "rise:grid=5:samples=4",
        ] {
            assert_eq!(text.parse::<Request>().unwrap().spec(), text);
        }
        assert_eq!("cam:stages=4".parse::<Request>().unwrap(), "cam:layers=4".parse().unwrap());
        for text in ["cam:stages=", "cam:layers=4,5", "cam:nothing", "mutual:grid=many"] {
            assert_eq!(text.parse::<Request>().unwrap_err().code(), Code::AskInvalid, "{text}");
        }
        for text in ["score-cam:channels=4:channels=8", "cam:layers=1:stages=2", "mutual:contrast=1:exponent=2"] {
            assert!(text.parse::<Request>().unwrap_err().to_string().contains("given twice"), "{text}");
        }
        let error = "mutual:grid=2.5".parse::<Request>().unwrap_err().to_string();
        assert!(error.contains("'grid' must be a whole number, not 2.5"), "{error}");
        let request = Request::of("mutual").with(&EVIDENCE, Evidence::Class).with(&EXPONENT, 2.0);
        assert_eq!(request.spec(), "mutual:evidence=class:exponent=2");
    }

    #[test]
    fn a_request_reads_from_json_by_new_and_old_names() {
        let json = r#"{"method":"score-cam","settings":{"channels":64,"mode":"a"},"layers":[7],"peer":0,"target":3,
            "versus":{"class":5}}"#;
        let request: Request = serde_json::from_str(json).unwrap();
        assert_eq!(request.spec(), "score-cam:layers=7:channels=64:mode=a");
        assert_eq!((request.peer, &request.target, request.grid), (Some(0), &Some(3.into()), 7));
        assert_eq!(request.versus, Some(Versus { class: 5.into(), weight: 1.0 }));
        let named: Request = serde_json::from_str(r#"{"target":"tench","layers":["head",3]}"#).unwrap();
        assert_eq!((named.target, named.layers), (Some("tench".into()), Some(vec!["head".into(), 3.into()])));
        let old =
            json.replace("layers", "stages").replace(r#""versus":{"class":5}"#, r#""contrast":{"class":5,"gamma":1}"#);
        assert_eq!(serde_json::from_str::<Request>(&old).unwrap(), request);
        assert_eq!(serde_json::from_str::<Request>("{}").unwrap(), Request::default());
        assert!(
            serde_json::from_str::<Request>(r#"{"method":"cam","taget":3}"#).is_err(),
            "a misspelt field is refused"
        );
    }
}
