//! Tensors: numbers in a buffer, and the lengths of the axes.

use achronyme_library::{Complex, Fault};

use super::Heap;
use crate::Value;
use crate::layout::{Header, MASK, ObjectKind, SHARED, tensor};
use crate::value::{NAN, Tag};

impl Heap {
    /// A real tensor, at most of rank 65,535.
    pub(crate) fn tensor_of(&mut self, shape: &[usize], data: &[f64]) -> Result<Value, Fault> {
        self.new_tensor_of(ObjectKind::Tensor, shape, data.len(), data)
    }

    /// A complex tensor, likewise.
    pub(crate) fn complex_tensor_of(
        &mut self,
        shape: &[usize],
        data: &[Complex],
    ) -> Result<Value, Fault> {
        self.new_tensor_of(ObjectKind::ComplexTensor, shape, data.len(), bytemuck::cast_slice(data))
    }

    fn new_tensor_of(
        &mut self,
        kind: ObjectKind,
        shape: &[usize],
        count: usize,
        data: &[f64],
    ) -> Result<Value, Fault> {
        let (tensor, at) = self.tensor_room(kind, shape, count, data.len())?;
        let words = &mut self.memory.words_mut()[at..at + data.len()];
        for (word, number) in words.iter_mut().zip(data) {
            // The only NaN: which one arithmetic gives depends on the processor.
            *word = if number.is_nan() { NAN } else { number.to_bits() };
        }
        Ok(tensor)
    }

    /// Makes of a new tensor one of truth values.
    pub(crate) fn as_mask(&mut self, tensor: Value) -> Value {
        self.set_flag(tensor, MASK, true);
        tensor
    }

    /// A tensor whose numbers are to be written, in so many words from the second of the results on.
    pub(super) fn tensor_room(
        &mut self,
        kind: ObjectKind,
        shape: &[usize],
        count: usize,
        words: usize,
    ) -> Result<(Value, usize), Fault> {
        let Ok(rank) = u16::try_from(shape.len()) else {
            return Err(Fault::out_of_memory(shape.len().saturating_mul(8)));
        };
        let at = self.claim(tensor::AXES + shape.len())?;
        let buffer = self.claim(1 + words)?;
        self.memory.write(buffer, Header::of_buffer(ObjectKind::RawBuffer, words * 8).0);
        self.memory.write(at, Header::new(kind, rank, 0).0);
        self.memory.write(at + tensor::BUFFER, buffer as u64);
        self.memory.write(at + tensor::COUNT, count as u64);
        for (axis, &length) in shape.iter().enumerate() {
            self.memory.write(at + tensor::AXES + axis, length as u64);
        }
        Ok((Value::reference(Tag::Object, at), buffer + 1))
    }

    /// The lengths of its axes.
    #[inline]
    pub(crate) fn tensor_shape(&self, tensor: Value) -> &[usize] {
        let at = tensor.at();
        let rank = usize::from(self.header(at).small());
        bytemuck::cast_slice(&self.memory.words()[at + tensor::AXES..][..rank])
    }

    /// The numbers of a real tensor; of a complex one, the parts in turn.
    pub(crate) fn tensor_numbers(&self, tensor: Value) -> &[f64] {
        let (buffer, words) = self.tensor_words(tensor);
        bytemuck::cast_slice(&self.memory.words()[buffer..buffer + words])
    }

    /// The numbers of a complex tensor.
    pub(crate) fn tensor_complex(&self, tensor: Value) -> &[Complex] {
        bytemuck::cast_slice(self.tensor_numbers(tensor))
    }

    /// Changes a number of a real tensor, which is no mask then. `false` if there is none with this index.
    pub(crate) fn tensor_set(
        &mut self,
        slot: &mut Value,
        index: usize,
        number: f64,
    ) -> Result<bool, Fault> {
        if index >= self.tensor_words(*slot).1 {
            return Ok(false);
        }
        self.tensor_unshare(slot)?;
        self.set_flag(*slot, MASK, false);
        let (buffer, _) = self.tensor_words(*slot);
        self.set(buffer + index, Value::number(number));
        Ok(true)
    }

    /// Puts a copy in the slot if the tensor is shared.
    pub(crate) fn tensor_unshare(&mut self, slot: &mut Value) -> Result<(), Fault> {
        if !self.has_flag(*slot, SHARED) {
            return Ok(());
        }
        let header = self.header(slot.at());
        let words = tensor::AXES + usize::from(header.small());
        let (data, count) = self.tensor_words(*slot);
        let at = self.claim(words)?;
        let buffer = self.claim(1 + count)?;
        let memory = self.memory.words_mut();
        memory.copy_within(data - 1..data + count, buffer);
        memory.copy_within(slot.at()..slot.at() + words, at);
        memory[at] &= !SHARED;
        memory[at + tensor::BUFFER] = buffer as u64;
        *slot = Value::reference(Tag::Object, at);
        Ok(())
    }

    /// The first word of its numbers, and how many words they are.
    pub(crate) fn tensor_words(&self, tensor: Value) -> (usize, usize) {
        let at = tensor.at();
        let parts = if self.is_object(tensor, ObjectKind::ComplexTensor) { 2 } else { 1 };
        (self.first_number(tensor), self.get_index(at + tensor::COUNT) * parts)
    }

    /// The first word of its numbers.
    #[inline]
    pub(super) fn first_number(&self, tensor: Value) -> usize {
        self.get_index(tensor.at() + tensor::BUFFER) + 1
    }
}
