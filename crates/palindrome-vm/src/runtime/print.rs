//! Writing to `stdout`. Inside of a savepoint that is only noted on the tape, in the segment `output`:
//! its length, then its bytes. They are handed over when the last savepoint is released.

use machine::{Answer, Piece, Question, Stream};

use super::{Call, Outcome};
use crate::layout::{OUTPUT, WORD};
use crate::trap::Trap;

/// Asks for `bytes` to be written, or is done when they are.
fn print(call: &mut Call<'_>, bytes: Vec<u8>) -> Result<Outcome, Trap> {
    if call.is_in_savepoint() {
        let length = call.read_word(OUTPUT.start)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let at = OUTPUT.start.saturating_add(WORD).saturating_add(length);
        if length < 0 || at > OUTPUT.end - size {
            return Err(Trap::OutputFull);
        }
        call.write_bytes(at, &bytes)?;
        call.write_word(OUTPUT.start, length + size)?;
        return Ok(Outcome::Done);
    }
    write(call, Stream::Output, bytes)
}

fn write(call: &Call<'_>, stream: Stream, bytes: Vec<u8>) -> Result<Outcome, Trap> {
    match call.answer() {
        None => Ok(Outcome::Asks(Question::Write(vec![Piece { stream, bytes }]))),
        Some(Answer::Done) => Ok(Outcome::Done),
        Some(_) => Err(Trap::BadAnswer),
    }
}

pub(super) fn print_text(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.text(call.argument(0))?;
    print(call, text)
}

pub(super) fn print_line(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let mut text = call.text(call.argument(0))?;
    text.push(b'\n');
    print(call, text)
}

pub(super) fn print_error(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let mut text = call.text(call.argument(0))?;
    text.push(b'\n');
    write(call, Stream::Error, text)
}

pub(super) fn print_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    print(call, format!("{}\n", call.argument(0)).into_bytes())
}

pub(super) fn print_float(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let value = f64::from_bits(call.argument(0).cast_unsigned());
    print(call, format!("{value}\n").into_bytes())
}
