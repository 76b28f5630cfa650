//! The frames of a program: which functions are open, and where their variables are.

use machine::{Inspect as _, Location};
use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;
use palindrome_vm::runtime::describe::Values;

use super::Vm;
use super::path::word_at;
use crate::codegen::{FunctionNames, Home, Variable};

/// The register that holds the position of the innermost frame, as code is made.
const FRAME: usize = 14;
/// The register that holds zero.
const ZERO: usize = 12;
/// Bytes of an instruction, by which positions of the code count.
const WORD: u64 = 8;

/// A variable with where its value is and its type.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'v> {
    pub(super) name: &'v str,
    pub(super) at: i64,
    pub(super) of: i64,
}

impl Vm {
    /// The index of the next instruction.
    pub(super) fn ip(&self) -> u32 {
        self.tape.ip()
    }

    /// The function that an instruction belongs to.
    pub(super) fn function(&self, index: u32) -> Option<&FunctionNames> {
        let functions = &self.program.names.functions;
        let after = functions.partition_point(|function| function.start <= index);
        functions.get(after.checked_sub(1)?).filter(|function| index < function.end)
    }

    /// Where the frame of the innermost function begins.
    fn base(&self) -> i64 {
        let base = self.tape.registers[FRAME];
        let code = self.program.code.instructions();
        let ip = self.ip() as usize;
        let moved = |index: usize| match code.get(index) {
            Some(Instruction::ISubImm { dst, src, value })
                if dst == src && usize::from(*dst) == FRAME =>
            {
                Some(*value)
            }
            _ => None,
        };
        // Before the frame that is laid above others stands whose it is.
        let is_kept = |index: usize| match code.get(index) {
            Some(Instruction::Load { reg, addr }) => {
                usize::from(*reg) == FRAME && usize::from(addr.base) == FRAME
            }
            _ => false,
        };
        // Around a call the frame is that of the called function already, or still.
        let is_call = matches!(code.get(ip), Some(Instruction::Call { .. }));
        if is_kept(ip) || is_call && is_kept(ip + 1) {
            return Values::new(&self.tape).word(base - WORD.cast_signed()).unwrap_or(base);
        }
        let above = moved(ip).or_else(|| moved(ip + 1).filter(|_| is_call));
        base - above.unwrap_or(0)
    }

    /// The variables that the innermost function sees, the last of a name only.
    pub(super) fn locals(&self) -> Vec<Seen<'_>> {
        self.seen_at(self.ip(), self.base())
    }

    /// Those that an open call sees, of which the innermost is 0, if it is known where they are.
    pub(super) fn locals_of(&self, frame: usize) -> Option<Vec<Seen<'_>>> {
        let code = self.program.code.instructions();
        let (mut base, mut at) = (self.base(), self.ip());
        let frames = self.tape.frames(frame.checked_add(1)?);
        frames.get(frame)?;
        for caller in frames.iter().skip(1) {
            at = u32::try_from(caller.position.0 / WORD).ok()?;
            // Behind the call stands how its frame is found again.
            base = match code.get(at as usize + 1)? {
                Instruction::ISubImm { dst, src, value }
                    if dst == src && usize::from(*dst) == FRAME =>
                {
                    base.checked_sub(*value)?
                }
                Instruction::Load { reg, addr }
                    if usize::from(*reg) == FRAME && usize::from(addr.base) == FRAME =>
                {
                    Values::new(&self.tape).word(base.checked_sub(WORD.cast_signed())?).ok()?
                }
                _ => return None,
            };
        }
        Some(self.seen_at(at, base))
    }

    /// What is seen from an instruction, where a frame begins.
    fn seen_at(&self, ip: u32, base: i64) -> Vec<Seen<'_>> {
        let Some(function) = self.function(ip) else { return Vec::new() };
        let mut found: Vec<Seen<'_>> = Vec::new();
        for variable in &function.variables {
            if variable.from <= ip && ip < variable.to {
                found.retain(|seen| seen.name != variable.name);
                found.extend(self.seen(variable, base));
            }
        }
        found
    }

    fn seen<'v>(&self, variable: &'v Variable, base: i64) -> Option<Seen<'v>> {
        let word = |at: i64| Values::new(&self.tape).word(at).ok();
        let captured = |own: i64, place: i64| word(base + own)?.checked_add(HEAD + place * 8);
        let at = match variable.home {
            Home::Frame(offset) => base + offset,
            Home::Captured(own, place) => captured(own, place)?,
            Home::Boxed(offset) => word(base + offset)?.checked_add(HEAD)?,
            Home::CapturedBox(own, place) => word(captured(own, place)?)?.checked_add(HEAD)?,
        };
        Some(Seen { name: &variable.name, at, of: variable.of })
    }

    /// The names of the top level that have a value.
    pub(super) fn globals(&self) -> Vec<Seen<'_>> {
        let is_defined = |at: i64| Values::new(&self.tape).word(at + 8) == Ok(1);
        let globals = self.program.names.globals.iter();
        globals
            .filter(|global| is_defined(global.at))
            .map(|global| Seen { name: &global.name, at: global.at, of: global.of })
            .collect()
    }

    /// Where a name of the top level will be that has no value yet.
    pub(super) fn undefined(&self, name: &str) -> Option<i64> {
        let found = self.program.names.globals.iter().find(|global| global.name == name.trim());
        found.map(|global| global.at)
    }

    /// Words that a value depends on, with the one that says whether the name has a value at all.
    pub(super) fn with_definition(&self, mut words: Vec<i64>) -> Vec<Location> {
        let first = words.first().copied();
        if self.program.names.globals.iter().any(|global| Some(global.at) == first) {
            words.extend(first.map(|at| at + 8));
        }
        words.into_iter().map(word_at).collect()
    }

    /// What the next instruction makes its result of: variables by their names, and registers that hold
    /// more than where things are.
    pub(super) fn instruction_operands(&self) -> Option<Vec<String>> {
        let row = self.tape.disassemble(self.tape.position(), 1).into_iter().next()?;
        let (mnemonic, rest) = row.text.split_once(' ')?;
        let rest = rest.split(['"', ';']).next().unwrap_or_default();
        let mut operands = rest.split(',').map(str::trim).collect::<Vec<_>>();
        let is_runtime = mnemonic.starts_with("CALL");
        // First comes where the result goes.
        if !is_runtime && !operands.is_empty() {
            operands.remove(0);
        }
        let own = [format!("R{FRAME}"), format!("R{ZERO}")];
        let is_place = |operand: &&str| operand.starts_with(['R', '[']);
        let wanted = operands.into_iter().filter(is_place);
        let wanted = wanted.filter(|operand| own.iter().all(|register| register != operand));
        let variables: Vec<Seen<'_>> = self.globals().into_iter().chain(self.locals()).collect();
        let named = |operand: &str| {
            let place = self.tape.locate(operand).ok()?;
            let is_here = |seen: &&Seen<'_>| place == word_at(seen.at);
            let variable = variables.iter().rev().find(is_here);
            Some(variable.map_or_else(|| operand.to_owned(), |seen| seen.name.to_owned()))
        };
        Some(wanted.filter_map(named).collect())
    }

    /// The name of the function that a place in the code belongs to.
    pub(super) fn name_at(&self, position: machine::CodePosition) -> Option<String> {
        let index = u32::try_from(position.0 / WORD).ok()?;
        self.function(index).map(|function| function.name.clone())
    }

    /// The frames, innermost first, by the functions' names.
    pub(super) fn named_frames(&self, limit: usize) -> Vec<machine::Frame> {
        let mut frames = self.tape.frames(limit);
        for frame in &mut frames {
            if let Some(name) = self.name_at(frame.position) {
                frame.name = name;
            }
        }
        frames
    }
}
