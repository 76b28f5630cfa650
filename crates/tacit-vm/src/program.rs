//! What was loaded into a memory, checked, and made ready for running and looking.

use std::sync::Arc;

use machine::{Place, SourceText};

use crate::image::region::{Region, RegionKind, Stretch};
use crate::image::verify::Verified;
use crate::layout::{CODE_START, Register, SYSTEM, Segment};
use crate::memory::Memory;
use crate::op::Instruction;
use crate::unit::{Unit, UnitDebug};
use crate::words::HEADER_BYTES;

/// No instruction begins there.
const NONE: u16 = u16::MAX;

/// The system routines and the units in a memory. Never changes: loading a unit makes another.
#[derive(Clone, Debug, Default)]
pub struct Program {
    units: Vec<Arc<Unit>>,
    /// In the order of their offsets.
    code: Vec<Placed>,
    /// By offset in the code: the index of the instruction that begins there, or `NONE`.
    starts: Vec<u16>,
    regions: Vec<Region>,
    /// In the order of their offsets.
    stretches: Vec<Stretch>,
    /// The source texts of all units, each once.
    sources: Vec<SourceText>,
    /// Where lines begin, by offset in the code.
    lines: Vec<LineStart>,
}

/// An instruction in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its offset in the code.
    pub at: u16,
    /// The offset after it.
    pub next: u16,
    /// What it is.
    pub instruction: Instruction,
}

/// From `at` on, instructions come from `place`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LineStart {
    at: u16,
    place: Place,
}

impl Program {
    /// The system routines in a memory, and the end of a program at offset 0.
    #[must_use]
    pub(crate) fn system(memory: &Memory) -> Self {
        let mut program = Self::default();
        let bytes: Vec<u8> = (0..usize::from(CODE_START))
            .map(|at| memory.byte(memory.layout().base(Segment::Code) + at))
            .collect();
        let mut at = SYSTEM;
        let mut code = vec![Placed { at: 0, next: 1, instruction: Instruction::End }];
        while at < CODE_START {
            let Ok((instruction, size)) = Instruction::decode(&bytes[usize::from(at)..]) else {
                break;
            };
            let next = u16::try_from(size).map_or(CODE_START, |size| at + size);
            code.push(Placed { at, next, instruction });
            at = next;
        }
        let region = Region { kind: RegionKind::System, header: 0, locals: None };
        let stretches = vec![Stretch { from: 0, region: 0 }];
        program.add(Verified { code, regions: vec![region], stretches }, CODE_START.into());
        program
    }

    /// This program with a verified unit.
    #[must_use]
    pub(crate) fn with(&self, unit: Unit, verified: Verified) -> Self {
        let mut program = self.clone();
        let end = usize::from(unit.base) + unit.code.len();
        program.add(verified, end);
        program.add_sources(&unit.debug);
        program.units.push(Arc::new(unit));
        program
    }

    /// The units, in the order of their code.
    #[must_use]
    pub fn units(&self) -> &[Arc<Unit>] {
        &self.units
    }

    /// The instructions, in the order of their offsets.
    #[must_use]
    pub fn code(&self) -> &[Placed] {
        &self.code
    }

    /// The index in [`code`](Self::code) of the instruction at an offset, if one begins there.
    #[inline]
    #[must_use]
    pub fn index_of(&self, at: u16) -> Option<usize> {
        let index = *self.starts.get(usize::from(at))?;
        (index != NONE).then_some(usize::from(index))
    }

    /// The instruction that begins at an offset.
    #[inline]
    #[must_use]
    pub fn at(&self, at: u16) -> Option<&Placed> {
        self.code.get(self.index_of(at)?)
    }

    /// Whether an instruction begins at an offset.
    #[must_use]
    pub fn is_start(&self, at: u16) -> bool {
        self.index_of(at).is_some()
    }

    /// The instruction that ends where another begins: the call before the place it returns to.
    #[must_use]
    pub fn before(&self, at: u16) -> Option<&Placed> {
        let after = self.code.partition_point(|placed| placed.at < at);
        self.code.get(after.checked_sub(1)?).filter(|placed| placed.next == at)
    }

    /// The region that an offset is in.
    #[must_use]
    pub fn region(&self, at: u16) -> Option<&Region> {
        let after = self.stretches.partition_point(|stretch| stretch.from <= at);
        self.regions.get(self.stretches.get(after.checked_sub(1)?)?.region)
    }

    /// The names of the local variables of the definition with that header.
    #[must_use]
    pub fn locals(&self, header: u16) -> &[String] {
        let unit = self.unit_of(header);
        let found = unit.and_then(|unit| {
            let locals = &unit.debug.locals;
            let index = locals.binary_search_by_key(&header, |names| names.header).ok()?;
            Some(locals[index].names.as_slice())
        });
        found.unwrap_or_default()
    }

    /// The name of a global variable, as the unit that made it says.
    #[must_use]
    pub fn global_name(&self, index: u16) -> Option<&str> {
        let mut names = self.global_names().rev();
        names.find(|(number, _)| *number == index).map(|(_, name)| name.as_str())
    }

    /// The source texts of all units, each once.
    #[must_use]
    pub fn sources(&self) -> &[SourceText] {
        &self.sources
    }

    /// The line that an instruction comes from.
    #[must_use]
    pub fn place(&self, at: u16) -> Option<Place> {
        let unit = self.unit_of(at)?;
        let after = self.lines.partition_point(|line| line.at <= at);
        let line = self.lines.get(after.checked_sub(1)?)?;
        (line.at >= unit.base).then_some(line.place)
    }

    /// Where the code of a line begins: instructions whose predecessors come from other lines.
    pub fn starts_of_line(&self, place: Place) -> impl Iterator<Item = u16> + '_ {
        let is_other = move |index: usize| {
            index.checked_sub(1).is_none_or(|before| self.lines[before].place != place)
        };
        let lines = self.lines.iter().enumerate();
        lines
            .filter(move |(index, line)| line.place == place && is_other(*index))
            .map(|(_, line)| line.at)
    }

    /// The unit that an offset is in.
    fn unit_of(&self, at: u16) -> Option<&Arc<Unit>> {
        let after = self.units.partition_point(|unit| unit.base <= at);
        let unit = self.units.get(after.checked_sub(1)?)?;
        (usize::from(at) < usize::from(unit.base) + unit.code.len()).then_some(unit)
    }

    fn add(&mut self, verified: Verified, end: usize) {
        let Verified { code, regions, stretches } = verified;
        self.starts.resize(end, NONE);
        for placed in code {
            // There are fewer instructions than bytes of code.
            let index = u16::try_from(self.code.len()).unwrap_or(NONE);
            self.starts[usize::from(placed.at)] = index;
            self.code.push(placed);
        }
        let first = self.regions.len();
        self.regions.extend(regions);
        self.stretches
            .extend(stretches.into_iter().map(|it| Stretch { region: it.region + first, ..it }));
    }

    fn add_sources(&mut self, debug: &UnitDebug) {
        let known = |sources: &[SourceText], source| sources.iter().position(|it| it == source);
        let mut numbers = Vec::new();
        for source in &debug.sources {
            let number = known(&self.sources, source).unwrap_or_else(|| {
                self.sources.push(source.clone());
                self.sources.len() - 1
            });
            numbers.push(number);
        }
        let line_starts: Vec<Vec<usize>> =
            debug.sources.iter().map(|source| line_starts(&source.text)).collect();
        for span in &debug.spans {
            let source = usize::from(span.source);
            let (Some(&number), Some(starts)) = (numbers.get(source), line_starts.get(source))
            else {
                continue;
            };
            let line = starts.partition_point(|start| *start <= span.start as usize);
            let number_of = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let place = Place { source: number_of(number), line: number_of(line) };
            self.lines.push(LineStart { at: span.code, place });
        }
    }

    /// The global variables with their numbers, those of earlier units first.
    pub(crate) fn global_names(&self) -> impl DoubleEndedIterator<Item = &(u16, String)> {
        self.units.iter().flat_map(|unit| &unit.debug.globals)
    }

    /// The number of the newest global variable of that name.
    pub(crate) fn global_index(&self, name: &str) -> Option<usize> {
        let mut names = self.global_names().rev();
        names.find(|(_, it)| it == name).map(|(index, _)| usize::from(*index))
    }

    /// The names of the local variables of all definitions.
    pub(crate) fn local_names(&self) -> impl Iterator<Item = &String> {
        let definitions = self.units.iter().flat_map(|unit| &unit.debug.locals);
        definitions.flat_map(|locals| &locals.names)
    }

    /// Where the definition with that header has made its local variables and given them the values
    /// from the stack, if it is one.
    pub(crate) fn body(&self, header: u16) -> Option<u16> {
        let mut at = header.checked_add(HEADER_BYTES)?;
        let is_it =
            |region: &Region| region.kind == RegionKind::Definition && region.header == header;
        self.region(at).filter(|region| is_it(region))?;
        while let Some(Placed {
            instruction: Instruction::Enter { .. } | Instruction::LocalSet { .. },
            next,
            ..
        }) = self.at(at)
        {
            at = *next;
        }
        Some(at)
    }
}

/// The first byte of each line.
fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    std::iter::once(0).chain(ends.map(|(end, _)| end + 1)).collect()
}

/// Bytes of code that a memory can have, so that every offset after an instruction has a number.
pub(crate) fn code_max(memory: &Memory) -> usize {
    memory.layout().segment_bytes().min(usize::from(u16::MAX))
}

/// How many bytes of code a memory has.
pub(crate) fn code_end(memory: &Memory) -> usize {
    memory.register(Register::CodeEnd) as usize
}
