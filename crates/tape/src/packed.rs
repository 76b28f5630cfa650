//! A page in fewer bytes, while nobody needs it.
//!
//! Words that are 0 go. Of the others all first bytes lie together, then all second ones and so on, and
//! where those of one place are all the same it is kept once: so small numbers, floating-point numbers
//! that are whole, and references take a half or a quarter. When cells were written is kept roughly.

use crate::cells::{CELL_SIZE, CELLS};
use crate::page::PAGE_SIZE;

/// What a packed page may take at most: less is not worth it.
const PACKED_MAX: usize = (PAGE_SIZE + CELLS) / 4 * 3;

/// Bytes that say which cells are not 0, and bytes of the ages of all, two in each.
const MAP: usize = CELLS / 8;
const AGES: usize = CELLS / 2;

/// Of so many words, one is looked at first. It is odd, as objects have often even sizes.
const STRIDE: usize = 7;

/// The bytes of a page, and for each of its cells the part of an era in which it was written last.
#[derive(Clone, Debug)]
pub struct PackedPage(Box<[u8]>);

impl PackedPage {
    /// Those, if that takes less than three quarters.
    #[must_use]
    pub fn of(bytes: &[u8; PAGE_SIZE], parts: &[u8; CELLS]) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<CELL_SIZE>();
        if !is_promising(words) {
            return None;
        }
        let mut kept = [0; CELLS];
        let mut map = [0; MAP];
        let mut count = 0;
        for (eight, map) in words.as_chunks::<8>().0.iter().zip(&mut map) {
            for (number, word) in eight.iter().enumerate() {
                // Written always, and over again by the next one: a jump would often be guessed wrong.
                let word = u64::from_le_bytes(*word);
                kept[count] = word;
                *map |= u8::from(word != 0) << number;
                count = (count + usize::from(word != 0)).min(CELLS - 1);
            }
        }
        // Of a page without a 0, the last one was not counted.
        count = map.iter().map(|bits| bits.count_ones() as usize).sum();
        let kept = &kept[..count];
        let any = kept.iter().fold(0, |any, word| any | word);
        let all = kept.iter().fold(u64::MAX, |all, word| all & word);
        let varying = (any & !all).to_le_bytes().map(|bits| bits != 0);
        let columns: usize = varying.map(|varies| if varies { count } else { 1 }).iter().sum();
        let size = 2 + AGES + MAP + columns;
        if size > PACKED_MAX {
            return None;
        }
        let newest = parts.iter().copied().max().unwrap_or(0);
        let ages = parts.map(|part| magnitude(newest - part));
        let mut packed = Vec::with_capacity(size);
        packed.push(newest);
        packed.extend(ages.as_chunks::<2>().0.iter().map(|[one, two]| one | two << 4));
        packed.extend_from_slice(&map);
        packed.push((0..).zip(varying).map(|(place, varies)| u8::from(varies) << place).sum());
        for (place, varies) in varying.into_iter().enumerate() {
            if varies {
                packed.extend(kept.iter().map(|word| word.to_le_bytes()[place]));
            } else {
                packed.push(any.to_le_bytes()[place]);
            }
        }
        Some(Self(packed.into()))
    }

    /// Puts them where there were zeros. Cells may seem to be written later than they were, as of an
    /// age only the magnitude is kept.
    pub fn copy_to(&self, bytes: &mut [u8; PAGE_SIZE], parts: &mut [u8; CELLS]) {
        let (newest, rest) = self.0.split_at(1);
        let (ages, rest) = rest.split_at(AGES);
        let (map, rest) = rest.split_at(MAP);
        let (varying, mut rest) = rest.split_at(1);
        let part = |age: u8| newest[0].saturating_sub(if age == 0 { 0 } else { 1 << (age - 1) });
        for (pair, age) in parts.as_chunks_mut::<2>().0.iter_mut().zip(ages) {
            *pair = [part(age & 15), part(age >> 4)];
        }
        let count = map.iter().map(|bits| bits.count_ones() as usize).sum();
        let mut kept = [0_u64; CELLS];
        let kept = &mut kept[..count];
        for place in 0..CELL_SIZE {
            let column;
            if varying[0] >> place & 1 == 1 {
                (column, rest) = rest.split_at(count);
                let pairs = kept.iter_mut().zip(column);
                pairs.for_each(|(word, byte)| *word |= u64::from(*byte) << (8 * place));
            } else {
                (column, rest) = rest.split_at(1);
                let bits = u64::from(column[0]) << (8 * place);
                kept.iter_mut().for_each(|word| *word |= bits);
            }
        }
        let mut kept = &*kept;
        let (words, _) = bytes.as_chunks_mut::<CELL_SIZE>();
        for (eight, map) in words.as_chunks_mut::<8>().0.iter_mut().zip(map) {
            for (number, word) in eight.iter_mut().enumerate() {
                if map >> number & 1 == 1
                    && let Some((first, others)) = kept.split_first()
                {
                    *word = first.to_le_bytes();
                    kept = others;
                }
            }
        }
    }

    /// How many bytes it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// Whether a few of the words let hope that all of them can be packed: most pages of a state that cannot
/// be made smaller are told by a seventh of the work.
fn is_promising(words: &[[u8; CELL_SIZE]]) -> bool {
    let sample = words.iter().step_by(STRIDE).map(|word| u64::from_le_bytes(*word));
    let (mut count, mut any, mut all) = (0, 0, u64::MAX);
    for word in sample.filter(|word| *word != 0) {
        (count, any, all) = (count + STRIDE, any | word, all & word);
    }
    let varying = (any & !all).to_le_bytes().iter().filter(|bits| **bits != 0).count();
    varying * count <= PACKED_MAX
}

/// How many bits a number has. Comparisons, as those are done for many numbers at once.
fn magnitude(number: u8) -> u8 {
    (0..u8::BITS).map(|bit| u8::from(number >= 1 << bit)).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words() -> impl Strategy<Value = u64> {
        prop_oneof![any::<u64>(), 0..300_u64, (0..1_u64 << 31).prop_map(|word| word << 22)]
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_back_and_seems_no_older(
            length in 0..=CELLS,
            kinds in prop::collection::vec(words(), CELLS),
            later in prop::collection::vec(any::<u8>(), CELLS),
        ) {
            let (mut bytes, mut parts) = ([0; PAGE_SIZE], [0; CELLS]);
            let cells = bytes.as_chunks_mut::<CELL_SIZE>().0.iter_mut().zip(&mut parts);
            for ((cell, part), (word, number)) in cells.zip(kinds.iter().zip(later)).take(length) {
                (*cell, *part) = (word.to_le_bytes(), number);
            }
            let Some(packed) = PackedPage::of(&bytes, &parts) else {
                prop_assert!(length > CELLS / 4);
                return Ok(());
            };
            prop_assert!(packed.size() <= PACKED_MAX);
            let (mut copy, mut seeming) = ([0; PAGE_SIZE], [0; CELLS]);
            packed.copy_to(&mut copy, &mut seeming);
            prop_assert_eq!(copy, bytes);
            let newest = parts.iter().copied().max().unwrap_or(0);
            for (now, before) in seeming.into_iter().zip(parts) {
                prop_assert!(now >= before);
                prop_assert!(u32::from(newest - before) <= 2 * u32::from(newest - now));
            }
        }
    }

    #[test]
    fn whole_numbers_in_floating_point_take_less_than_half() {
        let (mut bytes, parts) = ([0; PAGE_SIZE], [0; CELLS]);
        for (number, cell) in (1000_u32..).zip(bytes.as_chunks_mut::<CELL_SIZE>().0) {
            *cell = f64::from(number).to_le_bytes();
        }
        let packed = PackedPage::of(&bytes, &parts).map(|packed| packed.size());
        assert!(packed.is_some_and(|size| size < PAGE_SIZE / 2), "{packed:?}");
    }
}
