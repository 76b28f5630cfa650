//! Packed instructions: one 64-bit word each, so that a place in the code is an index.
//!
//! | byte | what |
//! |---|---|
//! | 0 | opcode |
//! | 1–3 | up to three small operands, in order |
//! | 4–7 | an `i32`: the one number operand, or where the operands start in the pool |
//!
//! Operands beyond that lie in the pool. Which of the two bytes 4–7 mean follows from the opcode
//! and the small operands alone, except for a single number, which is inline if it fits into 31
//! bits: then its lowest bit is 1 and the number is above it; a pool index has lowest bit 0.

use std::collections::BTreeMap;

use isa::{DecodeError, Feed, Sink};

use crate::op::Instruction;

/// Packs `instruction`, adding what does not fit to `pool` and `texts`.
pub fn pack(instruction: &Instruction, pool: &mut Vec<i64>, texts: &mut Vec<String>) -> u64 {
    let mut intern = |text: &str| {
        let found = texts.iter().position(|known| known == text);
        found.unwrap_or_else(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        })
    };
    let mut place = |wide: &[i64]| {
        let found = pool.windows(wide.len()).position(|window| window == wide);
        found.unwrap_or_else(|| {
            pool.extend_from_slice(wide);
            pool.len() - wide.len()
        })
    };
    word(instruction, &mut intern, &mut place)
}

/// Packs whole code into words, a pool and texts, in time that grows as the code does.
#[must_use]
pub fn pack_all(instructions: &[Instruction]) -> (Vec<u64>, Vec<i64>, Vec<String>) {
    let (mut pool, mut texts) = (Vec::new(), Vec::new());
    let (mut placed, mut interned) = (BTreeMap::new(), BTreeMap::new());
    let mut intern = |text: &str| {
        *interned.entry(text.to_owned()).or_insert_with(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        })
    };
    let mut place = |wide: &[i64]| {
        *placed.entry(wide.to_vec()).or_insert_with(|| {
            pool.extend_from_slice(wide);
            pool.len() - wide.len()
        })
    };
    let pack = |instruction| word(instruction, &mut intern, &mut place);
    (instructions.iter().map(pack).collect(), pool, texts)
}

/// The word of an instruction, given where texts and pool operands lie.
fn word(
    instruction: &Instruction,
    intern: &mut dyn FnMut(&str) -> usize,
    place: &mut dyn FnMut(&[i64]) -> usize,
) -> u64 {
    let mut packer = Packer { small: Vec::new(), wide: Vec::new(), intern };
    instruction.pack(&mut packer);
    let Packer { small, wide, .. } = packer;
    let inline = match wide.as_slice() {
        [] => 1,
        [only] if i32::try_from(*only).is_ok_and(|value| value << 1 >> 1 == value) => only << 1 | 1,
        several => i64::try_from(place(several) << 1).unwrap_or(0),
    };
    let mut bytes = [instruction.code(), 0, 0, 0, 0, 0, 0, 0];
    bytes[1..=small.len()].copy_from_slice(&small);
    let low = i32::try_from(inline).unwrap_or(0);
    bytes[4..].copy_from_slice(&low.to_le_bytes());
    u64::from_le_bytes(bytes)
}

/// Unpacks a word.
///
/// # Errors
/// It is no instruction, or refers to what is not in `pool` or `texts`.
pub fn unpack(word: u64, pool: &[i64], texts: &[String]) -> Result<Instruction, DecodeError> {
    let [code, a, b, c, low @ ..] = word.to_le_bytes();
    let inline = i32::from_le_bytes(low);
    let wide = if inline & 1 == 1 {
        Wide::Inline(Some(i64::from(inline >> 1)))
    } else {
        let index = usize::try_from(inline >> 1).map_err(|_| DecodeError::MissingOperand)?;
        Wide::Pool(pool.get(index..).ok_or(DecodeError::MissingOperand)?)
    };
    Instruction::unpack(code, &mut Unpacker { small: &[a, b, c], wide, texts })
}

struct Packer<'a> {
    small: Vec<u8>,
    wide: Vec<i64>,
    intern: &'a mut dyn FnMut(&str) -> usize,
}

impl Sink for Packer<'_> {
    fn small(&mut self, value: u8) {
        if self.small.len() < 3 {
            self.small.push(value);
        } else {
            self.wide.push(i64::from(value));
        }
    }

    fn wide(&mut self, value: i64) {
        self.wide.push(value);
    }

    fn text(&mut self, value: &str) {
        let index = (self.intern)(value);
        self.wide.push(i64::try_from(index).unwrap_or(i64::MAX));
    }
}

struct Unpacker<'a> {
    small: &'a [u8],
    wide: Wide<'a>,
    texts: &'a [String],
}

enum Wide<'a> {
    Inline(Option<i64>),
    Pool(&'a [i64]),
}

impl Feed for Unpacker<'_> {
    fn small(&mut self) -> Result<u8, DecodeError> {
        if let Some((first, rest)) = self.small.split_first() {
            self.small = rest;
            return Ok(*first);
        }
        u8::try_from(self.wide()?).map_err(|_| DecodeError::BadOperand("a small number"))
    }

    fn wide(&mut self) -> Result<i64, DecodeError> {
        match &mut self.wide {
            Wide::Inline(value) => value.take().ok_or(DecodeError::MissingOperand),
            Wide::Pool(values) => {
                let (first, rest) = values.split_first().ok_or(DecodeError::MissingOperand)?;
                *values = rest;
                Ok(*first)
            }
        }
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        let index = usize::try_from(self.wide()?).ok();
        let text = index.and_then(|index| self.texts.get(index));
        text.cloned().ok_or(DecodeError::BadOperand("in the table of texts"))
    }
}
