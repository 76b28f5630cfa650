//! Queries whose rows are put together: combinations of rows are kept with what they are grouped by,
//! sorted by that, and each stretch of equal ones becomes a row.

use std::rc::Rc;

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot};
use super::layout::as_word;
use super::query::Growing;
use crate::hir::{Aggregate, Expression, ExpressionKind, Query, walk};
use crate::types::Type;

impl Codegen<'_> {
    pub(super) fn grouped(
        &mut self,
        query: &Query,
        of: &Type,
        rows: Growing,
        keys: &[(Growing, Type)],
    ) {
        let combinations = self.growing(of);
        // Combinations are references, whatever the rows of the query are.
        self.code.set(1, 0);
        self.call_runtime("references_new");
        self.code.store(0, FRAME, combinations.list.offset());
        let key_type = self.key_type(query);
        let groups = self.growing(&key_type);
        self.each_row(query, &mut |s| {
            s.combination(query);
            s.add(combinations);
            s.key(query, &key_type);
            s.add(groups);
        });
        self.cut(combinations);
        self.cut(groups);
        if !query.groups.is_empty() {
            let description = self.description(&key_type);
            for list in [combinations.list, groups.list] {
                self.restore(list, 1);
                self.restore(groups.list, 2);
                self.code.set(3, description);
                self.call_runtime("list_sort");
                self.code.store(0, FRAME, list.offset());
            }
        }
        self.code.set(0, 0);
        let from = self.save(0);
        let (again, end) = (self.code.label(), self.code.label());
        self.code.place(again);
        if !query.groups.is_empty() {
            self.restore(from, 0);
            self.restore(combinations.count, 1);
            self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
            self.code.jump(Jump::GreaterOrEqual, end);
        }
        let to = self.group_end(query, &key_type, (combinations, groups), from);
        self.group_row(query, of, (combinations.list, from, to), rows, keys);
        if !query.groups.is_empty() {
            self.restore(to, 0);
            self.code.store(0, FRAME, from.offset());
            self.code.jump(Jump::Always, again);
        }
        self.code.place(end);
    }

    fn key_type(&self, query: &Query) -> Type {
        let field = |(place, column): (usize, &crate::hir::Column)| {
            (Rc::from(format!("{place}")), self.of(&column.value.of))
        };
        Type::record(query.groups.iter().enumerate().map(field).collect())
    }

    /// What the rows at hand are grouped by, in R0.
    fn key(&mut self, query: &Query, of: &Type) {
        let field = |(place, column): (usize, &crate::hir::Column)| {
            (Rc::from(format!("{place}")), column.value.clone())
        };
        let kind = ExpressionKind::Record(query.groups.iter().enumerate().map(field).collect());
        self.value(&Expression { kind, of: of.clone(), span: query.span });
    }

    /// The rows at hand together, in R0.
    fn combination(&mut self, query: &Query) {
        self.code.set(1, as_word(query.sources.len()));
        self.code.copy(2, 1);
        self.call_runtime("record_new");
        for (place, source) in (0_i64..).zip(&query.sources) {
            self.local(source.row, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
    }

    /// Makes the rows of a combination, whose index is in R1, those at hand.
    fn take_rows(&mut self, query: &Query, combinations: Slot) {
        self.restore(combinations, 0);
        self.element_at(0, 1);
        for (place, source) in (0_i64..).zip(&query.sources) {
            self.code.load(1, 0, HEAD + place * 8);
            if let Some(super::frame::Home::Slot(slot)) = self.frame.homes.get(&source.row) {
                let offset = slot.offset();
                self.code.store(1, FRAME, offset);
            }
        }
    }

    /// Where the group ends that begins at `from`.
    fn group_end(
        &mut self,
        query: &Query,
        key_type: &Type,
        (combinations, groups): (Growing, Growing),
        from: Slot,
    ) -> Slot {
        if query.groups.is_empty() {
            self.restore(combinations.count, 0);
            return self.save(0);
        }
        self.restore(from, 0);
        let to = self.save(0);
        let (again, end) = (self.code.label(), self.code.label());
        self.code.place(again);
        self.next(to);
        self.restore(combinations.count, 1);
        self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.restore(groups.list, 0);
        self.restore(from, 1);
        self.element_at(0, 1);
        self.restore(groups.list, 1);
        self.restore(to, 2);
        self.element_at(1, 2);
        self.order(key_type);
        self.code.jump(Jump::IfZero(0), again);
        self.code.place(end);
        to
    }

    fn group_row(
        &mut self,
        query: &Query,
        of: &Type,
        (combinations, from, to): (Slot, Slot, Slot),
        rows: Growing,
        keys: &[(Growing, Type)],
    ) {
        // The rows at hand lie in words of their own: those of the loops are in use no more.
        for source in &query.sources {
            let slot = self.frame.variable(source.row, self.code.here());
            self.code.set(0, 0);
            self.code.store(0, FRAME, slot.offset());
        }
        let mut wanted: Vec<Aggregate> = Vec::new();
        let columns = query.columns.iter().map(|column| &column.value);
        for one in columns.chain(query.order.iter().map(|key| &key.value)) {
            walk(one, &mut |inner| {
                if let ExpressionKind::Aggregate(aggregate) = &inner.kind
                    && !wanted.contains(aggregate)
                {
                    wanted.push(aggregate.clone());
                }
            });
        }
        let before = std::mem::take(&mut self.frame.aggregates);
        let mut found = Vec::new();
        for aggregate in wanted {
            self.aggregate(query, &aggregate, (combinations, from, to));
            let slot = self.save(0);
            found.push((aggregate, slot));
        }
        self.frame.aggregates = found;
        // Columns that are no aggregates are the same in all rows of the group.
        let empty = self.code.label();
        self.restore(from, 1);
        self.restore(to, 2);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::GreaterOrEqual, empty);
        self.take_rows(query, combinations);
        self.code.place(empty);
        self.row(query, of);
        self.add(rows);
        for (key, (list, _)) in query.order.iter().zip(keys) {
            self.value(&key.value);
            self.add(*list);
        }
        self.frame.aggregates = before;
    }

    /// One value of all rows of a group, in R0.
    fn aggregate(
        &mut self,
        query: &Query,
        aggregate: &Aggregate,
        (combinations, from, to): (Slot, Slot, Slot),
    ) {
        let value = match aggregate {
            Aggregate::Count => {
                self.restore(to, 0);
                self.restore(from, 1);
                self.code.push(Instruction::ISub { dst: 0, src1: 0, src2: 1 });
                return;
            }
            Aggregate::Sum(value)
            | Aggregate::Min(value)
            | Aggregate::Max(value)
            | Aggregate::Average(value)
            | Aggregate::Collect(value) => value,
        };
        let height = self.frame.height;
        let of = self.of(&value.of);
        let values = self.growing(&of);
        self.restore(from, 0);
        let index = self.save(0);
        let (again, end) = (self.code.label(), self.code.label());
        self.code.place(again);
        self.restore(index, 1);
        self.restore(to, 2);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.take_rows(query, combinations);
        self.value(value);
        self.add(values);
        self.next(index);
        self.code.jump(Jump::Always, again);
        self.code.place(end);
        self.cut(values);
        match aggregate {
            Aggregate::Sum(_) => self.sum_all(values.list, &of, value),
            Aggregate::Min(_) => self.extreme(values.list, &of, true),
            Aggregate::Max(_) => self.extreme(values.list, &of, false),
            Aggregate::Average(_) => self.average(values.list, &of, value),
            Aggregate::Collect(_) | Aggregate::Count => self.restore(values.list, 0),
        }
        let may_be_none = match aggregate {
            Aggregate::Min(_) | Aggregate::Max(_) => Some(&of),
            Aggregate::Average(_) if of == Type::INT => Some(&Type::FLOAT),
            Aggregate::Average(_) => Some(&of),
            Aggregate::Sum(_) | Aggregate::Collect(_) | Aggregate::Count => None,
        };
        if let Some(of) = may_be_none.filter(|_| !query.groups.is_empty()) {
            // A group has rows.
            self.unwrap(of, 0);
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// An aggregate that was computed before, in R0.
    pub(super) fn aggregated(&mut self, aggregate: &Aggregate, of: &Expression) {
        let known = self.frame.aggregates.iter().find(|(other, _)| other == aggregate);
        match known.map(|(_, slot)| *slot) {
            Some(slot) => self.restore(slot, 0),
            None => self.contradiction("an aggregate", of.span),
        }
    }
}
