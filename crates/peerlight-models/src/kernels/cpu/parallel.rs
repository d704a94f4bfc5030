//! Memory and threads shared by the kernels.

use std::cell::RefCell;
use std::mem::MaybeUninit;

/// Runs `job` on every item, in parallel where there are threads.
#[cfg(feature = "rayon")]
pub fn for_each<T: Send>(items: Vec<T>, job: impl Fn(T) + Send + Sync) {
    use rayon::prelude::*;
    if items.len() > 1 {
        items.into_par_iter().with_max_len(1).for_each(job);
    } else {
        items.into_iter().for_each(job);
    }
}

/// Runs `job` on every item.
#[cfg(not(feature = "rayon"))]
pub fn for_each<T>(items: Vec<T>, job: impl Fn(T)) {
    items.into_iter().for_each(job);
}

/// How many parts are worth making of a job with this many multiplications.
pub fn parts(multiplications: usize) -> usize {
    /// Below this a thread costs more to wake than it saves.
    const GRAIN: usize = 1 << 18;
    #[cfg(feature = "rayon")]
    let threads = rayon::current_num_threads();
    #[cfg(not(feature = "rayon"))]
    let threads = 1;
    match threads {
        1 => 1,
        _ => (multiplications / GRAIN).clamp(1, 2 * threads),
    }
}

/// A new vector of `len` elements that `fill` writes. Zeroing it first would cost as much as a small layer.
///
/// # Safety
///
/// `fill` must write every element.
pub unsafe fn filled(len: usize, fill: impl FnOnce(&mut [MaybeUninit<f32>])) -> Vec<f32> {
    let mut values = Vec::with_capacity(len);
    fill(&mut values.spare_capacity_mut()[..len]);
    // SAFETY: the capacity is at least `len`, and the caller promises that `fill` wrote `len` elements.
    unsafe { values.set_len(len) };
    values
}

/// Lends a thread's scratch memory: at least `len` elements with any content, starting on a cache
/// line.
pub fn with_scratch<R>(len: usize, job: impl FnOnce(&mut [f32]) -> R) -> R {
    const LINE: usize = 64;
    thread_local! {
        static SCRATCH: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
    }
    SCRATCH.with_borrow_mut(|scratch| {
        let wanted = len + LINE / size_of::<f32>();
        if scratch.len() < wanted {
            scratch.resize(wanted, 0.0);
        }
        let start = scratch.as_ptr().align_offset(LINE);
        job(&mut scratch[start..start + len])
    })
}
