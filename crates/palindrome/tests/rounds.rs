//! What rounds of loops allocate is given back: a million of them fit into little memory, and going back
//! through them leads to where they began.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::run::load;
use machine::{Machine, Probes, Stop, Tick};
use palindrome::Vm;
use testkit::ScriptedWorld;

/// Runs to the end; what was written.
fn run(vm: &mut Vm) -> String {
    let mut world = ScriptedWorld::default();
    loop {
        match vm.run(Tick::MAX, &Probes::none()) {
            Stop::Ended(_) => return String::from_utf8_lossy(world.output()).into_owned(),
            Stop::Asks(question) => vm.answer(&world.answer(&question)).unwrap(),
            other @ (Stop::Reached | Stop::Probed(_) | Stop::Trapped(_)) => panic!("{other:?}"),
        }
    }
}

/// Bytes that a program needs that does so many rounds of these statements.
fn memory(rounds: u32, statements: &str) -> usize {
    let text = format!(
        "relation P(id: Int key, name: String)
for i in 0..20 {{ P += {{id: i, name: \"p${{i}}\"}} }}
let n = 0
for i in 0..{rounds} {{ {statements} }}
print n"
    );
    let mut vm = load(&text);
    assert_eq!(run(&mut vm), format!("{rounds}\n"), "{statements}");
    Machine::memory(&vm)
}

#[test]
fn a_million_rounds_with_a_query_fit_into_little_memory() {
    let bytes = memory(1_000_000, "n <- n + (P where id == 7).count()");
    assert!(bytes < 4 << 20, "{bytes} bytes");
}

#[test]
fn rounds_of_every_kind_take_no_more_for_being_many() {
    for statements in [
        "let all = P.map(p => p.name ++ \"!\")\n n <- n + all.count() / 20",
        "let text = \"\"\n for p in P { text <- text ++ p.name }\n n <- n + 1",
        "update P.name = \"round ${i}\" where id == 3\n n <- n + 1",
        "try { n <- n + 1\n assert P.map(p => p.id).sum() == 190 } else why { print why }",
        "if exists (P where name == \"p3\") { n <- n + 1 }",
        "let k = 0\n while k < 3 { let t = \"${k} ${i}\"\n k <- k + 1 }\n n <- n + 1",
    ] {
        let (few, many) = (memory(2_000, statements), memory(20_000, statements));
        assert!(many <= few + (64 << 10), "{few} and {many} bytes: {statements}");
    }
}

#[test]
fn what_outlives_a_round_is_kept() {
    let text = "relation P(id: Int key, name: String)
for i in 0..9 { P += {id: i, name: \"p${i}\"} }
let kept = []
for i in 0..9 { kept <- kept ++ P.map(p => \"${i}${p.name}\") }
let noise = 0
for i in 0..99 { noise <- noise + \"${i} ${noise}\".length() }
print kept.count(), kept[80], kept.distinct().count()
let add = (all: [String], one: String) => all ++ [one]
let some = [\"a\"]
for i in 0..5 { if i < 3 { some <- add(some, \"b${i}\") } }
for i in 0..50 { let text = \"x${i}\" }
print some";
    assert_eq!(run(&mut load(text)), "81 8p8 81\n[\"a\", \"b0\", \"b1\", \"b2\"]\n");
}

#[test]
fn rounds_are_undone_to_where_they_began() {
    let text = "relation P(id: Int key, name: String)
let n = 0
for i in 0..6 {
    P += {id: i, name: \"p${i}\"}
    n <- n + P.map(p => p.name).count()
}
print n";
    let mut vm = load(text);
    let begin = vm.state_hash();
    vm.keep_trail(1 << 30);
    assert_eq!(run(&mut vm), "21\n");
    let (steps, end) = (vm.tick().safepoints, vm.state_hash());
    assert_eq!(vm.back(steps), steps);
    assert_eq!(vm.state_hash(), begin);
    assert_eq!(run(&mut vm), "21\n");
    assert_eq!(vm.state_hash(), end);
}
