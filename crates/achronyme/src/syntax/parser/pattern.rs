//! Patterns, of `match` and of declarations.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// What `let` and `mut` declare.
    pub(super) fn binding(&mut self) {
        match self.peek() {
            SyntaxKind::CurlyOpen | SyntaxKind::SquareOpen => self.pattern(),
            _ => self.node(SyntaxKind::NamePattern, |p| {
                let is_tuple = p.peek() == SyntaxKind::RoundOpen;
                p.expect_name("a name or a pattern");
                if is_tuple {
                    p.hint(Some("several names stand in brackets: `let [a, b] = …`".to_owned()));
                }
            }),
        }
    }

    pub(super) fn pattern(&mut self) {
        self.nested(|p| match p.peek() {
            SyntaxKind::CurlyOpen => p.record_pattern(),
            SyntaxKind::SquareOpen => p.vector_pattern(),
            SyntaxKind::Name => p.leaf(SyntaxKind::NamePattern),
            SyntaxKind::Minus
            | SyntaxKind::Number
            | SyntaxKind::Text
            | SyntaxKind::TrueWord
            | SyntaxKind::FalseWord
            | SyntaxKind::InfinityWord
            | SyntaxKind::NullWord => p.literal_pattern(),
            SyntaxKind::Imaginary | SyntaxKind::QuoteOpen | SyntaxKind::NanWord => {
                p.expected("a pattern").hint =
                    Some("a guard compares: `x if (x == …) => …`".to_owned());
                p.skip_to_stop();
            }
            kind if kind.is_keyword() && kind != SyntaxKind::IfWord => {
                p.expect_name("a pattern");
            }
            _ => {
                p.expected("a pattern");
            }
        });
    }

    fn literal_pattern(&mut self) {
        self.node(SyntaxKind::LiteralPattern, |p| {
            if p.eat(SyntaxKind::Minus)
                && !matches!(p.peek(), SyntaxKind::Number | SyntaxKind::InfinityWord)
            {
                p.expected("a number");
                return;
            }
            p.bump();
            if matches!(p.peek(), SyntaxKind::DotDot | SyntaxKind::DotDotEqual) {
                p.error(codes::UNSUPPORTED, "there are no patterns for ranges").hint =
                    Some("a guard compares: `x if (x >= a && x < b) => …`".to_owned());
                p.node(SyntaxKind::Error, |p| {
                    p.bump();
                    p.eat(SyntaxKind::Minus);
                    p.eat(SyntaxKind::Number);
                });
            }
        });
        if self.peek() == SyntaxKind::Pipe {
            self.error(codes::UNSUPPORTED, "an arm has one pattern").hint =
                Some("write an arm for each".to_owned());
            self.node(SyntaxKind::Error, |p| {
                p.bump();
                p.pattern();
            });
        }
    }

    fn record_pattern(&mut self) {
        self.node(SyntaxKind::RecordPattern, |p| {
            p.bracketed(false, |p, end| p.list(end, Self::field_pattern));
        });
    }

    fn field_pattern(&mut self) {
        self.node(SyntaxKind::FieldPattern, |p| {
            if p.peek() == SyntaxKind::Ellipsis {
                p.error(codes::UNSUPPORTED, "a record's pattern takes no rest").hint =
                    Some("other fields are ignored anyway".to_owned());
                p.skip_to_stop();
                return;
            }
            if p.peek_second() == SyntaxKind::Colon {
                if !p.key() {
                    p.skip_to_stop();
                    return;
                }
                p.bump();
                p.skip_blanks();
                p.pattern();
            } else {
                p.expect_name("the name of a field");
            }
            p.opt_default();
        });
    }

    fn vector_pattern(&mut self) {
        self.node(SyntaxKind::VectorPattern, |p| {
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    if p.peek() == SyntaxKind::Ellipsis {
                        p.node(SyntaxKind::RestPattern, |p| {
                            p.bump();
                            p.expect_name("a name for the rest");
                        });
                    } else {
                        p.node(SyntaxKind::ElementPattern, |p| {
                            p.pattern();
                            p.opt_default();
                        });
                    }
                });
            });
        });
    }

    fn opt_default(&mut self) {
        if self.eat(SyntaxKind::Equal) {
            self.skip_blanks();
            self.expression();
        }
    }
}
