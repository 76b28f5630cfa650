//! Large and hostile images: what verifies is loaded quickly, and without taking memory for it.

use std::sync::Arc;
use std::time::Instant;

use machine::{Machine, Probes, Stop, Tick};
use palindrome_vm::image::{SegmentImage, pack_all};
use palindrome_vm::{CodeIndex, Image, Instruction as I, Program, SegmentType, Vm};

/// Seconds that anything here may take, with much to spare.
const SECONDS_MAX: u64 = 5;

#[expect(clippy::disallowed_methods, reason = "this is about time")]
fn quickly<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    let took = start.elapsed();
    assert!(took.as_secs() < SECONDS_MAX, "{what} took {took:?}");
    made
}

fn segment(name: String, start: i64, size: u64) -> SegmentImage {
    SegmentImage { name, start, size, kind: SegmentType::Data, data: vec![1] }
}

fn with_code(instructions: &[I]) -> Image {
    let (code, pool, texts) = pack_all(instructions);
    Image { code, pool, texts, ..Image::default() }
}

fn load(image: Image) -> Vm {
    let program: Arc<Program> = quickly("verifying", || Program::new(image).expect("it verifies"));
    quickly("loading", || Vm::load(program))
}

#[test]
fn huge_segments_far_away_cost_nothing() {
    let starts = [-(1_i64 << 62), i64::MIN, 1 << 50, (1 << 62) + 5, i64::MAX - (1 << 41)];
    let mut image = with_code(&[I::Halt]);
    for (number, start) in starts.into_iter().enumerate() {
        image.segments.push(segment(format!("s{number}"), start, 1 << 40));
    }
    let mut vm = load(image);
    assert!(Machine::memory(&vm) < 1 << 20, "{} bytes", Machine::memory(&vm));
    let hash = quickly("hashing", || vm.state_hash());
    let snapshot = vm.snapshot();
    quickly("restoring", || vm.restore(&snapshot));
    assert_eq!(vm.state_hash(), hash);
}

#[test]
fn many_segments_are_loaded_quickly() {
    let mut image = with_code(&[I::Halt]);
    let place = |number: i64| (4 << 20) + (number * 7919 % 20_000) * 8192;
    image.segments = (0..20_000).map(|n| segment(format!("s{n}"), place(n), 4096)).collect();
    let mut vm = load(image);
    assert_eq!(vm.run(Tick::at(9), &Probes::none()), Stop::Ended(machine::ExitCode(0)));
}

/// Ways down the code that are as long as it, branches over all of it, and every mark.
#[test]
fn long_programs_are_loaded_and_begun_quickly() {
    const LENGTH: u32 = 131_072;
    let instruction = |index: u32| match index % 4 {
        0 => I::LoadImm { reg: 1, value: i64::MAX - i64::from(index) },
        1 => I::BranchNotZero { reg: 2, label: CodeIndex(LENGTH - 1 - index) },
        2 => I::IAddImm { dst: 3, src: 3, value: 1 },
        _ => I::Checkpoint { label: format!("c{index}") },
    };
    let code: Vec<I> = (0..LENGTH).map(instruction).collect();
    let mut image = with_code(&code);
    image.unobserved = (0..LENGTH).step_by(4).collect();
    let mut vm = load(image);
    vm.keep_trail(1 << 24);
    quickly("beginning", || vm.run(Tick::at(5), &Probes::none()));
    quickly("going back", || vm.back(5));
    quickly("a thousand checkpoints", || vm.run(Tick::at(4000), &Probes::none()));
}
