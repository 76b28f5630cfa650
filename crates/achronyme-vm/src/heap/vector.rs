//! Vectors: values in a row, changed in place unless more than one place refers to them.
//!
//! Every change is given the place that refers to the vector, because a shared one is copied first,
//! and the copy put there.

use achronyme_library::Fault;

use super::Heap;
use super::memory::PAGE;
use crate::Value;
use crate::layout::{Header, ObjectKind, SHARED, vector};
use crate::value::Tag;

impl Heap {
    /// A vector of these values, which are not marked as shared.
    pub(crate) fn vector_of(&mut self, elements: &[Value]) -> Result<Value, Fault> {
        let (vector, data) = self.new_vector_with(elements.len(), elements.len())?;
        self.write_values(data, elements);
        Ok(vector)
    }

    /// How many elements it has.
    #[inline]
    pub(crate) fn vector_length(&self, vector: Value) -> usize {
        self.get_index(vector.at() + vector::LENGTH)
    }

    /// The first word of its elements.
    #[inline]
    pub(crate) fn vector_data(&self, vector: Value) -> usize {
        self.get_index(vector.at() + vector::DATA)
    }

    /// Its elements.
    #[inline]
    pub(crate) fn vector_elements(&self, vector: Value) -> &[Value] {
        self.values(self.vector_data(vector), self.vector_length(vector))
    }

    /// Changes an element. `false` if there is none with this index.
    pub(crate) fn vector_set(
        &mut self,
        slot: &mut Value,
        index: usize,
        value: Value,
    ) -> Result<bool, Fault> {
        if index >= self.vector_length(*slot) {
            return Ok(false);
        }
        self.vector_unshare(slot)?;
        self.set(self.vector_data(*slot) + index, value);
        Ok(true)
    }

    /// Puts a copy in the slot if the vector is shared. What is in both is shared then.
    pub(crate) fn vector_unshare(&mut self, slot: &mut Value) -> Result<(), Fault> {
        if self.has_flag(*slot, SHARED) {
            let length = self.vector_length(*slot);
            *slot = self.vector_copy(*slot, length)?;
        }
        Ok(())
    }

    /// Adds an element at the end.
    pub(crate) fn vector_push(&mut self, slot: &mut Value, value: Value) -> Result<(), Fault> {
        self.vector_reserve(slot, 1)?;
        let length = self.vector_length(*slot);
        self.set(self.vector_data(*slot) + length, value);
        self.set_length(*slot, length + 1);
        Ok(())
    }

    /// The vector of the whole numbers from one to another.
    pub(crate) fn vector_range(&mut self, first: f64, last: f64) -> Result<Value, Fault> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let count = (last - first + 1.0).max(0.0) as usize;
        let mut vector = self.vector_of(&[])?;
        self.vector_reserve(&mut vector, count)?;
        let data = self.vector_data(vector);
        self.memory.mark(data, data + count);
        let mut number = first;
        for word in &mut self.memory.words_mut()[data..data + count] {
            *word = Value::number(number).0;
            number += 1.0;
        }
        self.set_length(vector, count);
        Ok(vector)
    }

    /// Adds all elements of another vector, or of the same, at the end. They are shared then.
    pub(crate) fn vector_extend(&mut self, slot: &mut Value, other: Value) -> Result<(), Fault> {
        let (from, count) = (self.vector_data(other), self.vector_length(other));
        self.share_values(from, count);
        self.vector_reserve(slot, count)?;
        let length = self.vector_length(*slot);
        let to = self.vector_data(*slot) + length;
        self.memory.mark(to, to + count);
        self.memory.words_mut().copy_within(from..from + count, to);
        self.set_length(*slot, length + count);
        Ok(())
    }

    /// Takes the last element away.
    pub(crate) fn vector_pop(&mut self, slot: &mut Value) -> Result<Option<Value>, Fault> {
        let length = self.vector_length(*slot);
        if length == 0 {
            return Ok(None);
        }
        self.vector_remove(slot, length - 1)
    }

    /// Puts an element before the one with this index, or at the end. `false` if that is too far.
    pub(crate) fn vector_insert(
        &mut self,
        slot: &mut Value,
        index: usize,
        value: Value,
    ) -> Result<bool, Fault> {
        let length = self.vector_length(*slot);
        if index > length {
            return Ok(false);
        }
        self.vector_reserve(slot, 1)?;
        let at = self.vector_data(*slot) + index;
        let words = self.change(at, length - index + 1);
        words.copy_within(..length - index, 1);
        words[0] = value.0;
        self.set_length(*slot, length + 1);
        Ok(true)
    }

    /// Takes an element away. `None` if there is none with this index.
    pub(crate) fn vector_remove(
        &mut self,
        slot: &mut Value,
        index: usize,
    ) -> Result<Option<Value>, Fault> {
        let length = self.vector_length(*slot);
        if index >= length {
            return Ok(None);
        }
        self.vector_unshare(slot)?;
        let at = self.vector_data(*slot) + index;
        let words = self.change(at, length - index);
        let removed = Value(words[0]);
        words.copy_within(1.., 0);
        self.set_length(*slot, length - 1);
        Ok(Some(removed))
    }

    /// Makes the vector unshared, with room for so many more elements.
    pub(crate) fn vector_reserve(&mut self, slot: &mut Value, more: usize) -> Result<(), Fault> {
        let length = self.vector_length(*slot);
        let is_shared = self.has_flag(*slot, SHARED);
        let wanted = length.saturating_add(more);
        if !is_shared && wanted <= self.get_index(slot.at() + vector::CAPACITY) {
            return Ok(());
        }
        // Doubling, but only half as much more once that is many pages.
        let growth = if length < 8 * PAGE { length } else { length / 2 };
        let capacity = wanted.max(length.saturating_add(growth).max(4));
        if is_shared {
            *slot = self.vector_copy(*slot, capacity)?;
            return Ok(());
        }
        let data = self.vector_data(*slot);
        if data != slot.at() + vector::INLINE
            && let Some(words) = self.lengthen(data - 1, capacity.saturating_add(1))
        {
            self.memory.set(slot.at() + vector::CAPACITY, (words - 1) as u64);
            return Ok(());
        }
        let (buffer, capacity) = self.new_value_buffer(capacity)?;
        self.memory.words_mut().copy_within(data..data + length, buffer);
        self.memory.set(slot.at() + vector::DATA, buffer as u64);
        self.memory.set(slot.at() + vector::CAPACITY, capacity as u64);
        Ok(())
    }

    /// A copy. What is in both is shared then.
    fn vector_copy(&mut self, vector: Value, capacity: usize) -> Result<Value, Fault> {
        let (data, length) = (self.vector_data(vector), self.vector_length(vector));
        let (copy, to) = self.new_vector_with(length, capacity)?;
        self.share_values(data, length);
        self.memory.words_mut().copy_within(data..data + length, to);
        Ok(copy)
    }

    /// A vector whose elements are to be written: where is the second of the results.
    pub(super) fn new_vector_with(
        &mut self,
        length: usize,
        capacity: usize,
    ) -> Result<(Value, usize), Fault> {
        let (at, data, capacity) = if capacity <= vector::INLINE_MAX {
            let words = vector::INLINE + capacity;
            let at = self.claim(words)?;
            (at, at + vector::INLINE, Self::rounded(words) - vector::INLINE)
        } else {
            let at = self.claim(vector::INLINE)?;
            let (data, capacity) = self.new_value_buffer(capacity)?;
            (at, data, capacity)
        };
        self.memory.write(at, Header::new(ObjectKind::Vector, 0, 0).0);
        self.memory.write(at + vector::LENGTH, length as u64);
        self.memory.write(at + vector::DATA, data as u64);
        self.memory.write(at + vector::CAPACITY, capacity as u64);
        Ok((Value::reference(Tag::Vector, at), data))
    }

    /// A buffer: the first word of its elements, and how many fit.
    fn new_value_buffer(&mut self, capacity: usize) -> Result<(usize, usize), Fault> {
        let words = capacity.saturating_add(1);
        let at = self.claim(words)?;
        self.memory.write(at, Header::of_buffer(ObjectKind::ValueBuffer, 0).0);
        Ok((at + 1, self.cell_words(at) - 1))
    }

    fn set_length(&mut self, vector: Value, length: usize) {
        self.memory.set(vector.at() + vector::LENGTH, length as u64);
    }
}
