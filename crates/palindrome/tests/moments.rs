//! What is read at a moment is what was there then, and going back to one brings it back.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fmt::Write as _;
use std::fs;

use common::corpus;
use common::run::load;
use machine::{Machine as _, Portable as _, Probes, Question, Stop, Tick};
use proptest::prelude::*;
use testkit::ScriptedWorld;

/// Runs to the end. Now and then the state is written down and read again.
fn run(text: &str, writes: bool) -> String {
    let mut vm = load(text);
    let mut world = ScriptedWorld::default();
    loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Asks(question) => {
                vm.answer(&world.answer(&question)).unwrap();
                if writes && matches!(question, Question::Clock) {
                    let (bytes, hash) = (vm.write_state().unwrap(), vm.state_hash());
                    vm = load(text);
                    vm.read_state(&bytes).unwrap();
                    assert_eq!(vm.state_hash(), hash, "{text}");
                }
            }
            Stop::Ended(_) => return String::from_utf8_lossy(world.output()).into_owned(),
            Stop::Trapped(trap) => panic!("{trap}\n{text}"),
            Stop::Reached | Stop::Probed(_) => {}
        }
    }
}

const BEGIN: &str = r#"
relation Person(id: Int key, name: String, age: Int)
index Person by age using btree
view Adults = Person where age >= 18
rule older(a, b) :- Person(a, _, m), Person(b, _, n), m > n.
let count = 0
let words = ["w"]

transform query state() -> String {
    let sums = Person group by name select name, sum(age) as total
    let first = Person where id == 1
    "${count} ${words} ${Person} ${Adults} ${older} ${sums} ${first}"
}
"#;

/// What a statement does.
#[derive(Clone, Debug)]
enum Step {
    /// Changes something.
    Change(String),
    /// Reads the state so many moments ago.
    Look(usize),
    /// Goes back to it.
    Rewind(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let put =
        |(id, age)| format!("upsert Person += {{id: {id}, name: \"p{}\", age: {age}}}", id % 2);
    let change = prop_oneof![
        (-5..5_i64).prop_map(|by| format!("count <- count + {by}")),
        (0..3_u8).prop_map(|word| format!("words <- words ++ [\"{word}\"]")),
        (0..4_u8, 0..40_u8).prop_map(put),
        (0..4_u8).prop_map(|id| format!("update Person.age += 1 where id == {id}")),
        (0..4_u8).prop_map(|id| format!("Person -= Person where id == {id}")),
    ];
    prop_oneof![
        5 => change.prop_map(Step::Change),
        1 => (1..12_usize).prop_map(Step::Look),
        1 => (1..12_usize).prop_map(Step::Rewind),
    ]
}

/// A program, and for each line that it prints which place it reads; nothing for the present.
fn program(steps: Vec<Step>) -> (String, Vec<Step>, Vec<usize>) {
    let mut text = BEGIN.to_owned();
    // Moments 0 and 1 are the definitions, of which the second has all names.
    let mut places = 2;
    let mut done = Vec::new();
    for step in steps {
        let (step, statement) = match step {
            Step::Look(back) => {
                let back = back.min(places - 1);
                places += 1;
                (Step::Look(back), format!("print state() at now() - {back}"))
            }
            Step::Rewind(back) => {
                let back = back.min(places - 1);
                places = places - back + 3;
                (Step::Rewind(back), format!("rewind to now() - {back}\nprint state()"))
            }
            Step::Change(statement) => {
                places += 2;
                (Step::Change(String::new()), format!("{statement}\nprint state()"))
            }
        };
        let _ = writeln!(text, "{statement}");
        done.push(step);
    }
    let all: Vec<usize> = (1..places).collect();
    for (place, now) in all.iter().zip(places..) {
        let _ = writeln!(text, "print state() at now() - {}", now - place);
    }
    (text, done, all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_moment_is_read_as_it_was(
        steps in prop::collection::vec(step(), 1..16),
        writes in any::<bool>(),
    ) {
        let (text, steps, all) = program(steps);
        let shown = run(&text, writes);
        let mut lines = shown.lines().map(str::to_owned);
        let begin = run(&format!("{BEGIN}print state()"), false).trim_end().to_owned();
        // What the state was at each place of the present branch.
        let mut states = vec![String::new(), begin];
        for step in steps {
            let line = lines.next().unwrap_or_default();
            match step {
                Step::Look(back) => {
                    prop_assert_eq!(&line, &states[states.len() - back], "{}", text);
                    states.push(states[states.len() - 1].clone());
                }
                Step::Rewind(back) => {
                    states.truncate(states.len() - back + 1);
                    prop_assert_eq!(&line, &states[states.len() - 1], "{}", text);
                    states.extend([line.clone(), line]);
                }
                Step::Change(_) => states.extend([line.clone(), line]),
            }
        }
        for place in all {
            prop_assert_eq!(lines.next().unwrap_or_default(), &*states[place], "{} in {}", place, text);
        }
    }
}

#[test]
fn the_founding_document_reads_and_recovers_what_was() {
    let text = fs::read_to_string(corpus("seed").join("temporal.pal")).unwrap();
    let shown = run(&format!("{text}\nprint x, y, history(x) select value\n"), true);
    assert_eq!(shown, "100 42 [42, 100, 100]\n");
}
