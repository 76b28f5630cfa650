//! The frame of a function while it is compiled: which variable lies where, and how much is in use.
//!
//! A frame is a run of words on the tape from [`FRAME`] on. Arguments come first, then variables and
//! values that wait, in the order in which they come to life. A called function's frame begins
//! where the caller's words that are in use end.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::code::Label;
use super::contract::Aside;
use super::leave::Around;
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
    /// In a box, which is in the frame: functions see it, too, and it changes.
    Boxed(Slot),
    /// In a box that the function's own object refers to: which word of it.
    CapturedBox(i64),
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
    /// Whether it is in a `try` of the handler, which `reverse` undoes first.
    pub(super) is_tried: bool,
}

/// A `try` that is around.
#[derive(Debug)]
pub(super) struct Tried {
    /// What was touched before it.
    pub(super) aside: Aside,
    /// Of one that an answer may leave.
    pub(super) left: Option<Left>,
}

/// What a `try` of a search notes, as an answer ends it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    /// How many savepoints were open before it.
    pub(super) around: Slot,
    /// How many of them were those of alternatives.
    pub(super) of_alternatives: Slot,
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
    /// Columns of a row of which nothing else is at hand.
    pub(super) columns: BTreeMap<(LocalId, Rc<str>), Slot>,
    /// What is made of all rows of the group at hand.
    pub(super) aggregates: Vec<(Aggregate, Slot)>,
    /// In a handler of a contract: how its transaction is undone or stands.
    pub(super) violated: Option<Violated>,
    /// Whether it is the top level, where names are defined in the order of the text.
    pub(super) is_main: bool,
    /// In a search: the word that says where it goes on.
    pub(super) state: Option<Slot>,
    /// Where it can go on, by that word.
    pub(super) resumes: Vec<Label>,
    /// Among the answers of a search: the word that says where frames of others may lie.
    pub(super) top: Option<Slot>,
    /// Instructions that add how large the frame is.
    pub(super) sizes: Vec<u32>,
    /// In a function that yields: the rows so far.
    pub(super) yields: Option<Slot>,
    /// The `try` around, innermost last.
    pub(super) tries: Vec<Tried>,
    /// Loops and transactions around, innermost last.
    pub(super) around: Vec<Around>,
    /// In a search: whether what is tried may change more than variables.
    pub(super) changes_state: bool,
    /// Whether alternatives are tried as deep as a bound says.
    pub(super) is_bounded: bool,
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
        self.name(local, slot, from);
        slot
    }

    /// A word is that of a variable, which is seen from instruction `from` on.
    pub(super) fn name(&mut self, local: LocalId, slot: Slot, from: u32) {
        self.homes.insert(local, Home::Slot(slot));
        self.seen.push(Seen { local, home: Home::Slot(slot), from, to: u32::MAX });
    }

    /// A variable lies in a box, which is in its word, and is seen from instruction `from` on.
    pub(super) fn put_in_box(&mut self, local: LocalId, slot: Slot, from: u32) {
        self.homes.insert(local, Home::Boxed(slot));
        if let Some(seen) = self.seen.iter_mut().rev().find(|seen| seen.local == local) {
            (seen.home, seen.from) = (Home::Boxed(slot), from);
        }
    }

    /// Gives back all words above a height; their variables are not seen after `to`.
    pub(super) fn drop_to(&mut self, height: i64, to: u32) {
        self.height = height;
        for seen in self.seen.iter_mut().rev().filter(|seen| seen.to == u32::MAX) {
            match seen.home {
                Home::Slot(slot) | Home::Boxed(slot) if slot.0 >= height => seen.to = to,
                // Those before lie lower still.
                Home::Slot(_) | Home::Boxed(_) | Home::Captured(_) | Home::CapturedBox(_) => break,
            }
        }
    }
}
