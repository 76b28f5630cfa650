//! Conditions, loops, `try` and `match`.

use super::Parser;
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
        self.parenthesised("the condition", Self::expression);
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
            self.parenthesised("the condition", Self::expression);
            self.block();
        }
        self.misspelt(SyntaxKind::ElseWord);
        self.builder.finish();
    }

    /// Whether the parentheses that come next hold a comma of their own.
    fn is_conditional(&self) -> bool {
        let open = self.next();
        let close = self.partners[open];
        let mut at = open + 1;
        while at < close.min(self.tokens.len()) {
            match self.kind_at(at) {
                // One at the end separates nothing.
                SyntaxKind::Comma => {
                    return (at + 1..close).any(|at| !self.kind_at(at).is_trivia());
                }
                kind if kind.is_open() && self.partners[at] < close => at = self.partners[at],
                _ => {}
            }
            at += 1;
        }
        false
    }

    /// A block follows a name that may be meant to be `word`.
    fn misspelt(&mut self, word: SyntaxKind) {
        let text = word.text().unwrap_or_default();
        let is_near = self.peek() == SyntaxKind::Name
            && matches!(self.peek_second(), SyntaxKind::CurlyOpen | SyntaxKind::RoundOpen)
            && source::nearest(self.text_at(self.next()), [text]).is_some();
        if is_near {
            self.expected(&format!("`{text}`")).hint = Some(format!("did you mean `{text}`?"));
            self.skip_token();
            if self.peek() == SyntaxKind::RoundOpen {
                self.skip_token();
                self.skip_to_stop();
            } else {
                self.block();
            }
        }
    }

    /// `( … )`, whose parentheses may be missing, which is said.
    fn parenthesised(&mut self, what: &str, inside: impl FnOnce(&mut Self)) {
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
        self.error(codes::PARENTHESES, message);
        inside(self);
    }

    pub(super) fn while_(&mut self) {
        self.node(SyntaxKind::While, |p| {
            p.bump();
            p.parenthesised("the condition", Self::expression);
            p.block();
        });
    }

    pub(super) fn for_(&mut self) {
        self.node(SyntaxKind::For, |p| {
            p.bump();
            p.parenthesised("what the loop goes through", |p| {
                p.expect_name("the name of the loop's variable");
                if !p.expect(SyntaxKind::InWord) && p.peek() == SyntaxKind::Name {
                    p.skip_token();
                }
                p.expression();
            });
            p.block();
        });
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
            p.parenthesised("the name of the error", |p| p.expect_name("a name for the error"));
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
                p.expected("`{` and the arms of the match");
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
                    p.parenthesised("the condition", Self::expression);
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
