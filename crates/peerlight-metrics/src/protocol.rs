//! The protocol: every method, on every explained peer, on the same images.

use std::collections::BTreeMap;

use peerlight_core::{Preprocess, Rect, Result, Rgba8, covered};
use peerlight_explain::{Explanation, Progress, Request, Session};
use serde::{Deserialize, Serialize};

use crate::{Subject, key};

/// The protocol's name in every result.
pub const PROTOCOL: &str = "peerlight-1";
/// What the networks see: the shorter side is scaled to 256 pixels, and of them the center 224 are seen.
pub const CROP: f64 = 224.0 / 256.0;

/// Whose boxes cover at most this part of the image counts as small.
const SMALL: f64 = 0.5;

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    /// The methods; differences are taken from the first one.
    pub methods: Vec<Request>,
    /// The peers whose decision is explained, counted from 0.
    pub peers: Vec<usize>,
    /// The metrics' ids.
    pub metrics: Vec<&'static str>,
}

/// An image on trial.
#[derive(Debug, Clone, PartialEq)]
pub struct EvaluationImage {
    /// What it is called in the results.
    pub name: String,
    /// Its pixels.
    pub image: Rgba8,
    /// The class that it shows, if that is known.
    pub class: Option<usize>,
    /// Boxes of its class, in pixels of the image.
    pub boxes: Vec<Rect>,
}

/// Everything that was found about one image: what is kept, so that a run can be resumed and pooled anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What the image is called.
    #[serde(alias = "picture")]
    pub image: String,
    /// The class that it shows, if that is known.
    pub class: Option<usize>,
    /// Its boxes that the networks can see, in pixels of the map.
    pub boxes: Vec<Rect>,
    /// Whether it has boxes that cover at most half of the whole image.
    pub small: bool,
    /// Agreement of the peers' maps by the default request; none for a peer alone.
    pub agreement: Option<f64>,
    /// The class that each peer thinks likeliest.
    pub says: Vec<usize>,
    /// For each method and explained peer one.
    pub entries: Vec<Entry>,
}

/// What was found about one map of one image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The method with its settings, as text.
    pub method: String,
    /// The peer that it explains, counted from 0.
    pub peer: usize,
    /// The class that the peer thinks likeliest, which is explained.
    pub class: usize,
    /// Its probability.
    pub probability: f32,
    /// Whether the map is blank, and so counts as all zeros.
    pub blank: bool,
    /// Whether every number that the method made was one.
    pub finite: bool,
    /// Passes from the image.
    pub forward: usize,
    /// Passes from a stage.
    pub partial: usize,
    /// Passes back.
    pub backward: usize,
    /// Milliseconds.
    pub ms: f64,
    /// The most bytes that the method took at once, where that is known.
    pub memory: Option<u64>,
    /// The figures by [`key`].
    pub figures: BTreeMap<String, Option<f64>>,
    /// The curves by the metric's id.
    pub curves: BTreeMap<String, Vec<f32>>,
}

/// Whoever watches a run: measures memory, and may keep the maps.
pub trait Watch {
    /// A method begins.
    fn begins(&self) {}

    /// The most bytes taken at once since a method began, if that is known.
    fn memory(&self) -> Option<u64> {
        None
    }

    /// A method has made its map of an image.
    ///
    /// # Errors
    /// Whatever keeps the watcher from its work: the run stops.
    fn made(&self, image: &EvaluationImage, request: &Request, map: &Explanation) -> Result<()> {
        let _ = (image, request, map);
        Ok(())
    }
}

/// Watches nothing.
pub struct Unwatched;

impl Watch for Unwatched {}

impl Protocol {
    /// Puts one image on trial.
    ///
    /// # Errors
    /// `ask-invalid` for a method or metric that there is not, those of [`Session::forward`], and the watcher's.
    pub async fn image(
        &self,
        session: &Session,
        image: &EvaluationImage,
        progress: &dyn Progress,
        watch: &dyn Watch,
    ) -> Result<Record> {
        let preprocess = Preprocess { crop: CROP, ..session.info().preprocess.clone() };
        let (width, height) = (image.image.width(), image.image.height());
        let crop = preprocess.crop_of(width, height);
        let boxes: Vec<Rect> = image.boxes.iter().filter_map(|rect| rect.seen(crop, preprocess.side)).collect();
        let small = !boxes.is_empty() && covered(&image.boxes, width.into(), height.into()) <= SMALL;

        let pass = session.forward(&image.image, Some(CROP), progress).await?;
        let peers = session.info().peers.len();
        let agreement = match peers {
            0 | 1 => None,
            _ => session.explain(&pass, &Request::default(), progress).await?.agreement.map(f64::from),
        };
        let says = (0..peers).map(|peer| pass.likeliest(&[peer])).collect();
        let subject = Subject::new(session, &pass, &boxes, progress).await?;
        let mut entries = Vec::new();
        for method in &self.methods {
            for &peer in &self.peers {
                let class = pass.likeliest(&[peer]);
                let request = Request { peer: Some(peer), target: Some(class), ..method.clone() };
                watch.begins();
                let map = session.explain(&pass, &request, progress).await?;
                let memory = watch.memory();
                watch.made(image, &request, &map)?;
                let found = subject.measure(&map, &request, &self.metrics).await?;
                entries.push(Entry {
                    method: request.spec(),
                    peer,
                    class,
                    probability: pass.probabilities(peer)[class],
                    blank: map.map.blank,
                    finite: map.finite,
                    forward: map.cost.forward,
                    partial: map.cost.partial,
                    backward: map.cost.backward,
                    ms: map.ms,
                    memory,
                    figures: found.figures.iter().map(|f| (key(f.id, f.masking), f.value)).collect(),
                    curves: found.curves.into_iter().map(|curve| (curve.id.into(), curve.y)).collect(),
                });
            }
        }
        Ok(Record { image: image.name.clone(), class: image.class, boxes, small, agreement, says, entries })
    }
}
