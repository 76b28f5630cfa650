//! Operations that the tape itself can undo: each puts one entry on the trail.
//!
//! Untracked writes in between are not undone: use one way of writing per stretch of tape.

use crate::memory::Stored;
use crate::trail::Undo;
use crate::{Segment, SegmentType, Tape, TapeError};

/// The most bytes that one read returns: 256 MiB. [`Tape::peek`] has no limit.
pub const READ_LEN_MAX: usize = 1 << 28;

/// What can be written at the head: a byte, or bytes.
pub trait TapeData {
    /// Its bytes.
    fn bytes(&self) -> &[u8];
}

impl TapeData for u8 {
    fn bytes(&self) -> &[u8] {
        std::slice::from_ref(self)
    }
}

impl TapeData for &[u8] {
    fn bytes(&self) -> &[u8] {
        self
    }
}

impl<const N: usize> TapeData for &[u8; N] {
    fn bytes(&self) -> &[u8] {
        *self
    }
}

impl TapeData for &Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }
}

/// How far to rewind: a number of operations, or the name of a checkpoint.
pub trait RewindTo {
    /// Rewinds the tape.
    ///
    /// # Errors
    /// There are fewer operations, or no such checkpoint; nothing is undone.
    fn rewind(self, tape: &mut Tape) -> Result<(), TapeError>;
}

impl RewindTo for usize {
    fn rewind(self, tape: &mut Tape) -> Result<(), TapeError> {
        let recorded = tape.trail_len();
        if self > recorded {
            return Err(TapeError::NothingToRewind { asked: self, recorded });
        }
        tape.undo_until(recorded - self);
        Ok(())
    }
}

impl RewindTo for &str {
    fn rewind(self, tape: &mut Tape) -> Result<(), TapeError> {
        let len = tape.trail.return_to(self)?;
        tape.undo_until(len);
        Ok(())
    }
}

/// Bytes at the head.
impl Tape {
    /// The byte at the head.
    #[must_use]
    pub fn read_byte(&self) -> u8 {
        let mut byte = [0];
        self.peek(self.head, &mut byte);
        byte[0]
    }

    /// The `len` bytes from the head on. The head stays.
    ///
    /// # Errors
    /// They run past the end of the tape, or are more than [`READ_LEN_MAX`].
    pub fn read(&self, len: usize) -> Result<Vec<u8>, TapeError> {
        self.read_at(self.head, len)
    }

    /// Writes a byte or bytes from the head on. The head stays.
    ///
    /// # Errors
    /// They run past the end of the tape, or touch a protected range.
    #[expect(clippy::needless_pass_by_value, reason = "a number or a reference")]
    pub fn write(&mut self, data: impl TapeData) -> Result<(), TapeError> {
        self.write_at(self.head, data.bytes())
    }

    fn read_at(&self, position: i64, len: usize) -> Result<Vec<u8>, TapeError> {
        if len > READ_LEN_MAX {
            return Err(TapeError::TooLong { len });
        }
        let mut bytes = vec![0; len];
        if self.peek(position, &mut bytes) {
            Ok(bytes)
        } else {
            Err(TapeError::PastEnd { position, len })
        }
    }

    fn write_at(&mut self, position: i64, bytes: &[u8]) -> Result<(), TapeError> {
        let len = bytes.len();
        let mut before = vec![0; len].into_boxed_slice();
        self.peek(position, &mut before);
        match self.poke(position, bytes) {
            Stored::Ok | Stored::Watched => {}
            Stored::Protected => return Err(TapeError::Protected { position, len }),
            Stored::PastEnd => return Err(TapeError::PastEnd { position, len }),
        }
        self.trail.push(Undo::Bytes { at: position, before });
        Ok(())
    }
}

/// Head and marks.
impl Tape {
    /// Moves the head to `position`.
    pub fn seek(&mut self, position: i64) {
        self.trail.push(Undo::Head { before: self.head });
        self.head = position;
    }

    /// Moves the head by `delta`.
    ///
    /// # Errors
    /// It would leave the tape.
    pub fn advance(&mut self, delta: i64) -> Result<(), TapeError> {
        let overflow = TapeError::HeadOverflow { head: self.head, by: delta };
        self.seek(self.head.checked_add(delta).ok_or(overflow)?);
        Ok(())
    }

    /// Marks the position of the head.
    pub fn mark(&mut self, name: impl Into<String>) {
        self.mark_at(name, self.head);
    }

    /// Marks a position.
    pub fn mark_at(&mut self, name: impl Into<String>, position: i64) {
        let name = name.into();
        let before = self.names.set_mark(name.clone(), position);
        self.trail.push(Undo::Mark { name, before });
    }

    /// Takes a mark away, and returns where it stood.
    pub fn remove_mark(&mut self, name: &str) -> Option<i64> {
        let before = self.names.remove_mark(name);
        if before.is_some() {
            self.trail.push(Undo::Mark { name: name.to_owned(), before });
        }
        before
    }
}

/// Segments.
impl Tape {
    /// Creates a segment in the first gap from 0 upward that is large enough, and returns its first
    /// position. Its bytes are what lies there.
    ///
    /// # Errors
    /// The name is taken, the size is 0, the schema is unsound, or there is no such gap.
    pub fn create_segment(
        &mut self,
        name: impl Into<String>,
        size: usize,
        kind: SegmentType,
    ) -> Result<i64, TapeError> {
        let segment = self.names.create_segment(name, size as u64, kind)?;
        let (name, start) = (segment.name().to_owned(), segment.start());
        self.trail.push(Undo::Drop { segment: name });
        Ok(start)
    }

    /// Creates a segment at `start`.
    ///
    /// # Errors
    /// The name is taken, the size is 0, the schema is unsound, it would not end on the tape, or it
    /// would overlap another.
    pub fn create_segment_at(
        &mut self,
        name: impl Into<String>,
        start: i64,
        size: u64,
        kind: SegmentType,
    ) -> Result<(), TapeError> {
        let segment = self.names.create_segment_at(name, start, size, kind)?.name().to_owned();
        self.trail.push(Undo::Drop { segment });
        Ok(())
    }

    /// Drops a segment, and returns it. Its bytes stay as they are.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn drop_segment(&mut self, name: &str) -> Result<Segment, TapeError> {
        let segment = self.names.drop_segment(name)?;
        self.trail.push(Undo::Create { segment: segment.clone() });
        Ok(segment)
    }

    /// The `len` bytes at `offset` of a segment.
    ///
    /// # Errors
    /// There is no such segment, they lie outside it, or are more than [`READ_LEN_MAX`].
    pub fn read_segment(&self, name: &str, offset: i64, len: usize) -> Result<Vec<u8>, TapeError> {
        self.read_at(self.position_in(name, offset, len)?, len)
    }

    /// Writes bytes at `offset` of a segment. The head stays.
    ///
    /// # Errors
    /// There is no such segment, they lie outside it, or touch a protected range.
    pub fn write_segment(
        &mut self,
        name: &str,
        offset: i64,
        bytes: &[u8],
    ) -> Result<(), TapeError> {
        self.write_at(self.position_in(name, offset, bytes.len())?, bytes)
    }

    fn position_in(&self, name: &str, offset: i64, len: usize) -> Result<i64, TapeError> {
        let unknown = || TapeError::UnknownSegment { name: name.to_owned() };
        self.segment(name).ok_or_else(unknown)?.position(offset, len)
    }
}

/// Going back.
impl Tape {
    /// Remembers this moment by name. A name used again hides the older checkpoint until the newer
    /// one is committed.
    pub fn checkpoint(&mut self, name: impl Into<String>) {
        self.trail.add_checkpoint(name.into());
    }

    /// Undoes the last *n* operations (`rewind(2)`), or all since a checkpoint (`rewind("name")`).
    ///
    /// The checkpoint stays; those made after it are gone.
    ///
    /// # Errors
    /// There are fewer operations, or no such checkpoint; nothing is undone.
    pub fn rewind(&mut self, to: impl RewindTo) -> Result<(), TapeError> {
        to.rewind(self)
    }

    /// Forgets a checkpoint and those made after it. What was done since stays, and can still be
    /// undone by number or to an older checkpoint.
    ///
    /// # Errors
    /// There is no such checkpoint.
    pub fn commit(&mut self, name: &str) -> Result<(), TapeError> {
        self.trail.forget(name)
    }

    /// How many operations can be undone.
    #[must_use]
    pub const fn trail_len(&self) -> usize {
        self.trail.len()
    }

    /// The checkpoints, oldest first, with the lengths that the trail had.
    pub fn checkpoints(&self) -> impl Iterator<Item = (&str, usize)> {
        self.trail.checkpoints()
    }

    /// Forgets all operations and checkpoints, as if the tape had always been as it is.
    pub fn forget_trail(&mut self) {
        self.trail = crate::trail::Trail::default();
    }

    fn undo_until(&mut self, len: usize) {
        while self.trail.len() > len
            && let Some(link) = self.trail.pop()
        {
            self.undo(&link.undo);
        }
    }

    fn undo(&mut self, undo: &Undo) {
        match undo {
            Undo::Bytes { at, before } => self.memory.overwrite(*at, before),
            Undo::Head { before } => self.head = *before,
            Undo::Mark { name, before: Some(position) } => {
                self.names.set_mark(name.as_str(), *position);
            }
            Undo::Mark { name, before: None } => {
                self.names.remove_mark(name);
            }
            // Refused only if somebody changed the names untracked; then theirs stay.
            Undo::Drop { segment } => {
                self.names.drop_segment(segment).ok();
            }
            Undo::Create { segment } => {
                self.names.insert_segment(segment.clone()).ok();
            }
        }
    }
}
