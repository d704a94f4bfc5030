//! A network as a graph of operations: what it computes, without the numbers.

mod builder;
mod channels;
mod check;
mod cuts;
mod fuse;

use peerlight_core::{Code, Error, Result};
use serde::{Deserialize, Serialize};

pub use builder::Builder;
pub(crate) use fuse::{Step, StepKind};

use crate::ops::Op;

/// A cut point of a network: `Layer(0)` is the input, `Layer(k)` the output of the k-th layer that the network shows
/// ([`Graph::layers`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Layer(pub usize);

impl Layer {
    /// The network's input: the normalized image.
    pub const INPUT: Self = Self(0);

    /// The layer before this one; of the input, the input.
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

/// A node of a graph: its index in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub usize);

/// A parameter of a graph: its index in [`Graph::parameters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ParameterId(pub usize);

/// An operation on the results of earlier nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// The node's name, for people; unique in its graph.
    pub name: String,
    /// Operation of the node.
    pub op: Op,
    /// The nodes whose results the operation takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<NodeId>,
    /// The tensors of numbers that the operation takes, in the order that it documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterId>,
}

/// A tensor of numbers that a network is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// The tensor's name in a file; unique in its graph.
    pub name: String,
    /// Extents of the tensor, one for each axis.
    pub shape: Vec<usize>,
    /// Purpose of the tensor.
    pub role: Role,
}

/// Purpose of a parameter. It decides how the parameter begins, and whether it is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The weight of a convolution or a linear layer.
    Weight,
    /// What is added afterwards.
    Bias,
    /// The scale of a norm.
    Scale,
    /// The running mean of a batch norm. It is not trained.
    Mean,
    /// The running variance of a batch norm. It is not trained.
    Variance,
    /// Any other tensor, such as the mean of a preprocessing inside the network. It is not trained.
    Constant,
}

impl Role {
    /// Whether training changes the parameter by its gradient.
    pub fn is_trained(self) -> bool {
        matches!(self, Self::Weight | Self::Bias | Self::Scale)
    }
}

/// A place that all data flows through: one tensor from which the rest of the network follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Name of the place, unique in the graph.
    pub name: String,
    /// The node whose result it is.
    pub node: NodeId,
}

/// Part of the network after its last layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// The mean over all places, and a linear classifier: class activation maps (CAM) are exact. The node is the
    /// classifier's; its weight is [classes, channels].
    Linear(NodeId),
    /// The mean over all places and nothing else: the last layer's channels are the class activation maps.
    Average,
    /// Anything else.
    Opaque,
}

/// A graph as it stands in a file: nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphSpec {
    /// The operations, each after those whose results it takes. The first is the image, the last gives the logits.
    pub nodes: Vec<Node>,
    /// The tensors that the operations take.
    pub parameters: Vec<Parameter>,
    /// The places that can be looked at and resumed from, in order.
    pub layers: Vec<Cut>,
    /// The layer that methods of one layer read by default.
    pub target: Layer,
    /// The layers that methods of several layers read by default.
    pub several: Vec<Layer>,
}

/// A network's operations, checked: every shape is known, and running it needs no more than a stated amount of
/// memory.
#[derive(Debug)]
pub struct Graph {
    spec: GraphSpec,
    /// The shape of one sample of each node's result.
    shapes: Vec<Vec<usize>>,
    steps: Vec<Step>,
    /// The last step that takes a node's result.
    last_use: Vec<usize>,
    /// The step whose result a layer is.
    layer_steps: Vec<usize>,
    head: Head,
}

impl Graph {
    /// Checks a graph.
    ///
    /// # Errors
    /// `bundle-invalid`, with the node's name, for whatever cannot be run.
    pub fn new(spec: GraphSpec) -> Result<Self> {
        check::checked(spec)
    }

    /// The same graph that shows some of its layers only. Methods of one layer read the last of them up to the one
    /// that they read before, and methods of several that and the three before it.
    ///
    /// # Errors
    /// `bundle-invalid` if it has no such layers, or none is given.
    pub(crate) fn showing(&self, layers: &[Layer]) -> Result<Self> {
        let cuts = layers.iter().map(|layer| self.layers()[layer.0 - 1].clone()).collect();
        let target = layers.iter().filter(|layer| **layer <= self.target()).count().max(1);
        let several = (target.saturating_sub(3).max(1)..=target).map(Layer).collect();
        Self::new(GraphSpec { layers: cuts, target: Layer(target), several, ..self.spec.clone() })
    }

    /// Plain data of the graph, as a file holds it.
    pub fn spec(&self) -> &GraphSpec {
        &self.spec
    }

    /// The operations in topological order.
    pub fn nodes(&self) -> &[Node] {
        &self.spec.nodes
    }

    /// Node of this id.
    ///
    /// # Panics
    /// If it is another graph's.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.spec.nodes[id.0]
    }

    /// The tensors of numbers that the operations take.
    pub fn parameters(&self) -> &[Parameter] {
        &self.spec.parameters
    }

    /// The shape of one sample of a node's result, for the image size that the graph is described for.
    ///
    /// # Panics
    /// If it is another graph's node.
    pub fn shape(&self, id: NodeId) -> &[usize] {
        &self.shapes[id.0]
    }

    /// The places that can be looked at and resumed from: the first is [`Layer`]`(1)`.
    pub fn layers(&self) -> &[Cut] {
        &self.spec.layers
    }

    /// The layer of this name, whatever its case.
    pub fn layer_named(&self, name: &str) -> Option<Layer> {
        let layers = self.layers();
        let exact = layers.iter().position(|layer| layer.name == name);
        exact.or_else(|| layers.iter().position(|layer| layer.name.eq_ignore_ascii_case(name))).map(|i| Layer(i + 1))
    }

    /// The layer that methods of one layer read by default.
    pub fn target(&self) -> Layer {
        self.spec.target
    }

    /// The layers that methods of several layers read by default.
    pub fn several(&self) -> &[Layer] {
        &self.spec.several
    }

    /// Part of the network after its last layer.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Channels, height and width of the image that the graph is described for.
    pub fn input(&self) -> [usize; 3] {
        self.shapes[0].as_slice().try_into().expect("an image has three axes")
    }

    /// Checks that the graph can run on an image of this height and width. A network whose classifier takes every
    /// place of the last layer by itself can run on images of its own size alone.
    ///
    /// # Errors
    /// `ask-invalid`, with the node that cannot.
    pub fn check_size(&self, [height, width]: [usize; 2]) -> Result<()> {
        let [channels, rows, columns] = self.input();
        if [rows, columns] == [height, width] {
            return Ok(());
        }
        check::takes(self, [channels, height, width]).map_err(|cause| {
            let text = format!(
                "The network is made for images of {rows} x {columns} pixels, not of {height} x {width}: {cause}"
            );
            Error::caused_by(Code::AskInvalid, text, cause)
        })
    }

    /// The image size that the graph takes in place of this one: this one, or its own if it takes no other.
    pub fn size_for(&self, size: [usize; 2]) -> [usize; 2] {
        let [_, height, width] = self.input();
        if self.check_size(size).is_ok() { size } else { [height, width] }
    }

    /// The number of logits.
    pub fn classes(&self) -> usize {
        self.shapes.last().map_or(0, |shape| shape.iter().product())
    }

    /// Multiplications and additions, counted in pairs, of one pass over one image.
    pub fn cost(&self) -> u64 {
        let costs = self.nodes().iter().zip(&self.shapes).map(|(node, shape)| self.node_cost(node, shape));
        costs.fold(0, u64::saturating_add)
    }

    /// The number of all numbers in the parameters.
    pub fn parameter_count(&self) -> usize {
        self.parameters().iter().map(|parameter| parameter.shape.iter().product::<usize>()).sum()
    }

    fn node_cost(&self, node: &Node, shape: &[usize]) -> u64 {
        let parameters: Vec<&[usize]> = node.parameters.iter().map(|p| &*self.spec.parameters[p.0].shape).collect();
        node.op.operation().cost(shape, &parameters)
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether no step after this one takes the node's result.
    pub(crate) fn is_last_use(&self, node: NodeId, step: usize) -> bool {
        self.last_use[node.0] <= step
    }

    /// The step whose result the layer is; none for the input.
    pub(crate) fn step_of(&self, layer: Layer) -> Option<usize> {
        layer.0.checked_sub(1).map(|index| self.layer_steps[index])
    }
}
