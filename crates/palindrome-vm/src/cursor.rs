//! Reading slots without a check: the only `unsafe` code of this crate.

#![expect(
    unsafe_code,
    reason = "with a checked fetch the dispatch is not replicated: docs/decisions/0002-dispatch.md"
)]

use crate::slot::{FastOp, Slot};

/// The slot at an index, whose fields are read when they are wanted: reading all of them at once
/// would burden every dispatch.
#[derive(Clone, Copy)]
pub(crate) struct At<'c> {
    slots: &'c [Slot],
    index: usize,
}

impl<'c> At<'c> {
    #[inline(always)]
    pub(crate) fn new(slots: &'c [Slot], index: usize) -> Self {
        Self { slots, index }
    }

    #[inline(always)]
    pub(crate) fn op(self) -> FastOp {
        fetch(self.slots, self.index).op
    }

    #[inline(always)]
    pub(crate) fn d(self) -> usize {
        usize::from(fetch(self.slots, self.index).d)
    }

    #[inline(always)]
    pub(crate) fn a(self) -> usize {
        usize::from(fetch(self.slots, self.index).a)
    }

    #[inline(always)]
    pub(crate) fn b(self) -> usize {
        usize::from(fetch(self.slots, self.index).b)
    }

    #[inline(always)]
    pub(crate) fn imm(self) -> i64 {
        i64::from(fetch(self.slots, self.index).imm)
    }
}

/// The slot at `index`.
#[inline(always)]
fn fetch(slots: &[Slot], index: usize) -> Slot {
    debug_assert!(index < slots.len(), "a position outside of the code");
    // SAFETY: the loop starts at a position of the code. It moves on by as many slots as a fused
    // slot covers, all of which exist because fusing looked at them; the last slot is `Slow`, which
    // ends the loop; and it branches to targets that the verifier checked, or that `Return`
    // compares with the length.
    unsafe { *slots.get_unchecked(index) }
}
