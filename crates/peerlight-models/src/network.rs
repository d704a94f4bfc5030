//! A network: a graph of operations and the numbers that it is made of.

mod edit;
mod features;
mod gradient;
mod load;
mod shuffle;
mod train;

use std::{collections::BTreeMap, sync::Arc};

use burn::{
    backend::{Dispatch, ops::FloatTensorOps},
    module::{Module, Param},
    tensor::Tensor,
};
use peerlight_core::Result;

pub use features::Features;

use crate::{
    Array, Graph, Head, Layer, NodeId, ParameterId,
    graph::{Step, StepKind},
    kernels::{Activation, Geometry},
    ops::{BatchNorm, NormParameters, Op, Value, convolve},
    threads,
};

/// A network whose layers can be looked at and resumed from: a graph, and its parameters. It can be trained.
#[derive(Module, Debug)]
pub struct Network {
    /// The graph's parameters in order, each as one axis.
    parameters: Vec<Param<Tensor<1>>>,
    #[module(skip)]
    graph: Arc<Graph>,
}

/// A convolution or a norm with what follows it, as it is met in a pass: its step, its input and its shortcut.
type Each<'a> = dyn FnMut(StepKind, Tensor<4>, Option<Tensor<4>>) -> Tensor<4> + 'a;

impl Network {
    /// Graph of the network's operations.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The number of layers.
    pub fn layers(&self) -> usize {
        self.graph.layers().len()
    }

    /// Last layer of the network.
    pub fn last(&self) -> Layer {
        Layer(self.layers())
    }

    /// Runs from a layer's output (or the image [n, 3, height, width], already normalized) to the logits, and keeps
    /// the outputs of the layers after it.
    ///
    /// # Panics
    /// If `from` is not a layer of this network, or `x` does not have its channels.
    pub fn run(&self, from: Layer, x: Tensor<4>) -> Features {
        self.infer_pass(from, x, true)
    }

    /// The logits [n, classes] of a layer's output (or an image); nothing else is kept.
    ///
    /// # Panics
    /// As [`Network::run`].
    pub fn logits(&self, from: Layer, x: Tensor<4>) -> Tensor<2> {
        let images = x.dims()[0];
        if images == 1 || !threads::is_cpu(&x.device()) {
            return self.infer_pass(from, x, false).logits;
        }
        // One image's tensors stay in the cache, and its threads need not wait for each other at each kernel.
        let images = (0..images).map(|i| x.clone().narrow(0, i, 1)).collect();
        Tensor::cat(threads::map(images, |x| self.infer_pass(from, x, false).logits), 0)
    }

    fn infer_pass(&self, from: Layer, x: Tensor<4>, keep: bool) -> Features {
        let device = x.device();
        let pass = || self.pass(from, x, keep, &mut |kind, x, shortcut| self.infer(kind, x, shortcut));
        threads::inside(&device, pass)
    }

    /// The weights of the linear classifier after global average pooling, [classes, channels]: the row of a class is
    /// its class activation map (CAM) over the last layer. None if the network ends in anything else
    /// ([`Head::Opaque`]).
    pub fn linear_head(&self) -> Option<Tensor<2>> {
        let last = self.graph.layers().last()?.node;
        let sizes = [self.graph.classes(), self.graph.shape(last)[0]];
        match self.graph.head() {
            Head::Linear(node) => Some(self.parameter(self.graph.node(node).parameters[0]).reshape(sizes)),
            Head::Average => Some(Tensor::eye(sizes[0], &self.parameters.first()?.val().device())),
            Head::Opaque => None,
        }
    }

    /// Every parameter under its name in a file, without the peer's prefix. The values are read by `read`.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn arrays(&self, read: &mut dyn FnMut(Tensor<1>) -> Result<Vec<f32>>) -> Result<BTreeMap<String, Array>> {
        let parameters = self.graph.parameters().iter().zip(&self.parameters);
        parameters
            .map(|(parameter, own)| {
                let array = Array { shape: parameter.shape.clone(), values: read(own.val())? };
                Ok((parameter.name.clone(), array))
            })
            .collect()
    }

    /// A parameter as one axis.
    fn parameter(&self, id: ParameterId) -> Tensor<1> {
        self.parameters[id.0].val()
    }

    /// A node's parameters, each of its shape.
    fn values(&self, node: NodeId) -> Vec<Value> {
        let shaped = |&id: &ParameterId| {
            let shape = self.graph.parameters()[id.0].shape.clone();
            Dispatch::float_reshape(self.parameter(id).into_dispatch(), shape.into())
        };
        self.graph.node(node).parameters.iter().map(shaped).collect()
    }

    /// Runs every step from a layer on; convolutions and norms by `each`.
    fn pass(&self, from: Layer, x: Tensor<4>, keep: bool, each: &mut Each<'_>) -> Features {
        let graph = &*self.graph;
        let mut alive: Vec<Option<Value>> = vec![None; graph.nodes().len()];
        let (start, first) = match graph.step_of(from) {
            None => (0, NodeId(0)),
            Some(step) => (step + 1, graph.steps()[step].output),
        };
        alive[first.0] = Some(x.into_dispatch());
        let mut kept = Vec::new();
        let mut coming = graph.layers()[from.0..].iter().map(|cut| cut.node).peekable();
        for (i, step) in graph.steps().iter().enumerate().skip(start) {
            let taken = step.inputs.iter().enumerate().map(|(place, &input)| {
                // Whoever takes a result last gets it without a copy, and its memory is free afterwards.
                let is_again = step.inputs[place + 1..].contains(&input);
                let value = match graph.is_last_use(input, i) && !is_again {
                    true => alive[input.0].take(),
                    false => alive[input.0].clone(),
                };
                value.unwrap_or_else(|| self.constant(input))
            });
            let inputs = taken.collect();
            let result = self.step(step, inputs, each);
            if coming.next_if_eq(&step.output).is_some() && keep {
                kept.push(Tensor::from_dispatch(result.clone()));
            }
            alive[step.output.0] = Some(result);
        }
        let logits = alive.pop().flatten().expect("the last step gives the last node's result");
        let logits = Tensor::<2>::from_dispatch(super::ops::flat(logits));
        Features::new(from, kept, logits)
    }

    fn constant(&self, node: NodeId) -> Value {
        self.graph.node(node).op.operation().forward(Vec::new(), self.values(node))
    }

    fn step(&self, step: &Step, inputs: Vec<Value>, each: &mut Each<'_>) -> Value {
        match step.kind {
            StepKind::Single => self.graph.node(step.output).op.operation().forward(inputs, self.values(step.output)),
            kind => {
                let mut inputs = inputs.into_iter().map(Tensor::from_dispatch);
                let x = inputs.next().expect("a convolution and a norm have an input");
                each(kind, x, inputs.next()).into_dispatch()
            }
        }
    }

    /// A convolution or a norm by its running statistics, with what follows it.
    fn infer(&self, kind: StepKind, x: Tensor<4>, shortcut: Option<Tensor<4>>) -> Tensor<4> {
        match kind {
            StepKind::Conv { conv, norm, activation } => {
                let (weight, bias) = match norm {
                    None => self.conv_parameters(conv),
                    Some(norm) => {
                        let (weight, bias) = self.folded_conv(conv, norm);
                        (weight, Some(bias))
                    }
                };
                convolve(self.geometry(conv), x, weight, bias, shortcut, activation)
            }
            StepKind::Norm { norm, activation } => {
                self.batch_norm(norm).infer(x, self.norm_parameters(norm), shortcut, activation)
            }
            StepKind::Single => unreachable!("neither a convolution nor a norm"),
        }
    }

    fn geometry(&self, conv: NodeId) -> Geometry {
        match self.graph.node(conv).op {
            Op::Conv(geometry) => geometry,
            _ => unreachable!("a step's convolution is one"),
        }
    }

    fn batch_norm(&self, node: NodeId) -> BatchNorm {
        match self.graph.node(node).op {
            Op::BatchNorm(norm) => norm,
            _ => unreachable!("a step's norm is one"),
        }
    }

    fn conv_parameters(&self, conv: NodeId) -> (Tensor<4>, Option<Tensor<1>>) {
        let mut values = self.values(conv).into_iter();
        let weight = Tensor::from_dispatch(values.next().expect("a convolution has a weight"));
        (weight, values.next().map(Tensor::from_dispatch))
    }

    fn norm_parameters(&self, norm: NodeId) -> NormParameters {
        NormParameters::of(self.values(norm))
    }

    /// The weight and the bias that do what convolution and norm do with its running statistics.
    fn folded_conv(&self, conv: NodeId, norm: NodeId) -> (Tensor<4>, Tensor<1>) {
        let (weight, bias) = self.conv_parameters(conv);
        let (factor, summand) = self.batch_norm(norm).affine(self.norm_parameters(norm));
        let [out, ..] = weight.dims();
        let summand = match bias {
            Some(bias) => bias * factor.clone() + summand,
            None => summand,
        };
        (weight * factor.reshape([out, 1, 1, 1]), summand)
    }
}

/// What follows a step's convolution or norm.
fn activation_of(kind: StepKind) -> Activation {
    match kind {
        StepKind::Conv { activation, .. } | StepKind::Norm { activation, .. } => activation,
        StepKind::Single => Activation::None,
    }
}
