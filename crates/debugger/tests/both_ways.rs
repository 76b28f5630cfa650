//! What holds in both directions of time.

mod guest;

use debugger::{Debugger, Why};
use guest::{Guest, Outside};
use machine::{Inspect, Machine, StateHash, Tick};
use proptest::prelude::*;
use timeline::{Options, Timeline};

const NESTED: &str = "\
start: set n 4; set a 1
loop: jz n done
call twice; add b a
sub n a
jump loop
twice: add c a; call once
add d c; ret
once: add e d; set k 2
ret
done: out b
in z
out z
halt";

fn debugger(text: &str) -> Debugger<Guest> {
    let options = Options { spacing: 2, ..Options::default() };
    Debugger::new(Timeline::new(Guest::new(text), options))
}

fn state(debugger: &Debugger<Guest>) -> (Tick, StateHash, Vec<u8>) {
    let machine = debugger.machine();
    (machine.tick(), machine.state_hash(), debugger.timeline().outputs().output)
}

fn run(debugger: &mut Debugger<Guest>, commands: &[&str]) {
    let mut world = Outside::default();
    for command in commands {
        let reply = debugger.execute(command, &mut world);
        assert!(!reply.is_error, "{command}: {}", reply.text);
    }
}

/// The stops that a command makes again and again until time ends.
fn stops(debugger: &mut Debugger<Guest>, command: &str) -> Vec<Tick> {
    let mut world = Outside::default();
    let mut stops = Vec::new();
    loop {
        let before = debugger.timeline().now();
        let reply = debugger.execute(command, &mut world);
        let is_over = reply.text.contains("of time") || reply.text.contains("fault");
        if is_over || debugger.timeline().now() == before {
            return stops;
        }
        stops.push(debugger.timeline().now().tick);
    }
}

const BREAKPOINTS: [&str; 8] = [
    "break once",
    "break 7",
    "break twice if n < 3",
    "watch c",
    "watch n",
    "watch -c b > 2",
    "watch -c n = 2",
    "watch -c @k > 1",
];

fn check_stops(setup: &[&str], there: &str, back: &str) {
    let mut forward = debugger(NESTED);
    run(&mut forward, setup);
    let mut forward_stops = stops(&mut forward, there);
    run(&mut forward, &["goto end"]);
    // From the end one goes back to what is before it.
    let end = forward.timeline().end();
    forward_stops.retain(|tick| *tick < end);
    let mut backward_stops = stops(&mut forward, back);
    backward_stops.reverse();
    assert_eq!(forward_stops, backward_stops, "{setup:?} {there}");

    // The same with a debugger that has never stopped on the way there.
    let mut fresh = debugger(NESTED);
    run(&mut fresh, &["goto end"]);
    run(&mut fresh, setup);
    let mut found = stops(&mut fresh, back);
    found.reverse();
    assert_eq!(forward_stops, found, "{setup:?} {back}");
}

#[test]
fn every_single_breakpoint_and_watch_stops_at_the_same_moments_both_ways() {
    for stop in BREAKPOINTS {
        check_stops(&[stop], "continue", "rcontinue");
    }
}

#[test]
fn lines_begin_at_the_same_moments_both_ways() {
    check_stops(&[], "step", "back");
    check_stops(&["watch e"], "step", "back");
}

#[test]
fn finish_leads_to_the_caller_and_back() {
    let mut debugger = debugger(NESTED);
    run(&mut debugger, &["break once", "continue", "delete all"]);
    assert_eq!(debugger.machine().depth(), 2);
    let called = state(&debugger);
    run(&mut debugger, &["finish"]);
    assert_eq!(debugger.machine().depth(), 1);
    run(&mut debugger, &["undo"]);
    assert_eq!(state(&debugger), called);
    run(&mut debugger, &["rfinish"]);
    assert_eq!(debugger.machine().depth(), 1);
    run(&mut debugger, &["stepi"]);
    assert_eq!(state(&debugger), called);
}

#[test]
fn next_stays_at_its_depth_and_rnext_undoes_it() {
    let mut debugger = debugger(NESTED);
    run(&mut debugger, &["next", "next"]);
    let at_call = state(&debugger);
    assert!(debugger.here().contains("demo.toy:3"), "{}", debugger.here());
    run(&mut debugger, &["next"]);
    assert!(debugger.here().contains("demo.toy:4"), "{}", debugger.here());
    run(&mut debugger, &["rnext"]);
    assert_eq!(state(&debugger), at_call);
}

#[test]
fn next_stops_at_a_breakpoint_inside_a_call_both_ways() {
    let mut debugger = debugger(NESTED);
    let mut world = Outside::default();
    run(&mut debugger, &["next", "next", "break once"]);
    let stopped = debugger.next(&mut world);
    assert!(matches!(stopped.why[..], [Why::Breakpoint { number: 1, .. }]), "{stopped:?}");
    run(&mut debugger, &["finish", "finish"]);
    let back = debugger.rnext(&mut world);
    assert_eq!(back, stopped);
}

#[test]
fn the_start_and_the_end_of_time_are_no_errors() {
    let mut debugger = debugger(NESTED);
    let mut world = Outside::default();
    for command in ["back", "rnext", "backi", "backi 7", "rcontinue", "goto start", "goto 0"] {
        let reply = debugger.execute(command, &mut world);
        assert!(
            !reply.is_error && reply.text.contains("start of time"),
            "{command}: {}",
            reply.text
        );
    }
    for command in ["continue", "step", "next", "stepi 9", "goto end", "goto 100000"] {
        let reply = debugger.execute(command, &mut world);
        assert!(!reply.is_error && reply.text.contains("end of time"), "{command}: {}", reply.text);
    }
}

#[test]
fn looking_changes_nothing() {
    let mut debugger = debugger(NESTED);
    run(&mut debugger, &["goto end", "goto 40%", "mark here"]);
    let before = (state(&debugger), debugger.timeline().now(), debugger.timeline().end());
    let looks = [
        "where",
        "print b",
        "print b at 3",
        "print b at end",
        "locals",
        "stack",
        "registers",
        "tape 0 32",
        "source",
        "source 3",
        "disasm",
        "output",
        "last-write c",
        "origin d",
        "origin d --deep",
        "history c",
        "history c --plot",
        "history c --csv",
        "history c at 7",
        "history @k",
        "log 4 \"n={n}\"",
        "branches",
        "marks",
        "info",
        "help",
        "help step",
        "breakpoints",
        "compare start end",
        "compare here main",
    ];
    for look in looks {
        run(&mut debugger, &[look]);
        let after = (state(&debugger), debugger.timeline().now(), debugger.timeline().end());
        assert_eq!(before, after, "{look}");
    }
}

#[test]
fn a_change_leaves_the_old_future_where_it_was() {
    let mut debugger = debugger(NESTED);
    run(&mut debugger, &["goto end"]);
    let end = state(&debugger);
    run(&mut debugger, &["goto start", "stepi 2", "set n = 1", "goto end"]);
    let other = state(&debugger);
    assert_ne!(end.2, other.2);
    run(&mut debugger, &["compare main what-if-1", "switch main", "goto end"]);
    assert_eq!(state(&debugger), end);
    run(&mut debugger, &["undo", "undo"]);
    assert_eq!(state(&debugger), other);
}

proptest! {
    #[test]
    fn any_breakpoints_stop_at_the_same_moments_both_ways(
        chosen in proptest::sample::subsequence(BREAKPOINTS.to_vec(), 1..BREAKPOINTS.len()),
        by_line in any::<bool>(),
    ) {
        let (there, back) = if by_line { ("step", "back") } else { ("continue", "rcontinue") };
        check_stops(&chosen, there, back);
    }

    #[test]
    fn any_walk_shows_what_a_straight_run_showed(
        moves in proptest::collection::vec((0..11_usize, 1..9_u64), 1..40),
    ) {
        let mut straight = debugger(NESTED);
        let mut world = Outside::default();
        let mut seen = vec![state(&straight)];
        loop {
            let stopped = straight.step_instructions(1, &mut world);
            if !stopped.why.is_empty() {
                break;
            }
            seen.push(state(&straight));
        }

        let mut walker = debugger(NESTED);
        let names = [
            "step", "back", "next", "rnext", "finish", "rfinish", "stepi", "backi", "goto",
            "continue", "rcontinue",
        ];
        walker.execute("break once", &mut world);
        for (kind, count) in moves {
            let command = match names[kind] {
                name @ ("stepi" | "backi") => format!("{name} {count}"),
                "goto" => format!("goto {}%", count * 11),
                name => name.to_owned(),
            };
            walker.execute(&command, &mut world);
            let found = state(&walker);
            let expected = seen.iter().find(|seen| seen.0 == found.0);
            prop_assert_eq!(expected, Some(&found), "after {}", command);
        }
    }

    #[test]
    fn no_line_of_text_makes_it_panic(line in "\\PC{0,40}", at in 0..3_usize) {
        let mut debugger = debugger(NESTED);
        run(&mut debugger, &[["where", "goto end", "goto 50%"][at]]);
        debugger.execute(&line, &mut Outside::default());
        prop_assert!(debugger.complete(&line).len() < 1_000);
    }

    #[test]
    fn no_arguments_make_a_command_panic(
        command in proptest::sample::select(debugger::COMMANDS),
        arguments in "[-a-z@0-9=%:. {}\"]{0,16}",
    ) {
        let mut debugger = debugger(NESTED);
        run(&mut debugger, &["goto 50%"]);
        debugger.execute(&format!("{} {arguments}", command.name), &mut Outside::default());
        debugger.execute("where", &mut Outside::default());
    }
}

#[test]
fn completion_knows_commands_and_the_names_of_the_program() {
    let debugger = debugger(NESTED);
    assert_eq!(debugger.complete("rcon"), ["rcontinue"]);
    assert_eq!(debugger.complete("break tw"), ["twice"]);
    assert_eq!(debugger.complete("help orig"), ["origin"]);
    assert_eq!(debugger.complete("origin --"), ["--deep"]);
    assert_eq!(debugger.complete("goto").first().unwrap(), "goto");
}
