//! The table of wrong calls and calls at the edges of every function of the library, on both engines.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use achronyme::function_helps;
use achronyme_random::{Misuse, Takes, outcome};

/// Tests among which the rows are divided, so that they run side by side.
const SHARES: usize = 4;
/// Rows of which a failing test shows what is wrong.
const SHOWN: usize = 40;

fn rows() -> Vec<Misuse> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/achronyme/misuse/misuse.tsv");
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| Misuse::read(line).unwrap_or_else(|| panic!("{line}"))).collect()
}

#[test]
fn the_first_rows_come_to_what_they_say() {
    check(0);
}

#[test]
fn the_second_rows_come_to_what_they_say() {
    check(1);
}

#[test]
fn the_third_rows_come_to_what_they_say() {
    check(2);
}

#[test]
fn the_fourth_rows_come_to_what_they_say() {
    check(3);
}

fn check(share: usize) {
    let mut wrong = Vec::new();
    let rows = rows().into_iter().filter(|row| !row.program.is_empty());
    for row in rows.skip(share).step_by(SHARES) {
        let found = Misuse { outcome: outcome(&row.program), ..row.clone() };
        if found.line() != row.line() {
            wrong.push(format!("{}\n  now {}", row.line(), found.outcome));
        }
    }
    let count = wrong.len();
    wrong.truncate(SHOWN);
    assert!(wrong.is_empty(), "{count} rows differ\n{}", wrong.join("\n"));
}

#[test]
fn every_error_names_its_function_and_has_a_kind_of_the_library() {
    let rows = rows().into_iter().filter(|row| !row.program.is_empty());
    let wrong = rows.filter(|row| !row.outcome.starts_with('→') && row.is_of_callback());
    let wrong: Vec<String> = wrong.map(|row| row.line()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_function_has_its_rows() {
    let mut cases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows() {
        cases.entry(row.function.clone()).or_default().insert(row.case.clone());
    }
    let mut missing = Vec::new();
    for help in function_helps() {
        let takes = Takes::new(&help.parameters);
        let known = cases.remove(&help.name).unwrap_or_default();
        let mut wanted = vec!["kind", "empty", "nan"];
        wanted.extend((takes.min() > 0).then_some("few"));
        wanted.extend(takes.max().is_some().then_some("many"));
        wanted.extend(takes.options.is_some_and(|all| !all.is_empty()).then_some("unknown"));
        for case in wanted {
            if !known.iter().any(|known| known.split(' ').next() == Some(case)) {
                missing.push(format!("{} has no row of the case {case}", help.name));
            }
        }
    }
    missing.extend(cases.keys().map(|name| format!("{name} is no function")));
    assert!(
        missing.is_empty(),
        "{}\ncorpus/achronyme/misuse/README.md says how rows are drafted",
        missing.join("\n")
    );
}
