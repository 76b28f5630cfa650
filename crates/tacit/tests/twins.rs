//! The fast engine is held against the plain one: the same states at the same ticks, the same stops.

mod common;

use std::path::{Path, PathBuf};

use machine::{CodePosition, Hit, Location, Machine as _, Probes, Space, Stop, Tick};
use proptest::prelude::*;
use tacit::{Options, compile};
use tacit_vm::{Layout, MEMORY, REGISTERS, Segment, Snapshot, Unit, VALUES, Vm};
use testkit::ScriptedWorld;

/// Two machines with a program, and the unit that it is.
fn load(text: &str, kilobytes: usize) -> Option<(Vm, Unit)> {
    let mut vm = Vm::new(Layout::new(kilobytes << 10).expect("a size"));
    let unit = compile("twins.tacit", text, vm.memory(), &Options::default()).unit?;
    vm.load(unit.clone()).ok()?;
    Some((vm, unit))
}

/// Numbers that decide where to stop; the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % bound
    }
}

/// With a watch of which the fast engine knows nothing, the plain engine runs.
fn plain(breakpoints: &Probes) -> Probes {
    let never = Location { space: Space(u8::MAX), address: 0, size: 1 };
    Probes { watches: vec![never], ..breakpoints.clone() }
}

/// Runs one instruction after the other up to a tick, or to where the program stops.
fn step_to(vm: &mut Vm, until: Tick) -> Stop<tacit_vm::Trap> {
    loop {
        let stop = vm.run(until, &Probes::every_step());
        if stop != Stop::Probed(Hit::Step) {
            return stop;
        }
        if vm.tick() >= until {
            return Stop::Reached;
        }
    }
}

/// Runs both engines side by side for at most `ticks`, stopping `stretch` ticks apart at most.
fn compare(text: &str, kilobytes: usize, ticks: u64, stretch: u64, seed: u64) {
    let Some((mut fast, _)) = load(text, kilobytes) else { return };
    let (mut slow, _) = load(text, kilobytes).expect("it was loaded before");
    let mut dice = Dice(seed);
    let (mut world, mut twin) = (ScriptedWorld::default(), ScriptedWorld::default());
    while fast.tick().safepoints < ticks {
        let until = Tick::at(fast.tick().safepoints + 1 + dice.below(stretch));
        let stop = fast.run(until, &Probes::none());
        let other = if stretch < 1000 {
            step_to(&mut slow, until)
        } else {
            slow.run(until, &plain(&Probes::none()))
        };
        assert_eq!(stop, other, "before {until:?} of\n{text}");
        assert_eq!(fast.tick(), slow.tick(), "{text}");
        assert_eq!(fast.stack(), slow.stack(), "at {:?} of\n{text}", fast.tick());
        assert_eq!(fast.state_hash(), slow.state_hash(), "at {:?} of\n{text}", fast.tick());
        match stop {
            Stop::Reached => {}
            Stop::Asks(question) => {
                let answers =
                    [fast.answer(&world.answer(&question)), slow.answer(&twin.answer(&question))];
                assert_eq!(answers[0], answers[1]);
                if answers[0].is_err() {
                    return;
                }
            }
            Stop::Ended(_) | Stop::Trapped(_) | Stop::Probed(_) => return,
        }
    }
}

/// Both engines stop at the same breakpoints, at the same ticks.
fn compare_breakpoints(text: &str, ticks: u64, seed: u64) {
    let Some((mut fast, unit)) = load(text, 64) else { return };
    let (mut slow, _) = load(text, 64).expect("it was loaded before");
    let mut dice = Dice(seed);
    let starts = common::instructions(&unit);
    let mut probes = Probes::none();
    for _ in 0..1 + dice.below(4) {
        let (at, _) = &starts[usize::try_from(dice.below(starts.len() as u64)).expect("small")];
        probes.breakpoints.insert(CodePosition(*at as u64));
    }
    let (mut world, mut twin) = (ScriptedWorld::default(), ScriptedWorld::default());
    for _ in 0..60 {
        let until = Tick::at((fast.tick().safepoints + 1 + dice.below(900)).min(ticks));
        let stop = fast.run(until, &probes);
        assert_eq!(stop, slow.run(until, &plain(&probes)), "{probes:?} in\n{text}");
        assert_eq!(fast.tick(), slow.tick(), "{probes:?} in\n{text}");
        assert_eq!(fast.state_hash(), slow.state_hash(), "{probes:?} in\n{text}");
        match stop {
            Stop::Reached | Stop::Probed(_) => {}
            Stop::Asks(question) => {
                let answers =
                    [fast.answer(&world.answer(&question)), slow.answer(&twin.answer(&question))];
                assert_eq!(answers[0], answers[1]);
                if answers[0].is_err() {
                    return;
                }
            }
            Stop::Ended(_) | Stop::Trapped(_) => return,
        }
    }
}

/// A place that a program may write: mostly variables and the heap.
fn place(layout: Layout, dice: &mut Dice) -> Location {
    let globals = layout.globals().0 as u64;
    let heap = layout.base(Segment::Heap) as u64 / 4;
    let values = |cell| (VALUES, cell, 1);
    let (space, address, size) = match dice.below(18) {
        0..=4 => values(globals + dice.below(3)),
        5..=7 => values(heap + dice.below(160)),
        8 => (MEMORY, heap * 4 + dice.below(640), 1 + dice.below(8)),
        9 => (MEMORY, globals * 4 + dice.below(12), 1 + dice.below(4)),
        10 => values(layout.stack().0 as u64 + dice.below(3)),
        11..=15 => values(layout.return_stack().0 as u64 + dice.below(24)),
        16 => values(layout.task(1).1 as u64 - 1 - dice.below(130)),
        _ => (REGISTERS, dice.below(4), 1),
    };
    let number = |number: u64| i64::try_from(number).expect("small");
    Location { space, address: number(address), size: u32::try_from(size).expect("small") }
}

/// Steps to a tick, to the first change of what is watched or breakpoint, or to where the program
/// stops.
fn step_to_hit(vm: &mut Vm, until: Tick, probes: &Probes) -> Stop<tacit_vm::Trap> {
    let probes = Probes { every_step: true, ..probes.clone() };
    while vm.tick() < until {
        let stop = vm.run(until, &probes);
        if stop != Stop::Probed(Hit::Step) {
            return stop;
        }
    }
    Stop::Reached
}

/// States, and for each watch whether it was seen to change after each of them.
struct Kept {
    states: Vec<(Snapshot, Vec<bool>)>,
    /// How often a change could be ruled out.
    ruled_out: u32,
}

impl Kept {
    fn note(&mut self, hit: Option<Hit>) {
        let Some(Hit::Watch(index)) = hit else { return };
        self.states.iter_mut().for_each(|(_, has_changed)| has_changed[index] = true);
    }

    /// No change is ruled out that was seen.
    fn keep(&mut self, state: Snapshot, watches: &[Location], text: &str) {
        for (earlier, has_changed) in &self.states {
            for (watch, has_changed) in watches.iter().zip(has_changed) {
                let may_have = Vm::may_have_changed(earlier, &state, *watch);
                assert!(may_have || !has_changed, "{watch:?} in\n{text}");
                self.ruled_out += u32::from(!may_have);
            }
        }
        self.states.push((state, vec![false; watches.len()]));
    }
}

/// Both engines see the same changes, at the same ticks, and none of them is ruled out by the states
/// around it. Says how often one was.
fn compare_watches(text: &str, stretch: u64, seed: u64) -> u32 {
    let Some((mut fast, unit)) = load(text, 64) else { return 0 };
    let (mut slow, _) = load(text, 64).expect("it was loaded before");
    let mut dice = Dice(seed);
    let starts = common::instructions(&unit);
    let mut probes = Probes::none();
    for _ in 0..dice.below(3) {
        let (at, _) = &starts[usize::try_from(dice.below(starts.len() as u64)).expect("small")];
        probes.breakpoints.insert(CodePosition(*at as u64));
    }
    for _ in 0..1 + dice.below(2) {
        probes.watches.push(place(fast.memory().layout(), &mut dice));
    }
    let (mut world, mut twin) = (ScriptedWorld::default(), ScriptedWorld::default());
    let mut kept = Kept { states: Vec::new(), ruled_out: 0 };
    for _ in 0..80 {
        if dice.below(8) == 0 {
            kept.keep(fast.snapshot(), &probes.watches, text);
        }
        let until = Tick::at(fast.tick().safepoints + 1 + dice.below(stretch));
        let stop = fast.run(until, &probes);
        assert_eq!(stop, step_to_hit(&mut slow, until, &probes), "{probes:?} in\n{text}");
        assert_eq!(fast.tick(), slow.tick(), "{probes:?} in\n{text}");
        assert_eq!(fast.state_hash(), slow.state_hash(), "{probes:?} in\n{text}");
        match stop {
            Stop::Reached => {}
            Stop::Probed(hit) => kept.note(Some(hit)),
            Stop::Asks(question) => {
                let answer = fast.answer_probed(&world.answer(&question), &probes);
                assert_eq!(answer, slow.answer_probed(&twin.answer(&question), &probes));
                match answer {
                    Ok(hit) => kept.note(hit),
                    Err(_) => break,
                }
            }
            Stop::Ended(_) | Stop::Trapped(_) => break,
        }
    }
    kept.keep(fast.snapshot(), &probes.watches, text);
    kept.ruled_out
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = folder.read_dir() else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "tacit") {
            found.push(path);
        }
    }
}

#[test]
fn every_program_of_the_corpus_does_the_same_on_both_engines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["corpus/tacit", "examples/tacit"] {
        programs(&root.join(folder), &mut found);
    }
    found.sort();
    assert!(!found.is_empty());
    for (seed, path) in (1..).zip(&found) {
        let text = std::fs::read_to_string(path).expect("a program");
        compare(&text, 64, 6000, 90, seed);
        compare_breakpoints(&text, 6000, seed);
        for seed in 0..6 {
            compare_watches(&text, 400, seed);
        }
    }
}

#[test]
fn a_change_of_what_is_never_written_is_ruled_out() {
    let text = "1 value hot 2 value cold 9 array value a
        : f 300 times { hot 1 + to hot hot to a[ 3 ] } ; f";
    let ruled_out = (0..40).map(|seed| compare_watches(text, 90, seed));
    assert!(ruled_out.filter(|times| *times > 0).count() > 5);
}

#[test]
fn the_programs_that_are_measured_do_the_same_on_both_engines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench/programs/tacit");
    let mut found = Vec::new();
    programs(&root, &mut found);
    found.sort();
    assert_eq!(found.len(), 7);
    for (seed, path) in (1..).zip(&found) {
        let text = std::fs::read_to_string(path).expect("a program");
        let (head, last) = text.trim_end().rsplit_once('\n').expect("two lines");
        let small = format!("{head}\n2 {}\n", last.split_once(' ').expect("a size").1);
        compare(&small, 128, 20_000, 60, seed);
        compare(&small, 128, 400_000, 30_000, seed);
        compare_breakpoints(&small, 60_000, seed);
    }
}

/// Numbers of all kinds, variables and a few other values.
const ATOMS: &[&str] = &[
    "a", "b", "c", "i", "a", "b", "c", "i", "0", "1", "2", "3", "7", "-1", "0.5", "13", "255",
    "256", "8388607", "8388608", "16777216", "1e+38", "inf", "-inf", "nan", "-0", "g", "NIL",
    "\"s\"", "t",
];
const KEYS: &[&str] = &[
    "0", "1", "2", "3", "4", "5", "0", "1", "2", "3", "4", "5", "a", "b", "c", "i", "6", "15",
    "-1", "0.5", "-0", "nan", "1e+38",
];
const OPERATIONS: &[&str] = &["+", "+", "-", "-", "*", "/", "!", "&", "|", "bit-and"];
const COMPARISONS: &[&str] = &["<", ">", "<=", ">=", "=", "<>"];
const LOCALS: &[&str] = &["a", "b", "c", "i"];
const CONTAINERS: &[&str] = &["v", "v", "w", "w", "u", "t", "h"];
/// Words that may meet too few values, or too many.
const WORDS: &[&str] = &[
    "dup",
    "drop",
    "swap",
    "over",
    "rot",
    "-rot",
    "nip",
    "tuck",
    "2dup",
    "2drop",
    "not",
    "m_",
    "inc",
    "least",
    "fib",
    "sum-to",
    "dup drop",
    "1 2 3",
    "drop drop",
    "a",
    "v",
    "+",
    "exit-if",
    "length",
];

fn statement() -> impl Strategy<Value = String> {
    let atom = || proptest::sample::select(ATOMS);
    let key = || proptest::sample::select(KEYS);
    let local = || proptest::sample::select(LOCALS);
    let container = || proptest::sample::select(CONTAINERS);
    let operation = || proptest::sample::select(OPERATIONS);
    let comparison = || proptest::sample::select(COMPARISONS);
    // A container that is to be stored: some are globals.
    let put = |what: &str, key: &str| {
        if what == "h" { format!("to h[ {key} ]") } else { format!("-> {what}[ {key} ]") }
    };
    let simple = prop_oneof![
        (atom(), local()).prop_map(|(a, l)| format!("{a} -> {l}")),
        (atom(), atom(), operation(), local())
            .prop_map(|(a, b, o, l)| format!("{a} {b} {o} -> {l}")),
        (local(), local(), operation(), local())
            .prop_map(|(a, b, o, l)| format!("{a} {b} {o} -> {l}")),
        (local(), atom(), operation()).prop_map(|(l, a, o)| format!("{l} {a} {o} -> {l}")),
        (atom(), local(), local()).prop_map(|(a, b, l)| format!("{a} {b} + -> {l}")),
        (atom(), atom(), local()).prop_map(|(a, b, l)| format!("{a} {b} * {l} + -> {l}")),
        (atom(), atom(), local(), local())
            .prop_map(|(a, b, k, l)| format!("{a} {b} * {k} * -> {l}")),
        (container(), key(), local()).prop_map(|(v, k, l)| format!("{v}[ {k} ] -> {l}")),
        (container(), local(), key(), operation(), local())
            .prop_map(|(v, k, a, o, l)| format!("{v}[ {k} {a} {o} ] -> {l}")),
        (container(), local(), atom(), operation())
            .prop_map(|(v, k, a, o)| format!("{v}[ {k} ] {a} {o} drop")),
        (container(), key(), atom()).prop_map(move |(v, k, a)| format!("{a} {}", put(v, k))),
        (container(), local(), atom(), operation(), local()).prop_map(move |(v, k, a, o, l)| {
            format!("{l} {}", put(v, &format!("{k} {a} {o}")))
        }),
        (container(), container()).prop_map(|(v, w)| {
            let to = if w == "h" { "to" } else { "->" };
            format!("{v} {to} {w}")
        }),
        (container(), local()).prop_map(|(v, l)| format!("{v} -> {l}")),
        (local(), local()).prop_map(|(a, b)| format!("[ {a} {b} ] -> u")),
        (atom(), operation()).prop_map(|(a, o)| format!("g {a} {o} to g")),
        (container(), atom()).prop_map(|(v, a)| format!("{v} {a} fill drop")),
        (atom(), atom(), comparison(), local())
            .prop_map(|(a, b, o, l)| format!("{a} {b} {o} -> {l}")),
        proptest::collection::vec(proptest::sample::select(WORDS), 1..4)
            .prop_map(|words| words.join(" ")),
    ];
    simple.boxed().prop_recursive(3, 24, 4, move |inner| {
        let body = || proptest::collection::vec(inner.clone(), 1..4).prop_map(|all| all.join(" "));
        let range = || {
            proptest::sample::select(
                &[
                    "0 5 1",
                    "5 0 -1",
                    "0 1 0.25",
                    "3 a b",
                    "b c 1",
                    "1 1 1",
                    "inf inf 1",
                    "-inf inf inf",
                    "0 -0 -1",
                    "0 nan 1",
                    "1 2 -1",
                    "16777210 16777220 1",
                    "0 a 2",
                    "9 0 inf",
                ][..],
            )
        };
        prop_oneof![
            (atom(), atom(), comparison(), body(), body())
                .prop_map(|(a, b, o, x, y)| format!("{a} {b} {o} IF {{ {x} }} ELSE {{ {y} }}")),
            (local(), atom(), comparison(), body())
                .prop_map(|(a, b, o, x)| format!("{a} {b} {o} IF {{ {x} }}")),
            (local(), local(), comparison(), body())
                .prop_map(|(a, b, o, x)| format!("{a} {b} {o} IF {{ {x} }}")),
            (atom(), atom(), comparison(), body())
                .prop_map(|(a, b, o, x)| format!("{a} dup {b} {o} IF {{ {x} }} drop")),
            (container(), local(), body()).prop_map(|(v, l, x)| format!("{v}[ {l} ] IF {{ {x} }}")),
            (atom(), body()).prop_map(|(a, x)| format!("{a} IF {{ {x} }}")),
            (range(), local(), body())
                .prop_map(|(r, l, x)| format!("{r} range for-each {{ -> {l} {x} }}")),
            (range(), body()).prop_map(|(r, x)| format!("{r} range for-each {{ drop {x} }}")),
            (container(), local(), body())
                .prop_map(|(v, l, x)| format!("{v} for-each {{ -> {l} {x} }}")),
            (0..4_u8, body()).prop_map(|(n, x)| format!("{n} times {{ {x} }}")),
        ]
    })
}

/// A program: statements in a word with local variables, on stacks that are nearly empty, or nearly
/// full.
fn program() -> impl Strategy<Value = String> {
    let statements = proptest::collection::vec(statement(), 1..10).prop_map(|all| all.join("\n "));
    let height = prop_oneof![2 => Just(0), 1 => 0..4_usize, 1 => 1008..1025_usize];
    let depth = prop_oneof![Just(0), 0..3_usize, 110..128_usize];
    (statements, height, depth).prop_map(|(statements, height, depth)| {
        let number = |text: &str| match text {
            "inf" => "infinity".to_owned(),
            "-inf" => "infinity -1 *".to_owned(),
            "nan" => "infinity 0 *".to_owned(),
            "-0" => "0 -1 *".to_owned(),
            other => other.to_owned(),
        };
        let lines = statements
            .split('\n')
            .map(|line| line.split(' ').map(number).collect::<Vec<_>>().join(" "));
        let statements = lines.collect::<Vec<_>>().join("\n");
        format!(
            ": infinity 1 0 / ; : inc 1 + ; : least dup 2 < IF {{ exit }} 1 - ;
             : exit-if IF {{ exit }} 3 drop ; 5 value g 9 array value h
             : fib dup 2 < IF {{ exit }} dup 1 - fib swap 2 - fib + ;
             : sum-to -> n 0 -> s 0 n 1 range for-each {{ s + -> s }} s ;
             : work 2 -> a 1 -> b 3 -> c 0 -> i 6 array -> v 10 bytes -> w [ 1 2 3 ] -> u
             [ 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 ] -> t
             {statements} a b c i ;
             : deep -> n n 0 = IF {{ work }} ELSE {{ n 1 - deep }} ;
             {height} times {{ 4 }} {depth} deep"
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_programs_do_the_same_on_both_engines(text in program(), seed in 1..u64::MAX) {
        compare(&text, 64, 6000, 150, seed);
        compare(&text, 64, 12_000, 4000, seed);
        compare_breakpoints(&text, 5000, seed);
        compare_watches(&text, 900, seed);
    }
}

#[test]
fn a_range_from_0_to_minus_0_has_an_element_on_both_engines() {
    for (range, seed) in
        ["0 0 -1 * 2", "0 -1 * 0 -2", "0 -1 * 0 2", "0 0 -1 * -2"].into_iter().zip(1..)
    {
        let text = format!(": f {range} range for-each {{ -> i i 1 + -> j }} ; f 1 2 3");
        compare(&text, 64, 100, 1, seed);
        compare(&text, 64, 2000, 1999, seed);
    }
}

#[test]
fn most_random_programs_are_programs() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut made = 0;
    for _ in 0..40 {
        let text = program().new_tree(&mut runner).expect("a program").current();
        made += u32::from(load(&text, 64).is_some());
    }
    assert!(made > 30, "{made}");
}
