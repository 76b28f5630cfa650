//! Looking at a machine: source lines, frames, variables, expressions, disassembly; and changing
//! variables from outside.
//!
//! The scopes: `stack` has `s0` (the top), `s1` and so on, `return stack` the same with `r`;
//! `locals` are those of the innermost definition, `globals` those of all units; `tasks` says what
//! the tasks do, `registers` is the machine's own with what it counts.

pub(crate) mod expression;
pub(crate) mod frames;
pub(crate) mod listing;
pub(crate) mod merge;
mod parts;
pub(crate) mod probe;
pub(crate) mod reach;
pub(crate) mod shown;

use machine::{
    CodePosition, Edit, EditError, EvaluateError, Frame, Inspect, Listing, Location, Parts, Place,
    Scope, SourceText, Value, Variable,
};

use crate::inspect::expression::{Literal, Names, evaluate};
use crate::inspect::probe::{MEMORY, VALUES};
use crate::inspect::shown::Shown;
use crate::layout::{Register, TASKS};
use crate::snapshot::Snapshot;
use crate::task::State;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

/// Values of a stack that are listed at most.
const CELLS_MAX: usize = 64;

impl Inspect for Vm {
    fn position(&self) -> CodePosition {
        CodePosition(self.registers.ip.into())
    }

    fn depth(&self) -> usize {
        self.callers().count()
    }

    fn frames(&self, limit: usize) -> Vec<Frame> {
        self.frame_list(limit)
    }

    fn scopes(&self) -> Vec<Scope> {
        let variable = |name: String| {
            let value = self.evaluate(&name).ok()?;
            Some(Variable { expression: name.clone(), name, value })
        };
        let scope = |name: &str, names: Vec<String>| Scope {
            name: name.to_owned(),
            variables: names.into_iter().filter_map(variable).collect(),
        };
        let numbered = |prefix: char, count: u16| -> Vec<String> {
            (0..usize::from(count).min(CELLS_MAX)).map(|index| format!("{prefix}{index}")).collect()
        };
        let registers = self.registers;
        let locals = self.locals();
        let locals =
            locals.map_or(Vec::new(), |it| it.names.iter().take(it.count).cloned().collect());
        let globals = self.program.global_names().map(|(_, name)| name.clone()).collect();
        let kept = expression::KEPT.iter().map(|(name, _)| (*name).to_owned());
        let registers_and_kept =
            ["ip", "sp", "rp", "bp"].map(str::to_owned).into_iter().chain(kept).collect();
        // Where there is only the program itself, nobody asks what it does.
        let is_alone = (1..=TASKS).all(|task| self.state(task) == State::Free);
        let tasks = if is_alone { 0..0 } else { 0..TASKS + 1 };
        let tasks = tasks.map(|task| format!("status {task}")).collect();
        let mut scopes = vec![
            scope("stack", numbered('s', registers.sp - registers.stack_start)),
            scope("locals", locals),
            scope("globals", globals),
            scope("return stack", numbered('r', registers.rp - registers.return_start)),
            scope("tasks", tasks),
            scope("registers", registers_and_kept),
        ];
        scopes.retain(|scope| !scope.variables.is_empty());
        scopes
    }

    fn sources(&self) -> Vec<SourceText> {
        // A text that was left out has kept its lines.
        let text = |source: &SourceText| SourceText {
            name: source.name.clone(),
            text: if source.text.trim_ascii().is_empty() { "" } else { &source.text }.to_owned(),
        };
        self.program.sources().iter().map(text).collect()
    }

    fn place(&self, position: CodePosition) -> Option<Place> {
        self.program.place(u16::try_from(position.0).ok()?)
    }

    fn positions_of_line(&self, place: Place) -> Vec<CodePosition> {
        self.program.starts_of_line(place).map(|at| CodePosition(at.into())).collect()
    }

    fn position_of_name(&self, name: &str) -> Option<CodePosition> {
        let word = self.memory.find_word(name)?;
        self.program.body(word.header).map(|at| CodePosition(at.into()))
    }

    fn name_of_position(&self, position: CodePosition) -> Option<(String, u64)> {
        let at = u16::try_from(position.0).ok()?;
        let region = self.program.region(at)?;
        let word = self.memory.word(region.header)?;
        let distance = at.checked_sub(word.code())?;
        Some((self.memory.text(word.name), distance.into()))
    }

    fn names(&self) -> Vec<String> {
        let words = self.memory.words().map(|word| self.memory.text(word.name));
        let locals = self.program.local_names().cloned();
        let globals = self.program.global_names().map(|(_, name)| name.clone());
        let kept = expression::KEPT.iter().map(|(name, _)| name);
        let special = expression::NAMES.iter().chain(kept).map(|name| (*name).to_owned());
        let mut names: Vec<_> = words.chain(locals).chain(globals).chain(special).collect();
        names.sort();
        names.dedup();
        names
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError> {
        evaluate(self, expression, Names::Here).map(|found| found.value.value(&self.memory))
    }

    fn parts(&self, expression: &str, from: usize, count: usize) -> Result<Parts, EvaluateError> {
        self.parts_of(expression, (from, count))
    }

    fn locate(&self, expression: &str) -> Result<Location, EvaluateError> {
        let message =
            "this is a value without a place; a variable, an element, s0, r0 or mem has one";
        let none = EvaluateError { at: 0, message: message.to_owned() };
        evaluate(self, expression, Names::Here)?.place.ok_or(none)
    }

    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError> {
        evaluate(self, expression, Names::Anywhere).map(|found| found.reads)
    }

    fn read(&self, location: Location) -> Value {
        let shown = match location.space {
            VALUES if self.is_unused(location.address) => Shown::Lines("(nothing)".to_owned()),
            VALUES => Shown::Cell(self.value_at(location.address)),
            MEMORY if location.size > 8 => {
                let bytes: Vec<_> =
                    self.bytes_of(location).iter().map(|byte| format!("{byte:02x}")).collect();
                Shown::Lines(bytes.join(" "))
            }
            _ => {
                let mut number = 0;
                for byte in self.bytes_of(location).into_iter().rev() {
                    number = number << 8 | usize::from(byte);
                }
                Shown::count(number)
            }
        };
        shown.value(&self.memory)
    }

    fn memory(&self, address: i64, length: usize) -> Vec<u8> {
        let size = u32::try_from(length).unwrap_or(u32::MAX);
        self.bytes_of(Location { space: MEMORY, address, size })
    }

    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        self.listings(from, count)
    }

    fn operands(&self) -> Option<Vec<String>> {
        Some(self.operand_names())
    }
}

impl Edit for Vm {
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError> {
        let value = literal(expression)?;
        let cell = self.assignable(location).ok_or_else(|| {
            let message = "only values on the stack, variables and their elements can be set";
            EditError(message.to_owned())
        })?;
        self.all_or_nothing(|vm| vm.put_value(cell, &value))
    }

    fn set(&mut self, target: &str, expression: &str) -> Result<(), EditError> {
        let wrong = |error: EvaluateError| EditError(error.message);
        let Some((name, keys)) = expression::path(target).map_err(wrong)? else {
            return self.assign(self.locate(target).map_err(wrong)?, expression);
        };
        let location = self.locate(name).map_err(wrong)?;
        // What the keys mean is checked before anything is made of them.
        self.evaluate(target).map_err(wrong)?;
        let value = literal(expression)?;
        let cell = self.assignable(location).ok_or_else(|| {
            EditError(format!("`{name}` is no variable and no value on the stack"))
        })?;
        self.all_or_nothing(|vm| vm.put_element(cell, &keys, &value))
    }

    fn merge(
        &mut self,
        base: &Snapshot,
        theirs: &Snapshot,
        strategy: &str,
    ) -> Result<(), EditError> {
        self.merge_globals(base, theirs, strategy.parse()?)
    }
}

fn literal(expression: &str) -> Result<Literal, EditError> {
    expression::literal(expression).map_err(|error| EditError(error.message))
}

impl Vm {
    /// The cell of a location, if what is in it may be replaced: a value that only this cell owns.
    fn assignable(&self, location: Location) -> Option<usize> {
        if location.space != VALUES {
            return None;
        }
        let cell = usize::try_from(location.address).ok()?;
        let registers = self.registers;
        let stack = usize::from(registers.stack_start)..usize::from(registers.sp);
        let first = self.memory.layout().globals().0;
        let globals = first..first + self.memory.register(Register::Globals) as usize;
        let locals = self.locals().map_or(0..0, |it| it.first..it.first + it.count);
        [stack, globals, locals].iter().any(|range| range.contains(&cell)).then_some(cell)
    }

    /// Changes the memory as a whole, or not at all.
    pub(crate) fn all_or_nothing(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<(), Trap>,
    ) -> Result<(), EditError> {
        self.memory.clear_log();
        if let Err(trap) = change(self) {
            self.memory.roll_back();
            return Err(EditError(trap.to_string()));
        }
        self.memory.clear_log();
        self.trail.clear();
        Ok(())
    }

    /// Puts a value into a cell that owns what is in it.
    fn put_value(&mut self, cell: usize, value: &Literal) -> Result<(), Trap> {
        let value = self.made(value)?;
        let old = self.memory.get(cell);
        self.memory.set(cell, value);
        self.memory.release(old)
    }

    /// Puts a value into an element of what a cell holds; others that share it do not see it.
    fn put_element(&mut self, cell: usize, keys: &[Literal], value: &Literal) -> Result<(), Trap> {
        let keys = keys.iter().map(|key| self.made(key)).collect::<Result<Vec<_>, _>>()?;
        let value = self.made(value)?;
        self.put_at(cell, &keys, value)
    }

    /// The value that a literal stands for; it belongs to whoever asked.
    fn made(&mut self, literal: &Literal) -> Result<Cell, Trap> {
        match literal {
            Literal::Cell(cell) => Ok(*cell),
            Literal::Text(text) => self.memory.intern_cell(text),
            Literal::Vector(items) => {
                let cells = items.iter().map(|item| self.made(item));
                let cells = cells.collect::<Result<Vec<_>, _>>()?;
                self.memory.new_vector(&cells)
            }
            Literal::Dictionary(pairs) => {
                let pairs = pairs
                    .iter()
                    .map(|(key, value)| Ok((self.memory.intern_cell(key)?, self.made(value)?)));
                let pairs = pairs.collect::<Result<Vec<_>, Trap>>()?;
                self.memory.new_dictionary(&pairs)
            }
        }
    }

    /// The value in a cell; NIL if the cell is free.
    pub(crate) fn value_at(&self, address: i64) -> Cell {
        let Ok(cell) = usize::try_from(address) else { return Cell::NIL };
        if self.is_free(cell) { Cell::NIL } else { Cell(self.cell_now(cell)) }
    }

    /// Whether a cell is in a part of the heap that is not in use.
    pub(crate) fn is_unused(&self, address: i64) -> bool {
        usize::try_from(address).is_ok_and(|cell| self.memory.is_unused(cell))
    }

    /// Whether a cell of the running task's stacks has nothing on it.
    pub(crate) fn is_free(&self, cell: usize) -> bool {
        let registers = self.registers;
        (usize::from(registers.sp)..registers.stack_end.into()).contains(&cell)
            || (usize::from(registers.rp)..registers.return_end.into()).contains(&cell)
    }

    /// What a task does, and where; nothing if there is no such task.
    pub(crate) fn task_text(&self, task: usize) -> Option<String> {
        if task > TASKS {
            return None;
        }
        let state = match self.state(task) {
            _ if task == self.task() => "running",
            State::Free => return None,
            State::Ready => "ready",
            State::Waiting => "waiting",
            State::Joining => "joining",
            State::Ended => "ended",
        };
        let place = self.region_name(self.task_registers(task).ip);
        Some(format!("{state} in {place}"))
    }
}
