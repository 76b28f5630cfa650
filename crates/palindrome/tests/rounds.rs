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

#[test]
fn a_loop_that_changes_what_it_reads_goes_over_what_was_there_when_it_began() {
    let text = "relation R(id: Int key, a: Int)
for i in 0..5000 { R += {id: i, a: 0} }
let (seen, rounds) = (0, 0)
for r in R {
    R -= {id: r.id + 1}
    upsert R += {id: r.id + 5000, a: 1}
    seen <- seen + r.a
    rounds <- rounds + 1
}
print rounds, seen, R.count()
for r in R where a = 1 {
    update R.a = 2 where a = 1
    rounds <- rounds + 1
    if r.id == 9000 { break }
}
print rounds, R.count()
try {
    for r in R { for q in R { R -= {id: q.id}\n if q.id > 5050 { reverse \"enough\" } } }
} else why { print why }
for r in R { if r.id > 3 { R -= {id: r.id}\n continue }\n for q in R { R -= {id: q.id} } }
print R.count()";
    let text = text.replace("let (seen, rounds) = (0, 0)", "let seen = 0\nlet rounds = 0");
    let mut vm = load(&text);
    vm.keep_trail(1 << 30);
    let start = vm.state_hash();
    let said = run(&mut vm);
    assert_eq!(said, "5000 0 5000\n9000 5000\nenough\n0\n");
    let (end, ticks) = (vm.state_hash(), vm.tick().safepoints);
    assert_eq!((vm.back(ticks), vm.state_hash()), (ticks, start));
    assert_eq!((run(&mut vm), vm.state_hash()), (said, end));
}

/// A relation with many rows.
const MANY: &str = "relation R(id: Int key, a: Int, name: String)
for i in 0..100000 { R += {id: i, a: i % 7, name: \"row ${i}\"} }
let n = 0
";

/// How much more memory, and how many more instructions, statements take behind so many rows.
fn more(statements: &str, said: &str) -> (usize, u64) {
    let (mut before, mut after) = (load(MANY), load(&format!("{MANY}{statements}")));
    assert_eq!((run(&mut before).as_str(), run(&mut after)), ("", said.to_owned()), "{statements}");
    let ticks = after.tick().safepoints - before.tick().safepoints;
    (Machine::memory(&after).saturating_sub(Machine::memory(&before)), ticks)
}

#[test]
fn a_loop_over_many_rows_has_only_some_of_them_at_once() {
    for loops in [
        "for r in R { n <- n + 1 }",
        "for r in R where a >= 0 { n <- n + 1 }",
        "for name in R where name != \"\" select name { n <- n + 1 }",
        "for r in R select id, a * 2 as b { n <- n + 1 }",
        "for r in R { for q in R where id = r.id { n <- n + 1 } }",
        "for r in R as p, R as q where p.id = q.id select p.id as a, q.id as b { n <- n + 1 }",
        "for r in R { R -= {id: r.id}\n n <- n + 1 }",
        "for r in R where a >= 0 { update R.a = 9 where id = r.id + 1\n n <- n + 1 }",
        "for r in R { n <- n + 1\n if n % 50000 == 0 { R += {id: -r.id - 1, a: 0, name: \"\"} } }",
    ] {
        let (bytes, _) = more(&format!("{loops}\nprint n"), "100000\n");
        assert!(bytes < 1 << 20, "{bytes} bytes: {loops}");
    }
}

#[test]
fn what_needs_only_the_first_rows_looks_at_no_more() {
    for (statements, said) in [
        ("print exists R", "true\n"),
        ("print exists R where a = 3", "true\n"),
        ("print for all r in R: r.id < 20", "false\n"),
        ("print (R where a = 4).is_empty()", "false\n"),
        ("print first R select name", "\"row 0\"\n"),
        ("print first (R where a = 5)", "{id: 5, a: 5, name: \"row 5\"}\n"),
        ("try { for r in R { if r.id == 9 { reverse } } } else { print \"left\" }", "left\n"),
    ] {
        let (bytes, ticks) = more(statements, said);
        assert!(bytes < 64 << 10 && ticks < 2_000, "{bytes} bytes, {ticks} ticks: {statements}");
    }
}

#[test]
fn pages_of_rows_are_undone_to_where_they_began() {
    let text = "relation R(id: Int key, name: String)
for i in 0..300 { R += {id: i, name: \"row ${i}\"} }
let n = 0
for r in R { n <- n + r.name.length() }
for r in R as p, R as q where p.id = q.id and p.id < 40 select p.id as a, q.id as b { n <- n + r.a }
print n, exists R where id = 299";
    let mut vm = load(text);
    vm.keep_trail(1 << 26);
    let start = vm.state_hash();
    let said = run(&mut vm);
    assert!(said.ends_with(" true\n"), "{said}");
    let (end, ticks) = (vm.state_hash(), vm.tick().safepoints);
    assert_eq!((vm.back(ticks), vm.state_hash()), (ticks, start));
    assert_eq!((run(&mut vm), vm.state_hash()), (said, end));
}
