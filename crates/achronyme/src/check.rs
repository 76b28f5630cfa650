//! What can be said of a text without knowing what its names mean.

mod aliases;
mod arms;
mod names;
mod placement;
mod shape;

use source::{DIAGNOSTICS_MAX, Diagnostic, Severity, SourceId, SourceMap, Span};

use crate::syntax::{Node, SyntaxKind, Token, Tree, parse};

/// A text that was looked through.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The text.
    pub sources: SourceMap,
    /// The text as a tree.
    pub tree: Tree,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Looks through a text that messages call `name`: its syntax, and its structure.
#[must_use]
pub fn check(name: &str, text: &str) -> Checked {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let parsed = parse(text, source);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(structure(&parsed.tree, source));
    diagnostics.sort_by_key(|found| found.span.start);
    Checked { sources, tree: parsed.tree, diagnostics }
}

/// What is wrong with the structure of a tree whose text is `source` in a map of sources. Of what
/// the parser could not understand nothing is said.
#[must_use]
pub fn structure(tree: &Tree, source: SourceId) -> Vec<Diagnostic> {
    let mut notes = Notes { source, diagnostics: Vec::new() };
    placement::check(tree.root(), &mut notes);
    for node in tree.root().descendants() {
        names::check(node, &mut notes);
        aliases::check(node, &mut notes);
        arms::check(node, &mut notes);
        shape::check(node, &mut notes);
    }
    notes.diagnostics
}

/// What was found so far.
struct Notes {
    source: SourceId,
    diagnostics: Vec<Diagnostic>,
}

impl Notes {
    fn error(&mut self, at: Span, code: &'static str, message: impl Into<String>) {
        self.add(Diagnostic::error(code, at, message));
    }

    /// Behind the bound an error takes the place of the last message, and the rest is left out.
    fn add(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < DIAGNOSTICS_MAX || diagnostic.severity == Severity::Error {
            self.diagnostics.truncate(DIAGNOSTICS_MAX - 1);
            self.diagnostics.push(diagnostic);
        }
    }

    fn span(&self, node: Node<'_>) -> Span {
        node.span(self.source)
    }

    fn token(&self, token: Token<'_>) -> Span {
        token.span(self.source)
    }

    /// The word that a node begins with.
    fn first(&self, node: Node<'_>) -> Span {
        node.tokens().next().map_or(self.span(node), |token| self.token(token))
    }
}

/// Whether the parser could not understand a part of the node.
fn is_broken(node: Node<'_>) -> bool {
    node.children().any(|child| child.kind() == SyntaxKind::Error)
}
