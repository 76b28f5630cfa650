//! `palindrome repl`: an interactive session with Tacit, in which every line can be undone.
//!
//! On a terminal a person types, with editing and completion; in a pipe the lines are a script: no
//! prompt, and a line that fails does not stop it, but shows in the exit code.

mod command;
mod language;
mod reader;
mod session;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::arguments::ReplArguments;
use crate::error::{CliError, exit, render};
use crate::files;
use crate::interrupt;
use crate::kind::LATER;
use crate::terminal::Terminal;
use crate::words;
use command::{COMMANDS, Command};
use reader::{Read, Reader};
use session::{Ran, Session};

pub(crate) fn repl(arguments: &ReplArguments, terminal: Terminal) -> Result<u8, CliError> {
    let file = file(arguments)?;
    interrupt::listen();
    let mut repl = Repl {
        reader: Reader::new(terminal),
        terminal,
        is_checking: arguments.check,
        has_failed: false,
    };
    let mut session = Session::new(arguments, terminal)?;
    if terminal.is_interactive {
        let kilobytes = session.machine().memory().layout().bytes() >> 10;
        session.say(&format!(
            "Tacit, {kilobytes} KB. `help` explains, `undo` takes a line back, Ctrl-D ends.\n"
        ))?;
    }
    if let Some(path) = file {
        repl.load(&mut session, &path)?;
    }
    repl.talk(session)
}

/// The file to begin with, if one is named rather than a guest.
fn file(arguments: &ReplArguments) -> Result<Option<PathBuf>, CliError> {
    let Some(what) = &arguments.what else { return Ok(None) };
    let name = what.to_string_lossy().to_lowercase();
    if name == "tacit" {
        return Ok(None);
    }
    let is_later =
        |(ending, guest): &(&str, &str)| name == ending[1..] || name == guest.to_lowercase();
    if let Some((_, guest)) = LATER.iter().find(|row| is_later(row)) {
        return Err(CliError::Usage(format!("{guest} has no interactive session yet")));
    }
    if name == "pvm" {
        let message = "programs of the tape machine have no interactive session: debug them";
        return Err(CliError::Usage(message.to_owned()));
    }
    match crate::guest::of_program(what)? {
        (crate::guest::GuestName::Tacit, crate::kind::Form::Source) => Ok(Some(what.clone())),
        _ => {
            let message = format!("{}: a session begins with a text (.tacit)", what.display());
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
    fn talk(&mut self, mut session: Session) -> Result<u8, CliError> {
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
            match Command::read(&text, session.machine()) {
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

    fn carry_out(&mut self, command: &Command<'_>, session: &mut Session) -> Result<(), CliError> {
        match command {
            Command::Help("") => session.say(&overview()),
            Command::Help(word) => match words::explain(word, session.machine().memory()) {
                Some(text) => session.say(&text),
                None => self.fail(session, &words::unknown(word, Some(session.machine().memory()))),
            },
            Command::Words => session.say(&words::own(session.machine().memory())),
            Command::Stack => session.show_stack(),
            Command::Undo => match session.undo() {
                Some(text) => self.moved(session, "undone", &text),
                None => self.fail(session, "there is nothing to undo"),
            },
            Command::Redo => match session.redo() {
                Some(text) => self.moved(session, "done again", &text),
                None => self.fail(session, "there is nothing to do again"),
            },
            Command::Load(path) => self.load(session, Path::new(path)),
            // The caller has taken these.
            Command::Exit | Command::Debug => Ok(()),
        }
    }

    fn moved(&self, session: &mut Session, what: &str, text: &str) -> Result<(), CliError> {
        let line = text.lines().next().unwrap_or_default();
        let more = if text.lines().nth(1).is_some() { " …" } else { "" };
        session.say(&format!("{what}: {line}{more}\n"))?;
        session.show_stack()
    }

    /// Runs a file as one line.
    fn load(&mut self, session: &mut Session, path: &Path) -> Result<(), CliError> {
        match files::read_text(path) {
            Ok(text) => self.run(session, Some(path.display().to_string()), &text).map(drop),
            Err(error) => self.fail(session, &error.to_string()),
        }
    }

    /// Runs a text and shows the stack; says with which code to end, if that is to be.
    fn run(
        &mut self,
        session: &mut Session,
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
        if let Some(text) = told {
            self.has_failed = true;
            session.complain(&text)?;
        }
        for found in session.damage().filter(|_| self.is_checking).unwrap_or_default() {
            code = Some(exit::DAMAGE);
            session.complain(&format!("{} {found}\n", self.terminal.red("damaged:")))?;
        }
        session.show_stack()?;
        Ok(code)
    }

    fn fail(&mut self, session: &mut Session, text: &str) -> Result<(), CliError> {
        self.has_failed = true;
        session.complain(&format!("{} {text}\n", self.terminal.red("error:")))
    }
}

/// The commands, and the words by what they are about.
fn overview() -> String {
    let mut text = String::from(
        "What is typed is run, and the stack is shown. Besides there are these commands:\n",
    );
    for (usage, summary) in COMMANDS {
        let _ = writeln!(text, "  {usage:<12} {summary}");
    }
    text.push('\n');
    text + &words::overview()
}
