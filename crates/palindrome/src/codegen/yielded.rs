//! Functions that yield rows: what they yielded so far lies in a word of their frame, and is what they
//! give.

use palindrome_vm::Instruction;
use source::Span;

use super::Codegen;
use super::frame::{FRAME, Slot};
use crate::hir::{Block, Expression, ExpressionKind, LocalId, Statement, StatementKind, walk};
use crate::types::Type;

impl Codegen<'_> {
    /// The code of a function that yields.
    pub(super) fn yielding(&mut self, name: &str, parameters: &[LocalId], body: &Expression) {
        let start = self.code.here();
        self.at(body.span);
        let parameters: Vec<(LocalId, Slot)> =
            parameters.iter().map(|one| (*one, self.frame.variable(*one, start))).collect();
        for (parameter, slot) in parameters {
            self.box_variable(parameter, slot);
        }
        let element = self.element(&body.of);
        self.code.set(1, 0);
        self.new_list(&element);
        let rows = self.save(0);
        self.frame.yields = Some(rows);
        self.value(body);
        self.restore(rows, 0);
        self.code.push(Instruction::Return);
        self.finish_function(name, start);
    }

    /// `yield e`: a row, or all rows of a relation or list.
    pub(super) fn yield_(&mut self, rows: &Expression, at: Span) {
        let Some(yields) = self.frame.yields else {
            return self.contradiction("`yield`", at);
        };
        let height = self.frame.height;
        self.value(rows);
        self.at(at);
        let of = self.of(&rows.of);
        if !matches!(of, Type::List(_) | Type::Relation(_)) {
            let row = self.save(0);
            self.code.set(1, 1);
            self.new_list(&of);
            self.restore(row, 1);
            self.code.store(1, 0, palindrome_vm::runtime::HEAD);
        }
        self.code.copy(2, 0);
        self.restore(yields, 1);
        self.call_runtime("list_concat");
        self.code.store(0, FRAME, yields.offset());
        self.frame.drop_to(height, self.code.here());
    }
}

/// Whether a body yields.
pub(super) fn yields(body: &Expression) -> bool {
    let mut found = false;
    walk(body, &mut |one| {
        if let ExpressionKind::Block(block) = &one.kind {
            found |= block_yields(block);
        }
    });
    found
}

fn block_yields(block: &Block) -> bool {
    block.statements.iter().any(statement_yields)
}

fn statement_yields(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Yield(_) => true,
        StatementKind::Block(body)
        | StatementKind::While(_, body)
        | StatementKind::For(_, _, body)
        | StatementKind::From(_, body, _) => block_yields(body),
        StatementKind::Try(body, _, otherwise) => block_yields(body) || block_yields(otherwise),
        StatementKind::Parallel(worlds, _) => worlds.iter().any(|world| block_yields(&world.body)),
        _ => false,
    }
}
