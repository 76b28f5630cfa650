//! What must hold of every source file: it says what it owns, and it has no leftovers.

use crate::tree::{File, Tree};

/// Words that no file may hold, and why. In two parts, so that this list does not find itself.
const FORBIDDEN: [(&str, &str, &str); 6] = [
    ("todo", "!(", "finish it, or leave it out"),
    ("unimplemented", "!(", "finish it, or leave it out"),
    ("dbg", "!(", "a leftover"),
    ("/wo", "rk/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
];

pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let headless = tree.ending(".rs").filter(|file| !has_head(file));
    let headless = headless.map(|file| {
        format!("{}: begin it with `//!`: what it owns, and what it leaves to others", file.path)
    });
    headless.chain(tree.files().iter().flat_map(forbidden)).collect()
}

/// Generated files say so instead. Attributes may come first.
fn has_head(file: &File) -> bool {
    let mut lines = file.text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with("#!"));
    first.is_some_and(|line| line.starts_with("//!") || line.starts_with("// @generated"))
}

fn forbidden(file: &File) -> Vec<String> {
    if file.path == "Cargo.lock" || file.path == "fuzz/Cargo.lock" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        for (first, second, why) in FORBIDDEN {
            let word = format!("{first}{second}");
            if line.contains(&word) {
                findings.push(format!("{}:{number}: `{word}`: {why}", file.path));
            }
        }
    }
    findings
}
