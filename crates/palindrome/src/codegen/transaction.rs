//! Transactions: work that is undone as a whole when a part of it fails. A savepoint of the machine
//! does the undoing (decision 0020).

use palindrome_vm::Instruction;

use super::Codegen;
use super::code::Jump;
use super::frame::FRAME;
use crate::hir::{Block, LocalId};
use crate::types::Type;

impl Codegen<'_> {
    /// `try { body } else reason { otherwise }`, with the value of one of them in R0.
    pub(super) fn try_(&mut self, body: &Block, reason: Option<LocalId>, otherwise: &Block) {
        let (failed, end) = (self.code.label(), self.code.label());
        let height = self.frame.height;
        self.code.jump(Jump::Savepoint, failed);
        self.frame.tries += 1;
        self.block(body);
        self.frame.tries -= 1;
        self.release();
        self.code.jump(Jump::Always, end);
        self.code.place(failed);
        // Everything is as it was at the savepoint, the registers, too.
        if let Some(reason) = reason {
            self.carried(&Type::STRING);
            let slot = self.frame.variable(reason, self.code.here() + 1);
            self.code.store(0, FRAME, slot.offset());
        }
        self.block(otherwise);
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
    }

    /// Ends the innermost savepoint, with the value in R0 kept.
    fn release(&mut self) {
        self.code.push(Instruction::Release);
    }

    /// What was carried back, in R0.
    pub(super) fn carried(&mut self, of: &Type) {
        let description = self.description(of);
        self.code.set(1, description);
        self.call_runtime("carry_in");
    }
}
