//! Changes of an ONNX file, most of them such that it can still be taken apart.

use crate::random::{Random, damage};

/// A field of a protobuf message.
#[derive(Clone)]
enum Field {
    Number(u64, u64),
    Fixed(u64, Vec<u8>),
    Bytes(u64, Vec<u8>),
    Message(u64, Vec<Field>),
}

/// A seed with some changes.
pub fn changed(random: &mut Random, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = random.of(seeds).clone();
    if random.below(4) == 0 {
        damage(random, &mut bytes);
        return bytes;
    }
    let Some(mut fields) = message(&bytes, 0) else { return bytes };
    for _ in 0..=random.below(4) {
        change(random, &mut fields);
    }
    if random.below(8) == 0 {
        // A part of another file in place of one of this.
        let other = message(random.of::<Vec<u8>>(seeds), 0).unwrap_or_default();
        if let (Some(part), Some(place)) = (part(random, &other), place(random, &mut fields)) {
            *place = part;
        }
    }
    let mut out = Vec::new();
    fields.iter().for_each(|field| write(field, &mut out));
    out
}

/// The fields of a message; none if the bytes are no message. What could be one is taken for one.
fn message(bytes: &[u8], depth: usize) -> Option<Vec<Field>> {
    let (mut fields, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() {
        let key = number(&mut rest)?;
        let tag = key >> 3;
        fields.push(match key & 7 {
            0 => Field::Number(tag, number(&mut rest)?),
            kind @ (1 | 5) => {
                let (own, after) = rest.split_at_checked(if kind == 1 { 8 } else { 4 })?;
                rest = after;
                Field::Fixed(tag, own.to_vec())
            }
            2 => {
                let length = usize::try_from(number(&mut rest)?).ok()?;
                let (own, after) = rest.split_at_checked(length)?;
                rest = after;
                match message(own, depth + 1).filter(|fields| !fields.is_empty() && depth < 8 && own.len() < 100_000) {
                    Some(fields) => Field::Message(tag, fields),
                    None => Field::Bytes(tag, own.to_vec()),
                }
            }
            _ => return None,
        });
        if !(1..1000).contains(&tag) {
            return None;
        }
    }
    Some(fields)
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(value);
        }
    }
    None
}

fn write_number(mut value: u64, out: &mut Vec<u8>) {
    while value > 127 {
        out.push(value as u8 | 128);
        value >>= 7;
    }
    out.push(value as u8);
}

fn write(field: &Field, out: &mut Vec<u8>) {
    let mut bytes = |tag: u64, own: &[u8]| {
        write_number(tag << 3 | 2, out);
        write_number(own.len() as u64, out);
        out.extend(own);
    };
    match field {
        Field::Bytes(tag, own) => bytes(*tag, own),
        Field::Message(tag, fields) => {
            let mut own = Vec::new();
            fields.iter().for_each(|field| write(field, &mut own));
            bytes(*tag, &own);
        }
        Field::Number(tag, value) => {
            write_number(tag << 3, out);
            write_number(*value, out);
        }
        Field::Fixed(tag, own) => {
            write_number(tag << 3 | if own.len() == 8 { 1 } else { 5 }, out);
            out.extend(own);
        }
    }
}

/// Any field, at any depth.
fn place<'f>(random: &mut Random, fields: &'f mut [Field]) -> Option<&'f mut Field> {
    let at = random.below(fields.len());
    let field = fields.get_mut(at)?;
    let goes_down = random.below(5) > 0 && matches!(field, Field::Message(_, own) if !own.is_empty());
    if !goes_down {
        return Some(field);
    }
    match field {
        Field::Message(_, own) => place(random, own),
        _ => None,
    }
}

fn part(random: &mut Random, fields: &[Field]) -> Option<Field> {
    place(random, &mut fields.to_vec()).map(|field| field.clone())
}

fn change(random: &mut Random, fields: &mut Vec<Field>) {
    // The fields of a message anywhere.
    let at = random.below(fields.len());
    if random.below(5) > 0
        && let Some(Field::Message(_, own)) = fields.get_mut(at)
    {
        return change(random, own);
    }
    let Some(field) = fields.get(at).cloned() else { return };
    match random.below(8) {
        0 => drop(fields.remove(at)),
        1 => fields.insert(random.below(fields.len()), field),
        2 => {
            let other = random.below(fields.len());
            fields.swap(at, other);
        }
        _ => {
            fields[at] = match field {
                Field::Number(tag, _) => Field::Number(tag, random.number()),
                Field::Fixed(tag, mut own) => {
                    own.iter_mut().for_each(|byte| *byte = random.next() as u8);
                    Field::Fixed(tag, own)
                }
                Field::Bytes(tag, mut own) => {
                    damage(random, &mut own);
                    Field::Bytes(tag, own)
                }
                Field::Message(tag, own) if random.below(2) == 0 => Field::Message(tag, own[..own.len() / 2].to_vec()),
                Field::Message(tag, mut own) => {
                    own.push(Field::Number(1 + random.below(20) as u64, random.number()));
                    Field::Message(tag, own)
                }
            }
        }
    }
}
