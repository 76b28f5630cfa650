//! The words for strings.

use crate::control::convert::Role;
use crate::data::show::{TEXT_MAX, number_text};
use crate::flow::Flow;
use crate::heap::shape::Shape;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

impl Vm {
    pub(crate) fn upper(&mut self) -> Result<Flow, Trap> {
        self.change_text("upper", str::to_uppercase)
    }

    pub(crate) fn lower(&mut self) -> Result<Flow, Trap> {
        self.change_text("lower", str::to_lowercase)
    }

    pub(crate) fn trim(&mut self) -> Result<Flow, Trap> {
        self.change_text("trim", |text| text.trim().to_string())
    }

    pub(crate) fn split(&mut self) -> Result<Flow, Trap> {
        self.need("split", 2)?;
        let (text, separator) = (self.text_at("split", 1)?, self.text_at("split", 0)?);
        let parts: Vec<String> = if separator.is_empty() {
            text.chars().map(String::from).collect()
        } else {
            text.split(&separator).map(String::from).collect()
        };
        let parts: Result<Vec<Cell>, Trap> =
            parts.iter().map(|part| self.memory.intern_cell(part)).collect();
        let parts = self.memory.new_vector(&parts?)?;
        self.replace_top(2, parts)
    }

    pub(crate) fn join_text(&mut self) -> Result<Flow, Trap> {
        self.need("join-text", 2)?;
        if let Some(flow) = self.deferred(2, Role::Text) {
            return Ok(flow);
        }
        let separator = self.text_at("join-text", 0)?;
        let elements = self.memory.elements("join-text", "vector", self.peek(1))?;
        let mut text = String::new();
        for (index, element) in elements.into_iter().enumerate() {
            if index > 0 {
                text.push_str(&separator);
            }
            text.push_str(&self.memory.plain_text(element)?);
            if text.len() > TEXT_MAX {
                return Err(Trap::TextTooLong { max: TEXT_MAX });
            }
        }
        let text = self.memory.intern_cell(&text)?;
        self.replace_top(2, text)
    }

    pub(crate) fn replace(&mut self) -> Result<Flow, Trap> {
        self.need("replace", 3)?;
        let [text, old, new] = [2, 1, 0].map(|below| self.text_at("replace", below));
        let (text, old, new) = (text?, old?, new?);
        let replaced = if old.is_empty() { text } else { text.replace(&old, &new) };
        let replaced = self.memory.intern_cell(&replaced)?;
        self.replace_top(3, replaced)
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn to_text(&mut self) -> Result<Flow, Trap> {
        self.need("string", 1)?;
        if let Some(flow) = self.deferred(1, Role::Text) {
            return Ok(flow);
        }
        let text = self.memory.plain_text(self.peek(0))?;
        let text = self.memory.intern_cell(&text)?;
        self.replace_top(1, text)
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn to_number(&mut self) -> Result<Flow, Trap> {
        self.need("number", 1)?;
        let number = number_of(&self.text_at("number", 0)?);
        self.replace_top(1, number.map_or(Cell::NIL, Cell::number))
    }

    pub(crate) fn character(&mut self) -> Result<Flow, Trap> {
        self.need("char", 1)?;
        let code = self.number_at("char", 0)?;
        let whole = Cell::number(code).as_count().and_then(|code| u32::try_from(code).ok());
        let Some(character) = whole.and_then(char::from_u32) else {
            let expected = "the code of a character";
            return Err(Trap::Number { word: "char", expected, found: number_text(code) });
        };
        let text = self.memory.intern_cell(character.encode_utf8(&mut [0; 4]))?;
        self.replace_top(1, text)
    }

    pub(crate) fn character_code(&mut self) -> Result<Flow, Trap> {
        self.need("code", 1)?;
        let first = self.text_at("code", 0)?.chars().next();
        let code = first.map_or(Cell::NIL, |first| Cell::count(u32::from(first) as usize));
        self.replace_top(1, code)
    }

    pub(crate) fn type_name(&mut self) -> Result<Flow, Trap> {
        self.need("type", 1)?;
        let name = self.memory.shape(self.peek(0)).name();
        let name = self.memory.intern_cell(name)?;
        self.replace_top(1, name)
    }

    pub(crate) fn show(&mut self) -> Result<Flow, Trap> {
        self.need("show", 1)?;
        if let Some(flow) = self.deferred(1, Role::Text) {
            return Ok(flow);
        }
        let text = self.memory.literal(self.peek(0))?;
        let text = self.memory.intern_cell(&text)?;
        self.replace_top(1, text)
    }

    /// The text of the string that many below the top.
    pub(crate) fn text_at(&self, word: &'static str, below: u16) -> Result<String, Trap> {
        let cell = self.peek(below);
        if cell.tag() == Some(Tag::String) {
            Ok(self.memory.text(cell.address()))
        } else {
            Err(self.memory.type_error(word, Shape::String.name(), cell))
        }
    }

    /// The number that many below the top.
    pub(crate) fn number_at(&self, word: &'static str, below: u16) -> Result<f32, Trap> {
        let cell = self.peek(below);
        let wrong = || self.memory.type_error(word, Shape::Number.name(), cell);
        cell.as_number().ok_or_else(wrong)
    }

    /// The whole number from 0 up that many below the top.
    pub(crate) fn count_at(&self, word: &'static str, below: u16) -> Result<usize, Trap> {
        let number = self.number_at(word, below)?;
        let wrong = || Trap::Number {
            word,
            expected: "a whole number from 0 up",
            found: number_text(number),
        };
        self.peek(below).as_count().ok_or_else(wrong)
    }

    /// Releases the topmost values, at least one, and pushes the result, whose reference is taken
    /// over.
    pub(crate) fn replace_top(&mut self, operands: u16, result: Cell) -> Result<Flow, Trap> {
        for _ in 0..operands {
            let operand = self.pop();
            self.memory.release(operand)?;
        }
        self.push(result);
        Ok(Flow::Next)
    }

    fn change_text(
        &mut self,
        word: &'static str,
        change: impl Fn(&str) -> String,
    ) -> Result<Flow, Trap> {
        self.need(word, 1)?;
        let text = change(&self.text_at(word, 0)?);
        let text = self.memory.intern_cell(&text)?;
        self.replace_top(1, text)
    }
}

/// The number that a text says in the way that programs do.
fn number_of(text: &str) -> Option<f32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits == "Infinity" || digits == "NaN" {
        return text.parse().ok();
    }
    let (mantissa, exponent) = match digits.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-'])?)),
        None => (digits, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = is_digits(whole)
        && is_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && is_digits(exponent));
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_number_if_a_program_could_have_written_it() {
        let numbers = [("5", 5.0), ("-.5", -0.5), ("+5.", 5.0), ("1e+3", 1000.0), ("007", 7.0)];
        for (text, number) in numbers {
            assert_eq!(number_of(text), Some(number), "{text}");
        }
        assert_eq!(number_of("-Infinity"), Some(f32::NEG_INFINITY));
        assert!(number_of("NaN").is_some_and(f32::is_nan));
        for text in ["", ".", "-", "1e3", "1e+", "e+1", "0x10", " 1", "inf", "1_0", "--1", "٣"] {
            assert_eq!(number_of(text), None, "{text}");
        }
    }
}
