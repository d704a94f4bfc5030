//! A file's memory as that of its tensors.

use std::{collections::BTreeSet, ops::Range};

use burn::tensor::{Bytes, DType, TensorData};

use crate::constant::Floats;

/// Tensors of fewer bytes are copied. The length before this many bytes takes three bytes in the file, and the field's
/// number one: room to move a tensor to the next address below that a float may have.
const LEAST: usize = 1 << 14;

/// Where the values of a tensor are.
#[derive(Debug)]
pub enum Place {
    InFile(Range<usize>),
    Own(Vec<f32>),
}

impl Place {
    /// The place of values some of which are borrowed from `file`.
    pub fn of(values: Floats<'_>, file: &[u8]) -> Self {
        match values {
            Floats::InFile(bytes) if bytes.len() >= LEAST && cfg!(target_endian = "little") => {
                let start = bytes.as_ptr().addr() - file.as_ptr().addr();
                Self::InFile(start..start + bytes.len())
            }
            values => Self::Own(values.into_vec()),
        }
    }
}

/// Tensors of one axis. Those whose values are in the file share its memory, which is let go with the last of them.
pub fn in_place(mut file: Vec<u8>, places: Vec<Place>) -> Vec<TensorData> {
    let base = file.as_ptr().addr();
    // A field of the file stands before each, so none reaches into another when it moves.
    let moved = |range: &Range<usize>| {
        let by = (base + range.start) % align_of::<f32>();
        range.start - by..range.end - by
    };
    let in_file = places.iter().filter_map(|place| match place {
        Place::InFile(range) => Some((range.start, range.end)),
        Place::Own(_) => None,
    });
    // Two parameters may have the values of one tensor.
    for (start, end) in in_file.collect::<BTreeSet<_>>() {
        file.copy_within(start..end, moved(&(start..end)).start);
    }
    let file = Bytes::from_elems(file).shared();
    let data = places.into_iter().map(|place| match place {
        Place::Own(values) => {
            let count = values.len();
            TensorData::new(values, [count])
        }
        Place::InFile(range) => {
            let Range { start, end } = moved(&range);
            let view = file.view(start, end).expect("a tensor of the file is inside of it");
            TensorData::from_bytes(view, [range.len() / size_of::<f32>()], DType::F32)
        }
    });
    data.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tensors at every distance from an address of a float, one of them taken twice, and a small one.
    #[test]
    fn tensors_share_the_memory_of_their_file() {
        let floats = |tensor: usize| (0..LEAST / 4 + tensor).map(move |i| (i * 7 + tensor) as f32);
        let mut file = Vec::new();
        let mut ranges = Vec::new();
        for tensor in 0..6 {
            file.extend([0x4a, 0x80, 0x80, 0x01, 0xff].iter().take(4 + tensor % 2));
            let start = file.len();
            file.extend(floats(tensor).flat_map(f32::to_le_bytes));
            ranges.push(start..file.len());
        }
        let taken: Vec<usize> = (0..6).chain([3]).collect();
        let place = |&tensor: &usize| Place::of(Floats::InFile(&file[ranges[tensor].clone()]), &file);
        let mut places: Vec<Place> = taken.iter().map(place).collect();
        places.push(Place::of(Floats::InFile(&file[ranges[1].clone()][..8]), &file));
        assert!(matches!(places[..], [.., Place::InFile(_), Place::Own(_)]));
        let memory = file.as_ptr_range();
        let data = in_place(file, places);
        for (data, &tensor) in data.iter().zip(&taken) {
            assert_eq!(data.as_slice::<f32>().unwrap(), floats(tensor).collect::<Vec<_>>());
            assert!(memory.contains(&data.as_bytes().as_ptr()), "a copy");
        }
        assert_eq!(data[7].as_slice::<f32>().unwrap(), [1.0, 8.0]);
    }
}
