//! Values: 64 bits that are a number, or, among the bit patterns of NaN that no arithmetic gives, a
//! tag and 48 bits.

use bytemuck::{Pod, Zeroable};

/// A value. Copying it copies a reference where it is one.
///
/// Zeroed memory is the number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[repr(transparent)]
pub struct Value(pub(crate) u64);

/// What lies in the upper 16 bits of a value that is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Tag {
    /// Null, truth values, functions of the library.
    Small = 0xFFF9,
    String = 0xFFFA,
    Vector = 0xFFFB,
    Record = 0xFFFC,
    Closure = 0xFFFD,
    /// Any other object: its header says which.
    Object = 0xFFFE,
    /// A captured variable. Never seen by a program.
    Cell = 0xFFFF,
}

/// Whatever is below is a number.
pub(crate) const NUMBERS_END: u64 = 0xFFF9_0000_0000_0000;
/// Whatever is here or above is a reference.
pub(crate) const REFERENCES: u64 = 0xFFFA_0000_0000_0000;
/// The bits of the word's number in a reference.
pub(crate) const AT: u64 = 0x0000_FFFF_FFFF_FFFF;
/// The only NaN.
pub(crate) const NAN: u64 = 0x7FF8_0000_0000_0000;

const BUILTIN: u64 = 0xFFF9_0001_0000_0000;

impl Value {
    /// `false`
    pub const FALSE: Self = Self(0xFFF9_0000_0000_0000);
    /// `true`
    pub const TRUE: Self = Self(0xFFF9_0000_0000_0001);
    /// `null`
    pub const NULL: Self = Self(0xFFF9_0000_0000_0002);
    /// An argument that was not given, a global that was not set. Never seen by a program.
    pub(crate) const ABSENT: Self = Self(0xFFF9_0000_0000_0003);

    /// A number.
    #[inline(always)]
    #[must_use]
    pub const fn number(value: f64) -> Self {
        if value.is_nan() { Self(NAN) } else { Self(value.to_bits()) }
    }

    /// A truth value.
    #[inline(always)]
    #[must_use]
    pub const fn boolean(value: bool) -> Self {
        Self(Self::FALSE.0 | value as u64)
    }

    /// A function of the library.
    #[must_use]
    pub const fn builtin(index: u16) -> Self {
        Self(BUILTIN | index as u64)
    }

    /// A reference to the object whose header is the word `at`.
    #[inline(always)]
    pub(crate) const fn reference(tag: Tag, at: usize) -> Self {
        Self(((tag as u64) << 48) | at as u64)
    }

    /// The number, if it is one.
    #[inline(always)]
    #[must_use]
    pub const fn as_number(self) -> Option<f64> {
        if self.0 < NUMBERS_END { Some(f64::from_bits(self.0)) } else { None }
    }

    /// The truth value, if it is one.
    #[inline(always)]
    #[must_use]
    pub const fn as_boolean(self) -> Option<bool> {
        if self.0 & !1 == Self::FALSE.0 { Some(self.0 & 1 == 1) } else { None }
    }

    /// Which function of the library it is, if it is one.
    #[must_use]
    pub const fn as_builtin(self) -> Option<u16> {
        if self.0 & !0xFFFF == BUILTIN { Some((self.0 & 0xFFFF) as u16) } else { None }
    }

    /// Whether it refers to an object.
    #[inline(always)]
    pub(crate) const fn is_reference(self) -> bool {
        self.0 >= REFERENCES
    }

    /// The upper 16 bits.
    #[inline(always)]
    pub(crate) const fn tag(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// Whether it refers to an object with this tag.
    #[inline(always)]
    pub(crate) const fn is(self, tag: Tag) -> bool {
        self.tag() == tag as u16
    }

    /// The word it refers to, whatever its tag.
    #[inline(always)]
    pub(crate) const fn at(self) -> usize {
        (self.0 & AT) as usize
    }
}
