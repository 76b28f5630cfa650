//! The registers and flags.

use std::ops::{Index, IndexMut};

use crate::operand::REGISTER_COUNT;

/// Sixteen registers, and the flags of the last arithmetic or comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegisterFile {
    /// R0 to R15.
    pub general: [i64; REGISTER_COUNT],
    /// What the last arithmetic or comparison found.
    pub flags: Flags,
}

impl Index<usize> for RegisterFile {
    type Output = i64;

    fn index(&self, number: usize) -> &i64 {
        &self.general[number]
    }
}

impl IndexMut<usize> for RegisterFile {
    fn index_mut(&mut self, number: usize) -> &mut i64 {
        &mut self.general[number]
    }
}

/// What the last arithmetic or comparison found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The result was 0.
    pub zero: bool,
    /// The result was below 0.
    pub negative: bool,
    /// An addition carried, a subtraction borrowed, or a product did not fit, unsigned.
    pub carry: bool,
    /// The result did not fit, signed.
    pub overflow: bool,
}

impl Flags {
    /// The first operand was less, signed.
    #[must_use]
    pub const fn is_less(self) -> bool {
        self.negative != self.overflow
    }

    /// One bit each: zero, negative, carry, overflow, the first lowest.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.zero as u8
            | (self.negative as u8) << 1
            | (self.carry as u8) << 2
            | (self.overflow as u8) << 3
    }

    /// The flags with these [`Self::bits`].
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self {
            zero: bits & 1 != 0,
            negative: bits & 2 != 0,
            carry: bits & 4 != 0,
            overflow: bits & 8 != 0,
        }
    }
}
