//! Rows of relations as a debugger sees them: by their keys, by conditions, and through time.

mod common;

use common::run::load;
use machine::{Inspect as _, Machine as _, Probes, Stop, Tick};
use palindrome::Vm;
use testkit::ScriptedWorld;

const TEXT: &str = "\
type Mood = Good | Bad(String)
relation Account(owner: String key, balance: Decimal, opened: Int = 7, mood: Mood = Good)
relation Seat(row: Int key, letter: String key, guests: [String], due: Timestamp?)
space Bank { relation Fee(id: Int key, amount: Float) }
let limit = 50
let names = [\"Ada\", \"Byron\"]
Account += {owner: \"Ada\", balance: 120.50d}
Account += {owner: \"Byron\", balance: 20d, mood: Bad(\"poor\")}
Seat += {row: 3, letter: \"B\", guests: [\"Ada\", \"Eve\"], due: none}
Bank.Fee += {id: 1, amount: 0.5}
transform pay(who: String, amount: Decimal) {
    update Account.balance -= amount where owner = who
}
for i in 0..150 { Seat += {row: 100 + i, letter: \"A\", guests: [\"guest ${i}\"], due: none} }
update Account.balance += 1d where owner = \"Ada\"
for i in 0..150 { Seat -= Seat where row = 100 + i }
Account -= Account where owner = \"Byron\"
print Account
";

fn machine() -> Vm {
    load(TEXT)
}

/// Runs on until a probe hits; false at the end.
fn go(vm: &mut Vm, world: &mut ScriptedWorld, probes: &Probes) -> bool {
    loop {
        match vm.run(Tick::MAX, probes) {
            Stop::Probed(_) => return true,
            Stop::Asks(question) => vm.answer(&world.answer(&question)).expect("it goes on"),
            Stop::Ended(_) => return false,
            other @ (Stop::Reached | Stop::Trapped(_)) => panic!("{other:?}"),
        }
    }
}

/// Runs until a statement begins.
fn run_to(vm: &mut Vm, line: u32) {
    let positions = vm.positions_of_line(machine::Place { source: 0, line });
    let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
    assert!(go(vm, &mut ScriptedWorld::default(), &probes), "line {line} is reached");
}

fn shown(vm: &Vm, expression: &str) -> String {
    match vm.evaluate(expression) {
        Ok(value) => value.text,
        Err(error) => format!("! {}: {}", error.at, error.message),
    }
}

#[test]
fn rows_and_their_fields_are_found_by_keys() {
    let mut vm = machine();
    assert_eq!(shown(&vm, "Account[\"Ada\"].balance"), "(not made yet)");
    run_to(&mut vm, 14);
    for (expression, value) in [
        ("Account[\"Ada\"]", "{owner: \"Ada\", balance: 120.5d, opened: 7, mood: Good}"),
        ("Account[names[1]].mood", "Bad(\"poor\")"),
        ("Account[\"Ada\"].balance", "120.5d"),
        ("Account[\"Eve\"]", "(no row)"),
        ("Account[\"Eve\"].balance + 1", "(no value yet)"),
        ("Seat[[3, \"B\"]].guests[1]", "\"Eve\""),
        ("Seat[[3, \"B\"]].guests[2]", "(no such part)"),
        ("Seat[[3, \"B\"]].guests.length()", "2"),
        ("Seat[[3, \"B\"]].due", "none"),
        ("Bank.Fee[1].amount * 4", "2.0"),
        ("Account.count()", "2"),
        ("(Account where balance < limit).count()", "1"),
        ("exists(Account where mood == 1)", "! 26: `==` is not for"),
        ("Account[\"Ada\"].balance > limit and not (limit == 3)", "true"),
        (
            "Account[\"Ada\"].blance",
            "! 15: there is no field `blance`, but balance, mood, opened, owner",
        ),
        ("Account[1]", "! 8: \"Account.owner\" cannot be 1"),
        ("Account.balance", "! 8: `balance` is a field of rows: which row?"),
        (
            "Acount[1]",
            "! 0: there is no variable and no relation `Acount` here; did you mean `Account`?",
        ),
        ("pay(\"Ada\", 1d)", "! 0: the debugger reads names"),
        ("limit = 5", "! 6: `=` does not assign"),
        ("limit / 0", "! 6: division by zero"),
        ("names ++", "! "),
    ] {
        let found = shown(&vm, expression);
        if let Some(start) = value.strip_prefix('!') {
            assert!(found.starts_with(&format!("!{start}")), "{expression}: {found}");
        } else {
            assert_eq!(found, value, "{expression}");
        }
    }
    let table = shown(&vm, "Account where balance > 100");
    assert_eq!(table, "1 row\nowner  balance  opened  mood\n\"Ada\"  120.5d   7       Good\n");
    let number = vm.evaluate("Account[\"Ada\"].balance").expect("it is there").number;
    assert_eq!(number, Some(120.5));
}

#[test]
fn a_long_name_is_not_shown_whole() {
    let vm = machine();
    let said = shown(&vm, &"x".repeat(1 << 20));
    assert!(said.len() < 200, "{} bytes", said.len());
}

#[test]
fn only_the_registers_of_the_machine_are_kept_beside_the_variables() {
    let vm = machine();
    let scopes: Vec<String> = vm.scopes().into_iter().map(|scope| scope.name).collect();
    assert_eq!(scopes, ["locals", "globals", "relations", "registers"]);
}

/// Every value that an expression has, seen at every step.
fn every_value(expression: &str) -> Vec<(Tick, String)> {
    let (mut vm, mut world) = (machine(), ScriptedWorld::default());
    let mut seen = vec![(vm.tick(), shown(&vm, expression))];
    while go(&mut vm, &mut world, &Probes::every_step()) {
        let here = shown(&vm, expression);
        if seen.last().is_none_or(|(_, last)| *last != here) {
            seen.push((vm.tick(), here));
        }
    }
    seen
}

#[test]
fn a_value_changes_only_with_what_it_rests_on() {
    for (expression, changes, hits_max) in [
        ("Account[\"Ada\"].balance", 4, 60),
        ("Account[\"Byron\"]", 4, 60),
        ("Account[\"Byron\"].balance < limit", 3, 60),
        ("Seat[[3, \"B\"]].guests", 3, 700),
        ("Seat[[200, \"A\"]]", 4, 700),
        ("Account.count()", 5, 60),
        ("limit", 2, 10),
    ] {
        let (mut vm, mut world) = (machine(), ScriptedWorld::default());
        let mut seen = vec![(vm.tick(), shown(&vm, expression))];
        let mut hits = 0;
        loop {
            let watches = vm.rests_on(expression).expect("it means the same everywhere");
            if !go(&mut vm, &mut world, &Probes { watches, ..Probes::none() }) {
                break;
            }
            hits += 1;
            let here = shown(&vm, expression);
            if seen.last().is_none_or(|(_, last)| *last != here) {
                seen.push((vm.tick(), here));
            }
        }
        assert_eq!(seen, every_value(expression), "{expression}");
        assert_eq!(seen.len(), changes, "{expression}: {seen:?}");
        assert!(hits <= hits_max, "{expression}: {hits} stops");
    }
}

#[test]
fn what_means_something_else_in_a_function_is_not_followed() {
    let vm = machine();
    assert!(vm.rests_on("amount").is_none());
    assert!(vm.rests_on("Account[who].balance").is_none());
    assert!(vm.rests_on("Account[\"Ada\"].balance > limit").is_some());
}
