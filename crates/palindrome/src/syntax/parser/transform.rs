//! Transforms and the parts of their bodies.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// `transform query f<T>(x: T) -> T <-> g { … }` or `transform migrate A <-> B { … }`
    pub(super) fn transform(&mut self) {
        let second = self.second();
        let third = self.after(second);
        if self.is_word_at(second, "migrate") && self.kind_at(third) == SyntaxKind::Name {
            return self.migrate();
        }
        self.node(SyntaxKind::Transform, |p| {
            p.bump();
            if p.is_word("query") && p.peek_second() == SyntaxKind::Name {
                p.bump();
            }
            p.expect_name("the name of the transform");
            p.opt_generics();
            p.signature();
            if p.eat(SyntaxKind::Both) {
                p.expect_name("the name of the inverse, or `same`");
            }
            p.transform_body();
        });
    }

    /// `(a: T) -> U`
    pub(super) fn signature(&mut self) {
        if self.peek() == SyntaxKind::RoundOpen {
            self.parameters();
        } else {
            self.expected("`(`");
        }
        if self.eat(SyntaxKind::ArrowRight) {
            self.skip_blanks();
            self.type_();
        }
    }

    pub(super) fn parameters(&mut self) {
        self.node(SyntaxKind::Parameters, |p| {
            p.bracketed(false, |p, end| {
                p.list(end, |p| {
                    p.node(SyntaxKind::Parameter, |p| {
                        p.expect_name("the name of a parameter");
                        if p.eat(SyntaxKind::Colon) {
                            p.skip_blanks();
                            p.type_();
                        }
                    });
                });
            });
        });
    }

    /// Statements in braces, or what is done forward and backward.
    fn transform_body(&mut self) {
        let open = self.solid[self.at];
        let first = self.solid_after(open);
        let is_label = self.kind_at(self.solid_after(first)) == SyntaxKind::Colon;
        let is_direction = ["forward", "backward"].contains(&self.text_at(first));
        if self.kind_at(open) == SyntaxKind::CurlyOpen && is_label && is_direction {
            self.directions(false);
        } else {
            self.block();
        }
    }

    fn directions(&mut self, is_migration: bool) {
        self.skip_blanks();
        self.node(SyntaxKind::Directions, |p| {
            p.parts("`forward:` or `backward:`", |p| p.direction(is_migration));
        });
    }

    fn direction(&mut self, is_migration: bool) {
        if !self.is_label() || !(self.is_word("forward") || self.is_word("backward")) {
            return;
        }
        self.node(SyntaxKind::Direction, |p| {
            p.bump();
            p.bump();
            p.skip_blanks();
            if is_migration && p.peek() == SyntaxKind::CurlyOpen && p.is_lens() {
                p.lens();
            } else {
                p.statement();
            }
        });
    }

    /// `transform migrate A <-> B { … }`
    fn migrate(&mut self) {
        self.node(SyntaxKind::Migrate, |p| {
            p.bump();
            p.bump();
            p.path("the relation as it was");
            if p.expect(SyntaxKind::Both) {
                p.path("the relation as it becomes");
            } else {
                p.skip_to_stop();
            }
            if p.peek_past_lines() == SyntaxKind::CurlyOpen {
                p.directions(true);
            } else {
                p.expected("`{`");
            }
        });
    }

    /// Whether an arrow follows the braces that come next.
    fn is_lens(&self) -> bool {
        let close = self.partners[self.next()];
        close != syntax_tree::NONE && self.kind_at(self.after(close)) == SyntaxKind::ArrowRight
    }

    /// `{balance: Int} -> {balance: Decimal}`
    fn lens(&mut self) {
        self.node(SyntaxKind::Lens, |p| {
            p.lens_record();
            p.bump();
            p.skip_blanks();
            if p.peek() == SyntaxKind::CurlyOpen {
                p.lens_record();
            } else {
                p.expected("`{`");
            }
        });
    }

    fn lens_record(&mut self) {
        self.node(SyntaxKind::LensRecord, |p| {
            p.inside(false, |p| p.bracketed(false, |p, end| p.list(end, Self::lens_field)));
        });
    }

    /// `balance: T = e` or `balance: e`
    fn lens_field(&mut self) {
        self.node(SyntaxKind::LensField, |p| {
            p.expect_name("the name of a field");
            if !p.expect(SyntaxKind::Colon) {
                p.skip_to_stop();
                return;
            }
            if !p.is_type() {
                p.expression();
                return;
            }
            p.type_();
            if p.eat(SyntaxKind::Equal) {
                p.expression();
            }
        });
    }

    /// Whether what comes next in a lens is a type, and no value.
    fn is_type(&self) -> bool {
        let next = self.next();
        match self.kind_at(next) {
            SyntaxKind::SquareOpen | SyntaxKind::CurlyOpen => true,
            SyntaxKind::Name => {
                let after = self.kind_at(self.after(next));
                after.is_close()
                    || matches!(
                        after,
                        SyntaxKind::Comma
                            | SyntaxKind::Question
                            | SyntaxKind::Equal
                            | SyntaxKind::Less
                    )
            }
            _ => false,
        }
    }
}
