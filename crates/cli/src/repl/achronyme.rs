//! Talking to Achronyme: every line is a further part of one program, and its value is shown.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use ::achronyme::{
    FunctionHelp, KEYWORDS, Options, Session, advice_on_error, explain_function, function_helps,
    function_overview, is_complete,
};
use achronyme_library::CONSTANTS;
use achronyme_vm::{Program, Vm};
use machine::Inspect as _;
use reedline::{Completer, Highlighter};
use source::SourceMap;

use crate::achronyme::{Achronyme, Disk, functions, memory_of};
use crate::arguments::ReplArguments;
use crate::editor::Names;
use crate::error::{BadSource, CliError};
use crate::guest::{Guest as _, LoadOptions};
use crate::repl::achronyme_text::{Colours, NameCompleter};
use crate::repl::command::Command;
use crate::repl::dialogue::{Dialogue, Read};
use crate::repl::shown::in_a_line;
use crate::terminal::Terminal;

/// The program so far, as the compiler knows it.
#[derive(Debug)]
pub(crate) struct Text {
    session: Session,
    sources: SourceMap,
    memory: usize,
}

impl Text {
    fn program(&self) -> Program {
        Program { memory: self.memory as u64, ..self.session.program().clone() }
    }
}

impl Dialogue for Achronyme {
    type Known = Rc<Text>;
    type Unit = Arc<Program>;

    const ABOUT: &'static str = "What is typed is run, and its value is shown unless it is null.";

    const COMMANDS: &'static [(&'static str, &'static str)] = &[
        (":help [NAME]", "Lists the functions by what they are about, or explains one"),
        (":names", "Lists what was declared here"),
        (":undo", "Takes the last line back"),
        (":redo", "Does a line again that was taken back"),
        (":load FILE", "Runs a file"),
        (":debug", "Looks at the session with the debugger, from the last line back to the first"),
        (":exit", "Ends the session, as Ctrl-D does"),
    ];

    fn begin(arguments: &ReplArguments) -> Result<(Vm, Rc<Text>, String), CliError> {
        let options = LoadOptions {
            memory: arguments.memory,
            memory_max: arguments.history.memory_max,
            ..LoadOptions::default()
        };
        let mut text = Text {
            session: Session::new(Options::default()),
            sources: SourceMap::default(),
            memory: memory_of(&options),
        };
        // A machine has a program from the start.
        let empty = text.session.compile("start", "null", &mut text.sources, &mut Disk::new());
        if let Err(diagnostics) = empty {
            return Err(CliError::BadSource(Box::new(BadSource {
                sources: text.sources,
                diagnostics,
            })));
        }
        let machine = crate::achronyme::machine(&Arc::new(text.program()))?;
        let greeting = "Achronyme. `help` explains, `undo` takes a line back, Ctrl-D ends.\n";
        Ok((machine, Rc::new(text), greeting.to_owned()))
    }

    fn read(
        known: &Rc<Text>,
        _machine: &Vm,
        name: &str,
        text: &str,
        _terminal: Terminal,
    ) -> Result<Read<Self>, CliError> {
        let mut sources = known.sources.clone();
        let made = known.session.with(name, text, &mut sources, &mut Disk::new());
        let (session, diagnostics) = made.map_err(|diagnostics| {
            CliError::BadSource(Box::new(BadSource { sources: sources.clone(), diagnostics }))
        })?;
        let is_said = !diagnostics.is_empty();
        let warnings = is_said.then(|| BadSource { sources: sources.clone(), diagnostics });
        let text = Text { session, sources, memory: known.memory };
        let (unit, only_shows) = (Arc::new(text.program()), false);
        Ok(Read { unit, known: Rc::new(text), only_shows, warnings })
    }

    fn hint(known: &Rc<Text>, fault: &str) -> Option<String> {
        let declared = known.session.names().map(|(name, _)| name);
        advice_on_error(fault, declared)
    }

    fn add(machine: &mut Vm, unit: Arc<Program>) -> Result<(), String> {
        machine.extend(unit).map_err(|error| error.to_string())
    }

    fn abandon(machine: &mut Vm) {
        machine.abandon();
    }

    fn result(machine: &Vm, has_failed: bool) -> Option<String> {
        let echo = Self::echo(machine).filter(|_| !has_failed);
        echo.map(|echo| echo + "\n")
    }

    fn is_open(text: &str) -> bool {
        !is_complete(text)
    }

    /// With a colon, or without one where that cannot be meant otherwise.
    fn command(line: &str) -> Option<Command<'_>> {
        let line = line.trim();
        match line.strip_prefix(':') {
            Some(rest) => Command::parse(rest, "names", None).or(Some(Command::Unknown(line))),
            // As in other languages.
            None if matches!(line, "exit()" | "quit()") => Some(Command::Exit),
            None => Command::parse(line, "names", None),
        }
    }

    fn is_declared(known: &Rc<Text>, _machine: &Vm, name: &str) -> bool {
        known.session.names().any(|(declared, _)| declared == name)
    }

    fn names(known: &Rc<Text>, _machine: &Vm) -> Vec<String> {
        let declared = known.session.names().map(|(name, _)| name.to_owned());
        let functions = function_helps().into_iter().map(|help| help.name);
        let fixed = KEYWORDS.iter().chain(CONSTANTS).map(|&word| word.to_owned());
        let mut names: Vec<String> = declared.chain(functions).chain(fixed).collect();
        names.sort();
        names.dedup();
        names
    }

    fn declared(known: &Rc<Text>, machine: &Vm) -> String {
        let line = |(name, is_mutable): (&str, bool)| {
            let how = if is_mutable { "mut" } else { "let" };
            match machine.evaluate(name) {
                Ok(value) => format!("{how} {name} = {}\n", in_a_line(&value.text)),
                Err(_) => format!("{how} {name}\n"),
            }
        };
        let text: String = known.session.names().map(line).collect();
        if text.is_empty() { "none\n".to_owned() } else { text }
    }

    fn explain(known: &Rc<Text>, machine: &Vm, name: &str) -> Result<String, String> {
        if let Some((_, is_mutable)) = known.session.names().find(|(known, _)| *known == name) {
            let how = if is_mutable { "a variable" } else { "a constant" };
            let value = machine.evaluate(name);
            let value = value.map(|value| format!(": {}", in_a_line(&value.text)));
            return Ok(format!("{name}  {how} declared here{}\n", value.unwrap_or_default()));
        }
        explain_function(name).ok_or_else(|| {
            let declared: Vec<String> =
                known.session.names().map(|(name, _)| name.to_owned()).collect();
            functions::unknown(name, &declared)
        })
    }

    fn overview() -> String {
        function_overview()
    }

    fn completer(names: Names) -> Box<dyn Completer + Send> {
        let summary = |help: FunctionHelp| {
            let first = help.first_sentence();
            (help.name.clone(), format!("{} {first}", help.signature()))
        };
        let summaries: BTreeMap<String, String> =
            function_helps().into_iter().map(summary).collect();
        Box::new(NameCompleter { names, summaries })
    }

    fn highlighter() -> Box<dyn Highlighter> {
        Box::new(Colours)
    }
}
