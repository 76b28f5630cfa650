//! Texts to try things on, and what must hold of each.
#![expect(clippy::unwrap_used, reason = "a test")]
#![allow(dead_code, reason = "each test uses its part")]

pub(crate) mod run;

use std::fs;
use std::path::{Path, PathBuf};

use palindrome::{Element, Node, SyntaxKind, Tree, format, parse};
use source::{SourceId, SourceMap, Style};

/// Where the programs are.
pub(crate) fn corpus(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/palindrome").join(folder)
}

/// The programs of a folder, by name.
pub(crate) fn programs(folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(corpus(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).unwrap())
    };
    paths.into_iter().map(read).collect()
}

/// What is wrong with a text, as users see it.
pub(crate) fn messages(name: &str, text: &str) -> String {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let found = parse(text, source).diagnostics;
    found.iter().map(|found| found.render(&sources, Style::Plain)).collect::<Vec<_>>().join("\n")
}

/// What must hold of any text.
pub(crate) fn laws(text: &str) -> Result<(), String> {
    let parsed = parse(text, SourceId::default());
    if parsed.tree.root().text() != text {
        return Err("the tree is not the text".to_owned());
    }
    let tokens: String = parsed.tree.tokens().map(|token| token.text().to_owned()).collect();
    if tokens != text {
        return Err("the tokens are not the text".to_owned());
    }
    if let Some(found) =
        parsed.diagnostics.iter().find(|found| found.span.end as usize > text.len())
    {
        return Err(format!("{found:?} is outside"));
    }
    let has_errors = parsed.tree.root().descendants().any(|node| node.kind() == SyntaxKind::Error);
    if has_errors && parsed.diagnostics.is_empty() {
        return Err("what is not understood is not told".to_owned());
    }
    let Ok(formatted) = format(text) else { return Ok(()) };
    let again = parse(&formatted, SourceId::default());
    if let Some(found) = again.diagnostics.first() {
        return Err(format!("formatting made a mistake: {}\n{formatted}", found.message));
    }
    if outline(&parsed.tree) != outline(&again.tree) {
        return Err(format!("formatting changed the meaning:\n{formatted}"));
    }
    if remarks(&parsed.tree) != remarks(&again.tree) {
        return Err(format!("formatting lost a remark:\n{formatted}"));
    }
    if format(&formatted).as_ref() != Ok(&formatted) {
        return Err(format!("formatting twice changed something:\n{formatted}"));
    }
    Ok(())
}

/// The nodes and tokens of a tree without what only separates.
fn outline(tree: &Tree) -> Vec<String> {
    let mut out = Vec::new();
    walk(tree.root(), &mut out);
    out
}

fn walk(node: Node<'_>, out: &mut Vec<String>) {
    out.push(format!("{:?} {{", node.kind()));
    for element in node.elements() {
        match element {
            Element::Node(inner) => walk(inner, out),
            Element::Token(token) => {
                let is_separator = matches!(
                    token.kind(),
                    SyntaxKind::Comma | SyntaxKind::Semicolon | SyntaxKind::Pipe
                );
                if !token.kind().is_trivia() && !is_separator {
                    out.push(token.text().to_owned());
                }
            }
        }
    }
    out.push("}".to_owned());
}

/// The words of all remarks.
fn remarks(tree: &Tree) -> Vec<String> {
    let remarks = tree.tokens().filter(|token| token.kind() == SyntaxKind::Comment);
    let mut words: Vec<String> = remarks
        .flat_map(|token| token.text().split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    words.sort();
    words
}
