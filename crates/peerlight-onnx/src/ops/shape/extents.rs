//! Shapes that come of other shapes.

use crate::{
    constant::Int,
    draft::position,
    error::{Fault, refuse},
};

/// The shape that a reshape asks for: 0 keeps an extent (unless `zero` is one), and -1 is what is left.
pub fn reshaped(from: &[Int], target: &[Int], zero: bool) -> Result<Vec<Int>, Fault> {
    let unfit = || Fault::new(format!("makes {target:?} of {from:?}"));
    let mut shape = Vec::new();
    for (axis, &wanted) in target.iter().enumerate() {
        shape.push(match wanted {
            Int::Known(0) if !zero => *from.get(axis).ok_or_else(unfit)?,
            wanted => wanted,
        });
    }
    // A network that was exported for one image has 1 where the batch is.
    if let ([Int::BATCH, ..], [first @ Int::Known(1), rest @ ..]) = (from, shape.as_mut_slice())
        && !rest.iter().any(|i| matches!(i, Int::Batch(_)))
    {
        *first = Int::BATCH;
    }
    // Elements but for the batch, and whether there is one.
    let count = |shape: &[Int]| -> Option<(i64, usize)> {
        let of_one = shape.iter().map(|i| i.of_one()).filter(|&extent| extent != -1);
        let product = of_one.into_iter().try_fold(1i64, |product, extent| product.checked_mul(extent))?;
        Some((product, shape.iter().filter(|i| matches!(i, Int::Batch(_))).count()))
    };
    let ((all, batches), (own, own_batches)) = (count(from).ok_or_else(unfit)?, count(&shape).ok_or_else(unfit)?);
    if let Some(free) = shape.iter().position(|i| *i == Int::Known(-1)) {
        shape[free] = match (batches.checked_sub(own_batches), own) {
            (Some(0), 1..) if all % own == 0 => Int::Known(all / own),
            (Some(1), 1..) if all % own == 0 => Int::Batch(all / own),
            _ => return Err(unfit()),
        };
    }
    let is_whole = shape.contains(&Int::Known(-1)) || count(&shape).is_none_or(|(own, _)| own != all);
    if is_whole { Err(unfit()) } else { Ok(shape) }
}

/// A shape with axes of one element repeated to fit a target, which may lack the first ones.
pub fn expanded(own: &[Int], target: &[Int]) -> Result<Vec<Int>, Fault> {
    let Some(missing) = own.len().checked_sub(target.len()) else {
        return refuse(format!("makes {target:?} of {own:?}: the batch must stay the first axis"));
    };
    let wanted = std::iter::repeat_n(&Int::Known(1), missing).chain(target);
    own.iter()
        .zip(wanted)
        .map(|pair| match pair {
            (own, wanted) if own == wanted || *wanted == Int::Known(1) => Ok(*own),
            (Int::Known(1), wanted) => Ok(*wanted),
            (own, wanted) => refuse(format!("makes {wanted:?} of an axis of {own:?}")),
        })
        .collect()
}

/// A shape without some axes of one element, or without all of them.
pub fn squeezed(shape: &[usize], axes: Option<&[i64]>) -> Result<Vec<usize>, Fault> {
    let gone: Vec<usize> = match axes {
        Some(axes) => axes.iter().map(|&axis| position(axis, shape.len())).collect::<Result<_, _>>()?,
        None => (0..shape.len()).filter(|&axis| shape[axis] == 1).collect(),
    };
    if gone.iter().any(|&axis| shape[axis] != 1) {
        return refuse(format!("takes the axes {gone:?} away, which have more than one element"));
    }
    Ok(shape.iter().enumerate().filter(|(axis, _)| !gone.contains(axis)).map(|(_, &extent)| extent).collect())
}

/// A shape with more axes of one element.
pub fn unsqueezed(shape: &[usize], axes: &[i64]) -> Result<Vec<usize>, Fault> {
    let rank = shape.len() + axes.len();
    let new: Vec<usize> = axes.iter().map(|&axis| position(axis, rank)).collect::<Result<_, _>>()?;
    let mut old = shape.iter();
    let all: Option<Vec<usize>> =
        (0..rank).map(|axis| if new.contains(&axis) { Some(1) } else { old.next().copied() }).collect();
    all.filter(|_| old.next().is_none()).ok_or_else(|| Fault::new(format!("adds the axes {axes:?}")))
}

/// A shape as two axes: those before one, and the rest.
pub fn flat_shape(shape: &[usize], axis: i64) -> Result<Vec<usize>, Fault> {
    let axis = if axis == shape.len() as i64 { shape.len() } else { position(axis, shape.len())? };
    Ok(vec![shape[..axis].iter().product(), shape[axis..].iter().product()])
}
