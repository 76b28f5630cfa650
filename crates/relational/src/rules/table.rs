//! Which facts there are: a set of tuples of numbers, in the form that suits how many there are.

use super::facts::Id;

/// No fact: both numbers would be higher than any that stands for a value.
const NO_FACT: u64 = u64::MAX;
/// No place.
pub(super) const EMPTY: u32 = u32::MAX;
const SLOTS_MIN: usize = 16;
/// What a table of bits may take, however few facts there are: a mebibyte.
const BITS_MIN: usize = 1 << 23;

/// All facts of a predicate.
#[derive(Debug)]
pub(super) enum Table {
    /// Of up to two columns whose numbers are low: a bit for each pair there could be.
    Bits {
        /// Numbers have so many bits at most.
        shift: u32,
        bits: Vec<u64>,
    },
    /// Of up to two columns: facts themselves by their hash, in as many slots as a power of two, of
    /// which half are empty at least.
    Whole(Vec<u64>),
    /// Places of facts by the hash of those, likewise.
    Places(Vec<u32>),
}

impl Table {
    /// Without any facts.
    pub(super) fn new(width: usize) -> Self {
        if width <= 2 {
            Self::Bits { shift: 3, bits: vec![0; 1] }
        } else {
            Self::Places(vec![EMPTY; SLOTS_MIN])
        }
    }

    /// Whether there is such a fact, of a table that does not hold places.
    #[inline]
    pub(super) fn has(&self, tuple: &[Id]) -> bool {
        let fact = packed(tuple);
        match self {
            Self::Bits { shift, bits } => bit(fact, *shift)
                .is_some_and(|(word, mask)| bits.get(word).is_some_and(|word| word & mask != 0)),
            Self::Whole(slots) => slots[whole_slot(slots, fact)] == fact,
            Self::Places(_) => false,
        }
    }

    /// Adds a fact to a table that does not hold places and has room for it, and says whether it is
    /// new.
    #[inline]
    pub(super) fn add(&mut self, tuple: &[Id]) -> bool {
        let fact = packed(tuple);
        match self {
            Self::Bits { shift, bits } => {
                let Some((word, mask)) = bit(fact, *shift) else { return false };
                let is_new = bits[word] & mask == 0;
                bits[word] |= mask;
                is_new
            }
            Self::Whole(slots) => {
                let slot = whole_slot(slots, fact);
                let is_new = slots[slot] != fact;
                slots[slot] = fact;
                is_new
            }
            Self::Places(_) => false,
        }
    }

    /// Whether one more fact has room.
    #[inline]
    pub(super) fn has_room(&self, tuple: &[Id], count: usize) -> bool {
        match self {
            Self::Bits { shift, .. } => bit(packed(tuple), *shift).is_some(),
            Self::Whole(slots) => 2 * count < slots.len(),
            Self::Places(slots) => 2 * count < slots.len(),
        }
    }

    /// A table with room for more than `count` facts, whose numbers are at most `highest`: bits where
    /// they take no more than the facts themselves would.
    pub(super) fn with_room(width: usize, count: usize, highest: Id) -> Self {
        let slots = (4 * count).next_power_of_two().max(SLOTS_MIN);
        if width > 2 {
            return Self::Places(vec![EMPTY; slots]);
        }
        let shift = (u32::BITS - highest.leading_zeros()).max(3);
        let bits = 1usize.checked_shl(if width == 2 { 2 * shift } else { shift }).unwrap_or(0);
        if bits > 0 && bits <= BITS_MIN.max(64 * slots) {
            Self::Bits { shift, bits: vec![0; bits.div_ceil(64)] }
        } else {
            Self::Whole(vec![NO_FACT; slots])
        }
    }
}

/// A fact of up to two columns as one number.
#[inline]
fn packed(tuple: &[Id]) -> u64 {
    tuple.iter().fold(0, |fact, id| fact << 32 | u64::from(*id))
}

/// Where the bit of a fact is, if its numbers have no more bits than that.
#[inline]
fn bit(fact: u64, shift: u32) -> Option<(usize, u64)> {
    let (high, low) = (fact >> 32, fact & u64::from(u32::MAX));
    if (high | low) >> shift != 0 {
        return None;
    }
    let at = high << shift | low;
    Some((usize::try_from(at >> 6).ok()?, 1 << (at & 63)))
}

/// Where a fact is in a table of whole facts, or would be.
#[inline]
fn whole_slot(slots: &[u64], fact: u64) -> usize {
    let mask = slots.len() - 1;
    let mut slot = mixed(fact) & mask;
    while slots[slot] != fact && slots[slot] != NO_FACT {
        slot = (slot + 1) & mask;
    }
    slot
}

/// The multiplicative hash of Knuth, *Sorting and Searching* 6.4, word by word.
#[inline]
pub(super) fn hash(values: impl Iterator<Item = Id>) -> usize {
    let word = values.fold(0u64, |hash, value| {
        (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(MULTIPLIER)
    });
    usize::try_from(word >> 24).unwrap_or(0)
}

/// The same of one word, whose high half counts as much as the low one.
#[inline]
fn mixed(word: u64) -> usize {
    let word = (word ^ word >> 29).wrapping_mul(MULTIPLIER);
    usize::try_from(word >> 32).unwrap_or(0)
}

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
