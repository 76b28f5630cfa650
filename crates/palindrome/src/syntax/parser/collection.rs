//! Lists and records.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    pub(super) fn list_of_values(&mut self) {
        self.node(SyntaxKind::List, |p| {
            p.inside(false, |p| {
                p.bracketed(false, |p, end| p.list(end, |p| p.spread_or(Self::expression)));
            });
        });
    }

    fn spread_or(&mut self, item: impl FnOnce(&mut Self)) {
        if self.peek() != SyntaxKind::Ellipsis {
            return item(self);
        }
        self.node(SyntaxKind::Spread, |p| {
            p.bump();
            p.expression();
        });
    }

    /// Whether the brace that comes next begins a record, and not statements. `{x}` and `{}` are
    /// blocks where a statement begins, and records elsewhere.
    pub(super) fn is_record(&self) -> bool {
        let open = self.next();
        let first = self.solid_after(open);
        let second = self.kind_at(self.solid_after(first));
        let is_statement = open == self.statement;
        match self.kind_at(first) {
            SyntaxKind::CurlyClose => !is_statement,
            SyntaxKind::Ellipsis => true,
            kind if kind.is_word() => match second {
                SyntaxKind::Colon => true,
                SyntaxKind::Comma => kind == SyntaxKind::Name,
                SyntaxKind::CurlyClose => kind == SyntaxKind::Name && !is_statement,
                _ => false,
            },
            _ => false,
        }
    }

    pub(super) fn record(&mut self) {
        self.node(SyntaxKind::Record, |p| {
            p.inside(false, |p| {
                p.bracketed(false, |p, end| p.list(end, |p| p.spread_or(Self::record_field)));
            });
        });
    }

    fn record_field(&mut self) {
        self.node(SyntaxKind::RecordField, |p| {
            if p.peek_second() == SyntaxKind::Colon && p.peek().is_word() {
                p.bump();
                p.bump();
                p.skip_blanks();
                p.expression();
            } else {
                p.expect_name("the name of a field");
                if p.peek() == SyntaxKind::Equal {
                    p.expected("`:`").hint = Some("a field is `name: value`".to_owned());
                    p.skip_to_stop();
                }
            }
        });
    }
}
