//! The debugger itself: a timeline, where to stop, where one has been; and how commands are read.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use machine::{Edit, Inspect, Machine, Place, Tick};
use timeline::{BranchId, Moment, RecordedProgram, RecordingError, Timeline};

use crate::breakpoint::{Breakpoint, Breakpoints};
use crate::command::{COMMANDS, Command, Verb};
use crate::error::CommandError;
use crate::paint::Paint;
use crate::reply::{Reply, Then};
use crate::stop::{Stopped, Why, describe_here};
use crate::world::World;

/// A debugging session over the life of one machine.
pub struct Debugger<M: Machine> {
    pub(crate) timeline: Timeline<M>,
    pub(crate) breakpoints: Breakpoints,
    /// Where the moves so far began, latest last.
    pub(crate) trail: Vec<Moment>,
    /// Where the user left each branch. The timeline's own idea of that moves with every look.
    pub(crate) left_at: BTreeMap<BranchId, Tick>,
    /// How far the first branch had come when the session began: the end of a recording.
    pub(crate) known_end: Tick,
    pub(crate) paint: Paint,
    /// The line after the last one that `source` showed, for showing on.
    pub(crate) listed: Option<Place>,
}

impl<M: Machine> fmt::Debug for Debugger<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let now = self.timeline.now();
        f.debug_struct("Debugger").field("now", &now).finish_non_exhaustive()
    }
}

/// The most moves that can be undone.
const TRAIL_MOVES_MAX: usize = 10_000;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Starts where the timeline stands.
    #[must_use]
    pub fn new(timeline: Timeline<M>) -> Self {
        Self {
            known_end: timeline.end(),
            timeline,
            breakpoints: Breakpoints::default(),
            trail: Vec::new(),
            left_at: BTreeMap::new(),
            paint: Paint::default(),
            listed: None,
        }
    }

    /// The same session, coloured or not.
    #[must_use]
    pub fn with_paint(self, paint: Paint) -> Self {
        Self { paint, ..self }
    }

    /// The timeline under it, to go elsewhere.
    pub fn timeline_mut(&mut self) -> &mut Timeline<M> {
        &mut self.timeline
    }

    /// The timeline under it.
    #[must_use]
    pub fn timeline(&self) -> &Timeline<M> {
        &self.timeline
    }

    /// Ends the session and gives the timeline back, where it stands.
    #[must_use]
    pub fn into_timeline(self) -> Timeline<M> {
        self.timeline
    }

    /// The machine, to look at.
    #[must_use]
    pub fn machine(&self) -> &M {
        self.timeline.machine()
    }

    /// The breakpoints and watches.
    #[must_use]
    pub fn breakpoints(&self) -> &[Breakpoint] {
        self.breakpoints.list()
    }

    /// Writes the branch that time is on as a recording.
    ///
    /// # Errors
    /// It could not be written, or the branch contains a change.
    pub fn save<W: Write>(
        &mut self,
        writer: W,
        program: &RecordedProgram,
    ) -> Result<(), RecordingError> {
        self.timeline.save(writer, program)
    }

    /// Carries out one command. An empty line and a `#` comment do nothing.
    pub fn execute(&mut self, line: &str, world: &mut dyn World) -> Reply {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Reply::text("");
        }
        let (word, arguments) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let result = match Command::find(word) {
            Some(command) if command.arguments.is_empty() && !arguments.trim().is_empty() => {
                Err(usage(command.verb))
            }
            Some(command) => self.carry_out(command.verb, arguments.trim(), world),
            None => Err(CommandError::UnknownCommand {
                word: word.to_owned(),
                nearest: Command::nearest(word).map(str::to_owned),
            }),
        };
        result.unwrap_or_else(|error| Reply {
            is_error: true,
            ..Reply::text(format!("{} {error}", self.paint.bad("error:")))
        })
    }

    /// What could be written instead of the last word of `line`: commands, or the guest's names.
    #[must_use]
    pub fn complete(&self, line: &str) -> Vec<String> {
        let Some((_, word)) = line.rsplit_once(|c: char| c.is_whitespace() || "[(,".contains(c))
        else {
            let names = COMMANDS.iter().map(|command| command.name);
            return names.filter(|name| name.starts_with(line)).map(str::to_owned).collect();
        };
        let lower = word.to_lowercase();
        let mut names = self.machine().names();
        names.extend(self.timeline.marks().iter().map(|mark| mark.name.clone()));
        names.extend(self.timeline.branches().map(|branch| branch.name));
        let command = line.split_whitespace().next().and_then(Command::find);
        names.extend(command.into_iter().flat_map(Command::words).map(str::to_owned));
        names.retain(|name| name.to_lowercase().starts_with(&lower));
        names.sort();
        names.dedup();
        names
    }

    fn carry_out(
        &mut self,
        verb: Verb,
        arguments: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        match verb {
            Verb::Step => self.repeated(verb, arguments, |d| d.step(world)),
            Verb::Back => self.repeated(verb, arguments, |d| d.back(world)),
            Verb::Next => self.repeated(verb, arguments, |d| d.next(world)),
            Verb::RNext => self.repeated(verb, arguments, |d| d.rnext(world)),
            Verb::Finish => self.moved(|d| d.finish(world)),
            Verb::RFinish => self.moved(|d| d.rfinish(world)),
            Verb::StepI => {
                let count = self.count(verb, arguments, 1)?;
                self.moved(|d| Ok(d.step_instructions(count, world)))
            }
            Verb::BackI => {
                let count = self.count(verb, arguments, 1)?;
                self.moved(|d| Ok(d.back_instructions(count, world)))
            }
            Verb::Continue => self.moved(|d| Ok(d.go(world))),
            Verb::RContinue => self.moved(|d| Ok(d.go_back(world))),
            Verb::Goto => self.moved(|d| d.go_to(arguments, world)),
            Verb::Undo => self.undo(),
            Verb::Break => self.set_breakpoint(arguments),
            Verb::Watch => self.set_watch(arguments),
            Verb::Delete => self.delete(arguments),
            Verb::Breakpoints => Ok(self.list_breakpoints()),
            Verb::Where => Ok(Reply::text(self.here())),
            Verb::Print => self.print(arguments, world),
            Verb::Locals => Ok(self.locals()),
            Verb::Stack => Ok(self.stack()),
            Verb::Registers => Ok(self.registers()),
            Verb::Tape => self.tape(arguments),
            Verb::Source => self.source(arguments),
            Verb::Disasm => self.disasm(arguments),
            Verb::Output => Ok(self.output()),
            Verb::LastWrite => self.last_write(arguments, world),
            Verb::Origin => self.origin(arguments, world),
            Verb::History => self.history(arguments, world),
            Verb::Log => self.log(arguments, world),
            Verb::Set => self.set(arguments),
            Verb::Branch => self.branch(arguments),
            Verb::Branches => Ok(self.branches()),
            Verb::Switch => self.switch(arguments),
            Verb::Compare => self.compare(arguments, world),
            Verb::Mark => self.mark(arguments),
            Verb::Marks => Ok(self.marks()),
            Verb::Note => self.note(arguments),
            Verb::Save => match arguments {
                "" => Err(usage(verb)),
                path => Ok(Reply::text("").then(Then::Save(path.into()))),
            },
            Verb::Info => Ok(self.info()),
            Verb::Help => self.help(arguments),
            Verb::Quit => Ok(Reply::text("").then(Then::Quit)),
            Verb::Merge => self.merge(arguments),
            Verb::Edit => match arguments {
                "" => Err(usage(verb)),
                "back" => Ok(Reply::text("").then(Then::Edit(None))),
                path => Ok(Reply::text("").then(Then::Edit(Some(path.into())))),
            },
            Verb::Export => match arguments.strip_prefix("--html ").map(str::trim) {
                None | Some("") => Err(usage(verb)),
                Some(path) => Ok(Reply::text("").then(Then::Export(path.into()))),
            },
        }
    }

    /// Makes a move as often as the arguments say, or until there is a reason to stop.
    fn repeated(
        &mut self,
        verb: Verb,
        arguments: &str,
        mut step: impl FnMut(&mut Self) -> Stopped,
    ) -> Result<Reply, CommandError> {
        let count = self.count(verb, arguments, 1)?;
        self.moved(|debugger| {
            let mut stopped = debugger.stopped(Vec::new());
            for _ in 0..count {
                stopped = step(debugger);
                if !stopped.why.is_empty() {
                    break;
                }
            }
            Ok(stopped)
        })
    }

    /// Makes a move, remembers where it began, and tells where it ended.
    fn moved(
        &mut self,
        go: impl FnOnce(&mut Self) -> Result<Stopped, CommandError>,
    ) -> Result<Reply, CommandError> {
        let before = self.timeline.now();
        let stopped = go(self)?;
        self.remember(before);
        Ok(self.tell(&stopped))
    }

    /// Lets `undo` lead back to `before`, if time has moved since.
    pub fn remember(&mut self, before: Moment) {
        self.listed = None;
        if self.timeline.now() == before {
            return;
        }
        self.left_at.insert(before.branch, before.tick);
        if self.trail.len() == TRAIL_MOVES_MAX {
            self.trail.remove(0);
        }
        self.trail.push(before);
    }

    /// Why a move ended, and where.
    pub(crate) fn tell(&self, stopped: &Stopped) -> Reply {
        let mut text = String::new();
        for why in &stopped.why {
            text.push_str(&why.describe(self.paint));
            text.push('\n');
        }
        text.push_str(&self.here());
        Reply::text(text)
    }

    /// Where time stands.
    #[must_use]
    pub fn here(&self) -> String {
        let branches: Vec<_> = self.timeline.branches().collect();
        let now = self.timeline.now();
        let branch = branches.iter().find(|branch| branch.id == now.branch);
        let branch = branch.filter(|_| branches.len() > 1).map(|branch| branch.name.as_str());
        describe_here(self.machine(), self.timeline.end(), branch, self.paint)
    }

    pub(crate) fn stopped(&self, why: Vec<Why>) -> Stopped {
        Stopped { tick: self.timeline.now().tick, why }
    }

    /// A number of times as an argument.
    pub(crate) fn count(&self, verb: Verb, text: &str, or: u64) -> Result<u64, CommandError> {
        match text {
            "" => Ok(or),
            text => text.replace('_', "").parse().map_err(|_| usage(verb)),
        }
    }

    /// Looks at another tick of this branch, and comes back.
    pub(crate) fn peek<T>(&mut self, tick: Tick, look: impl FnOnce(&mut Self) -> T) -> T {
        let here = self.timeline.now();
        if here.tick == tick {
            return look(self);
        }
        self.timeline.goto(tick);
        let seen = look(self);
        self.timeline.goto(here.tick);
        seen
    }
}

/// The arguments are not what the command takes.
pub(crate) fn usage(verb: Verb) -> CommandError {
    CommandError::Usage { usage: Command::of(verb).usage() }
}
