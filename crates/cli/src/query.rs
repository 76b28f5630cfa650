//! `palindrome query`: a question to a tape or to what a program leaves, and its rows in a format.

mod at;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use palindrome::{Past, Program, Said, State, Vm, compile_after};
use relational::{Direction, Store, Type, Value};
use timeline::{History, Options, Timeline};

use crate::arguments::QueryArguments;
use crate::drive::{Outcome, drive};
use crate::error::{BadSource, CliError, exit};
use crate::fault::Fault;
use crate::files;
use crate::guest::LoadOptions;
use crate::input::Input;
use crate::interrupt;
use crate::libraries::Places;
use crate::palindrome::Palindrome;
use crate::rows::{Column, Format, Writer, rows_of, shown, table};
use crate::store::{self, TapeError, Text};
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// What messages call the question.
const QUERY: &str = "(query)";

pub(crate) fn query(arguments: &QueryArguments, terminal: Terminal) -> Result<u8, CliError> {
    interrupt::listen();
    let path = &arguments.file;
    let told = arguments.output.as_deref().and_then(Format::of);
    let format = arguments.format.or(told).unwrap_or(Format::Table);
    let is_program = path.extension().is_some_and(|ending| ending == "pal");
    let mut places = None;
    let (text, past) = if is_program {
        let text = Text { name: path.display().to_string(), text: files::read_text(path)? };
        match left_by(&text, terminal)? {
            Ok(past) => (text, past),
            Err(code) => return Ok(code),
        }
    } else {
        let content = Rc::new(store::read(path)?.content);
        let of = Places::of(&content.text.name, Some(path));
        places = Some(of.with_content(Rc::clone(&content)));
        (content.text.clone(), Arc::new(content.past.clone()))
    };
    let before = Said { name: &text.name, text: &text.text };
    let places = places.unwrap_or_else(|| Places::of(&text.name, None));
    let new = Said { name: QUERY, text: &arguments.query };
    let added = compile_after(before, new, &places, true);
    let bad = BadSource { sources: added.sources, diagnostics: added.diagnostics };
    let compiled = bad.settle(added.compiled, terminal)?;
    let unread = |error: palindrome::PastError| TapeError::Unfit(error.to_string());
    let (state, behind) = match &arguments.at {
        Some(text) => {
            let at = at::moment(&past, text)?;
            (at::state(&past, at, &added.reads)?, Arc::new(past.seen_from(at)))
        }
        None => (past.state().map_err(unread)?, Arc::clone(&past)),
    };
    // Then it may have been of another shape, which the program sees through.
    let stored = added.stored.filter(|(name, _)| {
        arguments.at.is_none()
            || past.state().is_ok_and(|present| at::is_same(name, &state, &present))
    });
    if let (Some((name, order)), false) = (&stored, format == Format::Table || arguments.explain) {
        // All rows of a relation may be more than there is memory for.
        return all_rows(name, order, &state, format, arguments);
    }
    if arguments.explain {
        return explain(arguments, (&text, &places), (state, behind), terminal);
    }
    let program = begun(compiled, path, (state, behind))?;
    let mut vm = match run(program, &mut unseen(), terminal)? {
        Ok(vm) => vm,
        Err(code) => return Ok(code),
    };
    let large = |_| {
        let message = "the result is too large to be taken out at once: ask for less of it; all rows of \
                       a relation are written with its name alone and --format csv";
        TapeError::Unfit(message.to_owned())
    };
    let order = vm.result_columns().to_vec();
    let Some((of, value)) = vm.result().map_err(large)? else {
        let text = vm.result_text().unwrap_or_default();
        return put(arguments, |to| writeln!(to, "{text}")).map(|()| exit::OK);
    };
    write_value(of, value, &order, format, arguments, terminal)
}

/// Writes how the rows of the query are found. It was checked that it is one.
fn explain(
    arguments: &QueryArguments,
    (text, places): (&Text, &Places),
    begin: (State, Arc<Past>),
    terminal: Terminal,
) -> Result<u8, CliError> {
    let before = Said { name: &text.name, text: &text.text };
    let asked = format!("explain {}", arguments.query);
    let added = compile_after(before, Said { name: QUERY, text: &asked }, places, false);
    let bad = BadSource { sources: added.sources, diagnostics: added.diagnostics };
    let compiled = bad.settle(added.compiled, terminal)?;
    let program = begun(compiled, &arguments.file, begin)?;
    let mut world = LiveWorld::new(Input::nothing(), Vec::new(), LoadOptions::default().memory_max);
    Ok(run(program, &mut world, terminal)?.err().unwrap_or(exit::OK))
}

/// A program that begins with a state, and what was before it.
fn begun(
    compiled: palindrome::Compiled,
    path: &Path,
    (state, past): (State, Arc<Past>),
) -> Result<Arc<Program>, CliError> {
    let unverified =
        |error| CliError::Unverified { path: path.to_owned(), source: Box::new(error) };
    let program = Program::new(compiled).map_err(unverified)?;
    let unfit = |unfit: palindrome::UnfitName| TapeError::Unfit(unfit.to_string());
    Ok(program.with_past(state, past).map_err(unfit)?)
}

fn unseen() -> LiveWorld {
    LiveWorld::unseen(LoadOptions::default().memory_max)
}

/// What was at the moments of a program and is at its end when it is run; its output is nobody's. `Err`
/// has the exit code if it fails.
fn left_by(text: &Text, terminal: Terminal) -> Result<Result<Arc<Past>, u8>, CliError> {
    let options = LoadOptions::default();
    let loaded = Palindrome::compile_with_past(&text.name, &text.text, &options, terminal)?;
    let mut vm = match run(Arc::clone(loaded.program()), &mut unseen(), terminal)? {
        Ok(vm) => vm,
        Err(code) => return Ok(Err(code)),
    };
    let unfit = |error: palindrome::WriteError| TapeError::Unfit(error.to_string());
    Ok(Ok(vm.past().map_err(unfit)?))
}

/// The machine of a program that has ended. `Err` has the exit code if it does not end well.
pub(crate) fn run(
    program: Arc<Program>,
    world: &mut LiveWorld,
    terminal: Terminal,
) -> Result<Result<Vm, u8>, CliError> {
    let options = Options { history: History::Off, ..Options::default() };
    let mut timeline = Timeline::new(Vm::load(program), options);
    let code = match drive(&mut timeline, world, |_| {}) {
        Outcome::Ended(machine::ExitCode(0)) => {
            let snapshot = timeline.snapshot();
            return Ok(Ok(Vm::at(&snapshot)));
        }
        Outcome::Ended(machine::ExitCode(code)) => code,
        Outcome::Trapped(trap) => {
            let fault = Fault::new::<Palindrome>(&timeline, &trap);
            terminal.complain(&fault.render(terminal, false));
            exit::FAULT
        }
        Outcome::TooLarge => {
            terminal.complain(&format!("{} it takes too much memory\n", terminal.red("error:")));
            exit::FAULT
        }
        Outcome::Interrupted => exit::INTERRUPTED,
        Outcome::Closed => exit::CLOSED,
    };
    Ok(Err(code))
}

fn write_value(
    of: Type,
    value: Value,
    order: &[String],
    format: Format,
    arguments: &QueryArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    let is_rows = matches!(of, Type::List(_) | Type::Record(_))
        || matches!(&of, Type::Option(inner) if matches!(**inner, Type::Record(_)));
    if format == Format::Table && !is_rows {
        put(arguments, |to| writeln!(to, "{}", shown(&of, &value)))?;
        return Ok(exit::OK);
    }
    let (columns, rows) = rows_of(of, value, order);
    put(arguments, |to| {
        if format == Format::Table {
            let is_drawn = terminal.is_output && arguments.output.is_none();
            return to.write_all(table(&columns, &rows, is_drawn).as_bytes());
        }
        let Some(mut writer) = Writer::new(format, columns, to)? else { return Ok(()) };
        rows.iter().try_for_each(|row| writer.row(row))?;
        writer.finish()
    })?;
    Ok(exit::OK)
}

/// Writes all rows of a relation, one by one.
fn all_rows(
    name: &str,
    order: &[String],
    state: &State,
    format: Format,
    arguments: &QueryArguments,
) -> Result<u8, CliError> {
    let tape = state.to_tape();
    let unfit = |error: relational::StoreError| TapeError::Unfit(error.to_string());
    let mut store = match Store::open(&tape, palindrome::STATE_START) {
        Ok(store) => store,
        Err(error) => return Err(unfit(error).into()),
    };
    let relation = store.find_relation(&tape, name).map_err(unfit)?;
    let fields = relation.fields();
    let place = |name: &String| fields.iter().position(|field| field.name == *name);
    let places: Vec<usize> = order.iter().filter_map(place).collect();
    let column = |at: &usize| Column { name: fields[*at].name.clone(), of: fields[*at].ty.clone() };
    let columns = places.iter().map(column).collect();
    let rows = store.scan(&tape, relation.id(), Direction::Up).map_err(unfit)?;
    let mut wrong = None;
    put(arguments, |to| {
        let Some(mut writer) = Writer::new(format, columns, to)? else { return Ok(()) };
        for row in rows {
            match row {
                Ok(row) => {
                    let row: Vec<Value> = places.iter().map(|at| row[*at].clone()).collect();
                    writer.row(&row)?;
                }
                Err(error) => {
                    wrong = Some(error);
                    break;
                }
            }
        }
        writer.finish()
    })?;
    wrong.map_or(Ok(exit::OK), |error| Err(unfit(error).into()))
}

/// Writes to the file that was named, which is whole or as before, or to standard output.
fn put(
    arguments: &QueryArguments,
    write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), CliError> {
    let Some(path) = &arguments.output else {
        let mut to = BufWriter::new(io::stdout());
        return write(&mut to).and_then(|()| to.flush()).map_err(CliError::output);
    };
    let unwritten = |source| unwritten(path, source);
    files::replace(
        path,
        |file: &mut File| {
            let mut to = BufWriter::new(file);
            write(&mut to).and_then(|()| to.flush()).map_err(unwritten)
        },
        unwritten,
    )
}

fn unwritten(path: &Path, source: io::Error) -> CliError {
    CliError::Unwritten { what: path.display().to_string(), source }
}
