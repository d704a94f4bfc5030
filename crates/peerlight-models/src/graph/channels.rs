//! Which axis of a result holds the channels: attention, and norms of vectors, put them last.

use super::Node;
use crate::ops::Op;

/// For each node the axis of its channels, counted with the batch, which is axis 0; none where it is not known.
pub(super) fn axes(nodes: &[Node], shapes: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut axes: Vec<Option<usize>> = Vec::with_capacity(nodes.len());
    for (node, shape) in nodes.iter().zip(shapes) {
        // Of several inputs the first that is known and no constant.
        let input = node.inputs.iter().find(|input| axes[input.0].is_some());
        let axis = input.and_then(|input| axes[input.0].map(|axis| (axis, &shapes[input.0])));
        axes.push(match (&node.op, axis) {
            (Op::Conv(_), _) => shape.len().checked_sub(2),
            (Op::Input(_) | Op::Pool(_) | Op::Pad(_) | Op::Resize(_) | Op::Lrn(_), _) => Some(1),
            (Op::Transpose(transpose), Some((axis, _))) => transpose.order.iter().position(|&from| from == axis),
            (Op::Reshape(_), Some((axis, from))) => kept(axis, from, shape),
            (Op::Reduce(reduce), Some((axis, _))) if reduce.axes.contains(&axis) => None,
            (Op::Reduce(reduce), Some((axis, _))) if !reduce.keep => {
                Some(axis - reduce.axes.iter().filter(|&&gone| gone < axis).count())
            }
            // Weights of positions among each other, as attention has them, know no channels.
            (Op::MatMul(_), _) if node.inputs.iter().all(|input| axes[input.0].is_some()) => None,
            (_, axis) => axis.map(|(axis, _)| axis).filter(|&axis| axis <= shape.len()),
        });
    }
    axes
}

/// The axis of another shape that holds the same elements in the same places.
fn kept(axis: usize, from: &[usize], to: &[usize]) -> Option<usize> {
    let around = |shape: &[usize], at: usize| -> (usize, usize) {
        (shape[..at].iter().product(), shape[at + 1..].iter().product())
    };
    let at = axis.checked_sub(1).filter(|&at| at < from.len())?;
    let same = |&to_at: &usize| to[to_at] == from[at] && around(to, to_at) == around(from, at);
    (0..to.len()).find(same).map(|to_at| to_at + 1)
}
