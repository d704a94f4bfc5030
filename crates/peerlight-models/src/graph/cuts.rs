//! Finds the places that all data flows through.

use super::{Cut, Head, Node, NodeId, Parameter, Step, StepKind, channels};
use crate::{
    Layer,
    ops::{Binary, Op},
};

/// The last step that takes each node's result; the number of steps for the result of the network.
pub(super) fn last_use(nodes: &[Node], steps: &[Step]) -> Vec<usize> {
    let mut last = vec![0; nodes.len()];
    for (i, step) in steps.iter().enumerate() {
        for input in &step.inputs {
            last[input.0] = i;
        }
    }
    if let Some(output) = last.last_mut() {
        *output = steps.len();
    }
    last
}

/// Whether after each step its result alone is alive: no later step takes an earlier result. Constants are always
/// there and do not count. One pass over the steps.
pub(super) fn are_cuts(steps: &[Step], last_use: &[usize]) -> Vec<bool> {
    // The last step that takes any result but the latest.
    let mut needed = last_use.first().copied().unwrap_or(0);
    let mut cuts = Vec::new();
    for (i, step) in steps.iter().enumerate() {
        cuts.push(needed <= i);
        needed = needed.max(last_use[step.output.0]);
    }
    cuts
}

/// What comes after the node of the last layer, by the node that gives the logits.
pub(super) fn head(nodes: &[Node], parameters: &[Parameter], shapes: &[Vec<usize>], last: NodeId) -> Head {
    let is_flat = |node: usize| matches!(nodes[node].op, Op::Flatten(_) | Op::Reshape(_));
    // Upwards from the logits, over what changes nothing but the axes.
    let up = |mut node: usize| {
        while is_flat(node) {
            node = nodes[node].inputs[0].0;
        }
        node
    };
    let averages_last = |node: usize| match &nodes[node].op {
        Op::Reduce(reduce) => reduce.is_global_average() && nodes[node].inputs == [last],
        _ => false,
    };
    let top = up(nodes.len() - 1);
    let is_linear = |node: usize| match nodes[node].op {
        Op::Linear(_) => shapes[node].len() == 1,
        // A convolution of one pixel, kernel and all.
        Op::Conv(conv) => {
            let weight = &parameters[nodes[node].parameters[0].0];
            conv.groups == 1 && weight.shape[2..] == [1, 1] && shapes[node][1..] == [1, 1]
        }
        _ => false,
    };
    if averages_last(top) {
        Head::Average
    } else if is_linear(top) && averages_last(up(nodes[top].inputs[0].0)) {
        Head::Linear(NodeId(top))
    } else {
        Head::Opaque
    }
}

/// The layers of a graph whose builder names none, the one that methods of one layer read and those that methods of
/// several read: every cut with channels, a height and a width, in this order, after the first convolution, but no row
/// alone, such as a convolution over pooled features gives; the last of them; and of the last four sizes the last cut,
/// or the last where a block ends.
pub(super) fn found(
    nodes: &[Node],
    shapes: &[Vec<usize>],
    steps: &[Step],
    cuts: &[bool],
) -> (Vec<Cut>, Layer, Vec<Layer>) {
    let channels = channels::axes(nodes, shapes);
    let size = |node: NodeId| match shapes[node.0][..] {
        [_, height, width] if height > 1 && width > 1 && channels[node.0].is_none_or(|axis| axis == 1) => {
            Some([height, width])
        }
        _ => None,
    };
    let first = steps.iter().position(|step| matches!(step.kind, StepKind::Conv { .. }));
    let mut layers: Vec<Cut> = Vec::new();
    let mut of_sizes: Vec<([usize; 2], bool, Layer)> = Vec::new();
    for (step, _) in steps.iter().zip(cuts).skip(first.unwrap_or(0)).filter(|(_, is_cut)| **is_cut) {
        let Some(size) = size(step.output) else { continue };
        layers.push(Cut { name: nodes[step.output.0].name.clone(), node: step.output });
        let (layer, joins) = (Layer(layers.len()), joins(nodes, step));
        match of_sizes.last_mut() {
            Some((last, joined, place)) if *last == size => {
                if joins || !*joined {
                    (*joined, *place) = (joins, layer);
                }
            }
            _ => of_sizes.push((size, joins, layer)),
        }
    }
    let target = Layer(layers.len());
    // Methods of one layer and of several agree on where the network ends.
    if let Some((_, _, last)) = of_sizes.last_mut() {
        *last = target;
    }
    let skipped = of_sizes.len().saturating_sub(4);
    (layers, target, of_sizes.into_iter().skip(skipped).map(|(_, _, layer)| layer).collect())
}

/// Whether a step ends a block: it adds a shortcut, or joins branches.
fn joins(nodes: &[Node], step: &Step) -> bool {
    match (step.kind, &nodes[step.output.0].op) {
        (StepKind::Single, op) => matches!(op, Op::Binary(Binary::Add) | Op::Concat(_)),
        _ => step.inputs.len() > 1,
    }
}
