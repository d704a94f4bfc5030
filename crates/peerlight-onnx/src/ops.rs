//! The operations of ONNX that depend on the image: a file for each kind, and the list of them.

mod activation;
mod arithmetic;
mod attention;
pub mod branch;
mod compare;
mod composed;
pub mod conv;
pub mod einsum;
mod elementary;
pub mod linear;
mod merged;
mod norm;
mod pad;
mod places;
mod pool;
pub mod quantize;
pub mod resample;
pub mod resize;
pub mod shape;
mod windows;

use crate::{
    error::Fault,
    import::{Call, Import, Value},
};

/// What becomes of a node of the file.
type Convert = for<'a> fn(&mut Import<'a>, &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault>;

/// Which axes a node names, and where: so it can be asked of other axes than the file's (merged.rs).
#[derive(Debug, Clone, Copy, PartialEq)]
enum Along {
    /// None: it works on each element, or on the last axes alone.
    Each,
    /// One, in the attribute `axis`, or this one.
    Axis(i64),
    /// The channels, the second.
    Channels,
    /// Several, in the attribute `axes` or in the input at this place.
    Axes(usize),
    /// All, in the attribute `perm`.
    Order,
    /// All, in the second input: an extent or a factor for each.
    Target,
    /// All, in the second input: numbers before each and after each.
    Pads,
    /// It is written as other operations, or changes shapes, and takes results as the file has them.
    Composed,
    /// Those of images.
    Unknown,
}
use Along::{Axes, Axis, Channels, Composed, Each, Order, Pads, Target, Unknown};

/// Every operation, by its name in ONNX, with the axes that it names.
#[rustfmt::skip]
const OPERATIONS: &[(&str, Convert, Along)] = &[
    ("Abs", activation::unary, Each),
    ("Acos", elementary::by_others, Composed),
    ("Acosh", elementary::by_others, Composed),
    ("Add", arithmetic::binary, Each),
    ("And", elementary::by_others, Composed),
    ("Asin", elementary::by_others, Composed),
    ("Asinh", elementary::by_others, Composed),
    ("Atan", elementary::by_others, Composed),
    ("Atanh", elementary::by_others, Composed),
    ("Attention", composed::attention, Composed),
    ("AveragePool", pool::window, Unknown),
    ("BatchNormalization", norm::batch, Channels),
    ("Cast", elementary::by_others, Composed),
    ("CastLike", shape::same, Each),
    ("Ceil", elementary::by_others, Composed),
    ("Celu", elementary::by_others, Composed),
    ("Clip", activation::clip, Each),
    ("Concat", shape::concat, Axis(0)),
    ("Conv", conv::conv, Unknown),
    ("Cos", elementary::by_others, Composed),
    ("Cosh", elementary::by_others, Composed),
    ("DepthToSpace", resize::depth_to_space, Unknown),
    ("DequantizeLinear", quantize::dequantize, Each),
    ("Div", arithmetic::binary, Each),
    ("Dropout", shape::same, Each),
    ("Einsum", einsum::einsum, Composed),
    ("Elu", activation::unary, Each),
    ("Equal", elementary::by_others, Composed),
    ("Erf", activation::unary, Each),
    ("Exp", activation::unary, Each),
    ("Expand", shape::expand, Target),
    ("Flatten", shape::reshape::flatten, Composed),
    ("Floor", activation::unary, Each),
    ("Gather", shape::gather, Axis(0)),
    ("GatherElements", places::gather_elements, Composed),
    ("GatherND", places::gather, Composed),
    ("Gelu", activation::gelu, Each),
    ("Gemm", linear::gemm, Each),
    ("GlobalAveragePool", pool::global, Unknown),
    ("GlobalMaxPool", pool::global, Unknown),
    ("Greater", elementary::by_others, Composed),
    ("GreaterOrEqual", elementary::by_others, Composed),
    ("GroupNormalization", norm::group, Unknown),
    ("HardSigmoid", activation::hard_sigmoid, Each),
    ("HardSwish", activation::unary, Each),
    ("Identity", shape::same, Each),
    ("InstanceNormalization", norm::instance, Unknown),
    ("IsInf", elementary::by_others, Composed),
    ("IsNaN", elementary::by_others, Composed),
    ("LRN", norm::local_response, Unknown),
    ("LayerNormalization", norm::layer, Axis(-1)),
    ("LeakyRelu", activation::unary, Each),
    ("Less", elementary::by_others, Composed),
    ("LessOrEqual", elementary::by_others, Composed),
    ("Log", activation::unary, Each),
    ("LogSoftmax", attention::softmax, Axis(-1)),
    ("LpNormalization", composed::unit, Composed),
    ("MatMul", linear::matmul, Each),
    ("Max", arithmetic::binary, Each),
    ("MaxPool", pool::window, Unknown),
    ("Mean", composed::mean_of_all, Composed),
    ("MeanVarianceNormalization", composed::mean_variance, Composed),
    ("Min", arithmetic::binary, Each),
    ("Mish", activation::unary, Each),
    ("Mod", elementary::by_others, Composed),
    ("Mul", arithmetic::binary, Each),
    ("Neg", activation::unary, Each),
    ("Not", elementary::by_others, Composed),
    ("Or", elementary::by_others, Composed),
    ("PRelu", activation::prelu, Each),
    ("Pad", pad::pad, Pads),
    ("Pow", arithmetic::power, Composed),
    ("QuantizeLinear", quantize::quantize, Each),
    ("RMSNormalization", composed::root_mean_square, Composed),
    ("Reciprocal", activation::unary, Each),
    ("ReduceL1", pool::reduce, Axes(1)),
    ("ReduceL2", pool::reduce, Axes(1)),
    ("ReduceLogSum", composed::log_sum, Composed),
    ("ReduceLogSumExp", composed::log_sum, Composed),
    ("ReduceMax", pool::reduce, Axes(1)),
    ("ReduceMean", pool::reduce, Axes(1)),
    ("ReduceMin", pool::reduce, Axes(1)),
    ("ReduceSum", pool::reduce, Axes(1)),
    ("ReduceSumSquare", pool::reduce, Axes(1)),
    ("Relu", activation::unary, Each),
    ("Reshape", shape::reshape::reshape, Composed),
    ("Resize", resize::resize, Unknown),
    ("Round", activation::unary, Each),
    ("ScatterElements", places::scatter, Composed),
    ("ScatterND", places::scatter, Composed),
    ("Selu", activation::selu, Each),
    ("Shape", shape::shape, Composed),
    ("Shrink", elementary::by_others, Composed),
    ("Sigmoid", activation::unary, Each),
    ("Sign", activation::unary, Each),
    ("Sin", activation::unary, Each),
    ("Sinh", elementary::by_others, Composed),
    ("Slice", shape::slice, Axes(3)),
    ("Softmax", attention::softmax, Axis(-1)),
    ("Softplus", activation::unary, Each),
    ("Softsign", elementary::by_others, Composed),
    ("SpaceToDepth", resize::space_to_depth, Unknown),
    ("Split", shape::split, Axis(0)),
    ("Sqrt", activation::unary, Each),
    ("Squeeze", shape::squeeze, Axes(1)),
    ("Sub", arithmetic::binary, Each),
    ("Sum", arithmetic::binary, Each),
    ("Swish", elementary::by_others, Composed),
    ("Tan", elementary::by_others, Composed),
    ("Tanh", activation::unary, Each),
    ("ThresholdedRelu", elementary::by_others, Composed),
    ("Tile", shape::tile, Target),
    ("Transpose", shape::transpose, Order),
    ("Trilu", composed::triangle, Composed),
    ("Unsqueeze", shape::unsqueeze, Axes(1)),
    ("Upsample", resize::resize, Unknown),
    ("Where", compare::chosen, Composed),
    ("Xor", elementary::by_others, Composed),
];

/// Adds what a node computes from the image.
pub fn convert<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let op = call.node.op;
    let Some(&(_, convert, along)) = OPERATIONS.iter().find(|(name, ..)| *name == op) else {
        return Err(Fault::new("is of a kind that is not supported").advise(advice(op)));
    };
    match call.inputs.iter().flatten().any(|value| matches!(value, Value::Merged(_))) {
        true if along == Unknown => windows::convert(import, call),
        true if along != Composed => merged::convert(import, call, along),
        _ => convert(import, call),
    }
}

/// What to do about an operation that is not supported.
fn advice(op: &str) -> &'static str {
    match op {
        "If" | "Loop" | "Scan" | "SequenceConstruct" | "SequenceAt" => {
            "A network's operations must be the same for every image. In PyTorch, export with \
             torch.onnx.export(model, image, 'model.onnx') from a model in evaluation mode, without scripting it."
        }
        "QLinearConv" | "ConvInteger" | "MatMulInteger" | "QLinearMatMul" | "QLinearAdd" | "DynamicQuantizeLinear" => {
            "Export it in single precision, or quantize it statically in the QDQ format (quant_format=QuantFormat.QDQ)."
        }
        "LSTM" | "GRU" | "RNN" => "Networks with memory are not supported: only one without it can be explained.",
        "TopK" | "ArgMax" | "ArgMin" | "NonMaxSuppression" | "NonZero" | "RoiAlign" | "MaxRoiPool" => {
            "Only at the very end is such a choice taken off: export the network with the logits of all classes as its \
             output."
        }
        "CumSum" => "Write it as a product with a triangle of ones, torch.ones(n, n).tril().",
        "GridSample" | "ConvTranspose" | "DeformConv" | "MaxUnpool" | "Col2Im" | "DFT" | "STFT" => {
            "No other operations stand for it: only a network without it can be explained."
        }
        "RotaryEmbedding" | "LinearAttention" | "CausalConvWithState" | "TensorScatter" => {
            "Export the network with opset 17, which writes it by other operations, or without caches."
        }
        _ => "Export the network with another opset, which may write it by other operations: 17 is a good choice.",
    }
}
