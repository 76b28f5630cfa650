//! Objects that the fast engine makes of registers.

#![expect(unsafe_code, reason = "part of the fast engine, whose head says what it relies on")]
#![expect(clippy::cast_possible_truncation, reason = "lengths of objects in memory")]

use super::tag::GENERATOR;
use super::words::copy;
use crate::frame::Link;
use crate::heap::Heap;
use crate::layout::{DONE, Header, ObjectKind, RUNNING, generator, vector};
use crate::program::Capture;
use crate::value::{Tag, Value};

/// A record of so many registers. `None` if memory is full.
///
/// # Safety
/// There are so many words.
#[inline(always)]
pub(super) unsafe fn record_of(
    heap: &mut Heap,
    shape: u32,
    first: *const u64,
    count: u8,
) -> Option<Value> {
    let at = heap.allocate(usize::from(count) + 1)?;
    let words = heap.base();
    // SAFETY: the object is that long.
    unsafe {
        *words.add(at) = Header::new(ObjectKind::Record, count.into(), shape).0;
        for index in 0..usize::from(count) {
            *words.add(at + 1 + index) = *first.add(index);
        }
    }
    Some(Value::reference(Tag::Record, at))
}

/// A short vector of so many registers. `None` if one of them has to be looked at more closely, or
/// memory is full.
///
/// # Safety
/// There are so many words.
#[inline(always)]
pub(super) unsafe fn vector_of(heap: &mut Heap, first: *const u64, count: u8) -> Option<Value> {
    let count = usize::from(count);
    if count > vector::INLINE_MAX {
        return None;
    }
    for index in 0..count {
        // SAFETY: the caller's words.
        let value = Value(unsafe { *first.add(index) });
        if value.is(Tag::Object) || value.is(Tag::Vector) {
            return None;
        }
    }
    let at = heap.allocate(vector::INLINE + count)?;
    let words = heap.base();
    let capacity = Heap::rounded(vector::INLINE + count) - vector::INLINE;
    // SAFETY: the object is that long.
    unsafe {
        *words.add(at) = Header::new(ObjectKind::Vector, 0, 0).0;
        *words.add(at + vector::LENGTH) = count as u64;
        *words.add(at + vector::DATA) = (at + vector::INLINE) as u64;
        *words.add(at + vector::CAPACITY) = capacity as u64;
        for index in 0..count {
            *words.add(at + vector::INLINE + index) = *first.add(index);
        }
    }
    Some(Value::reference(Tag::Vector, at))
}

/// A cell with this value. `None` if memory is full.
///
/// # Safety
/// As for all in here, the heap's base leads to all of its words.
#[inline(always)]
pub(super) unsafe fn cell_of(heap: &mut Heap, value: u64) -> Option<Value> {
    let at = heap.allocate(2)?;
    // SAFETY: the object is that long.
    unsafe {
        *heap.base().add(at) = Header::new(ObjectKind::Cell, 1, 0).0;
        *heap.base().add(at + 1) = value;
    }
    Some(Value::reference(Tag::Cell, at))
}

/// Puts the frame of the generator at `at` onto the stack, if it is one that waits and has room there.
///
/// # Safety
/// The object is there, and the stack goes on far beyond its limit, `stack_end`.
#[inline(always)]
pub(super) unsafe fn resume(
    mem: *mut u64,
    at: usize,
    new: *mut u64,
    stack_end: *const u64,
    link: Link,
) -> bool {
    // SAFETY: the generator's object has all of its frame; else nothing is done.
    unsafe {
        let header = *mem.add(at);
        let count = *mem.add(at + generator::COUNT) as usize;
        if header & (0xFF | DONE | RUNNING) != GENERATOR || new.add(count).cast_const() > stack_end
        {
            return false;
        }
        *mem.add(at) = header | RUNNING;
        *new.sub(2) = link.0;
        copy(mem.add(at + generator::SAVED), new.sub(1), count);
    }
    true
}

/// Keeps the frame of a generator in its object; gives the last word that was written.
///
/// # Safety
/// The frame is that of the generator at `at`.
#[inline(always)]
pub(super) unsafe fn suspend(mem: *mut u64, at: usize, base: *const u64) -> usize {
    // SAFETY: the object has room for the frame.
    unsafe {
        let count = *mem.add(at + generator::COUNT) as usize;
        *mem.add(at) &= !RUNNING;
        copy(base.sub(1), mem.add(at + generator::SAVED), count);
        at + generator::SAVED + count - 1
    }
}

/// The closure of a prototype with these captures, made in the frame at `base`. `None` if memory is
/// full.
///
/// # Safety
/// The frame has the captured registers, and its closure the captured upvalues.
#[inline(always)]
pub(super) unsafe fn closure_of(
    heap: &mut Heap,
    number: u16,
    captures: &[Capture],
    base: *const u64,
) -> Option<Value> {
    let at = heap.allocate(captures.len() + 1)?;
    let words = heap.base();
    #[expect(clippy::cast_possible_truncation, reason = "there are at most 256 captures")]
    let header = Header::new(ObjectKind::Closure, captures.len() as u16, u32::from(number));
    // SAFETY: the object is that long, and the caller's frame has the rest.
    unsafe {
        *words.add(at) = header.0;
        let own = Value(*base.sub(1));
        for (index, capture) in captures.iter().enumerate() {
            let value = match *capture {
                Capture::Register(register) => Value(*base.add(register.into())),
                Capture::Upvalue(upvalue) => Value(*words.add(own.at() + 1 + usize::from(upvalue))),
                Capture::Rec => own,
            };
            if value.is(Tag::Vector) || value.is(Tag::Object) {
                super::words::share(heap, value);
            }
            *words.add(at + 1 + index) = value.0;
        }
    }
    Some(Value::reference(Tag::Closure, at))
}
