//! Statements and declarations.

use achronyme_vm::{Constant, Op};
use source::Span;

use super::function::Storage;
use super::kind::is_scalar;
use super::pattern::Mode;
use super::{Codegen, To, Use};
use crate::hir::{
    Annotation, Expression, ExpressionKind, IndexItem, Name, Pattern, PatternKind, Statement,
    StatementKind, Suffix,
};
use crate::resolve::BindingId;

impl Codegen<'_> {
    /// Compiles a statement; its value goes to `to`.
    pub(super) fn statement(&mut self, statement: &Statement, to: To) {
        if !self.function.code.is_live() {
            return;
        }
        self.function.code.begin_statement(statement.span);
        match &statement.kind {
            StatementKind::Import { items, path, path_span } => {
                self.import(items, path, *path_span);
                self.constant_to(Constant::Boolean(true), to);
            }
            StatementKind::Export { items } => {
                self.export(items);
                self.constant_to(Constant::Boolean(true), to);
            }
            StatementKind::Let { mutable, pattern, annotation, value } => {
                self.declaration(*mutable, pattern, annotation.as_ref(), value, to);
            }
            StatementKind::TypeAlias { name, definition } => {
                self.type_alias(name, definition);
                self.constant_to(Constant::Boolean(true), to);
            }
            StatementKind::Return(value) => self.expression(value, To::Return),
            StatementKind::Yield(value) => {
                self.give(Op::Yield, value, statement.span);
                self.constant_to(Constant::Null, to);
            }
            StatementKind::Throw(value) => {
                self.give(Op::Throw, value, statement.span);
                self.function.code.end();
            }
            StatementKind::Break(value) => self.break_(value.as_ref(), statement.span),
            StatementKind::Continue => self.continue_(),
            StatementKind::Expression(value) => self.expression(value, to),
        }
    }

    /// `yield` and `throw`.
    fn give(&mut self, op: Op, value: &Expression, span: Span) {
        let mark = self.mark();
        let register = self.take();
        self.into(value, register, Use::Keep);
        self.at(span);
        self.emit(op, register, 0, 0);
        self.release(mark);
    }

    fn declaration(
        &mut self,
        mutable: bool,
        pattern: &Pattern,
        annotation: Option<&Annotation>,
        value: &Expression,
        to: To,
    ) {
        if let PatternKind::Name(name) = &pattern.kind
            && let Some(id) = self.resolution.declared(name.span)
        {
            self.declare(id, name, mutable, annotation, value);
            if to != To::Nothing
                && let Some(storage) = self.storage(id)
            {
                self.declared_to(storage, to);
            }
            return;
        }
        let register = self.take();
        self.into(value, register, Use::Keep);
        if let Some(annotation) = annotation {
            self.check_destructured(annotation, register);
        }
        let mut fail = Vec::new();
        self.at(pattern.span);
        self.pattern(pattern, register, Mode::Let, &mut fail);
        if !fail.is_empty() {
            let mut over = Vec::new();
            self.function.code.jump(&mut over);
            self.function.code.bind(fail);
            self.raise("Destructuring pattern does not match value");
            self.function.code.bind(over);
        }
        self.register_to(register, to);
    }

    /// A variable that was just declared as a value.
    fn declared_to(&mut self, storage: Storage, to: To) {
        match to {
            To::Nothing => {}
            To::Register(target, kept) => self.read(storage, target, kept),
            To::Return => {
                let mark = self.mark();
                let register = match storage {
                    Storage::Register { register, .. } => register,
                    _ => {
                        let register = self.take();
                        self.read(storage, register, Use::Keep);
                        register
                    }
                };
                self.leave(register);
                self.release(mark);
            }
        }
    }

    fn declare(
        &mut self,
        id: BindingId,
        name: &Name,
        mutable: bool,
        annotation: Option<&Annotation>,
        value: &Expression,
    ) {
        let binding = self.resolution.binding(id);
        let is_cell_first = mutable
            && binding.is_captured
            && matches!(value.kind, ExpressionKind::Lambda(_))
            && self.place_ahead(id).is_none();
        if is_cell_first {
            // The function refers to the variable that it becomes the value of.
            let cell = self.take();
            self.emit(Op::LoadNull, cell, 0, 0);
            self.emit(Op::NewCell, cell, cell, 0);
            self.function.name_register(&name.text, cell, true);
            self.function.places.insert(id, Storage::Cell(cell));
        }
        if let Some(annotation) = annotation.filter(|_| mutable) {
            self.check_assigned(id, annotation);
        }
        let ahead = self.place_ahead(id);
        let mark = self.mark();
        let register = self.take();
        if let ExpressionKind::Lambda(lambda) = &value.kind {
            self.at(value.span);
            let named = (!mutable).then_some(id);
            self.lambda(lambda, register, named, annotation);
        } else {
            self.into(value, register, Use::Keep);
        }
        let mut kind = self.kind_of(value);
        let mut is_settled = !mutable && (kind.is_some_and(is_scalar) || arrives_shared(value));
        if let Some(annotation) = annotation {
            self.at(value.span);
            is_settled |= self.check_variable(id, annotation, register, kind);
            kind = self.single_kind(annotation).or(kind.filter(|_| !mutable));
        }
        if !mutable || annotation.is_some() {
            self.know(id, kind);
        }
        match ahead {
            Some(storage) => {
                self.write(storage, register);
                self.release(mark);
            }
            None => self.declare_in(id, register, is_settled),
        }
    }
}

/// Whether reading a value to keep it marks it as shared.
fn arrives_shared(value: &Expression) -> bool {
    match &value.kind {
        ExpressionKind::Name(_) | ExpressionKind::SelfValue => true,
        ExpressionKind::Chain { suffixes, .. } => match suffixes.last() {
            Some((Suffix::Field(_), _)) => true,
            Some((Suffix::Index(items), _)) => matches!(&**items, [IndexItem::At(_)]),
            _ => false,
        },
        _ => false,
    }
}
