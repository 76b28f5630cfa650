//! How control flows through code.

use palindrome_vm::Instruction;
use palindrome_vm::image::falls_through;

use super::{Code, targets};

/// Instructions that may follow `index`; a call's includes what runs after its return.
pub(super) fn successors(code: &Code, index: u32) -> impl Iterator<Item = u32> {
    let instruction = &code.instructions[index as usize];
    let has_next = falls_through(instruction) && index as usize + 1 < code.instructions.len();
    targets(instruction).chain(has_next.then_some(index + 1))
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
            | Instruction::Savepoint { .. }
            | Instruction::SavepointOnly
            | Instruction::RollbackPoint { .. }
            | Instruction::Release
            | Instruction::ReleaseLevel { .. }
            | Instruction::Rollback
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

    use palindrome_vm::OperandKind;
    use palindrome_vm::image::{Argument, is_plain, registers};

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
            let list = |set: u16| {
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
            Kind::Order => Argument::Order(palindrome_vm::Order::Less),
            Kind::Runtime => Argument::Number(0),
            Kind::Address => {
                Argument::Address(palindrome_vm::BaseOffset { base: register, offset: 0 })
            }
            Kind::Target => Argument::Target(palindrome_vm::CodeIndex(0)),
            Kind::Text
            | Kind::SegmentName
            | Kind::MarkName
            | Kind::CheckpointName
            | Kind::FieldName => Argument::Text("name".to_owned()),
            Kind::RegisterSet => Argument::Registers(1 << register),
            Kind::Strategy => Argument::Strategy(palindrome_vm::Strategy::Latest),
        }
    }
}
