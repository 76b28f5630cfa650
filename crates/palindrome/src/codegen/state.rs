//! What of a program outlasts its run: names of the top level that are assigned to, and the constants
//! that columns get in rows which know nothing of them.

use palindrome_vm::runtime::{decimal_of, describe::decimal_packed};
use relational::Value;

use super::Codegen;
use super::code::Jump;
use super::frame::ZERO;
use super::names::ResultName;
use super::relation::stored;
use crate::hir::{
    Expression, ExpressionKind, GlobalId, Literal, Report, Statement, StatementKind, UnaryOp,
};
use crate::types::{Type, Union};

/// The type as the store has it, of a value that is shown or kept; rows of a relation are a list.
pub(super) fn kept(of: &Type, unions: &[Union]) -> Option<relational::Type> {
    match of {
        Type::Relation(fields) => {
            stored(&Type::List(Type::Record(fields.clone()).into()), unions, 0)
        }
        of => stored(of, unions, 0),
    }
}

impl Codegen<'_> {
    /// Whether a statement of the top level was run before.
    pub(super) fn is_done(&self, statement: &Statement) -> bool {
        statement.span.source == self.source && statement.span.start < self.done
    }

    /// A statement of the top level. What was run before is not run again, and a name that has its
    /// value keeps it.
    pub(super) fn unless_done(&mut self, statement: &Statement) {
        let is_own = statement.span.source == self.source;
        let is_done = self.is_done(statement);
        // In a session, what is defined anew gets its new value.
        let is_renewed = is_own && self.done > 0 && !is_done;
        match &statement.kind {
            StatementKind::Define(id, _) if !is_renewed && self.is_kept(*id, is_done) => {
                self.at(statement.span);
                let has_value = self.code.label();
                let at = self.global(*id);
                self.code.load(0, ZERO, at + 8);
                self.code.jump(Jump::IfNotZero(0), has_value);
                self.statement(statement);
                self.code.place(has_value);
            }
            // Its value cannot be kept, so it is made again.
            StatementKind::Define(..) => self.statement(statement),
            // What is watched is watched on: from what it is now.
            StatementKind::Report(Report::Watch(_)) if is_done => self.watch_on(statement.span),
            _ if is_done => {}
            _ => self.statement(statement),
        }
    }

    /// Whether the name keeps its value from one run to the next.
    fn is_kept(&self, id: GlobalId, is_done: bool) -> bool {
        let global = self.program.globals.get(id.index());
        let is_state = |of| kept(of, &self.program.unions).is_some();
        global.is_some_and(|global| (global.is_changed || is_done) && is_state(&global.of))
    }

    /// The last statement, if it is new and an expression with a value.
    fn last_value(&self) -> Option<&Expression> {
        let is_new = |at: source::Span| at.source == self.source && at.start >= self.done;
        let last = self.program.main.last().filter(|last| is_new(last.span))?;
        let StatementKind::Expression(value) = &last.kind else { return None };
        (value.of != Type::NOTHING && value.of != Type::NEVER).then_some(value)
    }

    /// Whether a statement gives what the program gives.
    pub(super) fn is_result(&self, statement: &Statement) -> bool {
        let StatementKind::Expression(value) = &statement.kind else { return false };
        self.last_value().is_some_and(|last| std::ptr::eq(last, value))
    }

    /// What the last statement gives, if it is an expression with a value.
    pub(super) fn result(&mut self) -> Option<ResultName> {
        let value = self.last_value()?.clone();
        let stored = kept(&value.of, &self.program.unions);
        let columns = self.columns(&value);
        Some(ResultName { of: self.description(&value.of), stored, columns })
    }

    /// The columns of rows, in the order in which they were asked for or defined.
    fn columns(&self, of: &Expression) -> Vec<String> {
        let names = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect();
        match &of.kind {
            ExpressionKind::Relation(id) => {
                let fields = self.program.relations.get(id.index()).map(|it| it.fields.as_slice());
                names(&mut fields.unwrap_or_default().iter().map(|field| &*field.name))
            }
            ExpressionKind::Query(query) if !query.columns.is_empty() => {
                names(&mut query.columns.iter().map(|column| &*column.name))
            }
            ExpressionKind::Query(query) => match query.sources.as_slice() {
                [only] => self.columns(&only.rows),
                _ => Vec::new(),
            },
            ExpressionKind::Record(fields) => names(&mut fields.iter().map(|(name, _)| &**name)),
            ExpressionKind::List(parts) => {
                parts.first().map_or_else(Vec::new, |it| self.columns(it))
            }
            ExpressionKind::First(query) | ExpressionKind::Only(query) => match &*query.sources {
                [only] if query.columns.is_empty() => self.columns(&only.rows),
                _ => names(&mut query.columns.iter().map(|column| &*column.name)),
            },
            ExpressionKind::Present(value) | ExpressionKind::At(value, _) => self.columns(value),
            _ => Vec::new(),
        }
    }
}

/// The value of an expression that needs nothing but itself.
pub(super) fn constant(of: &Expression) -> Option<Value> {
    let all = |parts: &[Expression]| parts.iter().map(constant).collect::<Option<Vec<_>>>();
    Some(match &of.kind {
        ExpressionKind::Literal(literal) => match literal {
            Literal::Int(value) => Value::Int(*value),
            Literal::Float(value) => Value::Float(*value),
            Literal::Decimal(digits, scale) => {
                Value::Decimal(decimal_of(decimal_packed(*digits, *scale))?)
            }
            Literal::Bool(value) => Value::Bool(*value),
            Literal::String(text) => Value::String(text.to_string()),
            Literal::Bytes(bytes) => Value::Bytes(bytes.to_vec()),
            Literal::Duration(value) => Value::Duration(*value),
        },
        ExpressionKind::None => Value::None,
        ExpressionKind::Present(value) => constant(value)?,
        ExpressionKind::List(parts) => Value::List(all(parts)?),
        ExpressionKind::Variant(_, index, parts) => {
            Value::Tagged(u32::try_from(*index).ok()?, all(parts)?)
        }
        ExpressionKind::Record(fields) => {
            // Records have their fields by name.
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            let values = fields.iter().map(|(_, value)| constant(value));
            Value::Record(values.collect::<Option<_>>()?)
        }
        ExpressionKind::Unary(UnaryOp::Negate, value) => match constant(value)? {
            Value::Int(value) => Value::Int(value.checked_neg()?),
            Value::Float(value) => Value::Float(-value),
            Value::Decimal(value) => Value::Decimal(-value),
            Value::Duration(value) => Value::Duration(value.checked_neg()?),
            _ => return None,
        },
        _ => return None,
    })
}
