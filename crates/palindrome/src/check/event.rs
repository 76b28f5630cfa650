//! Events: what is emitted, and what is done then.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::{Definition, SpaceId, with_meant};
use super::relation::is_storable;
use super::scope::Frame;
use crate::codes::{DERIVED_ROWS, NOT_EMITTED, NOT_STORABLE};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{Expression, Handler, RelationId, RelationKind, StatementKind};
use crate::types::{TRANSFORM, Type};

/// A handler that was not looked at.
#[derive(Debug)]
pub(super) struct PendingHandler<'a> {
    pub(super) form: &'a form::HandlerForm,
    pub(super) space: SpaceId,
    pub(super) span: Span,
}

impl Checker<'_> {
    /// Events that nothing else defines are defined by their handlers, which name their columns.
    pub(super) fn declare_events(&mut self, names_conflict: bool) {
        for index in 0..self.pending.handlers.len() {
            let Some(pending) = self.pending.handlers.get(index) else { continue };
            let (form, space) = (pending.form, pending.space);
            let Form::Name(name) = &form.event.kind else { continue };
            let is_conflict = &*name.text == "Conflict";
            if self.names.look_up(space, &name.text).is_none() && !is_conflict {
                let id = self.add_relation(name, SpaceId::TOP, RelationKind::Event);
                let columns: Vec<Rc<str>> =
                    form.parameters.iter().map(|one| Rc::clone(&one.name.text)).collect();
                self.open_columns(id, &columns);
            }
        }
        if names_conflict && self.names.look_up(SpaceId::TOP, "Conflict").is_none() {
            self.declare_conflict();
        }
    }

    /// What parallel worlds did not agree on: keys and values are written as `print` would.
    fn declare_conflict(&mut self) {
        let name = form::Name { text: Rc::from("Conflict"), span: Span::default() };
        let id = self.add_relation(&name, SpaceId::TOP, RelationKind::Event);
        let columns = ["relation", "key", "field", "base", "ours", "theirs"].map(Rc::from);
        self.open_columns(id, &columns);
        for (name, of) in self.columns(id) {
            let is_value = matches!(&*name, "base" | "ours" | "theirs");
            let known = if is_value { Type::optional(Type::STRING) } else { Type::STRING };
            self.unify(&of, &known, Span::default());
        }
        self.emitted.insert(id);
    }

    /// The types that handlers write.
    pub(super) fn handler_signatures(&mut self) {
        for index in 0..self.pending.handlers.len() {
            let Some(pending) = self.pending.handlers.get(index) else { continue };
            let (form, space) = (pending.form, pending.space);
            self.frame.space = space;
            let Form::Name(name) = &form.event.kind else { continue };
            let Some(Definition::Relation(id)) = self.names.look_up(space, &name.text) else {
                continue;
            };
            let is_event = self.is_event(id);
            for (parameter, (_, of)) in form.parameters.iter().zip(self.columns(id)) {
                if let (true, Some(written)) = (is_event, &parameter.of) {
                    let known = self.read_type(written);
                    self.unify(&of, &known, written.span);
                }
            }
        }
    }

    fn is_event(&self, id: RelationId) -> bool {
        let relation = self.program.relations.get(id.index());
        relation.is_some_and(|one| one.kind == RelationKind::Event)
    }

    /// `emit Event(a, b)`
    pub(super) fn emit(
        &mut self,
        event: &form::Expression,
        arguments: &[form::Expression],
        span: Span,
    ) -> Option<StatementKind> {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        let Some(id) = self.event(event, arguments.len()) else {
            arguments.iter().for_each(|one| drop(self.expression(one, None)));
            return None;
        };
        self.emitted.insert(id);
        let types: Vec<Type> = self.columns(id).into_iter().map(|(_, of)| of).collect();
        if types.len() != arguments.len() {
            let name = super::query::last_name(event).unwrap_or_default();
            self.wrong_count(&name, types.len(), arguments.len(), span);
        }
        let any = Type::Unknown;
        let mut found = Vec::new();
        for (index, one) in arguments.iter().enumerate() {
            found.push(self.emitted_value(one, types.get(index).unwrap_or(&any)));
        }
        Some(StatementKind::Emit(id, found))
    }

    /// A value of an event. Of a relation it is the list of its rows at this moment.
    fn emitted_value(&mut self, value: &form::Expression, of: &Type) -> Expression {
        if !self.unifier.is_open(of) {
            return self.expect(value, of);
        }
        let found = self.expression(value, None);
        let found = match self.unifier.shallow(&found.of) {
            Type::Relation(fields) => self.coerce(found, &Type::list(Type::Record(fields))),
            other => {
                if !is_storable(&other) || other == Type::NOTHING {
                    let message =
                        format!("values of type `{}` cannot be stored", self.show(&other));
                    self.error(NOT_STORABLE, value.span, message);
                }
                found
            }
        };
        self.unify(of, &found.of, value.span);
        found
    }

    /// The relation of an event, which begins to be when it is named first.
    fn event(&mut self, event: &form::Expression, count: usize) -> Option<RelationId> {
        if let Form::Name(name) = &event.kind
            && self.names.look_up(self.frame.space, &name.text).is_none()
        {
            let names: Vec<Rc<str>> =
                (1..=count).map(|index| Rc::from(format!("value{index}"))).collect();
            let id = self.add_relation(name, SpaceId::TOP, RelationKind::Event);
            self.open_columns(id, &names);
            return Some(id);
        }
        let id = self.relation_named(event)?;
        let relation = self.program.relations.get(id.index())?;
        if matches!(relation.kind, RelationKind::Stored | RelationKind::Event) {
            return Some(id);
        }
        let message = format!("rows of `{}` follow from others: it is no event", relation.name);
        let diagnostic = Diagnostic::error(DERIVED_ROWS, event.span, message)
            .with_hint("emit an event of another name");
        self.note(diagnostic);
        None
    }

    pub(super) fn handler_bodies(&mut self) {
        for pending in std::mem::take(&mut self.pending.handlers) {
            self.frame = Frame::new(TRANSFORM, pending.space);
            let handler = self.handler(&pending);
            self.program.handlers.extend(handler);
        }
    }

    /// Handlers of what nothing emits, also no contract and no test.
    pub(super) fn unemitted(&mut self) {
        for index in 0..self.program.handlers.len() {
            let handler = self.program.handlers.get(index);
            let Some((event, span)) = handler.map(|one| (one.event, one.span)) else { continue };
            if self.is_event(event) && !self.emitted.contains(&event) {
                self.warn_not_emitted(event, span);
            }
        }
    }

    fn warn_not_emitted(&mut self, event: RelationId, span: Span) {
        let relation = self.program.relations.get(event.index());
        let Some((name, at)) = relation.map(|one| (Rc::clone(&one.name), one.span)) else { return };
        let emitted = self.emitted.iter().filter_map(|id| self.program.relations.get(id.index()));
        let emitted: Vec<Rc<str>> = emitted.map(|one| Rc::clone(&one.name)).collect();
        let meant = nearest(&name, emitted.iter().map(|one| &**one)).map(str::to_owned);
        let at = if at == Span::default() { span } else { at };
        let message = format!("nothing emits `{name}`");
        self.note(with_meant(Diagnostic::warning(NOT_EMITTED, at, message), meant));
    }

    fn handler(&mut self, pending: &PendingHandler<'_>) -> Option<Handler> {
        let form = pending.form;
        let event = self.event(&form.event, form.parameters.len())?;
        let columns = self.columns(event);
        if columns.len() != form.parameters.len() {
            let name = super::query::last_name(&form.event).unwrap_or_default();
            self.wrong_count(&name, columns.len(), form.parameters.len(), form.event.span);
            return None;
        }
        self.open();
        let mut parameters = Vec::new();
        for (index, (parameter, (_, of))) in form.parameters.iter().zip(columns).enumerate() {
            if let Some(written) = &parameter.of {
                let known = self.read_type(written);
                self.unify(&of, &known, written.span);
            }
            let names = form.parameters.iter().take(index);
            if names.into_iter().any(|other| other.name.text == parameter.name.text) {
                self.named_twice(&parameter.name);
            }
            let id = self.bind(&parameter.name, of);
            self.mark_used(id);
            parameters.push(id);
        }
        let body = self.statements(&form.body);
        self.close();
        Some(Handler { event, parameters, body, span: pending.span })
    }
}
