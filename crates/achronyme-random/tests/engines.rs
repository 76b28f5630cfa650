//! Random programs with fixed seeds on both engines. Many more of them:
//! `cargo run --release -p achronyme-random --example differ -- --programs 100000`.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fmt::Write as _;
use std::sync::Mutex;
use std::thread;

use achronyme_random::{
    Compiled, Fared, Stock, TICKS, Text, calls, compare, minimal, program, shrink, walk,
};

/// Programs that are run.
const PROGRAMS: u64 = 2_000;
/// Threads that run them.
const THREADS: u64 = 2;
/// Programs whose life the laws of time are held against, and instructions of each.
const LAWFUL: u64 = 25;
const LAW_STEPS: usize = 600;
/// Programs that are grown from others, and ticks that each may take.
const GROWN: u64 = 200;
const TICKS_GROWN: u64 = 20_000;
/// Programs that call the library with arguments of any kind, and calls of each.
const CALLING: u64 = 150;
const CALLS: usize = 20;
/// Programs that are tried to make one shorter.
const TRIES: usize = 3_000;

fn size(seed: u64) -> usize {
    [4, 8, 12, 20, 30][usize::try_from(seed % 5).unwrap()]
}

#[test]
fn both_engines_come_to_the_same_in_every_manner() {
    let found = Mutex::new(String::new());
    let counts = Mutex::new([0_u64; 4]);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (found, counts) = (&found, &counts);
            scope.spawn(move || {
                for seed in (thread..PROGRAMS).step_by(usize::try_from(THREADS).unwrap()) {
                    let text = program(seed, size(seed));
                    match compare(&text, seed, TICKS) {
                        Ok(fared) => counts.lock().unwrap()[fared as usize] += 1,
                        Err(difference) => {
                            let (shorter, last) = minimal(&text, seed, TICKS, TRIES);
                            let last = last.unwrap_or(difference);
                            let found = &mut *found.lock().unwrap();
                            writeln!(found, "seed {seed}: {last}{shorter}").unwrap();
                        }
                    }
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{found}");
    let counts = counts.into_inner().unwrap();
    let share = |fared: Fared| 100 * counts[fared as usize] / PROGRAMS;
    assert_eq!(counts[Fared::Refused as usize], 0, "all are programs");
    assert!(share(Fared::Well) > 70, "most of them run well: {counts:?}");
    assert!(share(Fared::Failed) > 5, "some fail: {counts:?}");
    assert_eq!(share(Fared::TooLong), 0, "they end soon: {counts:?}");
}

#[test]
fn the_laws_of_time_hold_for_random_programs() {
    for seed in 0..LAWFUL {
        let text = program(1_000_000 + seed, size(seed));
        let compiled = Compiled::new(&Text::new(&text).unwrap(), true).unwrap();
        if let Err(wrong) = compiled.obeys(LAW_STEPS) {
            panic!("seed {seed}: {wrong}\n{text}");
        }
    }
}

#[test]
fn programs_grown_from_others_come_to_the_same_on_both_engines() {
    let stock = Stock::new((0..40).map(|seed| program(seed, size(seed))));
    let mut runs = 0;
    for seed in 0..GROWN {
        let text = stock.program(seed);
        assert_eq!(text, stock.program(seed), "a seed gives one program");
        match compare(&text, seed, TICKS_GROWN) {
            Ok(fared) => runs += u64::from(matches!(fared, Fared::Well | Fared::Failed)),
            Err(difference) => panic!("seed {seed}: {difference}of\n{text}"),
        }
    }
    assert!(runs * 2 > GROWN, "most of them run: {runs}");
}

#[test]
fn calls_with_arguments_of_any_kind_come_to_the_same_on_both_engines() {
    let mut output = String::new();
    for seed in 0..CALLING {
        let text = calls(seed, CALLS);
        match compare(&text, seed, TICKS) {
            Ok(fared) => assert_ne!(fared, Fared::Failed, "seed {seed}: an error is not caught"),
            Err(difference) => {
                let (shorter, last) = minimal(&text, seed, TICKS, TRIES);
                panic!("seed {seed}: {}{shorter}", last.unwrap_or(difference));
            }
        }
        output += &walk(&text, TICKS).output;
    }
    let is_error = |line: &&str| line.contains("TypeError ") || line.contains("ValueError ");
    assert!(output.lines().filter(is_error).count() > 500, "many calls are wrong");
    assert!(output.lines().filter(|line| line.ends_with(']')).count() > 300, "some are right");
    let text: String = (0..CALLING).map(|seed| calls(seed, CALLS)).collect();
    let missing = achronyme::function_helps().into_iter().map(|help| help.name);
    let missing: Vec<String> =
        missing.filter(|name| !text.contains(&format!("[{name}("))).collect();
    assert!(missing.is_empty(), "{missing:?} are not called");
}

#[test]
fn programs_grow_with_their_size_and_hold_something_of_everything() {
    let text: String = (0..400).map(|seed| program(seed, 20)).collect();
    let words = [
        "await ",
        "async ",
        "spawn(",
        "channel()",
        "generate {",
        "yield ",
        ".next()",
        "try {",
        "throw ",
        "match ",
        "...",
        " -> ",
        "self.",
        "rec(",
        "type T",
        "break",
        "continue",
        "return ",
        "piecewise(",
        "signal(",
        "AsyncMutex(",
        "'",
        "..=",
        ".push(",
        ".sort()",
        "+= ",
        "^= ",
        "mut {",
        "let [",
        "reduce(",
        "join_all(",
        "race(",
        "import {",
        "[0, 1]",
        ".conj()",
    ];
    for word in words {
        assert!(text.contains(word), "no program has {word}");
    }
    let length = |size| (0..50).map(|seed| program(seed, size).len()).sum::<usize>();
    assert!(length(4) * 3 < length(40));
}

#[test]
fn what_is_cut_down_keeps_what_it_is_about() {
    let text = "let a = [1, 2, f(3)]\nfor (x in a) { if (x > 1) { print(x, \"needle\") } }\na\n";
    let mut asked = 0;
    let short = shrink(text, 1_000, &mut |text| {
        asked += 1;
        text.contains("needle") && achronyme::format(text).is_ok()
    });
    assert!(short.contains("needle") && short.len() < 12, "{short}");
    assert!(asked <= 1_000);
}
