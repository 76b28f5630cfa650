//! The functions that there should be: all of the original, and what the numeric library adds.
//! `corpus/conformance/functions.tsv` lists them, with those that never will be.

mod common;

use achronyme_library::{constant, find, prelude};

const LIST: &str = include_str!("../../../corpus/conformance/functions.tsv");

fn is_known(name: &str) -> bool {
    find(name).is_some() || constant(name).is_some() || prelude().any(|row| row.name == name)
}

#[test]
fn the_language_knows_the_functions_that_the_list_says() {
    let mut wrong = Vec::new();
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let [name, from, state] = line.split('\t').collect::<Vec<_>>()[..] else {
            unreachable!("a line has three parts: {line}")
        };
        match (is_known(name), state) {
            (true, "") | (false, "never") => {}
            (false, "") => wrong.push(format!("{name} ({from}) is missing")),
            (true, "never") => wrong.push(format!("{name} ({from}) is there")),
            (_, other) => unreachable!("no state: {other}"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_name_that_is_known_can_be_called_or_passed_on() {
    let names = LIST.lines().filter(|line| !line.starts_with('#'));
    let names = names.filter_map(|line| line.split('\t').next()).filter(|name| is_known(name));
    let names: Vec<&str> = names.filter(|name| constant(name).is_none()).collect();
    let text = names.iter().map(|name| format!("typeof({name}) == \"Function\"\n"));
    for (name, line) in names.iter().zip(text) {
        let ended = common::run(&line, Default::default()).ended;
        assert_eq!(ended, Ok(Some("true".to_owned())), "{name}");
    }
}
