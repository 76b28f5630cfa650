//! What writes the commands that lay a text out: every kind of node.

use std::ops::{Deref, DerefMut};

use syntax_tree::{Command, Pen, Style, Writing, has_newlines};

use crate::syntax::{Node, SyntaxKind, Tree};

/// The commands that lay out a whole text.
pub(super) fn commands(tree: &Tree) -> Vec<Command<'_>> {
    let mut writer = Writer(Pen::new(tree));
    writer.statements(tree.root(), None);
    writer.0.into_commands()
}

/// What was written so far.
pub(super) struct Writer<'t>(Pen<'t, SyntaxKind>);

impl<'t> Deref for Writer<'t> {
    type Target = Pen<'t, SyntaxKind>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl<'t> Writing<'t, SyntaxKind> for Writer<'t> {
    fn node(&mut self, node: Node<'t>) {
        match node.kind() {
            SyntaxKind::Interpolated => self.as_it_is(node),
            SyntaxKind::Block => {
                self.group(Style::Whole, has_newlines(node), |w| w.braces(node));
            }
            SyntaxKind::Record => self.record(node),
            SyntaxKind::List
            | SyntaxKind::RecordType
            | SyntaxKind::RecordPattern
            | SyntaxKind::LensRecord => self.list(node, Style::Whole, false),
            SyntaxKind::Arguments
            | SyntaxKind::Fields
            | SyntaxKind::ListPattern
            | SyntaxKind::ListType
            | SyntaxKind::ParenType
            | SyntaxKind::Subscript => self.list(node, Style::Hug, false),
            SyntaxKind::Parameters if node.token(SyntaxKind::RoundOpen).is_some() => {
                self.list(node, Style::Hug, false);
            }
            SyntaxKind::Paren => self.paren(node),
            SyntaxKind::Binary => self.binary(node),
            SyntaxKind::Unary => self.unary(node),
            SyntaxKind::Chain => self.chain(node),
            SyntaxKind::Query => self.query(node),
            SyntaxKind::TryThen => self.try_then(node),
            SyntaxKind::TypeDefinition => self.type_definition(node),
            SyntaxKind::Match
            | SyntaxKind::Contract
            | SyntaxKind::Directions
            | SyntaxKind::Parallel => self.with_parts(node),
            SyntaxKind::GroupBy
            | SyntaxKind::OrderBy
            | SyntaxKind::Select
            | SyntaxKind::Print
            | SyntaxKind::IndexDefinition
            | SyntaxKind::Rule => {
                self.group(Style::Hug, false, |w| w.indented(|w| w.elements(node, true)));
            }
            _ => self.unit(node),
        }
    }

    fn is_hugged(&self, list: Node<'t>, only: Node<'t>) -> bool {
        let is_bracketed = matches!(
            only.kind(),
            SyntaxKind::List | SyntaxKind::Record | SyntaxKind::Lambda | SyntaxKind::Block
        );
        list.kind() == SyntaxKind::Arguments && is_bracketed
    }
}
