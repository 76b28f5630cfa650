//! Relations, indexes, views and rules.

use syntax_tree::Parsing as _;

use super::{Context, Parser};
use crate::codes;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// `relation Person(id: Int key, name: String) <-> PersonHistory {}`
    pub(super) fn relation(&mut self) {
        self.node(SyntaxKind::Relation, |p| {
            p.bump();
            p.expect_name("the name of the relation");
            if p.peek() == SyntaxKind::RoundOpen {
                p.fields(Self::relation_field);
            } else {
                p.expected("`(`").hint =
                    Some("write `relation R(id: Int key, name: String)`".to_owned());
                p.skip_to_stop();
            }
            if p.eat(SyntaxKind::Both) {
                p.expect_name("the name of the history");
            }
            if p.peek() == SyntaxKind::CurlyOpen {
                p.node(SyntaxKind::Block, |p| {
                    p.parts("`}`, as fields stand in the parentheses", |_| ());
                });
            }
        });
    }

    /// `(…)` of a relation, a case or its pattern.
    pub(super) fn fields(&mut self, field: impl FnMut(&mut Self)) {
        self.node(SyntaxKind::Fields, |p| {
            p.inside(false, |p| p.bracketed(false, |p, end| p.list(end, field)));
        });
    }

    /// `age: Int unique references Other.field = 0`
    fn relation_field(&mut self) {
        self.node(SyntaxKind::RelationField, |p| {
            p.expect_name("the name of a field");
            if !p.expect(SyntaxKind::Colon) {
                p.skip_to_stop();
                return;
            }
            p.type_();
            let mut seen = Vec::new();
            while p.peek() == SyntaxKind::Name || p.peek() == SyntaxKind::Equal {
                let word = p.text_at(p.next());
                if seen.contains(&word) {
                    p.error(codes::TWICE, format!("a second `{word}`"));
                }
                seen.push(word);
                match word {
                    "=" => {
                        p.bump();
                        p.expression();
                    }
                    "key" | "unique" => p.bump(),
                    "references" => p.node(SyntaxKind::References, |p| {
                        p.bump();
                        p.path("a relation");
                    }),
                    _ => {
                        p.expected("`key`, `unique`, `references`, `=` or `,`").hint =
                            p.meant_of(&["key", "unique", "references"]);
                        p.skip_to_stop();
                        return;
                    }
                }
            }
        });
    }

    /// `index Person by age, name using btree`
    pub(super) fn index(&mut self) {
        self.node(SyntaxKind::IndexDefinition, |p| {
            p.bump();
            p.path("a relation");
            if !p.expect_word("by") {
                p.skip_to_stop();
                return;
            }
            loop {
                p.simple_expression();
                if !p.eat(SyntaxKind::Comma) {
                    break;
                }
                p.skip_blanks();
            }
            if p.eat_word("using") {
                p.expect_name("`btree`, `hash`, `bitmap` or `fulltext`");
            }
        });
    }

    /// `view Adults = Q`
    pub(super) fn view(&mut self) {
        self.node(SyntaxKind::View, |p| {
            p.bump();
            p.expect_name("the name of the view");
            if p.expect(SyntaxKind::Equal) {
                p.skip_blanks();
                p.expression();
            } else {
                p.skip_to_stop();
            }
        });
    }

    /// `rule head(a, b) :- goal(a, c), goal(c, b).`
    pub(super) fn rule(&mut self) {
        self.node(SyntaxKind::Rule, |p| {
            p.bump();
            let context = Context {
                has_equals: true,
                has_clauses: false,
                has_commas: false,
                ..Context::STATEMENT
            };
            p.within(context, |p| {
                p.path("the name of the rule");
                if p.peek() == SyntaxKind::RoundOpen {
                    p.arguments();
                } else {
                    p.expected("`(`").hint = Some("write `rule p(a) :- q(a).`".to_owned());
                }
                if p.eat(SyntaxKind::Entails) {
                    p.goals();
                }
            });
            if !p.eat(SyntaxKind::Dot) {
                if p.is_stop() {
                    let end = p.error(codes::RULE_END, "the rule does not end with a dot");
                    end.hint = Some("write `rule p(a) :- q(a).`".to_owned());
                } else {
                    p.expected("`,` or the dot that ends the rule");
                    p.skip_to_rule_end();
                }
            }
        });
    }

    fn goals(&mut self) {
        loop {
            self.skip_blanks();
            self.expression();
            if !self.eat(SyntaxKind::Comma) {
                return;
            }
        }
    }

    /// The rest of a rule that is not understood.
    fn skip_to_rule_end(&mut self) {
        let ends = [SyntaxKind::Newline, SyntaxKind::Semicolon, SyntaxKind::End];
        self.node(SyntaxKind::Error, |p| {
            while !ends.contains(&p.peek()) && !p.peek().is_close() {
                p.take_part();
            }
        });
    }

    /// Which of some words the next one may have meant.
    pub(super) fn meant_of(&self, words: &[&'static str]) -> Option<String> {
        let word = self.text_at(self.next());
        source::nearest(word, words.iter().copied()).map(|known| format!("did you mean `{known}`?"))
    }
}
