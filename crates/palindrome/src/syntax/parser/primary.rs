//! Values without operators, and what is done with them: calls, subscripts, fields.

use syntax_tree::{Checkpoint, NONE, Parsing as _};

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// A value with calls, subscripts and fields after it.
    pub(super) fn chain(&mut self) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        self.primary();
        let is_open = matches!(
            self.builder.last_kind(),
            Some(SyntaxKind::Lambda | SyntaxKind::Quantified | SyntaxKind::ForAll)
        );
        if self.next() == begin || is_open || !self.is_suffix() {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::Chain);
        while self.is_suffix() {
            self.go_onward();
            match self.peek() {
                SyntaxKind::RoundOpen => self.arguments(),
                SyntaxKind::SquareOpen => self.node(SyntaxKind::Subscript, |p| {
                    p.inside(false, |p| p.bracketed(false, |p, _| p.expression()));
                }),
                _ => self.field(),
            }
        }
        self.builder.finish();
    }

    fn is_suffix(&self) -> bool {
        let next = self.onward();
        match self.kind_at(next) {
            SyntaxKind::RoundOpen | SyntaxKind::SquareOpen => next == self.next(),
            SyntaxKind::QuestionDot => true,
            SyntaxKind::Dot => self.is_field_dot(next),
            _ => false,
        }
    }

    /// Whether a name follows a dot at once; any other dot ends a rule.
    pub(super) fn is_field_dot(&self, index: usize) -> bool {
        self.kind_at(index + 1).is_word()
    }

    /// Names with dots between them.
    pub(super) fn path(&mut self, what: &str) {
        let checkpoint = self.checkpoint();
        self.node(SyntaxKind::NameExpression, |p| p.expect_name(what));
        self.opt_fields(checkpoint);
    }

    fn opt_fields(&mut self, checkpoint: Checkpoint) {
        if self.peek() != SyntaxKind::Dot || !self.is_field_dot(self.next()) {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::Chain);
        while self.peek() == SyntaxKind::Dot && self.is_field_dot(self.next()) {
            self.field();
        }
        self.builder.finish();
    }

    pub(super) fn primary(&mut self) {
        match self.peek() {
            SyntaxKind::Int
            | SyntaxKind::Float
            | SyntaxKind::Decimal
            | SyntaxKind::Duration
            | SyntaxKind::Text
            | SyntaxKind::Bytes
            | SyntaxKind::TrueWord
            | SyntaxKind::FalseWord
            | SyntaxKind::NoneWord => self.leaf(SyntaxKind::Literal),
            SyntaxKind::QuoteOpen => self.interpolated(),
            SyntaxKind::Name | SyntaxKind::RoundOpen if self.is_lambda() => self.lambda(),
            SyntaxKind::Name | SyntaxKind::ExistsWord if self.is_quantified() => self.quantified(),
            SyntaxKind::Name => self.leaf(SyntaxKind::NameExpression),
            SyntaxKind::RoundOpen => self.paren(),
            SyntaxKind::SquareOpen => self.list_of_values(),
            SyntaxKind::CurlyOpen if self.is_record() => self.record(),
            SyntaxKind::CurlyOpen => self.block(),
            SyntaxKind::Tilde => self.inverse(),
            SyntaxKind::IfWord => self.if_(),
            SyntaxKind::MatchWord => self.match_(),
            SyntaxKind::TryWord => self.try_(),
            SyntaxKind::ForWord if self.is_for_all() => self.for_all(),
            _ => self.no_value(),
        }
    }

    pub(super) fn paren(&mut self) {
        self.node(SyntaxKind::Paren, |p| {
            p.inside(true, |p| p.bracketed(false, |p, _| p.expression()));
        });
    }

    /// `~f`, where `f` is a name, names with dots, or in parentheses; calls come after it.
    fn inverse(&mut self) {
        self.nested(|p| {
            p.node(SyntaxKind::Inverse, |p| {
                p.bump();
                match p.peek() {
                    SyntaxKind::RoundOpen => p.paren(),
                    SyntaxKind::Tilde => p.inverse(),
                    _ => p.path("a transform"),
                }
            });
        });
    }

    /// Whether a function comes next: `x => …` or `(…) => …`.
    fn is_lambda(&self) -> bool {
        if !self.context.has_lambdas {
            return false;
        }
        let next = self.next();
        let end = match self.kind_at(next) {
            SyntaxKind::Name => next,
            _ => self.partners[next],
        };
        end != NONE && self.kind_at(self.after(end)) == SyntaxKind::Arrow
    }

    fn lambda(&mut self) {
        self.node(SyntaxKind::Lambda, |p| {
            if p.peek() == SyntaxKind::Name {
                p.node(SyntaxKind::Parameters, |p| p.leaf(SyntaxKind::Parameter));
            } else {
                p.parameters();
            }
            p.bump();
            p.skip_blanks();
            p.expression();
        });
    }

    /// Where a value is expected and none begins.
    fn no_value(&mut self) {
        let kind = self.peek();
        let is_end =
            matches!(kind, SyntaxKind::InWord | SyntaxKind::ElseWord | SyntaxKind::WhereWord);
        if kind == SyntaxKind::Unknown {
            // The lexer has told it.
            self.skip_to_stop();
        } else if kind == SyntaxKind::Ellipsis {
            self.expected("a value").hint =
                Some("`...` adds what a list or record has to another: `[1, ...xs]`".to_owned());
            self.skip_to_stop();
        } else if kind == SyntaxKind::ForWord {
            self.misplaced_statement();
        } else {
            self.expected("a value");
            if kind.is_keyword() && !is_end && !self.is_statement_word() {
                self.skip_token();
            }
        }
    }

    /// A string with values in it.
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
        self.node(SyntaxKind::Hole, |p| {
            p.within(Context::STATEMENT, |p| p.bracketed(false, |p, _| p.expression()));
        });
    }

    /// `(a, b)` after a value.
    pub(super) fn arguments(&mut self) {
        self.node(SyntaxKind::Arguments, |p| {
            p.inside(false, |p| p.bracketed(false, |p, end| p.list(end, Self::expression)));
        });
    }

    fn field(&mut self) {
        self.node(SyntaxKind::Field, |p| {
            p.bump();
            if p.peek().is_word() {
                p.bump();
            } else {
                p.expected("the name of a field");
            }
        });
    }

    /// The text of a string alone, where it has to be one without values in it.
    pub(super) fn expect_text(&mut self, what: &str) {
        if self.peek() == SyntaxKind::QuoteOpen {
            self.error(codes::EXPECTED, format!("{what} has no values in it"));
            self.node(SyntaxKind::Error, Self::interpolated);
        } else if !self.eat(SyntaxKind::Text) {
            self.expected(what);
        }
    }
}
