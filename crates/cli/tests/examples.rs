//! The examples through the real command line: run from source, and compiled and run.
#![expect(clippy::unwrap_used, reason = "a test")]

mod expectation;

use std::fs;
use std::path::PathBuf;

use expectation::{root, run};

const PALINDROME: &str = env!("CARGO_BIN_EXE_palindrome");
const PVMR: &str = env!("CARGO_BIN_EXE_pvmr");
const PVMC: &str = env!("CARGO_BIN_EXE_pvmc");

#[test]
fn examples_print_what_is_written_beside_them() {
    let home = tempfile::tempdir().unwrap();
    let image = home.path().join("example.pvm.bin");
    let image = image.to_str().unwrap();
    let mut wrong = Vec::new();
    let examples = examples("pvm");
    assert!(examples.len() >= 10, "only {} examples", examples.len());
    for example in examples {
        let expected = fs::read_to_string(example.with_extension("out")).unwrap();
        let input = fs::read_to_string(example.with_extension("in")).unwrap_or_default();
        let name = example.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();

        let made = run(PVMC, &[&name, "-o", image], "", home.path());
        assert_eq!(made.code, 0, "{name}: {}", made.error);
        let runs = [
            ("palindrome run", run(PALINDROME, &["run", &name], &input, home.path())),
            ("pvmr", run(PVMR, &[&name], &input, home.path())),
            ("pvmc and pvmr", run(PVMR, &[image], &input, home.path())),
        ];
        for (how, done) in runs {
            if let Some(difference) = done.differs_from(&expected) {
                wrong.push(format!("{name}, {how}: {difference}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn tacit_s_examples_print_what_is_written_beside_them() {
    let home = tempfile::tempdir().unwrap();
    let [image, record] = ["example.tacit.bin", "example.rec"].map(|name| home.path().join(name));
    let (image, record) = (image.to_str().unwrap(), record.to_str().unwrap());
    let mut wrong = Vec::new();
    let examples = examples("tacit");
    assert!(examples.len() >= 5, "only {} examples", examples.len());
    for example in examples {
        let expected = fs::read_to_string(example.with_extension("out")).unwrap();
        let input = fs::read_to_string(example.with_extension("in")).unwrap_or_default();
        let name = example.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let run = |arguments: &[&str]| run(PALINDROME, arguments, &input, home.path());

        let made = run(&["build", &name, "-o", image]);
        assert_eq!(made.code, 0, "{name}: {}", made.error);
        let runs = [
            ("run", run(&["run", "--stack", "--check", &name])),
            ("build and run", run(&["run", "--stack", image])),
            ("run and record", run(&["run", "--stack", "--record", record, &name])),
        ];
        for (how, done) in runs {
            if let Some(difference) = done.differs_from(&expected) {
                wrong.push(format!("{name}, {how}: {difference}"));
            }
        }
        let checked = run(&["replay", "--check", record]);
        if checked.code != 0 {
            wrong.push(format!("{name}, replay: {}", checked.error));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Every example of a guest, in the order of their names.
fn examples(guest: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("examples").join(guest)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut examples: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|e| e == guest)).collect();
    examples.sort();
    examples
}
