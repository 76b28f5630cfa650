//! Tabled searches: calls with the same arguments share their answers, so that those that come back to
//! where they were end.
//!
//! The outermost call makes a table of calls, each with a set of answers. It runs rounds: in a round each
//! call runs its search once, and a call that is met again gives the answers known so far. When a round
//! finds no new answer, all are known. So all answers are found before the first is given.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use source::Span;

use super::Codegen;
use super::answers::Asked;
use super::code::Jump;
use super::frame::{FRAME, Slot, ZERO};
use super::layout::{as_word, is_reference, places};
use super::search::Mode;
use crate::codes::NOT_COMPARABLE;
use crate::hir::{Function, FunctionId};
use crate::types::{Fields, Type};

/// Parts of the table: the calls as a set, their entries, how many, the round, and whether it found
/// something new.
const CALLS: i64 = HEAD;
const ENTRIES: i64 = HEAD + 8;
const ENTRY_COUNT: i64 = HEAD + 16;
const ROUND: i64 = HEAD + 24;
const IS_CHANGED: i64 = HEAD + 32;
/// Parts of an entry: the answers as a set, and the last round in which they were looked for.
const ANSWERS: i64 = HEAD;
const LOOKED: i64 = HEAD + 8;
/// Parts of a set.
const SET_VALUES: i64 = HEAD;
const SET_COUNT: i64 = HEAD + 16;

impl Codegen<'_> {
    /// The body of what gives the answers of a tabled search.
    pub(super) fn tabled(
        &mut self,
        function: &Function,
        (id, types): (FunctionId, &[Type]),
        answer: &Type,
    ) {
        let tables = self.search_words().tables;
        let parameters: Vec<Type> = function
            .parameters
            .iter()
            .map(|local| {
                let local = self.program.locals.get(local.index());
                local.map_or(Type::Unknown, |local| self.of(&local.of))
            })
            .collect();
        if !parameters.iter().chain([answer]).all(is_kept) {
            self.refuse(
                NOT_COMPARABLE,
                "a table tells calls and answers apart, which functions in them do not allow",
                "leave `using tabled` out, or give what the function would be told apart by",
                function.span,
            );
            return;
        }
        let arguments: Vec<Slot> = (0..as_word(parameters.len())).map(Slot).collect();
        self.code.load(0, ZERO, tables);
        self.code.push(Instruction::EqualImm { dst: 0, src: 0, value: 0 });
        let is_outermost = self.save(0);
        self.new_table(is_outermost);
        let entry = self.entry(id, &arguments, &parameters, answer);
        let (again, give, end) = (self.code.label(), self.code.label(), self.code.label());
        let (run, known) = (self.code.label(), self.code.label());
        self.code.place(again);
        self.restore(is_outermost, 0);
        self.code.jump(Jump::IfZero(0), run);
        self.code.load(1, ZERO, tables);
        self.code.load(0, 1, ROUND);
        self.code.push(Instruction::IAddImm { dst: 0, src: 0, value: 1 });
        self.code.store(0, 1, ROUND);
        self.code.set(0, 0);
        self.code.store(0, 1, IS_CHANGED);
        self.code.place(run);
        self.code.load(1, ZERO, tables);
        self.code.load(1, 1, ROUND);
        self.restore(entry, 2);
        self.code.load(3, 2, LOOKED);
        self.code.push(Instruction::Cmp { src1: 1, src2: 3 });
        self.code.jump(Jump::Equal, known);
        self.code.store(1, 2, LOOKED);
        self.look(function.span, (id, types), arguments, (entry, answer));
        self.code.place(known);
        self.restore(is_outermost, 0);
        self.code.jump(Jump::IfZero(0), give);
        self.code.load(1, ZERO, tables);
        self.code.load(1, 1, IS_CHANGED);
        self.code.jump(Jump::IfNotZero(1), again);
        self.code.set(0, 0);
        self.code.store(0, ZERO, tables);
        self.code.place(give);
        // More may come while they are given.
        self.code.set(0, 0);
        let next = self.save(0);
        let more = self.code.label();
        self.code.place(more);
        self.restore(entry, 2);
        self.code.load(2, 2, ANSWERS);
        self.code.load(3, 2, SET_COUNT);
        self.restore(next, 1);
        self.code.push(Instruction::Cmp { src1: 1, src2: 3 });
        self.code.jump(Jump::GreaterOrEqual, end);
        self.code.load(0, 2, SET_VALUES);
        self.element_at(0, 1);
        self.restore(next, 1);
        self.code.push(Instruction::IAddImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, FRAME, next.offset());
        self.answer();
        self.code.jump(Jump::Always, more);
        self.code.place(end);
    }

    /// The table, if this is the outermost call.
    fn new_table(&mut self, is_outermost: Slot) {
        let tables = self.search_words().tables;
        let is_there = self.code.label();
        self.restore(is_outermost, 0);
        self.code.jump(Jump::IfZero(0), is_there);
        self.code.set(1, 1);
        self.call_runtime("set_new");
        let calls = self.save(0);
        self.code.set(1, 0);
        self.call_runtime("references_new");
        let entries = self.save(0);
        self.code.set(1, 5);
        self.code.set(2, 2);
        self.call_runtime("record_new");
        self.restore(calls, 1);
        self.code.store(1, 0, CALLS);
        self.restore(entries, 1);
        self.code.store(1, 0, ENTRIES);
        self.code.store(0, ZERO, tables);
        self.code.place(is_there);
    }

    /// The entry of this call, which is made if there is none.
    fn entry(&mut self, id: FunctionId, arguments: &[Slot], types: &[Type], answer: &Type) -> Slot {
        let tables = self.search_words().tables;
        // A call is a record of its arguments, and of which search it is of.
        let mut fields: Vec<Type> = types.to_vec();
        fields.push(Type::INT);
        let named = |(place, of): (usize, &Type)| (format!("{place:08}").into(), of.clone());
        let of = Type::record(fields.iter().enumerate().map(named).collect::<Fields>());
        let (all, references) = places(&fields);
        self.code.set(1, as_word(fields.len()));
        self.code.set(2, references);
        self.call_runtime("record_new");
        for (slot, place) in arguments.iter().zip(&all) {
            self.restore(*slot, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
        self.code.set(1, i64::from(id.0));
        self.code.store(1, 0, HEAD + all.last().copied().unwrap_or_default() * 8);
        let description = self.description(&of);
        self.code.copy(2, 0);
        self.code.load(1, ZERO, tables);
        self.code.load(1, 1, CALLS);
        self.code.set(3, description);
        self.call_runtime("set_add");
        let place = self.save(0);
        let entry = self.frame.slot();
        let (is_new, end) = (self.code.label(), self.code.label());
        self.code.push(Instruction::CmpImm { src: 0, value: 0 });
        self.code.jump(Jump::Less, is_new);
        self.code.copy(1, 0);
        self.code.load(0, ZERO, tables);
        self.code.load(0, 0, ENTRIES);
        self.element_at(0, 1);
        self.code.store(0, FRAME, entry.offset());
        self.code.jump(Jump::Always, end);
        self.code.place(is_new);
        self.code.set(1, i64::from(is_reference(answer)));
        self.call_runtime("set_new");
        self.code.store(0, FRAME, place.offset());
        self.code.set(1, 2);
        self.code.set(2, 1);
        self.call_runtime("record_new");
        self.restore(place, 1);
        self.code.store(1, 0, ANSWERS);
        self.code.store(0, FRAME, entry.offset());
        self.code.copy(3, 0);
        self.code.load(2, ZERO, tables);
        self.code.load(1, 2, ENTRIES);
        self.code.load(2, 2, ENTRY_COUNT);
        self.call_runtime("list_append");
        self.code.load(1, ZERO, tables);
        self.code.store(0, 1, ENTRIES);
        self.code.load(2, 1, ENTRY_COUNT);
        self.code.push(Instruction::IAddImm { dst: 2, src: 2, value: 1 });
        self.code.store(2, 1, ENTRY_COUNT);
        self.code.place(end);
        entry
    }

    /// Runs the search once, and notes its answers.
    fn look(
        &mut self,
        at: Span,
        search: (FunctionId, &[Type]),
        arguments: Vec<Slot>,
        (entry, answer): (Slot, &Type),
    ) {
        let tables = self.search_words().tables;
        let description = self.description(answer);
        let entries = self.search_copy(search, Mode::Plain);
        let asked =
            Asked { entries, arguments, limits: Vec::new(), moment: None, changes_state: false };
        self.at(at);
        self.ask(&asked, true, &mut |s, _| {
            let known = s.code.label();
            s.code.copy(2, 0);
            s.restore(entry, 1);
            s.code.load(1, 1, ANSWERS);
            s.code.set(3, description);
            s.call_runtime("set_add");
            s.code.push(Instruction::CmpImm { src: 0, value: 0 });
            s.code.jump(Jump::GreaterOrEqual, known);
            s.code.load(1, ZERO, tables);
            s.code.set(0, 1);
            s.code.store(0, 1, IS_CHANGED);
            s.code.place(known);
        });
    }
}

/// Whether values of a type can be kept and told apart.
fn is_kept(of: &Type) -> bool {
    match of {
        Type::Function(_) | Type::Answers(_) | Type::Unknown | Type::Variable(_) => false,
        Type::Optional(part) | Type::List(part) => is_kept(part),
        Type::Record(fields) | Type::Relation(fields) => fields.values().all(is_kept),
        Type::Union(_, arguments) => arguments.iter().all(is_kept),
        Type::Basic(_) | Type::Parameter(_) => true,
    }
}
