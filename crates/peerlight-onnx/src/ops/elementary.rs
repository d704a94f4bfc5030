//! Functions of each element that others make: trigonometric and hyperbolic ones, remainders, and steps.

use std::f32::consts::FRAC_PI_2;

use super::composed::{number, run};
use crate::{
    constant::data_type::INT64,
    error::Fault,
    import::{Call, Import, Value},
    proto::Attribute,
};

pub fn by_others<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let (x, one) = (call.value(0)?, number(1.0));
    let mut of = |op: &'a str, inputs: &[&Value<'a>]| run(import, call, op, inputs, &[]);
    Ok(vec![match call.node.op {
        "Acos" => {
            let asin = of("Asin", &[x])?;
            of("Sub", &[&number(FRAC_PI_2), &asin])?
        }
        // log(x + sqrt(x^2 - 1)).
        "Acosh" => {
            let square = of("Mul", &[x, x])?;
            let less = of("Sub", &[&square, &one])?;
            let root = of("Sqrt", &[&less])?;
            let sum = of("Add", &[x, &root])?;
            of("Log", &[&sum])?
        }
        // atan(x / sqrt(1 - x^2)).
        "Asin" => {
            let square = of("Mul", &[x, x])?;
            let rest = of("Sub", &[&one, &square])?;
            let root = of("Sqrt", &[&rest])?;
            let ratio = of("Div", &[x, &root])?;
            of("Atan", &[&ratio])?
        }
        // log(x + sqrt(x^2 + 1)), of x above 0 and of -x below, where the sum would lose its digits. The gradient at 0
        // is that of the latter alone.
        "Asinh" => {
            let less = of("Neg", &[x])?;
            let mut parts = Vec::new();
            for part in [of("Relu", &[x])?, of("Max", &[&less, &number(0.0)])?] {
                let square = of("Mul", &[&part, &part])?;
                let more = of("Add", &[&square, &one])?;
                let root = of("Sqrt", &[&more])?;
                let sum = of("Add", &[&part, &root])?;
                parts.push(of("Log", &[&sum])?);
            }
            of("Sub", &[&parts[0], &parts[1]])?
        }
        // log((1 + x) / (1 - x)) / 2.
        "Atanh" => {
            let (more, less) = (of("Add", &[&one, x])?, of("Sub", &[&one, x])?);
            let ratio = of("Div", &[&more, &less])?;
            let log = of("Log", &[&ratio])?;
            of("Mul", &[&log, &number(0.5)])?
        }
        "Ceil" => {
            let less = of("Neg", &[x])?;
            let floor = of("Floor", &[&less])?;
            of("Neg", &[&floor])?
        }
        "Cos" => {
            let later = of("Add", &[x, &number(FRAC_PI_2)])?;
            of("Sin", &[&later])?
        }
        // (exp(x) + exp(-x)) / 2, or less the second.
        "Cosh" | "Sinh" => {
            let less = of("Neg", &[x])?;
            let (growing, falling) = (of("Exp", &[x])?, of("Exp", &[&less])?);
            let both = of(if call.node.op == "Cosh" { "Add" } else { "Sub" }, &[&growing, &falling])?;
            of("Mul", &[&both, &number(0.5)])?
        }
        // What is left of x after whole steps: those below x / step, or those towards 0.
        "Mod" => {
            let step = call.value(1)?;
            let ratio = of("Div", &[x, step])?;
            let whole = match call.int("fmod", 0)? {
                0 => of("Floor", &[&ratio])?,
                _ => run(import, call, "Cast", &[&ratio], &[("to", Attribute::Int(INT64))])?,
            };
            let whole = run(import, call, "Mul", &[&whole, step], &[])?;
            run(import, call, "Sub", &[x, &whole], &[])?
        }
        // Nearer to 0 by a bias where it is further than lambda, and 0 elsewhere.
        "Shrink" => {
            let (limit, bias) = (call.float("lambd", 0.5)?, number(call.float("bias", 0.0)?));
            let (above, below) = (of("Greater", &[x, &number(limit)])?, of("Less", &[x, &number(-limit)])?);
            let (less, more) = (of("Sub", &[x, &bias])?, of("Add", &[x, &bias])?);
            let (above, below) = (of("Mul", &[&less, &above])?, of("Mul", &[&more, &below])?);
            of("Add", &[&above, &below])?
        }
        "Tan" => {
            let (sine, cosine) = (of("Sin", &[x])?, of("Cos", &[x])?);
            of("Div", &[&sine, &cosine])?
        }
        // ThresholdedRelu: x above a limit, and 0 elsewhere.
        _ => {
            let is_above = of("Greater", &[x, &number(call.float("alpha", 1.0)?)])?;
            of("Mul", &[x, &is_above])?
        }
    }])
}
