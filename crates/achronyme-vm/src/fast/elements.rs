//! Elements that the loop's own arms leave alone: numbers of tensors with one axis, and stores where
//! something is watched that is not what they write to.

#![expect(unsafe_code, reason = "part of the fast engine, whose head says what it relies on")]
#![expect(clippy::cast_possible_truncation, reason = "places of objects in memory")]

use super::number::index_of;
use super::tag::{CELL, CLOSURE, OBJECT, TENSOR, VECTOR};
use super::words::Here;
use crate::heap::PAGE_SHIFT;
use crate::layout::{SHARED, tensor, vector};
use crate::op::Op;
use crate::value::AT;
use crate::vm::Vm;

/// Where the loop has the memory's words, their pages' marks, the frame and the globals.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) memory: *mut u64,
    pub(super) marks: *mut u8,
    pub(super) base: *mut u64,
    pub(super) globals: *mut u64,
}

/// What an instruction does with an element.
enum Access {
    /// Puts it into the register.
    Read { to: u8 },
    /// Puts this there.
    Write(u64),
}

impl Vm {
    /// Performs the instruction at `pc`, which is the word `at` of the code, if it is of one word, and
    /// reads or writes an element that nobody need look at; says whether.
    ///
    /// # Safety
    /// The words are those of the loop, and an instruction is there.
    #[inline(never)]
    pub(super) unsafe fn moves_element(&self, words: Words, pc: *const u32, at: usize) -> bool {
        let here = Here(pc);
        let marked = self.unmarked(at);
        let op = marked.map_or(here.op(), |(op, _)| op);
        // SAFETY: the verifier knows no other opcodes, and has seen that the registers, upvalues and
        // globals are there; what is tagged as an object is one.
        unsafe {
            let op: Op = std::mem::transmute(op);
            let Some((object, index, access)) = words.access(here, op) else { return false };
            match access {
                // The register may be what is watched.
                Access::Read { .. } if marked.is_some() => return false,
                Access::Read { to } => {
                    let Some(place) = words.number(object, index, SHARED) else { return false };
                    let number = *words.memory.add(place);
                    // Whatever NaN a function gave, a register has the one.
                    if f64::from_bits(number).is_nan() {
                        return false;
                    }
                    *words.register(to) = number;
                }
                Access::Write(value) => {
                    let place = match object >> 48 {
                        VECTOR => words.element(object, index),
                        _ if f64::from_bits(value).is_nan() => None,
                        _ => words.number(object, index, 0),
                    };
                    let Some(place) = place else { return false };
                    if marked.is_some_and(|(_, watched)| watched.contains(&place)) {
                        return false;
                    }
                    *words.memory.add(place) = value;
                    *words.marks.add(place >> PAGE_SHIFT) = 1;
                }
            }
        }
        true
    }
}

/// All of it is of the loop's memory.
impl Words {
    /// The object, the index, and what is done with the element.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few instructions are about elements")]
    unsafe fn access(self, here: Here, op: Op) -> Option<(u64, u64, Access)> {
        // SAFETY: the instruction's registers are there.
        let register = |index| unsafe { *self.register(index) };
        let read = Access::Read { to: here.a() };
        // SAFETY: what an instruction says is a global or an upvalue is one.
        let global = || unsafe { *self.globals.add(here.b().into()) };
        let upvalue = || unsafe { self.held(self.upvalue(here.b())) };
        let is_cell = || unsafe { self.upvalue(here.b()) } >> 48 == CELL;
        Some(match op {
            // Exchanges begin with a read.
            Op::GetIndex | Op::Swap | Op::PeekIndex | Op::PeekIndexTest | Op::PeekRow => {
                (register(here.b()), register(here.c()), read)
            }
            Op::PeekUpIndex | Op::PeekUpIndexTest | Op::SwapUp => {
                (upvalue(), register(here.c()), read)
            }
            Op::PeekGlobalIndex | Op::PeekGlobalIndexThen | Op::SwapGlobal => {
                (global(), register(here.c()), read)
            }
            Op::SetIndex => {
                (register(here.a()), register(here.b()), Access::Write(register(here.c())))
            }
            Op::SetUpIndex if is_cell() => {
                (upvalue(), register(here.c()), Access::Write(register(here.a())))
            }
            Op::SetGlobalIndex => (global(), register(here.c()), Access::Write(register(here.a()))),
            _ => return None,
        })
    }

    unsafe fn register(self, index: u8) -> *mut u64 {
        // SAFETY: the caller's instruction has it.
        unsafe { self.base.add(index.into()) }
    }

    unsafe fn upvalue(self, index: u8) -> u64 {
        // SAFETY: the running closure lies below register 0, and has the upvalue.
        unsafe {
            let closure = (*self.base.sub(1)).wrapping_sub(CLOSURE << 48) as usize;
            *self.memory.add(closure + 1 + usize::from(index))
        }
    }

    /// The value, or what is in the cell that it is.
    unsafe fn held(self, value: u64) -> u64 {
        // SAFETY: a cell has a value.
        if value >> 48 == CELL {
            unsafe { *self.memory.add((value & AT) as usize + 1) }
        } else {
            value
        }
    }

    /// The place of a number of a real tensor with one axis and no other flags than `flags`.
    unsafe fn number(self, object: u64, index: u64, flags: u64) -> Option<usize> {
        if object >> 48 != OBJECT {
            return None;
        }
        let at = (object & AT) as usize;
        // SAFETY: an object is there, and if it is a tensor, all of it.
        unsafe {
            if (*self.memory.add(at) & !flags) as u32 != TENSOR {
                return None;
            }
            let index = index_of(index)?;
            let is_there = index < *self.memory.add(at + tensor::COUNT);
            is_there.then(|| (*self.memory.add(at + tensor::BUFFER) + 1 + index) as usize)
        }
    }

    /// The place of an element of a vector that nobody else sees.
    unsafe fn element(self, vector: u64, index: u64) -> Option<usize> {
        let at = (vector & AT) as usize;
        let index = index_of(index)?;
        // SAFETY: the vector is there.
        unsafe {
            let is_own = *self.memory.add(at) & SHARED == 0;
            let is_there = is_own && index < *self.memory.add(at + vector::LENGTH);
            is_there.then(|| (*self.memory.add(at + vector::DATA) + index) as usize)
        }
    }
}
