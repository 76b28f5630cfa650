//! Whether a word that was found somewhere in memory still means something: for whoever looks at
//! places that may have been let go of.

use super::Heap;
use crate::Value;
use crate::layout::ObjectKind;
use crate::value::Tag;

impl Heap {
    /// Whether a value can be looked at: it is no reference, or the object is still there.
    pub(crate) fn holds(&self, value: Value) -> bool {
        if !value.is_reference() {
            return true;
        }
        let at = value.at();
        self.object_around(at) == Some(at) && self.has_tag_of(value)
    }

    /// Whether the word belongs to a variable, a field or an element, which can be replaced by any
    /// other value.
    pub(crate) fn is_slot(&self, at: usize) -> bool {
        let Some(object) = self.object_around(at) else { return false };
        let header = self.header(object);
        let offset = at - object;
        match ObjectKind::from_code(header.kind_code()) {
            ObjectKind::Cell => offset == 1,
            ObjectKind::Record => {
                let fields = self.shape(header.aux()).fields().len();
                (1..=fields).contains(&offset)
            }
            ObjectKind::Closure => (1..=usize::from(header.small())).contains(&offset),
            ObjectKind::Free
            | ObjectKind::Vector
            | ObjectKind::String
            | ObjectKind::RawBuffer
            | ObjectKind::ValueBuffer
            | ObjectKind::Complex
            | ObjectKind::Tensor
            | ObjectKind::ComplexTensor
            | ObjectKind::Edge
            | ObjectKind::Error
            | ObjectKind::Generator
            | ObjectKind::Future
            | ObjectKind::Channel
            | ObjectKind::Sender
            | ObjectKind::Receiver
            | ObjectKind::Mutex
            | ObjectKind::Guard
            | ObjectKind::Signal => false,
        }
    }

    /// Whether the object is of the kind that the reference says.
    fn has_tag_of(&self, value: Value) -> bool {
        match self.object_kind(value) {
            ObjectKind::String => value.is(Tag::String),
            ObjectKind::Vector => value.is(Tag::Vector),
            ObjectKind::Record => value.is(Tag::Record),
            ObjectKind::Closure => value.is(Tag::Closure),
            ObjectKind::Cell => value.is(Tag::Cell),
            ObjectKind::Free | ObjectKind::RawBuffer | ObjectKind::ValueBuffer => false,
            ObjectKind::Complex
            | ObjectKind::Tensor
            | ObjectKind::ComplexTensor
            | ObjectKind::Edge
            | ObjectKind::Error
            | ObjectKind::Generator
            | ObjectKind::Future
            | ObjectKind::Channel
            | ObjectKind::Sender
            | ObjectKind::Receiver
            | ObjectKind::Mutex
            | ObjectKind::Guard
            | ObjectKind::Signal => value.is(Tag::Object),
        }
    }
}
