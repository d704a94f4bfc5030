//! The flags on networks: how they are read, imported, inspected and listed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use peerlight_explain::{
    Request,
    options::{ACROSS, CROP, DOWN},
};

use super::{request, settings::help};

/// Heading of these flags in a command's help.
const HEADING: &str = "ONNX files";

/// What is said of networks of one's own. Where several are read, ID=VALUE is for one of them.
#[derive(Args)]
pub struct OwnArgs {
    /// Names of the classes: a text file with one per line, a JSON list, a CSV such as ImageNet's classes.csv;
    /// `imagenet`; or `none` for numbers
    #[arg(long, value_name = "[ID=]FILE", help_heading = HEADING)]
    pub labels: Vec<String>,
    /// How pixels are prepared: torchvision, tf (-1..1), 0..1, 0..255 or caffe (BGR), or free values such as
    /// mean=0.5,std=0.5,crop=1
    #[arg(long, allow_hyphen_values = true, value_name = "[ID=]PRESET", help_heading = HEADING)]
    pub preprocess: Vec<String>,
    /// Height and width of the input, for files that take any size; otherwise 224
    #[arg(long, value_name = "[ID=]PIXELS", help_heading = HEADING)]
    pub size: Vec<String>,
    /// Output with the logits, for files with several outputs; otherwise the first that fits
    #[arg(long, value_name = "[ID=]NAME", help_heading = HEADING)]
    pub output: Vec<String>,
}

/// The networks that a command works with.
#[derive(Args)]
pub struct NetworkArgs {
    /// Bundle with the networks, made by `peerlight import` or `peerlight train`, or an ONNX file; otherwise the one
    /// that the environment variable PEERLIGHT_BUNDLE names, or that is beside the program, in share/peerlight or, in
    /// the source tree, in web/models
    #[arg(long, short, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
    #[command(flatten)]
    pub own: OwnArgs,
}

#[derive(Args)]
pub struct Import {
    /// Networks: ONNX files, `[ID=]FILE.onnx`; peers of a bundle, `[ID=]FILE.safetensors[:PEER]`; or
    /// `[ID=]ARCHITECTURE[:FILE]`, whose weights are in a PyTorch file or are fetched by pip from the package
    /// ARCHITECTURE-pytorch-model
    #[arg(required = true, value_name = "NETWORK", num_args = 1..)]
    pub peers: Vec<String>,
    /// Bundle to write
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    #[command(flatten)]
    pub own: OwnArgs,
    /// Precision of the stored numbers; otherwise single for ONNX files and half for the rest
    #[arg(long)]
    pub precision: Option<Precision>,
    /// Name of the bundle; otherwise the networks' names
    #[arg(long)]
    pub name: Option<String>,
    /// Python program with pip
    #[arg(long, default_value = "python3", value_name = "PROGRAM")]
    pub python: PathBuf,
}

#[derive(Args)]
pub struct Inspect {
    /// ONNX file or bundle
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub own: OwnArgs,
    /// Image to run the networks on: shows their classes, and as JSON all logits, to compare with another program's
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<PathBuf>,
    #[arg(long, requires = "image", value_name = "N", help = help(&CROP.setting))]
    pub crop: Option<f64>,
    #[arg(long, requires = "image", value_name = "N", help = help(&ACROSS.setting))]
    pub across: Option<f64>,
    #[arg(long, requires = "image", value_name = "N", help = help(&DOWN.setting))]
    pub down: Option<f64>,
    /// Methods whose raw maps are given as JSON for that image, each METHOD[:SETTING=VALUE]...
    #[arg(
        long,
        short,
        value_delimiter = ',',
        requires = "image",
        value_name = "METHODS",
        value_parser = request
    )]
    pub method: Vec<Request>,
    /// Print everything as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Catalog {
    /// Print the list as JSON
    #[arg(long)]
    pub json: bool,
    /// List the classes of a bundle with their indices instead: all, or those near to this name
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub classes: Option<String>,
    /// Bundle whose classes are listed; otherwise the one that `peerlight explain` takes
    #[arg(long, short, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
    #[command(flatten)]
    pub own: OwnArgs,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Precision {
    /// 8 bits for the large weights of convolutions and linear layers, with a scale for each output channel, and 16
    /// for the rest: a quarter of the download, nearly the same answers
    Int8,
    /// 16 bits: half the download, the same classes
    Half,
    /// 32 bits: the weights as they came
    Single,
}
