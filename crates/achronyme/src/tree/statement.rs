//! Blocks and their statements.

use std::rc::Rc;

use achronyme_library::error;
use source::Span;

use super::engine::Engine;
use super::exit::{Exit, Outcome, Thrown};

use super::pattern::Names;
use super::scope::{Declared, Env, Variable};
use super::step::Step;
use super::types::Told;
use super::value::Value;
use crate::hir::{
    Annotation, Block, Expression, ExpressionKind, Name, Pattern, PatternKind, Statement,
    StatementKind,
};

impl Engine {
    /// The value of a block, in a scope of its own.
    pub(super) async fn block(&self, block: &Block, env: &Env, tail: bool) -> Outcome {
        if block.statements.iter().any(is_declaration) {
            let mut inner = env.inner(Some(&block.statements));
            return self.statements(&block.statements, &mut inner, tail).await;
        }
        let mut same = env.clone();
        self.statements(&block.statements, &mut same, tail).await
    }

    /// The value of the last statement.
    pub(super) async fn statements(
        &self,
        statements: &[Statement],
        env: &mut Env,
        tail: bool,
    ) -> Outcome {
        let Some((last, others)) = statements.split_last() else { return Ok(Value::Null) };
        for statement in others {
            let unused = self.statement(statement, env, false).await?;
            drop(unused);
        }
        self.statement(last, env, tail).await
    }

    async fn statement(&self, statement: &Statement, env: &mut Env, tail: bool) -> Outcome {
        match &statement.kind {
            StatementKind::Expression(value) => {
                self.step()?;
                return match self.at_once(value, env) {
                    Some(value) => value,
                    None => self.eval(value, env, tail).await,
                };
            }
            StatementKind::Let { mutable, pattern, annotation, value } => {
                let declared = (*mutable, pattern, annotation.as_ref());
                return Step::new(self.declaration(declared, value, env)).await;
            }
            StatementKind::Import { items, path, path_span } => {
                Step::new(self.import(items, path, *path_span, env)).await?;
            }
            StatementKind::Export { items } => self.export(items, env)?,
            StatementKind::TypeAlias { name, definition } => {
                let number = self.new_alias(&name.text, definition, env);
                let number = self.at(statement.span, number)?;
                env.declare(&name.text, Declared::Alias(number));
            }
            StatementKind::Return(value) => {
                let value = self.eval(value, env, env.is_open).await?;
                return Err(Exit::Return(value));
            }
            StatementKind::Yield(value) => {
                return Step::new(self.yield_(value, env)).await;
            }
            StatementKind::Throw(value) => {
                let value = self.value(value, env).await?;
                return self.throw(&value, statement.span);
            }
            StatementKind::Break(None) => return Err(Exit::Break(None)),
            StatementKind::Break(Some(value)) => {
                return Err(Exit::Break(Some(self.value(value, env).await?)));
            }
            StatementKind::Continue => return Err(Exit::Continue),
        }
        Ok(Value::Boolean(true))
    }

    fn throw(&self, value: &Value, span: Span) -> Outcome {
        let error = error::thrown(&mut *self.heap.borrow_mut(), value);
        let error = self.at(span, error)?;
        Err(Exit::Throw(Box::new(Thrown { error, span })))
    }

    async fn declaration(
        &self,
        (mutable, pattern, annotation): (bool, &Pattern, Option<&Annotation>),
        value: &Expression,
        env: &mut Env,
    ) -> Outcome {
        if let PatternKind::Name(name) = &pattern.kind {
            return self.variable((mutable, name, annotation), value, env).await;
        }
        let span = value.span;
        let value = self.value(value, env).await?;
        if let Some(annotation) = annotation {
            let check = self.at(annotation.span, self.check(annotation, env, Told::Resolved))?;
            if !self.fits(&check, &value) {
                let (expected, got) = (&check.shown, self.type_name(&value));
                let message =
                    format!("Type error in destructuring: expected {expected}, got {got}");
                return self.error(span, message);
            }
        }
        let mut names = Names { mutable, variables: Vec::new() };
        if !self.destructure(pattern, &value, env, &mut names).await? {
            return self.error(pattern.span, "Destructuring pattern does not match value");
        }
        for variable in names.variables {
            env.see(&variable);
        }
        Ok(value)
    }

    async fn variable(
        &self,
        (mutable, name, annotation): (bool, &Name, Option<&Annotation>),
        value: &Expression,
        env: &mut Env,
    ) -> Outcome {
        let check = match annotation {
            Some(annotation) => {
                let check = self.check(annotation, env, Told::Resolved);
                Some(self.at(annotation.span, check)?)
            }
            None => None,
        };
        let (span, kept) = (value.span, check.clone().filter(|_| mutable));
        let (variable, value) = if let ExpressionKind::Lambda(lambda) = &value.kind {
            // A function can call itself by the name it is given.
            let variable = Variable::new(&name.text, None, mutable, kept.clone());
            env.declare(&name.text, Declared::Variable(Rc::clone(&variable)));
            let signature = check.as_ref().and_then(|check| self.signature(check));
            (Some(variable), self.closure(lambda, env, signature, span)?)
        } else {
            (None, self.value(value, env).await?)
        };
        if let Some(check) = check.as_ref().filter(|check| !self.fits(check, &value)) {
            let (name, expected, got) = (&name.text, &check.shown, self.type_name(&value));
            let message = format!("Type error: variable '{name}' expected {expected}, got {got}");
            return self.error(span, message);
        }
        match variable {
            Some(variable) => variable.set(value.clone()),
            None => {
                let made = Variable::new(&name.text, Some(value.clone()), mutable, kept);
                env.declare(&name.text, Declared::Variable(made));
            }
        }
        Ok(value)
    }
}

fn is_declaration(statement: &Statement) -> bool {
    matches!(
        statement.kind,
        StatementKind::Let { .. } | StatementKind::Import { .. } | StatementKind::TypeAlias { .. }
    )
}
