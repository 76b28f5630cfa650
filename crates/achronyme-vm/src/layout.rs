//! How objects lie in memory. Words are 64 bits; the first word of each object is its [`Header`].
//!
//! | object | words after the header |
//! |---|---|
//! | vector | length, first word of the elements, capacity, elements in place if they are few |
//! | record | fields; `aux` is the shape, `small` how many fit |
//! | closure | upvalues; `aux` is the prototype, `small` how many |
//! | cell | the value |
//! | string | bytes, characters, word of the buffer; the buffer may be longer |
//! | buffer | raw words, `aux` unused: bytes of strings, numbers of tensors, values of vectors |
//! | complex | real part, imaginary part |
//! | tensor | number of axes in `small`, `flags` may have [`MASK`]; first word of the numbers, how many, then the axes |
//! | edge | from, to, properties; `flags` has [`DIRECTED`] |
//! | error | message, kind, source |
//! | future | see `task`; `flags` may have [`LAST`] |
//! | generator | state in `flags`, pc, number of words, then the saved words in place |
//! | the rest | see `task` |

/// What an object is. The numbers lie in saved states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ObjectKind {
    /// Not an object.
    Free = 0,
    Vector,
    Record,
    Closure,
    Cell,
    String,
    /// Words without references.
    RawBuffer,
    /// Words that are values.
    ValueBuffer,
    Complex,
    Tensor,
    ComplexTensor,
    Edge,
    Error,
    Generator,
    Future,
    Channel,
    Sender,
    Receiver,
    Mutex,
    Guard,
    Signal,
}

/// The first word of an object: kind 8 bits, flags 8 bits, `small` 16 bits, `aux` 32 bits, from the
/// lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header(pub u64);

/// A vector or tensor that more than one place may refer to, and so must be copied before it
/// changes. Never goes back.
pub(crate) const SHARED: u64 = 1 << 8;
/// A real tensor whose numbers stand for truth values.
pub(crate) const MASK: u64 = 1 << 9;
/// An edge that goes one way.
pub(crate) const DIRECTED: u64 = 1 << 9;
/// A generator that has ended.
pub(crate) const DONE: u64 = 1 << 9;
/// A future of a channel that is closed and has nothing more to give.
pub(crate) const LAST: u64 = 1 << 9;
/// A generator that is being run.
pub(crate) const RUNNING: u64 = 1 << 10;

impl Header {
    #[inline(always)]
    pub(crate) const fn new(kind: ObjectKind, small: u16, aux: u32) -> Self {
        Self(kind as u64 | ((small as u64) << 16) | ((aux as u64) << 32))
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "the lowest byte is meant")]
    pub(crate) const fn kind_code(self) -> u8 {
        self.0 as u8
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "these two bytes are meant")]
    pub(crate) const fn small(self) -> u16 {
        (self.0 >> 16) as u16
    }

    #[inline(always)]
    pub(crate) const fn aux(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline(always)]
    pub(crate) const fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }
}

/// Words of a vector.
pub(crate) mod vector {
    pub(crate) const LENGTH: usize = 1;
    pub(crate) const DATA: usize = 2;
    pub(crate) const CAPACITY: usize = 3;
    /// Where the elements are that lie in the object itself.
    pub(crate) const INLINE: usize = 4;
    /// So many elements at most lie in the object itself.
    pub(crate) const INLINE_MAX: usize = 28;
}

/// Words of a string.
pub(crate) mod string {
    pub(crate) const BYTES: usize = 1;
    pub(crate) const CHARACTERS: usize = 2;
    /// The header word of its raw buffer; the bytes begin a word after it.
    pub(crate) const BUFFER: usize = 3;
    pub(crate) const WORDS: usize = 4;
}

/// Words of a tensor.
pub(crate) mod tensor {
    /// The header word of its raw buffer; the numbers begin a word after it.
    pub(crate) const BUFFER: usize = 1;
    /// How many numbers; complex ones count once.
    pub(crate) const COUNT: usize = 2;
    pub(crate) const AXES: usize = 3;
}

/// Words of a generator.
pub(crate) mod generator {
    pub(crate) const PC: usize = 1;
    /// How many words were saved.
    pub(crate) const COUNT: usize = 2;
    /// The closure, then its registers.
    pub(crate) const SAVED: usize = 3;
}
