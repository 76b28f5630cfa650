//! The conformance set of Achronyme, case by case through the real command line, on both engines.
//!
//! A row of `corpus/conformance/achronyme.tsv` is a program, what it must print, and where that is
//! from. `␤` stands for a newline and `␉` for a tab; `FILE name:` begins a further file. An error may
//! be told in other words; that the program failed has to show in the exit code.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::{Place, Said, root};

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
    let waiting = fs::read_to_string(root().join("corpus/conformance/achronyme.waiting")).unwrap();
    let waiting: BTreeSet<&str> = waiting.lines().filter(|line| !line.is_empty()).collect();
    let rows = rows();
    assert!(rows.len() >= 1_300, "only {} rows", rows.len());
    let mut wrong = Vec::new();
    for row in rows.iter().skip(share).step_by(SHARES) {
        for engine in ["vm", "tree"] {
            let place = Place::new();
            row.write(&place);
            let line = format!("palindrome run --engine {engine} main.soc");
            let said = place.run(&line, "");
            match (row.differs(&said), waiting.contains(&*row.id)) {
                (Some(found), false) => {
                    wrong.push(format!("{} on {engine}\n{}\n  {found}", row.id, row.program));
                }
                (None, true) => wrong.push(format!("{} on {engine} waits and is right", row.id)),
                (Some(_), true) | (None, false) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{} runs are wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// A case.
struct Row {
    id: String,
    program: String,
    files: Vec<(String, String)>,
    expected: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("corpus/conformance/achronyme.tsv")).unwrap();
    text.lines().filter(|line| !line.starts_with("# ")).map(row).collect()
}

fn row(line: &str) -> Row {
    let mut columns = line.split('\t').map(|column| column.replace('␤', "\n").replace('␉', "\t"));
    let id = columns.next().unwrap();
    let text = columns.next().unwrap();
    let mut parts = text.split("FILE ");
    let program = parts.next().unwrap().to_owned();
    let files = parts.filter_map(|part| part.split_once(":\n"));
    let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Row { id, program, files, expected: columns.next().unwrap() }
}

impl Row {
    fn write(&self, place: &Place) {
        place.write("main.soc", &self.program);
        for (name, text) in &self.files {
            let folder = Path::new(name).parent().unwrap();
            fs::create_dir_all(place.path(folder.to_str().unwrap())).unwrap();
            place.write(name, text);
        }
    }

    fn differs(&self, said: &Said) -> Option<String> {
        let has_failed = said.code != Some(0);
        let meaning = self.expected.strip_prefix("ERROR");
        if said.error.contains("panicked") || has_failed != meaning.is_some() {
            return Some(format!("expected {:?}\n  found {said:?}", self.expected));
        }
        let Some(meaning) = meaning else {
            let output = said.output.strip_suffix('\n').unwrap_or(&said.output);
            let differs = output != self.expected;
            return differs.then(|| format!("expected {:?}\n  found    {output:?}", self.expected));
        };
        let error = said.error.to_lowercase();
        let words: Vec<String> =
            meaning.trim_start_matches(':').split_whitespace().map(str::to_lowercase).collect();
        let found = words.iter().filter(|word| error.contains(&**word)).count();
        let is_told = meaning.contains("syntax error") || found * 4 >= words.len() * 3;
        (!is_told).then(|| format!("the error does not say {meaning:?}: {error}"))
    }
}
