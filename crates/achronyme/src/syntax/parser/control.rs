//! Conditions, loops, `try` and `match`.

use syntax_tree::Parsing as _;

use super::{NONE, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// `if (c) {…} else …`, or `if(c, a, b)`.
    pub(super) fn if_(&mut self) {
        let checkpoint = self.checkpoint();
        self.bump();
        if self.peek_past_lines() == SyntaxKind::RoundOpen {
            self.skip_blanks();
            if self.is_conditional() {
                self.builder.start_at(checkpoint, SyntaxKind::Conditional);
                self.arguments();
                self.builder.finish();
                return;
            }
        }
        self.builder.start_at(checkpoint, SyntaxKind::If);
        self.parenthesised("the condition", "if (…) { … }", Self::expression);
        self.block();
        while self.peek_past_lines() == SyntaxKind::ElseWord {
            self.skip_blanks();
            self.bump();
            if self.peek_past_lines() != SyntaxKind::IfWord {
                self.block();
                break;
            }
            self.skip_blanks();
            self.bump();
            self.parenthesised("the condition", "if (…) { … }", Self::expression);
            self.block();
        }
        self.misspelt(SyntaxKind::ElseWord);
        self.builder.finish();
    }

    /// Whether the parentheses that come next hold a comma of their own.
    fn is_conditional(&self) -> bool {
        let close = self.partners[self.next()];
        // One at the end separates nothing.
        let comma = self.own(SyntaxKind::Comma);
        comma.is_some_and(|at| (at + 1..close).any(|at| !self.kind_at(at).is_trivia()))
    }

    /// The first token of a kind in the brackets that come next, and in none inside of them. `None` if
    /// they are not closed.
    fn own(&self, wanted: SyntaxKind) -> Option<usize> {
        let open = self.next();
        let close = self.partners[open];
        if close == NONE {
            return None;
        }
        let mut at = open + 1;
        while at < close {
            match self.kind_at(at) {
                kind if kind == wanted => return Some(at),
                kind if kind.is_open() && self.partners[at] < close => at = self.partners[at],
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// A block follows a name that may be meant to be `word`.
    fn misspelt(&mut self, word: SyntaxKind) {
        let text = word.text().unwrap_or_default();
        let is_near = self.peek() == SyntaxKind::Name
            && matches!(self.peek_second(), SyntaxKind::CurlyOpen | SyntaxKind::RoundOpen)
            && source::nearest(self.text_at(self.next()), [text]).is_some();
        if is_near {
            let advice = self.foreign_word(self.next()).map(str::to_owned);
            self.expected(&format!("`{text}`")).hint =
                advice.or_else(|| Some(format!("did you mean `{text}`?")));
            self.skip_token();
            if self.peek() == SyntaxKind::RoundOpen {
                self.skip_token();
                self.skip_to_stop();
            } else {
                self.block();
            }
        }
    }

    /// `( … )`, whose parentheses may be missing, which is said, and how it is written.
    fn parenthesised(&mut self, what: &str, how: &str, inside: impl FnOnce(&mut Self)) {
        if self.peek_past_lines() == SyntaxKind::RoundOpen {
            self.skip_blanks();
            self.bracketed(false, |p, _| inside(p));
            return;
        }
        if self.peek_past_lines() == SyntaxKind::CurlyOpen {
            self.expected(&format!("{what} in parentheses"));
            return;
        }
        let message = format!("{what} stands in parentheses");
        self.error(codes::PARENTHESES, message).hint = Some(format!("write `{how}`"));
        inside(self);
    }

    pub(super) fn while_(&mut self) {
        self.node(SyntaxKind::While, |p| {
            p.bump();
            p.parenthesised("the condition", "while (…) { … }", Self::expression);
            p.block();
        });
    }

    pub(super) fn for_(&mut self) {
        self.node(SyntaxKind::For, |p| {
            p.bump();
            if p.peek() == SyntaxKind::RoundOpen && p.own(SyntaxKind::Semicolon).is_some() {
                let message = "a loop goes through values, and has no counter";
                p.error(codes::EXPECTED, message).hint =
                    Some("write `for (i in 0..10) { … }`".to_owned());
                let close = p.partners[p.next()];
                p.node(SyntaxKind::Error, |p| p.take_until(close + 1));
            } else {
                p.parenthesised(
                    "what the loop goes through",
                    "for (x in v) { … }",
                    Self::loop_variable,
                );
            }
            p.block();
        });
    }

    /// `x in v`
    fn loop_variable(&mut self) {
        self.expect_name("the name of the loop's variable");
        if self.peek() != SyntaxKind::InWord && self.is_line_told() {
            self.skip_statement();
            return;
        }
        let hint = self.foreign_loop();
        if self.expect(SyntaxKind::InWord) {
            self.expression();
        } else if hint.is_some() {
            self.hint(hint.map(str::to_owned));
            self.skip_statement();
        } else {
            if self.peek() == SyntaxKind::Name {
                self.skip_token();
            }
            self.expression();
        }
    }

    pub(super) fn try_(&mut self) {
        self.node(SyntaxKind::Try, |p| {
            p.bump();
            p.block();
            if p.peek_past_lines() == SyntaxKind::CatchWord {
                p.skip_blanks();
            } else {
                p.misspelt(SyntaxKind::CatchWord);
                if p.builder.last_kind() != Some(SyntaxKind::Block) || !p.is_caught() {
                    return;
                }
            }
            if !p.eat(SyntaxKind::CatchWord) {
                return;
            }
            p.parenthesised("the name of the error", "catch (e) { … }", |p| {
                p.expect_name("a name for the error");
            });
            p.block();
        });
    }

    /// Whether `catch` comes next; that it does not is said, unless something is said already.
    fn is_caught(&mut self) -> bool {
        let is_caught = self.peek() == SyntaxKind::CatchWord;
        let start = self.span_at(self.next()).start;
        if !is_caught && self.diagnostics.last().is_none_or(|last| last.span.start != start) {
            self.expected("`catch (e) { … }` after the block of `try`");
        }
        is_caught
    }

    pub(super) fn match_(&mut self) {
        self.node(SyntaxKind::Match, |p| {
            p.bump();
            p.expression();
            if p.peek_past_lines() != SyntaxKind::CurlyOpen {
                p.block_without_braces();
                return;
            }
            p.skip_blanks();
            p.node(SyntaxKind::MatchArms, |p| {
                let open = p.next();
                let mut is_empty = true;
                p.bracketed(false, |p, end| {
                    p.list(end, |p| {
                        is_empty = false;
                        p.match_arm();
                    });
                });
                if is_empty {
                    p.error_at(open, codes::EXPECTED, "expected an arm: `pattern => value`");
                }
            });
        });
    }

    fn match_arm(&mut self) {
        self.node(SyntaxKind::MatchArm, |p| {
            p.pattern();
            if p.peek() == SyntaxKind::IfWord {
                p.node(SyntaxKind::Guard, |p| {
                    p.bump();
                    p.parenthesised("the condition", "pattern if (…) => value", Self::expression);
                });
            }
            if p.expect(SyntaxKind::Arrow) {
                p.skip_blanks();
                p.expression();
            } else {
                p.skip_to_stop();
            }
        });
    }
}
