//! Choices by what is in the image.

use super::composed::{floats, number, run};
use crate::{
    error::Fault,
    import::{Call, Import, Value},
};

type Results<'a> = Result<Vec<Value<'a>>, Fault>;

/// `Where`: the one, with noughts in places of the other, which is added.
pub fn chosen<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Results<'a> {
    let (set, unset) = match call.value(0)? {
        Value::Constant(is) => {
            let set: Vec<f32> = is.to_floats()?.iter().map(|&value| f32::from(u8::from(value != 0.0))).collect();
            let unset = set.iter().map(|value| 1.0 - value).collect();
            (floats(&is.shape, set), floats(&is.shape, unset))
        }
        is => (is.clone(), run(import, call, "Not", &[is], &[])?),
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
