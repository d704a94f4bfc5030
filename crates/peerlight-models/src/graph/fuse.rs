//! Joins convolution, batch norm, addition and activation into one step, which a kernel does in one pass over memory.

use super::{Node, NodeId};
use crate::{
    kernels::Activation,
    ops::{Binary, Op},
};

/// A piece of work of a pass: one node, or several that a kernel does at once.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub kind: StepKind,
    /// The nodes whose results it takes.
    pub inputs: Vec<NodeId>,
    /// The node whose result it gives.
    pub output: NodeId,
}

/// What a step does. With a shortcut, that is the second input, added before the activation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum StepKind {
    /// A convolution, and the batch norm after it if there is one.
    Conv { conv: NodeId, norm: Option<NodeId>, activation: Activation },
    /// A batch norm that does not follow a convolution.
    Norm { norm: NodeId, activation: Activation },
    /// One node.
    Single,
}

/// The steps of a graph in topological order. Constants have none.
pub(super) fn steps(nodes: &[Node], shapes: &[Vec<usize>]) -> Vec<Step> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); nodes.len()];
    for (i, node) in nodes.iter().enumerate() {
        for input in &node.inputs {
            users[input.0].push(i);
        }
    }
    let only_user = |node: usize| match *users[node].as_slice() {
        [user] => Some(user),
        _ => None,
    };
    let mut taken = vec![false; nodes.len()];
    let mut steps: Vec<Step> = Vec::new();
    for (i, node) in nodes.iter().enumerate() {
        let is_norm = |i: &usize| matches!(nodes[*i].op, Op::BatchNorm(_));
        let (mut kind, mut output) = match node.op {
            Op::Input(_) | Op::Constant(_) => continue,
            _ if taken[i] => continue,
            // Of one image; where further axes count others, no kernel does more than the convolution.
            Op::Conv(_) if shapes[i].len() == 3 => {
                let norm = only_user(i).filter(is_norm);
                let kind = StepKind::Conv { conv: NodeId(i), norm: norm.map(NodeId), activation: Activation::None };
                (kind, norm.unwrap_or(i))
            }
            Op::BatchNorm(_) => (StepKind::Norm { norm: NodeId(i), activation: Activation::None }, i),
            _ => (StepKind::Single, i),
        };
        let mut inputs = node.inputs.clone();
        if let StepKind::Conv { activation, .. } | StepKind::Norm { activation, .. } = &mut kind {
            taken[output] = true;
            // The other summand must be there when the step runs, which is where its last node stands. Of two
            // convolutions that are added the later takes the addition.
            if let Some(user) = only_user(output)
                && nodes[user].op == Op::Binary(Binary::Add)
                && let Some(other) = other_input(&nodes[user], output)
                && other.0 < output
                && shapes[other.0] == shapes[output]
                && !matches!(nodes[other.0].op, Op::Constant(_))
            {
                inputs.push(other);
                taken[user] = true;
                output = user;
            }
            if let Some(user) = only_user(output)
                && let Op::Activation(following) = nodes[user].op
            {
                *activation = following;
                taken[user] = true;
                output = user;
            }
        }
        steps.push(Step { kind, inputs, output: NodeId(output) });
    }
    // A step stands where the last of its nodes stood.
    steps.sort_by_key(|step| step.output);
    steps
}

/// The input of a node of two inputs that is not this one; none if both are this one.
fn other_input(node: &Node, input: usize) -> Option<NodeId> {
    node.inputs.iter().copied().find(|other| other.0 != input)
}
