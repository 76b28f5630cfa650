//! `FORK` and `MERGE` as programs see them, forwards and backwards.

mod common;

use common::{drive, machine};
use machine::{ExitCode, Machine, Probes, Stop, Tick};
use palindrome_vm::{Trap, Vm};
use testkit::ScriptedWorld;

const CELL: i64 = 3 << 20;

/// Three forks that add 200, 400 and 600 to one cell.
const COUNTERS: &str = ".segment data\ncell: .i64 1000\nown: .space 64\n.code\n\
    main: LI R9, cell\nLI R1, 200\nFORK worker\nLI R1, 400\nFORK worker\nLI R1, 600\nFORK worker\n\
    MERGE combine\nLOAD R2, [R9]\nOUT R2\nHALT\n\
    worker: LOAD R2, [R9]\nIADD R2, R2, R1\nSTORE [R9], R2\nRETURN";

/// Forks of `turns` turns each, whose last is an endless one.
fn long(turns: i64) -> String {
    format!(
        ".segment data\ncell: .i64 0\n.code\nmain: LI R9, cell\nLI R1, 3\nFORK worker\n\
         LI R1, 5\nFORK worker\nMERGE combine\nLOAD R2, [R9]\nOUT R2\nHALT\n\
         worker: LI R3, {turns}\nloop: LOAD R2, [R9]\nIADD R2, R2, R1\nSTORE [R9], R2\n\
         ISUB R3, R3, 1\nBNZ R3, loop\nRETURN"
    )
}

fn cell(vm: &Vm) -> i64 {
    let mut bytes = [0; 8];
    vm.tape.peek(CELL, &mut bytes);
    i64::from_le_bytes(bytes)
}

/// What a program writes until it ends well.
fn output(text: &str, world: &mut ScriptedWorld) -> String {
    let stop = drive(&mut machine(text), 1 << 20, world);
    assert_eq!(stop, Some(Stop::Ended(ExitCode(0))));
    String::from_utf8_lossy(world.output()).into_owned()
}

#[test]
fn combining_adds_the_shares_of_all_forks() {
    assert_eq!(output(COUNTERS, &mut ScriptedWorld::default()), "2200\n");
    let equal = COUNTERS.replace("LI R1, 400\n", "").replace("LI R1, 600\n", "");
    assert_eq!(output(&equal, &mut ScriptedWorld::default()), "1600\n");
}

#[test]
fn the_other_strategies_take_a_side() {
    for (strategy, expected) in [("latest", "1600\n"), ("earliest", "1200\n")] {
        let text = COUNTERS.replace("combine", strategy);
        assert_eq!(output(&text, &mut ScriptedWorld::default()), expected, "{strategy}");
    }
}

/// The forks are of different lengths, so that threads end in another order each time.
#[test]
fn twenty_runs_are_equal() {
    let text = ".segment data\ncells: .space 4096\n.code\nmain: LI R9, cells\nLI R1, 0\n\
        more: IADD R1, R1, 1\nFORK worker\nCMP R1, 9\nBRANCH_LT more\nMERGE latest\nHALT\n\
        worker: IMUL R3, R1, 40000\nIAND R3, R3, 0x3ffff\nIADD R3, R3, 1\n\
        loop: LOAD R2, [R9]\nIMUL R2, R2, 31\nIADD R2, R2, R1\nSTORE [R9], R2\n\
        ISHL R4, R1, 3\nIADD R4, R4, R9\nSTORE [R4+8], R2\nISUB R3, R3, 1\nBNZ R3, loop\n\
        OUT R2\nRETURN";
    let ends: Vec<_> = (0..20)
        .map(|_| {
            let mut world = ScriptedWorld::default();
            let mut vm = machine(text);
            assert_eq!(drive(&mut vm, 1 << 20, &mut world), Some(Stop::Ended(ExitCode(0))));
            (vm.tick(), vm.state_hash(), world.output().to_vec())
        })
        .collect();
    assert_eq!(ends[0].2.iter().filter(|byte| **byte == b'\n').count(), 9);
    assert!(ends.iter().all(|end| *end == ends[0]));
}

#[test]
fn forks_ask_in_the_order_they_were_started() {
    // The first is the slowest, and still asks first: within a slice only the order counts.
    let text = ".segment data\ncells: .space 64\n.code\nmain: LI R9, cells\n\
        LI R1, 3\nFORK worker\nLI R1, 2\nFORK worker\nLI R1, 1\nFORK worker\nMERGE latest\n\
        LOAD R2, [R9+8]\nOUT R2\nLOAD R2, [R9+16]\nOUT R2\nLOAD R2, [R9+24]\nOUT R2\nHALT\n\
        worker: IMUL R3, R1, 400\nwait: ISUB R3, R3, 1\nBNZ R3, wait\nIN R4\nOUT R1\n\
        ISHL R5, R1, 3\nIADD R5, R5, R9\nSTORE [R5], R4\nRETURN";
    let mut world = ScriptedWorld::with_lines(&["10", "20", "30"]);
    assert_eq!(output(text, &mut world), "3\n2\n1\n30\n20\n10\n");
}

#[test]
fn a_fork_that_traps_stops_the_merge_and_changes_nothing() {
    let text = ".segment data\ncell: .i64 1\n.code\nmain: LI R9, cell\nFORK good\nFORK bad\n\
        MERGE latest\nHALT\ngood: LI R1, 7\nSTORE [R9], R1\nRETURN\n\
        bad: LI R1, 8\nSTORE [R9], R1\nIDIV R1, R1, 0\nRETURN";
    let mut vm = machine(text);
    assert_eq!(drive(&mut vm, 3, &mut ScriptedWorld::default()), None);
    let before = vm.state_hash();
    for _ in 0..2 {
        let stop = vm.run(Tick::at(100), &Probes::none());
        let Stop::Trapped(trap) = stop else { panic!("{stop:?}") };
        assert_eq!(trap.to_string(), "fork 2 stopped at instruction 10: division by zero");
        assert!(matches!(trap, Trap::InFork { fork: 1, at: 10, .. }));
        assert_eq!((vm.tick(), vm.state_hash(), cell(&vm)), (Tick::at(3), before, 1));
    }
}

#[test]
fn a_fork_that_gets_a_bad_answer_stops_the_merge_too() {
    let mut vm = machine("main: FORK worker\nMERGE latest\nHALT\nworker: IN R1\nRETURN");
    let mut world = ScriptedWorld::with_lines(&["seven"]);
    let stop = drive(&mut vm, 100, &mut world);
    let Some(Stop::Trapped(trap)) = stop else { panic!("{stop:?}") };
    assert_eq!(trap.to_string(), "fork 1 stopped at instruction 3: the line `seven` is no number");
}

#[test]
fn forks_have_forks() {
    let text = ".segment data\ncell: .i64 1\n.code\nmain: LI R9, cell\nLI R1, 10\nFORK outer\n\
        LI R1, 100\nFORK outer\nMERGE combine\nLOAD R2, [R9]\nOUT R2\nHALT\n\
        outer: FORK inner\nISHL R1, R1, 1\nFORK inner\nMERGE combine\nRETURN\n\
        inner: LOAD R2, [R9]\nIADD R2, R2, R1\nSTORE [R9], R2\nRETURN";
    assert_eq!(output(text, &mut ScriptedWorld::default()), "331\n");
}

#[test]
fn a_fork_returns_from_the_stack_it_found() {
    let text = "main: PUSH R1\nCALL f\nPOP R1\nHALT\nf: PUSH R2\nFORK worker\nMERGE latest\n\
        POP R2\nRETURN\nworker: CALL g\nRETURN\ng: OUT 5\nRETURN";
    assert_eq!(output(text, &mut ScriptedWorld::default()), "5\n");
}

#[test]
fn manual_lists_the_conflicts_and_changes_nothing() {
    let text = COUNTERS.replace("combine", "manual");
    let mut vm = machine(&text);
    assert_eq!(drive(&mut vm, 8, &mut ScriptedWorld::default()), None);
    let before = vm.state_hash();
    let stop = vm.run(Tick::at(100), &Probes::none());
    let Stop::Trapped(trap) = stop else { panic!("{stop:?}") };
    assert_eq!(trap, Trap::MergeConflict { fork: 1, positions: vec![CELL], count: 1 });
    assert_eq!((vm.tick(), vm.state_hash()), (Tick::at(8), before));
    // Without conflicts it merges, and equal values are none.
    let apart = text.replace("worker: LOAD", "worker: IADD R9, R9, R1\nIAND R9, R9, -8\nLOAD");
    assert_eq!(output(&apart, &mut ScriptedWorld::default()), "1000\n");
    let equal = text.replace("LI R1, 400\n", "").replace("LI R1, 600\n", "");
    assert_eq!(output(&equal, &mut ScriptedWorld::default()), "1200\n");
}

#[test]
fn slices_are_stepped_back_over_by_trail_and_by_snapshot() {
    let text = long(1_000_000);
    let mut vm = machine(&text);
    let mut world = ScriptedWorld::default();
    vm.keep_trail(1 << 24);
    let mut states = vec![(vm.state_hash(), vm.snapshot())];
    let end = loop {
        let next = states.len() as u64;
        if let Some(stop) = drive(&mut vm, next, &mut world) {
            break stop;
        }
        states.push((vm.state_hash(), vm.snapshot()));
    };
    assert_eq!(end, Stop::Ended(ExitCode(0)));
    assert_eq!((cell(&vm), world.output()), (8_000_000, &b"8000000\n"[..]));
    // 5 instructions before the merge, at least 5 slices, and 3 after it.
    assert!(states.len() > 13, "{}", states.len());
    for tick in (0..states.len() - 1).rev() {
        assert_eq!(vm.back(1), 1);
        assert_eq!(vm.tick(), Tick::at(tick as u64));
        assert_eq!(vm.state_hash(), states[tick].0, "back to {tick}");
    }
    let last = states[states.len() - 1].0;
    for (hash, snapshot) in states.iter().rev().step_by(3) {
        vm.restore(snapshot);
        assert_eq!(vm.state_hash(), *hash);
        drive(&mut vm, 1 << 20, &mut ScriptedWorld::default());
        assert_eq!(vm.state_hash(), last);
    }
}

#[test]
fn an_endless_fork_can_be_interrupted() {
    let mut vm = machine("main: FORK worker\nMERGE latest\nHALT\nworker: JUMP worker");
    for until in 2..8 {
        assert_eq!(vm.run(Tick::at(until), &Probes::none()), Stop::Reached);
        assert_eq!(vm.tick(), Tick::at(until));
    }
}
