//! Links: how a frame on the stack finds its way back.
//!
//! The word below the closure, which is below register 0, says where the caller goes on, how far
//! below its registers are, and what a return means. Such a word looks like a tiny number, so the
//! collector passes over it. Only differences are in it: a slice of the stack can be put elsewhere.

use crate::value::Value;

/// Registers of a new frame are cleared by so many at once, up to some above the frame. The state
/// has those while a wider frame runs, so both engines clear the same.
pub(crate) const CLEARED: usize = 4;

/// Where a frame returns to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link(pub(crate) u64);

/// What a return from a frame means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Return {
    /// The value goes to the link's place.
    Plain = 0,
    /// The generator that `call_method` at the return position resumed has ended.
    Next = 1,
    /// The generator that `iter_next` at the return position resumed has ended.
    Iterate = 2,
    /// The task whose lowest frame this is has ended.
    Task = 3,
    /// The outermost code has ended.
    Main = 4,
    /// An effect has run; others may be left to run.
    Effect = 5,
}

impl Link {
    const PROTOTYPE: u32 = 32;
    const DISTANCE: u32 = 48;
    const KIND: u32 = 57;

    /// A link to the word `pc` of code, in the prototype there, `distance` words below.
    #[inline(always)]
    pub(crate) const fn new(pc: u32, prototype: u32, distance: usize, kind: Return) -> Self {
        Self(
            pc as u64
                | ((prototype as u64) << Self::PROTOTYPE)
                | ((distance as u64) << Self::DISTANCE)
                | ((kind as u64) << Self::KIND),
        )
    }

    /// The link in a word of the stack.
    pub(crate) const fn of(word: Value) -> Self {
        Self(word.0)
    }

    /// As a word of the stack.
    pub(crate) const fn word(self) -> Value {
        Value(self.0)
    }

    /// The word of code.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
    pub(crate) const fn pc(self) -> u32 {
        self.0 as u32
    }

    /// The prototype of the caller.
    #[inline(always)]
    pub(crate) const fn prototype(self) -> usize {
        (self.0 >> Self::PROTOTYPE) as usize & 0xFFFF
    }

    /// How many words below the callee's registers the caller's are.
    #[inline(always)]
    pub(crate) const fn distance(self) -> usize {
        (self.0 >> Self::DISTANCE) as usize & 0x1FF
    }

    /// Whether the return is anything but plain.
    #[inline(always)]
    pub(crate) const fn is_special(self) -> bool {
        self.0 >> Self::KIND != 0
    }

    pub(crate) const fn kind(self) -> Return {
        match self.0 >> Self::KIND {
            0 => Return::Plain,
            1 => Return::Next,
            2 => Return::Iterate,
            3 => Return::Task,
            5 => Return::Effect,
            _ => Return::Main,
        }
    }
}
