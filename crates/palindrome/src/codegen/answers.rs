//! What is done with the answers of searches: loops through them, the first, all, some; and answers as
//! values, which are searches that have not begun.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use source::Span;

use super::Codegen;
use super::code::{Jump, Label};
use super::frame::{FRAME, Frame, Slot, ZERO};
use super::layout::{as_word, places};
use super::search::{Entries, Mode};
use crate::codes::WAITING;
use crate::hir::{
    Block, Callee, Expression, ExpressionKind, FunctionId, Literal, Pattern, SearchOrder, Strategy,
};
use crate::types::{Effect, Type, methods};

/// Where the frame of a search is made.
const ABOVE: u8 = 6;
/// The frame of a search that goes on.
const ASKED: u8 = 7;

/// Values of answers that are made of other ones: fewer of them, and those at a moment.
const LIMITED: usize = 0;
const PAST: usize = 1;
const OWN: usize = 2;

/// Searches that are used as values.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// Each with the types of its arguments, by its number less [`OWN`].
    searches: Vec<(Entries, Vec<Type>)>,
    /// The search that goes through such a value.
    entries: Option<Entries>,
}

/// A search with its arguments, which lie in the frame, and how many answers are wanted at most.
pub(super) struct Asked {
    pub(super) entries: Entries,
    pub(super) arguments: Vec<Slot>,
    pub(super) limits: Vec<Slot>,
    /// The moment at which it looks for them, if that is not the present one.
    pub(super) moment: Option<Slot>,
    pub(super) changes_state: bool,
}

impl Codegen<'_> {
    /// Code for each answer, which is in R0. It may go on at the label, behind all answers.
    fn each_answer(
        &mut self,
        answers: &Expression,
        (is_part, is_many): (bool, bool),
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        let height = self.frame.height;
        let is_bounded = is_part && self.frame.is_bounded;
        let own = self.own_words(is_part);
        if let Some(asked) = self.asked(answers, is_bounded) {
            self.at(answers.span);
            // Whoever stops before the end stands deeper than at the beginning.
            let words = is_bounded.then(|| self.search_words());
            let depth = words.filter(|_| !asked.limits.is_empty()).map(|words| {
                self.code.load(0, ZERO, words.depth);
                (words.depth, self.save(0))
            });
            // What is limited ends before its alternatives do, so its answers are found first, too.
            let is_step = is_part && self.frame.changes_state && asked.limits.is_empty();
            if asked.changes_state && !is_step {
                self.ask_changing(asked, is_many, &own, answers, body);
            } else {
                self.ask_within(&asked, is_many, &own, body);
            }
            if let Some((word, depth)) = depth {
                self.restore(depth, 0);
                self.code.store(0, ZERO, word);
            }
        }
        self.frame.drop_to(height, self.code.here());
    }

    /// A search that is no part of another one has words of its own while it runs: its steps, and the
    /// table of calls. They wait in the frame.
    fn own_words(&mut self, is_part: bool) -> Vec<(i64, Slot)> {
        let mut own = Vec::new();
        let words = self.search_words();
        if let Some(limit) = self.search_limit
            && self.frame.state.is_none()
        {
            own.push((words.left, limit));
        }
        if self.has_tables() && !is_part {
            own.push((words.tables, 0));
        }
        let saved = own.into_iter().map(|(word, value)| {
            self.code.set(0, value);
            (word, self.save(0))
        });
        saved.collect()
    }

    /// Whether the program has tabled searches.
    fn has_tables(&self) -> bool {
        self.program.functions.iter().any(|function| {
            matches!(function.body.kind, ExpressionKind::Search(strategy, _) if strategy.is_tabled)
        })
    }

    /// Exchanges words with those in slots. R0 to R2 stay.
    fn exchange(&mut self, own: &[(i64, Slot)]) {
        for (word, slot) in own {
            self.code.load(3, ZERO, *word);
            self.restore(*slot, 4);
            self.code.store(4, ZERO, *word);
            self.code.store(3, FRAME, slot.offset());
        }
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
                        let is_bounded = is_bounded && own != Mode::Tabled;
                        let mode = if is_bounded { Mode::Bounded } else { own };
                        let types: Vec<Type> = types.iter().map(|of| self.of(of)).collect();
                        let entries = self.search_copy((*id, &types), mode);
                        let changes_state = function.effect == Effect::Transform;
                        return Some(Asked {
                            entries,
                            arguments: slots,
                            limits: Vec::new(),
                            moment: None,
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
        Some(Asked {
            entries,
            arguments: vec![value],
            limits: Vec::new(),
            moment: None,
            changes_state: false,
        })
    }

    /// How a search is compiled where it is no part of a bounded one.
    pub(super) fn mode_of(strategy: Strategy) -> Mode {
        match strategy.order {
            _ if strategy.is_tabled => Mode::Tabled,
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
            self.refuse(
                WAITING,
                "a search that changes state cannot wait as a value: each use would do it anew",
                "ask it here: `first f(x)` for an answer with what was done for it, `all f(x)` for a list",
                at,
            );
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
        self.new_answers(number + OWN, &slots, &given);
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
        self.code.no_line();
        self.frame = Frame { height: 1, height_max: 1, ..Frame::default() };
        let start = self.code.here();
        self.code.place(entries.start);
        let value = Slot(0);
        self.frame.state = Some(self.frame.slot());
        self.room();
        let inner = self.frame.height;
        let end = self.code.label();
        let mut all = self.answers.searches.clone();
        let made = (entries, vec![Type::list(Type::INT), Type::INT]);
        all.splice(0..0, std::iter::repeat_n(made, OWN));
        let labels: Vec<Label> = all.iter().map(|_| self.code.label()).collect();
        let numbered: Vec<(i64, Label)> = (0..).zip(labels.iter().copied()).collect();
        self.restore(value, 0);
        self.code.load_half(0, 0, 12);
        self.search_number(&numbered);
        for ((number, label), (entries, types)) in labels.into_iter().enumerate().zip(all) {
            self.code.place(label);
            let mut arguments = Vec::new();
            for place in places(&types).0 {
                self.restore(value, 0);
                self.code.load(0, 0, HEAD + place * 8);
                arguments.push(self.save(0));
            }
            let limits = if number == LIMITED { arguments.split_off(1) } else { Vec::new() };
            let moment = if number == PAST { arguments.pop() } else { None };
            let asked = Asked { entries, arguments, limits, moment, changes_state: false };
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

    pub(super) fn ask(
        &mut self,
        asked: &Asked,
        is_many: bool,
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        self.ask_within(asked, is_many, &[], body);
    }

    pub(super) fn ask_within(
        &mut self,
        asked: &Asked,
        is_many: bool,
        own_words: &[(i64, Slot)],
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        let (join, end) = (self.code.label(), self.code.label());
        for limit in &asked.limits {
            self.restore(*limit, 0);
            self.code.push(Instruction::CmpImm { src: 0, value: 0 });
            self.code.jump(Jump::LessOrEqual, end);
        }
        let (own, top) = (self.frame.slot(), self.frame.slot());
        self.exchange(own_words);
        self.look_for(asked);
        self.lay(&asked.arguments);
        self.code.store(ASKED, FRAME, own.offset());
        self.code.copy(FRAME, ASKED);
        self.code.jump(Jump::Call, asked.entries.start);
        self.code.load(FRAME, FRAME, -8);
        self.code.place(join);
        if asked.moment.is_some() {
            self.code.push(Instruction::LeaveLook);
        }
        self.exchange(own_words);
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
            self.exchange(own_words);
            self.look_for(asked);
            self.restore(own, ASKED);
            self.code.copy(FRAME, ASKED);
            self.code.jump(Jump::Call, asked.entries.resume);
            self.code.load(FRAME, FRAME, -8);
            self.code.jump(Jump::Always, join);
        }
        self.code.place(end);
    }

    /// Before a search is asked: what it reads is as it was at its moment. Whoever takes the answer is in
    /// the present.
    fn look_for(&mut self, asked: &Asked) {
        if let Some(moment) = asked.moment {
            self.restore(moment, 0);
            self.code.push(Instruction::Look { moment: 0 });
        }
    }

    /// Answers that wait in R0, which are to be looked for at a moment in a slot.
    pub(super) fn answers_at(&mut self, moment: Slot) {
        let answers = self.save(0);
        self.new_answers(PAST, &[answers, moment], &[Type::list(Type::INT), Type::INT]);
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
        self.each_answer(answers, (is_part, true), &mut |s, end| {
            let (height, next) = (s.frame.height, s.code.label());
            s.at(pattern.span);
            s.bind(pattern);
            s.begin_loop_to(end, next);
            s.block(body);
            s.end_loop();
            s.code.place(next);
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
                self.new_answers(LIMITED, &slots, &[Type::list(Type::INT), Type::INT]);
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
