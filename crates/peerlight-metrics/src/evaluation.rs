//! One map of one image on trial.

use std::{
    cell::{Cell, OnceCell},
    ops::Range,
};

use peerlight_core::{Baseline, Rect, Result};
use peerlight_explain::{Explanation, ForwardPass, Progress, Request, Session};

use crate::{
    masked_inputs::MaskedInputs,
    masking::{Masking, PerMasking},
    order::RankedMap,
    similarity::correlation,
    steps,
};

/// An image that the peers have seen, with everything that metrics need of it, for any number of maps.
pub struct EvaluatedImage<'a> {
    session: &'a Session,
    pass: &'a ForwardPass,
    /// Every peer's input.
    inputs: Vec<MaskedInputs>,
    boxes: &'a [Rect],
    progress: &'a dyn Progress,
}

impl<'a> EvaluatedImage<'a> {
    /// The image of a pass, with boxes of its class in pixels of the maps on trial. `progress` hears of every batch and
    /// can cancel.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn new(
        session: &'a Session,
        pass: &'a ForwardPass,
        boxes: &'a [Rect],
        progress: &'a dyn Progress,
    ) -> Result<Self> {
        let mut inputs = Vec::new();
        for (i, peer) in session.info().peers.iter().enumerate() {
            inputs.push(MaskedInputs::of(pass, i, &peer.preprocess).await?);
        }
        Ok(Self { session, pass, inputs, boxes, progress })
    }
}

/// An image as one peer's network sees it, and a map in the size of the peer's input.
pub struct PeerTrial<'a> {
    /// The image, and masked versions of it.
    pub inputs: &'a MaskedInputs,
    /// The map with the order of its pixels.
    pub map: &'a RankedMap<'a>,
}

/// The probability of the class for the whole image, and for the image under each masking.
type Masked = (f64, PerMasking<f64>);

/// One map of one image on trial, which metrics score. What several metrics need is computed once.
///
/// Where several peers are explained together, a probability is the mean of theirs, each for the class that it explains
/// and with the map scaled to its own input.
pub struct Evaluation<'a> {
    image: &'a EvaluatedImage<'a>,
    explanation: &'a Explanation,
    request: &'a Request,
    map: RankedMap<'a>,
    doing: Cell<&'static str>,
    passes: Cell<usize>,
    masked: OnceCell<Masked>,
    coherency: OnceCell<f64>,
}

impl<'a> Evaluation<'a> {
    /// Puts the map that `request` gave of the image on trial.
    pub fn new(image: &'a EvaluatedImage<'a>, explanation: &'a Explanation, request: &'a Request) -> Self {
        Self {
            image,
            explanation,
            request,
            map: RankedMap::new(&explanation.map.values),
            doing: Cell::new("Measuring"),
            passes: Cell::new(0),
            masked: OnceCell::new(),
            coherency: OnceCell::new(),
        }
    }

    /// The values of the map, row by row, 0..=1.
    pub fn map(&self) -> &[f32] {
        self.map.values()
    }

    /// The map with the order of its pixels.
    pub fn ranked(&self) -> &RankedMap<'a> {
        &self.map
    }

    /// Whether the map is blank: all zeros, because there was nothing to show.
    pub fn blank(&self) -> bool {
        self.explanation.map.blank
    }

    /// The number of pixels along a side of the map.
    pub fn side(&self) -> usize {
        self.explanation.side
    }

    /// The boxes of the class, in pixels of the map.
    pub fn boxes(&self) -> &'a [Rect] {
        self.image.boxes
    }

    /// The number of passes from the image until now.
    pub fn passes(&self) -> usize {
        self.passes.get()
    }

    /// The time in milliseconds.
    pub(crate) fn now(&self) -> f64 {
        self.image.progress.now()
    }

    /// Sets what the caller is told that the passes are for.
    pub(crate) fn doing(&self, what: &'static str) {
        self.doing.set(what);
    }

    /// The peers that are explained, each with the class that its map is for.
    fn explained(&self) -> Vec<(usize, usize)> {
        self.explanation.peers.iter().map(|peer| (peer.peer, peer.target.class)).collect()
    }

    /// The probability that a peer gives a class for `total` images, which `make` makes.
    async fn seen(
        &self,
        (peer, class): (usize, usize),
        total: usize,
        make: &dyn Fn(usize, &mut Vec<f32>),
    ) -> Result<Vec<f64>> {
        let EvaluatedImage { session, inputs, progress, .. } = self.image;
        let inputs = &inputs[peer];
        let batch = |range: Range<usize>| {
            let mut values = Vec::with_capacity(range.len() * inputs.pixels().len());
            range.for_each(|i| make(i, &mut values));
            inputs.batch(values)
        };
        self.passes.set(self.passes.get() + total);
        session.confidences(peer, class, total, &batch, self.doing.get(), *progress).await
    }

    /// The probability of the class for `total` images. `make` adds the normalized pixels [3, side, side] of one of
    /// them, as the peer's network reads it, to what it is given.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    pub async fn probabilities(
        &self,
        total: usize,
        make: &dyn Fn(usize, &PeerTrial<'_>, &mut Vec<f32>),
    ) -> Result<Vec<f64>> {
        let mut found = Vec::new();
        for (peer, class) in self.explained() {
            let inputs = &self.image.inputs[peer];
            let scaled = inputs.scaled(&self.map, self.side()).await?;
            let trial = PeerTrial { inputs, map: scaled.as_ref().unwrap_or(&self.map) };
            found.push(self.seen((peer, class), total, &|i, out| make(i, &trial, out)).await?);
        }
        Ok(mean(&found))
    }

    /// The probability of the class for the whole image (Y) and for the image under each masking (O).
    ///
    /// # Errors
    /// As [`Evaluation::probabilities`].
    pub async fn masked(&self) -> Result<(f64, PerMasking<f64>)> {
        mask_together(&[self]).await?;
        Ok(*self.masked.get().expect("it was just computed"))
    }

    /// The probability at every step of insertion into a baseline, in the order of the map: from nothing but the
    /// baseline to the whole image. Of deletion, with `deleting`: from the whole image to nothing but the
    /// baseline.
    ///
    /// # Errors
    /// As [`Evaluation::probabilities`].
    pub async fn curve(&self, baseline: Baseline, deleting: bool) -> Result<Vec<f32>> {
        let (whole, _) = self.masked().await?;
        // The step that shows the whole image is known.
        let first = usize::from(deleting);
        let make = |i: usize, trial: &PeerTrial<'_>, out: &mut Vec<f32>| {
            let positions = trial.map.positions();
            let changed = steps::pixels_at(i + first, positions.len());
            let keep = |pixel: usize| f32::from(u8::from(((positions[pixel] as usize) < changed) != deleting));
            trial.inputs.blend(baseline, keep, out);
        };
        let mut curve = self.probabilities(steps::STEPS, &make).await?;
        curve.insert(if deleting { 0 } else { steps::STEPS }, whole);
        Ok(curve.into_iter().map(|p| p as f32).collect())
    }

    /// The method's map of the image seen through its own map ([`Masking::Soft`]), for the same class.
    ///
    /// # Errors
    /// As [`Session::explain`].
    async fn map_again(&self) -> Result<Vec<f32>> {
        let EvaluatedImage { session, pass, inputs, progress, .. } = self.image;
        let mut masked = Vec::new();
        for inputs in inputs {
            let scaled = inputs.scaled(&self.map, self.side()).await?;
            let mut pixels = Vec::with_capacity(inputs.pixels().len());
            inputs.masked(Masking::Soft, scaled.as_ref().unwrap_or(&self.map), &mut pixels);
            masked.push(inputs.batch(pixels));
        }
        let pass = session.forward_inputs(masked, *progress).await?.with_choices_of(pass);
        let target = Some(self.explanation.target.class.into());
        let again = session.explain_maps(&pass, &Request { target, ..self.request.clone() }, *progress).await?;
        self.passes.set(self.passes.get() + again.cost.forward + again.cost.partial);
        Ok(again.map.values)
    }

    /// Coherency: (r + 1)/2, r being Pearson's correlation of the map with the method's map of what it leaves of the
    /// image; 0 if either is constant.
    ///
    /// # Errors
    /// As [`Session::explain`].
    pub async fn coherency(&self) -> Result<f64> {
        if let Some(found) = self.coherency.get() {
            return Ok(*found);
        }
        let found = match self.blank() {
            true => None,
            false => correlation(self.map(), &self.map_again().await?, self.image.inputs[0].device()).await?,
        };
        Ok(*self.coherency.get_or_init(|| found.map_or(0.0, |r| (r + 1.0) / 2.0)))
    }
}

/// Computes [`Evaluation::masked`] for several maps of one image at once. Maps that explain the same peers and class
/// share the pass of the whole image, and go through the networks in batches as large as the device allows.
///
/// # Errors
/// As [`Evaluation::probabilities`].
pub async fn mask_together(evaluations: &[&Evaluation<'_>]) -> Result<()> {
    let mut left: Vec<_> = evaluations.iter().copied().filter(|each| each.masked.get().is_none()).collect();
    while let Some(&first) = left.first() {
        let peers = first.explained();
        let (group, others): (Vec<&Evaluation<'_>>, _) = left.into_iter().partition(|other| other.explained() == peers);
        let (whole, found) = masked_by(&group, &Masking::ALL).await?;
        for (evaluation, own) in group.iter().zip(found.chunks_exact(Masking::ALL.len())) {
            let masked = PerMasking::from_fn(|masking| own[masking as usize]);
            evaluation.masked.set((whole, masked)).expect("it was not computed yet");
        }
        left = others;
    }
    Ok(())
}

/// The probability of the class for the whole image, and for the image under each of these maskings by each map, map
/// by map. All maps explain the same peers and class.
///
/// # Errors
/// As [`Evaluation::probabilities`].
pub(crate) async fn masked_by(group: &[&Evaluation<'_>], maskings: &[Masking]) -> Result<(f64, Vec<f64>)> {
    let Some(first) = group.first() else { return Ok((0.0, Vec::new())) };
    let mut found = Vec::new();
    for (peer, class) in first.explained() {
        let inputs = &first.image.inputs[peer];
        let mut scaled = Vec::new();
        for evaluation in group {
            scaled.push(inputs.scaled(&evaluation.map, evaluation.side()).await?);
        }
        let each = maskings.len();
        let map = |i: usize| scaled[i].as_ref().unwrap_or(&group[i].map);
        // The whole image takes the same road as the masked ones: a mask of ones must not look like a gain.
        let make = |i: usize, out: &mut Vec<f32>| match i.checked_sub(1) {
            None => out.extend(inputs.pixels()),
            Some(i) => inputs.masked(maskings[i % each], map(i / each), out),
        };
        found.push(first.seen((peer, class), 1 + group.len() * each, &make).await?);
    }
    let mut found = mean(&found);
    let whole = found.remove(0);
    Ok((whole, found))
}

/// The mean over the peers of equally many probabilities.
fn mean(peers: &[Vec<f64>]) -> Vec<f64> {
    let total = peers.first().map_or(0, Vec::len);
    (0..total).map(|i| peers.iter().map(|found| found[i]).sum::<f64>() / peers.len() as f64).collect()
}
