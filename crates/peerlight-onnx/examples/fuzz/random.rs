//! Random numbers, and changes of bytes whatever they mean.

use peerlight_core::rng::bits;

/// The random numbers of a run, one after another.
pub struct Random {
    seed: u64,
    drawn: u64,
}

impl Random {
    pub fn new(run: u64) -> Self {
        Self { seed: run.wrapping_mul(0xD134_2543_DE82_EF95), drawn: 0 }
    }

    pub fn next(&mut self) -> u64 {
        self.drawn += 1;
        bits(self.seed, self.drawn - 1)
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// One of several.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// A number at which readers fail.
    pub fn number(&mut self) -> u64 {
        let edges = [
            0,
            1,
            2,
            3,
            5,
            7,
            16,
            255,
            1 << 16,
            1 << 20,
            1 << 24,
            1 << 31,
            u32::MAX.into(),
            1 << 40,
            i64::MAX as u64,
            1 << 63,
            u64::MAX,
        ];
        match self.below(3) {
            0 => self.next() % 64,
            _ => *self.of(&edges),
        }
    }
}

/// Changes some bytes, takes some away, or puts some elsewhere.
pub fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let end = (at + 1 + random.below(32)).min(bytes.len());
        match random.below(6) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << random.below(8),
            1 if !bytes.is_empty() => bytes[at] = random.next() as u8,
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, part);
            }
            4 if random.below(8) == 0 => bytes.truncate(at),
            _ => {
                let number = random.number().to_le_bytes();
                let count = number.len().min(bytes.len() - at);
                bytes[at..at + count].copy_from_slice(&number[..count]);
            }
        }
    }
}
