//! The verifier: the only maker of programs, so that the machine may trust them.
//!
//! A program's code can be read, its targets are in it, its segments have room, and the segments
//! and checkpoints that it names are made somewhere in it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use isa::DecodeError;
use tape::{SegmentType, TapeError};

use super::{Argument, Image, SymbolKind, arguments};
use crate::derived::Derived;
use crate::layout::{CODE, INSTRUCTIONS_MAX, RUNTIME_SEGMENTS, USER_START};
use crate::op::{Instruction, Undo};
use crate::operand::{OperandKind, REGISTER_COUNT};
use crate::runtime;

/// Bytes of a segment, most of which are usually never written.
pub const SEGMENT_BYTES_MAX: u64 = 1 << 40;
/// Segments that every program has.
pub const STANDARD_SEGMENTS: [&str; 6] = ["code", "stack", "heap", "stdin", "stdout", "stderr"];

/// A verified program.
pub struct Program {
    image: Image,
    instructions: Vec<Instruction>,
    derived: Derived,
}

impl Program {
    /// Verifies `image`.
    ///
    /// # Errors
    /// Something in it is not as a machine needs it.
    pub fn new(image: Image) -> Result<Arc<Self>, VerifyError> {
        let len = image.code.len();
        if len == 0 {
            return Err(VerifyError::NoCode);
        }
        if len > INSTRUCTIONS_MAX {
            return Err(VerifyError::TooLong { len });
        }
        if image.entry as usize >= len {
            return Err(VerifyError::Entry { entry: image.entry, len });
        }
        check_tables(&image)?;
        let unpack = |(index, word): (usize, &u64)| {
            super::unpack(*word, &image.pool, &image.texts)
                .map_err(|error| VerifyError::Word { place: Place::new(&image, index), error })
        };
        let instructions = image.code.iter().enumerate().map(unpack);
        let instructions = instructions.collect::<Result<Vec<_>, _>>()?;
        check_segments(&image, &instructions)?;
        check_instructions(&image, &instructions)?;
        check_unobserved(&image, &instructions)?;
        let derived = Derived::new(&instructions);
        Ok(Arc::new(Self { image, instructions, derived }))
    }

    /// A program without instructions.
    pub(crate) fn empty() -> Arc<Self> {
        let derived = Derived::new(&[]);
        Arc::new(Self { image: Image::default(), instructions: Vec::new(), derived })
    }

    /// What the engines made of it.
    pub(crate) fn derived(&self) -> &Derived {
        &self.derived
    }

    /// The image it was made from.
    #[must_use]
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The instructions, by index.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }
}

/// Symbols, lines and the list of unobserved instructions.
fn check_tables(image: &Image) -> Result<(), VerifyError> {
    let len = image.code.len();
    for symbol in &image.symbols {
        let is_fit = match symbol.kind {
            SymbolKind::Code => usize::try_from(symbol.value).is_ok_and(|index| index <= len),
            SymbolKind::Register => {
                usize::try_from(symbol.value).is_ok_and(|number| number < REGISTER_COUNT)
            }
            SymbolKind::Data | SymbolKind::Constant => true,
        };
        if !is_fit {
            return Err(VerifyError::Symbol { name: symbol.name.clone(), value: symbol.value });
        }
    }
    let is_ascending = image.lines.is_sorted_by(|a, b| a.index < b.index);
    let is_line = |line: &super::LineEntry| {
        (line.index as usize) < len && (line.source as usize) < image.sources.len() && line.line > 0
    };
    if !is_ascending || !image.lines.iter().all(is_line) {
        return Err(VerifyError::Lines);
    }
    let is_ascending = image.unobserved.is_sorted_by(|a, b| a < b);
    if !is_ascending || image.unobserved.last().is_some_and(|last| *last as usize >= len) {
        return Err(VerifyError::Unobserved);
    }
    Ok(())
}

/// Only a register can be lost: whatever else is logged, going back needs.
fn check_unobserved(image: &Image, instructions: &[Instruction]) -> Result<(), VerifyError> {
    let undo = |index: &u32| instructions.get(*index as usize).map(Instruction::undo);
    let is_register = |index: &u32| undo(index) == Some(Undo::Register);
    if image.unobserved.iter().all(is_register) { Ok(()) } else { Err(VerifyError::Unobserved) }
}

fn check_segments(image: &Image, instructions: &[Instruction]) -> Result<(), VerifyError> {
    let mut names: BTreeSet<&str> = STANDARD_SEGMENTS.into_iter().collect();
    let mut ranges = vec![(CODE.start, USER_START, "those that every program has")];
    if instructions.iter().any(|it| matches!(it, Instruction::CallRuntime { .. })) {
        for (name, range, _) in RUNTIME_SEGMENTS {
            names.insert(name);
            ranges.push((range.start, range.end, name));
        }
    }
    for segment in &image.segments {
        let name = segment.name.as_str();
        let error = |problem| VerifyError::Segment { name: name.to_owned(), problem };
        if name.is_empty() || !names.insert(name) {
            return Err(error(SegmentProblem::Name));
        }
        if segment.size == 0 || segment.size > SEGMENT_BYTES_MAX {
            return Err(error(SegmentProblem::Size { size: segment.size }));
        }
        if segment.data.len() as u64 > segment.size {
            return Err(error(SegmentProblem::Data { len: segment.data.len() }));
        }
        let Some(end) = segment.start.checked_add_unsigned(segment.size) else {
            return Err(error(SegmentProblem::Start { start: segment.start }));
        };
        match &segment.kind {
            SegmentType::Data | SegmentType::Stack | SegmentType::Heap => {}
            SegmentType::Index | SegmentType::Log => {}
            SegmentType::Table { schema } => {
                schema.check().map_err(|source| error(SegmentProblem::Schema { source }))?;
            }
            SegmentType::Code | SegmentType::Input | SegmentType::Output | SegmentType::Error => {
                return Err(error(SegmentProblem::Kind));
            }
        }
        ranges.push((segment.start, end, name));
    }
    ranges.sort_unstable();
    for pair in ranges.windows(2) {
        if let [(_, end, other), (start, _, name)] = pair
            && start < end
        {
            let other = (*other).to_owned();
            let name = (*name).to_owned();
            return Err(VerifyError::Segment { name, problem: SegmentProblem::Overlap { other } });
        }
    }
    Ok(())
}

/// Targets, and the names that the program must make itself.
fn check_instructions(image: &Image, instructions: &[Instruction]) -> Result<(), VerifyError> {
    let mut segments: BTreeSet<&str> = STANDARD_SEGMENTS.into_iter().collect();
    segments.extend(image.segments.iter().map(|segment| segment.name.as_str()));
    let mut checkpoints: BTreeSet<&str> = BTreeSet::new();
    for instruction in instructions {
        if let Instruction::SegmentCreate { name, .. }
        | Instruction::SegmentCreateLike { name, .. }
        | Instruction::ReadRecord { record: name }
        | Instruction::ReadRecordAs { record: name, .. }
        | Instruction::CreateView { view: name, .. } = instruction
        {
            segments.insert(name);
        } else if let Instruction::Checkpoint { label } = instruction {
            checkpoints.insert(label);
        }
    }
    for (index, instruction) in instructions.iter().enumerate() {
        for (kind, argument) in arguments(instruction) {
            let place = || Place::new(image, index);
            match (kind, argument) {
                (OperandKind::Runtime, Argument::Number(number))
                    if !u16::try_from(number).is_ok_and(|it| runtime::function(it).is_some()) =>
                {
                    return Err(VerifyError::UnknownRuntime { place: place(), number });
                }
                (_, Argument::Target(target)) if target.0 as usize >= instructions.len() => {
                    let len = instructions.len();
                    return Err(VerifyError::Target { place: place(), target: target.0, len });
                }
                (OperandKind::SegmentName, Argument::Text(name))
                    if !segments.contains(name.as_str()) =>
                {
                    return Err(VerifyError::UnknownSegment { place: place(), name });
                }
                (OperandKind::CheckpointName, Argument::Text(name))
                    if !checkpoints.contains(name.as_str()) =>
                {
                    return Err(VerifyError::UnknownCheckpoint { place: place(), name });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Which instruction, and its source line if the image knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The instruction's index.
    pub index: usize,
    /// The source's name, and the line from 1.
    pub line: Option<(String, u32)>,
}

impl Place {
    fn new(image: &Image, index: usize) -> Self {
        Self { index, line: image.line_of(index).map(|(name, line)| (name.to_owned(), line)) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "instruction {}", self.index)?;
        match &self.line {
            Some((name, line)) => write!(f, " ({name}:{line})"),
            None => Ok(()),
        }
    }
}

/// Why an image is not a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// There is nothing to run.
    #[error("there is no code")]
    NoCode,
    /// The code does not fit into its segment.
    #[error("{len} instructions are more than {INSTRUCTIONS_MAX}")]
    TooLong {
        /// Instructions.
        len: usize,
    },
    /// The program would begin outside of the code.
    #[error("the entry is instruction {entry}, and there are {len}")]
    Entry {
        /// The entry.
        entry: u32,
        /// Instructions.
        len: usize,
    },
    /// A word is no instruction.
    #[error("{place} is unreadable: {error}")]
    Word {
        /// Which.
        place: Place,
        /// Why.
        error: DecodeError,
    },
    /// An instruction goes on outside of the code.
    #[error("{place} leads to instruction {target}, and there are {len}")]
    Target {
        /// Which.
        place: Place,
        /// Where it leads.
        target: u32,
        /// Instructions.
        len: usize,
    },
    /// An instruction names a segment that nothing makes.
    #[error("{place} uses the segment `{name}`, which nothing makes")]
    UnknownSegment {
        /// Which.
        place: Place,
        /// The segment.
        name: String,
    },
    /// An instruction names a checkpoint that nothing makes.
    #[error("{place} uses the checkpoint `{name}`, which nothing makes")]
    UnknownCheckpoint {
        /// Which.
        place: Place,
        /// The checkpoint.
        name: String,
    },
    /// An instruction calls a runtime function that this machine does not have. Numbers are never
    /// used again, so the program was made for a newer machine, or is damaged.
    #[error(
        "{place} calls the runtime function {number}, which this machine does not have: the program needs a newer one"
    )]
    UnknownRuntime {
        /// Which.
        place: Place,
        /// The function's number.
        number: i64,
    },
    /// A segment cannot be made.
    #[error("the segment `{name}` {problem}")]
    Segment {
        /// Its name.
        name: String,
        /// Why.
        problem: SegmentProblem,
    },
    /// A symbol names something that does not exist.
    #[error("the symbol `{name}` cannot be {value}")]
    Symbol {
        /// The symbol.
        name: String,
        /// What it names.
        value: i64,
    },
    /// The line table leads nowhere.
    #[error("the line table does not fit the code and the sources")]
    Lines,
    /// The list of unobserved instructions leads nowhere.
    #[error("the list of unobserved instructions does not fit the code")]
    Unobserved,
}

/// Why a segment cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentProblem {
    /// Two segments would have it, or it is empty.
    #[error("has a name that is empty or belongs to another segment")]
    Name,
    /// Nothing, or too much.
    #[error("has {size} bytes; it may have from 1 to {SEGMENT_BYTES_MAX}")]
    Size {
        /// Its bytes.
        size: u64,
    },
    /// More data than room.
    #[error("is too small for {len} bytes of data")]
    Data {
        /// Bytes of data.
        len: usize,
    },
    /// It would leave the tape.
    #[error("begins at {start} and leaves the tape")]
    Start {
        /// Its first position.
        start: i64,
    },
    /// A program cannot have more of these.
    #[error("is of a kind that only the machine makes")]
    Kind,
    /// The layout of its records is wrong.
    #[error("has a wrong schema: {source}")]
    Schema {
        /// Why.
        source: TapeError,
    },
    /// Two segments would share room.
    #[error("overlaps `{other}`")]
    Overlap {
        /// The other.
        other: String,
    },
}
