//! Segments: named stretches of tape, and what each is for.

use std::ops::Range;

use crate::{Schema, TapeError};

/// A named stretch of tape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    name: String,
    start: i64,
    size: u64,
    kind: SegmentType,
}

/// What a segment is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SegmentType {
    /// Instructions.
    Code,
    /// Whatever a program keeps.
    Data,
    /// Frames of calls, growing down.
    Stack,
    /// Pairs and other values made on the way.
    Heap,
    /// Records of one shape.
    Table {
        /// Their shape.
        schema: Schema,
    },
    /// Positions in order of some key.
    Index,
    /// Records that are only appended.
    Log,
    /// A stream that comes in.
    Input,
    /// A stream that goes out.
    Output,
    /// A stream of complaints that goes out.
    Error,
}

impl Segment {
    /// A segment that has at least one byte, ends on the tape, and has a sound schema.
    pub(crate) fn new(
        name: String,
        start: i64,
        size: u64,
        kind: SegmentType,
    ) -> Result<Self, TapeError> {
        if let SegmentType::Table { schema } = &kind {
            schema.check()?;
        }
        if size == 0 {
            return Err(TapeError::EmptySegment { name });
        }
        if start.checked_add_unsigned(size).is_none() {
            return Err(TapeError::NoRoom { name, size });
        }
        Ok(Self { name, start, size, kind })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first position.
    #[must_use]
    pub const fn start(&self) -> i64 {
        self.start
    }

    /// The position after the last.
    #[must_use]
    pub const fn end(&self) -> i64 {
        self.start.wrapping_add_unsigned(self.size)
    }

    /// The positions.
    #[must_use]
    pub const fn range(&self) -> Range<i64> {
        self.start..self.end()
    }

    /// The size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> &SegmentType {
        &self.kind
    }

    /// Its shape, if it is a table.
    #[must_use]
    pub const fn schema(&self) -> Option<&Schema> {
        if let SegmentType::Table { schema } = &self.kind { Some(schema) } else { None }
    }

    /// The position of `len` bytes at `offset`.
    ///
    /// # Errors
    /// They do not lie within the segment.
    pub fn position(&self, offset: i64, len: usize) -> Result<i64, TapeError> {
        let end = u64::try_from(offset)
            .ok()
            .and_then(|offset| offset.checked_add(u64::try_from(len).ok()?));
        if end.is_none_or(|end| end > self.size) {
            let (name, size) = (self.name.clone(), self.size);
            return Err(TapeError::OutsideSegment { name, offset, len, size });
        }
        Ok(self.start.wrapping_add(offset))
    }
}

impl SegmentType {
    /// The word for it in listings and assembly text.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Data => "data",
            Self::Stack => "stack",
            Self::Heap => "heap",
            Self::Table { .. } => "table",
            Self::Index => "index",
            Self::Log => "log",
            Self::Input => "stdin",
            Self::Output => "stdout",
            Self::Error => "stderr",
        }
    }
}
