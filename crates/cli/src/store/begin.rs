//! A program that begins with what is on a tape, and writes nothing to it: for the debugger.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::{frame, read};
use crate::error::CliError;
use crate::guest::{Guest as _, LoadOptions};
use crate::palindrome::Palindrome;
use crate::terminal::Terminal;

/// The same program, which begins with what is on the tape.
pub(crate) fn begin(loaded: &Palindrome, tape: &Path) -> Result<Palindrome, CliError> {
    let content = read(tape)?.content;
    Ok(loaded.with_past(content.state()?, Arc::new(content.past))?)
}

/// The program that wrote to a tape last, which begins with what is on it.
pub(crate) fn last_program(
    tape: &Path,
    options: &LoadOptions,
    terminal: Terminal,
) -> Result<Palindrome, CliError> {
    let text = read(tape)?.content.text;
    if text.text.is_empty() {
        let message =
            format!("{}: no program has written to it: give one behind it", tape.display());
        return Err(CliError::Usage(message));
    }
    let options = LoadOptions { tape: Some(tape.to_owned()), ..options.clone() };
    begin(&Palindrome::compile(&text.name, &text.text, &options, terminal)?, tape)
}

/// Whether a file is a tape.
pub(crate) fn is_tape(path: &Path) -> bool {
    let mut bytes = [0; frame::MAGIC.len()];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut bytes));
    read.is_ok() && bytes == frame::MAGIC
}
