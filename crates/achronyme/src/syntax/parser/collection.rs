//! Arrays and records.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    pub(super) fn array(&mut self) {
        self.node(SyntaxKind::Array, |p| {
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    if p.peek() == SyntaxKind::Ellipsis {
                        p.spread();
                    } else {
                        p.expression();
                    }
                });
            });
        });
    }

    fn spread(&mut self) {
        self.node(SyntaxKind::Spread, |p| {
            p.bump();
            p.expression();
        });
    }

    /// Whether the brace that comes next begins a record, and not statements.
    pub(super) fn is_record(&self) -> bool {
        let open = self.next();
        let first = self.solid_after(open);
        let second = self.solid_after(first);
        match self.kind_at(first) {
            SyntaxKind::CurlyClose | SyntaxKind::Ellipsis | SyntaxKind::End => true,
            SyntaxKind::MutWord => {
                self.kind_at(second) == SyntaxKind::Colon || {
                    let third = self.solid_after(second);
                    self.kind_at(third) == SyntaxKind::Colon
                }
            }
            SyntaxKind::Name => matches!(
                self.kind_at(second),
                SyntaxKind::Colon | SyntaxKind::Comma | SyntaxKind::CurlyClose
            ),
            kind if kind.is_keyword() || kind == SyntaxKind::Text => {
                self.kind_at(second) == SyntaxKind::Colon
            }
            _ => false,
        }
    }

    pub(super) fn record(&mut self) {
        self.node(SyntaxKind::Record, |p| {
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    if p.peek() == SyntaxKind::Ellipsis {
                        p.spread();
                    } else {
                        p.record_field();
                    }
                });
            });
        });
    }

    fn record_field(&mut self) {
        self.node(SyntaxKind::RecordField, |p| {
            if p.peek() == SyntaxKind::MutWord && p.peek_second() != SyntaxKind::Colon {
                p.bump();
            }
            let key = p.next();
            if !p.key() {
                return;
            }
            if p.eat(SyntaxKind::Colon) {
                p.skip_blanks();
                p.expression();
            } else if p.is_stop() {
                let name = p.text_at(key);
                p.error_at(key, codes::EXPECTED, format!("`{name}` has no value")).hint =
                    Some(format!("write `{name}: {name}`"));
            } else {
                p.expected("`:`");
            }
        });
    }

    /// The name of a field: any word, or a string. Whether there is one.
    pub(super) fn key(&mut self) -> bool {
        let kind = self.peek();
        let is_key = kind.is_word() || kind == SyntaxKind::Text;
        if is_key {
            self.bump();
        } else {
            self.expected("the name of a field");
        }
        is_key
    }
}
