//! Worlds that are merged are what maps merged field by field are, in whatever order they are written
//! where the strategy says so; and what fails leaves nothing.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::run::load;
use machine::{Machine as _, Portable as _, Probes, Stop, Tick};
use proptest::prelude::*;
use testkit::ScriptedWorld;

/// Runs to the end, in slices; after some the state is written down and read again. What was written,
/// and on standard error.
fn run(text: &str, slice: u64, lines: &[&str]) -> (String, String) {
    let (mut vm, mut world) = (load(text), ScriptedWorld::with_lines(lines));
    loop {
        match vm.run(Tick::at(vm.tick().safepoints.saturating_add(slice)), &Probes::none()) {
            Stop::Asks(question) => vm.answer(&world.answer(&question)).unwrap(),
            Stop::Ended(_) => {
                let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                return (shown(world.output()), shown(world.error()));
            }
            Stop::Trapped(trap) => panic!("{trap}\n{text}"),
            Stop::Reached | Stop::Probed(_) => {
                let (bytes, hash) = (vm.write_state().unwrap(), vm.state_hash());
                vm = load(text);
                vm.read_state(&bytes).unwrap();
                assert_eq!(vm.state_hash(), hash, "{text}");
            }
        }
    }
}

/// A row's number, and what is left of how many.
type Rows = BTreeMap<i64, (i64, i64)>;

/// What a world does.
#[derive(Clone, Debug)]
enum Step {
    Add(i64, i64),
    Set(i64, i64),
    Put(i64, i64),
    Delete(i64),
    Count(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..6_i64, -9..9_i64).prop_map(|(id, by)| Step::Add(id, by)),
        (0..6_i64, 0..9_i64).prop_map(|(id, to)| Step::Set(id, to)),
        (0..9_i64, 0..9_i64).prop_map(|(id, to)| Step::Put(id, to)),
        (0..6_i64).prop_map(Step::Delete),
        (-9..9_i64).prop_map(Step::Count),
    ]
}

impl Step {
    fn text(&self) -> String {
        match self {
            Self::Add(id, by) => format!("update R.a += {by} where id == {id}"),
            Self::Set(id, to) => format!("update R.b = {to} where id == {id}"),
            Self::Put(id, to) => format!("upsert R += {{id: {id}, a: {to}, b: {to}}}"),
            Self::Delete(id) => format!("R -= R where id == {id}"),
            Self::Count(by) => format!("count <- count + {by}"),
        }
    }

    fn apply(&self, rows: &mut Rows, count: &mut i64) {
        match *self {
            Self::Add(id, by) => {
                rows.entry(id).and_modify(|(a, _)| *a += by);
            }
            Self::Set(id, to) => {
                rows.entry(id).and_modify(|(_, b)| *b = to);
            }
            Self::Put(id, to) => {
                rows.insert(id, (to, to));
            }
            Self::Delete(id) => {
                rows.remove(&id);
            }
            Self::Count(by) => {
                *count += by;
            }
        }
    }
}

const BEGIN: &str = "relation R(id: Int key, a: Int, b: Int)\nlet count = 100\n\
                     for i in 0..6 { R += {id: i, a: 10 * i, b: i} }\n";

fn beginning() -> (Rows, i64) {
    ((0..6).map(|id| (id, (10 * id, id))).collect(), 100)
}

fn program(worlds: &[(usize, &Vec<Step>)], strategy: &str) -> String {
    let mut text = format!("{BEGIN}parallel {{\n");
    for (number, steps) in worlds {
        let _ = writeln!(text, "w{number}: {{");
        for step in *steps {
            let _ = writeln!(text, "{}", step.text());
        }
        let _ = writeln!(text, "}}");
    }
    let _ = writeln!(text, "}} merge strategy {strategy}\nprint R\nprint count");
    text
}

fn shown(rows: &Rows, count: i64) -> String {
    let rows: Vec<String> =
        rows.iter().map(|(id, (a, b))| format!("{{id: {id}, a: {a}, b: {b}}}")).collect();
    format!("[{}]\n{count}\n", rows.join(", "))
}

/// One world, folded into what those before came to.
fn fold<T: Clone + PartialEq>(base: &T, ours: &T, theirs: &T, latest: bool) -> T {
    if theirs == base || (ours != base && !latest) { ours.clone() } else { theirs.clone() }
}

fn naive(worlds: &[Vec<Step>], latest: bool) -> (Rows, i64) {
    let (base, first) = beginning();
    let (mut merged, mut count) = (base.clone(), first);
    for world in worlds {
        let (mut theirs, mut number) = (base.clone(), first);
        for step in world {
            // What is not there is not updated.
            let is_update =
                matches!(step, Step::Add(id, _) | Step::Set(id, _) if !theirs.contains_key(id));
            if !is_update {
                step.apply(&mut theirs, &mut number);
            }
        }
        count = fold(&first, &count, &number, latest);
        for id in 0..9 {
            let [b, o, t] = [&base, &merged, &theirs].map(|rows| rows.get(&id).copied());
            let row = match (b, o, t) {
                (Some(b), Some(o), Some(t)) => {
                    Some((fold(&b.0, &o.0, &t.0, latest), fold(&b.1, &o.1, &t.1, latest)))
                }
                (None, Some(o), Some(t)) => Some(if latest { t } else { o }),
                _ => fold(&b, &o, &t, latest),
            };
            match row {
                Some(row) => merged.insert(id, row),
                None => merged.remove(&id),
            };
        }
    }
    (merged, count)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_latest_or_the_first_world_counts_field_by_field(
        worlds in prop::collection::vec(prop::collection::vec(step(), 0..6), 1..4),
        latest in any::<bool>(),
        slice in 200..3_000_u64,
    ) {
        let numbered: Vec<_> = worlds.iter().enumerate().collect();
        let text = program(&numbered, if latest { "latest" } else { "first" });
        let (rows, count) = naive(&worlds, latest);
        prop_assert_eq!(run(&text, slice, &[]).0, shown(&rows, count), "{}", text);
        prop_assert_eq!(run(&text, u64::MAX, &[]).0, shown(&rows, count), "{}", text);
    }

    #[test]
    fn what_is_combined_does_not_depend_on_the_order_of_worlds(
        worlds in prop::collection::vec(
            prop::collection::vec((0..6_i64, -9..9_i64, any::<bool>()), 0..6),
            1..4,
        ),
        turn in 0..4_usize,
    ) {
        let steps = |world: &Vec<(i64, i64, bool)>| {
            let step = |(id, by, rows): &(i64, i64, bool)| match rows {
                true => Step::Add(*id, *by),
                false => Step::Count(*by),
            };
            world.iter().map(step).collect::<Vec<_>>()
        };
        let worlds: Vec<Vec<Step>> = worlds.iter().map(steps).collect();
        let (mut rows, mut count) = beginning();
        worlds.iter().flatten().for_each(|step| step.apply(&mut rows, &mut count));
        let mut numbered: Vec<_> = worlds.iter().enumerate().collect();
        prop_assert_eq!(run(&program(&numbered, "combine"), u64::MAX, &[]).0, shown(&rows, count));
        let turn = turn % numbered.len();
        numbered.rotate_left(turn);
        prop_assert_eq!(run(&program(&numbered, "combine"), u64::MAX, &[]).0, shown(&rows, count));
    }

    #[test]
    fn worlds_that_fail_leave_the_data_as_they_were(
        worlds in prop::collection::vec(prop::collection::vec(step(), 0..5), 1..4),
        strategy in 0..4_usize,
    ) {
        let numbered: Vec<_> = worlds.iter().enumerate().collect();
        let strategy = ["latest", "first", "combine", "latest"][strategy];
        let text = program(&numbered, strategy).replace(BEGIN, "");
        let text = text.replace("\nprint R\nprint count", "");
        let text = format!(
            "{BEGIN}let before = now()\ntry {{\n{text}reverse \"so\"\n}} else why {{ print why.length() > 0 }}\n\
             print diff(before, now())\nprint branches() select name\n"
        );
        let shown = run(&text, 1_000, &[]).0;
        let (first, rest) = shown.split_once('\n').unwrap();
        prop_assert_eq!(first, "true", "{}", text);
        let (differs, rest) = rest.split_once('\n').unwrap();
        prop_assert!(!differs.contains("relation: \"R\"") && !differs.contains("\"count\""), "{}", shown);
        prop_assert_eq!(rest, "[\"main\"]\n");
    }
}

const ASKED: &str = "relation Doc(id: Int key, text: String)\nlet n = 0\n\
                     Doc += {id: 1, text: \"a\"}\nDoc += {id: 2, text: \"b\"}\n\
                     parallel {\n one: { update Doc.text = \"one\"; n <- 1 }\n\
                     two: { update Doc.text = \"two\"; n <- 2 }\n} merge strategy ask\n\
                     print Doc, n, Conflict select key\n";

#[test]
fn somebody_is_asked_about_each_conflict_until_the_answer_is_understood() {
    let (shown, asked) = run(ASKED, 500, &["2", "what", " 1 ", "2"]);
    assert_eq!(shown, "[{id: 1, text: \"one\"}, {id: 2, text: \"two\"}] 2 []\n");
    assert_eq!(asked.matches("1 or 2?").count(), 4);
    let first =
        "n was `0`.\n  1: `1`, as those before have it\n  2: `2`, as `two` has it\n1 or 2?\n";
    assert!(asked.starts_with(first), "{asked}");
}

#[test]
fn what_nobody_answers_stays_open() {
    let (shown, _) = run(ASKED, u64::MAX, &["2"]);
    assert_eq!(shown, "[{id: 1, text: \"one\"}, {id: 2, text: \"one\"}] 2 [\"1\", \"2\"]\n");
}
