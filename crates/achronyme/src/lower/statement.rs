//! Statements.

use std::rc::Rc;

use achronyme_library::module_exports;

use super::Lower;
use crate::ast::{self, View};
use crate::hir::{Expression, NamedItem, PatternKind, Statement, StatementKind};
use crate::resolve::sees_variables;

impl Lower {
    pub(super) fn statements<'t>(
        &mut self,
        statements: impl Iterator<Item = ast::Statement<'t>>,
    ) -> Rc<[Statement]> {
        statements.map(|statement| self.statement(statement)).collect()
    }

    fn statement(&mut self, statement: ast::Statement<'_>) -> Statement {
        let node = statement.node();
        let kind = match statement {
            ast::Statement::Import(import) => self.import(import),
            ast::Statement::Export(export) => {
                StatementKind::Export { items: self.items(export.items()) }
            }
            ast::Statement::Let(declared) => self.declaration(declared),
            ast::Statement::TypeAlias(alias) => StatementKind::TypeAlias {
                name: self.name_or_none(alias.name(), node),
                definition: self.annotation_or_any(alias.definition(), node),
            },
            ast::Statement::Return(left) => {
                StatementKind::Return(self.value_or_none(left.value(), node))
            }
            ast::Statement::Yield(left) => {
                StatementKind::Yield(self.value_or_none(left.value(), node))
            }
            ast::Statement::Throw(left) => {
                StatementKind::Throw(self.value_or_none(left.value(), node))
            }
            ast::Statement::Break(left) => {
                StatementKind::Break(left.value().map(|value| self.expression(value)))
            }
            ast::Statement::Continue(_) => {
                self.continues = true;
                StatementKind::Continue
            }
            ast::Statement::Assign(assign) => {
                let kind = self.assignment(assign);
                StatementKind::Expression(Expression { kind, span: self.span(node) })
            }
            ast::Statement::ExpressionStatement(inner) => {
                StatementKind::Expression(self.value_or_none(inner.value(), node))
            }
        };
        Statement { kind, span: self.span(node) }
    }

    fn import(&mut self, import: ast::Import<'_>) -> StatementKind {
        let node = import.node();
        let path: Rc<str> = Rc::from(import.path().unwrap_or_default());
        let names = module_exports(&path).unwrap_or_default();
        // What sees the variables where it is called has to keep the name that says so.
        let is_itself = |item: &NamedItem| {
            let name = &*item.name.text;
            *name == *item.alias.text && sees_variables(name) && names.contains(&name)
        };
        let items = self.items(import.items());
        StatementKind::Import {
            items: items.iter().filter(|item| !is_itself(item)).cloned().collect(),
            path,
            path_span: node
                .token(crate::SyntaxKind::Text)
                .map_or(self.span(node), |token| token.span(self.source)),
        }
    }

    fn declaration(&mut self, declared: ast::Let<'_>) -> StatementKind {
        let node = declared.node();
        let pattern = self.bound(declared.pattern(), node);
        let name = match &pattern.kind {
            PatternKind::Name(name) => Some(Rc::clone(&name.text)),
            _ => None,
        };
        StatementKind::Let {
            mutable: declared.is_mut(),
            pattern,
            annotation: declared.annotation().map(|annotation| self.annotation(annotation)),
            value: self.named_value(declared.value(), name.as_ref(), node),
        }
    }
}
