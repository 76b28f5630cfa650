//! Relations, views and indexes, and the statements that change rows.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{Definition, SpaceId, with_meant};
use super::query::last_name;
use super::scope::{Frame, RowName};
use crate::codes::{
    DERIVED_ROWS, MISMATCH, MISSING_FIELD, NO_MEMBER, NO_RELATION, NOT_STORABLE, UNKNOWN_TYPE,
};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    BinaryOp, Expression, ExpressionKind, Index, IndexKind, Join, Query, Reference, Relation,
    RelationField, RelationId, RelationKind, Source, StatementKind,
};
use crate::types::{Effect, Fields, TRANSFORM, Type};

/// A relation whose columns are not read so far.
#[derive(Debug)]
pub(super) struct PendingRelation<'a> {
    id: RelationId,
    form: &'a form::RelationForm,
    history: Option<RelationId>,
    space: SpaceId,
}

#[derive(Debug)]
pub(super) struct PendingIndex<'a> {
    pub(super) relation: &'a form::Expression,
    pub(super) columns: &'a [form::Name],
    pub(super) kind: IndexKind,
    pub(super) space: SpaceId,
}

/// A view that was not looked at.
#[derive(Debug)]
pub(super) struct PendingView<'a> {
    query: &'a form::Expression,
    space: SpaceId,
}

impl<'a> Checker<'a> {
    pub(super) fn add_relation(
        &mut self,
        name: &form::Name,
        space: SpaceId,
        kind: RelationKind,
    ) -> RelationId {
        let id = RelationId::from_index(self.program.relations.len());
        let full = self.names.full(space, &name.text);
        self.program.relations.push(Relation {
            name: full,
            fields: Vec::new(),
            kind,
            history: None,
            span: name.span,
        });
        self.define(space, name, Definition::Relation(id));
        id
    }

    pub(super) fn declare_relation(&mut self, form: &'a form::RelationForm, space: SpaceId) {
        let id = self.add_relation(&form.name, space, RelationKind::Stored);
        let history = form.history.as_ref().map(|name| {
            if let Some(relation) = self.program.relations.get_mut(id.index()) {
                relation.history = Some(Rc::clone(&name.text));
            }
            self.add_relation(name, space, RelationKind::History(id))
        });
        self.pending.relations.push(PendingRelation { id, form, history, space });
    }

    pub(super) fn declare_view(
        &mut self,
        name: &form::Name,
        query: &'a form::Expression,
        space: SpaceId,
    ) {
        let empty = Box::new(empty_query(Vec::new(), query.span));
        let id = self.add_relation(name, space, RelationKind::View(empty));
        self.views.insert(id, PendingView { query, space });
    }

    pub(super) fn declare_predicate(
        &mut self,
        form: &form::RuleForm,
        space: SpaceId,
    ) -> RelationId {
        if let Some(Definition::Relation(id)) = self.names.member(space, &form.name.text) {
            return id;
        }
        let id = self.add_relation(&form.name, space, RelationKind::Predicate);
        let mut names: Vec<Rc<str>> = Vec::new();
        for (index, column) in form.columns.iter().enumerate() {
            let name = match &column.kind {
                Form::Name(name) if !names.contains(&name.text) => Rc::clone(&name.text),
                _ => Rc::from(format!("column{}", index + 1)),
            };
            names.push(name);
        }
        self.open_columns(id, &names);
        id
    }

    /// Columns whose types follow from what is written to them.
    pub(super) fn open_columns(&mut self, id: RelationId, names: &[Rc<str>]) {
        let fields: Vec<RelationField> =
            names.iter().map(|name| plain_field(Rc::clone(name), self.unifier.fresh())).collect();
        if let Some(relation) = self.program.relations.get_mut(id.index()) {
            relation.fields = fields;
        }
    }

    pub(super) fn relation_signatures(&mut self) {
        for index in 0..self.pending.relations.len() {
            let Some(pending) = self.pending.relations.get(index) else { continue };
            let (id, form, history, space) =
                (pending.id, pending.form, pending.history, pending.space);
            self.frame.space = space;
            let mut fields: Vec<RelationField> = Vec::new();
            for field in &form.fields {
                if fields.iter().any(|other| other.name == field.name.text) {
                    self.named_twice(&field.name);
                }
                fields.push(self.relation_field(field));
            }
            if let Some(history) = history {
                let mut past = vec![
                    plain_field(Rc::from("moment"), Type::MOMENT),
                    plain_field(Rc::from("at"), Type::TIMESTAMP),
                    plain_field(Rc::from("op"), Type::STRING),
                ];
                past.extend(
                    fields.iter().map(|one| plain_field(Rc::clone(&one.name), one.of.clone())),
                );
                if let Some(relation) = self.program.relations.get_mut(history.index()) {
                    relation.fields = past;
                }
            }
            if let Some(relation) = self.program.relations.get_mut(id.index()) {
                relation.fields = fields;
            }
        }
    }

    fn relation_field(&mut self, field: &form::Field) -> RelationField {
        let of = match &field.of {
            Some(of) => {
                let read = self.read_type(of);
                if !is_storable(&read) {
                    let message = format!("values of type `{}` cannot be stored", self.show(&read));
                    self.error(NOT_STORABLE, of.span, message);
                }
                read
            }
            None => {
                let message = format!("the type of `{}` is not written", field.name.text);
                let diagnostic = Diagnostic::error(UNKNOWN_TYPE, field.name.span, message)
                    .with_hint(format!("write it: `{}: String`", field.name.text));
                self.note(diagnostic);
                Type::Unknown
            }
        };
        RelationField {
            name: Rc::clone(&field.name.text),
            of,
            is_key: field.is_key,
            is_unique: field.is_unique,
            references: None,
            default: None,
        }
    }

    /// Default values, references, views and indexes.
    pub(super) fn relation_bodies(&mut self) {
        for pending in std::mem::take(&mut self.pending.relations) {
            for (index, field) in pending.form.fields.iter().enumerate() {
                self.field_rest(pending.id, index, field, pending.space);
            }
        }
        let views: Vec<RelationId> = self.views.keys().copied().collect();
        for id in views {
            self.demand_view(id);
        }
        for index in std::mem::take(&mut self.pending.indexes) {
            self.index_item(&index);
        }
    }

    fn field_rest(&mut self, id: RelationId, index: usize, field: &form::Field, space: SpaceId) {
        let effect = self.effects.place("a default value");
        self.frame = Frame::new(effect, space);
        let relation = self.program.relations.get(id.index());
        let of = relation.and_then(|one| one.fields.get(index)).map(|one| one.of.clone());
        let of = of.unwrap_or(Type::Unknown);
        let default = field.default.as_ref().map(|default| {
            self.effects.limit(effect, Effect::Query, "a default value", default.span);
            self.expect(default, &of)
        });
        let references = field.references.as_ref().and_then(|target| {
            let target = self.relation_named(target)?;
            let columns = self.program.relations.get(target.index())?.fields.clone();
            let keys: Vec<&RelationField> = columns.iter().filter(|one| one.is_key).collect();
            if let [key] = keys.as_slice() {
                let span = field.references.as_ref().map_or(field.name.span, |one| one.span);
                self.unify(&key.of, &of, span);
            }
            Some(Reference(target))
        });
        let relation = self.program.relations.get_mut(id.index());
        if let Some(found) = relation.and_then(|one| one.fields.get_mut(index)) {
            found.default = default;
            found.references = references;
        }
    }

    /// Looks at a view now, as something needs its columns.
    fn demand_view(&mut self, id: RelationId) {
        let Some(view) = self.views.remove(&id) else { return };
        let Some(relation) = self.program.relations.get(id.index()) else { return };
        let (name, span) = (Rc::clone(&relation.name), relation.span);
        let effect = self.effects.place(format!("`{name}`"));
        self.effects.limit(effect, Effect::Query, format!("the view `{name}`"), span);
        let around = std::mem::replace(&mut self.frame, Frame::new(effect, view.space));
        let (query, row) = stacker::maybe_grow(128 << 10, 2 << 20, || match &view.query.kind {
            Form::Query(query) => self.query(query),
            _ => {
                let found = self.expression(view.query, None);
                let element = self.element_type(&found);
                let row = self.hidden("row", element.clone(), view.query.span);
                let source = Source { rows: found, row, join: Join::Cross };
                (empty_query(vec![source], view.query.span), element)
            }
        });
        self.frame = around;
        let fields = match self.unifier.shallow(&row) {
            Type::Record(fields) => (*fields).clone(),
            Type::Unknown => Fields::new(),
            of => {
                let name = query.columns.first().and_then(|one| match &one.value.kind {
                    ExpressionKind::Field(_, name) => Some(Rc::clone(name)),
                    _ => None,
                });
                Fields::from([(name.unwrap_or(Rc::from("value")), of)])
            }
        };
        // Columns stand in the order in which they are selected, or by name.
        let mut names: Vec<Rc<str>> =
            query.columns.iter().map(|one| Rc::clone(&one.name)).collect();
        if names.iter().any(|name| !fields.contains_key(name)) || names.len() != fields.len() {
            names = fields.keys().cloned().collect();
        }
        let columns = names.into_iter().map(|name| {
            let of = fields.get(&name).cloned().unwrap_or(Type::Unknown);
            plain_field(name, of)
        });
        let columns = columns.collect();
        if let Some(relation) = self.program.relations.get_mut(id.index()) {
            relation.fields = columns;
            relation.kind = RelationKind::View(Box::new(query));
        }
    }

    fn index_item(&mut self, index: &PendingIndex<'_>) {
        self.frame.space = index.space;
        let Some(relation) = self.relation_named(index.relation) else { return };
        let known = self.columns(relation);
        for name in index.columns {
            if !known.iter().any(|(column, _)| *column == name.text) && !name.text.is_empty() {
                let message = format!("the relation has no field `{}`", name.text);
                let meant = nearest(&name.text, known.iter().map(|(column, _)| &**column));
                let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message);
                self.note(with_meant(diagnostic, meant.map(str::to_owned)));
            }
        }
        let columns = index.columns.iter().map(|name| Rc::clone(&name.text)).collect();
        self.program.indexes.push(Index { relation, columns, kind: index.kind });
    }

    /// The columns of a relation, in their order.
    pub(super) fn columns(&mut self, id: RelationId) -> Vec<(Rc<str>, Type)> {
        self.demand_view(id);
        let relation = self.program.relations.get(id.index());
        let fields = relation.into_iter().flat_map(|relation| &relation.fields);
        fields.map(|field| (Rc::clone(&field.name), field.of.clone())).collect()
    }

    pub(super) fn relation_type(&mut self, id: RelationId) -> Type {
        let columns = self.columns(id);
        if columns.is_empty() {
            return Type::Unknown;
        }
        Type::Relation(Rc::new(columns.into_iter().collect()))
    }

    /// The relation that an expression names.
    pub(super) fn relation_named(&mut self, of: &form::Expression) -> Option<RelationId> {
        let found = self.relation_definition(of);
        match found {
            Some(Definition::Relation(id)) => Some(id),
            Some(Definition::Refused) => None,
            Some(_) => {
                self.error(NO_RELATION, of.span, "this is no relation");
                None
            }
            None => None,
        }
    }

    fn relation_definition(&mut self, of: &form::Expression) -> Option<Definition> {
        match &of.kind {
            Form::Name(name) => {
                let found = self.names.look_up(self.frame.space, &name.text);
                if found.is_none() {
                    if self.find_local(&name.text).is_some() {
                        self.error(NO_RELATION, of.span, "this is a variable, and no relation");
                    } else {
                        self.undefined(name);
                    }
                }
                found
            }
            Form::Field { base, name, .. } => {
                let space = self.space_of(base);
                if space.is_none() {
                    self.error(NO_RELATION, of.span, "this is no relation");
                }
                self.member_of(space?, name)
            }
            Form::Wrong => None,
            _ => {
                self.error(NO_RELATION, of.span, "a relation has to be named here");
                None
            }
        }
    }

    /// The relation whose rows a statement changes.
    fn changed(&mut self, of: &form::Expression) -> Option<RelationId> {
        let id = self.relation_named(of)?;
        self.effects.flow(TRANSFORM, self.frame.effect, of.span);
        let relation = self.program.relations.get(id.index())?;
        let what = match relation.kind {
            RelationKind::Stored => return Some(id),
            RelationKind::View(_) => "a view",
            RelationKind::Predicate => "defined by rules",
            RelationKind::Event => "an event",
            RelationKind::History(_) => "a history",
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
        let row = RowName { name: last_name(base), row: source.row, fields, qualified: Vec::new() };
        self.open_rows(vec![row]);
        let value = self.expect(value, &of);
        let filter = filter.map(|filter| self.expect(filter, &Type::BOOL));
        self.close();
        let query = Query { filter, ..empty_query(vec![source], span) };
        Some(StatementKind::Update(id, Rc::clone(&name.text), value, query))
    }
}

fn plain_field(name: Rc<str>, of: Type) -> RelationField {
    RelationField { name, of, is_key: false, is_unique: false, references: None, default: None }
}

/// All rows of the sources.
pub(super) fn empty_query(sources: Vec<Source>, span: Span) -> Query {
    Query {
        sources,
        filter: None,
        groups: Vec::new(),
        is_grouped: false,
        order: Vec::new(),
        limit: None,
        columns: Vec::new(),
        span,
    }
}

fn is_storable(of: &Type) -> bool {
    match of {
        Type::Function(_) | Type::Relation(_) | Type::Answers(_) => false,
        Type::Unknown | Type::Variable(_) | Type::Parameter(_) | Type::Basic(_) => true,
        Type::Optional(_) | Type::List(_) | Type::Record(_) | Type::Union(..) => {
            of.parts().into_iter().all(is_storable)
        }
    }
}
