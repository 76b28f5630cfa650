//! The parts of a value, each with the expression that gives it.

use machine::{EvaluateError, Parts};

use crate::heap::Kind;
use crate::inspect::expression::{Names, evaluate};
use crate::inspect::shown::{Shown, quoted};
use crate::vm::Vm;

impl Vm {
    /// The parts of a value: elements by number, or what a dictionary has by its keys.
    pub(crate) fn parts_of(
        &self,
        expression: &str,
        range: (usize, usize),
    ) -> Result<Parts, EvaluateError> {
        let found = evaluate(self, expression, Names::Here)?.value;
        let Shown::Cell(cell) = found else { return Ok(Parts::default()) };
        let memory = &self.memory;
        let base = expression.trim();
        match memory.kind_of(cell) {
            Some(Kind::Vector | Kind::Array) => {
                let length = memory.length_of(&found).unwrap_or(0);
                let part = |index: usize| (format!("[{index}]"), format!("{base} [ {index} ]"));
                Ok(Parts::of(self, (length, true), range, part))
            }
            Some(Kind::Dictionary) => {
                let pairs = memory.dictionary_pairs(cell);
                let part = |index: usize| {
                    let name = memory.text(pairs[index].0.address());
                    let expression = format!("{base} [ {} ]", quoted(&name));
                    (name, expression)
                };
                Ok(Parts::of(self, (pairs.len(), false), range, part))
            }
            Some(_) | None => Ok(Parts::default()),
        }
    }
}
