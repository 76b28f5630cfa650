//! What writes the commands that lay a text out.

use std::ops::{Deref, DerefMut};

use syntax_tree::{Command, Pen, Writing};

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
        self.any(node);
    }

    fn is_hugged(&self, list: Node<'t>, only: Node<'t>) -> bool {
        let is_bracketed = matches!(
            only.kind(),
            SyntaxKind::Array | SyntaxKind::Record | SyntaxKind::Lambda | SyntaxKind::Do
        );
        list.kind() == SyntaxKind::Arguments && is_bracketed
    }
}
