//! Generators: the words of one frame, kept while it does not run.

use achronyme_library::Fault;

use super::Heap;
use super::allocator::word_index;
use crate::Value;
use crate::layout::{Header, ObjectKind, generator};
use crate::value::Tag;

impl Heap {
    /// A generator that goes on at `pc` with these words of the stack: the closure, then its
    /// registers.
    pub(crate) fn new_generator(
        &mut self,
        pc: u64,
        from: usize,
        count: usize,
    ) -> Result<Value, Fault> {
        let at = self.claim(generator::SAVED + count)?;
        self.memory.write(at, Header::new(ObjectKind::Generator, 0, 0).0);
        self.memory.write(at + generator::PC, pc);
        self.memory.write(at + generator::COUNT, count as u64);
        self.memory.words_mut().copy_within(from..from + count, at + generator::SAVED);
        Ok(Value::reference(Tag::Object, at))
    }

    /// A generator with these words.
    ///
    /// # Errors
    /// Memory has run out.
    pub(crate) fn generator_of(&mut self, pc: u64, words: &[Value]) -> Result<Value, Fault> {
        let at = self.claim(generator::SAVED + words.len())?;
        self.memory.write(at, Header::new(ObjectKind::Generator, 0, 0).0);
        self.memory.write(at + generator::PC, pc);
        self.memory.write(at + generator::COUNT, words.len() as u64);
        self.write_values(at + generator::SAVED, words);
        Ok(Value::reference(Tag::Object, at))
    }

    /// Changes a saved word.
    pub(crate) fn set_generator_word(&mut self, generator: Value, index: usize, value: Value) {
        self.set(generator.at() + generator::SAVED + index, value);
    }

    /// Where it goes on.
    pub(crate) fn generator_pc(&self, generator: Value) -> u64 {
        self.memory.get(generator.at() + generator::PC)
    }

    /// How many words it keeps.
    pub(crate) fn generator_length(&self, generator: Value) -> usize {
        word_index(self.memory.get(generator.at() + generator::COUNT))
    }

    /// A word it keeps.
    pub(crate) fn generator_word(&self, generator: Value, index: usize) -> Value {
        self.get(generator.at() + generator::SAVED + index)
    }

    /// Keeps the words of the stack from `from` on, as many as it was made with.
    pub(crate) fn generator_save(&mut self, generator: Value, pc: u64, from: usize) {
        let (at, count) = (generator.at(), self.generator_length(generator));
        self.memory.mark(at, at + generator::SAVED + count);
        self.memory.write(at + generator::PC, pc);
        self.memory.words_mut().copy_within(from..from + count, at + generator::SAVED);
    }

    /// Puts the words it keeps on the stack from `to` on.
    pub(crate) fn generator_load(&mut self, generator: Value, to: usize) {
        let (from, count) = (generator.at() + generator::SAVED, self.generator_length(generator));
        self.memory.keep(to, to + count);
        self.memory.words_mut().copy_within(from..from + count, to);
    }

    /// Lets go of what the kept words refer to, when it has ended.
    pub(crate) fn generator_clear(&mut self, generator: Value) {
        let count = self.generator_length(generator);
        self.change(generator.at() + generator::SAVED, count).fill(0);
    }
}
