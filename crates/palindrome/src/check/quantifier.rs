//! What is asked about rows and answers as a whole: `exists`, `for all`, `first`, `only`.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use super::names::Definition;
use super::query::last_name;
use super::relation::empty_query;
use super::scope::RowName;
use crate::codes::MISMATCH;
use crate::form::{self, ExpressionKind as Form};
use crate::hir::{Callee, Expression, ExpressionKind, Join, Query, Source};
use crate::types::{Builtin, Fields, QUERY, Type, methods};

/// Sources of a query, and what their rows are called.
pub(super) struct RowsOf {
    pub(super) sources: Vec<Source>,
    pub(super) names: Vec<RowName>,
}

impl Checker<'_> {
    /// Rows that are written as a query or something with rows.
    pub(super) fn as_query(&mut self, rows: &form::Expression) -> (Query, Type) {
        match &rows.kind {
            Form::Query(query) => self.query(query),
            _ => {
                let found = self.expression(rows, None);
                self.rows_query(found, last_name(rows))
            }
        }
    }

    /// All rows of a value.
    pub(super) fn rows_query(&mut self, rows: Expression, name: Option<Rc<str>>) -> (Query, Type) {
        let (element, span) = (self.element_type(&rows), rows.span);
        let row = self.hidden(name.as_deref().unwrap_or("row"), element.clone(), span);
        let source = Source { rows, row, join: Join::Cross };
        (empty_query(vec![source], span), element)
    }

    /// A value, and whether it is the answers of a search.
    fn maybe_answers(&mut self, rows: &form::Expression) -> Result<Expression, Box<(Query, Type)>> {
        if let Form::Query(query) = &rows.kind {
            return Err(Box::new(self.query(query)));
        }
        let found = self.expression(rows, None);
        match self.unifier.shallow(&found.of) {
            Type::Answers(_) => Ok(found),
            _ => Err(Box::new(self.rows_query(found, last_name(rows)))),
        }
    }

    /// `first`, `exists` of the answers of a search.
    pub(super) fn of_answers(&mut self, method: &str, answers: Expression, at: Span) -> Expression {
        let answer = self.element_type(&answers);
        let takes_answers = |row: &Builtin| row.signature.starts_with("(Answers");
        let Some((id, _)) = methods(method).find(|(_, row)| takes_answers(row)) else {
            return Self::wrong(at);
        };
        let of = if method == "exists" { Type::BOOL } else { Type::optional(answer) };
        let kind = ExpressionKind::Call(Callee::Builtin(id), vec![answers]);
        Expression { kind, of, span: at }
    }

    /// `exists Q`, `exists(R.a = b)`
    pub(super) fn exists(&mut self, rows: &form::Expression, at: Span) -> Expression {
        let is_condition = matches!(rows.kind, Form::Binary(..) | Form::Unary(..));
        if is_condition {
            let found = self.implicit_rows(rows);
            if !matches!(found.kind, ExpressionKind::Exists(_) | ExpressionKind::Wrong) {
                let diagnostic =
                    Diagnostic::error(MISMATCH, rows.span, "no relation is named here")
                        .with_hint("write `exists R where …`");
                self.note(diagnostic);
                return Self::wrong(at);
            }
            return Expression { span: at, ..found };
        }
        let query = match self.maybe_answers(rows) {
            Ok(answers) => return self.of_answers("exists", answers, at),
            Err(found) => found.0,
        };
        Expression { kind: ExpressionKind::Exists(Box::new(query)), of: Type::BOOL, span: at }
    }

    /// A condition; if it names fields of relations as `R.a`, whether it holds for some rows.
    pub(super) fn implicit_rows(&mut self, condition: &form::Expression) -> Expression {
        let Some(RowsOf { sources, names }) = self.named_rows(condition) else {
            return self.expect(condition, &Type::BOOL);
        };
        self.open_rows(names);
        let filter = self.expect(condition, &Type::BOOL);
        self.close();
        let query = Query { filter: Some(filter), ..empty_query(sources, condition.span) };
        let kind = ExpressionKind::Exists(Box::new(query));
        Expression { kind, of: Type::BOOL, span: condition.span }
    }

    /// The relations of which a condition names fields as `R.a`, but for those that a query in it is
    /// about.
    pub(super) fn named_rows(&mut self, condition: &form::Expression) -> Option<RowsOf> {
        let (mut found, mut methods): (Vec<form::Name>, Vec<Span>) = (Vec::new(), Vec::new());
        condition.walk_while(&mut |one| {
            // `R.count()` is about all rows.
            if let Form::Call(function, _) = &one.kind {
                methods.push(function.span);
            }
            if let Form::Field { base, .. } = &one.kind
                && !methods.contains(&one.span)
                && let Form::Name(name) = &base.kind
                && !found.iter().any(|other| other.text == name.text)
            {
                found.push(name.clone());
            }
            !matches!(
                one.kind,
                Form::Query(_)
                    | Form::ForAll { .. }
                    | Form::Exists(_)
                    | Form::First(_)
                    | Form::Only(_)
            )
        });
        found.retain(|name| {
            let found = self.names.look_up(self.frame.space, &name.text);
            matches!(found, Some(Definition::Relation(_))) && self.find_local(&name.text).is_none()
        });
        found.sort_by_key(|name| name.span.start);
        let (mut sources, mut names) = (Vec::new(), Vec::new());
        for name in found {
            let relation = self.name(&name);
            let element = self.element_type(&relation);
            let row = self.hidden(&name.text, element, name.span);
            names.push(RowName {
                name: Some(Rc::clone(&name.text)),
                row,
                fields: Fields::new(),
                qualified: Vec::new(),
            });
            sources.push(Source { rows: relation, row, join: Join::Cross });
        }
        (!sources.is_empty()).then_some(RowsOf { sources, names })
    }

    /// `for all x in Q: c`, `c for all R`
    pub(super) fn for_all(
        &mut self,
        name: Option<&form::Name>,
        rows: &form::Expression,
        condition: &form::Expression,
        at: Span,
    ) -> Expression {
        let (query, row) = self.as_query(rows);
        let condition = match name {
            Some(name) => {
                self.open();
                let id = self.bind(name, row);
                let condition = self.expect(condition, &Type::BOOL);
                let source = query.sources.first().map(|source| source.row);
                // The name stands for the row that the query gives.
                let condition = match source {
                    Some(_) => self.with_row(id, condition),
                    None => condition,
                };
                self.close();
                condition
            }
            None => {
                let names = self.row_names(&query, rows);
                self.open_rows(names);
                let condition = self.expect(condition, &Type::BOOL);
                self.close();
                condition
            }
        };
        let kind = ExpressionKind::ForAll(Box::new(query), Box::new(condition));
        Expression { kind, of: Type::BOOL, span: at }
    }

    /// A condition of one named row, as a function of it.
    fn with_row(&mut self, id: crate::hir::LocalId, condition: Expression) -> Expression {
        let parameter = self.local(id).map_or(Type::Unknown, |local| local.of.clone());
        let span = condition.span;
        let of = Type::function(vec![parameter], Type::BOOL, QUERY);
        let lambda = crate::hir::Lambda { parameters: vec![id], body: Box::new(condition) };
        Expression { kind: ExpressionKind::Lambda(lambda), of, span }
    }

    fn row_names(&self, query: &Query, rows: &form::Expression) -> Vec<RowName> {
        let forms: Vec<Option<Rc<str>>> = match &rows.kind {
            Form::Query(query) => query
                .sources
                .iter()
                .map(|source| {
                    let alias = source.alias.as_ref().map(|alias| Rc::clone(&alias.text));
                    alias.or_else(|| last_name(&source.rows))
                })
                .collect(),
            _ => vec![last_name(rows)],
        };
        let named = query.sources.iter().zip(forms);
        let found = named.map(|(source, name)| {
            let of = self.local(source.row).map_or(Type::Unknown, |local| local.of.clone());
            let fields = match self.unifier.shallow(&of) {
                Type::Record(fields) => (*fields).clone(),
                _ => Fields::new(),
            };
            RowName { name, row: source.row, fields, qualified: Vec::new() }
        });
        found.collect()
    }

    /// `first Q`, `only Q`
    pub(super) fn picked(
        &mut self,
        rows: &form::Expression,
        is_first: bool,
        at: Span,
    ) -> Expression {
        let (query, row) = match self.maybe_answers(rows) {
            Ok(answers) if is_first => return self.of_answers("first", answers, at),
            Ok(answers) => self.rows_query(answers, None),
            Err(found) => *found,
        };
        let query = Box::new(query);
        if row.is_unknown() {
            return Self::wrong(at);
        }
        let (kind, of) = if is_first {
            (ExpressionKind::First(query), Type::optional(row))
        } else {
            (ExpressionKind::Only(query), row)
        };
        Expression { kind, of, span: at }
    }
}
