//! Makes the last reading of a variable before it is set again a taking, so that its value is not
//! shared meanwhile and can be changed in place: `xs 5 append -> xs`.
//!
//! Between the two nothing may leave the straight line or mention the variable. A local variable
//! is seen by nothing else. A global one is seen by any code that runs, and should not be lost when
//! something fails, so for these only one word that changes a container may come between, and
//! only in definitions.

use tacit_vm::Instruction;

use super::routine::{Op, Routine, Step};

pub(super) fn take_last_uses(routine: &mut Routine) {
    let is_definition = routine.word.is_some();
    for set in 0..routine.steps.len() {
        let (before, after) = routine.steps.split_at_mut(set);
        if let Op::Plain(Instruction::LocalSet { slot }) = after[0].op {
            take_local(before, slot);
        }
        if let Op::Plain(Instruction::GlobalSet { index }) = after[0].op
            && is_definition
        {
            take_global(before, index);
        }
    }
}

fn take_local(before: &mut [Step], variable: u8) {
    for step in before.iter_mut().rev() {
        let Op::Plain(instruction) = &step.op else {
            if matches!(step.op, Op::Call(_) | Op::Symbol(_)) {
                continue;
            }
            return;
        };
        if *instruction == (Instruction::LocalGet { slot: variable }) {
            step.op = Op::Plain(Instruction::LocalTake { slot: variable });
            return;
        }
        if leaves_the_line(instruction) || local_of(instruction) == Some(variable) {
            return;
        }
    }
}

const fn leaves_the_line(instruction: &Instruction) -> bool {
    matches!(
        instruction,
        Instruction::End
            | Instruction::Exit
            | Instruction::Leave
            | Instruction::Unloop
            | Instruction::Error
    )
}

const fn local_of(instruction: &Instruction) -> Option<u8> {
    if let Instruction::LocalGet { slot }
    | Instruction::LocalSet { slot }
    | Instruction::LocalTake { slot }
    | Instruction::LocalAt { slot }
    | Instruction::LocalPut { slot }
    | Instruction::LocalPath { slot, .. }
    | Instruction::LocalPutPath { slot, .. } = instruction
    {
        return Some(*slot);
    }
    None
}

fn take_global(before: &mut [Step], variable: u16) {
    let Some((last, before)) = before.split_last_mut() else { return };
    let is_change = matches!(
        last.op,
        Op::Plain(
            Instruction::Append
                | Instruction::Put
                | Instruction::Delete
                | Instruction::Concat
                | Instruction::Fill
        )
    );
    if !is_change {
        return;
    }
    for step in before.iter_mut().rev() {
        let Op::Plain(instruction) = &step.op else { return };
        if *instruction == (Instruction::GlobalGet { index: variable }) {
            step.op = Op::Plain(Instruction::GlobalTake { index: variable });
            return;
        }
        let is_push = matches!(
            instruction,
            Instruction::Literal { .. }
                | Instruction::Small { .. }
                | Instruction::LiteralString { .. }
                | Instruction::LocalGet { .. }
                | Instruction::LocalTake { .. }
                | Instruction::GlobalGet { .. }
                | Instruction::Swap
                | Instruction::Dup
                | Instruction::Over
                | Instruction::Rot
                | Instruction::NegRot
        );
        if !is_push {
            return;
        }
    }
}
