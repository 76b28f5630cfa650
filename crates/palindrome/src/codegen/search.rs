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
use palindrome_vm::runtime::HEAD;
use source::Span;

use super::Codegen;
use super::code::{Jump, Label};
use super::data::SEARCH_FRAMES_END;
use super::frame::{FRAME, Frame, Slot, ZERO};
use super::instance::Instance;
use super::layout::{as_word, places};
use super::{SearchWords, copy_key};
use crate::hir::{
    Block, Callee, Expression, ExpressionKind, Function, FunctionId, Literal, LocalId, Pattern, Place,
    SearchOrder, Statement, StatementKind, Strategy, walk_statement,
};
use crate::types::{Effect, Type, methods};

/// Where the frame of a search is made.
const ABOVE: u8 = 6;
/// The frame of a search that goes on.
const ASKED: u8 = 7;

/// Searches that are used as values.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Each with the types of its arguments, by its number less 1.
    searches: Vec<(Entries, Vec<Type>)>,
    /// The search that goes through such a value.
    entries: Option<Entries>,
}

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
}

/// A search with its arguments, which lie in the frame, and how many answers are wanted at most.
struct Asked {
    entries: Entries,
    arguments: Vec<Slot>,
    limits: Vec<Slot>,
    changes_state: bool,
}

impl Codegen<'_> {
    /// The copy of a search for some types.
    fn search_copy(&mut self, (id, types): (FunctionId, &[Type]), mode: Mode) -> Entries {
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
        if strategy.is_tabled {
            self.not_yet("a search that is tabled", function.span);
        }
        let is_by_depth = strategy.order == SearchOrder::Depth;
        if function.effect == Effect::Transform && !is_by_depth {
            self.not_yet("a search that changes state, other than by depth,", function.span);
        }
    }

    /// Faults where there is no room for the frames of more searches.
    fn room(&mut self) {
        let deep = self.fault("the search is too deep: it has no end, or has too many steps");
        self.code.push(Instruction::CmpImm { src: FRAME, value: SEARCH_FRAMES_END });
        self.code.jump(Jump::Greater, deep);
    }

    /// Where the search goes on that it is asked for another answer of.
    fn resumes(&mut self, entry: Label) {
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
        if self.frame.tries > 0 {
            return self.not_yet("an answer from within `try`", answer.span);
        }
        self.value(answer);
        self.at(answer.span);
        self.answer();
    }

    /// The answer in R0. What follows is done if another one is asked for.
    fn answer(&mut self) {
        debug_assert!(self.frame.tries == 0, "an answer from within `try` is refused");
        let Some(state) = self.frame.state else { return };
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

    /// The words of the top level that searches use.
    fn search_words(&mut self) -> SearchWords {
        *self.search_words.get_or_insert_with(|| SearchWords {
            left: self.data.global(),
            depth: self.data.global(),
            bound: self.data.global(),
            is_cut: self.data.global(),
            open: self.data.global(),
            kept: self.data.global(),
            kept_type: self.data.global(),
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
        let asked = Asked { entries, arguments, limits: Vec::new(), changes_state: false };
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

    /// Code for each answer, which is in R0. It may go on at the label, behind all answers.
    fn each_answer(
        &mut self,
        answers: &Expression,
        (is_part, is_many): (bool, bool),
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        let height = self.frame.height;
        let is_bounded = is_part && self.frame.is_bounded;
        let budget = self.own_budget();
        if let Some(asked) = self.asked(answers, is_bounded) {
            self.at(answers.span);
            // Whoever stops before the end stands deeper than at the beginning.
            let words = is_bounded.then(|| self.search_words());
            let depth = words.filter(|_| !asked.limits.is_empty()).map(|words| {
                self.code.load(0, ZERO, words.depth);
                (words.depth, self.save(0))
            });
            if asked.changes_state && !(is_part && self.frame.changes_state) {
                self.ask_changing(asked, is_many, budget, answers, body);
            } else {
                if asked.changes_state && !asked.limits.is_empty() {
                    self.not_yet("a limit of a search that changes state, here,", answers.span);
                }
                self.ask_within(&asked, is_many, budget, body);
            }
            if let Some((word, depth)) = depth {
                self.restore(depth, 0);
                self.code.store(0, ZERO, word);
            }
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// Where a search begins that is no part of another one, it has all its steps.
    fn own_budget(&mut self) -> Option<Slot> {
        self.search_limit?;
        if self.frame.state.is_some() {
            return None;
        }
        let slot = self.frame.slot();
        self.code.set(0, self.search_limit.unwrap_or_default());
        self.code.store(0, FRAME, slot.offset());
        Some(slot)
    }

    /// Exchanges the steps that are left with those in a slot. R0 to R2 stay.
    fn exchange(&mut self, budget: Option<Slot>) {
        let Some(slot) = budget else { return };
        let left = self.search_words().left;
        self.code.load(3, ZERO, left);
        self.restore(slot, 4);
        self.code.store(4, ZERO, left);
        self.code.store(3, FRAME, slot.offset());
    }

    /// What is searched; its arguments are computed.
    fn asked(&mut self, answers: &Expression, is_bounded: bool) -> Option<Asked> {
        if let ExpressionKind::Call(callee, arguments) = &answers.kind {
            match (callee, arguments.as_slice()) {
                (Callee::Builtin(id), [inner, most]) if id.name() == "limit" => {
                    let mut asked = self.asked(inner, is_bounded)?;
                    self.value(most);
                    asked.limits.push(self.save(0));
                    return Some(asked);
                }
                (Callee::Function(id, types), arguments) => {
                    let function = self.program.functions.get(id.index())?;
                    if let ExpressionKind::Search(strategy, _) = &function.body.kind {
                        let slots = arguments.iter().map(|one| {
                            self.value(one);
                            self.save(0)
                        });
                        let slots = slots.collect();
                        let own = Self::mode_of(*strategy);
                        let mode = if is_bounded { Mode::Bounded } else { own };
                        let types: Vec<Type> = types.iter().map(|of| self.of(of)).collect();
                        let entries = self.search_copy((*id, &types), mode);
                        let changes_state = function.effect == Effect::Transform;
                        return Some(Asked {
                            entries,
                            arguments: slots,
                            limits: Vec::new(),
                            changes_state,
                        });
                    }
                }
                _ => {}
            }
        }
        self.value(answers);
        let value = self.save(0);
        let entries = self.answers_entries();
        Some(Asked { entries, arguments: vec![value], limits: Vec::new(), changes_state: false })
    }

    /// How a search is compiled where it is no part of a bounded one.
    fn mode_of(strategy: Strategy) -> Mode {
        match strategy.order {
            SearchOrder::Depth => Mode::Plain,
            order => Mode::Deepening(order),
        }
    }

    /// A search that begins later, as a value: which one it is, and its arguments. False if a function
    /// is no search.
    pub(super) fn answers_value(
        &mut self,
        (id, types): (FunctionId, &[Type]),
        arguments: &[Expression],
        at: Span,
    ) -> bool {
        let function = self.program.functions.get(id.index());
        let Some(ExpressionKind::Search(strategy, _)) = function.map(|it| &it.body.kind) else {
            return false;
        };
        if function.is_some_and(|function| function.effect == Effect::Transform) {
            self.not_yet("a search that changes state, as a value,", at);
        }
        let height = self.frame.height;
        let mut slots = Vec::new();
        for one in arguments {
            self.value(one);
            slots.push(self.save(0));
        }
        self.at(at);
        let types: Vec<Type> = types.iter().map(|of| self.of(of)).collect();
        let entries = self.search_copy((id, &types), Self::mode_of(*strategy));
        let given: Vec<Type> = arguments.iter().map(|one| self.of(&one.of)).collect();
        let known = self.answers.searches.iter().position(|(other, _)| *other == entries);
        let number = known.unwrap_or_else(|| {
            self.answers.searches.push((entries, given.clone()));
            self.answers.searches.len() - 1
        });
        self.new_answers(number + 1, &slots, &given);
        self.frame.drop_to(height, self.code.here());
        true
    }

    fn new_answers(&mut self, number: usize, slots: &[Slot], types: &[Type]) {
        self.answers_entries();
        let (all, references) = places(types);
        self.new_closure(
            as_word(slots.len()),
            references,
            u32::try_from(number).unwrap_or(u32::MAX),
        );
        for (slot, place) in slots.iter().zip(all) {
            self.restore(*slot, 1);
            self.code.store(1, 0, HEAD + place * 8);
        }
    }

    /// The search that goes through a value of answers.
    fn answers_entries(&mut self) -> Entries {
        let code = &mut self.code;
        *self
            .answers
            .entries
            .get_or_insert_with(|| Entries { start: code.label(), resume: code.label() })
    }

    /// The code that goes through values of answers, once all searches are known that are values.
    pub(super) fn answers_of_values(&mut self) {
        let Some(entries) = self.answers.entries else { return };
        self.code.set_line(0);
        self.frame = Frame { height: 1, height_max: 1, ..Frame::default() };
        let start = self.code.here();
        self.code.place(entries.start);
        let value = Slot(0);
        self.frame.state = Some(self.frame.slot());
        self.room();
        let inner = self.frame.height;
        let end = self.code.label();
        let mut all = self.answers.searches.clone();
        // Those that are limited are a value of answers and a number.
        all.insert(0, (entries, vec![Type::list(Type::INT), Type::INT]));
        let labels: Vec<(i64, Label)> = (0..).zip(all.iter().map(|_| self.code.label())).collect();
        self.restore(value, 0);
        self.code.load_half(0, 0, 12);
        self.search_number(&labels);
        for ((number, label), (entries, types)) in labels.into_iter().zip(all) {
            self.code.place(label);
            let mut arguments = Vec::new();
            for place in places(&types).0 {
                self.restore(value, 0);
                self.code.load(0, 0, HEAD + place * 8);
                arguments.push(self.save(0));
            }
            let limits = if number == 0 { arguments.split_off(1) } else { Vec::new() };
            let asked = Asked { entries, arguments, limits, changes_state: false };
            self.ask(&asked, true, &mut |s, _| s.answer());
            self.code.jump(Jump::Always, end);
            self.frame.drop_to(inner, self.code.here());
        }
        self.code.place(end);
        self.code.set(1, 0);
        self.code.push(Instruction::Return);
        self.resumes(entries.resume);
        self.finish_function("(answers)", start);
    }

    fn ask(&mut self, asked: &Asked, is_many: bool, body: &mut dyn FnMut(&mut Self, Label)) {
        self.ask_within(asked, is_many, None, body);
    }

    fn ask_within(
        &mut self,
        asked: &Asked,
        is_many: bool,
        budget: Option<Slot>,
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        let (join, end) = (self.code.label(), self.code.label());
        for limit in &asked.limits {
            self.restore(*limit, 0);
            self.code.push(Instruction::CmpImm { src: 0, value: 0 });
            self.code.jump(Jump::LessOrEqual, end);
        }
        let (own, top) = (self.frame.slot(), self.frame.slot());
        self.exchange(budget);
        self.lay(&asked.arguments);
        self.code.store(ASKED, FRAME, own.offset());
        self.code.copy(FRAME, ASKED);
        self.code.jump(Jump::Call, asked.entries.start);
        self.code.load(FRAME, FRAME, -8);
        self.code.place(join);
        self.exchange(budget);
        self.code.jump(Jump::IfZero(1), end);
        if is_many {
            self.code.store(2, FRAME, top.offset());
        }
        let around = self.frame.top;
        if is_many {
            self.frame.top = Some(top);
        }
        body(self, end);
        self.frame.top = around;
        if is_many {
            for limit in &asked.limits {
                self.restore(*limit, 0);
                self.code.push(Instruction::ISubImm { dst: 0, src: 0, value: 1 });
                self.code.store(0, FRAME, limit.offset());
                self.code.jump(Jump::IfZero(0), end);
            }
            self.exchange(budget);
            self.restore(own, ASKED);
            self.code.copy(FRAME, ASKED);
            self.code.jump(Jump::Call, asked.entries.resume);
            self.code.load(FRAME, FRAME, -8);
            self.code.jump(Jump::Always, join);
        }
        self.code.place(end);
    }

    /// Opens a savepoint of a search.
    fn open_savepoint(&mut self) {
        let open = self.search_words().open;
        self.code.push(Instruction::SavepointOnly);
        self.code.load(1, ZERO, open);
        self.code.push(Instruction::IAddImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, ZERO, open);
    }

    /// Goes back to the innermost savepoint of a search. What is to be kept is written down anew.
    fn roll_back(&mut self) {
        let words = self.search_words();
        self.code.load(1, ZERO, words.kept);
        self.code.load(2, ZERO, words.kept_type);
        if self.search_limit.is_some() {
            self.code.load(3, ZERO, words.left);
            self.code.store(3, 1, HEAD + 8);
        }
        self.code.push(Instruction::Carry { src: 1, of: 2 });
        self.code.push(Instruction::Rollback);
        self.code.load(1, ZERO, words.kept_type);
        self.call_runtime("carry_in");
        self.code.store(0, ZERO, words.kept);
        if self.search_limit.is_some() {
            self.code.load(3, 0, HEAD + 8);
            self.code.store(3, ZERO, words.left);
        }
    }

    /// Closes the savepoints of searches but for so many as a slot says. R0 stays.
    fn close_savepoints(&mut self, base: Slot) {
        let open = self.search_words().open;
        let (again, end) = (self.code.label(), self.code.label());
        self.code.place(again);
        self.code.load(1, ZERO, open);
        self.restore(base, 2);
        self.code.push(Instruction::Cmp { src1: 1, src2: 2 });
        self.code.jump(Jump::LessOrEqual, end);
        self.code.push(Instruction::Release);
        self.code.push(Instruction::ISubImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, ZERO, open);
        self.code.jump(Jump::Always, again);
        self.code.place(end);
    }

    /// The answers of a search that changes state. The first one stands with all that was done for it.
    /// If there may be more, all are found before anything is done with them, and what was done for them
    /// is undone.
    fn ask_changing(
        &mut self,
        mut asked: Asked,
        is_many: bool,
        budget: Option<Slot>,
        answers: &Expression,
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        let words = self.search_words();
        let element = match self.of(&answers.of) {
            Type::Answers(element) => (*element).clone(),
            other => other,
        };
        let list = Type::list(element.clone());
        let fields = [("answers".into(), list), ("left".into(), Type::INT)];
        let of = self.description(&Type::record(fields.into_iter().collect()));
        self.code.load(0, ZERO, words.open);
        let base = self.save(0);
        let around: Vec<Slot> = [words.kept, words.kept_type]
            .into_iter()
            .map(|word| {
                self.code.load(0, ZERO, word);
                self.save(0)
            })
            .collect();
        // The list of answers, and the steps that are left.
        self.code.set(1, 0);
        self.new_list(&element);
        let empty = self.save(0);
        self.code.set(1, 2);
        self.code.set(2, 1);
        self.call_runtime("record_new");
        self.restore(empty, 1);
        self.code.store(1, 0, HEAD);
        self.code.store(0, ZERO, words.kept);
        self.code.set(0, of);
        self.code.store(0, ZERO, words.kept_type);
        if is_many {
            self.open_savepoint();
        }
        let found = self.frame.slot();
        let enough = self.code.label();
        // Words of the frame do not count what is undone: how many there are is told by the list.
        let limits = std::mem::take(&mut asked.limits);
        for limit in &limits {
            self.restore(*limit, 0);
            self.code.push(Instruction::CmpImm { src: 0, value: 0 });
            self.code.jump(Jump::LessOrEqual, enough);
        }
        self.ask_within(&asked, is_many, budget, &mut |s, end| {
            if !is_many {
                s.code.store(0, FRAME, found.offset());
                s.close_savepoints(base);
                s.restore(found, 0);
                body(s, end);
                return;
            }
            s.code.store(0, FRAME, found.offset());
            s.code.set(1, 1);
            s.new_list(&element);
            s.restore(found, 1);
            s.code.store(1, 0, HEAD);
            s.code.copy(2, 0);
            s.code.load(1, ZERO, words.kept);
            s.code.load(1, 1, HEAD);
            s.call_runtime("list_concat");
            s.code.load(1, ZERO, words.kept);
            s.code.store(0, 1, HEAD);
            s.code.load_half(0, 0, 8);
            let many = s.save(0);
            for limit in &limits {
                s.restore(many, 0);
                s.restore(*limit, 1);
                s.code.push(Instruction::Cmp { src1: 0, src2: 1 });
                s.code.jump(Jump::GreaterOrEqual, end);
            }
        });
        self.code.place(enough);
        if is_many {
            // But for the one that was opened here.
            self.restore(base, 1);
            self.code.push(Instruction::IAddImm { dst: 1, src: 1, value: 1 });
            self.code.store(1, FRAME, found.offset());
            self.close_savepoints(found);
            self.roll_back();
        }
        self.code.load(0, ZERO, words.kept);
        self.code.load(0, 0, HEAD);
        self.code.store(0, FRAME, found.offset());
        for (word, slot) in [words.kept, words.kept_type].into_iter().zip(around) {
            self.restore(slot, 0);
            self.code.store(0, ZERO, word);
        }
        if is_many {
            let walk = self.begin(found);
            body(self, walk.end);
            self.finish_walk(&walk);
        }
    }

    /// Lays words of the frame above all that is in use, as the beginning of a frame, whose position
    /// comes into R7.
    pub(super) fn lay(&mut self, words: &[Slot]) {
        self.above(ABOVE);
        for (place, slot) in (1..).zip(words) {
            self.restore(*slot, 1);
            self.code.store(1, ABOVE, place * 8);
        }
        self.code.store(FRAME, ABOVE, 0);
        self.code.push(Instruction::IAddImm { dst: ASKED, src: ABOVE, value: 8 });
    }

    /// Calls code whose arguments lie above what is in use of this frame, from among the answers of a
    /// search.
    pub(super) fn enter_above(&mut self, target: Label, words: i64) {
        let words: Vec<Slot> = (0..words).map(|word| Slot(self.frame.height + word)).collect();
        self.lay(&words);
        self.code.copy(FRAME, ASKED);
        self.code.jump(Jump::Call, target);
        self.code.load(FRAME, FRAME, -8);
    }

    /// `for` through answers.
    pub(super) fn for_answers(&mut self, pattern: &Pattern, answers: &Expression, body: &Block) {
        let is_part = self.frame.state.is_some();
        self.each_answer(answers, (is_part, true), &mut |s, _| {
            let height = s.frame.height;
            s.at(pattern.span);
            s.bind(pattern);
            s.block(body);
            s.frame.drop_to(height, s.code.here());
            s.at(answers.span);
        });
    }

    /// Whether what is searched changes state.
    fn changes_state(&self, answers: &Expression) -> bool {
        match &answers.kind {
            ExpressionKind::Call(Callee::Builtin(_), arguments) => {
                arguments.first().is_some_and(|inner| self.changes_state(inner))
            }
            ExpressionKind::Call(Callee::Function(id, _), _) => {
                let function = self.program.functions.get(id.index());
                function.is_some_and(|function| function.effect == Effect::Transform)
            }
            _ => false,
        }
    }

    /// What there is of the answers of a search.
    pub(super) fn of_answers(&mut self, name: &str, arguments: &[Expression], of: &Expression) {
        let Some(answers) = arguments.first() else { return };
        let element = match self.of(&answers.of) {
            Type::Answers(element) => (*element).clone(),
            other => other,
        };
        let height = self.frame.height;
        match name {
            "all" => {
                let list = self.growing(&element);
                self.each_answer(answers, (false, true), &mut |s, _| s.add(list));
                self.cut(list);
                self.restore(list.list, 0);
            }
            "first" | "once" | "exists" => {
                self.code.set(0, 0);
                let found = self.save(0);
                // What is only asked for does not stand.
                let is_asked = name == "exists" && self.changes_state(answers);
                let one = limited(answers, 1);
                let answers = if is_asked { &one } else { answers };
                self.each_answer(answers, (false, is_asked), &mut |s, _| {
                    if name == "exists" {
                        s.code.set(0, 1);
                    } else {
                        s.wrap(&element);
                    }
                    s.code.store(0, FRAME, found.offset());
                });
                self.restore(found, 0);
            }
            // Fewer of them, later.
            _ => {
                let Some((_, most)) = arguments.split_first() else { return };
                self.value(answers);
                let mut slots = vec![self.save(0)];
                for one in most {
                    self.value(one);
                    slots.push(self.save(0));
                }
                self.at(of.span);
                self.new_answers(0, &slots, &[Type::list(Type::INT), Type::INT]);
            }
        }
        self.frame.drop_to(height, self.code.here());
    }
}

/// So many answers at most.
fn limited(answers: &Expression, most: i64) -> Expression {
    let Some((id, _)) = methods("limit").next() else { return answers.clone() };
    let kind = ExpressionKind::Literal(Literal::Int(most));
    let most = Expression { kind, of: Type::INT, span: answers.span };
    let kind = ExpressionKind::Call(Callee::Builtin(id), vec![answers.clone(), most]);
    Expression { kind, of: answers.of.clone(), span: answers.span }
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
