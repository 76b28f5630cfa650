//! Texts: objects of bytes, which are UTF-8 if they came from texts of a program.

use super::object::HEAD;
use super::value::Objects;
use super::{Call, Outcome};
use crate::trap::Trap;

impl Call<'_> {
    /// A new text of these bytes.
    pub(crate) fn new_text(&mut self, bytes: &[u8]) -> Result<i64, Trap> {
        Objects::make_text(self, bytes)
    }
}

pub(super) fn text_new(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (at, length) = (call.argument(0), call.argument(1));
    let size = usize::try_from(length).ok().filter(|_| length <= super::SIZE_MAX - HEAD);
    let bytes = call.read_bytes(at, size.ok_or(Trap::ObjectSize { size: length })?)?;
    call.new_text(&bytes).map(Outcome::Value)
}

pub(super) fn text_concat(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let mut text = call.text(call.argument(0))?;
    text.extend(call.text(call.argument(1))?);
    call.new_text(&text).map(Outcome::Value)
}

pub(super) fn text_compare(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (left, right) = (call.text(call.argument(0))?, call.text(call.argument(1))?);
    Ok(Outcome::Value(left.cmp(&right) as i64))
}

pub(super) fn text_of_int(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.argument(0).to_string();
    call.new_text(text.as_bytes()).map(Outcome::Value)
}

pub(super) fn text_of_float(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let value = f64::from_bits(call.argument(0).cast_unsigned());
    call.new_text(format!("{value:?}").as_bytes()).map(Outcome::Value)
}
