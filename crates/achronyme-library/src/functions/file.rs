//! Files. The prelude makes futures of these functions; what cannot be done is an error as a value.

use machine::{Answer, Question};

use super::argument;
use super::world::{self, unexpected};
use crate::builtin::row::rows;
use crate::{Fault, Store};

rows! {
    /// What is in a file, or an error.
    116 _read_file("path") "" world ask_read, finish_read;
    /// Makes a text the content of a file.
    117 _write_file("path, text") "" world ask_write, finish_write;
    /// Adds a text to a file.
    118 _append_file("path, text") "" world ask_append, finish_append;
    /// Removes a file.
    119 _delete_file("path") "" world ask_delete, finish_delete;
    /// Whether there is a file.
    120 _exists("path") "" world ask_exists, finish_exists;
}

/// The bytes of an argument that is a string.
fn bytes<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<Vec<u8>, Fault> {
    let wanted = || format!("{name}() requires a string, got {}", store.kind(value).name());
    Ok(argument::text(store, value, wanted)?.as_bytes().to_vec())
}

fn ask_read<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::ReadFile(bytes(store, "read_file", &arguments[0])?))
}

fn finish_read<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => store.new_string(text),
            Err(_) => {
                let message = format!(
                    "Failed to read file '{}': it is no UTF-8 text",
                    store.text(&arguments[0])
                );
                world::error(store, world::IO, &message)
            }
        },
        _ => failed(store, "read", arguments, answer),
    }
}

fn ask_write<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let path = bytes(store, "write_file", &arguments[0])?;
    Ok(Question::WriteFile { path, content: bytes(store, "write_file", &arguments[1])? })
}

fn finish_write<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => failed(store, "write", arguments, answer),
    }
}

fn ask_append<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let path = bytes(store, "append_file", &arguments[0])?;
    Ok(Question::AppendFile { path, content: bytes(store, "append_file", &arguments[1])? })
}

fn finish_append<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.null()),
        _ => failed(store, "append to", arguments, answer),
    }
}

fn ask_delete<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::DeleteFile(bytes(store, "delete_file", &arguments[0])?))
}

fn finish_delete<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Done => Ok(store.boolean(true)),
        _ => failed(store, "delete", arguments, answer),
    }
}

fn ask_exists<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::FileExists(bytes(store, "exists", &arguments[0])?))
}

fn finish_exists<S: Store>(
    store: &mut S,
    _: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Integer(there) => Ok(store.boolean(*there != 0)),
        _ => Err(unexpected("exists", answer)),
    }
}

/// The error, as a value, that something could not be done to a file.
fn failed<S: Store>(
    store: &mut S,
    action: &str,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let reason = world::reason(answer).ok_or_else(|| unexpected(action, answer))?;
    let message = format!("Failed to {action} file '{}': {reason}", store.text(&arguments[0]));
    world::error(store, world::IO, &message)
}
