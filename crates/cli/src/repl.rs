//! `palindrome repl`: an interactive session with a guest, in which every line can be undone.
//!
//! On a terminal a person types, with editing and completion; in a pipe the lines are a script: no
//! prompt, and a line that fails does not stop it, but shows in the exit code.

mod achronyme;
mod achronyme_text;
mod command;
mod dialogue;
mod palindrome;
mod palindrome_text;
mod reader;
mod session;
mod shown;
mod tacit;
mod tacit_text;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::achronyme::Achronyme;
use crate::arguments::ReplArguments;
use crate::error::{CliError, exit, render};
use crate::files;
use crate::guest::{self, Guest, GuestName};
use crate::interrupt;
use crate::kind::Form;
use crate::palindrome::Palindrome;
use crate::pvm::Pvm;
use crate::tacit::Tacit;
use crate::terminal::Terminal;
use command::Command;
use dialogue::Dialogue;
use reader::{Read, Reader};
use session::{Ran, Session};

pub(crate) fn repl(arguments: &ReplArguments, terminal: Terminal) -> Result<u8, CliError> {
    let (guest, file) = wanted(arguments)?;
    if arguments.tape.is_some() && guest != GuestName::Palindrome {
        let message = "--tape is for sessions in Palindrome: add --lang pal".to_owned();
        return Err(CliError::Usage(message));
    }
    match guest {
        GuestName::Tacit => converse::<Tacit>(file.as_deref(), arguments, terminal),
        GuestName::Achronyme => converse::<Achronyme>(file.as_deref(), arguments, terminal),
        GuestName::Palindrome => converse::<Palindrome>(file.as_deref(), arguments, terminal),
        GuestName::Pvm => {
            let name = Pvm::NAME;
            let message = format!("programs of {name} have no interactive session: debug them");
            Err(CliError::Usage(message))
        }
    }
}

fn converse<G: Dialogue + 'static>(
    file: Option<&Path>,
    arguments: &ReplArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    interrupt::listen();
    let mut repl = Repl {
        reader: Reader::new::<G>(terminal),
        terminal,
        is_checking: arguments.check,
        has_failed: false,
    };
    let (mut session, greeting) = Session::<G>::new(arguments, terminal)?;
    if arguments.check && session.damage().is_none() {
        let message = format!("--check: {} has no heap to check", G::NAME);
        return Err(CliError::Usage(message));
    }
    if terminal.is_interactive {
        session.say(&greeting)?;
    }
    if let Some(path) = file {
        repl.load(&mut session, path)?;
    }
    repl.talk(session)
}

/// The guest to talk to, and the file to begin with, if one is named rather than a guest.
fn wanted(arguments: &ReplArguments) -> Result<(GuestName, Option<PathBuf>), CliError> {
    let language = arguments.language;
    // A tape tells the language.
    let usual = if arguments.tape.is_some() { GuestName::Palindrome } else { GuestName::Tacit };
    let Some(what) = &arguments.what else {
        return Ok((language.unwrap_or(usual), None));
    };
    let name = what.to_string_lossy();
    if let Some(guest) = GuestName::spoken(&name) {
        return Ok((guest, None));
    }
    match guest::of_program(what)? {
        (guest, Form::Source) if language.is_none_or(|language| language == guest) => {
            Ok((guest, Some(what.clone())))
        }
        _ => {
            let message =
                format!("{}: a session begins with a text (.tacit, .soc or .pal)", what.display());
            Err(CliError::Usage(message))
        }
    }
}

/// What a session is talked to with.
struct Repl {
    reader: Reader,
    terminal: Terminal,
    is_checking: bool,
    /// Whether a line has failed.
    has_failed: bool,
}

impl Repl {
    fn talk<G: Dialogue>(&mut self, mut session: Session<G>) -> Result<u8, CliError> {
        loop {
            let text = match self.reader.read(&mut session) {
                Read::Text(text) => text,
                Read::Nothing => continue,
                Read::Interrupted => return Ok(exit::INTERRUPTED),
                Read::End => break,
            };
            if text.trim().is_empty() {
                continue;
            }
            match command(&text, &session) {
                Some(Command::Exit) => break,
                Some(Command::Debug) => session = session.debug()?,
                Some(command) => self.carry_out(&command, &mut session)?,
                None => {
                    if let Some(code) = self.run(&mut session, None, &text)? {
                        return Ok(code);
                    }
                }
            }
        }
        if self.terminal.is_interactive {
            session.say("")?;
            return Ok(exit::OK);
        }
        Ok(if self.has_failed { exit::FAILED } else { exit::OK })
    }

    fn carry_out<G: Dialogue>(
        &mut self,
        command: &Command<'_>,
        session: &mut Session<G>,
    ) -> Result<(), CliError> {
        match command {
            Command::Help("") => session.say(&overview::<G>()),
            Command::Help(name) => match G::explain(session.known(), session.machine(), name) {
                Ok(text) => session.say(&text),
                Err(text) => match usage::<G>(name) {
                    Some(usage) => session.say(&usage),
                    None => self.fail(session, &text),
                },
            },
            Command::Names => {
                let names = G::declared(session.known(), session.machine());
                session.say(&names)
            }
            Command::State => session.show_result(false),
            Command::Undo => match session.undo()? {
                Some(text) => self.moved(session, "undone", &text),
                None => self.fail(session, "there is nothing to undo"),
            },
            Command::Redo => match session.redo()? {
                Some(text) => self.moved(session, "done again", &text),
                None => self.fail(session, "there is nothing to do again"),
            },
            Command::Load(path) => self.load(session, Path::new(path)),
            Command::Unknown(line) => {
                let line = line.lines().next().unwrap_or_default();
                self.fail(session, &format!("there is no command `{line}`; `:help` lists them"))
            }
            // The caller has taken these.
            Command::Exit | Command::Debug => Ok(()),
        }
    }

    fn moved<G: Dialogue>(
        &self,
        session: &mut Session<G>,
        what: &str,
        text: &str,
    ) -> Result<(), CliError> {
        let line = text.lines().next().unwrap_or_default();
        let more = if text.lines().nth(1).is_some() { " …" } else { "" };
        session.say(&format!("{what}: {line}{more}\n"))?;
        session.show_result(true)
    }

    /// Runs a file as one line.
    fn load<G: Dialogue>(&mut self, session: &mut Session<G>, path: &Path) -> Result<(), CliError> {
        match files::read_text(path) {
            Ok(text) => self.run(session, Some(path.display().to_string()), &text).map(drop),
            Err(error) => self.fail(session, &error.to_string()),
        }
    }

    /// Runs a text and shows what comes of it; says with which code to end, if that is to be.
    fn run<G: Dialogue>(
        &mut self,
        session: &mut Session<G>,
        name: Option<String>,
        text: &str,
    ) -> Result<Option<u8>, CliError> {
        let mut code = None;
        let told = match session.run(name, text)? {
            Ran::Done => None,
            Ran::Wrong(bad) => Some(render(&bad, self.terminal)),
            Ran::Failed(text) => Some(text),
            Ran::Interrupted(place) => {
                code = (!self.terminal.is_interactive).then_some(exit::INTERRUPTED);
                Some(format!("interrupted at {place}\n"))
            }
            Ran::Closed => return Err(CliError::Closed),
        };
        let has_failed = told.is_some();
        if let Some(text) = told {
            self.has_failed = true;
            session.complain(&text)?;
        }
        for found in session.damage().filter(|_| self.is_checking).unwrap_or_default() {
            code = Some(exit::DAMAGE);
            session.complain(&format!("{} {found}\n", self.terminal.red("damaged:")))?;
        }
        session.show_result(has_failed)?;
        Ok(code)
    }

    fn fail<G: Dialogue>(&mut self, session: &mut Session<G>, text: &str) -> Result<(), CliError> {
        self.has_failed = true;
        session.complain(&format!("{} {text}\n", self.terminal.red("error:")))
    }
}

/// The command that a line is, if it is one. A name that the user has declared goes first.
fn command<'a, G: Dialogue>(line: &'a str, session: &Session<G>) -> Option<Command<'a>> {
    let command = G::command(line)?;
    let name = line.split_whitespace().next().unwrap_or_default();
    let function = name.strip_suffix("()");
    let is_taken = G::is_declared(session.known(), session.machine(), function.unwrap_or(name));
    (!is_taken || (command == Command::Exit && function.is_none())).then_some(command)
}

/// What a command does.
fn usage<G: Dialogue>(name: &str) -> Option<String> {
    let word = |usage: &'static str| usage.trim_start_matches(':').split(' ').next();
    let mut commands = G::COMMANDS.iter();
    let (usage, summary) =
        commands.find(|(usage, _)| word(usage) == Some(name.trim_start_matches(':')))?;
    Some(format!("{usage}  {summary}\n"))
}

/// The commands, and what is always there by what it is about.
fn overview<G: Dialogue>() -> String {
    let mut text = format!("{} Besides there are these commands:\n", G::ABOUT);
    for (usage, summary) in G::COMMANDS {
        let _ = writeln!(text, "  {usage:<12} {summary}");
    }
    text.push('\n');
    text + &G::overview()
}
