//! Looking at a machine: source lines, frames, variables, expressions, disassembly; and changing
//! variables from outside.
//!
//! The scopes: `locals` are those of the innermost function of the user's, `captured` what it uses
//! of the functions around it, `program` the variables of the outermost code where another function
//! runs, `globals` those of modules and of a dialogue, `registers` the machine's own. Functions of
//! the library are looked through.

pub(crate) mod expression;
pub(crate) mod frame;
pub(crate) mod lines;
pub(crate) mod merge;
mod parts;
pub(crate) mod probe;
pub(crate) mod shown;

use achronyme_library::index::{self, Argument};
use achronyme_library::{Fault, Store};
use machine::{
    CodePosition, Edit, EditError, EvaluateError, Frame, Inspect, Listing, Location, Parts, Place,
    Scope, SourceText, Value, Variable,
};

use crate::disasm::{function_name, listings, operands};
use crate::inspect::expression::{Names, SPECIAL, evaluate};
use crate::inspect::frame::Activation;
use crate::inspect::probe::WORDS;
use crate::inspect::shown::Shown;
use crate::machine::Snapshot;
use crate::task::BOTTOM;
use crate::value::Tag;
use crate::vm::Vm;

impl Inspect for Vm {
    fn position(&self) -> CodePosition {
        CodePosition(u64::from(self.state.pc))
    }

    fn depth(&self) -> usize {
        self.activations().count() - 1
    }

    fn frames(&self, limit: usize) -> Vec<Frame> {
        self.frame_list(limit)
    }

    fn scopes(&self) -> Vec<Scope> {
        let here = self.user_activation();
        let names = |call: Activation| {
            let mut names: Vec<String> = Vec::new();
            for local in self.locals_of(call) {
                names.retain(|name| *name != local.name);
                names.push(local.name.clone());
            }
            names
        };
        let mut locals = names(here);
        if self.word_of_self(here).is_some() {
            locals.insert(0, "self".to_owned());
        }
        let upvalues = &self.program.prototypes[here.function].upvalues;
        let captured = upvalues.iter().map(|(name, _)| name.clone()).collect();
        let outermost = self.outermost_activation().filter(|call| call.base != here.base);
        let program = outermost.map(names).unwrap_or_default();
        let globals = self.program.globals.iter().enumerate();
        let globals = globals.filter(|(index, _)| !self.is_library_global(*index));
        let globals = globals.map(|(_, name)| name.clone()).collect();
        let count = self.prototypes[self.prototype()].registers;
        let registers = (0..count).map(|index| format!("R{index}"));
        let registers = std::iter::once("pc".to_owned()).chain(registers).collect();
        let mut scopes = vec![
            self.scope("locals", locals),
            self.scope("captured", captured),
            self.scope("program", program),
            self.scope("globals", globals),
            self.scope("registers", registers),
        ];
        scopes.retain(|scope| !scope.variables.is_empty());
        scopes
    }

    fn sources(&self) -> Vec<SourceText> {
        let sources = self.program.sources.iter();
        // A text that was left out has kept its lines.
        let text = |source: &crate::program::Source| SourceText {
            name: source.name.clone(),
            text: if source.has_text() { source.text.clone() } else { String::new() },
        };
        sources.map(text).collect()
    }

    fn place(&self, position: CodePosition) -> Option<Place> {
        self.place_of(position)
    }

    fn is_hidden(&self, position: CodePosition) -> bool {
        self.function_at(position).is_some_and(|(function, _)| self.is_of_library(function))
    }

    fn positions_of_line(&self, place: Place) -> Vec<CodePosition> {
        self.starts_of_line(place)
    }

    fn position_of_name(&self, name: &str) -> Option<CodePosition> {
        let named = |library: bool| {
            let mut functions = 0..self.program.prototypes.len();
            functions.find(|function| {
                self.is_of_library(*function) == library
                    && function_name(&self.program, *function) == name
            })
        };
        named(false).or_else(|| named(true)).map(|function| self.position_in(function, 0))
    }

    fn name_of_position(&self, position: CodePosition) -> Option<(String, u64)> {
        let (function, word) = self.function_at(position)?;
        Some((function_name(&self.program, function), word as u64))
    }

    fn names(&self) -> Vec<String> {
        let program = &self.program;
        let mut names: Vec<String> = SPECIAL.map(str::to_owned).to_vec();
        for (function, prototype) in program.prototypes.iter().enumerate() {
            if !self.is_of_library(function) {
                names.push(function_name(program, function));
                names.extend(prototype.locals.iter().map(|local| local.name.clone()));
            }
        }
        let globals = program.globals.iter().enumerate();
        let globals = globals.filter(|(index, _)| !self.is_library_global(*index));
        names.extend(globals.map(|(_, name)| name.clone()));
        names.sort();
        names.dedup();
        names
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError> {
        evaluate(self, expression, Names::Here).map(|found| found.value.value(&self.heap))
    }

    fn parts(&self, expression: &str, from: usize, count: usize) -> Result<Parts, EvaluateError> {
        self.parts_of(expression, (from, count))
    }

    fn locate(&self, expression: &str) -> Result<Location, EvaluateError> {
        let message = "this is a value without a place; a variable, a field or an element has one";
        let none = EvaluateError { at: 0, message: message.to_owned() };
        evaluate(self, expression, Names::Here)?.place.ok_or(none)
    }

    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError> {
        evaluate(self, expression, Names::Anywhere).map(|found| found.reads)
    }

    fn read(&self, location: Location) -> Value {
        self.shown_at(location).value(&self.heap)
    }

    fn memory(&self, address: i64, length: usize) -> Vec<u8> {
        let byte = |at: i64| {
            let at = usize::try_from(at).ok()?;
            Some(self.heap.peek(at / 8).0.to_le_bytes()[at % 8])
        };
        let count = i64::try_from(length).unwrap_or(i64::MAX);
        let addresses = address..address.saturating_add(count);
        addresses.map(|at| byte(at).unwrap_or(0)).collect()
    }

    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        let Some(from) = self.function_at(from) else { return Vec::new() };
        listings(&self.program, from, count, |function, word| self.position_in(function, word))
    }

    fn operands(&self) -> Option<Vec<String>> {
        let (function, word) = self.function_at(self.position())?;
        Some(operands(&self.program, (function, word), !self.is_of_library(function)))
    }
}

impl Edit for Vm {
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError> {
        let found = evaluate(self, expression, Names::Here);
        let value = found.map_err(|error| EditError(error.message))?.value;
        let at = self.assignable(location).ok_or_else(|| {
            EditError("only whole variables and fields of records can be set".to_owned())
        })?;
        let value = self.made(&value).map_err(|fault| EditError(fault.message))?;
        self.put(at, value);
        Ok(())
    }

    fn set(&mut self, target: &str, expression: &str) -> Result<(), EditError> {
        let wrong = |error: EvaluateError| EditError(error.message);
        // Where there is no such place now, it is not made.
        evaluate(self, target, Names::Here).map_err(wrong)?;
        let value = evaluate(self, expression, Names::Here).map_err(wrong)?.value;
        let value = self.made(&value).map_err(|fault| EditError(fault.message))?;
        self.set_place(target, value)
    }

    fn merge(
        &mut self,
        base: &Snapshot,
        theirs: &Snapshot,
        strategy: &str,
    ) -> Result<(), EditError> {
        self.merge_variables(base, theirs, strategy.parse()?)
    }
}

impl Vm {
    /// Variables that have a value, under the names.
    fn scope(&self, name: &str, names: Vec<String>) -> Scope {
        let variable = |name: String| {
            let value = self.evaluate(&name).ok()?;
            Some(Variable { expression: name.clone(), name, value })
        };
        let variables = names.into_iter().filter_map(variable).collect();
        Scope { name: name.to_owned(), variables }
    }

    /// Puts a value where `target` says. What is copied when it changes becomes another value, in
    /// which the element is this one.
    fn set_place(&mut self, target: &str, value: crate::Value) -> Result<(), EditError> {
        let wrong = |error: EvaluateError| EditError(error.message);
        let fault = |fault: Fault| EditError(fault.message);
        let place = evaluate(self, target, Names::Here).map_err(wrong)?.place;
        if let Some(at) = place.and_then(|place| self.assignable(place)) {
            self.put(at, value);
            return Ok(());
        }
        let Some((container, indices)) = last_index(target) else {
            let message = "only variables, fields of records and elements of arrays can be set";
            return Err(EditError(message.to_owned()));
        };
        let whole = evaluate(self, container, Names::Here).map_err(wrong)?.value;
        let whole = self.made(&whole).map_err(fault)?;
        let mut places = Vec::new();
        if let Shown::List(indices) = evaluate(self, indices, Names::Here).map_err(wrong)?.value {
            for index in indices {
                places.push(Argument::At(self.made(&index).map_err(fault)?));
            }
        }
        let changed = index::set(&mut self.heap, &whole, &places, &value).map_err(fault)?;
        self.set_place(container, changed)
    }

    pub(crate) fn put(&mut self, at: usize, value: crate::Value) {
        self.heap.share(value);
        if at < self.stack_top() {
            self.heap.set_stack(at, value);
        } else {
            self.heap.set(at, value);
        }
    }

    /// The word of a location, if any value may be put there.
    fn assignable(&self, location: Location) -> Option<usize> {
        if location.space != WORDS {
            return None;
        }
        let at = self.word_at(location)?;
        let globals = self.state.globals + 1;
        let is_global = (globals..globals + self.program.globals.len()).contains(&at);
        let is_register = (BOTTOM..self.stack_top()).contains(&at) && {
            // A link or a closure below the registers of a call is none, nor is a variable's cell.
            let is_part = |call: Activation| (call.base - 2..call.base).contains(&at);
            !self.activations().any(is_part) && !self.heap.peek(at).is(Tag::Cell)
        };
        (is_global || is_register || self.heap.is_slot(at)).then_some(at)
    }

    /// The value in the heap that something found here is.
    fn made(&mut self, shown: &Shown) -> Result<crate::Value, Fault> {
        match shown {
            Shown::Value(value) => Ok(*value),
            Shown::Text(text) => self.heap.new_string(text),
            Shown::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.made(item)?);
                }
                achronyme_library::array::literal(&mut self.heap, &values)
            }
            Shown::Note(_) => Err(Fault::new("this value cannot be set")),
        }
    }
}

/// `a.b[i][j]` as `a.b[i]` and `[j]`.
fn last_index(target: &str) -> Option<(&str, &str)> {
    let target = target.trim_end();
    let (mut depth, mut is_text, mut open) = (0_usize, false, None);
    for (at, character) in target.char_indices() {
        match character {
            '"' => is_text = !is_text,
            '[' if !is_text => {
                if depth == 0 {
                    open = Some(at);
                }
                depth += 1;
            }
            ']' if !is_text => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    let open = open.filter(|at| *at > 0 && target.ends_with(']'))?;
    Some(target.split_at(open))
}
