//! Queries that the store answers as a whole: groups with their totals, and columns of one relation. No
//! code sees a row, and no row is made that is not in the answer.
//!
//! It is done where the store means the same as code does, to the order of rows; arithmetic, whose
//! faults belong to their lines, stays with code.

use relational::{Direction, Expr, Total};

use super::Codegen;
use super::frame::Slot;
use super::object::record_parts;
use super::query::{conjuncts, is_known, is_record};
use super::relation::stored;
use super::view::{Columns, Plan};
use crate::hir::{
    Aggregate, BinaryOp, Column, Expression, ExpressionKind, Join, Literal, LocalId, Query,
    UnaryOp, walk,
};
use crate::types::Type;

/// A query as a plan.
struct Whole {
    plan: Plan,
    /// What is computed before, in the order of their numbers.
    parameters: Vec<Expression>,
    columns: Vec<relational::Type>,
}

/// A plan that is put together.
struct Draft<'a> {
    columns: Columns,
    rows: Vec<LocalId>,
    parameters: Vec<Expression>,
    /// Groups, and their totals.
    by: Vec<Expr>,
    totals: Vec<(&'a Aggregate, Total)>,
}

impl Codegen<'_> {
    /// What a query gives, as a list in R0, if the store can say it.
    pub(super) fn whole(&mut self, query: &Query, of: &Type) -> bool {
        let Some(Whole { plan, parameters, columns }) = self.whole_plan(query, of) else {
            return false;
        };
        let height = self.frame.height;
        for read in &plan.reads {
            if self.needs_rules(*read) {
                self.refresh();
                break;
            }
        }
        let mut slots: Vec<(Slot, Type)> = Vec::new();
        for value in &parameters {
            self.value(value);
            let slot = self.save(0);
            slots.push((slot, self.of(&value.of)));
        }
        self.at(query.span);
        let names = plan.reads.iter().filter_map(|read| self.program.relations.get(read.index()));
        let names = names.map(|read| read.name.to_string()).collect();
        let types = slots.iter().filter_map(|(_, of)| stored(of, &self.program.unions, 0));
        let signature =
            relational::Signature { relations: names, parameters: types.collect(), columns };
        let name = if is_record(of) { "query_rows" } else { "query_values" };
        self.ask_store(&signature.to_bytes(&plan.query), &slots, name);
        self.frame.drop_to(height, self.code.here());
        true
    }

    fn whole_plan(&self, query: &Query, of: &Type) -> Option<Whole> {
        let is_one = matches!(&*query.sources, [_]);
        let is_cut = query.limit.as_ref().is_some_and(|limit| literal(limit).is_none());
        if query.sources.is_empty() || !(is_one || query.is_grouped) || is_cut {
            return None;
        }
        let mut plan = Plan::new();
        let mut draft = Draft {
            columns: Columns::default(),
            rows: query.sources.iter().map(|source| source.row).collect(),
            parameters: Vec::new(),
            by: Vec::new(),
            totals: Vec::new(),
        };
        let mut conditions: Vec<&Expression> = Vec::new();
        if let Some(filter) = &query.filter {
            conjuncts(filter, &mut conditions);
        }
        for source in &query.sources {
            let mut own = Vec::new();
            match &source.join {
                Join::Cross | Join::Inner(None) => {}
                Join::Inner(Some(on)) => conjuncts(on, &mut own),
                Join::Left(_) => return None,
            }
            let kind = relational::JoinKind::Inner;
            let columns = &mut draft.columns;
            self.add_source(&mut plan, columns, source, kind, &mut conditions, own, false)?;
        }
        for condition in conditions {
            let condition = self.whole_expr(condition, &mut draft)?;
            plan.filter(condition);
        }
        if query.is_grouped {
            for group in &query.groups {
                if !self.is_compared_alike(&self.of(&group.value.of), false) {
                    return None;
                }
                let by = self.whole_expr(&group.value, &mut draft)?;
                draft.by.push(by);
            }
        }
        let (outputs, columns) = self.outputs(query, of, &mut draft)?;
        let mut order = Vec::new();
        for key in &query.order {
            if !self.is_compared_alike(&self.of(&key.value.of), false) {
                return None;
            }
            let direction = if key.is_descending { Direction::Down } else { Direction::Up };
            order.push((self.output(query, &key.value, &mut draft)?, direction));
        }
        if query.is_grouped {
            let totals = draft.totals.into_iter().map(|(_, total)| total).collect();
            plan.wrap(|input| relational::Query::Group(input, draft.by, totals));
        }
        if !order.is_empty() {
            plan.wrap(|input| relational::Query::Order(input, order));
        }
        plan.wrap(|input| relational::Query::Project(input, outputs));
        if query.order.is_empty() && !query.columns.is_empty() && is_record(of) {
            let parts = record_parts(of);
            if !parts.iter().all(|(_, part)| self.is_compared_alike(part, true)) {
                return None;
            }
            plan.wrap(relational::Query::Distinct);
        }
        if let Some(limit) = query.limit.as_ref().and_then(literal) {
            plan.wrap(|input| relational::Query::Limit(input, 0, limit));
        }
        Some(Whole { plan, parameters: draft.parameters, columns })
    }

    /// The columns of the rows of a query, with their types.
    fn outputs<'q>(
        &self,
        query: &'q Query,
        of: &Type,
        draft: &mut Draft<'q>,
    ) -> Option<(Vec<Expr>, Vec<relational::Type>)> {
        let has_own = !query.columns.is_empty() || !query.is_grouped;
        let selected: &[Column] = if has_own { &query.columns } else { &query.groups };
        let type_of = |of: &Type| stored(of, &self.program.unions, 0);
        if let ([only], false) = (selected, is_record(of)) {
            let found = self.output(query, &only.value, draft)?;
            return Some((vec![found], vec![type_of(of)?]));
        }
        if !is_record(of) || matches!(selected, [only] if only.name.is_empty()) {
            return None;
        }
        let (mut outputs, mut columns) = (Vec::new(), Vec::new());
        for (place, (name, part)) in record_parts(of).iter().enumerate() {
            outputs.push(match selected.iter().find(|column| column.name == *name) {
                Some(column) => self.output(query, &column.value, draft)?,
                // All of them, which the store has in this order.
                None if selected.is_empty() => Expr::Field(place),
                None => return None,
            });
            columns.push(type_of(part)?);
        }
        Some((outputs, columns))
    }

    /// An expression over what comes out: of groups, what they have in common, and totals.
    fn output<'q>(&self, query: &Query, of: &'q Expression, draft: &mut Draft<'q>) -> Option<Expr> {
        if !query.is_grouped {
            return self.whole_expr(of, draft);
        }
        if computes(of) {
            return None;
        }
        let before = draft.parameters.len();
        if let ExpressionKind::Aggregate(aggregate) = &of.kind {
            let known = draft.totals.iter().position(|(one, _)| *one == aggregate);
            let place = match known {
                Some(place) => place,
                None => {
                    let value = match aggregate {
                        Aggregate::Sum(value) | Aggregate::Min(value) | Aggregate::Max(value) => {
                            Some(value)
                        }
                        _ => None,
                    };
                    if value.is_some_and(|value| computes(value)) {
                        return None;
                    }
                    let total = self.total(aggregate, &draft.columns)?;
                    draft.totals.push((aggregate, total));
                    draft.totals.len() - 1
                }
            };
            return Some(Expr::Field(draft.by.len() + place));
        }
        let own = self.whole_expr(of, draft)?;
        // What it was computed of must be among what the group has in common.
        draft.parameters.truncate(before);
        draft.by.iter().position(|one| *one == own).map(Expr::Field)
    }

    /// An expression over columns, and over what is known before.
    fn whole_expr(&self, of: &Expression, draft: &mut Draft<'_>) -> Option<Expr> {
        if computes(of) {
            return None;
        }
        let Draft { columns, rows, parameters, .. } = draft;
        self.plan_expr(of, &mut |leaf| {
            if let Some(column) = self.column_of(columns, leaf) {
                return Some(column);
            }
            stored(&self.of(&leaf.of), &self.program.unions, 0)?;
            if !is_known(leaf, rows) {
                return None;
            }
            parameters.push(leaf.clone());
            Some(Expr::Parameter(parameters.len() - 1))
        })
    }
}

/// Whether an expression has arithmetic in it.
fn computes(of: &Expression) -> bool {
    let mut found = false;
    walk(of, &mut |one| {
        found |= match &one.kind {
            ExpressionKind::Unary(op, _) => *op == UnaryOp::Negate,
            ExpressionKind::Binary(op, ..) => matches!(
                op,
                BinaryOp::Add
                    | BinaryOp::Subtract
                    | BinaryOp::Multiply
                    | BinaryOp::Divide
                    | BinaryOp::Remainder
            ),
            _ => false,
        };
    });
    found
}

/// A whole number from 0 that is written out.
fn literal(of: &Expression) -> Option<u64> {
    match &of.kind {
        ExpressionKind::Literal(Literal::Int(value)) => u64::try_from(*value).ok(),
        _ => None,
    }
}
