//! File sizes. A file has one noun in it; a long one is asked for its second.
//!
//! `xtask/ratchet.txt` lists the files that are longer than [`LINES_ASKED`], with their lengths.
//! A length there may fall, never rise, and no file may reach [`LINES_MAX`]. A file that is much
//! shorter than its line says has the line brought down.

use std::collections::BTreeMap;

use crate::tree::Tree;

const LINES_ASKED: usize = 600;
const LINES_MAX: usize = 1_000;
/// How much shorter a file may be than its line.
const LINES_SLACK: usize = 50;
const LIST: &str = "xtask/ratchet.txt";

pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    let mut listed = BTreeMap::new();
    for line in tree.file(LIST).map(|file| file.text.lines()).into_iter().flatten() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match line.split_once(' ').map(|(path, lines)| (path, lines.trim().parse::<usize>())) {
            Some((path, Ok(lines))) => {
                listed.insert(path, lines);
            }
            _ => findings.push(format!("{LIST}: `{line}` is not a path and a number")),
        }
    }
    for file in tree.ending(".rs") {
        let lines = file.text.lines().count();
        let path = &file.path;
        let allowed = listed.remove(path.as_str());
        if lines > LINES_MAX {
            findings.push(format!("{path}: {lines} lines; cut it, {LINES_MAX} is the limit"));
        } else if lines > LINES_ASKED && allowed.is_none() {
            findings.push(format!(
                "{path}: {lines} lines; which second noun is in here? Cut it, or add `{path} {lines}` to {LIST}"
            ));
        } else if let Some(allowed) = allowed {
            findings.extend(change(path, lines, allowed));
        }
    }
    findings.extend(listed.keys().map(|path| format!("{LIST}: {path} is gone; delete its line")));
    findings
}

fn change(path: &str, lines: usize, allowed: usize) -> Option<String> {
    if lines > allowed {
        Some(format!("{path}: grew from {allowed} to {lines} lines; it may only shrink"))
    } else if lines <= LINES_ASKED {
        Some(format!("{LIST}: {path} has only {lines} lines now; delete its line"))
    } else if lines + LINES_SLACK < allowed {
        Some(format!("{LIST}: {path} shrank to {lines} lines; write that number"))
    } else {
        None
    }
}
