//! What is done with values of any type, whose description is given.

use super::describe::{Bytes, WRITTEN_MAX};
use super::{Call, Outcome};
use crate::trap::Trap;
use crate::vm::Vm;

impl Bytes for Vm {
    fn fill(&self, at: i64, buffer: &mut [u8]) -> bool {
        self.tape.peek(at, buffer)
    }
}

pub(super) fn text_of_value(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (value, of) = (call.argument(0), call.argument(1));
    let text = call.typed().written(value, of, WRITTEN_MAX)?;
    call.new_text(text.as_bytes()).map(Outcome::Value)
}

pub(super) fn compare_values(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (left, right, of) = (call.argument(0), call.argument(1), call.argument(2));
    Ok(Outcome::Value(call.typed().compare(left, right, of)? as i64))
}

pub(super) fn fault(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.text(call.argument(0))?;
    Err(Trap::Raised { message: String::from_utf8_lossy(&text).into_owned() })
}

pub(super) fn reverse(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.text(call.argument(0))?;
    Err(Trap::Reversed { reason: String::from_utf8_lossy(&text).into_owned() })
}

pub(super) fn float_remainder(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let [left, right] = [0, 1].map(|index| f64::from_bits(call.argument(index).cast_unsigned()));
    Ok(Outcome::Value(crate::exec::from_f64(left % right)))
}
