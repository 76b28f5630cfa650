//! Views: those that the store can keep up with every change are relations of its own, so that reading
//! one computes nothing. What it cannot keep up, or would compute otherwise than code does, is computed
//! when it is read.

use std::collections::BTreeMap;

use relational::{Expr, JoinKind, Total, Value, ViewDefinition};

use super::Codegen;
use super::frame::ZERO;
use super::relation::{sorted, stored};
use crate::hir::{
    Aggregate, BinaryOp, Expression, ExpressionKind, Join, LocalId, Query, Relation, RelationId,
    RelationKind,
};
use crate::types::Type;

/// The sources of a view so far, side by side.
#[derive(Default)]
pub(super) struct Columns {
    /// Where the columns of each row begin, and the relation.
    rows: BTreeMap<LocalId, (usize, RelationId)>,
    width: usize,
}

/// A view as the store is told of it. Relations are places in a list of names.
pub(super) struct Plan {
    pub(super) query: relational::Query,
    /// What it reads.
    pub(super) reads: Vec<RelationId>,
}

impl Plan {
    pub(super) fn new() -> Self {
        let query = relational::Query::Relation(relational::RelationId::new(0));
        Self { query, reads: Vec::new() }
    }

    /// Makes something of what it gives so far.
    pub(super) fn wrap(&mut self, make: impl FnOnce(Box<relational::Query>) -> relational::Query) {
        let nothing = relational::Query::Relation(relational::RelationId::new(0));
        self.query = make(Box::new(std::mem::replace(&mut self.query, nothing)));
    }

    /// Leaves the rows for which a condition holds.
    pub(super) fn filter(&mut self, condition: Expr) {
        self.wrap(|input| relational::Query::Filter(input, condition));
    }
}

impl Codegen<'_> {
    /// Makes the views that the store keeps up, each after those that it reads.
    pub(super) fn make_views(&mut self) {
        let mut waiting: Vec<RelationId> = Vec::new();
        for (index, relation) in self.program.relations.iter().enumerate() {
            if let RelationKind::View(_) = relation.kind {
                waiting.push(RelationId::from_index(index));
            }
        }
        // A view whose sources are not made yet is tried again.
        loop {
            let before = waiting.len();
            waiting.retain(|id| !self.make_view(*id));
            if waiting.len() == before {
                return;
            }
        }
    }

    /// Makes a view, if the store can keep it up.
    fn make_view(&mut self, id: RelationId) -> bool {
        let Some(relation) = self.program.relations.get(id.index()) else { return false };
        let RelationKind::View(query) = &relation.kind else { return false };
        let Some(plan) = self.view_plan(relation, query) else { return false };
        let fields = sorted(relation).into_iter().map(|field| {
            let of = stored(&field.of, &self.program.unions, 0)?;
            Some(relational::Field::new(field.name.to_string(), of))
        });
        let Some(fields) = fields.collect::<Option<Vec<_>>>() else { return false };
        let names = plan.reads.iter().filter_map(|read| {
            self.program.relations.get(read.index()).map(|read| read.name.to_string())
        });
        let names: Vec<String> = names.collect();
        let definition =
            ViewDefinition { name: relation.name.to_string(), fields, query: plan.query };
        let text = self.data.text(&definition.to_bytes(&names));
        self.at(relation.span);
        self.code.set(1, text);
        self.call_runtime("view_create");
        let at = self.relations.get(id.index()).copied().unwrap_or_default();
        self.code.store(0, ZERO, at);
        self.kept.insert(id, plan.reads);
        true
    }

    /// Whether rows of a relation lie in the store.
    pub(super) fn is_stored(&self, id: RelationId) -> bool {
        let kind = self.program.relations.get(id.index()).map(|relation| &relation.kind);
        match kind {
            Some(RelationKind::Stored | RelationKind::Predicate | RelationKind::Event) => {
                self.has_own_rows(id)
            }
            Some(RelationKind::View(_)) => self.kept.contains_key(&id),
            _ => false,
        }
    }

    /// Whether what a relation has in the store follows from rules, also by views.
    pub(super) fn needs_rules(&self, id: RelationId) -> bool {
        let mut waiting = vec![id];
        while let Some(next) = waiting.pop() {
            let kind = self.program.relations.get(next.index()).map(|relation| &relation.kind);
            if matches!(kind, Some(RelationKind::Predicate)) {
                return true;
            }
            waiting.extend(self.kept.get(&next).into_iter().flatten());
        }
        false
    }

    /// What the store is to keep up for a view; none if it cannot.
    fn view_plan(&self, relation: &Relation, query: &Query) -> Option<Plan> {
        if !query.order.is_empty() || query.limit.is_some() || query.sources.is_empty() {
            return None;
        }
        let mut plan = Plan::new();
        let mut columns = Columns::default();
        let mut conditions: Vec<&Expression> = Vec::new();
        let has_left = query.sources.iter().any(|source| matches!(source.join, Join::Left(_)));
        if let Some(filter) = &query.filter {
            super::query::conjuncts(filter, &mut conditions);
        }
        for source in &query.sources {
            let own = match &source.join {
                Join::Inner(Some(on)) | Join::Left(Some(on)) => {
                    let mut own = Vec::new();
                    super::query::conjuncts(on, &mut own);
                    own
                }
                Join::Cross | Join::Inner(None) | Join::Left(None) => Vec::new(),
            };
            let kind = match source.join {
                Join::Left(_) => JoinKind::Left,
                Join::Cross | Join::Inner(_) => JoinKind::Inner,
            };
            self.add_source(&mut plan, &mut columns, source, kind, &mut conditions, own, has_left)?;
        }
        for condition in conditions {
            let condition = self.plan_expr(condition, &mut |of| self.column_of(&columns, of))?;
            plan.filter(condition);
        }
        let outputs = self.view_columns(relation, query, &mut plan, &columns)?;
        plan.wrap(|input| relational::Query::Project(input, outputs));
        Some(plan)
    }

    /// Joins a source to those before it. What says that a column of it is one of theirs is how they are
    /// joined; conditions of inner joins besides come to the others.
    #[expect(clippy::too_many_arguments, reason = "the parts of a plan that grows")]
    pub(super) fn add_source<'e>(
        &self,
        plan: &mut Plan,
        columns: &mut Columns,
        source: &crate::hir::Source,
        kind: JoinKind,
        conditions: &mut Vec<&'e Expression>,
        own: Vec<&'e Expression>,
        has_left: bool,
    ) -> Option<()> {
        let ExpressionKind::Relation(id) = source.rows.kind else { return None };
        if !self.is_stored(id) {
            return None;
        }
        let place = plan.reads.iter().position(|read| *read == id).unwrap_or_else(|| {
            plan.reads.push(id);
            plan.reads.len() - 1
        });
        let right = relational::RelationId::new(u32::try_from(place).ok()?);
        let right = relational::Query::Relation(right);
        let is_first = columns.rows.is_empty();
        let start = columns.width;
        columns.rows.insert(source.row, (start, id));
        columns.width += self.program.relations.get(id.index())?.fields.len();
        let mut pairs = Vec::new();
        let mut rest = Vec::new();
        let is_inner = kind == JoinKind::Inner;
        // Behind a left join, a condition of the whole query is about what comes out of it.
        let whole = if is_inner && !has_left { std::mem::take(conditions) } else { Vec::new() };
        for condition in own.into_iter().chain(whole) {
            match self.pair_of(columns, start, condition) {
                Some(pair) if !is_first => pairs.push(pair),
                _ => rest.push(condition),
            }
        }
        if !rest.is_empty() && !is_inner {
            return None;
        }
        conditions.extend(rest);
        if is_first {
            plan.query = right;
        } else {
            plan.wrap(|left| relational::Query::Join(kind, left, Box::new(right), pairs));
        }
        Some(())
    }

    /// The columns that a condition says are the same: one before `start`, and one from there on.
    fn pair_of(
        &self,
        columns: &Columns,
        start: usize,
        condition: &Expression,
    ) -> Option<(usize, usize)> {
        let ExpressionKind::Binary(BinaryOp::Equal, one, other) = &condition.kind else {
            return None;
        };
        let of = self.of(&one.of);
        if of != self.of(&other.of) || !self.is_compared_alike(&of, true) {
            return None;
        }
        // None is equal to none for code, and a join leaves it out.
        if let Type::Optional(_) = of {
            return None;
        }
        let place = |of: &Expression| match self.column_of(columns, of)? {
            Expr::Field(column) => Some(column),
            _ => None,
        };
        let (one, other) = (place(one)?, place(other)?);
        match (one < start, other < start) {
            (true, false) => Some((one, other - start)),
            (false, true) => Some((other, one - start)),
            _ => None,
        }
    }

    /// The column that a field of a source's row is.
    pub(super) fn column_of(&self, columns: &Columns, of: &Expression) -> Option<Expr> {
        let (ExpressionKind::Field(base, name) | ExpressionKind::FieldIfPresent(base, name)) =
            &of.kind
        else {
            return None;
        };
        let ExpressionKind::Local(row) = base.kind else { return None };
        let (start, id) = columns.rows.get(&row)?;
        let relation = self.program.relations.get(id.index())?;
        let place = sorted(relation).iter().position(|field| field.name == *name)?;
        Some(Expr::Field(start + place))
    }

    /// What the columns of a view are, in the order in which the store has them.
    fn view_columns(
        &self,
        relation: &Relation,
        query: &Query,
        plan: &mut Plan,
        columns: &Columns,
    ) -> Option<Vec<Expr>> {
        let selected = if query.columns.is_empty() { &query.groups } else { &query.columns };
        let mut own = |of: &Expression| self.column_of(columns, of);
        if !query.is_grouped {
            return sorted(relation)
                .into_iter()
                .map(|field| match selected.iter().find(|one| one.name == field.name) {
                    Some(column) => self.plan_expr(&column.value, &mut own),
                    None if selected.is_empty() => {
                        // A field of the last source that has it, as rows are put together.
                        let found = query.sources.iter().rev().find_map(|source| {
                            let (start, id) = columns.rows.get(&source.row)?;
                            let of = self.program.relations.get(id.index())?;
                            let is_it = |one: &&crate::hir::RelationField| one.name == field.name;
                            Some(start + sorted(of).iter().position(is_it)?)
                        });
                        found.map(Expr::Field)
                    }
                    None => match selected.as_slice() {
                        [only] => self.plan_expr(&only.value, &mut own),
                        _ => None,
                    },
                })
                .collect();
        }
        let mut by = Vec::new();
        for group in &query.groups {
            by.push(self.plan_expr(&group.value, &mut own)?);
        }
        let mut totals: Vec<(Aggregate, Total)> = Vec::new();
        let mut outputs = Vec::new();
        for field in sorted(relation) {
            let column = selected.iter().find(|one| one.name == field.name);
            let column = column.or(match selected.as_slice() {
                [only] => Some(only),
                _ => None,
            })?;
            outputs.push(self.plan_expr(&column.value, &mut |of| {
                if let ExpressionKind::Aggregate(aggregate) = &of.kind {
                    let known = totals.iter().position(|(one, _)| one == aggregate);
                    let place = match known {
                        Some(place) => place,
                        None => {
                            totals.push((aggregate.clone(), self.total(aggregate, columns)?));
                            totals.len() - 1
                        }
                    };
                    return Some(Expr::Field(by.len() + place));
                }
                let own = self.column_of(columns, of)?;
                by.iter().position(|one| *one == own).map(Expr::Field)
            })?);
        }
        let totals = totals.into_iter().map(|(_, total)| total).collect();
        plan.wrap(|input| relational::Query::Group(input, by, totals));
        Some(outputs)
    }

    /// A total, where the store computes the same as code does: of floats it sums exactly, and what it
    /// collects is in order.
    pub(super) fn total(&self, aggregate: &Aggregate, columns: &Columns) -> Option<Total> {
        let of = |value: &Expression| self.plan_expr(value, &mut |of| self.column_of(columns, of));
        Some(match aggregate {
            Aggregate::Count => Total::Count,
            Aggregate::Sum(value) => {
                let zero = match self.of(&value.of) {
                    Type::INT => Value::Int(0),
                    Type::DURATION => Value::Duration(0),
                    Type::DECIMAL => {
                        super::plan::literal_value(&crate::hir::Literal::Decimal(0, 0))?
                    }
                    _ => return None,
                };
                Total::Sum(of(value)?, zero)
            }
            Aggregate::Min(value) | Aggregate::Max(value) => {
                if !self.is_compared_alike(&self.of(&value.of), false) {
                    return None;
                }
                match aggregate {
                    Aggregate::Min(_) => Total::Min(of(value)?),
                    _ => Total::Max(of(value)?),
                }
            }
            Aggregate::Average(_) | Aggregate::Collect(_) => return None,
        })
    }
}
