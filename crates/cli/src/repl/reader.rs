//! Where the lines of an interactive session come from: a person, or a pipe.

use std::marker::PhantomData;

use reedline::{ValidationResult, Validator};

use crate::editor::{Editor, Entered, Names};
use crate::home;
use crate::interrupt;
use crate::repl::dialogue::Dialogue;
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
    pub(crate) fn new<G: Dialogue + 'static>(terminal: Terminal) -> Self {
        if !terminal.is_interactive {
            return Self::Pipe;
        }
        let names = Names::default();
        let history = Some(home::line_history(G::NAME));
        let editor = Editor::new(G::NAME, history, G::completer(names.clone()), terminal);
        let open = Box::new(Open::<G>(PhantomData));
        let editor = Box::new(editor.with_language(open, G::highlighter()));
        Self::Person { editor, names }
    }

    pub(crate) fn read<G: Dialogue>(&mut self, session: &mut Session<G>) -> Read {
        match self {
            Self::Person { editor, names } => {
                names.set(G::names(session.known(), session.machine()));
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
fn read_pipe<G: Dialogue>(session: &mut Session<G>) -> Read {
    let mut text: Option<String> = None;
    while let Some(line) = session.read_line() {
        let line = String::from_utf8_lossy(&line).into_owned();
        let joined = match text {
            Some(before) => before + "\n" + &line,
            None => line,
        };
        if is_complete::<G>(&joined) {
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
fn is_complete<G: Dialogue>(text: &str) -> bool {
    G::command(text).is_some() || !G::is_open(text)
}

/// Lets a text go on over lines as long as something in it is open.
struct Open<G>(PhantomData<fn() -> G>);

impl<G: Dialogue> Validator for Open<G> {
    fn validate(&self, line: &str) -> ValidationResult {
        if is_complete::<G>(line) {
            ValidationResult::Complete
        } else {
            ValidationResult::Incomplete
        }
    }
}
