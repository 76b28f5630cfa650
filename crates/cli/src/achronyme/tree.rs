//! Running a program by walking its tree, without a recording: slow and plain, for comparison.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use achronyme::tree::{Ended, Options, Uncaught};
use achronyme::{File, load};
use achronyme_library::Fault as LibraryFault;
use machine::Answer;
use source::SourceMap;

use super::Disk;
use crate::arguments::RunArguments;
use crate::error::{BadSource, CliError, exit};
use crate::fault::Fault;
use crate::guest::LoadOptions;
use crate::input::Input;
use crate::terminal::Terminal;
use crate::world::LiveWorld;

/// Runs a text; without one, a file.
pub(crate) fn run(
    text: Option<(&str, &str)>,
    path: &Path,
    texts: Vec<Vec<u8>>,
    arguments: &RunArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    refuse(arguments)?;
    let mut disk = Disk::new();
    let file = match text {
        Some((name, text)) => File { name: name.to_owned(), text: text.to_owned() },
        None => disk.main(path)?,
    };
    let mut sources = SourceMap::default();
    let (program, diagnostics) = match load(&file.name, &file.text, &mut disk, &mut sources) {
        Ok((program, warnings)) => (Some(program), warnings),
        Err(found) => (None, found),
    };
    let bad = BadSource { sources: sources.clone(), diagnostics };
    let program = bad.settle(program, terminal)?;
    let input = match &arguments.input {
        Some(path) => Input::file(path)?,
        None => Input::standard(),
    };
    let world = LiveWorld::new(input, texts, arguments.history.memory_max);
    let world = Rc::new(RefCell::new(world));
    let asked = Rc::clone(&world);
    let perform =
        Box::new(move |question| asked.borrow_mut().perform(&question).unwrap_or(Answer::Nothing));
    let options = LoadOptions {
        memory: arguments.memory,
        memory_max: arguments.history.memory_max,
        ..LoadOptions::default()
    };
    let options = Options { memory_max: super::memory_of(&options), ..Options::default() };
    let ended = achronyme::tree::run(&program, &mut sources, &options, perform);
    let mut world = world.borrow_mut();
    match ended {
        Ended::Value(echo) => {
            let echo = echo.map(|echo| echo + "\n").unwrap_or_default();
            world.say(&echo).map_err(CliError::output)?;
            Ok(exit::OK)
        }
        Ended::Uncaught(uncaught) => {
            world.flush().map_err(CliError::output)?;
            let fault = Fault::at(&message(&uncaught), uncaught.span, &sources);
            terminal.complain(&if arguments.json {
                format!("{}\n", fault.to_json())
            } else {
                fault.render(terminal, false)
            });
            Ok(exit::FAULT)
        }
        Ended::Exit(code) => {
            world.flush().map_err(CliError::output)?;
            Ok(code)
        }
        // It has no end of its steps.
        Ended::Stopped => Ok(exit::FAULT),
    }
}

fn refuse(arguments: &RunArguments) -> Result<(), CliError> {
    let refused = [
        ("--record", arguments.record.is_some(), "cannot be recorded"),
        ("--stack", arguments.stack, "has no stack to show"),
        ("--check", arguments.check, "has no heap to check"),
    ];
    match refused.into_iter().find(|(_, is_given, _)| *is_given) {
        Some((option, _, reason)) => {
            let message = format!("{option}: a run of `--engine tree` {reason}");
            Err(CliError::Usage(message))
        }
        None => Ok(()),
    }
}

/// As the register machine puts it.
pub(crate) fn message(uncaught: &Uncaught) -> String {
    match &uncaught.kind {
        Some(kind) if kind != LibraryFault::RUNTIME => format!("{kind}: {}", uncaught.message),
        _ => uncaught.message.clone(),
    }
}
