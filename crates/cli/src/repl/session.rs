//! An interactive session: one timeline, to which each line adds a unit and runs it.
//!
//! A line is a change of the machine, so it starts a branch; its run goes on there. To undo it is to
//! go back to the moment before it, on the branch that was there then. Lines that showed something and
//! changed nothing are passed over.

use std::convert::Infallible;

use machine::{Inspect as _, Machine};
use source::visible;
use timeline::{Moment, RecordedProgram, Timeline};

use crate::arguments::ReplArguments;
use crate::debug;
use crate::drive::{Outcome, drive};
use crate::error::{BadSource, CliError, render};
use crate::fault::Fault;
use crate::input::Input;
use crate::repl::dialogue::{Dialogue, Read};
use crate::repl::shown;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// Lines that can be taken back.
const LINES_MAX: usize = 200;

/// A session.
pub(crate) struct Session<G: Dialogue> {
    timeline: Timeline<G::Machine>,
    known: G::Known,
    world: LiveWorld,
    terminal: Terminal,
    /// Lines that are done, and after them those that were taken back, nearest first.
    lines: Vec<Line<G>>,
    done: usize,
    /// Where the last line that was taken back or done again has led to.
    landed: Option<Moment>,
    /// Lines ever, for their names.
    count: usize,
    /// Where the last line failed.
    failed_at: Option<Moment>,
}

/// A line that changed something.
struct Line<G: Dialogue> {
    text: String,
    before: (Moment, G::Known),
    after: (Moment, G::Known),
}

/// What came of a line.
pub(crate) enum Ran {
    Done,
    /// It was not run.
    Wrong(Box<BadSource>),
    /// It was stopped: by a fault, or because it was too much.
    Failed(String),
    /// By Ctrl-C, there.
    Interrupted(String),
    /// Whoever read the output is gone.
    Closed,
}

impl<G: Dialogue> Session<G> {
    /// A session before its first line, and how it greets.
    pub(crate) fn new(
        arguments: &ReplArguments,
        terminal: Terminal,
    ) -> Result<(Self, String), CliError> {
        let (machine, known, greeting) = G::begin(arguments)?;
        let input =
            if terminal.is_interactive { Input::typed(terminal) } else { Input::standard() };
        let memory_max = arguments.history.memory_max;
        let mut world = LiveWorld::new(input, Vec::new(), memory_max);
        world.give(G::tools_of(&known, memory_max));
        let session = Self {
            timeline: Timeline::new(machine, arguments.history.options()),
            known,
            world,
            terminal,
            lines: Vec::new(),
            done: 0,
            landed: None,
            count: 0,
            failed_at: None,
        };
        Ok((session, greeting))
    }

    /// The machine, to look at.
    pub(crate) fn machine(&self) -> &G::Machine {
        self.timeline.machine()
    }

    /// What is known besides.
    pub(crate) fn known(&self) -> &G::Known {
        &self.known
    }

    /// A line from where the programs read, too.
    pub(crate) fn read_line(&mut self) -> Option<Vec<u8>> {
        self.world.read_line()
    }

    /// Compiles and runs a text. Whatever comes of it, another one can follow.
    pub(crate) fn run(&mut self, name: Option<String>, text: &str) -> Result<Ran, CliError> {
        self.count += 1;
        self.failed_at = None;
        let label = format!("line {}", self.count);
        let name = name.unwrap_or_else(|| label.clone());
        let read = G::read(&self.known, self.machine(), &name, text, self.terminal);
        let Read { unit, known, only_shows, mut warnings } = match read {
            Ok(read) => read,
            Err(CliError::BadSource(bad)) => return Ok(Ran::Wrong(bad)),
            Err(error) => return Err(error),
        };
        let before = (self.timeline.now(), self.known.clone());
        if let Err(error) = self.timeline.change(label, |machine| G::add(machine, unit)) {
            return Ok(Ran::Failed(format!("{} {error}\n", self.terminal.red("error:"))));
        }
        self.known = known;
        let outcome = drive(&mut self.timeline, &mut self.world, |_| {});
        let ran = self.tell(outcome, warnings.as_mut());
        if let Some(warnings) = warnings.filter(|warnings| !warnings.diagnostics.is_empty()) {
            self.complain(&render(&warnings, self.terminal))?;
        }
        self.settle();
        let is_reversed = self.failed_at.is_some() && !G::KEEPS_FAILED;
        if is_reversed {
            self.known = before.1.clone();
        }
        G::keep(&self.known, &mut self.timeline)?;
        if only_shows || is_reversed {
            return Ok(ran);
        }
        self.lines.truncate(self.done);
        let after = (self.timeline.now(), self.known.clone());
        self.lines.push(Line { text: text.to_owned(), before, after });
        self.lines.drain(..self.lines.len().saturating_sub(LINES_MAX));
        self.done = self.lines.len();
        Ok(ran)
    }

    /// Goes back to before the last line that changed something, and says which it was.
    pub(crate) fn undo(&mut self) -> Result<Option<String>, CliError> {
        let line = self.done.checked_sub(1).and_then(|last| self.lines.get(last));
        let Some(line) = line else { return Ok(None) };
        if self.timeline.goto_moment(line.before.0).is_err() {
            return Ok(None);
        }
        let text = line.text.clone();
        self.known = line.before.1.clone();
        self.done -= 1;
        self.landed = Some(self.timeline.now());
        self.failed_at = None;
        G::keep(&self.known, &mut self.timeline)?;
        Ok(Some(text))
    }

    /// Goes forward to after the line that was undone last, and says which it was.
    pub(crate) fn redo(&mut self) -> Result<Option<String>, CliError> {
        let Some(line) = self.lines.get(self.done) else { return Ok(None) };
        if let Some(landed) = self.landed.filter(|landed| *landed != self.timeline.now())
            && self.timeline.goto_moment(landed).is_ok()
        {
            // What was shown since was no part of what comes now, though it has moments on a tape.
            G::keep(&self.known, &mut self.timeline)?;
        }
        if self.timeline.goto_moment(line.after.0).is_err() {
            return Ok(None);
        }
        let text = line.text.clone();
        self.known = line.after.1.clone();
        self.done += 1;
        self.landed = Some(self.timeline.now());
        G::keep(&self.known, &mut self.timeline)?;
        Ok(Some(text))
    }

    /// Opens the debugger where the last line failed, or else at its end; afterwards all is as it was.
    pub(crate) fn debug(mut self) -> Result<Self, CliError> {
        let now = self.timeline.now();
        if let Some(failed_at) = self.failed_at {
            // The moment is one that this timeline was at.
            let _arrival = self.timeline.goto_moment(failed_at);
        }
        let program =
            RecordedProgram { kind: G::NAME.to_owned(), image: Vec::new(), arguments: Vec::new() };
        let (mut timeline, world) =
            debug::visit(self.timeline, self.world, program, self.terminal)?;
        let _arrival = timeline.goto_moment(now);
        Ok(Self { timeline, world, ..self })
    }

    /// What is wrong with the heap.
    pub(crate) fn damage(&self) -> Option<Vec<String>> {
        G::damage(self.machine())
    }

    /// Shows what came of the last line.
    pub(crate) fn show_result(&mut self, has_failed: bool) -> Result<(), CliError> {
        let shown = match has_failed {
            false => G::shown(&self.timeline.snapshot(), self.terminal),
            true => None,
        };
        let result = shown.or_else(|| G::result(self.machine(), has_failed));
        let Some(mut result) = result else { return Ok(()) };
        if self.terminal.is_interactive {
            result = shown::shortened(result);
        }
        self.say(&result)
    }

    /// Writes on a line of its own, after what the programs have written.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), CliError> {
        self.world.say(text).map_err(CliError::output)
    }

    /// Writes to standard error, after what the programs have written.
    pub(crate) fn complain(&mut self, text: &str) -> Result<(), CliError> {
        self.world.flush().map_err(CliError::output)?;
        self.terminal.complain(text);
        Ok(())
    }

    /// Tells what came of a line; a fault that it was warned of is told once.
    fn tell(
        &mut self,
        outcome: Outcome<<G::Machine as Machine>::Trap>,
        warnings: Option<&mut BadSource>,
    ) -> Ran {
        let ran = match outcome {
            Outcome::Ended(_) => return Ran::Done,
            Outcome::Closed => return Ran::Closed,
            Outcome::Trapped(trap) => {
                let fault = Fault::new::<G>(&self.timeline, &trap).without_stack();
                let warning = warnings.and_then(|warnings| warnings.take_told(&fault));
                let hint = match warning {
                    Some(warning) => warning.hint,
                    None => G::hint(&self.known, &trap.to_string()),
                };
                Ran::Failed(fault.with_hint(hint).render(self.terminal, false))
            }
            Outcome::TooLarge => Ran::Failed(format!(
                "{} the session takes more memory than --memory-max allows\n",
                self.terminal.red("error:")
            )),
            Outcome::Interrupted => Ran::Interrupted(self.place()),
        };
        self.failed_at = Some(self.timeline.now());
        ran
    }

    /// The tick, and the line if it is known.
    fn place(&self) -> String {
        let machine = self.machine();
        let sources = machine.sources();
        let place = machine.place(machine.position());
        let line = place.and_then(|place| {
            let source = sources.get(usize::try_from(place.source).ok()?)?;
            Some(format!(", {}:{}", visible(&source.name), place.line))
        });
        format!("tick {}{}", self.timeline.now().tick, line.unwrap_or_default())
    }

    /// Leaves the calls of a line that did not come to its end.
    fn settle(&mut self) {
        let abandon = |machine: &mut G::Machine| {
            G::abandon(machine);
            Ok::<(), Infallible>(())
        };
        if self.failed_at.is_some() {
            let Ok(_branch) = self.timeline.change(format!("after line {}", self.count), abandon);
        }
    }
}
