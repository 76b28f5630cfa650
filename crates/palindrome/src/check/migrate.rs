//! Migrations: a relation in another shape, and how rows get from each to the other.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{Definition, SpaceId, with_meant};
use super::relation::plain_field;
use super::scope::{Frame, RowName};
use crate::codes::{MIGRATION, MISMATCH, MISSING_FIELD, NO_MEMBER};
use crate::form::{self, ExpressionKind as Form, TypeKind};
use crate::hir::{
    Expression, ExpressionKind, Lens, LocalId, Migration, RelationField, RelationId, RelationKind,
};
use crate::types::{Basic, Effect, Fields, PURE, Type, methods};

/// A migration that was not looked at.
#[derive(Debug)]
pub(super) struct PendingMigration<'a> {
    pub(super) form: &'a form::MigrationForm,
    pub(super) space: SpaceId,
    pub(super) span: Span,
    /// From which relation to which.
    pub(super) between: Option<(RelationId, RelationId)>,
}

/// Columns that a lens does not make of columns without loss.
type Kept = Vec<Rc<str>>;

impl Checker<'_> {
    /// At least one of the two relations is defined. The other one is by the migration.
    pub(super) fn declare_migrations(&mut self) {
        for index in 0..self.pending.migrations.len() {
            let Some(pending) = self.pending.migrations.get(index) else { continue };
            let (form, space, span) = (pending.form, pending.space, pending.span);
            let between = self.between(form, space, span);
            if let Some(pending) = self.pending.migrations.get_mut(index) {
                pending.between = between;
            }
        }
    }

    fn between(
        &mut self,
        form: &form::MigrationForm,
        space: SpaceId,
        span: Span,
    ) -> Option<(RelationId, RelationId)> {
        self.frame = Frame::new(PURE, space);
        let mut ends = Vec::new();
        for end in [&form.from, &form.to] {
            let is_new = matches!(&end.kind, Form::Name(name)
                if self.names.look_up(space, &name.text).is_none());
            ends.push(if is_new { None } else { Some(self.relation_named(end)?) });
        }
        let name = |end: &form::Expression| match &end.kind {
            Form::Name(name) => Some(name.clone()),
            _ => None,
        };
        match (ends.first().copied().flatten(), ends.get(1).copied().flatten()) {
            (Some(from), Some(to)) if from == to => {
                let message = "a relation is migrated to another one";
                let diagnostic = Diagnostic::error(MIGRATION, span, message)
                    .with_hint("give the new shape a name of its own");
                self.note(diagnostic);
                None
            }
            (Some(from), Some(to)) => Some((from, to)),
            (Some(from), None) => {
                let to = self.add_relation(&name(&form.to)?, space, RelationKind::Stored);
                Some((from, to))
            }
            (None, Some(to)) => {
                let from = self.add_relation(&name(&form.from)?, space, RelationKind::Migrated(to));
                Some((from, to))
            }
            (None, None) => {
                let names = [name(&form.from)?, name(&form.to)?];
                let texts = names.clone().map(|one| one.text);
                let message = format!(
                    "neither {} is defined",
                    texts.map(|one| format!("`{one}`")).join(" nor ")
                );
                let hint = format!("define one of them: `relation {}(…)`", names[1].text);
                self.note(Diagnostic::error(MIGRATION, span, message).with_hint(hint));
                for name in &names {
                    self.define(space, name, Definition::Refused);
                }
                None
            }
        }
    }

    /// The columns of relations that migrations define.
    pub(super) fn migration_signatures(&mut self) {
        for index in 0..self.pending.migrations.len() {
            let Some(pending) = self.pending.migrations.get(index) else { continue };
            let (form, space, between) = (pending.form, pending.space, pending.between);
            self.frame.space = space;
            let Some((from, to)) = between else { continue };
            let is_open = |checker: &Self, id: RelationId| {
                let relation = checker.program.relations.get(id.index());
                relation.is_some_and(|one| one.fields.is_empty())
            };
            if is_open(self, to) {
                self.lens_columns(from, to, form.forward.as_ref());
            } else if is_open(self, from) {
                self.lens_columns(to, from, form.backward.as_ref());
            }
        }
    }

    /// The columns of `to`: those of `from`, changed by a lens.
    fn lens_columns(&mut self, from: RelationId, to: RelationId, lens: Option<&form::LensForm>) {
        let known = self.program.relations.get(from.index());
        let mut fields: Vec<RelationField> = known.map_or(Vec::new(), |one| one.fields.clone());
        let before = fields.clone();
        let (source, target) = lens.map_or((&[][..], &[][..]), |one| (&one.source, &one.target));
        let is_in =
            |names: &[form::LensField], name: &str| names.iter().any(|one| &*one.name.text == name);
        fields.retain(|field| !is_in(source, &field.name) || is_in(target, &field.name));
        for field in target {
            let old = renamed(field, &before).cloned();
            let of = match (&field.of, &old) {
                (Some(_), Some(old)) => old.of.clone(),
                (Some(of), None) => self.read_type(of),
                (None, _) => match field.value.as_ref().and_then(conversion_to) {
                    Some((_, of)) => Type::Basic(of),
                    None => self.unifier.fresh(),
                },
            };
            match fields.iter_mut().find(|one| one.name == field.name.text) {
                Some(found) => *found = RelationField { default: None, of, ..found.clone() },
                None => {
                    let name = Rc::clone(&field.name.text);
                    fields.push(match old {
                        Some(old) => RelationField { name, of, default: None, ..old },
                        None => plain_field(name, of),
                    });
                }
            }
        }
        if let Some(relation) = self.program.relations.get_mut(to.index()) {
            relation.fields = fields;
        }
    }

    pub(super) fn migration_bodies(&mut self) {
        for pending in std::mem::take(&mut self.pending.migrations) {
            let Some((from, to)) = pending.between else { continue };
            let form = pending.form;
            let missing = [(&form.forward, "forward"), (&form.backward, "backward")]
                .into_iter()
                .find(|(lens, _)| lens.is_none());
            if let Some((_, word)) = missing {
                let message = format!("this migration does not say what happens {word}");
                let hint = format!("write `{word}: {{field: Type}} -> {{field: Type}}`");
                self.note(Diagnostic::error(MIGRATION, pending.span, message).with_hint(hint));
            }
            let (Some(forward), Some(backward)) = (&form.forward, &form.backward) else { continue };
            let effect = self.effects.place("a migration");
            self.effects.limit(effect, Effect::Query, "a migration", pending.span);
            self.frame = Frame::new(effect, pending.space);
            let forward = self.lens(from, to, forward);
            let backward = self.lens(to, from, backward);
            if let (Some(forward), Some(backward)) = (forward, backward) {
                let span = pending.span;
                self.one_way(from, to, span);
                self.program.migrations.push(Migration { from, to, forward, backward, span });
            }
        }
    }

    /// Rows lie in one place: a relation is migrated to one other, and never comes back.
    fn one_way(&mut self, from: RelationId, to: RelationId, span: Span) {
        let name = |id: RelationId| {
            let relation = self.program.relations.get(id.index());
            relation.map_or(String::new(), |relation| relation.name.to_string())
        };
        let next = |id: RelationId| self.program.migrations.iter().find(|it| it.from == id);
        let message = if let Some(other) = next(from) {
            format!("`{}` is migrated to `{}` already", name(from), name(other.to))
        } else {
            let (mut at, mut steps) = (to, self.program.migrations.len());
            while let Some(migration) = next(at)
                && steps > 0
            {
                (at, steps) = (migration.to, steps - 1);
            }
            if at != from {
                return;
            }
            format!("`{}` is migrated to `{}`, and that back to it", name(from), name(to))
        };
        let hint = "a relation's rows lie in one place: migrate the newest shape to the next one";
        self.note(Diagnostic::error(MIGRATION, span, message).with_hint(hint));
    }

    fn lens(&mut self, from: RelationId, to: RelationId, form: &form::LensForm) -> Option<Lens> {
        let (before, after) = (self.columns(from), self.columns(to));
        let known = self.program.relations.get(from.index()).map(|one| one.fields.clone())?;
        self.lens_source(&before, form);
        let fields: Fields = before.iter().cloned().collect();
        let row = self.hidden("row", Type::record(fields.clone()), form.span);
        let names = RowName { name: None, row, fields: fields.clone(), qualified: Vec::new() };
        for field in &form.target {
            if !after.iter().any(|(name, _)| *name == field.name.text) {
                self.no_column(&field.name, &after);
            }
        }
        let mut kept: Kept = form.source.iter().map(|one| Rc::clone(&one.name.text)).collect();
        self.open_rows(vec![names]);
        let mut values = Vec::new();
        for (name, of) in &after {
            let target = form.target.iter().find(|one| one.name.text == *name);
            let value = match (target, fields.get(name)) {
                (Some(target), own) => self.lens_value(target, (row, own), of, (&known, &mut kept)),
                (None, Some(own)) if !form.source.iter().any(|one| one.name.text == *name) => {
                    let value = self.column_of_row(row, name, own, form.span);
                    self.coerce(value, of)
                }
                (None, _) => {
                    let message = format!("the lens gives no value for `{name}`");
                    let hint = format!("write it behind the arrow: `{{{name}: …}}`");
                    self.note(Diagnostic::error(MISSING_FIELD, form.span, message).with_hint(hint));
                    Self::wrong(form.span)
                }
            };
            values.push((Rc::clone(name), value));
        }
        self.close();
        let of = Type::record(after.into_iter().collect());
        let value = Expression { kind: ExpressionKind::Record(values), of, span: form.span };
        Some(Lens { row, value, kept })
    }

    /// What a lens says about the columns that it begins with.
    fn lens_source(&mut self, before: &[(Rc<str>, Type)], form: &form::LensForm) {
        for field in &form.source {
            let Some((_, of)) = before.iter().find(|(name, _)| *name == field.name.text) else {
                self.no_column(&field.name, before);
                continue;
            };
            if let Some(written) = &field.of {
                let known = self.read_type(written);
                self.unify(of, &known, written.span);
            }
            if let Some(value) = &field.value {
                let message = "a value stands behind the arrow, a type before it";
                let hint = format!("write `{}: {}`", field.name.text, self.show(of));
                self.note(Diagnostic::error(MIGRATION, value.span, message).with_hint(hint));
            }
        }
    }

    fn no_column(&mut self, name: &form::Name, columns: &[(Rc<str>, Type)]) {
        if name.text.is_empty() {
            return;
        }
        let message = format!("the relation has no field `{}`", name.text);
        let meant = nearest(&name.text, columns.iter().map(|(column, _)| &**column));
        let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
        self.note(with_meant(diagnostic, meant.map(str::to_owned)));
    }

    fn column_of_row(&self, row: LocalId, name: &Rc<str>, of: &Type, span: Span) -> Expression {
        let whole = self.local(row).map_or(Type::Unknown, |local| local.of.clone());
        let base = Expression { kind: ExpressionKind::Local(row), of: whole, span };
        let kind = ExpressionKind::Field(Box::new(base), Rc::clone(name));
        Expression { kind, of: of.clone(), span }
    }

    /// The value of a column that a lens makes.
    fn lens_value(
        &mut self,
        target: &form::LensField,
        (row, own): (LocalId, Option<&Type>),
        of: &Type,
        (known, kept): (&[RelationField], &mut Kept),
    ) -> Expression {
        let (name, at) = (&target.name.text, target.name.span);
        if let Some(old) = renamed(target, known) {
            kept.retain(|one| *one != old.name);
            let value = self.column_of_row(row, &old.name, &old.of, at);
            return self.coerce(value, of);
        }
        if let Some(written) = &target.of {
            let written_type = self.read_type(written);
            self.unify(of, &written_type, written.span);
        }
        match (&target.value, own) {
            (Some(value), Some(own)) if target.of.is_some() => {
                let own = self.column_of_row(row, name, own, at);
                let Type::Optional(inner) = self.unifier.shallow(&own.of) else {
                    return self.coerce(own, of);
                };
                self.unify(of, &inner, at);
                let value = Box::new(self.expect(value, of));
                let kind = ExpressionKind::Coalesce(Box::new(own), value);
                Expression { kind, of: of.clone(), span: at }
            }
            (Some(value), _) => match conversion_to(value) {
                Some((method, _)) => {
                    let column = Form::Name(target.name.clone());
                    let base = Box::new(form::Expression { kind: column, span: at });
                    let kind = Form::Field { base, name: method.clone(), if_present: false };
                    let method = Box::new(form::Expression { kind, span: value.span });
                    let kind = Form::Call(method, Vec::new());
                    self.expect(&form::Expression { kind, span: value.span }, of)
                }
                None => self.expect(value, of),
            },
            (None, Some(own)) => {
                let own = self.column_of_row(row, name, own, at);
                self.lens_conversion(name, own, of, kept)
            }
            (None, None) => {
                let message = format!("there is no `{name}` to make this of");
                let hint = format!("give it a value: `{name}: {} = …`", self.show(of));
                self.note(Diagnostic::error(MISSING_FIELD, at, message).with_hint(hint));
                Self::wrong(at)
            }
        }
    }

    /// A column with another type, if there is one way that fits all values.
    fn lens_conversion(
        &mut self,
        name: &Rc<str>,
        value: Expression,
        of: &Type,
        kept: &mut Kept,
    ) -> Expression {
        let (from, to) = (self.unifier.shallow(&value.of), self.unifier.shallow(of));
        let span = value.span;
        let is_exact = from == to
            || matches!((&from, &to), (&Type::INT, &Type::DECIMAL))
            || matches!(&to, Type::Optional(inner) if **inner == from);
        if is_exact {
            kept.retain(|one| one != name);
        }
        let method = match (&from, &to) {
            (&Type::INT | &Type::DECIMAL, &Type::FLOAT) => "to_float",
            (&Type::INT | &Type::FLOAT, &Type::DECIMAL) => "to_decimal",
            (Type::Basic(_), &Type::STRING) if from != to => "to_string",
            (&Type::FLOAT | &Type::DECIMAL, &Type::INT) => {
                let (wanted, found) = (self.show(of), self.show(&value.of));
                let message = format!("not every `{found}` is an `{wanted}`");
                let hint = format!("say which one it becomes: `{name}: round({wanted})`");
                self.note(Diagnostic::error(MISMATCH, span, message).with_hint(hint));
                return Self::wrong(span);
            }
            _ => return self.coerce(value, of),
        };
        let found = methods(method).find(|(_, row)| {
            let (parameters, _) = row.types();
            matches!(parameters.first(), Some(first) if *first == from || matches!(first, Type::Parameter(_)))
        });
        let Some((id, _)) = found else { return self.coerce(value, of) };
        let kind = ExpressionKind::Call(crate::hir::Callee::Builtin(id), vec![value]);
        Expression { kind, of: of.clone(), span }
    }
}

/// The column that a field of a lens is another name for: `full: name`.
fn renamed<'f>(field: &form::LensField, columns: &'f [RelationField]) -> Option<&'f RelationField> {
    let Some(form::Type { kind: TypeKind::Named(path, arguments), .. }) = &field.of else {
        return None;
    };
    let ([name], true, true) = (path.as_slice(), arguments.is_empty(), field.value.is_none())
    else {
        return None;
    };
    columns.iter().find(|column| column.name == name.text)
}

/// `round(Int)`: by which method, to which type.
fn conversion_to(value: &form::Expression) -> Option<(form::Name, Basic)> {
    let Form::Call(function, arguments) = &value.kind else { return None };
    let (Form::Name(method), [argument]) = (&function.kind, arguments.as_slice()) else {
        return None;
    };
    let Form::Name(of) = &argument.kind else { return None };
    let (_, basic) = Basic::ALL.iter().find(|(name, _)| *name == &*of.text)?;
    Some((method.clone(), *basic))
}
