//! Taking one equation apart.

use std::rc::Rc;

use source::Span;

use super::super::Checker;
use super::{Derivation, Equation, Stuck};
use crate::codes::LOST;
use crate::hir::{
    BinaryOp, Callee, Expression, ExpressionKind, Lambda, Literal, Pattern, PatternKind, Statement,
    StatementKind, UnaryOp,
};
use crate::types::{Type, builtin};

impl Checker<'_> {
    /// Takes an equation apart, if what it needs is known so far.
    pub(super) fn step(&mut self, all: &mut Derivation, equation: &Equation) -> Result<(), Stuck> {
        let Equation { forward, value } = equation;
        if let Some(path) = all.path(forward)
            && all.value_of(&path, &forward.of, forward.span).is_none()
        {
            let name = self.path_text(&path);
            let value = self.named_step(all, &name, value.clone());
            all.learn(path, value);
            return Ok(());
        }
        if all.is_known(forward) {
            self.agree(all, forward, value);
            return Ok(());
        }
        match &forward.kind {
            ExpressionKind::Record(fields) => {
                let value = self.named_parts_step(all, "record", value.clone());
                for (name, field) in fields {
                    let value = Derivation::part(&value, name, field.of.clone(), field.span);
                    all.equations.push(Equation { forward: field.clone(), value });
                }
                Ok(())
            }
            ExpressionKind::Variant(id, index, inside) => {
                let make = |inside| PatternKind::Variant(*id, *index, inside);
                self.take_apart(all, forward, inside, value, &make);
                Ok(())
            }
            ExpressionKind::List(inside) => {
                self.take_apart(all, forward, inside, value, &PatternKind::List);
                Ok(())
            }
            ExpressionKind::Present(inner) => {
                let make = |mut inside: Vec<Pattern>| {
                    inside
                        .pop()
                        .map_or(PatternKind::None, |one| PatternKind::Present(Box::new(one)))
                };
                self.take_apart(all, forward, std::slice::from_ref(inner), value, &make);
                Ok(())
            }
            ExpressionKind::Unary(op, inner) => {
                let kind = ExpressionKind::Unary(*op, Box::new(value.clone()));
                let value = Expression { kind, of: inner.of.clone(), span: forward.span };
                all.equations.push(Equation { forward: (**inner).clone(), value });
                Ok(())
            }
            ExpressionKind::Binary(op, left, right) => {
                self.binary_step(all, forward, (*op, left, right), value)
            }
            ExpressionKind::Call(callee, arguments) => {
                self.call_step(all, forward, callee, arguments, value)
            }
            ExpressionKind::Block(block) => self.block_step(all, forward, block, value),
            ExpressionKind::If(..) | ExpressionKind::Match(..) => {
                self.branch_step(all, forward, value)
            }
            _ => Err(lost(forward, "what goes into this does not follow from what comes out")),
        }
    }

    /// What is known both ways has to be the same.
    fn agree(&mut self, all: &mut Derivation, forward: &Expression, value: &Expression) {
        let forward = all.rewrite(forward);
        if forward == *value {
            return;
        }
        let span = forward.span;
        let kind =
            ExpressionKind::Binary(BinaryOp::Equal, Box::new(forward), Box::new(value.clone()));
        let condition = Expression { kind, of: Type::BOOL, span };
        all.steps.push(Statement { kind: StatementKind::Assert(condition, None), span });
    }

    fn take_apart(
        &mut self,
        all: &mut Derivation,
        whole: &Expression,
        inside: &[Expression],
        value: &Expression,
        make: &dyn Fn(Vec<Pattern>) -> PatternKind,
    ) {
        let mut patterns = Vec::new();
        for part in inside {
            let of = self.unifier.resolve(&part.of);
            let id = self.hidden("part", of.clone(), part.span);
            patterns.push(Self::variable_pattern(id, of.clone(), part.span));
            let value = Expression { kind: ExpressionKind::Local(id), of, span: part.span };
            all.equations.push(Equation { forward: part.clone(), value });
        }
        let of = self.unifier.resolve(&whole.of);
        let pattern = Pattern { kind: make(patterns), of, span: whole.span };
        let kind = StatementKind::Let(pattern, value.clone());
        all.steps.push(Statement { kind, span: whole.span });
    }

    fn binary_step(
        &mut self,
        all: &mut Derivation,
        forward: &Expression,
        (op, left, right): (BinaryOp, &Expression, &Expression),
        value: &Expression,
    ) -> Result<(), Stuck> {
        let (knows_left, knows_right) = (all.is_known(left), all.is_known(right));
        if !knows_left && !knows_right {
            let message = format!("both sides of `{}` depend on what is looked for", op.text());
            return Err(lost(forward, &message));
        }
        let of = self.unifier.shallow(&forward.of);
        if of == Type::FLOAT && is_arithmetic(op) {
            let message = format!(
                "`{}` on `Float` rounds, so that nothing gives back the exact value",
                op.text()
            );
            return Err(Stuck {
                hint: "use `Decimal` or `Int`, or write `backward:`".to_owned(),
                ..lost(forward, &message)
            });
        }
        let (inner, kept) = if knows_right { (left, right) } else { (right, left) };
        let kept = all.rewrite(kept);
        let undo = |op, a: &Expression, b: Expression| {
            ExpressionKind::Binary(op, Box::new(a.clone()), Box::new(b))
        };
        let kind = match op {
            BinaryOp::Add => undo(BinaryOp::Subtract, value, kept),
            BinaryOp::Subtract if knows_right => undo(BinaryOp::Add, value, kept),
            BinaryOp::Subtract => undo(BinaryOp::Subtract, &kept, value.clone()),
            BinaryOp::Xor => undo(BinaryOp::Xor, value, kept),
            BinaryOp::Multiply | BinaryOp::Divide => {
                self.scale(op, forward, (inner, &kept), knows_right, value)?
            }
            _ => return Err(self.lossy(op, forward)),
        };
        let of = self.unifier.resolve(&inner.of);
        let value = Expression { kind, of, span: forward.span };
        all.equations.push(Equation { forward: inner.clone(), value });
        Ok(())
    }

    /// `*` and `/` by a constant on `Decimal`.
    fn scale(
        &self,
        op: BinaryOp,
        forward: &Expression,
        (_, kept): (&Expression, &Expression),
        is_divisor: bool,
        value: &Expression,
    ) -> Result<ExpressionKind, Stuck> {
        let of = self.unifier.shallow(&forward.of);
        let constant = match &kept.kind {
            ExpressionKind::Literal(Literal::Decimal(digits, _)) => Some(*digits),
            _ => None,
        };
        match (of, constant) {
            (Type::DECIMAL, Some(0)) => Err(lost(forward, "everything times 0 is 0")),
            (Type::DECIMAL, Some(_)) if op == BinaryOp::Multiply => Ok(ExpressionKind::Binary(
                BinaryOp::Divide,
                Box::new(value.clone()),
                Box::new(kept.clone()),
            )),
            (Type::DECIMAL, Some(digits)) if is_divisor && divides_exactly(digits) => {
                Ok(ExpressionKind::Binary(
                    BinaryOp::Multiply,
                    Box::new(value.clone()),
                    Box::new(kept.clone()),
                ))
            }
            (Type::DECIMAL, Some(_)) => {
                let message = "this quotient has endlessly many digits for most values";
                Err(Stuck {
                    hint: "multiply instead, or write `backward:`".to_owned(),
                    ..lost(forward, message)
                })
            }
            (Type::INT, _) if op == BinaryOp::Divide => Err(Stuck {
                hint: "also return the remainder, `x % n`, and write `backward:`".to_owned(),
                ..lost(forward, "a whole quotient loses the remainder")
            }),
            _ => Err(Stuck {
                hint: "multiply a `Decimal` by a constant that is not 0, or write `backward:`"
                    .to_owned(),
                ..lost(
                    forward,
                    "not every value comes out of this multiplication, or from only one",
                )
            }),
        }
    }

    fn lossy(&self, op: BinaryOp, forward: &Expression) -> Stuck {
        let hint = match op {
            BinaryOp::Remainder => "also return the quotient, `x / n`, and write `backward:`",
            BinaryOp::Concatenate => "return the parts as a record or list, or write `backward:`",
            BinaryOp::Divide => "also return the remainder, `x % n`, and write `backward:`",
            _ => "also return what is compared, or write `backward:`",
        };
        let message = format!("`{}` loses what its operands were", op.text());
        Stuck { hint: hint.to_owned(), ..lost(forward, &message) }
    }

    fn call_step(
        &mut self,
        all: &mut Derivation,
        forward: &Expression,
        callee: &Callee,
        arguments: &[Expression],
        value: &Expression,
    ) -> Result<(), Stuck> {
        let Some((first, rest)) = arguments.split_first() else {
            return Err(lost(forward, "this does not depend on what is looked for"));
        };
        if let Callee::Builtin(id) = callee {
            let name = builtin(*id).map_or("", |row| row.name);
            return self.builtin_step(all, forward, (name, callee), arguments, value);
        }
        if let Some(other) = rest.iter().find(|one| !all.is_known(one)) {
            return Err(lost(
                other,
                "an inverse gives back the first argument; this is another one",
            ));
        }
        let inverse = match callee {
            Callee::Function(id, types) => {
                self.wanted.push((*id, forward.span));
                Callee::Inverse(*id, types.clone())
            }
            Callee::Inverse(id, types) => Callee::Function(*id, types.clone()),
            Callee::Value(function) if all.is_known(function) => {
                Callee::Value(Box::new(self.inverse_function(all, function)?))
            }
            Callee::Value(_) | Callee::Builtin(_) => {
                return Err(lost(forward, "the function depends on what is looked for"));
            }
        };
        let mut given = vec![value.clone()];
        given.extend(rest.iter().map(|one| all.rewrite(one)));
        let of = self.unifier.resolve(&first.of);
        let kind = ExpressionKind::Call(inverse, given);
        let value = Expression { kind, of, span: forward.span };
        all.equations.push(Equation { forward: first.clone(), value });
        Ok(())
    }

    fn builtin_step(
        &mut self,
        all: &mut Derivation,
        forward: &Expression,
        (name, callee): (&str, &Callee),
        arguments: &[Expression],
        value: &Expression,
    ) -> Result<(), Stuck> {
        match (name, arguments) {
            ("reverse", [list]) => {
                let kind = ExpressionKind::Call(callee.clone(), vec![value.clone()]);
                let value = Expression { kind, of: forward.of.clone(), span: forward.span };
                all.equations.push(Equation { forward: list.clone(), value });
                Ok(())
            }
            ("map", [list, function]) if all.is_known(function) => {
                let function = self.inverse_function(all, function)?;
                let kind = ExpressionKind::Call(callee.clone(), vec![value.clone(), function]);
                let of = self.unifier.resolve(&list.of);
                let value = Expression { kind, of, span: forward.span };
                all.equations.push(Equation { forward: list.clone(), value });
                Ok(())
            }
            ("zip", [first, second]) => {
                let value = self.named_step(all, "pairs", value.clone());
                for (list, field) in [(first, "first"), (second, "second")] {
                    let value = self.column_of(&value, list, field);
                    all.equations.push(Equation { forward: list.clone(), value });
                }
                Ok(())
            }
            _ => {
                let message = format!("`{name}` loses what it was given");
                Err(lost(forward, &message))
            }
        }
    }

    /// `pairs.map(pair => pair.field)`
    fn column_of(&mut self, pairs: &Expression, list: &Expression, field: &str) -> Expression {
        let span = list.span;
        let of = self.unifier.resolve(&list.of);
        let element = match &of {
            Type::List(element) => (**element).clone(),
            _ => Type::Unknown,
        };
        let pair = match &pairs.of {
            Type::List(pair) => (**pair).clone(),
            _ => Type::Unknown,
        };
        let id = self.hidden("pair", pair.clone(), span);
        let base = Expression { kind: ExpressionKind::Local(id), of: pair.clone(), span };
        let kind = ExpressionKind::Field(Box::new(base), Rc::from(field));
        let body = Box::new(Expression { kind, of: element.clone(), span });
        let lambda = Expression {
            kind: ExpressionKind::Lambda(Lambda { parameters: vec![id], body }),
            of: Type::function(vec![pair], element, crate::types::PURE),
            span,
        };
        let map = crate::types::methods("map").next();
        let Some((map, _)) = map else { return Self::wrong(span) };
        let kind = ExpressionKind::Call(Callee::Builtin(map), vec![pairs.clone(), lambda]);
        Expression { kind, of, span }
    }

    /// The inverse of a function value.
    fn inverse_function(
        &mut self,
        all: &Derivation,
        function: &Expression,
    ) -> Result<Expression, Stuck> {
        let Type::Function(of) = self.unifier.resolve(&function.of) else {
            return Err(lost(function, "this is no function with an inverse"));
        };
        let [input] = of.parameters.as_slice() else {
            return Err(lost(function, "only functions of one value are turned round here"));
        };
        let inverse_of = Type::function(vec![of.result.clone()], input.clone(), crate::types::PURE);
        let kind = match &function.kind {
            ExpressionKind::Function(id, _) => {
                self.wanted.push((*id, function.span));
                ExpressionKind::Inverse(Box::new(function.clone()))
            }
            ExpressionKind::Inverse(inner) => return Ok((**inner).clone()),
            ExpressionKind::Compose(first, second) => {
                let second = self.inverse_function(all, second)?;
                let first = self.inverse_function(all, first)?;
                ExpressionKind::Compose(Box::new(second), Box::new(first))
            }
            ExpressionKind::Lambda(lambda) => {
                let body = all.rewrite(&lambda.body);
                let (parameters, body) =
                    self.derive_checked(&lambda.parameters, &body, &of.result)?;
                ExpressionKind::Lambda(Lambda { parameters, body: Box::new(body) })
            }
            _ => return Err(lost(function, "the inverse of this function is not known here")),
        };
        Ok(Expression { kind, of: inverse_of, span: function.span })
    }

    /// The names of a pattern are to be found.
    pub(super) fn unknown_names(&self, all: &mut Derivation, pattern: &Pattern) {
        let mut copy = pattern.clone();
        crate::hir::each_pattern(&mut copy, &mut |one| match &one.kind {
            PatternKind::Bind(id) => {
                all.unknown.insert(*id, self.unifier.resolve(&one.of));
            }
            PatternKind::ListAround(_, Some(id), _) => {
                all.unknown.insert(*id, self.unifier.resolve(&one.of));
            }
            _ => {}
        });
    }

    /// `not condition`
    pub(in crate::check) fn negated(condition: Expression) -> Expression {
        let span = condition.span;
        let kind = ExpressionKind::Unary(UnaryOp::Not, Box::new(condition));
        Expression { kind, of: Type::BOOL, span }
    }
}

pub(super) fn lost(at: &Expression, message: &str) -> Stuck {
    let span: Span = at.span;
    Stuck {
        at: span,
        message: format!("information is lost here: {message}"),
        hint: "also return what is lost, or write `backward:`".to_owned(),
        code: LOST,
    }
}

fn is_arithmetic(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide)
}

/// Whether quotients by a decimal with these digits have finitely many digits.
fn divides_exactly(digits: i128) -> bool {
    let mut rest = digits.unsigned_abs();
    if rest == 0 {
        return false;
    }
    for factor in [2, 5] {
        while rest.is_multiple_of(factor) {
            rest /= factor;
        }
    }
    rest == 1
}
