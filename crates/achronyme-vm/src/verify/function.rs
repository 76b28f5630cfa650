//! A function: how many of what it has, and what is said about its code.

use super::code::{Code, starts};
use super::{FUNCTION_CODE_MAX, Problem, ensure, in_range};
use crate::program::{Capture, Constant, Handler, Line, Program, Prototype};

/// Registers of a function, at most.
const REGISTERS_MAX: u16 = 256;
/// Upvalues of a function, at most: they have numbers of 8 bits.
const UPVALUES_MAX: usize = 256;

/// Tests the function with an index; `needs` has what each function needs.
pub(super) fn check(program: &Program, needs: &[Needs], index: usize) -> Result<(), Problem> {
    let prototype = &program.prototypes[index];
    let outside = |message| Problem { at: None, message };
    check_counts(prototype).map_err(outside)?;
    let starts = starts(&prototype.code)?;
    Code { program, prototype, needs, starts: &starts }.check()?;
    check_handlers(prototype, &starts).map_err(outside)?;
    check_debug(program, prototype, &starts).map_err(outside)
}

fn check_counts(prototype: &Prototype) -> Result<(), String> {
    let registers = prototype.registers;
    ensure(registers <= REGISTERS_MAX, || {
        format!("it has {registers} registers; {REGISTERS_MAX} are the most")
    })?;
    ensure(prototype.parameters_min <= prototype.parameters, || {
        let Prototype { parameters_min, parameters, .. } = prototype;
        format!("it needs {parameters_min} arguments and takes {parameters}")
    })?;
    ensure(u16::from(prototype.parameters) <= registers, || {
        format!("its {} parameters do not fit into {registers} registers", prototype.parameters)
    })?;
    if let Some(register) = prototype.self_register {
        in_range("register", register, registers.into())?;
    }
    ensure(!(prototype.is_generator && prototype.is_async), || {
        "it is a generator and async".to_owned()
    })?;
    ensure(prototype.code.len() <= FUNCTION_CODE_MAX, || {
        format!("it has {} words; {FUNCTION_CODE_MAX} are the most", prototype.code.len())
    })?;
    ensure(prototype.upvalues.len() <= UPVALUES_MAX, || {
        format!("it has {} upvalues; {UPVALUES_MAX} are the most", prototype.upvalues.len())
    })?;
    ensure(prototype.upvalues.len() == prototype.captures.len(), || {
        let (upvalues, captures) = (prototype.upvalues.len(), prototype.captures.len());
        format!("it has {upvalues} upvalues and {captures} places that they come from")
    })?;
    for constant in &prototype.constants {
        if let Constant::Builtin(index) = constant {
            super::code::check_builtin(*index)?;
        }
    }
    Ok(())
}

/// Errors are passed on forwards only, so that no loop is without an instruction at which a run can
/// stop.
fn check_handlers(prototype: &Prototype, starts: &[bool]) -> Result<(), String> {
    for Handler { start, end, target, register } in &prototype.handlers {
        let is_start = |at: u32| starts.get(at as usize).copied().unwrap_or(false);
        let ends = is_start(*end) || *end as usize == starts.len();
        ensure(start < end && is_start(*start) && ends, || {
            format!("a handler is for the words from {start} to {end}")
        })?;
        ensure(is_start(*target) && target >= end, || {
            format!("a handler for words up to {end} goes on at {target}")
        })?;
        in_range("register", *register, prototype.registers.into())?;
    }
    Ok(())
}

fn check_debug(program: &Program, prototype: &Prototype, starts: &[bool]) -> Result<(), String> {
    for local in &prototype.locals {
        in_range("register", local.register, prototype.registers.into())?;
        ensure(local.start <= local.end && local.end as usize <= starts.len(), || {
            format!(
                "the variable `{}` is visible from {} to {}",
                local.name, local.start, local.end
            )
        })?;
    }
    let ascending = prototype.lines.is_sorted_by(|before, after| {
        before.at < after.at || before.at == after.at && before.statement && !after.statement
    });
    ensure(ascending, || "the places in the source are not in the order of the code".to_owned())?;
    for line in &prototype.lines {
        let is_start = starts.get(line.at as usize).copied().unwrap_or(false);
        ensure(is_start && is_place(program, line), || {
            let Line { at, source, start, end, .. } = line;
            format!("word {at} cannot come from bytes {start} to {end} of source {source}")
        })?;
    }
    Ok(())
}

/// Whether a place is in a text, or may be in one that was left out.
fn is_place(program: &Program, line: &Line) -> bool {
    let source = program.sources.get(line.source as usize);
    let is_inside = source.map_or(program.sources.is_empty(), |source| {
        source.text.is_char_boundary(line.start as usize)
            && source.text.is_char_boundary(line.end as usize)
    });
    line.start <= line.end && is_inside
}

/// What a function needs of those that make closures of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Needs {
    /// So many registers.
    registers: usize,
    /// So many upvalues.
    upvalues: usize,
}

impl Needs {
    pub(super) fn of(prototype: &Prototype) -> Self {
        let mut needs = Self::default();
        for capture in &prototype.captures {
            match capture {
                Capture::Register(register) => {
                    needs.registers = needs.registers.max(usize::from(*register) + 1);
                }
                Capture::Upvalue(upvalue) => {
                    needs.upvalues = needs.upvalues.max(usize::from(*upvalue) + 1);
                }
                Capture::Rec => {}
            }
        }
        needs
    }

    pub(super) fn are_met_by(self, prototype: &Prototype) -> bool {
        self.registers <= usize::from(prototype.registers)
            && self.upvalues <= prototype.upvalues.len()
    }
}
