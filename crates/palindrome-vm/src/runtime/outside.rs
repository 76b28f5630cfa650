//! Values of a program for whoever holds its machine while it does not run: taken out by their types,
//! and put in before a program begins. And what such a one sees, for the program itself.

use machine::Inspect as _;
use relational::{Type, Value};

use super::{Call, Outcome};
use crate::trap::Trap;
use crate::vm::Vm;

impl Vm {
    /// The value of the store that a word of some type stands for.
    ///
    /// # Errors
    /// It is no such word, or the value is too large to be taken out as one.
    pub fn value_of(&mut self, word: i64, of: &Type) -> Result<Value, Trap> {
        Call::outside(self).value(word, of)
    }

    /// A word of some type for a value, which fits the type. Objects for it are made on the heap, and
    /// nothing is logged: it is for a machine that has not run, or for one whose timeline branches.
    ///
    /// # Errors
    /// The heap has no room for it.
    pub fn place_value(&mut self, value: &Value, of: &Type) -> Result<i64, Trap> {
        Call::outside(self).word(value, of)
    }
}

/// Calls that a text shows at most.
const SHOWN_MAX: usize = 50;

pub(super) fn call_stack(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let frames = call.vm().frames(SHOWN_MAX + 1);
    let line = |frame: &machine::Frame| match frame.place {
        Some(place) => format!("{}, line {}", frame.name, place.line),
        None => frame.name.clone(),
    };
    let mut lines: Vec<String> = frames.iter().take(SHOWN_MAX).map(line).collect();
    if frames.len() > SHOWN_MAX {
        lines.push("…".to_owned());
    }
    call.new_text(lines.join("\n").as_bytes()).map(Outcome::Value)
}
