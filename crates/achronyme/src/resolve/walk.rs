//! The walk through statements and expressions, in the order in which names come into being.

use super::scope::Resolver;
use super::{BindingId, Meaning};
use crate::hir::{
    ArrayItem, Assignment, Block, Expression, ExpressionKind, IndexItem, Lambda, Module, Part,
    Pattern, PatternKind, PrefixOp, RecordItem, Statement, StatementKind, Suffix,
};

/// The methods that change the vector they are called on.
pub(crate) const CHANGING: &[&str] = &["push", "pop", "insert", "remove", "sort", "reverse"];

impl Resolver<'_> {
    pub(super) fn module(&mut self, module: &Module) {
        self.block(&module.body);
    }

    fn block(&mut self, block: &Block) {
        self.open(block.span.start);
        for statement in &*block.statements {
            self.statement(statement);
        }
        self.close();
    }

    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Import { items, .. } => {
                self.effect(statement.span.start);
                for item in items {
                    self.declare(&item.alias, false);
                }
            }
            StatementKind::Export { items } => {
                for item in items {
                    let meaning = self.refer(&item.name.text, item.name.span, false);
                    if let Meaning::Binding(id) = meaning {
                        self.mark_exported(id);
                    }
                }
            }
            StatementKind::Let { mutable, pattern, value, .. } => {
                self.declaration(pattern, *mutable, value);
            }
            StatementKind::TypeAlias { .. } | StatementKind::Continue => {}
            StatementKind::Yield(value) => {
                self.effect(statement.span.start);
                self.expression(value);
            }
            StatementKind::Return(value)
            | StatementKind::Throw(value)
            | StatementKind::Expression(value) => self.expression(value),
            StatementKind::Break(value) => {
                if let Some(value) = value {
                    self.expression(value);
                }
            }
        }
    }

    /// A variable whose value is a function is known in that function.
    fn declaration(&mut self, pattern: &Pattern, mutable: bool, value: &Expression) {
        if let (PatternKind::Name(name), ExpressionKind::Lambda(lambda)) =
            (&pattern.kind, &value.kind)
        {
            let id = self.declare(name, mutable);
            if mutable {
                self.lambda(lambda, None);
            } else {
                self.mark_function(id);
                self.lambda(lambda, Some(id));
            }
            return;
        }
        self.expression(value);
        self.defaults(pattern);
        self.bind(pattern, mutable);
    }

    pub(super) fn expression(&mut self, found: &Expression) {
        match &found.kind {
            ExpressionKind::Literal(_) | ExpressionKind::Rec => {}
            ExpressionKind::SelfValue => self.use_self(),
            ExpressionKind::Interpolated(parts) => {
                for part in parts {
                    if let Part::Value(value) = part {
                        self.expression(value);
                    }
                }
            }
            ExpressionKind::Name(name) => {
                self.refer(name, found.span, false);
            }
            ExpressionKind::Array(items) => {
                for item in items {
                    let (ArrayItem::Value(value) | ArrayItem::Spread(value)) = item;
                    self.expression(value);
                }
            }
            ExpressionKind::Record(items) => {
                for item in items {
                    let (RecordItem::Field { value, .. } | RecordItem::Spread(value)) = item;
                    self.expression(value);
                }
            }
            ExpressionKind::Edge { properties, .. } => {
                if let Some(properties) = properties {
                    self.expression(properties);
                }
            }
            ExpressionKind::Range { start, end, .. } => {
                self.expression(start);
                self.expression(end);
            }
            ExpressionKind::Binary { first, rest } => {
                self.expression(first);
                for (_, _, operand) in rest {
                    self.expression(operand);
                }
            }
            ExpressionKind::And(operands) | ExpressionKind::Or(operands) => {
                for operand in operands {
                    self.expression(operand);
                }
            }
            ExpressionKind::Prefix { operators, operand } => {
                if operators.iter().any(|(op, _)| *op == PrefixOp::Await) {
                    self.effect(found.span.start);
                }
                self.expression(operand);
            }
            ExpressionKind::Chain { first, suffixes } => self.chain(first, suffixes),
            ExpressionKind::Lambda(lambda) => self.lambda(lambda, None),
            ExpressionKind::Assign(assignment) => self.assignment(assignment, found.span.start),
            kind => self.control(kind, found.span.start),
        }
    }

    /// Whatever has blocks.
    fn control(&mut self, kind: &ExpressionKind, start: u32) {
        match kind {
            ExpressionKind::If { branches, otherwise, .. } => {
                for (condition, block) in branches {
                    self.expression(condition);
                    self.block(block);
                }
                if let Some(block) = otherwise {
                    self.block(block);
                }
            }
            ExpressionKind::While { condition, body } => {
                self.expression(condition);
                self.block(body);
            }
            ExpressionKind::For { name, over, body } => {
                self.effect(start);
                self.expression(over);
                self.open(name.span.start);
                self.declare_parameter(name, false);
                self.block(body);
                self.close();
            }
            ExpressionKind::Try { body, name, handler } => {
                self.block(body);
                self.open(name.span.start);
                self.declare_parameter(name, false);
                self.block(handler);
                self.close();
            }
            ExpressionKind::Match { scrutinee, arms } => {
                self.expression(scrutinee);
                for arm in arms {
                    self.open(arm.pattern.span.start);
                    self.bind(&arm.pattern, false);
                    if let Some(guard) = &arm.guard {
                        self.expression(guard);
                    }
                    self.expression(&arm.value);
                    self.close();
                }
            }
            ExpressionKind::Do(block) => self.block(block),
            ExpressionKind::Async(block) | ExpressionKind::Generate(block) => {
                self.effect(start);
                self.enter(start, None);
                self.block(block);
                self.leave();
            }
            _ => {}
        }
    }

    fn lambda(&mut self, lambda: &Lambda, named: Option<BindingId>) {
        self.enter(lambda.span.start, named);
        for parameter in &lambda.parameters {
            if let Some(default) = &parameter.default {
                self.expression(default);
            }
            self.declare_parameter(&parameter.name, false);
        }
        self.block(&lambda.body);
        self.leave();
    }

    fn chain(&mut self, first: &Expression, suffixes: &[(Suffix, source::Span)]) {
        let mut is_pure_call = false;
        if let ExpressionKind::Name(name) = &first.kind {
            let is_changed = changes_variable(suffixes);
            let meaning = self.refer(name, first.span, is_changed);
            is_pure_call = matches!(meaning, Meaning::Builtin(index) if self.is_pure(index));
            if let (Meaning::Prelude(function), [(Suffix::Call(_), _), ..]) = (&meaning, suffixes)
                && sees_variables(function)
            {
                self.note_seen(function, first.span);
            }
        } else {
            self.expression(first);
        }
        for (suffix, span) in suffixes {
            match suffix {
                Suffix::Call(arguments) => {
                    if !is_pure_call {
                        self.effect(span.start);
                    }
                    for argument in arguments {
                        self.expression(argument);
                    }
                }
                Suffix::Index(items) => self.index(items),
                Suffix::Field(_) => {}
            }
            is_pure_call = false;
        }
    }

    fn index(&mut self, items: &[IndexItem]) {
        for item in items {
            match item {
                IndexItem::At(at) => self.expression(at),
                IndexItem::Slice(from, to) => {
                    for side in [from, to].into_iter().flatten() {
                        self.expression(side);
                    }
                }
            }
        }
    }

    fn assignment(&mut self, assignment: &Assignment, start: u32) {
        self.effect(start);
        let place = &assignment.place;
        if let ExpressionKind::Name(name) = &place.root.kind {
            self.refer(name, place.root.span, true);
        } else {
            self.expression(&place.root);
        }
        for (suffix, _) in &place.path {
            if let Suffix::Index(items) = suffix {
                self.index(items);
            }
        }
        self.expression(&assignment.value);
    }
}

/// Whether a function of the library is told what variables there are where it is called.
pub(crate) fn sees_variables(function: &str) -> bool {
    matches!(function, "save_env" | "restore_env")
}

/// Whether a call of a method that changes its vector follows, on the variable or elements of it.
fn changes_variable(suffixes: &[(Suffix, source::Span)]) -> bool {
    let indices = suffixes.iter().take_while(|(one, _)| matches!(one, Suffix::Index(_))).count();
    match suffixes.get(indices..) {
        Some([(Suffix::Field(name), _), (Suffix::Call(_), _), ..]) => {
            CHANGING.contains(&&*name.text)
        }
        _ => false,
    }
}
