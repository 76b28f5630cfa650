//! Talking to Palindrome: every line is added to what was said before, and the value of its last
//! statement is shown. With a tape, what a line changed is kept when it has come to its end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use ::palindrome::{
    KEYWORDS, Past, Program, Said, Snapshot, State, Vm, compile_after, is_complete, library_help,
};
use machine::Inspect as _;
use reedline::{Completer, Highlighter};
use relational::Type;
use source::Severity;
use timeline::Timeline;

use crate::arguments::ReplArguments;
use crate::editor::Names;
use crate::error::{BadSource, CliError};
use crate::libraries::{Places, Tools};
use crate::palindrome::Palindrome;
use crate::repl::command::Command;
use crate::repl::dialogue::{Dialogue, Read};
use crate::repl::palindrome_text::{Colours, WordCompleter};
use crate::repl::shown::in_a_line;
use crate::rows::{rows_of, shown, table};
use crate::store::{Keeper, TapeError, TapeFile, Text};
use crate::terminal::Terminal;

/// What messages call a program that was not given a name.
const SESSION: &str = "(session)";

/// What was said so far.
#[derive(Clone)]
pub(crate) struct Talk {
    /// The lines that define something.
    text: Rc<Text>,
    /// What writes to the tape.
    keeper: Option<Rc<RefCell<Keeper>>>,
    places: Places,
}

impl Dialogue for Palindrome {
    type Known = Talk;
    type Unit = Arc<Program>;

    const ABOUT: &'static str = "What is typed is run, and its value is shown; rows as a table.";

    const COMMANDS: &'static [(&'static str, &'static str)] = &[
        (":help [NAME]", "Lists the words of the language, or shows what has a name"),
        (":names", "Lists relations with their rows, and names with their values"),
        ("branches", "Lists the branches"),
        ("watch EXPR", "Tells from now on when it changes"),
        (":undo", "Takes the last line back that changed something"),
        (":redo", "Does a line again that was taken back"),
        (":load FILE", "Runs a file"),
        (":debug", "Looks at the session with the debugger, from the last line back to the first"),
        (":exit", "Ends the session, as Ctrl-D does"),
    ];

    fn begin(arguments: &ReplArguments) -> Result<(Vm, Talk, String), CliError> {
        if arguments.memory.is_some() {
            let message = "--memory is for Tacit and Achronyme: a tape has no size".to_owned();
            return Err(CliError::Usage(message));
        }
        let greeting = "Palindrome. `help` explains, `undo` takes a line back, Ctrl-D ends.\n";
        let Some(path) = &arguments.tape else {
            let text = Text { name: SESSION.to_owned(), text: String::new() };
            let places = Places::of("", None);
            let machine = Vm::load(program(&text, Default::default(), &places)?);
            let talk = Talk { text: Rc::new(text), keeper: None, places };
            return Ok((machine, talk, greeting.to_owned()));
        };
        let (file, opened) = TapeFile::open(path)?;
        let content = opened.content;
        let mut text = content.text.clone();
        if text.name.is_empty() {
            SESSION.clone_into(&mut text.name);
        }
        let places = Places::of(&text.name, Some(path));
        let past = Arc::new(file.past().clone());
        let program = program(&text, (content.state()?, past), &places)?;
        let machine = Vm::load(Arc::clone(&program));
        let mut keeper = Keeper::new(file, &program, arguments.keep)?;
        keeper.begin(text.clone(), &content.text);
        let keeper = Some(Rc::new(RefCell::new(keeper)));
        let greeting = format!("{} {greeting}", path.display());
        Ok((machine, Talk { text: Rc::new(text), keeper, places }, greeting))
    }

    fn read(
        known: &Talk,
        machine: &Vm,
        name: &str,
        text: &str,
        _terminal: Terminal,
    ) -> Result<Read<Self>, CliError> {
        // Said as a command, it is the call.
        let is_command =
            text.trim() == "branches" && !Self::is_declared(known, machine, "branches");
        let text = if is_command { "branches()" } else { text };
        let before = Said { name: &known.text.name, text: &known.text.text };
        let checkpoints = machine.tape().moment_table().names.into_keys().collect();
        let places = known.places.with_checkpoints(checkpoints);
        let added = compile_after(before, Said { name, text }, &places, false);
        let bad = BadSource { sources: added.sources, diagnostics: added.diagnostics };
        let is_wrong = bad.diagnostics.iter().any(|found| found.severity == Severity::Error);
        let Some(compiled) = added.compiled.filter(|_| !is_wrong) else {
            return Err(CliError::BadSource(Box::new(bad)));
        };
        let unit = verified(compiled)?;
        let mut known = known.clone();
        if added.is_definition {
            let (name, before) = (&known.text.name, &added.before);
            let between = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
            let joined = format!("{before}{between}{}\n", text.trim_end());
            known.text = Rc::new(Text { name: name.clone(), text: joined });
        }
        let warnings = (!bad.diagnostics.is_empty()).then_some(bad);
        Ok(Read { unit, known, only_shows: added.only_shows, warnings })
    }

    fn add(machine: &mut Vm, unit: Arc<Program>) -> Result<(), String> {
        machine.go_on(&unit)
    }

    /// A line that fails has changed nothing.
    fn abandon(machine: &mut Vm) {
        machine.begin_again();
    }

    const KEEPS_FAILED: bool = false;

    fn keep(known: &Talk, timeline: &mut Timeline<Vm>) -> Result<(), CliError> {
        let Some(keeper) = &known.keeper else { return Ok(()) };
        let mut keeper = keeper.borrow_mut();
        keeper.say(&known.text);
        Ok(keeper.commit(timeline)?)
    }

    fn shown(snapshot: &Snapshot, terminal: Terminal) -> Option<String> {
        let mut vm = Vm::at(snapshot);
        let order = vm.result_columns().to_vec();
        match vm.result() {
            Ok(Some((of, value))) => {
                let is_rows =
                    matches!(&of, Type::List(element) if matches!(**element, Type::Record(_)));
                if is_rows {
                    let (columns, rows) = rows_of(of, value, &order);
                    return Some(table(&columns, &rows, terminal.is_output));
                }
                let text = vm.result_text().unwrap_or_else(|| shown(&of, &value));
                Some(text + "\n")
            }
            Ok(None) => vm.result_text().map(|text| text + "\n"),
            Err(error) => Some(format!("(the value cannot be shown: {error})\n")),
        }
    }

    fn tools_of(known: &Talk, memory_max: usize) -> Option<Tools> {
        Some(Tools::new(known.places.clone(), memory_max))
    }

    fn result(_machine: &Vm, _has_failed: bool) -> Option<String> {
        None
    }

    fn is_open(text: &str) -> bool {
        !is_complete(text)
    }

    fn command(line: &str) -> Option<Command<'_>> {
        let line = line.trim();
        match line.strip_prefix(':') {
            Some(rest) => Command::parse(rest, "names", None).or(Some(Command::Unknown(line))),
            None => Command::parse(line, "names", None),
        }
    }

    fn is_declared(_known: &Talk, machine: &Vm, name: &str) -> bool {
        let scopes = machine.scopes();
        let own = scopes.iter().filter(|scope| scope.name != "registers");
        own.flat_map(|scope| &scope.variables).any(|variable| variable.name == name)
    }

    fn names(_known: &Talk, machine: &Vm) -> Vec<String> {
        let is_word = |name: &String| !name.starts_with('(') && !name.contains('<');
        let mut names: Vec<String> = machine.names().into_iter().filter(is_word).collect();
        names.extend(KEYWORDS.iter().map(|word| (*word).to_owned()));
        names.sort();
        names.dedup();
        names
    }

    fn declared(_known: &Talk, machine: &Vm) -> String {
        let mut text = String::new();
        for scope in machine.scopes() {
            for variable in &scope.variables {
                let (name, value) = (&variable.name, in_a_line(&variable.value.text));
                match scope.name.as_str() {
                    "relations" => text += &format!("relation {name}: {value}\n"),
                    "globals" => text += &format!("let {name} = {value}\n"),
                    _ => {}
                }
            }
        }
        if text.is_empty() { "none\n".to_owned() } else { text }
    }

    fn explain(_known: &Talk, machine: &Vm, name: &str) -> Result<String, String> {
        if Self::is_declared(_known, machine, name)
            && let Ok(value) = machine.evaluate(name)
        {
            let text = value.text.trim_end();
            // What there is to say of it in the debugger is to be typed otherwise here.
            let text = match text.strip_suffix("--all shows them") {
                Some(text) => format!("{text}`{name}` shows them"),
                None => text.to_owned(),
            };
            return Ok(format!("{name} ({}): {text}\n", value.kind));
        }
        if KEYWORDS.contains(&name) {
            return Ok(format!("{name}  a word of the language; docs/palindrome/ describes it\n"));
        }
        if let Some(text) = library_help(name) {
            return Ok(text);
        }
        let names = Self::names(_known, machine);
        let near = source::nearest(name, names.iter().map(String::as_str));
        let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        Err(format!("nothing here is called `{name}`{hint}"))
    }

    fn overview() -> String {
        format!("Words of the language: {}\n", KEYWORDS.join(" "))
    }

    fn completer(names: Names) -> Box<dyn Completer + Send> {
        Box::new(WordCompleter { names, summaries: BTreeMap::new() })
    }

    fn highlighter() -> Box<dyn Highlighter> {
        Box::new(Colours)
    }
}

/// A program of definitions, none of which is run.
fn program(
    text: &Text,
    (state, past): (State, Arc<Past>),
    places: &Places,
) -> Result<Arc<Program>, CliError> {
    let before = Said { name: &text.name, text: &text.text };
    let added = compile_after(before, Said { name: SESSION, text: "" }, places, false);
    let bad = BadSource { sources: added.sources, diagnostics: added.diagnostics };
    let Some(compiled) = added.compiled else { return Err(CliError::BadSource(Box::new(bad))) };
    let unfit = |unfit: ::palindrome::UnfitName| TapeError::Unfit(unfit.to_string());
    Ok(verified(compiled)?.with_past(state, past).map_err(unfit)?)
}

fn verified(compiled: ::palindrome::Compiled) -> Result<Arc<Program>, CliError> {
    let unverified = |error| CliError::Unverified { path: SESSION.into(), source: Box::new(error) };
    Program::new(compiled).map_err(unverified)
}
