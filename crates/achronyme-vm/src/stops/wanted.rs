//! Which instructions the fast engine has to stop at: those that it does itself, and that may change
//! something of a kind.

use std::ops::Range;

use crate::exchange;
use crate::instruction::Instruction;
use crate::op::{Op, Operand};
use crate::verify::window_of;
use crate::vm::Vm;

/// Instructions that may change something. The fast engine does some of them itself; at what it
/// leaves to the plain engine nobody need stop it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wanted {
    /// None of them: those before which the user wants to stop.
    Breakpoint,
    /// A global variable.
    Global(usize),
    /// What is in cells.
    Cells,
    /// Fields of records.
    Fields,
    /// Elements of vectors, and numbers of tensors.
    Elements,
    /// Which frame runs.
    Frames,
    /// Where objects are.
    Objects,
    /// What a loop over a generator gets, which another function puts there.
    Turns,
    /// A register in frames of a function, or, below its registers, how the frame was made.
    Register(usize, Option<u8>),
}

impl Vm {
    /// The instructions, in order.
    pub(super) fn positions_of(&self, wanted: Wanted, breaks: &[u32]) -> Vec<u32> {
        let range = if let Wanted::Register(function, _) = wanted {
            let first = self.prototypes[function].code as usize;
            first..first + self.program.prototypes[function].code.len()
        } else {
            0..self.code.len()
        };
        self.positions(range, |instruction| match wanted {
            Wanted::Breakpoint => {
                let at = u32::try_from(instruction.at);
                at.is_ok_and(|at| breaks.binary_search(&at).is_ok())
            }
            Wanted::Global(number) => {
                let mut operands = instruction.operands();
                matches!(instruction.op, Op::SetGlobal | Op::SetGlobalIndex)
                    && operands.any(|(of, value)| {
                        of.is_global() && usize::try_from(value).is_ok_and(|value| value == number)
                    })
            }
            Wanted::Cells => matches!(instruction.op, Op::SetCell | Op::SetUpcell),
            Wanted::Fields => instruction.op == Op::SetField,
            Wanted::Elements => changes_elements(instruction.op),
            Wanted::Frames => changes_frame(instruction.op),
            Wanted::Turns => instruction.op == Op::Yield,
            Wanted::Objects => makes_objects(instruction.op),
            Wanted::Register(_, register) => may_change(instruction, register),
        })
    }

    /// The instructions of a part of the code that are wanted. The fast engine does an exchange in one
    /// go, so it has to stop before one that has any of them.
    fn positions(&self, range: Range<usize>, is_it: impl Fn(&Instruction<'_>) -> bool) -> Vec<u32> {
        let mut at: Vec<u32> = Vec::new();
        let mut next = range.start;
        let mut exchanged = 0..0;
        // The functions' codes follow each other, and none falls off its end.
        while next < range.end
            && let Some(instruction) = Instruction::decode(&self.code, next)
        {
            let position = next;
            next = instruction.next();
            if let Some(words) = exchange::words(instruction.op) {
                exchanged = position..position + words;
            }
            if is_it(&instruction) {
                let head = u32::try_from(exchanged.start).ok();
                at.extend(head.filter(|head| {
                    exchanged.contains(&position) && at.last().is_none_or(|last| last < head)
                }));
                at.extend(u32::try_from(position).ok().filter(|it| at.last() != Some(it)));
            }
        }
        at
    }
}

/// Whether it may change elements. Functions of the library may write a result over an operand.
const fn changes_elements(op: Op) -> bool {
    matches!(
        op,
        Op::SetIndex
            | Op::SetUpIndex
            | Op::SetGlobalIndex
            | Op::Swap
            | Op::SwapUp
            | Op::SwapGlobal
            | Op::VectorPush
            | Op::CallBuiltin
    )
}

/// Whether it may go to another frame.
const fn changes_frame(op: Op) -> bool {
    matches!(
        op,
        Op::Call
            | Op::CallRec
            | Op::CallMethod
            | Op::TailCall
            | Op::TailRec
            | Op::TailMethod
            | Op::Return
            | Op::ReturnNull
            | Op::IterNext
            | Op::Yield
    )
}

/// Whether it may make an object.
const fn makes_objects(op: Op) -> bool {
    matches!(
        op,
        Op::NewRecord | Op::NewVector | Op::NewCell | Op::Closure | Op::Add | Op::CallBuiltin
    )
}

/// Whether it may change a register of the frame that it runs in, or leave the frame.
pub(crate) fn may_change(instruction: &Instruction<'_>, register: Option<u8>) -> bool {
    if matches!(
        instruction.op,
        Op::TailCall | Op::TailRec | Op::TailMethod | Op::Return | Op::ReturnNull | Op::Yield
    ) {
        return true;
    }
    let Some(register) = register else { return false };
    let (index, wanted) = (usize::from(register), i64::from(register));
    if let Some((first, count)) = window_of(instruction) {
        // A loop over numbers writes its two; what calls writes all from the first on.
        let is_loop = matches!(instruction.op, Op::ForPrepare | Op::ForLoop);
        if index >= first && (!is_loop || index < first + count) {
            return true;
        }
    }
    instruction.operands().any(|(operand, value)| {
        let is_written = matches!(operand, Operand::Write | Operand::Change) && value == wanted;
        // The window of a pattern is what that says.
        is_written || (operand == Operand::Pattern && register >= instruction.a())
    })
}
