//! Objects of any kind: headers, and those that are a fixed number of values.

use achronyme_library::Fault;

use super::Heap;
use super::allocator::word_index;
use crate::Value;
use crate::layout::{Header, ObjectKind, SHARED};
use crate::value::Tag;

/// By their numbers.
const KINDS: [ObjectKind; 21] = [
    ObjectKind::Free,
    ObjectKind::Vector,
    ObjectKind::Record,
    ObjectKind::Closure,
    ObjectKind::Cell,
    ObjectKind::String,
    ObjectKind::RawBuffer,
    ObjectKind::ValueBuffer,
    ObjectKind::Complex,
    ObjectKind::Tensor,
    ObjectKind::ComplexTensor,
    ObjectKind::Edge,
    ObjectKind::Error,
    ObjectKind::Generator,
    ObjectKind::Future,
    ObjectKind::Channel,
    ObjectKind::Sender,
    ObjectKind::Receiver,
    ObjectKind::Mutex,
    ObjectKind::Guard,
    ObjectKind::Signal,
];

const COUNT_SHIFT: u32 = 16;

impl ObjectKind {
    /// The kind with this number, [`ObjectKind::Free`] if there is none.
    #[inline(always)]
    pub(crate) fn from_code(code: u8) -> Self {
        KINDS.get(usize::from(code)).copied().unwrap_or(Self::Free)
    }
}

impl Header {
    /// Of a buffer: in a raw one, how many bytes of it are used; in one of values that is an object
    /// of its own, how many there are.
    #[inline(always)]
    pub(crate) const fn of_buffer(kind: ObjectKind, count: usize) -> Self {
        Self(kind as u64 | (count as u64) << COUNT_SHIFT)
    }

    /// What [`Self::of_buffer`] was given.
    #[inline(always)]
    pub(crate) const fn count(self) -> usize {
        word_index(self.0 >> COUNT_SHIFT)
    }
}

impl Heap {
    /// The first word of the object at `at`.
    #[inline(always)]
    pub(crate) fn header(&self, at: usize) -> Header {
        Header(self.memory.get(at))
    }

    /// What kind of object a value refers to; [`ObjectKind::Free`] for other values.
    #[inline]
    pub(crate) fn object_kind(&self, value: Value) -> ObjectKind {
        if value.is_reference() {
            ObjectKind::from_code(self.header(value.at()).kind_code())
        } else {
            ObjectKind::Free
        }
    }

    /// Whether the value refers to an object of this kind.
    #[inline]
    pub(crate) fn is_object(&self, value: Value, kind: ObjectKind) -> bool {
        self.object_kind(value) == kind
    }

    /// An object of one of the kinds that have a fixed number of values, at most 65,535.
    pub(crate) fn new_object(
        &mut self,
        kind: ObjectKind,
        fields: &[Value],
    ) -> Result<Value, Fault> {
        let Ok(count) = u16::try_from(fields.len()) else {
            return Err(Fault::out_of_memory(fields.len().saturating_mul(8)));
        };
        let at = self.claim(1 + fields.len())?;
        self.memory.write(at, Header::new(kind, count, 0).0);
        self.write_values(at + 1, fields);
        Ok(Value::reference(Tag::Object, at))
    }

    /// A value of an object made by [`Self::new_object`].
    #[inline]
    pub(crate) fn object_field(&self, object: Value, field: usize) -> Value {
        self.get(object.at() + 1 + field)
    }

    /// Changes a value of an object made by [`Self::new_object`].
    #[inline]
    pub(crate) fn set_object_field(&mut self, object: Value, field: usize, value: Value) {
        self.set(object.at() + 1 + field, value);
    }

    /// All words of an object, with its header and what it has to spare.
    pub(crate) fn object_words(&self, object: Value) -> &[u64] {
        let at = object.at();
        &self.memory.words()[at..at + self.cell_words(at)]
    }

    /// Whether a flag of an object is set.
    #[inline]
    pub(crate) fn has_flag(&self, object: Value, flag: u64) -> bool {
        self.header(object.at()).has(flag)
    }

    /// Sets or clears a flag of an object.
    pub(crate) fn set_flag(&mut self, object: Value, flag: u64, is_set: bool) {
        let Header(word) = self.header(object.at());
        let changed = if is_set { word | flag } else { word & !flag };
        if changed != word {
            self.memory.set(object.at(), changed);
        }
    }

    /// Notes that one more place refers to a value: a vector or tensor is then copied before it
    /// changes. Nothing happens for other values.
    #[inline]
    pub(crate) fn share(&mut self, value: Value) {
        if self.changes_by_copy(value) {
            self.set_flag(value, SHARED, true);
        }
    }

    /// Whether it is a vector or tensor.
    #[inline]
    fn changes_by_copy(&self, value: Value) -> bool {
        value.is(Tag::Vector)
            || value.is(Tag::Object)
                && matches!(self.object_kind(value), ObjectKind::Tensor | ObjectKind::ComplexTensor)
    }

    /// Shares these words, which are values.
    pub(super) fn share_values(&mut self, at: usize, count: usize) {
        for at in at..at + count {
            self.share(self.get(at));
        }
    }

    /// Writes values to a new object.
    #[inline]
    pub(super) fn write_values(&mut self, at: usize, values: &[Value]) {
        self.memory.words_mut()[at..at + values.len()]
            .copy_from_slice(bytemuck::cast_slice(values));
    }

    /// A word of an object that is a number of words.
    #[inline]
    pub(super) fn get_index(&self, at: usize) -> usize {
        word_index(self.memory.get(at))
    }

    /// Changes the words from `at`, of which there are `count`.
    pub(super) fn change(&mut self, at: usize, count: usize) -> &mut [u64] {
        self.memory.mark(at, at + count);
        &mut self.memory.words_mut()[at..at + count]
    }
}
