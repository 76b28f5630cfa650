//! Searches: functions that give answers one at a time; decision 0022.
//!
//! A search returns for each answer and leaves its frame where it is, with a number for the place at
//! which it goes on. Whoever asked keeps the position of that frame, and lays frames of what it calls
//! meanwhile behind all that the search has in use. To ask for another answer, it calls the search's
//! second entry. Nobody has to tell a search that no more answers are wanted.
//!
//! R0 is the answer, R1 whether there is one, R2 where the frames of the search end. The word before
//! the frame of a search is the frame of who asked.

use palindrome_vm::Instruction;
use source::Span;

use super::Codegen;
use super::answers::Asked;
use super::code::{Jump, Label};
use super::data::SEARCH_FRAMES_END;
use super::frame::{FRAME, Frame, Slot, ZERO};
use super::instance::Instance;
use super::layout::as_word;
use super::{SearchWords, copy_key};
use crate::codes::TABLED;
use crate::hir::{
    Block, Expression, ExpressionKind, Function, FunctionId, LocalId, Place, SearchOrder,
    Statement, StatementKind, Strategy, walk_statement,
};
use crate::types::{Effect, Type};

/// Where a copy of a search begins, and where it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entries {
    pub(super) start: Label,
    pub(super) resume: Label,
}

/// How a search is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// As it is written: each alternative to its end.
    Plain,
    /// The same, but what lies deeper than the bound is left out.
    Bounded,
    /// What asks the bounded one, with ever larger bounds.
    Deepening(SearchOrder),
    /// What keeps the answers of the plain one.
    Tabled,
}

impl Codegen<'_> {
    /// The copy of a search for some types.
    pub(super) fn search_copy(
        &mut self,
        (id, types): (FunctionId, &[Type]),
        mode: Mode,
    ) -> Entries {
        let key = copy_key(&format!("{mode:?}{}", id.0), types);
        if let Some(entries) = self.searches.get(&key) {
            return *entries;
        }
        let entries = Entries { start: self.code.label(), resume: self.code.label() };
        self.searches.insert(key, entries);
        let instance = Instance::Search(id, types.to_vec(), mode, entries.resume);
        self.waiting.push_back((instance, entries.start));
        entries
    }

    /// The code of a search.
    pub(super) fn search_instance(
        &mut self,
        function: &Function,
        (id, types): (FunctionId, &[Type]),
        (mode, resume): (Mode, Label),
    ) {
        let ExpressionKind::Search(strategy, block) = &function.body.kind else { return };
        self.refuse_search(function, *strategy);
        let meanings = function.generics.iter().cloned().zip(types.iter().cloned()).collect();
        let is_bounded = mode == Mode::Bounded;
        let changes_state = function.effect == Effect::Transform;
        self.frame = Frame { meanings, is_bounded, changes_state, ..Frame::default() };
        let start = self.code.here();
        self.at(function.body.span);
        for parameter in &function.parameters {
            self.frame.variable(*parameter, start);
        }
        self.frame.state = Some(self.frame.slot());
        self.room();
        match mode {
            Mode::Deepening(order) => {
                let arguments = (0..as_word(function.parameters.len())).map(Slot).collect();
                let entries = self.search_copy((id, types), Mode::Bounded);
                self.deepen(order, entries, arguments);
            }
            Mode::Tabled => {
                let answer = match self.of(&function.result) {
                    Type::Answers(answer) => (*answer).clone(),
                    other => other,
                };
                self.tabled(function, (id, types), &answer);
            }
            Mode::Plain | Mode::Bounded => {
                // Without a further answer nothing of it stands.
                self.tried(block, function.span);
            }
        }
        self.code.set(1, 0);
        self.code.push(Instruction::Return);
        self.resumes(resume);
        self.finish_function(&function.name, start);
    }

    fn refuse_search(&mut self, function: &Function, strategy: Strategy) {
        if function.effect == Effect::Transform && strategy.is_tabled {
            self.refuse(
                TABLED,
                "a tabled search cannot change state: a table keeps answers, and not what was done for them",
                "search by depth, or `using breadth`, and stop at what was seen before",
                function.span,
            );
        }
    }

    /// Faults where there is no room for the frames of more searches.
    pub(super) fn room(&mut self) {
        let deep = self.fault("the search is too deep: it has no end, or has too many steps");
        self.code.push(Instruction::CmpImm { src: FRAME, value: SEARCH_FRAMES_END });
        self.code.jump(Jump::Greater, deep);
    }

    /// Where the search goes on that it is asked for another answer of.
    pub(super) fn resumes(&mut self, entry: Label) {
        self.code.place(entry);
        let all = std::mem::take(&mut self.frame.resumes);
        let numbered: Vec<(i64, Label)> = (0..).zip(all).collect();
        if let Some(state) = self.frame.state {
            self.restore(state, 0);
        }
        self.search_number(&numbered);
    }

    /// An answer, which is the value of an expression.
    pub(super) fn succeed(&mut self, answer: &Expression) {
        self.value(answer);
        self.at(answer.span);
        self.answer();
    }

    /// The answer in R0. What follows is done if another one is asked for.
    pub(super) fn answer(&mut self) {
        let Some(state) = self.frame.state else { return };
        self.leave_tries();
        let resume = self.code.label();
        self.code.set(1, as_word(self.frame.resumes.len()));
        self.frame.resumes.push(resume);
        self.code.store(1, FRAME, state.offset());
        self.above(2);
        self.code.set(1, 1);
        self.code.push(Instruction::Return);
        self.code.place(resume);
    }

    /// Where nothing is in use, into a register.
    pub(super) fn above(&mut self, register: u8) {
        match self.frame.top {
            Some(top) => self.restore(top, register),
            None => {
                // How large the frame becomes is known when the function is done.
                self.frame.sizes.push(self.code.here());
                self.code.push(Instruction::IAddImm { dst: register, src: FRAME, value: 0 });
            }
        }
    }

    /// Something that is tried: what it assigns has its old values behind it.
    pub(super) fn alternative(&mut self, block: &Block, at: Span) {
        let height = self.frame.height;
        let mut assigned = Vec::new();
        // A savepoint has them all.
        if !self.frame.changes_state {
            assigned_in(block, &mut assigned);
        }
        let mut before = Vec::new();
        for id in assigned {
            if let Some(super::frame::Home::Slot(home)) = self.frame.homes.get(&id).copied() {
                self.restore(home, 0);
                before.push((home, self.save(0)));
            }
        }
        if !block.statements.is_empty() {
            self.tried(block, at);
        }
        for (home, old) in before {
            self.restore(old, 0);
            self.code.store(0, FRAME, home.offset());
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// A step: a block, of which nothing stands but the answers.
    fn tried(&mut self, block: &Block, at: Span) {
        self.step(at);
        let too_deep = self.frame.is_bounded.then(|| self.descend());
        let changes_state = self.frame.changes_state;
        if changes_state {
            self.open_savepoint();
        }
        self.block(block);
        self.at(at);
        if changes_state {
            self.roll_back();
        }
        if let Some(too_deep) = too_deep {
            self.ascend();
            self.code.place(too_deep);
        }
    }

    /// Counts a step of a search, if they are limited.
    fn step(&mut self, at: Span) {
        let Some(limit) = self.search_limit else { return };
        self.at(at);
        let left = self.search_words().left;
        let text = format!(
            "the search gave up after {limit} steps: whether there are more answers is not known"
        );
        let gave_up = self.fault(&text);
        self.code.load(1, ZERO, left);
        self.code.jump(Jump::IfZero(1), gave_up);
        self.code.push(Instruction::ISubImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, ZERO, left);
    }

    /// The words that searches use. They lie beside the data, so that they are the same at any moment.
    pub(super) fn search_words(&mut self) -> SearchWords {
        *self.search_words.get_or_insert_with(|| {
            let mut word = || self.data.reserve(1);
            SearchWords {
                left: word(),
                depth: word(),
                bound: word(),
                is_cut: word(),
                open: word(),
                kept: word(),
                kept_type: word(),
                tables: word(),
            }
        })
    }

    /// One deeper; control goes on at the label, and nothing is deeper, if that is below the bound.
    fn descend(&mut self) -> Label {
        let words = self.search_words();
        let (too_deep, goes_on) = (self.code.label(), self.code.label());
        self.code.load(1, ZERO, words.depth);
        self.code.load(2, ZERO, words.bound);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::Less, goes_on);
        self.code.set(1, 1);
        self.code.store(1, ZERO, words.is_cut);
        self.code.jump(Jump::Always, too_deep);
        self.code.place(goes_on);
        self.code.push(Instruction::IAddImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, ZERO, words.depth);
        too_deep
    }

    fn ascend(&mut self) {
        let words = self.search_words();
        self.code.load(1, ZERO, words.depth);
        self.code.push(Instruction::ISubImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, ZERO, words.depth);
    }

    /// The answers of a bounded search, those of each bound that the one before did not give. The
    /// words of searches around this one are put back whenever it returns.
    fn deepen(&mut self, order: SearchOrder, entries: Entries, arguments: Vec<Slot>) {
        let words = self.search_words();
        let all = [words.depth, words.bound, words.is_cut];
        let swap = |s: &mut Self, own: &[Slot], outer: &[Slot]| {
            for ((word, own), outer) in all.iter().zip(own).zip(outer) {
                s.code.load(1, ZERO, *word);
                s.code.store(1, FRAME, outer.offset());
                s.restore(*own, 1);
                s.code.store(1, ZERO, *word);
            }
        };
        let own: Vec<Slot> = all.iter().map(|_| self.frame.slot()).collect();
        let outer: Vec<Slot> = all.iter().map(|_| self.frame.slot()).collect();
        let [depth, bound, is_cut] = own[..] else { return };
        let (answer, known) = (self.frame.slot(), self.frame.slot());
        let again = self.code.label();
        for (slot, value) in [(bound, 1), (known, 0)] {
            self.code.set(1, value);
            self.code.store(1, FRAME, slot.offset());
        }
        self.code.place(again);
        for slot in [depth, is_cut] {
            self.code.set(1, 0);
            self.code.store(1, FRAME, slot.offset());
        }
        swap(self, &own, &outer);
        let asked =
            Asked { entries, arguments, limits: Vec::new(), moment: None, changes_state: false };
        self.ask(&asked, true, &mut |s, _| {
            let skip = s.code.label();
            s.code.store(0, FRAME, answer.offset());
            s.code.load(1, ZERO, words.depth);
            s.restore(known, 2);
            s.code.push(Instruction::Cmp { src1: 1, src2: 2 });
            s.code.jump(Jump::LessOrEqual, skip);
            swap(s, &outer, &own);
            s.restore(answer, 0);
            s.answer();
            swap(s, &own, &outer);
            s.code.place(skip);
        });
        swap(self, &outer, &own);
        let end = self.code.label();
        self.restore(is_cut, 1);
        self.code.jump(Jump::IfZero(1), end);
        self.restore(bound, 1);
        self.code.store(1, FRAME, known.offset());
        if order == SearchOrder::Breadth {
            self.code.push(Instruction::IAddImm { dst: 1, src: 1, value: 1 });
        } else {
            self.code.push(Instruction::IShlImm { dst: 1, src: 1, value: 1 });
        }
        self.code.store(1, FRAME, bound.offset());
        self.code.jump(Jump::Always, again);
        self.code.place(end);
    }
}

/// The variables that a block assigns to.
fn assigned_in(block: &Block, found: &mut Vec<LocalId>) {
    for statement in &block.statements {
        assigned_by(statement, found);
        walk_statement(statement, &mut |one| {
            if let ExpressionKind::Block(inner) = &one.kind {
                inner.statements.iter().for_each(|inner| assigned_by(inner, found));
            }
        });
    }
}

/// Those that a statement assigns to itself, and by blocks that are parts of it.
fn assigned_by(statement: &Statement, found: &mut Vec<LocalId>) {
    match &statement.kind {
        StatementKind::Assign(Place::Local(id), _) if !found.contains(id) => found.push(*id),
        StatementKind::Block(body)
        | StatementKind::Alternative(body)
        | StatementKind::While(_, body)
        | StatementKind::For(_, _, body)
        | StatementKind::From(_, body, _) => {
            body.statements.iter().for_each(|inner| assigned_by(inner, found));
        }
        _ => {}
    }
}
