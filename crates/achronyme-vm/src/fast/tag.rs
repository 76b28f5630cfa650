//! The upper sixteen bits of values, and kinds of objects, as the fast engine compares them.

use crate::layout::ObjectKind;
use crate::value::Tag;

pub(super) const VECTOR: u64 = Tag::Vector as u64;
pub(super) const RECORD: u64 = Tag::Record as u64;
pub(super) const CLOSURE: u64 = Tag::Closure as u64;
pub(super) const STRING: u64 = Tag::String as u64;
pub(super) const OBJECT: u64 = Tag::Object as u64;
pub(super) const CELL: u64 = Tag::Cell as u64;
pub(super) const GENERATOR: u64 = ObjectKind::Generator as u64;
pub(super) const SMALL: u64 = Tag::Small as u64;
