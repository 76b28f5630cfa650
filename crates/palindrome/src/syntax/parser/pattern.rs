//! Patterns of `match`.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// Whether a pattern begins here.
    pub(super) fn is_pattern_start(&self) -> bool {
        let other = [
            SyntaxKind::Name,
            SyntaxKind::CurlyOpen,
            SyntaxKind::SquareOpen,
            SyntaxKind::QuoteOpen,
        ];
        let kind = self.peek();
        other.contains(&kind) || is_literal(kind)
    }

    /// `p`, or `p | q`
    pub(super) fn pattern(&mut self) {
        let checkpoint = self.checkpoint();
        self.nested(Self::one_pattern);
        if self.peek() != SyntaxKind::Pipe {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::EitherPattern);
        while self.eat(SyntaxKind::Pipe) {
            self.skip_blanks();
            self.nested(Self::one_pattern);
        }
        self.builder.finish();
    }

    fn one_pattern(&mut self) {
        match self.peek() {
            SyntaxKind::CurlyOpen => self.node(SyntaxKind::RecordPattern, |p| {
                p.bracketed(false, |p, end| p.list(end, Self::field_pattern));
            }),
            SyntaxKind::SquareOpen => self.node(SyntaxKind::ListPattern, |p| {
                p.bracketed(false, |p, end| {
                    p.list(end, |p| {
                        if p.peek() == SyntaxKind::Ellipsis {
                            p.rest_pattern();
                        } else {
                            p.pattern();
                        }
                    });
                });
            }),
            SyntaxKind::Name => self.name_pattern(),
            kind if is_literal(kind) => self.node(SyntaxKind::LiteralPattern, |p| {
                if p.eat(SyntaxKind::Minus) && !is_number(p.peek()) {
                    p.expected("a number");
                    return;
                }
                p.bump();
            }),
            SyntaxKind::QuoteOpen => {
                self.expected("a pattern").hint =
                    Some("a guard compares: `x if x == … => …`".to_owned());
                self.node(SyntaxKind::Error, Self::interpolated);
            }
            _ => {
                self.expected("a pattern");
            }
        }
    }

    /// `x`, `Some.Case` or `Case(p, q)`
    fn name_pattern(&mut self) {
        let checkpoint = self.checkpoint();
        self.bump();
        while self.peek() == SyntaxKind::Dot && self.is_field_dot(self.next()) {
            self.bump();
            self.bump();
        }
        if self.peek() != SyntaxKind::RoundOpen {
            self.wrap(checkpoint, SyntaxKind::NamePattern);
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::VariantPattern);
        self.fields(Self::pattern);
        self.builder.finish();
    }

    fn field_pattern(&mut self) {
        if self.peek() == SyntaxKind::Ellipsis {
            return self.rest_pattern();
        }
        self.node(SyntaxKind::FieldPattern, |p| {
            if p.peek_second() == SyntaxKind::Colon && p.peek().is_word() {
                p.bump();
                p.bump();
                p.skip_blanks();
                p.pattern();
            } else {
                p.expect_name("the name of a field");
            }
        });
    }

    fn rest_pattern(&mut self) {
        self.node(SyntaxKind::RestPattern, |p| {
            p.bump();
            p.eat(SyntaxKind::Name);
        });
    }
}

fn is_number(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::Int | SyntaxKind::Float | SyntaxKind::Decimal | SyntaxKind::Duration)
}

fn is_literal(kind: SyntaxKind) -> bool {
    is_number(kind)
        || matches!(
            kind,
            SyntaxKind::Minus
                | SyntaxKind::Text
                | SyntaxKind::Bytes
                | SyntaxKind::TrueWord
                | SyntaxKind::FalseWord
                | SyntaxKind::NoneWord
        )
}
