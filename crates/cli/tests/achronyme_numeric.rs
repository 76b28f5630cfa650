//! The conformance set of Achronyme's numeric functions, case by case through the real command line,
//! on both engines.
//!
//! A row of `corpus/conformance/numeric.tsv` is a program, the value it must come to as JSON, how far
//! off each number may be against the largest of its array, and where the value is from. `␤` stands
//! for a newline.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;

use common::{Place, root};
use serde_json::Value;

mod echo;

/// Tests among which the rows are divided, so that they run side by side.
const SHARES: usize = 4;

#[test]
fn the_first_rows_come_to_their_values() {
    check(0);
}

#[test]
fn the_second_rows_come_to_their_values() {
    check(1);
}

#[test]
fn the_third_rows_come_to_their_values() {
    check(2);
}

#[test]
fn the_fourth_rows_come_to_their_values() {
    check(3);
}

#[test]
fn the_set_is_the_one_that_was_given() {
    let given = root().join("../shared/conformance/numeric.tsv");
    let Ok(given) = fs::read_to_string(given) else { return };
    let ours = fs::read_to_string(root().join("corpus/conformance/numeric.tsv")).unwrap();
    assert!(given == ours);
}

/// A case.
struct Row {
    id: String,
    program: String,
    expected: Value,
    tolerance: f64,
}

fn row(line: &str) -> Row {
    let columns: Vec<&str> = line.split('\t').collect();
    // That a name is unknown is not the error that a row asks for.
    let program = columns[1].replace('␤', "\n").replace(
        "catch (err) {\n  1\n}",
        "catch (err) { if (contains(err.message, \"Unknown function\") || \
         contains(err.message, \"Undefined variable\")) { 2 } else { 1 } }",
    );
    Row {
        id: columns[0].to_owned(),
        program,
        expected: serde_json::from_str(columns[2]).unwrap(),
        tolerance: columns[3].parse().unwrap(),
    }
}

fn check(share: usize) {
    let text = fs::read_to_string(root().join("corpus/conformance/numeric.tsv")).unwrap();
    let rows: Vec<Row> = text.lines().filter(|line| !line.starts_with("# ")).map(row).collect();
    assert!(rows.len() >= 650, "only {} rows", rows.len());
    let mut wrong = Vec::new();
    let place = Place::new();
    for row in rows.iter().skip(share).step_by(SHARES) {
        place.write("main.soc", &row.program);
        wrong.extend(["vm", "tree"].into_iter().filter_map(|engine| differs(&place, row, engine)));
    }
    assert!(wrong.is_empty(), "{} runs are wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// What a program comes to on an engine, if that is not what it should.
fn differs(place: &Place, row: &Row, engine: &str) -> Option<String> {
    let said = place.run(&format!("palindrome run --engine {engine} main.soc"), "");
    let found = echo::read(said.output.trim());
    if found.is_some_and(|found| echo::agree(&found, &row.expected, row.tolerance)) {
        return None;
    }
    let Row { id, program, expected, .. } = row;
    let (output, error) = (said.output, said.error);
    Some(format!("{id} on {engine}\n{program}\n  expected {expected}\n  found {output}{error}"))
}
