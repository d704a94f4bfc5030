//! A graph on its way: nodes are added, replaced by better ones, and in the end only those that the logits need are
//! kept.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use peerlight_core::Error;
use peerlight_models::{
    Builder, Graph, Role,
    ops::{Input, Op, Reshape, Transpose},
};

use crate::{
    constant::{Constant, Floats},
    error::{Fault, refuse},
};

/// What an infinite constant becomes: nothing beside it counts, and 16 bits hold it.
const MASKED: f32 = 60_000.0;

/// The nodes and parameters so far.
#[derive(Debug, Default)]
pub struct Draft<'a> {
    pub nodes: Vec<Node>,
    pub parameters: Vec<Parameter<'a>>,
    names: HashSet<String>,
    /// The parameter of a constant, by its address.
    shared: HashMap<*const Constant<'a>, usize>,
    /// Matrices, each before the same turned around, and where they are by their address, which so stays theirs.
    pub turned: (Vec<[Rc<Constant<'a>>; 2]>, HashMap<*const Constant<'a>, usize>),
}

/// A node of the draft.
#[derive(Debug)]
pub struct Node {
    pub name: String,
    pub op: Op,
    pub inputs: Vec<usize>,
    pub parameters: Vec<usize>,
    /// The shape of one sample.
    pub shape: Vec<usize>,
}

/// A parameter of the draft.
#[derive(Debug)]
pub struct Parameter<'a> {
    name: String,
    pub shape: Vec<usize>,
    role: Role,
    pub values: Values<'a>,
}

/// The values of a parameter.
#[derive(Debug)]
pub enum Values<'a> {
    /// Those of a constant, read when the graph is done.
    Of(Rc<Constant<'a>>),
    /// Others.
    Own(Vec<f32>),
}

/// The result of a node, seen with its axes in another order: axis i of the view is axis `order[i]` of the result. So
/// a transpose costs nothing until an operation needs the axes where they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    pub node: usize,
    /// The batch, axis 0 of every result, included. It may stand anywhere.
    pub order: Vec<usize>,
}

impl<'a> Draft<'a> {
    /// A draft that has nothing but its image, the node 0.
    pub fn new(shape: [usize; 3]) -> Self {
        let mut draft = Self::default();
        let name = draft.unique("input");
        let op = Op::Input(Input { shape });
        draft.nodes.push(Node { name, op, inputs: Vec::new(), parameters: Vec::new(), shape: shape.to_vec() });
        draft
    }

    /// Adds a node.
    pub fn node(&mut self, name: &str, op: Op, inputs: Vec<usize>, parameters: Vec<usize>) -> Result<usize, Fault> {
        let shapes: Vec<&[usize]> = inputs.iter().map(|&input| &*self.nodes[input].shape).collect();
        let own: Vec<&[usize]> = parameters.iter().map(|&own| &*self.parameters[own].shape).collect();
        let shape = op.shape(&shapes, &own)?;
        let name = self.unique(name);
        self.nodes.push(Node { name, op, inputs, parameters, shape });
        Ok(self.nodes.len() - 1)
    }

    /// Adds a parameter that has a constant's values in another shape, perhaps. It has the constant's name in the
    /// file if it has one.
    pub fn parameter(&mut self, name: &str, shape: &[usize], role: Role, of: &Rc<Constant<'a>>) -> usize {
        let name = if of.name.is_empty() { name } else { of.name };
        debug_assert_eq!(of.len(), shape.iter().product::<usize>());
        // What two nodes of the file share stays shared, also in training.
        let is_same = |own: &Parameter| match &own.values {
            Values::Of(other) => Rc::ptr_eq(other, of) && own.shape == shape && own.role == role,
            Values::Own(_) => false,
        };
        let known = self.shared.get(&Rc::as_ptr(of)).copied().filter(|&place| is_same(&self.parameters[place]));
        if let Some(place) = known {
            return place;
        }
        self.shared.insert(Rc::as_ptr(of), self.parameters.len());
        self.add_parameter(name, shape, role, Values::Of(of.clone()))
    }

    /// Adds a parameter of its own.
    pub fn own_parameter(&mut self, name: &str, shape: &[usize], role: Role, values: Vec<f32>) -> usize {
        self.add_parameter(name, shape, role, Values::Own(values))
    }

    fn add_parameter(&mut self, name: &str, shape: &[usize], role: Role, values: Values<'a>) -> usize {
        let name = self.unique(name);
        self.parameters.push(Parameter { name, shape: shape.to_vec(), role, values });
        self.parameters.len() - 1
    }

    /// The name, with a number if it is taken. Nodes and parameters share their names.
    fn unique(&mut self, name: &str) -> String {
        let name: String = name.chars().take(400).collect();
        let mut free = name.clone();
        let mut number = 2;
        while !self.names.insert(free.clone()) {
            free = format!("{name}.{number}");
            number += 1;
        }
        free
    }

    /// The result of a node as it is.
    pub fn data(&self, node: usize) -> Data {
        Data { node, order: (0..=self.nodes[node].shape.len()).collect() }
    }

    /// The shape of one sample of a view, wherever its batch is.
    pub fn shape(&self, data: &Data) -> Vec<usize> {
        let own = data.order.iter().filter_map(|axis| axis.checked_sub(1));
        own.map(|axis| self.nodes[data.node].shape[axis]).collect()
    }

    /// The extent of a view's axis, which is not the batch.
    pub fn extent(&self, data: &Data, axis: usize) -> usize {
        self.nodes[data.node].shape[data.order[axis] - 1]
    }

    /// A node whose result is a view whose batch is first, its axes in their order.
    pub fn settled(&mut self, data: &Data) -> Result<usize, Fault> {
        Ok(self.in_order(data)?.node)
    }

    /// The same view of a node whose axes are the batch, and then the others in the view's order.
    pub fn in_order(&mut self, data: &Data) -> Result<Data, Fault> {
        let (shape, mut count) = (self.shape(data), 0);
        let mut numbered = |axis: &usize| {
            if *axis == 0 {
                0
            } else {
                count += 1;
                count
            }
        };
        let order: Vec<usize> = data.order.iter().map(&mut numbered).collect();
        if data.order == order {
            return Ok(data.clone());
        }
        let others: Vec<usize> = data.order.iter().copied().filter(|axis| *axis != 0).collect();
        // Axes of one element may stand anywhere: the elements stay in their order.
        let op = match others.iter().zip(&shape).filter(|(_, n)| **n != 1).is_sorted() {
            true => Op::Reshape(Reshape { shape }),
            false => Op::Transpose(Transpose { order: [&[0], &*others].concat() }),
        };
        let name = format!("{}.order", self.nodes[data.node].name);
        Ok(Data { node: self.node(&name, op, vec![data.node], Vec::new())?, order })
    }

    /// The graph of what `output` needs, and the values of its parameters, in order.
    pub fn finish(self, output: usize) -> Result<(Graph, Vec<Floats<'a>>), Error> {
        let mut needed = vec![false; self.nodes.len()];
        needed[output] = true;
        for i in (0..=output).rev() {
            if needed[i] {
                self.nodes[i].inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
        let Some(Node { op: Op::Input(Input { shape }), .. }) = self.nodes.first() else {
            unreachable!("a draft begins with its image")
        };
        let (mut builder, image) = Builder::new(*shape);
        let mut nodes = vec![image; self.nodes.len()];
        let mut parameters = vec![None; self.parameters.len()];
        let mut values = Vec::new();
        for (i, node) in self.nodes.iter().enumerate().take(output + 1).skip(1).filter(|(i, _)| needed[*i]) {
            let mut own = Vec::new();
            for &parameter in &node.parameters {
                let Parameter { name, shape, role, values: source } = &self.parameters[parameter];
                if parameters[parameter].is_none() {
                    parameters[parameter] = Some(builder.parameter(name, shape, *role));
                    let own = match source {
                        Values::Of(constant) => constant.floats_in_place().map_err(Fault::of_file)?,
                        Values::Own(values) => Floats::Own(values.clone()),
                    };
                    values.push(if *role == Role::Constant { finite(own) } else { own });
                }
                own.extend(parameters[parameter]);
            }
            let inputs: Vec<_> = node.inputs.iter().map(|&input| nodes[input]).collect();
            nodes[i] = builder.node(&node.name, node.op.clone(), &inputs, &own);
        }
        let graph = builder.finish_with_found_layers().map_err(|error| {
            let text = error.to_string().replace("The weight file cannot be used.", "The ONNX file cannot be run.");
            Error::caused_by(error.code(), text, error)
        })?;
        Ok((graph, values))
    }
}

/// What masks a place for a softmax need not be infinite, and a weight file holds finite numbers.
fn finite(values: Floats<'_>) -> Floats<'_> {
    let finite = |value: f32| if value.is_infinite() { value.clamp(-MASKED, MASKED) } else { value };
    Floats::Own(values.into_vec().into_iter().map(finite).collect())
}

impl<'a> Parameter<'a> {
    /// The values in single precision.
    pub fn to_floats(&self) -> Result<Vec<f32>, Fault> {
        match &self.values {
            Values::Of(constant) => constant.to_floats(),
            Values::Own(values) => Ok(values.clone()),
        }
    }
}

impl Data {
    /// The view's axis as an axis of the node. An axis below 0 counts from the end.
    pub fn axis(&self, axis: i64) -> Result<usize, Fault> {
        Ok(self.order[self.position(axis)?])
    }

    /// The view's axis, counted from 0. An axis below 0 counts from the end. The batch is refused.
    pub fn position(&self, axis: i64) -> Result<usize, Fault> {
        let position = position(axis, self.order.len())?;
        match self.order[position] {
            0 => refuse("works along the axis of the batch"),
            _ => Ok(position),
        }
    }
}

impl Data {
    /// Where the batch is.
    pub fn batch(&self) -> usize {
        self.order.iter().position(|&axis| axis == 0).unwrap_or(0)
    }
}

/// An axis of `count` ones, counted from 0. An axis below 0 counts from the end.
pub fn position(axis: i64, count: usize) -> Result<usize, Fault> {
    let position = if axis < 0 { axis.checked_add(count as i64) } else { Some(axis) };
    match position.and_then(|p| usize::try_from(p).ok()).filter(|&p| p < count) {
        Some(position) => Ok(position),
        None => refuse(format!("works along axis {axis} of {count} axes")),
    }
}
