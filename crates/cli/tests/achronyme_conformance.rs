//! The conformance set of Achronyme, case by case through the real command line, on both engines.
//!
//! That a program failed has to show in the exit code.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;
use std::path::Path;

use common::{Place, Said, root};
use testkit::conformance::{self, Row};

/// Tests among which the rows are divided, so that they run side by side.
const SHARES: usize = 4;

#[test]
fn the_first_rows_do_what_they_say() {
    check(0);
}

#[test]
fn the_second_rows_do_what_they_say() {
    check(1);
}

#[test]
fn the_third_rows_do_what_they_say() {
    check(2);
}

#[test]
fn the_fourth_rows_do_what_they_say() {
    check(3);
}

/// Rows whose expected output was cut off in the set.
const CORRECTED: [&str; 1] = ["print/convert/print-1-2i-3-4"];

#[test]
fn the_set_is_the_one_that_was_given() {
    let given = root().join("../shared/conformance/achronyme.tsv");
    let Ok(given) = fs::read_to_string(given) else { return };
    let ours = fs::read_to_string(root().join("corpus/conformance/achronyme.tsv")).unwrap();
    assert_eq!(given.lines().count(), ours.lines().count());
    for (given, ours) in given.lines().zip(ours.lines()) {
        let id = given.split('\t').next().unwrap();
        assert!(given == ours || CORRECTED.contains(&id), "{given}");
    }
}

fn check(share: usize) {
    let rows = rows();
    assert!(rows.len() >= 1_300, "only {} rows", rows.len());
    let mut wrong = Vec::new();
    for row in rows.iter().skip(share).step_by(SHARES) {
        for engine in ["vm", "tree"] {
            let place = Place::new();
            write(row, &place);
            let line = format!("palindrome run --engine {engine} main.soc");
            let said = place.run(&line, "");
            if let Some(found) = differs(row, &said) {
                wrong.push(format!("{} on {engine}\n{}\n  {found}", row.id, row.program));
            }
        }
    }
    assert!(wrong.is_empty(), "{} runs are wrong\n{}", wrong.len(), wrong.join("\n"));
}

fn rows() -> Vec<Row> {
    let read = |name: &str| fs::read_to_string(root().join("corpus/conformance").join(name));
    let overruling = read("achronyme.overruled.tsv").unwrap();
    conformance::overruled_rows(&read("achronyme.tsv").unwrap(), &overruling)
}

fn write(row: &Row, place: &Place) {
    place.write("main.soc", &row.program);
    for (name, text) in &row.files {
        let folder = Path::new(name).parent().unwrap();
        fs::create_dir_all(place.path(folder.to_str().unwrap())).unwrap();
        place.write(name, text);
    }
}

/// What a program did instead of what its row says.
fn differs(row: &Row, said: &Said) -> Option<String> {
    let output = said.output.strip_suffix('\n').unwrap_or(&said.output);
    let result = if said.code == Some(0) { Ok(output) } else { Err(&*said.error) };
    let is_met = row.is_met(result) && !said.error.contains("panicked");
    (!is_met).then(|| format!("expected {:?}\n  found {said:?}", row.expected))
}
