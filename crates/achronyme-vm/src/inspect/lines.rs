//! Where code comes from: functions by position, lines of the sources.

use machine::{CodePosition, Place};

use crate::instruction::Instruction;
use crate::program::{Line, Program, Prototype};
use crate::vm::{Proto, Vm};

/// What is computed of a program's sources once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    /// Of each source, the first byte of each line but the first.
    starts: Vec<Vec<u32>>,
    /// Whether each function belongs to the library.
    library: Vec<bool>,
}

impl Lines {
    pub(crate) fn new(program: &Program) -> Self {
        let starts = program.sources.iter().map(|source| {
            let ends = source.text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n');
            ends.map(|(_, next)| next).collect()
        });
        let has_lines = program.prototypes.iter().any(|prototype| !prototype.lines.is_empty());
        let is_library = |prototype: &Prototype| match prototype.lines.first() {
            Some(line) => program.sources.get(line.source as usize).is_some_and(|it| it.library),
            // The compiler has written it.
            None => has_lines,
        };
        Self {
            starts: starts.collect(),
            library: program.prototypes.iter().map(is_library).collect(),
        }
    }

    /// The line that a byte is in.
    fn place(&self, source: u32, byte: u32) -> Option<Place> {
        let starts = self.starts.get(source as usize)?;
        let line = starts.partition_point(|start| *start <= byte) + 1;
        Some(Place { source, line: u32::try_from(line).ok()? })
    }
}

impl Vm {
    /// The function that a position is in, and the word of its code.
    pub(crate) fn function_at(&self, position: CodePosition) -> Option<(usize, usize)> {
        let at = u32::try_from(position.0).ok()?;
        let after = self.prototypes.partition_point(|proto: &Proto| proto.code <= at);
        let function = after.checked_sub(1)?;
        let word = (at - self.prototypes[function].code) as usize;
        (word < self.program.prototypes[function].code.len()).then_some((function, word))
    }

    /// The position of a word of a function.
    pub(crate) fn position_in(&self, function: usize, word: usize) -> CodePosition {
        CodePosition(u64::from(self.prototypes[function].code) + word as u64)
    }

    /// Whether a function belongs to the library: users do not see it.
    pub(crate) fn is_of_library(&self, function: usize) -> bool {
        self.lines.library.get(function).copied().unwrap_or(false)
    }

    /// The line on which a run stops at a position: the statement's where one begins.
    pub(crate) fn place_of(&self, position: CodePosition) -> Option<Place> {
        let (line, before) = self.line_of(position)?;
        let line = before.filter(|before| before.at == line.at).unwrap_or(line);
        self.lines.place(line.source, line.start)
    }

    /// The line of the part of a statement that a position comes from, for errors and calls.
    pub(crate) fn part_of(&self, position: CodePosition) -> Option<Place> {
        let (line, _) = self.line_of(position)?;
        self.lines.place(line.source, line.start)
    }

    /// Where a position in the user's code comes from, and the entry before that one.
    fn line_of(&self, position: CodePosition) -> Option<(&Line, Option<&Line>)> {
        let (function, word) = self.function_at(position)?;
        if self.is_of_library(function) {
            return None;
        }
        let lines = &self.program.prototypes[function].lines;
        let after = lines.partition_point(|line| line.at as usize <= word);
        let last = after.checked_sub(1)?;
        Some((lines.get(last)?, last.checked_sub(1).and_then(|before| lines.get(before))))
    }

    /// Where statements on a line begin that do not follow another one on it.
    pub(crate) fn starts_of_line(&self, place: Place) -> Vec<CodePosition> {
        let mut found = Vec::new();
        for (function, prototype) in self.program.prototypes.iter().enumerate() {
            if self.is_of_library(function) {
                continue;
            }
            let mut before = None;
            for line in prototype.lines.iter().filter(|line| line.statement) {
                let here = self.lines.place(line.source, line.start);
                if here == Some(place) && before != here {
                    found.push(self.position_in(function, line.at as usize));
                }
                before = here;
            }
        }
        found
    }

    /// The beginning of the instruction that a word is of.
    pub(crate) fn instruction_start(&self, function: usize, word: usize) -> usize {
        let code = &self.program.prototypes[function].code;
        let mut start = 0;
        while let Some(instruction) = Instruction::decode(code, start) {
            if word < instruction.next() {
                break;
            }
            start = instruction.next();
        }
        start
    }
}
