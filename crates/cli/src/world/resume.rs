//! Going on in another process: where the streams and clocks were, and what needs not be written
//! again.

use std::io;
use std::time::Duration;

use machine::{Answer, Piece, Question, Stream};
use timeline::{Outside, SavedState};

use super::LiveWorld;

/// How far a program's own output has come, in bytes.
#[derive(Debug, Default)]
pub(super) struct Emitted {
    output: u64,
    error: u64,
    /// What comes next and was written before.
    known_output: u64,
    known_error: u64,
}

impl Emitted {
    /// The bytes that were not written before.
    pub(super) fn new_part<'a>(&mut self, piece: &'a Piece) -> &'a [u8] {
        let (emitted, known) = match piece.stream {
            Stream::Output => (&mut self.output, &mut self.known_output),
            Stream::Error => (&mut self.error, &mut self.known_error),
        };
        let length = piece.bytes.len() as u64;
        let skipped = length.min(*known);
        *emitted += length;
        *known -= skipped;
        &piece.bytes[usize::try_from(skipped).unwrap_or(piece.bytes.len())..]
    }
}

impl LiveWorld {
    /// Nanoseconds on the clock that is never set.
    pub(super) fn elapsed(&self) -> u64 {
        let elapsed = self.elapsed_before.saturating_add(self.born.elapsed());
        u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
    }

    /// Where the streams and clocks are. What was gathered and not written does not count.
    pub(crate) fn position(&self) -> Outside {
        let waiting = self.output.buffer().len() as u64;
        let Emitted { output, error, known_output, known_error } = self.emitted;
        Outside {
            input: self.input.position(),
            output: output.saturating_add(known_output).saturating_sub(waiting),
            error: error.saturating_add(known_error),
            elapsed: self.elapsed(),
        }
    }

    /// Goes on from `state`, or from the beginning, in a run that has come as far as `now`: what
    /// the program wrote up to there is not written again.
    pub(crate) fn go_on(&mut self, state: Option<&SavedState>, now: &Outside) -> io::Result<()> {
        let then = state.map_or_else(Outside::default, |state| state.outside);
        self.emitted = Emitted {
            output: then.output,
            error: then.error,
            known_output: now.output.saturating_sub(then.output),
            known_error: now.error.saturating_sub(then.error),
        };
        self.is_at_line_start = state.is_none_or(|state| !state.is_line_open);
        self.elapsed_before = Duration::from_nanos(now.elapsed);
        for (name, value) in state.map(|state| &state.variables[..]).unwrap_or_default() {
            self.environment.set(name, value);
        }
        self.input.go_on(now.input)
    }

    /// Takes over what an answer given in an earlier process means for this one.
    pub(crate) fn recall(&mut self, question: &Question, answer: &Answer) {
        if let (Question::SetVariable { name, value }, Answer::Done) = (question, answer) {
            self.environment.set(name, value);
        }
    }

    /// Whether the last byte written ended no line.
    pub(crate) fn is_line_open(&self) -> bool {
        !self.is_at_line_start
    }

    /// The environment variables that the program has set.
    pub(crate) fn changed_variables(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.environment.changed()
    }

    /// Whether output is gathered that was not written.
    pub(crate) fn has_unwritten(&self) -> bool {
        !self.output.buffer().is_empty()
    }

    /// Whether performing this writes to a stream: the pieces, or what was gathered.
    pub(crate) fn will_write(&self, question: &Question) -> bool {
        if let Question::Write(pieces) = question {
            let length: usize = pieces.iter().map(|piece| piece.bytes.len()).sum();
            let room = self.output.capacity() - self.output.buffer().len();
            let is_error = pieces.iter().any(|piece| piece.stream == Stream::Error);
            return self.is_watched || is_error || length >= room;
        }
        let is_read =
            matches!(question, Question::ReadLine | Question::ReadBytes(_) | Question::InputEnded);
        let is_wait = matches!(question, Question::Sleep(_) | Question::Fetch(_));
        self.has_unwritten() && (is_wait || (is_read && self.input.may_wait()))
    }
}
