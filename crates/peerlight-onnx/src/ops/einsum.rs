//! Sums over products that are written with a letter for each axis, as transposes and matrix products.

use super::{
    composed::{reshaped, run, turned},
    merged::extents,
};
use crate::{
    constant::Int,
    error::{Fault, refuse},
    import::{Call, Import, Value},
    proto::Attribute,
};

/// A value, and a letter for each of its axes.
struct Term<'a> {
    value: Value<'a>,
    letters: Vec<char>,
}

/// `Einsum` of one tensor or more: two at a time become a matrix product.
pub fn einsum<'a>(import: &mut Import<'a>, call: &Call<'_, 'a>) -> Result<Vec<Value<'a>>, Fault> {
    let equation: String = call.text("equation", "")?.chars().filter(|letter| !letter.is_whitespace()).collect();
    let unfit = || Fault::new(format!("has the equation '{equation}', which does not fit what it takes"));
    let (left, right) = equation.split_once("->").map_or((equation.as_str(), None), |(a, b)| (a, Some(b)));
    let mut terms: Vec<Term> = Vec::new();
    let mut most = 0;
    for (place, letters) in left.split(',').enumerate() {
        let value = call.value(place)?.clone();
        let rank = extents(import, &value)?.len();
        let named = letters.chars().filter(|letter| *letter != '.').count();
        let dots = if letters.contains("...") { rank.checked_sub(named).ok_or_else(unfit)? } else { 0 };
        most = most.max(dots);
        let letters = spelled(letters, dots);
        if letters.len() != rank {
            return Err(unfit());
        }
        if has_twice(&letters) {
            let fault = Fault::new(format!("takes a diagonal ('{equation}'), which is not supported"));
            return Err(fault.advise("Multiply by torch.eye before it, and give the second axis a letter of its own."));
        }
        terms.push(Term { value, letters });
    }
    if terms.len() != call.inputs.len() {
        return Err(unfit());
    }
    let all: Vec<char> = terms.iter().flat_map(|term| term.letters.clone()).collect();
    let wanted = match right {
        Some(right) => spelled(right, most),
        None => {
            let mut once: Vec<char> =
                all.iter().copied().filter(|letter| all.iter().filter(|other| *other == letter).count() == 1).collect();
            once.sort_unstable();
            once
        }
    };
    if has_twice(&wanted) || wanted.iter().any(|letter| !all.contains(letter)) {
        return Err(unfit());
    }
    let mut terms = terms.into_iter();
    let mut result = terms.next().ok_or_else(unfit)?;
    let rest: Vec<Term> = terms.collect();
    for (i, term) in rest.iter().enumerate() {
        let later =
            |letter: &char| wanted.contains(letter) || rest[i + 1..].iter().any(|term| term.letters.contains(letter));
        result = product(import, call, &result, term, &later)?;
    }
    let result = summed(import, call, &result, &|letter| wanted.contains(letter))?;
    Ok(vec![ordered(import, call, &result, &wanted)?])
}

/// A letter for each axis; for those that are not named, numbers that count from the last one on.
fn spelled(letters: &str, dots: usize) -> Vec<char> {
    let unnamed: String = (0..dots as u32).rev().filter_map(char::from_u32).collect();
    letters.replacen("...", &unnamed, 1).chars().collect()
}

fn has_twice(letters: &[char]) -> bool {
    letters.iter().enumerate().any(|(i, letter)| letters[..i].contains(letter))
}

/// A term without the axes that nothing needs: they are summed up.
fn summed<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    term: &Term<'a>,
    is_needed: &dyn Fn(&char) -> bool,
) -> Result<Term<'a>, Fault> {
    let gone: Vec<i64> = (0..term.letters.len()).filter(|&i| !is_needed(&term.letters[i])).map(|i| i as i64).collect();
    let letters = term.letters.iter().copied().filter(|letter| is_needed(letter)).collect();
    if gone.is_empty() {
        return Ok(Term { value: term.value.clone(), letters });
    }
    let attributes = [("axes", Attribute::Ints(gone)), ("keepdims", Attribute::Int(0))];
    Ok(Term { value: run(import, call, "ReduceSum", &[&term.value], &attributes)?, letters })
}

/// A term with its axes in this order.
fn ordered<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    term: &Term<'a>,
    letters: &[char],
) -> Result<Value<'a>, Fault> {
    let place = |letter| term.letters.iter().position(|other| other == letter).map(|place| place as i64);
    let order: Option<Vec<i64>> = letters.iter().map(place).collect();
    let order = order.ok_or_else(|| Fault::new("gives axes that it does not take"))?;
    turned(import, call, &term.value, order)
}

/// Two terms as one: a matrix product for each of the axes that both have and that stay.
fn product<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    a: &Term<'a>,
    b: &Term<'a>,
    later: &dyn Fn(&char) -> bool,
) -> Result<Term<'a>, Fault> {
    // Weights stand behind.
    let (a, b) = if matches!(a.value, Value::Constant(_)) { (b, a) } else { (a, b) };
    let a = &summed(import, call, a, &|letter| later(letter) || b.letters.contains(letter))?;
    let b = &summed(import, call, b, &|letter| later(letter) || a.letters.contains(letter))?;
    let of = |term: &Term<'a>, is: &dyn Fn(&char) -> bool| -> Vec<char> {
        term.letters.iter().copied().filter(|letter| is(letter)).collect()
    };
    let each = of(a, &|letter| b.letters.contains(letter) && later(letter));
    let inner = of(a, &|letter| b.letters.contains(letter) && !later(letter));
    let (rows, columns) = (of(a, &|letter| !b.letters.contains(letter)), of(b, &|letter| !a.letters.contains(letter)));
    // A matrix of weights needs no rows that are one axis.
    let is_plain = each.is_empty() && matches!(b.value, Value::Constant(_)) && !rows.is_empty();
    let left = grouped(import, call, a, &each, &rows, &inner, is_plain)?;
    let right = grouped(import, call, b, &each, &inner, &columns, false)?;
    let value = run(import, call, "MatMul", &[&left, &right], &[])?;
    let letters = [each, rows, columns].concat();
    let mut shape: Vec<Int> = Vec::new();
    for letter in &letters {
        let term = if a.letters.contains(letter) { a } else { b };
        let place = term.letters.iter().position(|other| other == letter).unwrap_or(0);
        shape.push(extents(import, &term.value)?[place]);
    }
    Ok(Term { value: reshaped(import, call, &value, shape)?, letters })
}

/// A term as matrices: some axes for each, and those of the rows and of the columns as one, or the rows as they are.
fn grouped<'a>(
    import: &mut Import<'a>,
    call: &Call<'_, 'a>,
    term: &Term<'a>,
    each: &[char],
    rows: &[char],
    columns: &[char],
    is_plain: bool,
) -> Result<Value<'a>, Fault> {
    let value = ordered(import, call, term, &[each, rows, columns].concat())?;
    let own = extents(import, &value)?;
    let (before, rest) = own.split_at(each.len());
    let (rows, columns) = rest.split_at(rows.len());
    let mut shape = before.to_vec();
    match is_plain {
        true => shape.extend(rows),
        false => shape.push(one(rows)?),
    }
    shape.push(one(columns)?);
    match shape == own {
        true => Ok(value),
        false => reshaped(import, call, &value, shape),
    }
}

/// Axes as one.
fn one(axes: &[Int]) -> Result<Int, Fault> {
    let all = axes.iter().try_fold(1i64, |all, extent| all.checked_mul(extent.of_one()));
    match (all, axes.iter().filter(|i| matches!(i, Int::Batch(_))).count()) {
        (Some(all), 0) => Ok(Int::Known(all)),
        (Some(all), 1) => Ok(Int::Batch(all)),
        _ => refuse(format!("makes one axis of {axes:?}")),
    }
}
