//! Programs to try things on, and what must hold of each.
#![expect(clippy::unwrap_used, reason = "a test")]
#![allow(dead_code, reason = "each test uses its part")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use achronyme::{Element, Node, SyntaxKind, Token, Tree, check, format, parse};
use source::{SourceId, Style};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A row of the conformance set.
pub(crate) struct Case {
    pub(crate) id: String,
    /// The program, and the files beside it.
    pub(crate) texts: Vec<String>,
    pub(crate) expected: String,
}

/// The conformance set.
pub(crate) fn cases() -> Vec<Case> {
    let text = fs::read_to_string(root().join("corpus/conformance/achronyme.tsv")).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with("# "));
    let cases = rows.map(|row| {
        let mut fields = row.split('\t');
        let mut field = || fields.next().unwrap();
        let id = field().to_owned();
        let program = field().replace('␤', "\n").replace('␉', "\t");
        let mut parts = program.split("FILE ");
        let first = parts.next().unwrap().to_owned();
        let others = parts.filter_map(|part| part.split_once(":\n"));
        let texts = std::iter::once(first).chain(others.map(|(_, text)| text.to_owned()));
        Case { id, texts: texts.collect(), expected: field().to_owned() }
    });
    cases.collect()
}

/// The programs that are measured, by name.
pub(crate) fn programs() -> Vec<(String, String)> {
    let folder = root().join("bench/programs/achronyme");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            fs::read_to_string(path).unwrap(),
        )
    };
    paths.into_iter().map(read).collect()
}

/// Every program there is.
pub(crate) fn texts() -> Vec<String> {
    let cases = cases().into_iter().flat_map(|case| case.texts);
    cases.chain(programs().into_iter().map(|(_, text)| text)).collect()
}

/// What is said about a text.
pub(crate) fn said(text: &str) -> String {
    let checked = check("main.soc", text);
    let render = |found: &source::Diagnostic| found.render(&checked.sources, Style::Plain);
    checked.diagnostics.iter().map(render).collect()
}

/// What a tree means: its nodes and words, without blanks, comments and separators.
pub(crate) fn meaning(tree: &Tree) -> String {
    let mut out = String::new();
    write_meaning(&mut out, tree.root());
    out
}

fn write_meaning(out: &mut String, node: Node<'_>) {
    let _ = write!(out, "({:?}", node.kind());
    for element in node.elements() {
        match element {
            Element::Node(inner) => {
                out.push(' ');
                write_meaning(out, inner);
            }
            Element::Token(token) => {
                let kind = token.kind();
                let is_separator = matches!(kind, SyntaxKind::Comma | SyntaxKind::Semicolon);
                if !kind.is_trivia() && !is_separator {
                    let _ = write!(out, " {}", token.text());
                }
            }
        }
    }
    out.push(')');
}

/// The words of all comments, in order.
fn comments(tree: &Tree) -> Vec<&str> {
    let tokens = tree.tokens().filter(|token| token.kind() == SyntaxKind::Comment);
    tokens.flat_map(|token| token.text().split_whitespace()).collect()
}

/// What must hold of any text whatever.
pub(crate) fn laws(text: &str) -> Result<(), String> {
    let parsed = parse(text, SourceId::default());
    let tokens: String = parsed.tree.tokens().map(Token::text).collect();
    if tokens != text || parsed.tree.root().text() != text {
        return Err("the tree is not the text".to_owned());
    }
    let checked = check("main.soc", text);
    for found in &checked.diagnostics {
        if found.span.start > found.span.end || found.span.end as usize > text.len() {
            return Err(format!("{found:?} is outside of the text"));
        }
        let _rendered = found.render(&checked.sources, Style::Plain);
    }
    let Ok(formatted) = format(text) else {
        return if parsed.diagnostics.is_empty() {
            Err("a good text is not formatted".to_owned())
        } else {
            Ok(())
        };
    };
    let again = parse(&formatted, SourceId::default());
    if !again.diagnostics.is_empty() {
        return Err(format!("formatted, it is wrong:\n{formatted}\n{}", said(&formatted)));
    }
    if meaning(&parsed.tree) != meaning(&again.tree) {
        return Err(format!("formatted, it means something else:\n{formatted}"));
    }
    if comments(&parsed.tree) != comments(&again.tree) {
        return Err(format!("formatted, it has other comments:\n{formatted}"));
    }
    match format(&formatted) {
        Ok(twice) if twice == formatted => Ok(()),
        twice => Err(format!("formatted twice, it differs:\n{formatted}\n---\n{twice:?}")),
    }
}
