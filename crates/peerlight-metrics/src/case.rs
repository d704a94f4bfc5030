//! One map of one image on trial.

use std::{
    cell::{Cell, OnceCell},
    ops::Range,
};

use burn::tensor::{Tensor, TensorData};
use peerlight_core::{Rect, Result, pearson, read};
use peerlight_explain::{Explanation, ForwardPass, Progress, Request, Session};

use crate::{Canvas, Ground, Masking, order::places, steps};

/// An image that the peers have seen, with everything that metrics need of it, for any number of maps.
pub struct Subject<'a> {
    pub(crate) session: &'a Session,
    pub(crate) canvas: Canvas,
    pub(crate) boxes: &'a [Rect],
    pub(crate) progress: &'a dyn Progress,
}

impl<'a> Subject<'a> {
    /// The image of a pass, with boxes of its class in pixels of the map.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn new(
        session: &'a Session,
        pass: &ForwardPass,
        boxes: &'a [Rect],
        progress: &'a dyn Progress,
    ) -> Result<Self> {
        let canvas = Canvas::of(pass, &session.info().preprocess).await?;
        Ok(Self { session, canvas, boxes, progress })
    }
}

/// One map of one image on trial: what metrics are given. What several metrics need is computed once.
///
/// With several peers explained together, a probability is the mean of theirs.
pub struct Case<'a> {
    subject: &'a Subject<'a>,
    explanation: &'a Explanation,
    request: &'a Request,
    name: Cell<&'static str>,
    passes: Cell<usize>,
    /// The probability of the class for the image, and for each of its maskings.
    masked: OnceCell<(f64, [f64; 3])>,
    coherency: OnceCell<f64>,
    places: OnceCell<Vec<u32>>,
}

impl<'a> Case<'a> {
    /// The map that a request gave.
    pub fn new(subject: &'a Subject<'a>, explanation: &'a Explanation, request: &'a Request) -> Self {
        Self {
            subject,
            explanation,
            request,
            name: Cell::new("Measuring"),
            passes: Cell::new(0),
            masked: OnceCell::new(),
            coherency: OnceCell::new(),
            places: OnceCell::new(),
        }
    }

    /// The values of the map, row by row, 0..=1.
    pub fn map(&self) -> &'a [f32] {
        &self.explanation.map.values
    }

    /// Whether the map is blank: all zeros, since there was nothing to show.
    pub fn blank(&self) -> bool {
        self.explanation.map.blank
    }

    /// Pixels along a side of the map and of the image.
    pub fn side(&self) -> usize {
        self.explanation.side
    }

    /// Boxes of the class in pixels of the map.
    pub fn boxes(&self) -> &'a [Rect] {
        self.subject.boxes
    }

    /// The place of every pixel in the order of their values.
    pub fn places(&self) -> &[u32] {
        self.places.get_or_init(|| places(self.map()))
    }

    /// The image, to make others of.
    pub fn canvas(&self) -> &Canvas {
        &self.subject.canvas
    }

    /// Passes from the image until now.
    pub fn passes(&self) -> usize {
        self.passes.get()
    }

    /// What the passes are for, in words for people.
    pub(crate) fn name(&self, name: &'static str) {
        self.name.set(name);
    }

    /// The probability of the class for `total` images: `make` adds the normalized pixels [3, side, side] of one to
    /// what it is given.
    ///
    /// # Errors
    /// `device-lost`, or `cancelled`.
    pub async fn probabilities(&self, total: usize, make: &dyn Fn(usize, &mut Vec<f32>)) -> Result<Vec<f64>> {
        let Subject { session, canvas, progress, .. } = self.subject;
        let inputs = |range: Range<usize>| {
            let mut values = Vec::with_capacity(range.len() * canvas.pixels().len());
            range.for_each(|i| make(i, &mut values));
            canvas.inputs(values)
        };
        let peers = self.explanation.explained();
        let mut sums = vec![0.0; total];
        for &peer in &peers {
            let class = self.explanation.target.class;
            let found = session.confidences(peer, class, total, &inputs, self.name.get(), *progress).await?;
            sums.iter_mut().zip(found).for_each(|(sum, p)| *sum += p);
        }
        self.passes.set(self.passes.get() + total * peers.len());
        Ok(sums.into_iter().map(|sum| sum / peers.len() as f64).collect())
    }

    /// The probability of the class for the image (Y) and for each of [`Masking::ALL`] (O).
    ///
    /// # Errors
    /// As [`Case::probabilities`].
    pub async fn masked(&self) -> Result<(f64, [f64; 3])> {
        if let Some(found) = self.masked.get() {
            return Ok(*found);
        }
        let canvas = self.canvas();
        // The whole image takes the same road as the masked ones: a mask of ones must not look like a gain.
        let make = |i: usize, out: &mut Vec<f32>| match i {
            0 => out.extend(canvas.pixels()),
            i => canvas.masked(Masking::ALL[i - 1], self.map(), out),
        };
        let found = self.probabilities(1 + Masking::ALL.len(), &make).await?;
        let masked = std::array::from_fn(|i| found[i + 1]);
        Ok(*self.masked.get_or_init(|| (found[0], masked)))
    }

    /// The probability at every step of insertion into a ground, by the order of the map: from nothing but the ground
    /// to the whole image. Of deletion, with `deleting`: from the whole image to nothing but the ground.
    ///
    /// # Errors
    /// As [`Case::probabilities`].
    pub async fn curve(&self, ground: Ground, deleting: bool) -> Result<Vec<f32>> {
        let (canvas, places) = (self.canvas(), self.places());
        let (whole, _) = self.masked().await?;
        // The step that shows the whole image is known.
        let first = usize::from(deleting);
        let make = |i: usize, out: &mut Vec<f32>| {
            let changed = steps::pixels_at(i + first, places.len());
            canvas.blend(ground, |pixel| f32::from(u8::from(((places[pixel] as usize) < changed) != deleting)), out);
        };
        let mut curve = self.probabilities(steps::STEPS, &make).await?;
        curve.insert(if deleting { 0 } else { steps::STEPS }, whole);
        Ok(curve.into_iter().map(|p| p as f32).collect())
    }

    /// The method's map of the image through its own map ([`Masking::Soft`]), for the same class.
    ///
    /// # Errors
    /// As [`Session::explain`].
    async fn map_again(&self) -> Result<Vec<f32>> {
        let Subject { session, canvas, progress, .. } = self.subject;
        let mut pixels = Vec::with_capacity(canvas.pixels().len());
        canvas.masked(Masking::Soft, self.map(), &mut pixels);
        let pass = session.forward_input(canvas.inputs(pixels), *progress).await?;
        let target = Some(self.explanation.target.class);
        let again = session.explain(&pass, &Request { target, ..self.request.clone() }, *progress).await?;
        self.passes.set(self.passes.get() + again.cost.forward + again.cost.partial);
        Ok(again.map.values)
    }

    /// Coherency: (r + 1)/2, r being Pearson's correlation of the map with the one of the image through it; 0 if
    /// either is constant.
    ///
    /// # Errors
    /// As [`Session::explain`].
    pub async fn coherency(&self) -> Result<f64> {
        if let Some(found) = self.coherency.get() {
            return Ok(*found);
        }
        let found = match self.blank() {
            true => None,
            false => self.canvas().correlation(self.map(), &self.map_again().await?).await?,
        };
        Ok(*self.coherency.get_or_init(|| found.map_or(0.0, |r| (r + 1.0) / 2.0)))
    }
}

impl Canvas {
    /// Pearson's correlation of two maps; none if either is constant.
    ///
    /// # Errors
    /// `device-lost`.
    pub async fn correlation(&self, a: &[f32], b: &[f32]) -> Result<Option<f64>> {
        let tensor = |map: &[f32]| Tensor::from_data(TensorData::new(map.to_vec(), [1, 1, map.len()]), self.device());
        let found = pearson(tensor(a), tensor(b));
        let values = read(Tensor::cat(vec![found.rho, found.constant], 1)).await?;
        Ok((values[1] < 0.5).then_some(f64::from(values[0])))
    }
}
