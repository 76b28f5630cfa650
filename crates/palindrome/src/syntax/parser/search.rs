//! Searches and what only they have.

use syntax_tree::Parsing as _;

use super::Parser;
use crate::syntax::kind::SyntaxKind;

impl Parser<'_> {
    /// `solve route(a: Node) -> [Node] <-> g using breadth, tabled { … }`
    pub(super) fn solve(&mut self) {
        self.node(SyntaxKind::Solve, |p| {
            p.bump();
            p.expect_name("the name of the search");
            p.opt_generics();
            p.signature();
            if p.eat(SyntaxKind::Both) {
                p.expect_name("the name of the inverse");
            }
            if p.eat_word("using") {
                loop {
                    p.expect_name("`breadth`, `iterative`, `depth` or `tabled`");
                    if !p.eat(SyntaxKind::Comma) {
                        break;
                    }
                }
            }
            let before = std::mem::replace(&mut p.is_search, true);
            p.block();
            p.is_search = before;
        });
    }

    /// `match e => s`, or a `match` with arms.
    pub(super) fn match_alternative(&mut self) {
        let checkpoint = self.checkpoint();
        self.match_();
        if self.builder.last_kind() == Some(SyntaxKind::Match) {
            self.wrap(checkpoint, SyntaxKind::ExpressionStatement);
        }
    }

    /// A statement of a search, if its word comes next.
    pub(super) fn opt_search(&mut self) -> bool {
        match self.text_at(self.next()) {
            "succeed" => self.node(SyntaxKind::Succeed, |p| {
                p.bump();
                if p.is_value_start(p.next()) {
                    p.expression();
                }
            }),
            "fail" => self.leaf(SyntaxKind::Fail),
            "some" if self.is_name_next() => self.some(),
            _ => return false,
        }
        true
    }

    /// `some x in R where c => s`
    fn some(&mut self) {
        self.node(SyntaxKind::SomeAlternative, |p| {
            p.bump();
            p.expect_name("a name");
            if p.eat(SyntaxKind::InWord) {
                p.within(super::Context { has_lambdas: false, ..p.context }, |p| {
                    p.nested(|p| p.operators(super::expression::Level::Pipe));
                });
            }
            if p.peek() == SyntaxKind::WhereWord {
                p.within(super::Context { has_lambdas: false, ..p.context }, |p| p.where_(false));
            }
            p.arrow_statement();
        });
    }
}
