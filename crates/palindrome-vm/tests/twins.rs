//! The fast engine against the plain one, and both against themselves backwards.

mod random;

use machine::{Machine, Probes, Tick};
use palindrome_vm::{CodeIndex, Instruction as I, Program, Undo, Vm};
use proptest::prelude::*;

use crate::random::{advance, build, program};

fn cases() -> ProptestConfig {
    let default = ProptestConfig::default();
    ProptestConfig { cases: default.cases.max(400), ..default }
}

proptest! {
    #![proptest_config(cases())]

    /// `every_step` never enters the fast engine, so it is the plain one.
    #[test]
    fn the_engines_agree_at_every_tick(program in program(), cuts in prop::collection::vec(1..400_u64, 1..6)) {
        let mut fast = Vm::load(program.clone());
        let mut plain = Vm::load(program);
        let mut until = 0;
        for cut in cuts {
            until += cut;
            let went_on = advance(&mut fast, until, &Probes::none());
            prop_assert_eq!(advance(&mut plain, until, &Probes::every_step()), went_on);
            prop_assert_eq!(fast.tick(), plain.tick());
            prop_assert_eq!(fast.registers, plain.registers);
            prop_assert_eq!((fast.ip(), fast.sp(), fast.fp()), (plain.ip(), plain.sp(), plain.fp()));
            prop_assert_eq!(fast.state_hash(), plain.state_hash());
        }
    }

    /// n forward, n back, and n forward again, by either engine, with a trail.
    #[test]
    fn every_instruction_is_undone_exactly(
        program in program(),
        first in 0..60_u64,
        second in 0..700_u64,
        by_step in prop::bool::ANY,
    ) {
        let probes = if by_step { Probes::every_step() } else { Probes::none() };
        let mut vm = Vm::load(program.clone());
        advance(&mut vm, first, &probes);
        vm.keep_trail(1 << 24);
        let (start, before, length) = (vm.tick().safepoints, vm.state_hash(), vm.trail_bytes());
        advance(&mut vm, first + second, &probes);
        let (end, after) = (vm.tick().safepoints, vm.state_hash());
        prop_assert_eq!(vm.back(end - start), end - start);
        prop_assert_eq!(vm.tick(), Tick::at(start));
        prop_assert_eq!(vm.state_hash(), before);
        prop_assert_eq!(vm.trail_bytes(), length);
        advance(&mut vm, end, &probes);
        prop_assert_eq!(vm.state_hash(), after);
    }

    /// Single steps back, each compared with a straight run to the same tick.
    #[test]
    fn each_step_back_shows_the_moment_as_it_was(program in program(), length in 1..250_u64) {
        let mut straight = Vm::load(program.clone());
        let mut hashes = vec![straight.state_hash()];
        while advance(&mut straight, hashes.len() as u64, &Probes::every_step())
            && (hashes.len() as u64) < length
        {
            hashes.push(straight.state_hash());
        }
        let mut vm = Vm::load(program);
        vm.keep_trail(1 << 24);
        let last = hashes.len() as u64 - 1;
        prop_assert!(advance(&mut vm, last, &Probes::none()));
        for tick in (0..last).rev() {
            prop_assert_eq!(vm.back(1), 1);
            prop_assert_eq!(vm.state_hash(), hashes[usize::try_from(tick).unwrap_or(0)]);
        }
    }

    /// Every instruction changes the stack pointer by what its row says.
    #[test]
    fn the_stated_stack_effect_is_the_observed_one(program in program()) {
        let mut vm = Vm::load(program.clone());
        for tick in 1..300 {
            let (sp, ip, open) = (vm.sp(), vm.ip(), vm.savepoints());
            if !advance(&mut vm, tick, &Probes::every_step()) {
                break;
            }
            let instruction = &program.instructions()[ip as usize];
            let is_release = matches!(instruction, I::Release | I::ReleaseLevel { .. });
            // A savepoint that is closed is not one that a fault went back to.
            let is_caught = vm.savepoints() < open && !(is_release && vm.ip() == ip + 1);
            let is_rewind = instruction.mnemonic().starts_with("REWIND") || is_caught;
            let cells = (sp - vm.sp()) / 8;
            prop_assert!(is_rewind || cells == i64::from(instruction.stack_effect()), "{}", instruction);
        }
    }
}

/// Steps that destroy nothing log nothing, and a branch that is taken again is only counted.
#[test]
fn a_loop_of_invertible_steps_logs_no_more_the_longer_it_runs() {
    let code = [
        I::LoadImm { reg: 0, value: 1 },
        I::LoadImm { reg: 1, value: 2 },
        I::IAdd { dst: 0, src1: 0, src2: 1 },
        I::IXor { dst: 1, src1: 1, src2: 0 },
        I::SwapRegisters { left: 0, right: 1 },
        I::IAddImm { dst: 1, src: 1, value: 12_345 },
        I::Jump { label: CodeIndex(2) },
    ];
    for probes in [Probes::none(), Probes::every_step()] {
        let mut vm = Vm::load(build(code.to_vec()));
        let before = vm.state_hash();
        vm.keep_trail(1 << 20);
        assert!(advance(&mut vm, 20, &probes));
        let length = vm.trail_bytes();
        assert!(advance(&mut vm, 100_003, &probes));
        let after = vm.state_hash();
        assert_eq!(vm.trail_bytes(), length, "the two constants and one branch");
        assert_eq!(vm.back(100_003), 100_003);
        assert_eq!((vm.state_hash(), vm.trail_bytes()), (before, 0));
        assert!(advance(&mut vm, 100_003, &probes));
        assert_eq!(vm.state_hash(), after);
    }
}

/// R1 was read, so its value can be observed, whatever the image says.
#[test]
fn marks_that_are_not_true_are_passed_over() {
    let set = |reg, value| I::LoadImm { reg, value };
    let code = [set(1, 1), I::Move { dst: 2, src: 1 }, set(1, 5), I::Halt];
    let mut image = build(code.to_vec()).image().clone();
    image.unobserved = vec![0, 1, 2];
    let mut vm = Vm::load(Program::new(image).expect("it verifies"));
    vm.keep_trail(1 << 20);
    assert!(advance(&mut vm, 3, &Probes::none()));
    assert_eq!(vm.back(1), 1);
    assert_eq!((vm.registers[1], vm.stale_registers()), (1, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_marks_are_survived(
        program in program(),
        until in 0..700_u64,
        steps in prop::collection::vec(1..50_u64, 1..8),
    ) {
        let mut image = program.image().clone();
        let instructions = (0_u32..).zip(program.instructions());
        let registers = instructions.filter(|(_, it)| it.undo() == Undo::Register);
        image.unobserved = registers.map(|(index, _)| index).collect();
        let mut vm = Vm::load(Program::new(image).expect("it verifies"));
        vm.keep_trail(1 << 24);
        advance(&mut vm, until, &Probes::none());
        for steps in steps {
            vm.back(steps);
        }
        advance(&mut vm, until, &Probes::none());
    }
}

/// A trail of many chunks, of which most are packed and some are dropped, leads back as far as it
/// reaches.
#[test]
fn a_long_trail_leads_back_through_its_packed_parts() {
    let program = build(vec![
        I::LoadImm { reg: 0, value: 400_000 },
        I::LoadImm { reg: 1, value: 12_345 },
        I::IMulImm { dst: 1, src: 1, value: 1_103_515 },
        I::IMod { dst: 2, src1: 1, src2: 0 },
        I::ISubImm { dst: 0, src: 0, value: 1 },
        I::BranchNotZero { reg: 0, label: CodeIndex(2) },
        I::Halt,
    ]);
    for budget in [1 << 20, 4 << 20, 1 << 30] {
        let mut vm = Vm::load(program.clone());
        vm.keep_trail(budget);
        advance(&mut vm, u64::MAX, &Probes::none());
        let end = vm.tick().safepoints;
        assert!(end > 1_000_000, "the program is long");
        assert!(vm.trail_bytes() <= budget + (2 << 20), "the budget is kept, but for the newest");
        let mut reached = end;
        for stride in [1, 1_000, 77_777, 500_000, u64::MAX] {
            reached -= vm.back(stride);
            let mut straight = Vm::load(program.clone());
            assert!(advance(&mut straight, reached, &Probes::none()) || reached == 0);
            assert_eq!(vm.tick(), Tick::at(reached));
            assert_eq!(vm.state_hash(), straight.state_hash(), "at {reached} with {budget}");
        }
        assert_eq!(reached == 0, budget == 1 << 30, "only a large budget reaches the start");
    }
}
