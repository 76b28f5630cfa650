//! Conditions, loops, `try`, `match`, functions.

use std::rc::Rc;

use super::{Lower, PARAMETERS_MAX};
use crate::ast::{self, View};
use crate::hir::{Arm, Block, Expression, ExpressionKind, Lambda, Parameter};

impl Lower {
    pub(super) fn if_(&mut self, found: ast::If<'_>) -> ExpressionKind {
        let mut branches = Vec::new();
        for (condition, block) in found.branches() {
            let condition = self.expression(condition);
            branches.push((condition, self.block(Some(block), found.node())));
        }
        let otherwise = found.otherwise().map(|block| self.block(Some(block), found.node()));
        ExpressionKind::If { branches, otherwise, exhaustive: false }
    }

    pub(super) fn conditional(&mut self, found: ast::Conditional<'_>) -> ExpressionKind {
        let mut parts = found.arguments();
        let condition = self.value_or_none(parts.next(), found.node());
        let then = self.value_or_none(parts.next(), found.node());
        let otherwise = self.value_or_none(parts.next(), found.node());
        ExpressionKind::If {
            branches: vec![(condition, Self::block_of(then))],
            otherwise: Some(Self::block_of(otherwise)),
            exhaustive: false,
        }
    }

    pub(super) fn piecewise(&mut self, found: ast::Piecewise<'_>) -> ExpressionKind {
        let mut branches = Vec::new();
        let mut otherwise = None;
        for argument in found.arguments() {
            if let ast::Expression::Array(case) = argument {
                let mut parts = case.items().filter_map(|item| match item {
                    ast::ArrayItem::Expression(part) => Some(part),
                    ast::ArrayItem::Spread(_) => None,
                });
                let condition = self.value_or_none(parts.next(), case.node());
                let value = self.value_or_none(parts.next(), case.node());
                branches.push((condition, Self::block_of(value)));
            } else {
                otherwise = Some(Self::block_of(self.expression(argument)));
            }
        }
        let exhaustive = otherwise.is_none();
        ExpressionKind::If { branches, otherwise, exhaustive }
    }

    pub(super) fn while_(&mut self, found: ast::While<'_>) -> ExpressionKind {
        ExpressionKind::While {
            condition: self.boxed(found.condition(), found.node()),
            body: self.turn(found.body(), found.node()),
        }
    }

    pub(super) fn for_(&mut self, found: ast::For<'_>) -> ExpressionKind {
        ExpressionKind::For {
            name: self.name_or_none(found.name(), found.node()),
            over: self.boxed(found.iterated(), found.node()),
            body: self.turn(found.body(), found.node()),
        }
    }

    pub(super) fn try_(&mut self, found: ast::Try<'_>) -> ExpressionKind {
        ExpressionKind::Try {
            body: self.block(found.body(), found.node()),
            name: self.name_or_none(found.name(), found.node()),
            handler: self.block(found.handler(), found.node()),
        }
    }

    pub(super) fn match_(&mut self, found: ast::Match<'_>) -> ExpressionKind {
        let scrutinee = self.boxed(found.subject(), found.node());
        let mut arms = Vec::new();
        for arm in found.arms() {
            let Some(pattern) = arm.pattern() else { continue };
            let guard = arm.guard().and_then(ast::Guard::condition);
            arms.push(Arm {
                pattern: self.pattern(pattern),
                guard: guard.map(|guard| self.expression(guard)),
                value: self.value_or_none(arm.value(), arm.node()),
            });
        }
        ExpressionKind::Match { scrutinee, arms }
    }

    pub(super) fn do_(&mut self, found: ast::Do<'_>) -> ExpressionKind {
        let body = self.block(found.body(), found.node());
        if found.is_async() { ExpressionKind::Async(body) } else { ExpressionKind::Do(body) }
    }

    pub(super) fn lambda(
        &mut self,
        found: ast::Lambda<'_>,
        name: Option<&Rc<str>>,
    ) -> ExpressionKind {
        let node = found.node();
        let parameters: Vec<_> = found.parameters().map(|one| self.parameter(one)).collect();
        if let Some(first) = parameters.get(PARAMETERS_MAX) {
            let message = format!("a function has at most {PARAMETERS_MAX} parameters");
            self.limit(first.name.span, message);
        }
        let result = found.result().map(|result| self.annotation(result));
        let is_async = found.is_async();
        let is_asked = result.is_some()
            || parameters.iter().any(|one| one.annotation.is_some() || one.default.is_some());
        let (body, is_generator) = match found.body() {
            // The future of an async function can be of a generator as of any other value.
            // What is asked of the arguments or the result is asked at the call, before there is a
            // generator.
            Some(ast::Expression::Generate(body)) if !is_async && !is_asked => {
                (self.block(body.body(), node), true)
            }
            Some(ast::Expression::Do(body)) if !body.is_async() => {
                (self.block(body.body(), node), false)
            }
            body => (Self::block_of(self.value_or_none(body, node)), false),
        };
        ExpressionKind::Lambda(Rc::new(Lambda {
            name: name.map(Rc::clone),
            parameters,
            result,
            body,
            is_async,
            is_generator,
            span: self.span(node),
        }))
    }

    fn parameter(&mut self, found: ast::Parameter<'_>) -> Parameter {
        let name = self.name_or_none(found.name(), found.node());
        let annotation = found.annotation().map(|annotation| self.annotation(annotation));
        let default = found
            .default()
            .map(|value| self.named_value(Some(value), Some(&name.text), found.node()));
        Parameter { name, optional: found.is_optional(), annotation, default }
    }

    pub(super) fn generate(&mut self, found: ast::Generate<'_>) -> ExpressionKind {
        let body: Block = self.block(found.body(), found.node());
        ExpressionKind::Generate(body)
    }

    /// A value that is put into something with a name: a function is called so then.
    pub(super) fn named_value(
        &mut self,
        found: Option<ast::Expression<'_>>,
        name: Option<&Rc<str>>,
        around: crate::Node<'_>,
    ) -> Expression {
        let mut inner = found;
        while let Some(ast::Expression::Paren(paren)) = inner {
            inner = paren.inner();
        }
        match inner {
            Some(ast::Expression::Lambda(lambda)) => {
                let span = self.span(lambda.node());
                Expression { kind: self.lambda(lambda, name), span }
            }
            inner => self.value_or_none(inner, around),
        }
    }
}
