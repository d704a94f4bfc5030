//! Checks a graph from a file: nothing in it is trusted.

use std::collections::HashSet;

use peerlight_core::Result;

use super::{Graph, GraphSpec, Node, NodeId, Parameter, Step, cuts, fuse};
use crate::{
    Layer,
    ops::{Input, Op},
    weights::invalid,
};

/// The most nodes, and the most parameters. The largest networks of the kind have some thousands.
const MOST_NODES: usize = 20_000;
/// The most axes of a tensor, the batch included. Shuffling channels needs five, windows of windows eight.
const MOST_AXES: usize = 8;
/// The most numbers of one sample that are in memory at once: a gigabyte of them.
const MOST_NUMBERS: usize = 1 << 28;
/// The most multiplications of one sample. The largest networks of the kind need a third of that.
const MOST_COST: u64 = 1 << 40;

pub(super) fn checked(spec: GraphSpec) -> Result<Graph> {
    let GraphSpec { nodes, parameters, layers, .. } = &spec;
    counted(nodes, parameters)?;
    let shapes = shapes(nodes, parameters, None)?;
    let steps = fuse::steps(nodes, &shapes);
    let last_use = cuts::last_use(nodes, &steps);
    fits_memory(nodes, &shapes, &steps, &last_use)?;
    let are_cuts = cuts::are_cuts(&steps, &last_use);
    let output = NodeId(nodes.len() - 1);
    if steps.last().is_none_or(|step| step.output != output) {
        return Err(invalid("Its network's output is not the last thing computed from its image.".into()));
    }
    let mut layer_steps = Vec::new();
    for layer in layers {
        let step = steps.iter().position(|step| step.output == layer.node).filter(|&step| are_cuts[step]);
        let is_image = shapes.get(layer.node.0).is_some_and(|shape| shape.len() == 3);
        match step.filter(|&step| is_image && layer_steps.last().is_none_or(|&last| last < step)) {
            Some(step) => layer_steps.push(step),
            None => return Err(invalid(format!("'{}' is not a layer that all its data flows through.", layer.name))),
        }
    }
    let Some(last) = layers.last() else {
        let why = "Its network has no layer that all its data flows through, so that there is nothing to look at.";
        return Err(invalid(why.into()));
    };
    let is_layer = |layer: &Layer| (1..=layers.len()).contains(&layer.0);
    if !is_layer(&spec.target) || spec.several.is_empty() || !spec.several.iter().all(is_layer) {
        return Err(invalid("It names a layer by default that its network does not have.".into()));
    }
    let head = cuts::head(nodes, parameters, &shapes, last.node);
    let graph = Graph { head, layer_steps, last_use, shapes, steps, spec };
    match graph.cost() <= MOST_COST {
        true => Ok(graph),
        false => Err(invalid(format!("Its network needs {} multiplications for one image.", graph.cost()))),
    }
}

impl GraphSpec {
    /// A graph whose layers are found rather than named: every place with a height and a width that all data flows
    /// through.
    ///
    /// # Errors
    /// As [`Graph::new`].
    pub(super) fn find_layers(mut self) -> Result<Self> {
        counted(&self.nodes, &self.parameters)?;
        let shapes = shapes(&self.nodes, &self.parameters, None)?;
        let steps = fuse::steps(&self.nodes, &shapes);
        let are_cuts = cuts::are_cuts(&steps, &cuts::last_use(&self.nodes, &steps));
        (self.layers, self.target, self.several) = cuts::found(&self.nodes, &shapes, &steps, &are_cuts);
        Ok(self)
    }
}

/// Checks names, counts and references.
fn counted(nodes: &[Node], parameters: &[Parameter]) -> Result<()> {
    if nodes.len() > MOST_NODES || parameters.len() > MOST_NODES {
        return Err(invalid(format!("Its network has more than {MOST_NODES} nodes.")));
    }
    if !matches!(nodes.first(), Some(Node { op: Op::Input(_), .. })) {
        return Err(invalid("Its network does not begin with an image.".into()));
    }
    let mut names = HashSet::new();
    for (i, node) in nodes.iter().enumerate() {
        let refused = |why: &str| Err(invalid(format!("The node '{}' of its network {why}.", node.name)));
        if node.name.len() > 512 || !names.insert(&node.name) {
            return refused("has another node's name, or a very long one");
        }
        if i > 0 && matches!(node.op, Op::Input(_)) {
            return refused("is a second image");
        }
        if node.inputs.iter().any(|input| input.0 >= i) {
            return refused("takes the result of a later one");
        }
        if node.inputs.len() > MOST_NODES || node.parameters.iter().any(|p| p.0 >= parameters.len()) {
            return refused("takes a tensor that does not exist");
        }
    }
    let mut names = HashSet::new();
    for Parameter { name, shape, .. } in parameters {
        let size = shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent));
        let fits = size.is_some_and(|size| size > 0 && size <= MOST_NUMBERS) && shape.len() <= MOST_AXES;
        if !fits || name.len() > 512 || !names.insert(name) {
            return Err(invalid(format!(
                "The tensor '{name}' of its network has the shape {shape:?}, or is there twice."
            )));
        }
    }
    Ok(())
}

/// Checks that a graph can run on an image of these channels, height and width.
pub(super) fn takes(graph: &Graph, image: [usize; 3]) -> Result<()> {
    let GraphSpec { nodes, parameters, layers, .. } = &graph.spec;
    let shapes = shapes(nodes, parameters, Some(image))?;
    fits_memory(nodes, &shapes, &graph.steps, &graph.last_use)?;
    let logits = shapes.last().map_or(0, |shape| shape.iter().product());
    if logits != graph.classes() || layers.iter().any(|layer| shapes[layer.node.0].len() != 3) {
        return Err(invalid(format!("Its network gives {logits} logits for such an image, not {}.", graph.classes())));
    }
    Ok(())
}

/// The shape of each node's result, for an image of the graph's own size or of another one.
fn shapes(nodes: &[Node], parameters: &[Parameter], image: Option<[usize; 3]>) -> Result<Vec<Vec<usize>>> {
    let mut shapes: Vec<Vec<usize>> = Vec::new();
    for node in nodes {
        let inputs: Vec<&[usize]> = node.inputs.iter().map(|input| &*shapes[input.0]).collect();
        let own: Vec<&[usize]> = node.parameters.iter().map(|p| &*parameters[p.0].shape).collect();
        let op = match (&node.op, image) {
            (Op::Input(_), Some(shape)) => &Op::Input(Input { shape }),
            (op, _) => op,
        };
        let shape = op.operation().shape(&inputs, &own);
        let shape = shape.map_err(|why| invalid(format!("The node '{}' of its network {why}.", node.name)))?;
        let size = shape.iter().try_fold(1usize, |product, &extent| product.checked_mul(extent));
        if !size.is_some_and(|size| size > 0 && size <= MOST_NUMBERS) || shape.len() >= MOST_AXES {
            return Err(invalid(format!("The node '{}' of its network makes {shape:?} of one image.", node.name)));
        }
        shapes.push(shape);
    }
    Ok(shapes)
}

/// Checks what is alive after each step.
fn fits_memory(nodes: &[Node], shapes: &[Vec<usize>], steps: &[Step], last_use: &[usize]) -> Result<()> {
    let size = |node: NodeId| shapes[node.0].iter().product::<usize>();
    let mut alive = size(NodeId(0));
    for (i, step) in steps.iter().enumerate() {
        alive = alive.saturating_add(size(step.output));
        if alive > MOST_NUMBERS {
            let name = &nodes[step.output.0].name;
            return Err(invalid(format!("At the node '{name}' its network holds more than a gigabyte of one image.")));
        }
        let mut inputs = step.inputs.clone();
        inputs.sort_unstable();
        inputs.dedup();
        let is_freed = |input: &NodeId| last_use[input.0] == i && !matches!(nodes[input.0].op, Op::Constant(_));
        alive -= inputs.into_iter().filter(is_freed).map(size).sum::<usize>();
    }
    Ok(())
}
