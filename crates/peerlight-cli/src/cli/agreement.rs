//! Flags of what is about agreement.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use peerlight_explain::Request;
use peerlight_metrics::{Also, Effort};

use super::{Device, NetworkArgs, request};

/// How much is measured of agreement.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AgreementLevel {
    /// Nothing
    None,
    /// Statistics that take no pass of their own
    Peers,
    /// As peers, and each network with itself on the mirrored image
    Mirrored,
    /// As mirrored, and with the enlarged image and under noise
    Itself,
    /// As peers, and what their joint decision keeps of the half that a map ranks highest
    Masked,
    /// All of these, and each region hidden: slow
    Full,
}

impl AgreementLevel {
    /// What is measured where nothing is said: what costs next to nothing, and of a network alone, which has no peers,
    /// its agreement with itself.
    pub const fn for_peers(count: usize) -> Self {
        if count > 1 { Self::Peers } else { Self::Mirrored }
    }
}

impl From<AgreementLevel> for Effort {
    fn from(level: AgreementLevel) -> Self {
        match level {
            AgreementLevel::None => Self::None,
            AgreementLevel::Peers => Self::Peers,
            AgreementLevel::Masked => Self::Masked,
            AgreementLevel::Mirrored => Self::Mirrored,
            AgreementLevel::Itself => Self::Itself,
            AgreementLevel::Full => Self::Full,
        }
    }
}

/// What else is made of the peers' maps.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AgreementAlso {
    /// Every two or more of the peers, where there are more than two
    Committees,
    /// Other ways of fusing the peers' maps
    Fusions,
}

impl From<AgreementAlso> for Also {
    fn from(also: AgreementAlso) -> Self {
        match also {
            AgreementAlso::Committees => Self::Committees,
            AgreementAlso::Fusions => Self::Fusions,
        }
    }
}

#[derive(Args)]
pub struct Calibrate {
    /// Folder of images or of class folders, or CSV of paths
    #[arg(value_name = "IMAGES")]
    pub images: PathBuf,
    /// Boxes around the images' classes: a CSV with the columns path, x0, y0, x1, y1
    #[arg(long, value_name = "FILE")]
    pub boxes: PathBuf,
    /// Bundle to calibrate
    #[arg(long, short, env = "PEERLIGHT_BUNDLE", value_name = "FILE")]
    pub bundle: PathBuf,
    /// Bundle to write; otherwise the calibrated one
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// JSON file to write the calibration to, instead of a bundle
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub calibration: Option<PathBuf>,
    /// Folder for what is measured of each image; otherwise one beside the file that is written
    #[arg(long, value_name = "DIR")]
    pub records: Option<PathBuf>,
    /// Half of the images to fit to, by the numbers that their names end in; the other half tests the fit
    #[arg(long, value_name = "HALF")]
    pub half: Option<Half>,
    /// Name of the images in the calibration; otherwise the folder's
    #[arg(long, value_name = "NAME")]
    pub set: Option<String>,
    /// Seed for the folds
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}

/// A half of numbered images.
#[derive(Clone, Copy, ValueEnum)]
pub enum Half {
    /// Odd numbers
    Odd,
    /// Even numbers
    Even,
}

#[derive(Args)]
pub struct Audit {
    /// Folder of images or of class folders, or CSV of paths
    #[arg(value_name = "IMAGES")]
    pub images: PathBuf,
    #[command(flatten)]
    pub networks: NetworkArgs,
    /// Folder for the results
    #[arg(long, short, default_value = "audit", value_name = "DIR")]
    pub out: PathBuf,
    /// Largest number of images on the contact sheet
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub sheet: usize,
    /// Method whose maps are compared, METHOD[:SETTING=VALUE]..., such as mutual:evidence=attention
    #[arg(long, short, default_value = "mutual", value_name = "METHOD", value_parser = request)]
    pub method: Request,
    /// Statistic of agreement that images are ranked by, such as regional-7 or brightest-overlap
    #[arg(long, default_value = "regional-7", value_name = "STATISTIC")]
    pub by: String,
    /// Print the result as JSON instead of a table
    #[arg(long)]
    pub json: bool,
    /// Device to compute on
    #[arg(long, default_value = "cpu")]
    pub device: Device,
}
