//! Outputs and gradients as PyTorch computes them: tests/golden/make_gradients.py and make_conv.py.

use super::gradients::assert_close;
use super::{Activation, Case, Geometry};
use crate::kernels::Padding;
use serde_json::{Map, Value};

fn activation(value: &Value) -> Activation {
    let parameter = |i: usize| value[i].as_f64().unwrap() as f32;
    match value[0].as_str().unwrap() {
        "none" => Activation::None,
        "relu" => Activation::Relu,
        "relu6" => Activation::Relu6,
        "leaky_relu" => Activation::LeakyRelu(parameter(1)),
        "hard_sigmoid" => Activation::HardSigmoid { slope: parameter(1), offset: parameter(2) },
        "hard_swish" => Activation::HardSwish,
        "sigmoid" => Activation::Sigmoid,
        "silu" => Activation::Silu,
        "gelu" => Activation::Gelu,
        "gelu_tanh" => Activation::GeluTanh,
        other => panic!("{other}"),
    }
}

/// A case of a golden file and its fields that are numbers.
fn golden(file: &str, kind: &str) -> Vec<(Case, Map<String, Value>)> {
    let file: Value = serde_json::from_str(file).unwrap();
    let cases = file[kind].as_array().unwrap().iter().map(|value| {
        let number = |name: &str| value[name].as_u64().unwrap_or(1) as usize;
        let flag = |name: &str| value[name].as_bool().unwrap_or(false);
        let list = |name: &str| value[name].as_array().map(|list| list.iter().map(|n| n.as_u64().unwrap() as usize));
        // A number stands for a pair of it.
        let pair = |name: &str| list(name).map_or([number(name); 2], |mut list| [0, 1].map(|_| list.next().unwrap()));
        let padding = list("padding").map_or(Padding::Same, |mut list| {
            let [top, left, bottom, right] = [0, 1, 2, 3].map(|_| list.next().unwrap());
            Padding::Explicit { top, left, bottom, right }
        });
        let case = Case {
            batch: number("batch"),
            inputs: number("inputs"),
            outputs: number("outputs"),
            size: pair("size"),
            kernel: pair("kernel"),
            geometry: Geometry {
                stride: pair("stride"),
                dilation: pair("dilation"),
                padding,
                groups: if flag("depthwise") { number("inputs") } else { number("groups") },
            },
            residual: flag("residual"),
            activation: match &value["activation"] {
                Value::Null if flag("relu6") => Activation::Relu6,
                Value::Null => Activation::None,
                value => activation(value),
            },
        };
        (case, value.as_object().unwrap().clone())
    });
    cases.collect()
}

#[test]
fn outputs_and_gradients_agree_with_pytorch() {
    const GRADIENTS: &str = include_str!("../../../../../tests/golden/gradients.json");
    const CONV: &str = include_str!("../../../../../tests/golden/conv.json");
    let compare = |case: &Case, ours: Vec<Vec<f32>>, values: &Map<String, Value>, names: &[&str]| {
        let theirs = names
            .iter()
            .filter_map(|&name| values.get(name))
            .map(|values| values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap() as f32).collect());
        assert_close(&ours, &theirs.collect::<Vec<Vec<f32>>>(), case);
    };
    for (file, convolutions, norms) in [(GRADIENTS, 7, 3), (CONV, 28, 11)] {
        let (of_convolutions, of_norms) = (golden(file, "convolutions"), golden(file, "norms"));
        assert!(of_convolutions.len() >= convolutions && of_norms.len() >= norms);
        for (case, values) in of_convolutions {
            compare(&case, case.backward(true), &values, &["y", "of_x", "of_weight", "of_residual", "of_bias"]);
        }
        for (case, values) in of_norms {
            compare(&case, case.norm(true), &values, &["y", "of_x", "of_residual", "of_scale", "of_bias"]);
        }
    }
}
