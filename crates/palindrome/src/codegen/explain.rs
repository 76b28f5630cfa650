//! `explain Q`: how the store finds the rows of a query, with how many it guessed and found, and how much
//! code there is besides. The query is run; its rows are left.
//!
//! Within a loop over other rows, a plan is shown for the first of them.

use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::Jump;
use super::frame::{Slot, ZERO};
use crate::hir::Query;
use crate::types::Type;

/// What is noted while the code of a query that is explained is made.
#[derive(Debug, Default)]
pub(super) struct Explains {
    /// Words that say which plans were shown.
    shown: Vec<i64>,
    /// Instructions that only show plans.
    instructions: u32,
}

impl Codegen<'_> {
    /// Writes the plans of a query, and how many rows it gave.
    pub(super) fn explain(&mut self, query: &Query) {
        let height = self.frame.height;
        let start = self.code.here();
        let around = self.explains.replace(Explains::default());
        let of = self.row_type(query);
        self.query(query, &of);
        let noted = std::mem::replace(&mut self.explains, around).unwrap_or_default();
        self.at(query.span);
        let code = self.code.here() - start - noted.instructions;
        self.code.load_half(1, 0, HEAD - 8);
        for word in noted.shown {
            self.code.store(ZERO, ZERO, word);
        }
        self.call_runtime("text_of_int");
        let behind = format!(" found in all, with {code} instructions around the store");
        let behind = self.data.text(behind.as_bytes());
        self.code.copy(1, 0);
        self.code.set(2, behind);
        self.call_runtime("text_concat");
        self.code.copy(1, 0);
        self.call_runtime("print_line");
        self.frame.drop_to(height, self.code.here());
    }

    /// Writes the plan of a query in bytes, at `text`, if its code is being explained.
    pub(super) fn show_plan(&mut self, text: i64, parameters: &[(Slot, Type)]) {
        if self.explains.is_none() {
            return;
        }
        let start = self.code.here();
        let shown = self.data.global();
        let end = self.code.label();
        self.code.load(0, ZERO, shown);
        self.code.jump(Jump::IfNotZero(0), end);
        self.code.set(0, 1);
        self.code.store(0, ZERO, shown);
        let height = self.frame.height;
        self.code.set(2, 0);
        if !parameters.is_empty() {
            self.frame_record(parameters, 2, 1);
        }
        self.code.set(1, text);
        self.call_runtime("query_explain");
        self.code.copy(1, 0);
        self.call_runtime("print_text");
        self.code.place(end);
        self.frame.drop_to(height, self.code.here());
        let instructions = self.code.here() - start;
        if let Some(noted) = &mut self.explains {
            noted.shown.push(shown);
            noted.instructions += instructions;
        }
    }
}
