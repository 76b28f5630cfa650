//! The same stops both ways, on the tape machine.
#![expect(clippy::unwrap_used, reason = "a test")]

use debugger::{Debugger, World};
use machine::{Answer, Question, Tick};
use palindrome_asm::{Options as Assembling, Unit, assemble};
use palindrome_vm::{Program, Vm};
use timeline::{History, Options, Timeline};

const PROGRAM: &str = "\
main:   LI R1, 5
        LI R4, 3145728
loop:   CALL square
        STORE [R4], R2
        IADD R4, R4, 8
        OUT R2
        ISUB R1, R1, 1
        BNZ R1, loop
        HALT
square: PUSH R1
        CALL twice
        POP R1
        IMUL R2, R1, R1
        RET
twice:  IADD R3, R1, R1
        IXOR R3, R3, R1
        RET
";

struct Silent;

impl World for Silent {
    fn ask(&mut self, _: &Question) -> Answer {
        Answer::Done
    }
}

fn debugger(optimise: bool, history: History) -> Debugger<Vm> {
    let options = Assembling { optimise, keep_sources: true };
    let mut none = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let assembled = assemble(&[Unit::new("squares.pvm", PROGRAM)], &options, &mut none);
    let program = Program::new(assembled.image.unwrap()).unwrap();
    let options = Options { history, spacing: 16, ..Options::default() };
    Debugger::new(Timeline::new(Vm::load(program), options))
}

fn stops(debugger: &mut Debugger<Vm>, command: &str) -> Vec<Tick> {
    let mut stops = Vec::new();
    loop {
        let before = debugger.timeline().now();
        let reply = debugger.execute(command, &mut Silent);
        assert!(!reply.is_error, "{command}: {}", reply.text);
        if reply.text.contains("of time") || debugger.timeline().now() == before {
            return stops;
        }
        stops.push(debugger.timeline().now().tick);
    }
}

#[test]
fn steps_by_line_take_a_count_both_ways() {
    let mut debugger = debugger(false, History::Checkpoints);
    let mut at = |command: &str| {
        let reply = debugger.execute(command, &mut Silent);
        assert!(!reply.is_error, "{command}: {}", reply.text);
        debugger.timeline().now().tick
    };
    for (several, one, back) in [("step 5", "step", "back 5"), ("next 4", "next", "rnext 4")] {
        let start = at("goto start");
        let there = at(several);
        assert_eq!(at(back), start);
        let count = several[5..].parse().unwrap();
        for _ in 0..count {
            at(one);
        }
        assert_eq!(at("where"), there);
    }
    at("goto start");
    at("break square");
    let stopped = at("step 50");
    at("goto start");
    assert_eq!(at("continue"), stopped);
    assert!(debugger.execute("step many", &mut Silent).is_error);
}

#[test]
fn the_stops_of_the_tape_machine_are_the_same_both_ways() {
    let setups = [
        vec![],
        vec!["break twice"],
        vec!["break squares.pvm:7", "break square if R1 < 4"],
        vec!["watch R2"],
        vec!["watch [3145736]"],
        vec!["watch -c R2 > 10"],
        vec!["watch -c [R4] == 0"],
        vec!["watch R3", "watch R1", "break loop"],
    ];
    for optimise in [false, true] {
        for history in [History::Off, History::Checkpoints, History::Full] {
            for setup in &setups {
                for (there, back) in [("continue", "rcontinue"), ("step", "back")] {
                    let mut debugger = debugger(optimise, history);
                    for command in setup {
                        let reply = debugger.execute(command, &mut Silent);
                        assert!(!reply.is_error, "{command}: {}", reply.text);
                    }
                    let mut forward = stops(&mut debugger, there);
                    debugger.execute("goto end", &mut Silent);
                    let end = debugger.timeline().end();
                    forward.retain(|tick| *tick < end);
                    let mut backward = stops(&mut debugger, back);
                    backward.reverse();
                    assert_eq!(forward, backward, "{setup:?} {there} {history:?} {optimise}");
                }
            }
        }
    }
}

#[test]
fn every_look_at_every_moment_leaves_it_as_it_was() {
    let mut debugger = debugger(false, History::Checkpoints);
    debugger.execute("goto end", &mut Silent);
    for percent in [0, 30, 60, 100] {
        debugger.execute(&format!("goto {percent}%"), &mut Silent);
        let looks = ["origin R2 --deep", "last-write [3145736]", "history [R4]", "log square {R1}"];
        for look in looks {
            let before =
                (debugger.timeline().now(), machine::Machine::state_hash(debugger.machine()));
            let reply = debugger.execute(look, &mut Silent);
            assert!(!reply.is_error, "{look}: {}", reply.text);
            let after =
                (debugger.timeline().now(), machine::Machine::state_hash(debugger.machine()));
            assert_eq!(before, after, "{look}");
        }
    }
}

/// Somebody who wants control back at once.
struct Impatient;

impl World for Impatient {
    fn ask(&mut self, _: &Question) -> Answer {
        Answer::Done
    }

    fn is_interrupted(&mut self) -> bool {
        true
    }
}

#[test]
fn what_goes_through_the_past_can_be_interrupted_and_leaves_time_where_it_is() {
    let mut debugger = debugger(false, History::Checkpoints);
    for command in ["continue", "goto 9", "set R1 = 4", "goto end"] {
        let reply = debugger.execute(command, &mut Silent);
        assert!(!reply.is_error, "{command}: {}", reply.text);
    }
    let here = debugger.timeline().now();
    for command in ["goto 5:3", "print R1 at 5:3", "compare start 5:3", "last-write R3", "log 5 x"]
    {
        let reply = debugger.execute(command, &mut Impatient);
        assert!(reply.is_error, "{command}: {}", reply.text);
        assert!(reply.text.contains("interrupted"), "{command}: {}", reply.text);
        assert_eq!(debugger.timeline().now(), here, "{command}");
    }
    let reply = debugger.execute("goto 5:3", &mut Silent);
    assert!(!reply.is_error, "{}", reply.text);
    let passes = debugger.execute("goto 5:300", &mut Silent);
    assert!(passes.is_error && passes.text.contains("300"), "{}", passes.text);
    let mut calls = 0;
    let film = debugger.film(&mut |_| {
        calls += 1;
        std::ops::ControlFlow::Break(())
    });
    assert!(film.is_break() && calls == 1);
    assert!(debugger.film(&mut |_| std::ops::ControlFlow::Continue(())).is_continue());
}
