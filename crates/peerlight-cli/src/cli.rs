//! The command line.

mod train;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use peerlight_core::{COLOR_MAPS, ColorMap, OVERLAY, color_map};
use peerlight_explain::{DeviceKind, Request, explainer};

pub use self::train::{Given, RecipeArgs, Train};
use crate::choice::parsed;

/// Explains image classifiers: what each of two or more peers recognizes, where it looks, and
/// region by region where they agree.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Explain images: overlays as PNG, figures as JSON
    #[command(after_help = "Examples:
  peerlight explain cat.jpg --bundle web/models/lite0-lite1.safetensors --out explained
  peerlight explain *.jpg --bundle B --out explained --grid 4 --class 'tabby cat'
  peerlight explain cat.jpg --bundle B --out explained --method grad-cam,score-cam,layer-cam:layers=4+5+6+7
  peerlight explain cat.jpg --bundle B --out D --method grad-cam --class 'tabby cat' --rather-than 'Egyptian cat'
  peerlight explain cat.jpg --bundle B --json | jq '.regions[] | select(.rho < 0)'

`peerlight catalog` lists the methods with what each shows, and its settings.")]
    Explain(Explain),
    /// Measure how faithful methods are over many images: table, JSON, CSV and an HTML report
    #[command(after_help = "Examples:
  peerlight evaluate images/ --bundle B --out results
  peerlight evaluate images/ --bundle B --out results --method mutual,cam,score-cam:channels=64 --peer all --limit 100
  peerlight evaluate images.csv --bundle B --out results --boxes boxes.csv --metrics fast

IMAGES is a folder of images, a folder of class folders (named by a class's index, name or WordNet id), or a CSV
with the columns path and, if known, class. A run that was stopped goes on where it was when it is called again with
the same --out.")]
    Evaluate(Evaluate),
    /// Compare runs of evaluate image by image: did it help?
    #[command(after_help = "Examples:
  peerlight compare --a trained/val1000 --b untouched/val1000
  peerlight compare --a run-0/val,run-1/val,run-2/val --b plain-0/val,plain-1/val,plain-2/val --json

Each side is one folder that evaluate wrote, or several, of different seeds say: these are averaged image by image.
Differences are on the images, methods and figures that both sides have, with 95 % intervals from resampling the
images.")]
    Compare(Compare),
    /// Shuffle the networks' weights: does the map change? One that does not says nothing of what they have learnt
    #[command(after_help = "Example:
  peerlight sanity cat.jpg --bundle B --method mutual,grad-cam,attention")]
    Sanity(Sanity),
    /// Train networks as peers, on folders of images: each learns the images, and from where the others look
    #[command(after_help = "Examples:
  peerlight train images/ --peers efficientnet-lite0,efficientnet-lite1 --sides 128 --epochs 20 --rate 0.05 --out run
  peerlight train images/ --from web/models/lite0-lite1.safetensors --targets teacher --steps 500 --delta 1 --out run
  peerlight train --config recipe.toml --beta 0 --out independent
  peerlight train --resume --out run

IMAGES are folders of class folders, or CSVs with the columns path and class. The folder --out gets the bundle,
plots, a line of JSON for each step, checkpoints, and recipe.toml with every setting: its keys are these flags, and
--config reads it. A run that was stopped in any way goes on with --resume and ends with the same numbers.")]
    Train(Box<Train>),
    /// Make a bundle of pretrained networks from Python packages
    #[command(after_help = "Examples:
  peerlight import efficientnet-lite0 efficientnet-lite1 --out web/models/lite0-lite1.safetensors
  peerlight import a=efficientnet-lite0:a.pth b=efficientnet-lite2:b.pth --labels names.txt --out my.safetensors")]
    Import(Import),
    /// List everything that can be chosen: backbones, methods, metrics, settings, color maps, error codes
    Catalog {
        /// For machines
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct Explain {
    /// Images, or folders of images: JPEG, PNG, WebP, GIF, BMP or TIFF; - for paths from standard input, a line each
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    /// Weights of the peers: a bundle made by `peerlight import`
    #[arg(long, short, env = "PEERLIGHT_BUNDLE", value_name = "FILE")]
    pub bundle: PathBuf,
    /// Folder for the overlays and figures; made if it does not exist
    #[arg(long, short, value_name = "DIR", required_unless_present = "json")]
    pub out: Option<PathBuf>,
    /// Print the figures, one JSON object a line for each image
    #[arg(long)]
    pub json: bool,
    /// Regions along a side
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub grid: usize,
    /// Class to explain, by index or name; otherwise the peers' likeliest
    #[arg(long, short, value_name = "CLASS")]
    pub class: Option<String>,
    /// Other methods to explain by, each METHOD[:SETTING=VALUE]..., such as grad-cam,score-cam:channels=64
    #[arg(long, short, value_delimiter = ',', value_name = "METHODS", value_parser = request)]
    pub method: Vec<Request>,
    /// Peer that the other methods explain, by its id in the bundle, or `all`: one map for each, or their mean
    #[arg(long, value_name = "PEER", requires = "method")]
    pub peer: Option<String>,
    /// Class that the other methods tell the explained one from, by index or name: why this and not that
    #[arg(long, value_name = "CLASS", requires = "method")]
    pub rather_than: Option<String>,
    /// What a peer's map is made of: guided, attention or class
    #[arg(long, default_value = "guided", value_parser = parsed::<peerlight_explain::Evidence>)]
    pub evidence: peerlight_explain::Evidence,
    /// How the peers' maps become one: mean, geometric or product
    #[arg(long, default_value = "mean", value_parser = parsed::<peerlight_core::Fuse>)]
    pub fuse: peerlight_core::Fuse,
    /// What the mutual map is weighted by: uniform (nothing) or agreement
    #[arg(long, default_value = "uniform", value_parser = parsed::<peerlight_core::Weight>)]
    pub weight: peerlight_core::Weight,
    /// Power that the mutual map is raised to: above 1 what is dim becomes dimmer, in the same order
    #[arg(long, default_value_t = peerlight_core::Fusion::EXPONENT, value_name = "P")]
    pub contrast: f64,
    /// Power of the layer attention
    #[arg(long, default_value_t = 2, value_name = "P")]
    pub power: u32,
    /// Stages to superpose, counted from 1, such as 4,5,6,7
    #[arg(long, value_delimiter = ',', value_name = "STAGES")]
    pub stages: Option<Vec<usize>>,
    /// Side of the center square that the networks see, as a part of the shorter side
    #[arg(long, value_name = "PART")]
    pub crop: Option<f64>,
    /// Color map of the overlays: cividis, viridis, turbo or gray
    #[arg(long, default_value = OVERLAY.color, value_parser = color)]
    pub color: &'static ColorMap,
    /// Opacity of the overlays, 0 to 1
    #[arg(long, default_value_t = OVERLAY.opacity, value_parser = opacity)]
    pub opacity: f64,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

#[derive(Args)]
pub struct Evaluate {
    /// A folder of images or of class folders, or a CSV of paths
    #[arg(value_name = "IMAGES")]
    pub images: PathBuf,
    /// Weights of the peers: a bundle made by `peerlight import`
    #[arg(long, short, env = "PEERLIGHT_BUNDLE", value_name = "FILE")]
    pub bundle: PathBuf,
    /// Folder for the results: what was found of each image, and report.json, report.csv, report.html
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Methods to compare, each METHOD[:SETTING=VALUE]...; differences are taken from the first
    #[arg(long, short, value_delimiter = ',', value_name = "METHODS", value_parser = request, default_values = METHODS)]
    pub method: Vec<Request>,
    /// Peer whose decisions are explained, by its id in the bundle; otherwise the first; all for each of them
    #[arg(long, value_name = "PEER")]
    pub peer: Option<String>,
    /// Metrics: all, fast (those of a few passes), or their ids
    #[arg(long, value_delimiter = ',', default_value = "all", value_name = "METRICS")]
    pub metrics: Vec<String>,
    /// Boxes around the images' classes, for the pointing and the energy game: a CSV with the columns path, x0, y0,
    /// x1, y1
    #[arg(long, value_name = "FILE")]
    pub boxes: Option<PathBuf>,
    /// No more images than this, drawn by the seed
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Name of the set of images in the results; otherwise the folder's
    #[arg(long, value_name = "NAME")]
    pub set: Option<String>,
    /// How many images' maps the HTML report shows
    #[arg(long, alias = "gallery", default_value_t = 0, value_name = "N")]
    pub maps: usize,
    /// Seed for sampling images and for the intervals
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Print the report as JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

/// What is compared unless said otherwise: methods of a few passes, and the protocol's controls.
const METHODS: [&str; 13] = [
    "mutual",
    "guided",
    "cam",
    "grad-cam",
    "grad-cam-pp",
    "xgrad-cam",
    "layer-cam",
    "eigen-cam",
    "recipro-cam",
    "control-ones",
    "control-noise",
    "control-gaussian",
    "control-fake",
];

#[derive(Args)]
pub struct Sanity {
    /// The image
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,
    /// Weights of the peers: a bundle made by `peerlight import`
    #[arg(long, short, env = "PEERLIGHT_BUNDLE", value_name = "FILE")]
    pub bundle: PathBuf,
    /// Methods to test, each METHOD[:SETTING=VALUE]...
    #[arg(
        long,
        short,
        value_delimiter = ',',
        value_name = "METHODS",
        value_parser = request,
        default_values = ["mutual", "cam", "grad-cam", "attention"]
    )]
    pub method: Vec<Request>,
    /// Peer that is explained, by its id in the bundle; otherwise all together
    #[arg(long, value_name = "PEER")]
    pub peer: Option<String>,
    /// For machines
    #[arg(long)]
    pub json: bool,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Device {
    /// The processor
    Cpu,
    /// A graphics processor (in builds with the feature webgpu)
    Webgpu,
    /// An NVIDIA graphics processor (in builds with the feature cuda)
    Cuda,
}

impl From<Device> for DeviceKind {
    fn from(device: Device) -> Self {
        match device {
            Device::Cpu => Self::Cpu,
            Device::Webgpu => Self::WebGpu,
            Device::Cuda => Self::Cuda,
        }
    }
}

#[derive(Args)]
pub struct Compare {
    /// Folders of the first side
    #[arg(long, required = true, value_delimiter = ',', value_name = "DIRS")]
    pub a: Vec<PathBuf>,
    /// Folders of the second side
    #[arg(long, required = true, value_delimiter = ',', value_name = "DIRS")]
    pub b: Vec<PathBuf>,
    /// Seed of the resamples
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// All figures as JSON, in place of the table
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Import {
    /// Peers, each [ID=]BACKBONE[:FILE]: a registered backbone, the PyTorch file of its weights
    /// (otherwise the package BACKBONE-pytorch-model is fetched by pip), and its id in the bundle
    #[arg(required = true, value_name = "PEER", num_args = 2..)]
    pub peers: Vec<String>,
    /// The bundle to write
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Names of the classes, a line each; otherwise the 1,000 of ImageNet
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// How numbers are stored
    #[arg(long, default_value = "half")]
    pub precision: Precision,
    /// Name of the bundle for people
    #[arg(long)]
    pub name: Option<String>,
    /// Python with pip
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    pub python: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Precision {
    /// 16 bits: half the download, and the classes stay the same
    Half,
    /// 32 bits: as the weights came
    Single,
}

/// A method that there is, with its stages and settings.
fn request(text: &str) -> Result<Request, String> {
    let request: Request = text.parse().map_err(|e: peerlight_core::Error| e.to_string())?;
    explainer(&request.method).map_err(|e| e.to_string())?;
    Ok(request)
}

fn color(id: &str) -> Result<&'static ColorMap, String> {
    let known = || COLOR_MAPS.iter().map(|map| map.id).collect::<Vec<_>>().join(", ");
    color_map(id).ok_or_else(|| format!("one of: {}", known()))
}

fn opacity(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|v| (0.0..=1.0).contains(v)).ok_or_else(|| "a number from 0 to 1".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn choices_are_those_of_the_catalog() {
        for setting in peerlight_explain::catalog().settings {
            let peerlight_explain::Kind::Choice(choices) = setting.kind else { continue };
            for choice in choices {
                let option = format!("--{}={}", setting.id, choice.id);
                let parsed = Cli::try_parse_from(["peerlight", "explain", "a.png", "-b", "b", "-o", "c", &option]);
                assert!(parsed.is_ok(), "{option}");
            }
        }
    }
}
