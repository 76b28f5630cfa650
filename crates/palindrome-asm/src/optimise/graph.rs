//! How control and values flow through instructions, read off the instruction table.

use palindrome_vm::image::{Argument, arguments, row};
use palindrome_vm::{Instruction, OperandKind, Undo};

use super::{Code, targets};

/// Registers, one bit each.
pub(super) type Registers = u16;

/// Every register.
pub(super) const ALL: Registers = Registers::MAX;

/// Whether the next instruction may follow.
pub(super) fn falls_through(instruction: &Instruction) -> bool {
    !matches!(
        instruction,
        Instruction::Halt
            | Instruction::HaltWith { .. }
            | Instruction::Jump { .. }
            | Instruction::Return
    )
}

/// Instructions that may follow `index`; a call's includes what runs after its return.
pub(super) fn successors(code: &Code, index: u32) -> impl Iterator<Item = u32> {
    let instruction = &code.instructions[index as usize];
    let has_next = falls_through(instruction) && index as usize + 1 < code.instructions.len();
    targets(instruction).chain(has_next.then_some(index + 1))
}

/// The registers that an instruction reads and those that it writes.
pub(super) fn registers(instruction: &Instruction) -> (Registers, Registers) {
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
            | Argument::Strategy(_) => {}
        }
    }
    (reads, writes)
}

/// Whether an instruction neither faults nor touches anything but registers, flags and the place
/// in the code.
pub(super) fn is_plain(instruction: &Instruction) -> bool {
    const PLAIN: [&str; 29] = [
        "NOP", "JOIN", "LI", "MOV", "GETSP", "GETFP", "IADD", "ISUB", "IMUL", "IXOR", "IAND",
        "IOR", "ISHL", "ISHR", "ISAR", "INEG", "INOT", "FADD", "FSUB", "FMUL", "FDIV", "FSQRT",
        "FCMP", "ITOF", "FTOI", "CMP", "COMPARE", "EQUAL", "LESSTHAN",
    ];
    const BRANCHES: [&str; 9] = [
        "JUMP",
        "BNZ",
        "BZ",
        "BRANCH_EQ",
        "BRANCH_NE",
        "BRANCH_LT",
        "BRANCH_LEQ",
        "BRANCH_GT",
        "BRANCH_GEQ",
    ];
    let mnemonic = instruction.mnemonic();
    PLAIN.contains(&mnemonic)
        || BRANCHES.contains(&mnemonic)
        || matches!(instruction, Instruction::SwapRegisters { .. })
}

/// Whether an instruction may bring registers and flags back from elsewhere, or keep them for it.
pub(super) fn is_time_or_call(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::Call { .. }
            | Instruction::Return
            | Instruction::Checkpoint { .. }
            | Instruction::Rewind { .. }
            | Instruction::RewindKeep { .. }
            | Instruction::RewindN { .. }
            | Instruction::Commit { .. }
            | Instruction::Fork { .. }
            | Instruction::Merge { .. }
    )
}

/// Instructions that something other than the one before may lead to.
pub(super) fn leaders(code: &Code) -> Vec<bool> {
    let mut leaders = vec![false; code.instructions.len()];
    let reached = code.instructions.iter().flat_map(targets).chain([0, code.entry]);
    reached.for_each(|index| leaders[index as usize] = true);
    leaders
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// What every instruction reads and writes, with R1, R2… as its registers.
    #[test]
    fn reads_and_writes_of_the_whole_table() {
        let mut out = String::new();
        for row in Instruction::TABLE {
            let mut next = 0;
            let arguments: Vec<_> = row
                .operands
                .iter()
                .map(|(_, kind)| {
                    next += 1;
                    sample(*kind, next)
                })
                .collect();
            let made = palindrome_vm::image::from_arguments(row.code, &arguments).expect("fits");
            let (reads, writes) = registers(&made);
            let list = |set: Registers| {
                let names = (0..16).filter(|n| set >> n & 1 == 1).map(|n| format!("R{n}"));
                names.collect::<Vec<_>>().join(" ")
            };
            let plain = if is_plain(&made) { "plain" } else { "" };
            let _ = writeln!(out, "{made} | {} | {} | {plain}", list(reads), list(writes));
        }
        insta::assert_snapshot!(out);
    }

    fn sample(kind: OperandKind, register: u8) -> Argument {
        use OperandKind as Kind;
        match kind {
            Kind::Register | Kind::Source => Argument::Register(register),
            Kind::Immediate | Kind::Length => Argument::Number(8),
            Kind::Address => {
                Argument::Address(palindrome_vm::BaseOffset { base: register, offset: 0 })
            }
            Kind::Target => Argument::Target(palindrome_vm::CodeIndex(0)),
            Kind::Text | Kind::SegmentName | Kind::MarkName | Kind::CheckpointName => {
                Argument::Text("name".to_owned())
            }
            Kind::RegisterSet => Argument::Registers(1 << register),
            Kind::Strategy => Argument::Strategy(palindrome_vm::Strategy::Latest),
        }
    }
}
