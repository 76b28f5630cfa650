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
            let number = place.as_number()?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "looked at"
            )]
            let place = number as usize;
            #[expect(
                clippy::cast_precision_loss,
                clippy::float_cmp,
                reason = "only if it is exact"
            )]
            let is_place = place < length && place as f64 == number;
            if !is_place {
                return None;
            }
            offset = offset * length + place;
        }
        self.tensor_numbers(tensor).get(offset).map(|number| Value::number(*number))
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
