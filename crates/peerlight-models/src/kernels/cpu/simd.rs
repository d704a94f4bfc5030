//! The few vector operations the kernels need, on whatever registers the processor has.

use pulp::{Arch, Simd, WithSimd};
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

/// A closure that is always inlined: only so do its operations become the instructions of the kernel around it.
macro_rules! inlined {
    ($($closure:tt)*) => {
        std::convert::identity(
            #[inline(always)]
            $($closure)*
        )
    };
}
pub(super) use inlined;

/// Calls a generic method with the register tile for panels of this many registers, at most [`widest`]: rows by
/// registers of columns. kernels/README.md tells how the tiles were chosen.
macro_rules! with_tile {
    ($wide:expr, $job:ident.$method:ident::<$simd:ident>($($argument:expr),*)) => {
        match ($simd::F32_LANES, $wide) {
            (16, 3) => $job.$method::<$simd, 8, 3>($($argument),*),
            (16, 2) => $job.$method::<$simd, 8, 2>($($argument),*),
            (_, 4) => $job.$method::<$simd, 2, 4>($($argument),*),
            (_, 3) => $job.$method::<$simd, 2, 3>($($argument),*),
            (_, 2) => $job.$method::<$simd, 4, 2>($($argument),*),
            (..) => $job.$method::<$simd, 8, 1>($($argument),*),
        }
    };
}
pub(super) use with_tile;

/// Registers of the widest panel that there is a tile for.
#[inline(always)]
pub const fn widest<S: Simd>() -> usize {
    match S::F32_LANES {
        16 => 3,
        8 => 2,
        _ => 4,
    }
}

/// Rows of the highest tile.
pub const MAX_ROWS: usize = 8;
/// Registers of the widest panel on any processor.
pub const MAX_WIDE: usize = 4;

/// Whether AVX-512 is left alone. See [`crate::kernels::use_avx512`].
static NARROW: AtomicBool = AtomicBool::new(false);

/// See [`crate::kernels::use_avx512`].
pub fn use_avx512(yes: bool) {
    NARROW.store(!yes, Ordering::Relaxed);
}

/// Runs a job with the widest registers that the processor has: on x86 AVX-512, AVX2 or none, found out once; on
/// others, those that the program is compiled for.
#[inline(always)]
pub fn dispatch<J: WithSimd>(job: J) -> J::Output {
    dispatch_rows(usize::MAX, job)
}

/// As [`dispatch`], for a job that goes through rows of `width` numbers: those of AVX-512 are left alone where half a
/// register holds a row.
#[inline(always)]
pub fn dispatch_rows<J: WithSimd>(width: usize, job: J) -> J::Output {
    let narrow = width <= MAX_LANES / 2 || NARROW.load(Ordering::Relaxed);
    match (Arch::new(), narrow) {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        (Arch::V4(simd), true) => Arch::V3(*simd).dispatch(job),
        (arch, _) => arch.dispatch(job),
    }
}

/// As [`dispatch`], for a job whose sums run along the lanes: those of AVX-512 are left alone, so that the sums have
/// the same order, and the same bits, as on AVX2.
#[inline(always)]
pub fn dispatch_sums<J: WithSimd>(job: J) -> J::Output {
    dispatch_rows(0, job)
}

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

/// Copies a row. For the few numbers of a small image's row this beats calling the general copy.
#[inline(always)]
pub fn copy<S: Simd>(to: &mut [f32], from: &[f32]) {
    match (S::F32_LANES, from.len()) {
        (16, 16..) => copy_by::<16>(to, from),
        (8 | 16, 8..) => copy_by::<8>(to, from),
        (_, 4..) => copy_by::<4>(to, from),
        _ => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
    }
}

/// Copies a row of at least `N` numbers, `N` at a time.
#[inline(always)]
fn copy_by<const N: usize>(to: &mut [f32], from: &[f32]) {
    for at in (0..from.len()).step_by(N) {
        // The last piece overlaps the one before it.
        let start = at.min(from.len() - N);
        to[start..][..N].copy_from_slice(&from[start..][..N]);
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

/// Adds the products of `R` rows with a panel of columns, of which `panel[k]` is step `k` of all rows.
#[inline(always)]
pub fn products<S: Simd, const R: usize, const W: usize>(
    simd: S,
    sum: &mut [[S::f32s; W]; R],
    rows: &[&[f32]; R],
    panel: &[[S::f32s; W]],
) {
    let mut cut: [&[f32]; R] = [&[]; R];
    for r in 0..R {
        cut[r] = &rows[r][..panel.len()];
    }
    // One step a turn: unrolled further, the browser's compiler runs out of registers.
    for k in 0..panel.len() {
        for r in 0..R {
            let value = simd.splat_f32s(cut[r][k]);
            for j in 0..W {
                sum[r][j] = simd.mul_add_e_f32s(value, panel[k][j], sum[r][j]);
            }
        }
    }
}

/// Writes `f` of the registers of each of `from`, all of one length.
#[inline(always)]
pub fn map<S: Simd, const N: usize>(
    simd: S,
    to: &mut [MaybeUninit<f32>],
    from: [&[f32]; N],
    f: impl Fn([S::f32s; N]) -> S::f32s,
) {
    let (lanes, len) = (S::F32_LANES, to.len());
    let mut at = 0;
    while at < len {
        let end = len.min(at + lanes);
        let mut values = [simd.splat_f32s(0.0); N];
        for i in 0..N {
            values[i] = load(simd, &from[i][at..end]);
        }
        store::<S>(&mut to[at..end], f(values));
        at = end;
    }
}

/// Replaces `to` by `f` of its own registers and of those of each of `from`, all of one length.
#[inline(always)]
pub fn update<S: Simd, const N: usize>(
    simd: S,
    to: &mut [f32],
    from: [&[f32]; N],
    f: impl Fn(S::f32s, [S::f32s; N]) -> S::f32s,
) {
    let (lanes, len) = (S::F32_LANES, to.len());
    let mut at = 0;
    while at < len {
        let end = len.min(at + lanes);
        let mut values = [simd.splat_f32s(0.0); N];
        for i in 0..N {
            values[i] = load(simd, &from[i][at..end]);
        }
        let value = f(load(simd, &to[at..end]), values);
        match end - at == lanes {
            true => to[at..end].copy_from_slice(pulp::bytemuck::cast_slice(std::slice::from_ref(&value))),
            false => simd.partial_store_f32s(&mut to[at..end], value),
        }
        at = end;
    }
}

/// Sums over slices of one length: `M` sums of what `f` makes of their registers, which must be zero
/// where its arguments are. The order of summing is fixed.
#[inline(always)]
pub fn sums<S: Simd, const N: usize, const M: usize>(
    simd: S,
    from: [&[f32]; N],
    f: impl Fn([S::f32s; N]) -> [S::f32s; M],
) -> [f32; M] {
    let (lanes, len) = (S::F32_LANES, from[0].len());
    let mut sums = [simd.splat_f32s(0.0); M];
    let mut at = 0;
    while at < len {
        let end = len.min(at + lanes);
        let mut values = [simd.splat_f32s(0.0); N];
        for i in 0..N {
            values[i] = load(simd, &from[i][at..end]);
        }
        let terms = f(values);
        for i in 0..M {
            sums[i] = simd.add_f32s(sums[i], terms[i]);
        }
        at = end;
    }
    let mut totals = [0.0; M];
    for i in 0..M {
        totals[i] = simd.reduce_sum_f32s(sums[i]);
    }
    totals
}
