//! Definitions.

use source::Diagnostic;

use super::Lowerer;
use super::statement::not_yet;
use crate::ast::{self, View as _};
use crate::codes::{EXPECTED, NOT_YET};
use crate::form::{self, ItemKind as Form};
use crate::hir::IndexKind;
use crate::syntax::Token;

impl Lowerer {
    pub(super) fn item(&mut self, of: ast::Statement<'_>) -> form::Item {
        let span = self.span(of.node());
        let kind = stacker::maybe_grow(128 << 10, 2 << 20, || self.item_kind(of));
        form::Item { kind, span }
    }

    fn item_kind(&mut self, of: ast::Statement<'_>) -> Form {
        let node = of.node();
        let refused = |name| Form::NotYet(not_yet(of), name);
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
                    for one in found.body().into_iter().flat_map(ast::Block::statements) {
                        items.push(self.item(one));
                    }
                }
                self.leave();
                Form::Space { name, items }
            }
            ast::Statement::Test(found) => {
                let empty = form::Block { statements: Vec::new() };
                let body = found.body().map_or(empty, |body| self.block(body));
                Form::Test { name: found.name().unwrap_or_default(), body }
            }
            ast::Statement::Use(found) => {
                let last = match found.library() {
                    Some(ast::Expression::NameExpression(name)) => name.name(),
                    _ => None,
                };
                let name = found.alias().or(last).map(|token| self.name(Some(token), node));
                refused(name)
            }
            ast::Statement::Migrate(found) => {
                let target = found.target().and_then(|target| match target {
                    ast::Expression::NameExpression(name) => name.name(),
                    _ => None,
                });
                refused(target.map(|token| self.name(Some(token), node)))
            }
            ast::Statement::Contract(found) => {
                refused(found.name().map(|token| self.name(Some(token), node)))
            }
            ast::Statement::Solve(found) => {
                refused(found.name().map(|token| self.name(Some(token), node)))
            }
            ast::Statement::Handler(_) => refused(None),
            other => Form::Statement(self.statement(other)),
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
        let mut columns = Vec::new();
        for key in found.keys() {
            match key {
                ast::Expression::NameExpression(name) => {
                    columns.push(self.name(name.name(), key.node()));
                }
                other => {
                    let message = "an index by a computed value cannot be compiled yet";
                    self.notes.push(Diagnostic::error(NOT_YET, self.span(other.node()), message));
                }
            }
        }
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
        Form::Index { relation, columns, kind }
    }

    fn rule(&mut self, found: ast::Rule<'_>) -> Form {
        let node = found.node();
        let name = self.value(found.name(), node);
        let form::ExpressionKind::Name(name) = name.kind else {
            return Form::NotYet("a rule of another space", None);
        };
        let columns = match found.arguments() {
            Some(arguments) => arguments.values().map(|one| self.expression(one)).collect(),
            None => Vec::new(),
        };
        let body = found.goals().map(|one| self.expression(one)).collect();
        Form::Rule(form::RuleForm { name, columns, body })
    }

    fn transform(&mut self, found: ast::Transform<'_>) -> Form {
        let node = found.node();
        let mut parameters = Vec::new();
        for parameter in found.parameters() {
            let name = self.name(parameter.name(), parameter.node());
            let of = parameter.annotation().map(|of| self.type_(of));
            parameters.push(form::Parameter { name, of });
        }
        let inverse = found.inverse().map(|token| {
            let name = self.name(Some(token), node);
            if &*name.text == "same" {
                form::Inverse::Same(name.span)
            } else {
                form::Inverse::Named(name)
            }
        });
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
