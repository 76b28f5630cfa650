//! Control: `if`, loops, `match`, `try`.

use syntax_tree::Parsing as _;

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    pub(super) fn if_(&mut self) {
        self.node(SyntaxKind::If, |p| {
            loop {
                p.bump();
                p.head_expression();
                p.opt_then();
                p.block();
                if p.peek_past_lines() != SyntaxKind::ElseWord {
                    break;
                }
                p.skip_blanks();
                p.bump();
                if p.peek() != SyntaxKind::IfWord {
                    p.block();
                    break;
                }
            }
            p.opt_ensure();
        });
    }

    /// `then` before a block, as other languages have it.
    fn opt_then(&mut self) {
        if self.is_word("then") {
            self.expected("`{`").hint = Some("write `if c { a } else { b }`".to_owned());
            self.skip_token();
        }
    }

    /// `ensure e` on the same line.
    pub(super) fn opt_ensure(&mut self) {
        if self.is_word("ensure") && self.is_value_start(self.second()) {
            self.node(SyntaxKind::Ensure, |p| {
                p.bump();
                p.simple_expression();
            });
        }
    }

    pub(super) fn while_(&mut self) {
        self.node(SyntaxKind::While, |p| {
            p.bump();
            p.head_expression();
            p.block();
        });
    }

    /// `from entry { … } until exit`
    pub(super) fn from(&mut self) {
        self.node(SyntaxKind::From, |p| {
            p.bump();
            p.head_expression();
            p.block();
            if p.is_word_past_lines("until") {
                p.skip_blanks();
            }
            if p.expect_word("until") {
                p.expression();
            }
        });
    }

    /// `for x in e { … }`
    pub(super) fn for_(&mut self) {
        self.node(SyntaxKind::For, |p| {
            p.bump();
            if p.peek() == SyntaxKind::RoundOpen {
                p.expected("a name for what the loop goes through").hint =
                    Some("write `for x in xs { … }`".to_owned());
                p.node(SyntaxKind::Error, |p| p.take_part());
                p.block();
                return;
            }
            p.expect_name("a name for what the loop goes through");
            if p.expect(SyntaxKind::InWord) {
                p.head_expression();
            } else {
                while !p.is_stop() && p.peek() != SyntaxKind::CurlyOpen {
                    p.skip_token();
                }
            }
            p.block();
        });
    }

    /// `match e { p => s … }`; in a search also `match e => s`.
    pub(super) fn match_(&mut self) {
        let checkpoint = self.checkpoint();
        self.bump();
        self.head_expression();
        if self.is_search && self.peek() == SyntaxKind::Arrow {
            self.builder.start_at(checkpoint, SyntaxKind::MatchAlternative);
            self.arrow_statement();
        } else {
            self.builder.start_at(checkpoint, SyntaxKind::Match);
            self.parts("an arm: `pattern => value`", Self::match_arm);
        }
        self.builder.finish();
    }

    fn match_arm(&mut self) {
        if !self.is_pattern_start() {
            if self.peek() == SyntaxKind::ElseWord {
                self.expected("a pattern").hint = Some("`_` takes all others".to_owned());
                self.skip_to_stop();
            }
            return;
        }
        self.node(SyntaxKind::MatchArm, |p| {
            p.pattern();
            if p.peek() == SyntaxKind::IfWord {
                p.node(SyntaxKind::Guard, |p| {
                    p.bump();
                    p.head_expression();
                });
            }
            p.arrow_statement();
            p.opt_ensure();
        });
        self.eat(SyntaxKind::Comma);
    }

    /// `=> s`, where a comma does not belong to the statement.
    pub(super) fn arrow_statement(&mut self) {
        let hint = match self.peek() {
            SyntaxKind::ArrowRight | SyntaxKind::Colon => Some("write `=>`".to_owned()),
            _ => None,
        };
        if self.peek() != SyntaxKind::Arrow {
            self.expected("`=>`").hint = hint;
            self.skip_to_stop();
            return;
        }
        self.bump();
        self.skip_blanks();
        let context = Context { has_commas: false, ..Context::STATEMENT };
        self.nested(|p| p.within(context, Self::statement));
    }

    /// `try { … } else name { … }`
    pub(super) fn try_(&mut self) {
        if self.is_try_then() {
            self.misplaced_statement();
            return;
        }
        self.node(SyntaxKind::Try, |p| {
            p.bump();
            p.block();
            p.try_else();
        });
    }

    /// Whether `try x = e then s` comes next.
    pub(super) fn is_try_then(&self) -> bool {
        let after = self.solid_after(self.next());
        self.peek() == SyntaxKind::TryWord && self.kind_at(after) != SyntaxKind::CurlyOpen
    }

    fn try_else(&mut self) {
        if self.peek_past_lines() != SyntaxKind::ElseWord {
            let is_catch = self.is_word_past_lines("catch");
            let message = "expected `else` after the block of `try`";
            let hint = if is_catch { "write `else err { … }`" } else { "add `else { … }`" };
            self.error(codes::EXPECTED, message).hint = Some(hint.to_owned());
            if is_catch {
                self.skip_blanks();
                self.skip_token();
                self.skip_to_stop();
            }
            return;
        }
        self.skip_blanks();
        self.bump();
        self.eat(SyntaxKind::Name);
        self.block();
    }

    /// `try x = e then s`
    pub(super) fn try_then(&mut self) {
        self.node(SyntaxKind::TryThen, |p| {
            p.bump();
            if p.peek() == SyntaxKind::Name && p.peek_second() == SyntaxKind::Equal {
                p.bump();
                p.bump();
                p.skip_blanks();
            }
            p.expression();
            if p.is_word_past_lines("then") {
                p.skip_blanks();
            }
            if p.expect_word("then") {
                p.skip_blanks();
                p.nested(Self::statement);
            } else {
                p.hint(Some("write `try { … } else { … }`, or `try e then …`".to_owned()));
                p.skip_to_stop();
            }
        });
    }
}
