//! From the command line to a command, and from what came of it to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser};

use crate::arguments::{
    BuildArguments, Command, DebugArguments, Palindrome, Pvmc, Pvmd, Pvmr, RunArguments,
};
use crate::error::{CliError, exit};
use crate::terminal::Terminal;
use crate::{
    bisect, build, check, dap, debug, disasm, export, fmt, history, import, info, publish, query,
    repl, replay, run, test, whatif, words,
};

/// `palindrome`.
#[must_use]
pub fn palindrome() -> ExitCode {
    enter::<Palindrome>(asking, |arguments| match arguments.command {
        Command::Run(arguments) => run_guest(&arguments),
        Command::Build(arguments) => build_guest(&arguments),
        Command::Debug(arguments) => debug_guest(&arguments),
        Command::Dap(arguments) => finish(dap::dap(&arguments), Terminal::new(true), false),
        Command::Bisect(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(bisect::bisect(&arguments, terminal), terminal, arguments.json)
        }
        Command::Whatif(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(whatif::whatif(&arguments, terminal), terminal, arguments.json)
        }
        Command::Export(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(export::export(&arguments, terminal), terminal, false)
        }
        Command::Replay(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(replay::replay(&arguments), terminal, arguments.json)
        }
        Command::Info(arguments) => {
            let terminal = Terminal::new(false);
            finish(info::info(&arguments), terminal, arguments.json)
        }
        Command::Disasm(arguments) => {
            finish(disasm::disasm(&arguments.file), Terminal::new(false), false)
        }
        Command::Repl(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(repl::repl(&arguments, terminal), terminal, false)
        }
        Command::Words(arguments) => {
            finish(words::words(&arguments), Terminal::new(false), arguments.json)
        }
        Command::Check(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(check::check(&arguments, terminal), terminal, arguments.json)
        }
        Command::Test(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(test::test(&arguments, terminal), terminal, arguments.json)
        }
        Command::Fmt(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(fmt::fmt(&arguments, terminal), terminal, false)
        }
        Command::Query(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(query::query(&arguments, terminal), terminal, false)
        }
        Command::Import(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(import::import(&arguments, terminal), terminal, false)
        }
        Command::Publish(arguments) => {
            let terminal = Terminal::new(arguments.no_color);
            finish(publish::publish(&arguments, terminal), terminal, arguments.json)
        }
        Command::History(arguments) => {
            finish(history::history(&arguments), Terminal::new(false), false)
        }
    })
}

/// `pvmr`: `palindrome run`.
#[must_use]
pub fn pvmr() -> ExitCode {
    enter::<Pvmr>(as_given, |arguments| run_guest(&arguments.run))
}

/// `pvmc`: `palindrome build`.
#[must_use]
pub fn pvmc() -> ExitCode {
    enter::<Pvmc>(as_given, |arguments| build_guest(&arguments.build))
}

/// `pvmd`: `palindrome debug`.
#[must_use]
pub fn pvmd() -> ExitCode {
    enter::<Pvmd>(as_given, |arguments| debug_guest(&arguments.debug))
}

fn run_guest(arguments: &RunArguments) -> u8 {
    let terminal = Terminal::new(arguments.no_color);
    finish(run::run(arguments, terminal), terminal, arguments.json)
}

fn build_guest(arguments: &BuildArguments) -> u8 {
    let terminal = Terminal::new(arguments.no_color);
    finish(build::build(arguments, terminal), terminal, arguments.json)
}

fn debug_guest(arguments: &DebugArguments) -> u8 {
    let terminal = Terminal::new(arguments.no_color);
    finish(debug::debug(arguments, terminal), terminal, false)
}

fn as_given(arguments: Vec<OsString>) -> Vec<OsString> {
    arguments
}

/// `help soc svd` and `help svd` are `words soc svd` and `words svd`, unless there is a command of that
/// name.
fn asking(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let asked = match &arguments[..] {
        [_, help, name, ..] if help == "help" => name.to_str(),
        _ => None,
    };
    let is_command = |name: &str| Palindrome::command().find_subcommand(name).is_some();
    if asked.is_some_and(|name| !is_command(name) && words::is_known(name)) {
        arguments[1] = "words".into();
    }
    arguments
}

/// Reads the command line; what is wrong with it is a usage error.
fn enter<A: Parser + CommandFactory + FromArgMatches>(
    prepare: impl FnOnce(Vec<OsString>) -> Vec<OsString>,
    go: impl FnOnce(A) -> u8,
) -> ExitCode {
    let arguments = prepare(std::env::args_os().collect());
    match A::try_parse_from(arguments) {
        Ok(arguments) => ExitCode::from(go(arguments)),
        Err(error) => {
            // A closed stream is nobody's concern here.
            let _printed = error.print();
            ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::OK })
        }
    }
}

/// The one place where an error becomes text and an exit code.
fn finish(result: Result<u8, CliError>, terminal: Terminal, is_json: bool) -> u8 {
    match result {
        Ok(code) => code,
        Err(error) => {
            error.report(terminal, is_json);
            error.exit_code()
        }
    }
}
