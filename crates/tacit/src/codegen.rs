//! Items to code: looks names up, chooses instructions, keeps count of the stack where it can.
//!
//! The code outside of definitions is gathered and comes last in the unit; definitions come in the
//! order in which they end, words of the library before the first that uses them.

mod control;
mod definition;
mod layout;
mod names;
mod operand;
mod routine;
mod take;
mod variable;
mod word;

use std::collections::BTreeMap;

use source::{Diagnostic, Severity, SourceId, SourceMap, Span};
use tacit_vm::{Cell, Instruction, Memory, Register, Unit};

use crate::codes;
use crate::compile::Options;
use crate::effect::{self, Effect, known};
use crate::syntax::ast::{Body, Bracket, Item, ItemKind};
use names::Names;
use routine::{Op, Routine};

/// Diagnostics of a text that are worth making.
const DIAGNOSTICS_MAX: usize = 200;

/// A unit being made.
#[derive(Debug)]
pub(crate) struct Generator<'a> {
    /// A copy of the memory, to which strings are added.
    memory: Memory,
    /// The strings added.
    strings: Vec<String>,
    names: Names,
    /// Global variables after the unit.
    globals: u16,
    global_names: Vec<(u16, String)>,
    /// The routine that code is being added to.
    routine: Routine,
    /// Those that are ready, in the order of their code.
    ready: Vec<Routine>,
    /// Words of the library that are being compiled, each for the one before it.
    pending: Vec<usize>,
    /// The files of the library that were used.
    files: BTreeMap<usize, SourceId>,
    sources: &'a mut SourceMap,
    diagnostics: &'a mut Vec<Diagnostic>,
    options: &'a Options,
}

/// Makes a unit of items, unless there are errors.
pub(crate) fn generate(
    items: &[Item],
    memory: &Memory,
    source: SourceId,
    sources: &mut SourceMap,
    diagnostics: &mut Vec<Diagnostic>,
    options: &Options,
) -> Option<Unit> {
    let mut generator = Generator {
        memory: memory.clone(),
        strings: Vec::new(),
        names: Names::new(memory),
        globals: u16::try_from(memory.register(Register::Globals)).unwrap_or(u16::MAX),
        global_names: Vec::new(),
        routine: Routine { source, ..Routine::default() },
        ready: Vec::new(),
        pending: Vec::new(),
        files: BTreeMap::new(),
        sources,
        diagnostics,
        options,
    };
    generator.items(items);
    let end = items.last().map_or(Span { source, ..Span::default() }, |item| item.span);
    generator.plain(Instruction::End, end);
    generator.lay_out(memory)
}

impl Generator<'_> {
    fn error(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < DIAGNOSTICS_MAX || diagnostic.severity == Severity::Error {
            self.diagnostics.truncate(DIAGNOSTICS_MAX - 1);
            self.diagnostics.push(diagnostic);
        }
    }

    /// A place of the tree in the map of the sources.
    fn place(&self, span: Span) -> Span {
        Span { source: self.routine.source, ..span }
    }

    fn plain(&mut self, instruction: Instruction, span: Span) {
        self.op(Op::Plain(instruction), span);
    }

    fn op(&mut self, op: Op, span: Span) {
        let span = self.place(span);
        self.routine.push(op, span);
    }

    fn here(&mut self, label: routine::Label, span: Span) {
        self.op(Op::Here(label), span);
    }

    /// The offset of a text among the strings, where it is added if need be.
    fn intern(&mut self, text: &str, span: Span) -> u16 {
        let before = self.memory.register(Register::StringsEnd);
        match self.memory.intern(text) {
            Ok(at) => {
                if self.memory.register(Register::StringsEnd) != before {
                    self.strings.push(text.to_owned());
                }
                at
            }
            Err(trap) => {
                let diagnostic = Diagnostic::error(codes::FULL, self.place(span), trap.to_string());
                // Once is enough.
                if !self.diagnostics.iter().any(|other| other.message == diagnostic.message) {
                    self.error(diagnostic);
                }
                0
            }
        }
    }

    fn body(&mut self, body: &Body) -> Effect {
        self.items(&body.items)
    }

    fn items(&mut self, items: &[Item]) -> Effect {
        let mut effect = known(0, 0);
        for (index, item) in items.iter().enumerate() {
            if let ItemKind::Word(name) = &item.kind {
                self.check_operands(&items[..index], name, item.span);
            }
            effect = effect::then(effect, self.item(item));
            let is_exit = matches!(&item.kind, ItemKind::Word(name) if name == "exit");
            if let (true, Some(next)) = (is_exit, items.get(index + 1)) {
                let span = self.place(next.span);
                let message = "Nothing gets here, after `exit`";
                self.error(Diagnostic::warning(codes::UNREACHABLE, span, message));
            }
        }
        effect
    }

    fn item(&mut self, item: &Item) -> Effect {
        let span = item.span;
        match &item.kind {
            ItemKind::Number(value) => self.number(*value, span),
            ItemKind::Text(text) => {
                let at = self.intern(text, span);
                self.plain(Instruction::LiteralString { at }, span);
                known(0, 1)
            }
            ItemKind::Word(name) => self.word(name, span),
            ItemKind::Quote(name) => self.quote(name, span),
            ItemKind::Block(body) => self.block(body, span),
            ItemKind::Brackets(bracket, body) => self.brackets(*bracket, body, span),
            ItemKind::If(then, otherwise) => self.if_else(then, otherwise.as_ref(), span),
            ItemKind::While(test, body) => self.while_do(test, body, span),
            ItemKind::Switch(cases, otherwise) => self.switch(cases, otherwise.as_ref(), span),
            ItemKind::With(word, body, next) => self.with(word, body, next.as_deref(), span),
            ItemKind::At(variable, keys) => self.read_at(variable, keys, span),
            ItemKind::Set(store) => self.store(store, span),
            ItemKind::Definition(definition) => {
                self.definition(definition);
                known(0, 0)
            }
            ItemKind::Value(name) => self.define_global(name),
            ItemKind::Symbol(name) => self.define_mark(name, tacit_vm::WordKind::Symbol),
            ItemKind::Mark(name) => self.define_mark(name, tacit_vm::WordKind::Mark),
            ItemKind::Forget(name) => self.forget(name),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::float_cmp,
        reason = "compared with the whole numbers it could be"
    )]
    fn number(&mut self, value: f32, span: Span) -> Effect {
        let small = value as i8;
        let is_small = f32::from(small) == value && (small != 0 || value.is_sign_positive());
        let instruction = if is_small {
            Instruction::Small { value: small }
        } else {
            Instruction::Literal { value: Cell::number(value).0 }
        };
        self.plain(instruction, span);
        known(0, 1)
    }

    /// `( … )`: code that is pushed.
    fn block(&mut self, body: &Body, span: Span) -> Effect {
        let end = self.routine.label();
        self.op(Op::Code(end), span);
        let outside = self.routine.inside;
        self.routine.inside =
            routine::Inside { blocks: outside.blocks + 1, ..routine::Inside::default() };
        self.body(body);
        self.routine.inside = outside;
        self.plain(Instruction::Exit, body.end);
        self.here(end, body.end);
        known(0, 1)
    }

    fn brackets(&mut self, bracket: Bracket, body: &Body, span: Span) -> Effect {
        let (left, right) = match bracket {
            Bracket::Group => (Instruction::GroupLeft, Instruction::GroupRight),
            Bracket::Dictionary => (Instruction::DictionaryLeft, Instruction::DictionaryRight),
            Bracket::Square | Bracket::Round | Bracket::Curly => {
                (Instruction::VectorLeft, Instruction::VectorRight)
            }
        };
        self.plain(left, span);
        self.routine.inside.brackets += 1;
        let inner = self.body(body);
        self.routine.inside.brackets -= 1;
        if bracket == Bracket::Dictionary {
            self.check_dictionary(body, span);
        }
        self.plain(right, body.end);
        // What is inside of the others cannot take anything from outside of it.
        if bracket == Bracket::Group { effect::then(inner, known(0, 1)) } else { known(0, 1) }
    }
}
