//! Places that can be watched, and what is in them.

use machine::{Location, Space};

use crate::inspect::shown::{Shown, fingerprint};
use crate::task::BOTTOM;
use crate::value::Value;
use crate::vm::Vm;

/// Words of memory that are values: registers, variables, fields. With all that they refer to.
pub const WORDS: Space = Space(0);
/// Words of memory that are elements or numbers of what is copied when it changes.
pub const ELEMENTS: Space = Space(1);
/// The machine's own registers.
pub const REGISTERS: Space = Space(2);

/// The position of the next instruction.
pub(crate) const PC: i64 = 0;
/// The word that is register 0 of the running function.
pub(crate) const BASE: i64 = 1;

pub(crate) fn word(at: usize) -> Location {
    Location { space: WORDS, address: address(at), size: 1 }
}

pub(crate) fn element(at: usize) -> Location {
    Location { space: ELEMENTS, address: address(at), size: 1 }
}

pub(crate) fn register(number: i64) -> Location {
    Location { space: REGISTERS, address: number, size: 1 }
}

fn address(at: usize) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

impl Vm {
    /// The word of memory that a location is, if there is one that can be looked at.
    pub(crate) fn word_at(&self, location: Location) -> Option<usize> {
        let at = usize::try_from(location.address).ok()?;
        if location.space == REGISTERS {
            return None;
        }
        let is_on_stack = (BOTTOM..self.stack_top()).contains(&at);
        (is_on_stack || self.heap.object_around(at).is_some()).then_some(at)
    }

    /// The value in a place.
    pub(crate) fn shown_at(&self, location: Location) -> Shown {
        if location.space == REGISTERS {
            return match location.address {
                PC => Shown::count(self.state.pc as usize),
                BASE => Shown::count(self.state.base),
                _ => Shown::NULL,
            };
        }
        let value = self.word_at(location).map(|at| self.heap.peek(at));
        match value.filter(|value| self.heap.holds(*value)) {
            Some(value) => Shown::Value(value),
            None => Shown::Note("(nothing)".to_owned()),
        }
    }

    /// A number that is another one when the value in a place is.
    pub(crate) fn stored(&self, location: Location) -> u64 {
        match self.shown_at(location) {
            Shown::Value(value) => fingerprint(&self.heap, value),
            Shown::Text(_) | Shown::List(_) | Shown::Note(_) => Value::ABSENT.0,
        }
    }
}
