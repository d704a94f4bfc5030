//! A chain of convolutions and a linear classifier: what every architecture here is made of, its training included.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, Param, ParamId},
    tensor::{Device, Int, Tensor, TensorData},
};
use peerlight_core::{
    Result,
    rng::{normals, permutation},
};

use crate::{
    Array, Features, Layer, Network, Weights,
    kernels::{Activation, BatchNorm, Geometry, conv_act, moments, norm_act},
};

/// What is added to a variance before its root is taken, as in the published networks.
const EPSILON: f32 = 1e-3;

/// What a convolution does in the net.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConvKind {
    /// The first, 3 x 3 with stride 2.
    Stem,
    /// 1x1, more channels. Of block i.
    Expand(usize),
    /// k x k, each channel by itself. Of block i.
    Depthwise(usize),
    /// 1x1, fewer channels, no activation. Of block i.
    Project(usize),
    /// The last, 1x1.
    Head,
}

/// A convolution's place and shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvShape {
    /// What it does.
    pub kind: ConvKind,
    /// [out, in / groups, k, k].
    pub weight: [usize; 4],
    /// Step in pixels.
    pub stride: usize,
    /// 1, or the number of channels.
    pub groups: usize,
    /// Whether a block begins here: its input may be added to its result.
    pub begins_block: bool,
    /// Whether the block's input is added to its result.
    pub residual: bool,
    /// Whether a stage ends here.
    pub ends_stage: bool,
}

impl ConvShape {
    /// Our name of its tensors, before `.weight` and `.bias`.
    pub fn key(&self) -> String {
        match self.kind {
            ConvKind::Stem => "stem".into(),
            ConvKind::Expand(i) => format!("blocks.{i}.expand"),
            ConvKind::Depthwise(i) => format!("blocks.{i}.depthwise"),
            ConvKind::Project(i) => format!("blocks.{i}.project"),
            ConvKind::Head => "head".into(),
        }
    }
}

/// A convolution with its bias, or with a batch norm whose shift the bias is.
#[derive(Module, Debug)]
struct Conv {
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    norm: Option<Norm>,
    #[module(skip)]
    shape: ConvShape,
}

/// A batch norm (Ioffe & Szegedy, ICML 2015), all [channels]; its shift is the convolution's bias.
#[derive(Module, Debug)]
struct Norm {
    gain: Param<Tensor<1>>,
    /// Running mean, no parameter.
    mean: Param<Tensor<1>>,
    /// Running variance, no parameter.
    variance: Param<Tensor<1>>,
}

/// Mean and population variance of each channel over one batch, both [channels].
#[derive(Debug, Clone)]
pub struct Moments {
    mean: Tensor<1>,
    variance: Tensor<1>,
}

impl Conv {
    fn geometry(&self) -> Geometry {
        Geometry::same(self.shape.stride, self.shape.groups)
    }

    fn activation(&self) -> Activation {
        match self.shape.kind {
            ConvKind::Project(_) => Activation::None,
            _ => Activation::Relu6,
        }
    }

    /// [n, in, h, w] -> [n, out, ceil(h / stride), ceil(w / stride)]
    fn run(&self, x: Tensor<4>, residual: Option<Tensor<4>>) -> Tensor<4> {
        let (weight, bias) = self.folded();
        conv_act(x, weight, bias, residual, self.geometry(), self.activation())
    }

    /// The weight and the bias that do what convolution and norm do with its running moments:
    /// w' = w g / sqrt(v + e), b' = b - m g / sqrt(v + e).
    fn folded(&self) -> (Tensor<4>, Tensor<1>) {
        let (weight, bias) = (self.weight.val(), self.bias.val());
        let Some(norm) = &self.norm else { return (weight, bias) };
        let scale = norm.gain.val() / (norm.variance.val() + EPSILON).sqrt();
        let out = self.shape.weight[0];
        (weight * scale.clone().reshape([out, 1, 1, 1]), bias - norm.mean.val() * scale)
    }

    /// The convolution alone.
    fn bare(&self, x: Tensor<4>) -> Tensor<4> {
        let none = Tensor::zeros([self.shape.weight[0]], &x.device().without_autodiff());
        conv_act(x, self.weight.val(), none, None, self.geometry(), Activation::None)
    }

    /// As [`Conv::run`], with the batch's own moments, which are noted.
    fn learn(&self, x: Tensor<4>, residual: Option<Tensor<4>>, seen: &mut Vec<Moments>) -> Tensor<4> {
        let Some(norm) = &self.norm else { return self.run(x, residual) };
        let z = self.bare(x);
        let (mean, variance) = moments(z.clone());
        seen.push(Moments { mean: mean.clone(), variance: variance.clone() });
        let norm = BatchNorm { mean, variance, scale: norm.gain.val(), bias: self.bias.val(), epsilon: EPSILON };
        norm_act(z, norm, residual, self.activation())
    }
}

/// A network: its convolutions in the order that data meets them, then the mean over all places, then a linear classifier.
#[derive(Module, Debug)]
pub struct Net {
    convs: Vec<Conv>,
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

impl Net {
    /// The network of a peer in a file, with its batch norms if the file has them.
    ///
    /// # Errors
    /// `bundle-invalid` if a tensor is missing, or of another shape, or not finite.
    pub fn load(shapes: Vec<ConvShape>, weights: &Weights, classes: usize, device: &Device) -> Result<Self> {
        let channels = shapes.last().map_or(0, |head| head.weight[0]);
        let mut convs = Vec::new();
        for shape in shapes {
            let key = shape.key();
            let part = |part: &str| weights.tensor(&format!("{key}.{part}"), [shape.weight[0]], device);
            let norm = match weights.has(&format!("{key}.gain")) {
                true => Some(Norm {
                    gain: Param::from_tensor(part("gain")?),
                    mean: fixed(part("mean")?),
                    variance: fixed(part("variance")?),
                }),
                false => None,
            };
            convs.push(Conv {
                weight: Param::from_tensor(weights.tensor(&format!("{key}.weight"), shape.weight, device)?),
                bias: Param::from_tensor(part("bias")?),
                norm,
                shape,
            });
        }
        Ok(Self {
            convs,
            weight: Param::from_tensor(weights.tensor("classifier.weight", [classes, channels], device)?),
            bias: Param::from_tensor(weights.tensor("classifier.bias", [classes], device)?),
        })
    }

    /// A network that has learnt nothing, with batch norms. Convolutions are normal with variance 2 / (outputs of one
    /// filter) (He et al., ICCV 2015), the classifier normal with deviation 0.01.
    pub fn fresh(shapes: Vec<ConvShape>, classes: usize, seed: u64, device: &Device) -> Self {
        let channels = shapes.last().map_or(0, |head| head.weight[0]);
        // No two tensors share a stream of numbers.
        let stream = |i: usize| (seed << 16) + i as u64;
        let convs = shapes.into_iter().enumerate().map(|(i, shape)| {
            let [out, _, k, _] = shape.weight;
            let deviation = (2.0 / (k * k * out / shape.groups) as f32).sqrt();
            let weight = normals(stream(i), 0, shape.weight, device) * deviation;
            Conv {
                weight: Param::from_tensor(weight),
                bias: Param::from_tensor(Tensor::zeros([out], device)),
                norm: Some(Norm {
                    gain: Param::from_tensor(Tensor::ones([out], device)),
                    mean: fixed(Tensor::zeros([out], device)),
                    variance: fixed(Tensor::ones([out], device)),
                }),
                shape,
            }
        });
        let convs: Vec<Conv> = convs.collect();
        let weight = normals(stream(convs.len()), 0, [classes, channels], device) * 0.01;
        let bias = Param::from_tensor(Tensor::zeros([classes], device));
        Self { convs, weight: Param::from_tensor(weight), bias }
    }

    /// The same network, whose every convolution has a batch norm again: its moments are those of this batch, and gain
    /// and shift are such that nothing changes. So a network whose norms were folded can be trained with live ones.
    pub fn unfolded(&self, x: Tensor<4>) -> Self {
        let mut net = self.clone();
        let mut norms = Vec::new();
        self.pass(Layer::INPUT, x, &mut |conv, x, residual| {
            let (mean, variance) = moments(conv.bare(x.clone()));
            norms.push((conv.bias.val() + mean.clone(), (variance.clone() + EPSILON).sqrt(), mean, variance));
            conv.run(x, residual)
        });
        for (conv, (shift, gain, mean, variance)) in net.convs.iter_mut().zip(norms) {
            conv.bias = Param::from_tensor(shift.detach());
            let gain = Param::from_tensor(gain.detach());
            conv.norm = Some(Norm { gain, mean: fixed(mean.detach()), variance: fixed(variance.detach()) });
        }
        net
    }

    /// The same network with its batch norms folded into the convolutions.
    pub fn folded(&self) -> Self {
        let mut net = self.clone();
        for conv in &mut net.convs {
            let (weight, bias) = conv.folded();
            (conv.weight, conv.bias) = (Param::from_tensor(weight.detach()), Param::from_tensor(bias.detach()));
            conv.norm = None;
        }
        net
    }

    /// A network between this one and another of the same make, both folded: `part` of the other's weights and the rest of
    /// this one's.
    pub fn mixed(&self, other: &Self, part: f32) -> Self {
        fn mix<const D: usize>(own: &mut Param<Tensor<D>>, other: &Param<Tensor<D>>, part: f32) {
            let mixed = own.val() * (1.0 - part) + other.val() * part;
            *own = Param::from_tensor(mixed.detach());
        }
        let mut net = self.clone();
        for (own, other) in net.convs.iter_mut().zip(&other.convs) {
            mix(&mut own.weight, &other.weight, part);
            mix(&mut own.bias, &other.bias, part);
        }
        mix(&mut net.weight, &other.weight, part);
        mix(&mut net.bias, &other.bias, part);
        net
    }

    /// The same network, its parameters numbered from `first` on: an optimizer knows them by these numbers, and they must
    /// be the same when a run is resumed.
    pub fn numbered(self, first: u64) -> Self {
        self.map(&mut Numbering(first))
    }

    /// Runs as in training: batch norms use the batch's own moments, which are returned in order.
    ///
    /// # Panics
    /// If `x`, [n, 3, side, side], does not have three channels.
    pub fn learn(&self, x: Tensor<4>) -> (Features, Vec<Moments>) {
        let mut seen = Vec::new();
        let features = self.pass(Layer::INPUT, x, &mut |conv, x, residual| conv.learn(x, residual, &mut seen));
        (features, seen)
    }

    /// The number of its batch norms.
    pub fn norms(&self) -> usize {
        self.convs.iter().filter(|conv| conv.norm.is_some()).count()
    }

    /// Moves the running moments towards those of a batch by `part` of the way.
    pub fn absorb(&mut self, seen: &[Moments], part: f32) {
        let norms = self.convs.iter_mut().filter_map(|conv| conv.norm.as_mut());
        for (norm, Moments { mean, variance }) in norms.zip(seen) {
            let towards = |running: &Param<Tensor<1>>, new: &Tensor<1>| {
                let running_value = running.val().inner();
                let moved = running_value.clone() + (new.clone().inner() - running_value) * part;
                Param::initialized(running.id, Tensor::from_inner(moved).set_require_grad(false))
            };
            norm.mean = towards(&norm.mean, mean);
            norm.variance = towards(&norm.variance, variance);
        }
    }

    /// Every tensor under its name in a file, without the peer's prefix. The values are read by `read`.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn arrays(&self, read: &mut dyn FnMut(Tensor<1>) -> Result<Vec<f32>>) -> Result<BTreeMap<String, Array>> {
        let mut arrays = BTreeMap::new();
        let mut add = |name: String, shape: Vec<usize>, flat: Tensor<1>| {
            read(flat).map(|values| arrays.insert(name, Array { shape, values }))
        };
        for conv in &self.convs {
            let (key, shape) = (conv.shape.key(), conv.shape.weight);
            add(format!("{key}.weight"), shape.to_vec(), conv.weight.val().reshape([shape.iter().product::<usize>()]))?;
            add(format!("{key}.bias"), vec![shape[0]], conv.bias.val())?;
            if let Some(Norm { gain, mean, variance }) = &conv.norm {
                for (part, param) in [("gain", gain), ("mean", mean), ("variance", variance)] {
                    add(format!("{key}.{part}"), vec![shape[0]], param.val())?;
                }
            }
        }
        let [classes, channels] = self.weight.val().dims();
        add("classifier.weight".into(), vec![classes, channels], self.weight.val().reshape([classes * channels]))?;
        add("classifier.bias".into(), vec![classes], self.bias.val())?;
        Ok(arrays)
    }

    /// Runs every convolution from a stage on by `each`, and the classifier.
    fn pass(&self, from: Layer, mut x: Tensor<4>, each: &mut Each<'_>) -> Features {
        let mut outputs = Vec::new();
        let mut input = x.clone();
        for conv in &self.convs[self.after(from)..] {
            if conv.shape.begins_block {
                input = x.clone();
            }
            x = each(conv, x, conv.shape.residual.then(|| input.clone()));
            if conv.shape.ends_stage {
                outputs.push(x.clone());
            }
        }
        let [n, c, h, w] = x.dims();
        let pooled: Tensor<2> = x.reshape([n, c, h * w]).mean_dim(2).squeeze_dim(2);
        let logits = pooled.matmul(self.weight.val().swap_dims(0, 1)) + self.bias.val().unsqueeze();
        Features::new(from, outputs, logits)
    }

    /// The index of the first convolution after a cut. After the last layer only the classifier is left.
    fn after(&self, cut: Layer) -> usize {
        let mut ends = self.convs.iter().enumerate().filter(|(_, conv)| conv.shape.ends_stage);
        match cut {
            Layer::INPUT => 0,
            Layer(k) => ends.nth(k - 1).expect("a layer of this network").0 + 1,
        }
    }
}

/// What is done at a convolution with its input and the shortcut.
type Each<'a> = dyn FnMut(&Conv, Tensor<4>, Option<Tensor<4>>) -> Tensor<4> + 'a;

/// A tensor that is no parameter.
fn fixed(value: Tensor<1>) -> Param<Tensor<1>> {
    Param::initialized(ParamId::new(), value.set_require_grad(false))
}

/// Gives parameters the next numbers.
struct Numbering(u64);

impl ModuleMapper for Numbering {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (_, value, mapper) = param.consume();
        self.0 += 1;
        Param::from_mapped_value(ParamId::from(self.0), value, mapper)
    }
}

impl Network for Net {
    fn run(&self, from: Layer, x: Tensor<4>) -> Features {
        self.pass(from, x, &mut |conv, x, residual| conv.run(x, residual))
    }

    fn classifier(&self) -> Tensor<2> {
        self.weight.val()
    }

    fn stages(&self) -> usize {
        self.convs.iter().filter(|conv| conv.shape.ends_stage).count()
    }

    fn shuffled(&self, seed: u64, from: Layer) -> Box<dyn Network> {
        let mut twin = self.clone();
        // Counted from the classifier down, so that a deeper twin shares the shallower one's permutations.
        let mut place = seed << 16;
        shuffle(&mut twin.weight, place);
        shuffle(&mut twin.bias, place + 1);
        let start = self.after(from);
        for conv in twin.convs[start..].iter_mut().rev() {
            place += 2;
            shuffle(&mut conv.weight, place);
            shuffle(&mut conv.bias, place + 1);
        }
        Box::new(twin)
    }
}

/// Permutes all the values of a tensor.
fn shuffle<const D: usize>(param: &mut Param<Tensor<D>>, seed: u64) {
    let values = param.val();
    let (shape, count) = (values.shape(), values.shape().num_elements());
    let order: Vec<i64> = permutation(seed, count).into_iter().map(|i| i as i64).collect();
    let order = Tensor::<1, Int>::from_data(TensorData::new(order, [count]), &values.device());
    *param = Param::from_tensor(values.reshape([count]).select(0, order).reshape(shape));
}
