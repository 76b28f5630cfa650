//! Talking to Tacit: every line adds a unit to the memory, and the stack is shown.

use std::collections::BTreeMap;

use ::tacit::{Options, WordHelp, word_helps};
use reedline::{Completer, Highlighter};
use tacit_vm::{LoadError, Unit, Vm, WordKind};

use crate::arguments::ReplArguments;
use crate::editor::Names;
use crate::error::CliError;
use crate::guest::Guest as _;
use crate::repl::command::Command;
use crate::repl::dialogue::{Dialogue, Read};
use crate::repl::tacit_text::{Colours, WordCompleter};
use crate::tacit::{self, Tacit};
use crate::terminal::Terminal;
use crate::words;

impl Dialogue for Tacit {
    /// The machine's memory knows all words.
    type Known = ();
    type Unit = Unit;

    const ABOUT: &'static str = "What is typed is run, and the stack is shown.";

    const COMMANDS: &'static [(&'static str, &'static str)] = &[
        ("help [WORD]", "Lists the words by what they are about, or explains one"),
        ("words", "Lists the words that were defined here"),
        ("stack", "Shows the stack"),
        ("undo", "Takes the last line back"),
        ("redo", "Does a line again that was taken back"),
        ("load FILE", "Runs a file"),
        ("debug", "Looks at the session with the debugger, from the last line back to the first"),
        ("exit", "Ends the session, as Ctrl-D does"),
    ];

    fn begin(arguments: &ReplArguments) -> Result<(Vm, (), String), CliError> {
        let machine = Vm::new(tacit::layout(arguments.memory)?);
        let kilobytes = machine.memory().layout().bytes() >> 10;
        let greeting = format!(
            "Tacit, {kilobytes} KB. `help` explains, `undo` takes a line back, Ctrl-D ends.\n"
        );
        Ok((machine, (), greeting))
    }

    fn read(
        (): &(),
        machine: &Vm,
        name: &str,
        text: &str,
        terminal: Terminal,
    ) -> Result<Read<Self>, CliError> {
        let unit = tacit::unit(name, text, machine.memory(), &Options::default(), terminal)?;
        Ok(Read { unit, known: (), only_shows: false, warnings: None })
    }

    /// A line that ended the program inside of a call has left that open.
    fn add(machine: &mut Vm, unit: Unit) -> Result<(), String> {
        let done = match machine.load(unit.clone()) {
            Err(LoadError::Busy) => {
                machine.abandon();
                machine.load(unit)
            }
            done => done,
        };
        done.map_err(|error| error.to_string())
    }

    fn abandon(machine: &mut Vm) {
        machine.abandon();
    }

    fn result(machine: &Vm, _has_failed: bool) -> Option<String> {
        let stack = Self::stack(machine).unwrap_or_default();
        Some(format!("stack: {stack}\n"))
    }

    fn is_open(text: &str) -> bool {
        !::tacit::is_complete(text)
    }

    fn command(line: &str) -> Option<Command<'_>> {
        Command::parse(line, "words", Some("stack"))
    }

    fn is_declared((): &(), machine: &Vm, name: &str) -> bool {
        let word = machine.memory().find_word(name);
        word.is_some_and(|word| word.kind != WordKind::Library)
    }

    fn names((): &(), machine: &Vm) -> Vec<String> {
        ::tacit::words(machine.memory())
    }

    fn declared((): &(), machine: &Vm) -> String {
        words::own(machine.memory())
    }

    fn explain((): &(), machine: &Vm, name: &str) -> Result<String, String> {
        let memory = machine.memory();
        words::explain(name, memory).ok_or_else(|| words::unknown(name, Some(memory)))
    }

    fn overview() -> String {
        words::overview()
    }

    fn completer(names: Names) -> Box<dyn Completer + Send> {
        let summary = |help: WordHelp| (help.name, format!("{} {}", help.effect, help.description));
        let summaries: BTreeMap<String, String> = word_helps().into_iter().map(summary).collect();
        Box::new(WordCompleter { names, summaries })
    }

    fn highlighter() -> Box<dyn Highlighter> {
        Box::new(Colours)
    }
}
