//! Functions that ask the outside.

use achronyme_numeric::ErrorKind;
use machine::{Answer, Piece, Question, Stream};

use super::{Call, argument, plot, table};
use crate::builtin::row::rows;
use crate::text;
use crate::{
    Fault, Store, View, builtin, error, explain_function, function_overview, functions_like,
};

/// The kind of errors of files and streams.
pub(super) const IO: &str = "IOError";

rows! {
    /// Writes the texts of values, a blank between them, and ends the line.
    107 print("value, ...") "io" world ask_print, finish_write;
    /// Writes the texts of values, a blank between them, and ends the line; also of none.
    108 println("...") "io" world ask_print, finish_write;
    /// Writes the texts of values, a blank between them, without ending the line.
    109 write("value, ...") "io" world ask_write, finish_write;
    /// Reads a line of the input, without its end. At the end of the input null.
    110 read_line("") "io" world ask_line, finish_line;
    /// Seconds since 1970, with fractions.
    ///
    /// `time() > 0` → `true`
    111 time("") "io" world ask_time, finish_time;
    /// Seconds since some moment before the program began, with fractions. Nobody sets this clock, so
    /// that the difference of two times is the time between them.
    ///
    /// `do { let begin = clock(); clock() >= begin }` → `true`
    882 clock("") "io" world ask_clock, finish_time;
    /// The argument that the program was given at this place, from 0; null beyond the last.
    112 argument("index") "io" world ask_argument, finish_argument;
    /// Writes what there is to say about a function, or the functions of an area in a line each; without
    /// a name the names of all functions.
    810 help("name?") "io" world ask_help, finish_write;
}

/// The values with blanks between them, figures as plots, tables with their columns side by side.
fn line<S: Store>(store: &S, values: &[S::Value]) -> Result<String, Fault> {
    let mut line = String::new();
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            line.push(' ');
        }
        match plot::shown(store, value).or_else(|| table::shown(store, value, store.precision())) {
            Some(plot) => {
                // It begins a line of its own.
                if i > 0 {
                    line.truncate(line.len() - 1);
                    line.push('\n');
                }
                line.push_str(plot.trim_end_matches('\n'));
            }
            None => line.push_str(&text::printed(store, value)?),
        }
        text::check_length(&line)?;
    }
    Ok(line)
}

pub(super) fn output(text: String) -> Question {
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

pub(super) fn finish_write<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => Err(unexpected("Cannot write", answer)),
    }
}

fn ask_help<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let fault = |kind: ErrorKind, message: String| Fault { kind: kind.name(), message };
    let name = match arguments.first() {
        None => {
            let more = "\nhelp(\"svd\") explains a function, help(\"strings\") lists an area.\n";
            return Ok(output(function_overview() + more));
        }
        Some(name) => match store.view(name) {
            View::String => store.text(name),
            View::Builtin(index) => builtin(index).map_or("", |builtin| builtin.name),
            view => {
                let found = view.kind().name();
                let message = format!("help: name must be a string, got {found}");
                return Err(fault(ErrorKind::Type, message));
            }
        },
    };
    explain_function(name).map(output).ok_or_else(|| {
        let hint = functions_like(name, &[]).map(|hint| format!("; {hint}")).unwrap_or_default();
        let short: String = name.chars().take(60).collect();
        fault(ErrorKind::Value, format!("help: `{short}` is no function{hint}"))
    })
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

fn ask_clock<S: Store>(_: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::Elapsed)
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

/// The arguments of a call of the function with this name.
pub(super) fn call_of<S: Store>(
    store: &S,
    name: &'static str,
    arguments: &[S::Value],
) -> Result<Call<S::Value>, Fault> {
    let row = crate::find(name).and_then(builtin);
    Call::new(store, name, row.map_or("", |row| row.parameters), arguments)
}

/// The error that a function could not do something to a file.
pub(super) fn refused(name: &str, action: &str, path: &str, answer: &Answer) -> Fault {
    unexpected(&format!("{name}: cannot {action} '{path}'"), answer)
}

/// Asks for the content of the file whose path is the first argument.
pub(super) fn ask_content<S: Store>(
    store: &mut S,
    name: &'static str,
    arguments: &[S::Value],
) -> Result<Question, Fault> {
    let call = call_of(store, name, arguments)?;
    Ok(Question::ReadFile(call.text(store, 0)?.as_bytes().to_vec()))
}

/// The content of the file whose path is the first argument.
pub(super) fn content<'a, S: Store>(
    store: &S,
    name: &str,
    arguments: &[S::Value],
    answer: &'a Answer,
) -> Result<&'a [u8], Fault> {
    match answer {
        Answer::Bytes(bytes) => Ok(bytes),
        _ => Err(refused(name, "read", store.text(&arguments[0]), answer)),
    }
}

/// Null, once the file was written whose path is the first argument.
pub(super) fn written<S: Store>(
    store: &mut S,
    name: &str,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => Err(refused(name, "write", store.text(&arguments[0]), answer)),
    }
}

/// An error as a value.
pub(super) fn error<S: Store>(
    store: &mut S,
    kind: &'static str,
    message: &str,
) -> Result<S::Value, Fault> {
    error::from_fault(store, &Fault { kind, message: message.to_owned() })
}
