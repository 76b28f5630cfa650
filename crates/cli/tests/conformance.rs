//! The conformance set of Tacit, case by case through the real command line.
//!
//! A row of `corpus/conformance/tacit.tsv` is a program, what it must do, and where that is from.
//! `␤` stands for a newline. What is printed and the stack are compared exactly, but for addresses
//! of code and sequences. An error is compared by its words where it was observed on the original,
//! and by its meaning elsewhere; that the program failed has to show in the exit code.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::fs;

use common::{Place, Said, root, without_addresses};

/// Programs that do something else than the set says, with the reason.
const DEVIATIONS: &[(&str, &str)] = &[];

/// What an error has to speak of that nobody has seen on the original, or where that names one of
/// its own steps. All of these have to be there.
const MEANINGS: &[(&str, &[&str])] = &[
    ("Stack underflow", &["stack underflow"]),
    ("Stack underflow: 'rot' requires 3 operands", &["stack underflow", "requires 3 operands"]),
    ("Return stack underflow", &["return stack underflow"]),
    ("Return stack overflow", &["return stack overflow"]),
    ("Unknown word: #", &["unknown word: #"]),
    ("{ } without a combinator", &["{ } without a combinator"]),
    ("{ } must follow its combinator", &["{ } must follow its combinator"]),
    ("Unclosed vector", &["unclosed vector"]),
    ("Type error: map expects code", &["type error", "map", "code"]),
];

#[test]
fn every_row_does_what_it_says() {
    let text = fs::read_to_string(root().join("corpus/conformance/tacit.tsv")).unwrap();
    let rows: Vec<Row> =
        text.lines().filter(|line| !line.starts_with("# program")).map(row).collect();
    assert!(rows.len() >= 100, "only {} rows", rows.len());
    let place = Place::new();
    let mut wrong = Vec::new();
    for row in &rows {
        place.write("case.tacit", &row.program);
        let said = place.run("palindrome run --stack case.tacit", "");
        let is_known = DEVIATIONS.iter().any(|(program, _)| *program == row.program);
        match (row.differs(&said), is_known) {
            (Some(found), false) => wrong.push(format!("{}\n  {found}", row.program)),
            (None, true) => wrong.push(format!("{}\n  no deviation any more", row.program)),
            (Some(_), true) | (None, false) => {}
        }
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{count} of {} rows\n{}", rows.len(), wrong.join("\n"));
}

#[test]
fn the_set_is_the_one_that_was_given() {
    let given = root().join("../shared/conformance/tacit.tsv");
    if let Ok(given) = fs::read(given) {
        assert!(given == fs::read(root().join("corpus/conformance/tacit.tsv")).unwrap());
    }
}

/// A case.
struct Row {
    program: String,
    output: Vec<String>,
    stack: String,
    error: Option<String>,
    is_observed: bool,
}

fn row(line: &str) -> Row {
    let mut columns = line.split('\t');
    let program = columns.next().unwrap().replace('␤', "\n");
    let expected = columns.next().unwrap();
    let is_observed = columns.next().unwrap().starts_with("orig");
    let (expected, error) = match expected.split_once("ERROR: ") {
        Some((before, error)) => (before.trim_end(), Some(error.to_owned())),
        None => (expected, None),
    };
    let (output, stack) = expected.split_once("stack: ").unwrap();
    let output = output.trim_end().strip_prefix("out: ");
    let output = output.map(|lines| lines.split(" | ").map(str::to_owned).collect());
    Row { program, output: output.unwrap_or_default(), stack: stack.to_owned(), error, is_observed }
}

impl Row {
    fn differs(&self, said: &Said) -> Option<String> {
        let mut expected = self.output.clone();
        expected.push(format!("stack: {}", self.stack));
        let expected: Vec<String> = expected.iter().map(|line| without_addresses(line)).collect();
        let found: Vec<String> = said.output.lines().map(without_addresses).collect();
        if expected != found {
            return Some(format!("expected {expected:?}\n  found    {found:?}\n  {}", said.error));
        }
        let has_failed = said.code != Some(0);
        if said.error.contains("panicked") || has_failed != self.error.is_some() {
            return Some(format!("expected error {:?}\n  found {said:?}", self.error));
        }
        let error = self.error.as_ref()?;
        let said = said.error.to_lowercase();
        let missing = self.meaning(error).into_iter().find(|part| !said.contains(part));
        missing.map(|part| format!("the error has no {part:?}: {said}"))
    }

    /// What has to be in the message.
    fn meaning(&self, error: &str) -> Vec<String> {
        if let Some((_, parts)) = MEANINGS.iter().find(|(text, _)| *text == error) {
            return parts.iter().map(|part| (*part).to_owned()).collect();
        }
        assert!(self.is_observed, "what does {error:?} mean?");
        // How the original moved a value is its own affair.
        let (kind, detail) = error.split_once(": ").unwrap_or((error, ""));
        let is_inner = detail.starts_with("Cannot pop") || detail.starts_with("Cannot push");
        vec![if is_inner { kind } else { error }.trim_end_matches('.').to_lowercase()]
    }
}
