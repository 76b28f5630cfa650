//! What the library would make anew, done in place where nobody else can see it.

use achronyme_library::index::{Argument, position};
use achronyme_library::text::{self, Style};
use achronyme_library::{Fault, Store, View};

use super::Heap;
use crate::Value;
use crate::layout::{MASK, ObjectKind};
use crate::value::Tag;

impl Heap {
    /// `left + right` if the left one is a string, else `None`.
    pub(crate) fn joined(&mut self, left: Value, right: Value) -> Result<Option<Value>, Fault> {
        if !left.is(Tag::String) {
            return Ok(None);
        }
        if let Some(number) = right.as_number() {
            return self.concatenate_number(left, number).map(Some);
        }
        let right = if right.is(Tag::String) {
            right
        } else {
            let text = text::show(self, &right, Style::Plain)?;
            self.string_of(&text)?
        };
        self.concatenate(left, right).map(Some)
    }

    /// Does `slot[arguments] = value` if that changes one number of a real tensor. `false` if it is
    /// something else, or a mistake.
    pub(crate) fn tensor_set_at(
        &mut self,
        slot: &mut Value,
        arguments: &[Argument<Value>],
        value: Value,
    ) -> Result<bool, Fault> {
        let (View::Tensor, Some(number)) = (self.view(slot), value.as_number()) else {
            return Ok(false);
        };
        let Some(offset) = self.tensor_offset(*slot, arguments) else { return Ok(false) };
        self.tensor_set(slot, offset, number)
    }

    /// A number of a real tensor that is no mask, at one place of each axis. `None` if it is something
    /// else, or a mistake, or counted from the end.
    #[inline]
    pub(crate) fn tensor_at(&self, tensor: Value, places: &[Value]) -> Option<Value> {
        if !self.is_object(tensor, ObjectKind::Tensor) || self.has_flag(tensor, MASK) {
            return None;
        }
        let shape = self.tensor_shape(tensor);
        if shape.len() != places.len() {
            return None;
        }
        let mut offset = 0;
        for (place, &length) in places.iter().zip(shape) {
            let place = whole(*place).filter(|place| *place < length)?;
            offset = offset * length + place;
        }
        // A place of each axis is one of the numbers.
        let word = self.memory.get(self.first_number(tensor) + offset);
        Some(Value::number(f64::from_bits(word)))
    }

    /// The numbers of a real tensor with one axis, and no mask, from one place to before another. `None` if
    /// it is something else, or a mistake, or counted from the end.
    pub(crate) fn tensor_slice(
        &mut self,
        tensor: Value,
        [start, end]: [Value; 2],
    ) -> Result<Option<Value>, Fault> {
        if !self.is_object(tensor, ObjectKind::Tensor) || self.has_flag(tensor, MASK) {
            return Ok(None);
        }
        let (&[length], Some(start), Some(end)) =
            (self.tensor_shape(tensor), whole(start), whole(end))
        else {
            return Ok(None);
        };
        let (start, end) = (start.min(length), end.min(length));
        let count = end.saturating_sub(start);
        let (slice, at) = self.new_vector_with(count, count)?;
        let from = self.first_number(tensor) + start;
        self.memory.words_mut().copy_within(from..from + count, at);
        Ok(Some(slice))
    }

    /// Which number of a tensor the arguments mean, if it is one.
    fn tensor_offset(&self, tensor: Value, arguments: &[Argument<Value>]) -> Option<usize> {
        let shape = self.tensor_shape(tensor);
        if shape.len() != arguments.len() {
            return None;
        }
        let mut offset = 0;
        for (argument, &length) in arguments.iter().zip(shape) {
            let Argument::At(at) = argument else { return None };
            at.as_number()?;
            offset = offset * length + position(self, at, length).ok()?;
        }
        Some(offset)
    }
}

/// The whole number from 0 on that a value is. `None` if it is something else.
#[inline]
fn whole(value: Value) -> Option<usize> {
    let number = value.as_number()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "looked at")]
    let whole = number as usize;
    #[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "only if it is exact")]
    let is_whole = whole as f64 == number;
    is_whole.then_some(whole)
}
