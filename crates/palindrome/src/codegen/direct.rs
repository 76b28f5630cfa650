//! Rows straight from the store: where a plan says all that a query asks for, no code looks at each row
//! again, and what only a call of the store reads is laid in the frame, not on the heap.

use std::rc::Rc;

use palindrome_vm::Instruction;
use palindrome_vm::runtime::{COUNT_CONSTANT, KIND_RECORD, head_word};
use relational::Expr;
use source::Span;

use super::Codegen;
use super::frame::{FRAME, Slot};
use super::layout::{as_word, places};
use super::object::record_parts;
use super::point::When;
use super::query::conjuncts;
use super::relation::{sorted, stored};
use crate::hir::{BinaryOp, Expression, ExpressionKind, Join, Query, Relation, RelationId};
use crate::types::Type;

impl Codegen<'_> {
    /// A record of values from the frame, there, too: its position, into a register. It is good for a
    /// call that only reads it. R0 stays; the register and `spare` are used.
    pub(super) fn frame_record(&mut self, parts: &[(Slot, Type)], into: u8, spare: u8) {
        let types: Vec<Type> = parts.iter().map(|(_, of)| of.clone()).collect();
        let Some((head, words)) = self.begin_record(&types, spare) else { return };
        for ((from, _), word) in parts.iter().zip(words) {
            self.restore(*from, spare);
            self.code.store(spare, FRAME, word.offset());
        }
        let value = head.offset();
        self.code.push(Instruction::IAddImm { dst: into, src: FRAME, value });
    }

    /// The head of a record in the frame, and where the values of its parts are to be put.
    fn begin_record(&mut self, types: &[Type], spare: u8) -> Option<(Slot, Vec<Slot>)> {
        let (all, references) = places(types);
        let own: Vec<Slot> = (0..types.len() + 2).map(|_| self.frame.slot()).collect();
        let [head, length, words @ ..] = own.as_slice() else { return None };
        let references = u16::try_from(references).unwrap_or(u16::MAX);
        let first = head_word(KIND_RECORD, references, COUNT_CONSTANT).cast_signed();
        for (slot, word) in [(head, first), (length, as_word(types.len()))] {
            self.code.set(spare, word);
            self.code.store(spare, FRAME, slot.offset());
        }
        let word = |place: i64| usize::try_from(place).ok().and_then(|place| words.get(place));
        let words = all.into_iter().map(|place| word(place).copied());
        Some((*head, words.collect::<Option<_>>()?))
    }

    /// The rows of a query as a list in R0, if they are those of a plan as they are.
    pub(super) fn direct_rows(&mut self, query: &Query) -> bool {
        let Some((_, span)) = self.direct_source(query) else { return false };
        self.at(span);
        self.source(query, 0, None);
        true
    }

    /// `(only Q).f`: of the row only that column is asked for. False if it is not so.
    pub(super) fn only_column(&mut self, query: &Query, name: &str) -> bool {
        let Some((place, span)) = self.only_source(query, name) else { return false };
        if self.only_field(query, (place, span), When::Now) {
            return true;
        }
        self.at(span);
        self.source(query, 0, Some(place));
        self.at(query.span);
        self.only_element();
        true
    }

    /// The place of a column of the rows that a query gives as a plan finds them, and where they are
    /// named.
    pub(super) fn only_source(&self, query: &Query, name: &str) -> Option<(usize, Span)> {
        let (id, span) = self.direct_source(query)?;
        let relation = self.program.relations.get(id.index())?;
        let place = sorted(relation).iter().position(|field| &*field.name == name)?;
        Some((place, span))
    }

    /// One column of the rows that a plan finds, as a list in R0; parameters lie in slots.
    pub(super) fn planned_column(
        &mut self,
        relation: &Relation,
        query: relational::Query,
        parameters: &[(Slot, Type)],
        place: usize,
    ) {
        let unions = &self.program.unions;
        let column = sorted(relation).get(place).and_then(|field| stored(&field.of, unions, 0));
        let types = parameters.iter().filter_map(|(_, of)| stored(of, unions, 0));
        let signature = relational::Signature {
            relations: vec![relation.name.to_string()],
            parameters: types.collect(),
            columns: column.into_iter().collect(),
        };
        let query = relational::Query::Project(Box::new(query), vec![Expr::Field(place)]);
        self.ask_store(&signature.to_bytes(&query), parameters, "query_values");
    }

    /// The relation whose rows a query gives as a plan finds them.
    fn direct_source(&self, query: &Query) -> Option<(RelationId, Span)> {
        let is_plain = query.columns.is_empty()
            && query.order.is_empty()
            && query.limit.is_none()
            && !query.is_grouped;
        let [source] = &*query.sources else { return None };
        let ExpressionKind::Relation(id) = source.rows.kind else { return None };
        let is_direct = is_plain
            && source.join == Join::Cross
            && self.is_stored(id)
            && self.is_all_planned(query);
        is_direct.then_some((id, source.rows.span))
    }

    /// Whether a plan can be told all conditions of a query of one relation, and means the same by them.
    pub(super) fn is_all_planned(&self, query: &Query) -> bool {
        let [source] = &*query.sources else { return false };
        let ExpressionKind::Relation(id) = source.rows.kind else { return false };
        let Some(relation) = self.program.relations.get(id.index()) else { return false };
        let mut conditions = Vec::new();
        if let Some(filter) = &query.filter {
            conjuncts(filter, &mut conditions);
        }
        conditions.into_iter().enumerate().all(|(place, condition)| {
            let ExpressionKind::Binary(op, one, _) = &condition.kind else { return false };
            let is_equality = *op == BinaryOp::Equal;
            self.on_column(condition, relation, (&[source.row], place == 0)).is_some()
                && self.is_compared_alike(&self.of(&one.of), is_equality)
        })
    }

    /// How many rows a relation has, in R0, if the store knows that.
    pub(super) fn count_direct(&mut self, arguments: &[Expression], of: &Expression) -> bool {
        let [rows] = arguments else { return false };
        let ExpressionKind::Relation(id) = rows.kind else { return false };
        if !self.is_stored(id) {
            return false;
        }
        if self.needs_rules(id) {
            self.refresh();
        }
        self.at(of.span);
        self.relation_number(id, 1);
        self.call_runtime("relation_count");
        true
    }

    /// `R += { … }`: the words of the row are laid in the frame, if nobody else looks at it. False if it
    /// is not so.
    pub(super) fn insert_direct(&mut self, into: RelationId, row: &Expression, name: &str) -> bool {
        let ExpressionKind::Record(fields) = &row.kind else { return false };
        let Some(order) = self.words_order(into, fields) else { return false };
        let height = self.frame.height;
        let words: Vec<Slot> = order.iter().map(|_| self.frame.slot()).collect();
        let Some(first) = words.first().copied() else { return false };
        for (place, (_, value)) in fields.iter().enumerate() {
            self.value(value);
            let word = order.iter().position(|from| *from == place);
            if let Some(slot) = word.and_then(|word| words.get(word)) {
                self.code.store(0, FRAME, slot.offset());
            }
        }
        self.at(row.span);
        self.code.push(Instruction::IAddImm { dst: 2, src: FRAME, value: first.offset() });
        self.relation_number(into, 1);
        self.call_runtime(name);
        self.frame.drop_to(height, self.code.here());
        true
    }

    /// Which of the fields of a row that is written out comes first in the relation, which next, and so
    /// on; nothing if it does not say all, or if the row goes through somebody's hands.
    fn words_order(
        &self,
        into: RelationId,
        fields: &[(Rc<str>, Expression)],
    ) -> Option<Vec<usize>> {
        if self.is_watched(into) || !self.has_own_rows(into) {
            return None;
        }
        let parts = record_parts(&Type::record(self.program.relations.get(into.index())?.row()));
        if fields.len() != parts.len() {
            return None;
        }
        let place = |(part, _): &(Rc<str>, Type)| fields.iter().position(|(name, _)| name == part);
        parts.iter().map(place).collect()
    }

    /// Whether a row is inserted so, and only its values may lie on the heap.
    pub(super) fn is_laid_in_frame(&self, into: RelationId, row: &Expression) -> bool {
        let ExpressionKind::Record(fields) = &row.kind else { return false };
        self.words_order(into, fields).is_some()
    }
}
