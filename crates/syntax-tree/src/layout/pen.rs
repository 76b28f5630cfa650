//! The tree as commands: tokens, and the comments between them.

use super::command::Command;
use crate::kind::Kind;
use crate::token::{Element, Node, Token};
use crate::tree::Tree;

/// What was written so far.
#[derive(Debug)]
pub struct Pen<'t, K> {
    /// The first token that was not come to yet.
    next: Option<Token<'t, K>>,
    commands: Vec<Command<'t>>,
}

impl<'t, K: Kind> Pen<'t, K> {
    /// Nothing is written of a tree yet.
    #[must_use]
    pub fn new(tree: &'t Tree<K>) -> Self {
        Self { next: tree.tokens().next(), commands: Vec::new() }
    }

    /// All that was written.
    #[must_use]
    pub fn into_commands(self) -> Vec<Command<'t>> {
        self.commands
    }

    /// A command.
    pub fn push(&mut self, command: Command<'t>) {
        self.commands.push(command);
    }

    /// Words.
    pub fn text(&mut self, text: &'t str) {
        self.push(Command::Text(text));
    }

    /// A token. Comments before it go to the end of its line.
    pub fn token(&mut self, token: Token<'t, K>) {
        self.pass(token);
        self.text(token.text());
        self.next = token.next();
    }

    /// A token with a blank after it.
    pub fn token_and_blank(&mut self, token: Token<'t, K>) {
        self.token(token);
        self.text(" ");
    }

    /// All of a node as it is.
    pub fn as_it_is(&mut self, node: Node<'t, K>) {
        let Some(first) = first_token(node) else { return };
        self.pass(first);
        self.text(node.text());
        let end = node.range().end;
        while self.next.is_some_and(|next| next.range().start < end) {
            self.next = self.next.and_then(Token::next);
        }
    }

    /// Passes what stands before a token: its comments go to the end of the line. Done before the
    /// line of the token begins, it leaves them on the line before.
    pub fn pass(&mut self, token: Token<'t, K>) {
        let end = token.range().start;
        while let Some(next) = self.next.filter(|next| next.range().start < end) {
            self.comment(next);
            self.next = next.next();
        }
    }

    fn comment(&mut self, token: Token<'t, K>) {
        if token.kind() == K::COMMENT {
            self.push(Command::Comment(token.text().trim_end()));
        }
    }

    /// Goes to a new line, which begins with the token `first`, or with comments before it, which
    /// have lines of their own. Comments that stand behind what is written already stay there.
    /// Without a token, what is left of the text comes.
    pub fn new_line(&mut self, first: Option<Token<'t, K>>, is_start: bool) {
        let end = first.map_or(u32::MAX, |first| first.range().start);
        let mut newlines = usize::from(is_start && self.is_at_start());
        let mut is_first = true;
        let mut has_lines = false;
        while let Some(next) = self.next.filter(|next| next.range().start < end) {
            match next.kind() {
                kind if kind == K::NEWLINE => newlines += 1,
                kind if kind == K::COMMENT && newlines == 0 => self.comment(next),
                kind if kind == K::COMMENT => {
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

    /// How much was written.
    #[must_use]
    pub fn commands_count(&self) -> usize {
        self.commands.len()
    }

    /// Takes back the last new line, if it was written since there were so many commands.
    pub fn drop_last_line(&mut self, before: usize) {
        if self.commands.len() > before
            && matches!(self.commands.last(), Some(Command::HardLine { .. }))
        {
            self.commands.pop();
        }
    }

    fn is_at_start(&self) -> bool {
        self.next.is_some_and(|next| next.previous().is_none())
    }

    fn is_closing(&self, token: Option<Token<'t, K>>) -> bool {
        token.is_some_and(|token| token.kind().is_close())
    }

    /// Whether an empty line stands before a token.
    #[must_use]
    pub fn has_blank_before(&self, token: Token<'t, K>) -> bool {
        let end = token.range().start;
        let mut at = self.next;
        let mut newlines = 0;
        while let Some(next) = at.filter(|next| next.range().start < end) {
            newlines += usize::from(next.kind() == K::NEWLINE);
            at = next.next();
        }
        newlines > 1
    }
}

/// The first token of a node that is no blank; nodes begin with one.
#[must_use]
pub fn first_token<K: Kind>(node: Node<'_, K>) -> Option<Token<'_, K>> {
    let mut node = node;
    loop {
        match node.elements().find(|element| !element.kind().is_trivia())? {
            Element::Token(token) => return Some(token),
            Element::Node(inner) => node = inner,
        }
    }
}

/// Whether comments stand directly in a node.
#[must_use]
pub fn has_comments<K: Kind>(node: Node<'_, K>) -> bool {
    node.elements().any(|element| element.kind() == K::COMMENT)
}

/// Whether line ends stand directly in a node.
#[must_use]
pub fn has_newlines<K: Kind>(node: Node<'_, K>) -> bool {
    node.elements().any(|element| element.kind() == K::NEWLINE)
}

/// The first bracket that opens, or the last that closes, directly in a node.
#[must_use]
pub fn bracket<K: Kind>(node: Node<'_, K>, is_open: bool) -> Option<Token<'_, K>> {
    if is_open {
        node.tokens().find(|token| token.kind().is_open())
    } else {
        node.tokens().rfind(|token| token.kind().is_close())
    }
}
