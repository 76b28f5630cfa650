//! Instructions taken apart: operands as a list, for code that treats all instructions alike.
//!
//! Assemblers, disassemblers, verifiers and optimisers read and build instructions through this,
//! so that none of them lists the instruction table again.

use std::collections::VecDeque;

use isa::{DecodeError, Feed, OpInfo, Operand, Sink};

use crate::op::Instruction;
use crate::operand::{
    Address, BaseOffset, CheckpointName, CodeIndex, FieldName, Immediate, Length, MarkName,
    MergeStrategy, OperandKind, Order, Ordering, Register, RegisterSet, RuntimeName, SegmentName,
    Source, Strategy, Target, Text, Value,
};

/// The value of one operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A register, also where a number may stand.
    Register(u8),
    /// A number, also where a register may stand, a length, and a runtime function.
    Number(i64),
    /// A register and an offset.
    Address(BaseOffset),
    /// A place in the code.
    Target(CodeIndex),
    /// A text, or the name of a segment, mark or checkpoint.
    Text(String),
    /// Registers, one bit each.
    Registers(u16),
    /// How to merge.
    Strategy(Strategy),
    /// How to compare.
    Order(Order),
}

/// The row of the table for an opcode.
#[must_use]
pub fn row(code: u8) -> Option<&'static OpInfo<OperandKind>> {
    Instruction::TABLE.iter().find(|row| row.code == code)
}

/// The operands of an instruction, in the order of its row.
#[must_use]
pub fn arguments(instruction: &Instruction) -> Vec<(OperandKind, Argument)> {
    let mut parts = Parts::default();
    instruction.pack(&mut parts);
    let kinds = row(instruction.code()).map_or(&[][..], |row| row.operands);
    let taken = kinds.iter().map(|(_, kind)| Ok((*kind, Argument::take(*kind, &mut parts)?)));
    taken.collect::<Result<_, DecodeError>>().expect("codecs read what they wrote")
}

/// Makes an instruction of the operands in `arguments`.
///
/// # Errors
/// There is no such opcode, or the operands are not those of its row.
pub fn from_arguments(code: u8, arguments: &[Argument]) -> Result<Instruction, DecodeError> {
    let row = row(code).ok_or(DecodeError::UnknownOpcode(code))?;
    if row.operands.len() != arguments.len() {
        return Err(DecodeError::MissingOperand);
    }
    let mut parts = Parts::default();
    for ((_, kind), argument) in row.operands.iter().zip(arguments) {
        argument.put(*kind, &mut parts)?;
    }
    Instruction::unpack(code, &mut parts)
}

impl Argument {
    fn take(kind: OperandKind, feed: &mut impl Feed) -> Result<Self, DecodeError> {
        Ok(match kind {
            OperandKind::Register => Self::Register(Register::unpack(feed)?),
            OperandKind::Immediate => Self::Number(Immediate::unpack(feed)?),
            OperandKind::Source => match Source::unpack(feed)? {
                Value::Register(register) => Self::Register(register),
                Value::Immediate(number) => Self::Number(number),
            },
            OperandKind::Address => Self::Address(Address::unpack(feed)?),
            OperandKind::Target => Self::Target(Target::unpack(feed)?),
            OperandKind::Text => Self::Text(Text::unpack(feed)?),
            OperandKind::SegmentName => Self::Text(SegmentName::unpack(feed)?),
            OperandKind::MarkName => Self::Text(MarkName::unpack(feed)?),
            OperandKind::CheckpointName => Self::Text(CheckpointName::unpack(feed)?),
            OperandKind::Length => Self::Number(i64::from(Length::unpack(feed)?)),
            OperandKind::RegisterSet => Self::Registers(RegisterSet::unpack(feed)?),
            OperandKind::Strategy => Self::Strategy(MergeStrategy::unpack(feed)?),
            OperandKind::FieldName => Self::Text(FieldName::unpack(feed)?),
            OperandKind::Order => Self::Order(Ordering::unpack(feed)?),
            OperandKind::Runtime => Self::Number(i64::from(RuntimeName::unpack(feed)?)),
        })
    }

    fn put(&self, kind: OperandKind, sink: &mut impl Sink) -> Result<(), DecodeError> {
        match (kind, self) {
            (OperandKind::Register, Self::Register(register)) => Register::pack(register, sink),
            (OperandKind::Immediate, Self::Number(number)) => Immediate::pack(number, sink),
            (OperandKind::Source, Self::Register(register)) => {
                Source::pack(&Value::Register(*register), sink);
            }
            (OperandKind::Source, Self::Number(number)) => {
                Source::pack(&Value::Immediate(*number), sink);
            }
            (OperandKind::Address, Self::Address(address)) => Address::pack(address, sink),
            (OperandKind::Target, Self::Target(target)) => Target::pack(target, sink),
            (OperandKind::Text, Self::Text(text)) => Text::pack(text, sink),
            (OperandKind::SegmentName, Self::Text(name)) => SegmentName::pack(name, sink),
            (OperandKind::MarkName, Self::Text(name)) => MarkName::pack(name, sink),
            (OperandKind::CheckpointName, Self::Text(name)) => CheckpointName::pack(name, sink),
            (OperandKind::FieldName, Self::Text(name)) => FieldName::pack(name, sink),
            (OperandKind::Order, Self::Order(order)) => Ordering::pack(order, sink),
            (OperandKind::Length, Self::Number(length)) => match u8::try_from(*length) {
                Ok(length @ 1..=8) => Length::pack(&length, sink),
                _ => return Err(DecodeError::BadOperand("a number of bytes from 1 to 8")),
            },
            (OperandKind::RegisterSet, Self::Registers(set)) => RegisterSet::pack(set, sink),
            (OperandKind::Strategy, Self::Strategy(strategy)) => {
                MergeStrategy::pack(strategy, sink);
            }
            (OperandKind::Runtime, Self::Number(number)) => match u16::try_from(*number) {
                Ok(number) => RuntimeName::pack(&number, sink),
                Err(_) => {
                    return Err(DecodeError::BadOperand("the number of a runtime function"));
                }
            },
            _ => return Err(DecodeError::BadOperand("of the kind that belongs here")),
        }
        Ok(())
    }
}

/// Packed operands in a queue.
#[derive(Default)]
struct Parts(VecDeque<Part>);

enum Part {
    Small(u8),
    Wide(i64),
    Text(String),
}

impl Sink for Parts {
    fn small(&mut self, value: u8) {
        self.0.push_back(Part::Small(value));
    }

    fn wide(&mut self, value: i64) {
        self.0.push_back(Part::Wide(value));
    }

    fn text(&mut self, value: &str) {
        self.0.push_back(Part::Text(value.to_owned()));
    }
}

impl Feed for Parts {
    fn small(&mut self) -> Result<u8, DecodeError> {
        match self.0.pop_front() {
            Some(Part::Small(value)) => Ok(value),
            _ => Err(DecodeError::MissingOperand),
        }
    }

    fn wide(&mut self) -> Result<i64, DecodeError> {
        match self.0.pop_front() {
            Some(Part::Wide(value)) => Ok(value),
            _ => Err(DecodeError::MissingOperand),
        }
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        match self.0.pop_front() {
            Some(Part::Text(value)) => Ok(value),
            _ => Err(DecodeError::MissingOperand),
        }
    }
}
