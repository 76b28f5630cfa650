//! The functions of the library that are written in Achronyme.
#![expect(clippy::unwrap_used, reason = "a test")]
mod common;

use std::collections::BTreeSet;
use std::fs;

use achronyme::{check, format};
use common::said;

/// Each file of the library with its text.
fn files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/library");
    let mut files: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn declared(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| Some(line.strip_prefix("let ")?.split_once(" = ")?.0))
}

#[test]
fn the_library_is_right_and_laid_out() {
    for (name, text) in files() {
        assert_eq!(said(&text), "", "{name}");
        assert!(check(&name, &text).diagnostics.is_empty(), "{name}");
        let laid_out = format(&text).is_ok_and(|formatted| formatted == text);
        assert!(laid_out, "run `palindrome fmt` on {name}");
    }
}

#[test]
fn every_function_of_the_library_is_in_the_table_and_the_other_way_round() {
    let files = files();
    let declared: Vec<&str> =
        files.iter().flat_map(|(_, text)| declared(text)).filter(|n| !n.starts_with('_')).collect();
    let listed: BTreeSet<&str> = achronyme_library::prelude().map(|row| row.name).collect();
    assert_eq!(declared.iter().copied().collect::<BTreeSet<_>>(), listed);
}

#[test]
fn no_name_is_declared_twice() {
    let files = files();
    let mut seen = BTreeSet::new();
    for (name, text) in &files {
        for declared in declared(text) {
            assert!(seen.insert(declared), "{declared} in {name} is there twice");
        }
    }
}
