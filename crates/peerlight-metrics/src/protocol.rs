//! The protocol: every method, on every explained peer, on the same images.

use peerlight_core::{Framing, Rect, Result, Rgba8, covered};
use peerlight_explain::{Explanation, Progress, Request, Session};

use crate::{
    agreement::{AgreementPlan, Seen},
    evaluation::{EvaluatedImage, Evaluation, mask_together},
    figure::MetricId,
    measure::measure,
    metrics::metric,
    record::{CROP, Entry, Record},
};

/// The protocol's name in every result.
pub const PROTOCOL: &str = "peerlight-1";

/// Boxes that cover at most this fraction of the image are small.
const SMALL: f64 = 0.5;

/// Methods and metrics that are compared, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Protocol {
    /// The methods; differences are taken from the first one.
    pub methods: Vec<Request>,
    /// The peers whose decision is explained, counted from 0.
    pub peers: Vec<usize>,
    /// Metrics that score each map.
    pub metrics: Vec<MetricId>,
    /// Statistics of agreement that are measured.
    pub agreement: AgreementPlan,
}

/// An image to evaluate on, with what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct LabeledImage {
    /// The name in the results.
    pub name: String,
    /// Pixels of the image.
    pub image: Rgba8,
    /// The class that the image shows, if that is known.
    pub class: Option<usize>,
    /// Boxes of the class, in pixels of the image.
    pub boxes: Vec<Rect>,
}

/// Watches a run: it can measure memory and keep maps. `()` watches nothing.
pub trait Observer {
    /// Called before a method begins.
    fn begins(&self) {}

    /// The most bytes held at once since the last method began, if that is known.
    fn memory(&self) -> Option<u64> {
        None
    }

    /// Called with each map of an image.
    ///
    /// # Errors
    /// Whatever keeps the observer from its work. The run stops with it.
    fn mapped(&self, image: &LabeledImage, request: &Request, map: &Explanation) -> Result<()> {
        let _ = (image, request, map);
        Ok(())
    }
}

impl Observer for () {}

impl Protocol {
    /// Makes the maps of all methods and peers for one image and scores them. `progress` hears of every step and
    /// can cancel.
    ///
    /// # Errors
    /// `ask-invalid` for a method or metric that does not exist, those of [`Session::forward`], and the observer's.
    pub async fn evaluate(
        &self,
        session: &Session,
        image: &LabeledImage,
        progress: &dyn Progress,
        observer: &dyn Observer,
    ) -> Result<Record> {
        let pass = session.forward(&image.image, Framing::centered(CROP), progress).await?;
        let seen = |side: usize| -> Vec<Rect> {
            image.boxes.iter().filter_map(|rect| rect.seen(pass.image().crop, side)).collect()
        };
        let peers = session.info().peers.len();
        let boxes = seen(pass.side(0..peers));
        let (width, height) = (image.image.width(), image.image.height());
        let small = !boxes.is_empty() && covered(&image.boxes, width.into(), height.into()) <= SMALL;
        let request = Request::default();
        let joint = match peers {
            0 | 1 => None,
            _ => Some((request.clone(), session.explain_maps(&pass, &request, progress).await?)),
        };
        let agreement = joint.as_ref().and_then(|(_, joint)| joint.agreement).map(f64::from);
        let judging = Seen { session, pass: &pass, class: image.class, boxes: &boxes, small, progress };
        let judged = self.agreement.records(&judging, joint.as_ref()).await?;
        let predicted: Vec<usize> = (0..peers).map(|peer| pass.likeliest(&[peer])).collect();
        let mut maps = Vec::new();
        for method in &self.methods {
            for &peer in &self.peers {
                let request = Request { peer: Some(peer), target: Some(predicted[peer].into()), ..method.clone() };
                observer.begins();
                // Without what agreement was worth elsewhere, which can take passes and which no metric reads.
                let map = session.explain_maps(&pass, &request, progress).await?;
                let memory = observer.memory();
                observer.mapped(image, &request, &map)?;
                maps.push((request, map, memory));
            }
        }

        // Maps of peers with larger inputs are larger, and so are the boxes on them.
        let mut sides: Vec<usize> = maps.iter().map(|(_, map, _)| map.side).collect();
        sides.sort_unstable();
        sides.dedup();
        let of_sides: Vec<_> = sides.iter().map(|&side| (side, seen(side))).collect();
        let mut images = Vec::new();
        for (side, boxes) in &of_sides {
            images.push((*side, EvaluatedImage::new(session, &pass, boxes, progress).await?));
        }
        let image_of = |side: usize| &images.iter().find(|(own, _)| *own == side).expect("every side has one").1;
        let evaluations: Vec<_> =
            maps.iter().map(|(request, map, _)| Evaluation::new(image_of(map.side), map, request)).collect();
        if self.metrics.iter().any(|id| metric(id.as_str()).is_ok_and(|metric| metric.meta().masked)) {
            mask_together(&evaluations.iter().collect::<Vec<_>>()).await?;
        }
        let mut entries = Vec::new();
        for ((request, map, memory), evaluation) in maps.iter().zip(&evaluations) {
            let measures = measure(evaluation, &self.metrics).await?;
            let (peer, class) = (map.explained()[0], map.target.class);
            entries.push(Entry {
                method: request.spec(),
                peer,
                class,
                probability: map.peers[0].target.probability,
                blank: map.map.blank,
                finite: map.finite,
                tied: Some(evaluation.ranked().tied()),
                forward: map.cost.forward,
                partial: map.cost.partial,
                backward: map.cost.backward,
                ms: map.ms,
                memory: *memory,
                figures: measures.figures.iter().map(|figure| (figure.key(), figure.value)).collect(),
                curves: measures.curves.into_iter().map(|curve| (curve.id, curve.y)).collect(),
            });
        }
        Ok(Record {
            image: image.name.clone(),
            class: image.class,
            boxes,
            small,
            agreement,
            predicted,
            entries,
            judged,
        })
    }
}
