//! Instructions as bytes: an opcode, then the operands.

use isa::{DecodeError, Feed, Sink};

use crate::op::Instruction;

impl Instruction {
    /// Appends the bytes of this instruction.
    pub fn encode(&self, code: &mut Vec<u8>) {
        code.push(self.code());
        self.pack(&mut Writer(code));
    }

    /// The instruction at the start of `code`, and how many bytes it has.
    ///
    /// # Errors
    /// There is none, or not all of it.
    pub fn decode(code: &[u8]) -> Result<(Self, usize), DecodeError> {
        let (&opcode, rest) = code.split_first().ok_or(DecodeError::MissingOperand)?;
        let mut reader = Reader(rest);
        let instruction = Self::unpack(opcode, &mut reader)?;
        Ok((instruction, code.len() - reader.0.len()))
    }
}

struct Writer<'a>(&'a mut Vec<u8>);

impl Sink for Writer<'_> {
    fn small(&mut self, value: u8) {
        self.0.push(value);
    }

    fn wide(&mut self, value: i64) {
        self.0.extend(value.to_le_bytes());
    }

    fn text(&mut self, value: &str) {
        self.0.extend(value.bytes());
    }
}

struct Reader<'a>(&'a [u8]);

impl Feed for Reader<'_> {
    fn small(&mut self) -> Result<u8, DecodeError> {
        let (&first, rest) = self.0.split_first().ok_or(DecodeError::MissingOperand)?;
        self.0 = rest;
        Ok(first)
    }

    fn wide(&mut self) -> Result<i64, DecodeError> {
        Err(DecodeError::BadOperand("of a kind that this machine has"))
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        Err(DecodeError::BadOperand("of a kind that this machine has"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_is_read_as_it_was_written() {
        for op in Instruction::TABLE {
            let mut bytes = vec![op.code];
            bytes.extend([1, 0, 1, 0, 1, 0, 0]);
            let (instruction, size) = Instruction::decode(&bytes).unwrap();
            let mut again = Vec::new();
            instruction.encode(&mut again);
            assert_eq!(again, bytes[..size], "{}", op.mnemonic);
            for end in 0..size {
                assert!(Instruction::decode(&bytes[..end]).is_err(), "{} cut", op.mnemonic);
            }
        }
    }
}
