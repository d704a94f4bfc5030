//! Comparisons, choices and roundings. What a comparison gives is 1 or 0, and has no gradient.

use super::composed::{floats, number, run};
use crate::{
    constant::data_type::{BFLOAT16, BOOL, DOUBLE, FLOAT, FLOAT16},
    error::Fault,
    import::{Call, Import, Value},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// Which of two is greater, by the sign of their difference.
pub fn compare<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let op = call.node.op;
    let (mut a, mut b) = (call.value(0)?, call.value(1)?);
    if matches!(op, "Less" | "GreaterOrEqual") {
        std::mem::swap(&mut a, &mut b);
    }
    let more = run(import, call, "Sub", &[a, b], &[])?;
    let sign = run(import, call, "Sign", &[&more], &[])?;
    let size = if op == "Equal" { "Abs" } else { "Relu" };
    let is = run(import, call, size, &[&sign], &[])?;
    Ok(vec![if matches!(op, "Greater" | "Less") { is } else { not(import, call, &is)? }])
}

fn not<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>, is: &Value<'a>) -> Result<Value<'a>, Fault> {
    run(import, call, "Sub", &[&number(1.0), is], &[])
}

/// `Where`: the one, with noughts in places of the other, which is added.
pub fn chosen<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (set, unset) = match call.value(0)? {
        Value::Constant(is) => {
            let set: Vec<f32> = is.to_floats()?.iter().map(|&value| f32::from(u8::from(value != 0.0))).collect();
            let unset = set.iter().map(|value| 1.0 - value).collect();
            (floats(&is.shape, set), floats(&is.shape, unset))
        }
        is => (is.clone(), not(import, call, is)?),
    };
    let mut parts = Vec::new();
    for (place, mask) in [(1, set), (2, unset)] {
        parts.push(match (call.value(place)?, &mask) {
            // Of a constant nothing is left where the other is taken, though it may be infinite.
            (constant @ Value::Constant(_), Value::Constant(_)) => {
                run(import, call, "Where", &[&mask, constant, &number(0.0)], &[])?
            }
            (x, mask) => run(import, call, "Mul", &[x, mask], &[])?,
        });
    }
    Ok(vec![run(import, call, "Add", &[&parts[0], &parts[1]], &[])?])
}

/// Nothing between floats. Whole numbers lose what is behind the point, and truth is whatever is not 0.
pub fn cast<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let x = call.value(0)?;
    Ok(vec![match call.int("to", FLOAT)? {
        FLOAT | FLOAT16 | DOUBLE | BFLOAT16 => x.clone(),
        to => {
            let sign = run(import, call, "Sign", &[x], &[])?;
            let size = run(import, call, "Abs", &[if to == BOOL { &sign } else { x }], &[])?;
            if to == BOOL {
                return Ok(vec![size]);
            }
            let whole = run(import, call, "Floor", &[&size], &[])?;
            run(import, call, "Mul", &[&whole, &sign], &[])?
        }
    }])
}
