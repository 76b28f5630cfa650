//! The tree as commands: tokens, and the comments between them.

use super::command::{Command, Style};
use crate::syntax::{Node, SyntaxKind, Token, Tree};

/// The commands that lay out a whole text.
pub(super) fn commands(tree: &Tree) -> Vec<Command<'_>> {
    let mut writer = Writer { next: tree.tokens().next(), commands: Vec::new() };
    writer.statements(tree.root(), None);
    writer.commands
}

/// What was written so far.
pub(super) struct Writer<'t> {
    /// The first token that was not come to yet.
    next: Option<Token<'t>>,
    commands: Vec<Command<'t>>,
}

impl<'t> Writer<'t> {
    pub(super) fn push(&mut self, command: Command<'t>) {
        self.commands.push(command);
    }

    pub(super) fn text(&mut self, text: &'t str) {
        self.push(Command::Text(text));
    }

    /// A group of what `inside` writes.
    pub(super) fn group(&mut self, style: Style, is_forced: bool, inside: impl FnOnce(&mut Self)) {
        self.push(Command::Open { style, is_forced });
        inside(self);
        self.push(Command::Close);
    }

    /// Lines in what `inside` writes are indented.
    pub(super) fn indented(&mut self, inside: impl FnOnce(&mut Self)) {
        self.push(Command::Indent);
        inside(self);
        self.push(Command::Dedent);
    }

    /// A token. Comments before it go to the end of its line.
    pub(super) fn token(&mut self, token: Token<'t>) {
        self.pass(token);
        self.text(token.text());
        self.next = token.next();
    }

    /// A token with a blank after it.
    pub(super) fn token_and_blank(&mut self, token: Token<'t>) {
        self.token(token);
        self.text(" ");
    }

    /// All of a node as it is.
    pub(super) fn as_it_is(&mut self, node: Node<'t>) {
        let Some(first) = first_token(node) else { return };
        self.pass(first);
        self.text(node.text());
        let end = node.range().end;
        while self.next.is_some_and(|next| next.range().start < end) {
            self.next = self.next.and_then(Token::next);
        }
    }

    /// Passes what stands before a token: its comments go to the end of the line.
    fn pass(&mut self, token: Token<'t>) {
        let end = token.range().start;
        while let Some(next) = self.next.filter(|next| next.range().start < end) {
            self.comment(next);
            self.next = next.next();
        }
    }

    fn comment(&mut self, token: Token<'t>) {
        if token.kind() == SyntaxKind::Comment {
            self.push(Command::Comment(token.text().trim_end()));
        }
    }

    /// Goes to a new line, which begins with the token `first`, or with comments before it, which
    /// have lines of their own. Comments that stand behind what is written already stay there.
    /// Without a token, what is left of the text comes.
    pub(super) fn new_line(&mut self, first: Option<Token<'t>>, is_start: bool) {
        let end = first.map_or(u32::MAX, |first| first.range().start);
        let mut newlines = usize::from(is_start && self.is_at_start());
        let mut is_first = true;
        let mut has_lines = false;
        while let Some(next) = self.next.filter(|next| next.range().start < end) {
            match next.kind() {
                SyntaxKind::Newline => newlines += 1,
                SyntaxKind::Comment if newlines == 0 => self.comment(next),
                SyntaxKind::Comment => {
                    let is_blank = newlines > 1 && !(is_start && is_first);
                    self.push(Command::HardLine { is_blank });
                    self.text(next.text().trim_end());
                    (newlines, is_first, has_lines) = (0, false, true);
                    self.next = next.next();
                    continue;
                }
                _ => {}
            }
            self.next = next.next();
        }
        if first.is_some() || has_lines {
            let is_blank = newlines > 1 && !(is_start && is_first) && !self.is_closing(first);
            if first.is_some() {
                self.push(Command::HardLine { is_blank });
            }
        }
    }

    pub(super) fn commands_count(&self) -> usize {
        self.commands.len()
    }

    /// Takes back the last new line, if it was written since there were so many commands.
    pub(super) fn drop_last_line(&mut self, before: usize) {
        if self.commands.len() > before
            && matches!(self.commands.last(), Some(Command::HardLine { .. }))
        {
            self.commands.pop();
        }
    }

    fn is_at_start(&self) -> bool {
        self.next.is_some_and(|next| next.previous().is_none())
    }

    fn is_closing(&self, token: Option<Token<'t>>) -> bool {
        token.is_some_and(|token| token.kind().is_close())
    }

    /// Whether an empty line stands before a token.
    pub(super) fn has_blank_before(&self, token: Token<'t>) -> bool {
        let end = token.range().start;
        let mut at = self.next;
        let mut newlines = 0;
        while let Some(next) = at.filter(|next| next.range().start < end) {
            newlines += usize::from(next.kind() == SyntaxKind::Newline);
            at = next.next();
        }
        newlines > 1
    }
}

/// The first token of a node that is no blank; nodes begin with one.
pub(super) fn first_token(node: Node<'_>) -> Option<Token<'_>> {
    let mut node = node;
    loop {
        match node.elements().find(|element| !element.kind().is_trivia())? {
            crate::syntax::Element::Token(token) => return Some(token),
            crate::syntax::Element::Node(inner) => node = inner,
        }
    }
}

/// Whether comments stand directly in a node.
pub(super) fn has_comments(node: Node<'_>) -> bool {
    node.elements().any(|element| element.kind() == SyntaxKind::Comment)
}

/// Whether line ends stand directly in a node.
pub(super) fn has_newlines(node: Node<'_>) -> bool {
    node.elements().any(|element| element.kind() == SyntaxKind::Newline)
}
