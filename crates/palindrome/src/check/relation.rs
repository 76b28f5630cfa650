//! Relations, views and indexes, and the statements that change rows.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::aggregate::AGGREGATES;
use super::names::{Definition, SpaceId};
use super::scope::Frame;
use crate::codes::{NO_MEMBER, NO_RELATION, NOT_STORABLE, UNKNOWN_TYPE};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    ExpressionKind, Query, Reference, Relation, RelationField, RelationId, RelationKind, Source,
};
use crate::types::{Effect, Fields, Type};

/// A relation whose columns are not read so far.
#[derive(Debug)]
pub(super) struct PendingRelation<'a> {
    id: RelationId,
    form: &'a form::RelationForm,
    history: Option<RelationId>,
    space: SpaceId,
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
                // An aggregate is called by its function.
                Form::Call(function, _) => match &function.kind {
                    Form::Name(name)
                        if AGGREGATES.contains(&&*name.text) && !names.contains(&name.text) =>
                    {
                        Rc::clone(&name.text)
                    }
                    _ => Rc::from(format!("column{}", index + 1)),
                },
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

    /// Default values, references and views.
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
            let target = self.referenced(target)?;
            let columns = self.program.relations.get(target.index())?.fields.clone();
            let keys: Vec<&RelationField> = columns.iter().filter(|one| one.is_key).collect();
            if let [key] = keys.as_slice() {
                let span = field.references.as_ref().map_or(field.name.span, |one| one.span);
                // A row may refer to none.
                let own = match self.unifier.shallow(&of) {
                    Type::Optional(inner) => (*inner).clone(),
                    of => of,
                };
                self.unify(&key.of, &own, span);
            }
            Some(Reference(target))
        });
        let relation = self.program.relations.get_mut(id.index());
        if let Some(found) = relation.and_then(|one| one.fields.get_mut(index)) {
            found.default = default;
            found.references = references;
        }
    }

    /// The relation that a column refers to, as `R` or by its key, as `R.id`.
    fn referenced(&mut self, target: &form::Expression) -> Option<RelationId> {
        let Form::Field { base, name, .. } = &target.kind else {
            return self.relation_named(target);
        };
        let Some(id) = self.called_relation(base) else { return self.relation_named(target) };
        let columns = self.program.relations.get(id.index())?.fields.clone();
        let is_key = |one: &RelationField| one.is_key;
        if columns.iter().any(|one| one.name == name.text && is_key(one))
            && columns.iter().filter(|one| is_key(one)).count() == 1
        {
            return Some(id);
        }
        let relation = self.program.relations.get(id.index()).map(|one| Rc::clone(&one.name))?;
        let message = format!("`{}` is not the key of `{relation}`", name.text);
        let diagnostic = Diagnostic::error(NO_MEMBER, name.span, message)
            .with_hint(format!("write `references {relation}`, whose key it is then"));
        self.note(diagnostic);
        None
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
                self.rows_query(found, None)
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
        // Columns stand in the order in which they are selected, or as in the relations; or by name.
        let mut names: Vec<Rc<str>> =
            query.columns.iter().map(|one| Rc::clone(&one.name)).collect();
        if names.is_empty() {
            for source in &query.sources {
                let ExpressionKind::Relation(of) = source.rows.kind else { continue };
                names.extend(self.columns(of).into_iter().map(|(name, _)| name));
            }
        }
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

    pub(super) fn relation_definition(&mut self, of: &form::Expression) -> Option<Definition> {
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
}

pub(super) fn plain_field(name: Rc<str>, of: Type) -> RelationField {
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

pub(super) fn is_storable(of: &Type) -> bool {
    match of {
        Type::Function(_) | Type::Relation(_) | Type::Answers(_) => false,
        Type::Unknown | Type::Variable(_) | Type::Parameter(_) | Type::Basic(_) => true,
        Type::Optional(_) | Type::List(_) | Type::Record(_) | Type::Union(..) => {
            of.parts().into_iter().all(is_storable)
        }
    }
}
