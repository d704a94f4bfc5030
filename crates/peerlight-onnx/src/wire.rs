//! Reads the wire format of Protocol Buffers, without copying and without trust: a message is a slice of bytes, and a
//! field is looked at when it is asked for. <https://protobuf.dev/programming-guides/encoding/>

use crate::error::{Fault, broken};

/// A field of a message: its number and what is in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field<'a> {
    pub number: u64,
    pub value: Wire<'a>,
}

/// What is in a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wire<'a> {
    /// An integer.
    Varint(u64),
    /// Eight bytes, little-endian.
    Fixed64(u64),
    /// Bytes, text, a message or many numbers.
    Bytes(&'a [u8]),
    /// Four bytes, little-endian.
    Fixed32(u32),
}

impl<'a> Wire<'a> {
    pub fn bytes(self) -> Result<&'a [u8], Fault> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(broken()),
        }
    }

    pub fn text(self) -> Result<&'a str, Fault> {
        std::str::from_utf8(self.bytes()?).map_err(|_| broken())
    }

    pub fn int(self) -> Result<i64, Fault> {
        match self {
            Self::Varint(value) => Ok(value as i64),
            _ => Err(broken()),
        }
    }

    pub fn float(self) -> Result<f32, Fault> {
        match self {
            Self::Fixed32(bits) => Ok(f32::from_bits(bits)),
            _ => Err(broken()),
        }
    }

    /// Appends the integers of a repeated field: one, or many in a row. `most` may be there at the end.
    pub fn ints(self, into: &mut Vec<i64>, most: usize) -> Result<(), Fault> {
        match self {
            Self::Varint(value) => into.push(value as i64),
            Self::Bytes(mut bytes) => {
                while !bytes.is_empty() && into.len() <= most {
                    into.push(varint(&mut bytes)? as i64);
                }
            }
            _ => return Err(broken()),
        }
        if into.len() > most { Err(broken()) } else { Ok(()) }
    }

    /// Appends the floats of a repeated field: one, or many in a row. `most` may be there at the end.
    pub fn floats(self, into: &mut Vec<f32>, most: usize) -> Result<(), Fault> {
        match self {
            Self::Fixed32(bits) => into.push(f32::from_bits(bits)),
            Self::Bytes(bytes) if bytes.len() % 4 == 0 && bytes.len() / 4 <= most => {
                into.extend(bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)));
            }
            _ => return Err(broken()),
        }
        if into.len() > most { Err(broken()) } else { Ok(()) }
    }
}

/// The fields of a message, one after the other.
pub struct Fields<'a>(&'a [u8]);

/// The fields of the message in these bytes.
pub fn fields(message: &[u8]) -> Fields<'_> {
    Fields(message)
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = field(&mut self.0);
        if field.is_err() {
            // Nothing after a broken field can be read.
            self.0 = &[];
        }
        Some(field)
    }
}

fn field<'a>(bytes: &mut &'a [u8]) -> Result<Field<'a>, Fault> {
    let key = varint(bytes)?;
    let value = match key & 7 {
        0 => Wire::Varint(varint(bytes)?),
        1 => Wire::Fixed64(u64::from_le_bytes(*take_array(bytes)?)),
        2 => {
            let length = usize::try_from(varint(bytes)?).map_err(|_| broken())?;
            let (value, rest) = bytes.split_at_checked(length).ok_or_else(broken)?;
            *bytes = rest;
            Wire::Bytes(value)
        }
        5 => Wire::Fixed32(u32::from_le_bytes(*take_array(bytes)?)),
        _ => return Err(broken()),
    };
    Ok(Field { number: key >> 3, value })
}

fn take_array<'a, const N: usize>(bytes: &mut &'a [u8]) -> Result<&'a [u8; N], Fault> {
    let (value, rest) = bytes.split_first_chunk().ok_or_else(broken)?;
    *bytes = rest;
    Ok(value)
}

/// An integer of up to ten bytes, seven bits each, the lowest first.
fn varint(bytes: &mut &[u8]) -> Result<u64, Fault> {
    let mut value = 0u64;
    for (i, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            *bytes = &bytes[i + 1..];
            return Ok(value);
        }
    }
    Err(broken())
}
