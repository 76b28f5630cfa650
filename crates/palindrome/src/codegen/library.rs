//! What a program asks its tools about libraries: whether something works with them, and since when.
//!
//! A question is a list of texts: a word, what it is about, and then the name and the moment of each
//! library that the program may have reverted.

use std::rc::Rc;

use source::Span;

use super::Codegen;
use super::code::Jump;
use super::frame::ZERO;
use crate::hir::{Callee, Expression, ExpressionKind, Literal};
use crate::types::{BuiltinId, Type, builtins};

impl Codegen<'_> {
    /// Libraries are at their newest moments, unless an earlier run has left something else.
    pub(super) fn make_pins(&mut self) {
        let program = self.program;
        for pin in &program.pins {
            let at = self.global(pin.global);
            let known = self.code.label();
            self.code.load(0, ZERO, at + 8);
            self.code.jump(Jump::IfNotZero(0), known);
            self.code.set(0, -1);
            self.code.store(0, ZERO, at);
            self.code.set(0, 1);
            self.code.store(0, ZERO, at + 8);
            self.code.place(known);
        }
    }

    /// A function of the language about libraries; false for any other one.
    pub(super) fn library_builtin(
        &mut self,
        id: BuiltinId,
        arguments: &[Expression],
        of: &Expression,
    ) -> bool {
        let word = match id.name() {
            name @ ("breaks" | "compatible") => name,
            BuiltinId::LIBRARY_MOMENT => "moment",
            _ => return false,
        };
        self.ask_tool(word, arguments.to_vec(), of.span, "tool_number");
        true
    }

    /// `revert Lib to e`: from the next run on, `latest` means that moment.
    pub(super) fn revert(&mut self, library: &str, to: &Expression) {
        let program = self.program;
        let Some(pin) = program.pins.iter().find(|pin| &*pin.library == library) else { return };
        self.value(to);
        self.at(to.span);
        let at = self.global(pin.global);
        self.code.store(0, ZERO, at);
        self.code.set(0, 1);
        self.code.store(0, ZERO, at + 8);
        self.ask_tool("reverted", vec![text(library, to.span)], to.span, "tool_text");
        self.code.copy(1, 0);
        self.call_runtime("print_line");
    }

    fn ask_tool(&mut self, word: &str, about: Vec<Expression>, at: Span, function: &str) {
        let mut words = vec![text(word, at)];
        words.extend(about);
        let method = |row: &crate::types::Builtin| row.is_method && row.name == "to_string";
        let shown = builtins().find(|(_, row)| method(row)).map(|(id, _)| id);
        for pin in &self.program.pins {
            let number =
                Expression { kind: ExpressionKind::Global(pin.global), of: Type::INT, span: at };
            let Some(shown) = shown else { continue };
            let kind = ExpressionKind::Call(Callee::Builtin(shown), vec![number]);
            words.push(text(&pin.library, at));
            words.push(Expression { kind, of: Type::STRING, span: at });
        }
        let kind = ExpressionKind::List(words);
        self.value(&Expression { kind, of: Type::list(Type::STRING), span: at });
        self.at(at);
        self.code.copy(1, 0);
        self.call_runtime(function);
    }
}

fn text(of: &str, span: Span) -> Expression {
    let kind = ExpressionKind::Literal(Literal::String(Rc::from(of)));
    Expression { kind, of: Type::STRING, span }
}
