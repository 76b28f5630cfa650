//! Functions: `x => e`, `(a, b = 1): T => e`, `async x => e`.

use syntax_tree::Parsing as _;

use super::{NONE, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// Whether a function begins here; the next token is a name or `(`.
    ///
    /// That is seen from what follows: an arrow, or a type and then an arrow.
    pub(super) fn is_lambda(&mut self) -> bool {
        let begin = self.next();
        let last = match self.kind_at(begin) {
            SyntaxKind::RoundOpen => self.partners[begin],
            _ => begin,
        };
        if last == NONE {
            return false;
        }
        let after = self.solid_or_line[last + 1];
        match self.kind_at(after) {
            SyntaxKind::Arrow => true,
            SyntaxKind::Colon => self.is_arrow_after_type(after + 1),
            _ => false,
        }
    }

    /// Whether the tokens from `begin` are a type and then an arrow. What is found out is kept, so
    /// that no token is looked at twice.
    fn is_arrow_after_type(&mut self, begin: usize) -> bool {
        let mut seen = Vec::new();
        let mut at = self.solid[begin];
        let is_arrow = loop {
            if let Some(known) = self.arrows[at] {
                break known;
            }
            seen.push(at);
            let kind = self.kind_at(at);
            let end = match kind {
                SyntaxKind::Name | SyntaxKind::NullWord => at,
                SyntaxKind::InfinityWord | SyntaxKind::NanWord => at,
                SyntaxKind::RoundOpen | SyntaxKind::CurlyOpen => self.partners[at],
                _ => break false,
            };
            if end == NONE {
                break false;
            }
            let mut after = self.solid_or_line[end + 1];
            if kind == SyntaxKind::Name && self.kind_at(after) == SyntaxKind::Less {
                let Some(end) = self.type_arguments_end(after) else { break false };
                after = self.solid_or_line[end + 1];
            }
            if self.kind_at(after) == SyntaxKind::Question {
                after = self.solid_or_line[after + 1];
            }
            match self.kind_at(after) {
                SyntaxKind::Arrow => break true,
                SyntaxKind::Pipe => at = self.solid_after(after),
                SyntaxKind::Colon if kind == SyntaxKind::RoundOpen => at = self.solid_after(after),
                _ => break false,
            }
        };
        for index in seen {
            self.arrows[index] = Some(is_arrow);
        }
        is_arrow
    }

    /// Where `<…>` ends that begins at a token; it is short.
    fn type_arguments_end(&self, open: usize) -> Option<usize> {
        const TOKENS_MAX: usize = 64;
        let mut depth = 0_usize;
        let mut at = open;
        for _ in 0..TOKENS_MAX {
            match self.kind_at(at) {
                SyntaxKind::Less => depth += 1,
                SyntaxKind::Greater if depth == 1 => return Some(at),
                SyntaxKind::Greater => depth -= 1,
                kind if kind.is_open() => at = Some(self.partners[at]).filter(|at| *at != NONE)?,
                kind if kind.is_close() => return None,
                SyntaxKind::End | SyntaxKind::Semicolon | SyntaxKind::Equal => return None,
                _ => {}
            }
            at += 1;
        }
        None
    }

    pub(super) fn lambda(&mut self) {
        self.node(SyntaxKind::Lambda, |p| {
            p.eat(SyntaxKind::AsyncWord);
            p.node(SyntaxKind::Parameters, |p| {
                if p.peek() == SyntaxKind::RoundOpen {
                    p.bracketed(false, |p, end| p.list(end, Self::parameter));
                } else {
                    p.node(SyntaxKind::Parameter, |p| {
                        p.bump();
                        if p.eat(SyntaxKind::Colon) {
                            p.skip_blanks();
                            p.type_();
                        }
                    });
                }
            });
            if p.eat(SyntaxKind::Colon) {
                p.skip_blanks();
                p.type_();
            }
            if p.expect(SyntaxKind::Arrow) {
                p.skip_blanks();
                p.expression();
            }
        });
    }

    fn parameter(&mut self) {
        self.node(SyntaxKind::Parameter, |p| {
            match p.peek() {
                SyntaxKind::Ellipsis => {
                    let message = "a function has no rest parameter";
                    p.error(codes::UNSUPPORTED, message).hint = Some("take a vector".to_owned());
                    p.skip_to_stop();
                    return;
                }
                SyntaxKind::SquareOpen | SyntaxKind::CurlyOpen => {
                    let message = "a parameter is a name";
                    p.error(codes::UNSUPPORTED, message).hint =
                        Some("take it apart in the body: `let {a, b} = r`".to_owned());
                    p.skip_to_stop();
                    return;
                }
                _ => p.expect_name("the name of a parameter"),
            }
            p.eat(SyntaxKind::Question);
            if p.eat(SyntaxKind::Colon) {
                p.skip_blanks();
                p.type_();
            }
            if p.eat(SyntaxKind::Equal) {
                p.skip_blanks();
                p.expression();
            }
        });
    }
}
