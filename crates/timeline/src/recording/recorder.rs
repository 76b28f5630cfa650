//! Writing a recording, frame by frame, while the program runs.

use std::io::{self, Write};

use machine::{Answer, Machine, StateHash, Tick};
use serde::Serialize;

use super::contents::{RecordedProgram, Recording};
use super::error::RecordingError;
use super::frame::{self, Kind};
use super::state::{Intent, Outside, Start};
use super::wire::{
    WireAnswer, WireAnswers, WireEnd, WireEntry, WireHash, WireIntent, WireOutside, WireProgram,
    WireStart, WireText, to_wire_tick,
};
use crate::log::payload_bytes;
use crate::{BranchId, Ending, Timeline};

/// Writes a recording.
///
/// Answers are gathered and written together; [`flush`](Self::flush) writes what is there. After
/// a failed write nothing more is written, and what was written before stays good.
#[derive(Debug)]
pub struct Recorder<W: Write> {
    writer: W,
    pending: Vec<(Tick, Answer)>,
    pending_bytes: usize,
    /// How far the run has come, and how far the file says it has.
    end: Tick,
    end_written: Tick,
    /// Where the outside is, and where the file says it is; only durable runs say.
    outside: Option<Outside>,
    outside_written: Option<Outside>,
    /// Bytes in the file.
    bytes: u64,
    /// How many answers of the timeline's first branch have been pushed.
    followed: usize,
    has_failed: bool,
}

/// Answers are written once they take this much.
const PENDING_BYTES_MAX: usize = 32 << 10;

/// What an answer takes, apart from its payload, at most.
const ENTRY_BYTES: usize = 16;

impl<W: Write> Recorder<W> {
    /// Begins a recording of `program`.
    ///
    /// # Errors
    /// It could not be written, or is too large.
    pub fn create(writer: W, program: &RecordedProgram) -> Result<Self, RecordingError> {
        let mut recorder = Self::new(writer, Tick::ZERO, 0, 0);
        recorder.write(&frame::header())?;
        let image_lz4 = lz4_flex::block::compress(&program.image);
        let arguments = program.arguments.iter().map(Vec::as_slice).collect();
        let wire = WireProgram {
            kind: &program.kind,
            image_bytes: program.image.len() as u64,
            image_lz4: &image_lz4,
            arguments,
        };
        recorder.write_frame(Kind::Program, &wire)?;
        Ok(recorder)
    }

    /// Goes on with a recording whose good bytes, and no others, are already in `writer`.
    pub fn resume(writer: W, recording: &Recording) -> Self {
        Self::new(writer, recording.end, recording.answers.len(), recording.bytes_good)
    }

    /// How many bytes the recording has.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Says where the outside is after what was pushed last; written with the next flush.
    pub fn outside(&mut self, outside: Outside) {
        self.outside = Some(outside);
    }

    /// Whether something waits for a flush that cannot be had again by running on: an answer.
    #[must_use]
    pub fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Says that what is asked at the tick is about to be done.
    ///
    /// # Errors
    /// It could not be written.
    pub fn intent(&mut self, intent: &Intent) -> Result<(), RecordingError> {
        self.reached(intent.tick);
        self.flush()?;
        let tick = to_wire_tick(intent.tick);
        self.write_frame(Kind::Intent, &WireIntent { tick, before: intent.before })
    }

    /// Says where and how the run is started.
    ///
    /// # Errors
    /// It could not be written.
    pub fn start(&mut self, start: &Start) -> Result<(), RecordingError> {
        self.flush()?;
        self.write_frame(Kind::Start, &WireStart::from(start))
    }

    /// Says that the answers before `tick` were forgotten, and what the state is there.
    ///
    /// # Errors
    /// It could not be written.
    pub fn origin(&mut self, tick: Tick, hash: StateHash) -> Result<(), RecordingError> {
        (self.end, self.end_written) = (tick, tick);
        self.write_frame(Kind::Origin, &WireHash { tick: to_wire_tick(tick), hash: hash.0 })
    }

    /// Adds an answer given at `tick`; ticks only grow.
    ///
    /// # Errors
    /// Earlier answers could not be written.
    pub fn push(&mut self, tick: Tick, answer: &Answer) -> Result<(), RecordingError> {
        let payload = payload_bytes(answer);
        if self.pending_bytes.saturating_add(payload) > PENDING_BYTES_MAX {
            self.flush()?;
        }
        self.pending.push((tick, answer.clone()));
        self.pending_bytes += payload + ENTRY_BYTES;
        self.reached(tick);
        Ok(())
    }

    /// Notes how far the run has come; written with the next flush.
    pub fn reached(&mut self, tick: Tick) {
        self.end = self.end.max(tick);
    }

    /// Adds what the first branch of `timeline` has been answered since the last time, and how
    /// far it has come.
    ///
    /// # Errors
    /// As for [`push`](Self::push), or what was answered since is forgotten.
    pub fn follow<M: Machine>(&mut self, timeline: &Timeline<M>) -> Result<(), RecordingError> {
        let branch = &timeline.branches[BranchId::default().index()];
        let entries = branch.log.entries_from(self.followed);
        for (tick, answer) in entries.ok_or(RecordingError::Forgotten(branch.begin))? {
            self.push(*tick, answer)?;
            self.followed += 1;
        }
        self.reached(branch.end);
        Ok(())
    }

    /// Writes what has been gathered.
    ///
    /// # Errors
    /// It could not be written.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        let moved = self.outside.filter(|_| self.outside != self.outside_written);
        if !self.pending.is_empty() || self.end > self.end_written || moved.is_some() {
            let mut before = 0;
            let entries = self.pending.iter().map(|(tick, answer)| {
                let safepoints_delta = tick.safepoints.saturating_sub(before);
                before = tick.safepoints;
                WireEntry { safepoints_delta, steps: tick.steps, answer: WireAnswer::from(answer) }
            });
            let wire = WireAnswers { end: to_wire_tick(self.end), entries: entries.collect() };
            let mut payload = encode(&wire);
            if let Some(outside) = moved {
                payload.extend(encode(&WireOutside::from(outside)));
                self.outside_written = moved;
            }
            self.write_payload(Kind::Answers, &payload)?;
            self.pending.clear();
            self.pending_bytes = 0;
            self.end_written = self.end;
        }
        let flushed = self.writer.flush();
        flushed.map_err(|source| self.fail(source))
    }

    /// Adds the state that is there at `tick`, for a replay to compare.
    ///
    /// # Errors
    /// It could not be written.
    pub fn hash(&mut self, tick: Tick, hash: StateHash) -> Result<(), RecordingError> {
        self.reached(tick);
        self.flush()?;
        self.write_frame(Kind::Hash, &WireHash { tick: to_wire_tick(tick), hash: hash.0 })
    }

    /// Adds a name for a tick.
    ///
    /// # Errors
    /// It could not be written.
    pub fn mark(&mut self, tick: Tick, name: &str) -> Result<(), RecordingError> {
        self.flush()?;
        self.write_frame(Kind::Mark, &WireText { tick: to_wire_tick(tick), text: name })
    }

    /// Adds a remark about a tick.
    ///
    /// # Errors
    /// It could not be written.
    pub fn note(&mut self, tick: Tick, text: &str) -> Result<(), RecordingError> {
        self.flush()?;
        self.write_frame(Kind::Note, &WireText { tick: to_wire_tick(tick), text })
    }

    /// Says how the run ended, and flushes. More may follow if it goes on after all.
    ///
    /// # Errors
    /// It could not be written.
    pub fn end(&mut self, tick: Tick, ending: &Ending) -> Result<(), RecordingError> {
        self.reached(tick);
        self.flush()?;
        self.write_frame(
            Kind::End,
            &WireEnd { tick: to_wire_tick(self.end), ending: ending.into() },
        )?;
        self.flush()
    }

    /// Where it is written to.
    pub fn writer(&self) -> &W {
        &self.writer
    }

    /// Gives the writer back. What has not been flushed is lost.
    pub fn into_writer(self) -> W {
        self.writer
    }

    fn new(writer: W, end: Tick, followed: usize, bytes: u64) -> Self {
        Self {
            outside: None,
            outside_written: None,
            bytes,
            writer,
            pending: Vec::new(),
            pending_bytes: 0,
            end,
            end_written: end,
            followed,
            has_failed: false,
        }
    }

    fn write_frame(&mut self, kind: Kind, wire: &impl Serialize) -> Result<(), RecordingError> {
        let payload = encode(wire);
        self.write_payload(kind, &payload)
    }

    fn write_payload(&mut self, kind: Kind, payload: &[u8]) -> Result<(), RecordingError> {
        let bytes = frame::frame(kind, payload)?;
        self.write(&bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RecordingError> {
        if self.has_failed {
            return Err(RecordingError::Stopped);
        }
        let written = self.writer.write_all(bytes);
        self.bytes += bytes.len() as u64;
        written.map_err(|source| self.fail(source))
    }

    fn fail(&mut self, source: io::Error) -> RecordingError {
        self.has_failed = true;
        let kind = source.kind();
        if kind == io::ErrorKind::StorageFull || kind == io::ErrorKind::QuotaExceeded {
            RecordingError::Full(source)
        } else {
            RecordingError::Io { action: "write", source }
        }
    }
}

pub(super) fn encode(wire: &impl Serialize) -> Vec<u8> {
    let encoded = postcard::to_stdvec(wire);
    assert!(encoded.is_ok(), "every wire type can be encoded");
    encoded.unwrap_or_default()
}
