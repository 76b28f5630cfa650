//! Statements about moments, branches and worlds, and what names were.

use std::collections::BTreeSet;
use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::Definition;
use super::relation::plain_field;
use crate::codes::{DISPOSED, NO_RELATION, NOT_DISPOSED};
use crate::form;
use crate::hir::{
    Callee, Expression, ExpressionKind, Literal, Merge, Place, Relation, RelationId, RelationKind,
    Rewind, StatementKind, World,
};
use crate::types::{BuiltinId, Effect, QUERY, TRANSFORM, Type, builtins};

/// Checkpoints by name.
#[derive(Debug, Default)]
pub(super) struct Checkpoints {
    pub(super) made: BTreeSet<Rc<str>>,
    pub(super) used: Vec<form::Name>,
}

impl Checker<'_> {
    pub(super) fn rewind(&mut self, to: &form::Rewind, span: Span) -> Rewind {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        self.program.looks_back = true;
        match to {
            form::Rewind::When(condition) => {
                let effect = self.effects.place("the condition");
                self.effects.limit(effect, Effect::Query, "the condition", condition.span);
                let around = std::mem::replace(&mut self.frame.effect, effect);
                let condition = self.implicit_rows(condition);
                self.frame.effect = around;
                Rewind::When(condition)
            }
            form::Rewind::To(moment) => {
                if let form::ExpressionKind::Name(name) = &moment.kind
                    && self.find_local(&name.text).is_none()
                    && self.names.look_up(self.frame.space, &name.text).is_none()
                {
                    return Rewind::Checkpoint(Rc::clone(&name.text));
                }
                Rewind::To(self.moment(moment))
            }
        }
    }

    /// A moment or its number, a time, the text of a time, or the name of a checkpoint.
    pub(super) fn moment(&mut self, of: &form::Expression) -> Expression {
        if let form::ExpressionKind::Name(name) = &of.kind
            && self.find_local(&name.text).is_none()
            && self.names.look_up(self.frame.space, &name.text).is_none()
            && !name.text.is_empty()
        {
            self.checkpoints.used.push(name.clone());
            return Self::checkpoint_moment(name);
        }
        let found = self.expression(of, Some(&Type::MOMENT));
        let shallow = self.unifier.shallow(&found.of);
        if matches!(shallow, Type::TIMESTAMP | Type::STRING | Type::INT) {
            return found;
        }
        self.coerce(found, &Type::MOMENT)
    }

    fn checkpoint_moment(name: &form::Name) -> Expression {
        let text = ExpressionKind::Literal(Literal::String(Rc::clone(&name.text)));
        let text = Expression { kind: text, of: Type::STRING, span: name.span };
        Self::language_call(BuiltinId::CHECKPOINT, vec![text], Type::MOMENT, name.span)
    }

    /// The moment of a checkpoint as a value, if nothing else has the name.
    pub(super) fn checkpoint_value(&mut self, name: &form::Name) -> Option<Expression> {
        self.checkpoints.made.contains(&name.text).then(|| {
            self.effects.flow(QUERY, self.frame.effect, name.span);
            self.program.looks_back = true;
            Self::checkpoint_moment(name)
        })
    }

    /// Names of moments that no checkpoint gives are names of nothing.
    pub(super) fn unknown_checkpoints(&mut self) {
        for name in std::mem::take(&mut self.checkpoints.used) {
            if !self.checkpoints.made.contains(&name.text) {
                self.undefined(&name);
            }
        }
    }

    /// Says where a name was disposed of, if it was.
    pub(super) fn not_disposed(&mut self, place: Place, span: Span) {
        let Some(at) = self.frame.disposed.get(&place).copied() else { return };
        let name = self.place_name(place);
        let message = format!("`{name}` was disposed of");
        let diagnostic = Diagnostic::error(DISPOSED, span, message)
            .with_note(at, "disposed of here")
            .with_hint(format!("bring it back first: `recover {name} <- past`"));
        self.note(diagnostic);
    }

    /// `dispose x -> past`
    pub(super) fn dispose(&mut self, name: &form::Name, span: Span) -> Option<StatementKind> {
        let (place, _) = self.named_place(name)?;
        self.not_disposed(place, name.span);
        self.frame.disposed.insert(place, span);
        self.past(place, span);
        Some(StatementKind::Dispose(place))
    }

    /// `recover x <- past`
    pub(super) fn recover(&mut self, name: &form::Name, span: Span) -> Option<StatementKind> {
        let (place, _) = self.named_place(name)?;
        if self.frame.disposed.remove(&place).is_none() {
            let message = format!("`{}` was not disposed of here", name.text);
            let hint = format!("`dispose {} -> past` comes before it", name.text);
            self.note(Diagnostic::error(NOT_DISPOSED, name.span, message).with_hint(hint));
        }
        self.past(place, span);
        Some(StatementKind::Recover(place))
    }

    fn past(&mut self, place: Place, span: Span) {
        match place {
            Place::Local(id) => self.mark_used(id),
            Place::Global(_) => {
                self.program.looks_back = true;
                self.effects.flow(TRANSFORM, self.frame.effect, span);
            }
        }
    }

    /// `parallel { a: … b: … } merge strategy latest`
    pub(super) fn parallel(
        &mut self,
        arms: &[(form::Name, form::Block)],
        merge: Option<Merge>,
        span: Span,
    ) -> StatementKind {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        let before = self.frame.disposed.clone();
        let answers = self.frame.answers.take();
        let (mut seen, mut worlds) = (BTreeSet::new(), Vec::new());
        for (name, body) in arms {
            if !seen.insert(&name.text) {
                self.named_twice(name);
            }
            // What happens in a world is seen by the others only when they are merged.
            self.open_lambda();
            let body = self.statements(body);
            self.close_lambda();
            self.frame.disposed.clone_from(&before);
            worlds.push(World { name: Rc::clone(&name.text), body });
        }
        self.frame.answers = answers;
        // Worlds that are not merged are there to be looked at.
        self.program.looks_back |= merge.is_none();
        StatementKind::Parallel(worlds, merge)
    }

    /// `history(x)`: what a name or relation was.
    pub(super) fn history(&mut self, arguments: &[form::Expression], at: Span) -> Expression {
        let [one] = arguments else {
            self.wrong_count("history", 1, arguments.len(), at);
            return Self::wrong(at);
        };
        let Some(found) = self.relation_definition(one) else { return Self::wrong(at) };
        let id = match found {
            Definition::Relation(id) => self.relation_history(id, one.span),
            Definition::Global(id) => {
                self.demand_global(id);
                let of = self.program.globals.get(id.index());
                let (name, of) = of.map_or_else(
                    || (Rc::from(""), Type::Unknown),
                    |one| (Rc::clone(&one.name), one.of.clone()),
                );
                let kind = RelationKind::NameHistory(id);
                Some(self.past_relation(&name, kind, vec![plain_field(Rc::from("value"), of)], at))
            }
            Definition::Refused => None,
            Definition::Function(_)
            | Definition::Inverse(_)
            | Definition::Variant(..)
            | Definition::Contract
            | Definition::Space(_) => {
                let message = "this has no history";
                let diagnostic = Diagnostic::error(NO_RELATION, one.span, message)
                    .with_hint("names of the top level and relations have one");
                self.note(diagnostic);
                None
            }
        };
        let Some(id) = id else { return Self::wrong(at) };
        self.effects.flow(QUERY, self.frame.effect, at);
        let of = self.relation_type(id);
        Expression { kind: ExpressionKind::Relation(id), of, span: at }
    }

    /// `diff(T, U)`: what differs between two moments.
    pub(super) fn difference(&mut self, arguments: &[form::Expression], at: Span) -> Expression {
        let found = builtins().find(|(_, row)| !row.is_method && row.name == "diff");
        let (Some((id, row)), [one, other]) = (found, arguments) else {
            self.wrong_count("diff", 2, arguments.len(), at);
            return Self::wrong(at);
        };
        self.effects.flow(QUERY, self.frame.effect, at);
        self.program.looks_back = true;
        let arguments = vec![self.moment(one), self.moment(other)];
        let of = row.types().1.unwrap_or(Type::Unknown);
        Expression { kind: ExpressionKind::Call(Callee::Builtin(id), arguments), of, span: at }
    }

    fn relation_history(&mut self, id: RelationId, at: Span) -> Option<RelationId> {
        let relation = self.program.relations.get(id.index())?;
        if !matches!(relation.kind, RelationKind::Stored | RelationKind::Event) {
            let message = format!("`{}` is made of other rows, and has no history", relation.name);
            let diagnostic = Diagnostic::error(NO_RELATION, at, message)
                .with_hint("read it at past moments: `… at T`");
            self.note(diagnostic);
            return None;
        }
        let (name, fields) = (Rc::clone(&relation.name), relation.fields.clone());
        let fields = fields.into_iter().map(|one| plain_field(one.name, one.of));
        let mut columns = vec![plain_field(Rc::from("op"), Type::STRING)];
        columns.extend(fields);
        Some(self.past_relation(&name, RelationKind::History(id), columns, at))
    }

    /// The relation of a past, which begins to be when it is asked for first.
    fn past_relation(
        &mut self,
        name: &str,
        kind: RelationKind,
        columns: Vec<crate::hir::RelationField>,
        at: Span,
    ) -> RelationId {
        let known = self.program.relations.iter().position(|one| one.kind == kind);
        if let Some(known) = known {
            return RelationId::from_index(known);
        }
        let mut fields = vec![
            plain_field(Rc::from("moment"), Type::MOMENT),
            plain_field(Rc::from("at"), Type::TIMESTAMP),
        ];
        fields.extend(columns);
        let id = RelationId::from_index(self.program.relations.len());
        let name = Rc::from(format!("history({name})"));
        self.program.relations.push(Relation { name, fields, kind, history: None, span: at });
        id
    }
}
