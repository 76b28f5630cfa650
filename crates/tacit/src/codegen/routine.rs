//! Code on its way: instructions whose targets are not known yet.

use source::{SourceId, Span};
use tacit_vm::Instruction;

/// A place in a routine, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(pub(super) usize);

/// A word: of this unit, by its number, or of the memory, by its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordId {
    New(usize),
    Old(u16),
}

/// An instruction, or what becomes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Plain(Instruction),
    Call(WordId),
    Symbol(WordId),
    Branch(Label),
    BranchIfFalse(Label),
    ForNext(Label),
    ForGot(Label),
    TimesNext(Label),
    /// A `LiteralCode` whose code ends there.
    Code(Label),
    /// No instruction: where a label is.
    Here(Label),
}

/// An operation and what it comes from.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) op: Op,
    pub(super) span: Span,
}

/// The code of a definition, or of what stands outside of all of them.
#[derive(Debug, Default)]
pub(super) struct Routine {
    /// The definition's number; none for the code outside.
    pub(super) word: Option<usize>,
    /// The text that it comes from.
    pub(super) source: SourceId,
    pub(super) steps: Vec<Step>,
    pub(super) labels: usize,
    /// Names of local variables, by their slots.
    pub(super) locals: Vec<String>,
    /// Names of local variables that are made anywhere in the definition.
    pub(super) later: Vec<String>,
    /// Whether it is a definition of the library.
    pub(super) is_library: bool,
    /// The steps that return from the definition, which is another instruction if that has
    /// variables.
    pub(super) exits: Vec<usize>,
    /// What is around the place where code is being added.
    pub(super) inside: Inside,
}

/// What is around a place in a routine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Inside {
    /// Blocks `( … )`.
    pub(super) blocks: usize,
    /// Loops of the innermost block, or of the definition.
    pub(super) loops: usize,
    /// Brackets of the same.
    pub(super) brackets: usize,
}

impl Routine {
    pub(super) fn push(&mut self, op: Op, span: Span) {
        self.steps.push(Step { op, span });
    }

    /// A new label, which is nowhere yet.
    pub(super) fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// The slot of a local variable.
    pub(super) fn slot(&self, name: &str) -> Option<u8> {
        let slot = self.locals.iter().position(|local| local == name)?;
        u8::try_from(slot).ok()
    }
}
