//! Batches, loaded and augmented ahead of time. What a batch holds depends on the seed and the batch's number alone,
//! so a resumed run sees what an unbroken one sees.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use peerlight_core::{Code, Error, Preprocess, Result, rng::permutation};

use crate::{
    augment::augmented,
    dataset::Dataset,
    recipe::{Data, Recipe},
    rng::{CounterRng, purpose},
};

/// Images of one size with their classes.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Index of the first image in the whole batch, of which this may be a device's part.
    pub first: usize,
    /// Side of every image in pixels.
    pub side: usize,
    /// 8-bit RGB, row by row and image by image: `classes.len() * side * side * 3` bytes.
    pub rgb: Vec<u8>,
    /// The class of each image, if it is known.
    pub classes: Vec<Option<usize>>,
}

impl Batch {
    /// The batch in `count` parts of as nearly equal size as can be.
    pub fn parts(&self, count: usize) -> Vec<Self> {
        let (images, bytes) = (self.classes.len(), self.side * self.side * 3);
        let part = |i: usize| {
            let range = i * images / count..(i + 1) * images / count;
            let rgb = self.rgb[range.start * bytes..range.end * bytes].to_vec();
            Self { first: self.first + range.start, side: self.side, rgb, classes: self.classes[range].to_vec() }
        };
        (0..count).map(part).collect()
    }
}

/// Threads that prepare batches, each every n-th.
pub(crate) struct Loader {
    workers: Vec<Receiver<Result<Batch>>>,
    next: usize,
    source: Arc<Source>,
}

/// Images and settings that batches are made of.
struct Source {
    dataset: Arc<dyn Dataset>,
    data: Data,
    batch_size: usize,
    seed: u64,
    preprocess: Preprocess,
    /// Names of the images that could not be loaded, with the reason.
    skipped: Mutex<BTreeMap<String, String>>,
}

impl Loader {
    /// Begins to prepare the batches from number `first` up to `steps`.
    pub fn start(
        dataset: Arc<dyn Dataset>,
        recipe: &Recipe,
        preprocess: &Preprocess,
        first: usize,
        steps: usize,
    ) -> Self {
        const WORKERS: usize = 2;
        let source = Arc::new(Source {
            dataset,
            data: recipe.data.clone(),
            batch_size: recipe.schedule.batch_size,
            seed: recipe.schedule.seed,
            preprocess: preprocess.clone(),
            skipped: Mutex::default(),
        });
        let workers = (0..WORKERS).map(|worker| {
            let (sender, receiver) = sync_channel(1);
            let source = Arc::clone(&source);
            thread::spawn(move || source.serve((first + worker..steps).step_by(WORKERS), &sender));
            receiver
        });
        Self { workers: workers.collect(), next: 0, source }
    }

    /// Waits for the next batch.
    ///
    /// # Errors
    /// `image-broken` if too many images cannot be loaded.
    pub fn next(&mut self) -> Result<Batch> {
        let worker = &self.workers[self.next % self.workers.len()];
        self.next += 1;
        worker.recv().map_err(|_| Error::new(Code::Internal, "A thread that loads images has stopped."))?
    }

    /// The images that could not be loaded until now: their names, with the reason.
    pub fn skipped(&self) -> BTreeMap<String, String> {
        self.source.skipped.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        let (images, size) = (self.dataset.len(), self.batch_size);
        let side = self.data.image_size[step % self.data.image_size.len()];
        let preprocess = Preprocess { side, ..self.preprocess.clone() };
        let mut batch = Batch { first: 0, side, rgb: Vec::with_capacity(size * side * side * 3), classes: Vec::new() };
        let mut shuffled = (usize::MAX, Vec::new());
        for place in step * size..(step + 1) * size {
            let (epoch, at) = (place / images, place % images);
            if shuffled.0 != epoch {
                shuffled = (epoch, permutation(CounterRng::seed(&[self.seed, epoch as u64]), images));
            }
            let (rgb, class) = self.image(&preprocess, &shuffled.1, at, place)?;
            batch.rgb.extend(rgb);
            batch.classes.push(class);
        }
        Ok(batch)
    }

    /// The image at a place in the order, or the first one after it that can be loaded.
    fn image(
        &self,
        preprocess: &Preprocess,
        order: &[usize],
        at: usize,
        place: usize,
    ) -> Result<(Vec<u8>, Option<usize>)> {
        for later in 0..order.len() {
            let index = order[(at + later) % order.len()];
            let mut rng = CounterRng::new(&[self.seed, purpose::AUGMENT, place as u64]);
            let loaded = self.dataset.example(index).and_then(|example| {
                augmented(&example.image, preprocess, &self.data, &mut rng).map(|rgb| (rgb, example.class))
            });
            match loaded {
                Ok(image) => return Ok(image),
                Err(error) => self.skip(index, &error)?,
            }
        }
        Err(Error::new(Code::ImageBroken, "None of the images can be read."))
    }

    fn skip(&self, index: usize, error: &Error) -> Result<()> {
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.insert(self.dataset.name(index), error.to_string());
        // One in twenty may be broken, and a handful in a small set.
        let most = (self.dataset.len() / 20).max(5);
        if skipped.len() > most {
            let listed: Vec<String> = skipped.iter().take(5).map(|(name, why)| format!("{name}: {why}")).collect();
            let text = format!(
                "More than {most} of {} images cannot be read; the first:\n  {}",
                self.dataset.len(),
                listed.join("\n  ")
            );
            return Err(Error::new(Code::ImageBroken, text));
        }
        Ok(())
    }
}
