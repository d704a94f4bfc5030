//! Functions of each element that others make: trigonometric and hyperbolic ones, remainders, comparisons, truth.

use super::composed::{number, run};
use crate::{
    constant::data_type::{BFLOAT16, BOOL, DOUBLE, FLOAT, FLOAT16},
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

/// The tangent of half the angle, of the tangent that is the last value.
macro_rules! half {
    () => {
        " = = Mul 1 Add Sqrt 1 Add Div"
    };
}

/// The functions, each by the operations that make it, in the order in which they are done: `x` and `y` are its
/// inputs, `a` and `b` its attributes, and `=` the last value once more. An operation takes the values that came last.
#[rustfmt::skip]
const FORMULAS: &[(&str, &str)] = &[
    ("Acos", "1.5707964 x Asin Sub"),
    ("Acosh", "x x x Mul 1 Sub Sqrt Add Log"),
    ("And", "x y Mul"),
    ("Asin", "x 1 x x Mul Sub Sqrt Div Atan"),
    // Of x above 0 less that of -x below, where the sum would lose its digits. The latter alone has a gradient at 0.
    ("Asinh", "x Relu = = Mul 1 Add Sqrt Add Log x Neg 0 Max = = Mul 1 Add Sqrt Add Log Sub"),
    // The angle of half the tangent's, six times, which is small enough for two terms of its series.
    ("Atan", concat!(
        "x", half!(), half!(), half!(), half!(), half!(), half!(), " = = Mul -0.33333334 Mul 1 Add Mul 64 Mul"
    )),
    ("Atanh", "1 x Add 1 x Sub Div Log 0.5 Mul"),
    // Nothing between floats. Whole numbers lose what is behind the point, and truth is whatever is not 0.
    ("Cast", "x"),
    ("Cast bool", "x Sign Abs"),
    ("Cast whole", "x Abs Floor x Sign Mul"),
    ("Ceil", "x Neg Floor Neg"),
    ("Celu", "x a Div Elu a Mul"),
    ("Cos", "x 1.5707964 Add Sin"),
    ("Cosh", "x Exp x Neg Exp Add 0.5 Mul"),
    // By the sign of a difference. What a comparison gives is 1 or 0, and has no gradient.
    ("Equal", "1 x y Sub Sign Abs Sub"),
    ("Greater", "x y Sub Sign Relu"),
    ("GreaterOrEqual", "1 y x Sub Sign Relu Sub"),
    ("Less", "y x Sub Sign Relu"),
    ("LessOrEqual", "1 x y Sub Sign Relu Sub"),
    // Nothing that a network gives is infinite, or no number.
    ("IsInf", "x x Sub"),
    ("IsNaN", "x x Sub"),
    // What is left of x after whole steps: those below x / step, or those towards 0.
    ("Mod", "x x y Div Floor y Mul Sub"),
    ("Mod fmod", "x x y Div Abs Floor x y Div Sign Mul y Mul Sub"),
    ("Not", "1 x Sub"),
    ("Or", "x y Max"),
    // Nearer to 0 by a bias where it is further than a limit, and 0 elsewhere.
    ("Shrink", "x b Sub x a Greater Mul x b Add x 0 a Sub Less Mul Add"),
    ("Sinh", "x Exp x Neg Exp Sub 0.5 Mul"),
    ("Softsign", "x x Abs 1 Add Div"),
    ("Swish", "x a x Mul Sigmoid Mul"),
    ("Swish plain", "x x Sigmoid Mul"),
    ("Tan", "x Sin x Cos Div"),
    ("ThresholdedRelu", "x x a Greater Mul"),
    ("Xor", "x y Sub Abs"),
];

pub fn by_others<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let (op, a, b) = match call.node.op {
        "Celu" => ("Celu", call.float("alpha", 1.0)?, 0.0),
        "Cast" => match call.int("to", FLOAT)? {
            FLOAT | FLOAT16 | DOUBLE | BFLOAT16 => ("Cast", 0.0, 0.0),
            BOOL => ("Cast bool", 0.0, 0.0),
            _ => ("Cast whole", 0.0, 0.0),
        },
        "Swish" if call.float("alpha", 1.0)? == 1.0 => ("Swish plain", 0.0, 0.0),
        "Mod" if call.int("fmod", 0)? != 0 => ("Mod fmod", 0.0, 0.0),
        "Shrink" => ("Shrink", call.float("lambd", 0.5)?, call.float("bias", 0.0)?),
        op => (op, call.float("alpha", 1.0)?, 0.0),
    };
    let formula = FORMULAS.iter().find(|(name, _)| *name == op).map_or("", |(_, formula)| formula);
    let mut values: Vec<Value<'a>> = Vec::new();
    for word in formula.split(' ') {
        let value = match word {
            "x" => call.value(0)?.clone(),
            "y" => call.value(1)?.clone(),
            "=" => values.last().cloned().ok_or("repeats nothing")?,
            "a" => number(a),
            "b" => number(b),
            // The engine reads numbers of double precision already.
            _ => match word.parse::<f64>() {
                Ok(value) => number(value as f32),
                Err(_) => {
                    let takes_two = matches!(word, "Add" | "Div" | "Greater" | "Less" | "Max" | "Mul" | "Sub");
                    let taken = values.split_off(values.len().saturating_sub(1 + usize::from(takes_two)));
                    run(import, call, word, &taken.iter().collect::<Vec<_>>(), &[])?
                }
            },
        };
        values.push(value);
    }
    match values.pop() {
        Some(value) => Ok(vec![value]),
        None => refuse("has no formula"),
    }
}
