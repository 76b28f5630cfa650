//! Branches backwards: which way was taken has to be seen from the result.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::Span;

use super::super::Checker;
use super::super::exhaust::Shape;
use super::step::lost;
use super::{Derivation, Equation, Stuck};
use crate::codes::NOT_DISJOINT;
use crate::hir::{
    Arm, Block, Expression, ExpressionKind, LocalId, Pattern, PatternKind, Statement,
    StatementKind, walk,
};
use crate::types::Type;

/// A way through an `if` or `match`.
struct Way<'a> {
    body: &'a Expression,
    /// What the value was held against.
    taken: Option<(&'a Pattern, &'a Expression)>,
    /// What held, or did not hold.
    condition: Option<(&'a Expression, bool)>,
}

impl Checker<'_> {
    pub(super) fn branch_step(
        &mut self,
        all: &mut Derivation,
        forward: &Expression,
        value: &Expression,
    ) -> Result<(), Stuck> {
        let ways = ways(forward);
        if ways.is_empty() {
            return Err(lost(forward, "without `else` this gives no value"));
        }
        let targets = self.targets(all, forward);
        let value = self.named_step(all, "value", value.clone());
        let chooser = self.chooser(all, forward, &ways, &value)?;
        let mut arms = Vec::new();
        for (way, pattern) in ways.iter().zip(chooser.patterns) {
            let mut inner = Derivation { steps: Vec::new(), ..all.clone() };
            inner.equations = vec![Equation { forward: way.body.clone(), value: value.clone() }];
            inner.definitions = Vec::new();
            if let Some((pattern, subject)) = way.taken {
                self.unknown_names(&mut inner, pattern);
                inner.definitions.push((pattern.clone(), subject.clone()));
            }
            self.solve(&mut inner)?;
            let lost_one = targets
                .iter()
                .find(|(id, of)| inner.value_of(&(**id, Vec::new()), of, forward.span).is_none());
            if let Some((id, of)) = lost_one {
                let path = inner.missing(*id, of);
                let name = self.path_text(&path);
                let message = format!("`{name}` does not follow from what this arm gives");
                return Err(lost(way.body, &message));
            }
            if let Some((condition, holds)) = way.condition
                && inner.is_known(condition)
            {
                let condition = inner.rewrite(condition);
                let condition = if holds { condition } else { Self::negated(condition) };
                let span = condition.span;
                inner.steps.push(Statement { kind: StatementKind::Assert(condition, None), span });
            }
            let body = together(&inner, &targets, way.body.span);
            arms.push(Arm { pattern, guard: None, body });
        }
        let of = row(&targets);
        let kind = match (chooser.subject, chooser.exits) {
            (Some(subject), _) => with_patterns(all, forward, subject, arms),
            (None, Some(exits)) => with_exits(exits, arms),
            (None, None) => ExpressionKind::Match(Box::new(value), arms),
        };
        let found = Expression { kind, of, span: forward.span };
        let found = self.named_step(all, "way", found);
        for (id, of) in targets {
            let kind = ExpressionKind::Field(Box::new(found.clone()), target_name(id));
            let value = Expression { kind, of, span: forward.span };
            all.learn((id, Vec::new()), value);
        }
        Ok(())
    }

    /// How the way is chosen going back.
    fn chooser<'e>(
        &mut self,
        all: &Derivation,
        forward: &'e Expression,
        ways: &[Way<'e>],
        value: &Expression,
    ) -> Result<Chooser<'e>, Stuck> {
        let subject = match &forward.kind {
            ExpressionKind::If(condition, ..) => &**condition,
            ExpressionKind::Match(subject, _) => &**subject,
            _ => forward,
        };
        let any = |way: &Way<'_>| Pattern {
            kind: PatternKind::Wildcard,
            of: self.unifier.resolve(&way.body.of),
            span: way.body.span,
        };
        if all.is_known(subject) {
            return Ok(Chooser {
                subject: Some(subject),
                exits: None,
                patterns: ways.iter().map(any).collect(),
            });
        }
        if let Some(exits) = exits(all, ways, value) {
            let patterns = ways.iter().map(any).collect();
            return Ok(Chooser { subject: None, exits: Some(exits), patterns });
        }
        let patterns: Vec<Pattern> = ways.iter().map(|way| self.result_pattern(way.body)).collect();
        let shapes: Vec<Shape> = patterns.iter().map(|one| Shape::of(one).0).collect();
        for (index, one) in shapes.iter().enumerate() {
            for (before, other) in shapes.iter().take(index).enumerate() {
                if !one.is_disjoint(other)
                    && let Some(way) = ways.get(index)
                {
                    let (first, second) = (before + 1, index + 1);
                    return Err(Stuck {
                        at: way.body.span,
                        message: format!(
                            "the result does not show which way was taken: arms {first} and \
                             {second} may give the same"
                        ),
                        hint: "give each arm a constructor of its own, say by `ensure` what holds \
                               behind it only, or write `backward:`"
                            .to_owned(),
                        code: NOT_DISJOINT,
                    });
                }
            }
        }
        Ok(Chooser { subject: None, exits: None, patterns })
    }

    /// What every value of an expression looks like.
    fn result_pattern(&self, of: &Expression) -> Pattern {
        let all =
            |inside: &[Expression]| inside.iter().map(|one| self.result_pattern(one)).collect();
        let kind = match &of.kind {
            ExpressionKind::Literal(value) => PatternKind::Literal(value.clone()),
            ExpressionKind::None => PatternKind::None,
            ExpressionKind::Present(inner) => {
                PatternKind::Present(Box::new(self.result_pattern(inner)))
            }
            ExpressionKind::Variant(id, index, inside) => {
                PatternKind::Variant(*id, *index, all(inside))
            }
            ExpressionKind::List(inside) => PatternKind::List(all(inside)),
            ExpressionKind::Record(fields) => {
                let named =
                    fields.iter().map(|(name, one)| (Rc::clone(name), self.result_pattern(one)));
                PatternKind::Record(named.collect())
            }
            ExpressionKind::Block(block) => match &block.value {
                Some(value) => return self.result_pattern(value),
                None => PatternKind::Wildcard,
            },
            _ => PatternKind::Wildcard,
        };
        Pattern { kind, of: self.unifier.resolve(&of.of), span: of.span }
    }

    /// The unknown variables that a branch is about.
    fn targets(&self, all: &Derivation, forward: &Expression) -> BTreeMap<LocalId, Type> {
        let mut found = BTreeMap::new();
        walk(forward, &mut |one| {
            if let ExpressionKind::Local(id) = one.kind
                && let Some(of) = all.unknown.get(&id)
                && all.value_of(&(id, Vec::new()), of, one.span).is_none()
            {
                found.insert(id, of.clone());
            }
        });
        found
    }
}

/// How the way is chosen going back: by what it was chosen by going forward, if that is known, by
/// what is ensured behind it, or by what the result looks like.
struct Chooser<'a> {
    subject: Option<&'a Expression>,
    /// What holds behind each way only; of one of them nothing has to be said.
    exits: Option<Vec<Option<Expression>>>,
    patterns: Vec<Pattern>,
}

/// What holds behind each way and behind no other one, of the value of all of them.
fn exits(
    all: &Derivation,
    ways: &[Way<'_>],
    value: &Expression,
) -> Option<Vec<Option<Expression>>> {
    let ensured: Vec<Vec<Expression>> = ways.iter().map(|way| ensured(way.body, value)).collect();
    let mut found = Vec::new();
    for (index, own) in ensured.iter().enumerate() {
        let is_only = |exit: &&Expression| {
            let negated = Checker::negated((*exit).clone());
            let mut others = ensured.iter().enumerate().filter(|(other, _)| *other != index);
            all.is_known(exit) && others.all(|(_, exits)| exits.contains(&negated))
        };
        found.push(own.iter().find(is_only).map(|exit| all.rewrite(exit)));
    }
    (found.iter().filter(|one| one.is_none()).count() <= 1).then_some(found)
}

/// The conditions at the end of a way, with what its value is in place of the variables that make it.
fn ensured(way: &Expression, value: &Expression) -> Vec<Expression> {
    let ExpressionKind::Block(block) = &way.kind else { return Vec::new() };
    let part = |id: LocalId| match block.value.as_ref().map(|last| &last.kind) {
        Some(ExpressionKind::Local(last)) if *last == id => Some(value.kind.clone()),
        Some(ExpressionKind::Record(fields)) => {
            let is_own =
                |one: &Expression| matches!(one.kind, ExpressionKind::Local(other) if other == id);
            let (name, _) = fields.iter().find(|(_, one)| is_own(one))?;
            Some(ExpressionKind::Field(Box::new(value.clone()), Rc::clone(name)))
        }
        _ => None,
    };
    let mut found = Vec::new();
    let mut statements = block.statements.as_slice();
    while let Some((last, before)) = statements.split_last() {
        match &last.kind {
            StatementKind::Assert(condition, None) => {
                let mut condition = condition.clone();
                crate::hir::walk_mut(
                    &mut condition,
                    &mut |one| {
                        if let ExpressionKind::Local(id) = one.kind
                            && let Some(part) = part(id)
                        {
                            one.kind = part;
                        }
                    },
                    &mut |_| {},
                );
                found.push(condition);
                statements = before;
            }
            StatementKind::Expression(Expression {
                kind: ExpressionKind::Block(inner), ..
            }) if inner.value.is_none() && found.is_empty() => {
                statements = &inner.statements;
            }
            _ => break,
        }
    }
    found
}

/// The way whose exit holds.
fn with_exits(exits: Vec<Option<Expression>>, arms: Vec<Arm>) -> ExpressionKind {
    let (mut conditions, mut last) = (Vec::new(), None);
    for (exit, arm) in exits.into_iter().zip(arms) {
        match exit {
            Some(exit) => conditions.push((exit, arm.body)),
            None => last = Some(arm.body),
        }
    }
    if last.is_none() {
        last = conditions.pop().map(|(_, body)| body);
    }
    let Some(last) = last else { return ExpressionKind::Wrong };
    let chain = conditions.into_iter().rev().fold(last, |otherwise, (exit, body)| {
        let (of, span) = (body.of.clone(), body.span);
        let kind = ExpressionKind::If(Box::new(exit), Box::new(body), Some(Box::new(otherwise)));
        Expression { kind, of, span }
    });
    chain.kind
}

fn ways(forward: &Expression) -> Vec<Way<'_>> {
    match &forward.kind {
        ExpressionKind::If(condition, then, Some(otherwise)) => [(then, true), (otherwise, false)]
            .into_iter()
            .map(|(body, holds)| Way { body, taken: None, condition: Some((condition, holds)) })
            .collect(),
        ExpressionKind::Match(subject, arms) => arms
            .iter()
            .map(|arm| Way {
                body: &arm.body,
                taken: Some((&arm.pattern, subject)),
                condition: arm.guard.as_ref().map(|guard| (guard, true)),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The same choice as forward, of other arms.
fn with_patterns(
    all: &Derivation,
    forward: &Expression,
    subject: &Expression,
    arms: Vec<Arm>,
) -> ExpressionKind {
    let subject = Box::new(all.rewrite(subject));
    match &forward.kind {
        ExpressionKind::Match(_, before) => {
            let arms = arms.into_iter().zip(before).map(|(arm, before)| Arm {
                pattern: before.pattern.clone(),
                guard: before.guard.as_ref().map(|guard| all.rewrite(guard)),
                body: arm.body,
            });
            ExpressionKind::Match(subject, arms.collect())
        }
        _ => {
            let mut bodies = arms.into_iter().map(|arm| Box::new(arm.body));
            match (bodies.next(), bodies.next()) {
                (Some(then), otherwise) => ExpressionKind::If(subject, then, otherwise),
                (None, _) => ExpressionKind::Wrong,
            }
        }
    }
}

fn row(targets: &BTreeMap<LocalId, Type>) -> Type {
    Type::record(targets.iter().map(|(id, of)| (target_name(*id), of.clone())).collect())
}

/// The field that holds a variable which is found in a branch.
pub(super) fn target_name(id: LocalId) -> Rc<str> {
    Rc::from(format!("v{}", id.0))
}

/// All variables that a way gives back.
fn together(way: &Derivation, targets: &BTreeMap<LocalId, Type>, span: Span) -> Expression {
    let fields = targets.iter().filter_map(|(id, of)| {
        Some((target_name(*id), way.value_of(&(*id, Vec::new()), of, span)?))
    });
    let kind = ExpressionKind::Record(fields.collect());
    let value = Expression { kind, of: row(targets), span };
    if way.steps.is_empty() {
        return value;
    }
    let of = value.of.clone();
    let block = Block { statements: way.steps.clone(), value: Some(Box::new(value)) };
    Expression { kind: ExpressionKind::Block(block), of, span }
}
