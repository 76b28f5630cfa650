//! Statements that have an inverse: exchanges, and loops with a condition at both ends. They are
//! compiled so that going back over their steps finds every old value in what is left, and the log of
//! the machine stays empty.

use std::collections::BTreeSet;

use palindrome_vm::image::registers;
use palindrome_vm::{BaseOffset, Instruction};

use super::Codegen;
use super::code::Jump;
use super::frame::{FRAME, Home, ZERO};
use crate::hir::{Block, Expression, ExpressionKind, PatternKind, Place, StatementKind};

/// Registers and words of the frame that a loop clears for its next round, at most.
const CLEARED_MAX: usize = 16;

impl Codegen<'_> {
    /// `from entry { … } until exit`
    pub(super) fn reversible_loop(&mut self, entry: &Expression, body: &Block, exit: &Expression) {
        let height = self.frame.height;
        let [enter, begin, end] = std::array::from_fn(|_| self.code.label());
        self.at(entry.span);
        let wrong = self.fault("the loop does not begin as `from` says");
        self.branch(entry, false, wrong);
        self.code.jump(Jump::Always, enter);
        let start = self.code.here();
        self.code.place(begin);
        self.block(body);
        self.branch(exit, true, end);
        self.at(entry.span);
        let wrong = self.fault("the loop comes back to how it began");
        self.branch(entry, true, wrong);
        // What a round leaves behind would be overwritten by the next one and had to be logged, as
        // nobody knows what was there before the first one. So both find 0.
        let (registers, words) = self.left_behind(start, height * 8);
        if registers.len() + words.len() <= CLEARED_MAX {
            self.clear(&registers, &words);
            self.code.jump(Jump::Always, begin);
            self.code.place(enter);
            self.clear(&registers, &words);
        } else {
            self.code.jump(Jump::Always, begin);
            self.code.place(enter);
        }
        self.code.jump(Jump::Always, begin);
        self.code.place(end);
    }

    /// The registers, but for the first two, and the words from `above` on in the frame that the code
    /// since an instruction writes. None where it calls anything, which logs anyway.
    fn left_behind(&self, since: u32, above: i64) -> (BTreeSet<u8>, BTreeSet<i64>) {
        let (mut written, mut words) = (0, BTreeSet::new());
        if self.code.calls_since(since) {
            return (BTreeSet::new(), words);
        }
        for instruction in self.code.since(since) {
            match instruction {
                Instruction::Store { addr: BaseOffset { base: FRAME, offset }, .. }
                    if *offset >= above =>
                {
                    words.insert(*offset);
                }
                other => written |= registers(other).1,
            }
        }
        let is_left = |register: &u8| written >> register & 1 == 1;
        ((2..ZERO).filter(is_left).collect(), words)
    }

    fn clear(&mut self, registers: &BTreeSet<u8>, words: &BTreeSet<i64>) {
        registers.iter().for_each(|register| self.code.set(*register, 0));
        words.iter().for_each(|word| self.code.store(ZERO, FRAME, *word));
    }

    /// `a <-> b`, if both are words: they change places without a third one. False if it is something
    /// else.
    pub(super) fn exchange_names(&mut self, block: &Block) -> bool {
        let Some((first, second)) = as_exchange(block) else { return false };
        let (Some(one), Some(other)) = (self.word_of(first), self.word_of(second)) else {
            return false;
        };
        self.code.load(0, one.base, one.offset);
        self.code.load(1, other.base, other.offset);
        self.code.store(1, one.base, one.offset);
        self.code.store(0, other.base, other.offset);
        for place in [first, second] {
            if let Place::Global(id) = place {
                self.name_has_changed(id);
            }
        }
        true
    }

    /// Where a name lies, if that is a word which is there for sure.
    fn word_of(&self, place: Place) -> Option<BaseOffset> {
        let id = match place {
            Place::Local(id) => id,
            Place::Global(id) if self.is_defined_here() => {
                return Some(BaseOffset { base: ZERO, offset: self.global(id) });
            }
            Place::Global(_) => return None,
        };
        match self.frame.homes.get(&id)? {
            Home::Slot(slot) => Some(BaseOffset { base: FRAME, offset: slot.offset() }),
            Home::Boxed(_) | Home::Captured(_) | Home::CapturedBox(_) => None,
        }
    }
}

/// The places that a block exchanges, if it does that and nothing else.
fn as_exchange(block: &Block) -> Option<(Place, Place)> {
    let [kept, first, second] = &*block.statements else { return None };
    let (
        StatementKind::Let(pattern, kept_of),
        StatementKind::Assign(one, of_other),
        StatementKind::Assign(other, of_kept),
    ) = (&kept.kind, &first.kind, &second.kind)
    else {
        return None;
    };
    let PatternKind::Bind(kept) = pattern.kind else { return None };
    let reads = |value: &Expression, place: Place| match (&value.kind, place) {
        (ExpressionKind::Local(id), Place::Local(place)) => *id == place,
        (ExpressionKind::Global(id), Place::Global(place)) => *id == place,
        _ => false,
    };
    let is_exchange = block.value.is_none()
        && reads(kept_of, *one)
        && reads(of_other, *other)
        && reads(of_kept, Place::Local(kept));
    is_exchange.then_some((*one, *other))
}
