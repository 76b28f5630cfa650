//! Searches that change state: what an alternative changed is undone by a savepoint of the machine
//! (decision 0020), and what was found so far is carried back over that.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::answers::Asked;
use super::code::{Jump, Label};
use super::frame::{FRAME, Slot, ZERO};
use crate::hir::Expression;
use crate::types::Type;

/// In what survives: whether something was left out, and the steps that are left.
const CUT: i64 = HEAD + 8;
const LEFT: i64 = HEAD + 16;

impl Codegen<'_> {
    /// Opens a savepoint of a search.
    pub(super) fn open_savepoint(&mut self) {
        let open = self.search_words().open;
        self.code.push(Instruction::SavepointOnly);
        self.code.load(1, ZERO, open);
        self.code.push(Instruction::IAddImm { dst: 1, src: 1, value: 1 });
        self.code.store(1, ZERO, open);
    }

    /// Goes back to the innermost savepoint of a search. What is to be kept is written down anew.
    pub(super) fn roll_back(&mut self) {
        let words = self.search_words();
        self.code.load(1, ZERO, words.kept);
        self.code.load(2, ZERO, words.kept_type);
        // That something was left out for being too deep is not undone.
        self.code.load(3, ZERO, words.is_cut);
        self.code.store(3, 1, CUT);
        if self.search_limit.is_some() {
            self.code.load(3, ZERO, words.left);
            self.code.store(3, 1, LEFT);
        }
        self.code.push(Instruction::Carry { src: 1, of: 2 });
        self.code.push(Instruction::Rollback);
        self.code.load(1, ZERO, words.kept_type);
        self.call_runtime("carry_in");
        self.code.store(0, ZERO, words.kept);
        self.code.load(3, 0, CUT);
        self.code.store(3, ZERO, words.is_cut);
        if self.search_limit.is_some() {
            self.code.load(3, 0, LEFT);
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
    pub(super) fn ask_changing(
        &mut self,
        mut asked: Asked,
        is_many: bool,
        own: &[(i64, Slot)],
        answers: &Expression,
        body: &mut dyn FnMut(&mut Self, Label),
    ) {
        let words = self.search_words();
        let element = match self.of(&answers.of) {
            Type::Answers(element) => (*element).clone(),
            other => other,
        };
        let list = Type::list(element.clone());
        let fields =
            [("answers".into(), list), ("cut".into(), Type::INT), ("left".into(), Type::INT)];
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
        // The list of answers, whether any were left out, and the steps that are left.
        self.code.set(1, 0);
        self.new_list(&element);
        let empty = self.save(0);
        self.code.set(1, 3);
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
        self.ask_within(&asked, is_many, own, &mut |s, end| {
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
}
