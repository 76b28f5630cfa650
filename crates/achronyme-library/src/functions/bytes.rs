//! Files as bytes.

use machine::{Answer, Question};

use super::world::{self, call_of, written};
use crate::builtin::row::rows;
use crate::numbers::is_integer;
use crate::{Fault, Store};

rows! {
    /// The bytes of a file, as a tensor of numbers from 0 to 255.
    ///
    /// `try { read_bytes("no such file") } catch (e) { e.kind }` → `"IOError"`
    867 read_bytes("path") "io" world ask_read, finish_read;
    /// Makes these bytes the content of a file: a vector or tensor of integers from 0 to 255.
    868 write_bytes("path, bytes") "io" world ask_write, finish_write;
}

fn ask_read<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    world::ask_content(store, "read_bytes", arguments)
}

fn finish_read<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let bytes = world::content(store, "read_bytes", arguments, answer)?;
    store.room(bytes.len().saturating_mul(2 * size_of::<f64>()))?;
    let numbers: Vec<f64> = bytes.iter().map(|byte| f64::from(*byte)).collect();
    store.new_tensor(&[numbers.len()], &numbers)
}

fn ask_write<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "write_bytes", arguments)?;
    let path = call.text(store, 0)?.as_bytes().to_vec();
    let numbers = store.numbers(call.at(1)?);
    let numbers = numbers.ok_or_else(|| call.wanted(store, 1, "a vector or tensor of numbers"))?;
    let byte = |number: &f64| {
        if !is_integer(*number) || !(0.0..=255.0).contains(number) {
            let message = format!("a byte is an integer from 0 to 255, got {number}");
            return Err(call.value_error(message));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it fits")]
        let byte = *number as u8;
        Ok(byte)
    };
    let content = numbers.iter().map(byte).collect::<Result<_, _>>()?;
    Ok(Question::WriteFile { path, content })
}

fn finish_write<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    written(store, "write_bytes", arguments, answer)
}
