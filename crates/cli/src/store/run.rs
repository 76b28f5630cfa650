//! `palindrome run --tape`: a run that begins with what is on a tape. Every statement of the top level
//! is a transaction: what it changed is on the disk before anything that it wrote is seen. Those that end
//! soon after each other go to the disk together.
#![expect(clippy::disallowed_methods, reason = "how long transactions wait is told by the clock")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use debugger::World as _;
use machine::{Answer, Inspect as _, Machine, Piece, Probes, Question, Tick, pause};
use palindrome::{Past, PastWriter, Program, Snapshot, State, StatePage, Steps, Vm};
use palindrome_vm::layout::STORE;
use relational::{Alteration, Store};
use tape::TapeSnapshot;
use timeline::{Arrival, Timeline};

use super::file::{TapeFile, stamp_of};
use super::frame::Text;
use super::{Keep, TapeError};
use crate::arguments::RunArguments;
use crate::drive::Outcome;
use crate::error::CliError;
use crate::guest::Guest as _;
use crate::input::Input;
use crate::interrupt;
use crate::libraries::{Places, Tools};
use crate::palindrome::Palindrome;
use crate::record::Record;
use crate::run::Run;
use crate::terminal::Terminal;
use crate::world::{LiveWorld, nanoseconds};

/// Ticks between two looks for Ctrl-C.
const SLICE: u64 = 1 << 18;

/// Of the memory that a run may take, the part that output takes that waits for the end of its
/// transaction.
const HELD_SHARE: usize = 4;

/// How long the first of some transactions waits at most for others, to go to the disk with them.
const WAIT_MAX: Duration = Duration::from_millis(5);
/// How many transactions wait at most: if the disk is full, none of them stands.
const WAITING_MAX: u32 = 16;

/// Runs a program on a tape.
pub(crate) fn run(
    loaded: &Palindrome,
    path: &Path,
    texts: Vec<Vec<u8>>,
    arguments: &RunArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    if arguments.stack || arguments.check {
        let message = "--stack and --check are for Tacit".to_owned();
        return Err(CliError::Usage(message));
    }
    let (mut file, opened) = TapeFile::open(path)?;
    if opened.unfinished > 0 {
        terminal.complain(&format!(
            "note: {}: {} bytes of a transaction that was never finished are left out\n",
            path.display(),
            opened.unfinished
        ));
    }
    let text = opened.content.text;
    if !arguments.drop.is_empty() {
        let state = without(file.state()?, &arguments.drop, path)?;
        file.commit_state(&state, None)?;
    }
    let loaded = loaded.with_past(file.state()?, Arc::new(file.past().clone()))?;
    let input = match &arguments.input {
        Some(path) => Input::file(path)?,
        None => Input::standard(),
    };
    let program = match &arguments.record {
        Some(_) => loaded.recorded_with_past(texts.clone())?,
        None => loaded.recorded(texts.clone()),
    };
    let record = Record::create(arguments.record.as_deref(), &program, terminal)?;
    let timeline = Timeline::new(loaded.machine()?, arguments.history.options());
    interrupt::listen();
    let memory_max = arguments.history.memory_max;
    let mut world = LiveWorld::new(input, texts.clone(), memory_max);
    // A program that was built before may ask about what is on the tape.
    let places = || Places::of(&loaded.text().name, Some(path));
    world.give(loaded.tools().or_else(|| Some(Tools::new(places(), memory_max))));
    let mut keeper = Keeper::new(file, loaded.program(), arguments.keep)?;
    keeper.begin(loaded.text(), &text);
    let mut run: Run<Palindrome> = Run { timeline, world, program, record, terminal };
    let outcome = {
        let Run { timeline, world, record, .. } = &mut run;
        drive(timeline, world, &mut keeper, &mut |timeline| record.follow(timeline))?
    };
    let is_reversed = matches!(outcome, Outcome::Trapped(_));
    let is_stopped = matches!(outcome, Outcome::Interrupted | Outcome::TooLarge);
    if is_reversed && arguments.record.is_none() {
        // It is kept for the debugger, with what it may look at.
        run.program = loaded.recorded_with_past(texts)?;
    }
    drop(keeper);
    let code = run.finish(outcome, arguments)?;
    if (is_reversed || is_stopped) && !arguments.json {
        terminal.complain(&format!(
            "{} has all that was done before this statement, and nothing of it\n",
            path.display()
        ));
    }
    Ok(code)
}

/// Output that is not seen yet.
#[derive(Default)]
struct Held {
    /// That of transactions that are done, and wait for the disk.
    done: Vec<Piece>,
    /// That of the one under way.
    pieces: Vec<Piece>,
    bytes: usize,
    /// How many transactions wait, and since when.
    waiting: u32,
    since: Option<Instant>,
    /// When the last one was done.
    ended: Option<Tick>,
}

impl Held {
    fn hold(&mut self, pieces: &[Piece]) {
        self.bytes += pieces.iter().map(|piece| piece.bytes.len()).sum::<usize>();
        self.pieces.extend_from_slice(pieces);
    }

    /// A transaction is done. A stop there after an answer may be told once more.
    fn end(&mut self, keeper: &mut Keeper, timeline: &mut Timeline<Vm>) {
        self.done.append(&mut self.pieces);
        let now = timeline.now().tick;
        if self.ended.replace(now) == Some(now) {
            return;
        }
        keeper.end(timeline);
        self.waiting += 1;
        self.since.get_or_insert_with(Instant::now);
    }

    /// Whether those that are done are many, or have waited long enough.
    fn is_due(&self) -> bool {
        self.waiting >= WAITING_MAX || self.since.is_some_and(|since| since.elapsed() >= WAIT_MAX)
    }

    /// Puts the transactions that are done on the disk, and then shows what they wrote.
    fn flush(&mut self, keeper: &mut Keeper, world: &mut LiveWorld) -> Result<(), TapeError> {
        keeper.flush()?;
        (self.waiting, self.since) = (0, None);
        let done = std::mem::take(&mut self.done);
        self.bytes = self.pieces.iter().map(|piece| piece.bytes.len()).sum();
        show(done, world);
        Ok(())
    }

    /// Shows what the transaction under way wrote so far, behind that of those before it.
    fn hand_over(&mut self, keeper: &mut Keeper, world: &mut LiveWorld) -> Result<(), TapeError> {
        self.flush(keeper, world)?;
        self.bytes = 0;
        show(std::mem::take(&mut self.pieces), world);
        Ok(())
    }
}

fn show(pieces: Vec<Piece>, world: &mut LiveWorld) {
    if !pieces.is_empty() {
        // A failure shows with the next write or at the end.
        let _answer = world.perform(&Question::Write(pieces));
    }
}

/// Runs the program until it is over. Whatever ends it, the transactions that were done are on the disk.
fn drive(
    timeline: &mut Timeline<Vm>,
    world: &mut LiveWorld,
    keeper: &mut Keeper,
    keep: &mut dyn FnMut(&Timeline<Vm>),
) -> Result<Outcome<palindrome_vm::Trap>, TapeError> {
    let mut held = Held::default();
    let outcome = drive_on(timeline, world, keeper, &mut held, keep)?;
    held.flush(keeper, world)?;
    Ok(outcome)
}

fn drive_on(
    timeline: &mut Timeline<Vm>,
    world: &mut LiveWorld,
    keeper: &mut Keeper,
    held: &mut Held,
    keep: &mut dyn FnMut(&Timeline<Vm>),
) -> Result<Outcome<palindrome_vm::Trap>, TapeError> {
    let probes = Probes { breakpoints: keeper.ends(), ..Probes::none() };
    let mut until = Tick::at(0);
    loop {
        if interrupt::take() {
            return Ok(Outcome::Interrupted);
        }
        world.flush_old();
        let held_max = world.memory_max() / HELD_SHARE;
        if held.is_due() || held.bytes > held_max {
            held.flush(keeper, world)?;
        }
        let is_too_large = Machine::memory(timeline.machine()) > world.memory_max();
        if held.bytes > held_max || is_too_large {
            return Ok(Outcome::TooLarge);
        }
        let now = timeline.now().tick;
        if until <= now {
            until = Tick::at(now.safepoints.saturating_add(SLICE));
        }
        let memory_max = world.memory_max();
        let (arrival, is_too_large) =
            pause::heeded(memory_max, || timeline.forward(until, &probes));
        if is_too_large {
            return Ok(Outcome::TooLarge);
        }
        match arrival {
            Arrival::Reached => {
                keep(timeline);
                timeline.forget_excess();
            }
            Arrival::Probed(_) => {
                held.end(keeper, timeline);
            }
            Arrival::Asks(question) => {
                let answer = if let Question::Write(pieces) = &question {
                    held.hold(pieces);
                    Answer::Done
                } else {
                    // Whoever is asked has to know what for; nobody is by the clock.
                    if question != Question::Clock {
                        held.hand_over(keeper, world)?;
                    }
                    let Some(answer) = world.perform(&question) else { continue };
                    answer
                };
                if world.is_closed() {
                    return Ok(Outcome::Closed);
                }
                if let Err(trap) = timeline.answer(answer) {
                    return Ok(Outcome::Trapped(trap));
                }
                if probes.breakpoints.contains(&timeline.machine().position()) {
                    held.end(keeper, timeline);
                }
            }
            Arrival::Trapped(trap) => return Ok(Outcome::Trapped(trap)),
            Arrival::Ended(code) => {
                held.end(keeper, timeline);
                return Ok(Outcome::Ended(code));
            }
        }
        if world.is_closed() {
            return Ok(Outcome::Closed);
        }
    }
}

/// What writes transactions to the tape: it knows what is on it.
pub(crate) struct Keeper {
    file: TapeFile,
    keep: Keep,
    /// A machine to look into states with.
    scratch: Vm,
    writer: PastWriter,
    /// The ends of transactions that are not on the disk. Of a program that keeps moments the last is
    /// enough.
    waiting: Vec<(Snapshot, i64)>,
    text: Text,
    /// Whether the text is not on the tape yet.
    is_text_new: bool,
}

impl Keeper {
    pub(crate) fn new(
        file: TapeFile,
        program: &Arc<Program>,
        keep: Keep,
    ) -> Result<Self, TapeError> {
        let (scratch, writer) = (Vm::load(Arc::clone(program)), file.writer()?);
        let (waiting, text) = (Vec::new(), Text::default());
        let mut keeper = Self { file, keep, scratch, writer, waiting, text, is_text_new: false };
        keeper.tidy()?;
        Ok(keeper)
    }

    /// Says which program writes.
    pub(crate) fn begin(&mut self, text: Text, on_tape: &Text) {
        // A program without its text leaves the one that is known.
        self.is_text_new = !text.text.is_empty() && text != *on_tape;
        self.text = if self.is_text_new { text } else { on_tape.clone() };
    }

    /// Says what the program is from here on.
    pub(crate) fn say(&mut self, text: &Text) {
        if *text != self.text {
            self.text = text.clone();
            self.is_text_new = true;
        }
    }

    /// Where transactions end.
    fn ends(&self) -> BTreeSet<machine::CodePosition> {
        let ends = self.scratch.program().names().ends.iter();
        ends.map(|end| machine::CodePosition(u64::from(*end) * 8)).collect()
    }

    /// A transaction is done, and waits to be put on the disk.
    fn end(&mut self, timeline: &mut Timeline<Vm>) {
        if self.scratch.program().code().keeps_moments() {
            self.waiting.clear();
        }
        self.waiting.push((timeline.snapshot(), nanoseconds()));
    }

    /// Puts what was changed since the last transaction on the disk.
    pub(crate) fn commit(&mut self, timeline: &mut Timeline<Vm>) -> Result<(), TapeError> {
        self.end(timeline);
        self.flush()
    }

    /// Puts the transactions that are done on the disk together.
    fn flush(&mut self) -> Result<(), TapeError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let new = self.steps()?;
        let past = self.file.past();
        let is_known = new.steps.is_empty()
            && new.keeps == past.steps().len() as u64
            && new.table.as_ref().is_none_or(|(table, _)| table == past.table());
        if is_known && !self.is_text_new {
            return Ok(());
        }
        let text = self.is_text_new.then(|| self.text.clone());
        self.file.commit(new, text)?;
        self.is_text_new = false;
        self.tidy()
    }

    /// What was done since the last time.
    fn steps(&mut self) -> Result<Steps, TapeError> {
        let unfit = |error: palindrome::WriteError| TapeError::Unfit(error.to_string());
        let waiting = std::mem::take(&mut self.waiting);
        let past = self.file.past();
        let (mut keeps, forgotten) = (past.steps().len(), past.forgotten());
        let mut table = past.table().clone();
        let mut steps = Vec::new();
        for (state, time) in waiting {
            self.scratch.restore(&state);
            let program = self.scratch.program();
            // Definitions alone are no transaction.
            if program.code().keeps_moments() || program.names().ends.len() <= 1 {
                table = self.scratch.tape().moment_table();
                if table.next < self.writer.next() {
                    // Something was undone: its moments never were.
                    let mut before = Past::clone(past);
                    keeps = past.before_number(table.next);
                    before.truncate(keeps);
                    before.set_table(table.clone(), forgotten);
                    let writer = PastWriter::after(&before);
                    self.writer = writer.map_err(|error| TapeError::Unfit(error.to_string()))?;
                }
                if let Some(known) = program.past() {
                    // What was done again went on behind moments that were undone, too.
                    let missing = self.writer.missing(known);
                    steps.extend(missing.map_err(|error| TapeError::Unfit(error.to_string()))?);
                }
                steps.extend(self.writer.steps(&mut self.scratch).map_err(unfit)?);
            } else {
                let stamp = stamp_of(past, &mut table, time);
                let new = self.writer.moment(&mut self.scratch, stamp).map_err(unfit)?;
                steps.extend(new);
            }
        }
        Ok(Steps { keeps: keeps as u64, table: Some((table, forgotten)), steps })
    }

    /// Writes the file anew if that is worth it.
    fn tidy(&mut self) -> Result<(), TapeError> {
        let keep = self.keep;
        if let Some(forgot) = self.file.tidy(&keep)? {
            let why = format!("--keep {keep}");
            let _line = forgot.receipt(self.file.path(), &why);
        }
        Ok(())
    }
}

/// The pages of relations that differ from those of an earlier moment.
pub(crate) fn pages_since(now: &TapeSnapshot, before: &TapeSnapshot) -> Vec<StatePage> {
    let mut pages = Vec::new();
    for (at, page) in now.pages_since(before, STORE) {
        if page != before.page(at)
            && let Ok(number) = u32::try_from((at - STORE.start) >> 12)
        {
            pages.push((number, Box::new(*page)));
        }
    }
    pages
}

/// What is left of a state without relations, columns and names of the top level.
fn without(state: State, drop: &[String], path: &Path) -> Result<State, TapeError> {
    let mut tape = state.to_tape();
    let mut names = state.names;
    for name in drop {
        if let Some(place) = names.iter().position(|kept| kept.name == *name) {
            names.remove(place);
            continue;
        }
        let unfit =
            |error: relational::StoreError| TapeError::Unfit(format!("--drop {name}: {error}"));
        let none = || {
            TapeError::Unfit(format!("--drop {name}: {} has nothing of this name", path.display()))
        };
        let mut store = Store::open(&tape, palindrome::STATE_START).map_err(|_| none())?;
        let relations = store.relations(&tape).map_err(unfit)?;
        if let Some(relation) = relations.iter().find(|relation| relation.name() == name) {
            store.drop_relation(&mut tape, relation.id()).map_err(unfit)?;
            continue;
        }
        let (relation, column) = name.rsplit_once('.').ok_or_else(none)?;
        let relation = relations.iter().find(|found| found.name() == relation).ok_or_else(none)?;
        if relation.fields().iter().all(|field| field.name != column) {
            return Err(none());
        }
        let drop = Alteration::Drop(column.to_owned());
        store.alter(&mut tape, relation.id(), &drop).map_err(unfit)?;
    }
    Ok(State::from_tape(&mut tape, names))
}
