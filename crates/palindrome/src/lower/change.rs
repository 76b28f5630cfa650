//! Definitions of what holds, and of what becomes of it: contracts, migrations, libraries.

use source::Diagnostic;

use super::Lowerer;
use crate::ast::{self, View as _};
use crate::codes::{EXPECTED, TWICE};
use crate::form::{self, ItemKind as Form};

impl Lowerer {
    pub(super) fn contract(&mut self, found: ast::Contract<'_>) -> Form {
        let node = found.node();
        let name = self.name(found.name(), node);
        let invariants =
            found.invariants().map(|one| self.value(one.condition(), one.node())).collect();
        let mut on_violation = None;
        for violation in found.violations() {
            if on_violation.is_some() {
                let message = "what happens on a violation is said twice";
                let span = self.span(violation.node());
                let diagnostic = Diagnostic::error(TWICE, span, message)
                    .with_hint("put both into one `on_violation`");
                self.notes.push(diagnostic);
            }
            let body = violation.body().map(|body| self.statement_block(body)).unwrap_or_default();
            on_violation.get_or_insert(body);
        }
        Form::Contract(form::ContractForm { name, invariants, on_violation })
    }

    pub(super) fn migration(&mut self, found: ast::Migrate<'_>) -> Form {
        let node = found.node();
        let directions = found.directions();
        let mut lens = |direction: Option<ast::Direction<'_>>, word: &str| {
            let direction = direction?;
            let Some(lens) = direction.lens() else {
                if let Some(body) = direction.body() {
                    let message = "a migration says how fields change";
                    let hint = format!("write `{word}: {{a: Int}} -> {{a: Decimal}}`");
                    let diagnostic = Diagnostic::error(EXPECTED, self.span(body.node()), message);
                    self.notes.push(diagnostic.with_hint(hint));
                }
                return None;
            };
            Some(form::LensForm {
                source: self.lens_fields(lens.source()),
                target: self.lens_fields(lens.target()),
                span: self.span(lens.node()),
            })
        };
        let forward = lens(directions.and_then(ast::Directions::forward), "forward");
        let backward = lens(directions.and_then(ast::Directions::backward), "backward");
        Form::Migration(Box::new(form::MigrationForm {
            from: self.value(found.source(), node),
            to: self.value(found.target(), node),
            forward,
            backward,
        }))
    }

    fn lens_fields(&mut self, of: Option<ast::LensRecord<'_>>) -> Vec<form::LensField> {
        let mut found = Vec::new();
        for field in of.into_iter().flat_map(ast::LensRecord::fields) {
            found.push(form::LensField {
                name: self.name(field.name(), field.node()),
                of: field.annotation().map(|of| self.type_(of)),
                value: field.value().map(|value| self.expression(value)),
            });
        }
        found
    }

    pub(super) fn use_(&mut self, found: ast::Use<'_>) -> Form {
        let node = found.node();
        let path = self.value(found.library(), node);
        Form::Use(form::UseForm {
            path: names_of(&path),
            moment: found.moment().map(|moment| self.expression(moment)),
            alias: found.alias().map(|token| self.name(Some(token), node)),
        })
    }
}

/// Names with dots between them; none if it is something else.
fn names_of(of: &form::Expression) -> Vec<form::Name> {
    let (mut found, mut at) = (Vec::new(), of);
    loop {
        match &at.kind {
            form::ExpressionKind::Name(name) => {
                found.push(name.clone());
                break;
            }
            form::ExpressionKind::Field { base, name, if_present: false } => {
                found.push(name.clone());
                at = base;
            }
            _ => return Vec::new(),
        }
    }
    found.reverse();
    found
}
