//! Searches: alternatives, answers, and what they choose from.
//!
//! A search is a function whose body runs like any other, but that it may give answers on the way,
//! and that each alternative starts from the state in which the one before it began. `some` and `try`
//! are loops over what is chosen from, each round of which is an alternative.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::Definition;
use crate::codes::{MISMATCH, MISPLACED};
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{
    Arm, BinaryOp, Block, Expression, ExpressionKind, Literal, Pattern, PatternKind, Statement,
    StatementKind, Strategy,
};
use crate::types::{Basic, Type};

impl Checker<'_> {
    /// The body of a search, whose answers are of the type in `result`.
    pub(super) fn search_body(
        &mut self,
        strategy: Strategy,
        body: &form::Expression,
        result: &Type,
    ) -> Expression {
        let answer = self.unifier.fresh();
        let of = Type::Answers(Rc::new(answer.clone()));
        if !self.unify(result, &of, body.span) {
            return Self::wrong(body.span);
        }
        let Form::Block(block) = &body.kind else { return Self::wrong(body.span) };
        self.frame.answers = Some(answer);
        let block = self.statements(block);
        self.frame.answers = None;
        let kind = ExpressionKind::Search(strategy, block);
        Expression { kind, of, span: body.span }
    }

    /// The type of an answer. Says that a statement is misplaced outside of a search.
    fn answer(&mut self, word: &str, span: Span) -> Option<Type> {
        if self.frame.answers.is_none() {
            let message = format!("`{word}` stands in a search");
            let hint = "a search is defined by `solve name(…) -> T { … }`";
            self.note(Diagnostic::error(MISPLACED, span, message).with_hint(hint));
        }
        self.frame.answers.clone()
    }

    /// `succeed e`
    pub(super) fn succeed(
        &mut self,
        value: Option<&form::Expression>,
        span: Span,
    ) -> Option<StatementKind> {
        let answer = self.answer("succeed", span)?;
        let found = match value {
            Some(value) => self.expect(value, &answer),
            None => {
                // What has no value says at least that there is an answer.
                if !self.unify(&answer, &Type::BOOL, span) {
                    return None;
                }
                let kind = ExpressionKind::Literal(Literal::Bool(true));
                Expression { kind, of: Type::BOOL, span }
            }
        };
        Some(StatementKind::Succeed(found))
    }

    /// `fail` has no answer, and what follows is tried.
    pub(super) fn fail(&mut self, span: Span) -> Option<StatementKind> {
        self.answer("fail", span)?;
        Some(StatementKind::Alternative(nothing()))
    }

    /// What is done in an alternative.
    fn alternative_body(&mut self, body: &form::Block) -> Block {
        self.open_whole("an alternative of a search");
        let found = self.statements(body);
        self.close();
        found
    }

    /// `match c => s`
    pub(super) fn when(
        &mut self,
        condition: &form::Expression,
        body: &form::Block,
        span: Span,
    ) -> Option<StatementKind> {
        self.answer("match … => …", span)?;
        let condition = self.holds(condition);
        let body = self.alternative_body(body);
        Some(StatementKind::Alternative(only_if(condition, body, span)))
    }

    /// A condition, or whether a search has an answer.
    fn holds(&mut self, condition: &form::Expression) -> Expression {
        let found = self.expression(condition, Some(&Type::BOOL));
        match self.unifier.shallow(&found.of) {
            Type::Answers(_) => {
                let span = found.span;
                self.of_answers("exists", found, span)
            }
            _ => self.coerce(found, &Type::BOOL),
        }
    }

    /// `some x in R where c => s`; without `in R` the values are those of a column of a relation that
    /// the condition names with `x` in it.
    pub(super) fn some(
        &mut self,
        name: &form::Name,
        (rows, filter): (Option<&form::Expression>, Option<&form::Expression>),
        body: &form::Block,
        span: Span,
    ) -> Option<StatementKind> {
        self.answer("some", span)?;
        let (values, rest) = match rows {
            Some(rows) => (self.expression(rows, None), conjuncts(filter)),
            None => self.column_values(name, filter)?,
        };
        let element = self.element_type(&values);
        self.open();
        let id = self.bind(name, element.clone());
        let conditions: Vec<Expression> =
            rest.into_iter().map(|one| self.expect(one, &Type::BOOL)).collect();
        let condition = self.all_of(conditions);
        let body = self.alternative_body(body);
        self.close();
        let inner = match condition {
            Some(condition) => only_if(condition, body, span),
            None => body,
        };
        let pattern = Self::variable_pattern(id, element, span);
        Some(each(pattern, values, inner, span))
    }

    /// The values of the column in which a condition names a variable, and the rest of the condition.
    fn column_values<'f>(
        &mut self,
        name: &form::Name,
        filter: Option<&'f form::Expression>,
    ) -> Option<(Expression, Vec<&'f form::Expression>)> {
        let mut rest = conjuncts(filter);
        let is_own = |one: &form::Expression| matches!(&one.kind, Form::Name(other) if other.text == name.text);
        let place = rest.iter().position(|part| match &part.kind {
            Form::Call(function, arguments) => {
                arguments.iter().any(is_own) && self.called_relation(function).is_some()
            }
            _ => false,
        });
        let Some(place) = place else {
            let message = format!("nothing says what `{}` may be", name.text);
            let hint = format!("write `some {} in R`, or a relation in the condition", name.text);
            self.note(Diagnostic::error(MISMATCH, name.span, message).with_hint(hint));
            return None;
        };
        let part = rest.remove(place);
        let Form::Call(function, arguments) = &part.kind else { return None };
        let id = self.called_relation(function)?;
        let values = self.matching_column(id, arguments, &is_own, part.span)?;
        Some((values, rest))
    }

    pub(super) fn called_relation(
        &mut self,
        function: &form::Expression,
    ) -> Option<crate::hir::RelationId> {
        let found = match &function.kind {
            Form::Name(name) if self.find_local(&name.text).is_none() => {
                self.names.look_up(self.frame.space, &name.text)
            }
            Form::Field { base, name, .. } => {
                let space = self.space_of(base)?;
                self.names.member(space, &name.text)
            }
            _ => None,
        };
        match found {
            Some(Definition::Relation(id)) => Some(id),
            _ => None,
        }
    }

    /// `try x = e then s`: for each answer, element, or value that is there; of a condition, if it
    /// holds.
    pub(super) fn then(
        &mut self,
        name: Option<&form::Name>,
        attempt: &form::Expression,
        body: &form::Block,
        span: Span,
    ) -> Option<StatementKind> {
        self.answer("try … then", span)?;
        let attempt = self.expression(attempt, None);
        let of = self.unifier.shallow(&attempt.of);
        if of == Type::BOOL && name.is_none() {
            let body = self.alternative_body(body);
            return Some(StatementKind::Alternative(only_if(attempt, body, span)));
        }
        if let Type::Optional(inner) = of {
            return Some(self.if_there(attempt, &inner, name, body, span));
        }
        let element = self.element_type(&attempt);
        self.open();
        let pattern = self.perhaps_named(name, &element, span);
        let body = self.alternative_body(body);
        self.close();
        Some(each(pattern, attempt, body, span))
    }

    fn perhaps_named(&mut self, name: Option<&form::Name>, of: &Type, span: Span) -> Pattern {
        match name {
            Some(name) => {
                let id = self.bind(name, of.clone());
                Self::variable_pattern(id, of.clone(), name.span)
            }
            None => Pattern { kind: PatternKind::Wildcard, of: of.clone(), span },
        }
    }

    fn if_there(
        &mut self,
        value: Expression,
        inner: &Type,
        name: Option<&form::Name>,
        body: &form::Block,
        span: Span,
    ) -> StatementKind {
        let of = value.of.clone();
        self.open();
        let present = self.perhaps_named(name, inner, span);
        let body = self.alternative_body(body);
        self.close();
        let present =
            Pattern { kind: PatternKind::Present(Box::new(present)), of: of.clone(), span };
        let none = Pattern { kind: PatternKind::None, of, span };
        let arms = vec![arm(present, None, body, span), arm(none, None, nothing(), span)];
        alternative_match(value, arms, span)
    }

    /// A `match` with arms in a search. Names that are variables already are compared with, and what
    /// no arm takes fails.
    pub(super) fn search_match(
        &mut self,
        subject: &form::Expression,
        arms: &[form::Arm],
        span: Span,
    ) -> StatementKind {
        let subject = self.expression(subject, None);
        let of = subject.of.clone();
        let mut found = Vec::new();
        for one in arms {
            let mut equal = Vec::new();
            let pattern = self.compared(&one.pattern, &mut equal);
            self.open();
            let pattern = self.pattern(&pattern, &of);
            let mut conditions = Vec::new();
            for (hidden, name) in equal {
                let kind = Form::Binary(
                    BinaryOp::Equal,
                    name.span,
                    Box::new(form::Expression { kind: Form::Name(hidden), span: name.span }),
                    Box::new(form::Expression { kind: Form::Name(name.clone()), span: name.span }),
                );
                let condition = form::Expression { kind, span: name.span };
                conditions.push(self.expect(&condition, &Type::BOOL));
            }
            conditions.extend(one.guard.as_ref().map(|guard| self.expect(guard, &Type::BOOL)));
            let guard = self.all_of(conditions);
            let body = match &one.body.kind {
                Form::Block(block) => self.alternative_body(block),
                _ => {
                    let kind = form::StatementKind::Expression(one.body.clone());
                    let statement = form::Statement { kind, span: one.body.span };
                    let statements = vec![statement];
                    self.alternative_body(&form::Block { space: None, statements })
                }
            };
            self.close();
            found.push(arm(pattern, guard, body, one.body.span));
        }
        let any = Pattern { kind: PatternKind::Wildcard, of, span };
        found.push(arm(any, None, nothing(), span));
        alternative_match(subject, found, span)
    }

    /// The pattern with names of its own in place of those that are variables.
    fn compared(
        &self,
        of: &form::Pattern,
        equal: &mut Vec<(form::Name, form::Name)>,
    ) -> form::Pattern {
        use form::PatternKind as Kind;
        let mut all = |several: &[form::Pattern]| -> Vec<form::Pattern> {
            several.iter().map(|one| self.compared(one, equal)).collect()
        };
        let kind = match &of.kind {
            Kind::Name(name) if self.find_local(&name.text).is_some() => {
                // No name can be written like this.
                let text = Rc::from(format!("{}'{}", name.text, equal.len()));
                let hidden = form::Name { text, span: name.span };
                equal.push((hidden.clone(), name.clone()));
                Kind::Name(hidden)
            }
            Kind::Variant(path, inside) => Kind::Variant(path.clone(), all(inside)),
            Kind::List(inside) => Kind::List(all(inside)),
            Kind::Record(fields) => Kind::Record(
                fields
                    .iter()
                    .map(|(name, one)| (name.clone(), self.compared(one, equal)))
                    .collect(),
            ),
            Kind::ListAround(before, rest, after) => {
                let before = all(before);
                Kind::ListAround(before, rest.clone(), all(after))
            }
            Kind::Wrong
            | Kind::Wildcard
            | Kind::Name(_)
            | Kind::Literal(_)
            | Kind::None
            | Kind::OneOf(_) => of.kind.clone(),
        };
        form::Pattern { kind, span: of.span }
    }

    /// A value that nobody uses; in a search answers of another one are its own.
    pub(super) fn unused_value(&mut self, value: Expression) -> StatementKind {
        if let (Some(answer), Type::Answers(element)) =
            (self.frame.answers.clone(), self.unifier.shallow(&value.of))
        {
            let span = value.span;
            self.unify(&answer, &element, span);
            let id = self.hidden("answer", (*element).clone(), span);
            let kind = ExpressionKind::Local(id);
            let one = Expression { kind, of: (*element).clone(), span };
            let statement = Statement { kind: StatementKind::Succeed(one), span };
            let body = Block { statements: vec![statement], value: None };
            let pattern = Self::variable_pattern(id, (*element).clone(), span);
            return each(pattern, value, body, span);
        }
        self.warn_no_effect(&value);
        StatementKind::Expression(value)
    }
}

fn nothing() -> Block {
    Block { statements: Vec::new(), value: None }
}

fn as_value(block: Block, span: Span) -> Expression {
    Expression { kind: ExpressionKind::Block(block), of: Type::Basic(Basic::Nothing), span }
}

fn only_if(condition: Expression, body: Block, span: Span) -> Block {
    let body = Box::new(as_value(body, span));
    let kind = ExpressionKind::If(Box::new(condition), body, None);
    let of = Type::NOTHING;
    let kind = StatementKind::Expression(Expression { kind, of, span });
    Block { statements: vec![Statement { kind, span }], value: None }
}

/// A choice: each round is an alternative.
fn each(pattern: Pattern, values: Expression, body: Block, span: Span) -> StatementKind {
    let statement = Statement { kind: StatementKind::Alternative(body), span };
    StatementKind::For(pattern, values, Block { statements: vec![statement], value: None })
}

fn arm(pattern: Pattern, guard: Option<Expression>, body: Block, span: Span) -> Arm {
    Arm { pattern, guard, body: as_value(body, span) }
}

fn alternative_match(subject: Expression, arms: Vec<Arm>, span: Span) -> StatementKind {
    let kind = ExpressionKind::Match(Box::new(subject), arms);
    let kind = StatementKind::Expression(Expression { kind, of: Type::NOTHING, span });
    let statements = vec![Statement { kind, span }];
    StatementKind::Alternative(Block { statements, value: None })
}

/// The parts of a condition that are joined by `and`.
fn conjuncts(of: Option<&form::Expression>) -> Vec<&form::Expression> {
    let mut found = Vec::new();
    if let Some(of) = of {
        super::rule::conjuncts(of, &mut found);
    }
    found
}
