//! Words of code and of frames: read, copied, cleared, and marked as shared.

#![expect(unsafe_code, reason = "part of the fast engine, whose head says what it relies on")]

use super::elements::number_of;
use super::number::index_of;
use super::tag::{OBJECT, SMALL, STRING, VECTOR};
use crate::frame::CLEARED;
use crate::heap::Heap;
use crate::layout::{SHARED, string, vector};
use crate::op::Op;
use crate::value::{AT, NUMBERS_END, Value};

/// The place of an instruction. Operands are read where they lie, so that the loop has to keep nothing
/// but the place.
#[derive(Clone, Copy)]
pub(super) struct Here(pub *const u32);

impl Here {
    #[inline(always)]
    fn byte(self, index: usize) -> u8 {
        let index = if cfg!(target_endian = "big") { 3 - index } else { index };
        // SAFETY: it is one of the four bytes of a word of code.
        unsafe { *self.0.cast::<u8>().add(index) }
    }

    #[inline(always)]
    pub(super) fn op(self) -> u8 {
        self.byte(0)
    }

    #[inline(always)]
    pub(super) fn a(self) -> u8 {
        self.byte(1)
    }

    #[inline(always)]
    pub(super) fn b(self) -> u8 {
        self.byte(2)
    }

    #[inline(always)]
    pub(super) fn c(self) -> u8 {
        self.byte(3)
    }

    #[inline(always)]
    pub(super) fn wide(self) -> u16 {
        let index = usize::from(cfg!(target_endian = "little"));
        // SAFETY: as above, of the upper half.
        unsafe { *self.0.cast::<u16>().add(index) }
    }

    /// What the upper three bytes say.
    #[inline(always)]
    pub(super) fn distance(self) -> i32 {
        // SAFETY: as above, of the whole word.
        unsafe { *self.0 }.cast_signed() >> 8
    }
}

/// Whether an instruction is the return of this register.
#[inline(always)]
pub(super) fn returns(pc: *const u32, register: u8) -> bool {
    // SAFETY: an instruction is there.
    (unsafe { *pc }) == Op::Return.abc(register, 0, 0)
}

/// Marks a vector or tensor as shared, out of the way of the loop.
#[inline(never)]
pub(super) fn share(heap: &mut Heap, value: Value) {
    heap.share(value);
}

/// Whether two strings have the same text. Short ones are one word, of which what is behind their end
/// does not count.
#[inline(always)]
fn strings_equal(heap: &Heap, memory: *const u64, left: u64, right: u64) -> bool {
    // SAFETY: both are strings, whose words and whose buffers' are there.
    unsafe {
        let string = |value: u64| memory.add((value & AT) as usize);
        let (one, other) = (string(left), string(right));
        let length = *one.add(string::BYTES);
        if length != *other.add(string::BYTES) {
            return false;
        }
        if length.wrapping_sub(1) < 8 && cfg!(target_endian = "little") {
            let bytes = |string: *const u64| *memory.add(*string.add(string::BUFFER) as usize + 1);
            return (bytes(one) ^ bytes(other)) << (64 - 8 * length) == 0;
        }
    }
    heap.string_equal(Value(left), Value(right))
}

/// Copies a frame's words, of which there are few.
#[inline(always)]
pub(super) unsafe fn copy(from: *const u64, to: *mut u64, count: usize) {
    for index in 0..count {
        // SAFETY: the caller's frame or object has so many words on both sides.
        unsafe { *to.add(index) = *from.add(index) };
    }
}

/// Sets the words from `from` to `to` to 0, in fours: up to three above `to` as well, which are
/// above the frame and mean nothing.
///
/// The compiler must not know that the loop fills memory: for the few words of a frame a call of
/// the function that it knows for that takes longer than all the rest of going into a function.
#[inline(always)]
pub(super) fn clear(from: *mut u64, to: *mut u64) {
    let mut at = from;
    while at < to {
        // SAFETY: the stack goes on far beyond its limit, below which `to` is.
        unsafe {
            at.cast::<[u64; CLEARED]>().write([0; CLEARED]);
            at = window(at.add(CLEARED));
        }
    }
}

/// Whether two values are equal, if their words say it: numbers, small values and strings.
#[inline(always)]
pub(super) fn equal(heap: &Heap, mem: *const u64, left: u64, right: u64) -> Option<bool> {
    if left < NUMBERS_END && right < NUMBERS_END {
        return Some(f64::from_bits(left) == f64::from_bits(right));
    }
    if left >> 48 == SMALL || right >> 48 == SMALL {
        return Some(left == right);
    }
    let are_strings = left >> 48 == STRING && right >> 48 == STRING;
    are_strings.then(|| strings_equal(heap, mem, left, right))
}

/// Where two elements of a vector are that nobody else sees, if it is one and has both.
///
/// # Safety
/// What is tagged as a vector is one.
#[inline(always)]
pub(super) unsafe fn pair_of(
    mem: *const u64,
    value: u64,
    near: u64,
    far: u64,
) -> Option<(usize, usize)> {
    let (near, far) = (index_of(near)?, index_of(far)?);
    if tag_of(value) != VECTOR {
        return None;
    }
    let at = value.wrapping_sub(VECTOR << 48);
    // SAFETY: the vector is there.
    unsafe {
        let length = *mem.add(at as usize + vector::LENGTH);
        if near >= length || far >= length || *mem.add(at as usize) & SHARED != 0 {
            return None;
        }
        let data = *mem.add(at as usize + vector::DATA);
        Some(((data + near) as usize, (data + far) as usize))
    }
}

/// Where an element of a vector, or a number of a tensor, is, if it is one and has that.
///
/// # Safety
/// As above.
#[inline(always)]
pub(super) unsafe fn element_of(mem: *const u64, value: u64, index: u64) -> Option<usize> {
    if tag_of(value) != VECTOR {
        // SAFETY: as above.
        return unsafe { number_of(mem, value, index) };
    }
    let at = value.wrapping_sub(VECTOR << 48);
    let index = index_of(index)?;
    // SAFETY: the vector is there.
    unsafe {
        let is_there = index < *mem.add(at as usize + vector::LENGTH);
        is_there.then(|| (*mem.add(at as usize + vector::DATA) + index) as usize)
    }
}

/// The tag of a value. The compiler must not know that it was shifted: it would compare all of the
/// value instead, which takes two more constants of eight bytes.
#[inline(always)]
pub(super) fn tag_of(value: u64) -> u64 {
    window((value >> 48) as usize as *mut u64) as usize as u64
}

/// The same place, of which the compiler does not know where it comes from. Of a frame it would else
/// keep the distance from the memory's begin and add the two again before each instruction.
#[cfg(all(not(miri), any(target_arch = "x86_64", target_arch = "aarch64")))]
#[expect(clippy::pointers_in_nomem_asm_block, reason = "nothing is read or written")]
#[inline(always)]
pub(super) fn window(mut base: *mut u64) -> *mut u64 {
    // SAFETY: there are no instructions in it.
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) base, options(pure, nomem, nostack, preserves_flags));
    }
    base
}

/// The same place.
#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[inline(always)]
pub(super) fn window(base: *mut u64) -> *mut u64 {
    base
}

/// Whether a value is what a pattern has in this place, if that is said by their words or their
/// letters.
#[inline(always)]
pub(super) fn is_constant(heap: &Heap, mem: *mut u64, value: u64, constant: u64) -> Option<bool> {
    let (tag, other) = (value >> 48, constant >> 48);
    if value < NUMBERS_END && constant < NUMBERS_END {
        return Some(f64::from_bits(value) == f64::from_bits(constant));
    }
    if value == constant {
        return Some(true);
    }
    if tag != other && tag != OBJECT && other != OBJECT {
        return Some(false);
    }
    (tag == STRING).then(|| strings_equal(heap, mem, value, constant))
}
