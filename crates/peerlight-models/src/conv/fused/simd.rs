//! The few vector operations the kernels need, on whatever registers the processor has.

use pulp::Simd;
use std::mem::MaybeUninit;

/// The most numbers a register holds on any processor.
pub const MAX_LANES: usize = 16;

/// `values` seen as whole registers; a remainder is left out.
#[inline(always)]
pub fn registers<S: Simd>(values: &[f32]) -> &[S::f32s] {
    S::as_simd_f32s(values).0
}

/// Writes the first `to.len()` lanes of a register.
#[inline(always)]
pub fn store<S: Simd>(to: &mut [MaybeUninit<f32>], value: S::f32s) {
    let lanes: &[f32] = pulp::bytemuck::cast_slice(std::slice::from_ref(&value));
    if to.len() >= lanes.len() {
        to[..lanes.len()].write_copy_of_slice(lanes);
    } else {
        for (to, &lane) in to.iter_mut().zip(lanes) {
            to.write(lane);
        }
    }
}

/// Copies a row. For the few numbers of a small picture's row this beats calling the general copy.
#[inline(always)]
pub fn copy<S: Simd>(to: &mut [f32], from: &[f32]) {
    let (lanes, len) = (S::F32_LANES, from.len());
    if len < lanes {
        for (to, from) in to.iter_mut().zip(from) {
            *to = *from;
        }
        return;
    }
    let mut at = 0;
    while at < len {
        // The last register overlaps the one before it.
        let start = at.min(len - lanes);
        to[start..][..lanes].copy_from_slice(&from[start..][..lanes]);
        at += lanes;
    }
}

/// Reads a register; lanes beyond the end are zero.
#[inline(always)]
pub fn load<S: Simd>(simd: S, from: &[f32]) -> S::f32s {
    match registers::<S>(from).first() {
        Some(&value) => value,
        None => simd.partial_load_f32s(from),
    }
}

/// Applies the activation to a register.
#[inline(always)]
pub fn activate<S: Simd>(simd: S, relu6: bool, value: S::f32s) -> S::f32s {
    if relu6 {
        let value = simd.max_f32s(value, simd.splat_f32s(0.0));
        simd.min_f32s(value, simd.splat_f32s(6.0))
    } else {
        value
    }
}
