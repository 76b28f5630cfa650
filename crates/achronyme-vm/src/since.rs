//! What cannot have changed between two states of a run, so that a search for a write passes over it:
//! what lies in pages that nobody wrote to, and variables of the outermost code to which nothing that
//! it still comes to writes (decision 0033).

use std::collections::BTreeSet;
use std::sync::Arc;

use machine::Location;

use crate::frame::{Link, Return};
use crate::heap::{STACK, STACK_WORDS};
use crate::inspect::probe::REGISTERS;
use crate::instruction::Instruction;
use crate::machine::Snapshot;
use crate::op::Op;
use crate::program::Prototype;
use crate::stops::may_change;
use crate::task::BOTTOM;
use crate::value::Tag;

/// Frames above the outermost code, and instructions, that are looked at.
const FRAMES_MAX: usize = 1 << 12;
const INSTRUCTIONS_MAX: usize = 1 << 14;

impl Snapshot {
    /// Whether a run from this state to `later` may have changed what is stored there. `false` is
    /// certain.
    pub(crate) fn may_differ(&self, later: &Self, location: Location) -> bool {
        let Ok(at) = usize::try_from(location.address) else { return false };
        // With another program, or after a collection, a word may be let go of.
        if location.space == REGISTERS
            || !Arc::ptr_eq(&self.loaded, &later.loaded)
            || !self.heap.has_collected_as(&later.heap)
        {
            return true;
        }
        let value = later.heap.word(at);
        let refers = value.is(Tag::Vector) || value.is(Tag::Record) || value.is(Tag::Object);
        if refers {
            return true;
        }
        if (STACK..STACK + STACK_WORDS).contains(&at) {
            return !self.keeps_register(later, at);
        }
        !self.heap.has_page_of(&later.heap, at)
    }

    /// Whether the word is a register of the outermost code, which stays where it is, and to which
    /// nothing writes that it may still come to.
    fn keeps_register(&self, later: &Self, at: usize) -> bool {
        let is_simple = |one: &Self| one.state.tasks.is_alone() && one.state.ended.is_none();
        if !is_simple(self) || !is_simple(later) {
            return false;
        }
        let prototypes = self.loaded.prototypes();
        let Some(main) = prototypes.get(self.loaded.main()) else { return false };
        let register = at.checked_sub(BOTTOM).and_then(|index| u8::try_from(index).ok());
        let Some(register) = register.filter(|index| u16::from(*index) < main.registers) else {
            return false;
        };
        // Where it waits for other tasks, it is put away meanwhile.
        if is_in(main, Op::Await) {
            return false;
        }
        let start: usize =
            prototypes[..self.loaded.main()].iter().map(|before| before.code.len()).sum();
        let word = self.word_of_main().and_then(|pc| (pc as usize).checked_sub(start));
        word.is_some_and(|word| !may_write(main, word, register))
    }

    /// A word of the instruction that the outermost code is at.
    fn word_of_main(&self) -> Option<u32> {
        let (mut base, mut pc) = (self.state.base, self.state.pc);
        for _ in 0..FRAMES_MAX {
            if base == BOTTOM {
                return Some(pc);
            }
            let link = Link::of(self.heap.word(base - 2));
            pc = match link.kind() {
                Return::Plain | Return::Effect | Return::Task => link.pc().checked_sub(1)?,
                Return::Next | Return::Iterate => link.pc(),
                Return::Main => return None,
            };
            base = base.checked_sub(link.distance()).filter(|below| *below >= BOTTOM)?;
        }
        None
    }
}

fn is_in(prototype: &Prototype, op: Op) -> bool {
    let mut next = 0;
    while let Some(instruction) = Instruction::decode(&prototype.code, next) {
        if instruction.op == op {
            return true;
        }
        next = instruction.next();
    }
    false
}

/// Whether something writes to the register that control may come to from the instruction that the
/// word is of on. Errors may go to any handler.
fn may_write(prototype: &Prototype, word: usize, register: u8) -> bool {
    if prototype.handlers.iter().any(|handler| handler.register == register) {
        return true;
    }
    let mut next = 0;
    let mut first = None;
    while let Some(instruction) = Instruction::decode(&prototype.code, next) {
        next = instruction.next();
        if word < next {
            first = Some(instruction.at);
            break;
        }
    }
    let Some(first) = first else { return true };
    let mut open: Vec<usize> =
        prototype.handlers.iter().map(|handler| handler.target as usize).collect();
    open.push(first);
    let mut seen = BTreeSet::new();
    while let Some(at) = open.pop() {
        if !seen.insert(at) {
            continue;
        }
        let Some(instruction) = Instruction::decode(&prototype.code, at) else { return true };
        if seen.len() > INSTRUCTIONS_MAX || may_change(&instruction, Some(register)) {
            return true;
        }
        // It goes on behind the instruction that follows.
        if instruction.op == Op::IterNext {
            open.extend(
                Instruction::decode(&prototype.code, instruction.next()).map(|it| it.next()),
            );
        }
        open.extend(instruction.target().and_then(|target| usize::try_from(target).ok()));
        if !instruction.is_final() {
            open.push(instruction.next());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::Handler;

    const END: u32 = Op::End.abc(0, 0, 0);

    fn writes(code: &[u32], word: usize, register: u8) -> bool {
        let prototype = Prototype { code: code.to_vec(), registers: 8, ..Prototype::default() };
        may_write(&prototype, word, register)
    }

    #[test]
    fn what_was_written_before_a_loop_stays() {
        let code = [
            Op::LoadNull.abc(1, 0, 0),
            Op::Add.abc(2, 1, 1),
            Op::Loop.jump(-2).unwrap_or_default(),
            END,
        ];
        assert!(writes(&code, 0, 1));
        assert!(!writes(&code, 1, 1));
        assert!(writes(&code, 2, 2), "the loop comes back to it");
        assert!(!writes(&code, 3, 2));
    }

    #[test]
    fn calls_write_what_lies_above_their_first_register() {
        let code = [Op::Call.abc(3, 0, 0), END];
        assert!(!writes(&code, 0, 2));
        assert!(writes(&code, 0, 3) && writes(&code, 0, 7));
        let returns = [Op::Return.abc(0, 0, 0)];
        assert!(writes(&returns, 0, 5), "another frame may come there");
    }

    #[test]
    fn errors_may_go_anywhere() {
        let prototype = Prototype {
            code: vec![END, Op::LoadNull.abc(4, 0, 0), END],
            registers: 8,
            handlers: vec![Handler { start: 0, end: 1, target: 1, register: 2 }],
            ..Prototype::default()
        };
        assert!(may_write(&prototype, 0, 4));
        assert!(may_write(&prototype, 0, 2), "the error is put there");
        assert!(!may_write(&prototype, 0, 3));
    }
}
