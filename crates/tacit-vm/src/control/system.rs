//! The system routines: the bytecode at 0x100 in which words go on that run other code.

use crate::layout::{CODE_START, Register, SYSTEM, Segment};
use crate::memory::Memory;
use crate::op::Instruction as I;
use crate::value::Cell;

/// Ends the unit; what the outermost code returns to.
pub(crate) const END: u16 = 0;
pub(crate) const PULL: u16 = SYSTEM;
pub(crate) const PULLED: u16 = SYSTEM + 0x01;
pub(crate) const APPLIED: u16 = SYSTEM + 0x02;
pub(crate) const FORCED: u16 = SYSTEM + 0x03;
pub(crate) const CHOSEN: u16 = SYSTEM + 0x04;
pub(crate) const JOINED: u16 = SYSTEM + 0x05;
pub(crate) const TASK_END: u16 = SYSTEM + 0x06;
pub(crate) const CALL: u16 = SYSTEM + 0x08;
pub(crate) const FORCE: u16 = SYSTEM + 0x0a;
pub(crate) const FOR_EACH: u16 = SYSTEM + 0x10;
pub(crate) const COLLECT: u16 = SYSTEM + 0x20;
pub(crate) const COUNT: u16 = SYSTEM + 0x30;
pub(crate) const LAST: u16 = SYSTEM + 0x40;
pub(crate) const FIRST: u16 = SYSTEM + 0x50;
pub(crate) const FIND: u16 = SYSTEM + 0x68;
pub(crate) const ANY: u16 = SYSTEM + 0x80;
pub(crate) const ALL: u16 = SYSTEM + 0x98;
pub(crate) const NEXT: u16 = SYSTEM + 0xb8;
pub(crate) const TIMES: u16 = SYSTEM + 0xc8;

/// Where each routine begins and the word that it does, in order.
const ROUTINES: [(u16, &str); 18] = [
    (PULL, "(pull)"),
    (FORCED, "(forced)"),
    (CHOSEN, "if"),
    (JOINED, "and/or"),
    (TASK_END, "(task-end)"),
    (CALL, "call"),
    (FORCE, "force"),
    (FOR_EACH, "for-each"),
    (COLLECT, "to-vector"),
    (COUNT, "count"),
    (LAST, "last"),
    (FIRST, "first"),
    (FIND, "find"),
    (ANY, "any"),
    (ALL, "all"),
    (NEXT, "next"),
    (TIMES, "times"),
    (CODE_START, ""),
];

/// The name of the system routine at an offset of the code, for stack traces.
#[must_use]
pub fn routine_name(address: u16) -> Option<&'static str> {
    let after = ROUTINES.iter().position(|(start, _)| *start > address)?;
    ROUTINES.get(after.checked_sub(1)?).map(|(_, name)| *name)
}

/// Whether code returns there without having been called from the instruction before: the machine
/// has put the place on the return stack itself.
pub(crate) const fn is_entry(address: u16) -> bool {
    address >= PULL && address < CALL
}

/// Puts the routines into a memory, and what tasks need there.
pub(crate) fn install(memory: &mut Memory) {
    for (address, code) in routines() {
        let base = memory.layout().base(Segment::Code) + usize::from(address);
        for (index, byte) in code.iter().enumerate() {
            memory.set_byte(base + index, *byte);
        }
    }
    let main = memory.layout().registers().0 + Register::MainTask as usize;
    for cell in 0..8 {
        memory.set(main + cell, if cell < 5 { Cell(0) } else { Cell::NIL });
    }
}

fn routines() -> Vec<(u16, Vec<u8>)> {
    let single = |instruction: I| pack(&[instruction]);
    vec![
        (END, single(I::End)),
        (PULL, single(I::Pull)),
        (PULLED, single(I::Pulled)),
        (APPLIED, single(I::Applied)),
        (FORCED, single(I::Forced)),
        (CHOSEN, single(I::Chosen)),
        (JOINED, single(I::Joined)),
        (TASK_END, single(I::TaskEnd)),
        (CALL, pack(&[I::CallValue, I::Exit])),
        (FORCE, pack(&[I::Force, I::Exit])),
        (FOR_EACH, rounds(&[I::CallHeld], &[I::DropHeld, I::Exit])),
        (COLLECT, rounds(&[I::Collect], &[I::YieldHeld, I::Exit])),
        (COUNT, rounds(&[I::Tally], &[I::YieldHeld, I::Exit])),
        (LAST, rounds(&[I::Keep], &[I::YieldHeld, I::Exit])),
        (FIRST, rounds(&[I::Keep, I::Unloop, I::YieldHeld, I::Exit], &[I::YieldHeld, I::Exit])),
        (
            FIND,
            rounds(
                &[
                    I::KeepCopy,
                    I::CallHeld,
                    I::BranchIfFalse { to: 3 },
                    I::Unloop,
                    I::YieldHeld,
                    I::Exit,
                ],
                &[I::DropHeld, I::Nil, I::Exit],
            ),
        ),
        (
            ANY,
            rounds(
                &[
                    I::CallHeld,
                    I::BranchIfFalse { to: 4 },
                    I::Unloop,
                    I::DropHeld,
                    I::True,
                    I::Exit,
                ],
                &[I::DropHeld, I::False, I::Exit],
            ),
        ),
        (
            ALL,
            rounds(
                &[
                    I::CallHeld,
                    I::BranchIfFalse { to: 3 },
                    I::Branch { to: 4 },
                    I::Unloop,
                    I::DropHeld,
                    I::False,
                    I::Exit,
                ],
                &[I::DropHeld, I::True, I::Exit],
            ),
        ),
        (
            NEXT,
            rounds(&[I::Rest, I::DropHeld, I::True, I::Exit], &[I::DropHeld, I::False, I::Exit]),
        ),
        (TIMES, {
            let body = pack(&[I::CallHeld]);
            let back = -distance(body.len() + 3);
            let end = pack(&[I::TimesNext { body: back }, I::DropHeld, I::Exit]);
            [pack(&[I::Branch { to: distance(body.len()) }]), body, end].concat()
        }),
    ]
}

/// A loop over the elements of a sequence.
fn rounds(body: &[I], end: &[I]) -> Vec<u8> {
    let body = pack(body);
    let length = distance(body.len());
    let next = [I::ForNext { body: -length - 3 }, I::ForGot { body: -length - 6 }];
    [pack(&[I::Branch { to: length }]), body, pack(&next), pack(end)].concat()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the page is small"
)]
fn distance(bytes: usize) -> i16 {
    bytes as i16
}

/// The bytes of instructions.
pub(crate) fn pack(instructions: &[I]) -> Vec<u8> {
    let mut code = Vec::new();
    for instruction in instructions {
        instruction.encode(&mut code);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_routine_ends_before_the_next_one_begins() {
        let mut routines = routines();
        routines.push((CODE_START, Vec::new()));
        for pair in routines.windows(2) {
            assert!(usize::from(pair[0].0) + pair[0].1.len() <= usize::from(pair[1].0), "{pair:?}");
        }
    }

    #[test]
    fn an_offset_within_a_routine_has_its_name() {
        assert_eq!(routine_name(COUNT + 3), Some("count"));
        assert_eq!(routine_name(APPLIED), Some("(pull)"));
        assert_eq!(routine_name(END), None);
        assert_eq!(routine_name(CODE_START), None);
    }
}
