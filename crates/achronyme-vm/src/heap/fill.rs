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
        let (value, at) = match self.take_spent(false, form, shape) {
            Some(array) => (array, self.data(array)),
            None if form == Form::Vector => self.new_vector_with(count, count)?,
            None => self.tensor_room(ObjectKind::Tensor, shape, count, count)?,
        };
        // Of a new one they are marked already.
        self.memory.mark(at, at + count);
        let (numbers, others) = self.numbers_and_others(at, count);
        let mut views: [&[f64]; OPERANDS_MAX] = [&[]; OPERANDS_MAX];
        let used = operands.len().min(OPERANDS_MAX);
        for (view, (from, length)) in views.iter_mut().zip(places).take(used) {
            *view = others.at(from, length);
        }
        fill(&views[..used], numbers);
        if form != Form::Vector {
            self.set_flag(value, MASK, form == Form::Mask);
        }
        Ok(value)
    }

    /// As [`Self::fill`], where each number depends only on those in the same place: over the operand
    /// that was spent, if the result is like it.
    pub(crate) fn fill_each(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Value],
        (effort, each): (Effort, &Each<'_>),
    ) -> Result<Value, Fault> {
        if let Some(spent) = self.take_spent(true, form, shape)
            && self.refill(spent, operands, effort, each).is_some()
        {
            if form != Form::Vector {
                self.set_flag(spent, MASK, form == Form::Mask);
            }
            return Ok(spent);
        }
        self.fill(form, shape, operands, &mut |numbers, out| each(numbers, out))
    }

    /// An operand that nobody will see again: the next result may be written over it.
    pub(crate) fn spend(&mut self, operand: Value) {
        self.spent = Spent::Operand(operand);
    }

    /// What is no operand, likewise.
    pub(crate) fn let_go(&mut self, value: Value) {
        self.spent = Spent::Other(value);
    }

    /// All will be seen again.
    pub(crate) fn keep_operands(&mut self) {
        self.spent = Spent::None;
    }

    /// What a result of this form and shape may be written over, be it an operand or not: only one
    /// result can be.
    fn take_spent(&mut self, is_operand: bool, form: Form, shape: &[usize]) -> Option<Value> {
        let array = match self.spent {
            Spent::Operand(operand) if is_operand => operand,
            Spent::Other(value) if !is_operand => value,
            Spent::None | Spent::Operand(_) | Spent::Other(_) => return None,
        };
        self.spent = Spent::None;
        let is_alike = match form {
            Form::Vector => array.is(Tag::Vector) && [self.vector_length(array)] == *shape,
            Form::Tensor | Form::Mask => {
                self.is_object(array, ObjectKind::Tensor) && self.tensor_shape(array) == shape
            }
        };
        (is_alike && !self.has_flag(array, SHARED)).then_some(array)
    }

    /// The first word of the elements or numbers.
    fn data(&self, array: Value) -> usize {
        if array.is(Tag::Vector) { self.vector_data(array) } else { self.tensor_words(array).0 }
    }

    /// Writes over the numbers of an operand. `None` if it is none, or another one has more or fewer
    /// of them.
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
        let used = operands.len().min(OPERANDS_MAX);
        if places[..used].iter().all(Option::is_some) {
            return None;
        }
        self.memory.mark(at, at + count);
        let (numbers, others) = self.numbers_and_others(at, count);
        let views = places.map(|place| place.map(|from| others.at(from, count)));
        rewrite(numbers, &views[..used], effort, each);
        Some(())
    }

    /// The numbers in these words, for writing, and all other words.
    fn numbers_and_others(&mut self, at: usize, count: usize) -> (&mut [f64], Others<'_>) {
        let (before, rest) = self.memory.words_mut().split_at_mut(at);
        let (numbers, after) = rest.split_at_mut(count);
        (bytemuck::cast_slice_mut(numbers), Others { before, after, end: at + count })
    }
}

/// What a result may be written over.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spent {
    /// Nothing.
    None,
    /// One of the operands.
    Operand(Value),
    /// What is no operand.
    Other(Value),
}

/// The words before and after those of an object, which shares none with others.
struct Others<'a> {
    before: &'a [u64],
    after: &'a [u64],
    end: usize,
}

impl<'a> Others<'a> {
    /// The numbers in so many words.
    fn at(&self, from: usize, count: usize) -> &'a [f64] {
        bytemuck::cast_slice(match from.checked_sub(self.end) {
            Some(from) => &self.after[from..from + count],
            None => &self.before[from..from + count],
        })
    }
}
