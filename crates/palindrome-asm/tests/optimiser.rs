//! Optimised programs do what they did, and can be taken back truthfully.

mod common;

use std::ops::Range;
use std::sync::Arc;

use common::drive;
use machine::{Machine, Probes, Stop, Tick};
use palindrome_asm::{Positions, optimise};
use palindrome_vm::image::{SegmentImage, pack_all};
use palindrome_vm::layout::HEAP;
use palindrome_vm::{
    BaseOffset, CodeIndex, Image, Instruction as I, Program, SegmentType, Strategy as Rule, Trap,
    Value, Vm,
};
use proptest::prelude::*;
use testkit::ScriptedWorld;

/// Instructions of the main part, which begins after `PRELUDE`.
const MAIN: u32 = 40;
const PRELUDE: u32 = 8;
/// Instructions of each of two functions, without their `RETURN`.
const FUNCTION: u32 = 6;
const FIRST: u32 = PRELUDE + MAIN + 1;
const SECOND: u32 = FIRST + FUNCTION + 1;
/// Bytes of tape that are compared besides the segments.
const NEGATIVE: i64 = -8192;
const DATA: i64 = 3 << 20;
/// Holds the position of the segment, and is never written.
const BASE: u8 = 8;

/// Never the base, and few enough that values meet.
fn reg() -> impl Strategy<Value = u8> {
    0..6_u8
}

fn imm() -> impl Strategy<Value = i64> {
    prop_oneof![6 => -3..9_i64, 1 => any::<i64>(), 1 => Just(i64::MIN), 1 => Just(64)]
}

fn source() -> impl Strategy<Value = Value> {
    prop_oneof![reg().prop_map(Value::Register), imm().prop_map(Value::Immediate)]
}

fn address() -> impl Strategy<Value = BaseOffset> {
    prop_oneof![0..24_i64, 0..24_i64, DATA.wrapping_neg() + NEGATIVE..-DATA, -20..-3_i64]
        .prop_map(|offset| BaseOffset { base: BASE, offset })
}

fn calculation() -> impl Strategy<Value = I> {
    let first = (0..16_u8, reg(), reg(), reg(), imm());
    let second = (0..16_u8, reg(), reg(), reg(), imm());
    prop_oneof![
        first.prop_map(|(kind, dst, src1, src2, value)| match kind {
            0 => I::IAdd { dst, src1, src2 },
            1 => I::ISub { dst, src1, src2 },
            2 => I::IMul { dst, src1, src2 },
            3 => I::IDiv { dst, src1, src2 },
            4 => I::IXor { dst, src1, src2 },
            5 => I::IShl { dst, src1, src2 },
            6 => I::ISar { dst, src1, src2 },
            7 => I::INeg { dst, src: src1 },
            8 => I::INot { dst, src: src1 },
            9 => I::IAddImm { dst, src: src1, value },
            10 => I::ISubImm { dst, src: dst, value },
            11 => I::IMulImm { dst, src: src1, value },
            12 => I::IModImm { dst, src: src1, value },
            13 => I::IAndImm { dst, src: src1, value },
            14 => I::IShrImm { dst, src: src1, value },
            _ => I::IOrImm { dst, src: src1, value },
        }),
        second.prop_map(|(kind, dst, src1, src2, value)| match kind {
            0..6 => I::LoadImm { reg: dst, value },
            6 | 7 => I::Move { dst, src: src1 },
            8 => I::Cmp { src1, src2 },
            9 => I::CmpImm { src: src1, value },
            10 => I::Compare { dst, src1, src2 },
            11 => I::EqualImm { dst, src: src1, value },
            12 => I::LessThan { dst, src1, src2 },
            13 => I::FAdd { dst, src1, src2 },
            14 => I::IntToFloat { dst, src: src1 },
            _ => I::SwapRegisters { left: src1, right: src2 },
        }),
    ]
}

fn memory() -> impl Strategy<Value = I> {
    (0..12_u8, reg(), reg(), address(), 1..=8_u8).prop_map(|(kind, reg, other, addr, len)| {
        match kind {
            0 => I::Load { reg, addr },
            1 => I::LoadSigned16 { reg, addr },
            2 | 3 => I::Store { addr, reg },
            4 => I::Store8 { addr, reg },
            5 => I::SwapMemory { addr, reg },
            6 => I::Cons { dst: reg, car: reg, cdr: other },
            7 => I::Car { dst: reg, src: other },
            8 => I::TapeSeek { position: DATA + i64::from(len) },
            9 => I::TapeRead { reg, len },
            10 => I::TapeWrite { reg, len },
            _ => I::TapeAdvance { delta: 1 },
        }
    })
}

/// A branch to somewhere in `range`.
fn branch(range: Range<u32>) -> impl Strategy<Value = I> {
    (0..10_u8, reg(), range.prop_map(CodeIndex)).prop_map(|(kind, reg, label)| match kind {
        0 | 1 => I::Jump { label },
        2 => I::BranchNotZero { reg, label },
        3 => I::BranchZero { reg, label },
        4 => I::BranchEqual { label },
        5 => I::BranchNotEqual { label },
        6 => I::BranchLess { label },
        7 => I::BranchLessEqual { label },
        8 => I::BranchGreater { label },
        _ => I::BranchGreaterEqual { label },
    })
}

fn call() -> impl Strategy<Value = I> {
    (0..4_u8, reg(), prop::bool::ANY).prop_map(|(kind, reg, which)| match kind {
        0 | 1 => I::Call { label: CodeIndex(if which { FIRST } else { SECOND }) },
        2 => I::Push { reg },
        _ => I::Pop { reg },
    })
}

fn outside() -> impl Strategy<Value = I> {
    (0..7_u8, reg(), source()).prop_map(|(kind, dst, src)| match kind {
        0..4 => I::Out { src },
        4 => I::In { dst },
        5 => I::Random { dst },
        _ => I::Assert { condition: dst, message: "it is 0".into() },
    })
}

fn time() -> impl Strategy<Value = I> {
    (0..7_u8, prop::bool::ANY).prop_map(|(kind, which)| {
        let label = || if which { "a".to_owned() } else { "b".to_owned() };
        match kind {
            0 | 1 => I::Checkpoint { label: label() },
            2 => I::Rewind { label: label() },
            3 => I::RewindKeep { label: label(), keep: 0b101 },
            4 => I::Commit { label: label() },
            5 => I::Fork { label: CodeIndex(if which { FIRST } else { SECOND }) },
            _ => I::Merge { strategy: if which { Rule::Latest } else { Rule::Combine } },
        }
    })
}

fn main_part() -> impl Strategy<Value = Vec<I>> {
    let one = prop_oneof![
        12 => calculation(),
        4 => memory(),
        5 => branch(PRELUDE..PRELUDE + MAIN + 1),
        2 => call(),
        2 => outside(),
        1 => time(),
    ];
    prop::collection::vec(one, MAIN as usize)
}

/// Branches forwards only: a fork that never ends takes long.
fn function(start: u32) -> impl Strategy<Value = Vec<I>> {
    let one = move |index| {
        prop_oneof![
            6 => calculation(),
            2 => memory(),
            2 => branch(index + 1..start + FUNCTION + 1),
            1 => outside(),
        ]
    };
    (start..start + FUNCTION).map(one).collect::<Vec<_>>()
}

fn image() -> impl Strategy<Value = Image> {
    (main_part(), function(FIRST), function(SECOND)).prop_map(|(main, first, second)| {
        let start = (0..5).map(|reg| I::LoadImm { reg, value: i64::from(reg) - 1 });
        let base = I::LoadImm { reg: BASE, value: DATA };
        let checkpoint = |label: &str| I::Checkpoint { label: label.into() };
        let prelude = start.chain([base, checkpoint("a"), checkpoint("b")]);
        let functions = first.into_iter().chain([I::Return]).chain(second).chain([I::Return]);
        let code: Vec<I> = prelude.chain(main).chain([I::Halt]).chain(functions).collect();
        let (code, pool, texts) = pack_all(&code);
        let segment = SegmentImage {
            name: "s".into(),
            start: DATA,
            size: 4096,
            kind: SegmentType::Data,
            data: vec![3; 40],
        };
        Image { code, pool, texts, segments: vec![segment], ..Image::default() }
    })
}

fn optimised(mut image: Image) -> Image {
    optimise(&mut image, Positions::Free);
    image
}

fn world() -> ScriptedWorld {
    ScriptedWorld::with_lines(&["1", "0", "-5", "7", "2"])
}

fn load(image: &Image) -> Vm {
    Vm::load(Program::new(image.clone()).expect("it verifies"))
}

/// How a run ended, without the instruction's place.
fn ending(stop: &Stop<Trap>) -> String {
    match stop {
        Stop::Trapped(Trap::InFork { fork, trap, .. }) => format!("fork {fork}: {trap}"),
        Stop::Trapped(trap) => trap.to_string(),
        Stop::Ended(code) => format!("exit {}", code.0),
        Stop::Reached | Stop::Probed(_) | Stop::Asks(_) => unreachable!("{stop:?}"),
    }
}

/// The tape outside of code and stack, as far as these programs reach it, and its head.
fn tape(vm: &Vm) -> (Vec<Vec<u8>>, i64) {
    let runs = [NEGATIVE..0, HEAP.start..HEAP.start + 8192, DATA - 64..DATA + 4096];
    let bytes = runs.map(|run| {
        let mut bytes = vec![0; usize::try_from(run.end - run.start).expect("a short run")];
        vm.tape.peek(run.start, &mut bytes);
        bytes
    });
    (bytes.to_vec(), vm.tape.head())
}

/// The tick at which a run ends, if it does within a budget.
fn end(vm: &mut Vm, world: &mut ScriptedWorld) -> Option<(u64, Stop<Trap>)> {
    let stop = drive(vm, 3000, world)?;
    Some((vm.tick().safepoints, stop))
}

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 600, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_optimised_does_the_same(image in image()) {
        let (mut plain, mut quick) = (load(&image), load(&optimised(image)));
        let (mut plain_world, mut quick_world) = (world(), world());
        if let Some((ticks, stop)) = end(&mut plain, &mut plain_world) {
            let quick_stop = drive(&mut quick, ticks + 1, &mut quick_world);
            let quick_stop = quick_stop.expect("it takes no longer");
            prop_assert!(quick.tick().safepoints <= ticks);
            prop_assert_eq!(ending(&quick_stop), ending(&stop));
            prop_assert_eq!(tape(&quick), tape(&plain));
        } else {
            // It takes as long, or shorter, so nothing less can have been written.
            drive(&mut quick, 3000, &mut quick_world);
            prop_assert!(quick_world.output().starts_with(plain_world.output()));
            return Ok(());
        }
        prop_assert_eq!(quick_world.output(), plain_world.output());
    }

    /// Registers that nobody can observe are said to be stale; everything else is as it was.
    #[test]
    fn what_is_optimised_is_taken_back_truthfully(
        image in image(),
        first in 0..40_u64,
        second in 1..200_u64,
        stops in prop::collection::vec(1..30_u64, 1..5),
    ) {
        let program = Program::new(optimised(image)).expect("it verifies");
        // The states of a straight run.
        let mut straight = Vm::load(Arc::clone(&program));
        let mut states = vec![straight.snapshot()];
        for tick in 1..=first + second {
            match straight.run(Tick::at(tick), &Probes::none()) {
                Stop::Reached => {}
                Stop::Asks(question) => {
                    if straight.answer(&world_at(tick).answer(&question)).is_err() {
                        break;
                    }
                }
                Stop::Trapped(_) | Stop::Ended(_) | Stop::Probed(_) => break,
            }
            states.push(straight.snapshot());
        }
        let last = states.len() as u64 - 1;
        let first = first.min(last);
        let forward = |vm: &mut Vm, until: u64| {
            while vm.tick() < Tick::at(until) {
                if let Stop::Asks(question) = vm.run(Tick::at(until), &Probes::none()) {
                    let at = vm.tick().safepoints + 1;
                    vm.answer(&world_at(at).answer(&question)).expect("as before");
                }
            }
        };
        let check = |vm: &Vm, tick: u64| {
            let mut there = Vm::load(Arc::clone(&program));
            there.restore(&states[usize::try_from(tick).expect("few")]);
            let stale = vm.stale_registers();
            for number in (0..16_u8).filter(|number| stale >> number & 1 == 0) {
                prop_assert_eq!(
                    vm.registers.general[usize::from(number)],
                    there.registers.general[usize::from(number)],
                    "R{} at {}", number, tick
                );
            }
            prop_assert_eq!(vm.registers.flags, there.registers.flags, "flags at {} of\n{:?}", tick, program);
            prop_assert_eq!(vm.tape.content_hash(), there.tape.content_hash());
            prop_assert_eq!((vm.ip(), vm.sp(), vm.fp(), vm.hp()), (there.ip(), there.sp(), there.fp(), there.hp()));
            if stale == 0 {
                prop_assert_eq!(vm.state_hash(), there.state_hash());
            }
            Ok(())
        };
        let mut vm = Vm::load(Arc::clone(&program));
        forward(&mut vm, first);
        vm.keep_trail(1 << 24);
        forward(&mut vm, last);
        check(&vm, last)?;
        let end = vm.state_hash();
        for stop in stops {
            let now = vm.tick().safepoints;
            let steps = stop.min(now - first);
            prop_assert_eq!(vm.back(steps), steps);
            check(&vm, now - steps)?;
            // Half of the way forward again, from where registers may be stale.
            forward(&mut vm, now - steps.div_ceil(2));
            check(&vm, now - steps.div_ceil(2))?;
        }
        let now = vm.tick().safepoints;
        prop_assert_eq!(vm.back(now - first), now - first);
        check(&vm, first)?;
        forward(&mut vm, last);
        prop_assert_eq!(vm.state_hash(), end);
    }
}

/// The outside at a tick: the same answers whenever it is asked.
fn world_at(tick: u64) -> ScriptedWorld {
    ScriptedWorld::with_lines(&[if tick.is_multiple_of(5) { "no number" } else { "3" }])
}
