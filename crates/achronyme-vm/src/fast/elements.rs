//! Elements that the loop's own arms leave alone: numbers of tensors with one axis, and stores where
//! something is watched that is not what they write to.

#![expect(unsafe_code, reason = "part of the fast engine, whose head says what it relies on")]
#![expect(clippy::cast_possible_truncation, reason = "places of objects in memory")]

use super::number::index_of;
use super::tag::{CELL, CLOSURE, OBJECT, TENSOR, VECTOR};
use super::words::Here;
use crate::layout::{SHARED, tensor, vector};
use crate::op::Op;
use crate::value::AT;
use crate::vm::Vm;

/// Where a number is of a real tensor with one axis, if it is one and has that; no NaN, of which
/// functions give others than the one that a register has.
///
/// # Safety
/// What is tagged as an object is one.
#[cold]
#[inline(never)]
pub(super) unsafe fn number_of(memory: *const u64, object: u64, index: u64) -> Option<usize> {
    // SAFETY: the place is one of the tensor's.
    let is_number = |place: &usize| !f64::from_bits(unsafe { *memory.add(*place) }).is_nan();
    // SAFETY: the caller's object.
    unsafe { place_of(memory, object, index, SHARED) }.filter(is_number)
}

/// The place of a number of a real tensor with one axis and no other flags than these.
#[inline(always)]
unsafe fn place_of(memory: *const u64, object: u64, index: u64, flags: u64) -> Option<usize> {
    if object >> 48 != OBJECT {
        return None;
    }
    let at = (object & AT) as usize;
    // SAFETY: an object is there, and if it is a tensor, all of it.
    unsafe {
        if (*memory.add(at) & !flags) as u32 != TENSOR {
            return None;
        }
        let index = index_of(index)?;
        let is_there = index < *memory.add(at + tensor::COUNT);
        is_there.then(|| (*memory.add(at + tensor::BUFFER) + 1 + index) as usize)
    }
}

/// The place of an element of a vector that nobody else sees.
#[inline(always)]
unsafe fn own_place_of(memory: *const u64, vector: u64, index: u64) -> Option<usize> {
    let at = (vector & AT) as usize;
    let index = index_of(index)?;
    // SAFETY: the vector is there.
    unsafe {
        let is_own = *memory.add(at) & SHARED == 0;
        let is_there = is_own && index < *memory.add(at + vector::LENGTH);
        is_there.then(|| (*memory.add(at + vector::DATA) + index) as usize)
    }
}

/// Where the loop has the memory's words, the frame and the globals.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) memory: *mut u64,
    pub(super) base: *const u64,
    pub(super) globals: *const u64,
}

impl Vm {
    /// Where the instruction at `pc`, which is the word `at` of the code, puts a value, if it is of one
    /// word and puts it into an element that nobody need look at. It is there then.
    ///
    /// # Safety
    /// The words are those of the loop, and an instruction is there.
    #[inline(never)]
    pub(super) unsafe fn put_element(
        &self,
        words: Words,
        pc: *const u32,
        at: usize,
    ) -> Option<usize> {
        let here = Here(pc);
        let marked = self.unmarked(at);
        let op = marked.map_or(here.op(), |(op, _)| op);
        // SAFETY: the verifier knows no other opcodes, and has seen that the registers, upvalues and
        // globals are there; what is tagged as an object is one.
        unsafe {
            let (object, index, value) = words.store(here, std::mem::transmute::<u8, Op>(op))?;
            let place = match object >> 48 {
                VECTOR => own_place_of(words.memory, object, index),
                _ if f64::from_bits(value).is_nan() => None,
                _ => place_of(words.memory, object, index, 0),
            };
            let place = place?;
            if marked.is_some_and(|(_, watched)| watched.contains(&place)) {
                return None;
            }
            *words.memory.add(place) = value;
            Some(place)
        }
    }
}

impl Words {
    /// The object, the index and the value.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a few instructions store elements")]
    #[inline(always)]
    unsafe fn store(self, here: Here, op: Op) -> Option<(u64, u64, u64)> {
        // SAFETY: the instruction's registers are there, and the global or upvalue that it names.
        unsafe {
            let register = |index: u8| *self.base.add(index.into());
            Some(match op {
                Op::SetIndex => (register(here.a()), register(here.b()), register(here.c())),
                Op::SetUpIndex => {
                    let object = self.in_upvalue(here.b())?;
                    (object, register(here.c()), register(here.a()))
                }
                Op::SetGlobalIndex => {
                    let object = *self.globals.add(here.b().into());
                    (object, register(here.c()), register(here.a()))
                }
                _ => return None,
            })
        }
    }

    /// What is in the cell that an upvalue is.
    unsafe fn in_upvalue(self, index: u8) -> Option<u64> {
        // SAFETY: the running closure lies below register 0, and has the upvalue.
        unsafe {
            let closure = (*self.base.sub(1)).wrapping_sub(CLOSURE << 48) as usize;
            let value = *self.memory.add(closure + 1 + usize::from(index));
            (value >> 48 == CELL).then(|| *self.memory.add((value & AT) as usize + 1))
        }
    }
}
