//! The documents: one title each, links that lead somewhere, and paths that exist.

use crate::tree::{File, Tree};

/// Documents in which every path in backticks must exist.
const MAPS: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
const ARCHITECTURE: &str = "ARCHITECTURE.md";
const ARCHITECTURE_LINES_MAX: usize = 400;
/// Endings by which a word in backticks is known for a file.
const ENDINGS: [&str; 7] = [".rs", ".md", ".toml", ".pvm", ".txt", ".sh", ".lock"];

pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for file in tree.ending(".md") {
        findings.extend(titles(file));
        findings.extend(links(tree, file));
    }
    for file in MAPS.iter().filter_map(|path| tree.file(path)) {
        findings.extend(paths(tree, file));
    }
    findings.extend(architecture(tree));
    findings
}

/// The lines outside of fenced blocks, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

fn headings(text: &str) -> impl Iterator<Item = (usize, &str)> {
    prose(text).filter_map(|(number, line)| {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        let title = line[level..].strip_prefix(' ')?;
        (1..=6).contains(&level).then_some((level, title)).filter(|_| number > 0)
    })
}

fn titles(file: &File) -> Option<String> {
    let count = headings(&file.text).filter(|(level, _)| *level == 1).count();
    let is_first = file.text.starts_with("# ");
    (count != 1 || !is_first)
        .then(|| format!("{}: begins with one `# ` title, and has no second", file.path))
}

fn links(tree: &Tree, file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in prose(&file.text) {
        for target in targets(line) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { file.path.clone() } else { resolve(&file.path, path) };
            let place = format!("{}:{number}", file.path);
            if !tree.has(&path) {
                findings.push(format!("{place}: the link to {target} leads nowhere"));
            } else if !anchor.is_empty() && !has_anchor(tree, &path, anchor) {
                findings.push(format!("{place}: {path} has no heading for #{anchor}"));
            }
        }
    }
    findings
}

/// What `](…)` links to, outside of code.
fn targets(line: &str) -> Vec<&str> {
    let pieces: Vec<_> = line.split("](").skip(1).collect();
    pieces.iter().filter_map(|piece| piece.split_once(')')).map(|(target, _)| target).collect()
}

/// `path` as seen from the folder of `from`.
fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

fn has_anchor(tree: &Tree, path: &str, anchor: &str) -> bool {
    let Some(file) = tree.file(path) else { return false };
    headings(&file.text).any(|(_, title)| slug(title) == anchor)
}

/// As the usual renderers name a heading.
fn slug(title: &str) -> String {
    let kept = title.to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-' || *c == '_');
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn paths(tree: &Tree, file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in prose(&file.text) {
        for word in line.split('`').skip(1).step_by(2).filter(|word| is_path(word)) {
            if !exists(tree, word) {
                findings.push(format!("{}:{number}: `{word}` does not exist", file.path));
            }
        }
    }
    findings
}

/// A bare file name stands for any file of that name.
fn exists(tree: &Tree, word: &str) -> bool {
    let end = format!("/{word}");
    tree.has(word.trim_end_matches('/'))
        || !word.contains('/') && tree.files().iter().any(|file| file.path.ends_with(&end))
}

fn is_path(word: &str) -> bool {
    let is_plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/".contains(&b));
    let has_ending = ENDINGS.iter().any(|ending| word.ends_with(ending) && word != *ending);
    is_plain && !word.starts_with('-') && (word.contains('/') || has_ending)
}

/// Every crate has its section, every module with unsafe code is listed, and the document stays
/// short.
fn architecture(tree: &Tree) -> Vec<String> {
    let Some(file) = tree.file(ARCHITECTURE) else {
        return vec![format!("{ARCHITECTURE} is missing")];
    };
    let mut findings = Vec::new();
    let lines = file.text.lines().count();
    if lines > ARCHITECTURE_LINES_MAX {
        findings.push(format!("{ARCHITECTURE}: {lines} lines; {ARCHITECTURE_LINES_MAX} at most"));
    }
    for manifest in tree.ending("/Cargo.toml").filter(|file| file.path.starts_with("crates/")) {
        let folder = manifest.path.trim_end_matches("/Cargo.toml");
        let wanted = format!("`{folder}`");
        if !headings(&file.text).any(|(_, title)| title.contains(&wanted)) {
            findings.push(format!("{ARCHITECTURE}: no heading with {wanted}; say what it owns"));
        }
    }
    for module in tree.ending(".rs").filter(|file| lifts_unsafe(&file.text)) {
        if !file.text.contains(&format!("`{}`", module.path)) {
            let path = &module.path;
            findings.push(format!("{ARCHITECTURE}: {path} has unsafe code; list it with its gain"));
        }
    }
    findings
}

/// Whether a lint attribute names `unsafe_code`, on one line or on several.
fn lifts_unsafe(text: &str) -> bool {
    ["#[expect(", "#![expect(", "#[allow(", "#![allow("].iter().any(|start| {
        let arguments = text.split(start).skip(1);
        arguments.filter_map(|rest| rest.split(')').next()).any(|it| it.contains("unsafe_code"))
    })
}

#[cfg(test)]
mod tests {
    use super::{headings, is_path, resolve, slug, targets};

    #[test]
    fn a_heading_in_a_fenced_block_is_none() {
        let text = "# One\n```sh\n# comment\n```\n## Two words\n#hash\n";
        assert_eq!(headings(text).collect::<Vec<_>>(), [(1, "One"), (2, "Two words")]);
    }

    #[test]
    fn links_are_found_and_resolved() {
        assert_eq!(targets("a [b](../c.md#d), [e](f) and `g`"), ["../c.md#d", "f"]);
        assert_eq!(resolve("docs/pvm/tutorial.md", "../isa/pvm.md"), "docs/isa/pvm.md");
        assert_eq!(slug("The `tape`, and 2 more"), "the-tape-and-2-more");
    }

    #[test]
    fn a_path_is_told_from_other_code() {
        for path in ["crates/tape", "README.md", "docs/isa/pvm.md", "bench/"] {
            assert!(is_path(path), "{path}");
        }
        for other in
            ["cargo test", "--workspace", "Machine", "a[i:j]", ".rs", "REWIND", "palindrome"]
        {
            assert!(!is_path(other), "{other}");
        }
    }
}
