//! Taken branches, as the trail holds them.

use crate::layout::INSTRUCTIONS_MAX;

/// A taken branch, or a caught fault, and how often it was taken again right after itself.
///
/// From the lowest bit: the index that it led to, the one behind where it came from, whether it
/// was a fault, and the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken(u64);

/// Bits of an index into the code, or of the place behind its last instruction.
const INDEX_BITS: u32 = 18;
const INDEX: u64 = (1 << INDEX_BITS) - 1;
const CAUGHT: u64 = 1 << (2 * INDEX_BITS);
/// One time more.
const AGAIN: u64 = CAUGHT << 1;

const _: () = assert!(INSTRUCTIONS_MAX < 1 << INDEX_BITS);

impl Taken {
    /// No branch: none comes from before the first instruction.
    pub(crate) const NONE: Self = Self(0);

    #[inline(always)]
    pub(crate) fn branch(source: u32, target: u32) -> Self {
        Self((u64::from(source) + 1) << INDEX_BITS | u64::from(target))
    }

    /// An instruction that faulted, and the handler that it led to.
    pub(crate) fn caught(source: u32, target: u32) -> Self {
        Self(Self::branch(source, target).0 | CAUGHT)
    }

    /// This and `other` in one, if `other` is the same, taken once, and the count has room.
    #[inline(always)]
    pub(crate) fn again(self, other: Self) -> Option<Self> {
        if (self.0 ^ other.0) & (AGAIN - 1) == 0 {
            self.0.checked_add(AGAIN).map(Self)
        } else {
            None
        }
    }

    /// The same with one time less, unless it was taken only once.
    #[inline(always)]
    pub(crate) fn once_less(self) -> Option<Self> {
        self.0.checked_sub(AGAIN).map(Self)
    }

    #[inline(always)]
    pub(crate) fn target(self) -> usize {
        (self.0 & INDEX) as usize
    }

    /// The index behind the instruction that it came from.
    #[inline(always)]
    pub(crate) fn behind_source(self) -> usize {
        (self.0 >> INDEX_BITS & INDEX) as usize
    }

    #[inline(always)]
    pub(crate) fn is_caught(self) -> bool {
        self.0 & CAUGHT != 0
    }

    pub(crate) fn to_le_bytes(self) -> [u8; 8] {
        self.0.to_le_bytes()
    }

    pub(crate) fn from_le_bytes(bytes: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_counted_up_and_down() {
        let once = Taken::branch(7, 3);
        let twice = once.again(once).expect("the same branch");
        assert_eq!((twice.behind_source(), twice.target(), twice.is_caught()), (8, 3, false));
        assert_eq!((twice.once_less(), once.once_less()), (Some(once), None));
        assert_eq!(twice.again(Taken::branch(7, 4)), None);
        assert_eq!(twice.again(Taken::caught(7, 3)), None);
        assert_eq!(Taken::NONE.again(once), None);
    }

    #[test]
    fn a_full_count_begins_another_entry() {
        let once = Taken::branch(7, 3);
        let full = Taken(once.0 | u64::MAX << (2 * INDEX_BITS + 1));
        assert_eq!(full.again(once), None);
        assert_eq!(Taken::from_le_bytes(full.to_le_bytes()), full);
    }
}
