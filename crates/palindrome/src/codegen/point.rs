//! The row with a key: where a query asks for no more than one field of it, or an update changes one,
//! the store is asked for single fields, and neither list nor record is made.

use std::collections::BTreeSet;
use std::rc::Rc;

use palindrome_vm::Instruction;
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot};
use super::layout::as_word;
use super::query::{conjuncts, is_positive};
use super::relation::sorted;
use crate::hir::{
    BinaryOp, Callee, Expression, ExpressionKind, Join, Literal, LocalId, Query, Relation,
    RelationId, RelationKind, walk,
};
use crate::types::{BuiltinId, Type};

/// The row of a relation with a key: what each part of the key is, in the order in which they are
/// computed, and which part that is.
struct Point<'q> {
    relation: RelationId,
    key: Vec<(usize, &'q Expression)>,
}

/// When a row is read.
#[derive(Clone, Copy)]
pub(super) enum When {
    Now,
    /// At the moment whose number is there.
    At(Slot),
    /// At the moment with the name that is the text there, which is written here.
    Named(i64, Span),
}

/// The name of the checkpoint that a moment is, if it is written out.
fn named(moment: &Expression) -> Option<&str> {
    let ExpressionKind::Call(Callee::Builtin(id), arguments) = &moment.kind else { return None };
    let [name] = arguments.as_slice() else { return None };
    match &name.kind {
        ExpressionKind::Literal(Literal::String(name)) if id.name() == BuiltinId::CHECKPOINT => {
            Some(name)
        }
        _ => None,
    }
}

impl Codegen<'_> {
    /// The row that a query asks for by its key alone, if it does.
    fn point_of<'q>(&self, query: &'q Query) -> Option<Point<'q>> {
        let [source] = &*query.sources else { return None };
        let ExpressionKind::Relation(id) = source.rows.kind else { return None };
        let relation = self.program.relations.get(id.index())?;
        if !matches!(relation.kind, RelationKind::Stored)
            || !self.is_stored(id)
            || source.join != Join::Cross
            || !self.is_all_planned(query)
            || self.explains.is_some()
        {
            return None;
        }
        let mut conditions = Vec::new();
        conjuncts(query.filter.as_ref()?, &mut conditions);
        let columns = sorted(relation);
        let fields = relation.fields.iter().filter(|field| field.is_key);
        let fields: Vec<&str> = fields.map(|field| &*field.name).collect();
        let mut key = Vec::new();
        for (place, condition) in conditions.into_iter().enumerate() {
            let (column, how, value) =
                self.on_column(condition, relation, (&[source.row], place == 0))?;
            let name = columns.get(column).map(|field| &*field.name)?;
            let part = fields.iter().position(|field| *field == name)?;
            let is_new = key.iter().all(|(known, _)| *known != part);
            if how != relational::Comparison::Equal || !is_new {
                return None;
            }
            key.push((part, value));
        }
        let is_whole = !key.is_empty() && key.len() == fields.len();
        is_whole.then_some(Point { relation: id, key })
    }

    /// Computes the key of a row; the first of its words in the frame.
    fn lay_key(&mut self, point: &Point<'_>) -> Slot {
        if self.needs_rules(point.relation) {
            self.refresh();
        }
        let mut words = Vec::new();
        for (part, value) in &point.key {
            let slot = if only_overflows(value) {
                self.value(value);
                self.save(0)
            } else {
                self.value_for_rows(point.relation, value)
            };
            words.push((*part, slot));
        }
        let first = words.first().map_or(Slot(0), |(_, slot)| *slot);
        let is_laid = (first.0..).zip(&words).zip(0..);
        if is_laid.into_iter().all(|((at, (part, slot)), place)| slot.0 == at && *part == place) {
            return first;
        }
        words.sort_unstable_by_key(|(part, _)| *part);
        let own: Vec<Slot> = words.iter().map(|_| self.frame.slot()).collect();
        for ((_, from), to) in words.iter().zip(&own) {
            self.restore(*from, 0);
            self.code.store(0, FRAME, to.offset());
        }
        own.first().copied().unwrap_or(first)
    }

    /// Reads a field of the row with a key: where it is, and in R0 whether there is such a row.
    fn row_field(&mut self, id: RelationId, key: Slot, field: usize, when: When) -> Slot {
        let into = self.frame.slot();
        self.relation_number(id, 1);
        for (dst, slot) in [(2, key), (4, into)] {
            self.code.push(Instruction::IAddImm { dst, src: FRAME, value: slot.offset() });
        }
        self.code.set(3, as_word(field));
        match when {
            When::Now => self.call_runtime("row_field"),
            When::At(moment) => {
                self.restore(moment, 5);
                self.call_runtime("row_field_at");
            }
            When::Named(name, span) => {
                self.at(span);
                self.code.set(5, name);
                self.call_runtime("row_field_named");
            }
        }
        into
    }

    /// `(only Q).f` of a row by its key; false if it is not so.
    pub(super) fn only_field(
        &mut self,
        query: &Query,
        (field, span): (usize, Span),
        when: When,
    ) -> bool {
        let Some(point) = self.point_of(query) else { return false };
        let height = self.frame.height;
        self.at(span);
        let key = self.lay_key(&point);
        let into = self.row_field(point.relation, key, field, when);
        self.at(query.span);
        self.fault_if(Jump::IfZero(0), "`only` found no row");
        self.restore(into, 0);
        self.frame.drop_to(height, self.code.here());
        true
    }

    /// `((only Q).f) at T` of a row by its key, where nothing but the row depends on the moment: the
    /// row is read there, and the data stay as they are. False if it is not so.
    pub(super) fn only_field_at(&mut self, inner: &Expression, moment: &Expression) -> bool {
        let ExpressionKind::Field(base, name) = &inner.kind else { return false };
        let ExpressionKind::Only(query) = &base.kind else { return false };
        let Some((field, span)) = self.only_source(query, name) else { return false };
        let Some(point) = self.point_of(query) else { return false };
        let is_timeless = point.key.iter().all(|(_, value)| {
            let mut is_timeless = true;
            walk(value, &mut |one| {
                is_timeless &= matches!(
                    one.kind,
                    ExpressionKind::Literal(_)
                        | ExpressionKind::Local(_)
                        | ExpressionKind::Field(..)
                        | ExpressionKind::Unary(..)
                        | ExpressionKind::Binary(..)
                );
            });
            is_timeless
        });
        if !is_timeless || self.needs_rules(point.relation) {
            return false;
        }
        let height = self.frame.height;
        let when = if let Some(name) = named(moment) {
            When::Named(self.data.text(name.as_bytes()), moment.span)
        } else {
            self.moment(moment);
            When::At(self.save(0))
        };
        let is_done = self.only_field(query, (field, span), when);
        self.frame.drop_to(height, self.code.here());
        is_done
    }

    /// `update R.f = … where` a key is something: what its value needs of the row is read, and the field
    /// is written. False if it is no such update.
    pub(super) fn update_point(
        &mut self,
        (id, name): (RelationId, &str),
        value: &Expression,
        query: &Query,
        at: Span,
    ) -> bool {
        let Some(point) = self.point_of(query) else { return false };
        let Some(relation) = self.program.relations.get(id.index()) else { return false };
        let is_key = relation.fields.iter().any(|field| field.is_key && &*field.name == name);
        if point.relation != id || self.is_watched(id) || is_key {
            return false;
        }
        let Some(source) = query.sources.first() else { return false };
        let Some(field) = place_of(relation, name) else { return false };
        if let Some((function, by)) = step_of(value, source.row, name) {
            let place = (&point, source.rows.span, field);
            self.step_point(place, (function, by), value, at);
            return true;
        }
        let Some(mut needed) = columns_of(relation, value, source.row) else { return false };
        let is_plain = matches!(value.kind, ExpressionKind::Literal(_) | ExpressionKind::Local(_));
        if needed.is_empty() && !is_plain {
            // The value is computed only where there is a row.
            needed.insert(Rc::from(name));
        }
        let height = self.frame.height;
        let end = self.code.label();
        self.at(source.rows.span);
        let key = self.lay_key(&point);
        for name in needed {
            let Some(place) = place_of(relation, &name) else { continue };
            let into = self.row_field(id, key, place, When::Now);
            self.code.jump(Jump::IfZero(0), end);
            self.frame.columns.insert((source.row, name), into);
        }
        self.value(value);
        self.has_changed(id);
        self.at(at);
        self.code.copy(4, 0);
        self.relation_number(id, 1);
        self.code.push(Instruction::IAddImm { dst: 2, src: FRAME, value: key.offset() });
        self.code.set(3, as_word(field));
        self.call_runtime("row_set");
        self.code.place(end);
        self.frame.columns.clear();
        self.frame.drop_to(height, self.code.here());
        true
    }
}

impl Codegen<'_> {
    /// Has the store add to a field of the row with a key.
    fn step_point(
        &mut self,
        (point, source, field): (&Point<'_>, Span, usize),
        (function, by): (Step, &Expression),
        value: &Expression,
        at: Span,
    ) {
        let height = self.frame.height;
        let end = self.code.label();
        self.at(source);
        let key = self.lay_key(point);
        self.value(by);
        self.code.copy(4, 0);
        self.at(at);
        self.relation_number(point.relation, 1);
        self.code.push(Instruction::IAddImm { dst: 2, src: FRAME, value: key.offset() });
        self.code.set(3, as_word(field));
        self.call_runtime(function.name());
        self.at(value.span);
        self.code.push(Instruction::CmpImm { src: 0, value: 0 });
        self.fault_if(Jump::Less, function.fault());
        self.code.jump(Jump::IfZero(0), end);
        self.has_changed(point.relation);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }
}

/// What the store does with a number by itself.
#[derive(Clone, Copy)]
enum Step {
    Add,
    Subtract,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Add => "row_add",
            Self::Subtract => "row_subtract",
        }
    }

    const fn fault(self) -> &'static str {
        match self {
            Self::Add => "the sum does not fit into 64 bits",
            Self::Subtract => "the difference does not fit into 64 bits",
        }
    }
}

/// Whether the value of a field of a row is that field and a number more or less, which comes from
/// nowhere else and costs nothing where there is no row.
fn step_of<'v>(value: &'v Expression, row: LocalId, name: &str) -> Option<(Step, &'v Expression)> {
    let ExpressionKind::Binary(op, left, right) = &value.kind else { return None };
    let is_field = |it: &Expression| {
        matches!(&it.kind, ExpressionKind::Field(base, field)
            if &**field == name && base.kind == ExpressionKind::Local(row))
    };
    let is_number = |it: &Expression| {
        let is_plain = match it.kind {
            ExpressionKind::Literal(_) => true,
            ExpressionKind::Local(id) => id != row,
            _ => false,
        };
        is_plain && it.of == Type::INT
    };
    if value.of != Type::INT {
        return None;
    }
    match op {
        BinaryOp::Add if is_field(left) && is_number(right) => Some((Step::Add, right)),
        BinaryOp::Add if is_number(left) && is_field(right) => Some((Step::Add, left)),
        BinaryOp::Subtract if is_field(left) && is_number(right) => Some((Step::Subtract, right)),
        _ => None,
    }
}

/// Whether the worst that an expression can do is to become too large. Such a one is computed also where
/// there are no rows to compare it with, as asking for that takes longer.
fn only_overflows(of: &Expression) -> bool {
    let mut is_so = true;
    walk(of, &mut |one| {
        is_so &= match &one.kind {
            ExpressionKind::Binary(op, _, by) => match op {
                BinaryOp::Divide | BinaryOp::Remainder => is_positive(by),
                _ => true,
            },
            ExpressionKind::Literal(_)
            | ExpressionKind::Local(_)
            | ExpressionKind::Global(_)
            | ExpressionKind::Field(..)
            | ExpressionKind::Present(_)
            | ExpressionKind::None
            | ExpressionKind::Unary(..) => true,
            _ => false,
        };
    });
    is_so
}

/// The place of a field among the columns.
fn place_of(relation: &Relation, name: &str) -> Option<usize> {
    sorted(relation).iter().position(|field| &*field.name == name)
}

/// The columns that an expression reads of a row, if it has no other use for it, and no code of its own
/// in which the row would be looked for.
fn columns_of(relation: &Relation, of: &Expression, row: LocalId) -> Option<BTreeSet<Rc<str>>> {
    let (mut found, mut uses, mut reads, mut is_simple) = (BTreeSet::new(), 0, 0, true);
    walk(of, &mut |one| match &one.kind {
        ExpressionKind::Local(id) if *id == row => uses += 1,
        ExpressionKind::Field(base, name) if base.kind == ExpressionKind::Local(row) => {
            reads += 1;
            found.insert(Rc::clone(name));
        }
        ExpressionKind::Literal(_)
        | ExpressionKind::Local(_)
        | ExpressionKind::Global(_)
        | ExpressionKind::Field(..)
        | ExpressionKind::Present(_)
        | ExpressionKind::None
        | ExpressionKind::Unary(..)
        | ExpressionKind::Binary(..)
        | ExpressionKind::Coalesce(..)
        | ExpressionKind::If(..)
        | ExpressionKind::Text(_)
        | ExpressionKind::Call(Callee::Builtin(_), _) => {}
        _ => is_simple = false,
    });
    let is_known = found.iter().all(|name| place_of(relation, name).is_some());
    (is_simple && uses == reads && is_known).then_some(found)
}
