//! Comparisons of values that are more than a word.

use palindrome_vm::Instruction;

use super::Codegen;
use super::code::Jump;
use super::expression::whole_jump;
use super::layout::is_boxed;
use crate::hir::BinaryOp;
use crate::types::Type;

impl Codegen<'_> {
    /// Compares the values in R0 and R1 of a type; R0 becomes whether it is so.
    pub(super) fn compare_values(&mut self, op: BinaryOp, of: &Type) {
        self.order(of);
        let end = self.code.label();
        self.code.copy(1, 0);
        self.code.push(Instruction::CmpImm { src: 1, value: 0 });
        self.code.set(0, 1);
        self.code.jump(whole_jump(op).unwrap_or(Jump::Equal), end);
        self.code.set(0, 0);
        self.code.place(end);
    }

    /// -1, 0 or 1 for the values in R0 and R1.
    pub(super) fn order(&mut self, of: &Type) {
        let description = self.description(of);
        self.code.copy(2, 1);
        self.code.copy(1, 0);
        self.code.set(3, description);
        self.call_runtime("compare_values");
    }

    /// Whether the values in R0 and R1 are equal, one of which may be missing.
    pub(super) fn equal_if_present(&mut self, op: BinaryOp, types: (&Type, &Type)) {
        let (optional, inner) = match types {
            (Type::Optional(inner), _) => (0, inner),
            (_, Type::Optional(inner)) => (1, inner),
            _ => return self.compare_values(op, types.0),
        };
        let (missing, end) = (self.code.label(), self.code.label());
        self.code.jump(Jump::IfZero(optional), missing);
        if is_boxed(inner) {
            self.unwrap(inner, optional);
        }
        self.compare_values(op, inner);
        self.code.jump(Jump::Always, end);
        self.code.place(missing);
        self.code.set(0, i64::from(op == BinaryOp::NotEqual));
        self.code.place(end);
    }
}
