//! What a value is, told by its tag and the kind of its block.

use crate::heap::Kind;
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::{Cell, Tag};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Number,
    String,
    Symbol,
    Nil,
    Vector,
    Dictionary,
    Array,
    Sequence,
    Object,
    Promise,
    Code,
    /// What no program has.
    Internal,
}

impl Shape {
    /// Its name in messages and for the word `type`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::String => "string",
            Self::Symbol => "symbol",
            Self::Nil => "nil",
            Self::Vector => "vector",
            Self::Dictionary => "dictionary",
            Self::Array => "array",
            Self::Sequence => "sequence",
            Self::Object => "object",
            Self::Promise => "promise",
            Self::Code => "code",
            Self::Internal => "internal",
        }
    }
}

impl Memory {
    /// What a value is.
    pub(crate) fn shape(&self, cell: Cell) -> Shape {
        let Some(tag) = cell.tag() else { return Shape::Number };
        match tag {
            Tag::Nan | Tag::Number | Tag::Boolean => Shape::Number,
            Tag::String => Shape::String,
            Tag::Symbol => Shape::Symbol,
            Tag::Undefined => Shape::Nil,
            Tag::Vector => Shape::Vector,
            Tag::Dictionary => Shape::Dictionary,
            Tag::Sequence => Shape::Sequence,
            Tag::Code => Shape::Code,
            Tag::Pointer => match self.block_kind(cell.address()) {
                Kind::Array => Shape::Array,
                Kind::Object => Shape::Object,
                Kind::Promise => Shape::Promise,
                Kind::Free
                | Kind::Float
                | Kind::Vector
                | Kind::String
                | Kind::Dictionary
                | Kind::Sequence
                | Kind::Code => Shape::Internal,
            },
            Tag::Float | Tag::Continuation => Shape::Internal,
        }
    }

    /// Whether arithmetic runs it to get at its value: a block that is not quoted, or a promise.
    #[inline]
    pub(crate) fn is_deferred(&self, cell: Cell) -> bool {
        match cell.tag() {
            Some(Tag::Code) => !cell.is_marked(),
            Some(Tag::Pointer) => self.block_kind(cell.address()) == Kind::Promise,
            _ => false,
        }
    }

    /// The elements of a vector or array; their references stay its own.
    pub(crate) fn elements(
        &self,
        word: &'static str,
        expected: &'static str,
        cell: Cell,
    ) -> Result<Vec<Cell>, Trap> {
        let shape = self.shape(cell);
        if shape == Shape::Vector {
            Ok(self.vector_cells(cell))
        } else if shape == Shape::Array {
            Ok(self.array_elements(cell))
        } else {
            Err(self.type_error(word, expected, cell))
        }
    }

    /// The failure of a word that got a value of the wrong type.
    pub(crate) fn type_error(
        &self,
        word: &'static str,
        expected: &'static str,
        cell: Cell,
    ) -> Trap {
        Trap::Type { word, expected, found: self.shape(cell).name() }
    }
}
