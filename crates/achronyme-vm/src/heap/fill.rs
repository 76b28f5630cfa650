//! Arrays whose numbers are written where they will lie, from numbers where they lie.

use achronyme_library::{Fault, Fill, Form, OPERANDS_MAX};

use super::Heap;
use crate::Value;
use crate::layout::ObjectKind;
use crate::value::{NUMBERS_END, Tag};

impl Heap {
    /// Where the numbers of a real tensor, or of a vector that has nothing but numbers, begin, and how
    /// many they are. O(length) for a vector.
    pub(crate) fn number_words(&self, value: Value) -> Option<(usize, usize)> {
        if value.is(Tag::Vector) {
            let (at, count) = (self.vector_data(value), self.vector_length(value));
            let words = &self.memory.words()[at..at + count];
            // In blocks, so that it is the processor's vectors that compare.
            let all = words
                .chunks(1024)
                .all(|block| block.iter().fold(true, |all, word| all & (*word < NUMBERS_END)));
            return all.then_some((at, count));
        }
        self.is_object(value, ObjectKind::Tensor).then(|| self.tensor_words(value))
    }

    /// An array whose numbers `fill` writes, seeing those of the operands.
    pub(crate) fn fill(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Value],
        fill: &mut Fill<'_>,
    ) -> Result<Value, Fault> {
        let size = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length));
        let Some(count) = size.filter(|size| *size <= self.limit() / size_of::<f64>()) else {
            return Err(Fault::out_of_memory(size.unwrap_or(usize::MAX).saturating_mul(8)));
        };
        let mut places = [(0, 0); OPERANDS_MAX];
        for (place, operand) in places.iter_mut().zip(operands) {
            *place = self.number_words(**operand).unwrap_or((0, 0));
        }
        let (value, at) = match form {
            Form::Vector => self.new_vector_with(count, count)?,
            Form::Tensor | Form::Mask => {
                self.tensor_room(ObjectKind::Tensor, shape, count, count)?
            }
        };
        let (before, rest) = self.memory.words_mut().split_at_mut(at);
        let (numbers, after) = rest.split_at_mut(count);
        let end = at + count;
        let views = places.map(|(from, length)| {
            // A new object shares no word with another.
            let words = match from.checked_sub(end) {
                Some(from) => &after[from..from + length],
                None => &before[from..from + length],
            };
            bytemuck::cast_slice(words)
        });
        fill(&views[..operands.len().min(OPERANDS_MAX)], bytemuck::cast_slice_mut(numbers));
        Ok(if form == Form::Mask { self.as_mask(value) } else { value })
    }
}
