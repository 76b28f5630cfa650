//! Definitions: which one begins, and those of no other file.

use syntax_tree::Parsing as _;

use super::expression::Level;
use super::{Context, Parser};
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// A definition, if its word comes next.
    pub(super) fn opt_item(&mut self) -> bool {
        let second = self.second();
        let third = self.kind_at(self.after(second));
        let parse = match self.text_at(self.next()) {
            "test" if matches!(self.kind_at(second), SyntaxKind::Text | SyntaxKind::QuoteOpen) => {
                Self::test
            }
            _ if !self.is_name_next() => return false,
            "test" if third == SyntaxKind::CurlyOpen => Self::test,
            "use" => Self::use_,
            "type" if matches!(third, SyntaxKind::Equal | SyntaxKind::Less) => {
                Self::type_definition
            }
            "relation" => Self::relation,
            "index" => Self::index,
            "view" => Self::view,
            "rule" => Self::rule,
            "transform" => Self::transform,
            "space" => Self::space,
            "contract" => Self::contract,
            "on" => Self::handler,
            "solve" => Self::solve,
            _ => return false,
        };
        parse(self);
        true
    }

    /// `use Lib at T as L`
    fn use_(&mut self) {
        self.node(SyntaxKind::Use, |p| {
            p.bump();
            p.path("a library");
            if p.eat_word("at") {
                let context = Context { has_clauses: false, has_commas: false, ..p.context };
                p.within(context, |p| p.nested(|p| p.operators(Level::Range)));
            }
            if p.eat_word("as") {
                p.expect_name("a name");
            }
        });
    }

    /// `type T = …`
    fn type_definition(&mut self) {
        self.node(SyntaxKind::TypeDefinition, |p| {
            p.bump();
            p.expect_name("the name of the type");
            p.opt_generics();
            if !p.expect(SyntaxKind::Equal) {
                p.skip_to_stop();
                return;
            }
            if p.is_variants() {
                p.variants();
            } else {
                p.skip_blanks();
                p.type_();
            }
        });
    }

    /// `<A, B>`
    pub(super) fn opt_generics(&mut self) {
        if self.peek() != SyntaxKind::Less {
            return;
        }
        self.node(SyntaxKind::Generics, |p| {
            p.bump();
            loop {
                p.expect_name("the name of a type");
                if !p.eat(SyntaxKind::Comma) {
                    break;
                }
            }
            p.expect(SyntaxKind::Greater);
        });
    }

    /// Whether what follows are the cases of a union: a name with parentheses, or with `|` behind.
    fn is_variants(&self) -> bool {
        let first = self.solid[self.at];
        if self.kind_at(first) == SyntaxKind::Pipe {
            return true;
        }
        let after = self.solid_after(first);
        self.kind_at(first) == SyntaxKind::Name
            && (self.kind_at(after) == SyntaxKind::Pipe
                || self.kind_at(self.after(first)) == SyntaxKind::RoundOpen)
    }

    fn variants(&mut self) {
        self.skip_blanks();
        self.eat(SyntaxKind::Pipe);
        loop {
            self.skip_blanks();
            self.node(SyntaxKind::Variant, |p| {
                p.expect_name("the name of a case");
                if p.peek() == SyntaxKind::RoundOpen {
                    p.fields(Self::variant_field);
                }
            });
            if self.peek_past_lines() != SyntaxKind::Pipe {
                return;
            }
            self.skip_blanks();
            self.bump();
        }
    }

    fn variant_field(&mut self) {
        self.node(SyntaxKind::VariantField, |p| {
            if p.peek().is_word() && p.peek_second() == SyntaxKind::Colon {
                p.bump();
                p.bump();
                p.skip_blanks();
            }
            p.type_();
        });
    }

    /// `space Name { … }`
    fn space(&mut self) {
        self.node(SyntaxKind::Space, |p| {
            p.bump();
            p.expect_name("the name of the space");
            p.block();
        });
    }

    /// `contract Name { invariant: … on_violation: { … } }`
    fn contract(&mut self) {
        self.node(SyntaxKind::Contract, |p| {
            p.bump();
            p.expect_name("the name of the contract");
            p.parts("`invariant:` or `on_violation:`", Self::contract_part);
        });
    }

    fn contract_part(&mut self) {
        let kind = match self.text_at(self.next()) {
            "invariant" if self.is_label() => SyntaxKind::Invariant,
            "on_violation" if self.is_label() => SyntaxKind::Violation,
            _ => {
                self.expected("`invariant:` or `on_violation:`").hint =
                    self.meant_of(&["invariant", "on_violation"]);
                return;
            }
        };
        self.node(kind, |p| {
            p.bump();
            p.bump();
            p.skip_blanks();
            if kind == SyntaxKind::Violation {
                p.statement();
            } else {
                p.expression();
            }
        });
    }

    /// `on Event(a, b) { … }`
    fn handler(&mut self) {
        self.node(SyntaxKind::Handler, |p| {
            p.bump();
            p.path("an event");
            if p.peek() == SyntaxKind::RoundOpen {
                p.parameters();
            }
            p.block();
        });
    }

    /// `test "name" { … }`
    fn test(&mut self) {
        self.node(SyntaxKind::Test, |p| {
            p.bump();
            p.expect_text("a string with the name of the test");
            if p.peek() == SyntaxKind::Name {
                p.skip_token();
            }
            p.block();
        });
    }
}
