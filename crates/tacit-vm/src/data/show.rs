//! The text of values.

use crate::heap::shape::Shape;
use crate::memory::Memory;
use crate::op::Instruction;
use crate::trap::Trap;
use crate::value::{Cell, Tag};

/// Bytes of a text at most.
pub(crate) const TEXT_MAX: usize = 64 << 10;

/// How strings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strings {
    /// In quotes, as they are.
    Quoted,
    /// As they would be written in a program.
    Escaped,
}

/// What is still to be shown.
enum Piece {
    Value(Cell),
    Text(&'static str),
}

impl Memory {
    /// The text of a value as `.` prints it.
    ///
    /// # Errors
    /// It is too long.
    pub fn show(&self, cell: Cell) -> Result<String, Trap> {
        self.shown(cell, Strings::Quoted)
    }

    /// The text of a value as it would be written in a program, as far as it can be.
    pub(crate) fn literal(&self, cell: Cell) -> Result<String, Trap> {
        self.shown(cell, Strings::Escaped)
    }

    /// The text of a value as `print` prints it: a string's own.
    pub(crate) fn plain_text(&self, cell: Cell) -> Result<String, Trap> {
        if cell.tag() == Some(Tag::String) {
            Ok(self.text(cell.address()))
        } else {
            self.show(cell)
        }
    }

    /// The name of a symbol.
    pub(crate) fn symbol_name(&self, symbol: Cell) -> String {
        let at = symbol.address();
        if at < 0x100 {
            let row = Instruction::TABLE.iter().find(|row| u16::from(row.code) == at);
            return row.map_or_else(|| format!("word {at}"), |row| row.mnemonic.to_string());
        }
        self.word(at).map_or_else(|| format!("word {at}"), |word| self.text(word.name))
    }

    fn shown(&self, cell: Cell, strings: Strings) -> Result<String, Trap> {
        let mut text = String::new();
        // The next piece is the last one.
        let mut pieces = vec![Piece::Value(cell)];
        while let Some(piece) = pieces.pop() {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Value(cell) => self.show_piece(cell, strings, &mut text, &mut pieces),
            }
            if text.len() > TEXT_MAX {
                return Err(Trap::TextTooLong { max: TEXT_MAX });
            }
        }
        Ok(text)
    }

    /// Shows a value, or leaves the pieces of it to be shown.
    fn show_piece(&self, cell: Cell, strings: Strings, text: &mut String, pieces: &mut Vec<Piece>) {
        let address = cell.address();
        match self.shape(cell) {
            Shape::Number => text.push_str(&number_text(cell.as_number().unwrap_or(f32::NAN))),
            Shape::String => push_string(&self.text(address), strings, text),
            Shape::Symbol => {
                text.push('`');
                text.push_str(&self.symbol_name(cell));
            }
            Shape::Nil => text.push_str("NIL"),
            Shape::Vector | Shape::Dictionary => {
                push_pieces("[ ", &self.vector_cells(cell), " ]", text, pieces);
            }
            Shape::Array => push_pieces("[ ", &self.array_elements(cell), " ]", text, pieces),
            Shape::Object => push_pieces("<", &self.vector_cells(cell), ">", text, pieces),
            Shape::Sequence => text.push_str(&format!("SEQ({address})")),
            Shape::Promise => text.push_str(&format!("PROMISE({address})")),
            Shape::Code => text.push_str(&format!("CODE({address})")),
            Shape::Internal => text.push_str(&match cell.as_control() {
                Some(control) => format!("{control:?}"),
                None => format!("BLOCK({address})"),
            }),
        }
    }
}

/// The text of a number: whole numbers in full, others with the fewest digits that say which
/// number it is. Very large and very small ones have an exponent.
#[must_use]
pub fn number_text(number: f32) -> String {
    let size = number.abs();
    if number.is_nan() {
        return "NaN".to_string();
    }
    if number.is_infinite() {
        return if number < 0.0 { "-Infinity" } else { "Infinity" }.to_string();
    }
    if size == 0.0 {
        return "0".to_string();
    }
    if (1e-6..1e21).contains(&size) {
        return whole_text(number).unwrap_or_else(|| number.to_string());
    }
    let text = format!("{number:e}");
    if size >= 1.0 { text.replace('e', "e+") } else { text }
}

/// All digits of a whole number.
#[expect(clippy::cast_possible_truncation, reason = "below 10^21")]
fn whole_text(number: f32) -> Option<String> {
    let is_whole = libm::truncf(number).to_bits() == number.to_bits();
    is_whole.then(|| (number as i128).to_string())
}

fn push_pieces(
    before: &'static str,
    cells: &[Cell],
    after: &'static str,
    text: &mut String,
    pieces: &mut Vec<Piece>,
) {
    text.push_str(before);
    pieces.push(Piece::Text(after));
    for (index, &cell) in cells.iter().enumerate().rev() {
        pieces.push(Piece::Value(cell));
        if index > 0 {
            pieces.push(Piece::Text(" "));
        }
    }
}

fn push_string(string: &str, strings: Strings, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        let escape = match character {
            '\n' => 'n',
            '\t' => 't',
            '\r' => 'r',
            '"' | '\\' => character,
            _ => {
                text.push(character);
                continue;
            }
        };
        if strings == Strings::Escaped {
            text.extend(['\\', escape]);
        } else {
            text.push(character);
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_as_few_digits_as_say_which_they_are() {
        let texts = [
            (0.1 + 0.2, "0.3"),
            (-0.0, "0"),
            (16_777_216.0, "16777216"),
            (1e20, "100000002004087734272"),
            (1e21, "1e+21"),
            (-2.5e-9, "-2.5e-9"),
            (1e-6, "0.000001"),
            (f32::MIN_POSITIVE, "1.1754944e-38"),
            (f32::NEG_INFINITY, "-Infinity"),
            (f32::NAN, "NaN"),
        ];
        for (number, text) in texts {
            assert_eq!(number_text(number), text);
        }
    }
}
