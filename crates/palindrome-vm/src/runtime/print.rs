//! Writing to `stdout`.

use machine::{Answer, Piece, Question, Stream};

use super::{Call, Outcome};
use crate::trap::Trap;

/// Asks for `bytes` to be written, or is done when they are.
fn print(call: &Call<'_>, bytes: Vec<u8>) -> Result<Outcome, Trap> {
    match call.answer() {
        None => Ok(Outcome::Asks(Question::Write(vec![Piece { stream: Stream::Output, bytes }]))),
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

pub(super) fn print_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    print(call, format!("{}\n", call.argument(0)).into_bytes())
}

pub(super) fn print_float(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let value = f64::from_bits(call.argument(0).cast_unsigned());
    print(call, format!("{value}\n").into_bytes())
}
