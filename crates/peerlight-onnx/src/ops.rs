//! The operations of ONNX that depend on the image: a file for each kind, and the list of them.

mod activation;
mod arithmetic;
mod attention;
mod conv;
mod linear;
mod merged;
mod norm;
mod pad;
mod pool;
mod quantize;
mod resample;
mod resize;
pub mod shape;

use crate::{
    error::Fault,
    import::{Call, Import, Value},
};

/// What becomes of a node of the file.
type Convert = for<'a> fn(&mut Import<'a>, &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault>;

/// Every operation, by its name in ONNX.
#[rustfmt::skip]
const OPERATIONS: &[(&str, Convert)] = &[
    ("Abs", activation::unary),
    ("Add", arithmetic::binary),
    ("AveragePool", pool::window),
    ("BatchNormalization", norm::batch),
    ("Cast", shape::same),
    ("Clip", activation::clip),
    ("Concat", shape::concat),
    ("Conv", conv::conv),
    ("DepthToSpace", resize::depth_to_space),
    ("DequantizeLinear", quantize::dequantize),
    ("Div", arithmetic::binary),
    ("Dropout", shape::same),
    ("Elu", activation::unary),
    ("Erf", activation::unary),
    ("Exp", activation::unary),
    ("Expand", shape::expand),
    ("Flatten", shape::flatten),
    ("Gather", shape::gather),
    ("Gelu", activation::gelu),
    ("Gemm", linear::gemm),
    ("GlobalAveragePool", pool::global),
    ("GlobalMaxPool", pool::global),
    ("GroupNormalization", norm::group),
    ("HardSigmoid", activation::hard_sigmoid),
    ("HardSwish", activation::unary),
    ("Identity", shape::same),
    ("InstanceNormalization", norm::instance),
    ("LRN", norm::local_response),
    ("LayerNormalization", norm::layer),
    ("LeakyRelu", activation::unary),
    ("Log", activation::unary),
    ("LogSoftmax", attention::softmax),
    ("MatMul", linear::matmul),
    ("Max", arithmetic::binary),
    ("MaxPool", pool::window),
    ("Min", arithmetic::binary),
    ("Mish", activation::unary),
    ("Mul", arithmetic::binary),
    ("Neg", activation::unary),
    ("PRelu", activation::prelu),
    ("Pad", pad::pad),
    ("Pow", arithmetic::power),
    ("QuantizeLinear", quantize::quantize),
    ("Reciprocal", activation::unary),
    ("ReduceL1", pool::reduce),
    ("ReduceL2", pool::reduce),
    ("ReduceMax", pool::reduce),
    ("ReduceMean", pool::reduce),
    ("ReduceMin", pool::reduce),
    ("ReduceSum", pool::reduce),
    ("ReduceSumSquare", pool::reduce),
    ("Relu", activation::unary),
    ("Reshape", shape::reshape),
    ("Resize", resize::resize),
    ("Selu", activation::selu),
    ("Shape", shape::shape),
    ("Sigmoid", activation::unary),
    ("Slice", shape::slice),
    ("Softmax", attention::softmax),
    ("Softplus", activation::unary),
    ("SpaceToDepth", resize::space_to_depth),
    ("Split", shape::split),
    ("Sqrt", activation::unary),
    ("Squeeze", shape::squeeze),
    ("Sub", arithmetic::binary),
    ("Sum", arithmetic::binary),
    ("Swish", activation::swish),
    ("Tanh", activation::unary),
    ("Transpose", shape::transpose),
    ("Unsqueeze", shape::unsqueeze),
    ("Upsample", resize::resize),
];

/// Adds what a node computes from the image.
pub fn convert<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    if call.inputs.iter().flatten().any(|value| matches!(value, Value::Merged(_))) {
        return merged::convert(import, call);
    }
    let op = call.node.op;
    match OPERATIONS.iter().find(|(name, _)| *name == op) {
        Some((_, convert)) => convert(import, call),
        None => Err(Fault::new("is of a kind that is not supported").advise(advice(op))),
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
        "LSTM" | "GRU" | "RNN" => "Only classifiers of images without memory are supported.",
        "TopK" | "ArgMax" | "NonMaxSuppression" => {
            "Export the network alone, without what chooses among its results: its output must be the logits of all \
             classes."
        }
        "Einsum" => "Write it as matrix products (torch.matmul), and export it again.",
        _ => "Export the network with another opset, which may write it by other operations: 17 is a good choice.",
    }
}
