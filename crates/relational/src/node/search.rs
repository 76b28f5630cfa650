//! Finding a key on a page.

use std::cmp::Ordering;

use super::{HEAD, Node, SLOT};
use crate::StoreError;
use crate::pages::PAGE_SIZE;

/// With fewer cells than that, the middle is as good a place to look at as any guess.
const GUESS_MIN: usize = 8;

/// A key that is likely to belong behind all others, as what comes in ascending order does.
#[derive(Clone, Copy)]
pub(crate) struct Rising<'k> {
    key: &'k [u8],
    first: u64,
}

impl<'k> Rising<'k> {
    #[inline]
    pub(crate) fn new(key: &'k [u8]) -> Self {
        Self { key, first: first_bytes(key) }
    }
}

impl Node<'_> {
    /// The first bytes of the key of a cell as a number, and how many it has; nothing for what is no cell.
    #[inline(always)]
    fn first(self, index: usize) -> Option<(u64, usize)> {
        let slot = HEAD + SLOT * index;
        let at = usize::from(u16::from_le_bytes(*self.page.get(slot..)?.first_chunk()?));
        let Some(cell) = self.page.get(at..).and_then(<[u8]>::first_chunk::<5>) else {
            return self.first_slowly(index);
        };
        // Nearly all keys have a length of one byte, and values one of at most two.
        let (len, key_at, is_long) = if self.is_leaf() {
            (cell[0], at + 2 + usize::from(cell[1] >> 7), cell[1] & cell[2] & 0x80)
        } else {
            (cell[4], at + 5, 0)
        };
        // Near the end of the page the last bytes are taken, and those before the key moved out.
        let from = key_at.min(PAGE_SIZE - 8);
        let moved = key_at - from;
        let Some(key) = self.page.get(from..).and_then(<[u8]>::first_chunk) else {
            return self.first_slowly(index);
        };
        let len = usize::from(len);
        let is_cut = moved != 0 && (moved >= 8 || moved + len > 8);
        if is_long != 0 || len >= 0x80 || is_cut {
            return self.first_slowly(index);
        }
        Some((u64::from_be_bytes(*key) << (8 * moved) & mask_of(len), len))
    }

    /// The same for what is long, or ends the page.
    #[cold]
    #[inline(never)]
    fn first_slowly(self, index: usize) -> Option<(u64, usize)> {
        let key = self.key(index).ok()?;
        Some((first_bytes(key), key.len()))
    }

    /// How the key of a cell compares with another, whose first bytes are given as a number: in most
    /// cases those tell.
    #[inline(always)]
    fn order(self, index: usize, key: &[u8], first: u64) -> Result<Ordering, StoreError> {
        match self.first(index) {
            Some((own, _)) if own != first => Ok(own.cmp(&first)),
            Some((_, len)) if len.max(key.len()) <= 8 => Ok(len.cmp(&key.len())),
            _ => self.compare(index, key),
        }
    }

    #[cold]
    fn compare(self, index: usize, key: &[u8]) -> Result<Ordering, StoreError> {
        Ok(self.key(index)?.cmp(key))
    }

    /// The place of the first key that is not below `key`, and whether it is `key`.
    #[inline]
    pub(crate) fn search(self, key: &[u8]) -> Result<(usize, bool), StoreError> {
        self.search_within(key, None)
    }

    /// The same, where it is known between which numbers the first bytes of the keys lie.
    ///
    /// Keys often lie as far from each other as their places do: a guess is looked at first, then
    /// places ever farther from it. So few cells are fetched from memory.
    #[inline]
    pub(crate) fn search_within(
        self,
        key: &[u8],
        within: Option<(u64, u64)>,
    ) -> Result<(usize, bool), StoreError> {
        let first = first_bytes(key);
        let (mut low, mut high) = (0, self.count());
        if high < GUESS_MIN {
            return self.search_between((low, high), key, first);
        }
        // What is known of its keys is true of those before the first and behind the last, too.
        let (within, parts) = match within {
            Some(within) => (within, high + usize::from(!self.is_leaf())),
            None => match (self.first(0), self.first(high - 1)) {
                (Some((least, _)), Some((most, _))) => ((least, most), high - 1),
                (_, _) => return self.search_between((low, high), key, first),
            },
        };
        let mut place = guess(first, within, parts).min(high - 1);
        let mut step = 1;
        while low < high {
            match self.order(place, key, first)? {
                Ordering::Equal => return Ok((place, true)),
                Ordering::Less => {
                    low = place + 1;
                    if place + step >= high {
                        break;
                    }
                    place += step;
                }
                Ordering::Greater => {
                    high = place;
                    if place < low + step {
                        break;
                    }
                    place -= step;
                }
            }
            step *= 2;
        }
        self.search_between((low, high), key, first)
    }

    /// Which child holds `key`, and between which numbers the first bytes of its keys lie, if that is
    /// known.
    #[inline]
    pub(crate) fn child_within(
        self,
        key: &[u8],
        within: Option<(u64, u64)>,
    ) -> Result<(usize, Option<(u64, u64)>), StoreError> {
        let (index, found) = self.search_within(key, within)?;
        let index = if found { index + 1 } else { index };
        let least = match index.checked_sub(1) {
            Some(before) => self.first(before).map(|(first, _)| first),
            None => within.map(|(least, _)| least),
        };
        let most = if index < self.count() {
            self.first(index).map(|(first, _)| first)
        } else {
            within.map(|(_, most)| most)
        };
        Ok((index, least.zip(most)))
    }

    /// The same for a key that is likely to belong behind all others.
    #[inline(always)]
    pub(crate) fn search_rising(self, key: Rising<'_>) -> Result<(usize, bool), StoreError> {
        let count = self.count();
        if count > 0 && self.order(count - 1, key.key, key.first)?.is_lt() {
            return Ok((count, false));
        }
        self.search(key.key)
    }

    #[inline]
    fn search_between(
        self,
        (mut low, mut high): (usize, usize),
        key: &[u8],
        first: u64,
    ) -> Result<(usize, bool), StoreError> {
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.order(middle, key, first)? {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok((middle, true)),
            }
        }
        Ok((low, false))
    }

    /// Which child holds `key`: after how many cells it comes.
    #[inline]
    pub(crate) fn child_index(self, key: &[u8]) -> Result<usize, StoreError> {
        let (index, found) = self.search(key)?;
        Ok(if found { index + 1 } else { index })
    }

    /// The same for a key that is likely to belong behind all others.
    #[inline(always)]
    pub(crate) fn child_rising(self, key: Rising<'_>) -> Result<usize, StoreError> {
        let (index, found) = self.search_rising(key)?;
        Ok(if found { index + 1 } else { index })
    }
}

/// In about which of so many parts of the numbers from `least` to `most` a number lies. Whole numbers,
/// whose keys are as long as they need be, have theirs by what they are.
#[inline]
fn guess(number: u64, (least, most): (u64, u64), parts: usize) -> usize {
    if number <= least || most <= least {
        return 0;
    }
    if number >= most {
        return parts;
    }
    let (mut from, mut span) = (number - least, most - least);
    // Numbers of one length lie as far from each other as their bytes do.
    if (least ^ most) >> 56 != 0
        && let (Some(number), Some(least), Some(most)) = (whole(number), whole(least), whole(most))
        && least < number
        && number < most
    {
        (from, span) = (number.abs_diff(least), most.abs_diff(least));
    }
    // Products of 32 bits with the number of cells on a page fit.
    let shift = 32_u32.saturating_sub(span.leading_zeros());
    let (from, span) = (from >> shift, (span >> shift).max(1));
    usize::try_from(from * parts as u64 / span).unwrap_or(0)
}

/// The whole number that a key begins with, if its first bytes could be one: the first says how many
/// belong to it. A key that was cut short is at least as much as its length says.
#[inline]
const fn whole(first: u64) -> Option<i64> {
    match first >> 56 {
        0x80 => Some(0),
        len @ 0x81..=0x87 => {
            let bits = 8 * (len - 0x80);
            let (value, least) = (first << 8 >> (64 - bits), 1 << (bits - 8));
            Some(if value > least { value } else { least }.cast_signed())
        }
        // Those below 0 are complemented.
        0x78..=0x7f => match whole(!first) {
            Some(value) => Some(!value),
            None => None,
        },
        _ => None,
    }
}

/// The first bytes of a key as a number, whose order is theirs; what is missing counts as 0.
#[inline]
fn first_bytes(key: &[u8]) -> u64 {
    if let Some(chunk) = key.first_chunk() {
        return u64::from_be_bytes(*chunk);
    }
    let first = key.iter().fold(0, |first, byte| first << 8 | u64::from(*byte));
    first << (4 * (8 - key.len())) << (4 * (8 - key.len()))
}

/// The bits of such a number that the first so many bytes take.
#[inline]
const fn mask_of(len: usize) -> u64 {
    // In two steps, as no number is moved by all of its bits.
    let half = if len < 8 { 4 * (8 - len) } else { 0 };
    u64::MAX << half << half
}
