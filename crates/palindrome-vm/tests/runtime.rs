//! Runtime calls: what they give, that they fault whole, and that they are undone to the bit.

use std::sync::Arc;

use machine::{Answer, Machine, Probes, Question, Stop, Tick};
use palindrome_vm::image::{SegmentImage, pack};
use palindrome_vm::runtime::{self, COUNT_CONSTANT, FUNCTIONS, KIND_TEXT, head_word};
use palindrome_vm::{
    BaseOffset, Executed, Image, Instruction as I, Program, SegmentType, Trap, VerifyError, Vm,
};
use proptest::prelude::*;

const DATA: i64 = 0x30_0000;

fn call(name: &str) -> I {
    I::CallRuntime { function: runtime::named(name).expect("a function").number }
}

/// Calls a function with these arguments.
fn give(vm: &mut Vm, name: &str, arguments: &[i64]) -> Result<i64, Trap> {
    for (register, value) in (1..).zip(arguments) {
        vm.registers[register] = *value;
    }
    vm.execute(call(name)).map(|_| vm.registers[0])
}

fn li(reg: u8, value: i64) -> I {
    I::LoadImm { reg, value }
}

fn image(instructions: &[I]) -> Image {
    let mut image = Image::default();
    for instruction in instructions {
        image.code.push(pack(instruction, &mut image.pool, &mut image.texts));
    }
    let mut data = head_word(KIND_TEXT, 0, COUNT_CONSTANT).to_le_bytes().to_vec();
    data.extend(5_u64.to_le_bytes());
    data.extend(b"hello");
    let (name, kind) = ("data".into(), SegmentType::Data);
    image.segments.push(SegmentImage { name, start: DATA, size: 64, kind, data });
    image
}

fn program(instructions: &[I]) -> Arc<Program> {
    Program::new(image(instructions)).expect("it verifies")
}

/// Runs to the end, and gives back what was written.
fn run(vm: &mut Vm) -> (String, Stop<Trap>) {
    let mut written = Vec::new();
    loop {
        let stop = vm.run(Tick::at(1 << 20), &Probes::none());
        let Stop::Asks(Question::Write(pieces)) = stop else {
            return (String::from_utf8_lossy(&written).into_owned(), stop);
        };
        written.extend(pieces.into_iter().flat_map(|piece| piece.bytes));
        vm.answer(&Answer::Done).expect("it asked");
    }
}

#[test]
fn texts_are_joined_and_printed() {
    let mut vm = Vm::load(program(&[
        li(1, 42),
        call("text_of_int"),
        li(1, DATA),
        I::Move { dst: 2, src: 0 },
        call("text_concat"),
        I::Move { dst: 1, src: 0 },
        call("print_line"),
        I::Move { dst: 2, src: 1 },
        call("text_compare"),
        I::Move { dst: 1, src: 0 },
        call("print_int"),
        I::Halt,
    ]));
    let (written, stop) = run(&mut vm);
    assert!(matches!(stop, Stop::Ended(code) if code.0 == 0), "{stop:?}");
    assert_eq!(written, "hello42\n0\n");
}

#[test]
fn a_program_that_calls_has_the_segments_and_no_other_does() {
    let calls = Vm::load(program(&[li(1, 1), call("text_of_int"), I::Halt]));
    assert!(calls.tape.segment("objects").is_some() && calls.tape.segment("store").is_some());
    let plain = Vm::load(program(&[I::Halt]));
    assert!(plain.tape.segment("objects").is_none());
    let mut taken = image(&[call("text_of_int"), I::Halt]);
    taken.segments[0].name = "objects".into();
    assert!(matches!(Program::new(taken), Err(VerifyError::Segment { .. })));
}

#[test]
fn a_number_that_the_machine_does_not_have_is_refused() {
    let unknown = image(&[I::CallRuntime { function: 0xfff0 }, I::Halt]);
    let error = Program::new(unknown).unwrap_err();
    assert!(matches!(error, VerifyError::UnknownRuntime { number: 0xfff0, .. }), "{error}");
    let mut vm = Vm::new();
    assert!(vm.execute(I::CallRuntime { function: 0xfff0 }).is_err());
}

#[test]
fn what_is_freed_is_used_again_and_what_it_refers_to_is_freed_later() {
    let mut vm = Vm::new();
    let inner = give(&mut vm, "text_new", &[DATA, 100]).expect("there is room");
    let outer = give(&mut vm, "record_new", &[3, 1]).expect("there is room");
    give(&mut vm, "retain", &[outer]).expect("an object");
    (vm.registers[1], vm.registers[2]) = (outer, inner);
    let store = I::Store { addr: BaseOffset { base: 1, offset: 16 }, reg: 2 };
    assert_eq!(vm.execute(store), Ok(Executed::Done));
    give(&mut vm, "release", &[outer]).expect("an object");
    assert_ne!(give(&mut vm, "record_new", &[3, 0]), Ok(outer));
    give(&mut vm, "release", &[outer]).expect("an object");
    assert_eq!(give(&mut vm, "record_new", &[3, 0]), Ok(outer));
    assert_eq!(give(&mut vm, "text_new", &[DATA, 100]), Ok(inner));
    for (name, argument) in [("release", inner + 8), ("list_new", -1), ("list_new", i64::MAX)] {
        assert!(give(&mut vm, name, &[argument]).is_err(), "{name}");
    }
    assert!(give(&mut vm, "print_text", &[outer]).is_err());
}

fn argument() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => 0..40_i64,
        1 => any::<i64>(),
        2 => prop::sample::select(vec![0, DATA, -1, 1 << 44, (1 << 44) + 4096, 1 << 16]),
    ]
}

/// Random calls: registers 8 to 11 keep results, which later calls take.
fn calls() -> impl Strategy<Value = Vec<I>> {
    let one = (prop::sample::select(FUNCTIONS), prop::collection::vec((argument(), 0..12_u8), 5));
    prop::collection::vec((one, 8..12_u8), 1..40).prop_map(|calls| {
        let mut code = Vec::new();
        for ((function, arguments), kept) in calls {
            for ((value, source), register) in arguments.into_iter().zip(1..) {
                code.push(match source {
                    8.. => I::Move { dst: register, src: source },
                    _ => li(register, value),
                });
            }
            code.push(I::CallRuntime { function: function.number });
            code.push(I::Move { dst: kept, src: 0 });
        }
        code.push(I::Halt);
        code
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn going_back_over_calls_restores_every_state_and_forward_again_too(code in calls()) {
        let mut vm = Vm::load(program(&code));
        vm.keep_trail(1 << 24);
        let mut states = vec![vm.state_hash()];
        let skip = |vm: &mut Vm| {
            // A fault or a question: the state is as it was; the next instruction follows.
            match vm.run(Tick::at(vm.tick().safepoints + 1), &Probes::none()) {
                Stop::Asks(_) => vm.answer(&Answer::Done).is_ok(),
                Stop::Reached => true,
                Stop::Probed(_) | Stop::Trapped(_) | Stop::Ended(_) => false,
            }
        };
        loop {
            let before = vm.state_hash();
            if !skip(&mut vm) {
                prop_assert_eq!(vm.state_hash(), before);
                break;
            }
            states.push(vm.state_hash());
        }
        let last = vm.state_hash();
        let flags = vm.registers.flags;
        for expected in states.iter().rev().skip(1) {
            prop_assert_eq!(vm.back(1), 1);
            prop_assert_eq!(vm.state_hash(), *expected);
        }
        while vm.tick().safepoints + 1 < states.len() as u64 {
            prop_assert!(skip(&mut vm));
        }
        prop_assert_eq!(vm.state_hash(), last);
        prop_assert_eq!(vm.registers.flags, flags);
    }
}
