//! Operators. Those of one level stand in one node with all their operands, so that a long sum is
//! no deep tree.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::codes;
use crate::syntax::kind::SyntaxKind;

/// How strongly an operator binds; a range least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Range,
    Or,
    And,
    Comparison,
    Edge,
    Sum,
    Product,
    Unary,
}

impl Level {
    fn of(kind: SyntaxKind) -> Option<Self> {
        Some(match kind {
            SyntaxKind::DotDot | SyntaxKind::DotDotEqual => Self::Range,
            SyntaxKind::Or => Self::Or,
            SyntaxKind::And => Self::And,
            SyntaxKind::EqualEqual
            | SyntaxKind::BangEqual
            | SyntaxKind::Less
            | SyntaxKind::LessEqual
            | SyntaxKind::Greater
            | SyntaxKind::GreaterEqual => Self::Comparison,
            SyntaxKind::EdgeTo | SyntaxKind::EdgeBoth => Self::Edge,
            SyntaxKind::Plus | SyntaxKind::Minus => Self::Sum,
            SyntaxKind::Star | SyntaxKind::Slash | SyntaxKind::Percent => Self::Product,
            _ => return None,
        })
    }

    fn next(self) -> Self {
        match self {
            Self::Range => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Comparison,
            Self::Comparison => Self::Edge,
            Self::Edge => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product | Self::Unary => Self::Unary,
        }
    }

    fn has_chains(self) -> bool {
        !matches!(self, Self::Range | Self::Comparison | Self::Edge)
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Range => "ranges",
            Self::Edge => "edges",
            _ => "comparisons",
        }
    }
}

impl Parser<'_> {
    /// A value. If none begins here, that is said, and nothing is taken.
    pub(super) fn expression(&mut self) {
        if self.is_statement_word() {
            self.nested(Self::misplaced_statement);
            return;
        }
        let checkpoint = self.checkpoint();
        self.bare_expression();
        self.misplaced_assignment(checkpoint);
    }

    /// A value, after which `=` may follow.
    pub(super) fn bare_expression(&mut self) {
        self.nested(|p| p.operators(Level::Range));
    }

    /// A bound of a slice: a value that is no range.
    pub(super) fn bound(&mut self) {
        self.nested(|p| p.operators(Level::Or));
    }

    /// What follows the colon of an edge.
    fn metadata(&mut self) {
        self.nested(|p| p.operators(Level::Sum));
    }

    /// Operands with operators that bind at least as strongly as `least`.
    fn operators(&mut self, least: Level) {
        let checkpoint = self.checkpoint();
        let begin = self.next();
        self.unary();
        if self.next() == begin {
            return;
        }
        while let Some(level) = Level::of(self.peek()).filter(|level| *level >= least) {
            let kind = if level == Level::Edge { SyntaxKind::Edge } else { SyntaxKind::Binary };
            self.builder.start_at(checkpoint, kind);
            let mut count = 0;
            while Level::of(self.peek()) == Some(level) {
                if count == 1 && !level.has_chains() {
                    self.chained(level);
                }
                self.bump();
                self.skip_blanks();
                self.operators(level.next());
                count += 1;
            }
            if level == Level::Edge && self.eat(SyntaxKind::Colon) {
                self.skip_blanks();
                self.metadata();
            }
            self.builder.finish();
        }
    }

    fn chained(&mut self, level: Level) {
        let operator = self.text_at(self.next());
        let message = format!("{} do not chain: a second `{operator}`", level.plural());
        let hint = match level {
            Level::Comparison => "write `a < b && b < c`, or use parentheses",
            _ => "use parentheses",
        };
        self.error(codes::CHAINED, message).hint = Some(hint.to_owned());
    }

    /// `-x`, `!x`, `await x`, or a power.
    fn unary(&mut self) {
        if !is_prefix(self.peek()) {
            self.power();
            return;
        }
        self.node(SyntaxKind::Unary, |p| {
            while is_prefix(p.peek()) {
                p.bump();
                p.skip_blanks();
            }
            p.power();
        });
    }

    /// `a ^ b ^ c`, where an exponent may have a sign.
    fn power(&mut self) {
        let checkpoint = self.checkpoint();
        self.chain();
        if self.peek() != SyntaxKind::Caret {
            return;
        }
        self.builder.start_at(checkpoint, SyntaxKind::Binary);
        while self.eat(SyntaxKind::Caret) {
            self.skip_blanks();
            if is_prefix(self.peek()) {
                // The sign is that of the whole power which follows.
                self.nested(Self::unary);
            } else {
                self.chain();
            }
        }
        self.builder.finish();
    }

    /// Whether a value begins here.
    pub(super) fn is_expression_start(&self) -> bool {
        let kind = self.peek();
        is_prefix(kind)
            || matches!(
                kind,
                SyntaxKind::Number
                    | SyntaxKind::Imaginary
                    | SyntaxKind::Text
                    | SyntaxKind::QuoteOpen
                    | SyntaxKind::Name
                    | SyntaxKind::RoundOpen
                    | SyntaxKind::SquareOpen
                    | SyntaxKind::CurlyOpen
                    | SyntaxKind::SelfWord
                    | SyntaxKind::RecWord
                    | SyntaxKind::TrueWord
                    | SyntaxKind::FalseWord
                    | SyntaxKind::NullWord
                    | SyntaxKind::InfinityWord
                    | SyntaxKind::NanWord
                    | SyntaxKind::IfWord
                    | SyntaxKind::WhileWord
                    | SyntaxKind::ForWord
                    | SyntaxKind::TryWord
                    | SyntaxKind::MatchWord
                    | SyntaxKind::DoWord
                    | SyntaxKind::GenerateWord
                    | SyntaxKind::AsyncWord
            )
    }
}

fn is_prefix(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::Minus | SyntaxKind::Bang | SyntaxKind::AwaitWord)
}
