//! The library: it compiles, word by word, and uses nothing of the program's.

mod common;

use std::fmt::Write as _;

use common::{Outcome, add, compiled, listing, rendered, run_on};
use tacit::{Example, word_helps};
use tacit_vm::{Layout, Vm, WordKind};

#[test]
fn every_word_of_the_library_compiles_alone_and_says_what_it_takes() {
    let mut count = 0;
    for help in word_helps().iter().filter(|help| help.group.starts_with("Library")) {
        let compiled = compiled(&help.name);
        assert!(compiled.diagnostics.is_empty(), "{}\n{}", help.name, rendered(&compiled));
        let unit = compiled.unit.expect("no errors");
        assert!(unit.code.len() < 1000, "{}: {} bytes", help.name, unit.code.len());
        assert!(help.effect.contains(" -- ") || help.effect.starts_with("( --"), "{}", help.name);
        assert!(!help.description.is_empty(), "{}", help.name);
        count += 1;
    }
    assert!(count > 80, "{count}");
}

#[test]
fn every_example_does_what_it_says() {
    let mut failures = String::new();
    let mut count = 0;
    for help in word_helps() {
        for Example { program, expected } in help.examples {
            count += 1;
            let mut vm = Vm::new(Layout::DEFAULT);
            let Outcome { output, stack, error } = run_on(&mut vm, &program);
            if error.is_none() {
                let check = run_on(&mut vm, "depth times { drop } heap-check");
                assert_eq!((check.stack, check.error), (vec!["1".to_owned()], None), "{program}");
            }
            let output = output.trim_end_matches('\n').replace('\n', " | ");
            let stack = stack.join(" ");
            let is_right = error.is_none()
                && match expected.strip_prefix("out:") {
                    None => stack == expected && output.is_empty(),
                    Some(rest) => match rest.split_once(" stack: ") {
                        Some((text, values)) => output == text.trim() && stack == values,
                        None => output == rest.trim() && stack.is_empty(),
                    },
                };
            if !is_right {
                let _ = writeln!(
                    failures,
                    "{program} → {expected}\n   {stack} out: {output} {error:?}"
                );
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    assert!(count > 280, "{count}");
}

#[test]
fn a_word_is_compiled_once_and_with_what_it_needs() {
    let mut vm = Vm::new(Layout::DEFAULT);
    let first = add(&mut vm, "[ 1 2 ] stddev [ 3 ] stddev");
    let names: Vec<_> = vm.memory().words().map(|word| vm.memory().text(word.name)).collect();
    assert_eq!(names, ["stddev", "variance", "mean"]);
    assert!(vm.memory().words().all(|word| word.kind == WordKind::Library));
    assert_eq!(first.debug.sources.len(), 2);
    let second = add(&mut vm, "[ 1 2 ] stddev [ 1 2 ] mean");
    assert_eq!(second.debug.sources.len(), 1);
    assert_eq!(vm.memory().words().count(), 3);
}

#[test]
fn the_library_does_not_see_words_of_the_program() {
    let mut vm = Vm::new(Layout::DEFAULT);
    add(&mut vm, ": mean drop 7 ; [ 1 2 ] variance mean");
    let means = vm.memory().words().filter(|word| vm.memory().text(word.name) == "mean");
    let kinds: Vec<_> = means.map(|word| word.kind).collect();
    assert_eq!(kinds, [WordKind::Library, WordKind::Definition]);
    let own = vm.memory().words().find(|word| word.kind == WordKind::Definition).expect("a word");
    let unit = add(&mut vm, "mean");
    assert_eq!(
        common::instructions(&unit)[0].1,
        tacit_vm::Instruction::Call { target: own.code() }
    );
}

#[test]
fn words_that_need_each_other_are_compiled_once() {
    let text = listing("[ ] to-json");
    assert_eq!(text.matches("(header)").count(), 7, "{text}");
}
