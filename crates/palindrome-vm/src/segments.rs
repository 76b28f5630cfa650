//! Segments and streams as instructions see them: create, read, write, copy, drop.

use machine::{Answer, Piece, Question, Stream};
use tape::{SegmentType, TapeError};

use crate::exec::Flow;
use crate::host::bytes_of;
use crate::layout::STREAMS;
use crate::operand::CodeIndex;
use crate::trap::Trap;
use crate::vm::Vm;

/// Bytes that one instruction moves at most.
pub const COPY_MAX: i64 = 64 << 20;

impl Vm {
    /// The position of `len` bytes at `offset` in a segment.
    pub(crate) fn segment_range(&self, name: &str, offset: i64, len: i64) -> Result<i64, Trap> {
        let Some(segment) = self.tape.segment(name) else {
            return Err(match STREAMS.contains(&name) {
                true => Trap::Segment {
                    reason: format!("`{name}` is a stream: it has no positions to seek"),
                },
                false => Trap::NoSegment { name: name.to_owned() },
            });
        };
        let inside = usize::try_from(len).ok().and_then(|len| segment.position(offset, len).ok());
        inside.ok_or_else(|| Trap::OutOfSegment {
            name: name.to_owned(),
            offset,
            len,
            size: segment.size().cast_signed(),
        })
    }

    pub(crate) fn segment_create(&mut self, name: &str, size: i64) -> Result<Flow, Trap> {
        if STREAMS.contains(&name) {
            return Err(Trap::Segment { reason: format!("`{name}` is the name of a stream") });
        }
        let bytes = u64::try_from(size).map_err(|_| Trap::Segment {
            reason: format!("a segment of {size} bytes cannot be made"),
        })?;
        let mut names = self.tape.names();
        names.create_segment(name, bytes, SegmentType::Data).map_err(refused)?;
        self.save_state();
        self.tape.set_names(names);
        Ok(Flow::Next)
    }

    pub(crate) fn segment_drop(&mut self, name: &str) -> Result<Flow, Trap> {
        if matches!(name, "code" | "stack" | "heap") {
            return Err(Trap::Segment { reason: format!("segment `{name}` cannot be dropped") });
        }
        let mut names = self.tape.names();
        names.drop_segment(name).map_err(|_| Trap::NoSegment { name: name.to_owned() })?;
        self.save_state();
        self.tape.set_names(names);
        Ok(Flow::Next)
    }

    pub(crate) fn segment_read(
        &mut self,
        name: &str,
        offset: i64,
        len: i64,
        dst: u8,
    ) -> Result<Flow, Trap> {
        let small = register_length(len)?;
        if name == "stdin" {
            return Ok(Flow::Asks(Question::ReadBytes(u32::from(small))));
        }
        let at = self.segment_range(name, offset, len)?;
        let value = self.read(at, small)?;
        self.save_state();
        Ok(self.put(dst, value))
    }

    pub(crate) fn segment_write(
        &mut self,
        name: &str,
        offset: i64,
        len: i64,
        value: i64,
    ) -> Result<Flow, Trap> {
        let small = register_length(len)?;
        if let Some(stream) = outgoing(name) {
            let bytes = value.to_le_bytes()[..usize::from(small)].to_vec();
            return Ok(Flow::Asks(Question::Write(vec![Piece { stream, bytes }])));
        }
        let at = self.segment_range(name, offset, len)?;
        self.save_run(at, len);
        match self.write(at, value, small) {
            Ok(()) => Ok(Flow::Next),
            Err(trap) => Err(self.unsave(trap)),
        }
    }

    /// Copies a run of tape; the runs may overlap.
    pub(crate) fn splice(&mut self, dst: i64, src: i64, len: i64) -> Result<Flow, Trap> {
        let bytes = self.read_run(src, len)?;
        self.write_run(dst, &bytes)
    }

    pub(crate) fn copy(
        &mut self,
        from: &str,
        start: i64,
        end: i64,
        to: &str,
        at: i64,
    ) -> Result<Flow, Trap> {
        let len = end.checked_sub(start).filter(|len| *len >= 0);
        let len = len.ok_or(Trap::Segment {
            reason: format!("a copy from {start} to {end} has no length: the end comes first"),
        })?;
        if from == "stdin" {
            if len == 0 {
                self.save_state();
                return Ok(Flow::Next);
            }
            self.segment_range(to, at, len)?;
            check_run(len)?;
            return Ok(Flow::Asks(Question::ReadBytes(u32::try_from(len).unwrap_or(u32::MAX))));
        }
        let source = self.segment_range(from, start, len)?;
        if let Some(stream) = outgoing(to) {
            let bytes = self.read_run(source, len)?;
            return Ok(Flow::Asks(Question::Write(vec![Piece { stream, bytes }])));
        }
        let target = self.segment_range(to, at, len)?;
        self.splice(target, source, len)
    }

    /// The rest of a copy from `stdin`: what came is written, the rest of the run stays.
    pub(crate) fn copy_answered(
        &mut self,
        to: &str,
        at: i64,
        len_max: i64,
        answer: &Answer,
    ) -> Result<Flow, Trap> {
        let bytes = bytes_of(answer, || Trap::EndOfInput)?;
        let len = i64::try_from(bytes.len()).ok().filter(|len| *len <= len_max);
        let len = len.ok_or(Trap::BadAnswer)?;
        let target = self.segment_range(to, at, len)?;
        self.write_run(target, bytes)
    }

    pub(crate) fn branch_not_end_of(&mut self, name: &str, label: CodeIndex) -> Result<Flow, Trap> {
        if name == "stdin" {
            return Ok(Flow::Asks(Question::InputEnded));
        }
        let Some(segment) = self.tape.segment(name) else {
            return Err(Trap::NoSegment { name: name.to_owned() });
        };
        let goes_on = self.tape.head() < segment.end();
        self.save_state();
        Ok(if goes_on { Flow::Jump(label.0) } else { Flow::Next })
    }

    fn read_run(&self, at: i64, len: i64) -> Result<Vec<u8>, Trap> {
        let mut bytes = vec![0; check_run(len)?];
        if self.tape.peek(at, &mut bytes) { Ok(bytes) } else { Err(Trap::PastEnd { at }) }
    }

    fn write_run(&mut self, at: i64, bytes: &[u8]) -> Result<Flow, Trap> {
        self.save_run(at, i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        match self.write_bytes(at, bytes) {
            Ok(()) => Ok(Flow::Next),
            Err(trap) => Err(self.unsave(trap)),
        }
    }
}

/// The outgoing stream of that name.
pub(crate) fn outgoing(name: &str) -> Option<Stream> {
    match name {
        "stdout" => Some(Stream::Output),
        "stderr" => Some(Stream::Error),
        _ => None,
    }
}

fn check_run(len: i64) -> Result<usize, Trap> {
    let reason = || format!("{len} bytes cannot be copied at once; at most {COPY_MAX} can");
    let possible = usize::try_from(len).ok().filter(|_| len <= COPY_MAX);
    possible.ok_or_else(|| Trap::Segment { reason: reason() })
}

fn register_length(len: i64) -> Result<u8, Trap> {
    u8::try_from(len).ok().filter(|len| (1..=8).contains(len)).ok_or(Trap::BadLength { len })
}

fn refused(error: TapeError) -> Trap {
    Trap::Segment { reason: error.to_string() }
}
