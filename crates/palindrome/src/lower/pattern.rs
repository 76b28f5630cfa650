//! Patterns.

use super::Lowerer;
use super::expression::literal;
use crate::ast::{self, View as _};
use crate::form::{self, PatternKind as Form};
use crate::syntax::Node;

impl Lowerer {
    pub(super) fn pattern_or_wrong(
        &mut self,
        of: Option<ast::Pattern<'_>>,
        within: Node<'_>,
    ) -> form::Pattern {
        match of {
            Some(of) => self.pattern(of),
            None => form::Pattern { kind: Form::Wrong, span: self.span(within) },
        }
    }

    pub(super) fn pattern(&mut self, of: ast::Pattern<'_>) -> form::Pattern {
        let node = of.node();
        let span = self.span(node);
        if !self.enter(node) {
            self.leave();
            return form::Pattern { kind: Form::Wrong, span };
        }
        let kind = stacker::maybe_grow(128 << 10, 2 << 20, || self.pattern_kind(of));
        self.leave();
        form::Pattern { kind, span }
    }

    fn pattern_kind(&mut self, of: ast::Pattern<'_>) -> Form {
        let node = of.node();
        match of {
            ast::Pattern::NamePattern(found) => {
                let mut names: Vec<form::Name> =
                    found.names().map(|token| self.name(Some(token), node)).collect();
                match (names.pop(), names.is_empty()) {
                    (None, _) => Form::Wrong,
                    (Some(name), true) if &*name.text == "_" => Form::Wildcard,
                    (Some(name), true) => Form::Name(name),
                    (Some(name), false) => {
                        names.push(name);
                        Form::Variant(names, Vec::new())
                    }
                }
            }
            ast::Pattern::LiteralPattern(found) => match found.value() {
                Some(ast::Value::None) => Form::None,
                Some(value) => {
                    literal(value, found.is_negative()).map_or(Form::Wrong, Form::Literal)
                }
                None => Form::Wrong,
            },
            ast::Pattern::VariantPattern(found) => {
                let names = found.names().map(|token| self.name(Some(token), node)).collect();
                Form::Variant(names, found.patterns().map(|one| self.pattern(one)).collect())
            }
            ast::Pattern::RecordPattern(found) => {
                let mut fields = Vec::new();
                for field in found.fields() {
                    let name = self.name(field.name(), field.node());
                    let inner = match field.pattern() {
                        Some(pattern) => self.pattern(pattern),
                        None => form::Pattern { kind: Form::Name(name.clone()), span: name.span },
                    };
                    fields.push((name, inner));
                }
                Form::Record(fields)
            }
            ast::Pattern::ListPattern(found) => self.list_pattern(found),
            ast::Pattern::EitherPattern(found) => {
                Form::OneOf(found.patterns().map(|one| self.pattern(one)).collect())
            }
        }
    }

    fn list_pattern(&mut self, found: ast::ListPattern<'_>) -> Form {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut rest: Option<Option<form::Name>> = None;
        for item in found.items() {
            match item {
                ast::PatternItem::RestPattern(one) => {
                    let name = one.name().map(|token| self.name(Some(token), one.node()));
                    rest.get_or_insert(name);
                }
                ast::PatternItem::Pattern(one) => {
                    let one = self.pattern(one);
                    if rest.is_some() { after.push(one) } else { before.push(one) }
                }
            }
        }
        match rest {
            Some(name) => Form::ListAround(before, name, after),
            None => Form::List(before),
        }
    }
}
