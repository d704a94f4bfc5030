//! Batches, decoded and augmented ahead of time. What a batch holds depends on the seed and its number alone, so a
//! run that is resumed sees what an unbroken one sees.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use peerlight_core::{Code, Error, Preprocess, Result, rng::permutation};

use super::{augment::augmented, dice::Dice, images::Example, recipe::Recipe};
use crate::{decode::decode, files};

/// Images of one size with their classes.
pub struct Batch {
    /// The place of the first image in the whole batch.
    pub first: usize,
    /// Side in pixels.
    pub side: usize,
    /// 8-bit RGB, image by image.
    pub rgb: Vec<u8>,
    /// The class of each, if it has one.
    pub classes: Vec<Option<usize>>,
}

impl Batch {
    /// The batch in so many parts of as nearly equal a size as can be.
    pub fn parts(&self, count: usize) -> Vec<Self> {
        let (images, size) = (self.classes.len(), self.side * self.side * 3);
        let part = |i: usize| {
            let range = i * images / count..(i + 1) * images / count;
            let rgb = self.rgb[range.start * size..range.end * size].to_vec();
            Self { first: self.first + range.start, side: self.side, rgb, classes: self.classes[range].to_vec() }
        };
        (0..count).map(part).collect()
    }
}

/// What could not be read, with the reason.
pub type Skipped = Arc<Mutex<BTreeMap<String, String>>>;

/// Threads that prepare batches, each every n-th.
pub struct Loader {
    lanes: Vec<Receiver<Result<Batch>>>,
    next: usize,
    skipped: Skipped,
}

struct Source {
    examples: Vec<Example>,
    recipe: Recipe,
    preprocess: Preprocess,
    skipped: Skipped,
}

impl Loader {
    /// Batches from number `first` up to `steps`.
    pub fn start(examples: Vec<Example>, recipe: &Recipe, preprocess: &Preprocess, first: usize, steps: usize) -> Self {
        const LANES: usize = 2;
        let skipped = Skipped::default();
        let source =
            Source { examples, recipe: recipe.clone(), preprocess: preprocess.clone(), skipped: Arc::clone(&skipped) };
        let source = Arc::new(source);
        let lanes = (0..LANES).map(|lane| {
            let (sender, receiver) = sync_channel(1);
            let source = Arc::clone(&source);
            thread::spawn(move || source.serve((first + lane..steps).step_by(LANES), &sender));
            receiver
        });
        Self { lanes: lanes.collect(), next: 0, skipped }
    }

    /// The next batch.
    ///
    /// # Errors
    /// `image-broken` if too many images cannot be read.
    pub fn next(&mut self) -> Result<Batch> {
        let lane = &self.lanes[self.next % self.lanes.len()];
        self.next += 1;
        lane.recv().map_err(|_| Error::new(Code::Crashed, "A thread that reads images has stopped."))?
    }

    /// The images that could not be read until now.
    pub fn skipped(&self) -> BTreeMap<String, String> {
        self.skipped.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Source {
    fn serve(&self, steps: impl Iterator<Item = usize>, to: &SyncSender<Result<Batch>>) {
        for step in steps {
            let batch = self.batch(step);
            let stop = batch.is_err();
            // The trainer has gone when nobody receives.
            if to.send(batch).is_err() || stop {
                return;
            }
        }
    }

    fn batch(&self, step: usize) -> Result<Batch> {
        let size = self.recipe.batch;
        let side = self.recipe.sides[step % self.recipe.sides.len()];
        let preprocess = Preprocess { side, ..self.preprocess.clone() };
        let mut batch = Batch { first: 0, side, rgb: Vec::with_capacity(size * side * side * 3), classes: Vec::new() };
        let mut order = (usize::MAX, Vec::new());
        for place in step * size..(step + 1) * size {
            let (epoch, at) = (place / self.examples.len(), place % self.examples.len());
            if order.0 != epoch {
                order = (epoch, permutation(Dice::seed(&[self.recipe.seed, epoch as u64]), self.examples.len()));
            }
            let (rgb, class) = self.image(&preprocess, &order.1, at, place)?;
            batch.rgb.extend(rgb);
            batch.classes.push(class);
        }
        Ok(batch)
    }

    /// The image at a place in the order; for one that cannot be read, the one after it.
    fn image(
        &self,
        preprocess: &Preprocess,
        order: &[usize],
        at: usize,
        place: usize,
    ) -> Result<(Vec<u8>, Option<usize>)> {
        for later in 0..order.len() {
            let example = &self.examples[order[(at + later) % order.len()]];
            let mut dice = Dice::of(&[self.recipe.seed, 1, place as u64]);
            let made = files::read(&example.path).and_then(|bytes| decode(&bytes));
            match made.and_then(|image| augmented(&image, preprocess, &self.recipe, &mut dice)) {
                Ok(rgb) => return Ok((rgb, example.class)),
                Err(error) => self.skip(example, &error)?,
            }
        }
        Err(Error::new(Code::ImageBroken, "None of the images can be read."))
    }

    fn skip(&self, example: &Example, error: &Error) -> Result<()> {
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.insert(example.path.display().to_string(), error.to_string());
        // One in twenty may be broken, and a handful in a small folder.
        let most = (self.examples.len() / 20).max(5);
        if skipped.len() > most {
            let listed: Vec<String> = skipped.iter().take(5).map(|(path, why)| format!("{path}: {why}")).collect();
            let text = format!(
                "More than {most} of {} images cannot be read; the first:\n  {}",
                self.examples.len(),
                listed.join("\n  ")
            );
            return Err(Error::new(Code::ImageBroken, text));
        }
        Ok(())
    }
}
