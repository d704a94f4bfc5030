//! How peers are trained. The flags, the keys of a configuration file and the record of a run are this one list.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use peerlight_core::{Code, Error, Grid, Result, Transfer};
use serde::{Deserialize, Serialize};

use crate::{choice::parsed, files};

/// Everything that decides what a run computes.
#[derive(Debug, Clone, PartialEq, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Recipe {
    /// Images to learn from: folders of class folders, or CSVs with the columns path and class
    #[arg(required_unless_present = "resume", value_name = "IMAGES")]
    #[serde(alias = "pictures")]
    pub images: Vec<PathBuf>,
    /// Images to validate with; otherwise a part of the training images is kept aside
    #[arg(long, value_name = "IMAGES", help_heading = "Images")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub val: Option<PathBuf>,
    /// The part that is kept aside where there are no --val images
    #[arg(long, default_value_t = 0.1, value_name = "PART", help_heading = "Images")]
    pub val_part: f64,
    /// Sides of the networks' input in pixels; several are used in turn, batch by batch
    #[arg(long, default_value = "224", value_delimiter = ',', value_name = "SIDES", help_heading = "Images")]
    pub sides: Vec<usize>,
    /// Augmentation: the smallest part of an image's area that a random crop keeps; 1 for the whole image
    #[arg(long, default_value_t = 0.5, value_name = "PART", help_heading = "Images")]
    pub crop: f64,
    /// Augmentation: how far a crop's sides may be stretched, 1 for not at all
    #[arg(long, default_value_t = 1.25, value_name = "RATIO", help_heading = "Images")]
    pub stretch: f64,
    /// Augmentation: how far brightness and contrast may change, 0 for not at all
    #[arg(long, default_value_t = 0.0, value_name = "PART", help_heading = "Images")]
    pub jitter: f64,

    /// Start from the networks of this bundle
    #[arg(long, value_name = "FILE", help_heading = "Networks")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<PathBuf>,
    /// Peers to train from scratch, each [ID=]BACKBONE; with --from: which of the bundle's peers, otherwise all
    #[arg(long, value_delimiter = ',', value_name = "PEERS", help_heading = "Networks")]
    #[serde(default)]
    pub peers: Vec<String>,
    /// What the networks learn to say: the images' labels, or what their own selves said before the training
    #[arg(long, value_enum, default_value_t, help_heading = "Networks")]
    pub targets: Targets,
    /// Part of the former weights in those that the run ends with (0.5: halfway), so that less of what was known is lost
    /// (Wortsman et al., CVPR 2022)
    #[arg(long, default_value_t = 0.0, value_name = "PART", help_heading = "Networks")]
    #[serde(default)]
    pub keep: f32,
    /// Batch norms: live ones use each batch's moments. Otherwise frozen with --from, live from scratch
    #[arg(long, value_enum, help_heading = "Networks")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norms: Option<Norms>,

    /// Weight of the transfer of maps between peers; 0: independent peers
    #[arg(long, default_value_t = 1.0, help_heading = "Loss")]
    pub beta: f32,
    /// Weight of mutual learning (the peers' probabilities, Zhang et al. 2018); 0: none
    #[arg(long, default_value_t = 0.0, help_heading = "Loss")]
    pub gamma: f32,
    /// Temperature of mutual learning
    #[arg(long, default_value_t = 1.0, help_heading = "Loss")]
    pub temperature: f32,
    /// Weight of masked consistency: the image masked by the mutual map must still be recognized; 0: none
    #[arg(long, default_value_t = 0.0, help_heading = "Loss")]
    pub delta: f32,
    /// How masked consistency masks
    #[arg(long, value_enum, default_value_t, help_heading = "Loss")]
    pub mask: Mask,
    /// What masked consistency teaches: the network alone, or through the mask its map as well
    #[arg(long, value_enum, default_value_t, help_heading = "Loss")]
    #[serde(default)]
    pub teach: Teach,
    /// Weight of the squared distance within the transfer of a region
    #[arg(long, default_value_t = 1.0, help_heading = "Loss")]
    pub lambda: f32,
    /// Region by region (Pearson's correlation), or the whole map at once (attention transfer)
    #[arg(long, value_parser = parsed::<Transfer>, default_value = "regional", value_name = "regional|whole", help_heading = "Loss")]
    pub transfer: Transfer,
    /// Which maps are transferred
    #[arg(long, value_enum, default_value_t, help_heading = "Loss")]
    pub evidence: Evidence,
    /// Which of a peer's own maps are transferred to
    #[arg(long, value_enum, default_value_t, help_heading = "Loss")]
    #[serde(default)]
    pub onto: Onto,
    /// From whom an image's maps are transferred
    #[arg(long, value_enum, default_value_t, help_heading = "Loss")]
    pub lead: Lead,
    /// Regions along a side
    #[arg(long, default_value_t = 7, help_heading = "Loss")]
    pub grid: usize,
    /// Side of the maps that are compared, rounded up to what the grid divides
    #[arg(long, default_value_t = 28, value_name = "SIDE", help_heading = "Loss")]
    pub map_side: usize,
    /// Power of the layer attention
    #[arg(long, default_value_t = 2, help_heading = "Loss")]
    pub power: u32,
    /// Stages whose attention is superposed, counted from 1; otherwise the last four before the head
    #[arg(long, value_delimiter = ',', help_heading = "Loss")]
    #[serde(default)]
    pub stages: Vec<usize>,

    /// How long: steps, each of one batch
    #[arg(long, conflicts_with = "epochs", help_heading = "Schedule")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<usize>,
    /// How long: times through all images (10 unless said)
    #[arg(long, help_heading = "Schedule")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epochs: Option<f64>,
    /// Images in a batch
    #[arg(long, default_value_t = 16, help_heading = "Schedule")]
    pub batch: usize,
    /// The optimizer
    #[arg(long, value_enum, default_value_t, help_heading = "Schedule")]
    pub optimizer: Optimizer,
    /// Highest learning rate
    #[arg(long, default_value_t = 0.01, help_heading = "Schedule")]
    pub rate: f64,
    /// Momentum of SGD
    #[arg(long, default_value_t = 0.9, help_heading = "Schedule")]
    pub momentum: f64,
    /// Weight decay
    #[arg(long, default_value_t = 0.0, help_heading = "Schedule")]
    pub decay: f32,
    /// Steps over which the rate rises; after them it falls along a cosine
    #[arg(long, default_value_t = 10, value_name = "STEPS", help_heading = "Schedule")]
    pub warm_up: usize,
    /// Gradients longer than this are shortened to it; 0: never
    #[arg(long, default_value_t = 5.0, help_heading = "Schedule")]
    pub clip: f32,
    /// Decides the first weights, the order of images and the augmentation
    #[arg(long, default_value_t = 0, help_heading = "Schedule")]
    pub seed: u64,
}

/// What the networks learn to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Targets {
    /// The class of the image's folder
    #[default]
    Labels,
    /// The softmax of each network as it was before training: it keeps all its classes, and needs no labels
    Teacher,
}

/// What batch norms do in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Norms {
    /// Folded into the convolutions
    Frozen,
    /// With the moments of each batch
    Live,
}

/// How masked consistency masks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mask {
    /// Pixels times the map
    Soft,
    /// The half of the pixels with the largest values stays
    Top50,
    /// Soft and top50, image by image in turn
    #[default]
    Both,
}

/// What masked consistency teaches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Teach {
    /// To recognize what the mask leaves; the mask is constant
    #[default]
    Network,
    /// Also to look where what is left is recognized: the mask passes gradients to the peer's own map
    Map,
}

/// Which maps are transferred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The paper's: attention, whatever the class
    #[default]
    Attention,
    /// Attention kept to what speaks for the class
    Guided,
}

/// Which of a peer's own maps are transferred to; the others' are always of the whole image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Onto {
    /// That of the whole image
    #[default]
    Whole,
    /// That of the image masked for masked consistency: what is left is to be seen as the others see the whole
    Masked,
    /// Both, each with half of the weight
    Both,
}

/// From whom maps are transferred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lead {
    /// Each from every other
    #[default]
    Mutual,
    /// EvaluationImage by image, from those alone that lose less on it
    Better,
}

/// The optimizer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimizer {
    /// Stochastic gradient descent with momentum
    #[default]
    Sgd,
    /// Adam with decoupled weight decay
    Adamw,
}

impl Recipe {
    /// The file in a run's folder that records it.
    pub const FILE: &'static str = "recipe.toml";

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// `ask-invalid`, saying what may be.
    pub fn check(&self) -> Result<()> {
        let rules = [
            (self.val_part > 0.0 && self.val_part < 1.0, "--val-part must be between 0 and 1."),
            (
                !self.sides.is_empty() && self.sides.iter().all(|s| (32..=1024).contains(s)),
                "--sides must be 32 to 1024.",
            ),
            (self.crop > 0.0 && self.crop <= 1.0, "--crop must be above 0 and at most 1."),
            ((1.0..=4.0).contains(&self.stretch), "--stretch must be 1 to 4."),
            ((0.0..1.0).contains(&self.jitter), "--jitter must be at least 0 and below 1."),
            (
                self.from.is_some() || self.peers.len() >= 2,
                "Name two peers or more with --peers, or a bundle with --from.",
            ),
            (
                self.from.is_some() || self.targets == Targets::Labels,
                "--targets teacher needs --from: networks from scratch have no former selves.",
            ),
            (
                self.from.is_some() || self.norms != Some(Norms::Frozen),
                "--norms frozen needs --from: from scratch there is nothing to freeze.",
            ),
            (
                [self.beta, self.gamma, self.delta, self.lambda, self.decay, self.clip]
                    .iter()
                    .all(|v| v.is_finite() && *v >= 0.0),
                "--beta, --gamma, --delta, --lambda, --decay and --clip must not be negative.",
            ),
            ((0.0..1.0).contains(&self.keep), "--keep must be at least 0 and below 1."),
            (self.keep == 0.0 || self.from.is_some(), "--keep needs --from: from scratch there are no former weights."),
            (
                self.onto == Onto::Whole || self.delta > 0.0,
                "--onto masked or both needs masked consistency: --delta above 0.",
            ),
            (self.temperature.is_finite() && self.temperature > 0.0, "--temperature must be above 0."),
            ((1..=4).contains(&self.power), "--power must be 1 to 4."),
            ((8..=448).contains(&self.map_side), "--map-side must be 8 to 448."),
            ((2..=1024).contains(&self.batch), "--batch must be 2 to 1024."),
            (self.steps != Some(0), "--steps must be 1 or more."),
            (self.epochs.is_none_or(|e| e.is_finite() && e > 0.0), "--epochs must be above 0."),
            (self.rate.is_finite() && self.rate > 0.0, "--rate must be above 0."),
            ((0.0..1.0).contains(&self.momentum), "--momentum must be at least 0 and below 1."),
        ];
        Grid::square(self.grid)?;
        match rules.iter().find(|(holds, _)| !holds) {
            Some((_, rule)) => Err(Error::new(Code::AskInvalid, *rule)),
            None => Ok(()),
        }
    }

    /// The same with no more of each path than its last two parts: for what is published.
    pub fn published(&self) -> Self {
        let end = |path: &PathBuf| {
            let parts: Vec<_> = path.components().collect();
            parts[parts.len().saturating_sub(2)..].iter().collect::<PathBuf>()
        };
        Self {
            images: self.images.iter().map(end).collect(),
            val: self.val.as_ref().map(end),
            from: self.from.as_ref().map(end),
            ..self.clone()
        }
    }

    /// As a configuration file.
    ///
    /// # Errors
    /// `ask-invalid` if a path is not text.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self)
            .map_err(|e| Error::new(Code::AskInvalid, format!("The recipe cannot be stored: {e}.")))
    }

    /// The recipe of a run's folder.
    ///
    /// # Errors
    /// `file-unreadable` or `ask-invalid`.
    pub fn of_run(folder: &Path) -> Result<Self> {
        let path = folder.join(Self::FILE);
        toml::from_str(&files::read_text(&path)?)
            .map_err(|e| Error::new(Code::AskInvalid, format!("'{}' is not a recipe: {e}", path.display())))
    }

    /// How many steps a run over this many images takes.
    pub fn steps_over(&self, images: usize) -> usize {
        let steps = || (self.epochs.unwrap_or(10.0) * images as f64 / self.batch as f64).ceil() as usize;
        self.steps.unwrap_or_else(steps).max(1)
    }

    /// The learning rate of a step, counted from 0: rising to the highest over the warm-up, then half a cosine down to 0.
    pub fn rate_at(&self, step: usize, steps: usize) -> f64 {
        if step < self.warm_up {
            return self.rate * (step + 1) as f64 / self.warm_up as f64;
        }
        let part = (step - self.warm_up) as f64 / (steps.saturating_sub(self.warm_up)).max(1) as f64;
        self.rate * 0.5 * (1.0 + (std::f64::consts::PI * part).cos())
    }
}

/// The words of a command line that a configuration file stands for: its keys are the flags' names.
///
/// # Errors
/// `file-unreadable`, or `ask-invalid` if it is not TOML of plain values and lists.
pub fn words(file: &Path) -> Result<Vec<String>> {
    let invalid = |what: String| Error::new(Code::AskInvalid, format!("'{}': {what}", file.display()));
    let table: toml::Table = files::read_text(file)?.parse().map_err(|e: toml::de::Error| invalid(e.to_string()))?;
    let plain = |key: &str, value: &toml::Value| match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(_) | toml::Value::Float(_) => Ok(value.to_string()),
        _ => Err(invalid(format!("the value of '{key}' is neither text, a number nor a list of them."))),
    };
    let mut words = Vec::new();
    for (key, value) in &table {
        let values = match value {
            toml::Value::Array(values) => values.iter().map(|v| plain(key, v)).collect::<Result<Vec<_>>>()?,
            one => vec![plain(key, one)?],
        };
        // Recipes written before 0.2 say `pictures`.
        if key == "images" || key == "pictures" {
            words.extend(values);
        } else if !values.is_empty() {
            words.push(format!("--{key}={}", values.join(",")));
        }
    }
    Ok(words)
}

#[cfg(test)]
pub mod tests {
    use super::*;

    #[test]
    fn what_is_published_names_no_more_than_the_ends_of_paths() {
        let recipe = recipe(&["/home/ann/images/cats", "dogs", "--val", "/mnt/a/b/c", "--from", "x.safetensors"]);
        let published = recipe.published();
        assert_eq!(published.images, [PathBuf::from("images/cats"), PathBuf::from("dogs")]);
        assert_eq!((published.val, published.from), (Some("b/c".into()), Some("x.safetensors".into())));
        assert_eq!(published.seed, recipe.seed);
    }

    /// The recipe of a command line.
    pub fn recipe(words: &[&str]) -> Recipe {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            recipe: Recipe,
            #[arg(long)]
            resume: bool,
        }
        let line: Line = clap::Parser::try_parse_from([&["x"], words].concat()).unwrap();
        assert!(!line.resume);
        line.recipe
    }

    #[test]
    fn a_file_says_what_the_flags_say() {
        let said = recipe(&[
            "a",
            "b",
            "--peers=efficientnet-lite0,efficientnet-lite1",
            "--beta=0.5",
            "--mask=top50",
            "--sides=128,160",
        ]);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(Recipe::FILE), said.to_toml().unwrap()).unwrap();
        assert_eq!(Recipe::of_run(folder.path()).unwrap(), said);
        let words = words(&folder.path().join(Recipe::FILE)).unwrap();
        assert_eq!(recipe(&words.iter().map(String::as_str).collect::<Vec<_>>()), said);
    }

    #[test]
    fn the_rate_rises_then_falls() {
        let recipe = recipe(&["a", "--from=b", "--rate=0.1", "--warm-up=4"]);
        let rates: Vec<f64> = (0..12).map(|step| recipe.rate_at(step, 12)).collect();
        assert_eq!(&rates[..5], [0.025, 0.05, 0.1 * 3.0 / 4.0, 0.1, 0.1]);
        assert!((rates[8] - 0.05).abs() < 1e-12 && rates[11] < 0.005, "{rates:?}");
        assert!(recipe.rate_at(0, 1) > 0.0);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (words, text) in [
            (vec!["a"], "two peers"),
            (vec!["a", "--peers=b,c", "--targets=teacher"], "needs --from"),
            (vec!["a", "--from=b", "--beta=-1"], "not be negative"),
            (vec!["a", "--from=b", "--rate=nan"], "--rate"),
            (vec!["a", "--from=b", "--grid=99"], "grid"),
        ] {
            let error = recipe(&words).check().unwrap_err();
            assert!(error.to_string().contains(text), "{error}");
        }
        recipe(&["a", "--from=b"]).check().unwrap();
    }
}
