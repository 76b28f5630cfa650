//! Operators. Those of one level stand in one node with all their operands, so that a long sum is
//! no deep tree.

use syntax_tree::Parsing as _;

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

/// How strongly an operator binds; a pipe least (decision 0015).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Pipe,
    Or,
    And,
    Not,
    Comparison,
    Coalesce,
    At,
    Range,
    Concat,
    Sum,
    Product,
    Unary,
}

impl Level {
    fn next(self) -> Self {
        match self {
            Self::Pipe => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Comparison,
            Self::Comparison => Self::Coalesce,
            Self::Coalesce => Self::At,
            Self::At => Self::Range,
            Self::Range => Self::Concat,
            Self::Concat => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product | Self::Unary => Self::Unary,
        }
    }

    fn has_chains(self) -> bool {
        !matches!(self, Self::Range | Self::Comparison | Self::At)
    }
}

impl Parser<'_> {
    /// A value. If none begins here, that is said, and nothing is taken.
    pub(super) fn expression(&mut self) {
        if self.is_statement_word() {
            self.nested(Self::misplaced_statement);
            return;
        }
        self.nested(|p| {
            let is_statement = p.next() == p.statement;
            p.bare_expression();
            p.misplaced_equal(is_statement);
        });
    }

    /// A value that is no query and has no `for all` behind it.
    pub(super) fn simple_expression(&mut self) {
        let context = Context { has_clauses: false, has_commas: false, ..self.context };
        self.within(context, Self::expression);
    }

    /// A value before a brace or arrow that is not its own.
    pub(super) fn head_expression(&mut self) {
        let context = Context { has_lambdas: false, ..self.context };
        self.within(context, Self::expression);
    }

    /// A value, with what makes a query of it.
    fn bare_expression(&mut self) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        self.operators(Level::Pipe);
        if self.next() != begin && self.context.has_clauses {
            self.opt_clauses(checkpoint);
            self.opt_for_all(checkpoint);
        }
    }

    fn level(&self, index: usize) -> Option<Level> {
        Some(match self.kind_at(index) {
            SyntaxKind::PipeTo => Level::Pipe,
            SyntaxKind::OrWord => Level::Or,
            SyntaxKind::AndWord => Level::And,
            SyntaxKind::Equal if self.context.has_equals => Level::Comparison,
            SyntaxKind::EqualEqual
            | SyntaxKind::BangEqual
            | SyntaxKind::Less
            | SyntaxKind::LessEqual
            | SyntaxKind::Greater
            | SyntaxKind::GreaterEqual => Level::Comparison,
            SyntaxKind::Coalesce => Level::Coalesce,
            SyntaxKind::Name if self.context.has_at && self.is_at(index) => Level::At,
            SyntaxKind::DotDot => Level::Range,
            SyntaxKind::PlusPlus => Level::Concat,
            SyntaxKind::Plus | SyntaxKind::Minus | SyntaxKind::XorWord => Level::Sum,
            SyntaxKind::Star | SyntaxKind::Slash | SyntaxKind::Percent => Level::Product,
            _ => return None,
        })
    }

    /// Whether the word `at` stands there, with a moment behind it.
    fn is_at(&self, index: usize) -> bool {
        self.text_at(index) == "at" && self.is_value_start(self.after(index))
    }

    /// The next token that counts, or the first of the next line if that goes on with this one.
    pub(super) fn onward(&self) -> usize {
        let next = self.next();
        if self.kind_at(next) != SyntaxKind::Newline {
            return next;
        }
        let first = self.solid[next];
        if self.is_continuation(first) { first } else { next }
    }

    /// Takes what stands before the token that [`Self::onward`] finds.
    pub(super) fn go_onward(&mut self) {
        let next = self.onward();
        self.take_until(next);
    }

    /// Whether a line that begins with a token can only be the rest of the one before it.
    fn is_continuation(&self, index: usize) -> bool {
        match self.kind_at(index) {
            SyntaxKind::Dot => self.is_field_dot(index),
            SyntaxKind::QuestionDot
            | SyntaxKind::PipeTo
            | SyntaxKind::Coalesce
            | SyntaxKind::PlusPlus
            | SyntaxKind::AndWord
            | SyntaxKind::OrWord => true,
            _ => self.context.has_clauses && self.is_clause_line(index),
        }
    }

    /// Operands with operators that bind at least as strongly as `least`.
    pub(super) fn operators(&mut self, least: Level) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        if least <= Level::Not && self.peek() == SyntaxKind::NotWord {
            self.node(SyntaxKind::Unary, |p| {
                p.prefixes(&[SyntaxKind::NotWord]);
                p.operators(Level::Comparison);
            });
        } else {
            self.unary();
        }
        if self.next() == begin {
            return;
        }
        while let Some(level) = self.level(self.onward()).filter(|level| *level >= least) {
            let kind = if level == Level::At { SyntaxKind::At } else { SyntaxKind::Binary };
            self.builder.start_at(checkpoint, kind);
            let mut count = 0;
            while self.level(self.onward()) == Some(level) {
                self.go_onward();
                if count == 1 && !level.has_chains() {
                    self.chained(level);
                }
                self.bump();
                self.skip_blanks();
                self.operators(level.next());
                count += 1;
            }
            self.builder.finish();
        }
    }

    fn chained(&mut self, level: Level) {
        let operator = self.text_at(self.next());
        let (what, hint) = match level {
            Level::Comparison => ("comparisons do", "write `a < b and b < c`"),
            Level::At => ("`at` does", "use parentheses: `(x at T) - (x at U)`"),
            _ => ("ranges do", "use parentheses"),
        };
        let message = format!("{what} not chain: a second `{operator}`");
        self.error(codes::CHAINED, message).hint = Some(hint.to_owned());
    }

    /// `-x`, `!x`, `not x`.
    fn unary(&mut self) {
        const PREFIXES: &[SyntaxKind] = &[SyntaxKind::Minus, SyntaxKind::Bang, SyntaxKind::NotWord];
        if !PREFIXES.contains(&self.peek()) {
            self.chain();
            return;
        }
        self.node(SyntaxKind::Unary, |p| {
            p.prefixes(PREFIXES);
            p.chain();
        });
    }

    fn prefixes(&mut self, kinds: &[SyntaxKind]) {
        while kinds.contains(&self.peek()) {
            self.bump();
            self.skip_blanks();
        }
    }

    /// Whether a value begins at a token.
    pub(super) fn is_value_start(&self, index: usize) -> bool {
        matches!(
            self.kind_at(index),
            SyntaxKind::Int
                | SyntaxKind::Float
                | SyntaxKind::Decimal
                | SyntaxKind::Duration
                | SyntaxKind::Text
                | SyntaxKind::Bytes
                | SyntaxKind::QuoteOpen
                | SyntaxKind::Name
                | SyntaxKind::RoundOpen
                | SyntaxKind::SquareOpen
                | SyntaxKind::CurlyOpen
                | SyntaxKind::Minus
                | SyntaxKind::Bang
                | SyntaxKind::Tilde
                | SyntaxKind::TrueWord
                | SyntaxKind::FalseWord
                | SyntaxKind::NoneWord
                | SyntaxKind::NotWord
                | SyntaxKind::IfWord
                | SyntaxKind::ForWord
                | SyntaxKind::MatchWord
                | SyntaxKind::TryWord
                | SyntaxKind::ExistsWord
        )
    }
}
