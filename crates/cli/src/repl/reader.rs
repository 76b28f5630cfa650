//! Where the lines of an interactive session come from: a person, or a pipe.

use crate::editor::{Editor, Entered, Names};
use crate::home;
use crate::interrupt;
use crate::repl::command::Command;
use crate::repl::language::{Colours, Open, WordCompleter};
use crate::repl::session::Session;
use crate::terminal::Terminal;

/// What came of reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// A line; more than one, where the first leaves something open.
    Text(String),
    /// A line given up.
    Nothing,
    /// Ctrl-C in a pipe.
    Interrupted,
    End,
}

/// Reads lines.
pub(crate) enum Reader {
    Person { editor: Box<Editor>, names: Names },
    Pipe,
}

impl Reader {
    pub(crate) fn new(terminal: Terminal) -> Self {
        if !terminal.is_interactive {
            return Self::Pipe;
        }
        let names = Names::default();
        let completer = Box::new(WordCompleter::new(names.clone()));
        let history = Some(home::line_history("tacit"));
        let editor = Editor::new("tacit", history, completer, terminal);
        let editor = Box::new(editor.with_language(Box::new(Open), Box::new(Colours)));
        Self::Person { editor, names }
    }

    pub(crate) fn read(&mut self, session: &mut Session) -> Read {
        match self {
            Self::Person { editor, names } => {
                names.set(tacit::words(session.machine().memory()));
                let entered = editor.read();
                // What was meant for the line that is over.
                interrupt::take();
                match entered {
                    Entered::Line(line) => Read::Text(line),
                    Entered::Nothing => Read::Nothing,
                    Entered::End => Read::End,
                }
            }
            Self::Pipe => read_pipe(session),
        }
    }
}

/// Lines up to where nothing is open, or up to the end.
fn read_pipe(session: &mut Session) -> Read {
    let mut text: Option<String> = None;
    while let Some(line) = session.read_line() {
        let line = String::from_utf8_lossy(&line).into_owned();
        let joined = match text {
            Some(before) => before + "\n" + &line,
            None => line,
        };
        if is_complete(&joined) {
            return Read::Text(joined);
        }
        text = Some(joined);
    }
    if interrupt::is_wanted() {
        return Read::Interrupted;
    }
    text.map_or(Read::End, Read::Text)
}

/// Whether nothing is open at the end of a text.
pub(crate) fn is_complete(text: &str) -> bool {
    Command::parse(text).is_some() || tacit::is_complete(text)
}
