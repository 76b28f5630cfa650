//! Statements that change the rows of relations.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{Definition, with_meant};
use super::query::{last_name, qualified};
use super::relation::empty_query;
use super::scope::RowName;
use crate::codes::{DERIVED_ROWS, MISMATCH, MISSING_FIELD, NO_MEMBER, NO_RELATION};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    BinaryOp, Expression, ExpressionKind, Join, Query, RelationId, RelationKind, Source,
    StatementKind,
};
use crate::types::{Fields, TRANSFORM, Type};

impl Checker<'_> {
    /// The relation whose rows a statement changes.
    fn changed(&mut self, of: &form::Expression) -> Option<RelationId> {
        let id = self.relation_named(of)?;
        self.effects.flow(TRANSFORM, self.frame.effect, of.span);
        let relation = self.program.relations.get(id.index())?;
        let what = match relation.kind {
            // Of a relation that was migrated, the rows that it became are changed.
            RelationKind::Stored | RelationKind::Migrated(_) => return Some(id),
            RelationKind::View(_) => "a view",
            RelationKind::Predicate => "defined by rules",
            RelationKind::Event => "an event",
            RelationKind::History(_) | RelationKind::NameHistory(_) => "a history",
        };
        let message = format!("`{}` is {what}: its rows cannot be changed", relation.name);
        self.error(DERIVED_ROWS, of.span, message);
        None
    }

    pub(super) fn insert(
        &mut self,
        into: &form::Expression,
        rows: &form::Expression,
        replaces: bool,
    ) -> Option<StatementKind> {
        let Some(id) = self.changed(into) else {
            self.expression(rows, None);
            return None;
        };
        let row = Type::record(self.columns(id).into_iter().collect());
        if let Form::Record(fields) = &rows.kind {
            let rows = self.inserted(id, fields, rows.span);
            return Some(StatementKind::Insert { into: id, rows, is_many: false, replaces });
        }
        if let Form::List(elements) = &rows.kind
            && elements.iter().any(|one| matches!(one.kind, Form::Record(_)))
        {
            let rows = self.inserted_list(id, elements, &row, rows.span);
            return Some(StatementKind::Insert { into: id, rows, is_many: true, replaces });
        }
        let found = self.expression(rows, Some(&row));
        let is_many = matches!(self.unifier.shallow(&found.of), Type::List(_) | Type::Relation(_));
        if is_many {
            let element = self.element_type(&found);
            self.unify(&row, &element, found.span);
        } else {
            self.unify(&row, &found.of, found.span);
        }
        Some(StatementKind::Insert { into: id, rows: found, is_many, replaces })
    }

    /// Rows in a list that is written out: each that is itself leaves out what has a default.
    fn inserted_list(
        &mut self,
        id: RelationId,
        elements: &[form::Expression],
        row: &Type,
        at: Span,
    ) -> Expression {
        let rows = elements.iter().map(|one| match &one.kind {
            Form::Record(fields) => self.inserted(id, fields, one.span),
            _ => self.expect(one, row),
        });
        let kind = ExpressionKind::List(rows.collect());
        Expression { kind, of: Type::list(row.clone()), span: at }
    }

    /// A row that is written out: what is not given has its default.
    fn inserted(
        &mut self,
        id: RelationId,
        fields: &[(form::Name, form::Expression, bool)],
        at: Span,
    ) -> Expression {
        let columns = self.columns(id);
        let mut given: Fields = Fields::new();
        for (name, of) in &columns {
            if fields.iter().any(|(other, _, _)| other.text == *name) {
                given.insert(Rc::clone(name), of.clone());
            }
        }
        let (kind, of) = self.record(fields, Some(&Type::record(given)));
        let relation = self.program.relations.get(id.index());
        let name = relation.map_or(Rc::from(""), |relation| Rc::clone(&relation.name));
        let missing: Vec<Rc<str>> = relation
            .into_iter()
            .flat_map(|relation| &relation.fields)
            .filter(|field| {
                field.default.is_none()
                    && !matches!(field.of, Type::Optional(_))
                    && !fields.iter().any(|(other, _, _)| other.text == field.name)
            })
            .map(|field| Rc::clone(&field.name))
            .collect();
        for (field, _, _) in fields {
            if !columns.iter().any(|(column, _)| *column == field.text) && !field.text.is_empty() {
                let message = format!("`{name}` has no field `{}`", field.text);
                let meant = nearest(&field.text, columns.iter().map(|(column, _)| &**column));
                let diagnostic = Diagnostic::error(NO_MEMBER, field.span, message);
                self.note(with_meant(diagnostic, meant.map(str::to_owned)));
            }
        }
        if !missing.is_empty() {
            let message = format!("the row has no {}", super::listed(&missing));
            let diagnostic = Diagnostic::error(MISSING_FIELD, at, message)
                .with_hint(format!("write a value, or give `{name}` a default: `… = 0`"));
            self.note(diagnostic);
        }
        Expression { kind, of, span: at }
    }

    pub(super) fn delete(
        &mut self,
        from: &form::Expression,
        rows: &form::Expression,
        span: Span,
    ) -> Option<StatementKind> {
        let Some(id) = self.changed(from) else {
            self.expression(rows, None);
            return None;
        };
        let query = match &rows.kind {
            Form::Record(fields) => self.rows_like(id, from, fields, rows.span),
            Form::Query(query) => {
                let first = query.sources.first().map(|source| &source.rows);
                let is_own = first.is_some_and(|first| {
                    self.relation_definition(first) == Some(Definition::Relation(id))
                });
                let (query, _) = self.query(query);
                if !is_own || !query.columns.is_empty() || query.is_grouped {
                    let message = "these are not rows of the relation that they are taken from";
                    let hint = format!(
                        "write `R -= R where …`, with `{}` for both",
                        last_name(from).unwrap_or_default()
                    );
                    self.note(Diagnostic::error(MISMATCH, rows.span, message).with_hint(hint));
                }
                query
            }
            _ => {
                let found = self.expression(rows, None);
                let element = match self.unifier.shallow(&found.of) {
                    of @ Type::Record(_) => of,
                    _ => self.element_type(&found),
                };
                let row = Type::record(self.columns(id).into_iter().collect());
                self.unify(&row, &element, found.span);
                self.rows_in(id, from, found, span)
            }
        };
        Some(StatementKind::Delete(id, query))
    }

    fn own_source(&mut self, id: RelationId, from: &form::Expression) -> (Source, Fields) {
        let fields: Fields = self.columns(id).into_iter().collect();
        let row_type = Type::record(fields.clone());
        let row = self.hidden(&last_name(from).unwrap_or_default(), row_type, from.span);
        let of = self.relation_type(id);
        let rows = Expression { kind: ExpressionKind::Relation(id), of, span: from.span };
        (Source { rows, row, join: Join::Cross }, fields)
    }

    /// Rows that have these values in these fields.
    fn rows_like(
        &mut self,
        id: RelationId,
        from: &form::Expression,
        fields: &[(form::Name, form::Expression, bool)],
        span: Span,
    ) -> Query {
        let (source, columns) = self.own_source(id, from);
        let mut conditions = Vec::new();
        for (name, value, _) in fields {
            let Some(of) = columns.get(&name.text).cloned() else {
                let message = format!("the relation has no field `{}`", name.text);
                let meant = nearest(&name.text, columns.keys().map(|name| &**name));
                let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
                self.note(with_meant(diagnostic, meant.map(str::to_owned)));
                self.expression(value, None);
                continue;
            };
            let value = self.expect(value, &of);
            let row = Expression {
                kind: ExpressionKind::Local(source.row),
                of: Type::record(columns.clone()),
                span: name.span,
            };
            let kind = ExpressionKind::Field(Box::new(row), Rc::clone(&name.text));
            let field = Expression { kind, of, span: name.span };
            conditions.push(self.bool(BinaryOp::Equal, field, value));
        }
        let filter = self.all_of(conditions);
        Query { filter, ..empty_query(vec![source], span) }
    }

    /// Rows that equal one of those.
    fn rows_in(
        &mut self,
        id: RelationId,
        from: &form::Expression,
        rows: Expression,
        span: Span,
    ) -> Query {
        let (source, columns) = self.own_source(id, from);
        let of = Type::record(columns);
        let own = Expression { kind: ExpressionKind::Local(source.row), of: of.clone(), span };
        let is_record = matches!(self.unifier.shallow(&rows.of), Type::Record(_));
        let rows = if is_record {
            let list = Type::list(of.clone());
            Expression { kind: ExpressionKind::List(vec![rows]), of: list, span }
        } else {
            rows
        };
        let row = self.hidden("other", of.clone(), span);
        let other = Source { rows, row, join: Join::Cross };
        let one = Expression { kind: ExpressionKind::Local(row), of, span };
        let equal = self.bool(BinaryOp::Equal, own, one);
        let inner = Query { filter: Some(equal), ..empty_query(vec![other], span) };
        let kind = ExpressionKind::Exists(Box::new(inner));
        let filter = Some(Expression { kind, of: Type::BOOL, span });
        Query { filter, ..empty_query(vec![source], span) }
    }

    pub(super) fn update(
        &mut self,
        place: &form::Expression,
        value: &form::Expression,
        filter: Option<&form::Expression>,
        span: Span,
    ) -> Option<StatementKind> {
        let Form::Field { base, name, .. } = &place.kind else {
            if !matches!(place.kind, Form::Wrong) {
                let diagnostic =
                    Diagnostic::error(NO_RELATION, place.span, "a field of a relation is updated")
                        .with_hint("write `update R.field = …`; names are changed by `x <- …`");
                self.note(diagnostic);
            }
            return None;
        };
        let id = self.changed(base)?;
        let (source, fields) = self.own_source(id, base);
        let Some(of) = fields.get(&name.text).cloned() else {
            let message = format!("the relation has no field `{}`", name.text);
            let meant = nearest(&name.text, fields.keys().map(|name| &**name));
            let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
            self.note(with_meant(diagnostic, meant.map(str::to_owned)));
            return None;
        };
        let row_name = last_name(base);
        let parts = filter.into_iter().chain([value]);
        let qualified = row_name.as_ref().map_or(Vec::new(), |name| qualified(parts, name));
        let row = RowName { name: row_name, row: source.row, fields, qualified };
        self.open_rows(vec![row]);
        let value = self.expect(value, &of);
        let filter = filter.map(|filter| self.expect(filter, &Type::BOOL));
        self.close();
        let query = Query { filter, ..empty_query(vec![source], span) };
        Some(StatementKind::Update(id, Rc::clone(&name.text), value, query))
    }
}
