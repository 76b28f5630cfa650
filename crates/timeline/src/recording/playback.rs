//! From a recording to a timeline, and back.

use std::io::Write;

use machine::{Machine, StateHash, Tick};

use super::contents::{RecordedProgram, Recording};
use super::error::RecordingError;
use super::recorder::Recorder;
use crate::branch::Lineage;
use crate::checkpoint::gap;
use crate::log::Log;
use crate::{BranchId, Ending, Mark, Moment, Note, Options, Timeline};

/// Safepoints between the state hashes of a saved recording: 25 bytes each, so that they stay
/// below 8 bytes in a million instructions.
const HASH_SPACING: u64 = 1 << 22;

impl<M: Machine> Timeline<M> {
    /// The life that a recording tells of, from its start. `machine` is the recorded program
    /// before its first instruction.
    ///
    /// Moving forward repeats the recorded run up to its end and performs nothing; beyond that the
    /// run goes on live.
    #[must_use]
    pub fn from_recording(machine: M, recording: &Recording, options: Options) -> Self {
        let mut timeline = Self::new(machine, options);
        let branch = BranchId::default();
        let first = &mut timeline.branches[branch.index()];
        first.log = Log::new(recording.answers.clone());
        first.end = recording.end.max(first.begin);
        first.ending.clone_from(&recording.ending);
        timeline.hashes.clone_from(&recording.hashes);
        timeline.marks = recording
            .marks
            .iter()
            .map(|(tick, name)| Mark { name: name.clone(), moment: Moment { branch, tick: *tick } })
            .collect();
        timeline.notes = recording
            .notes
            .iter()
            .map(|(tick, text)| Note { text: text.clone(), moment: Moment { branch, tick: *tick } })
            .collect();
        timeline
    }

    /// Writes this branch from the start to its end as a recording, with hashes of some states, so
    /// that a replay can check itself.
    ///
    /// # Errors
    /// It could not be written, or the branch contains a change.
    pub fn save<W: Write>(
        &mut self,
        writer: W,
        program: &RecordedProgram,
    ) -> Result<(), RecordingError> {
        let segments = self.lineage.segments().to_vec();
        if let Some(edit) = segments.iter().find(|segment| segment.is_edited) {
            return Err(RecordingError::Edited(edit.branch));
        }
        if self.branches[BranchId::default().index()].log.is_shortened() {
            return Err(RecordingError::Forgotten(self.start()));
        }
        let hashes = self.hashes_to_save();
        let mut recorder = Recorder::create(writer, program)?;
        for (index, segment) in segments.iter().enumerate() {
            let end = segments.get(index + 1).map_or(Tick::MAX, |next| next.begin);
            for (tick, answer) in self.branches[segment.branch.index()].log.entries() {
                if *tick < end {
                    recorder.push(*tick, answer)?;
                }
            }
        }
        recorder.reached(self.end());
        for (tick, hash) in hashes {
            recorder.hash(tick, hash)?;
        }
        for mark in self.marks.iter().filter(|mark| self.is_on_branch(mark.moment)) {
            recorder.mark(mark.moment.tick, &mark.name)?;
        }
        for note in self.notes.iter().filter(|note| self.is_on_branch(note.moment)) {
            recorder.note(note.moment.tick, &note.text)?;
        }
        let ending = self.branch_now().ending.clone().unwrap_or(Ending::Interrupted);
        recorder.end(self.end(), &ending)
    }

    /// How this branch ended, if it did.
    #[must_use]
    pub fn ending(&self) -> Option<&Ending> {
        self.branch_now().ending.as_ref()
    }

    fn hashes_to_save(&mut self) -> Vec<(Tick, StateHash)> {
        self.leave();
        let here = self.machine.snapshot();
        let mut hashes = Vec::new();
        let mut last = self.start();
        for tick in self.checkpoint_ticks(self.end()) {
            if gap(last, tick) >= HASH_SPACING
                && let Some((branch, tick)) = self.nearest(tick, true)
            {
                self.restore_checkpoint(branch, tick);
                hashes.push((tick, self.machine.state_hash()));
                last = tick;
            }
        }
        self.restore(&here);
        if self.machine.tick() == self.end() {
            hashes.push((self.end(), self.machine.state_hash()));
        }
        hashes
    }

    /// Whether a moment, perhaps of another branch, lies in the past or future of this one.
    fn is_on_branch(&self, moment: Moment) -> bool {
        let owner = Lineage::of(&self.branches, moment.branch).branch_at(moment.tick);
        owner == self.lineage.branch_at(moment.tick)
    }
}
