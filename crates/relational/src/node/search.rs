//! Finding a key on a page.

use std::cmp::Ordering;

use super::Node;
use crate::StoreError;

/// With fewer cells than that, the middle is as good a place to look at as any guess.
const GUESS_MIN: usize = 8;

impl Node<'_> {
    /// The first bytes of the key of a cell as a number, and how many it has; nothing for what is near
    /// the end of the page, or long.
    #[inline]
    fn first(self, index: usize) -> Result<Option<(u64, usize)>, StoreError> {
        let cell = self.cell_on(index)?;
        // Nearly all keys have a length of one byte, and values one of at most two.
        let short = match (self.is_leaf(), cell) {
            (true, [len, value_len, rest @ ..]) if *len < 0x80 => match (*value_len < 0x80, rest) {
                (true, rest) => Some((*len, rest)),
                (false, [more, rest @ ..]) if *more < 0x80 => Some((*len, rest)),
                (false, _) => None,
            },
            (false, [_, _, _, _, len, rest @ ..]) if *len < 0x80 => Some((*len, rest)),
            (_, _) => None,
        };
        Ok(short.and_then(|(len, rest)| {
            let len = usize::from(len);
            Some((u64::from_be_bytes(*rest.first_chunk()?) & mask_of(len), len))
        }))
    }

    /// How the key of a cell compares with another, whose first bytes are given as a number: in most
    /// cases those tell.
    #[inline]
    fn order(self, index: usize, key: &[u8], first: u64) -> Result<Ordering, StoreError> {
        if let Some((own, len)) = self.first(index)?
            && (own != first || len.max(key.len()) <= 8)
        {
            return Ok(own.cmp(&first).then(len.cmp(&key.len())));
        }
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
        let within = match within {
            Some(within) => within,
            None => match (self.first(0)?, self.first(high - 1)?) {
                (Some((least, _)), Some((most, _))) => (least, most),
                (_, _) => return self.search_between((low, high), key, first),
            },
        };
        let mut place = guess(first, within, high - 1);
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
            Some(before) => self.first(before)?.map(|(first, _)| first),
            None => within.map(|(least, _)| least),
        };
        let most = if index < self.count() {
            self.first(index)?.map(|(first, _)| first)
        } else {
            within.map(|(_, most)| most)
        };
        Ok((index, least.zip(most)))
    }

    /// The same, where `key` is likely to belong behind all others, as what comes in ascending order
    /// does.
    #[inline]
    pub(crate) fn search_rising(self, key: &[u8]) -> Result<(usize, bool), StoreError> {
        let (count, first) = (self.count(), first_bytes(key));
        if count > 0 && self.order(count - 1, key, first)?.is_lt() {
            return Ok((count, false));
        }
        self.search(key)
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
    #[inline]
    pub(crate) fn child_rising(self, key: &[u8]) -> Result<usize, StoreError> {
        let (index, found) = self.search_rising(key)?;
        Ok(if found { index + 1 } else { index })
    }
}

/// About which place from 0 to `last` a number has among others from `least` to `most`.
#[inline]
fn guess(number: u64, (least, most): (u64, u64), last: usize) -> usize {
    if number <= least || most <= least {
        return 0;
    }
    if number >= most {
        return last;
    }
    // Products of 32 bits with the number of cells on a page fit.
    let shift = 32_u32.saturating_sub((most - least).leading_zeros());
    let (from, span) = ((number - least) >> shift, ((most - least) >> shift).max(1));
    usize::try_from(from * last as u64 / span).unwrap_or(0).min(last)
}

/// The first bytes of a key as a number, whose order is theirs; what is missing counts as 0.
#[inline]
fn first_bytes(key: &[u8]) -> u64 {
    if let Some(chunk) = key.first_chunk() {
        return u64::from_be_bytes(*chunk);
    }
    let mut first = [0; 8];
    first[..key.len()].copy_from_slice(key);
    u64::from_be_bytes(first)
}

/// The bits of such a number that the first so many bytes take.
#[inline]
const fn mask_of(len: usize) -> u64 {
    match len {
        0 => 0,
        1..=7 => u64::MAX << (64 - 8 * len),
        _ => u64::MAX,
    }
}
