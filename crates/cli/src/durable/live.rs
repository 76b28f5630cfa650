//! Driving a durable run: what was answered before is answered again, and what is new is written
//! down before anything is done that depends on it.
#![expect(clippy::disallowed_methods, reason = "the clock says when a state is due")]

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use debugger::World as _;
use machine::{Answer, Portable, Probes, Question, Stop, Tick, pause};
use timeline::{Ending, Intent, RecordedProgram, Recording, RecordingError, SavedState, Start};

use super::effect::{self, Effect};
use super::log::Log;
use super::output::OutputFile;
use super::states::{States, Written};
use crate::drive::Outcome;
use crate::interrupt;
use crate::world::LiveWorld;

/// Safepoints between two looks at the clock and for Ctrl-C.
const SLICE: u64 = 1 << 18;

/// Time between two states: where something was asked since the last one, and else. It doubles up to
/// the latter as a process lives, so that processes that are killed early come on as well.
const SPACING_MIN: Duration = Duration::from_millis(30);
const SPACING_MAX: Duration = Duration::from_secs(1);

/// Keeping states takes at most one part in so many of the program's time, and of that of the thread
/// that writes them, which mostly waits.
const SHARE: u32 = 20;
const WRITING_SHARE: u32 = 2;

/// Bytes of states that are written in a second at most.
const STATE_BYTES_A_SECOND: u64 = 32 << 20;

/// Looks at the clock after so many questions. Between two of them there may be much to compute again.
const QUESTIONS: u32 = 4;

/// Why a durable run stops other than by itself.
pub(super) enum Broken {
    /// It cannot be written down any more.
    Log(RecordingError),
    /// It does not ask what it asked before.
    Differs(Tick),
}

impl From<RecordingError> for Broken {
    fn from(error: RecordingError) -> Self {
        Self::Log(error)
    }
}

/// A machine with what it needs to go on after the process ends at any instant.
pub(super) struct Live<'a, M: Portable> {
    pub(super) machine: M,
    pub(super) world: LiveWorld,
    pub(super) log: Log,
    pub(super) states: States,
    pub(super) output: OutputFile,
    pub(super) program: &'a RecordedProgram,
    pub(super) start: Start,
    /// The most bytes of the recording.
    pub(super) log_max: u64,
    past: Past,
    kept: Kept,
}

/// What was recorded by earlier processes, from where the machine is on.
pub(super) struct Past {
    answers: VecDeque<(Tick, Answer)>,
    end: Tick,
    intent: Option<Intent>,
}

/// How long after one state the next may be kept, for what it took to write that one.
fn pause_after(Written { bytes, took }: Written) -> Duration {
    (took * WRITING_SHARE).max(Duration::from_millis(bytes * 1000 / STATE_BYTES_A_SECOND))
}

impl From<Recording> for Past {
    fn from(recording: Recording) -> Self {
        let Recording { answers, end, intent, .. } = recording;
        Self { answers: answers.into(), end, intent }
    }
}

/// When a state was kept last, and when one may be kept again.
struct Kept {
    at: Instant,
    pause: Duration,
    spacing: Duration,
    questions: u32,
    /// How long the program waited for the last one, and how long writing that one took.
    waited: Bounded,
    wrote: Bounded,
}

/// How long something takes that is done again and again, by the clock. That counts the turns of other
/// processes, too, so one time is believed up to twice the one before.
#[derive(Clone, Copy)]
struct Bounded(Duration);

impl Bounded {
    const UNKNOWN: Self = Self(Duration::MAX);
    const LEAST: Duration = Duration::from_millis(1);

    fn take(&mut self, time: Duration) -> Duration {
        self.0 = time.min(self.0.max(Self::LEAST).saturating_mul(2));
        self.0
    }
}

impl<'a, M: Portable> Live<'a, M> {
    #[expect(clippy::too_many_arguments, reason = "the parts of a run, put together once")]
    pub(super) fn new(
        machine: M,
        world: LiveWorld,
        log: Log,
        states: States,
        output: OutputFile,
        program: &'a RecordedProgram,
        start: Start,
        past: Past,
        log_max: u64,
    ) -> Self {
        let pause = Duration::ZERO;
        let (waited, wrote) = (Bounded::UNKNOWN, Bounded::UNKNOWN);
        let spacing = SPACING_MIN;
        let kept = Kept { at: Instant::now(), pause, spacing, questions: 0, waited, wrote };
        Self { machine, world, log, states, output, program, start, log_max, past, kept }
    }

    /// Runs the program until it is over.
    pub(super) fn drive(&mut self) -> Result<Outcome<M::Trap>, Broken> {
        let probes = Probes::none();
        loop {
            if interrupt::take() {
                return Ok(Outcome::Interrupted);
            }
            if self.machine.memory() > self.world.memory_max() {
                return Ok(Outcome::TooLarge);
            }
            let until = Tick::at(self.machine.tick().safepoints.saturating_add(SLICE));
            let memory_max = self.world.memory_max();
            let (stop, is_too_large) =
                pause::heeded(memory_max, || self.machine.run(until, &probes));
            if is_too_large {
                return Ok(Outcome::TooLarge);
            }
            match stop {
                Stop::Reached | Stop::Probed(_) => {
                    let is_asking = self.kept.questions > 0;
                    let spacing = if is_asking { SPACING_MIN } else { self.kept.spacing };
                    self.keep_state_if_due(spacing)?;
                }
                Stop::Asks(question) => {
                    let Some(answer) = self.reply(&question)? else { continue };
                    if self.world.is_closed() {
                        return Ok(Outcome::Closed);
                    }
                    if let Err(trap) = self.machine.answer(&answer) {
                        return Ok(Outcome::Trapped(trap));
                    }
                    self.kept.questions += 1;
                    if self.kept.questions.is_multiple_of(QUESTIONS)
                        || Effect::of(&question) != Effect::None
                    {
                        self.keep_state_if_due(SPACING_MIN)?;
                    }
                }
                Stop::Trapped(trap) => return Ok(Outcome::Trapped(trap)),
                Stop::Ended(code) => return Ok(Outcome::Ended(code)),
            }
        }
    }

    /// The answer from the past, or from the outside; `None` where Ctrl-C came first.
    fn reply(&mut self, question: &Question) -> Result<Option<Answer>, Broken> {
        let tick = self.machine.tick();
        if let Some((then, answer)) = self.past.answers.pop_front() {
            if then == tick {
                self.world.recall(question, &answer);
                return Ok(Some(answer));
            }
            if then < tick {
                return Err(Broken::Differs(tick));
            }
            self.past.answers.push_front((then, answer));
        }
        if matches!(question, Question::Compact(..)) {
            return Ok(Some(Answer::Done));
        }
        // What was written has no entry; the world knows how much of it that was.
        if tick < self.past.end && !matches!(question, Question::Write(_)) {
            return Err(Broken::Differs(tick));
        }
        self.perform(tick, question)
    }

    /// Does what is asked, after everything is on disk that led to it.
    fn perform(&mut self, tick: Tick, question: &Question) -> Result<Option<Answer>, Broken> {
        let effect = Effect::of(question);
        let will_write = self.world.will_write(question);
        if will_write || effect != Effect::None {
            self.log.commit(tick, self.world.position())?;
        }
        let is_write = matches!(question, Question::Write(_));
        if effect != Effect::None || (will_write && !is_write) {
            // Also before waiting: that may be the last that is heard of this process.
            self.flush(tick)?;
        }
        let answer = match self.settled(tick, question) {
            Ok(answer) => Some(answer),
            Err(rest) => {
                if effect == Effect::Once
                    && self.past.intent.is_none_or(|intent| intent.tick != tick)
                {
                    let intent = Intent { tick, before: effect::before(question) };
                    self.log.intent(&intent, self.world.position())?;
                }
                self.world.perform(&rest)
            }
        };
        let Some(answer) = answer else { return Ok(None) };
        // An intent is of a later question where this only repeats the past.
        self.past.intent = self.past.intent.filter(|intent| intent.tick > tick);
        if effect != Effect::None && answer == Answer::Done {
            effect::sync(question);
        }
        if self.world.is_closed() {
            return Ok(Some(answer));
        }
        if !is_write || answer != Answer::Done {
            self.log.push(tick, &answer, self.world.position())?;
        }
        if will_write && is_write {
            self.note_written(tick)?;
        }
        Ok(Some(answer))
    }

    /// The answer to a question that an earlier process was about to perform, if that is known; or
    /// what is left to be done.
    fn settled(&self, tick: Tick, question: &Question) -> Result<Answer, Question> {
        match self.past.intent {
            Some(intent) if intent.tick == tick => effect::settle(question, intent.before),
            _ => Err(question.clone()),
        }
    }

    /// Writes what was gathered. A failure shows with the next write.
    fn flush(&mut self, tick: Tick) -> Result<(), RecordingError> {
        if self.world.has_unwritten() {
            self.log.commit(tick, self.world.position())?;
            let _flushed = self.world.flush();
            self.note_written(tick)?;
        }
        Ok(())
    }

    /// Where the length of a file does not say what was written, the recording has to. The position
    /// is one before the answer to a question that waits, so nothing may wait to be written.
    fn note_written(&mut self, tick: Tick) -> Result<(), RecordingError> {
        if self.output.is_file() { Ok(()) } else { self.log.note(tick, self.world.position()) }
    }

    /// Whether all that earlier processes recorded is behind.
    pub(super) fn is_live(&self) -> bool {
        self.past.answers.is_empty() && self.machine.tick() >= self.past.end
    }

    /// Keeps a state, if the last one is so old and on the disk.
    fn keep_state_if_due(&mut self, spacing: Duration) -> Result<(), RecordingError> {
        let is_due = |kept: &Kept| kept.at.elapsed() >= spacing.max(kept.pause);
        if !is_due(&self.kept) || !self.is_live() || self.states.is_writing() {
            return Ok(());
        }
        if let Some(written) = self.states.finish()? {
            let took = self.kept.wrote.take(written.took);
            self.kept.pause = self.kept.pause.max(pause_after(Written { took, ..written }));
            if !is_due(&self.kept) {
                return Ok(());
            }
        }
        self.keep_state()
    }

    /// Keeps a state, from which another process can go on, on the disk a little later; where it has
    /// no bytes, only how far the run has come.
    fn keep_state(&mut self) -> Result<(), RecordingError> {
        let tick = self.machine.tick();
        self.flush(tick)?;
        // Flushing waits for the disk, and would have to be done soon: it is no cost of the state.
        let began = Instant::now();
        let Some(state) = self.machine.write_state() else {
            self.log.note(tick, self.world.position())?;
            self.log.commit(tick, self.world.position())?;
            self.wait(began);
            return Ok(());
        };
        let (hash, outside) = (self.machine.state_hash(), self.world.position());
        self.log.hash(tick, hash, outside)?;
        let mut saved = SavedState {
            start: self.start.clone(),
            tick,
            hash,
            log_bytes: self.log.bytes(),
            outside,
            is_line_open: self.world.is_line_open(),
            variables: self.world.changed_variables(),
            state,
        };
        if self.log.bytes() > self.log_max {
            self.forget_before(&mut saved)?;
        }
        let files = self.output.file().into_iter().chain([self.log.file()]);
        let files = files.collect::<Result<_, _>>().map_err(super::states::failed)?;
        self.states.keep(saved, files)?;
        self.wait(began);
        Ok(())
    }

    /// Keeps a state and waits until it is on the disk.
    pub(super) fn keep_last_state(&mut self) -> Result<(), RecordingError> {
        self.keep_state()?;
        self.states.finish().map(|_written| ())
    }

    /// Says when the next state may be kept, after one for which the program has waited since then.
    fn wait(&mut self, began: Instant) {
        let pause = self.kept.waited.take(began.elapsed()) * SHARE;
        let spacing = (self.kept.spacing * 2).min(SPACING_MAX);
        self.kept = Kept { at: Instant::now(), pause, spacing, questions: 0, ..self.kept };
    }

    /// Begins the recording anew from this state.
    fn forget_before(&mut self, state: &mut SavedState) -> Result<(), RecordingError> {
        let forgotten = self.log.bytes();
        let before = self.start.run;
        // The run is another one for states of the old recording.
        self.start.run = before.wrapping_add(1);
        state.start = self.start.clone();
        // Where the new recording begins, all of it follows.
        state.log_bytes = 0;
        self.states.finish()?;
        self.states.keep_origin(state)?;
        let path = self.log.path().to_owned();
        self.log = Log::create(&path, self.program, Some(state), &self.start)?;
        self.states.drop_origin(before);
        self.log.note(state.tick, state.outside)?;
        state.log_bytes = self.log.bytes();
        let what = path.parent().and_then(|folder| folder.file_name()).unwrap_or_default();
        crate::history::receipt::forgotten(
            &format!("{} before tick {}", what.display(), state.tick),
            forgotten,
            "its recording had become too large",
        );
        Ok(())
    }

    /// Writes what is gathered, and says how it ended.
    pub(super) fn end(&mut self, ending: &Ending) -> Result<(), RecordingError> {
        let tick = self.machine.tick();
        self.flush(tick)?;
        self.log.note(tick, self.world.position())?;
        self.log.end(tick, ending)
    }
}
