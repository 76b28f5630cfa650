//! Which registers are still read: whether what is in one matters after a place in the code.

use std::collections::BTreeSet;

use crate::instruction::Instruction;
use crate::op::{Op, Operand};
use crate::program::{Capture, Program, Prototype};
use crate::verify::window_of;

/// So many instructions are looked at; beyond them, a register counts as read.
const INSTRUCTIONS_MAX: usize = 4096;

/// What an instruction does with a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Reads,
    Writes,
    Neither,
}

/// Whether some way from `word` on reads the register before it writes there. Errors may go to any
/// handler. Wherever that is not clear, it does.
pub(crate) fn is_read_later(
    program: &Program,
    prototype: &Prototype,
    word: usize,
    register: u8,
) -> bool {
    let handlers = prototype.handlers.iter();
    // A handler's register gets the error.
    let handlers = handlers.filter(|handler| handler.register != register);
    let mut open: Vec<usize> = handlers.map(|handler| handler.target as usize).collect();
    open.push(word);
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        let Some(instruction) = Instruction::decode(&prototype.code, at) else { return true };
        if seen.len() > INSTRUCTIONS_MAX {
            return true;
        }
        match usage(program, &instruction, register) {
            Use::Reads => return true,
            Use::Writes => continue,
            Use::Neither => {}
        }
        open.extend(instruction.target().and_then(|target| usize::try_from(target).ok()));
        if !instruction.is_final() {
            open.push(instruction.next());
        }
    }
    false
}

fn usage(program: &Program, instruction: &Instruction<'_>, register: u8) -> Use {
    let index = usize::from(register);
    if let Some((first, count)) = window_of(instruction)
        && (first..first + count).contains(&index)
    {
        return Use::Reads;
    }
    let mut usage = Use::Neither;
    for (operand, value) in instruction.operands() {
        let is_it = value == i64::from(register);
        // The window of a pattern is what that says.
        let may_be_it = operand == Operand::Pattern && register >= instruction.a();
        if may_be_it || is_it && matches!(operand, Operand::Read | Operand::Change) {
            return Use::Reads;
        }
        if is_it && operand == Operand::Write {
            usage = Use::Writes;
        }
    }
    if instruction.op == Op::Closure {
        let number = usize::from(u16::from_le_bytes([instruction.b(), instruction.c()]));
        let captures = program.prototypes.get(number).map(|prototype| &prototype.captures);
        if captures.is_none_or(|captures| captures.contains(&Capture::Register(register))) {
            return Use::Reads;
        }
    }
    usage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Handler;

    fn is_read(code: &[u32], register: u8) -> bool {
        let prototype = Prototype { code: code.to_vec(), registers: 8, ..Prototype::default() };
        is_read_later(&Program::default(), &prototype, 0, register)
    }

    const END: u32 = Op::End.abc(0, 0, 0);

    #[test]
    fn a_register_matters_until_it_is_written() {
        assert!(is_read(&[Op::Add.abc(1, 2, 3), END], 3));
        assert!(!is_read(&[Op::Add.abc(1, 2, 3), END], 1));
        assert!(is_read(&[Op::Add.abc(1, 1, 3), END], 1), "read, then written");
        assert!(!is_read(&[Op::LoadNull.abc(3, 0, 0), Op::Add.abc(1, 2, 3), END], 3));
        assert!(is_read(&[END], 0));
        assert!(!is_read(&[END], 1));
        assert!(is_read(&[Op::Call.abc(2, 1, 0), END], 4), "an argument");
        assert!(!is_read(&[Op::Call.abc(2, 1, 0), END], 5));
        assert!(is_read(&[Op::NewVector.abc(1, 2, 3), END], 4));
    }

    #[test]
    fn all_ways_are_gone() {
        let reads = Op::Add.abc(1, 2, 3);
        let writes = Op::LoadNull.abc(3, 0, 0);
        let one_way = [Op::JumpIfTrue.abc(0, 0, 0), 1, writes, reads, END];
        assert!(is_read(&one_way, 3), "the jump leaves out what writes");
        let other = [Op::JumpIfTrue.abc(0, 0, 0), 1, reads, writes, END];
        assert!(is_read(&other, 3), "going straight on reads");
        let back = [Op::Nop.abc(0, 0, 0), Op::Loop.jump(-2).unwrap_or_default()];
        assert!(!is_read(&back, 3), "nothing does in a loop without end");
    }

    #[test]
    fn errors_may_go_to_any_handler() {
        let code = vec![END, Op::Return.abc(3, 0, 0)];
        let handler = |register| Handler { start: 0, end: 1, target: 1, register };
        let with = |register| Prototype {
            code: code.clone(),
            handlers: vec![handler(register)],
            registers: 8,
            ..Prototype::default()
        };
        assert!(is_read_later(&Program::default(), &with(2), 0, 3));
        assert!(!is_read_later(&Program::default(), &with(3), 0, 3), "the error is in it");
    }
}
