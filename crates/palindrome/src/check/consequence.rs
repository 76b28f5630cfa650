//! What is not said: of a statement that the parser could not understand, types and names tell nothing
//! new, and what it would have defined is not missing elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use source::{Diagnostic, Severity, SourceId};

use crate::codes::{MISMATCHED, UNCLOSED, UNDEFINED, UNOPENED};
use crate::syntax::{Element, SyntaxKind, Tree};

/// The statements that the parser could not understand.
pub(super) struct Broken<'t> {
    tree: &'t Tree,
    source: SourceId,
    /// The innermost statement around each token, by where the token begins.
    around: BTreeMap<u32, usize>,
    statements: BTreeSet<usize>,
    /// The names in them.
    names: BTreeSet<&'t str>,
}

impl<'t> Broken<'t> {
    pub(super) fn new(tree: &'t Tree, source: SourceId, wrong: &[Diagnostic]) -> Self {
        let (around, statements, names) = <_>::default();
        let mut broken = Self { tree, source, around, statements, names };
        let errors = wrong.iter().filter(|one| one.severity == Severity::Error);
        let places: Vec<u32> = errors.map(|one| one.span.start).collect();
        if places.is_empty() {
            return broken;
        }
        broken.look();
        broken.statements = places.iter().filter_map(|place| broken.statement_at(*place)).collect();
        for token in tree.tokens().filter(|token| token.kind() == SyntaxKind::Name) {
            let statement = broken.around.get(&token.range().start);
            if statement.is_some_and(|one| broken.statements.contains(one)) {
                broken.names.insert(token.text());
            }
        }
        broken
    }

    /// Finds the statement of each token.
    fn look(&mut self) {
        let (mut waiting, mut count) = (vec![(self.tree.root(), 0)], 0);
        while let Some((node, statement)) = waiting.pop() {
            let is_block = matches!(node.kind(), SyntaxKind::Root | SyntaxKind::Block);
            for element in node.elements() {
                match element {
                    Element::Token(token) => {
                        self.around.insert(token.range().start, statement);
                    }
                    Element::Node(inner) if is_block => {
                        count += 1;
                        waiting.push((inner, count));
                    }
                    Element::Node(inner) => waiting.push((inner, statement)),
                }
            }
        }
    }

    /// The innermost statement at a place, or before it where nothing but blanks is.
    fn statement_at(&self, place: u32) -> Option<usize> {
        let mut token = self.tree.token_at(place)?;
        while token.kind().is_trivia() {
            token = token.previous()?;
        }
        self.around.get(&token.range().start).copied()
    }

    /// Whether something that was found follows from what was not understood.
    pub(super) fn causes(&self, found: &Diagnostic) -> bool {
        if self.statements.is_empty() || found.span.source != self.source {
            return false;
        }
        let bytes = found.span.start as usize..found.span.end as usize;
        let is_name_of = |name: &str| self.names.contains(name);
        let is_missing =
            found.code == UNDEFINED && self.tree.text().get(bytes).is_some_and(is_name_of);
        let statement = self.statement_at(found.span.start);
        is_missing || statement.is_some_and(|one| self.statements.contains(&one))
    }
}

/// On a line with a bracket that has no partner, all else that is wrong with the syntax follows from it.
pub(super) fn drop_beside_brackets(wrong: &mut Vec<Diagnostic>, text: &str) {
    let line = |one: &Diagnostic| text.get(..one.span.start as usize).and_then(|it| it.rfind('\n'));
    let is_bracket = |one: &Diagnostic| [UNCLOSED, UNOPENED, MISMATCHED].contains(&one.code);
    let lines: BTreeSet<Option<usize>> =
        wrong.iter().filter(|one| is_bracket(one)).map(line).collect();
    wrong.retain(|one| is_bracket(one) || !lines.contains(&line(one)));
}
