//! The same function by other nodes: batch norms folded into convolutions, and put back.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use burn::tensor::{Int, Tensor};
use peerlight_core::{Code, Error, Result};

use super::Network;
use crate::{
    Cut, Graph, GraphSpec, Layer, Node, NodeId, Parameter, ParameterId, Role,
    graph::StepKind,
    kernels::Activation,
    ops::{BatchNorm, Flatten, Moments, Op, convolve},
};

/// The epsilon of the batch norms that are put back.
const EPSILON: f32 = 1e-3;

impl Network {
    /// The same network with its batch norms folded into the convolutions before them. Others stay.
    pub fn folded(&self) -> Self {
        let pairs = self.graph.steps().iter().filter_map(|step| match step.kind {
            StepKind::Conv { conv, norm: Some(norm), .. } => Some((conv, norm)),
            _ => None,
        });
        let norms: BTreeMap<NodeId, NodeId> = pairs.collect();
        let convs: BTreeMap<NodeId, NodeId> = norms.iter().map(|(&conv, &norm)| (norm, conv)).collect();
        let mut edit = Edit::of(self);
        for (id, node) in self.nodes() {
            if let Some(norm) = norms.get(&id) {
                let (weight, bias) = self.folded_conv(id, *norm);
                let weight = edit.changed(node.parameters[0], weight.flatten(0, 3));
                let bias = edit.changed(self.graph.node(*norm).parameters[0], bias);
                edit.node(id, node.op.clone(), vec![weight, bias]);
            } else if let Some(conv) = convs.get(&id) {
                edit.moved[id.0] = edit.moved[conv.0];
            } else {
                edit.keep(id);
            }
        }
        edit.finish().expect("a graph without some of its norms is as valid as with them")
    }

    /// The same network, in which every convolution of an image with a bias has a batch norm again: its running
    /// statistics are the moments of this batch, and scale and bias are such that nothing changes. So a network
    /// whose norms were folded can be trained with live ones.
    ///
    /// # Errors
    /// `bundle-invalid` if that is more than a network may hold.
    pub fn insert_batch_norms(&self, x: Tensor<4>) -> Result<Self> {
        let mut found: HashMap<NodeId, Moments> = HashMap::new();
        self.pass(Layer::INPUT, x, false, &mut |kind, x, shortcut| {
            if let StepKind::Conv { conv, norm: None, .. } = kind
                && self.graph.shape(conv)[1..] != [1, 1]
                && self.graph.node(conv).parameters.len() > 1
            {
                let (weight, _) = self.conv_parameters(conv);
                let z = convolve(self.geometry(conv), x.clone(), weight, None, None, Activation::None);
                found.insert(conv, Moments::of(z));
            }
            self.infer(kind, x, shortcut)
        });
        let mut edit = Edit::of(self);
        for (id, node) in self.nodes() {
            let Some(Moments { mean, variance }) = found.remove(&id) else {
                edit.keep(id);
                continue;
            };
            // The norm's bias takes the place of the convolution's.
            let bias = self.parameter(node.parameters[1]) + mean.clone();
            let scale = (variance.clone() + EPSILON).sqrt();
            let channels = [scale.dims()[0]];
            let weight = edit.kept(node.parameters[0]);
            edit.node(id, node.op.clone(), vec![weight]);
            let name = edit.parameters[weight.0].name.trim_end_matches(".weight").to_owned();
            let own = [
                ("bias", Role::Bias, bias),
                ("gain", Role::Scale, scale),
                ("mean", Role::Mean, mean),
                ("variance", Role::Variance, variance),
            ];
            let own = own.map(|(part, role, value)| edit.parameter(&format!("{name}.{part}"), &channels, role, value));
            edit.after(id, Op::BatchNorm(BatchNorm { epsilon: EPSILON }), &format!("{}.norm", node.name), own.to_vec());
        }
        edit.finish()
    }

    /// The same network with some of its classes only, in this order.
    ///
    /// # Errors
    /// `classes-invalid` if its logits do not come straight from a linear layer, or it has no such class.
    pub fn with_classes(&self, classes: &[usize]) -> Result<Self> {
        // Up from the logits, over what changes nothing but the axes.
        let is_flat = |id: NodeId| matches!(self.graph.node(id).op, Op::Flatten(_) | Op::Reshape(_));
        let logits = NodeId(self.graph.nodes().len() - 1);
        let mut linear = logits;
        while is_flat(linear) {
            linear = self.graph.node(linear).inputs[0];
        }
        let is_linear = match &self.graph.node(linear).op {
            Op::Linear(_) => self.graph.shape(linear).len() == 1,
            Op::Conv(geometry) => geometry.groups == 1 && self.graph.shape(linear)[1..] == [1, 1],
            _ => false,
        };
        if !is_linear || classes.is_empty() || classes.iter().any(|&class| class >= self.graph.classes()) {
            let text = "Some of a network's classes can be left out only if its logits come from a linear layer.";
            return Err(Error::new(Code::ClassesInvalid, text));
        }
        let rows: Vec<i64> = classes.iter().map(|&class| class as i64).collect();
        let mut edit = Edit::of(self);
        for (id, node) in self.nodes() {
            if id == linear {
                let parameters = node.parameters.iter().map(|&parameter| edit.rows(parameter, &rows)).collect();
                edit.node(id, node.op.clone(), parameters);
            } else if id > linear && is_flat(id) {
                edit.node(id, Op::Flatten(Flatten {}), Vec::new());
            } else {
                edit.keep(id);
            }
        }
        edit.finish()
    }

    /// The same network that shows some of its layers only, in order.
    ///
    /// # Panics
    /// If it has no such layer, or none is given.
    pub fn showing(&self, layers: &[Layer]) -> Self {
        let graph = self.graph.showing(layers).expect("some of a graph's layers are as valid as all");
        Self { parameters: self.parameters.clone(), graph: Arc::new(graph) }
    }

    fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.graph.nodes().iter().enumerate().map(|(i, node)| (NodeId(i), node))
    }
}

/// A network on its way to become another one.
struct Edit<'a> {
    network: &'a Network,
    nodes: Vec<Node>,
    parameters: Vec<Parameter>,
    values: Vec<Tensor<1>>,
    names: HashSet<String>,
    /// The new node that gives the result of each old one.
    moved: Vec<NodeId>,
    /// The new parameters that are old ones.
    kept: HashMap<ParameterId, ParameterId>,
}

impl<'a> Edit<'a> {
    fn of(network: &'a Network) -> Self {
        Self {
            network,
            nodes: Vec::new(),
            parameters: Vec::new(),
            values: Vec::new(),
            names: HashSet::new(),
            moved: vec![NodeId(0); network.graph.nodes().len()],
            kept: HashMap::new(),
        }
    }

    /// A new parameter. If its name is taken, the name gets a number.
    fn parameter(&mut self, name: &str, shape: &[usize], role: Role, value: Tensor<1>) -> ParameterId {
        let numbered = (2..).map(|i| format!("{name}.{i}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let name = names.find(|name| !self.names.contains(name)).expect("there are always more numbers");
        self.names.insert(name.clone());
        self.parameters.push(Parameter { name, shape: shape.to_vec(), role });
        self.values.push(value.detach());
        ParameterId(self.parameters.len() - 1)
    }

    /// An old parameter with another value.
    fn changed(&mut self, id: ParameterId, value: Tensor<1>) -> ParameterId {
        let network = self.network;
        let Parameter { name, shape, role } = &network.graph.parameters()[id.0];
        self.parameter(name, shape, *role, value)
    }

    /// Some rows of an old parameter.
    fn rows(&mut self, id: ParameterId, rows: &[i64]) -> ParameterId {
        let network = self.network;
        let Parameter { name, shape, role } = &network.graph.parameters()[id.0];
        let value = network.parameter(id);
        let places = Tensor::<1, Int>::from_data(rows, &value.device().without_autodiff());
        let each = shape[1..].iter().product::<usize>();
        let value = value.reshape([shape[0], each]).select(0, places).flatten(0, 1);
        let shape = [&[rows.len()], &shape[1..]].concat();
        self.parameter(name, &shape, *role, value)
    }

    /// An old parameter as it is.
    fn kept(&mut self, id: ParameterId) -> ParameterId {
        if let Some(kept) = self.kept.get(&id) {
            return *kept;
        }
        let kept = self.changed(id, self.network.parameter(id));
        self.kept.insert(id, kept);
        kept
    }

    /// An old node with other parameters.
    fn node(&mut self, id: NodeId, op: Op, parameters: Vec<ParameterId>) {
        let Node { name, inputs, .. } = self.network.graph.node(id);
        let inputs = inputs.iter().map(|input| self.moved[input.0]).collect();
        self.moved[id.0] = NodeId(self.nodes.len());
        self.nodes.push(Node { name: name.clone(), op, inputs, parameters });
    }

    /// An old node as it is.
    fn keep(&mut self, id: NodeId) {
        let node = self.network.graph.node(id);
        let parameters = node.parameters.iter().map(|&parameter| self.kept(parameter)).collect();
        self.node(id, node.op.clone(), parameters);
    }

    /// A new node, whose result takes the place of an old one's.
    fn after(&mut self, id: NodeId, op: Op, name: &str, parameters: Vec<ParameterId>) {
        let inputs = vec![self.moved[id.0]];
        self.moved[id.0] = NodeId(self.nodes.len());
        self.nodes.push(Node { name: name.into(), op, inputs, parameters });
    }

    fn finish(self) -> Result<Network> {
        let old = self.network.graph.spec();
        let layers = old.layers.iter().map(|cut| Cut { name: cut.name.clone(), node: self.moved[cut.node.0] });
        let graph = Graph::new(GraphSpec {
            nodes: self.nodes,
            parameters: self.parameters,
            layers: layers.collect(),
            target: old.target,
            several: old.several.clone(),
        })?;
        Ok(Network::of(graph, self.values))
    }
}
