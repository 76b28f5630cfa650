//! The words of a function as they come into being: instructions, jumps, and where they come from.
//!
//! Behind an instruction that never goes on, nothing is written until a jump leads there.

use achronyme_vm::{Line, Op};
use source::Span;

/// Jumps whose target is not known yet.
pub(super) type Jumps = Vec<Jump>;

/// A jump whose target is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jump {
    /// The word with the distance.
    word: usize,
    /// The word after the instruction.
    end: usize,
    /// Whether the distance lies in the instruction's own word.
    is_short: bool,
}

/// A place in code that jumps back lead to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target(usize);

/// The code of a function.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) words: Vec<u32>,
    pub(super) lines: Vec<Line>,
    /// Whether control gets to the end of what there is.
    is_live: bool,
    /// The word of the last instruction.
    last: usize,
    /// The words of the last instructions, the last one at the end.
    recent: [usize; 6],
    /// A distance did not fit.
    pub(super) is_too_long: bool,
    source: u32,
    span: Span,
    statement: Option<Span>,
}

impl Code {
    pub(super) fn new(source: u32) -> Self {
        Self {
            words: Vec::new(),
            lines: Vec::new(),
            is_live: true,
            last: 0,
            recent: [usize::MAX / 2; 6],
            is_too_long: false,
            source,
            span: Span::default(),
            statement: None,
        }
    }

    /// Says where the instructions that follow come from.
    pub(super) fn at(&mut self, span: Span) {
        self.span = span;
    }

    /// Where what is emitted now comes from.
    pub(super) fn place(&self) -> Span {
        self.span
    }

    /// Says that a statement begins.
    pub(super) fn begin_statement(&mut self, span: Span) {
        self.span = span;
        self.statement = Some(span);
    }

    pub(super) fn is_live(&self) -> bool {
        self.is_live
    }

    /// The word that comes next.
    pub(super) fn here(&self) -> u32 {
        u32::try_from(self.words.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn emit(&mut self, op: Op, a: u8, b: u8, c: u8) {
        self.pair_with(op, [a, b, c]);
        self.push(op.abc(a, b, c));
        if matches!(op, Op::SetIndex | Op::SetUpIndex | Op::SetGlobalIndex) {
            self.exchange();
        }
    }

    /// Lets the instruction before this one say that this one follows, if the machine does the two at
    /// once. By itself each does the same as ever.
    fn pair_with(&mut self, next: Op, [first, second, third]: [u8; 3]) {
        let Some(last) = self.words.get_mut(self.last).filter(|_| self.is_live) else { return };
        let [code, a, b, c] = last.to_le_bytes();
        let op = match (Op::from_code(code), next) {
            (Some(Op::Add), next) if is_loop(next) => Op::AddLoop,
            (Some(Op::AddK), next) if is_loop(next) => Op::AddLoopK,
            (Some(Op::Mul), Op::Add) => Op::MulAdd,
            (Some(Op::PeekIndex), Op::PeekIndex) if a == second => Op::PeekRow,
            (Some(Op::PeekIndex), Op::JumpIfTrue | Op::JumpIfFalse) => Op::PeekIndexTest,
            (Some(Op::PeekUpIndex), Op::JumpIfTrue | Op::JumpIfFalse) => Op::PeekUpIndexTest,
            (Some(Op::PeekGlobalIndex), Op::JumpUnlessLt | Op::LoopIfLt | Op::Share) => {
                Op::PeekGlobalIndexThen
            }
            (Some(Op::LoadTrue), Op::SetIndex | Op::SetUpIndex) => Op::LoadTruePut,
            (Some(Op::LoadFalse), Op::SetIndex | Op::SetUpIndex) => Op::LoadFalsePut,
            (Some(Op::Move), Op::Move) => Op::MoveMove,
            (Some(Op::Move), Op::Call) => Op::MoveCall,
            (Some(Op::SubK), Op::CallRec) => Op::SubKCall,
            (Some(Op::Add), Op::Return) if a == first => Op::AddReturn,
            (Some(Op::Copy), Op::Return) if a == first => Op::CopyReturn,
            (Some(Op::Add), Op::AddK) => Op::AddStep,
            (Some(Op::LoadSmall), Op::GetIndex) if a == third => Op::LoadIndex,
            (Some(Op::LoadSmall), Op::SetIndex) if a == second => Op::LoadIndex,
            _ => return,
        };
        if self.last + 1 == self.words.len() {
            self.words[self.last] = op.abc(a, b, c);
        }
    }

    /// Lets the first instruction of an exchange of two elements say so, if it ends here.
    fn exchange(&mut self) {
        for (begin, count) in [(2, 4), (0, 6)] {
            let first = self.recent[begin];
            if self.is_live
                && first + count == self.words.len()
                && let Some(op) = achronyme_vm::exchange(&self.words[first..])
            {
                self.words[first] = self.words[first] & !255 | op as u32;
            }
        }
    }

    pub(super) fn emit_wide(&mut self, op: Op, a: u8, k: u16) {
        self.push(op.wide(a, k));
    }

    pub(super) fn emit_small(&mut self, register: u8, number: i16) {
        self.push(Op::LoadSmall.wide(register, number.cast_unsigned()));
    }

    /// A word that follows an instruction.
    pub(super) fn emit_word(&mut self, word: u32) {
        if self.is_live {
            self.words.push(word);
        }
    }

    fn push(&mut self, word: u32) {
        if !self.is_live {
            return;
        }
        self.mark_line();
        self.last = self.words.len();
        self.recent.rotate_left(1);
        self.recent[5] = self.last;
        self.words.push(word);
    }

    /// Nothing is written until a jump leads here.
    pub(super) fn end(&mut self) {
        self.is_live = false;
    }

    fn mark_line(&mut self) {
        let statement = self.statement.take();
        // The first part of a statement stands for it if it begins where the statement does.
        let stands = statement.is_some_and(|statement| statement.start == self.span.start);
        if let Some(statement) = statement.filter(|_| !stands) {
            self.push_line(statement, true);
        }
        let same = |line: &Line| line.start == self.span.start && line.end == self.span.end;
        if stands || !self.lines.last().is_some_and(same) {
            self.push_line(self.span, stands);
        }
    }

    fn push_line(&mut self, span: Span, statement: bool) {
        let (at, source) = (self.here(), self.source);
        self.lines.push(Line { at, source, start: span.start, end: span.end, statement });
    }

    /// A jump forwards that is always taken.
    pub(super) fn jump(&mut self, jumps: &mut Jumps) {
        if self.is_live {
            self.push(Op::Jump.abc(0, 0, 0));
            let end = self.words.len();
            jumps.push(Jump { word: end - 1, end, is_short: true });
            self.end();
        }
    }

    /// A jump forwards whose distance is the instruction's last word.
    pub(super) fn jump_on(&mut self, op: Op, a: u8, b: u8, jumps: &mut Jumps) {
        self.emit(op, a, b, 0);
        self.distance(jumps);
    }

    /// The word with the distance of an instruction that was written without it.
    pub(super) fn distance(&mut self, jumps: &mut Jumps) {
        if self.is_live {
            self.words.push(0);
            let end = self.words.len();
            jumps.push(Jump { word: end - 1, end, is_short: false });
        }
    }

    /// Lets jumps lead here.
    pub(super) fn bind(&mut self, jumps: Jumps) {
        let here = self.words.len();
        for jump in jumps {
            self.is_live = true;
            let distance = i32::try_from(here - jump.end).unwrap_or(i32::MAX);
            if !jump.is_short {
                self.words[jump.word] = distance.cast_unsigned();
            } else if let Some(word) = Op::Jump.jump(distance) {
                self.words[jump.word] = word;
            } else {
                self.is_too_long = true;
            }
        }
    }

    /// Says that control gets here in a way of its own: errors do.
    pub(super) fn revive(&mut self) {
        self.is_live = true;
    }

    /// This place, for a jump back.
    pub(super) fn target(&self) -> Target {
        Target(self.words.len())
    }

    /// A jump back that is always taken.
    pub(super) fn jump_back(&mut self, target: Target) {
        if self.is_live {
            self.push(0);
            let distance = back(target, self.words.len());
            let word = Op::Loop.jump(distance);
            self.is_too_long |= word.is_none();
            let last = self.words.len() - 1;
            self.words[last] = word.unwrap_or_default();
            self.end();
        }
    }

    /// An instruction that jumps back.
    pub(super) fn jump_back_on(&mut self, op: Op, (a, b): (u8, u8), target: Target) {
        self.emit(op, a, b, 0);
        let distance = back(target, self.words.len() + 1);
        self.emit_word(distance.cast_unsigned());
    }
}

/// Whether it is one of the comparisons that jump back, and that an addition mostly comes before.
fn is_loop(op: Op) -> bool {
    matches!(op, Op::LoopIfLt | Op::LoopIfLe | Op::LoopIfLtK | Op::LoopIfLeK)
}

fn back(target: Target, end: usize) -> i32 {
    i32::try_from(end - target.0).map_or(i32::MIN, |distance| -distance)
}
