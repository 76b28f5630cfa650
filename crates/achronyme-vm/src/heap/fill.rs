//! Arrays whose numbers are written where they will lie, from numbers where they lie.

use achronyme_library::{Each, Effort, Fault, Fill, Form, OPERANDS_MAX, rewrite};

use super::Heap;
use crate::Value;
use crate::layout::{MASK, ObjectKind, SHARED};
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
        let mut views: [&[f64]; OPERANDS_MAX] = [&[]; OPERANDS_MAX];
        let count = operands.len().min(OPERANDS_MAX);
        for (view, (from, length)) in views.iter_mut().zip(places).take(count) {
            // A new object shares no word with another.
            let words = match from.checked_sub(end) {
                Some(from) => &after[from..from + length],
                None => &before[from..from + length],
            };
            *view = bytemuck::cast_slice(words);
        }
        fill(&views[..count], bytemuck::cast_slice_mut(numbers));
        Ok(if form == Form::Mask { self.as_mask(value) } else { value })
    }
    /// An operand that nobody will see again, for [`Self::fill_each`] to write over unless it is shared.
    pub(crate) fn spend(&mut self, operand: Value) {
        self.spent = Some(operand);
    }

    /// Every operand will be seen again.
    pub(crate) fn keep_operands(&mut self) {
        self.spent = None;
    }

    /// As [`Self::fill`], where each number depends only on those in the same place: over the operand
    /// that was spent, if the result is like it. Only one result can be.
    pub(crate) fn fill_each(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Value],
        (effort, each): (Effort, &Each<'_>),
    ) -> Result<Value, Fault> {
        if let Some(spent) = self.spent.take()
            && operands.contains(&&spent)
            && self.could_be(spent, form, shape)
            && self.refill(spent, operands, effort, each).is_some()
        {
            self.set_flag(spent, MASK, form == Form::Mask);
            return Ok(spent);
        }
        self.fill(form, shape, operands, &mut |numbers, out| each(numbers, out))
    }

    /// Whether an array that is not shared has this form and shape, but for being a mask.
    fn could_be(&self, array: Value, form: Form, shape: &[usize]) -> bool {
        let is_alike = match form {
            Form::Vector => array.is(Tag::Vector) && [self.vector_length(array)] == *shape,
            Form::Tensor | Form::Mask => {
                self.is_object(array, ObjectKind::Tensor) && self.tensor_shape(array) == shape
            }
        };
        is_alike && !self.has_flag(array, SHARED)
    }

    /// Writes over the numbers of an operand. `None` if another has more or fewer of them.
    fn refill(
        &mut self,
        spent: Value,
        operands: &[&Value],
        effort: Effort,
        each: &Each<'_>,
    ) -> Option<()> {
        let (at, count) = self.number_words(spent)?;
        let mut places = [None; OPERANDS_MAX];
        for (place, operand) in places.iter_mut().zip(operands) {
            if **operand != spent {
                let (from, length) = self.number_words(**operand)?;
                *place = (length == count).then_some(Some(from))?;
            }
        }
        self.memory.mark(at, at + count);
        let (before, rest) = self.memory.words_mut().split_at_mut(at);
        let (numbers, after) = rest.split_at_mut(count);
        let views = places.map(|place| {
            // Objects share no words.
            place.map(|from| match from.checked_sub(at + count) {
                Some(from) => bytemuck::cast_slice(&after[from..from + count]),
                None => bytemuck::cast_slice(&before[from..from + count]),
            })
        });
        let operands = operands.len().min(OPERANDS_MAX);
        rewrite(bytemuck::cast_slice_mut(numbers), &views[..operands], effort, each);
        Some(())
    }
}
