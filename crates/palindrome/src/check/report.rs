//! What is asked about a program while it runs, and rows that are named by their columns.

use std::rc::Rc;

use source::{Diagnostic, Span, nearest};

use super::Checker;
use super::names::with_meant;
use super::relation::empty_query;
use crate::codes::{COLUMNS, NO_RELATION, UNDEFINED};
use crate::form::{self, Explained, ExpressionKind as Form};
use crate::hir::{
    Atom, BinaryOp, Column, Expression, ExpressionKind, Join, Operand, Query, RelationId,
    RelationKind, Report, Source, StatementKind,
};
use crate::types::{Effect, QUERY, TRANSFORM, Type};

impl Checker<'_> {
    /// `edge(a, b)`: whether the relation has a row with these columns.
    pub(super) fn has_row(
        &mut self,
        id: RelationId,
        given: &[form::Expression],
        at: Span,
    ) -> Expression {
        let Some((source, filter)) = self.rows_with(id, given, &|_| false, at) else {
            return Self::wrong(at);
        };
        let query = Query { filter, ..empty_query(vec![source], at) };
        Expression { kind: ExpressionKind::Exists(Box::new(query)), of: Type::BOOL, span: at }
    }

    /// The values of one column, of the rows that have the others.
    pub(super) fn matching_column(
        &mut self,
        id: RelationId,
        given: &[form::Expression],
        is_asked: &dyn Fn(&form::Expression) -> bool,
        at: Span,
    ) -> Option<Expression> {
        let (source, filter) = self.rows_with(id, given, is_asked, at)?;
        let columns = self.columns(id);
        let mut asked = given.iter().zip(&columns).filter(|(one, _)| is_asked(one));
        let (_, (name, of)) = asked.next()?;
        let field = self.field_of_row(&source, name, of, at);
        // The variable may stand in several columns: then they are equal.
        let mut conditions: Vec<Expression> = filter.into_iter().collect();
        for (_, (other, of)) in asked {
            let other = self.field_of_row(&source, other, of, at);
            self.unify(&field.of, &other.of, at);
            conditions.push(self.bool(BinaryOp::Equal, field.clone(), other));
        }
        let filter = self.all_of(conditions);
        let of = Type::list(field.of.clone());
        let columns = vec![Column { name: Rc::from(""), value: field }];
        let query = Query { filter, columns, ..empty_query(vec![source], at) };
        Some(Expression { kind: ExpressionKind::Query(Box::new(query)), of, span: at })
    }

    fn field_of_row(&self, source: &Source, name: &Rc<str>, of: &Type, span: Span) -> Expression {
        let row = self.local(source.row).map_or(Type::Unknown, |local| local.of.clone());
        let row = Expression { kind: ExpressionKind::Local(source.row), of: row, span };
        let kind = ExpressionKind::Field(Box::new(row), Rc::clone(name));
        Expression { kind, of: of.clone(), span }
    }

    /// A relation, and the condition that columns have these values, but for those that are asked for
    /// and those that do not matter.
    fn rows_with(
        &mut self,
        id: RelationId,
        given: &[form::Expression],
        is_asked: &dyn Fn(&form::Expression) -> bool,
        at: Span,
    ) -> Option<(Source, Option<Expression>)> {
        let columns = self.columns(id);
        if columns.len() != given.len() {
            self.column_count(id, columns.len(), given.len(), at);
            return None;
        }
        self.effects.flow(QUERY, self.frame.effect, at);
        let of = self.relation_type(id);
        let row_type = Type::record(columns.iter().cloned().collect());
        let row = self.hidden("row", row_type, at);
        let rows = Expression { kind: ExpressionKind::Relation(id), of, span: at };
        let source = Source { rows, row, join: Join::Cross };
        let mut conditions = Vec::new();
        for (one, (name, of)) in given.iter().zip(&columns) {
            let is_any = matches!(&one.kind, Form::Name(name) if &*name.text == "_");
            if is_any || is_asked(one) {
                continue;
            }
            let value = self.expect(one, of);
            let field = self.field_of_row(&source, name, of, one.span);
            conditions.push(self.bool(BinaryOp::Equal, field, value));
        }
        Some((source, self.all_of(conditions)))
    }

    /// What only looks, though what shows it is an effect.
    fn looked<T>(&mut self, what: &str, at: Span, look: impl FnOnce(&mut Self) -> T) -> T {
        let effect = self.effects.place(what);
        self.effects.limit(effect, Effect::Query, what, at);
        self.effects.flow(TRANSFORM, self.frame.effect, at);
        let around = std::mem::replace(&mut self.frame.effect, effect);
        let found = look(self);
        self.frame.effect = around;
        found
    }

    /// `watch e`
    pub(super) fn watch(&mut self, value: &form::Expression) -> StatementKind {
        let found = self.looked("what is watched", value.span, |checker| {
            match checker.column_query(value) {
                Some(query) => checker.query_value(&query, value.span),
                None => checker.expression(value, None),
            }
        });
        self.printable(&found);
        StatementKind::Report(Report::Watch(found))
    }

    /// `R.f` as a query of its values, where it is no value by itself.
    fn column_query(&mut self, value: &form::Expression) -> Option<form::Query> {
        let Form::Field { base, .. } = &value.kind else { return None };
        self.called_relation(base)?;
        Some(form::Query {
            sources: vec![form::Source {
                rows: value.clone(),
                alias: None,
                join: form::SourceJoin::Cross,
            }],
            filter: None,
            groups: Vec::new(),
            is_grouped: false,
            order: Vec::new(),
            limit: None,
            columns: Vec::new(),
            span: value.span,
        })
    }

    /// `explain Q`, `why p(a)`, `whynot p(a)`
    pub(super) fn explain(
        &mut self,
        what: Explained,
        value: &form::Expression,
    ) -> Option<StatementKind> {
        let span = value.span;
        let report = match what {
            Explained::Plan => {
                let query = self.looked("what is explained", span, |one| one.as_query(value).0);
                Report::Plan(Box::new(query))
            }
            Explained::Why => Report::Why(self.explained_row(value, "why")?),
            Explained::WhyNot => Report::WhyNot(self.explained_row(value, "whynot")?),
        };
        Some(StatementKind::Report(report))
    }

    fn explained_row(&mut self, value: &form::Expression, word: &str) -> Option<Atom> {
        let called = match &value.kind {
            Form::Call(function, given) => self.called_relation(function).zip(Some(given)),
            _ => None,
        };
        let Some((id, given)) = called else {
            if !matches!(value.kind, Form::Wrong) {
                let message = "a row of a relation that rules define has to be named here";
                let diagnostic = Diagnostic::error(NO_RELATION, value.span, message)
                    .with_hint(format!("write `{word} ancestor(1, 9)`"));
                self.note(diagnostic);
            }
            return None;
        };
        let relation = self.program.relations.get(id.index())?;
        if relation.kind != RelationKind::Predicate {
            let message = format!("`{}` does not follow from rules", relation.name);
            let diagnostic = Diagnostic::error(NO_RELATION, value.span, message)
                .with_hint("its rows are there, or they are not: ask with `exists`");
            self.note(diagnostic);
            return None;
        }
        let columns = self.columns(id);
        if columns.len() != given.len() {
            self.column_count(id, columns.len(), given.len(), value.span);
            return None;
        }
        let mut operands = Vec::new();
        for (one, (_, of)) in given.iter().zip(&columns) {
            operands.push(match &one.kind {
                Form::Name(name) if &*name.text == "_" => Operand::Any,
                _ => Operand::Value(
                    self.looked("what is explained", one.span, |checker| checker.expect(one, of)),
                ),
            });
        }
        Some(Atom { relation: id, columns: operands, span: value.span })
    }

    /// `inspect call_stack`
    pub(super) fn inspect(&mut self, name: &form::Name, span: Span) -> Option<StatementKind> {
        self.effects.flow(TRANSFORM, self.frame.effect, span);
        if &*name.text == "call_stack" {
            return Some(StatementKind::Report(Report::CallStack));
        }
        if !name.text.is_empty() {
            let message = format!("`{}` cannot be inspected", name.text);
            let meant = nearest(&name.text, ["call_stack"]).map(str::to_owned);
            let diagnostic = Diagnostic::error(UNDEFINED, name.span, message);
            self.note(match meant {
                Some(_) => with_meant(diagnostic, meant),
                None => diagnostic.with_hint("there is `inspect call_stack`; a value is printed"),
            });
        }
        None
    }

    /// Says that a relation has another number of columns.
    pub(super) fn column_count(&mut self, id: RelationId, wanted: usize, given: usize, at: Span) {
        let relation = self.program.relations.get(id.index());
        let name = relation.map_or(Rc::from(""), |one| Rc::clone(&one.name));
        let message = format!("`{name}` has {wanted} columns, and {given} are given");
        let diagnostic = Diagnostic::error(COLUMNS, at, message)
            .with_hint("write `_` for a column that does not matter");
        self.note(diagnostic);
    }
}
