//! Statements.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Home, Slot, ZERO};
use crate::hir::{
    Block, Expression, GlobalId, LocalId, Pattern, PatternKind, Place, Report, Statement,
    StatementKind,
};
use crate::types::Type;

/// Bytes of a condition that are shown where it does not hold.
const ASSERTION_MAX: usize = 400;

impl Codegen<'_> {
    pub(super) fn statement(&mut self, statement: &Statement) {
        stacker::maybe_grow(128 << 10, 2 << 20, || self.statement_inner(statement));
    }

    fn statement_inner(&mut self, statement: &Statement) {
        let span = statement.span;
        self.at(span);
        match &statement.kind {
            StatementKind::Let(pattern, value) => {
                self.value(value);
                self.at(span);
                self.bind(pattern);
            }
            StatementKind::Define(id, value) => {
                self.value(value);
                self.at(span);
                self.define(*id);
            }
            StatementKind::Assign(place, value) => {
                self.value(value);
                self.at(span);
                match place {
                    Place::Local(id) => self.assign(*id, span),
                    Place::Global(id) => self.assign_global(*id),
                }
            }
            StatementKind::Block(block) if self.exchange_names(block) => {}
            StatementKind::Block(block) => self.checked_block(block),
            StatementKind::While(condition, body) => self.while_(condition, body),
            StatementKind::For(pattern, rows, body) => self.for_(pattern, rows, body),
            StatementKind::Assert(condition, message) => {
                self.assert(condition, message.as_ref());
            }
            StatementKind::Print(values) => self.print(values),
            StatementKind::Expression(value) => self.value(value),
            StatementKind::Insert { into, rows, is_many, replaces } => {
                self.insert(*into, rows, *is_many, *replaces);
            }
            StatementKind::Delete(id, query) => self.delete(*id, query),
            StatementKind::Update(id, name, value, query) => {
                self.update((*id, name), value, query, span);
            }
            StatementKind::Reverse(reason) => self.reverse(reason.as_ref()),
            StatementKind::Try(body, reason, otherwise) => self.try_(body, *reason, otherwise),
            StatementKind::Emit(id, values) => self.emit(*id, values, span),
            StatementKind::Checkpoint(name) => self.checkpoint(name),
            StatementKind::Rewind(to) => self.rewind(to),
            StatementKind::Yield(rows) => self.yield_(rows, span),
            StatementKind::From(entry, body, exit) => self.reversible_loop(entry, body, exit),
            StatementKind::Break => self.leave_round(true, span),
            StatementKind::Continue => self.leave_round(false, span),
            StatementKind::Accept => self.accept(span),
            StatementKind::Dispose(place) => self.dispose(*place),
            StatementKind::Recover(place) => self.recover(*place),
            StatementKind::Switch(name) => self.switch(name),
            StatementKind::Parallel(worlds, merge) => self.parallel(worlds, *merge, span),
            StatementKind::Revert(library, to) => self.revert(library, to),
            StatementKind::Report(Report::Why(atom)) => self.why(atom, false),
            StatementKind::Report(Report::WhyNot(atom)) => self.why(atom, true),
            StatementKind::Report(Report::Plan(query)) => self.explain(query),
            StatementKind::Report(Report::Watch(_)) => self.watch(span),
            StatementKind::Report(Report::CallStack) => self.inspect_calls(),
            StatementKind::Alternative(block) => self.alternative(block, span),
            StatementKind::Succeed(answer) => self.succeed(answer),
        }
    }

    /// Gives the value in R0 to a name of the top level.
    fn define(&mut self, id: GlobalId) {
        let at = self.global(id);
        self.code.store(0, ZERO, at);
        self.code.set(1, 1);
        self.code.store(1, ZERO, at + 8);
        self.name_has_changed(id);
    }

    /// The same for one that may be there already.
    fn assign_global(&mut self, id: GlobalId) {
        if !self.is_defined_here() {
            return self.define(id);
        }
        let at = self.global(id);
        self.code.store(0, ZERO, at);
        self.name_has_changed(id);
    }

    fn assign(&mut self, id: LocalId, at: Span) {
        match self.frame.homes.get(&id).copied() {
            Some(Home::Slot(slot)) => self.code.store(0, FRAME, slot.offset()),
            Some(Home::Boxed(slot)) => {
                self.restore(slot, 1);
                self.code.store(0, 1, HEAD);
            }
            Some(Home::CapturedBox(place)) => {
                let own = self.frame.own.map_or(0, Slot::offset);
                self.code.load(1, FRAME, own);
                self.code.load(1, 1, HEAD + place * 8);
                self.code.store(0, 1, HEAD);
            }
            Some(Home::Captured(_)) | None => self.contradiction("an assignment", at),
        }
    }

    fn while_(&mut self, condition: &Expression, body: &Block) {
        let height = self.frame.height;
        let region = self.begin_region((Some(condition), None), body);
        let again = self.code.label();
        let (end, next) = self.begin_loop();
        // Where it is short, the condition stands at the end of a round once more: that saves a jump,
        // and the registers hold the same at the beginning of each.
        let is_turned = self.is_short(condition);
        if !is_turned {
            self.code.place(again);
        }
        self.branch(condition, false, end);
        if is_turned {
            self.code.place(again);
        }
        self.block(body);
        self.end_loop();
        self.code.place(next);
        self.at(condition.span);
        self.end_round(region);
        if is_turned {
            self.branch(condition, true, again);
        } else {
            self.code.jump(Jump::Always, again);
        }
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    fn for_(&mut self, pattern: &Pattern, rows: &Expression, body: &Block) {
        if let Some((from, to)) = self.as_range(rows) {
            self.for_range(pattern, (from, to), rows.span, body);
            return;
        }
        match self.of(&rows.of) {
            Type::List(_) | Type::Relation(_) if self.for_pages(pattern, rows, body) => return,
            Type::List(_) | Type::Relation(_) => {}
            Type::Answers(_) => return self.for_answers(pattern, rows, body),
            _ => return self.contradiction("a loop over this", rows.span),
        }
        let height = self.frame.height;
        let again = self.code.label();
        self.value(rows);
        let list = self.save(0);
        self.code.set(0, 0);
        let index = self.save(0);
        let region = self.begin_region((None, Some(pattern)), body);
        let inner = self.frame.height;
        let (end, after) = self.begin_loop();
        self.code.place(again);
        self.at(rows.span);
        self.restore(list, 0);
        self.restore(index, 1);
        self.code.load_half(2, 0, 8);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.element_at(0, 1);
        self.at(pattern.span);
        self.bind(pattern);
        self.block(body);
        self.end_loop();
        self.frame.drop_to(inner, self.code.here());
        self.code.place(after);
        self.at(rows.span);
        self.end_round(region);
        self.restore(index, 0);
        self.code.push(Instruction::IAddImm { dst: 0, src: 0, value: 1 });
        self.code.store(0, FRAME, index.offset());
        self.code.jump(Jump::Always, again);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    fn for_range(
        &mut self,
        pattern: &Pattern,
        (from, to): (&Expression, &Expression),
        at: Span,
        body: &Block,
    ) {
        let height = self.frame.height;
        let again = self.code.label();
        self.pair(from, to);
        let next = self.save(0);
        let last = self.save(1);
        let region = self.begin_region((None, Some(pattern)), body);
        let inner = self.frame.height;
        let (end, after) = self.begin_loop();
        self.at(at);
        self.restore(next, 0);
        self.restore(last, 1);
        self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.code.place(again);
        self.at(pattern.span);
        if !self.name_counter(pattern, next) {
            self.bind(pattern);
        }
        self.block(body);
        self.end_loop();
        self.frame.drop_to(inner, self.code.here());
        self.code.place(after);
        // It is less than the end, so one more fits.
        self.at(at);
        self.end_round(region);
        self.restore(next, 0);
        self.code.push(Instruction::IAddImm { dst: 0, src: 0, value: 1 });
        self.code.store(0, FRAME, next.offset());
        self.restore(last, 1);
        self.code.push(Instruction::Cmp { src1: 0, src2: 1 });
        self.code.jump(Jump::Less, again);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Lets the variable of a loop be what counts the rounds, if nothing changes it. False if it has to
    /// be a word of its own.
    fn name_counter(&mut self, pattern: &Pattern, counter: Slot) -> bool {
        let PatternKind::Bind(id) = pattern.kind else { return false };
        let local = self.program.locals.get(id.index());
        if self.boxed.contains(&id) || local.is_none_or(|local| local.is_changed) {
            return false;
        }
        self.frame.name(id, counter, self.code.here());
        true
    }

    fn assert(&mut self, condition: &Expression, message: Option<&Expression>) {
        let Some(message) = message else {
            self.at(condition.span);
            let shown = self.sources.slice(condition.span).split_whitespace();
            let mut shown = shown.collect::<Vec<_>>().join(" ");
            if shown.len() > ASSERTION_MAX {
                shown.truncate(shown.floor_char_boundary(ASSERTION_MAX));
                shown.push('…');
            }
            let wrong = self.fault(&format!("assertion failed: {shown}"));
            self.branch(condition, false, wrong);
            return;
        };
        let holds = self.code.label();
        self.branch(condition, true, holds);
        self.value(message);
        let height = self.frame.height;
        let text = self.save(0);
        let begin = self.data.text(b"assertion failed: ");
        self.code.set(1, begin);
        self.restore(text, 2);
        self.call_runtime("text_concat");
        self.code.copy(1, 0);
        self.at(condition.span);
        self.call_runtime("fault");
        self.frame.drop_to(height, self.code.here());
        self.code.place(holds);
    }

    /// Undoes the innermost `try`. Without one around it the program ends here.
    fn reverse(&mut self, reason: Option<&Expression>) {
        let line = self.code.line();
        match reason {
            Some(reason) => {
                self.value(reason);
                self.code.copy(1, 0);
            }
            None => {
                let text = self.data.text(b"");
                self.code.set(1, text);
            }
        }
        self.code.set_line(line);
        match self.frame.violated {
            Some(violated) if !violated.is_tried => {
                self.code.store(1, FRAME, violated.message.offset());
                self.code.jump(Jump::Always, violated.undo);
            }
            Some(_) | None => self.call_runtime("reverse"),
        }
    }

    /// In a handler of a contract: the transaction stands.
    fn accept(&mut self, at: Span) {
        let Some(violated) = self.frame.violated else {
            return self.contradiction("`accept`", at);
        };
        self.code.set(0, 1);
        self.code.store(0, FRAME, violated.accepted.offset());
    }

    fn print(&mut self, values: &[Expression]) {
        let height = self.frame.height;
        let mut line = None;
        for value in values {
            self.value(value);
            if values.len() == 1 && self.of(&value.of) == Type::INT {
                self.code.copy(1, 0);
                self.call_runtime("print_int");
                return;
            }
            self.written(&value.of);
            let Some(slot) = line else {
                line = Some(self.save(0));
                continue;
            };
            let part = self.save(0);
            let blank = self.data.text(b" ");
            self.restore(slot, 1);
            self.code.set(2, blank);
            self.call_runtime("text_concat");
            self.code.copy(1, 0);
            self.restore(part, 2);
            self.call_runtime("text_concat");
            self.code.store(0, FRAME, slot.offset());
        }
        match line {
            Some(slot) => self.restore(slot, 1),
            None => {
                let empty = self.data.text(b"");
                self.code.set(1, empty);
            }
        }
        self.call_runtime("print_line");
        self.frame.drop_to(height, self.code.here());
    }
}
