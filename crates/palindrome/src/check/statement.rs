//! Statements and blocks, and the names of the top level.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::leave::LoopKind;
use super::names::{Definition, SpaceId};
use crate::codes::{LARGE_TYPE, MISMATCH, MISPLACED, UNUSED};
use crate::form::{self, StatementKind as Form};
use crate::hir::{
    Block, Expression, ExpressionKind, GlobalId, LocalId, Pattern, PatternKind, Statement,
    StatementKind,
};
use crate::types::{TRANSFORM, Type};

/// What is said of a value that nobody uses.
pub(crate) const UNUSED_VALUE: &str = "nobody uses this value";

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
        self.handler_bodies();
        self.rule_bodies();
        self.index_items();
        self.migration_bodies();
        self.contracts();
        self.tests();
        self.unemitted();
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
        // A library defines, whoever uses it.
        let is_own = statement.span.source == self.source;
        let effect = if is_own { TRANSFORM } else { self.library_effect(statement.span) };
        let frame = super::scope::Frame::new(effect, space);
        let around = std::mem::replace(&mut self.frame, frame);
        let is_in_turn = self.demands == 0;
        if is_in_turn {
            self.frame.disposed = std::mem::take(&mut self.disposed);
        }
        self.open();
        let mut found = Vec::new();
        match &statement.kind {
            Form::Let { pattern, of, value } => {
                self.define_globals(pattern, of.as_ref(), value, &globals, &mut found);
            }
            _ => found.extend(self.statement(statement)),
        }
        self.close();
        if is_in_turn {
            self.disposed = std::mem::take(&mut self.frame.disposed);
        }
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
        let pattern = self.pattern(pattern, &of);
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
        let around = self.frame.space;
        if let Some(inner) = &block.space
            && let Some(Definition::Space(inner)) = self.names.member(around, inner)
        {
            self.frame.space = inner;
        }
        self.open();
        let mut statements = Vec::new();
        let mut value = None;
        let last = block.statements.len().saturating_sub(1);
        for (index, statement) in block.statements.iter().enumerate() {
            match &statement.kind {
                Form::Expression(expression)
                    if index == last && !self.is_search_match(expression) =>
                {
                    let found = self.expression(expression, want);
                    if self.unifier.shallow(&found.of) == Type::NOTHING {
                        statements.push(only_statement(found, statement.span));
                    } else {
                        value = Some(Box::new(found));
                    }
                }
                _ => statements.extend(self.statement(statement)),
            }
            if let (Form::Break | Form::Continue, Some(next)) =
                (&statement.kind, block.statements.get(index + 1))
            {
                self.never_done(next.span);
            }
        }
        self.close();
        self.frame.space = around;
        Block { statements, value }
    }

    fn is_search_match(&self, of: &form::Expression) -> bool {
        self.frame.answers.is_some() && matches!(of.kind, form::ExpressionKind::Match(..))
    }

    /// A block whose value nobody uses.
    pub(super) fn statements(&mut self, block: &form::Block) -> Block {
        let found = self.block(block, None);
        self.without_value(found)
    }

    pub(super) fn without_value(&mut self, mut block: Block) -> Block {
        if let Some(value) = block.value.take() {
            let span = value.span;
            let kind = self.unused_value(*value);
            block.statements.push(Statement { kind, span });
        }
        block
    }

    fn statement(&mut self, statement: &form::Statement) -> Option<Statement> {
        let span = statement.span;
        let kind = match &statement.kind {
            Form::Wrong => return None,
            Form::Let { pattern, of, value } => {
                let value = self.let_value(of.as_ref(), value, None);
                let of = value.of.clone();
                StatementKind::Let(self.pattern(pattern, &of), value)
            }
            Form::Assign { place, value } => self.assign(place, value)?,
            Form::Swap(one, other) => self.swap(one, other, span)?,
            Form::Insert { into, rows, replaces } => self.insert(into, rows, *replaces)?,
            Form::Delete { from, rows } => self.delete(from, rows, span)?,
            Form::Update { place, value, filter } => {
                self.update(place, value, filter.as_ref(), span)?
            }
            Form::While { condition, body } => {
                let condition = self.expect(condition, &Type::BOOL);
                StatementKind::While(condition, self.looped(LoopKind::Plain, body))
            }
            Form::From { entry, body, exit } => self.reversible_loop(entry, body, exit),
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
            Form::Accept => self.accept(span),
            Form::Break => self.leave_round("break", span)?,
            Form::Continue => self.leave_round("continue", span)?,
            Form::Emit { event, arguments } => self.emit(event, arguments, span)?,
            Form::Print(values) => self.print(values, span),
            Form::Yield(value) => self.yielded(value, span)?,
            Form::Expression(value) => self.expression_statement(value),
            Form::Checkpoint(_)
            | Form::Rewind(_)
            | Form::Dispose(_)
            | Form::Recover(_)
            | Form::Switch(_)
            | Form::Parallel { .. }
            | Form::Revert { .. }
            | Form::Watch(_)
            | Form::Inspect(_)
            | Form::Explain(..)
            | Form::When { .. }
            | Form::Some { .. }
            | Form::Then { .. }
            | Form::Succeed(_)
            | Form::Fail => self.rare_statement(statement)?,
        };
        Some(Statement { kind, span })
    }

    /// Statements about time, and those of searches.
    fn rare_statement(&mut self, statement: &form::Statement) -> Option<StatementKind> {
        let span = statement.span;
        match &statement.kind {
            Form::Checkpoint(name) => {
                self.effects.flow(TRANSFORM, self.frame.effect, span);
                self.program.looks_back = true;
                self.checkpoints.made.insert(Rc::clone(&name.text));
                Some(StatementKind::Checkpoint(Rc::clone(&name.text)))
            }
            Form::Rewind(to) => Some(StatementKind::Rewind(self.rewind(to, span))),
            Form::Dispose(name) => self.dispose(name, span),
            Form::Recover(name) => self.recover(name, span),
            Form::Switch(name) => {
                self.effects.flow(TRANSFORM, self.frame.effect, span);
                self.program.looks_back = true;
                Some(StatementKind::Switch(Rc::clone(&name.text)))
            }
            Form::Parallel { arms, merge } => Some(self.parallel(arms, *merge, span)),
            Form::Revert { library, moment } => self.revert(library, moment, span),
            Form::Watch(value) => Some(self.watch(value)),
            Form::Inspect(name) => self.inspect(name, span),
            Form::Explain(what, value) => self.explain(*what, value),
            Form::When { condition, body } => self.when(condition, body, span),
            Form::Some { name, rows, filter, body } => {
                self.some(name, (rows.as_ref(), filter.as_ref()), body, span)
            }
            Form::Then { name, attempt, body } => self.then(name.as_ref(), attempt, body, span),
            Form::Succeed(value) => self.succeed(value.as_ref(), span),
            Form::Fail => self.fail(span),
            _ => None,
        }
    }

    fn print(&mut self, values: &[form::Expression], span: Span) -> StatementKind {
        let (mut found, told) = (Vec::new(), self.notes.len());
        for value in values {
            let value = self.expression(value, None);
            self.printable(&value);
            found.push(value);
        }
        self.hint_at_sources(values, told);
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        StatementKind::Print(found)
    }

    /// A comma between the values of `print` begins no further source of a query, so a name that an
    /// earlier value gave to its rows is not known in the next.
    fn hint_at_sources(&mut self, values: &[form::Expression], told: usize) {
        let sources = values.iter().flat_map(|value| match &value.kind {
            form::ExpressionKind::Query(query) => &*query.sources,
            _ => &[],
        });
        let names = sources.filter_map(|source| source.alias.as_ref());
        let spoken: Vec<String> =
            names.map(|name| format!("nothing is called `{}`", name.text)).collect();
        let notes = self.notes.get_mut(told..).unwrap_or_default();
        for note in notes.iter_mut().filter(|note| spoken.contains(&note.message)) {
            let hint = "a query of several sources stands in parentheses here: \
                        `print (A as a, B as b where …)`";
            note.hint = Some(hint.to_owned());
        }
    }

    /// An expression for what it does.
    fn expression_statement(&mut self, value: &form::Expression) -> StatementKind {
        match &value.kind {
            form::ExpressionKind::Match(subject, arms) if self.frame.answers.is_some() => {
                self.search_match(subject, arms, value.span)
            }
            form::ExpressionKind::Try { body, name, otherwise } => {
                self.try_statement(body, name.as_ref(), otherwise.as_ref())
            }
            _ => {
                let value = self.expression(value, None);
                self.unused_value(value)
            }
        }
    }

    /// Warns if a value is made that nobody uses.
    pub(super) fn warn_no_effect(&mut self, value: &Expression) {
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
            let diagnostic = Diagnostic::warning(UNUSED, value.span, UNUSED_VALUE)
                .with_hint("name it with `let`, show it with `print`, or remove it");
            self.note(diagnostic);
        }
    }

    fn assign(
        &mut self,
        place: &form::Expression,
        value: &form::Expression,
    ) -> Option<StatementKind> {
        let Some((place, of)) = self.place(place) else {
            self.expression(value, None);
            return None;
        };
        let value = self.expect(value, &of);
        Some(StatementKind::Assign(place, value))
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
        let pattern = self.pattern(pattern, &element);
        let kind = match self.unifier.shallow(&rows.of) {
            Type::Answers(_) => LoopKind::Answers,
            _ => LoopKind::Plain,
        };
        let body = self.looped(kind, body);
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

    fn yielded(&mut self, value: &form::Expression, span: Span) -> Option<StatementKind> {
        let Some(yields) = self.frame.yields.clone() else {
            let diagnostic = Diagnostic::error(MISPLACED, span, "`yield` stands in a transform")
                .with_hint("elsewhere, name the rows with `let`, or give them as the value");
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
        Some(StatementKind::Yield(value))
    }

    fn tests(&mut self) {
        for (name, body, span, space) in std::mem::take(&mut self.pending.tests) {
            self.frame = super::scope::Frame::new(TRANSFORM, space);
            let body = self.statements(body);
            // Those of libraries are run where these are tested.
            if span.source != self.source {
                continue;
            }
            self.program.tests.push(crate::hir::Test { name: Rc::from(name), body, span });
        }
    }

    /// A pattern that is a variable.
    pub(super) fn variable_pattern(id: LocalId, of: Type, span: Span) -> Pattern {
        Pattern { kind: PatternKind::Bind(id), of, span }
    }
}

/// An expression without a value as a statement: the only one of a block, if it was made of one.
fn only_statement(value: Expression, span: Span) -> Statement {
    match value.kind {
        ExpressionKind::Block(mut block)
            if matches!(
                block.statements.as_slice(),
                [Statement { kind: StatementKind::Try(..), .. }]
            ) =>
        {
            let kind = block.statements.pop().map(|one| one.kind);
            let empty = Block { statements: Vec::new(), value: None };
            Statement { kind: kind.unwrap_or(StatementKind::Block(empty)), span }
        }
        kind => {
            let value = Expression { kind, of: Type::NOTHING, span: value.span };
            Statement { kind: StatementKind::Expression(value), span }
        }
    }
}
