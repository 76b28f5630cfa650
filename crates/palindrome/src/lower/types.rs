//! Written types.

use super::Lowerer;
use crate::ast::{self, View as _};
use crate::form::{self, TypeKind as Form};
use crate::types::Effect;

impl Lowerer {
    pub(super) fn type_(&mut self, of: ast::Type<'_>) -> form::Type {
        let node = of.node();
        let span = self.span(node);
        if !self.enter(node) {
            self.leave();
            return form::Type { kind: Form::Wrong, span };
        }
        let kind = stacker::maybe_grow(128 << 10, 2 << 20, || self.type_kind(of));
        self.leave();
        form::Type { kind, span }
    }

    fn type_or_wrong(&mut self, of: Option<ast::Type<'_>>, span: source::Span) -> form::Type {
        match of {
            Some(of) => self.type_(of),
            None => form::Type { kind: Form::Wrong, span },
        }
    }

    fn type_kind(&mut self, of: ast::Type<'_>) -> Form {
        let node = of.node();
        let span = self.span(node);
        match of {
            ast::Type::NameType(found) => {
                let names: Vec<form::Name> =
                    found.names().map(|token| self.name(Some(token), node)).collect();
                if names.is_empty() {
                    return Form::Wrong;
                }
                Form::Named(names, found.arguments().map(|one| self.type_(one)).collect())
            }
            ast::Type::ListType(found) => {
                Form::List(Box::new(self.type_or_wrong(found.element(), span)))
            }
            ast::Type::RecordType(found) => {
                let mut fields = Vec::new();
                for field in found.fields() {
                    let name = self.name(field.name(), field.node());
                    let at = self.span(field.node());
                    fields.push((name, self.type_or_wrong(field.annotation(), at)));
                }
                Form::Record(fields)
            }
            ast::Type::FunctionType(found) => self.function_type(found),
            ast::Type::ParenType(found) => {
                let mut types = found.types();
                match (types.next(), types.next()) {
                    (Some(only), None) => self.type_(only).kind,
                    _ => Form::Wrong,
                }
            }
            ast::Type::OptionalType(found) => {
                Form::Optional(Box::new(self.type_or_wrong(found.inner(), span)))
            }
        }
    }

    /// `A -> B -> C` is a function that gives a function.
    fn function_type(&mut self, found: ast::FunctionType<'_>) -> Form {
        let mut parts = found.parts().rev();
        let Some(last) = parts.next() else { return Form::Wrong };
        let mut result = self.type_(last);
        for part in parts {
            let span = self.span(part.node()).to(result.span);
            let parameters = match part {
                ast::Type::ParenType(several) => {
                    several.types().map(|one| self.type_(one)).collect()
                }
                one => vec![self.type_(one)],
            };
            if !self.enter(found.node()) {
                self.leave();
                return Form::Wrong;
            }
            self.leave();
            let kind = Form::Function(parameters, Box::new(result), Effect::Pure);
            result = form::Type { kind, span };
        }
        result.kind
    }
}
