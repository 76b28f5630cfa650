//! Where something that is watched lies, and so who can change it, as long as it lies there.

use machine::Location;

use super::{Wanted, Watch};
use crate::heap::{STACK, STACK_WORDS};
use crate::inspect::probe::{BASE, REGISTERS};
use crate::layout::{ObjectKind, vector};
use crate::op::Op;
use crate::task::BOTTOM;
use crate::value::Tag;
use crate::vm::Vm;

/// Where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Nowhere: it never changes.
    Nowhere,
    /// The place of the running frame.
    Base,
    /// Above the stack's top.
    Above,
    /// In a frame: its register 0, its function, and the register, if it is none of the two words
    /// below them.
    Frame { base: usize, function: usize, register: Option<u8> },
    /// A word of an object that may be changed by this.
    Object(Wanted),
    /// Where no object is.
    Free,
}

impl Watch {
    /// The word that it is.
    pub(super) fn at(&self) -> usize {
        word_of(self.location)
    }
}

fn word_of(location: Location) -> usize {
    usize::try_from(location.address).unwrap_or(usize::MAX)
}

impl Vm {
    /// Where a location lies now. `None` where too much may change it.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few kinds of objects have such places")]
    pub(super) fn place_of_watch(&self, location: Location) -> Option<Place> {
        if location.space == REGISTERS {
            return (location.address == BASE).then_some(Place::Base);
        }
        let Ok(at) = usize::try_from(location.address) else { return Some(Place::Nowhere) };
        if at < BOTTOM {
            return Some(Place::Nowhere);
        }
        if at < STACK + STACK_WORDS {
            return self.place_on_stack(at);
        }
        let Some(object) = self.heap.object_around(at) else { return Some(Place::Free) };
        let offset = at - object;
        let wanted = match ObjectKind::from_code(self.heap.header(object).kind_code()) {
            ObjectKind::Cell if offset == 1 => Wanted::Cells,
            ObjectKind::Record if self.heap.is_slot(at) => Wanted::Fields,
            ObjectKind::Vector if offset >= vector::INLINE => Wanted::Elements,
            ObjectKind::ValueBuffer if object == self.state.globals && offset > 0 => {
                Wanted::Global(offset - 1)
            }
            ObjectKind::ValueBuffer | ObjectKind::RawBuffer if offset > 0 => Wanted::Elements,
            _ => return None,
        };
        Some(Place::Object(wanted))
    }

    fn place_on_stack(&self, at: usize) -> Option<Place> {
        if at >= self.stack_top() {
            return Some(Place::Above);
        }
        let owner = self.activations().find(|call| call.base - 2 <= at)?;
        let register = at.checked_sub(owner.base).map(u8::try_from).transpose().ok()?;
        Some(Place::Frame { base: owner.base, function: owner.function, register })
    }

    /// Adds the instructions that may change what is at a location, which lies there.
    pub(super) fn wanted_for(&self, location: Location, place: Place, wanted: &mut Vec<Wanted>) {
        match place {
            Place::Nowhere => return,
            Place::Base | Place::Above => wanted.push(Wanted::Frames),
            Place::Frame { function, register, .. } => {
                wanted.extend([Wanted::Register(function, register), Wanted::Turns]);
            }
            Place::Object(of) => wanted.push(of),
            Place::Free => wanted.push(Wanted::Objects),
        }
        let value = crate::Value(self.watched_word(location));
        if place == Place::Base || place == Place::Free || !value.is_reference() {
            return;
        }
        // What a value refers to may change, or an object may come to be where there is none.
        if !self.heap.holds(value) {
            wanted.push(Wanted::Objects);
        } else if value.is(Tag::Vector) || value.is(Tag::Record) || value.is(Tag::Object) {
            wanted.extend([Wanted::Fields, Wanted::Elements]);
        }
    }

    /// The word at a location.
    pub(super) fn watched_word(&self, location: Location) -> u64 {
        if location.space == REGISTERS { 0 } else { self.heap.peek(word_of(location)).0 }
    }

    /// Whether a collection has changed what is stored there, or let go of where it lies.
    pub(super) fn is_changed(&self, watch: &Watch) -> bool {
        let is_gone = matches!(watch.place, Place::Object(_)) && self.is_free(watch);
        is_gone || self.stored(watch.location) != watch.stored
    }

    /// Whether an instruction, in whose frame register 0 was the word `base`, has changed what is
    /// stored there, or where that lies, or may have.
    pub(super) fn is_other(&self, watch: &Watch, op: Op, base: usize) -> bool {
        match watch.place {
            Place::Nowhere => false,
            Place::Base => self.stored(watch.location) != watch.stored,
            Place::Above => self.stack_top() > watch.at(),
            Place::Free => !self.is_free(watch),
            Place::Frame { .. } | Place::Object(_) => {
                self.may_have_left(watch, base)
                    || self.watched_word(watch.location) != watch.word
                    || (crate::Value(watch.word).is_reference()
                        && !is_plain(op)
                        && self.stored(watch.location) != watch.stored)
            }
        }
    }

    fn is_free(&self, watch: &Watch) -> bool {
        self.heap.object_around(watch.at()).is_none()
    }

    /// Whether a word may belong to another frame than before, after an instruction that was performed
    /// in the frame at `before`.
    fn may_have_left(&self, watch: &Watch, before: usize) -> bool {
        let Place::Frame { base: owner, function, .. } = watch.place else { return false };
        let base = self.state.base;
        // Another task has other frames in the same place.
        if base < owner || self.state.tasks.running() != watch.task {
            return true;
        }
        if base == owner {
            return self.prototype() != function;
        }
        // A frame that was made over it.
        before == owner && base - 2 <= watch.at()
    }
}

/// Whether an instruction changes at most registers, whatever its operands are.
const fn is_plain(op: Op) -> bool {
    matches!(
        op,
        Op::LoadConst
            | Op::LoadNull
            | Op::LoadTrue
            | Op::LoadFalse
            | Op::LoadSmall
            | Op::LoadIndex
            | Op::Move
            | Op::MoveMove
            | Op::MoveCall
            | Op::Jump
            | Op::Loop
            | Op::ForLoop
            | Op::JumpIfTrue
            | Op::JumpIfFalse
            | Op::CallRec
    )
}
