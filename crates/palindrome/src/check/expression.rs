//! Expressions: from the outside in, as far as types are expected, and from the inside out.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::Definition;
use crate::codes::{LARGE_TYPE, MISMATCH, NO_VALUE};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    BinaryOp, Block, Callee, Expression, ExpressionKind, Lambda, Literal, Part, Place,
    StatementKind,
};
use crate::types::{Basic, Effect, FunctionType, QUERY, Type, builtins};

impl Checker<'_> {
    /// What an expression is. `want` is what is expected of it, as a help: whoever needs the type
    /// calls [`Self::expect`].
    pub(super) fn expression(&mut self, of: &form::Expression, want: Option<&Type>) -> Expression {
        stacker::maybe_grow(128 << 10, 2 << 20, || self.expression_here(of, want))
    }

    /// An expression of the type `want`.
    pub(super) fn expect(&mut self, of: &form::Expression, want: &Type) -> Expression {
        let found = self.expression(of, Some(want));
        self.coerce(found, want)
    }

    fn expression_here(&mut self, of: &form::Expression, want: Option<&Type>) -> Expression {
        let at = of.span;
        let (kind, of) = match &of.kind {
            Form::Wrong => return Self::wrong(at),
            Form::Literal(value) => self.literal(value, want),
            Form::Text(parts) => (ExpressionKind::Text(self.parts(parts)), Type::STRING),
            Form::Name(name) => return self.name(name),
            Form::None => self.none(want),
            Form::List(elements) => self.list(elements, want),
            Form::ListWith(parts) => return self.list_with(parts, want, at),
            Form::RecordWith(parts) => return self.record_with(parts, at),
            Form::Record(fields) => self.record(fields, want),
            Form::Field { base, name, if_present } => {
                return self.field(base, name, *if_present, at);
            }
            Form::Index(base, index) => return self.index(base, index, at),
            Form::Call(function, arguments) => return self.call(function, arguments, want, at),
            Form::Unary(op, operand) => return self.unary(*op, operand, want, at),
            Form::Binary(op, sign, left, right) => {
                return self.binary((*op, *sign), left, right, want, at);
            }
            Form::Coalesce(first, second) => return self.coalesce(first, second, want, at),
            Form::Compose(first, second) => {
                let (first, second) = (self.expression(first, None), self.expression(second, None));
                let of = self.composed(&first, &second, at);
                (ExpressionKind::Compose(Box::new(first), Box::new(second)), of)
            }
            Form::Inverse(inner) => return self.inverse_of(inner, want, at),
            Form::Lambda(lambda) => self.lambda(lambda, want, at),
            Form::If(condition, then, otherwise) => {
                return self.conditional(condition, then, otherwise.as_deref(), want, at);
            }
            Form::Ensure(branch, ensure) => return self.ensured(branch, ensure, want),
            Form::Try { body, name, otherwise } => {
                let parts = (body, name.as_ref(), otherwise.as_ref());
                return self.try_value(parts, want, at);
            }
            Form::Match(subject, arms) => return self.matched(subject, arms, want, at),
            Form::Block(block) => {
                let block = self.block(block, want);
                let of = block_type(&block);
                (ExpressionKind::Block(block), of)
            }
            Form::At(inner, moment) => return self.at(inner, moment, want, at),
            Form::Query(query) => return self.query_value(query, at),
            Form::Exists(rows) => return self.exists(rows, at),
            Form::ForAll { name, rows, condition } => {
                return self.for_all(name.as_ref(), rows, condition, at);
            }
            Form::First(rows) => return self.picked(rows, true, at),
            Form::Only(rows) => return self.picked(rows, false, at),
        };
        Expression { kind, of, span: at }
    }

    /// Makes a value usable as `want`: a value where it may be missing, a relation where a list is
    /// asked for. Says what is wrong if that cannot be.
    pub(super) fn coerce(&mut self, found: Expression, want: &Type) -> Expression {
        let (wanted, actual) = (self.unifier.shallow(want), self.unifier.shallow(&found.of));
        match (&wanted, &actual) {
            (_, Type::Unknown | Type::Basic(Basic::Never)) => return found,
            (Type::Optional(inner), other)
                if !matches!(other, Type::Optional(_) | Type::Variable(_)) =>
            {
                let inner = self.coerce(found, inner);
                let (of, span) = (wanted.clone(), inner.span);
                return Expression { kind: ExpressionKind::Present(Box::new(inner)), of, span };
            }
            (Type::List(_), Type::Relation(fields)) => {
                let of = Type::list(Type::Record(Rc::clone(fields)));
                let span = found.span;
                let rows = builtins().find(|(_, row)| row.name == "to_list");
                let Some((id, _)) = rows else { return found };
                let kind = ExpressionKind::Call(Callee::Builtin(id), vec![found]);
                self.unify(want, &of, span);
                return Expression { kind, of, span };
            }
            _ => {}
        }
        if !self.unify(want, &found.of, found.span) {
            return Self::wrong(found.span);
        }
        found
    }

    fn literal(&mut self, value: &Literal, want: Option<&Type>) -> (ExpressionKind, Type) {
        let wanted = want.map(|want| self.unwrapped(want));
        let (value, of) = match (value, wanted) {
            (Literal::Int(value), Some(Type::FLOAT)) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "as the literal says, to the nearest double"
                )]
                let value = *value as f64;
                (Literal::Float(value), Type::FLOAT)
            }
            (Literal::Int(value), Some(Type::DECIMAL)) => {
                (Literal::Decimal(i128::from(*value), 0), Type::DECIMAL)
            }
            (value, _) => (value.clone(), literal_type(value)),
        };
        (ExpressionKind::Literal(value), of)
    }

    /// The type, or what it is if it is not missing.
    pub(super) fn unwrapped(&self, of: &Type) -> Type {
        match self.unifier.shallow(of) {
            Type::Optional(inner) => self.unwrapped(&inner),
            other => other,
        }
    }

    fn parts(&mut self, parts: &[form::Part]) -> Vec<Part> {
        let mut found = Vec::new();
        for part in parts {
            found.push(match part {
                form::Part::Text(text) => Part::Text(Rc::clone(text)),
                form::Part::Value(value) => {
                    let value = self.expression(value, None);
                    self.printable(&value);
                    Part::Value(value)
                }
            });
        }
        found
    }

    /// Functions have no text.
    pub(super) fn printable(&mut self, value: &Expression) {
        if let Type::Function(_) = self.unifier.shallow(&value.of) {
            let message = "a function cannot be written as text";
            let diagnostic =
                Diagnostic::error(MISMATCH, value.span, message).with_hint("call it: `f(…)`");
            self.note(diagnostic);
        }
    }

    fn none(&mut self, want: Option<&Type>) -> (ExpressionKind, Type) {
        let of = match want.map(|want| self.unifier.shallow(want)) {
            Some(of @ Type::Optional(_)) => of,
            _ => Type::optional(self.unifier.fresh()),
        };
        (ExpressionKind::None, of)
    }

    /// A name as a value.
    pub(super) fn name(&mut self, name: &form::Name) -> Expression {
        if name.text.is_empty() {
            return Self::wrong(name.span);
        }
        if let Some(found) = self.local_or_field(name) {
            return found;
        }
        match self.names.look_up(self.frame.space, &name.text) {
            Some(found) => self.defined_value(found, name),
            None => self.checkpoint_value(name).unwrap_or_else(|| {
                self.undefined(name);
                Self::wrong(name.span)
            }),
        }
    }

    /// The value that a definition stands for.
    pub(super) fn defined_value(&mut self, found: Definition, name: &form::Name) -> Expression {
        let at = name.span;
        let (kind, of) = match found {
            Definition::Refused => return Self::wrong(at),
            Definition::Global(id) => {
                self.demand_global(id);
                self.not_disposed(Place::Global(id), at);
                if let Some(place) = self.global_effects.get(id.index()) {
                    self.effects.flow(*place, self.frame.effect, at);
                }
                let global = self.program.globals.get(id.index());
                (ExpressionKind::Global(id), global.map_or(Type::Unknown, |one| one.of.clone()))
            }
            Definition::Relation(id) => {
                self.effects.flow(QUERY, self.frame.effect, at);
                let of = self.relation_type(id);
                (ExpressionKind::Relation(id), of)
            }
            Definition::Function(id) => {
                let (function, types) = self.instance(id);
                let of = Type::Function(Rc::new(function));
                (ExpressionKind::Function(id, types), of)
            }
            Definition::Inverse(id) => {
                let (function, types) = self.instance(id);
                let of = Type::Function(Rc::new(function));
                let inverse = self.inverse_type(&of, id);
                let kind = ExpressionKind::Function(id, types);
                let inner = Box::new(Expression { kind, of, span: at });
                (ExpressionKind::Inverse(inner), inverse)
            }
            Definition::Variant(id, index) => return self.variant_value(id, index, at),
            Definition::Contract => {
                let message = format!("`{}` is a contract, and no value", name.text);
                self.error(NO_VALUE, at, message);
                return Self::wrong(at);
            }
            Definition::Space(_) => {
                let message = format!("`{}` is a space, and no value", name.text);
                let hint = format!("write `{}.` and one of its members", name.text);
                self.note(Diagnostic::error(NO_VALUE, at, message).with_hint(hint));
                return Self::wrong(at);
            }
        };
        Expression { kind, of, span: at }
    }

    fn lambda(
        &mut self,
        lambda: &form::Lambda,
        want: Option<&Type>,
        at: Span,
    ) -> (ExpressionKind, Type) {
        let wanted = want.map(|want| self.unwrapped(want));
        let wanted: Option<Rc<FunctionType>> = match wanted {
            Some(Type::Function(function))
                if function.parameters.len() == lambda.parameters.len() =>
            {
                Some(function)
            }
            _ => None,
        };
        let effect = self.effects.place("a function that is given on");
        let around = std::mem::replace(&mut self.frame.effect, effect);
        self.open_lambda();
        // What it gives is not what the function around it gives.
        let gives = (self.frame.yields.take(), self.frame.answers.take());
        let (mut parameters, mut types) = (Vec::new(), Vec::new());
        for (index, (name, of)) in lambda.parameters.iter().enumerate() {
            if lambda.parameters.iter().take(index).any(|(other, _)| other.text == name.text) {
                self.named_twice(name);
            }
            let expected = wanted.as_ref().and_then(|function| function.parameters.get(index));
            let of = match (of, expected) {
                (Some(of), _) => self.read_type(of),
                (None, Some(expected)) => expected.clone(),
                (None, None) => self.unifier.fresh(),
            };
            parameters.push(self.bind(name, of.clone()));
            types.push(of);
        }
        let result = wanted.as_ref().map(|function| self.unifier.shallow(&function.result));
        let known = result.filter(|result| !matches!(result, Type::Variable(_)));
        let body = match known {
            Some(Type::NOTHING) | None => self.expression(&lambda.body, None),
            Some(result) => self.expect(&lambda.body, &result),
        };
        self.close_lambda();
        (self.frame.yields, self.frame.answers) = gives;
        self.frame.effect = around;
        let of = Type::function(types, body.of.clone(), effect);
        if self.unifier.is_too_large(&of) {
            self.error(LARGE_TYPE, at, "the type of this function has too many parts");
            return (ExpressionKind::Wrong, Type::Unknown);
        }
        (ExpressionKind::Lambda(Lambda { parameters, body: Box::new(body) }), of)
    }

    fn conditional(
        &mut self,
        condition: &form::Expression,
        then: &form::Expression,
        otherwise: Option<&form::Expression>,
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let condition = Box::new(self.expect(condition, &Type::BOOL));
        let mut first = |checker: &mut Self| checker.expression(then, want);
        let Some(otherwise) = otherwise else {
            let mut nothing = |_: &mut Self| Self::wrong(at);
            let mut ways = self.ways(vec![&mut first, &mut nothing]);
            ways.truncate(1);
            let Some(then) = ways.pop().map(Box::new) else { return Self::wrong(at) };
            let kind = ExpressionKind::If(condition, then, None);
            return Expression { kind, of: Type::NOTHING, span: at };
        };
        let mut second = |checker: &mut Self| checker.expression(otherwise, want);
        let mut arms = self.ways(vec![&mut first, &mut second]);
        let of = self.join(&mut arms, want);
        let otherwise = arms.pop().map(Box::new);
        let Some(then) = arms.pop() else { return Self::wrong(at) };
        let kind = ExpressionKind::If(condition, Box::new(then), otherwise);
        Expression { kind, of, span: at }
    }

    /// The type of values of which one is chosen. If one of them is a statement, all are.
    pub(super) fn join(&mut self, arms: &mut Vec<Expression>, want: Option<&Type>) -> Type {
        let types: Vec<Type> = arms.iter().map(|arm| self.unifier.shallow(&arm.of)).collect();
        if types.contains(&Type::NOTHING) {
            return Type::NOTHING;
        }
        let wanted = want.map(|want| self.unifier.shallow(want));
        let target = match wanted {
            Some(want) if !matches!(want, Type::Variable(_) | Type::NOTHING) => want,
            _ => {
                let is_optional = |of: &&Type| matches!(of, Type::Optional(_));
                let is_value = |of: &&Type| !matches!(**of, Type::Unknown | Type::NEVER);
                let first = types.iter().find(is_optional).or_else(|| types.iter().find(is_value));
                match first {
                    Some(first) => first.clone(),
                    None => return types.first().cloned().unwrap_or(Type::NOTHING),
                }
            }
        };
        for arm in std::mem::take(arms) {
            let arm = self.coerce(arm, &target);
            arms.push(arm);
        }
        target
    }

    /// `~f`, and `~f(x)` as the inverse's call.
    fn inverse_of(
        &mut self,
        inner: &form::Expression,
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        if let Form::Call(function, arguments) = &inner.kind {
            let function = form::Expression {
                kind: Form::Inverse(function.clone()),
                span: Span { end: function.span.end, ..at },
            };
            return self.call(&function, arguments, want, at);
        }
        self.inverse_value(inner, at)
    }

    fn coalesce(
        &mut self,
        first: &form::Expression,
        second: &form::Expression,
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let first = self.expression(first, None);
        let inner = match self.unifier.shallow(&first.of) {
            Type::Optional(inner) => (*inner).clone(),
            Type::Unknown => return Self::wrong(at),
            _ => {
                let of = self.show(&first.of);
                let message = format!("this is never missing: it is `{of}`");
                let diagnostic = Diagnostic::error(MISMATCH, first.span, message)
                    .with_hint("leave `??` and what follows it out");
                self.note(diagnostic);
                return Self::wrong(at);
            }
        };
        let second = self.expression(second, want.or(Some(&inner)));
        let of = match self.unifier.shallow(&second.of) {
            of @ Type::Optional(_) => {
                self.unify(&first.of, &second.of, second.span);
                of
            }
            _ => inner.clone(),
        };
        let second =
            if matches!(of, Type::Optional(_)) { second } else { self.coerce(second, &inner) };
        Expression {
            kind: ExpressionKind::Coalesce(Box::new(first), Box::new(second)),
            of,
            span: at,
        }
    }

    /// `e at T`
    fn at(
        &mut self,
        inner: &form::Expression,
        moment: &form::Expression,
        want: Option<&Type>,
        at: Span,
    ) -> Expression {
        let effect = self.effects.place("a look at the past");
        self.effects.limit(effect, Effect::Query, "what is read as of a moment", inner.span);
        self.effects.flow(QUERY, self.frame.effect, at);
        self.program.looks_back = true;
        let around = std::mem::replace(&mut self.frame.effect, effect);
        // What was disposed of is still in the past.
        let disposed = std::mem::take(&mut self.frame.disposed);
        self.open_whole("a look at the past");
        let inner = self.expression(inner, want);
        self.close();
        self.frame.disposed = disposed;
        self.frame.effect = around;
        let moment = self.moment(moment);
        let of = inner.of.clone();
        Expression { kind: ExpressionKind::At(Box::new(inner), Box::new(moment)), of, span: at }
    }

    pub(super) fn bool(&mut self, op: BinaryOp, left: Expression, right: Expression) -> Expression {
        let span = left.span.to(right.span);
        let kind = ExpressionKind::Binary(op, Box::new(left), Box::new(right));
        Expression { kind, of: Type::BOOL, span }
    }
}

fn literal_type(value: &Literal) -> Type {
    match value {
        Literal::Int(_) => Type::INT,
        Literal::Float(_) => Type::FLOAT,
        Literal::Decimal(..) => Type::DECIMAL,
        Literal::Bool(_) => Type::BOOL,
        Literal::String(_) => Type::STRING,
        Literal::Bytes(_) => Type::BYTES,
        Literal::Duration(_) => Type::DURATION,
    }
}

/// What a block gives.
pub(super) fn block_type(block: &Block) -> Type {
    match &block.value {
        Some(value) => value.of.clone(),
        None => match block.statements.last().map(|last| &last.kind) {
            Some(StatementKind::Reverse(_) | StatementKind::Break | StatementKind::Continue) => {
                Type::NEVER
            }
            _ => Type::NOTHING,
        },
    }
}
