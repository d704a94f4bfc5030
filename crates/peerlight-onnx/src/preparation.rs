//! How a person says how a network wants its images.

use std::str::FromStr;

use peerlight_core::{Code, Error, Preprocess, Result};
use peerlight_models::EFFICIENTNET_LITE_PREPROCESS;
use serde_json::Value;

use crate::preprocess::{PRESETS, Preset, preset};

/// What a preset, free values or a file say of a network's preprocessing.
#[derive(Debug, Clone, PartialEq)]
pub struct Preparation {
    /// The mean of red, green and blue, where black is 0 and white is 1.
    pub mean: [f64; 3],
    /// Numbers that the pixels are divided by after the mean is subtracted.
    pub std: [f64; 3],
    /// Whether the network reads blue, green, red.
    pub bgr: bool,
    /// Side of the center square as a fraction of the image's shorter side, if it is said.
    pub crop: Option<f64>,
    /// Height and width of the image, if they are said.
    pub side: Option<usize>,
}

/// The fraction of an image that a network sees if nothing else is said, as when most were trained.
const CROP: f64 = 0.875;

impl Preparation {
    /// Values of a preset.
    pub fn of(preset: &Preset) -> Self {
        Self { mean: preset.mean, std: preset.std, bgr: preset.bgr, crop: None, side: None }
    }

    /// The values of a bundle's file, for images of this side.
    ///
    /// # Errors
    /// `ask-invalid` for values out of range.
    pub fn to_preprocess(&self, side: usize) -> Result<Preprocess> {
        let [mean, std] = [self.mean, self.std].map(|values| values.map(|value| value as f32));
        let crop = self.crop.unwrap_or(CROP);
        let preprocess = Preprocess { side, crop, mean, std, bgr: self.bgr };
        preprocess.check()?;
        Ok(preprocess)
    }

    /// Takes values from a JSON object that have other programs' names, too: `mean`, `image_mean`, `std`, `image_std`,
    /// `crop`, `crop_pct`, `size`, `input_size`, `channels`. Numbers above 1 are those of pixels up to 255.
    ///
    /// # Errors
    /// `ask-invalid` for a value of another kind.
    pub fn of_json(json: &Value) -> Result<Option<Self>> {
        let find = |keys: &[&str]| keys.iter().find_map(|key| json.get(key)).filter(|value| !value.is_null());
        let text = match json {
            Value::String(text) => return text.parse().map(Some),
            _ => find(&["preset", "preprocess"])
                .map(|value| value.as_str().ok_or_else(|| wrong("preset")))
                .transpose()?,
        };
        let numbers =
            |keys: &[&'static str]| find(keys).map(|value| three(value).ok_or_else(|| wrong(keys[0]))).transpose();
        let (mean, std) = (numbers(&["mean", "image_mean"])?, numbers(&["std", "image_std"])?);
        if text.is_none() && mean.is_none() && std.is_none() {
            return Ok(None);
        }
        let mut own = text.map_or_else(|| Ok(Self::of(&PRESETS[0])), str::parse)?;
        own.set(mean, std);
        if let Some(value) = find(&["crop", "crop_pct"]) {
            own.crop = Some(value.as_f64().ok_or_else(|| wrong("crop"))?);
        }
        if let Some(value) = find(&["size", "input_size"]).filter(|size| !size.is_object()) {
            own.side = Some(side(value).ok_or_else(|| wrong("size"))?);
        }
        if let Some(value) = find(&["channels"]) {
            own.bgr = is_bgr(value.as_str().unwrap_or_default())?;
        }
        Ok(Some(own))
    }

    /// Takes mean and deviation, of pixels up to 1 or up to 255.
    fn set(&mut self, mean: Option<[f64; 3]>, std: Option<[f64; 3]>) {
        let is_large = |values: Option<[f64; 3]>| values.is_some_and(|values| values.iter().any(|value| *value > 1.0));
        let unit = if is_large(mean) || is_large(std) { 255.0 } else { 1.0 };
        self.mean = mean.map_or(self.mean, |mean| mean.map(|value| value / unit));
        self.std = std.map_or(self.std, |std| std.map(|value| value / unit));
    }
}

/// `torchvision`, or `mean=0.5,std=0.25`, or `mean=0.485,0.456,0.406,std=0.229,0.224,0.225,crop=1,channels=bgr`, or a
/// preset with some values of its own: `tf,crop=1`.
impl FromStr for Preparation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut parts = text.split(',').map(str::trim).peekable();
        let first = parts.next_if(|part| !part.contains('=')).map(|id| preset(id).ok_or_else(|| unknown(id)));
        let mut own = Self::of(first.transpose()?.unwrap_or(&PRESETS[0]));
        let (mut mean, mut std, mut seen) = (None, None, Vec::new());
        while let Some(part) = parts.next() {
            let (key, value) = part.split_once('=').ok_or_else(|| unknown(text))?;
            let mut values = vec![value];
            while let Some(value) = parts.next_if(|part| !part.contains('=')) {
                values.push(value);
            }
            if seen.contains(&key.trim()) {
                return Err(Error::new(Code::AskInvalid, format!("'{text}' gives '{}' twice.", key.trim())));
            }
            seen.push(key.trim());
            let numbers = || values.iter().map(|value| value.trim().parse().ok()).collect::<Option<Vec<f64>>>();
            let number = || numbers().filter(|numbers| numbers.len() == 1).map(|numbers| numbers[0]);
            match key.trim() {
                key @ ("mean" | "std") => {
                    let numbers = match numbers().as_deref() {
                        Some(&[one]) => [one; 3],
                        Some(&[red, green, blue]) => [red, green, blue],
                        _ => return Err(unknown(text)),
                    };
                    *(if key == "mean" { &mut mean } else { &mut std }) = Some(numbers);
                }
                "crop" => own.crop = Some(number().ok_or_else(|| unknown(text))?),
                "size" => {
                    own.side =
                        Some(number().filter(|n| *n >= 1.0 && n.fract() == 0.0).ok_or_else(|| unknown(text))? as usize)
                }
                "channels" => own.bgr = is_bgr(value)?,
                _ => return Err(unknown(text)),
            }
        }
        own.set(mean, std);
        // Whatever the graph's own size, the rest must be in range.
        own.to_preprocess(EFFICIENTNET_LITE_PREPROCESS.side)?;
        Ok(own)
    }
}

/// One number for all colors, or three.
fn three(value: &Value) -> Option<[f64; 3]> {
    match value {
        Value::Number(number) => Some([number.as_f64()?; 3]),
        Value::Array(values) => {
            let values: Option<Vec<f64>> = values.iter().map(Value::as_f64).collect();
            values?.try_into().ok()
        }
        _ => None,
    }
}

/// A side, or the last of the extents of a shape.
fn side(value: &Value) -> Option<usize> {
    let value = value.as_array().map_or(Some(value), |values| values.last())?;
    usize::try_from(value.as_u64()?).ok()
}

fn is_bgr(text: &str) -> Result<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "rgb" => Ok(false),
        "bgr" => Ok(true),
        _ => Err(wrong("channels")),
    }
}

fn unknown(text: &str) -> Error {
    let ids: Vec<&str> = PRESETS.iter().map(|preset| preset.id).collect();
    let text = format!(
        "'{text}' is not a preprocessing. There are {}, and free values: mean=0.5,std=0.5 or \
         mean=0.485,0.456,0.406,std=0.229,0.224,0.225, with crop=0.875, size=224 or channels=bgr.",
        ids.join(", ")
    );
    Error::new(Code::AskInvalid, text)
}

fn wrong(key: &str) -> Error {
    Error::new(Code::AskInvalid, format!("The value of '{key}' has the wrong type."))
}
