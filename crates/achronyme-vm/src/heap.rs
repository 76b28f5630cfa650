//! The memory of a machine: what objects are made of, how they change, and when they go.
//!
//! A reference is a tag and the number of the object's first word in one region that never moves.
//! Whatever changes a word of an object marks its page, so that a [`HeapSnapshot`] copies only what
//! changed. The engine does the same in its fast paths, through [`Heap::base`] and
//! [`Heap::marks_base`].
//!
//! Functions that make something fail with [`Fault::out_of_memory`] when the memory is full. Nothing
//! is collected meanwhile: only [`Heap::collect`] does that.

mod allocator;
mod cell;
mod closure;
mod collector;
mod complex;
mod edge;
mod error;
mod fill;
mod generator;
mod holds;
mod holes;
mod in_place;
mod log;
mod memory;
mod names;
mod object;
mod page;
mod pages;
mod portable;
mod record;
mod shapes;
mod snapshot;
mod store;
mod string;
mod tensor;
mod vector;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use achronyme_library::Fault;

pub(crate) use log::Mark;
pub(crate) use memory::{STACK, STACK_WORDS};
pub(crate) use record::Tables;

/// Frames lie below this word. Above it is room for the widest window.
pub(crate) const STACK_LIMIT: usize = STACK + STACK_WORDS - 1024;
pub(crate) use snapshot::HeapSnapshot;

use crate::{Program, Value};
use allocator::Space;
use collector::Collector;
use fill::Spent;
use memory::{Memory, PAGE};
use names::Names;
use pages::Pages;
use shapes::Shapes;

/// All objects, the stack, and what is known of names and shapes.
#[derive(Debug)]
pub(crate) struct Heap {
    space: Space,
    memory: Memory,
    names: Arc<Names>,
    shapes: Arc<Shapes>,
    /// The number of parameters of each prototype, and the most arguments it takes.
    parameters: Arc<[u8]>,
    collector: Collector,
    /// What the memory was at the last snapshot, but for the marked pages and the stack.
    pages: Pages,
    /// The page after the last one of the stack that `pages` has.
    kept_stack: usize,
    /// The last vector or tensor that was made for the library.
    made: usize,
    /// What a result may be written over. No part of the state: it is there only while an instruction
    /// is at work.
    spent: Spent,
    /// Where numbers are written before they come into a string. No part of the state.
    digits: String,
    /// How many digits after the point printed numbers have. The machine's state has it, too.
    precision: Option<u16>,
}

impl Heap {
    /// Lets printed numbers have so many digits after the point.
    pub(crate) fn set_precision(&mut self, digits: Option<u16>) {
        self.precision = digits;
    }

    /// An empty heap for a program, for objects of `limit` bytes, which is rounded up to pages.
    ///
    /// If the system does not reserve as much, the heap is smaller: see [`Self::limit`].
    ///
    /// # Errors
    /// The system gives too little.
    pub(crate) fn new(program: &Program, limit: usize) -> Result<Self, Fault> {
        let wanted = limit.div_ceil(PAGE * 8).clamp(1, OBJECT_PAGES_MAX);
        let mut pages = wanted;
        let (space, memory) = loop {
            let space = Space::new(pages);
            if let Some(memory) = Memory::new(space.geometry.pages()) {
                break (space, memory);
            }
            if pages < OBJECT_PAGES_MIN {
                return Err(Fault::out_of_memory(limit));
            }
            pages /= 2;
        };
        let names = Names::new(&program.names);
        let shapes = Shapes::new(&program.shapes);
        let pages = Pages::new(space.geometry.pages());
        Ok(Self {
            space,
            memory,
            names: Arc::new(names),
            shapes: Arc::new(shapes),
            parameters: program.prototypes.iter().map(|prototype| prototype.parameters).collect(),
            collector: Collector::default(),
            pages,
            kept_stack: 0,
            made: 0,
            spent: Spent::None,
            digits: String::new(),
            precision: None,
        })
    }

    /// Takes over how many parameters the prototypes of a program have.
    pub(crate) fn know(&mut self, program: &Program) {
        self.parameters = program.prototypes.iter().map(|it| it.parameters).collect();
    }

    /// How many bytes of objects fit.
    pub(crate) fn limit(&self) -> usize {
        self.space.geometry.object_pages * PAGE * 8
    }

    /// Where word 0 is. The address stays the same as long as the heap lives.
    #[inline(always)]
    pub(crate) fn base(&mut self) -> *mut u64 {
        self.memory.base()
    }

    /// Where the byte of page 0 is that says whether the page changed since the last snapshot. The
    /// address stays the same as long as the heap lives.
    #[inline(always)]
    pub(crate) fn marks_base(&mut self) -> *mut u8 {
        self.memory.marks_base()
    }

    /// The word at `at`.
    #[inline(always)]
    pub(crate) fn get(&self, at: usize) -> Value {
        Value(self.memory.get(at))
    }

    /// Changes a word of an object.
    #[inline(always)]
    pub(crate) fn set(&mut self, at: usize, value: Value) {
        self.memory.set(at, value.0);
    }

    /// Changes a word of the stack.
    #[inline(always)]
    pub(crate) fn set_stack(&mut self, at: usize, value: Value) {
        self.memory.write_stack(at, value.0);
    }

    /// The word `at`, or 0 outside of memory.
    pub(crate) fn peek(&self, at: usize) -> Value {
        Value(self.memory.words().get(at).copied().unwrap_or(0))
    }

    /// Words of the stack or of an object.
    pub(crate) fn values(&self, at: usize, count: usize) -> &[Value] {
        bytemuck::cast_slice(&self.memory.words()[at..at + count])
    }

    /// Memory for an object, as [`Self::allocate`].
    #[inline]
    fn claim(&mut self, words: usize) -> Result<usize, Fault> {
        self.allocate(words).ok_or_else(|| Fault::out_of_memory(words.saturating_mul(8)))
    }
}

/// The smallest object space that is worth running with.
const OBJECT_PAGES_MIN: usize = 1024;
/// More would not fit in the address space of the systems we run on.
const OBJECT_PAGES_MAX: usize = 1 << 33;
