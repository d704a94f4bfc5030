//! The flags of `peerlight train`.

use std::{collections::BTreeSet, path::PathBuf};

use clap::{ArgMatches, Args, Command, FromArgMatches, error::ErrorKind, parser::ValueSource};
use peerlight_core::Transfer;
use peerlight_train::{
    Data, Loss, Schedule,
    recipe::{BatchNorm, MapKind, Mask, MaskGradient, Optimizer, Targets, TransferFrom, TransferOnto},
};
use serde::Serialize;

use super::{Device, OwnArgs};
use crate::choice::parsed;

#[derive(Args)]
#[command(args_override_self = true)]
pub struct Train {
    #[command(flatten)]
    pub recipe: Given<RecipeArgs>,
    /// Folder of the run
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    #[command(flatten)]
    pub own: OwnArgs,
    /// Continue the run in --out, with the recipe that it began with: settings are refused beside this
    #[arg(long)]
    pub resume: bool,
    /// TOML file with settings. Its keys are the names of the flags, and flags win
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub config: Option<PathBuf>,
    /// Steps between checkpoints
    #[arg(long, default_value_t = 50, value_name = "STEPS")]
    pub checkpoint_every: usize,
    /// Steps between validations; 0 validates at the end only
    #[arg(long, default_value_t = 0, value_name = "STEPS")]
    pub validate_every: usize,
    /// Largest number of images in a validation
    #[arg(long, default_value_t = 500, value_name = "N")]
    pub validate_most: usize,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
    /// Devices to compute on. Several share every batch, such as cpu,cpu
    #[arg(long, default_value = "cpu", value_delimiter = ',', value_name = "DEVICES")]
    pub device: Vec<Device>,
}

/// The settings of a [`Recipe`](peerlight_train::Recipe). Each flag has the name of a key; names of earlier versions
/// are hidden aliases. The defaults are the library's.
#[derive(Args, Serialize)]
pub struct RecipeArgs {
    #[command(flatten)]
    #[serde(flatten)]
    data: DataArgs,
    #[command(flatten)]
    #[serde(flatten)]
    networks: NetworkArgs,
    #[command(flatten)]
    #[serde(flatten)]
    loss: LossArgs,
    #[command(flatten)]
    #[serde(flatten)]
    schedule: ScheduleArgs,
}

#[derive(Args, Serialize)]
#[command(next_help_heading = "Images")]
#[serde(rename_all = "kebab-case")]
struct DataArgs {
    /// Images to train with: folders of class folders, or CSVs with the columns path and class
    #[arg(required_unless_present_any = ["resume", "config"], value_name = "IMAGES")]
    images: Vec<PathBuf>,
    /// Images to validate with; without it, a fraction of the training images is held out
    #[arg(long, value_name = "IMAGES")]
    #[serde(skip_serializing_if = "Option::is_none")]
    val: Option<PathBuf>,
    /// Fraction of the training images that is held out for validation
    #[arg(long, alias = "val-part", default_value_t = Data::default().val_fraction, value_name = "FRACTION")]
    val_fraction: f64,
    /// Side of the networks' input in pixels. Several sizes take turns, batch by batch
    #[arg(long, alias = "sides", default_value = "224", value_delimiter = ',', value_name = "PIXELS")]
    image_size: Vec<usize>,
    /// Augmentation: smallest fraction of an image's area that a random crop keeps; 1 keeps the whole image
    #[arg(long, default_value_t = Data::default().crop, value_name = "FRACTION")]
    crop: f64,
    /// Augmentation: largest stretch of a crop's sides; 1 stretches nothing
    #[arg(long, default_value_t = Data::default().stretch, value_name = "RATIO")]
    stretch: f64,
    /// Augmentation: largest change of brightness and contrast; 0 changes nothing
    #[arg(long, default_value_t = Data::default().jitter, value_name = "FRACTION")]
    jitter: f64,
}

#[derive(Args, Serialize)]
#[command(next_help_heading = "Networks")]
#[serde(rename_all = "kebab-case")]
struct NetworkArgs {
    /// Bundle, or ONNX file, whose networks the training starts from
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<PathBuf>,
    /// Peers to train from scratch, each [ID=]ARCHITECTURE. With --from: the bundle's peers to take, otherwise all
    #[arg(long, value_delimiter = ',', value_name = "PEERS")]
    peers: Vec<String>,
    /// What the networks learn to predict: labels (each image's class) or teacher (what the same network predicted
    /// before training: it keeps all its classes and needs no labels)
    #[arg(long, default_value = "labels", value_parser = parsed::<Targets>, value_name = "labels|teacher")]
    targets: Targets,
    /// Fraction of the starting weights in the final ones, 0.5 for halfway: less of what the networks knew is lost
    /// (Wortsman et al. 2022)
    #[arg(long, alias = "keep", default_value_t = 0.0, value_name = "FRACTION")]
    interpolate: f32,
    /// Batch norms: train (normalize by each batch's statistics) or frozen. Without it: frozen with --from, train
    /// from scratch
    #[arg(long, alias = "norms", value_parser = parsed::<BatchNorm>, value_name = "train|frozen")]
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_norm: Option<BatchNorm>,
}

#[derive(Args, Serialize)]
#[command(next_help_heading = "Loss")]
#[serde(rename_all = "kebab-case")]
struct LossArgs {
    /// Weight of the transfer of maps between peers (beta); 0 makes the peers independent
    #[arg(long, alias = "beta", default_value_t = Loss::default().transfer_weight, value_name = "WEIGHT")]
    transfer_weight: f32,
    /// Weight of mutual learning of the peers' probabilities (gamma; Zhang et al. 2018); 0 turns it off
    #[arg(long, alias = "gamma", default_value_t = Loss::default().mutual_weight, value_name = "WEIGHT")]
    mutual_weight: f32,
    /// Temperature of mutual learning
    #[arg(long, default_value_t = Loss::default().temperature)]
    temperature: f32,
    /// Weight of masked consistency (delta): the image masked by the mutual map must still be recognized; 0 turns it
    /// off
    #[arg(long, alias = "delta", default_value_t = Loss::default().consistency_weight, value_name = "WEIGHT")]
    consistency_weight: f32,
    /// Mask of masked consistency: soft (pixels times the map), top50 (the half of the pixels with the largest values
    /// stays) or both (in turn)
    #[arg(long, default_value = "both", value_parser = parsed::<Mask>, value_name = "soft|top50|both")]
    mask: Mask,
    /// Gradients of masked consistency: stop (the mask is constant) or flow (through the mask into the peer's own
    /// map)
    #[arg(
        long,
        alias = "teach",
        default_value = "stop",
        value_parser = parsed::<MaskGradient>,
        value_name = "stop|flow"
    )]
    mask_gradient: MaskGradient,
    /// Weight of the squared distance within a region's transfer (lambda)
    #[arg(long, alias = "lambda", default_value_t = Loss::default().distance_weight, value_name = "WEIGHT")]
    distance_weight: f32,
    /// How maps are compared: regional (Pearson's correlation of each region) or whole (as in attention transfer)
    #[arg(long, default_value = "regional", value_parser = parsed::<Transfer>, value_name = "regional|whole")]
    transfer: Transfer,
    /// Maps that are transferred: attention (whatever the class) or guided (limited to what supports the class)
    #[arg(long, default_value = "attention", value_parser = parsed::<MapKind>, value_name = "attention|guided")]
    evidence: MapKind,
    /// A peer's own maps that learn from the others': of the whole image, of the masked image, or both
    #[arg(
        long,
        alias = "onto",
        default_value = "whole",
        value_parser = parsed::<TransferOnto>,
        value_name = "whole|masked|both"
    )]
    transfer_onto: TransferOnto,
    /// Peers that a map is learned from: all others, or image by image only the better, which give the class a higher
    /// probability
    #[arg(
        long,
        alias = "lead",
        default_value = "all",
        value_parser = parsed::<TransferFrom>,
        value_name = "all|better"
    )]
    transfer_from: TransferFrom,
    /// Number of regions along a side
    #[arg(long, default_value_t = Loss::default().grid, value_name = "N")]
    grid: usize,
    /// Side of the compared maps, rounded up to a multiple of the grid
    #[arg(long, alias = "map-side", default_value_t = Loss::default().map_size, value_name = "SIZE")]
    map_size: usize,
    /// Exponent of the layer attention
    #[arg(long, default_value_t = Loss::default().power)]
    power: u32,
    /// Layers whose attention is superposed, counted from 1; without it, the last four before the head
    #[arg(long, alias = "stages", value_delimiter = ',', value_name = "LAYERS")]
    layers: Vec<usize>,
}

#[derive(Args, Serialize)]
#[command(next_help_heading = "Schedule")]
#[serde(rename_all = "kebab-case")]
struct ScheduleArgs {
    /// Number of steps, each of one batch
    #[arg(long, conflicts_with = "epochs")]
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<usize>,
    /// Number of times that all images are seen; 10 where --steps is not given either
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    epochs: Option<f64>,
    /// Number of images in a batch
    #[arg(long, alias = "batch", default_value_t = Schedule::default().batch_size, value_name = "N")]
    batch_size: usize,
    /// Optimizer: sgd (with momentum) or adamw
    #[arg(long, default_value = "sgd", value_parser = parsed::<Optimizer>, value_name = "sgd|adamw")]
    optimizer: Optimizer,
    /// Highest learning rate
    #[arg(long, alias = "rate", default_value_t = Schedule::default().lr)]
    lr: f64,
    /// Momentum of SGD
    #[arg(long, default_value_t = Schedule::default().momentum)]
    momentum: f64,
    /// Weight decay
    #[arg(long, alias = "decay", default_value_t = Schedule::default().weight_decay)]
    weight_decay: f32,
    /// Steps over which the learning rate rises. After them it falls along a cosine
    #[arg(long, default_value_t = Schedule::default().warm_up, value_name = "STEPS")]
    warm_up: usize,
    /// Largest norm of a gradient. A longer one is scaled down; 0 scales none
    #[arg(long, default_value_t = Schedule::default().clip, value_name = "NORM")]
    clip: f32,
    /// Seed of the first weights, the order of the images and the augmentation
    #[arg(long, default_value_t = Schedule::default().seed)]
    seed: u64,
}

/// Arguments, and which of them stand on the command line. The others hold defaults.
pub struct Given<T> {
    pub args: T,
    ids: BTreeSet<String>,
}

impl<T> Given<T> {
    /// Whether the flag of this key stands on the command line.
    pub fn has(&self, key: &str) -> bool {
        self.ids.contains(&key.replace('-', "_"))
    }
}

impl<T: Args> Args for Given<T> {
    fn augment_args(command: Command) -> Command {
        // The heading of the last arguments would go on with those that follow.
        T::augment_args(command).next_help_heading(None::<&str>)
    }

    fn augment_args_for_update(command: Command) -> Command {
        T::augment_args_for_update(command).next_help_heading(None::<&str>)
    }
}

/// A run that goes on has its settings already: one on the command line would be dropped without a word.
fn check_resume<T: Args>(matches: &ArgMatches, ids: &BTreeSet<String>) -> Result<(), clap::Error> {
    if !matches.try_get_one::<bool>("resume").ok().flatten().is_some_and(|resume| *resume) {
        return Ok(());
    }
    let own = T::augment_args(Command::new("settings"));
    let given = own.get_arguments().filter(|arg| ids.contains(arg.get_id().as_str()));
    let names: Vec<_> = given.map(|arg| arg.get_long().map_or("IMAGES".into(), |long| format!("--{long}"))).collect();
    if names.is_empty() {
        return Ok(());
    }
    let text = format!(
        "the argument '--resume' cannot be used with: {}\n\nA run goes on with the settings that it began with.\n",
        names.join(", ")
    );
    Err(clap::Error::raw(ErrorKind::ArgumentConflict, text))
}

impl<T: Args> FromArgMatches for Given<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        let ids: BTreeSet<String> = matches.ids().filter(given).map(|id| id.as_str().to_owned()).collect();
        check_resume::<T>(matches, &ids)?;
        Ok(Self { args: T::from_arg_matches(matches)?, ids })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
