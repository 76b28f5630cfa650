//! Bodies of functions, both ways.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::{Definition, SpaceId};
use super::scope::Frame;
use crate::codes::{NO_INVERSE, NOT_SAME, NOTHING_TO_UNDO, UNKNOWN_TYPE};
use crate::form::{self, FunctionForm, FunctionWord, Inverse};
use crate::hir::{Backward, Expression, ExpressionKind, Function, FunctionId, LocalId, Strategy};
use crate::types::{Effect, EffectId, PURE, Type};

/// Bodies that may be looked at inside of each other, because types are not written.
const DEMANDS_MAX: usize = 100;

/// A function, and how far it was looked at.
#[derive(Debug)]
pub(super) struct Pending<'a> {
    pub(super) form: &'a FunctionForm,
    pub(super) space: SpaceId,
    pub(super) parameters: Vec<Type>,
    pub(super) effect: EffectId,
    /// What its written backward direction does.
    pub(super) backward_effect: EffectId,
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    New,
    Doing,
    Done,
}

impl<'a> Checker<'a> {
    pub(super) fn declare_function(&mut self, form: &'a FunctionForm, space: SpaceId) {
        let id = FunctionId::from_index(self.program.functions.len());
        let name = self.names.full(space, &form.name.text);
        let effect = self.effects.place(format!("`{name}`"));
        let (inverse, inverse_name) = match &form.inverse {
            Some(Inverse::Named(name)) => {
                self.define(space, name, Definition::Inverse(id));
                (Some(self.names.full(space, &name.text)), Some(name))
            }
            Some(Inverse::Same(_)) | None => (None, None),
        };
        let backward_effect = match inverse_name {
            Some(name) => self.effects.place(format!("`{}`", name.text)),
            None => self.effects.place(format!("`backward` of `{name}`")),
        };
        self.define(space, &form.name, Definition::Function(id));
        self.program.functions.push(Function {
            name,
            generics: Vec::new(),
            parameters: Vec::new(),
            result: Type::Unknown,
            effect: Effect::Pure,
            body: Self::wrong(form.name.span),
            backward: Backward::None,
            inverse,
            span: form.name.span,
        });
        self.functions.push(Pending {
            form,
            space,
            parameters: Vec::new(),
            effect,
            backward_effect,
            state: State::New,
        });
    }

    pub(super) fn untyped_parameter(&mut self, name: &form::Name) {
        if name.text.is_empty() {
            return;
        }
        let message = format!("the type of `{}` is not written", name.text);
        let hint = format!("write it at the definition: `{}: Int`", name.text);
        self.note(Diagnostic::error(UNKNOWN_TYPE, name.span, message).with_hint(hint));
    }

    /// Looks at a function's body now if its result type follows from it.
    pub(super) fn demand_function(&mut self, id: FunctionId) {
        let Some(pending) = self.functions.get(id.index()) else { return };
        let is_open = pending.form.result.is_none() && pending.state == State::New;
        if is_open && self.demands < DEMANDS_MAX {
            self.demands += 1;
            stacker::maybe_grow(128 << 10, 2 << 20, || self.function(id));
            self.demands -= 1;
        }
    }

    /// Looks at a function, unless that was done.
    pub(super) fn function(&mut self, id: FunctionId) {
        let Some(pending) = self.functions.get_mut(id.index()) else { return };
        if pending.state != State::New {
            return;
        }
        pending.state = State::Doing;
        let (form, space, types) = (pending.form, pending.space, pending.parameters.clone());
        let (effect, backward_effect) = (pending.effect, pending.backward_effect);
        let Some(function) = self.program.functions.get(id.index()) else { return };
        let (generics, result) = (function.generics.clone(), function.result.clone());
        let frame = |effect| {
            let mut frame = Frame::new(effect, space);
            frame.generics.clone_from(&generics);
            frame
        };
        let around = std::mem::replace(&mut self.frame, frame(effect));
        let (parameters, body) = self.direction(
            &form.parameters,
            &types,
            (&form.body.forward, form.strategy()),
            &result,
        );
        self.limit_effect(form, effect);
        let backward = match &form.body.backward {
            None => Backward::None,
            Some(body) => {
                self.frame = frame(backward_effect);
                self.written_backward(form, (&types, &result), body)
            }
        };
        self.frame = around;
        if let Some(function) = self.program.functions.get_mut(id.index()) {
            function.parameters = parameters;
            function.body = body;
            function.backward = backward;
        }
        if let Some(pending) = self.functions.get_mut(id.index()) {
            pending.state = State::Done;
        }
    }

    fn limit_effect(&mut self, form: &FunctionForm, effect: EffectId) {
        let name = format!("`{}`", form.name.text);
        if form.word == FunctionWord::Query {
            self.effects.limit(effect, Effect::Query, name, form.name.span);
        }
    }

    /// A body as a function of parameters.
    fn direction(
        &mut self,
        names: &[form::Parameter],
        types: &[Type],
        (body, strategy): (&form::Expression, Option<Strategy>),
        result: &Type,
    ) -> (Vec<LocalId>, Expression) {
        self.frame.yields = if strategy.is_none() { Some(self.unifier.fresh()) } else { None };
        self.open();
        let mut parameters: Vec<LocalId> = Vec::new();
        for (index, (parameter, of)) in names.iter().zip(types).enumerate() {
            if names.iter().take(index).any(|other| other.name.text == parameter.name.text) {
                self.named_twice(&parameter.name);
            }
            parameters.push(self.bind(&parameter.name, of.clone()));
        }
        let body = match strategy {
            Some(strategy) => self.search_body(strategy, body, result),
            None => self.body(body, result),
        };
        // A parameter belongs to what others see; that it is not used may be meant.
        for id in &parameters {
            self.mark_used(*id);
        }
        self.close();
        (parameters, body)
    }

    /// A body whose value is of the type `result`, or whose yielded rows are.
    fn body(&mut self, body: &form::Expression, result: &Type) -> Expression {
        let is_open = self.unifier.is_open(result);
        let wants_nothing = self.unifier.shallow(result) == Type::NOTHING;
        let yields = yields_rows(body);
        let want = (!is_open && !wants_nothing && !yields).then_some(result);
        let found = self.expression(body, want);
        if yields {
            let row = self.frame.yields.clone().unwrap_or(Type::Unknown);
            let rows = Type::list(row);
            self.unify(result, &rows, found.span);
            return Expression { of: rows, ..found };
        }
        if wants_nothing {
            return found;
        }
        if is_open && self.unifier.shallow(&found.of) == Type::NEVER {
            // Nobody ever gets what it gives.
            self.unify(result, &Type::NOTHING, found.span);
        }
        self.coerce(found, result)
    }

    /// `backward:` takes the result in place of the first argument.
    fn written_backward(
        &mut self,
        form: &FunctionForm,
        (types, result): (&[Type], &Type),
        body: &form::Expression,
    ) -> Backward {
        let gives_nothing = self.unifier.shallow(result) == Type::NOTHING;
        let mut types = types.to_vec();
        let wanted = match types.first_mut() {
            Some(first) if !gives_nothing => std::mem::replace(first, result.clone()),
            _ => Type::NOTHING,
        };
        let (parameters, body) = self.direction(&form.parameters, &types, (body, None), &wanted);
        Backward::Written(parameters, body)
    }

    /// Looks at all functions, and then at their inverses.
    pub(super) fn all_functions(&mut self) {
        for index in 0..self.functions.len() {
            self.function(FunctionId::from_index(index));
        }
    }

    /// Finds the inverses that are named, asked for, or needed by other inverses.
    pub(super) fn inverses(&mut self) {
        let solution = self.effects.solve();
        for index in 0..self.functions.len() {
            let id = FunctionId::from_index(index);
            let Some(pending) = self.functions.get(index) else { continue };
            let (form, effect) = (pending.form, solution.effect(pending.effect));
            if let Some(function) = self.program.functions.get_mut(index) {
                function.effect = effect;
            }
            match &form.inverse {
                Some(Inverse::Same(at)) => self.same(id, effect, *at),
                Some(Inverse::Named(name)) => self.wanted.push((id, name.span)),
                None => {}
            }
        }
        let mut next = 0;
        while let Some((id, at)) = self.wanted.get(next).copied() {
            next += 1;
            self.inverse(id, at);
        }
    }

    fn same(&mut self, id: FunctionId, effect: Effect, at: Span) {
        if effect == Effect::Transform {
            let name = self.function_name(id);
            let message = format!("`{name}` changes state");
            let diagnostic = Diagnostic::error(NOT_SAME, at, message)
                .with_label("this says that it changes nothing")
                .with_hint("give its inverse a name instead of `same`");
            self.note(diagnostic);
        }
        if let Some(function) = self.program.functions.get_mut(id.index()) {
            function.backward = Backward::Same;
        }
    }

    pub(super) fn function_name(&self, id: FunctionId) -> Rc<str> {
        self.program.functions.get(id.index()).map_or(Rc::from(""), |one| Rc::clone(&one.name))
    }

    /// Finds how a function is undone, which is asked for at `at`.
    fn inverse(&mut self, id: FunctionId, at: Span) {
        let Some(function) = self.program.functions.get(id.index()) else { return };
        if function.backward != Backward::None {
            return;
        }
        let is_search = matches!(self.unifier.shallow(&function.result), Type::Answers(_));
        if function.effect == Effect::Transform || is_search {
            self.set_backward(id, Backward::Tape);
            return;
        }
        if function.parameters.is_empty() {
            let message = format!("`{}` takes nothing that an inverse could give", function.name);
            self.error(NOTHING_TO_UNDO, at, message);
            return;
        }
        if contains_wrong(&function.body) {
            return;
        }
        let function = function.clone();
        // While it is found, it may be asked for by itself.
        self.set_backward(id, Backward::Tape);
        let derived = self.derive(&function);
        let backward = match derived {
            Some((parameters, body)) => Backward::Derived(parameters, body),
            None => Backward::None,
        };
        self.set_backward(id, backward);
    }

    fn set_backward(&mut self, id: FunctionId, backward: Backward) {
        if let Some(function) = self.program.functions.get_mut(id.index()) {
            function.backward = backward;
        }
    }

    /// `~f`
    pub(super) fn inverse_value(&mut self, inner: &form::Expression, at: Span) -> Expression {
        let found = self.expression(inner, None);
        self.invert_value(found, at)
    }

    fn invert_value(&mut self, found: Expression, at: Span) -> Expression {
        let of = found.of.clone();
        match found.kind {
            ExpressionKind::Wrong => Self::wrong(at),
            ExpressionKind::Inverse(inner) => Expression { span: at, ..*inner },
            ExpressionKind::Compose(first, second) => {
                let (first, second) =
                    (self.invert_value(*second, at), self.invert_value(*first, at));
                let of = self.composed(&first, &second, at);
                let kind = ExpressionKind::Compose(Box::new(first), Box::new(second));
                Expression { kind, of, span: at }
            }
            ExpressionKind::Function(id, types) => {
                self.wanted.push((id, at));
                let of = self.inverse_type(&of, id);
                let kind = ExpressionKind::Function(id, types);
                let inner = Box::new(Expression { kind, of: of.clone(), span: found.span });
                Expression { kind: ExpressionKind::Inverse(inner), of, span: at }
            }
            _ => {
                let message = "only transforms have inverses".to_owned();
                let diagnostic = Diagnostic::error(NO_INVERSE, found.span, message)
                    .with_hint("write `~` before the name of a transform, or a chain `f |> g`");
                self.note(diagnostic);
                Self::wrong(at)
            }
        }
    }

    /// The type of the inverse of a function of type `of`.
    pub(super) fn inverse_type(&mut self, of: &Type, id: FunctionId) -> Type {
        let Type::Function(function) = self.unifier.shallow(of) else { return Type::Unknown };
        let mut parameters = function.parameters.clone();
        let result = self.unifier.shallow(&function.result);
        if let Type::Answers(_) = result {
            // What a search changed is taken back; its answers say nothing more about that.
            return Type::function(parameters, Type::NOTHING, function.effect);
        }
        let pending = self.functions.get(id.index());
        let written = pending.filter(|one| one.form.body.backward.is_some());
        let effect = written.map_or(function.effect, |one| one.backward_effect);
        let gives = match parameters.first_mut() {
            Some(first) if result != Type::NOTHING => std::mem::replace(first, result),
            _ => Type::NOTHING,
        };
        Type::function(parameters, gives, effect)
    }

    /// The type of `first |> second`.
    pub(super) fn composed(&mut self, first: &Expression, second: &Expression, at: Span) -> Type {
        let (a, b) = (self.unifier.shallow(&first.of), self.unifier.shallow(&second.of));
        let (Type::Function(a), Type::Function(b)) = (a, b) else { return Type::Unknown };
        let [input] = b.parameters.as_slice() else {
            self.error(NO_INVERSE, second.span, "a chain is of functions that take one value");
            return Type::Unknown;
        };
        self.unify(input, &a.result, second.span);
        let effect = self.effects.place("a chain of functions");
        self.effects.flow(a.effect, effect, at);
        self.effects.flow(b.effect, effect, at);
        let effect = if a.effect == PURE && b.effect == PURE { PURE } else { effect };
        Type::function(a.parameters.clone(), b.result.clone(), effect)
    }
}

/// Whether a body yields rows.
fn yields_rows(body: &form::Expression) -> bool {
    let form::ExpressionKind::Block(block) = &body.kind else { return false };
    let mut waiting: Vec<&form::Statement> = block.statements.iter().collect();
    while let Some(statement) = waiting.pop() {
        let inner = match &statement.kind {
            form::StatementKind::Yield(_) => return true,
            form::StatementKind::While { body, .. }
            | form::StatementKind::For { body, .. }
            | form::StatementKind::From { body, .. } => body,
            form::StatementKind::Expression(expression) => {
                match &expression.kind {
                    form::ExpressionKind::Block(inner) => waiting.extend(&inner.statements),
                    form::ExpressionKind::Try { body, otherwise, .. } => {
                        waiting.extend(&body.statements);
                        waiting.extend(otherwise.iter().flat_map(|inner| &inner.statements));
                    }
                    form::ExpressionKind::If(_, then, otherwise) => {
                        let arms = [Some(then), otherwise.as_ref()];
                        if arms.into_iter().flatten().any(|arm| yields_rows(arm)) {
                            return true;
                        }
                    }
                    form::ExpressionKind::Match(_, arms)
                        if arms.iter().any(|arm| yields_rows(&arm.body)) =>
                    {
                        return true;
                    }
                    _ => {}
                }
                continue;
            }
            _ => continue,
        };
        waiting.extend(&inner.statements);
    }
    false
}

fn contains_wrong(body: &Expression) -> bool {
    let mut found = false;
    crate::hir::walk(body, &mut |one| found |= matches!(one.kind, ExpressionKind::Wrong));
    found
}
