//! What a unit must be before it may run: instructions one after the other, branches that stay
//! where they are, and operands that are what they say.
//!
//! Code is divided into regions: each definition from its header on, each block, and all the rest,
//! the top. Control never goes from one into another but by a call or a return, so what is true of
//! a region (which local variables there are) holds at all of its instructions.

#![expect(clippy::wildcard_enum_match_arm, reason = "most instructions need no check of their own")]

use std::collections::BTreeSet;

use isa::DecodeError;

use crate::image::region::{Region, RegionKind, Stretch};
use crate::layout::{Register, STRING_START, Segment};
use crate::memory::Memory;
use crate::op::Instruction;
use crate::program::{Placed, Program};
use crate::unit::{Unit, WordKind};
use crate::value::Cell;
use crate::words::HEADER_BYTES;

/// What is wrong with an instruction of a unit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what the messages say")]
#[non_exhaustive]
pub enum CodeProblem {
    /// It is none.
    #[error("cannot be read: {0}")]
    Decode(DecodeError),
    /// Only system routines have it.
    #[error("belongs into system routines only")]
    System,
    /// There is no instruction, or one of another region.
    #[error("leads to {target:#x}, where it may not go on")]
    Target { target: i64 },
    /// What comes after it is another definition or block, or nothing.
    #[error("has nothing after it to go on with")]
    FallsOff,
    /// No word's code begins there.
    #[error("calls {target:#06x}, where no word begins")]
    Call { target: u16 },
    /// No header is there, and it is no built-in word.
    #[error("names {target:#06x}, which is no word")]
    Symbol { target: u16 },
    /// No string begins there.
    #[error("names the string {at:#06x}, which there is not")]
    String { at: u16 },
    /// Only numbers and NIL may stand in code.
    #[error("pushes {bits:#010x}, which is neither a number nor NIL")]
    Literal { bits: u32 },
    /// A local variable that its definition does not have.
    #[error("uses the local variable {slot} of {count}")]
    Local { slot: u8, count: u8 },
    /// A global variable that there is not.
    #[error("uses the global variable {index} of {count}")]
    Global { index: u16, count: u16 },
    /// A path of no keys.
    #[error("has a path without keys")]
    Path,
    /// It makes or ends a frame in the wrong place.
    #[error("makes or ends a frame of local variables where it cannot")]
    Frame,
    /// It ends the program from inside of a definition or block.
    #[error("ends the unit in the middle of a definition or block")]
    End,
    /// One of the two instructions of a loop without the other.
    #[error("is half of the end of a loop")]
    Loop,
    /// A header that leads up or to no header, or is of no kind.
    #[error("is a header with a wrong {what}")]
    Header { what: &'static str },
    /// The unit does not begin to run at the top.
    #[error("cannot be where the unit begins to run")]
    Entry,
    /// The list of words does not begin there.
    #[error("cannot be the newest word")]
    Words,
}

/// What verifying found out.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) code: Vec<Placed>,
    pub(crate) regions: Vec<Region>,
    pub(crate) stretches: Vec<Stretch>,
}

/// Verifies the code of a unit whose place and strings are right; says at which offset it is wrong.
pub(crate) fn verify(
    memory: &Memory,
    program: &Program,
    unit: &Unit,
) -> Result<Verified, (u16, CodeProblem)> {
    let code = decode(unit)?;
    let mut checker = Checker {
        program,
        unit,
        strings: string_starts(memory, unit),
        regions: vec![Region { kind: RegionKind::Top, header: 0, locals: None }],
        of: Vec::with_capacity(code.len()),
        code,
    };
    checker.divide()?;
    for index in 0..checker.code.len() {
        let problem = checker.check(index);
        problem.map_err(|problem| (checker.code[index].at, problem))?;
    }
    checker.check_unit()?;
    Ok(checker.finish())
}

fn decode(unit: &Unit) -> Result<Vec<Placed>, (u16, CodeProblem)> {
    let mut code = Vec::new();
    let mut at = 0;
    while at < unit.code.len() {
        // The loader has made sure that offsets fit.
        let offset = place(unit, at);
        let decoded = Instruction::decode(&unit.code[at..]);
        let (instruction, size) = decoded.map_err(|error| (offset, CodeProblem::Decode(error)))?;
        at += size;
        code.push(Placed { at: offset, next: place(unit, at), instruction });
    }
    Ok(code)
}

#[expect(clippy::cast_possible_truncation, reason = "the loader has made sure that offsets fit")]
const fn place(unit: &Unit, at: usize) -> u16 {
    unit.base + at as u16
}

/// Where strings begin once the unit is loaded.
fn string_starts(memory: &Memory, unit: &Unit) -> BTreeSet<u16> {
    let base = memory.layout().base(Segment::String);
    let end = memory.register(Register::StringsEnd) as usize;
    let mut starts = BTreeSet::from([0]);
    let mut at = usize::from(STRING_START);
    while at + 2 < end {
        starts.extend(u16::try_from(at + 2));
        at += 3 + usize::from(memory.byte(base + at + 2));
    }
    at = end;
    for text in &unit.strings {
        starts.extend(u16::try_from(at + 2));
        at += 3 + text.len();
    }
    starts
}

struct Checker<'a> {
    program: &'a Program,
    unit: &'a Unit,
    code: Vec<Placed>,
    strings: BTreeSet<u16>,
    /// The first is the top.
    regions: Vec<Region>,
    /// The region of each instruction.
    of: Vec<usize>,
}

impl Checker<'_> {
    /// Finds the region of each instruction.
    fn divide(&mut self) -> Result<(), (u16, CodeProblem)> {
        // Where the top goes on after definitions, and the blocks that are open with their ends.
        let mut resumes = BTreeSet::from([i64::from(self.unit.entry)]);
        let mut blocks: Vec<(usize, i64)> = Vec::new();
        let mut current = 0;
        for index in 0..self.code.len() {
            let Placed { at, next, ref instruction } = self.code[index];
            while blocks.last().is_some_and(|(_, end)| *end == i64::from(at)) {
                blocks.pop();
            }
            if let Instruction::Header { .. } = instruction {
                if !blocks.is_empty() {
                    return Err((at, CodeProblem::Header { what: "place" }));
                }
                current = self.regions.len();
                let locals = self.enters(index + 1);
                self.regions.push(Region { kind: RegionKind::Definition, header: at, locals });
            } else if blocks.is_empty() && resumes.contains(&i64::from(at)) {
                current = 0;
            }
            self.of.push(blocks.last().map_or(current, |(region, _)| *region));
            let goal = branch(&self.code[index]);
            if let Instruction::Branch { .. } = instruction
                && let Some(goal) = goal
                && current == 0
                && blocks.is_empty()
                && self.is_header(index + 1)
            {
                resumes.insert(goal);
            }
            if let Instruction::LiteralCode { .. } = instruction
                && let Some(end) = goal
            {
                let outer = blocks.last().map_or(i64::MAX, |(_, end)| *end);
                if end <= i64::from(next) || end >= outer {
                    return Err((at, CodeProblem::Target { target: end }));
                }
                let header = self.regions[self.of[index]].header;
                blocks.push((self.regions.len(), end));
                self.regions.push(Region { kind: RegionKind::Block, header, locals: None });
            }
        }
        Ok(())
    }

    fn is_header(&self, index: usize) -> bool {
        let placed = self.code.get(index);
        placed.is_some_and(|placed| matches!(placed.instruction, Instruction::Header { .. }))
    }

    /// The count of the `(enter)` at an index, if there is one.
    fn enters(&self, index: usize) -> Option<u8> {
        match self.code.get(index)?.instruction {
            Instruction::Enter { count } => Some(count),
            _ => None,
        }
    }

    fn check(&self, index: usize) -> Result<(), CodeProblem> {
        self.check_flow(index)?;
        let region = &self.regions[self.of[index]];
        let placed = &self.code[index];
        if (0xf0..=0xfe).contains(&placed.instruction.code()) {
            return Err(CodeProblem::System);
        }
        match placed.instruction {
            Instruction::LocalPath { count: 0, .. }
            | Instruction::LocalPutPath { count: 0, .. }
            | Instruction::GlobalPath { count: 0, .. }
            | Instruction::GlobalPutPath { count: 0, .. } => Err(CodeProblem::Path),
            Instruction::End if region.kind != RegionKind::Top => Err(CodeProblem::End),
            Instruction::Literal { value } => literal(value),
            Instruction::LiteralString { at } => self.string(at),
            Instruction::LiteralSymbol { at } => {
                let is_word = self.header(at).is_some() || is_builtin(at);
                if is_word { Ok(()) } else { Err(CodeProblem::Symbol { target: at }) }
            }
            Instruction::Call { target } => self.call(target),
            Instruction::Header { link, name, kind, value } => {
                self.check_header(placed.at, link, name, kind)?;
                if WordKind::from_number(kind) == Some(WordKind::Global) {
                    return self.global(value);
                }
                Ok(())
            }
            Instruction::Enter { .. } => {
                let is_first = index > 0 && self.is_header(index - 1);
                if is_first && has_code(&self.code[index - 1]) {
                    Ok(())
                } else {
                    Err(CodeProblem::Frame)
                }
            }
            Instruction::Leave if region.locals.is_none() => Err(CodeProblem::Frame),
            Instruction::LocalGet { slot }
            | Instruction::LocalSet { slot }
            | Instruction::LocalTake { slot }
            | Instruction::LocalAt { slot }
            | Instruction::LocalPut { slot }
            | Instruction::LocalPath { slot, .. }
            | Instruction::LocalPutPath { slot, .. } => {
                let count = region.locals.unwrap_or(0);
                if slot < count { Ok(()) } else { Err(CodeProblem::Local { slot, count }) }
            }
            Instruction::GlobalGet { index }
            | Instruction::GlobalSet { index }
            | Instruction::GlobalTake { index }
            | Instruction::GlobalAt { index }
            | Instruction::GlobalPut { index }
            | Instruction::GlobalPath { index, .. }
            | Instruction::GlobalPutPath { index, .. } => self.global(index),
            _ => Ok(()),
        }
    }

    /// Where control goes on after an instruction.
    fn check_flow(&self, index: usize) -> Result<(), CodeProblem> {
        let region = self.of[index];
        let placed = &self.code[index];
        if let Some(target) = branch(placed) {
            let found = self.index_of(target);
            if !found.is_some_and(|it| self.of[it] == region && !self.is_header(it)) {
                return Err(CodeProblem::Target { target });
            }
        }
        let goes_on = |to: usize| self.of.get(to) == Some(&region) && !self.is_header(to);
        let follows = |to: usize, wanted: fn(&Instruction) -> Option<i16>| {
            self.code
                .get(to)
                .is_some_and(|it| wanted(&it.instruction).is_some() && branch(it) == branch(placed))
        };
        match placed.instruction {
            Instruction::End
            | Instruction::Exit
            | Instruction::Leave
            | Instruction::Branch { .. }
            | Instruction::LiteralCode { .. } => Ok(()),
            Instruction::Header { .. } => {
                // A definition has code, other words have none.
                let is_right = goes_on(index + 1) == has_code(placed);
                if is_right { Ok(()) } else { Err(CodeProblem::Header { what: "kind" }) }
            }
            Instruction::ForNext { .. } => {
                let got = |it: &Instruction| match it {
                    Instruction::ForGot { body } => Some(*body),
                    _ => None,
                };
                if follows(index + 1, got) && goes_on(index + 1) && goes_on(index + 2) {
                    Ok(())
                } else {
                    Err(CodeProblem::Loop)
                }
            }
            Instruction::ForGot { .. } => {
                let next = |it: &Instruction| match it {
                    Instruction::ForNext { body } => Some(*body),
                    _ => None,
                };
                if index > 0 && follows(index - 1, next) { Ok(()) } else { Err(CodeProblem::Loop) }
            }
            _ if goes_on(index + 1) => Ok(()),
            _ => Err(CodeProblem::FallsOff),
        }
    }

    fn check_header(&self, at: u16, link: u16, name: u16, kind: i8) -> Result<(), CodeProblem> {
        if WordKind::from_number(kind).is_none() {
            return Err(CodeProblem::Header { what: "kind" });
        }
        if link != 0 && (link >= at || self.header(link).is_none()) {
            return Err(CodeProblem::Header { what: "link" });
        }
        if name == 0 {
            return Err(CodeProblem::Header { what: "name" });
        }
        self.string(name)
    }

    /// The kind of the word whose header is there, in this unit or before it.
    fn header(&self, at: u16) -> Option<WordKind> {
        if let Some(index) = self.index_of(at.into()) {
            return header_kind(&self.code[index].instruction);
        }
        header_kind(&self.program.at(at)?.instruction)
    }

    fn call(&self, target: u16) -> Result<(), CodeProblem> {
        let header = target.checked_sub(HEADER_BYTES).and_then(|at| self.header(at));
        match header {
            Some(WordKind::Definition | WordKind::Library) => Ok(()),
            _ => Err(CodeProblem::Call { target }),
        }
    }

    fn string(&self, at: u16) -> Result<(), CodeProblem> {
        if self.strings.contains(&at) { Ok(()) } else { Err(CodeProblem::String { at }) }
    }

    const fn global(&self, index: u16) -> Result<(), CodeProblem> {
        let count = self.unit.globals;
        if index < count { Ok(()) } else { Err(CodeProblem::Global { index, count }) }
    }

    /// What the unit says of itself.
    fn check_unit(&self) -> Result<(), (u16, CodeProblem)> {
        let Unit { entry, words, .. } = *self.unit;
        let is_top = self.index_of(entry.into()).is_some_and(|index| self.of[index] == 0);
        if !is_top {
            return Err((entry, CodeProblem::Entry));
        }
        if words != 0 && self.header(words).is_none() {
            return Err((words, CodeProblem::Words));
        }
        Ok(())
    }

    fn index_of(&self, at: i64) -> Option<usize> {
        self.code.binary_search_by_key(&at, |placed| placed.at.into()).ok()
    }

    fn finish(self) -> Verified {
        let mut stretches: Vec<Stretch> = Vec::new();
        for (placed, &region) in self.code.iter().zip(&self.of) {
            if stretches.last().is_none_or(|last| last.region != region) {
                stretches.push(Stretch { from: placed.at, region });
            }
        }
        Verified { code: self.code, regions: self.regions, stretches }
    }
}

/// Where an instruction may go on beside the next, as it says itself.
pub(crate) fn branch(placed: &Placed) -> Option<i64> {
    let distance = match placed.instruction {
        Instruction::LiteralCode { over } => over,
        Instruction::Branch { to } | Instruction::BranchIfFalse { to } => to,
        Instruction::ForNext { body }
        | Instruction::ForGot { body }
        | Instruction::TimesNext { body } => body,
        _ => return None,
    };
    Some(i64::from(placed.next) + i64::from(distance))
}

fn header_kind(instruction: &Instruction) -> Option<WordKind> {
    match instruction {
        Instruction::Header { kind, .. } => WordKind::from_number(*kind),
        _ => None,
    }
}

/// Whether code belongs to a header.
fn has_code(placed: &Placed) -> bool {
    matches!(header_kind(&placed.instruction), Some(WordKind::Definition | WordKind::Library))
}

/// Whether that is the opcode of a word that a program may name.
fn is_builtin(opcode: u16) -> bool {
    let row = Instruction::TABLE.iter().find(|row| u16::from(row.code) == opcode);
    row.is_some_and(|row| row.operands.is_empty() && !row.mnemonic.starts_with('('))
}

fn literal(bits: u32) -> Result<(), CodeProblem> {
    let cell = Cell(bits);
    let is_fit = match cell.as_number() {
        Some(number) if cell.tag().is_none() => Cell::number(number) == cell,
        _ => cell == Cell::NIL,
    };
    if is_fit { Ok(()) } else { Err(CodeProblem::Literal { bits }) }
}
