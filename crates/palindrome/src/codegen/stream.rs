//! Queries whose rows are taken from the store a page at a time, as somebody wants them: by `for`, and by
//! what may stop before the last row (`exists`, `for all`, `first`). Only one page is there at once, if
//! nothing keeps what a round makes.
//!
//! A loop goes over the rows as they were when it began. If its body changes the relation, the data of then
//! are kept, and each page is taken from them. If it changes what else the query reads, it gets a list of all
//! rows before.

use palindrome_vm::Instruction;
use palindrome_vm::layout::OBJECTS;
use palindrome_vm::runtime::HEAD;
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Slot, ZERO};
use super::query::is_record;
use crate::hir::{
    Block, Expression, ExpressionKind, Join, LocalId, Pattern, Query, Relation, RelationId, Source,
};
use crate::types::Type;

/// Where the tag of a list lies.
const TAG: i64 = HEAD - 4;

/// What is done for each row.
type Body<'b, 'a> = &'b mut dyn FnMut(&mut Codegen<'a>);

/// How pages are taken.
#[derive(Clone, Copy)]
struct Pages {
    /// Whether nothing keeps what a round makes.
    is_released: bool,
    /// The number of the data that they are taken from, if those are not the present ones.
    from: Option<Slot>,
}

/// The rows that a plan finds in a relation.
struct Plan<'a> {
    relation: &'a Relation,
    query: relational::Query,
    parameters: Vec<(Slot, Type)>,
}

impl<'a> Codegen<'a> {
    /// `for` over a relation or a query. False if the rows have to be there before the loop.
    pub(super) fn for_pages(&mut self, pattern: &Pattern, rows: &Expression, body: &Block) -> bool {
        if self.frame.state.is_some() || self.explains.is_some() {
            return false;
        }
        let query = match &rows.kind {
            ExpressionKind::Relation(id) if self.is_stored(*id) => None,
            ExpressionKind::Query(query) if self.is_paged(within(query)) => Some(within(query)),
            _ => return false,
        };
        let writes = self.writes(body);
        let is_disturbed = self.is_disturbed(std::iter::once(rows), &writes);
        let only = match (query, &rows.kind) {
            (None, ExpressionKind::Relation(id)) => Some(*id),
            (Some(query), _) if !self.is_disturbed(beside(query), &writes) => {
                self.only_relation(query)
            }
            _ => None,
        };
        if is_disturbed && (writes.is_all() || only.is_none()) {
            return false;
        }
        let height = self.frame.height;
        let from = only.filter(|_| is_disturbed).map(|id| {
            self.at(rows.span);
            if self.needs_rules(id) {
                self.refresh();
            }
            self.code.push(Instruction::KeepData { dst: 0 });
            self.save(0)
        });
        let pages = Pages { is_released: !self.keeps_rounds(&[rows], pattern, body), from };
        let behind = self.code.label();
        let mut round = |s: &mut Self| {
            let next = s.code.label();
            s.at(pattern.span);
            s.bind(pattern);
            s.begin_loop_to(behind, next);
            s.block(body);
            s.end_loop();
            s.code.place(next);
        };
        match (query, &rows.kind) {
            (Some(query), _) => {
                let of = self.row_type(query);
                self.pass(query, 0, pages, &mut |s| {
                    s.row(query, &of);
                    round(s);
                });
            }
            (None, ExpressionKind::Relation(id)) => {
                if self.needs_rules(*id) {
                    self.refresh();
                }
                if let Some(relation) = self.program.relations.get(id.index()) {
                    let query = relational::Query::Relation(relational::RelationId::new(0));
                    let plan = Plan { relation, query, parameters: Vec::new() };
                    self.each_of_pages(&plan, rows.span, pages, &mut round);
                }
            }
            (None, _) => {}
        }
        self.code.place(behind);
        if let Some(from) = from {
            self.restore(from, 0);
            self.code.push(Instruction::DropData { src: 0 });
        }
        self.frame.drop_to(height, self.code.here());
        true
    }

    /// Code for each combination of rows that the conditions let through, of which not all may be wanted.
    pub(super) fn each_row_needed(&mut self, query: &Query, body: Body<'_, 'a>) {
        if self.frame.state.is_some() || self.explains.is_some() {
            return self.each_row(query, body);
        }
        let height = self.frame.height;
        self.pass(query, 0, Pages { is_released: false, from: None }, body);
        self.frame.drop_to(height, self.code.here());
    }

    /// `first Q` of rows that come in no order of their own, in R0. False if it is not so.
    pub(super) fn first_needed(&mut self, query: &Query, of: &Type) -> bool {
        let query = within(query);
        if !self.is_stopped_early(query) {
            return false;
        }
        let (found, end) = (self.code.label(), self.code.label());
        self.each_row_needed(query, &mut |s| {
            s.row(query, of);
            s.code.jump(Jump::Always, found);
        });
        self.code.set(0, 0);
        self.code.jump(Jump::Always, end);
        self.code.place(found);
        self.wrap(of);
        self.code.place(end);
        true
    }

    /// Whether a function holds for all rows of such a query, in R0.
    pub(super) fn for_all_needed(&mut self, query: &Query, condition: &Expression) {
        let height = self.frame.height;
        let (wrong, end) = (self.code.label(), self.code.label());
        self.value(condition);
        let function = self.save(0);
        let of = self.row_type(query);
        self.each_row_needed(query, &mut |s| {
            s.row(query, &of);
            s.apply_to(function);
            s.code.jump(Jump::IfZero(0), wrong);
        });
        self.code.set(0, 1);
        self.code.jump(Jump::Always, end);
        self.code.place(wrong);
        self.code.set(0, 0);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Whether some rows of a query can be known before all are.
    pub(super) fn is_stopped_early(&self, query: &Query) -> bool {
        let is_plain = query.order.is_empty() && query.limit.is_none() && !query.is_grouped;
        is_plain && query.sources.first().is_some_and(|one| self.paged(one).is_some())
    }

    /// Whether rows of a query are what is found in its sources one after the other: they are not put in
    /// an order, grouped or cut, and none comes twice.
    fn is_paged(&self, query: &Query) -> bool {
        if !self.is_stopped_early(query) {
            return false;
        }
        if query.columns.is_empty() || !is_record(&self.row_type(query)) {
            return true;
        }
        // Each row tells from which rows it is.
        query.sources.iter().all(|source| {
            let ExpressionKind::Relation(id) = source.rows.kind else { return false };
            let Some(relation) = self.program.relations.get(id.index()) else { return false };
            let has_key = relation.fields.iter().any(|field| field.is_key);
            let mut key = relation.fields.iter().filter(|field| field.is_key || !has_key);
            self.paged(source).is_some()
                && key.all(|field| {
                    query
                        .columns
                        .iter()
                        .any(|column| is_field(&column.value, source.row, &field.name))
                })
        })
    }

    /// The relation that a source is, if its rows can be had a page at a time.
    fn paged(&self, source: &Source) -> Option<RelationId> {
        let ExpressionKind::Relation(id) = source.rows.kind else { return None };
        (!matches!(source.join, Join::Left(_)) && self.is_stored(id)).then_some(id)
    }

    /// The relation that a query is of, if it is of one.
    fn only_relation(&self, query: &Query) -> Option<RelationId> {
        let [source] = query.sources.as_slice() else { return None };
        self.paged(source)
    }

    /// Sources from one on, outermost first, then the conditions and the body.
    fn pass(&mut self, query: &Query, depth: usize, pages: Pages, body: Body<'_, 'a>) {
        let found = query.sources.get(depth).and_then(|source| {
            let id = self.paged(source)?;
            Some((source, id, self.program.relations.get(id.index())?))
        });
        let Some((source, id, relation)) = found else { return self.nest(query, depth, body) };
        self.at(source.rows.span);
        if self.needs_rules(id) {
            self.refresh();
        }
        let (planned, parameters) = self.restricted(query, depth, id);
        let plan = Plan { relation, query: planned, parameters };
        self.each_of_pages(&plan, source.rows.span, pages, &mut |s| {
            let row = s.frame.variable(source.row, s.code.here() + 1);
            s.code.store(0, FRAME, row.offset());
            let skip = s.code.label();
            if let Join::Inner(Some(on)) = &source.join {
                s.branch(on, false, skip);
            }
            s.pass(query, depth + 1, pages, body);
            s.code.place(skip);
        });
    }

    /// Code for each row that a plan finds, which is in R0.
    fn each_of_pages(&mut self, plan: &Plan<'_>, at: Span, pages: Pages, body: Body<'_, 'a>) {
        let Pages { is_released, from } = pages;
        let (next_page, again, behind) = (self.code.label(), self.code.label(), self.code.label());
        self.at(at);
        let heap = is_released.then(|| {
            self.code.load(0, ZERO, OBJECTS.start);
            self.save(0)
        });
        self.code.set(0, 0);
        let page = self.save(0);
        let index = self.save(0);
        let within = is_released.then(|| self.save(0));
        let present = from.map(|_| self.frame.slot());
        let height = self.frame.height;
        self.code.place(next_page);
        if let Some((from, present)) = from.zip(present) {
            self.code.push(Instruction::KeepData { dst: 0 });
            self.code.store(0, FRAME, present.offset());
            self.restore(from, 0);
            self.code.push(Instruction::PutData { src: 0 });
        }
        self.restore(page, 3);
        match heap {
            Some(heap) => self.restore(heap, 4),
            None => self.code.set(4, -1),
        }
        self.planned_by("query_page", plan.relation, &plan.query, &plan.parameters);
        self.code.store(0, FRAME, page.offset());
        if let Some(present) = present {
            self.restore(present, 0);
            self.code.push(Instruction::PutData { src: 0 });
            self.code.push(Instruction::DropData { src: 0 });
        }
        self.code.set(0, 0);
        self.code.store(0, FRAME, index.offset());
        if let Some(within) = within {
            self.code.load(0, ZERO, OBJECTS.start);
            self.code.store(0, FRAME, within.offset());
        }
        self.code.place(again);
        self.restore(page, 0);
        self.restore(index, 1);
        self.code.load_half(2, 0, HEAD - 8);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::GreaterOrEqual, behind);
        self.element_at(0, 1);
        body(self);
        self.frame.drop_to(height, self.code.here());
        self.at(at);
        if let Some(within) = within {
            self.give_back(within);
        }
        self.next(index);
        self.code.jump(Jump::Always, again);
        self.code.place(behind);
        self.code.load_half(1, 0, TAG);
        self.code.jump(Jump::IfNotZero(1), next_page);
    }
}

/// What a query reads beside its sources.
fn beside(query: &Query) -> impl Iterator<Item = &Expression> {
    query.filter.iter().chain(query.columns.iter().map(|one| &one.value))
}

/// The query that is all there is to another one, as in `first (R where c)`.
pub(super) fn within(mut query: &Query) -> &Query {
    while let [Source { rows, join: Join::Cross, .. }] = &*query.sources
        && let ExpressionKind::Query(inner) = &rows.kind
        && query.filter.is_none()
        && query.columns.is_empty()
        && query.order.is_empty()
        && query.limit.is_none()
        && !query.is_grouped
    {
        query = inner;
    }
    query
}

/// Whether an expression is a field of a source's row.
fn is_field(of: &Expression, row: LocalId, name: &str) -> bool {
    let ExpressionKind::Field(base, field) = &of.kind else { return false };
    base.kind == ExpressionKind::Local(row) && &**field == name
}
