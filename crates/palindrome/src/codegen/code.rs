//! Instructions as they are made: with labels for places that are not known yet, and the line that
//! each comes from.

use palindrome_vm::image::LineEntry;
use palindrome_vm::{BaseOffset, CodeIndex, Instruction};

/// A place in the code that is known later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(usize);

/// When control goes on at a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jump {
    Always,
    Call,
    /// Not now, but if something fails before the savepoint is released.
    Savepoint,
    /// Not now, but if the program itself goes back to here.
    RollbackPoint,
    IfZero(u8),
    IfNotZero(u8),
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// If the operation before did not fit.
    Overflow,
}

impl Jump {
    /// The jump that is taken if this one is not.
    pub(super) fn otherwise(self) -> Self {
        match self {
            Self::IfZero(register) => Self::IfNotZero(register),
            Self::IfNotZero(register) => Self::IfZero(register),
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::Less,
            Self::Greater => Self::LessOrEqual,
            Self::LessOrEqual => Self::Greater,
            Self::Always | Self::Call | Self::Savepoint | Self::RollbackPoint | Self::Overflow => {
                self
            }
        }
    }

    fn instruction(self, to: u32) -> Instruction {
        let label = CodeIndex(to);
        match self {
            Self::Always => Instruction::Jump { label },
            Self::Call => Instruction::Call { label },
            Self::Savepoint => Instruction::Savepoint { handler: label },
            Self::RollbackPoint => Instruction::RollbackPoint { handler: label },
            Self::IfZero(reg) => Instruction::BranchZero { reg, label },
            Self::IfNotZero(reg) => Instruction::BranchNotZero { reg, label },
            Self::Equal => Instruction::BranchEqual { label },
            Self::NotEqual => Instruction::BranchNotEqual { label },
            Self::Less => Instruction::BranchLess { label },
            Self::LessOrEqual => Instruction::BranchLessEqual { label },
            Self::Greater => Instruction::BranchGreater { label },
            Self::GreaterOrEqual => Instruction::BranchGreaterEqual { label },
            Self::Overflow => Instruction::BranchOverflow { label },
        }
    }
}

/// A line of a text; its number is 0 for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Which text.
    pub(super) source: u32,
    pub(super) number: u32,
}

/// Code that grows.
#[derive(Debug, Default)]
pub(super) struct Code {
    instructions: Vec<Instruction>,
    /// The line of each instruction.
    lines: Vec<Line>,
    /// Jumps whose places are not known yet.
    open: Vec<(usize, Jump, Label)>,
    labels: Vec<Option<u32>>,
    line: Line,
}

impl Code {
    /// The index of the next instruction.
    pub(super) fn here(&self) -> u32 {
        u32::try_from(self.instructions.len()).unwrap_or(u32::MAX)
    }

    /// The instructions since one; where jumps lead is not known yet.
    pub(super) fn since(&self, index: u32) -> &[Instruction] {
        self.instructions.get(index as usize..).unwrap_or_default()
    }

    /// Whether anything was called since an instruction.
    pub(super) fn calls_since(&self, index: u32) -> bool {
        let is_call =
            |(at, how, _): &(usize, Jump, Label)| *how == Jump::Call && *at >= index as usize;
        let is_runtime = |it: &Instruction| matches!(it, Instruction::CallRuntime { .. });
        self.open.iter().any(is_call) || self.since(index).iter().any(is_runtime)
    }

    pub(super) fn line(&self) -> Line {
        self.line
    }

    /// What follows comes from this line.
    pub(super) fn set_line(&mut self, line: Line) {
        self.line = line;
    }

    /// What follows comes from no line.
    pub(super) fn no_line(&mut self) {
        self.line = Line::default();
    }

    pub(super) fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// The label is here.
    pub(super) fn place(&mut self, label: Label) {
        let here = self.here();
        if let Some(place) = self.labels.get_mut(label.0) {
            *place = Some(here);
        }
    }

    pub(super) fn push(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
        self.lines.push(self.line);
    }

    /// Sets the number that an addition adds.
    pub(super) fn set_added(&mut self, at: u32, added: i64) {
        if let Some(Instruction::IAddImm { value, .. }) = self.instructions.get_mut(at as usize) {
            *value = added;
        }
    }

    pub(super) fn jump(&mut self, how: Jump, to: Label) {
        self.open.push((self.instructions.len(), how, to));
        self.push(Instruction::Nop);
    }

    pub(super) fn load(&mut self, reg: u8, base: u8, offset: i64) {
        self.push(Instruction::Load { reg, addr: BaseOffset { base, offset } });
    }

    pub(super) fn load_half(&mut self, reg: u8, base: u8, offset: i64) {
        self.push(Instruction::Load32 { reg, addr: BaseOffset { base, offset } });
    }

    pub(super) fn store(&mut self, reg: u8, base: u8, offset: i64) {
        self.push(Instruction::Store { addr: BaseOffset { base, offset }, reg });
    }

    pub(super) fn set(&mut self, reg: u8, value: i64) {
        self.push(Instruction::LoadImm { reg, value });
    }

    pub(super) fn copy(&mut self, dst: u8, src: u8) {
        if dst != src {
            self.push(Instruction::Move { dst, src });
        }
    }

    /// The code with all places known, and its lines.
    pub(super) fn finish(mut self) -> (Vec<Instruction>, Vec<LineEntry>) {
        for (at, how, to) in std::mem::take(&mut self.open) {
            let place = self.labels.get(to.0).copied().flatten().unwrap_or_default();
            if let Some(instruction) = self.instructions.get_mut(at) {
                *instruction = how.instruction(place);
            }
        }
        let mut lines: Vec<LineEntry> = Vec::new();
        let mut before = Line::default();
        for (index, line) in (0_u32..).zip(self.lines) {
            if line != before && line.number > 0 {
                lines.push(LineEntry { index, source: line.source, line: line.number });
            }
            before = line;
        }
        (self.instructions, lines)
    }
}
