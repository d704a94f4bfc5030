//! Where the trainer's images come from.

use std::collections::BTreeSet;

use peerlight_core::{Code, Error, Result, Rgba8};

use crate::rng::{CounterRng, purpose, sample};

/// An image and its class.
#[derive(Debug, Clone)]
pub struct Example {
    /// The decoded image, of any size.
    pub image: Rgba8,
    /// Index of its class among the run's labels, if it is known.
    pub class: Option<usize>,
}

/// A set of images that is read by index, from several threads.
///
/// `Vec<Example>` is one that is held in memory. An image that fails to load is skipped and named in the run's
/// report, so that one broken file does not end a run.
pub trait Dataset: Send + Sync {
    /// The number of images.
    fn len(&self) -> usize;

    /// `true` if there are no images.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Loads and decodes the image at `index`, which is below [`len`](Self::len). The same index always gives the
    /// same image.
    ///
    /// # Errors
    /// Any error says why the image cannot be used.
    fn example(&self, index: usize) -> Result<Example>;

    /// Name of the image at `index` in reports, such as a file's path.
    fn name(&self, index: usize) -> String {
        format!("image {index}")
    }
}

impl Dataset for Vec<Example> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn example(&self, index: usize) -> Result<Example> {
        Ok(self[index].clone())
    }
}

/// The indices `0..count` in two parts, drawn by the seed and each in rising order: those to train with, and the
/// given fraction to validate with.
///
/// # Errors
/// `classes-invalid` if nothing would be left to train with.
pub fn hold_out(count: usize, fraction: f64, seed: u64) -> Result<(Vec<usize>, Vec<usize>)> {
    let held_out = (count as f64 * fraction).ceil() as usize;
    if held_out >= count {
        return Err(Error::new(Code::ClassesInvalid, "There are too few images to hold some out for validation."));
    }
    let validation = sample(CounterRng::seed(&[seed, purpose::HOLD_OUT]), count, held_out);
    let held_out: BTreeSet<_> = validation.iter().copied().collect();
    Ok(((0..count).filter(|i| !held_out.contains(i)).collect(), validation))
}

/// At most `most` of the indices `0..count`, and at least one, drawn by the seed: the images that a run is validated
/// with.
pub fn validation_sample(count: usize, most: usize, seed: u64) -> Vec<usize> {
    sample(CounterRng::seed(&[seed, purpose::VALIDATION]), count, most.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_images_are_held_out_and_none_is_in_both_parts() {
        let (train, validation) = hold_out(20, 0.2, 3).unwrap();
        assert_eq!((train.len(), validation.len()), (16, 4));
        assert!(train.iter().all(|i| !validation.contains(i)));
        assert_ne!(hold_out(20, 0.2, 4).unwrap().1, validation);
        assert_eq!(hold_out(1, 0.5, 0).unwrap_err().code(), Code::ClassesInvalid);
    }
}
