//! Folders of cases: each file is run, and what comes out is compared with the `.out` beside it.

use std::fs;
use std::path::{Path, PathBuf};

/// Runs every file below `folder` whose name ends in `.extension`, in the order of their paths, and
/// compares what `run` makes of it with the file of the same name that ends in `.out`.
///
/// With `UPDATE=1` in the environment the `.out` files are rewritten instead.
///
/// # Panics
/// Some case differs (all of them are listed), the folder has no case, or a file cannot be read.
pub fn run(folder: &Path, extension: &str, mut run: impl FnMut(&Path) -> String) {
    let mut cases = Vec::new();
    collect(folder, extension, &mut cases);
    cases.sort();
    assert!(!cases.is_empty(), "no case with .{extension} below {}", folder.display());

    let is_update = is_update_asked();
    let mut failures = Vec::new();
    for case in &cases {
        let found = run(case);
        let beside = case.with_extension("out");
        if is_update {
            let written = fs::write(&beside, &found);
            assert!(written.is_ok(), "cannot write {}: {written:?}", beside.display());
            continue;
        }
        match fs::read_to_string(&beside) {
            Ok(expected) if expected == found => {}
            Ok(expected) => failures.push(difference(case, &expected, &found)),
            Err(error) => failures.push(format!("{}: {error}", beside.display())),
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases differ; UPDATE=1 rewrites them\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
}

fn collect(folder: &Path, extension: &str, cases: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder);
    assert!(entries.is_ok(), "cannot read {}", folder.display());
    for entry in entries.into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, cases);
        } else if path.extension().is_some_and(|found| found == extension) {
            cases.push(path);
        }
    }
}

/// Names the case and shows the first line that differs.
fn difference(case: &Path, expected: &str, found: &str) -> String {
    let count = expected.lines().count().max(found.lines().count());
    let line = (0..count).find(|index| expected.lines().nth(*index) != found.lines().nth(*index));
    let show = |text: &str, line: usize| text.lines().nth(line).unwrap_or("(nothing)").to_owned();
    match line {
        Some(line) => format!(
            "{}, line {}\n  expected: {}\n  found:    {}",
            case.display(),
            line + 1,
            show(expected, line),
            show(found, line)
        ),
        None => format!("{}: only line ends differ", case.display()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a developer asks for new answers this way")]
fn is_update_asked() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}
