//! Values without operators, and what is done with them: calls, indices, fields.

use syntax_tree::Parsing as _;

use super::{NONE, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// A value with calls, indices and fields after it.
    pub(super) fn chain(&mut self) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        self.primary();
        let is_lambda = self.builder.last_kind() == Some(SyntaxKind::Lambda);
        if self.next() == begin || is_lambda || !is_suffix(self.peek()) {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::Chain);
        loop {
            match self.peek() {
                SyntaxKind::RoundOpen => self.arguments(),
                SyntaxKind::SquareOpen => self.index(),
                SyntaxKind::Dot => self.field(),
                _ => break,
            }
        }
        self.builder.finish();
    }

    fn primary(&mut self) {
        match self.peek() {
            SyntaxKind::Number
            | SyntaxKind::Imaginary
            | SyntaxKind::Text
            | SyntaxKind::TrueWord
            | SyntaxKind::FalseWord
            | SyntaxKind::NullWord
            | SyntaxKind::InfinityWord
            | SyntaxKind::NanWord => self.leaf(SyntaxKind::Literal),
            SyntaxKind::QuoteOpen => self.interpolated(),
            SyntaxKind::Name if self.is_lambda() => self.lambda(),
            SyntaxKind::Name if self.is_piecewise() => {
                self.node(SyntaxKind::Piecewise, |p| {
                    p.bump();
                    p.arguments();
                });
            }
            SyntaxKind::Name | SyntaxKind::SelfWord | SyntaxKind::RecWord => {
                self.leaf(SyntaxKind::NameExpression);
            }
            SyntaxKind::RoundOpen if self.is_lambda() => self.lambda(),
            SyntaxKind::RoundOpen => self.paren(),
            SyntaxKind::SquareOpen => self.array(),
            SyntaxKind::CurlyOpen if self.is_record() => self.record(),
            SyntaxKind::CurlyOpen => self.bare_block(),
            SyntaxKind::IfWord => self.if_(),
            SyntaxKind::WhileWord => self.while_(),
            SyntaxKind::ForWord => self.for_(),
            SyntaxKind::TryWord => self.try_(),
            SyntaxKind::MatchWord => self.match_(),
            SyntaxKind::DoWord => self.do_(),
            SyntaxKind::GenerateWord => self.node(SyntaxKind::Generate, |p| {
                p.bump();
                p.block();
            }),
            SyntaxKind::AsyncWord => self.async_(),
            _ => self.no_value(),
        }
    }

    fn is_piecewise(&self) -> bool {
        self.text_at(self.next()) == "piecewise" && self.peek_second() == SyntaxKind::RoundOpen
    }

    fn async_(&mut self) {
        match self.peek_second() {
            SyntaxKind::DoWord => self.do_(),
            SyntaxKind::Name | SyntaxKind::RoundOpen => self.lambda(),
            _ => {
                self.bump();
                self.expected("a function or `do` after `async`");
            }
        }
    }

    fn do_(&mut self) {
        self.node(SyntaxKind::Do, |p| {
            p.eat(SyntaxKind::AsyncWord);
            p.bump();
            p.block();
        });
    }

    /// Statements in braces without a `do` before them.
    fn bare_block(&mut self) {
        let first = self.solid_after(self.next());
        let has_equal = self.kind_at(self.solid_after(first));
        let hint = if has_equal == SyntaxKind::Equal && self.kind_at(first) == SyntaxKind::Name {
            format!("a field is `{}: …`; statements stand in `do {{ … }}`", self.text_at(first))
        } else {
            "a block of statements begins with `do`: `do { … }`".to_owned()
        };
        self.error(codes::BLOCK, "a record is expected in braces, and these are statements").hint =
            Some(hint);
        self.node(SyntaxKind::Do, |p| p.node(SyntaxKind::Block, Self::statements_in_braces));
    }

    fn paren(&mut self) {
        self.node(SyntaxKind::Paren, |p| p.bracketed(false, |p, _| p.expression()));
    }

    /// Where a value is expected and none begins.
    fn no_value(&mut self) {
        let next = self.next();
        let kind = self.kind_at(next);
        if kind == SyntaxKind::Unknown {
            // The lexer has told it.
            self.skip_to_stop();
        } else if let Some(hint) = self.foreign_value(next) {
            self.expected("a value").hint = Some(hint.to_owned());
            self.skip_to_stop();
        } else if kind.is_keyword() && !self.is_statement_word() {
            self.expected("a value");
            if !matches!(kind, SyntaxKind::InWord | SyntaxKind::ElseWord | SyntaxKind::CatchWord) {
                self.skip_token();
            }
        } else if kind == SyntaxKind::Ellipsis {
            let message = "`...` spreads in arrays and records only";
            self.error(codes::UNSUPPORTED, message);
            self.node(SyntaxKind::Error, |p| {
                p.bump();
                p.expression();
            });
        } else {
            self.expected("a value");
        }
    }

    /// A string in single quotes.
    pub(super) fn interpolated(&mut self) {
        self.node(SyntaxKind::Interpolated, |p| {
            p.bump();
            // No blanks count in here: all of the text is the string's.
            loop {
                let end = p.at + 1;
                match p.kind_at(p.at) {
                    SyntaxKind::QuoteText => p.take_until(end),
                    SyntaxKind::HoleOpen => p.hole(),
                    SyntaxKind::QuoteClose => break p.take_until(end),
                    _ => break,
                }
            }
        });
    }

    fn hole(&mut self) {
        let has_end = self.partners[self.at] != NONE;
        self.node(SyntaxKind::Hole, |p| p.bracketed(!has_end, |p, _| p.expression()));
    }

    /// `(a, b)` after a value.
    pub(super) fn arguments(&mut self) {
        self.node(SyntaxKind::Arguments, |p| {
            p.bracketed(false, |p, end| p.list(end, Self::argument));
        });
    }

    fn index(&mut self) {
        self.node(SyntaxKind::Index, |p| {
            let open = p.next();
            let mut is_empty = true;
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    is_empty = false;
                    p.index_argument();
                });
            });
            if is_empty {
                p.error_at(open, codes::EXPECTED, "expected an index between the brackets");
            }
        });
    }

    /// A value, or a slice.
    fn index_argument(&mut self) {
        if self.is_statement_word() {
            self.expression();
            return;
        }
        let checkpoint = self.checkpoint();
        let begin = self.next();
        if self.peek() != SyntaxKind::DotDot {
            self.bound();
            if self.next() == begin {
                return;
            }
        }
        let operator = self.peek();
        if matches!(operator, SyntaxKind::DotDot | SyntaxKind::DotDotEqual) {
            self.bump();
            if !self.is_stop() {
                self.bound();
            } else if operator == SyntaxKind::DotDotEqual {
                self.expected("a value");
            }
            self.wrap(checkpoint, SyntaxKind::Slice);
            if matches!(self.peek(), SyntaxKind::DotDot | SyntaxKind::DotDotEqual) {
                self.error(codes::CHAINED, "ranges do not chain").hint =
                    Some("use parentheses".to_owned());
                self.skip_to_stop();
            }
        }
        self.misplaced_assignment(checkpoint);
    }

    fn field(&mut self) {
        self.node(SyntaxKind::Field, |p| {
            p.bump();
            if p.peek().is_word() {
                p.bump();
            } else {
                let hint = match p.peek() {
                    SyntaxKind::Star => Some("element by element it is `mul(a, b)`"),
                    SyntaxKind::Slash => Some("element by element it is `a / b`"),
                    SyntaxKind::Caret => Some("element by element it is `pow(a, b)`"),
                    _ => None,
                };
                p.expected("the name of a field").hint = hint.map(str::to_owned);
                if hint.is_some() {
                    p.skip_to_stop();
                }
            }
        });
    }
}

fn is_suffix(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::RoundOpen | SyntaxKind::SquareOpen | SyntaxKind::Dot)
}
