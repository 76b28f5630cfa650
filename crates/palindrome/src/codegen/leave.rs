//! `break` and `continue`: jumps out of a round, which end the transactions between as their ends do.

use palindrome_vm::Instruction;

use super::Codegen;
use super::code::{Jump, Label};
use super::contract::Aside;
use super::frame::Left;

/// What is around a statement that a jump out of a round may leave, innermost last.
#[derive(Clone, Debug)]
pub(super) enum Around {
    /// A loop: what follows it, and its next round.
    Loop { behind: Label, next: Label },
    /// A `try`, with what was touched before it.
    Try(Aside, Option<Left>),
    /// A block that is a statement, likewise.
    Block(Aside),
}

impl Codegen<'_> {
    /// Begins a loop; gives the label of what follows it, and of the end of its round.
    pub(super) fn begin_loop(&mut self) -> (Label, Label) {
        let (behind, next) = (self.code.label(), self.code.label());
        self.begin_loop_to(behind, next);
        (behind, next)
    }

    /// The same with labels that are known.
    pub(super) fn begin_loop_to(&mut self, behind: Label, next: Label) {
        self.frame.around.push(Around::Loop { behind, next });
    }

    pub(super) fn end_loop(&mut self) {
        self.frame.around.pop();
    }

    /// Goes on behind the innermost loop, or with its next round.
    pub(super) fn leave_round(&mut self, is_break: bool, at: source::Span) {
        let around = self.frame.around.clone();
        let tries = std::mem::take(&mut self.frame.tries);
        for left in around.iter().rev() {
            match left {
                Around::Loop { behind, next } => {
                    self.code.jump(Jump::Always, if is_break { *behind } else { *next });
                    self.frame.tries = tries;
                    return;
                }
                Around::Block(aside) => self.end_checks(aside),
                Around::Try(aside, left) => {
                    let ended = self.code.label();
                    if let Some(left) = left {
                        self.unless_open(*left, ended);
                    }
                    self.end_checks(aside);
                    self.code.push(Instruction::Release);
                    if self.contracts.can_undo {
                        self.code.push(Instruction::Release);
                    }
                    self.code.place(ended);
                }
            }
        }
        self.frame.tries = tries;
        self.contradiction("a jump out of no loop", at);
    }
}
