//! How values flow through instructions, and which old ones nobody can observe, so that no history
//! need be kept of them.
//!
//! When an instruction overwrites a register, the old value matters if, going back from there, a
//! state can be reached from which it is read before it is overwritten. No such state exists if
//! nothing has read the register since it was last written, on any path. So this follows control
//! forwards and notes which registers may have been read since. Whatever can look at, keep or
//! bring back a state counts as reading every register: calls and returns, forks, checkpoints and
//! rewinds, whatever asks the world, and whatever may fault. The values at the start count as
//! read, so that a program can always be taken back to where it began.

use super::{Argument, arguments, row};
use crate::op::{Instruction, Undo};
use crate::operand::OperandKind;
use crate::runtime;

/// Registers, one bit each.
type Registers = u16;

/// Every register.
const ALL: Registers = Registers::MAX;

/// The instructions whose register's old value nobody can observe, ascending.
///
/// Takes it that a return leads to after a call. A program that makes up places to return to, or
/// rewinds by steps, can observe everything.
#[must_use]
pub fn unobserved(instructions: &[Instruction], entry: u32) -> Vec<u32> {
    unobserved_beside(instructions, entry, |_| 0)
}

/// The same, where going back over an instruction takes what some registers hold after it.
pub(crate) fn unobserved_beside(
    instructions: &[Instruction],
    entry: u32,
    taken: impl Fn(usize) -> Registers,
) -> Vec<u32> {
    let before = read_before(instructions, entry, taken);
    let is_unobserved = |index: &u32| {
        let instruction = &instructions[*index as usize];
        let (reads, writes) = registers(instruction);
        instruction.undo() == Undo::Register
            && is_plain(instruction)
            && before[*index as usize].is_some_and(|seen| (seen | reads) & writes == 0)
    };
    (0_u32..).zip(instructions).map(|(index, _)| index).filter(is_unobserved).collect()
}

/// For each instruction that can be reached: the registers that may have been read since they
/// were last written.
fn read_before(
    instructions: &[Instruction],
    entry: u32,
    taken: impl Fn(usize) -> Registers,
) -> Vec<Option<Registers>> {
    let mut before: Vec<Option<Registers>> = vec![None; instructions.len()];
    let mut open = Vec::new();
    if let Some(first) = before.get_mut(entry as usize) {
        *first = Some(ALL);
        open.push(entry);
    }
    while let Some(index) = open.pop() {
        let instruction = &instructions[index as usize];
        let seen = before[index as usize].unwrap_or(ALL);
        let (reads, writes) = registers(instruction);
        let after = if !is_plain(instruction) {
            ALL
        } else if instruction.undo() == Undo::Inverse {
            // `SWAP`: the values change places, read or not.
            seen | writes
        } else {
            (seen | reads) & !(writes & !kept_by_inverse(instruction)) | taken(index as usize)
        };
        let next = falls_through(instruction).then_some(index + 1);
        for next in targets(instruction).chain(next) {
            let Some(known) = before.get_mut(next as usize) else { continue };
            let joined = known.unwrap_or(0) | after;
            if *known != Some(joined) {
                *known = Some(joined);
                open.push(next);
            }
        }
    }
    before
}

/// The register whose new value is all there is of its old one, because the machine undoes the
/// instruction by calculating backwards: who reads the old value, needs the new one.
fn kept_by_inverse(instruction: &Instruction) -> Registers {
    let (reads, writes) = registers(instruction);
    match instruction.mnemonic() {
        "IADD" | "ISUB" | "IXOR" | "INEG" | "INOT" => reads & writes,
        _ => 0,
    }
}

/// The places that an instruction names.
pub(crate) fn targets(instruction: &Instruction) -> impl Iterator<Item = u32> {
    arguments(instruction).into_iter().filter_map(|(_, argument)| {
        if let Argument::Target(target) = argument { Some(target.0) } else { None }
    })
}

/// Whether the next instruction may follow.
#[must_use]
pub fn falls_through(instruction: &Instruction) -> bool {
    !matches!(
        instruction,
        Instruction::Halt
            | Instruction::HaltWith { .. }
            | Instruction::Jump { .. }
            | Instruction::Return
    )
}

/// The registers that an instruction reads and those that it writes, one bit each.
#[must_use]
pub fn registers(instruction: &Instruction) -> (u16, u16) {
    if let Instruction::CallRuntime { function } = instruction {
        // A function that this machine does not know may read anything.
        let count = runtime::function(*function).map_or(15, |it| it.arguments.len());
        return (((1 << count) - 1) << 1, 1);
    }
    let names = row(instruction.code()).map_or(&[][..], |row| row.operands);
    let is_swap = instruction.mnemonic() == "SWAP";
    let mut writes_first = matches!(instruction.undo(), Undo::Register | Undo::Pop);
    let (mut reads, mut writes) = (0, 0);
    for ((name, kind), (_, argument)) in names.iter().zip(arguments(instruction)) {
        match argument {
            Argument::Register(register) => {
                let bit = 1 << register;
                let is_plain_register = *kind == OperandKind::Register;
                let is_written = is_plain_register && (writes_first || *name == "dst" || is_swap);
                writes_first = false;
                writes |= if is_written { bit } else { 0 };
                reads |= if is_written && !is_swap { 0 } else { bit };
            }
            Argument::Address(address) => reads |= 1 << address.base,
            Argument::Registers(set) => reads |= set,
            Argument::Number(_)
            | Argument::Target(_)
            | Argument::Text(_)
            | Argument::Strategy(_)
            | Argument::Order(_) => {}
        }
    }
    (reads, writes)
}

/// Whether an instruction neither faults nor touches anything but registers, flags and the place
/// in the code.
#[must_use]
pub fn is_plain(instruction: &Instruction) -> bool {
    const PLAIN: [&str; 29] = [
        "NOP", "JOIN", "LI", "MOV", "GETSP", "GETFP", "IADD", "ISUB", "IMUL", "IXOR", "IAND",
        "IOR", "ISHL", "ISHR", "ISAR", "INEG", "INOT", "FADD", "FSUB", "FMUL", "FDIV", "FSQRT",
        "FCMP", "ITOF", "FTOI", "CMP", "COMPARE", "EQUAL", "LESSTHAN",
    ];
    const BRANCHES: [&str; 10] = [
        "JUMP",
        "BNZ",
        "BZ",
        "BRANCH_EQ",
        "BRANCH_NE",
        "BRANCH_LT",
        "BRANCH_LEQ",
        "BRANCH_GT",
        "BRANCH_GEQ",
        "BRANCH_OVERFLOW",
    ];
    let mnemonic = instruction.mnemonic();
    PLAIN.contains(&mnemonic)
        || BRANCHES.contains(&mnemonic)
        || matches!(instruction, Instruction::SwapRegisters { .. })
}
