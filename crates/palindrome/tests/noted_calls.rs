//! Calls that stand: undone in any program alike, whether they outlast its run or not, and all of them in
//! turn lead back to where the first began.

mod common;

use std::fmt::Write as _;
use std::fs;

use common::corpus;
use common::run::{compiled_with, load_with, printed};
use machine::{Machine as _, Portable as _, Probes, Stop, Tick};
use palindrome::Options;
use proptest::prelude::*;
use testkit::ScriptedWorld;

/// As programs on a tape are compiled.
const KEPT: Options = Options {
    optimise: true,
    keep_sources: true,
    keep_moments: true,
    search_limit: None,
    done: 0,
    is_whole: false,
};

#[test]
fn programs_undo_the_same_calls_on_a_tape_and_without_one() {
    let mut count = 0;
    for name in ["undo", "undo_changed", "undo_contract", "undo_result", "undo_within"] {
        let path = corpus("run").join("parallel").join(name).with_extension("pal");
        let text = fs::read_to_string(path).expect("it is there");
        assert_eq!(compiled_with(&text, KEPT), printed(&text), "{name}");
        count += 1;
    }
    assert_eq!(count, 5);
}

const BEGIN: &str = r#"
relation Account(id: Int key, balance: Int, note: String)
relation Entry(n: Int key, text: String)
let count = 0
let words = [""]
transform deposit(who: Int, amount: Int) <-> withdrawn {
    update Account.balance += amount where id = who
    count <- count + 1
}
transform open(who: Int) -> Int <-> closed {
    Account += {id: who, balance: 0, note: "n${who}"}
    words <- words ++ ["open ${who}"]
    who * 10
}
transform twice(who: Int) <-> untwice {
    deposit(who, 1)
    deposit(who, 2)
}
transform undoing(who: Int) <-> ununding { withdrawn(who, 1) }
"#;

/// A statement that is tried: what cannot be undone says why.
fn step() -> impl Strategy<Value = String> {
    let who = || 0..3_i64;
    prop_oneof![
        4 => (who(), 1..3_i64).prop_map(|(who, by)| format!("deposit({who}, {by})")),
        3 => (who(), 1..3_i64).prop_map(|(who, by)| format!("withdrawn({who}, {by})")),
        2 => who().prop_map(|who| format!("let _ = open({who})")),
        2 => who().prop_map(|who| format!("print closed({})", who * 10)),
        1 => who().prop_map(|who| format!("twice({who})")),
        1 => who().prop_map(|who| format!("untwice({who})")),
        1 => who().prop_map(|who| format!("undoing({who})")),
        1 => who().prop_map(|who| format!("ununding({who})")),
        1 => who().prop_map(|who| format!("Account -= Account where id = {who}")),
        1 => (who(), 0..9_i64)
            .prop_map(|(who, to)| format!("update Account.note = \"{to}\" where id = {who}")),
    ]
}

/// A call with what undoes it. All come to their ends.
fn call() -> impl Strategy<Value = (String, String)> {
    let who = || 0..3_i64;
    let of = |call: &str, inverse: &str, given: String| {
        (format!("{call}({given})"), format!("{inverse}({given})"))
    };
    prop_oneof![
        (who(), 1..3_i64).prop_map(move |(who, by)| of(
            "deposit",
            "withdrawn",
            format!("{who}, {by}")
        )),
        who().prop_map(move |who| of("twice", "untwice", who.to_string())),
        (who(), 0..9_i64).prop_map(move |(who, to)| of("renote", "unnote", format!("{who}, {to}"))),
        (0..9_i64).prop_map(move |n| of("enter", "unenter", n.to_string())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_calls_are_undone_alike(steps in prop::collection::vec(step(), 1..24)) {
        let mut text = BEGIN.to_owned();
        for step in &steps {
            let _ = writeln!(text, "try {{ {step} }} else why {{ print why }}");
            let _ = writeln!(text, "print Account, count, words");
        }
        prop_assert_eq!(compiled_with(&text, KEPT), printed(&text));
    }

    #[test]
    fn calls_that_are_undone_in_turn_lead_back(calls in prop::collection::vec(call(), 1..16)) {
        let mut text = BEGIN.to_owned();
        text.push_str(
            "for who in 0..3 { Account += {id: who, balance: who, note: \"\"} }\n\
             transform renote(who: Int, to: Int) <-> unnote {\n\
             update Account.note = \"${to}\" where id = who\n}\n\
             transform enter(n: Int) <-> unenter {\n\
             upsert Entry += {n: n, text: \"${count} ${Entry.count()}\"}\n\
             Entry -= Entry where text = \"\"\n}\n\
             print Account, Entry, count\n",
        );
        for (call, _) in &calls {
            let _ = writeln!(text, "{call}");
        }
        for (_, inverse) in calls.iter().rev() {
            let _ = writeln!(text, "{inverse}");
        }
        text.push_str("print Account, Entry, count\n");
        let said = compiled_with(&text, KEPT);
        let (before, after) = said.trim_end().split_once('\n').unwrap_or_default();
        prop_assert_eq!(before, after);
    }
}

#[test]
fn a_state_that_is_written_down_has_the_calls_that_stand() {
    let text = format!(
        "{BEGIN}let _ = open(1)\ndeposit(1, 5)\nparallel {{ a: deposit(1, 6)\n b: deposit(1, 7) }} \
         merge strategy combine\nwithdrawn(1, 6)\nprint Account\nwithdrawn(1, 5)\nwithdrawn(1, 7)\n\
         print closed(10), Account, count\n"
    );
    for slice in [1, 97, 100_000] {
        let (mut vm, mut world) = (load_with(&text, KEPT), ScriptedWorld::default());
        loop {
            match vm.run(Tick::at(vm.tick().safepoints.saturating_add(slice)), &Probes::none()) {
                Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it goes on"),
                Stop::Ended(_) => break,
                Stop::Trapped(trap) => panic!("{trap}"),
                Stop::Reached | Stop::Probed(_) if slice == 97 => {
                    let (bytes, hash) = (vm.write_state().expect("it can be"), vm.state_hash());
                    vm = load_with(&text, KEPT);
                    vm.read_state(&bytes).expect("it was written");
                    assert_eq!(vm.state_hash(), hash);
                }
                Stop::Reached | Stop::Probed(_) => {}
            }
        }
        let output = String::from_utf8_lossy(world.output());
        assert_eq!(output, "[{id: 1, balance: 12, note: \"n1\"}]\n1 [] 0\n");
    }
}
