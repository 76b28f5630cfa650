//! Contracts: which rows a transaction touched, and whether what has to hold of them does at its end.
//!
//! Statements note what they touch on the tape: for each relation that a contract is about, whether it
//! was touched, and keys of rows if looking at those is enough. A check is one call.

use std::collections::BTreeMap;

use palindrome_vm::runtime::HEAD;
use palindrome_vm::{Instruction, Value};

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{FRAME, Frame, Slot, Violated, ZERO};
use super::layout::{as_word, is_reference};
use crate::hir::{
    Block, Contract, Expression, ExpressionKind, Invariant, LocalId, Query, RelationId, Violation,
    walk,
};
use crate::types::Type;

/// Keys of touched rows that are noted; with more of them all rows are looked at.
const KEYS_MAX: i64 = 4096;
/// Rows that a message shows.
const SHOWN_MAX: i64 = 3;
/// Rows with their keys were touched.
const SOME: i64 = 1;
/// Any rows may have been touched.
pub(super) const ALL: i64 = 2;

/// The contracts of the program that is compiled.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    pub(super) watched: BTreeMap<RelationId, Watched>,
    /// Whether anything was touched, on the tape.
    pub(super) any: i64,
    /// Where all are checked, and for each where it is found what is wrong.
    pub(super) check: Option<Label>,
    each: Vec<Label>,
    /// Whether a handler can undo a transaction and let the program go on.
    pub(super) can_undo: bool,
}

impl Contracts {
    pub(super) fn is_empty(&self) -> bool {
        self.watched.is_empty()
    }
}

/// A relation that contracts are about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    /// Whether it was touched: 0, [`SOME`] or [`ALL`].
    pub(super) flag: i64,
    /// A list of keys of touched rows, and how many there are.
    pub(super) keys: i64,
    pub(super) count: i64,
    /// Whether rows are looked at one by one for some invariant.
    is_by_row: bool,
    /// Code that notes the row that it is given.
    note: Label,
}

/// What was touched in the transaction around, in words of the frame.
#[derive(Clone, Debug)]
pub(super) struct Aside(Vec<(i64, Slot)>);

impl Codegen<'_> {
    /// Makes room for what is noted.
    pub(super) fn make_contracts(&mut self) {
        let program = self.program;
        for contract in &program.contracts {
            self.contracts.can_undo |= contract.on_violation.is_some();
            let label = self.code.label();
            self.contracts.each.push(label);
            for invariant in &contract.invariants {
                for id in &invariant.relations {
                    // Of a relation that was migrated, rows of the one where they lie are touched.
                    let home = self.home_of(*id);
                    let (is_elsewhere, id) = (home != *id, &home);
                    if !self.contracts.watched.contains_key(id) {
                        let [flag, keys, count] = [(); 3].map(|()| self.data.global());
                        let (is_by_row, note) = (false, self.code.label());
                        let watched = Watched { flag, keys, count, is_by_row, note };
                        self.contracts.watched.insert(*id, watched);
                    }
                    if let Some(watched) = self.contracts.watched.get_mut(id) {
                        watched.is_by_row |= invariant.is_of_row && !is_elsewhere;
                    }
                }
            }
        }
        if !self.contracts.is_empty() {
            self.contracts.any = self.data.global();
            self.contracts.check = Some(self.code.label());
        }
    }

    /// A row of a relation was written, which lies in a slot.
    pub(super) fn touched(&mut self, id: RelationId, row: Slot) {
        let Some(watched) = self.contracts.watched.get(&id).copied() else { return };
        if watched.is_by_row {
            self.restore(row, 0);
            self.call_with(watched.note);
        } else {
            self.touched_some(id);
        }
    }

    /// Rows of a relation went.
    pub(super) fn touched_some(&mut self, id: RelationId) {
        let Some(watched) = self.contracts.watched.get(&id).copied() else { return };
        let known = self.code.label();
        self.code.load(0, ZERO, watched.flag);
        self.code.jump(Jump::IfNotZero(0), known);
        self.code.set(0, SOME);
        self.code.store(0, ZERO, watched.flag);
        self.code.store(0, ZERO, self.contracts.any);
        self.code.place(known);
    }

    /// Whether a row has to be kept for [`Self::touched`].
    pub(super) fn is_watched(&self, id: RelationId) -> bool {
        self.contracts.watched.contains_key(&id)
    }

    /// The words that say what was touched.
    fn touched_words(&self) -> Vec<i64> {
        let watched = self.contracts.watched.values();
        let words = watched.flat_map(|it| [it.flag, it.keys, it.count]);
        words.chain([self.contracts.any]).collect()
    }

    pub(super) fn set_touched_aside(&mut self) -> Aside {
        if self.contracts.is_empty() {
            return Aside(Vec::new());
        }
        let mut aside = Vec::new();
        for at in self.touched_words() {
            self.code.load(0, ZERO, at);
            aside.push((at, self.save(0)));
            self.code.store(ZERO, ZERO, at);
        }
        Aside(aside)
    }

    pub(super) fn bring_touched_back(&mut self, aside: &Aside) {
        for (at, slot) in &aside.0 {
            self.restore(*slot, 0);
            self.code.store(0, ZERO, *at);
        }
    }

    /// Checks what was touched.
    pub(super) fn check(&mut self) {
        let Some(check) = self.contracts.check else { return };
        let end = self.code.label();
        self.code.load(0, ZERO, self.contracts.any);
        self.code.jump(Jump::IfZero(0), end);
        self.enter(check, 0);
        self.code.place(end);
    }

    /// The code of the contracts.
    pub(super) fn contract_code(&mut self) {
        let program = self.program;
        for (id, watched) in self.contracts.watched.clone() {
            if watched.is_by_row {
                self.note_code(id, watched);
            }
        }
        for (contract, label) in program.contracts.iter().zip(self.contracts.each.clone()) {
            self.broken_code(contract, label);
        }
        self.check_code();
    }

    /// Notes the key of the row in the first word of the frame.
    fn note_code(&mut self, id: RelationId, watched: Watched) {
        let Watched { flag, keys, count, note, .. } = watched;
        let (end, all, have) = (self.code.label(), self.code.label(), self.code.label());
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame { height: 1, height_max: 1, ..Frame::default() };
        self.code.place(note);
        self.code.set(0, SOME);
        self.code.store(0, ZERO, self.contracts.any);
        self.code.load(0, ZERO, flag);
        self.code.push(Instruction::CmpImm { src: 0, value: ALL });
        self.code.jump(Jump::Equal, end);
        self.code.load(0, ZERO, count);
        self.code.push(Instruction::CmpImm { src: 0, value: KEYS_MAX });
        self.code.jump(Jump::GreaterOrEqual, all);
        self.code.set(0, SOME);
        self.code.store(0, ZERO, flag);
        self.code.load(0, ZERO, keys);
        self.code.jump(Jump::IfNotZero(0), have);
        self.code.set(1, 0);
        self.call_runtime("references_new");
        self.code.store(0, ZERO, keys);
        self.code.place(have);
        self.key_of(id, Slot(0));
        self.append_to(keys, count);
        self.code.jump(Jump::Always, end);
        self.code.place(all);
        self.code.set(0, ALL);
        self.code.store(0, ZERO, flag);
        self.code.store(ZERO, ZERO, keys);
        self.code.store(ZERO, ZERO, count);
        self.code.place(end);
        self.code.push(Instruction::Return);
        self.finish_function("(touched)", start);
    }

    /// Adds R0 to a list on the tape, whose length is there, too.
    pub(super) fn append_to(&mut self, list: i64, count: i64) {
        self.code.copy(3, 0);
        self.code.load(1, ZERO, list);
        self.code.load(2, ZERO, count);
        self.call_runtime("list_append");
        self.code.store(0, ZERO, list);
        self.code.load(0, ZERO, count);
        self.code.push(Instruction::IAddImm { dst: 0, src: 0, value: 1 });
        self.code.store(0, ZERO, count);
    }

    /// What is wrong, as a text in R0, or 0.
    fn broken_code(&mut self, contract: &Contract, label: Label) {
        self.at(contract.span);
        let start = self.code.here();
        self.frame = Frame::default();
        self.code.place(label);
        let end = self.code.label();
        for invariant in &contract.invariants {
            let (test, next) = (self.code.label(), self.code.label());
            self.at(invariant.condition.span);
            for id in &invariant.relations {
                let home = self.home_of(*id);
                let Some(watched) = self.contracts.watched.get(&home) else { continue };
                self.code.load(0, ZERO, watched.flag);
                self.code.jump(Jump::IfNotZero(0), test);
            }
            self.code.jump(Jump::Always, next);
            self.code.place(test);
            self.broken(contract, invariant, end, next);
            self.code.place(next);
        }
        self.code.set(0, 0);
        self.code.place(end);
        self.code.push(Instruction::Return);
        self.finish_function(&format!("contract {}", contract.name), start);
    }

    fn broken(&mut self, contract: &Contract, invariant: &Invariant, end: Label, next: Label) {
        let written = self.sources.slice(invariant.condition.span).split_whitespace();
        let written = written.collect::<Vec<_>>().join(" ");
        let message = format!("contract `{}` does not hold: {written}", contract.name);
        let (query, condition) = match &invariant.condition.kind {
            ExpressionKind::ForAll(query, condition)
                if !matches!(self.of(&condition.of), Type::Function(_)) =>
            {
                (&**query, &**condition)
            }
            _ => {
                self.branch(&invariant.condition, true, next);
                let text = self.data.text(message.as_bytes());
                self.code.set(0, text);
                self.code.jump(Jump::Always, end);
                return;
            }
        };
        let height = self.frame.height;
        self.code.set(0, 0);
        let (texts, count) = (self.save(0), self.save(0));
        let of = self.row_type(query);
        let known = self.code.label();
        let by_row = invariant.relations.first().and_then(|id| self.contracts.watched.get(id));
        if let Some(watched) = by_row.copied()
            && invariant.is_of_row
            && invariant.relations.iter().all(|id| self.has_own_rows(*id))
        {
            let all = self.code.label();
            self.code.load(0, ZERO, watched.flag);
            self.code.push(Instruction::CmpImm { src: 0, value: ALL });
            self.code.jump(Jump::Equal, all);
            let wrong = self.code.label();
            self.each_touched(query, watched, &mut |s| s.branch(condition, false, wrong));
            self.code.jump(Jump::Always, next);
            self.code.place(wrong);
            let rows = self.growing(&of);
            self.each_touched(query, watched, &mut |s| {
                let holds = s.code.label();
                s.branch(condition, true, holds);
                s.row(query, &of);
                s.add(rows);
                s.code.place(holds);
            });
            self.cut(rows);
            // A row may have been touched more than once.
            let description = self.description(&of);
            self.restore(rows.list, 1);
            self.code.set(2, description);
            self.call_runtime("list_distinct");
            self.code.store(0, FRAME, rows.list.offset());
            let walk = self.begin(rows.list);
            self.add_text_of_row(&of, (texts, count));
            self.finish_walk(&walk);
            self.code.jump(Jump::Always, known);
            self.code.place(all);
        }
        self.each_row(query, &mut |s| s.look_at_row((query, condition), &of, (texts, count)));
        self.code.place(known);
        self.restore(count, 0);
        self.code.jump(Jump::IfZero(0), next);
        self.broken_text(&message, texts, count);
        self.code.jump(Jump::Always, end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Code for each row that was touched and is there, if the query's filter lets it through.
    fn each_touched(&mut self, query: &Query, watched: Watched, body: &mut dyn FnMut(&mut Self)) {
        let Some(source) = query.sources.first() else { return };
        let ExpressionKind::Relation(id) = source.rows.kind else { return };
        let height = self.frame.height;
        let (again, skip, end) = (self.code.label(), self.code.label(), self.code.label());
        self.code.set(0, 0);
        let index = self.save(0);
        self.code.place(again);
        self.restore(index, 1);
        self.code.load(0, ZERO, watched.count);
        self.code.push(Instruction::Cmp { src1: 1, src2: 0 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.code.load(2, ZERO, watched.keys);
        self.element_at(2, 1);
        self.relation_number(id, 1);
        self.call_runtime("relation_get");
        self.code.jump(Jump::IfZero(0), skip);
        let row = self.frame.variable(source.row, self.code.here() + 1);
        self.code.store(0, FRAME, row.offset());
        if let Some(filter) = &query.filter {
            self.branch(filter, false, skip);
        }
        body(self);
        self.code.place(skip);
        self.next(index);
        self.code.jump(Jump::Always, again);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Adds the row at hand to those that are wrong, if it is.
    fn look_at_row(
        &mut self,
        (query, condition): (&Query, &Expression),
        of: &Type,
        (texts, count): (Slot, Slot),
    ) {
        let holds = self.code.label();
        self.branch(condition, true, holds);
        self.row(query, of);
        self.add_text_of_row(of, (texts, count));
        self.code.place(holds);
    }

    /// Adds the row in R0 to the text of those that are wrong, if it does not have many yet.
    fn add_text_of_row(&mut self, of: &Type, (texts, count): (Slot, Slot)) {
        let height = self.frame.height;
        let (many, first, put) = (self.code.label(), self.code.label(), self.code.label());
        let row = self.save(0);
        self.restore(count, 0);
        self.code.push(Instruction::CmpImm { src: 0, value: SHOWN_MAX });
        self.code.jump(Jump::GreaterOrEqual, many);
        self.restore(row, 0);
        self.written(of);
        let text = self.save(0);
        self.restore(texts, 1);
        self.code.jump(Jump::IfZero(1), first);
        let comma = self.data.text(b", ");
        self.code.set(2, comma);
        self.call_runtime("text_concat");
        self.code.copy(1, 0);
        self.restore(text, 2);
        self.call_runtime("text_concat");
        self.code.jump(Jump::Always, put);
        self.code.place(first);
        self.restore(text, 0);
        self.code.place(put);
        self.code.store(0, FRAME, texts.offset());
        self.code.place(many);
        self.next(count);
        self.frame.drop_to(height, self.code.here());
    }

    /// The message with the rows that it is about.
    fn broken_text(&mut self, message: &str, texts: Slot, count: Slot) {
        let begin = self.data.text(format!("{message} for ").as_bytes());
        self.code.set(1, begin);
        self.restore(texts, 2);
        self.call_runtime("text_concat");
        let few = self.code.label();
        self.restore(count, 1);
        self.code.push(Instruction::ISubImm { dst: 1, src: 1, value: SHOWN_MAX });
        self.code.push(Instruction::CmpImm { src: 1, value: 0 });
        self.code.jump(Jump::LessOrEqual, few);
        let text = self.save(0);
        self.call_runtime("text_of_int");
        self.code.copy(2, 0);
        let and = self.data.text(b" and ");
        self.code.set(1, and);
        self.call_runtime("text_concat");
        self.code.copy(1, 0);
        let more = self.data.text(b" more");
        self.code.set(2, more);
        self.call_runtime("text_concat");
        self.code.copy(2, 0);
        self.restore(text, 1);
        self.call_runtime("text_concat");
        self.code.place(few);
    }

    /// Checks every contract. What handlers change is looked at again at the end.
    fn check_code(&mut self) {
        let Some(check) = self.contracts.check else { return };
        let program = self.program;
        self.code.no_line();
        let start = self.code.here();
        self.frame = Frame::default();
        self.code.place(check);
        self.code.set(0, 0);
        let repaired = self.save(0);
        let accepted: Vec<Slot> = program.contracts.iter().map(|_| self.save(0)).collect();
        let all = program.contracts.iter().zip(self.contracts.each.clone()).zip(accepted);
        let all: Vec<((&Contract, Label), Slot)> = all.collect();
        for ((contract, label), accepted) in &all {
            let next = self.code.label();
            self.at(contract.span);
            self.enter(*label, 0);
            self.code.jump(Jump::IfZero(0), next);
            match &contract.on_violation {
                None => {
                    self.code.copy(1, 0);
                    self.call_runtime("fault");
                }
                Some(violation) => self.violation(violation, *label, (*accepted, repaired)),
            }
            self.code.place(next);
        }
        let done = self.code.label();
        self.restore(repaired, 0);
        self.code.jump(Jump::IfZero(0), done);
        for ((contract, label), accepted) in &all {
            let next = self.code.label();
            self.at(contract.span);
            self.restore(*accepted, 0);
            self.code.jump(Jump::IfNotZero(0), next);
            self.enter(*label, 0);
            self.code.jump(Jump::IfZero(0), next);
            self.code.copy(1, 0);
            self.call_runtime("fault");
            self.code.place(next);
        }
        self.code.place(done);
        for at in self.touched_words() {
            self.code.store(ZERO, ZERO, at);
        }
        self.code.push(Instruction::Return);
        self.finish_function("(contracts)", start);
    }

    /// What a handler does about a violation, whose message is in R0.
    fn violation(&mut self, of: &Violation, broken: Label, (accepted, repaired): (Slot, Slot)) {
        let height = self.frame.height;
        let message = self.save(0);
        for (local, is_before) in [(of.attempted, false), (of.before, true)] {
            if mentions(&of.body, local) {
                self.all_rows(&of.relations, local, is_before);
                let slot = self.frame.variable(local, self.code.here() + 1);
                self.code.store(0, FRAME, slot.offset());
            }
        }
        let (undo, stands, holds) = (self.code.label(), self.code.label(), self.code.label());
        // A `try` in a handler may break a contract itself.
        let around = self.set_held_aside();
        self.frame.violated = Some(Violated { undo, message, accepted, is_tried: false });
        self.block(&of.body);
        self.frame.violated = None;
        self.restore(accepted, 0);
        self.code.jump(Jump::IfNotZero(0), stands);
        self.enter(broken, 0);
        self.code.jump(Jump::IfZero(0), holds);
        self.code.store(0, FRAME, message.offset());
        self.code.place(undo);
        self.undo_transaction(message);
        self.code.place(holds);
        self.code.set(0, 1);
        self.code.store(0, FRAME, repaired.offset());
        self.code.place(stands);
        self.release_events();
        self.bring_held_back(around);
        self.frame.drop_to(height, self.code.here());
    }

    /// Undoes the transaction, but for what the handler emitted.
    fn undo_transaction(&mut self, message: Slot) {
        self.held_events();
        let events = self.save(0);
        self.code.set(1, 2);
        self.code.set(2, 2);
        self.call_runtime("record_new");
        self.restore(events, 1);
        self.code.store(1, 0, HEAD);
        self.restore(message, 1);
        self.code.store(1, 0, HEAD + 8);
        let description = self.undone_description();
        self.code.set(1, description);
        self.code.push(Instruction::Carry { src: 0, of: 1 });
        self.code.push(Instruction::Release);
        self.code.push(Instruction::Rollback);
        self.frame.height -= 1;
    }

    /// The rows of relations, or a record of those of each, as they are or were before the
    /// transaction, in R0.
    fn all_rows(&mut self, relations: &[RelationId], local: LocalId, is_before: bool) {
        let mut slots = Vec::new();
        let height = self.frame.height;
        for id in relations {
            let Some(relation) = self.program.relations.get(id.index()) else { continue };
            if is_before {
                self.code.push(Instruction::SavepointOnly);
                self.code.push(Instruction::Recall { level: Value::Immediate(1) });
            }
            self.rows_of(*id, relation.span);
            if is_before {
                let description = self.description(&Type::list(Type::record(relation.row())));
                self.code.set(1, description);
                self.code.push(Instruction::Carry { src: 0, of: 1 });
                self.code.push(Instruction::Rollback);
                self.code.set(1, description);
                self.call_runtime("carry_in");
            }
            let name = relation.name.rsplit('.').next().unwrap_or_default().to_owned();
            slots.push((name, self.save(0)));
        }
        if let [(_, only)] = slots.as_slice() {
            self.restore(*only, 0);
        } else {
            let of = self.program.locals.get(local.index()).map(|it| it.of.clone());
            let of = of.unwrap_or(Type::Unknown);
            self.code.set(1, as_word(slots.len()));
            self.code.set(2, as_word(slots.len()));
            self.call_runtime("record_new");
            for (name, slot) in &slots {
                let place = self.field_place(&of, name);
                self.restore(*slot, 1);
                self.code.store(1, 0, HEAD + place * 8);
            }
        }
        debug_assert!(is_reference(&Type::list(Type::INT)), "rows are references");
        self.frame.drop_to(height, self.code.here());
    }
}

/// Whether a block names a variable.
fn mentions(block: &Block, local: LocalId) -> bool {
    let kind = ExpressionKind::Block(block.clone());
    let whole = Expression { kind, of: Type::NOTHING, span: source::Span::default() };
    let mut found = false;
    walk(&whole, &mut |one| found |= one.kind == ExpressionKind::Local(local));
    found
}
