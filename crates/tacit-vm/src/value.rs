//! A cell: 32 bits that are a number, or a tagged value inside a quiet NaN.
//!
//! ```text
//! bit  31    30……23   22      21…18   17………0
//!      sign  all 1    quiet   tag     payload
//! ```
//! Anything whose bits 30 to 22 are not all ones is a plain `f32`. Tag 0 is the number NaN, and
//! arithmetic makes no other NaN. A block is told by its number in the heap, all else that lies in
//! memory by its offset in its segment.

use std::fmt;

/// Bits 30 to 22.
const BOXED: u32 = 0x7fc0_0000;
/// The sign bit: marks an object among pointers, and quoted code.
const MARK: u32 = 1 << 31;
const PAYLOAD: u32 = (1 << 18) - 1;

/// The kinds of tagged value, with the numbers of the founding document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Tag {
    /// The number that is none.
    Nan = 0,
    /// A whole number of 18 bits with its sign. Only frames hold such.
    Number = 1,
    /// Reserved: floats need no block.
    Float = 2,
    /// An array, object or promise; its block says which.
    Pointer = 3,
    /// A word, by the offset of its header in the code, or by its opcode (below 256).
    Symbol = 4,
    /// An interned string.
    String = 5,
    /// 0 or 1; counts as a number.
    Boolean = 6,
    /// NIL.
    Undefined = 7,
    /// A vector.
    Vector = 8,
    /// A sequence.
    Sequence = 9,
    /// A dictionary.
    Dictionary = 10,
    /// A block of code, by the offset of its first instruction.
    Code = 11,
    /// What the machine itself keeps on the return stack; see [`Control`]. No program ever has one.
    Continuation = 12,
}

impl Tag {
    const ALL: [Self; 13] = [
        Self::Nan,
        Self::Number,
        Self::Float,
        Self::Pointer,
        Self::Symbol,
        Self::String,
        Self::Boolean,
        Self::Undefined,
        Self::Vector,
        Self::Sequence,
        Self::Dictionary,
        Self::Code,
        Self::Continuation,
    ];
}

/// One value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cell(pub u32);

impl Cell {
    /// What is missing.
    pub const NIL: Self = Self::tagged(Tag::Undefined, 0);
    /// The one NaN.
    pub const NAN: Self = Self(BOXED);
    /// 1, what comparisons give.
    pub const TRUE: Self = Self(0x3f80_0000);
    /// 0.
    pub const FALSE: Self = Self(0);

    /// A number; every NaN becomes the one.
    #[must_use]
    pub fn number(value: f32) -> Self {
        if value.is_nan() { Self::NAN } else { Self(value.to_bits()) }
    }

    /// A count or index. Exact up to 2²⁴.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "sizes in this machine are below 2^24")]
    pub fn count(value: usize) -> Self {
        Self((value as f32).to_bits())
    }

    /// 1 or 0.
    #[must_use]
    pub const fn flag(value: bool) -> Self {
        if value { Self::TRUE } else { Self::FALSE }
    }

    /// A tagged value; only the low 18 bits of `payload` count.
    #[must_use]
    pub const fn tagged(tag: Tag, payload: u32) -> Self {
        Self(BOXED | (tag as u32) << 18 | payload & PAYLOAD)
    }

    /// The tag, unless it is a number (also one that is NaN).
    #[must_use]
    pub const fn tag(self) -> Option<Tag> {
        if self.0 & BOXED != BOXED {
            return None;
        }
        let number = (self.0 >> 18 & 0xf) as usize;
        if number == 0 || number >= Tag::ALL.len() { None } else { Some(Tag::ALL[number]) }
    }

    /// Whether it has a tag or is NaN, so that fast arithmetic has to look again.
    #[must_use]
    pub const fn is_boxed(self) -> bool {
        self.0 & BOXED == BOXED
    }

    /// The low 18 bits.
    #[must_use]
    pub const fn payload(self) -> u32 {
        self.0 & PAYLOAD
    }

    /// The low 16 bits: an offset in a segment, or a block.
    #[must_use]
    pub const fn address(self) -> u16 {
        (self.0 & 0xffff) as u16
    }

    /// Whether the sign bit of a tagged value is set.
    #[must_use]
    pub const fn is_marked(self) -> bool {
        self.0 & MARK != 0
    }

    /// With the sign bit set.
    #[must_use]
    pub const fn marked(self) -> Self {
        Self(self.0 | MARK)
    }

    /// As a number, if it is one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "18 bits fit")]
    pub fn as_number(self) -> Option<f32> {
        match self.tag() {
            None if self.0 & BOXED == BOXED => Some(f32::NAN),
            None => Some(f32::from_bits(self.0)),
            Some(Tag::Number) => Some(((self.payload() << 14).cast_signed() >> 14) as f32),
            Some(Tag::Boolean) => Some(self.payload() as f32),
            Some(_) => None,
        }
    }

    /// As a whole number from 0 up, if it is one; for indexes and counts.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::float_cmp,
        reason = "compared with its truncation"
    )]
    pub fn as_count(self) -> Option<usize> {
        let number = self.as_number()?;
        ((0.0..16_777_217.0).contains(&number) && libm::truncf(number) == number)
            .then_some(number as usize)
    }

    /// What a condition makes of it: numbers other than 0 and NaN are true, all else is false.
    #[must_use]
    pub fn is_true(self) -> bool {
        self.as_number().is_some_and(|number| number != 0.0 && !number.is_nan())
    }

    /// Whether it refers to a block of the heap.
    #[must_use]
    pub const fn is_reference(self) -> bool {
        matches!(
            self.tag(),
            Some(Tag::Float | Tag::Pointer | Tag::Vector | Tag::Sequence | Tag::Dictionary)
        )
    }

    /// What control keeps in it, if it is such a cell.
    #[must_use]
    pub const fn as_control(self) -> Option<Control> {
        if !matches!(self.tag(), Some(Tag::Continuation)) {
            return None;
        }
        let low = self.address();
        Some(match self.payload() >> 16 {
            0 => Control::Return(low),
            1 => Control::Base(low),
            2 => Control::Mark(low),
            _ => Control::Frame(low),
        })
    }

    /// A cell that control keeps on the return stack.
    #[must_use]
    pub const fn control(control: Control) -> Self {
        let (kind, low) = match control {
            Control::Return(low) => (0, low),
            Control::Base(low) => (1, low),
            Control::Mark(low) => (2, low),
            Control::Frame(low) => (3, low),
        };
        Self::tagged(Tag::Continuation, kind << 16 | low as u32)
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tag(), self.as_number()) {
            (None, Some(number)) => write!(f, "Cell({number})"),
            (tag, _) => write!(f, "Cell({tag:?} {:#x})", self.0),
        }
    }
}

/// What the machine keeps on the return stack, told apart from a program's own values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// The offset in the code to return to.
    Return(u16),
    /// The caller's frame base, as a cell's index; local variables follow.
    Base(u16),
    /// How high the stack was at an opening bracket, as a cell's index.
    Mark(u16),
    /// The top of a frame that the machine made; the number is its kind.
    Frame(u16),
}
