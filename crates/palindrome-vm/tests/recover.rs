//! Old values that are not logged: what going back calculates is what was there, also where somebody
//! changed things from outside.

mod random;

use std::convert::Infallible;

use machine::{Machine as _, Portable as _, Probes, Tick};
use palindrome_vm::{BaseOffset, CodeIndex, Instruction as I, Tape, Vm};
use proptest::prelude::*;

use crate::random::{advance, build};

const NAMES: i64 = 0x30_0000;

fn name(number: i64) -> BaseOffset {
    BaseOffset { base: 14, offset: number * 8 }
}

/// Statements on names as a compiler makes them, with loops that end and branches either way.
fn statement() -> impl Strategy<Value = Vec<I>> {
    let operands = (0..6_i64, 0..6_i64, 0..6_i64, 0..4_u8, -40..40_i64);
    (0..10_u8, operands, 1..5_i64).prop_map(|(kind, (to, one, other, reg, value), rounds)| {
        let two = |op: I| {
            let loads = [(0, one), (1, other)].map(|(reg, it)| I::Load { reg, addr: name(it) });
            [&loads[..], &[op, I::Store { addr: name(to), reg: 0 }]].concat()
        };
        let (dst, src1, src2) = (0, 0, 1);
        match kind {
            0 => two(I::IAdd { dst, src1, src2 }),
            1 => two(I::ISub { dst, src1, src2 }),
            2 => two(I::IXor { dst, src1, src2 }),
            3 => two(I::IMul { dst, src1, src2 }),
            4 => vec![
                I::Load { reg, addr: name(to) },
                I::IAddImm { dst: reg, src: reg, value },
                I::Store { addr: name(to), reg },
            ],
            5 => vec![I::LoadImm { reg, value }, I::Store { addr: name(to), reg }],
            6 => vec![
                I::Load { reg, addr: name(one) },
                I::SwapMemory { addr: name(to), reg },
                I::Store { addr: name(one), reg },
            ],
            // The same word by another register, and a word that overlaps two.
            7 => vec![I::Store { addr: BaseOffset { base: 13, offset: to * 8 }, reg }],
            8 => vec![I::Store32 { addr: BaseOffset { base: 14, offset: to * 8 + 5 }, reg }],
            _ => vec![
                I::INeg { dst: reg, src: reg },
                I::SwapRegisters { left: reg, right: 3 },
                I::ISubImm { dst: 5, src: 5, value: rounds },
            ],
        }
    })
}

/// A loop of statements, of which some are passed over every other round.
fn program() -> impl Strategy<Value = Vec<I>> {
    let parts = prop::collection::vec((statement(), prop::bool::ANY), 1..12);
    (parts, prop::bool::ANY).prop_map(|(parts, moves)| {
        let mut code: Vec<I> = [(14, NAMES), (13, NAMES + 8), (4, 0)]
            .map(|(reg, value)| I::LoadImm { reg, value })
            .to_vec();
        let begin = index(&code);
        for (statement, is_passed) in parts {
            if is_passed {
                let over = index(&code).0 + 2 + u32::try_from(statement.len()).expect("short");
                code.push(I::IAndImm { dst: 6, src: 4, value: 1 });
                code.push(I::BranchZero { reg: 6, label: CodeIndex(over) });
            }
            code.extend(statement);
        }
        if moves {
            // A frame above, and back.
            code.push(I::IAddImm { dst: 14, src: 14, value: 16 });
            code.push(I::Store { addr: name(-1), reg: 0 });
            code.push(I::ISubImm { dst: 14, src: 14, value: 16 });
        }
        code.push(I::IAddImm { dst: 4, src: 4, value: 1 });
        code.push(I::CmpImm { src: 4, value: 40 });
        code.push(I::BranchLess { label: begin });
        code.push(I::Halt);
        code
    })
}

fn index(code: &[I]) -> CodeIndex {
    CodeIndex(u32::try_from(code.len()).expect("short"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), ..ProptestConfig::default() })]

    #[test]
    fn each_step_back_over_names_shows_the_moment_as_it_was(code in program(), length in 1..400_u64) {
        let program = build(code);
        let mut straight = Vm::load(program.clone());
        let mut hashes = vec![straight.state_hash()];
        while (hashes.len() as u64) <= length
            && advance(&mut straight, hashes.len() as u64, &Probes::every_step())
        {
            hashes.push(straight.state_hash());
        }
        let mut vm = Vm::load(program);
        vm.keep_trail(1 << 24);
        let last = hashes.len() - 1;
        prop_assert!(advance(&mut vm, last as u64, &Probes::none()));
        for tick in (0..last).rev() {
            prop_assert_eq!(vm.back(1), 1);
            prop_assert_eq!(vm.state_hash(), hashes[tick], "at {}", tick);
        }
        prop_assert_eq!(vm.trail_bytes(), 0);
    }

    /// Somebody writes to the tape from outside, anywhere on the way.
    #[test]
    fn what_was_changed_from_outside_is_found_again(
        code in program(),
        at in 1..300_u64,
        more in 1..200_u64,
        word in 0..6_i64,
        value in any::<i64>(),
    ) {
        let mut vm = Vm::load(build(code));
        vm.keep_trail(1 << 24);
        if !advance(&mut vm, at, &Probes::none()) {
            return Ok(());
        }
        let bytes = value.to_le_bytes();
        let poke = |tape: &mut Tape| Ok::<_, Infallible>(tape.poke(NAMES + word * 8, &bytes));
        let stored = vm.change_tape(poke).expect("nothing fails");
        prop_assert_eq!(format!("{stored:?}"), "Ok");
        let changed = vm.state_hash();
        let snapshot = vm.snapshot();
        let state = vm.write_state().expect("it can be written down");
        for again in 0..3 {
            advance(&mut vm, at + more, &Probes::none());
            let steps = vm.tick().safepoints - at;
            prop_assert_eq!(vm.back(steps), steps);
            prop_assert_eq!(vm.tick(), Tick::at(at));
            prop_assert_eq!(vm.state_hash(), changed, "{}", again);
            // The same from where it was kept, in memory and written down.
            if again == 0 {
                vm.restore(&snapshot);
            } else {
                vm.read_state(&state).expect("it was written so");
            }
        }
    }
}

/// A return to where no call left: what is known of that place by the code is not so then.
#[test]
fn a_return_that_was_made_up_is_undone_too() {
    let load = |reg, number| I::Load { reg, addr: name(number) };
    let code = vec![
        I::LoadImm { reg: 14, value: NAMES },
        I::LoadImm { reg: 0, value: 7 },
        I::Store { addr: name(1), reg: 0 },
        I::Call { label: CodeIndex(9) },
        I::Halt,
        // Nobody falls in here: R0 is what is in the name, says the code.
        load(0, 1),
        load(0, 2),
        I::LoadImm { reg: 0, value: 1 },
        I::Halt,
        // The place to return to becomes the middle of that.
        I::GetStackPointer { dst: 2 },
        I::LoadImm { reg: 0, value: 6 * 8 },
        I::Store { addr: BaseOffset { base: 2, offset: 8 }, reg: 0 },
        I::LoadImm { reg: 0, value: 99 },
        I::Jump { label: CodeIndex(14) },
        I::Return,
    ];
    for probes in [Probes::none(), Probes::every_step()] {
        let mut straight = Vm::load(build(code.clone()));
        let mut hashes = vec![straight.state_hash()];
        while advance(&mut straight, hashes.len() as u64, &Probes::every_step()) {
            hashes.push(straight.state_hash());
        }
        assert_eq!(hashes.len(), 13, "it comes to its end");
        let mut vm = Vm::load(build(code.clone()));
        vm.keep_trail(1 << 20);
        assert!(advance(&mut vm, 12, &probes));
        for tick in (0..12_usize).rev() {
            assert_eq!(vm.back(1), 1);
            assert_eq!(vm.state_hash(), hashes[tick], "at {tick}");
        }
    }
}
