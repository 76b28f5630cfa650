//! Constants.

use achronyme_vm::{Constant, Op};
use source::Span;

use super::Codegen;
use crate::hir::Literal;

impl Codegen<'_> {
    /// The number of a constant among those of the function.
    pub(super) fn constant(&mut self, constant: Constant) -> u16 {
        let number = self.function.constant(constant);
        if number.is_none() {
            self.too_many(Span::default(), "constants in a function");
        }
        number.unwrap_or_default()
    }

    pub(super) fn text_constant(&mut self, text: &str) -> u16 {
        self.constant(Constant::String(text.to_owned()))
    }

    /// The number of a constant that an operand of 8 bits reaches.
    pub(super) fn near_constant(&mut self, constant: Constant) -> Option<u8> {
        let number = self.constant(constant);
        u8::try_from(number).ok()
    }

    pub(super) fn load(&mut self, target: u8, constant: Constant) {
        match constant {
            Constant::Null => self.emit(Op::LoadNull, target, 0, 0),
            Constant::Boolean(true) => self.emit(Op::LoadTrue, target, 0, 0),
            Constant::Boolean(false) => self.emit(Op::LoadFalse, target, 0, 0),
            Constant::Number(number) => match small(number) {
                Some(small) => self.function.code.emit_small(target, small),
                None => self.load_wide(target, constant),
            },
            Constant::Complex(..) | Constant::String(_) | Constant::Builtin(_) => {
                self.load_wide(target, constant);
            }
        }
    }

    fn load_wide(&mut self, target: u8, constant: Constant) {
        let number = self.constant(constant);
        self.function.code.emit_wide(Op::LoadConst, target, number);
    }

    /// Faults with a message. Nothing after it is reached.
    pub(super) fn raise(&mut self, message: &str) {
        self.raise_for_mistake(message);
        self.function.code.end();
    }

    /// Faults with a message about a mistake in the program. What follows is compiled all the same:
    /// there may be something to say about it, too.
    pub(super) fn raise_for_mistake(&mut self, message: &str) {
        let number = self.text_constant(message);
        self.function.code.emit_wide(Op::Raise, 0, number);
    }
}

/// The number, if an instruction has room for it. `-0` is not 0.
#[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
fn small(number: f64) -> Option<i16> {
    let small = number as i16;
    (f64::from(small).to_bits() == number.to_bits()).then_some(small)
}

pub(super) fn literal(literal: &Literal) -> Constant {
    match literal {
        Literal::Null => Constant::Null,
        Literal::Boolean(value) => Constant::Boolean(*value),
        Literal::Number(value) => Constant::Number(*value),
        Literal::Imaginary(value) => Constant::Complex(0.0, *value),
        Literal::String(text) => Constant::String(text.to_string()),
    }
}
