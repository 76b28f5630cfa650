//! An instruction taken apart, for whoever does not run it: the verifier and the listings.

use crate::op::{Op, Operand};

/// An instruction in the code of a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instruction<'a> {
    /// Its first word.
    pub(crate) at: usize,
    pub(crate) op: Op,
    word: u32,
    /// The words after the first.
    rest: &'a [u32],
}

impl<'a> Instruction<'a> {
    /// The instruction at a word; `None` if there is none, or not all of it.
    pub(crate) fn decode(code: &'a [u32], at: usize) -> Option<Self> {
        let (word, rest) = code.get(at..)?.split_first()?;
        let [opcode, ..] = word.to_le_bytes();
        let op = Op::from_code(opcode)?;
        Some(Self { at, op, word: *word, rest: rest.get(..op.words() - 1)? })
    }

    /// The word after it.
    pub(crate) const fn next(&self) -> usize {
        self.at + 1 + self.rest.len()
    }

    pub(crate) const fn a(&self) -> u8 {
        self.word.to_le_bytes()[1]
    }

    pub(crate) const fn b(&self) -> u8 {
        self.word.to_le_bytes()[2]
    }

    pub(crate) const fn c(&self) -> u8 {
        self.word.to_le_bytes()[3]
    }

    /// Its operands with their numbers, in the order of the table.
    pub(crate) fn operands(&self) -> impl Iterator<Item = (Operand, i64)> + use<'a> {
        let (word, rest) = (self.word, self.rest);
        let (mut byte, mut next) = (1, 0);
        self.op.row().operands.iter().map(move |operand| {
            let value = if operand.is_word() {
                next += 1;
                let value = rest[next - 1];
                if *operand == Operand::Jump { value.cast_signed().into() } else { value.into() }
            } else {
                let [_, a, b, c] = word.to_le_bytes();
                match size(*operand) {
                    1 => {
                        byte += 1;
                        i64::from([a, b, c][byte - 2])
                    }
                    2 if *operand == Operand::Small16 => i16::from_le_bytes([b, c]).into(),
                    2 => u16::from_le_bytes([b, c]).into(),
                    _ => (word.cast_signed() >> 8).into(),
                }
            };
            (*operand, value)
        })
    }

    /// The word to which it may jump, as the difference in it says. It may be outside of the code.
    pub(crate) fn target(&self) -> Option<i64> {
        let next = i64::try_from(self.next()).ok()?;
        self.operands()
            .find(|(operand, _)| matches!(operand, Operand::Jump | Operand::Jump24))
            .map(|(_, by)| next + by)
    }

    /// Whether the bits that mean nothing are zero.
    pub(crate) fn is_plain(&self) -> bool {
        let used = self.op.row().operands.iter().filter(|operand| !operand.is_word());
        let bytes = 1 + used.map(|operand| size(*operand)).sum::<u32>();
        u64::from(self.word) >> (8 * bytes) == 0
            && self.operands().all(|(operand, value)| operand != Operand::Unused || value == 0)
    }

    /// Whether control never goes on after it. After a tail call it does if the callee is no function
    /// of the program's own.
    pub(crate) const fn is_final(&self) -> bool {
        matches!(
            self.op,
            Op::Jump | Op::Loop | Op::Return | Op::ReturnNull | Op::End | Op::Throw | Op::Raise
        )
    }
}

/// Bytes of an operand in the first word.
const fn size(operand: Operand) -> u32 {
    match operand {
        Operand::Wide16
        | Operand::Small16
        | Operand::Prototype16
        | Operand::Global16
        | Operand::Check16 => 2,
        Operand::Jump24 => 3,
        Operand::Read
        | Operand::Write
        | Operand::Change
        | Operand::Window
        | Operand::Count
        | Operand::Constant8
        | Operand::Upvalue
        | Operand::Global8
        | Operand::Kind
        | Operand::Flags
        | Operand::Unused => 1,
        Operand::Jump
        | Operand::Name
        | Operand::Cache
        | Operand::Shape
        | Operand::Builtin
        | Operand::Pattern
        | Operand::Mask => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operands_of_every_instruction_fit_into_its_word() {
        for row in Op::TABLE {
            let inside = row.operands.iter().filter(|operand| !operand.is_word());
            assert!(inside.clone().map(|operand| size(*operand)).sum::<u32>() <= 3, "{row:?}");
            let mut wide = inside.skip_while(|operand| size(**operand) == 1);
            assert!(
                wide.next().is_none_or(|operand| {
                    let before = row.operands.iter().position(|other| other == operand);
                    before == Some(3 - size(*operand) as usize)
                }),
                "{row:?}"
            );
            let words = row.operands.iter().skip_while(|operand| !operand.is_word());
            assert!(words.clone().all(|operand| operand.is_word()), "{row:?}");
            let jumps = row.operands.iter();
            let jumps = jumps.filter(|of| matches!(of, Operand::Jump | Operand::Jump24));
            assert!(jumps.count() <= 1, "{row:?}");
        }
    }

    #[test]
    fn operands_are_read_as_they_are_written() {
        let code = [
            Op::GetField.abc(1, 2, 0),
            7,
            0,
            Op::Loop.jump(-4).unwrap(),
            Op::LoadSmall.wide(3, (-5_i16).cast_unsigned()),
            Op::JumpIfTrue.abc(9, 0, 0),
            (-2_i32).cast_unsigned(),
        ];
        let values = |at| -> Vec<i64> {
            let instruction = Instruction::decode(&code, at).unwrap();
            assert!(instruction.is_plain());
            instruction.operands().map(|(_, value)| value).collect()
        };
        assert_eq!(values(0), [1, 2, 0, 7, 0]);
        assert_eq!(values(3), [-4]);
        assert_eq!(Instruction::decode(&code, 3).unwrap().target(), Some(0));
        assert_eq!(values(4), [3, -5]);
        assert_eq!(values(5), [9, -2]);
        assert_eq!(Instruction::decode(&code, 5).unwrap().target(), Some(5));
        assert!(Instruction::decode(&code[..6], 5).is_none());
        assert!(!Instruction::decode(&[Op::Nop.abc(1, 0, 0)], 0).unwrap().is_plain());
        assert!(!Instruction::decode(&[Op::Raise.abc(1, 0, 0)], 0).unwrap().is_plain());
    }
}
