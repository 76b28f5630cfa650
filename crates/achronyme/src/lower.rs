//! From the syntax tree to what a program means.

mod control;
mod expression;
mod pattern;
mod place;
mod statement;
mod types;

use std::rc::Rc;

use source::{Diagnostic, SourceId, SourceMap, Span};

use crate::ast::{self, View};
use crate::check::structure;
use crate::codes;
use crate::hir::{Block, Expression, ExpressionKind, Literal, Module, Name, Statement};
use crate::hir::{NamedItem, StatementKind};
use crate::syntax::{Node, SyntaxKind, Token, Tree, parse};

/// Most parameters that a function has, and names that a list has.
pub const PARAMETERS_MAX: usize = 255;

/// What the text of a tree means, whose text is `source` in a map of sources, and what is wrong
/// with its structure. The module is to be run only if none of that is an error, and if the parser
/// found no mistake; then too it is whole, with null for what is missing.
#[must_use]
pub fn lower(tree: &Tree, source: SourceId) -> (Module, Vec<Diagnostic>) {
    let diagnostics = structure(tree, source);
    let mut lower = Lower { source, diagnostics, continues: false };
    let root = tree.root();
    let statements = ast::Root::cast(root).map(|root| lower.statements(root.statements()));
    let statements = statements.unwrap_or_default();
    let body = Block { statements, span: lower.span(root), continues: false };
    (Module { body }, lower.diagnostics)
}

/// Reads a text that messages call `name`, adds it to the sources, and tells what it means and what
/// is wrong with it, in the order of the text.
pub fn read(name: &str, text: &str, sources: &mut SourceMap) -> (Module, Vec<Diagnostic>) {
    let source = sources.add(name, text);
    let parsed = parse(sources.text(source), source);
    let (module, found) = lower(&parsed.tree, source);
    let mut diagnostics = parsed.diagnostics;
    diagnostics.extend(found);
    diagnostics.sort_by_key(|found| found.span.start);
    (module, diagnostics)
}

/// The work, and what it found to be wrong.
struct Lower {
    source: SourceId,
    diagnostics: Vec<Diagnostic>,
    /// Whether `continue` was found that belongs to the innermost loop.
    continues: bool,
}

impl Lower {
    fn span(&self, node: Node<'_>) -> Span {
        node.span(self.source)
    }

    fn name(&self, token: Token<'_>) -> Name {
        Name { text: Rc::from(spelled(token)), span: token.span(self.source) }
    }

    /// The name at a token that is missing only in a text with mistakes.
    fn name_or_none(&self, token: Option<Token<'_>>, around: Node<'_>) -> Name {
        match token {
            Some(token) => self.name(token),
            None => Name { text: Rc::from(""), span: self.span(around) },
        }
    }

    /// What takes the place of a value that is missing; the parser has told so.
    fn nothing(&self, around: Node<'_>) -> Expression {
        let kind = ExpressionKind::Literal(Literal::Null);
        Expression { kind, span: self.span(around) }
    }

    fn value_or_none(
        &mut self,
        found: Option<ast::Expression<'_>>,
        around: Node<'_>,
    ) -> Expression {
        match found {
            Some(found) => self.expression(found),
            None => self.nothing(around),
        }
    }

    fn boxed(&mut self, found: Option<ast::Expression<'_>>, around: Node<'_>) -> Box<Expression> {
        Box::new(self.value_or_none(found, around))
    }

    fn block(&mut self, found: Option<ast::Block<'_>>, around: Node<'_>) -> Block {
        match found {
            Some(block) => Block {
                statements: self.statements(block.statements()),
                span: self.span(block.node()),
                continues: false,
            },
            None => Block { statements: Rc::default(), span: self.span(around), continues: false },
        }
    }

    /// The body of a loop.
    fn turn(&mut self, found: Option<ast::Block<'_>>, around: Node<'_>) -> Block {
        let outside = std::mem::replace(&mut self.continues, false);
        let body = self.block(found, around);
        let continues = std::mem::replace(&mut self.continues, outside);
        Block { continues, ..body }
    }

    /// An expression as a block of one statement.
    fn block_of(expression: Expression) -> Block {
        let span = expression.span;
        let kind = StatementKind::Expression(expression);
        Block { statements: Rc::from([Statement { kind, span }]), span, continues: false }
    }

    fn items<'t>(&self, items: impl Iterator<Item = ast::ImportItem<'t>>) -> Vec<NamedItem> {
        let lowered = items.map(|item| {
            let name = self.name_or_none(item.name(), item.node());
            let alias = item.alias().map_or_else(|| name.clone(), |alias| self.name(alias));
            NamedItem { name, alias }
        });
        lowered.collect()
    }

    fn limit(&mut self, at: Span, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(codes::LIMIT, at, message));
    }
}

/// What a word or a string is the name of.
fn spelled(token: Token<'_>) -> String {
    match token.kind() {
        SyntaxKind::Text => ast::text_value(token.text()),
        _ => token.text().to_owned(),
    }
}
