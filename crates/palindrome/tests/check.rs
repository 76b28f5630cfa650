//! Small programs and what is said about them. Under a line with a mistake stands a comment with a
//! `^` below the place, the code and the message; where the comment's slashes stand in the way,
//! `//@1` says the column.

use std::fmt::Write as _;
use std::path::Path;

use palindrome::check;

/// What a program's comments expect, in the form of [`found`].
fn expected(text: &str) -> String {
    let mut out = String::new();
    let mut line = 0;
    for (index, content) in text.lines().enumerate() {
        let Some(marker) = content.strip_prefix("//") else {
            line = index + 1;
            continue;
        };
        let (column, rest) = match marker.strip_prefix('@') {
            Some(rest) => {
                let (column, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                (column.parse().unwrap_or_default(), rest)
            }
            None => match content.find('^') {
                Some(at) if content[2..at].trim().is_empty() => {
                    (content[..at].chars().count() + 1, content[at..].trim_start_matches('^'))
                }
                _ => continue,
            },
        };
        let _ = writeln!(out, "{line}:{column} {}", rest.trim());
    }
    out
}

fn found(name: &str, text: &str) -> String {
    let checked = check(name, text);
    let mut out = String::new();
    for one in &checked.diagnostics {
        let at = checked.sources.line_column(one.span.source, one.span.start);
        let _ = writeln!(out, "{}:{} {} {}", at.line, at.column, one.code, one.message);
    }
    out
}

#[test]
fn programs_are_told_what_is_wrong_with_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/palindrome/check");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .expect("the corpus is there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "pal"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 80, "{} programs", paths.len());
    let mut wrong = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("programs can be read");
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let (expected, found) = (expected(&text), found(&name, &text));
        if expected != found {
            let _ = writeln!(wrong, "{name}\n  expected:\n{expected}  found:\n{found}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
