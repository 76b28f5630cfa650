//! Control: `try`, what holds behind branches, swaps, and loops that can be run backwards.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::leave::{Loop, LoopKind};
use super::names::Definition;
use crate::codes::{NO_PLACE, NOT_DISPOSED};
use crate::form;
use crate::hir::{Block, Expression, ExpressionKind, LocalId, Place, Statement, StatementKind};
use crate::types::{QUERY, TRANSFORM, Type};

impl Checker<'_> {
    /// A name that can be given another value.
    pub(super) fn place(&mut self, of: &form::Expression) -> Option<(Place, Type)> {
        let form::ExpressionKind::Name(name) = &of.kind else {
            if !matches!(of.kind, form::ExpressionKind::Wrong) {
                let diagnostic = Diagnostic::error(NO_PLACE, of.span, "this cannot be assigned to")
                    .with_hint("rows are changed by `update R.field = …`");
                self.note(diagnostic);
            }
            return None;
        };
        let (place, of) = self.named_place(name)?;
        self.not_disposed(place, name.span);
        match place {
            Place::Local(id) => {
                if let Some(local) = self.program.locals.get_mut(id.index()) {
                    local.is_changed = true;
                }
            }
            Place::Global(id) => {
                if let Some(global) = self.program.globals.get_mut(id.index()) {
                    global.is_changed = true;
                }
                if let Some(place) = self.global_effects.get(id.index()) {
                    self.effects.flow(QUERY, *place, name.span);
                }
                self.effects.flow(TRANSFORM, self.frame.effect, name.span);
            }
        }
        Some((place, of))
    }

    /// A name of a variable, or of the top level.
    pub(super) fn named_place(&mut self, name: &form::Name) -> Option<(Place, Type)> {
        if name.text.is_empty() {
            return None;
        }
        if let Some(found) = self.find_local(&name.text) {
            let of = self.local(found.id).map_or(Type::Unknown, |local| local.of.clone());
            if found.is_outside {
                let message =
                    format!("`{}` is a variable of the function around this one", name.text);
                let diagnostic = Diagnostic::error(NO_PLACE, name.span, message)
                    .with_hint("give the new value back instead, as `fold` does");
                self.note(diagnostic);
            }
            return Some((Place::Local(found.id), of));
        }
        match self.names.look_up(self.frame.space, &name.text) {
            Some(Definition::Global(id)) => {
                self.demand_global(id);
                let of = self.program.globals.get(id.index())?.of.clone();
                Some((Place::Global(id), of))
            }
            Some(Definition::Refused) => None,
            Some(_) => {
                let message = format!("`{}` is a definition, and cannot be assigned to", name.text);
                self.error(NO_PLACE, name.span, message);
                None
            }
            None => {
                self.undefined(name);
                None
            }
        }
    }

    /// `a <-> b`: the first value is kept while the second one takes its place.
    pub(super) fn swap(
        &mut self,
        one: &form::Expression,
        other: &form::Expression,
        span: Span,
    ) -> Option<StatementKind> {
        let (one, other) = (self.place(one), self.place(other));
        let ((one, of), (other, other_type)) = (one?, other?);
        self.unify(&of, &other_type, span);
        let kept = self.hidden("kept", of.clone(), span);
        let value = |kind| Expression { kind, of: of.clone(), span };
        let read = |place| match place {
            Place::Local(id) => value(ExpressionKind::Local(id)),
            Place::Global(id) => value(ExpressionKind::Global(id)),
        };
        for place in [one, other] {
            if let Place::Local(id) = place {
                self.mark_used(id);
            }
        }
        let statements = [
            StatementKind::Let(Self::variable_pattern(kept, of.clone(), span), read(one)),
            StatementKind::Assign(one, read(other)),
            StatementKind::Assign(other, value(ExpressionKind::Local(kept))),
        ];
        let statements = statements.map(|kind| Statement { kind, span }).to_vec();
        Some(StatementKind::Block(Block { statements, value: None }))
    }

    /// `from entry { … } until exit`
    pub(super) fn reversible_loop(
        &mut self,
        entry: &form::Expression,
        body: &form::Block,
        exit: &form::Expression,
    ) -> StatementKind {
        let entry = self.expect(entry, &Type::BOOL);
        let body = self.looped(LoopKind::Reversible, body);
        let exit = self.expect(exit, &Type::BOOL);
        StatementKind::From(entry, body, exit)
    }

    /// The body of a loop: what is disposed of in it is there again the next time.
    pub(super) fn looped(&mut self, kind: LoopKind, body: &form::Block) -> Block {
        let begun = Loop {
            kind,
            disposed: self.frame.disposed.clone(),
            first: LocalId::from_index(self.program.locals.len()),
        };
        self.open_loop(begun.clone());
        let found = self.statements(body);
        self.close();
        for (place, at) in begun.gone(&self.frame.disposed) {
            let name = self.place_name(place);
            let message = format!("`{name}` is disposed of each time, and gone the second time");
            let diagnostic = Diagnostic::error(NOT_DISPOSED, at, message)
                .with_hint(format!("`recover {name} <- past` before the loop goes on"));
            self.note(diagnostic);
        }
        found
    }

    pub(super) fn place_name(&self, place: Place) -> Rc<str> {
        let name = match place {
            Place::Local(id) => self.local(id).map(|one| Rc::clone(&one.name)),
            Place::Global(id) => self.program.globals.get(id.index()).map(|one| one.name.clone()),
        };
        name.unwrap_or_else(|| Rc::from(""))
    }

    /// Each of several ways, of which one is taken: what one of them disposes of is gone behind them.
    pub(super) fn ways<T>(&mut self, ways: Vec<&mut dyn FnMut(&mut Self) -> T>) -> Vec<T> {
        let before = self.frame.disposed.clone();
        let mut after = None;
        let mut found = Vec::new();
        for way in ways {
            self.frame.disposed.clone_from(&before);
            found.push(way(self));
            let gone = std::mem::take(&mut self.frame.disposed);
            match &mut after {
                None => after = Some(gone),
                Some(after) => after.extend(gone),
            }
        }
        self.frame.disposed = after.unwrap_or(before);
        found
    }

    /// Likewise as a statement.
    pub(super) fn try_statement(
        &mut self,
        body: &form::Block,
        name: Option<&form::Name>,
        otherwise: Option<&form::Block>,
    ) -> StatementKind {
        let mut reason = None;
        let mut tried = |checker: &mut Self| checker.statements(body);
        let mut failed = |checker: &mut Self| {
            checker.open();
            reason = name.map(|name| checker.bind(name, Type::STRING));
            let empty = Block { statements: Vec::new(), value: None };
            let found = otherwise.map_or(empty, |block| checker.statements(block));
            checker.close();
            found
        };
        let mut blocks = self.ways(vec![&mut tried, &mut failed]).into_iter();
        let empty = || Block { statements: Vec::new(), value: None };
        let body = blocks.next().unwrap_or_else(empty);
        let otherwise = blocks.next().unwrap_or_else(empty);
        StatementKind::Try(body, reason, otherwise)
    }

    /// `try { … } else reason { … }` as a value.
    pub(super) fn try_value(
        &mut self,
        (body, name, otherwise): (&form::Block, Option<&form::Name>, Option<&form::Block>),
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let mut tried = |checker: &mut Self| checker.block(body, want);
        let mut reason = None;
        let mut failed = |checker: &mut Self| {
            checker.open();
            reason = name.map(|name| checker.bind(name, Type::STRING));
            let empty = Block { statements: Vec::new(), value: None };
            let found = otherwise.map_or(empty, |block| checker.block(block, want));
            checker.close();
            found
        };
        let mut blocks = self.ways(vec![&mut tried, &mut failed]).into_iter();
        let (Some(body), Some(otherwise)) = (blocks.next(), blocks.next()) else {
            return Self::wrong(at);
        };
        let as_value = |block: Block| {
            let of = super::expression::block_type(&block);
            let span = block.value.as_ref().map_or(at, |value| value.span);
            Expression { kind: ExpressionKind::Block(block), of, span }
        };
        let mut ways = vec![as_value(body), as_value(otherwise)];
        let of = self.join(&mut ways, want);
        let mut blocks = ways.into_iter().map(|way| match way.kind {
            ExpressionKind::Block(block) => block,
            kind => {
                let value = Some(Box::new(Expression { kind, of: way.of, span: way.span }));
                Block { statements: Vec::new(), value }
            }
        });
        let (Some(body), Some(otherwise)) = (blocks.next(), blocks.next()) else {
            return Self::wrong(at);
        };
        if of == Type::NOTHING {
            let (body, otherwise) = (self.without_value(body), self.without_value(otherwise));
            let kind = StatementKind::Try(body, reason, otherwise);
            let statements = vec![Statement { kind, span: at }];
            let kind = ExpressionKind::Block(Block { statements, value: None });
            return Expression { kind, of, span: at };
        }
        Expression { kind: ExpressionKind::Try(body, reason, otherwise), of, span: at }
    }

    /// `if c { … } else { … } ensure e`: `e` holds behind it exactly if the first way was taken.
    pub(super) fn ensured(
        &mut self,
        branch: &form::Expression,
        ensure: &form::Expression,
        want: Option<&Type>,
    ) -> Expression {
        let found = self.expression(branch, want);
        let span = found.span;
        let (kind, of) = (found.kind, found.of);
        let ExpressionKind::If(condition, then, otherwise) = kind else {
            self.expect(ensure, &Type::BOOL);
            return Expression { kind, of, span };
        };
        let otherwise = otherwise.unwrap_or_else(|| {
            let empty = Block { statements: Vec::new(), value: None };
            let kind = ExpressionKind::Block(empty);
            Box::new(Expression { kind, of: Type::NOTHING, span })
        });
        let (result, exits) = self.exits(&[Some(ensure), None], &of, span);
        let mut ways = [*then, *otherwise]
            .into_iter()
            .enumerate()
            .map(|(index, way)| Box::new(exited(way, index, &exits, result, &of)));
        let (Some(then), otherwise) = (ways.next(), ways.next()) else { return Self::wrong(span) };
        Expression { kind: ExpressionKind::If(condition, then, otherwise), of, span }
    }

    /// Conditions that hold behind a branch exactly if one of its ways was taken, by the number of
    /// the way. In them `result` is the value, if there is one, and no variable is called that.
    pub(super) fn exits(
        &mut self,
        ways: &[Option<&form::Expression>],
        of: &Type,
        span: Span,
    ) -> (Option<LocalId>, Vec<(usize, Expression)>) {
        let mut exits = Vec::new();
        if ways.iter().all(Option::is_none) {
            return (None, exits);
        }
        let has_value = !matches!(self.unifier.shallow(of), Type::NOTHING | Type::NEVER);
        self.open();
        let is_free = self.find_local("result").is_none();
        let result = has_value.then(|| {
            if is_free {
                let name = form::Name { text: Rc::from("result"), span };
                let id = self.bind(&name, of.clone());
                self.mark_used(id);
                id
            } else {
                self.hidden("result", of.clone(), span)
            }
        });
        for (index, way) in ways.iter().enumerate() {
            if let Some(ensure) = way {
                exits.push((index, self.exit_condition(ensure)));
            }
        }
        self.close();
        (result, exits)
    }

    fn exit_condition(&mut self, ensure: &form::Expression) -> Expression {
        let effect = self.effects.place("what is ensured");
        let most = crate::types::Effect::Query;
        self.effects.limit(effect, most, "what is ensured", ensure.span);
        self.effects.flow(effect, self.frame.effect, ensure.span);
        let around = std::mem::replace(&mut self.frame.effect, effect);
        let found = self.expect(ensure, &Type::BOOL);
        self.frame.effect = around;
        found
    }
}

/// A way of a branch with what has to hold behind it, or not.
pub(super) fn exited(
    way: Expression,
    index: usize,
    exits: &[(usize, Expression)],
    result: Option<LocalId>,
    of: &Type,
) -> Expression {
    if exits.is_empty() || way.of == Type::NEVER {
        return way;
    }
    let span = way.span;
    let first = match result {
        Some(id) => {
            let pattern = Checker::variable_pattern(id, of.clone(), span);
            StatementKind::Let(pattern, way)
        }
        None => StatementKind::Expression(way),
    };
    let mut statements = vec![Statement { kind: first, span }];
    for (other, exit) in exits {
        let exit = exit.clone();
        let span = exit.span;
        let condition = if *other == index { exit } else { Checker::negated(exit) };
        statements.push(Statement { kind: StatementKind::Assert(condition, None), span });
    }
    let value = result.map(|id| {
        let kind = ExpressionKind::Local(id);
        Box::new(Expression { kind, of: of.clone(), span })
    });
    let kind = ExpressionKind::Block(Block { statements, value });
    Expression { kind, of: of.clone(), span }
}
