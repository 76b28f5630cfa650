//! Definitions.

use source::Diagnostic;

use super::Lowerer;
use crate::ast::{self, View as _};
use crate::codes::{EXPECTED, TWICE};
use crate::form::{self, ItemKind as Form};
use crate::hir::{IndexKind, SearchOrder, Strategy};
use crate::syntax::{Node, Token};

impl Lowerer {
    pub(super) fn item(&mut self, of: ast::Statement<'_>) -> form::Item {
        let span = self.span(of.node());
        let kind = stacker::maybe_grow(128 << 10, 2 << 20, || self.item_kind(of));
        form::Item { kind, span }
    }

    fn item_kind(&mut self, of: ast::Statement<'_>) -> Form {
        let node = of.node();
        match of {
            ast::Statement::TypeDefinition(found) => self.type_definition(found),
            ast::Statement::Relation(found) => Form::Relation(self.relation(found)),
            ast::Statement::ViewDefinition(found) => {
                let name = found
                    .node()
                    .tokens()
                    .nth(1)
                    .filter(|token| token.kind() == crate::SyntaxKind::Name);
                Form::View { name: self.name(name, node), query: self.value(found.rows(), node) }
            }
            ast::Statement::IndexDefinition(found) => self.index(found),
            ast::Statement::Rule(found) => self.rule(found),
            ast::Statement::Transform(found) => self.transform(found),
            ast::Statement::Space(found) => {
                let name = self.name(found.name(), node);
                let mut items = Vec::new();
                if self.enter(node) {
                    items = self.items(found.body().into_iter().flat_map(ast::Block::statements));
                }
                self.leave();
                Form::Space { name, items }
            }
            ast::Statement::Test(found) => {
                let body = self.block_or_empty(found.body());
                Form::Test { name: found.name().unwrap_or_default(), body }
            }
            ast::Statement::Use(found) => self.use_(found),
            ast::Statement::Migrate(found) => self.migration(found),
            ast::Statement::Contract(found) => self.contract(found),
            ast::Statement::Solve(found) => self.search(found),
            ast::Statement::Handler(found) => Form::Handler(Box::new(form::HandlerForm {
                event: self.value(found.event(), node),
                parameters: found.parameters().map(|one| self.parameter(one)).collect(),
                body: self.block_or_empty(found.body()),
            })),
            other => Form::Statement(Box::new(self.statement(other))),
        }
    }

    fn type_definition(&mut self, found: ast::TypeDefinition<'_>) -> Form {
        let node = found.node();
        let name = self.name(found.name(), node);
        let parameters = found.generics().map(|token| self.name(Some(token), node)).collect();
        if let Some(of) = found.definition() {
            return Form::Alias { name, parameters, of: self.type_(of) };
        }
        let mut variants = Vec::new();
        for variant in found.variants() {
            let mut fields = Vec::new();
            for field in variant.fields() {
                fields.push(match field.annotation() {
                    Some(of) => self.type_(of),
                    None => {
                        form::Type { kind: form::TypeKind::Wrong, span: self.span(field.node()) }
                    }
                });
            }
            let name = self.name(variant.name(), variant.node());
            variants.push(form::VariantForm { name, fields });
        }
        Form::Type { name, parameters, variants }
    }

    fn relation(&mut self, found: ast::Relation<'_>) -> form::RelationForm {
        let node = found.node();
        let mut fields = Vec::new();
        for field in found.fields() {
            let within = field.node();
            let references = field.references().map(|one| self.value(one.target(), one.node()));
            fields.push(form::Field {
                name: self.name(field.name(), within),
                of: field.annotation().map(|of| self.type_(of)),
                is_key: field.is_key(),
                is_unique: field.is_unique(),
                references,
                default: field.default().map(|default| self.expression(default)),
            });
        }
        let history = found.history().map(|token| self.name(Some(token), node));
        form::RelationForm { name: self.name(found.name(), node), fields, history }
    }

    fn index(&mut self, found: ast::IndexDefinition<'_>) -> Form {
        let node = found.node();
        let relation = self.value(found.relation(), node);
        let keys = found.keys().map(|key| self.expression(key)).collect();
        let kind = match found.method().map(Token::text) {
            None | Some("btree") => IndexKind::Btree,
            Some("hash") => IndexKind::Hash,
            Some("bitmap") => IndexKind::Bitmap,
            Some("fulltext") => IndexKind::Fulltext,
            Some(_) => {
                let span = found.method().map_or(self.span(node), |token| token.span(self.source));
                let diagnostic =
                    Diagnostic::error(EXPECTED, span, "there is no such kind of index")
                        .with_hint("there are `btree`, `hash`, `bitmap` and `fulltext`");
                self.notes.push(diagnostic);
                IndexKind::Btree
            }
        };
        Form::Index { relation, keys, kind }
    }

    fn rule(&mut self, found: ast::Rule<'_>) -> Form {
        let node = found.node();
        let name = self.value(found.name(), node);
        let form::ExpressionKind::Name(name) = name.kind else {
            let message = "a rule stands in the space of its predicate";
            let diagnostic = Diagnostic::error(EXPECTED, name.span, message)
                .with_hint("write it in that `space`, or give the predicate a name of its own");
            self.notes.push(diagnostic);
            let span = self.span(node);
            let kind = form::StatementKind::Wrong;
            return Form::Statement(Box::new(form::Statement { kind, span }));
        };
        let columns = match found.arguments() {
            Some(arguments) => arguments.values().map(|one| self.expression(one)).collect(),
            None => Vec::new(),
        };
        let body = found.goals().map(|one| self.expression(one)).collect();
        Form::Rule(form::RuleForm { name, columns, body })
    }

    fn parameter(&mut self, found: ast::Parameter<'_>) -> form::Parameter {
        let name = self.name(found.name(), found.node());
        form::Parameter { name, of: found.annotation().map(|of| self.type_(of)) }
    }

    fn inverse(&mut self, token: Token<'_>, within: Node<'_>) -> form::Inverse {
        let name = self.name(Some(token), within);
        if &*name.text == "same" {
            form::Inverse::Same(name.span)
        } else {
            form::Inverse::Named(name)
        }
    }

    /// A search is a function whose body gives answers.
    fn search(&mut self, found: ast::Solve<'_>) -> Form {
        let node = found.node();
        let mut strategy = Strategy::default();
        let mut order = None;
        for word in found.strategies() {
            let meant = match word.text() {
                "tabled" if !strategy.is_tabled => {
                    strategy.is_tabled = true;
                    continue;
                }
                "depth" => SearchOrder::Depth,
                "breadth" => SearchOrder::Breadth,
                "iterative" => SearchOrder::Iterative,
                "tabled" => SearchOrder::Depth,
                other => {
                    let words = ["depth", "breadth", "iterative", "tabled"];
                    let hint = match source::nearest(other, words) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "there are `depth`, `breadth`, `iterative` and `tabled`".to_owned(),
                    };
                    let message = format!("nothing searches by `{other}`");
                    let span = word.span(self.source);
                    self.notes.push(Diagnostic::error(EXPECTED, span, message).with_hint(hint));
                    continue;
                }
            };
            if word.text() == "tabled" || order.is_some() {
                let message = "how the search goes on is said twice";
                let span = word.span(self.source);
                self.notes
                    .push(Diagnostic::error(TWICE, span, message).with_hint("leave this out"));
            }
            order.get_or_insert(meant);
        }
        strategy.order = order.unwrap_or_default();
        let body = self.block_or_empty(found.body());
        let forward = form::Expression {
            kind: form::ExpressionKind::Block(body),
            span: found.body().map_or(self.span(node), |body| self.span(body.node())),
        };
        Form::Function(Box::new(form::FunctionForm {
            word: form::FunctionWord::Search(strategy),
            name: self.name(found.name(), node),
            generics: found.generics().map(|token| self.name(Some(token), node)).collect(),
            parameters: found.parameters().map(|one| self.parameter(one)).collect(),
            result: found.result().map(|of| self.type_(of)),
            inverse: found.inverse().map(|token| self.inverse(token, node)),
            body: form::Body { forward, backward: None },
        }))
    }

    fn transform(&mut self, found: ast::Transform<'_>) -> Form {
        let node = found.node();
        let parameters = found.parameters().map(|one| self.parameter(one)).collect();
        let inverse = found.inverse().map(|token| self.inverse(token, node));
        let mut direction = |direction: Option<ast::Direction<'_>>| {
            direction.and_then(ast::Direction::body).map(|body| self.statement_value(body))
        };
        let (forward, backward) = match found.directions() {
            Some(directions) => (direction(directions.forward()), direction(directions.backward())),
            None => (None, None),
        };
        let forward = match (forward, found.body()) {
            (Some(forward), _) => forward,
            (None, Some(body)) => form::Expression {
                kind: form::ExpressionKind::Block(self.block(body)),
                span: self.span(body.node()),
            },
            (None, None) => {
                form::Expression { kind: form::ExpressionKind::Wrong, span: self.span(node) }
            }
        };
        let word = if found.is_query() {
            form::FunctionWord::Query
        } else {
            form::FunctionWord::Transform
        };
        Form::Function(Box::new(form::FunctionForm {
            word,
            name: self.name(found.name(), node),
            generics: found.generics().map(|token| self.name(Some(token), node)).collect(),
            parameters,
            result: found.result().map(|of| self.type_(of)),
            inverse,
            body: form::Body { forward, backward },
        }))
    }
}
