//! Braces: blocks of statements, parts of definitions, records.

use syntax_tree::{Command, Style, View as _, Writing as _, first_token, has_comments};

use super::writer::Writer;
use crate::ast::Statement;
use crate::syntax::{Element, Node, SyntaxKind};

impl<'t> Writer<'t> {
    /// A block in the innermost group: on one line if that is not broken.
    pub(super) fn braces(&mut self, block: Node<'t>) {
        if !is_like_record(block) {
            return self.block(block);
        }
        // Without the semicolon it would be a record.
        let (Some(open), Some(close)) =
            (block.token(SyntaxKind::CurlyOpen), block.token(SyntaxKind::CurlyClose))
        else {
            return;
        };
        self.token(open);
        self.text(";");
        self.indented(|w| w.statements(block, Some(close)));
        self.push(Command::HardLine { is_blank: false });
        self.token(close);
    }

    /// A record. One that is a name in braces keeps a comma where it would be a block.
    pub(super) fn record(&mut self, record: Node<'t>) {
        let field = record.children().next().filter(|_| record.children().count() == 1);
        let is_name = field.is_some_and(|field| {
            field.kind() == SyntaxKind::RecordField && field.children().next().is_none()
        });
        let (Some(field), true) = (field, is_name && is_statement_start(record)) else {
            return self.list(record, Style::Whole, false);
        };
        let open = record.token(SyntaxKind::CurlyOpen);
        let close = record.token(SyntaxKind::CurlyClose);
        if let (Some(open), Some(close)) = (open, close) {
            self.token(open);
            self.node(field);
            self.text(",");
            self.token(close);
        }
    }

    /// A node with parts in braces, each of which has a line.
    pub(super) fn with_parts(&mut self, node: Node<'t>) {
        let elements = || node.elements().filter(|element| !element.kind().is_trivia());
        let is_open = |element: &Element<'_>| element.kind() == SyntaxKind::CurlyOpen;
        let is_close = |element: &Element<'_>| element.kind() == SyntaxKind::CurlyClose;
        self.group(Style::Whole, true, |w| {
            for (index, element) in elements().take_while(|element| !is_open(element)).enumerate() {
                if index > 0 {
                    w.text(" ");
                }
                w.element(element);
            }
            if node.kind() != SyntaxKind::Directions {
                w.text(" ");
            }
            let inside: Vec<Node<'t>> = elements()
                .skip_while(|element| !is_open(element))
                .take_while(|element| !is_close(element))
                .filter_map(Element::node)
                .collect();
            w.parts(node, &inside);
            // `merge strategy latest`
            for merge in
                elements().skip_while(|element| !is_close(element)).filter_map(Element::node)
            {
                w.new_line(first_token(merge), false);
                w.node(merge);
            }
        });
    }

    fn parts(&mut self, node: Node<'t>, parts: &[Node<'t>]) {
        let (Some(open), Some(close)) =
            (node.token(SyntaxKind::CurlyOpen), node.token(SyntaxKind::CurlyClose))
        else {
            return;
        };
        self.token(open);
        if parts.is_empty() && !has_comments(node) {
            return self.token(close);
        }
        self.indented(|w| {
            for (index, part) in parts.iter().enumerate() {
                w.new_line(first_token(*part), index == 0);
                w.node(*part);
            }
            w.comments_before(close, parts.is_empty());
        });
        self.push(Command::HardLine { is_blank: false });
        self.token(close);
    }
}

/// Whether a block would be read as a record without what separates its statements.
fn is_like_record(block: Node<'_>) -> bool {
    let is_value = !has_body(block) && !is_statement_start(block);
    let Some(statement) = block.children().next() else { return is_value };
    let Some(first) = first_token(statement).filter(|first| first.kind().is_word()) else {
        return false;
    };
    let mut behind = first.next();
    while let Some(token) =
        behind.filter(|token| token.kind().is_trivia() || token.kind() == SyntaxKind::Semicolon)
    {
        behind = token.next();
    }
    match behind.map(syntax_tree::Token::kind) {
        Some(SyntaxKind::CurlyClose) => is_value && first.kind() == SyntaxKind::Name,
        Some(SyntaxKind::Comma) => !has_body(block),
        _ => false,
    }
}

/// Whether a block stands where there can be nothing else.
fn has_body(block: Node<'_>) -> bool {
    block.parent().is_some_and(|parent| {
        let is_last =
            || parent.children().next_back().is_some_and(|last| last.range() == block.range());
        match parent.kind() {
            SyntaxKind::If | SyntaxKind::Try | SyntaxKind::From => {
                parent.children().next().is_none_or(|first| first.range() != block.range())
                    || parent.kind() == SyntaxKind::Try
            }
            SyntaxKind::While | SyntaxKind::For => is_last(),
            SyntaxKind::Relation
            | SyntaxKind::Transform
            | SyntaxKind::Space
            | SyntaxKind::Handler
            | SyntaxKind::Solve
            | SyntaxKind::Test => true,
            _ => false,
        }
    })
}

/// Whether a statement begins with a node.
fn is_statement_start(node: Node<'_>) -> bool {
    let mut node = node;
    loop {
        if Statement::cast(node).is_some() {
            return true;
        }
        let Some(parent) =
            node.parent().filter(|parent| parent.range().start == node.range().start)
        else {
            return false;
        };
        node = parent;
    }
}
