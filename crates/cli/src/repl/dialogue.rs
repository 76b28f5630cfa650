//! What an interactive session has to know of a guest.

use machine::Machine;
use reedline::{Completer, Highlighter};
use timeline::Timeline;

use crate::arguments::ReplArguments;
use crate::editor::Names;
use crate::error::{BadSource, CliError};
use crate::guest::Guest;
use crate::libraries::Tools;
use crate::repl::command::Command;
use crate::terminal::Terminal;

/// A text that was compiled.
pub(crate) struct Read<G: Dialogue> {
    pub(crate) unit: G::Unit,
    pub(crate) known: G::Known,
    /// Whether it shows something and does nothing else, so that nobody wants it taken back.
    pub(crate) only_shows: bool,
    /// What is to be said of it.
    pub(crate) warnings: Option<BadSource>,
}

/// A guest that one can talk to line by line.
pub(crate) trait Dialogue: Guest {
    /// What is known of the lines so far besides what the machine has. Cheap to clone.
    type Known: Clone;
    /// What a line is compiled to.
    type Unit;

    /// What becomes of a line.
    const ABOUT: &'static str;

    /// How its commands are written, and what they do.
    const COMMANDS: &'static [(&'static str, &'static str)];

    /// A session before its first line, and how it greets.
    fn begin(arguments: &ReplArguments) -> Result<(Self::Machine, Self::Known, String), CliError>;

    /// Compiles a text.
    fn read(
        known: &Self::Known,
        machine: &Self::Machine,
        name: &str,
        text: &str,
        terminal: Terminal,
    ) -> Result<Read<Self>, CliError>;

    /// What helps against a fault, if that can be known.
    fn hint(_known: &Self::Known, _fault: &str) -> Option<String> {
        None
    }

    /// Makes a machine run what a line was compiled to next.
    fn add(machine: &mut Self::Machine, unit: Self::Unit) -> Result<(), String>;

    /// Leaves the calls of a line that did not come to its end.
    fn abandon(machine: &mut Self::Machine);

    /// Whether a line that failed is a part of what was said.
    const KEEPS_FAILED: bool = true;

    /// Keeps what a line that came to its end has changed, where that outlasts the session.
    fn keep(_known: &Self::Known, _timeline: &mut Timeline<Self::Machine>) -> Result<(), CliError> {
        Ok(())
    }

    /// What is shown after a line that came to its end, by its last state: whole lines.
    fn shown(
        _snapshot: &<Self::Machine as Machine>::Snapshot,
        _terminal: Terminal,
    ) -> Option<String> {
        None
    }

    /// What answers a line that asks about other programs.
    fn tools_of(_known: &Self::Known, _memory_max: usize) -> Option<Tools> {
        None
    }

    /// What is shown after a line that came to its end, and after one that failed: a whole line.
    fn result(machine: &Self::Machine, has_failed: bool) -> Option<String>;

    /// Whether a text goes on in the next line.
    fn is_open(text: &str) -> bool;

    /// The command that a line is, whatever is declared.
    fn command(line: &str) -> Option<Command<'_>>;

    /// Whether a name was given a meaning in the session.
    fn is_declared(known: &Self::Known, machine: &Self::Machine, name: &str) -> bool;

    /// Every name that can be written now.
    fn names(known: &Self::Known, machine: &Self::Machine) -> Vec<String>;

    /// What was declared in the session: whole lines.
    fn declared(known: &Self::Known, machine: &Self::Machine) -> String;

    /// What there is to say about a name.
    ///
    /// # Errors
    /// That there is no such name.
    fn explain(known: &Self::Known, machine: &Self::Machine, name: &str) -> Result<String, String>;

    /// All names that are always there, by what they are about.
    fn overview() -> String;

    /// Completes what is typed to one of these names, or to what a value has.
    fn completer(names: Names) -> Box<dyn Completer + Send>;

    /// Colours what is typed.
    fn highlighter() -> Box<dyn Highlighter>;
}
