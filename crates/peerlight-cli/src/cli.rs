//! The command line.

mod agreement;
mod networks;
mod settings;
mod train;
mod what_if;

use std::path::PathBuf;

use clap::{Arg, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use peerlight_core::{COLOR_MAPS, ColorMap, OVERLAY, color_map};
use peerlight_explain::{ByName, DeviceKind, Request, catalog, explainer};

use crate::{boxes::BoxPixels, left_out::EXIT_CODES};

pub use self::{
    agreement::{AgreementAlso, AgreementLevel, Audit, Calibrate, Half},
    networks::{Catalog, Import, Inspect, NetworkArgs, OwnArgs, Precision},
    settings::SettingArgs,
    train::{Given, RecipeArgs, Train},
    what_if::WhatIfArgs,
};

/// Reads the command line, or says what is wrong with it and ends.
pub fn parse() -> Cli {
    // A value below zero is refused with the range that it must lie in, not taken for another flag.
    let takes = |arg: &Arg| arg.get_long().is_some() && arg.get_action().takes_values();
    let signed = |arg: Arg| if takes(&arg) { arg.allow_negative_numbers(true) } else { arg };
    let mut command = Cli::command().mut_subcommands(|command| command.mut_args(signed));
    let mut matches = command.get_matches_mut();
    let name = matches.subcommand_name().unwrap_or_default().to_owned();
    Cli::from_arg_matches_mut(&mut matches).unwrap_or_else(|error| match command.find_subcommand_mut(&name) {
        Some(command) => error.format(command).exit(),
        None => error.exit(),
    })
}

/// Explains image classifiers: what two or more networks recognize, where they look, and where they agree.
#[derive(Parser)]
#[command(name = "peerlight", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Explain images: overlays as PNG, numbers as JSON
    #[command(after_help = format!("Examples:
  peerlight explain cat.jpg
  peerlight explain cat.jpg --bundle web/models/lite0-lite1.safetensors --out explained
  peerlight explain *.jpg --bundle B --out explained --grid 4 --class 'tabby cat'
  peerlight explain cat.jpg --bundle B --out explained --method grad-cam,score-cam,layer-cam:layers=4+5+6+7
  peerlight explain cat.jpg --bundle B --out D --method grad-cam --class 'tabby cat' --rather-than 'Egyptian cat'
  peerlight explain cat.jpg --bundle B --out explained --hide 2,3+2,4 --baseline blurred --effects
  peerlight explain cat.jpg --bundle B --json | jq '.regions[] | select(.rho < 0)'

For several images, summary.csv and index.html list them all, those with the least agreement first.

`peerlight catalog` lists the methods with their settings, and what each shows.

{EXIT_CODES}"))]
    Explain(Explain),
    /// Measure how faithful methods are over many images; writes a table, JSON, CSV and an HTML report
    #[command(after_help = format!("Examples:
  peerlight evaluate images/ --bundle B --out results
  peerlight evaluate images/ --bundle B --out results --method mutual,cam,score-cam:channels=64 --peer all --limit 100
  peerlight evaluate images.csv --bundle B --out results --boxes boxes.csv --metrics fast

IMAGES is a folder of images, a folder of class folders (named by a class's name, WordNet id or index), or a CSV
with the columns path and, if known, class. Folders inside class folders are not read. A run that was stopped goes on
where it was when it is called again with the same --out. An image is measured again if its file, its class or its
boxes have changed, or if it could not be read before.

{EXIT_CODES}"))]
    Evaluate(Evaluate),
    /// Measure what agreement is worth on images with boxes, and write it into the bundle: explanations then tell how
    /// often agreement like theirs went with a map on the object
    #[command(after_help = "Examples:
  peerlight calibrate images/ --boxes boxes.csv --bundle my.safetensors
  peerlight calibrate images/ --boxes boxes.csv --bundle my.safetensors --half odd --out my-calibrated.safetensors

Hit rates are fitted to images whose boxes cover at most half of the image: at least 100, with 25 hits and 25 misses.
What is measured goes to a folder beside the file that is written, or to --records; a run that was stopped goes on
from there. The bundle's sha256 changes, and its weights do not.")]
    Calibrate(Calibrate),
    /// Find images that get the same answer for different reasons: where the networks agree on the class and disagree
    /// on the place
    #[command(after_help = "Examples:
  peerlight audit photos/ --bundle web/models/lite0-lite1.safetensors
  peerlight audit photos/ --bundle B --out suspicions --sheet 100

The images are ranked by how little the networks' maps agree. The folder --out gets audit.html, a contact sheet with
both maps and a heatmap of where in the frame they differ, audit.csv and audit.json. A run that was stopped goes on.
A mistake that all networks learned alike is invisible here.")]
    Audit(Audit),
    /// Compare two sides of evaluate runs, image by image
    #[command(after_help = "Examples:
  peerlight compare --a trained/val1000 --b untouched/val1000
  peerlight compare --a run-0/val,run-1/val,run-2/val --b plain-0/val,plain-1/val,plain-2/val --json

Each side is one folder that evaluate wrote, or several (of different seeds, for example), which are averaged image by
image. Differences are taken over the images, methods and figures that both sides have. Their 95 % intervals come from
resampling the images.")]
    Compare(Compare),
    /// Shuffle the networks' weights and see whether the map changes. A map that does not change tells nothing about
    /// what they learned
    #[command(after_help = "Example:
  peerlight sanity cat.jpg --bundle B --method mutual,grad-cam,attention")]
    Sanity(Sanity),
    /// Train networks as peers on folders of images: each learns the images, and from where the others look
    #[command(after_help = format!("Examples:
  peerlight train images/ --peers efficientnet-lite0,efficientnet-lite1 --image-size 128 --epochs 20 --lr 0.05 --out run
  peerlight train images/ --from web/models/lite0-lite1.safetensors --targets teacher --steps 500 --out run
  peerlight train --config recipe.toml --transfer-weight 0 --out independent
  peerlight train --resume --out run

IMAGES are folders of class folders, or CSVs with the columns path and class. The folder --out gets the bundle,
plots, a line of JSON for each step, checkpoints, and recipe.toml with every setting: its keys are these flags, and
--config reads it. A run that was stopped in any way goes on with --resume and ends with the same numbers; it is
refused if the images, their classes or the program have changed.

{EXIT_CODES}"))]
    Train(Box<Train>),
    /// Make a bundle of networks: ONNX files of any make, peers of other bundles, weights from Python packages
    #[command(after_help = "Examples:
  peerlight import model.onnx --out my.safetensors
  peerlight import a=model.onnx b=other.onnx --labels names.txt --preprocess torchvision --out my.safetensors
  peerlight import a=model.onnx b=other.onnx --labels a=x.txt --preprocess b=tf --out my.safetensors
  peerlight import model.onnx web/models/lite0-lite1.safetensors:efficientnet-lite0 --out my.safetensors
  peerlight import efficientnet-lite0 efficientnet-lite1 --out web/models/lite0-lite1.safetensors
  peerlight import web/models/lite0-lite1.safetensors --precision int8 --out lite0-lite1.int8.safetensors

A file model.json beside model.onnx says what no flag says (keys name, labels, preprocess, size, output, license,
source). The ONNX file itself says some of the rest. What is still open is guessed, and guesses are printed.")]
    Import(Import),
    /// Show what is in an ONNX file or a bundle: operations, layers, size, and what cannot run
    #[command(after_help = "Examples:
  peerlight inspect model.onnx
  peerlight inspect model.onnx --json | jq .unsupported
  peerlight inspect model.onnx --image cat.jpg --method grad-cam --json")]
    Inspect(Inspect),
    /// List everything that can be chosen: architectures, methods, metrics, statistics, settings, color maps,
    /// error codes
    Catalog(Catalog),
}

#[derive(Args)]
pub struct Explain {
    /// Images or folders of images: JPEG, PNG, WebP, GIF, BMP or TIFF, recognized by their content. Folders inside
    /// folders are not read; - reads paths from standard input, one per line
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    #[command(flatten)]
    pub networks: NetworkArgs,
    /// Folder for the overlays and numbers, made if it does not exist; otherwise one that is named after the image,
    /// and none with --json
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print one JSON object per image, each on a line; if images were left out, a last line says which and why
    #[arg(long)]
    pub json: bool,
    /// Class to explain, by index or name; otherwise the one with the highest average probability
    #[arg(long, short, value_name = "CLASS")]
    pub class: Option<String>,
    /// Further methods to explain with, each METHOD[:SETTING=VALUE]..., such as grad-cam,score-cam:channels=64
    #[arg(long, short, value_delimiter = ',', value_name = "METHODS", value_parser = request)]
    pub method: Vec<Request>,
    /// Network that the further methods explain, by its id in the bundle, or `all` for the mean; otherwise each of
    /// them
    #[arg(long, value_name = "PEER", requires = "method")]
    pub peer: Option<String>,
    /// Class to compare with, by index or name: the further methods show what separates the two
    #[arg(long, value_name = "CLASS", requires = "method")]
    pub rather_than: Option<String>,
    #[command(flatten)]
    pub what_if: WhatIfArgs,
    /// Manifest that the page saved: it decides class, settings, crop and what is hidden, in place of the flags
    #[arg(long, value_name = "FILE", conflicts_with_all = decided())]
    pub manifest: Option<PathBuf>,
    #[command(flatten)]
    pub settings: SettingArgs,
    /// Layers to superpose, by number from 1 or by name, such as 4,5,6,7
    #[arg(long, alias = "stages", value_delimiter = ',', value_name = "LAYERS")]
    pub layers: Option<Vec<ByName>>,
    #[arg(
        long,
        help = format!("Color map of the overlays: {}", colors()),
        default_value = OVERLAY.color,
        value_parser = color
    )]
    pub color: &'static ColorMap,
    /// Opacity of the overlays, 0 to 1
    #[arg(long, default_value_t = OVERLAY.opacity, value_parser = opacity)]
    pub opacity: f64,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

/// The flags that a manifest takes the place of.
fn decided() -> Vec<&'static str> {
    let settings = catalog().settings.iter().map(|setting| setting.id);
    settings.chain(["class", "layers", "hide", "keep", "baseline", "effects"]).collect()
}

#[derive(Args)]
pub struct Evaluate {
    /// Folder of images or of class folders, or CSV of paths
    #[arg(value_name = "IMAGES")]
    pub images: PathBuf,
    #[command(flatten)]
    pub networks: NetworkArgs,
    /// Folder for the results: a line for each image, and report.json, report.csv and report.html
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Methods to measure, each METHOD[:SETTING=VALUE]...; differences are taken from the first
    #[arg(long, short, value_delimiter = ',', value_name = "METHODS", value_parser = request, default_values = METHODS)]
    pub method: Vec<Request>,
    /// Network to explain, by its id in the bundle, or `all` for each of them; otherwise the first
    #[arg(long, value_name = "PEER")]
    pub peer: Option<String>,
    /// Metrics: all, fast (those that take few passes), or their ids
    #[arg(long, value_delimiter = ',', default_value = "all", value_name = "METRICS")]
    pub metrics: Vec<String>,
    /// Boxes around the images' classes, for the pointing and the energy game: a CSV with the columns path, x0, y0,
    /// x1, y1
    #[arg(long, value_name = "FILE")]
    pub boxes: Option<PathBuf>,
    /// Image that the boxes' pixels belong to, for files that ask to be turned (EXIF)
    #[arg(long, default_value = "stored", requires = "boxes", value_name = "stored|upright")]
    pub box_pixels: BoxPixels,
    /// Largest number of images, drawn by the seed
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// What is measured of the agreement of the maps [default: peers; of a network alone: mirrored]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub agreement: Option<AgreementLevel>,
    /// Methods whose maps' agreement is measured, each METHOD[:SETTING=VALUE]... [default: mutual]
    #[arg(long, value_delimiter = ',', value_name = "METHODS", value_parser = request)]
    pub agreement_method: Vec<Request>,
    /// Other joint maps to measure
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub agreement_also: Vec<AgreementAlso>,
    /// Name of the image set in the results; otherwise the folder's
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
    /// Write the report and print nothing of it
    #[arg(long, hide = true)]
    pub quiet_report: bool,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

/// The methods that are measured by default: those that take few passes, and the protocol's controls.
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
    /// Image to explain
    #[arg(value_name = "IMAGE")]
    pub image: PathBuf,
    #[command(flatten)]
    pub networks: NetworkArgs,
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
    /// Network to explain, by its id in the bundle; otherwise all together
    #[arg(long, value_name = "PEER")]
    pub peer: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Device {
    /// Processor
    Cpu,
    /// Graphics processor, in builds with the feature webgpu
    Webgpu,
    /// NVIDIA graphics processor, in builds with the feature cuda
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
    /// Folders of the first side, a
    #[arg(long, required = true, value_delimiter = ',', value_name = "DIRS")]
    pub a: Vec<PathBuf>,
    /// Folders of the second side, b
    #[arg(long, required = true, value_delimiter = ',', value_name = "DIRS")]
    pub b: Vec<PathBuf>,
    /// Seed for the intervals
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Print everything as JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Parses a method with its layers and settings.
fn request(text: &str) -> Result<Request, String> {
    let request: Request = text.parse().map_err(|e: peerlight_core::Error| e.to_string())?;
    explainer(&request.method).map_err(|e| e.to_string())?;
    Ok(request)
}

fn color(id: &str) -> Result<&'static ColorMap, String> {
    color_map(id).ok_or_else(|| format!("one of: {}", colors()))
}

fn colors() -> String {
    COLOR_MAPS.iter().map(|map| map.id).collect::<Vec<_>>().join(", ")
}

fn opacity(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|v| (0.0..=1.0).contains(v)).ok_or_else(|| "a number from 0 to 1".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_heading_of_onnx_files_has_their_flags_alone() {
        let mut command = Cli::command();
        command.build();
        for command in command.get_subcommands() {
            let under = command.get_arguments().filter(|arg| arg.get_help_heading() == Some("ONNX files"));
            for flag in under.filter_map(Arg::get_long) {
                assert!(["labels", "preprocess", "size", "output"].contains(&flag), "{}: {flag}", command.get_name());
            }
        }
    }
}
