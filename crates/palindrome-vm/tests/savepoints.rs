//! Savepoints: what goes back, what is carried over, what is printed, and how deep they nest.

mod random;

use std::sync::Arc;

use machine::{Answer, Machine, Portable, Probes, Question, Stop, Tick};
use palindrome_vm::runtime::{self, describe};
use palindrome_vm::{
    BaseOffset, CodeIndex, Instruction as I, Program, SAVEPOINTS_MAX, Trap, Value, Vm,
};
use proptest::prelude::*;

use crate::random::{advance, build, program};

/// A segment that `build` makes, whose first bytes are 7.
const DATA: i64 = 0x30_0000;

fn call(name: &str) -> I {
    I::CallRuntime { function: runtime::named(name).expect("a function").number }
}

fn li(reg: u8, value: i64) -> I {
    I::LoadImm { reg, value }
}

fn savepoint(handler: u32) -> I {
    I::Savepoint { handler: CodeIndex(handler) }
}

fn store(reg: u8, at: i64) -> I {
    I::Store { addr: BaseOffset { base: 15, offset: at }, reg }
}

/// Runs to the end with either engine, and gives what was written.
fn run(vm: &mut Vm, probes: &Probes) -> (String, Stop<Trap>) {
    let mut written = Vec::new();
    loop {
        match vm.run(Tick::at(1 << 22), probes) {
            Stop::Asks(Question::Write(pieces)) => {
                written.extend(pieces.into_iter().flat_map(|piece| piece.bytes));
                vm.answer(&Answer::Done).expect("it asked");
            }
            Stop::Asks(_) => vm.answer(&Answer::Bytes(b"none".to_vec())).expect("it is caught"),
            Stop::Probed(_) => {}
            stop @ (Stop::Reached | Stop::Trapped(_) | Stop::Ended(_)) => {
                return (String::from_utf8_lossy(&written).into_owned(), stop);
            }
        }
    }
}

/// Runs with both engines, which must agree, and back again.
fn both(program: &Arc<Program>) -> (Vm, String, Stop<Trap>) {
    let mut fast = Vm::load(Arc::clone(program));
    let start = fast.state_hash();
    fast.keep_trail(1 << 26);
    let (written, stop) = run(&mut fast, &Probes::none());
    let mut plain = Vm::load(Arc::clone(program));
    assert_eq!(run(&mut plain, &Probes::every_step()), (written.clone(), stop.clone()));
    assert_eq!(fast.state_hash(), plain.state_hash());
    let ticks = fast.tick().safepoints;
    assert_eq!(fast.back(ticks), ticks, "all of it is undone");
    assert_eq!(fast.state_hash(), start);
    (plain, written, stop)
}

/// A program whose body, from instruction 4 on, faults; its handler prints why, as a text.
fn caught(body: &[I]) -> Arc<Program> {
    let mut code = vec![savepoint(2), I::Jump { label: CodeIndex(10) }];
    // The description of a text, which only says that it is one.
    code.extend([li(15, 0), li(0, describe::TEXT), store(0, DATA), li(1, DATA)]);
    code.extend([call("carry_in"), I::Move { dst: 1, src: 0 }, call("print_line"), I::Halt]);
    code.extend_from_slice(body);
    build(code)
}

#[test]
fn every_kind_of_fault_goes_on_at_the_handler_with_its_message() {
    let at = |base, offset| BaseOffset { base, offset };
    let bodies: [(&[I], &str); 6] = [
        (&[li(1, 0), I::IDiv { dst: 2, src1: 1, src2: 1 }, I::Halt], "division by zero"),
        (&[li(1, i64::MAX), I::Load { reg: 2, addr: at(1, 0) }, I::Halt], "runs past the end"),
        (&[I::Call { label: CodeIndex(10) }, I::Halt], "stack overflow"),
        (
            &[I::Assert { condition: 9, message: "it holds".into() }, I::Halt],
            "assertion failed: it holds",
        ),
        (&[I::In { dst: 1 }, I::Halt], "the line `none` is no number"),
        (&[I::Rewind { label: "c".into() }, I::Checkpoint { label: "c".into() }], "checkpoint `c`"),
    ];
    for (body, message) in bodies {
        let (vm, written, stop) = both(&caught(body));
        assert!(matches!(stop, Stop::Ended(_)), "{message}: {stop:?}");
        assert!(written.contains(message), "{message}: {written}");
        assert_eq!(vm.savepoints(), 0);
    }
}

#[test]
fn a_fault_outside_of_savepoints_stops_as_ever() {
    let (_, _, stop) =
        both(&build(vec![savepoint(2), I::Release, I::IDivImm { dst: 0, src: 0, value: 0 }]));
    assert!(matches!(stop, Stop::Trapped(Trap::Division { .. })), "{stop:?}");
    let bare = [I::SavepointOnly, I::IDivImm { dst: 0, src: 0, value: 0 }, I::Halt];
    let (vm, _, stop) = both(&build(bare.to_vec()));
    assert!(matches!(stop, Stop::Trapped(Trap::Division { .. })), "{stop:?}");
    assert_eq!(vm.savepoints(), 1);
}

#[test]
fn work_inside_is_undone_but_for_what_stands_before() {
    let program = build(vec![
        li(15, 0),
        li(1, 1),
        store(1, DATA),
        savepoint(9),
        li(1, 2),
        store(1, DATA),
        I::Push { reg: 1 },
        store(1, DATA + 8),
        I::Rollback,
        I::Halt,
    ]);
    let (vm, _, stop) = both(&program);
    assert!(matches!(stop, Stop::Ended(_)), "{stop:?}");
    let mut bytes = [0; 16];
    vm.tape.peek(DATA, &mut bytes);
    assert_eq!((bytes[0], bytes[8], vm.registers[1], vm.sp()), (1, 7, 1, 2 << 20));
}

#[test]
fn nested_savepoints_go_back_one_by_one() {
    // The inner one fails and is caught; the outer one stands.
    let program = build(vec![
        li(15, 0),
        savepoint(9),
        li(1, 5),
        savepoint(7),
        li(1, 6),
        I::IDivImm { dst: 0, src: 0, value: 0 },
        I::Halt,
        I::Out { src: Value::Register(1) },
        I::Release,
        I::Halt,
    ]);
    let (vm, written, stop) = both(&program);
    assert!(matches!(stop, Stop::Ended(_)), "{stop:?}");
    assert_eq!((written.as_str(), vm.savepoints()), ("5\n", 0));
}

#[test]
fn a_savepoint_is_closed_from_within_others() {
    // The fault passes by the one that is closed, and the work since the inner one is undone.
    let program = build(vec![
        li(15, 0),
        savepoint(11),
        li(1, 5),
        savepoint(12),
        li(1, 6),
        I::SavepointOnly,
        li(1, 7),
        I::ReleaseLevel { level: Value::Immediate(1) },
        I::Rollback,
        I::Out { src: Value::Register(1) },
        I::IDivImm { dst: 0, src: 0, value: 0 },
        I::Halt,
        I::OutText { text: "wrong\n".into() },
        I::Halt,
    ]);
    let (vm, written, stop) = both(&program);
    assert!(matches!(stop, Stop::Ended(_)), "{stop:?}");
    assert_eq!((written.as_str(), vm.savepoints()), ("6\n", 0));
    let program = build(vec![savepoint(1), I::ReleaseLevel { level: Value::Immediate(1) }]);
    let (_, _, stop) = both(&program);
    assert!(!matches!(stop, Stop::Ended(_)), "{stop:?}");
}

#[test]
fn what_is_printed_waits_for_the_last_release_and_is_dropped_by_going_back() {
    let print = |value| [li(1, value), call("print_int")];
    let mut code = print(1).to_vec();
    code.push(savepoint(11));
    code.extend(print(2));
    code.push(savepoint(9));
    code.extend(print(3));
    code.push(I::Rollback);
    code.extend(print(4));
    code.push(I::Release);
    code.extend(print(5));
    code.push(I::Halt);
    let (_, written, stop) = both(&build(code));
    assert!(matches!(stop, Stop::Ended(_)), "{stop:?}");
    assert_eq!(written, "1\n2\n4\n5\n");
}

#[test]
fn an_answer_is_asked_for_once_however_often_it_is_undone() {
    let mut vm = Vm::load(build(vec![
        li(9, 2),
        savepoint(4),
        I::Random { dst: 1 },
        I::Rollback,
        I::Random { dst: 2 },
        I::Halt,
    ]));
    let mut questions = 0;
    while let Stop::Asks(_) = vm.run(Tick::at(100), &Probes::none()) {
        questions += 1;
        vm.answer(&Answer::Integer(questions)).expect("it asked");
    }
    assert_eq!(vm.ip(), 5, "it has ended");
    assert_eq!((questions, vm.registers[1], vm.registers[2]), (2, 0, 2));
}

#[test]
fn too_many_savepoints_are_a_fault_which_the_innermost_catches() {
    let mut vm = Vm::load(build(vec![I::SavepointOnly, I::Jump { label: CodeIndex(0) }]));
    let stop = vm.run(Tick::at(1 << 22), &Probes::none());
    assert_eq!(stop, Stop::Trapped(Trap::TooManySavepoints));
    assert_eq!(vm.savepoints(), SAVEPOINTS_MAX);
    let snapshot = vm.snapshot();
    drop(vm);
    drop(snapshot);
}

#[test]
fn a_past_tape_is_looked_at_and_what_was_read_is_carried_back() {
    let program = build(vec![
        li(15, 0),
        li(1, describe::INT),
        store(1, DATA + 64),
        li(1, 10),
        store(1, DATA),
        savepoint(16),
        li(1, 20),
        store(1, DATA),
        // The tape of the savepoint, within one of its own.
        I::SavepointOnly,
        I::Recall { level: Value::Immediate(1) },
        I::Load { reg: 2, addr: BaseOffset { base: 15, offset: DATA } },
        li(3, DATA + 64),
        I::Carry { src: 2, of: 3 },
        I::Rollback,
        I::Release,
        I::Jump { label: CodeIndex(16) },
        li(1, DATA + 64),
        call("carry_in"),
        I::Load { reg: 1, addr: BaseOffset { base: 15, offset: DATA } },
        I::Halt,
    ]);
    let (vm, _, stop) = both(&program);
    assert!(matches!(stop, Stop::Ended(_)), "{stop:?}");
    assert_eq!((vm.registers[0], vm.registers[1]), (10, 20));
}

#[test]
fn states_with_open_savepoints_can_be_written_down() {
    let program = build(vec![
        li(15, 0),
        li(1, 1),
        store(1, DATA),
        savepoint(12),
        li(1, 2),
        store(1, DATA),
        savepoint(10),
        li(1, 3),
        store(1, 1 << 30),
        I::Rollback,
        I::IDivImm { dst: 0, src: 0, value: 0 },
        I::Halt,
        I::Load { reg: 3, addr: BaseOffset { base: 15, offset: DATA } },
        I::Halt,
    ]);
    for ticks in 0..12 {
        let mut vm = Vm::load(Arc::clone(&program));
        vm.run(Tick::at(ticks), &Probes::none());
        let bytes = vm.write_state().expect("it has bytes");
        let mut other = Vm::load(Arc::clone(&program));
        other.read_state(&bytes).expect("its own bytes");
        assert_eq!(other.state_hash(), vm.state_hash(), "at {ticks}");
        assert_eq!(run(&mut other, &Probes::none()), run(&mut vm, &Probes::none()));
        assert_eq!((other.state_hash(), other.registers[3]), (vm.state_hash(), 1));
    }
}

#[test]
fn output_that_is_held_back_has_a_bound() {
    let mut vm = Vm::load(build(vec![
        I::SavepointOnly,
        li(1, DATA),
        li(2, 16 << 20),
        call("text_new"),
        I::Move { dst: 1, src: 0 },
        call("print_text"),
        I::Jump { label: CodeIndex(5) },
    ]));
    assert_eq!(run(&mut vm, &Probes::none()), (String::new(), Stop::Trapped(Trap::OutputFull)));
}

#[test]
fn a_rewind_to_before_an_open_savepoint_is_refused() {
    let mark = |label: &str| I::Checkpoint { label: label.into() };
    let mut vm = Vm::load(build(vec![
        mark("c"),
        I::SavepointOnly,
        mark("d"),
        I::Rewind { label: "d".into() },
        I::Rewind { label: "c".into() },
    ]));
    let stop = vm.run(Tick::at(100), &Probes::none());
    assert_eq!(stop, Stop::Trapped(Trap::SavepointBetween { name: "c".into() }));
    assert_eq!((vm.ip(), vm.savepoints()), (4, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever was done since: registers, positions and tape are as they were before `SAVEPOINT`.
    #[test]
    fn going_back_restores_everything(program in program()) {
        let mut vm = Vm::load(Arc::clone(&program));
        let now = |vm: &Vm| (vm.registers, vm.sp(), vm.fp(), vm.hp(), vm.tape.content_hash());
        let mut open = Vec::new();
        for tick in 1..400 {
            let (before, instruction) = (now(&vm), vm.instruction().cloned());
            if !advance(&mut vm, tick, &Probes::every_step()) {
                break;
            }
            match instruction {
                // It may open some again, or close some.
                Some(I::RewindN { .. }) | None => break,
                Some(I::Release) => open.truncate(vm.savepoints()),
                // It closes one among others.
                Some(I::ReleaseLevel { level: Value::Immediate(level) })
                    if usize::try_from(level).is_ok_and(|level| level < open.len()) =>
                {
                    open.remove(vm.savepoints() - usize::try_from(level).expect("a level"));
                }
                _ if vm.savepoints() > open.len() => open.push(before),
                _ if vm.savepoints() < open.len() => {
                    prop_assert_eq!(now(&vm), open[vm.savepoints()]);
                    open.truncate(vm.savepoints());
                }
                _ => {}
            }
        }
    }
}
