//! Words of frames: copied, cleared, and marked as shared.

#![expect(unsafe_code, reason = "part of the fast engine, whose head says what it relies on")]

use crate::frame::CLEARED;
use crate::heap::Heap;
use crate::value::Value;

/// Marks a vector or tensor as shared, out of the way of the loop.
#[inline(never)]
pub(super) fn share(heap: &mut Heap, value: Value) {
    heap.share(value);
}

/// Copies a frame's words, of which there are few.
#[inline(always)]
pub(super) unsafe fn copy(from: *const u64, to: *mut u64, count: usize) {
    for index in 0..count {
        // SAFETY: the caller's frame or object has so many words on both sides.
        unsafe { *to.add(index) = *from.add(index) };
    }
}

/// Sets the words from `from` to `to` to 0, in fours: up to three above `to` as well, which are
/// above the frame and mean nothing.
#[inline(always)]
pub(super) fn clear(from: *mut u64, to: *mut u64) {
    let mut at = from;
    while at < to {
        // SAFETY: the stack goes on far beyond its limit, below which `to` is.
        unsafe {
            at.cast::<[u64; CLEARED]>().write([0; CLEARED]);
            at = at.add(CLEARED);
        }
    }
}
