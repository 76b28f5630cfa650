//! Statements and blocks, and the names of the top level.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::{Definition, SpaceId};
use crate::codes::{LARGE_TYPE, MISMATCH, MISPLACED, NO_PLACE, UNUSED};
use crate::form::{self, StatementKind as Form};
use crate::hir::{
    Block, Expression, ExpressionKind, GlobalId, LocalId, Pattern, PatternKind, Place, RelationId,
    RelationKind, Rewind, Statement, StatementKind,
};
use crate::types::{Effect, QUERY, TRANSFORM, Type};

/// A statement of the top level.
#[derive(Debug)]
pub(super) struct MainItem<'a> {
    pub(super) statement: &'a form::Statement,
    pub(super) space: SpaceId,
    /// The names that it defines.
    pub(super) globals: Vec<(Rc<str>, GlobalId)>,
    pub(super) is_done: bool,
}

/// Which statement of the top level defines a name.
#[derive(Debug)]
pub(super) struct PendingGlobal {
    pub(super) main: usize,
}

/// How many statements of the top level may be looked at inside of each other.
const DEMANDS_MAX: usize = 100;

impl Checker<'_> {
    /// Looks at everything that runs.
    pub(super) fn bodies(&mut self) {
        self.relation_bodies();
        let mut done: Vec<Vec<Statement>> = Vec::new();
        for index in 0..self.main.len() {
            self.main_item(index);
        }
        self.all_functions();
        self.rule_bodies();
        self.tests();
        self.inverses();
        done.append(&mut self.main_done.iter_mut().map(std::mem::take).collect());
        self.program.main = done.into_iter().flatten().collect();
    }

    /// Looks at the statement that defines a name, if that was not done.
    pub(super) fn demand_global(&mut self, id: GlobalId) {
        let Some(index) = self.globals.get(id.index()).map(|global| global.main) else { return };
        let is_done = self.main.get(index).is_none_or(|item| item.is_done);
        if !is_done && self.demands < DEMANDS_MAX {
            self.demands += 1;
            stacker::maybe_grow(128 << 10, 2 << 20, || self.main_item(index));
            self.demands -= 1;
        }
    }

    fn main_item(&mut self, index: usize) {
        let Some(item) = self.main.get_mut(index) else { return };
        if item.is_done {
            return;
        }
        item.is_done = true;
        let (statement, space, globals) = (item.statement, item.space, item.globals.clone());
        let frame = super::scope::Frame::new(TRANSFORM, space);
        let around = std::mem::replace(&mut self.frame, frame);
        self.open();
        let mut found = Vec::new();
        match &statement.kind {
            Form::Let { pattern, of, value } => {
                self.define_globals(pattern, of.as_ref(), value, &globals, &mut found);
            }
            _ => found.extend(self.statement(statement)),
        }
        self.close();
        self.frame = around;
        if self.main_done.len() <= index {
            self.main_done.resize_with(index + 1, Vec::new);
        }
        if let Some(place) = self.main_done.get_mut(index) {
            *place = found;
        }
    }

    fn define_globals(
        &mut self,
        pattern: &form::Pattern,
        of: Option<&form::Type>,
        value: &form::Expression,
        globals: &[(Rc<str>, GlobalId)],
        found: &mut Vec<Statement>,
    ) {
        if let (form::PatternKind::Name(_), [(_, id)]) = (&pattern.kind, globals) {
            let global = self.program.globals.get(id.index());
            let of_global = global.map_or(Type::Unknown, |one| one.of.clone());
            if let Some(of) = of {
                let of = self.read_type(of);
                self.unify(&of_global, &of, pattern.span);
            }
            let value = self.let_value(None, value, Some(&of_global));
            self.unify(&of_global, &value.of, value.span);
            let span = pattern.span.to(value.span);
            found.push(Statement { kind: StatementKind::Define(*id, value), span });
            return;
        }
        let value = self.let_value(of, value, None);
        let of = value.of.clone();
        let pattern = self.whole_pattern(pattern, &of);
        let span = pattern.span.to(value.span);
        found.push(Statement { kind: StatementKind::Let(pattern, value), span });
        for (name, id) in globals {
            let Some(local) = self.find_local(name) else { continue };
            self.mark_used(local.id);
            let of = self.local(local.id).map_or(Type::Unknown, |one| one.of.clone());
            let global = self.program.globals.get(id.index());
            let of_global = global.map_or(Type::Unknown, |one| one.of.clone());
            self.unify(&of_global, &of, span);
            let value = Expression { kind: ExpressionKind::Local(local.id), of, span };
            found.push(Statement { kind: StatementKind::Define(*id, value), span });
        }
    }

    /// The value of a `let`, whose type is perhaps written.
    fn let_value(
        &mut self,
        of: Option<&form::Type>,
        value: &form::Expression,
        known: Option<&Type>,
    ) -> Expression {
        let found = match (of, known) {
            (Some(of), _) => {
                let of = self.read_type(of);
                let found = self.expect(value, &of);
                Expression { of, ..found }
            }
            (None, Some(known)) if !self.unifier.is_open(known) => self.expect(value, known),
            (None, _) => self.expression(value, None),
        };
        if self.unifier.shallow(&found.of) == Type::NOTHING {
            let message = "this gives no value that could be named";
            self.error(MISMATCH, found.span, message);
            return Self::wrong(found.span);
        }
        if self.unifier.is_too_large(&found.of) {
            self.error(LARGE_TYPE, found.span, "the type of this value has too many parts");
            return Self::wrong(found.span);
        }
        found
    }

    /// A block. If it ends with an expression, that is its value.
    pub(super) fn block(&mut self, block: &form::Block, want: Option<&Type>) -> Block {
        self.open();
        let mut statements = Vec::new();
        let mut value = None;
        let last = block.statements.len().saturating_sub(1);
        for (index, statement) in block.statements.iter().enumerate() {
            match &statement.kind {
                Form::Expression(expression) if index == last => {
                    let found = self.expression(expression, want);
                    if self.unifier.shallow(&found.of) == Type::NOTHING {
                        let kind = StatementKind::Expression(found);
                        statements.push(Statement { kind, span: statement.span });
                    } else {
                        value = Some(Box::new(found));
                    }
                }
                _ => statements.extend(self.statement(statement)),
            }
        }
        self.close();
        Block { statements, value }
    }

    /// A block whose value nobody uses.
    fn statements(&mut self, block: &form::Block) -> Block {
        let mut found = self.block(block, None);
        if let Some(value) = found.value.take() {
            self.warn_no_effect(&value);
            let span = value.span;
            found.statements.push(Statement { kind: StatementKind::Expression(*value), span });
        }
        found
    }

    fn statement(&mut self, statement: &form::Statement) -> Option<Statement> {
        let span = statement.span;
        let kind = match &statement.kind {
            Form::Wrong => return None,
            Form::NotYet(what) => {
                self.not_yet(what, span);
                return None;
            }
            Form::Let { pattern, of, value } => {
                let value = self.let_value(of.as_ref(), value, None);
                let of = value.of.clone();
                StatementKind::Let(self.whole_pattern(pattern, &of), value)
            }
            Form::Assign { place, value } => return self.assign(place, value, span),
            Form::Insert { into, rows, replaces } => self.insert(into, rows, *replaces)?,
            Form::Delete { from, rows } => self.delete(from, rows, span)?,
            Form::Update { place, value, filter } => {
                self.update(place, value, filter.as_ref(), span)?
            }
            Form::While { condition, body } => {
                let condition = self.expect(condition, &Type::BOOL);
                StatementKind::While(condition, self.statements(body))
            }
            Form::For { pattern, rows, body } => self.for_each(pattern, rows, body),
            Form::Assert { condition, message } => {
                let condition = self.expect(condition, &Type::BOOL);
                let message = message.as_ref().map(|message| self.expect(message, &Type::STRING));
                StatementKind::Assert(condition, message)
            }
            Form::Reverse(reason) => {
                let reason = reason.as_ref().map(|reason| self.expect(reason, &Type::STRING));
                StatementKind::Reverse(reason)
            }
            Form::Try { body, name, otherwise } => {
                let body = self.statements(body);
                self.open();
                let name = name.as_ref().map(|name| self.bind(name, Type::STRING));
                let empty = Block { statements: Vec::new(), value: None };
                let otherwise = otherwise.as_ref().map_or(empty, |block| self.statements(block));
                self.close();
                StatementKind::Try(body, name, otherwise)
            }
            Form::Emit { event, arguments } => self.emit(event, arguments, span)?,
            Form::Print(values) => {
                let values: Vec<Expression> = values
                    .iter()
                    .map(|value| {
                        let value = self.expression(value, None);
                        self.printable(&value);
                        value
                    })
                    .collect();
                self.effects.flow(TRANSFORM, self.frame.effect, span);
                StatementKind::Print(values)
            }
            Form::Checkpoint(name) => {
                self.effects.flow(TRANSFORM, self.frame.effect, span);
                StatementKind::Checkpoint(Rc::clone(&name.text))
            }
            Form::Rewind(to) => StatementKind::Rewind(self.rewind(to, span)),
            Form::Yield(value) => return self.yielded(value, span),
            Form::Expression(value) => {
                let value = self.expression(value, None);
                self.warn_no_effect(&value);
                StatementKind::Expression(value)
            }
        };
        Some(Statement { kind, span })
    }

    /// Warns if a value is made that nobody uses.
    fn warn_no_effect(&mut self, value: &Expression) {
        let is_plain = matches!(
            value.kind,
            ExpressionKind::Literal(_)
                | ExpressionKind::Local(_)
                | ExpressionKind::Global(_)
                | ExpressionKind::Text(_)
                | ExpressionKind::Binary(..)
                | ExpressionKind::Unary(..)
                | ExpressionKind::List(_)
                | ExpressionKind::Record(_)
                | ExpressionKind::Field(..)
                | ExpressionKind::Function(..)
                | ExpressionKind::Lambda(_)
        );
        if is_plain {
            let diagnostic = Diagnostic::warning(UNUSED, value.span, "nobody uses this value")
                .with_hint("name it with `let`, show it with `print`, or remove it");
            self.note(diagnostic);
        }
    }

    fn assign(
        &mut self,
        place: &form::Expression,
        value: &form::Expression,
        span: Span,
    ) -> Option<Statement> {
        let form::ExpressionKind::Name(name) = &place.kind else {
            if !matches!(place.kind, form::ExpressionKind::Wrong) {
                let diagnostic =
                    Diagnostic::error(NO_PLACE, place.span, "this cannot be assigned to")
                        .with_hint("rows are changed by `update R.field = …`");
                self.note(diagnostic);
            }
            self.expression(value, None);
            return None;
        };
        if let Some(found) = self.find_local(&name.text) {
            let of = self.local(found.id).map_or(Type::Unknown, |local| local.of.clone());
            if found.is_outside {
                let message =
                    format!("`{}` is a variable of the function around this one", name.text);
                let diagnostic = Diagnostic::error(NO_PLACE, name.span, message)
                    .with_hint("give the new value back instead, as `fold` does");
                self.note(diagnostic);
            }
            if let Some(local) = self.program.locals.get_mut(found.id.index()) {
                local.is_changed = true;
            }
            let value = self.expect(value, &of);
            let kind = StatementKind::Assign(Place::Local(found.id), value);
            return Some(Statement { kind, span });
        }
        match self.names.look_up(self.frame.space, &name.text) {
            Some(Definition::Global(id)) => {
                self.demand_global(id);
                let global = self.program.globals.get_mut(id.index())?;
                global.is_changed = true;
                let of = global.of.clone();
                if let Some(place) = self.global_effects.get(id.index()) {
                    self.effects.flow(QUERY, *place, span);
                }
                self.effects.flow(TRANSFORM, self.frame.effect, span);
                let value = self.expect(value, &of);
                let kind = StatementKind::Assign(Place::Global(id), value);
                Some(Statement { kind, span })
            }
            Some(Definition::Refused) => None,
            Some(_) => {
                let message = format!("`{}` is a definition, and cannot be assigned to", name.text);
                self.error(NO_PLACE, name.span, message);
                self.expression(value, None);
                None
            }
            None => {
                self.undefined(name);
                self.expression(value, None);
                None
            }
        }
    }

    fn for_each(
        &mut self,
        pattern: &form::Pattern,
        rows: &form::Expression,
        body: &form::Block,
    ) -> StatementKind {
        let rows = self.expression(rows, None);
        let element = self.element_type(&rows);
        self.open();
        let pattern = self.whole_pattern(pattern, &element);
        let body = self.statements(body);
        self.close();
        StatementKind::For(pattern, rows, body)
    }

    /// The type of what a list, relation or search has in it.
    pub(super) fn element_type(&mut self, rows: &Expression) -> Type {
        match self.unifier.shallow(&rows.of) {
            Type::List(element) | Type::Answers(element) => (*element).clone(),
            Type::Relation(fields) => Type::Record(fields),
            Type::Unknown => Type::Unknown,
            Type::Variable(_) => {
                self.unknown_type(rows.span);
                Type::Unknown
            }
            other => {
                let message = format!("`{}` has no elements", self.show(&other));
                let diagnostic = Diagnostic::error(MISMATCH, rows.span, message);
                self.note(match other {
                    Type::INT => diagnostic.with_hint("write a range: `0..n`"),
                    _ => diagnostic,
                });
                Type::Unknown
            }
        }
    }

    fn rewind(&mut self, to: &form::Rewind, span: Span) -> Rewind {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
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

    fn yielded(&mut self, value: &form::Expression, span: Span) -> Option<Statement> {
        let Some(yields) = self.frame.yields.clone() else {
            let diagnostic = Diagnostic::error(MISPLACED, span, "`yield` stands in a transform")
                .with_hint("at the top level, name the rows with `let`");
            self.note(diagnostic);
            self.expression(value, None);
            return None;
        };
        let value = self.expression(value, None);
        let row = match self.unifier.shallow(&value.of) {
            Type::Relation(fields) => Type::Record(fields),
            Type::List(element) => (*element).clone(),
            other => other,
        };
        self.unify(&yields, &row, value.span);
        Some(Statement { kind: StatementKind::Yield(value), span })
    }

    fn emit(
        &mut self,
        event: &form::Name,
        arguments: &[form::Expression],
        span: Span,
    ) -> Option<StatementKind> {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        let id = self.event(event, arguments.len())?;
        let types: Vec<Type> = self.columns(id).into_iter().map(|(_, of)| of).collect();
        let found = self.arguments(&event.text, &types, arguments, span);
        Some(StatementKind::Emit(id, found))
    }

    /// The relation of an event, which begins to be when it is named first.
    fn event(&mut self, event: &form::Name, count: usize) -> Option<RelationId> {
        match self.names.look_up(self.frame.space, &event.text) {
            Some(Definition::Relation(id)) => Some(id),
            Some(_) => {
                self.error(NO_PLACE, event.span, format!("`{}` is no event", event.text));
                None
            }
            None => {
                let names: Vec<Rc<str>> =
                    (1..=count).map(|index| Rc::from(format!("value{index}"))).collect();
                let id = self.add_relation(event, SpaceId::TOP, RelationKind::Event);
                self.open_columns(id, &names);
                Some(id)
            }
        }
    }

    fn tests(&mut self) {
        for (name, body, space) in std::mem::take(&mut self.pending.tests) {
            self.frame = super::scope::Frame::new(TRANSFORM, space);
            let body = self.statements(body);
            self.program.tests.push(crate::hir::Test { name: Rc::from(name), body });
        }
    }

    /// A pattern that is a variable.
    pub(super) fn variable_pattern(id: LocalId, of: Type, span: Span) -> Pattern {
        Pattern { kind: PatternKind::Bind(id), of, span }
    }
}
