//! Programs as text: instructions with names and values beside the numbers, and the source between
//! them.
//!
//! `R` are registers, `K` constants, `U` upvalues, `G` globals, `F` functions, `L` places that are
//! jumped to. What is after a semicolon explains.

mod operand;
mod outline;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use machine::{CodePosition, Listing};

use crate::instruction::Instruction;
use crate::program::{Program, Prototype};

/// The whole program.
#[must_use]
pub fn disassemble(program: &Program) -> String {
    let mut text = String::new();
    for index in 0..program.prototypes.len() {
        if index > 0 {
            text.push('\n');
        }
        text.push_str(&disassemble_function(program, index));
    }
    text
}

/// A function with its source between the instructions; nothing if there is no such function.
#[must_use]
pub fn disassemble_function(program: &Program, index: usize) -> String {
    let Some(function) = Function::new(program, index) else { return String::new() };
    let mut text = outline::outline(program, index, function.prototype);
    let mut shown = None;
    for instruction in function.instructions(0) {
        let line = outline::source_line(program, function.prototype, instruction.at);
        if line.is_some() && line != shown {
            if let Some((number, line)) = &line {
                let _ = writeln!(text, "  ; {number}: {line}");
            }
            shown = line;
        }
        if function.labels.contains(&instruction.at) {
            let _ = writeln!(text, " L{}:", instruction.at);
        }
        let _ = writeln!(text, "  {:5}  {}", instruction.at, function.text(&instruction));
    }
    text
}

/// Instructions from a word of a function on, and of the functions after it. `position` says how
/// the machine counts a function and a word of it.
pub(crate) fn listings(
    program: &Program,
    (first, from): (usize, usize),
    count: usize,
    position: impl Fn(usize, usize) -> CodePosition,
) -> Vec<Listing> {
    let mut listings = Vec::new();
    for index in first..program.prototypes.len() {
        let Some(function) = Function::new(program, index) else { break };
        let from = if index == first { from } else { 0 };
        let rest = count - listings.len();
        listings.extend(function.instructions(from).take(rest).map(|instruction| Listing {
            position: position(index, instruction.at),
            label: function.label(index, instruction.at),
            text: function.text(&instruction),
        }));
        if listings.len() == count {
            break;
        }
    }
    listings
}

/// What the instruction at a word of a function makes its result of, as expressions; `is_named` says
/// whether its variables are seen by their names.
pub(crate) fn operands(
    program: &Program,
    (function, word): (usize, usize),
    is_named: bool,
) -> Vec<String> {
    let Some(listed) = Function::new(program, function) else { return Vec::new() };
    let instruction = listed.instructions(word).next();
    instruction.map(|instruction| listed.taken(&instruction, is_named)).unwrap_or_default()
}

/// What a user calls a function.
pub(crate) fn function_name(program: &Program, index: usize) -> String {
    let name = program.prototypes.get(index).map_or("", |prototype| prototype.name.as_str());
    match name {
        "" if index == program.main as usize => "(program)".to_owned(),
        "" => format!("(function {index})"),
        name => name.to_owned(),
    }
}

/// A function being listed.
struct Function<'a> {
    program: &'a Program,
    prototype: &'a Prototype,
    /// The words that are jumped to.
    labels: BTreeSet<usize>,
}

impl<'a> Function<'a> {
    fn new(program: &'a Program, index: usize) -> Option<Self> {
        let prototype = program.prototypes.get(index)?;
        let mut function = Self { program, prototype, labels: BTreeSet::new() };
        let targets = function.instructions(0).filter_map(|instruction| {
            instruction.target().and_then(|target| usize::try_from(target).ok())
        });
        let handlers = prototype.handlers.iter().map(|handler| handler.target as usize);
        function.labels = targets.chain(handlers).collect();
        Some(function)
    }

    fn instructions(&self, from: usize) -> impl Iterator<Item = Instruction<'a>> + use<'a> {
        let code = self.prototype.code.as_slice();
        let first = Instruction::decode(code, from);
        std::iter::successors(first, |instruction| Instruction::decode(code, instruction.next()))
    }

    fn label(&self, index: usize, at: usize) -> Option<String> {
        if at == 0 {
            return Some(function_name(self.program, index));
        }
        self.labels.contains(&at).then(|| format!("L{at}"))
    }

    /// An instruction, and what its operands are after a semicolon.
    fn text(&self, instruction: &Instruction<'_>) -> String {
        let mut text = instruction.op.row().mnemonic.to_owned();
        let mut notes: Vec<String> = Vec::new();
        let mut separator = " ";
        for (operand, value) in instruction.operands() {
            let shown = self.operand(instruction, operand, value);
            if !shown.text.is_empty() {
                text.push_str(separator);
                text.push_str(&shown.text);
                separator = ", ";
            }
            notes.extend(shown.note.filter(|note| !notes.contains(note)));
        }
        if !notes.is_empty() {
            let _ = write!(text, "  ; {}", notes.join(", "));
        }
        text
    }
}
