//! Functions that ask the outside.

use machine::{Answer, Piece, Question, Stream};

use super::{argument, plot};
use crate::builtin::row::rows;
use crate::text::{self, Style};
use crate::{Fault, Store, error};

/// The kind of errors of files and streams.
pub(super) const IO: &str = "IOError";

rows! {
    /// Writes the texts of values, a blank between them, and ends the line.
    107 print("value, ...") "" world ask_print, finish_write;
    /// Writes the texts of values, a blank between them, and ends the line; also of none.
    108 println("...") "" world ask_print, finish_write;
    /// Writes the texts of values, a blank between them, without ending the line.
    109 write("value, ...") "io" world ask_write, finish_write;
    /// Reads a line of the input, without its end. At the end of the input null.
    110 read_line("") "io" world ask_line, finish_line;
    /// Seconds since 1970, with fractions.
    ///
    /// `time() > 0` → `true`
    111 time("") "io" world ask_time, finish_time;
    /// The argument that the program was given at this place, from 0; null beyond the last.
    112 argument("index") "io" world ask_argument, finish_argument;
}

/// The values with blanks between them, figures as plots.
fn line<S: Store>(store: &S, values: &[S::Value]) -> Result<String, Fault> {
    let mut line = String::new();
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        match plot::shown(store, value) {
            Some(plot) => {
                // A plot begins a line of its own.
                if i > 0 {
                    line.truncate(line.len() - 1);
                    line.push('\n');
                }
                line.push_str(plot.trim_end_matches('\n'));
            }
            None => line.push_str(&text::show(store, value, Style::Plain)?),
        }
        text::check_length(&line)?;
    }
    Ok(line)
}

fn output(text: String) -> Question {
    Question::Write(vec![Piece { stream: Stream::Output, bytes: text.into_bytes() }])
}

fn ask_print<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let mut line = line(store, arguments)?;
    line.push('\n');
    Ok(output(line))
}

fn ask_write<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(output(line(store, arguments)?))
}

fn finish_write<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => Err(unexpected("Cannot write", answer)),
    }
}

fn ask_line<S: Store>(_: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::ReadLine)
}

fn finish_line<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    text_or_null(store, "Cannot read", answer)
}

fn ask_time<S: Store>(_: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::Clock)
}

fn finish_time<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        #[expect(clippy::cast_precision_loss, reason = "nanoseconds are finer than anybody needs")]
        Answer::Integer(nanoseconds) => Ok(store.number(*nanoseconds as f64 / 1e9)),
        _ => Err(unexpected("time", answer)),
    }
}

fn ask_argument<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let index = argument::count(store, &arguments[0], || {
        "argument() index must be a non-negative integer".to_owned()
    })?;
    Ok(Question::Argument(u32::try_from(index).unwrap_or(u32::MAX)))
}

fn finish_argument<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    text_or_null(store, "Cannot read arguments", answer)
}

/// The bytes of an answer as a string, what is no UTF-8 replaced; null if there are none.
pub(super) fn text_or_null<S: Store>(
    store: &mut S,
    what: &str,
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Bytes(bytes) => store.new_string(&String::from_utf8_lossy(bytes)),
        Answer::Nothing => Ok(store.null()),
        _ => Err(unexpected(what, answer)),
    }
}

pub(super) fn failed(what: &str, reason: &str) -> Fault {
    Fault { kind: IO, message: format!("{what}: {reason}") }
}

/// Why something could not be done, if the answer says that.
pub(super) fn reason(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Failed(failure) => Some(failure.to_string()),
        Answer::Refused(_, reason) => Some(reason.clone()),
        _ => None,
    }
}

/// The error that something could not be done, or that a recording answers another question than
/// was asked.
pub(super) fn unexpected(what: &str, answer: &Answer) -> Fault {
    failed(what, &reason(answer).unwrap_or_else(|| "an answer to another question".to_owned()))
}

/// An error as a value.
pub(super) fn error<S: Store>(
    store: &mut S,
    kind: &'static str,
    message: &str,
) -> Result<S::Value, Fault> {
    error::from_fault(store, &Fault { kind, message: message.to_owned() })
}
