//! The runner of cases sees every case and tells all that differ.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use testkit::corpus;

fn folder(name: &str, cases: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = fs::remove_dir_all(&folder);
    for (path, text) in cases {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn shout(path: &Path) -> String {
    fs::read_to_string(path).unwrap().to_uppercase()
}

#[test]
fn cases_that_agree_pass() {
    let cases = [("a.case", "x\n"), ("a.out", "X\n"), ("deep/b.case", "y"), ("deep/b.out", "Y")];
    let mut seen = Vec::new();
    corpus::run(&folder("agree", &cases), "case", |path| {
        seen.push(path.file_name().unwrap().to_owned());
        shout(path)
    });
    assert_eq!(seen, ["a.case", "b.case"]);
}

#[test]
fn all_cases_that_differ_are_listed_at_once() {
    let cases = [("a.case", "x\ny\n"), ("a.out", "X\nz\n"), ("b.case", "y"), ("c.case", "")];
    let folder = folder("differ", &cases);
    let failure = catch_unwind(|| corpus::run(&folder, "case", shout)).unwrap_err();
    let message = failure.downcast_ref::<String>().unwrap();
    assert!(message.starts_with("3 of 3 cases differ"), "{message}");
    assert!(message.contains("a.case, line 2\n  expected: z\n  found:    Y"), "{message}");
    assert!(message.contains("b.out") && message.contains("c.out"), "{message}");
}

#[test]
fn a_folder_without_cases_is_a_failure() {
    let folder = folder("empty", &[("a.txt", "")]);
    assert!(catch_unwind(|| corpus::run(&folder, "case", shout)).is_err());
}
