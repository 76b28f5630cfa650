//! The real outside: standard streams, clock, random bits, arguments, files, variables, the web.
#![expect(clippy::disallowed_methods, reason = "the one door through which the clock is read")]

mod environment;
mod failure;
mod file;
mod folder;
mod resume;
mod sink;
mod wait;
mod web;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use debugger::World;
use machine::{Answer, Failure, Piece, Question, Request, Stream, Tick};

use crate::input::{Input, Taken};
use crate::interrupt;
use crate::libraries::Tools;
use crate::progress::Progress;
use environment::Environment;
use resume::Emitted;
use sink::Sink;

/// How long output is gathered at most, while the program goes on.
const GATHERED_MAX: Duration = Duration::from_millis(200);
/// Bytes of output gathered before they are written.
const BUFFER_BYTES: usize = 64 << 10;

/// The outside of a live program.
#[derive(Debug)]
pub(crate) struct LiveWorld {
    input: Input,
    output: BufWriter<Sink>,
    arguments: Vec<Vec<u8>>,
    memory_max: usize,
    /// Whether somebody watches the output as it comes.
    is_watched: bool,
    /// Since when output waits that nobody has seen.
    unseen_since: Option<Instant>,
    /// Whether the last byte written ended a line.
    is_at_line_start: bool,
    /// Whether whoever read the output has gone.
    is_closed: bool,
    /// Of the move that is going on.
    progress: Progress,
    environment: Environment,
    /// From when on time is counted that nobody sets, and what was counted in earlier processes.
    born: Instant,
    elapsed_before: Duration,
    /// How far the program's own output has come.
    emitted: Emitted,
    /// Made for the first request.
    agent: Option<ureq::Agent>,
    /// What answers questions about other programs.
    tools: Option<Tools>,
}

impl LiveWorld {
    pub(crate) fn new(input: Input, arguments: Vec<Vec<u8>>, memory_max: usize) -> Self {
        Self {
            input,
            output: BufWriter::with_capacity(BUFFER_BYTES, Sink::streams()),
            arguments,
            memory_max,
            is_watched: io::stdout().is_terminal(),
            unseen_since: None,
            is_at_line_start: true,
            is_closed: false,
            progress: Progress::new(),
            environment: Environment::default(),
            born: Instant::now(),
            elapsed_before: Duration::ZERO,
            emitted: Emitted::default(),
            agent: None,
            tools: None,
        }
    }

    /// One whose input is empty and whose output is kept, for a program that nobody looks at.
    pub(crate) fn unseen(memory_max: usize) -> Self {
        Self::hidden(Input::nothing(), Vec::new(), memory_max)
    }

    /// The same with an input and arguments.
    pub(crate) fn hidden(input: Input, arguments: Vec<Vec<u8>>, memory_max: usize) -> Self {
        let output = BufWriter::with_capacity(BUFFER_BYTES, Sink::Kept(Vec::new()));
        Self {
            output,
            is_watched: false,
            progress: Progress::hidden(),
            ..Self::new(input, arguments, memory_max)
        }
    }

    /// Lets the program ask about other programs.
    pub(crate) fn give(&mut self, tools: Option<Tools>) {
        self.tools = tools;
    }

    /// The output that was kept.
    pub(crate) fn take_output(&mut self) -> io::Result<Vec<u8>> {
        self.output.flush()?;
        Ok(self.output.get_mut().take())
    }

    /// Whether somebody watches the output as it comes.
    pub(crate) fn is_watched(&self) -> bool {
        self.is_watched
    }

    /// Whether whoever read the output has gone.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Performs what is asked; `None` where Ctrl-C came first.
    pub(crate) fn perform(&mut self, question: &Question) -> Option<Answer> {
        let answer = match question {
            Question::Write(pieces) => match self.write(pieces) {
                Ok(()) => Answer::Done,
                Err(error) => self.failed(error.kind()),
            },
            Question::ReadLine => {
                self.before_reading();
                let line = self.input.line();
                self.taken(line)?
            }
            Question::ReadBytes(count) => {
                self.before_reading();
                let bytes = self.input.bytes(usize::try_from(*count).unwrap_or(usize::MAX));
                self.taken(bytes)?
            }
            Question::InputEnded => {
                self.before_reading();
                let more = self.input.has_ended();
                match self.taken(more)? {
                    Answer::Bytes(_) => Answer::Integer(0),
                    Answer::Nothing => Answer::Integer(1),
                    other @ (Answer::Done
                    | Answer::Integer(_)
                    | Answer::Failed(_)
                    | Answer::Pairs(_)
                    | Answer::Response(_)
                    | Answer::Refused(..)) => other,
                }
            }
            Question::Clock => Answer::Integer(nanoseconds()),
            Question::Elapsed => Answer::Integer(i64::try_from(self.elapsed()).unwrap_or(i64::MAX)),
            Question::Entropy => match getrandom::u64() {
                Ok(bits) => Answer::Integer(bits.cast_signed()),
                Err(_) => Answer::Failed(Failure::Other),
            },
            Question::ArgumentCount => {
                Answer::Integer(i64::try_from(self.arguments.len()).unwrap_or(i64::MAX))
            }
            Question::Argument(index) => {
                let index = usize::try_from(*index).ok();
                let argument = index.and_then(|index| self.arguments.get(index));
                argument.map_or(Answer::Nothing, |argument| Answer::Bytes(argument.clone()))
            }
            Question::Compact(..) => Answer::Done,
            Question::Sleep(nanoseconds) => {
                self.before_waiting();
                wait::sleep(Duration::from_nanos(*nanoseconds))?;
                Answer::Integer(self::nanoseconds())
            }
            Question::Variable(name) => self.environment.get(name),
            Question::Variables => self.environment.all(),
            Question::SetVariable { name, value } => self.environment.set(name, value),
            Question::ReadFile(path) => {
                let (path, max) = (path.clone(), self.memory_max);
                wait::interruptible(move || file::read(&path, max))?
            }
            Question::WriteFile { path, content } => file::write(path, content),
            Question::AppendFile { path, content } => file::append(path, content),
            Question::DeleteFile(path) => file::delete(path),
            Question::FileExists(path) => file::exists(path),
            Question::DescribeFile(path) => file::describe(path),
            Question::CopyFile { from, to } => file::copy(from, to),
            Question::MoveFile { from, to } => file::rename(from, to),
            Question::ListFolder(path) => folder::list(path),
            Question::MakeFolder { path, with_parents } => folder::make(path, *with_parents),
            Question::RemoveFolder(path) => folder::remove(path),
            Question::WorkingFolder => folder::working(),
            Question::Fetch(request) => self.fetch(request)?,
            Question::Tool(words) => {
                self.before_waiting();
                match &self.tools {
                    Some(tools) => tools.answer(words)?,
                    None => {
                        let reason = "what is asked of libraries here has no answer: run the program \
                                      from its text";
                        Answer::Refused(Failure::Missing, reason.to_owned())
                    }
                }
            }
        };
        Some(answer)
    }

    /// Writes what the debugger has to say, on a line of its own.
    pub(crate) fn say(&mut self, text: &str) -> io::Result<()> {
        self.progress.end();
        if text.is_empty() {
            return self.flush();
        }
        if !self.is_at_line_start {
            self.output.write_all(b"\n")?;
        }
        self.output.write_all(text.as_bytes())?;
        self.is_at_line_start = text.ends_with('\n');
        self.flush()
    }

    /// Writes what was gathered if it has waited for long: whoever reads a pipe sees what a program that
    /// goes on has written so far.
    pub(crate) fn flush_old(&mut self) {
        if self.unseen_since.is_some_and(|since| since.elapsed() >= GATHERED_MAX) {
            // A failure shows with the next write or at the end.
            let _flushed = self.flush();
        }
    }

    /// Writes what was gathered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.unseen_since = None;
        let flushed = self.output.flush();
        if let Err(error) = &flushed {
            self.is_closed |= error.kind() == io::ErrorKind::BrokenPipe;
        }
        flushed
    }

    /// A line from the same input, for a question to the user.
    pub(crate) fn read_line(&mut self) -> Option<Vec<u8>> {
        match self.input.line() {
            Taken::Bytes(line) => Some(line),
            Taken::End | Taken::Failed(_) | Taken::Interrupted => None,
        }
    }

    /// Forgets how long the last move took.
    pub(crate) fn begin_move(&mut self) {
        self.progress.begin();
    }

    fn write(&mut self, pieces: &[Piece]) -> io::Result<()> {
        self.progress.end();
        for piece in pieces {
            let bytes = self.emitted.new_part(piece);
            match piece.stream {
                Stream::Output => {
                    self.output.write_all(bytes)?;
                    if let Some(last) = piece.bytes.last() {
                        self.is_at_line_start = *last == b'\n';
                    }
                }
                Stream::Error => {
                    self.output.flush()?;
                    self.output.get_mut().error().write_all(bytes)?;
                }
            }
        }
        if self.is_watched {
            return self.output.flush();
        }
        self.unseen_since.get_or_insert_with(Instant::now);
        Ok(())
    }

    fn fetch(&mut self, request: &Request) -> Option<Answer> {
        self.before_waiting();
        let agent = self.agent.get_or_insert_with(web::agent).clone();
        let (request, max) = (request.clone(), self.memory_max);
        wait::interruptible(move || web::fetch(&agent, &request, max))
    }

    /// Whoever waits must see what there is. If nobody does, the next write says so.
    fn before_waiting(&mut self) {
        self.progress.end();
        let _flushed = self.flush();
    }

    fn before_reading(&mut self) {
        if self.input.may_wait() {
            self.before_waiting();
        }
    }

    fn taken(&mut self, taken: Taken) -> Option<Answer> {
        match taken {
            Taken::Bytes(bytes) => Some(Answer::Bytes(bytes)),
            Taken::End => Some(Answer::Nothing),
            Taken::Failed(kind) => Some(self.failed(kind)),
            Taken::Interrupted => None,
        }
    }

    fn failed(&mut self, kind: io::ErrorKind) -> Answer {
        self.is_closed |= kind == io::ErrorKind::BrokenPipe;
        Answer::Failed(failure::failure(kind))
    }
}

impl World for LiveWorld {
    fn ask(&mut self, question: &Question) -> Answer {
        self.perform(question).unwrap_or(Answer::Nothing)
    }

    fn is_interrupted(&mut self) -> bool {
        interrupt::take()
    }

    fn memory_max(&self) -> usize {
        self.memory_max
    }

    fn progress(&mut self, now: Tick) {
        self.progress.show(now);
    }
}

/// Nanoseconds since 1970; before that, less than 0.
pub(crate) fn nanoseconds() -> i64 {
    nanoseconds_since(SystemTime::now())
}

/// From 1970 to then; before that, less than 0.
fn nanoseconds_since(then: SystemTime) -> i64 {
    match then.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
        Err(error) => i64::try_from(error.duration().as_nanos()).map_or(i64::MIN, |n| -n),
    }
}
