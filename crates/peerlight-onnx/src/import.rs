//! From the nodes of a file to a graph.

use std::{collections::HashMap, rc::Rc};

use peerlight_core::Error;
use peerlight_models::{
    Role,
    ops::{Constant as Fixed, Op},
};

use crate::{
    constant::{Constant, Int},
    draft::{Data, Draft},
    error::{Fault, refuse},
    fold,
    ops::{self, branch},
    proto::{self, Attribute},
};

/// The most branches and operations within each other.
pub const DEEPEST: usize = 16;

/// What a name in the file stands for.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// What is computed from the image.
    Data(Data),
    /// What is not.
    Constant(Rc<Constant<'a>>),
    /// What is computed from the image, the batch not its first axis: attention takes queries, keys and values apart
    /// along an axis that it puts first, or has the batch second.
    Turned(Data),
    /// What is computed from the image, the batch and other axes counted as one, or no batch at all (ops/merged.rs).
    Merged(Merged),
}

/// A view some of whose axes are one axis of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    pub data: Data,
    /// The first of these axes.
    pub first: usize,
    /// How many they are, the batch among them. With 0 the file has one image, and no axis for the batch, which is
    /// the view's first.
    pub count: usize,
}

impl Value<'_> {
    /// A view, whose batch may be anywhere.
    pub fn of(data: Data) -> Self {
        if data.order.first() == Some(&0) { Self::Data(data) } else { Self::Turned(data) }
    }
}

/// The state of an import.
pub struct Import<'a> {
    pub draft: Draft<'a>,
    /// The version of the standard operations.
    pub opset: i64,
    values: HashMap<&'a str, Value<'a>>,
    /// How often each name is taken.
    uses: HashMap<&'a str, usize>,
    /// How many elements constants may still be made of.
    pub budget: usize,
    /// What the file has for the size of the batch: 1 if it was made for one image.
    pub batch: Int,
    /// How many branches and operations the node stands in that is read now.
    depth: usize,
}

/// A node and its inputs.
pub struct Call<'c, 'a> {
    pub node: &'c proto::Node<'a>,
    pub inputs: Vec<Option<Value<'a>>>,
}

impl<'a> Import<'a> {
    pub fn new(model: &proto::Model<'a>, draft: Draft<'a>, size: usize, batch: Int) -> Result<Self, Error> {
        let (values, uses) = (HashMap::new(), HashMap::new());
        let mut import = Self { draft, opset: model.opset, values, uses, budget: size + (1 << 24), batch, depth: 0 };
        import.read_constants(&model.graph).map_err(Fault::of_file)?;
        let taken = model.graph.nodes.iter().flat_map(branch::taken);
        for name in taken.chain(model.graph.outputs.iter().map(|output| output.name)) {
            *import.uses.entry(name).or_default() += 1;
        }
        Ok(import)
    }

    /// Defines what a graph of the file has values for.
    pub fn read_constants(&mut self, graph: &proto::Graph<'a>) -> Result<(), Fault> {
        for tensor in &graph.initializers {
            self.define(tensor.name, Value::Constant(Rc::new(Constant::of(tensor)?)));
        }
        Ok(())
    }

    /// Says what a name stands for.
    pub fn define(&mut self, name: &'a str, value: Value<'a>) {
        self.values.insert(name, value);
    }

    /// What a name stands for.
    pub fn value(&self, name: &str) -> Option<&Value<'a>> {
        self.values.get(name)
    }

    /// Adds what a node of the file computes.
    ///
    /// # Errors
    /// The fault of an operation that is not supported.
    pub fn add(&mut self, node: &proto::Node<'a>) -> Result<(), Fault> {
        if !matches!(node.domain, "" | "ai.onnx") {
            let advice = "Only the standard operations of ONNX are supported: export it without extensions.";
            return Err(Fault::new(format!("is one of the extension '{}'", node.domain)).advise(advice));
        }
        let mut inputs = Vec::new();
        for name in &node.inputs {
            inputs.push(match (name.is_empty(), self.values.get(name)) {
                (true, _) => None,
                (_, Some(value)) => Some(value.clone()),
                (_, None) => return refuse(format!("takes '{name}', which nothing before it gives")),
            });
        }
        let call = Call { node, inputs };
        if node.op == "If" && matches!(call.optional(0), Some(Value::Constant(_))) {
            return branch::add(self, &call);
        }
        for (name, value) in node.outputs.iter().zip(self.results(&call)?) {
            if !name.is_empty() {
                self.values.insert(name, value);
            }
        }
        Ok(())
    }

    /// What a node gives.
    pub fn results(&mut self, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
        let is_constant = call.inputs.iter().flatten().all(|value| matches!(value, Value::Constant(_)));
        if is_constant { fold::fold(self, call) } else { ops::convert(self, call) }
    }

    /// What is done within an operation: a branch's own operations, and those that one is composed of.
    pub fn within<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= DEEPEST {
            return refuse("stands in too many operations");
        }
        self.depth += 1;
        let done = act(self);
        self.depth -= 1;
        done
    }

    /// The extents of a view.
    pub fn extents(&self, data: &Data) -> Vec<Int> {
        let shape = &self.draft.nodes[data.node].shape;
        let extent = |axis: &usize| axis.checked_sub(1).map_or(self.batch, |axis| Int::Known(shape[axis] as i64));
        data.order.iter().map(extent).collect()
    }

    /// Whether nothing but one node takes a result.
    pub fn is_taken_once(&self, name: &str) -> bool {
        self.uses.get(name) == Some(&1)
    }

    /// Takes room for a constant of so many elements.
    ///
    /// # Errors
    /// If constants have become too many.
    pub fn allow(&mut self, elements: usize) -> Result<(), Fault> {
        match self.budget.checked_sub(elements) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => refuse("makes constants that are much larger than the file"),
        }
    }

    /// A node with its name's first part for all that it becomes.
    pub fn node(
        &mut self,
        call: &Call<'_, 'a>,
        op: Op,
        inputs: Vec<usize>,
        parameters: Vec<usize>,
    ) -> Result<usize, Fault> {
        self.draft.node(call.name(), op, inputs, parameters)
    }

    /// Adds a node of values that do not depend on the image: those of one sample, in this shape.
    pub fn fixed(&mut self, call: &Call<'_, 'a>, shape: &[usize], values: Vec<f32>) -> Result<usize, Fault> {
        let name = format!("{}.constant", call.name());
        let shape = [&[1], shape].concat();
        let parameter = self.draft.own_parameter(&name, &shape, Role::Constant, values);
        self.draft.node(&name, Op::Constant(Fixed {}), Vec::new(), vec![parameter])
    }

    /// The same, as a result with its axes in their order.
    pub fn result(
        &mut self,
        call: &Call<'_, 'a>,
        op: Op,
        inputs: Vec<usize>,
        parameters: Vec<usize>,
    ) -> Result<Vec<Value<'a>>, Fault> {
        let node = self.node(call, op, inputs, parameters)?;
        Ok(vec![Value::Data(self.draft.data(node))])
    }
}

impl<'c, 'a> Call<'c, 'a> {
    /// The node's name, or the first thing that it gives.
    pub fn name(&self) -> &'a str {
        name_of(self.node)
    }

    /// The input at this place, if there is one.
    pub fn optional(&self, place: usize) -> Option<&Value<'a>> {
        self.inputs.get(place)?.as_ref()
    }

    /// The input at this place, which depends on the image.
    pub fn data(&self, place: usize) -> Result<&Data, Fault> {
        match self.optional(place) {
            Some(Value::Data(data)) => Ok(data),
            Some(Value::Constant(_)) => refuse(format!("has a constant for its input {place}")),
            Some(Value::Merged(_)) => refuse("takes the windows of an image as images of their own"),
            Some(Value::Turned(_)) => {
                refuse("takes a result whose first axis is not the batch: the batch must stay the first axis")
            }
            None => refuse(format!("has no input {place}")),
        }
    }

    /// The input at this place.
    pub fn value(&self, place: usize) -> Result<&Value<'a>, Fault> {
        self.optional(place).ok_or_else(|| Fault::new(format!("has no input {place}")))
    }

    /// The same, wherever its batch is.
    pub fn view(&self, place: usize) -> Result<&Data, Fault> {
        match self.optional(place) {
            Some(Value::Turned(data)) => Ok(data),
            _ => self.data(place),
        }
    }

    /// The same input, its batch anywhere, as a result.
    pub fn same(&self, place: usize) -> Result<Value<'a>, Fault> {
        Ok(Value::of(self.view(place)?.clone()))
    }

    /// The input at this place, which does not depend on the image, if there is one.
    pub fn optional_constant(&self, place: usize) -> Result<Option<&Rc<Constant<'a>>>, Fault> {
        match self.optional(place) {
            Some(Value::Constant(constant)) => Ok(Some(constant)),
            Some(_) => refuse(format!("computes its input {place} from the image")),
            None => Ok(None),
        }
    }

    /// The input at this place, which does not depend on the image.
    pub fn constant(&self, place: usize) -> Result<&Rc<Constant<'a>>, Fault> {
        self.optional_constant(place)?.ok_or_else(|| Fault::new(format!("has no input {place}")))
    }

    pub fn int(&self, name: &str, default: i64) -> Result<i64, Fault> {
        match self.node.attributes.get(name) {
            None => Ok(default),
            Some(Attribute::Int(value)) => Ok(*value),
            Some(_) => wrong(name),
        }
    }

    pub fn float(&self, name: &str, default: f32) -> Result<f32, Fault> {
        match self.node.attributes.get(name) {
            None => Ok(default),
            Some(Attribute::Float(value)) => Ok(*value),
            Some(_) => wrong(name),
        }
    }

    pub fn text(&self, name: &str, default: &'static str) -> Result<&str, Fault> {
        match self.node.attributes.get(name) {
            None => Ok(default),
            Some(Attribute::Text(value)) => std::str::from_utf8(value).or_else(|_| wrong(name)),
            Some(_) => wrong(name),
        }
    }

    pub fn ints(&self, name: &str) -> Result<Option<&[i64]>, Fault> {
        match self.node.attributes.get(name) {
            None => Ok(None),
            Some(Attribute::Ints(values)) => Ok(Some(values)),
            Some(_) => wrong(name),
        }
    }

    /// Two numbers for height and width.
    pub fn pair(&self, name: &str, default: [usize; 2]) -> Result<[usize; 2], Fault> {
        match self.ints(name)? {
            None => Ok(default),
            Some(&[down, across]) => Ok([extent(down)?, extent(across)?]),
            Some(values) => refuse(format!("has {name} {values:?}; only two axes are supported")),
        }
    }

    /// Whole numbers that older versions have as an attribute and newer ones as an input.
    pub fn ints_or_input(&self, name: &str, place: usize) -> Result<Option<Vec<i64>>, Fault> {
        match self.optional_constant(place)? {
            Some(constant) => Ok(Some(constant.to_known()?)),
            None => Ok(self.ints(name)?.map(<[i64]>::to_vec)),
        }
    }

    /// A number that older versions have as an attribute and newer ones as an input.
    pub fn float_or_input(&self, name: &str, place: usize, default: f32) -> Result<f32, Fault> {
        match self.optional_constant(place)? {
            Some(constant) => constant.scalar(),
            None => self.float(name, default),
        }
    }
}

/// A node's name, or the first thing that it gives.
pub fn name_of<'a>(node: &proto::Node<'a>) -> &'a str {
    match (node.name, node.outputs.first()) {
        ("", Some(output)) => output,
        (name, _) => name,
    }
}

/// A number that cannot be below 0.
pub fn extent(value: i64) -> Result<usize, Fault> {
    usize::try_from(value).or_else(|_| refuse(format!("has {value} where a number from 0 on belongs")))
}

fn wrong<T>(name: &str) -> Result<T, Fault> {
    refuse(format!("has an attribute '{name}' of another type than it should be"))
}
