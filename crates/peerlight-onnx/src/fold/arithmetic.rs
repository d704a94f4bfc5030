//! Arithmetic of constants.

use std::rc::Rc;

use super::{broadcast, count, repeated};
use crate::{
    constant::{
        Constant,
        Int::{self, Batch, Known},
    },
    error::{Fault, refuse},
    import::{Call, Import, Value},
};

pub fn fold<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let constant = match (call.node.op, call.inputs.len()) {
        ("Where", _) => chosen(import, call)?,
        ("Max" | "Min" | "Sum", count) if count > 2 => return refuse("takes more than two constants"),
        ("Clip", _) => {
            let (low, high) = (call.float_or_input("min", 1, f32::MIN)?, call.float_or_input("max", 2, f32::MAX)?);
            each(import, call, |x| x.max(low).min(high))?
        }
        (_, 2) if is_of_two(call.node.op) => of_two(import, call)?,
        (op, 1) => each(import, call, function(op)?)?,
        _ => return unsupported(),
    };
    Ok(vec![Value::Constant(Rc::new(constant))])
}

fn unsupported<T>() -> Result<T, Fault> {
    let fault = Fault::new("computes a constant in a way that is not supported");
    Err(fault.advise("Simplify the file first: python -m onnxsim model.onnx simple.onnx."))
}

fn is_of_two(op: &str) -> bool {
    matches!(
        op,
        "Add"
            | "Sub"
            | "Mul"
            | "Div"
            | "Pow"
            | "Max"
            | "Min"
            | "Mod"
            | "Equal"
            | "Greater"
            | "Less"
            | "GreaterOrEqual"
            | "LessOrEqual"
            | "And"
            | "Or"
    )
}

fn function(op: &str) -> Result<fn(f32) -> f32, Fault> {
    Ok(match op {
        "Abs" => f32::abs,
        "Ceil" => f32::ceil,
        "Cos" => f32::cos,
        "Exp" => f32::exp,
        "Floor" => f32::floor,
        "Log" => f32::ln,
        "Neg" => |x| -x,
        "Not" => |x| f32::from(u8::from(x == 0.0)),
        "Reciprocal" => |x| 1.0 / x,
        "Relu" => |x| x.max(0.0),
        "Round" => f32::round_ties_even,
        "Sigmoid" => |x| 1.0 / (1.0 + (-x).exp()),
        "Sign" => |x| if x == 0.0 { 0.0 } else { x.signum() },
        "Sin" => f32::sin,
        "Sqrt" => f32::sqrt,
        "Tanh" => f32::tanh,
        _ => return unsupported(),
    })
}

/// A function of each element. Whole numbers stay whole.
fn each<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    function: impl Fn(f32) -> f32,
) -> Result<Constant<'a>, Fault> {
    let x = call.constant(0)?;
    import.allow(x.len())?;
    let values: Vec<f32> = x.to_floats()?.into_iter().map(function).collect();
    Ok(x.like(x.shape.clone(), values))
}

/// A function of the elements of two constants.
fn of_two<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let (a, b) = (call.constant(0)?, call.constant(1)?);
    let shape = broadcast(&a.shape, &b.shape)?;
    import.allow(count(&shape)?)?;
    let places = repeated(&a.shape, &shape).zip(repeated(&b.shape, &shape));
    let op = call.node.op;
    if a.is_int() && b.is_int() {
        let (a, b) = (a.to_ints()?, b.to_ints()?);
        let values = places.map(|(i, j)| of_ints(op, a[i], b[j])).collect::<Result<_, _>>()?;
        return Ok(Constant::ints(shape, values));
    }
    let (a, b) = (a.to_floats()?, b.to_floats()?);
    let truth = |is: bool| f32::from(u8::from(is));
    let of: fn(f32, f32) -> f32 = match op {
        "Add" => |a, b| a + b,
        "Sub" => |a, b| a - b,
        "Mul" => |a, b| a * b,
        "Div" => |a, b| a / b,
        "Pow" => f32::powf,
        "Max" => f32::max,
        "Min" => f32::min,
        "Mod" => |a, b| a % b,
        _ => {
            let is: fn(&f32, &f32) -> bool = match op {
                "Equal" => |a, b| a == b,
                "Greater" => |a, b| a > b,
                "Less" => |a, b| a < b,
                "GreaterOrEqual" => |a, b| a >= b,
                "LessOrEqual" => |a, b| a <= b,
                _ => return unsupported(),
            };
            let values = places.map(|(i, j)| Int::Known(truth(is(&a[i], &b[j])) as i64)).collect();
            return Ok(Constant::ints(shape, values));
        }
    };
    Ok(Constant::floats(shape, places.map(|(i, j)| of(a[i], b[j])).collect()))
}

fn of_ints(op: &str, a: Int, b: Int) -> Result<Int, Fault> {
    // Multiples of the size of the batch, which is 1 or more.
    let of_batch = match (op, a, b) {
        ("Mul", Batch(n), Known(k)) | ("Mul", Known(k), Batch(n)) => n.checked_mul(k).map(Batch),
        ("Div", Batch(n), Known(k)) if k > 0 && n % k == 0 => Some(Batch(n / k)),
        ("Div", Batch(n), Batch(k)) if k > 0 && n % k == 0 => Some(Known(n / k)),
        ("Mod", Batch(n), Known(k)) if k > 0 && n % k == 0 => Some(Known(0)),
        ("Add" | "Sub", Batch(n), Known(0)) | ("Add", Known(0), Batch(n)) => Some(Batch(n)),
        ("Max", Batch(n), Known(k)) | ("Max", Known(k), Batch(n)) if k <= n => Some(Batch(n)),
        ("Equal", Batch(_), Known(k)) | ("Equal", Known(k), Batch(_)) if k <= 0 => Some(Known(0)),
        ("Equal", Batch(n), Batch(k)) => Some(Known(i64::from(n == k))),
        _ => None,
    };
    if let Some(value) = of_batch {
        return Ok(value);
    }
    let (a, b) = (a.known()?, b.known()?);
    let truth = |is: bool| Some(i64::from(is));
    let value = match op {
        "Add" => a.checked_add(b),
        "Sub" => a.checked_sub(b),
        "Mul" => a.checked_mul(b),
        "Div" => a.checked_div(b),
        "Pow" => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        "Max" => Some(a.max(b)),
        "Min" => Some(a.min(b)),
        "Mod" => a.checked_rem_euclid(b),
        "Equal" => truth(a == b),
        "Greater" => truth(a > b),
        "Less" => truth(a < b),
        "GreaterOrEqual" => truth(a >= b),
        "LessOrEqual" => truth(a <= b),
        "And" => truth(a != 0 && b != 0),
        "Or" => truth(a != 0 || b != 0),
        _ => None,
    };
    value.map(Int::Known).ok_or_else(|| Fault::new("computes a number that does not exist"))
}

/// The product of the rows of a constant and a matrix.
pub fn matmul<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let (a, b) = (call.constant(0)?, call.constant(1)?);
    let (Some((&inner, before)), &[rows, columns]) = (a.shape.split_last(), b.shape.as_slice()) else {
        return unsupported();
    };
    if inner != rows || inner == 0 || columns == 0 {
        return refuse(format!("multiplies constants of the shapes {:?} and {:?}", a.shape, b.shape));
    }
    let shape = [before, &[columns]].concat();
    // Each number of the result takes so many products, which are quicker than numbers are made.
    import.allow(count(&shape)?.saturating_mul(inner.div_ceil(4)))?;
    let (a, b) = (a.to_floats()?, b.to_floats()?);
    let dot =
        |row: &[f32], column: usize| row.iter().zip(b[column..].iter().step_by(columns)).map(|(a, b)| a * b).sum();
    let values = a.chunks(inner).flat_map(|row| (0..columns).map(move |column| dot(row, column))).collect();
    Ok(vec![Value::Constant(Rc::new(Constant::floats(shape, values)))])
}

/// The elements of the one or of the other, by a third.
fn chosen<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Constant<'a>, Fault> {
    let (is, a, b) = (call.constant(0)?, call.constant(1)?, call.constant(2)?);
    let shape = broadcast(&is.shape, &broadcast(&a.shape, &b.shape)?)?;
    import.allow(count(&shape)?)?;
    let is_set = is.to_floats()?;
    let places = repeated(&is.shape, &shape).zip(repeated(&a.shape, &shape).zip(repeated(&b.shape, &shape)));
    if a.is_int() && b.is_int() {
        let (a, b) = (a.to_ints()?, b.to_ints()?);
        let values = places.map(|(i, (j, k))| if is_set[i] != 0.0 { a[j] } else { b[k] });
        return Ok(Constant::ints(shape, values.collect()));
    }
    let (a, b) = (a.to_floats()?, b.to_floats()?);
    Ok(Constant::floats(shape, places.map(|(i, (j, k))| if is_set[i] != 0.0 { a[j] } else { b[k] }).collect()))
}
