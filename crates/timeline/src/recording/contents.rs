//! Reading a recording, as far as it is good.

use std::fs;
use std::path::Path;

use machine::{Answer, StateHash, Tick};
use serde::Deserialize;

use super::error::RecordingError;
use super::frame::{self, Frame, Kind};
use super::state::{Intent, Outside, SavedState, Start};
use super::wire::{
    WireAnswers, WireEnd, WireHash, WireIntent, WireOutside, WireProgram, WireStart, WireText,
    from_wire_tick,
};
use crate::Ending;

/// What a recording says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The program that ran.
    pub program: RecordedProgram,
    /// What the outside answered, and at which ticks.
    pub answers: Vec<(Tick, Answer)>,
    /// How far the run is known to have come.
    pub end: Tick,
    /// How it ended, if that is known.
    pub ending: Option<Ending>,
    /// The states that were there at some ticks.
    pub hashes: Vec<(Tick, StateHash)>,
    /// Named ticks.
    pub marks: Vec<(Tick, String)>,
    /// Remarks.
    pub notes: Vec<(Tick, String)>,
    /// Where the outside was at the end, if the run is durable.
    pub outside: Outside,
    /// Where and how it was started last, if the run is durable.
    pub start: Option<Start>,
    /// What was about to be done when the run broke off, if that is not known to be done.
    pub intent: Option<Intent>,
    /// Where the answers begin, if those before were forgotten.
    pub origin: Option<(Tick, StateHash)>,
    /// How many bytes of the file are good. Whoever appends cuts the file off here first.
    pub bytes_good: u64,
    /// What was lost, where the file was cut off or damaged.
    pub recovered: Option<Recovered>,
}

/// A program as a recording keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedProgram {
    /// Which guest it is for.
    pub kind: String,
    /// The program in that guest's own format.
    pub image: Vec<u8>,
    /// The arguments it was given.
    pub arguments: Vec<Vec<u8>>,
}

/// A recording was good only up to a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Bytes after the last good frame.
    pub bytes_lost: u64,
}

/// No compressed image grows more than this when it is expanded; lz4 cannot do better.
pub(super) const LZ4_RATIO_MAX: u64 = 255;

impl Recording {
    /// A run of a program up to `end` that was given these answers, in the order of their ticks.
    #[must_use]
    pub fn of_answers(program: RecordedProgram, answers: Vec<(Tick, Answer)>, end: Tick) -> Self {
        Self { answers, end, ..Self::new(program) }
    }

    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read, is no recording, or breaks off before its program is complete. Any later
    /// damage is no error: what comes before it is there, and `recovered` says what is lost.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let bytes =
            fs::read(path).map_err(|source| RecordingError::Io { action: "read", source })?;
        Self::from_bytes(&bytes)
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// As for [`open`](Self::open).
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RecordingError> {
        let rest = frame::split_header(bytes)?;
        let first = frame::split_frame(rest).ok_or(RecordingError::NoProgram)?;
        let program = program(&first).ok_or(RecordingError::NoProgram)?;
        let mut recording = Self::new(program);
        let head = bytes.len() - rest.len() + first.size;
        recording.take_frames(&bytes[head..], head as u64);
        Ok(recording)
    }

    /// Reads the part of a durable run's file that was written after `state`, from its byte
    /// `state.log_bytes` on.
    #[must_use]
    pub fn since(state: &SavedState, program: RecordedProgram, bytes: &[u8]) -> Self {
        let mut recording = Self::new(program);
        recording.end = state.tick;
        recording.outside = state.outside;
        recording.start = Some(state.start.clone());
        recording.take_frames(bytes, state.log_bytes);
        recording
    }

    fn new(program: RecordedProgram) -> Self {
        Self {
            program,
            answers: Vec::new(),
            end: Tick::ZERO,
            ending: None,
            hashes: Vec::new(),
            marks: Vec::new(),
            notes: Vec::new(),
            outside: Outside::default(),
            start: None,
            intent: None,
            origin: None,
            bytes_good: 0,
            recovered: None,
        }
    }

    /// Reads frames up to the first that is not good; so many bytes come before them.
    fn take_frames(&mut self, bytes: &[u8], before: u64) {
        let mut rest = bytes;
        while let Some(frame) = frame::split_frame(rest)
            && self.take(&frame).is_some()
        {
            rest = &rest[frame.size..];
        }
        self.bytes_good = before + (bytes.len() - rest.len()) as u64;
        if !rest.is_empty() {
            self.recovered = Some(Recovered { bytes_lost: rest.len() as u64 });
        }
    }

    /// Adds what a frame says, or nothing where it contradicts itself or what came before.
    fn take(&mut self, frame: &Frame<'_>) -> Option<()> {
        match frame.kind {
            Some(Kind::Program | Kind::State) => return None,
            Some(Kind::Answers) => {
                let (wire, rest) = postcard::take_from_bytes(frame.payload).ok()?;
                self.take_answers(wire)?;
                if !rest.is_empty()
                    && let Ok(outside) = postcard::from_bytes::<WireOutside>(rest)
                {
                    self.outside = outside.into();
                }
            }
            Some(Kind::Start) => {
                let wire: WireStart<'_> = payload(frame)?;
                self.start = Some(wire.into());
            }
            Some(Kind::Intent) => {
                let wire: WireIntent = payload(frame)?;
                let tick = from_wire_tick(wire.tick);
                self.intent = Some(Intent { tick, before: wire.before });
            }
            Some(Kind::Origin) => {
                let wire: WireHash = payload(frame)?;
                let tick = from_wire_tick(wire.tick);
                self.reach(tick)?;
                self.origin = Some((tick, StateHash(wire.hash)));
            }
            Some(Kind::Hash) => {
                let wire: WireHash = payload(frame)?;
                self.hashes.push((from_wire_tick(wire.tick), StateHash(wire.hash)));
            }
            Some(Kind::Mark) => {
                let wire: WireText<'_> = payload(frame)?;
                self.marks.push((from_wire_tick(wire.tick), wire.text.to_owned()));
            }
            Some(Kind::Note) => {
                let wire: WireText<'_> = payload(frame)?;
                self.notes.push((from_wire_tick(wire.tick), wire.text.to_owned()));
            }
            Some(Kind::End) => {
                let wire: WireEnd<'_> = payload(frame)?;
                self.reach(from_wire_tick(wire.tick))?;
                self.ending = Some(wire.ending.into());
            }
            None => {}
        }
        Some(())
    }

    fn take_answers(&mut self, wire: WireAnswers<'_>) -> Option<()> {
        let count = self.answers.len();
        let mut safepoints = 0_u64;
        let mut last = self.answers.last().map(|answer| answer.0);
        let mut entries = Vec::new();
        for entry in wire.entries {
            safepoints = safepoints.checked_add(entry.safepoints_delta)?;
            let tick = Tick { safepoints, steps: entry.steps };
            if last.is_some_and(|last| last >= tick) {
                return None;
            }
            last = Some(tick);
            entries.push((tick, entry.answer.into()));
        }
        let end = from_wire_tick(wire.end);
        if last.is_some_and(|last| last > end) {
            return None;
        }
        self.reach(end)?;
        self.answers.extend(entries);
        if self.answers.len() > count {
            self.ending = None;
        }
        // What was answered was done.
        self.intent = self.intent.filter(|intent| last.is_none_or(|last| last < intent.tick));
        Some(())
    }

    /// Time only moves on.
    fn reach(&mut self, end: Tick) -> Option<()> {
        if end < self.end {
            return None;
        }
        if end > self.end {
            self.ending = None;
        }
        self.end = end;
        Some(())
    }
}

fn payload<'a, T: Deserialize<'a>>(frame: &Frame<'a>) -> Option<T> {
    postcard::from_bytes(frame.payload).ok()
}

fn program(frame: &Frame<'_>) -> Option<RecordedProgram> {
    if frame.kind != Some(Kind::Program) {
        return None;
    }
    let wire: WireProgram<'_> = payload(frame)?;
    let bytes_max = (wire.image_lz4.len() as u64).saturating_mul(LZ4_RATIO_MAX);
    if wire.image_bytes > bytes_max {
        return None;
    }
    let size = usize::try_from(wire.image_bytes).ok()?;
    let image = lz4_flex::block::decompress(wire.image_lz4, size).ok()?;
    let arguments = wire.arguments.into_iter().map(<[u8]>::to_vec).collect();
    (image.len() == size).then(|| RecordedProgram { kind: wire.kind.to_owned(), image, arguments })
}
