//! Random programs: every instruction that can be run without a file, in any order.
#![allow(dead_code, reason = "each test uses its part")]

use std::sync::Arc;

use machine::{Answer, Machine, Probes, Question, Stop, Tick};
use palindrome_vm::image::{SegmentImage, pack};
use palindrome_vm::runtime::FUNCTIONS;
use palindrome_vm::{
    BaseOffset, CodeIndex, Image, Instruction as I, Program, SegmentType, Strategy as Rule, Value,
    Vm,
};
use proptest::prelude::*;

pub(crate) const LENGTH: u32 = 48;
const PRELUDE: u32 = 10;
const WORKER: usize = 6;

/// A program with random instructions, which starts with useful numbers in its registers.
pub(crate) fn program() -> impl Strategy<Value = Arc<Program>> {
    let body = prop::collection::vec(instruction(), LENGTH as usize);
    let worker = || prop::collection::vec(prop_oneof![arithmetic(), memory(), tape()], WORKER);
    (body, worker(), worker()).prop_map(|(body, first, second)| {
        let start = [
            (0, 3),
            (1, 40),
            (2, 0x30_0000),
            (3, 0x30_0ff8),
            (4, -16),
            (5, i64::MAX - 3),
            (6, 0x20_0000),
        ];
        let start = start.map(|(reg, value)| I::LoadImm { reg, value });
        let checkpoint = |label: &str| I::Checkpoint { label: label.into() };
        let mark = I::TapeMark { label: "m".into() };
        let prelude = start.into_iter().chain([checkpoint("a"), checkpoint("b"), mark]);
        // Forks start at one of two workers, which end.
        let workers = [I::Halt].into_iter().chain(first).chain([I::Return]);
        // Nobody comes to the last one; it shows the verifier that there may be such a segment.
        let create = I::SegmentCreate { name: "t".into(), size: Value::Immediate(8) };
        let workers = workers.chain(second).chain([I::Return, create]);
        build(prelude.chain(body).chain(workers).collect())
    })
}

pub(crate) fn build(instructions: Vec<I>) -> Arc<Program> {
    let mut image = Image::default();
    for instruction in &instructions {
        image.code.push(pack(instruction, &mut image.pool, &mut image.texts));
    }
    image.segments.push(SegmentImage {
        name: "s".into(),
        start: 0x30_0000,
        size: 8192,
        kind: SegmentType::Data,
        data: vec![7; 100],
    });
    Program::new(image).expect("the program verifies")
}

fn reg() -> impl Strategy<Value = u8> {
    0..8_u8
}

fn imm() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -4..70_i64,
        1 => any::<i64>(),
        1 => prop::sample::select(vec![i64::MIN, i64::MAX, 0x30_0000, 0x20_0000, 4095, 1 << 40]),
    ]
}

fn source() -> impl Strategy<Value = Value> {
    prop_oneof![reg().prop_map(Value::Register), imm().prop_map(Value::Immediate)]
}

fn small_source() -> impl Strategy<Value = Value> {
    prop_oneof![reg().prop_map(Value::Register), (0..40_i64).prop_map(Value::Immediate)]
}

fn address() -> impl Strategy<Value = BaseOffset> {
    (prop_oneof![3 => 2..4_u8, 1 => reg()], prop_oneof![3 => 0..64_i64, 1 => -20..5000_i64])
        .prop_map(|(base, offset)| BaseOffset { base, offset })
}

fn label() -> impl Strategy<Value = CodeIndex> {
    (0..LENGTH + 8).prop_map(CodeIndex)
}

fn instruction() -> impl Strategy<Value = I> {
    prop_oneof![
        8 => arithmetic(),
        4 => moves(),
        5 => memory(),
        6 => control(),
        3 => tape(),
        2 => segments(),
        2 => time(),
        2 => savepoints(),
        2 => host(),
    ]
}

fn arithmetic() -> impl Strategy<Value = I> {
    (0..24_u8, reg(), reg(), reg(), imm()).prop_map(|(kind, dst, src1, src2, value)| {
        let src = src1;
        match kind {
            0 => I::IAdd { dst, src1, src2 },
            1 => I::ISub { dst, src1, src2 },
            2 => I::IMul { dst, src1, src2 },
            3 => I::IDiv { dst, src1, src2 },
            4 => I::IMod { dst, src1, src2 },
            5 => I::IXor { dst, src1, src2 },
            6 => I::IAnd { dst, src1, src2 },
            7 => I::IOr { dst, src1, src2 },
            8 => I::IShl { dst, src1, src2 },
            9 => I::IShr { dst, src1, src2 },
            10 => I::ISar { dst, src1, src2 },
            11 => I::INeg { dst, src },
            12 => I::INot { dst, src },
            13 => I::IAddImm { dst, src: dst, value },
            14 => I::ISubImm { dst, src, value },
            15 => I::IMulImm { dst, src, value },
            16 => I::IDivImm { dst, src, value },
            17 => I::IModImm { dst, src, value },
            18 => I::IXorImm { dst, src, value },
            19 => I::IAndImm { dst, src, value },
            20 => I::IOrImm { dst, src, value },
            21 => I::IShlImm { dst, src, value },
            22 => I::IShrImm { dst, src, value },
            _ => I::ISarImm { dst, src, value },
        }
    })
}

fn moves() -> impl Strategy<Value = I> {
    (0..20_u8, reg(), reg(), reg(), imm()).prop_map(|(kind, dst, src1, src2, value)| {
        let src = src1;
        match kind {
            0 => I::LoadImm { reg: dst, value },
            1 => I::Move { dst, src },
            2 => I::GetStackPointer { dst },
            3 => I::GetFramePointer { dst },
            4 => I::FAdd { dst, src1, src2 },
            5 => I::FSub { dst, src1, src2 },
            6 => I::FMul { dst, src1, src2 },
            7 => I::FDiv { dst, src1, src2 },
            8 => I::FSqrt { dst, src },
            9 => I::FCmp { src1, src2 },
            10 => I::IntToFloat { dst, src },
            11 => I::FloatToInt { dst, src },
            12 => I::Cmp { src1, src2 },
            13 => I::CmpImm { src, value },
            14 => I::Compare { dst, src1, src2 },
            15 => I::CompareImm { dst, src, value },
            16 => I::Equal { dst, src1, src2 },
            17 => I::LessThanImm { dst, src, value },
            18 => I::LessThan { dst, src1, src2 },
            _ => I::EqualImm { dst, src, value },
        }
    })
}

fn memory() -> impl Strategy<Value = I> {
    (0..17_u8, reg(), reg(), address()).prop_map(|(kind, reg, other, addr)| match kind {
        0 => I::Load { reg, addr },
        1 => I::Load32 { reg, addr },
        2 => I::Load16 { reg, addr },
        3 => I::Load8 { reg, addr },
        4 => I::LoadSigned32 { reg, addr },
        5 => I::LoadSigned16 { reg, addr },
        6 => I::LoadSigned8 { reg, addr },
        7 => I::Store { addr, reg },
        8 => I::Store32 { addr, reg },
        9 => I::Store16 { addr, reg },
        10 => I::Store8 { addr, reg },
        11 => I::SwapMemory { addr, reg },
        12 => I::SwapRegisters { left: reg, right: other },
        13 => I::Cons { dst: reg, car: other, cdr: addr.base },
        14 => I::Car { dst: reg, src: other },
        15 => I::Cdr { dst: reg, src: other },
        _ => I::Push { reg },
    })
}

fn control() -> impl Strategy<Value = I> {
    (0..17_u8, reg(), label()).prop_map(|(kind, reg, label)| match kind {
        0 => I::Call { label },
        1 | 2 => I::Return,
        3 => I::Jump { label },
        4 => I::BranchNotZero { reg, label },
        5 => I::BranchZero { reg, label },
        6 => I::BranchEqual { label },
        7 => I::BranchNotEqual { label },
        8 => I::BranchLess { label },
        9 => I::BranchLessEqual { label },
        10 => I::BranchGreater { label },
        11 => I::BranchGreaterEqual { label },
        12 => I::BranchNotEnd { label },
        13 => I::Push { reg },
        14 => I::Pop { reg },
        15 => I::BranchOverflow { label },
        _ => I::Nop,
    })
}

fn tape() -> impl Strategy<Value = I> {
    (0..11_u8, reg(), imm(), 1..=8_u8).prop_map(|(kind, reg, value, len)| match kind {
        0 => I::TapeSeek { position: 0x30_0000 + (value & 0xfff) },
        1 => I::TapeSeekReg { reg },
        2 => I::TapeSeekMark { label: "m".into() },
        3 => I::TapeAdvance { delta: value },
        4 => I::TapeAdvanceReg { reg },
        5 => I::TapeRead { reg, len },
        6 | 7 => I::TapeWrite { reg, len },
        8 => I::WriteConst { value, len },
        9 => I::TapeSeek { position: -8 },
        _ => I::TapeMark { label: "m".into() },
    })
}

fn segments() -> impl Strategy<Value = I> {
    (0..8_u8, reg(), small_source(), small_source(), small_source()).prop_map(
        |(kind, reg, a, b, c)| match kind {
            0 => I::SegmentCreate { name: "t".into(), size: a },
            1 => I::SegmentSeek { name: "s".into(), offset: a },
            2 => I::SegmentRead { name: "s".into(), offset: a, len: Value::Immediate(8), dst: reg },
            3 => {
                I::SegmentWrite { name: "s".into(), offset: a, len: Value::Immediate(3), src: reg }
            }
            4 => I::SegmentDrop { name: "t".into() },
            5 => I::Splice { dst: Value::Register(2), src: Value::Register(3), len: a },
            6 => I::Copy { from: "s".into(), start: a, end: b, to: "s".into(), at: c },
            _ => I::Compact { start: a, end: b },
        },
    )
}

fn time() -> impl Strategy<Value = I> {
    (0..22_u8, 0..60_i64, prop::bool::ANY).prop_map(|(kind, steps, which)| {
        let name = || if which { "a".to_owned() } else { "b".to_owned() };
        match kind {
            0 | 1 => I::Checkpoint { label: name() },
            2 | 3 => I::Rewind { label: name() },
            4 => I::RewindKeep { label: name(), keep: 0b1010 },
            5 => I::Commit { label: name() },
            6 => I::Fork { label: CodeIndex(LENGTH + PRELUDE + if which { 1 } else { 8 }) },
            7 => I::Merge { strategy: if which { Rule::Latest } else { Rule::Combine } },
            8 => I::RewindN { steps: Value::Immediate(steps) },
            9 | 10 => I::KeepMoment,
            11 => I::Look { moment: if which { 0 } else { 1 } },
            12 => I::LeaveLook,
            13 => I::RewindTo { moment: if which { 0 } else { 1 } },
            14 => I::Switch { branch: if which { "main".into() } else { "main2".into() } },
            15 => I::NameMoment { name: name() },
            16 => I::KeepData { dst: 1 },
            17 => I::PutData { src: if which { 0 } else { 1 } },
            18 => I::DropData { src: if which { 0 } else { 1 } },
            19 => I::World { name: name() },
            20 => I::WorldEnd,
            _ => I::BranchOff { name: name(), src: if which { 0 } else { 1 } },
        }
    })
}

/// Savepoints, most with a handler somewhere in the program: its faults are caught there.
fn savepoints() -> impl Strategy<Value = I> {
    (0..10_u8, reg(), reg(), label()).prop_map(|(kind, src, of, handler)| match kind {
        0..=3 => I::Savepoint { handler },
        4 if src < 4 => I::SavepointOnly,
        4 => I::RollbackPoint { handler },
        5 | 6 => I::Release,
        7 => I::Rollback,
        8 => I::Carry { src, of },
        9 if src < 3 => I::ReleaseLevel { level: Value::Immediate(i64::from(src)) },
        _ => I::Recall { level: Value::Immediate(i64::from(src) - 1) },
    })
}

fn host() -> impl Strategy<Value = I> {
    // A list of 64 MiB in each round of a loop, and another of each engine, would take minutes.
    let functions: Vec<_> = FUNCTIONS.iter().filter(|one| one.name != "list_range").collect();
    let function = prop::sample::select(functions).prop_map(|function| function.number);
    (0..12_u8, reg(), source(), function).prop_map(|(kind, dst, src, function)| match kind {
        0 => I::Out { src },
        1 => I::OutFloat { src: dst },
        2 => I::OutText { text: "x\n".into() },
        3 => I::In { dst },
        4 => I::Clock { dst },
        5 => I::Random { dst },
        6 => I::ArgumentCount { dst },
        7 => I::Argument { dst, index: Value::Immediate(0) },
        8 => I::Debug { message: "here".into() },
        _ => I::CallRuntime { function },
    })
}

/// Answers that depend on nothing but the tick and the question.
pub(crate) fn world(vm: &Vm, question: &Question) -> Answer {
    let tick = vm.tick().safepoints;
    match question {
        Question::Write(_) | Question::Compact(..) => Answer::Done,
        Question::ReadLine if tick % 7 == 6 => Answer::Bytes(b"no number".to_vec()),
        Question::ReadLine => Answer::Bytes((tick % 1000).to_string().into_bytes()),
        Question::ReadBytes(_) => Answer::Bytes(vec![1]),
        Question::InputEnded => Answer::Integer(i64::from(tick.is_multiple_of(5))),
        Question::Clock | Question::Entropy => Answer::Integer(tick.cast_signed() * 31),
        Question::ArgumentCount => Answer::Integer(1),
        Question::Argument(_) => Answer::Bytes(b"12".to_vec()),
        Question::Sleep(_)
        | Question::Variable(_)
        | Question::Variables
        | Question::SetVariable { .. }
        | Question::ReadFile(_)
        | Question::WriteFile { .. }
        | Question::AppendFile { .. }
        | Question::DeleteFile(_)
        | Question::FileExists(_)
        | Question::Elapsed
        | Question::DescribeFile(_)
        | Question::CopyFile { .. }
        | Question::MoveFile { .. }
        | Question::ListFolder(_)
        | Question::MakeFolder { .. }
        | Question::RemoveFolder(_)
        | Question::WorkingFolder
        | Question::Tool(_)
        | Question::Fetch(_) => Answer::Nothing,
    }
}

/// Runs to `until`, answering; false if the program ended or trapped before.
pub(crate) fn advance(vm: &mut Vm, until: u64, probes: &Probes) -> bool {
    while vm.tick() < Tick::at(until) {
        match vm.run(Tick::at(until), probes) {
            Stop::Reached | Stop::Probed(_) => {}
            Stop::Asks(question) => {
                let answer = world(vm, &question);
                if vm.answer(&answer).is_err() {
                    return false;
                }
            }
            Stop::Trapped(_) | Stop::Ended(_) => return false,
        }
    }
    true
}
