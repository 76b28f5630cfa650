//! What a page holds, as numbers, and how it is packed while nobody needs it.

use crate::page::PAGE_SIZE;

/// Bytes in a cell, the unit in which tapes are compared and merged.
pub(crate) const CELL_SIZE: usize = 8;
pub(crate) const CELL_BITS: u32 = CELL_SIZE.trailing_zeros();

/// The cells of a page.
pub(crate) const CELLS: usize = PAGE_SIZE / CELL_SIZE;

/// What a packed page may take at most: less is not worth it.
const PACKED_MAX: usize = (PAGE_SIZE + CELLS) / 4 * 3;

/// Bytes that say which cells are not 0, and bytes of the ages of all, two in each.
const MAP: usize = CELLS / 8;
const AGES: usize = CELLS / 2;

/// The bytes of a page, and behind them for each cell the part of the page's era in which it was
/// written last.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Cells {
    pub(crate) bytes: [u8; PAGE_SIZE],
    pub(crate) parts: [u8; CELLS],
}

impl Cells {
    pub(crate) const ZEROED: Self = Self { bytes: [0; PAGE_SIZE], parts: [0; CELLS] };

    /// The same in fewer bytes, if it can be had: the cells that are not 0, which they are, and about
    /// when they were written.
    pub(crate) fn packed(&self) -> Option<Box<[u8]>> {
        let (words, _) = self.bytes.as_chunks::<CELL_SIZE>();
        let count = words.iter().filter(|word| **word != [0; CELL_SIZE]).count();
        let size = 1 + AGES + MAP + count * CELL_SIZE;
        if size > PACKED_MAX {
            return None;
        }
        let newest = self.parts.iter().copied().max().unwrap_or(0);
        let ages = self.parts.map(|part| magnitude(newest - part));
        let mut map = [0; MAP];
        let mut kept = [[0; CELL_SIZE]; CELLS];
        let mut next = 0;
        for (eight, map) in words.as_chunks::<8>().0.iter().zip(&mut map) {
            for (number, word) in eight.iter().enumerate() {
                // Written always, and over again by the next one: a jump would often be guessed wrong.
                kept[next] = *word;
                let is_kept = *word != [0; CELL_SIZE];
                *map |= u8::from(is_kept) << number;
                next = (next + usize::from(is_kept)).min(CELLS - 1);
            }
        }
        let mut packed = Vec::with_capacity(size);
        packed.push(newest);
        packed.extend(ages.as_chunks::<2>().0.iter().map(|[one, two]| one | two << 4));
        packed.extend_from_slice(&map);
        packed.extend_from_slice(kept[..count].as_flattened());
        Some(packed.into())
    }

    /// What [`packed`](Self::packed) made small. Cells may seem to be written later than they were, as
    /// of an age only the magnitude is kept.
    pub(crate) fn unpacked(packed: &[u8]) -> Self {
        let mut cells = Self::ZEROED;
        let Some((newest, rest)) = packed.split_first() else { return cells };
        let (ages, rest) = rest.split_at(AGES);
        let (map, rest) = rest.split_at(MAP);
        let part = |age: u8| newest.saturating_sub(if age == 0 { 0 } else { 1 << (age - 1) });
        let (pairs, _) = cells.parts.as_chunks_mut::<2>();
        for (pair, age) in pairs.iter_mut().zip(ages) {
            *pair = [part(age & 15), part(age >> 4)];
        }
        let (words, _) = cells.bytes.as_chunks_mut::<CELL_SIZE>();
        let (eights, _) = words.as_chunks_mut::<8>();
        let (mut kept, _) = rest.as_chunks::<CELL_SIZE>();
        for (eight, map) in eights.iter_mut().zip(map) {
            for (number, word) in eight.iter_mut().enumerate() {
                if map >> number & 1 == 1
                    && let Some((first, others)) = kept.split_first()
                {
                    *word = *first;
                    kept = others;
                }
            }
        }
        cells
    }
}

/// How many bits a number has. Comparisons, as those are done for many numbers at once.
fn magnitude(number: u8) -> u8 {
    (0..u8::BITS).map(|bit| u8::from(number >= 1 << bit)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back_and_seems_no_older(
            words in prop::collection::vec((0..CELLS, any::<u64>(), any::<u8>()), 0..500),
        ) {
            let mut cells = Cells::ZEROED;
            for (index, word, part) in words {
                cells.bytes.as_chunks_mut::<CELL_SIZE>().0[index] = word.to_le_bytes();
                cells.parts[index] = part;
            }
            let Some(packed) = cells.packed() else {
                let zeros = cells.bytes.as_chunks::<CELL_SIZE>().0.iter();
                prop_assert!(zeros.filter(|word| **word == [0; CELL_SIZE]).count() < CELLS / 2);
                return Ok(());
            };
            prop_assert!(packed.len() <= PACKED_MAX);
            let unpacked = Cells::unpacked(&packed);
            prop_assert_eq!(unpacked.bytes, cells.bytes);
            let newest = cells.parts.iter().copied().max().unwrap_or(0);
            for (now, before) in unpacked.parts.into_iter().zip(cells.parts) {
                prop_assert!(now >= before);
                prop_assert!(u32::from(newest - before) <= 2 * u32::from(newest - now));
            }
        }
    }
}
