//! Values of expressions.

use std::collections::BTreeMap;
use std::rc::Rc;

use achronyme_library::text::{self, Style};
use achronyme_library::{BinaryOp, Kind, Store as _, UnaryOp, array, operator, truth};
use source::Span;

use super::engine::Engine;
use super::exit::{Exit, Outcome};
use super::function::Function;
use super::scope::Env;
use super::step::Step;
use super::types::Signature;
use super::value::Value;
use crate::hir::{
    ArrayItem, Expression, ExpressionKind, Lambda, Literal, Name, Part, PrefixOp, RecordItem,
    Suffix,
};

impl Engine {
    /// The value of an expression that stands where nothing follows in its function only if `tail`:
    /// then it may be [`Exit::Tail`].
    pub(super) fn eval<'a>(&'a self, of: &'a Expression, env: &'a Env, tail: bool) -> Step<'a> {
        match &of.kind {
            ExpressionKind::Literal(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::SelfValue
            | ExpressionKind::Rec
            | ExpressionKind::Lambda(_) => {
                Step::new(async move { self.leaf(of, env).unwrap_or(Ok(Value::Null)) })
            }
            ExpressionKind::Interpolated(parts) => {
                Step::new(self.interpolated(parts, env, of.span))
            }
            ExpressionKind::Array(items) => Step::new(self.array(items, env, of.span)),
            ExpressionKind::Record(items) => Step::new(self.record(items, env, of.span)),
            ExpressionKind::Edge { from, to, directed, properties } => {
                let ends = (from, to, *directed);
                Step::new(self.edge(ends, properties.as_deref(), env, of.span))
            }
            ExpressionKind::Range { start, end, inclusive } => {
                Step::new(self.range(start, end, *inclusive, env, of.span))
            }
            ExpressionKind::Binary { first, rest } => Step::new(self.binary(first, rest, env)),
            ExpressionKind::And(operands) => Step::new(self.logic(operands, false, env)),
            ExpressionKind::Or(operands) => Step::new(self.logic(operands, true, env)),
            ExpressionKind::Prefix { operators, operand } => {
                Step::new(self.prefix(operators, operand, env))
            }
            ExpressionKind::Chain { first, suffixes } => match (&first.kind, &suffixes[..]) {
                (ExpressionKind::Name(name), [(Suffix::Call(arguments), span)]) => {
                    self.named_call((name, first.span), (arguments, *span), env, tail)
                }
                _ => Step::new(self.chain(first, suffixes, env, tail)),
            },
            ExpressionKind::If { branches, otherwise, exhaustive } => {
                let otherwise = (otherwise.as_ref(), *exhaustive);
                Step::new(self.if_(branches, otherwise, env, tail, of.span))
            }
            ExpressionKind::While { condition, body } => {
                Step::new(self.while_(condition, body, env))
            }
            ExpressionKind::For { name, over, body } => Step::new(self.for_(name, over, body, env)),
            ExpressionKind::Try { body, name, handler } => {
                Step::new(self.try_(body, name, handler, env, tail))
            }
            ExpressionKind::Match { scrutinee, arms } => {
                Step::new(self.match_(scrutinee, arms, env, tail, of.span))
            }
            ExpressionKind::Do(block) => Step::new(self.block(block, env, tail)),
            ExpressionKind::Async(block) => Step::new(self.async_block(block, env, of.span)),
            ExpressionKind::Generate(block) => {
                Step::new(async move { self.generator(block, env, of.span) })
            }
            ExpressionKind::Assign(assignment) => Step::new(self.assign(assignment, env)),
        }
    }

    /// The value of an expression after which something follows.
    pub(super) async fn value(&self, of: &Expression, env: &Env) -> Outcome {
        self.step()?;
        match self.at_once(of, env) {
            Some(value) => value,
            None => self.eval(of, env, false).await,
        }
    }

    /// The value of what is so small that it is worth being found without a step of its own.
    pub(super) fn at_once(&self, of: &Expression, env: &Env) -> Option<Outcome> {
        match &of.kind {
            ExpressionKind::Binary { first, rest }
                if is_leaf(first)
                    && rest
                        .iter()
                        .all(|(op, _, right)| *op != BinaryOp::Power && is_leaf(right)) =>
            {
                Some(self.small_binary(first, rest, env))
            }
            _ => self.leaf(of, env),
        }
    }

    fn small_binary(
        &self,
        first: &Expression,
        rest: &[(BinaryOp, Span, Expression)],
        env: &Env,
    ) -> Outcome {
        let mut left = self.leaf(first, env).unwrap_or(Ok(Value::Null))?;
        for (op, span, right) in rest {
            let right = self.leaf(right, env).unwrap_or(Ok(Value::Null))?;
            left = self.operate(*op, &left, &right, first.span.to(*span))?;
        }
        Ok(left)
    }

    /// The value of what has no parts that are evaluated: see [`is_leaf`].
    fn leaf(&self, of: &Expression, env: &Env) -> Option<Outcome> {
        Some(match &of.kind {
            ExpressionKind::Literal(literal) => self.literal(literal, of.span),
            ExpressionKind::Name(name) => self.name(name, env, of.span),
            ExpressionKind::SelfValue => match &env.frame.receiver {
                Some(receiver @ Value::Record(_)) => Ok(receiver.clone()),
                _ => self.error(of.span, "'self' can only be used inside record methods"),
            },
            ExpressionKind::Rec => match &env.frame.function {
                Some(function) => Ok(Value::Function(Rc::clone(function))),
                None => self.error(of.span, "'rec' can only be used inside functions"),
            },
            ExpressionKind::Lambda(lambda) => self.closure(lambda, env, None, of.span),
            _ => return None,
        })
    }

    pub(super) fn literal(&self, literal: &Literal, span: Span) -> Outcome {
        match literal {
            Literal::Null => Ok(Value::Null),
            Literal::Boolean(value) => Ok(Value::Boolean(*value)),
            Literal::Number(value) => Ok(Value::Number(*value)),
            Literal::Imaginary(value) => self.imaginary(*value, span),
            Literal::String(text) => self.string(text, span),
        }
    }

    /// A function, made here.
    pub(super) fn closure(
        &self,
        lambda: &Rc<Lambda>,
        env: &Env,
        signature: Option<Rc<Signature>>,
        span: Span,
    ) -> Outcome {
        let charge = self.charge(size_of::<Function>(), span)?;
        self.keep(env);
        Ok(Value::Function(Rc::new(Function {
            lambda: Rc::clone(lambda),
            env: Some(env.clone()),
            signature,
            _charge: charge,
        })))
    }

    async fn interpolated(&self, parts: &[Part], env: &Env, span: Span) -> Outcome {
        let mut values = Vec::new();
        for part in parts {
            if let Part::Value(value) = part {
                values.push(self.value(value, env).await?);
            }
        }
        let mut whole = String::new();
        let mut values = values.iter();
        for part in parts {
            match (part, values.as_slice()) {
                (Part::Value(_), [value, ..]) => {
                    let shown = text::show(&*self.heap.borrow(), value, Style::Plain);
                    whole.push_str(&self.at(span, shown)?);
                    values.next();
                }
                (Part::Text(text), _) => whole.push_str(text),
                (Part::Value(_), []) => {}
            }
            let room = self.heap.borrow().room(whole.len());
            self.at(span, room)?;
        }
        self.string(&whole, span)
    }

    async fn array(&self, items: &[ArrayItem], env: &Env, span: Span) -> Outcome {
        let mut elements = Vec::with_capacity(items.len());
        for item in items {
            match item {
                ArrayItem::Value(value) => elements.push(self.value(value, env).await?),
                ArrayItem::Spread(spread) => {
                    let value = self.value(spread, env).await?;
                    let found = array::spread(&mut *self.heap.borrow_mut(), &value);
                    elements.extend(self.at(spread.span, found)?);
                }
            }
        }
        let made = array::literal(&mut *self.heap.borrow_mut(), &elements);
        self.at(span, made)
    }

    async fn record(&self, items: &[RecordItem], env: &Env, span: Span) -> Outcome {
        let mut fields: Vec<(Rc<str>, Value, bool)> = Vec::with_capacity(items.len());
        let mut places: BTreeMap<Rc<str>, usize> = BTreeMap::new();
        let mut put = |name: &Rc<str>, value: Value, mutable: bool| match places.get(name) {
            Some(place) => fields[*place] = (Rc::clone(name), value, mutable),
            None => {
                places.insert(Rc::clone(name), fields.len());
                fields.push((Rc::clone(name), value, mutable));
            }
        };
        for item in items {
            match item {
                RecordItem::Field { key, mutable, value } => {
                    put(&key.text, self.value(value, env).await?, *mutable);
                }
                RecordItem::Spread(spread) => {
                    let Value::Record(record) = self.value(spread, env).await? else {
                        let message = "Cannot spread non-Record value in record context";
                        return self.error(spread.span, message);
                    };
                    let values = record.values.borrow();
                    for ((name, mutable), value) in record.fields.iter().zip(values.iter()) {
                        put(name, value.clone(), *mutable);
                    }
                }
            }
        }
        let made = self.heap.borrow().record(fields);
        self.at(span, made)
    }

    async fn edge(
        &self,
        (from, to, directed): (&Name, &Name, bool),
        properties: Option<&Expression>,
        env: &Env,
        span: Span,
    ) -> Outcome {
        let mut found = Value::Null;
        if let Some(properties) = properties {
            found = self.value(properties, env).await?;
            if !matches!(found.kind(), Kind::Record | Kind::Null) {
                return self.error(properties.span, "Edge metadata must be a record");
            }
        }
        let made = self.heap.borrow_mut().new_edge(&from.text, &to.text, directed, found);
        self.at(span, made)
    }

    async fn range(
        &self,
        start: &Expression,
        end: &Expression,
        inclusive: bool,
        env: &Env,
        span: Span,
    ) -> Outcome {
        let start = self.value(start, env).await?;
        let end = self.value(end, env).await?;
        let made = array::range(&mut *self.heap.borrow_mut(), &start, &end, inclusive);
        self.at(span, made)
    }

    async fn binary(
        &self,
        first: &Expression,
        rest: &[(BinaryOp, Span, Expression)],
        env: &Env,
    ) -> Outcome {
        let mut left = self.value(first, env).await?;
        if rest.iter().all(|(op, _, _)| *op != BinaryOp::Power) {
            for (op, span, right) in rest {
                let right = self.value(right, env).await?;
                left = self.operate(*op, &left, &right, first.span.to(*span))?;
            }
            return Ok(left);
        }
        let mut operands = vec![left];
        for (_, _, operand) in rest {
            operands.push(self.value(operand, env).await?);
        }
        let mut right = operands.pop().unwrap_or_default();
        for ((op, span, _), left) in rest.iter().zip(&operands).rev() {
            right = self.operate(*op, left, &right, first.span.to(*span))?;
        }
        Ok(right)
    }

    /// An operator between two values.
    pub(super) fn operate(&self, op: BinaryOp, a: &Value, b: &Value, span: Span) -> Outcome {
        let made = operator::binary(&mut *self.heap.borrow_mut(), op, a, b);
        self.at(span, made)
    }

    /// Operands up to the first whose truth is `until`.
    async fn logic(&self, operands: &[Expression], until: bool, env: &Env) -> Outcome {
        let Some((last, before)) = operands.split_last() else { return Ok(Value::Null) };
        for operand in before {
            let value = self.value(operand, env).await?;
            if self.condition(&value, operand.span)? == until {
                return Ok(value);
            }
        }
        self.value(last, env).await
    }

    async fn prefix(
        &self,
        operators: &[(PrefixOp, Span)],
        operand: &Expression,
        env: &Env,
    ) -> Outcome {
        let mut value = self.value(operand, env).await?;
        for (op, span) in operators.iter().rev() {
            value = match op {
                PrefixOp::Unary(op) => self.change_sign(*op, &value, *span)?,
                PrefixOp::Await => self.wait_for(&value, *span).await?,
            };
        }
        Ok(value)
    }

    fn change_sign(&self, op: UnaryOp, value: &Value, span: Span) -> Outcome {
        let made = operator::unary(&mut *self.heap.borrow_mut(), op, value);
        self.at(span, made)
    }

    /// Whether a value is true as a condition.
    pub(super) fn condition(&self, value: &Value, span: Span) -> Result<bool, Exit> {
        let found = truth::condition(&*self.heap.borrow(), value);
        self.at(span, found)
    }
}

/// Whether an expression has no parts that are evaluated.
fn is_leaf(of: &Expression) -> bool {
    matches!(
        of.kind,
        ExpressionKind::Literal(_)
            | ExpressionKind::Name(_)
            | ExpressionKind::SelfValue
            | ExpressionKind::Rec
            | ExpressionKind::Lambda(_)
    )
}
