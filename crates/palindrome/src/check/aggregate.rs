//! What is made of all rows of a group.

use std::rc::Rc;

use source::{Diagnostic, Span};

use super::Checker;
use crate::codes::{MISMATCH, NOT_GROUPED};
use crate::form;
use crate::hir::{Aggregate, Column, Expression, ExpressionKind, walk};
use crate::types::Type;

/// Functions of the rows of a group.
pub(super) const AGGREGATES: [&str; 6] = ["count", "sum", "min", "max", "avg", "collect"];

impl Checker<'_> {
    /// Columns of groups are what rows are grouped by, or made of all rows.
    pub(super) fn only_groups(&mut self, columns: &[Column], groups: &[Column]) {
        let is_group =
            |field: &Expression| groups.iter().any(|group| same_field(&group.value, field));
        let mut wrong = Vec::new();
        for column in columns {
            let mut inside: Vec<Span> = Vec::new();
            walk(&column.value, &mut |one| {
                if let ExpressionKind::Aggregate(_) = one.kind {
                    inside.push(one.span);
                }
            });
            walk(&column.value, &mut |one| {
                let is_field = matches!(
                    &one.kind,
                    ExpressionKind::Field(base, _) | ExpressionKind::FieldIfPresent(base, _)
                        if matches!(base.kind, ExpressionKind::Local(_))
                );
                let is_inside =
                    |span: &Span| span.start <= one.span.start && one.span.end <= span.end;
                // What a group was named by stands there as it is written in `group by`.
                let is_named = groups.iter().any(|group| is_inside(&group.value.span));
                if is_field && !is_named && !is_group(one) && !inside.iter().any(is_inside) {
                    wrong.push(one.span);
                }
            });
        }
        for span in wrong {
            let message = "rows are put together here, and this differs between them";
            let diagnostic = Diagnostic::error(NOT_GROUPED, span, message)
                .with_hint("group by it, or write `min(…)`, `collect(…)` or another of all rows");
            self.note(diagnostic);
        }
    }

    /// `sum(x)` where rows are grouped.
    pub(super) fn aggregate(
        &mut self,
        name: &form::Name,
        arguments: &[form::Expression],
        at: Span,
    ) -> Option<Expression> {
        if !self.frame.has_aggregates || !AGGREGATES.contains(&&*name.text) {
            return None;
        }
        let (value, of) = match (&*name.text, arguments) {
            ("count", []) => {
                self.frame.has_aggregated = true;
                let kind = ExpressionKind::Aggregate(Aggregate::Count);
                return Some(Expression { kind, of: Type::INT, span: at });
            }
            ("count", _) => return None,
            (_, [one]) => {
                self.frame.has_aggregates = false;
                let value = self.expression(one, None);
                self.frame.has_aggregates = true;
                let of = self.unifier.shallow(&value.of);
                if matches!(of, Type::List(_) | Type::Relation(_)) {
                    return None;
                }
                (Box::new(value), of)
            }
            _ => {
                self.wrong_count(&name.text, 1, arguments.len(), at);
                return Some(Self::wrong(at));
            }
        };
        self.frame.has_aggregated = true;
        // The mean of whole numbers is none.
        let mean = match of {
            Type::INT => Type::FLOAT,
            Type::Variable(_) if &*name.text == "avg" => self.unifier.fresh(),
            _ => of.clone(),
        };
        if let Type::Variable(_) = of {
            let mean = mean.clone();
            self.aggregates.push((Rc::clone(&name.text), of.clone(), mean, value.span));
        } else if !self.takes_rows(&name.text, &of, value.span) {
            return Some(Self::wrong(at));
        }
        // Of no rows there is none; a group has some.
        let has_groups = self.frame.has_groups;
        let of_some = |of: Type| if has_groups { of } else { Type::optional(of) };
        let (aggregate, of) = match &*name.text {
            "sum" => (Aggregate::Sum(value), of),
            "min" => (Aggregate::Min(value), of_some(of)),
            "max" => (Aggregate::Max(value), of_some(of)),
            "avg" => (Aggregate::Average(value), of_some(mean)),
            _ => (Aggregate::Collect(value), Type::list(of)),
        };
        Some(Expression { kind: ExpressionKind::Aggregate(aggregate), of, span: at })
    }
}

impl Checker<'_> {
    /// What aggregates take whose types became known only later.
    pub(super) fn later_aggregates(&mut self) {
        for (name, of, mean, at) in std::mem::take(&mut self.aggregates) {
            if self.takes_rows(&name, &of, at) && &*name == "avg" {
                let is_whole = self.unifier.shallow(&of) == Type::INT;
                self.unify(&mean, if is_whole { &Type::FLOAT } else { &of }, at);
            }
        }
    }

    /// Whether an aggregate takes values of the type. Says if not.
    fn takes_rows(&mut self, name: &str, of: &Type, at: Span) -> bool {
        let of = self.unifier.shallow(of);
        let is_numeric = matches!(
            of,
            Type::INT
                | Type::FLOAT
                | Type::DECIMAL
                | Type::DURATION
                | Type::Unknown
                | Type::Variable(_)
        );
        let needs_number = matches!(name, "sum" | "avg");
        let needs_order = matches!(name, "min" | "max");
        let is_right = (is_numeric || !needs_number) && (self.is_ordered(&of) || !needs_order);
        if !is_right {
            let message = format!("`{name}` does not take `{}`", self.show(&of));
            self.error(MISMATCH, at, message);
        }
        is_right
    }
}

/// What a column of it is called, if nothing else is said.
pub(super) fn aggregate_name(of: &Aggregate) -> &'static str {
    match of {
        Aggregate::Count => "count",
        Aggregate::Sum(_) => "sum",
        Aggregate::Min(_) => "min",
        Aggregate::Max(_) => "max",
        Aggregate::Average(_) => "avg",
        Aggregate::Collect(_) => "collect",
    }
}

fn same_field(a: &Expression, b: &Expression) -> bool {
    match (&a.kind, &b.kind) {
        (ExpressionKind::Field(a, one), ExpressionKind::Field(b, other))
        | (ExpressionKind::FieldIfPresent(a, one), ExpressionKind::FieldIfPresent(b, other)) => {
            one == other && same_field(a, b)
        }
        (ExpressionKind::Local(a), ExpressionKind::Local(b)) => a == b,
        _ => false,
    }
}
