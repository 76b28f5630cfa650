//! Queries: loops over their sources, outermost first. Rows of a stored relation come from a plan of
//! the store, with what the conditions say of its columns, so that keys and indexes are used; within a
//! join the plan's parameters are values of the rows around. The conditions themselves are code.

use std::rc::Rc;

use palindrome_vm::Instruction;
use relational::{Comparison, Expr};

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{FRAME, Slot};
use super::object::record_parts;
use super::plan::asked_words;
use super::relation::{sorted, stored};
use super::stream::within;
use crate::hir::{
    BinaryOp, Expression, ExpressionKind, Join, Literal, LocalId, Query, Relation, RelationId,
    Source, walk,
};
use crate::types::Type;

/// A list that grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growing {
    pub(super) list: Slot,
    pub(super) count: Slot,
}

impl Codegen<'_> {
    /// What a query gives, as a list in R0. `of` is the type of its rows.
    pub(super) fn query(&mut self, query: &Query, of: &Type) {
        if self.direct_rows(query) || self.whole(query, of) {
            return;
        }
        let height = self.frame.height;
        let rows = self.growing(of);
        let keys: Vec<(Growing, Type)> = query
            .order
            .iter()
            .map(|key| {
                let of = self.of(&key.value.of);
                (self.growing(&of), of)
            })
            .collect();
        if query.is_grouped {
            self.grouped(query, of, rows, &keys);
        } else {
            self.each_row(query, &mut |s| {
                s.row(query, of);
                s.add(rows);
                s.add_keys(query, &keys);
            });
        }
        self.cut(rows);
        for (key, _) in &keys {
            self.cut(*key);
        }
        for (place, (key, of)) in keys.iter().enumerate().rev() {
            let is_descending = query.order.get(place).is_some_and(|key| key.is_descending);
            let others = keys.iter().map(|(key, _)| key.list).take(place);
            let sorted: Vec<Slot> = others.chain([rows.list, key.list]).collect();
            self.sort(&sorted, key.list, of, is_descending);
        }
        if query.order.is_empty() && !query.columns.is_empty() && is_record(of) {
            let description = self.description(of);
            self.restore(rows.list, 1);
            self.code.set(2, description);
            self.call_runtime("list_distinct");
            self.code.store(0, FRAME, rows.list.offset());
        }
        if let Some(limit) = &query.limit {
            self.value(limit);
            self.code.copy(3, 0);
            self.restore(rows.list, 1);
            self.code.set(2, 0);
            self.call_runtime("list_slice");
            self.code.store(0, FRAME, rows.list.offset());
        }
        self.restore(rows.list, 0);
        self.frame.drop_to(height, self.code.here());
    }

    /// The rows of a view.
    pub(super) fn query_value(&mut self, query: &Query) {
        let of = self.row_type(query);
        self.query(query, &of);
    }

    /// The type of the rows of a query.
    pub(super) fn row_type(&self, query: &Query) -> Type {
        let columns = if query.columns.is_empty() && query.is_grouped {
            &query.groups
        } else {
            &query.columns
        };
        match (columns.as_slice(), query.sources.as_slice()) {
            ([], [only]) => self.local_type(only.row),
            ([], all) => {
                let mut fields = crate::types::Fields::new();
                for source in all {
                    let of = self.local_type(source.row);
                    let inner = match &of {
                        Type::Optional(inner) => (**inner).clone(),
                        other => other.clone(),
                    };
                    let Type::Record(parts) = &inner else { continue };
                    for (name, part) in parts.in_order() {
                        let part = part.clone();
                        let is_new = is_record(&of) || matches!(part, Type::Optional(_));
                        let part = if is_new { part } else { Type::optional(part) };
                        fields.insert(Rc::clone(name), part);
                    }
                }
                Type::record(fields)
            }
            ([only], _) if only.name.is_empty() => self.of(&only.value.of),
            (columns, _) => Type::record(
                columns
                    .iter()
                    .map(|column| (Rc::clone(&column.name), self.of(&column.value.of)))
                    .collect(),
            ),
        }
    }

    fn local_type(&self, id: LocalId) -> Type {
        let local = self.program.locals.get(id.index());
        local.map_or(Type::Unknown, |local| self.of(&local.of))
    }

    /// A new list that grows.
    pub(super) fn growing(&mut self, element: &Type) -> Growing {
        self.code.set(1, 0);
        self.new_list(element);
        let list = self.save(0);
        self.code.set(0, 0);
        Growing { list, count: self.save(0) }
    }

    /// Adds R0.
    pub(super) fn add(&mut self, to: Growing) {
        self.append(to.list, to.count);
    }

    fn add_keys(&mut self, query: &Query, keys: &[(Growing, Type)]) {
        for (key, (list, _)) in query.order.iter().zip(keys) {
            self.value(&key.value);
            self.add(*list);
        }
    }

    /// Takes away what is unused.
    pub(super) fn cut(&mut self, of: Growing) {
        self.restore(of.list, 1);
        self.code.set(2, 0);
        self.restore(of.count, 3);
        self.call_runtime("list_slice");
        self.code.store(0, FRAME, of.list.offset());
    }

    /// Sorts lists by the last of them. Those that are equal stay in their order.
    fn sort(&mut self, lists: &[Slot], keys: Slot, of: &Type, is_descending: bool) {
        let reverse = |s: &mut Self| {
            for list in lists {
                s.restore(*list, 1);
                s.call_runtime("list_reverse");
                s.code.store(0, FRAME, list.offset());
            }
        };
        if is_descending {
            reverse(self);
        }
        let description = self.description(of);
        for list in lists {
            self.restore(*list, 1);
            self.restore(keys, 2);
            self.code.set(3, description);
            self.call_runtime("list_sort");
            self.code.store(0, FRAME, list.offset());
        }
        if is_descending {
            reverse(self);
        }
    }

    /// What a query makes of the rows at hand, in R0.
    pub(super) fn row(&mut self, query: &Query, of: &Type) {
        let columns = if query.columns.is_empty() && query.is_grouped {
            &query.groups
        } else {
            &query.columns
        };
        let fields: Vec<(Rc<str>, Expression)> = match (columns.as_slice(), &*query.sources) {
            ([], [only]) => return self.local(only.row, 0),
            ([], all) => all.iter().flat_map(|source| self.fields_of(source)).collect(),
            ([only], _) if only.name.is_empty() => return self.value(&only.value),
            (columns, _) => columns
                .iter()
                .map(|column| (Rc::clone(&column.name), column.value.clone()))
                .collect(),
        };
        let kind = ExpressionKind::Record(fields);
        self.value(&Expression { kind, of: of.clone(), span: query.span });
    }

    /// The fields of a source's row.
    fn fields_of(&self, source: &Source) -> Vec<(Rc<str>, Expression)> {
        let span = source.rows.span;
        let of = self.local_type(source.row);
        let row = Expression { kind: ExpressionKind::Local(source.row), of: of.clone(), span };
        let field = |(name, part): (Rc<str>, Type)| {
            let base = Box::new(row.clone());
            let (kind, of) = match &of {
                Type::Optional(_) => {
                    let kind = ExpressionKind::FieldIfPresent(base, Rc::clone(&name));
                    let is_optional = matches!(part, Type::Optional(_));
                    (kind, if is_optional { part } else { Type::optional(part) })
                }
                _ => (ExpressionKind::Field(base, Rc::clone(&name)), part),
            };
            (name, Expression { kind, of, span })
        };
        let inner = match &of {
            Type::Optional(inner) => (**inner).clone(),
            other => other.clone(),
        };
        record_parts(&inner).into_iter().map(field).collect()
    }

    /// Code for each combination of rows that the conditions let through.
    pub(super) fn each_row(&mut self, query: &Query, body: &mut dyn FnMut(&mut Self)) {
        let height = self.frame.height;
        self.nest(query, 0, body);
        self.frame.drop_to(height, self.code.here());
    }

    pub(super) fn nest(&mut self, query: &Query, depth: usize, body: &mut dyn FnMut(&mut Self)) {
        let Some(source) = query.sources.get(depth) else {
            let next = self.code.label();
            if let Some(filter) = &query.filter {
                self.branch(filter, false, next);
            }
            body(self);
            self.code.place(next);
            return;
        };
        self.at(source.rows.span);
        self.source(query, depth, None);
        let list = self.save(0);
        let is_left = matches!(source.join, Join::Left(_));
        self.code.set(0, 0);
        let has_matched = self.save(0);
        let walk = self.begin(list);
        let row = self.frame.variable(source.row, self.code.here() + 1);
        self.code.store(0, FRAME, row.offset());
        let (skip, inner) = (self.code.label(), self.code.label());
        if let Join::Inner(Some(on)) | Join::Left(Some(on)) = &source.join {
            self.branch(on, false, skip);
        }
        if is_left {
            self.code.set(0, 1);
            self.code.store(0, FRAME, has_matched.offset());
            self.code.place(inner);
        }
        self.nest(query, depth + 1, body);
        self.code.place(skip);
        if !is_left {
            self.finish_walk(&walk);
            return;
        }
        // A row of the left side without a match comes once, with none.
        let end: Label = self.code.label();
        self.restore(row, 0);
        self.code.jump(Jump::IfZero(0), end);
        self.finish_walk(&walk);
        self.restore(has_matched, 0);
        self.code.jump(Jump::IfNotZero(0), end);
        self.code.store(0, FRAME, row.offset());
        self.code.jump(Jump::Always, inner);
        self.code.place(end);
    }

    /// The rows of a source, as a list in R0; perhaps one column of them, if it is stored.
    pub(super) fn source(&mut self, query: &Query, depth: usize, column: Option<usize>) {
        let Some(source) = query.sources.get(depth) else { return };
        let id = match source.rows.kind {
            ExpressionKind::Relation(id) if self.is_stored(id) || !self.has_own_rows(id) => id,
            _ => return self.value(&source.rows),
        };
        if self.needs_rules(id) {
            self.refresh();
        }
        let height = self.frame.height;
        let (planned, parameters) = self.restricted(query, depth, id);
        let relation = self.program.relations.get(id.index());
        match (column, relation) {
            _ if !self.has_own_rows(id) => self.migrated_rows(id, (&planned, &parameters)),
            (None, Some(relation)) => self.planned(relation, &planned, &parameters),
            (Some(place), Some(relation)) => {
                self.planned_column(relation, planned, &parameters, place);
            }
            (_, None) => {}
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// The rows where those of a source lie, but for some that its conditions do not let through; with what
    /// they compare with, which is computed.
    pub(super) fn restricted(
        &mut self,
        query: &Query,
        depth: usize,
        id: RelationId,
    ) -> (relational::Query, Vec<(Slot, Type)>) {
        let mut planned = relational::Query::Relation(relational::RelationId::new(0));
        let mut parameters: Vec<(Slot, Type)> = Vec::new();
        let found = query.sources.get(depth).zip(self.program.relations.get(id.index()));
        let Some((source, relation)) = found else { return (planned, parameters) };
        let home = self.home_of(id);
        let mut conditions = Vec::new();
        if let Join::Inner(Some(on)) | Join::Left(Some(on)) = &source.join {
            conjuncts(on, &mut conditions);
        }
        if let (Some(filter), Join::Cross | Join::Inner(_)) = (&query.filter, &source.join) {
            conjuncts(filter, &mut conditions);
        }
        let later: Vec<LocalId> =
            query.sources.iter().skip(depth).map(|source| source.row).collect();
        for (place, condition) in conditions.into_iter().enumerate() {
            // What is looked at first for each row may as well fail before the rows are looked at.
            let may_fail = place == 0 && later.len() == 1;
            let compared = self.on_column(condition, relation, (&later, may_fail));
            let told = match compared {
                Some((column, comparison, value)) => Some((column, Some(comparison), value)),
                None => words_on_column(condition, relation, (&later, may_fail))
                    .map(|(column, words)| (column, None, words)),
            };
            // Where the rows lie, the column may have another name, or may not be one.
            let told = told.and_then(|(column, comparison, value)| {
                Some((Expr::Field(self.column_at(id, column, home)?), comparison, value))
            });
            let parameter = Expr::Parameter(parameters.len());
            let (expr, value) = match told {
                Some((column, Some(comparison), value)) => {
                    (column.compare(comparison, parameter), value)
                }
                Some((column, None, words)) => {
                    (Expr::Words(Box::new(column), Box::new(parameter)), words)
                }
                None => match self.on_index(condition, id, &later) {
                    Some((of, comparison, value)) => {
                        (Expr::Hint(Box::new(of.compare(comparison, parameter))), value)
                    }
                    None => continue,
                },
            };
            let slot = if is_known(value, &later) {
                self.value(value);
                self.save(0)
            } else {
                self.value_for_rows(home, value)
            };
            parameters.push((slot, self.of(&value.of)));
            planned = relational::Query::Filter(Box::new(planned), expr);
        }
        (planned, parameters)
    }

    /// A condition that compares a column of a relation with what is known before its rows are.
    pub(super) fn on_column<'e>(
        &self,
        condition: &'e Expression,
        relation: &Relation,
        (later, may_fail): (&[LocalId], bool),
    ) -> Option<(usize, Comparison, &'e Expression)> {
        let ExpressionKind::Binary(op, one, other) = &condition.kind else { return None };
        let column = |of: &Expression| own_column(of, relation, later);
        let is_same = self.of(&one.of) == self.of(&other.of)
            && stored(&self.of(&one.of), &self.program.unions, 0).is_some();
        let is_known =
            |of: &Expression| is_known(of, later) || may_fail && is_independent(of, later);
        let (column, value, is_turned) = match (column(one), column(other)) {
            (Some(column), _) if is_same && is_known(other) => (column, &**other, false),
            (_, Some(column)) if is_same && is_known(one) => (column, &**one, true),
            _ => return None,
        };
        let comparison = match (op, is_turned) {
            (BinaryOp::Equal, _) => Comparison::Equal,
            (BinaryOp::Less, false) | (BinaryOp::Greater, true) => Comparison::Less,
            (BinaryOp::LessOrEqual, false) | (BinaryOp::GreaterOrEqual, true) => Comparison::AtMost,
            (BinaryOp::Greater, false) | (BinaryOp::Less, true) => Comparison::Greater,
            (BinaryOp::GreaterOrEqual, false) | (BinaryOp::LessOrEqual, true) => {
                Comparison::AtLeast
            }
            _ => return None,
        };
        Some((column, comparison, value))
    }

    /// The rows of the first source, and what `value` is for each.
    pub(super) fn own_rows(&mut self, query: &Query, value: Option<&Expression>) -> (Slot, Slot) {
        let Some(source) = query.sources.first() else { return (Slot(0), Slot(0)) };
        if value.is_none() && self.direct_rows(query) {
            let list = self.save(0);
            return (list, list);
        }
        let of = self.local_type(source.row);
        let rows = self.growing(&of);
        let values = value.map_or(rows, |value| {
            let of = self.of(&value.of);
            self.growing(&of)
        });
        self.each_row(query, &mut |s| {
            s.local(source.row, 0);
            s.add(rows);
            if let Some(value) = value {
                s.value(value);
                s.add(values);
            }
        });
        self.cut(rows);
        if value.is_some() {
            self.cut(values);
        }
        (rows.list, values.list)
    }

    /// Whether a query has rows, in R0.
    pub(super) fn exists(&mut self, query: &Query) {
        let query = within(query);
        if query.is_grouped || query.limit.is_some() {
            // How many there are depends on more than the sources.
            self.query_value(query);
            self.code.load_half(0, 0, palindrome_vm::runtime::HEAD - 8);
            let none = self.code.label();
            self.code.jump(Jump::IfZero(0), none);
            self.code.set(0, 1);
            self.code.place(none);
            return;
        }
        let (found, end) = (self.code.label(), self.code.label());
        self.each_row_needed(query, &mut |s| s.code.jump(Jump::Always, found));
        self.code.set(0, 0);
        self.code.jump(Jump::Always, end);
        self.code.place(found);
        self.code.set(0, 1);
        self.code.place(end);
    }

    /// Whether a condition holds for all rows of a query, in R0.
    pub(super) fn for_all(&mut self, query: &Query, condition: &Expression) {
        let (wrong, end) = (self.code.label(), self.code.label());
        if let Type::Function(_) = self.of(&condition.of) {
            if self.is_stopped_early(query) {
                return self.for_all_needed(query, condition);
            }
            let height = self.frame.height;
            self.query_value(query);
            let list = self.save(0);
            self.value(condition);
            let function = self.save(0);
            self.any(list, function, true);
            self.frame.drop_to(height, self.code.here());
            return;
        }
        self.each_row_needed(query, &mut |s| s.branch(condition, false, wrong));
        self.code.set(0, 1);
        self.code.jump(Jump::Always, end);
        self.code.place(wrong);
        self.code.set(0, 0);
        self.code.place(end);
    }

    /// `first Q` and `only Q`.
    pub(super) fn pick(&mut self, query: &Query, is_first: bool) {
        let of = self.row_type(query);
        if is_first && self.first_needed(query, &of) {
            return;
        }
        self.query(query, &of);
        self.at(query.span);
        let end = self.code.label();
        if is_first {
            self.code.load_half(1, 0, 8);
            let some = self.code.label();
            self.code.jump(Jump::IfNotZero(1), some);
            self.code.set(0, 0);
            self.code.jump(Jump::Always, end);
            self.code.place(some);
            self.code.load(0, 0, palindrome_vm::runtime::HEAD);
            self.wrap(&of);
        } else {
            self.only_element();
        }
        self.code.place(end);
    }

    /// The only element of the list in R0, which is there once.
    pub(super) fn only_element(&mut self) {
        self.code.load_half(1, 0, 8);
        self.fault_if(Jump::IfZero(1), "`only` found no row");
        self.code.push(Instruction::CmpImm { src: 1, value: 1 });
        self.fault_if(Jump::NotEqual, "`only` found more than one row");
        self.code.load(0, 0, palindrome_vm::runtime::HEAD);
    }
}

/// The parts of a condition all of which have to hold.
pub(super) fn conjuncts<'e>(of: &'e Expression, found: &mut Vec<&'e Expression>) {
    let mut waiting = vec![of];
    while let Some(next) = waiting.pop() {
        match &next.kind {
            ExpressionKind::Binary(BinaryOp::And, one, other) => waiting.extend([&**other, &**one]),
            _ => found.push(next),
        }
    }
}

/// The place of a column, if an expression is that of the first row of `later`.
fn own_column(of: &Expression, relation: &Relation, later: &[LocalId]) -> Option<usize> {
    let ExpressionKind::Field(base, name) = &of.kind else { return None };
    let ExpressionKind::Local(id) = base.kind else { return None };
    let is_own = later.first() == Some(&id);
    let place = sorted(relation).iter().position(|field| field.name == *name)?;
    is_own.then_some(place)
}

/// A condition that a column of a relation has words that are known before its rows are.
fn words_on_column<'e>(
    condition: &'e Expression,
    relation: &Relation,
    (later, may_fail): (&[LocalId], bool),
) -> Option<(usize, &'e Expression)> {
    let (text, words) = asked_words(condition)?;
    let is_known = is_known(words, later) || may_fail && is_independent(words, later);
    Some((own_column(text, relation, later).filter(|_| is_known)?, words))
}

/// Whether an expression can neither fail nor need the rows of `later`.
pub(super) fn is_known(of: &Expression, later: &[LocalId]) -> bool {
    match &of.kind {
        ExpressionKind::Literal(_) => true,
        ExpressionKind::Local(id) => !later.contains(id),
        // It fails if it has no value yet, wherever it is asked for.
        ExpressionKind::Global(_) => true,
        ExpressionKind::Present(inner) => is_known(inner, later),
        ExpressionKind::Field(base, _) => {
            matches!(base.of, Type::Record(_)) && is_known(base, later)
        }
        // Only by 0 it fails, and by -1 where the quotient is too large.
        ExpressionKind::Binary(BinaryOp::Divide | BinaryOp::Remainder, one, by) => {
            is_positive(by) && is_known(one, later)
        }
        _ => false,
    }
}

/// Whether this is a whole number above 0 that is written out.
pub(super) fn is_positive(of: &Expression) -> bool {
    matches!(of.kind, ExpressionKind::Literal(Literal::Int(number)) if number > 0)
}

/// Whether an expression needs no rows of `later`.
fn is_independent(of: &Expression, later: &[LocalId]) -> bool {
    let mut is_independent = true;
    walk(of, &mut |one| {
        is_independent &= match &one.kind {
            ExpressionKind::Local(id) => !later.contains(id),
            ExpressionKind::Aggregate(_) => false,
            _ => true,
        };
    });
    is_independent
}

pub(super) fn is_record(of: &Type) -> bool {
    matches!(of, Type::Record(_))
}
