//! How each instruction is undone, taken apart once.

use crate::alu::Alu;
use crate::logging::Logging;
use crate::op::{Instruction, Undo};
use crate::operand::Value;
use crate::recover::{Place, Term};

/// How an instruction is undone, taken apart once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackSlot {
    pub(super) op: BackOp,
    pub(super) d: u8,
    pub(super) a: u8,
    /// How many of the instructions right before this one need no undoing, as far as it fits.
    pub(super) idle_before: u8,
    /// A second number: a register, or the index of an instruction.
    pub(super) other: u32,
    pub(super) value: i64,
}

const _: () = assert!(size_of::<BackSlot>() == 16);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BackOp {
    Nothing,
    Restore,
    /// The old value was not logged: nobody can observe it.
    Lose,
    /// The old value is what is calculated.
    Constant,
    Copy,
    CopySum,
    Sum,
    Difference,
    Product,
    Reload,
    Recover,
    /// The old word of the tape is what is calculated.
    StoredCopy,
    StoredSum,
    StoredDifference,
    StoredXor,
    RecoverStored,
    Add,
    AddRegister,
    SubRegister,
    Xor,
    XorRegister,
    Negate,
    Invert,
    Store8,
    Store4,
    Store2,
    Store1,
    StoreAtHead,
    SwapRegisters,
    SwapMemory,
    Push,
    Pop,
    Call,
    Return,
    Head,
    Advance,
    AdvanceRegister,
    Writes,
    State,
}

/// The undoing of each instruction, and one that stands for the end of the code.
pub(crate) fn back_slots(instructions: &[Instruction], logging: &Logging) -> Vec<BackSlot> {
    let all = instructions.iter().enumerate();
    let slots = all.map(|(index, instruction)| match logging.term(index) {
        Some(term) => recovering_slot(instruction, index, term),
        None => back_slot(instruction, logging.is_unobserved(index)),
    });
    let end = BackSlot { op: BackOp::Nothing, d: 0, a: 0, idle_before: 0, other: 0, value: 0 };
    let mut slots: Vec<_> = slots.chain([end]).collect();
    let mut idle: u8 = 0;
    for slot in &mut slots {
        slot.idle_before = idle;
        idle = if slot.op == BackOp::Nothing { idle.saturating_add(1) } else { 0 };
    }
    slots
}

/// The undoing of an instruction whose old value is calculated.
fn recovering_slot(instruction: &Instruction, index: usize, term: &Term) -> BackSlot {
    let other = u32::try_from(index).unwrap_or(u32::MAX);
    let slot = |op, d, a, other, value| BackSlot { op, d, a, idle_before: 0, other, value };
    if let Instruction::Store { addr, .. } = *instruction {
        let (op, d, other) = match (of_registers(term), term) {
            (Some((Alu::Add, left, right)), _) => (BackOp::StoredSum, left, right.into()),
            (Some((Alu::Sub, left, right)), _) => (BackOp::StoredDifference, left, right.into()),
            (Some((Alu::Xor, left, right)), _) => (BackOp::StoredXor, left, right.into()),
            (_, Term::Place(Place::Register(copy))) => (BackOp::StoredCopy, *copy, 0),
            _ => (BackOp::RecoverStored, 0, other),
        };
        return slot(op, d, addr.base, other, addr.offset);
    }
    let d = instruction.destination().unwrap_or(0);
    match *term {
        Term::Constant(value) => slot(BackOp::Constant, d, 0, 0, value),
        Term::Place(Place::Register(a)) => slot(BackOp::Copy, d, a, 0, 0),
        Term::Place(Place::Cell { base, offset }) => slot(BackOp::Reload, d, base, 0, offset),
        Term::Operation(..) => match (of_registers(term), moved(term)) {
            (Some((Alu::Add, a, right)), _) => slot(BackOp::Sum, d, a, right.into(), 0),
            (Some((Alu::Sub, a, right)), _) => slot(BackOp::Difference, d, a, right.into(), 0),
            (Some((Alu::Mul, a, right)), _) => slot(BackOp::Product, d, a, right.into(), 0),
            (_, Some((a, by))) => slot(BackOp::CopySum, d, a, 0, by),
            _ => slot(BackOp::Recover, d, 0, other, 0),
        },
    }
}

/// An operation on two registers, as most terms are that are no places.
fn of_registers(term: &Term) -> Option<(Alu, u8, u8)> {
    let Term::Operation(op, parts) = term else { return None };
    match **parts {
        (Term::Place(Place::Register(left)), Term::Place(Place::Register(right))) => {
            Some((*op, left, right))
        }
        _ => None,
    }
}

/// A register and a number that is added to it.
fn moved(term: &Term) -> Option<(u8, i64)> {
    let Term::Operation(Alu::Add, parts) = term else { return None };
    match **parts {
        (Term::Place(Place::Register(register)), Term::Constant(by)) => Some((register, by)),
        _ => None,
    }
}

fn back_slot(instruction: &Instruction, is_unobserved: bool) -> BackSlot {
    use Instruction as I;
    let slot = |op, d, a, value| BackSlot { op, d, a, idle_before: 0, other: 0, value };
    if let Some(it) = instruction.arithmetic() {
        return match (it.inverse(), it.right) {
            (Some(Alu::Add), Value::Immediate(value)) => slot(BackOp::Add, it.dst, 0, value),
            (Some(Alu::Sub), Value::Immediate(value)) => {
                slot(BackOp::Add, it.dst, 0, value.wrapping_neg())
            }
            (Some(_), Value::Immediate(value)) => slot(BackOp::Xor, it.dst, 0, value),
            (Some(Alu::Add), Value::Register(a)) => slot(BackOp::AddRegister, it.dst, a, 0),
            (Some(Alu::Sub), Value::Register(a)) => slot(BackOp::SubRegister, it.dst, a, 0),
            (Some(_), Value::Register(a)) => slot(BackOp::XorRegister, it.dst, a, 0),
            (None, _) => slot(restore(is_unobserved), it.dst, 0, 0),
        };
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the undo rule says the rest")]
    match *instruction {
        I::INeg { dst, src } if dst == src => slot(BackOp::Negate, dst, 0, 0),
        I::INot { dst, src } if dst == src => slot(BackOp::Invert, dst, 0, 0),
        I::Store { addr, .. } => slot(BackOp::Store8, 0, addr.base, addr.offset),
        I::Store32 { addr, .. } => slot(BackOp::Store4, 0, addr.base, addr.offset),
        I::Store16 { addr, .. } => slot(BackOp::Store2, 0, addr.base, addr.offset),
        I::Store8 { addr, .. } => slot(BackOp::Store1, 0, addr.base, addr.offset),
        I::TapeWrite { len, .. } | I::WriteConst { len, .. } => {
            slot(BackOp::StoreAtHead, len, 0, 0)
        }
        I::SwapRegisters { left, right } => slot(BackOp::SwapRegisters, left, right, 0),
        I::SwapMemory { addr, reg } => slot(BackOp::SwapMemory, reg, addr.base, addr.offset),
        I::Pop { reg } => slot(BackOp::Pop, reg, 0, 0),
        I::TapeAdvance { delta } => slot(BackOp::Advance, 0, 0, delta),
        I::TapeAdvanceReg { reg } => slot(BackOp::AdvanceRegister, 0, reg, 0),
        _ => match instruction.undo() {
            Undo::Nothing => slot(BackOp::Nothing, 0, 0, 0),
            Undo::Register => {
                let dst = instruction.destination().unwrap_or(0);
                slot(restore(is_unobserved), dst, 0, 0)
            }
            Undo::Push => slot(BackOp::Push, 0, 0, 0),
            Undo::Call => slot(BackOp::Call, 0, 0, 0),
            Undo::Return => slot(BackOp::Return, 0, 0, 0),
            Undo::Head => slot(BackOp::Head, 0, 0, 0),
            Undo::Writes => slot(BackOp::Writes, 0, 0, 0),
            Undo::State => slot(BackOp::State, 0, 0, 0),
            Undo::Inverse | Undo::Memory | Undo::Pop => unreachable!("taken apart above"),
        },
    }
}

fn restore(is_unobserved: bool) -> BackOp {
    if is_unobserved { BackOp::Lose } else { BackOp::Restore }
}
