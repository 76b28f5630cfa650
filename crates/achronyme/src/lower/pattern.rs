//! Patterns.

use std::rc::Rc;

use achronyme_library::Kind;

use super::Lower;
use crate::ast::{self, Value, View};
use crate::hir::{Expression, FieldPattern, Literal, Name, Pattern, PatternKind};
use crate::syntax::{Node, SyntaxKind};

impl Lower {
    /// What `let` binds: a name alone is a name even if types are called so.
    pub(super) fn bound(&mut self, found: Option<ast::Pattern<'_>>, around: Node<'_>) -> Pattern {
        match found {
            Some(ast::Pattern::NamePattern(name)) => {
                let node = name.node();
                let kind = PatternKind::Name(self.name_or_none(name.name(), node));
                Pattern { kind, span: self.span(node) }
            }
            Some(pattern) => self.pattern(pattern),
            None => Pattern { kind: PatternKind::Wildcard, span: self.span(around) },
        }
    }

    pub(super) fn pattern(&mut self, pattern: ast::Pattern<'_>) -> Pattern {
        let node = pattern.node();
        let kind = match pattern {
            ast::Pattern::NamePattern(name) if name.is_wildcard() => PatternKind::Wildcard,
            ast::Pattern::NamePattern(name) => {
                let name = self.name_or_none(name.name(), node);
                kind(&name).map_or(PatternKind::Name(name), PatternKind::Kind)
            }
            ast::Pattern::LiteralPattern(found) => {
                PatternKind::Literal(found.value().map_or(Literal::Null, literal))
            }
            ast::Pattern::RecordPattern(record) => PatternKind::Record(
                record.fields().map(|field| self.field_pattern(field)).collect(),
            ),
            ast::Pattern::VectorPattern(vector) => self.vector_pattern(vector),
        };
        Pattern { kind, span: self.span(node) }
    }

    fn pattern_or_any(&mut self, found: Option<ast::Pattern<'_>>, around: Node<'_>) -> Pattern {
        match found {
            Some(pattern) => self.pattern(pattern),
            None => Pattern { kind: PatternKind::Wildcard, span: self.span(around) },
        }
    }

    fn field_pattern(&mut self, field: ast::FieldPattern<'_>) -> FieldPattern {
        let key = self.name_or_none(field.key(), field.node());
        let pattern = match field.pattern() {
            Some(pattern) => self.pattern(pattern),
            None => Pattern { kind: PatternKind::Name(key.clone()), span: key.span },
        };
        let is_name = field.key().is_some_and(|key| key.kind() == SyntaxKind::Name);
        let binds_nothing = matches!(
            pattern.kind,
            PatternKind::Wildcard | PatternKind::Kind(_) | PatternKind::Literal(_)
        );
        let default = field.default().map(|value| self.expression(value));
        FieldPattern { key, pattern, binds_key: is_name && binds_nothing, default }
    }

    fn vector_pattern(&mut self, vector: ast::VectorPattern<'_>) -> PatternKind {
        let mut before: Vec<(Pattern, Option<Expression>)> = Vec::new();
        let mut rest = None;
        let mut after = Vec::new();
        for item in vector.items() {
            match item {
                ast::VectorItem::ElementPattern(element) => {
                    let pattern = self.pattern_or_any(element.pattern(), element.node());
                    let default = element.default().map(|value| self.expression(value));
                    let list = if rest.is_none() { &mut before } else { &mut after };
                    list.push((pattern, default));
                }
                ast::VectorItem::RestPattern(found) => {
                    rest = Some(self.name_or_none(found.name(), found.node()));
                }
            }
        }
        PatternKind::Vector { before, rest, after }
    }
}

/// The kind that a name stands for in a pattern.
fn kind(name: &Name) -> Option<Kind> {
    let is_type = ast::TYPE_NAMES.contains(&&*name.text);
    let called = if &*name.text == "Null" { Kind::Null.name() } else { &*name.text };
    Kind::ALL.iter().copied().find(|kind| is_type && kind.name() == called)
}

pub(super) fn literal(value: Value) -> Literal {
    match value {
        Value::Number(number) => Literal::Number(number),
        Value::Imaginary(number) => Literal::Imaginary(number),
        Value::Text(text) => Literal::String(Rc::from(text)),
        Value::Boolean(is_true) => Literal::Boolean(is_true),
        Value::Null => Literal::Null,
    }
}
