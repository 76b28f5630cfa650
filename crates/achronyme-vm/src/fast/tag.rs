//! The upper sixteen bits of values, and kinds of objects, as the fast engine compares them.

use achronyme_library::Kind;

use crate::layout::{ObjectKind, string, vector};
use crate::value::{AT, NUMBERS_END, Tag};

pub(super) const VECTOR: u64 = Tag::Vector as u64;
pub(super) const RECORD: u64 = Tag::Record as u64;
pub(super) const CLOSURE: u64 = Tag::Closure as u64;
pub(super) const STRING: u64 = Tag::String as u64;
pub(super) const OBJECT: u64 = Tag::Object as u64;
pub(super) const CELL: u64 = Tag::Cell as u64;
pub(super) const GENERATOR: u64 = ObjectKind::Generator as u64;
/// The lower half of the header of a real tensor with one axis, without flags.
pub(super) const TENSOR: u32 = ObjectKind::Tensor as u32 | 1 << 16;
pub(super) const SMALL: u64 = Tag::Small as u64;

/// The kind of a value, if its tag says it.
#[inline(always)]
pub(super) fn kind_of(value: u64) -> Option<Kind> {
    match value >> 48 {
        VECTOR => Some(Kind::Vector),
        RECORD => Some(Kind::Record),
        STRING => Some(Kind::String),
        CLOSURE => Some(Kind::Function),
        _ if value < NUMBERS_END => Some(Kind::Number),
        _ => None,
    }
}

/// Where a vector or a string has its length.
#[inline(always)]
pub(super) fn length_place(value: u64) -> Option<usize> {
    let at = (value & AT) as usize;
    match value >> 48 {
        VECTOR => Some(at + vector::LENGTH),
        STRING => Some(at + string::CHARACTERS),
        _ => None,
    }
}
