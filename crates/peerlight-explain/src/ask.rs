//! What is asked of an explanation.

use peerlight_core::{Code, Error, Fuse, Fusion, Grid, Result, Weight};
use serde::{Deserialize, Serialize};

/// What a peer's map is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// The paper's: superposed attention of the chosen stages, the same whatever the class.
    Attention,
    /// Class activation: CAM at the head, LayerCAM at earlier stages.
    Class,
    /// Attention and what speaks for the class and not for its rivals, added: where the net looks, kept to the class.
    #[default]
    Guided,
}

/// The settings of one explanation. Everything has a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ask {
    /// Regions along a side, 1 to 56 (1: the whole map as one region).
    pub grid: usize,
    /// The class to explain, or none for the one that the peers together think likeliest.
    pub target: Option<usize>,
    /// What a peer's map is made of.
    pub evidence: Evidence,
    /// The power of the layer attention, 1 to 4.
    pub power: u32,
    /// The stages whose maps are superposed, counted from 1; none for the last four before the head.
    /// For class activation, none stands for the head.
    pub stages: Option<Vec<usize>>,
    /// How the peers' maps become one.
    pub fuse: Fuse,
    /// What the mutual map is weighted by.
    pub weight: Weight,
    /// The power that the mutual map is raised to, 0.5 to 4.
    pub contrast: f64,
    /// Side of the center square that the networks see, as a part of the image's shorter side;
    /// none for what the bundle says.
    pub crop: Option<f64>,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            grid: 7,
            target: None,
            evidence: Evidence::default(),
            power: 2,
            stages: None,
            fuse: Fuse::default(),
            weight: Weight::default(),
            contrast: Fusion::CONTRAST,
            crop: None,
        }
    }
}

impl Ask {
    /// Checks the settings against a bundle of `classes` classes whose peers have at least `stages` stages.
    ///
    /// # Errors
    /// `ask-invalid`, saying which setting and what it may be.
    pub fn check(&self, classes: usize, stages: usize) -> Result<Grid> {
        let invalid = |what: String| Err(Error::new(Code::AskInvalid, what));
        if !(1..=4).contains(&self.power) {
            return invalid(format!("The power must be 1 to 4, not {}.", self.power));
        }
        if !(0.5..=4.0).contains(&self.contrast) {
            return invalid(format!("The contrast must be 0.5 to 4, not {}.", self.contrast));
        }
        if let Some(target) = self.target
            && target >= classes
        {
            return invalid(format!("There is no class {target}: the classes are 0 to {}.", classes - 1));
        }
        if let Some(chosen) = &self.stages
            && (chosen.is_empty() || chosen.iter().any(|s| !(1..=stages).contains(s)))
        {
            return invalid(format!("The stages must be one or more of 1 to {stages}."));
        }
        if let Some(crop) = self.crop
            && !(crop > 0.0 && crop <= 1.0)
        {
            return invalid(format!("The crop must be above 0 and at most 1, not {crop}."));
        }
        Grid::square(self.grid)
    }

    /// How the peers' maps become one.
    pub fn fusion(&self) -> Fusion {
        Fusion { how: self.fuse, weight: self.weight, contrast: self.contrast }
    }
}
