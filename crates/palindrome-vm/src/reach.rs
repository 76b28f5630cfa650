//! What the fast engine's loop does on the tape when its page is not at hand.

use tape::Tape;

/// Out of the way of the loop, which is laid out for hits.
#[cold]
#[inline(never)]
pub(crate) fn cold<T>(tape: &mut Tape, access: impl FnOnce(&mut Tape) -> T) -> T {
    access(tape)
}

/// Brings a frame within reach, and says whether that succeeded.
#[cold]
#[inline(never)]
pub(crate) fn warm(tape: &mut Tape, frame: i64) -> bool {
    let _ = tape.load_u64(frame);
    tape.hit_pair(frame).is_some()
}
