//! Queries, and conditions on the rows of relations.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::aggregate::aggregate_name;
use super::scope::RowName;
use crate::codes::{DEFINED_TWICE, MISMATCH, UNNAMED_COLUMN};
use crate::form::{self, ExpressionKind as Form, SourceJoin};
use crate::hir::{BinaryOp, Column, Expression, ExpressionKind, Join, Query, SortKey, Source};
use crate::types::{Effect, Fields, Type};

impl Checker<'_> {
    /// A query as a value: a relation, or a list if its rows have an order or are single values.
    pub(super) fn query_value(&mut self, form: &form::Query, at: Span) -> Expression {
        let (query, row) = self.query(form);
        let has_order = !query.order.is_empty() || query.limit.is_some();
        let of = match row {
            Type::Unknown => Type::Unknown,
            Type::Record(fields) if !has_order => Type::Relation(fields),
            row => Type::list(row),
        };
        Expression { kind: ExpressionKind::Query(Box::new(query)), of, span: at }
    }

    /// A query, and the type of its rows. `R.f where c` is `R where c select f`.
    pub(super) fn query(&mut self, form: &form::Query) -> (Query, Type) {
        if let ([source], []) = (form.sources.as_slice(), form.columns.as_slice())
            && let Form::Field { base, name, .. } = &source.rows.kind
            && self.called_relation(base).is_some()
        {
            let mut whole = form.clone();
            let value = form::Expression { kind: Form::Name(name.clone()), span: name.span };
            whole.columns = vec![form::Select { name: None, value }];
            if let Some(source) = whole.sources.first_mut() {
                source.rows = (**base).clone();
            }
            return self.query(&whole);
        }
        let mut names: Vec<RowName> = Vec::new();
        let mut sources = Vec::new();
        let mut row_types = Vec::new();
        for source in &form.sources {
            let (source, name, of) = self.source(source, &names, form);
            sources.push(source);
            names.push(name);
            row_types.push(of);
        }
        self.open_rows(names.clone());
        let effect = self.effects.place("a query");
        self.effects.limit(effect, Effect::Query, "a query", form.span);
        self.effects.flow(effect, self.frame.effect, form.span);
        let around = std::mem::replace(&mut self.frame.effect, effect);
        let filter = form.filter.as_ref().map(|filter| self.expect(filter, &Type::BOOL));
        let groups = self.group_columns(&form.groups);
        let is_named = |(form, _): &(&form::Select, &Column)| form.name.is_some();
        let named = form.groups.iter().zip(&groups).filter(is_named);
        let named = named.map(|(_, group)| (Rc::clone(&group.name), group.value.clone()));
        self.open_groups(named.collect());
        let has_aggregates = std::mem::replace(&mut self.frame.has_aggregates, true);
        let before = std::mem::replace(&mut self.frame.has_aggregated, false);
        let has_groups = std::mem::replace(&mut self.frame.has_groups, !groups.is_empty());
        let columns = self.selected(&form.columns);
        let order: Vec<SortKey> = form.order.iter().map(|key| self.sort_key(key)).collect();
        let aggregated = std::mem::replace(&mut self.frame.has_aggregated, before);
        self.frame.has_aggregates = has_aggregates;
        self.frame.has_groups = has_groups;
        self.close();
        let limit = form.limit.as_ref().map(|limit| self.expect(limit, &Type::INT));
        self.frame.effect = around;
        self.close();
        let is_grouped = form.is_grouped || aggregated;
        if is_grouped {
            self.only_groups(&columns, &groups);
        }
        let row = match columns.as_slice() {
            [] if is_grouped => self.columns_type(&groups, form.span),
            [] => self.whole_row(&row_types, &names, form.span),
            [only] if only.name.is_empty() => only.value.of.clone(),
            _ => self.columns_type(&columns, form.span),
        };
        let query =
            Query { sources, filter, groups, is_grouped, order, limit, columns, span: form.span };
        (query, row)
    }

    fn source(
        &mut self,
        form: &form::Source,
        before: &[RowName],
        query: &form::Query,
    ) -> (Source, RowName, Type) {
        let rows = self.expression(&form.rows, None);
        let element = self.element_type(&rows);
        let fields = match &element {
            Type::Record(fields) => (**fields).clone(),
            _ => Fields::new(),
        };
        let name = form.alias.as_ref().map(|alias| Rc::clone(&alias.text));
        let name = name.or_else(|| last_name(&form.rows));
        let is_left = matches!(form.join, SourceJoin::Left(_));
        let of = if is_left && !element.is_unknown() {
            Type::optional(element.clone())
        } else {
            element.clone()
        };
        let row = self.hidden(name.as_deref().unwrap_or("row"), of.clone(), form.rows.span);
        let columns = query.columns.iter().map(|column| &column.value);
        let parts = query.filter.iter().chain(columns);
        let qualified = name.as_ref().map_or(Vec::new(), |name| qualified(parts, name));
        let optional = |of: &Type| match self.unifier.shallow(of) {
            of @ Type::Optional(_) => of,
            of => Type::optional(of),
        };
        let shown = if is_left {
            fields.in_order().map(|(name, of)| (Rc::clone(name), optional(of))).collect()
        } else {
            fields.clone()
        };
        // The condition of a join sees the row as it is.
        let inner = RowName { name: name.clone(), row, fields, qualified: qualified.clone() };
        let join = match &form.join {
            SourceJoin::Cross => Join::Cross,
            SourceJoin::Inner(on) => Join::Inner(self.joined(on.as_ref(), before, &inner)),
            SourceJoin::Left(on) => {
                self.set_local_type(row, element.clone());
                let on = self.joined(on.as_ref(), before, &inner);
                self.set_local_type(row, of.clone());
                Join::Left(on)
            }
        };
        let name = RowName { name, row, fields: shown, qualified };
        (Source { rows, row, join }, name, of)
    }

    fn set_local_type(&mut self, id: crate::hir::LocalId, of: Type) {
        if let Some(local) = self.program.locals.get_mut(id.index()) {
            local.of = of;
        }
    }

    fn joined(
        &mut self,
        on: Option<&form::Expression>,
        before: &[RowName],
        last: &RowName,
    ) -> Option<Expression> {
        let mut names = before.to_vec();
        names.push(last.clone());
        self.open_rows(names);
        let found = on.map(|on| self.expect(on, &Type::BOOL));
        self.close();
        found
    }

    fn group_columns(&mut self, groups: &[form::Select]) -> Vec<Column> {
        let mut found = Vec::new();
        for group in groups {
            let value = self.expression(&group.value, None);
            let name = self.column_name(group, &value);
            found.push(Column { name, value });
        }
        found
    }

    fn selected(&mut self, columns: &[form::Select]) -> Vec<Column> {
        let mut found = Vec::new();
        for column in columns {
            let value = self.expression(&column.value, None);
            if self.unifier.shallow(&value.of) == Type::NOTHING {
                self.error(MISMATCH, value.span, "this gives no value");
            }
            let name = match (&column.name, columns.len()) {
                (None, 1) => Rc::from(""),
                _ => self.column_name(column, &value),
            };
            found.push(Column { name, value });
        }
        found
    }

    fn column_name(&mut self, column: &form::Select, value: &Expression) -> Rc<str> {
        if let Some(name) = &column.name {
            return Rc::clone(&name.text);
        }
        match &value.kind {
            ExpressionKind::Field(_, name) | ExpressionKind::FieldIfPresent(_, name) => {
                Rc::clone(name)
            }
            ExpressionKind::Aggregate(aggregate) => Rc::from(aggregate_name(aggregate)),
            ExpressionKind::Wrong => Rc::from("wrong"),
            _ => match last_name(&column.value) {
                Some(name) => name,
                None => {
                    let message = "this column has no name";
                    let diagnostic = Diagnostic::error(UNNAMED_COLUMN, value.span, message)
                        .with_hint("write one: `… as name`");
                    self.note(diagnostic);
                    Rc::from("wrong")
                }
            },
        }
    }

    fn sort_key(&mut self, key: &form::SortKey) -> SortKey {
        let value = self.expression(&key.value, None);
        if !self.is_ordered(&value.of) {
            let message = format!("values of type `{}` have no order", self.show(&value.of));
            self.error(MISMATCH, value.span, message);
        }
        SortKey { value, is_descending: key.is_descending }
    }

    fn columns_type(&mut self, columns: &[Column], at: Span) -> Type {
        let mut fields = Fields::new();
        for column in columns {
            let of = column.value.of.clone();
            if fields.insert(Rc::clone(&column.name), of).is_some() && &*column.name != "wrong" {
                let message = format!("two columns are called `{}`", column.name);
                let diagnostic = Diagnostic::error(DEFINED_TWICE, column.value.span, message)
                    .with_hint("write another name: `… as name`");
                self.note(diagnostic);
            }
        }
        if fields.is_empty() {
            self.error(UNNAMED_COLUMN, at, "this query has no columns");
            return Type::Unknown;
        }
        Type::record(fields)
    }

    /// The rows of a query without columns: those of its source, or what those of all have.
    fn whole_row(&mut self, rows: &[Type], names: &[RowName], at: Span) -> Type {
        if let [only] = rows {
            return only.clone();
        }
        let mut fields = Fields::new();
        for name in names {
            for (field, of) in name.fields.in_order() {
                if fields.insert(Rc::clone(field), of.clone()).is_some() {
                    let message = format!("several sources have a field `{field}`");
                    let diagnostic = Diagnostic::error(DEFINED_TWICE, at, message)
                        .with_hint("say what a row is: `select A.x as x, B.y as y`");
                    self.note(diagnostic);
                    return Type::Unknown;
                }
            }
        }
        if rows.iter().any(Type::is_unknown) { Type::Unknown } else { Type::record(fields) }
    }

    /// Whether an argument is written as an expression of a row's fields, where a function of the row
    /// is asked for: `filter(age > 18)`.
    pub(super) fn is_of_row(&self, argument: &form::Expression, wanted: &Type) -> bool {
        let Some(fields) = self.row_of(wanted) else { return false };
        if matches!(argument.kind, Form::Lambda(_)) {
            return false;
        }
        let mut names_field = false;
        argument.walk(&mut |one| {
            if let Form::Name(name) = &one.kind {
                names_field |= fields.contains_key(&name.text);
            }
        });
        names_field
    }

    /// The fields of the row that a function takes.
    fn row_of(&self, wanted: &Type) -> Option<Rc<Fields>> {
        let Type::Function(function) = self.unifier.shallow(wanted) else { return None };
        let [row] = function.parameters.as_slice() else { return None };
        match self.unifier.shallow(row) {
            Type::Record(fields) => Some(fields),
            _ => None,
        }
    }

    /// An expression of a row's fields as a function of the row.
    pub(super) fn row_function(&mut self, body: &form::Expression, wanted: &Type) -> Expression {
        let Some(fields) = self.row_of(wanted) else { return self.expect(body, wanted) };
        let of = Type::Record(Rc::clone(&fields));
        let row = self.hidden("row", of.clone(), body.span);
        let effect = self.effects.place("a function that is given on");
        let around = std::mem::replace(&mut self.frame.effect, effect);
        let fields = (*fields).clone();
        self.open_rows(vec![RowName { name: None, row, fields, qualified: Vec::new() }]);
        let result = match self.unifier.shallow(wanted) {
            Type::Function(function) => self.unifier.shallow(&function.result),
            _ => Type::Unknown,
        };
        let found = match result {
            Type::Variable(_) | Type::Unknown => self.expression(body, None),
            result => self.expect(body, &result),
        };
        self.close();
        self.frame.effect = around;
        let span = body.span;
        let result = found.of.clone();
        let lambda = crate::hir::Lambda { parameters: vec![row], body: Box::new(found) };
        let of = Type::function(vec![of], result, effect);
        let found = Expression { kind: ExpressionKind::Lambda(lambda), of, span };
        self.coerce(found, wanted)
    }

    /// `R.a == x` for all fields of a record, as a filter.
    pub(super) fn all_of(&mut self, mut conditions: Vec<Expression>) -> Option<Expression> {
        let first = if conditions.is_empty() { None } else { Some(conditions.remove(0)) };
        conditions.into_iter().fold(first, |all, next| match all {
            None => Some(next),
            Some(all) => Some(self.bool(BinaryOp::And, all, next)),
        })
    }
}

/// The name by which an expression is called in a query: its last one.
pub(super) fn last_name(of: &form::Expression) -> Option<Rc<str>> {
    match &of.kind {
        Form::Name(name) | Form::Field { name, .. } => Some(Rc::clone(&name.text)),
        _ => None,
    }
}

/// Fields that parts of a query write with the name of a source.
pub(super) fn qualified<'f>(
    parts: impl Iterator<Item = &'f form::Expression>,
    source: &str,
) -> Vec<Rc<str>> {
    let mut found = Vec::new();
    for part in parts {
        part.walk(&mut |one| {
            if let Form::Field { base, name, .. } = &one.kind
                && matches!(&base.kind, Form::Name(base) if &*base.text == source)
            {
                found.push(Rc::clone(&name.text));
            }
        });
    }
    found
}
