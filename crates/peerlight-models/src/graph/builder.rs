//! Builds a graph node by node.

use peerlight_core::Result;

use super::{Cut, Graph, GraphSpec, Node, NodeId, Parameter, ParameterId, Role};
use crate::{
    Layer,
    kernels::Geometry,
    ops::{BatchNorm, Flatten, Input, Linear, Op, Reduce, Slice},
};

/// Builds a graph: nodes and parameters are added in order, and referred to by what adding them gives.
#[derive(Debug, Default)]
pub struct Builder {
    nodes: Vec<Node>,
    parameters: Vec<Parameter>,
}

impl Builder {
    /// Name of the layer of a graph that has no other: the image.
    pub const IMAGE: &str = "the image itself";

    /// A graph that has nothing but its image of these channels, height and width, and the image's node.
    pub fn new(shape: [usize; 3]) -> (Self, NodeId) {
        let mut builder = Self::default();
        let input = builder.node("input", Op::Input(Input { shape }), &[], &[]);
        (builder, input)
    }

    /// Adds a node.
    pub fn node(&mut self, name: &str, op: Op, inputs: &[NodeId], parameters: &[ParameterId]) -> NodeId {
        let (inputs, parameters) = (inputs.to_vec(), parameters.to_vec());
        self.nodes.push(Node { name: name.into(), op, inputs, parameters });
        NodeId(self.nodes.len() - 1)
    }

    /// Adds a parameter.
    pub fn parameter(&mut self, name: &str, shape: &[usize], role: Role) -> ParameterId {
        self.parameters.push(Parameter { name: name.into(), shape: shape.to_vec(), role });
        ParameterId(self.parameters.len() - 1)
    }

    /// Adds a convolution with a bias, or with the batch norm of this epsilon. The tensors are `<name>.weight`,
    /// `<name>.bias` (the convolution's, or the norm's), and of a norm `<name>.gain` (its scale), `<name>.mean`
    /// and `<name>.variance`.
    pub fn conv(&mut self, name: &str, geometry: Geometry, x: NodeId, weight: [usize; 4], norm: Option<f32>) -> NodeId {
        let channels = [weight[0]];
        let weight = self.parameter(&format!("{name}.weight"), &weight, Role::Weight);
        let bias = self.parameter(&format!("{name}.bias"), &channels, Role::Bias);
        let Some(epsilon) = norm else { return self.node(name, Op::Conv(geometry), &[x], &[weight, bias]) };
        let z = self.node(name, Op::Conv(geometry), &[x], &[weight]);
        self.batch_norm(name, epsilon, z, channels[0], bias)
    }

    /// Adds a batch norm after the convolution of this name. Its bias is there already.
    pub(crate) fn batch_norm(
        &mut self,
        name: &str,
        epsilon: f32,
        x: NodeId,
        channels: usize,
        bias: ParameterId,
    ) -> NodeId {
        let mut own = |part: &str, role| self.parameter(&format!("{name}.{part}"), &[channels], role);
        let parameters = [bias, own("gain", Role::Scale), own("mean", Role::Mean), own("variance", Role::Variance)];
        self.node(&format!("{name}.norm"), Op::BatchNorm(BatchNorm { epsilon }), &[x], &parameters)
    }

    /// Adds global average pooling and a linear classifier: `classifier.weight`, `classifier.bias`.
    pub fn classifier(&mut self, x: NodeId, channels: usize, classes: usize) -> NodeId {
        let pooled = self.node("average", Op::Reduce(Reduce::global_average(true)), &[x], &[]);
        let flat = self.node("flatten", Op::Flatten(Flatten {}), &[pooled], &[]);
        let weight = self.parameter("classifier.weight", &[classes, channels], Role::Weight);
        let bias = self.parameter("classifier.bias", &[classes], Role::Bias);
        self.node("classifier", Op::Linear(Linear {}), &[flat], &[weight, bias])
    }

    /// The graph with these layers. Methods of one layer read `target` by default, methods of several read `several`.
    ///
    /// # Errors
    /// As [`Graph::new`].
    pub fn finish(self, layers: Vec<Cut>, target: Layer, several: Vec<Layer>) -> Result<Graph> {
        Graph::new(GraphSpec { nodes: self.nodes, parameters: self.parameters, layers, target, several })
    }

    /// The graph with all layers that there are: every place with a height and a width that all data flows through.
    /// Where paths part at the image and meet in the classifier alone, that is the image itself, the layer
    /// [`Builder::IMAGE`].
    ///
    /// # Errors
    /// As [`Graph::new`].
    pub fn finish_with_found_layers(self) -> Result<Graph> {
        let (nodes, parameters) = (self.nodes, self.parameters);
        let spec = GraphSpec { nodes, parameters, layers: Vec::new(), target: Layer::INPUT, several: Vec::new() };
        let mut spec = spec.find_layers()?;
        if spec.layers.is_empty() {
            let Op::Input(Input { shape: [channels, ..] }) = spec.nodes[0].op else {
                unreachable!("its first node has been checked")
            };
            for node in &mut spec.nodes[1..] {
                node.inputs.iter_mut().for_each(|input| input.0 += 1);
            }
            let op = Op::Slice(Slice { axis: 1, start: 0, end: channels, step: 1, backward: false });
            let whole = Node { name: Self::IMAGE.into(), op, inputs: vec![NodeId(0)], parameters: Vec::new() };
            spec.nodes.insert(1, whole);
            spec.layers = vec![Cut { name: Self::IMAGE.into(), node: NodeId(1) }];
            (spec.target, spec.several) = (Layer(1), vec![Layer(1)]);
        }
        Graph::new(spec)
    }
}
