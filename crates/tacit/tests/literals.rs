//! Literals that the compiler refuses before a word: the machine refuses them, too, whatever else
//! is on the stack, and says the same.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeSet;

use common::{add, memory, messages, rendered, run};
use machine::{Machine as _, Probes, Stop, Tick};
use tacit::{Options, compile};
use tacit_vm::{Instruction, Layout, Vm};
use testkit::ScriptedWorld;

/// Literals, of each type some that a word could like better than others.
const LITERALS: [&str; 11] =
    ["0", "1", "-2.5", "200", "\"\"", "\"a\"", "\"1\"", "()", "(1)", "([ \"a\" ])", "(drop 1)"];

/// What may be below.
const OTHERS: [&str; 17] = [
    "0",
    "2",
    "\"\"",
    "\"a\"",
    "[ ]",
    "[ 1 \"a\" ]",
    "[ [ ] ]",
    ":[ \"a\" 1 ]:",
    "0 array",
    "2 bytes",
    "NIL",
    "(1)",
    "`pi",
    "1 3 1 range",
    "[ ] seq",
    "(1) delay",
    "5 \"t\" tag",
];

/// Instructions after which a word has worked.
const TICKS: u64 = 1_000;

#[test]
fn what_is_refused_before_a_word_always_fails_with_the_same_words() {
    let mut refused = 0;
    for literal in LITERALS {
        for word in words() {
            if let Some(message) = refusal(&format!("{literal} {word}")) {
                refused += 1;
                fails(literal, &[], word, &message);
            }
        }
    }
    assert!(refused > 200, "only {refused} are refused");
}

#[test]
fn pairs_of_literals_that_are_refused_always_fail_with_the_same_words() {
    let mut refused = 0;
    for first in ["0", "2", "\"\"", "\"a\"", "(1)"] {
        for second in ["0", "2", "\"\"", "\"a\"", "(1)"] {
            for word in words() {
                let Some(message) = refusal(&format!("{first} {second} {word}")) else { continue };
                if refusal(&format!("{second} {word}")).is_none() {
                    refused += 1;
                    fails(second, &[first], word, &message);
                }
            }
        }
    }
    assert!(refused > 50, "only {refused} are refused");
}

#[test]
fn what_the_machine_may_like_is_left_to_it() {
    for (text, stack) in [
        ("[ ] \"a\" -", "[  ]"),
        ("[ 1 2 ] [ 5 6 ] map to-vector", "[ 6 5 ]"),
        ("[ [ 1 2 ] ] \"length\" length", "[ [ 1 2 ] ] 6"),
        ("(9) sqrt", "3"),
        (":[ 1 drop ]: length", "0"),
        (":[ 1 string 2 ]:", "[ \"1\" 2 ]"),
        (":[ 1 dup drop \"a\" swap ]:", "[ \"a\" 1 ]"),
        ("5 (2 *) eval", "10"),
        ("5 `seq drop", "5"),
        (": f -> spread 5 spread + ; 3 f", "8"),
    ] {
        assert_eq!(messages(text), [""; 0], "{text}");
        let outcome = run(text);
        assert_eq!((outcome.stack.join(" "), outcome.error), (stack.to_owned(), None), "{text}");
    }
}

#[test]
fn no_dictionary_between_its_brackets_is_told() {
    for (text, message) in [
        (":[ \"a\" ]:", ODD_ONE),
        (":[ \"a\" 1 \"b\" ]:", ODD_THREE),
        (":[ \"a\" 1 2 3 ]:", "Dictionary key at index 2 must be a string literal."),
        (":[ [ 1 ] 2 ]:", "Dictionary key at index 0 must be a string literal."),
        (":[ `dup 2 ]:", "Dictionary key at index 0 must be a string literal."),
        (":[ (1) 2 ]:", "Dictionary key at index 0 must be a string literal."),
        (": f -> x :[ x 2 ]: ; \"a\" f", ""),
        (": f -> x :[ x 2 3 4 ]: ; \"a\" f", "Dictionary key at index 2 must be a string literal."),
    ] {
        let expected: Vec<_> = Some(message).into_iter().filter(|text| !text.is_empty()).collect();
        assert_eq!(messages(text), expected, "{text}");
    }
}

const ODD_ONE: &str =
    "Dictionary literal requires an even number of items (key-value pairs), got 1";
const ODD_THREE: &str =
    "Dictionary literal requires an even number of items (key-value pairs), got 3";

#[test]
fn the_caret_is_on_the_literal_and_there_is_help() {
    let texts = ["1 3 1 range 5 map", "(1) seq", ":[ 1 2 ]:", "\"a\" 3 *", "5 upper", "5 sort"];
    let shown: Vec<_> = texts.iter().map(|text| rendered(&common::compiled(text))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

/// Every word that may stand alone.
fn words() -> impl Iterator<Item = &'static str> {
    let mnemonics = Instruction::TABLE.iter().map(|op| op.mnemonic);
    mnemonics.filter(|name| !name.starts_with('(') && !name.contains(['[', ']']))
}

/// What the compiler has against a text, if it has.
fn refusal(text: &str) -> Option<String> {
    let compiled = compile("test.tacit", text, &memory(), &Options::default());
    let mut found = compiled.diagnostics.into_iter();
    found.find(|found| found.code == "TACIT0029").map(|found| found.message)
}

/// Checks that a word fails with `top` on the stack and `below` under it and all else that may be
/// there, and that it says `message` with some of it.
fn fails(top: &str, below: &[&str], word: &str, message: &str) {
    let mut vm = Vm::new(Layout::DEFAULT);
    let first = below.first().map_or(String::new(), |below| format!("{below} value y"));
    add(&mut vm, &format!("{top} value x {first}"));
    assert_eq!(outcome(&mut vm), None);
    let call = if below.is_empty() { "x" } else { "y x" };
    let mut said = BTreeSet::new();
    for other in OTHERS {
        for lowest in ["1", "\"a\"", "[ 1 2 ]"] {
            let mut vm = vm.clone();
            add(&mut vm, &format!("{lowest} {other} {call} {word}"));
            let error = outcome(&mut vm);
            assert!(error.is_some(), "{lowest} {other} {below:?} {top} {word} works");
            said.extend(error);
        }
    }
    assert!(said.contains(message), "{below:?} {top} {word}: {message}\n{said:?}");
}

/// How a machine fails, if it does.
fn outcome(vm: &mut Vm) -> Option<String> {
    let mut world = ScriptedWorld::default();
    let end = Tick::at(vm.tick().safepoints + TICKS);
    loop {
        match vm.run(end, &Probes::none()) {
            Stop::Asks(question) => vm.answer(&world.answer(&question)).unwrap(),
            Stop::Trapped(trap) => return Some(trap.to_string()),
            Stop::Reached | Stop::Ended(_) | Stop::Probed(_) => return None,
        }
    }
}
