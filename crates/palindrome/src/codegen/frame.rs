//! The frame of a function while it is compiled: which variable lies where, and how much is in use.
//!
//! A frame is a run of words on the tape from [`FRAME`] on. Arguments come first, then variables and
//! values that wait, in the order in which they come to life. A called function's frame begins
//! where the caller's words that are in use end.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::code::Label;
use crate::hir::{Aggregate, LocalId};
use crate::types::Type;

/// The register that holds the position of the frame.
pub(super) const FRAME: u8 = 14;
/// The register that is 0.
pub(super) const ZERO: u8 = 12;

/// A word of the frame, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) i64);

impl Slot {
    /// Bytes from the beginning of the frame.
    pub(super) fn offset(self) -> i64 {
        self.0 * 8
    }
}

/// Where the value of a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// In the frame.
    Slot(Slot),
    /// In the function's own object: which word of it.
    Captured(i64),
}

/// A variable as a debugger sees it.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) local: LocalId,
    pub(super) home: Home,
    pub(super) from: u32,
    pub(super) to: u32,
}

/// What a handler of a contract decides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Violated {
    /// Where the transaction is undone.
    pub(super) undo: Label,
    /// Where the reason for it is.
    pub(super) message: Slot,
    /// Where it is said that the transaction stands.
    pub(super) accepted: Slot,
}

/// The function that is being compiled.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) homes: BTreeMap<LocalId, Home>,
    /// What the type parameters stand for.
    pub(super) meanings: BTreeMap<Rc<str>, Type>,
    /// Where the function's own object is, if it captures anything.
    pub(super) own: Option<Slot>,
    /// Words in use.
    pub(super) height: i64,
    pub(super) height_max: i64,
    pub(super) seen: Vec<Seen>,
    /// What is made of all rows of the group at hand.
    pub(super) aggregates: Vec<(Aggregate, Slot)>,
    /// In a handler of a contract: how its transaction is undone or stands.
    pub(super) violated: Option<Violated>,
    /// Whether it is the top level, where names are defined in the order of the text.
    pub(super) is_main: bool,
}

impl Frame {
    /// A new word.
    pub(super) fn slot(&mut self) -> Slot {
        self.height += 1;
        self.height_max = self.height_max.max(self.height);
        Slot(self.height - 1)
    }

    /// A new word for a variable, which is seen from instruction `from` on.
    pub(super) fn variable(&mut self, local: LocalId, from: u32) -> Slot {
        let slot = self.slot();
        self.homes.insert(local, Home::Slot(slot));
        self.seen.push(Seen { local, home: Home::Slot(slot), from, to: u32::MAX });
        slot
    }

    /// Gives back all words above a height; their variables are not seen after `to`.
    pub(super) fn drop_to(&mut self, height: i64, to: u32) {
        self.height = height;
        for seen in self.seen.iter_mut().rev().filter(|seen| seen.to == u32::MAX) {
            match seen.home {
                Home::Slot(slot) if slot.0 >= height => seen.to = to,
                // Those before lie lower still.
                Home::Slot(_) | Home::Captured(_) => break,
            }
        }
    }
}
