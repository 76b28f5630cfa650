//! Moments: what is kept, what is looked at, and what going back leaves.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use machine::{Answer, Machine as _, Portable as _, Probes, Question, Stop, Tick};
use palindrome_vm::layout::{NAMES_START, STATE};
use palindrome_vm::{BaseOffset, Image, Instruction, Program, Trap, Vm, image::pack_all};
use tape::Stored;

fn program(instructions: &[Instruction]) -> Arc<Program> {
    let (code, pool, texts) = pack_all(instructions);
    Program::new(Image { code, pool, texts, ..Image::default() }).unwrap()
}

/// Runs as far as it goes; the clock is a second later each time.
fn run(vm: &mut Vm) -> Stop<Trap> {
    let mut time = 1_700_000_000_000_000_000;
    loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Asks(Question::Clock) => {
                time += 1_000_000_000;
                if let Err(trap) = vm.answer(&Answer::Integer(time)) {
                    return Stop::Trapped(trap);
                }
            }
            stop => return stop,
        }
    }
}

/// Writes `value` as the first name.
fn set(value: i64) -> [Instruction; 2] {
    let addr = BaseOffset { base: 12, offset: NAMES_START };
    [Instruction::LoadImm { reg: 1, value }, Instruction::Store { addr, reg: 1 }]
}

fn get(reg: u8) -> Instruction {
    Instruction::Load { reg, addr: BaseOffset { base: 12, offset: NAMES_START } }
}

fn number(reg: u8, value: i64) -> Instruction {
    Instruction::LoadImm { reg, value }
}

const KEEP: Instruction = Instruction::KeepMoment;

#[test]
fn a_look_reads_what_was_there_and_leaves_the_present_as_it_is() {
    let [a, b] = set(10);
    let [c, d] = set(20);
    let [e, f] = set(30);
    let mut vm = Vm::load(program(&[
        a,
        b,
        KEEP,
        c,
        d,
        KEEP,
        e,
        f,
        number(5, 0),
        Instruction::Look { moment: 5 },
        get(6),
        // A look within a look, at what is under way.
        number(5, 2),
        Instruction::Look { moment: 5 },
        get(7),
        Instruction::LeaveLook,
        get(8),
        Instruction::LeaveLook,
        get(9),
        Instruction::Halt,
    ]));
    assert!(matches!(run(&mut vm), Stop::Ended(_)));
    assert_eq!(vm.registers.general[6..10], [10, 30, 10, 30]);
}

#[test]
fn rewinding_keeps_the_future_on_its_branch() {
    let [a, b] = set(1);
    let [c, d] = set(2);
    let [e, f] = set(3);
    let mut vm = Vm::load(program(&[
        a,
        b,
        KEEP,
        c,
        d,
        KEEP,
        number(5, 0),
        Instruction::RewindTo { moment: 5 },
        get(6),
        KEEP,
        e,
        f,
        KEEP,
        Instruction::Switch { branch: "main".into() },
        get(7),
        KEEP,
        Instruction::Switch { branch: "main2".into() },
        get(8),
        number(5, 9),
        Instruction::Look { moment: 5 },
        Instruction::Halt,
    ]));
    let stop = run(&mut vm);
    let reason = "there is no moment 9 yet: the present one is 5".to_owned();
    assert_eq!(stop, Stop::Trapped(Trap::Moment { reason }));
    assert_eq!(vm.registers.general[6..9], [1, 2, 3]);
}

#[test]
fn a_state_with_moments_is_the_same_after_it_was_written() {
    let mut instructions = Vec::new();
    for value in 0..50 {
        instructions.extend(set(value * 7));
        instructions.push(KEEP);
    }
    instructions.push(Instruction::NameMoment { name: "here".into() });
    instructions.extend([number(5, 20), Instruction::RewindTo { moment: 5 }, KEEP]);
    instructions.extend(set(-1));
    instructions.extend([KEEP, number(5, 3), Instruction::Look { moment: 5 }, number(5, 49)]);
    instructions.extend([Instruction::Look { moment: 5 }, get(6), Instruction::LeaveLook]);
    instructions.extend([get(7), Instruction::LeaveLook, get(8), Instruction::Halt]);
    let program = program(&instructions);
    let mut vm = Vm::load(Arc::clone(&program));
    let end = Tick::at(instructions.len() as u64 - 6);
    while !matches!(vm.run(end, &Probes::none()), Stop::Reached) {
        vm.answer(&Answer::Integer(7)).unwrap();
    }
    let bytes = vm.write_state().unwrap();
    let mut other = Vm::load(program);
    other.read_state(&bytes).unwrap();
    assert_eq!(other.state_hash(), vm.state_hash());
    assert_eq!(other.write_state().unwrap(), bytes);
    assert!(matches!(run(&mut vm), Stop::Ended(_)) && matches!(run(&mut other), Stop::Ended(_)));
    assert_eq!(other.state_hash(), vm.state_hash());
    assert_eq!(other.registers.general[6..9], [49 * 7, 21, -1]);
    for len in 0..bytes.len() {
        assert!(Vm::load(Arc::clone(vm.program())).read_state(&bytes[..len]).is_err(), "{len}");
    }
}

#[test]
fn a_hundred_thousand_moments_are_dropped_without_recursion_and_found_at_once() {
    let again = 2;
    let addr = BaseOffset { base: 12, offset: STATE.start };
    let mut vm = Vm::load(program(&[
        number(1, 0),
        number(12, 0),
        Instruction::Store { addr, reg: 1 },
        KEEP,
        Instruction::IAddImm { dst: 1, src: 1, value: 1 },
        Instruction::CmpImm { src: 1, value: 100_000 },
        Instruction::BranchLess { label: palindrome_vm::CodeIndex(again) },
        number(5, 12_345),
        Instruction::Look { moment: 5 },
        Instruction::Load { reg: 6, addr },
        Instruction::LeaveLook,
        Instruction::Halt,
    ]));
    assert!(matches!(run(&mut vm), Stop::Ended(_)));
    assert_eq!(vm.registers.general[6], 12_345);
    assert!(matches!(vm.tape.load_u64(STATE.start), Some(99_999)));
    assert_eq!(vm.tape.store_u64(STATE.start, 1), Stored::Ok);
}
