//! Finding what is alive. Writes to no object: what is reached is noted beside the memory, and then
//! becomes the bits by which the allocator knows what is free.

use std::ops::Range;

use super::Heap;
use super::allocator::{PAGE_BITS, word_index};
use super::memory::PAGE;
use crate::Value;
use crate::layout::{Header, ObjectKind, generator, string, tensor, vector};
use crate::value::{AT, REFERENCES};

/// What a collection has found so far.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    /// A bit for each word of the object space, set where an object begins. All 0 between collections.
    reached: Vec<u64>,
    /// Objects whose references have not been followed. Empty between collections.
    pending: Vec<usize>,
    /// The first word of the object space.
    objects: usize,
}

impl Collector {
    /// Notes an object. Whether it is new.
    #[inline(always)]
    fn reach(&mut self, at: usize) -> bool {
        let index = at - self.objects;
        let word = &mut self.reached[index / 64];
        let bit = 1 << (index % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    #[inline(always)]
    fn visit(&mut self, words: &[u64]) {
        for &word in words {
            if word >= REFERENCES {
                let at = word_index(word & AT);
                if self.reach(at) {
                    self.pending.push(at);
                }
            }
        }
    }

    /// Follows the references of an object.
    #[inline(always)]
    fn trace(&mut self, words: &[u64], at: usize) {
        let object = &words[at..];
        let header = Header(object[0]);
        match ObjectKind::from_code(header.kind_code()) {
            ObjectKind::Free | ObjectKind::RawBuffer | ObjectKind::Complex => {}
            ObjectKind::String => {
                self.reach(word_index(object[string::BUFFER]));
            }
            ObjectKind::Tensor | ObjectKind::ComplexTensor => {
                self.reach(word_index(object[tensor::BUFFER]));
            }
            ObjectKind::Vector => {
                let data = word_index(object[vector::DATA]);
                if data != at + vector::INLINE {
                    self.reach(data - 1);
                }
                self.visit(&words[data..data + word_index(object[vector::LENGTH])]);
            }
            ObjectKind::Generator => {
                let saved = word_index(object[generator::COUNT]);
                self.visit(&object[generator::SAVED..generator::SAVED + saved]);
            }
            ObjectKind::ValueBuffer => self.visit(&object[1..=header.count()]),
            ObjectKind::Record
            | ObjectKind::Closure
            | ObjectKind::Cell
            | ObjectKind::Edge
            | ObjectKind::Error
            | ObjectKind::Future
            | ObjectKind::Channel
            | ObjectKind::Sender
            | ObjectKind::Receiver
            | ObjectKind::Mutex
            | ObjectKind::Guard
            | ObjectKind::Signal => self.visit(&object[1..=usize::from(header.small())]),
        }
    }
}

impl Heap {
    /// Frees every object that cannot be reached from these words of the stack and these values.
    /// Objects stay where they are.
    pub(crate) fn collect(&mut self, stack: Range<usize>, roots: &[Value]) {
        let geometry = self.space.geometry;
        let mut collector = std::mem::take(&mut self.collector);
        collector.objects = geometry.objects * PAGE;
        let bits = self.space.tail * PAGE_BITS;
        if collector.reached.len() < bits {
            collector.reached.resize(bits, 0);
        }
        let words = self.memory.words();
        collector.visit(bytemuck::cast_slice(roots));
        collector.visit(&words[stack]);
        while let Some(at) = collector.pending.pop() {
            collector.trace(words, at);
        }
        for (page, reached) in collector.reached[..bits].chunks(PAGE).enumerate() {
            let at = (geometry.bits + page) * PAGE;
            if self.memory.words()[at..at + reached.len()] != *reached {
                self.memory.mark(at, at + reached.len());
                self.memory.words_mut()[at..at + reached.len()].copy_from_slice(reached);
            }
        }
        collector.reached[..bits].fill(0);
        self.collector = collector;
        self.sweep();
    }
}
