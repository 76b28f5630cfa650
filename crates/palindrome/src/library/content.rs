//! What tells one publication from another: a hash of what it says and of what it uses.

use std::fmt;

use palindrome_vm::ImageError;
use palindrome_vm::image::{ByteReader, ByteWriter};
use sha2::{Digest as _, Sha256};

use super::shelf::Binding;
use crate::format;

/// The SHA-256 of a text as the formatter lays it out, and of what it uses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content([u8; 32]);

/// Digits by which people call a content.
const SHORT: usize = 12;

impl Content {
    /// Of a text, and of what each of its uses is bound to. A text that cannot be laid out counts as it
    /// is.
    #[must_use]
    pub fn of(text: &str, uses: &[Binding]) -> Self {
        let mut bytes = ByteWriter::new();
        bytes.text(&format(text).unwrap_or_else(|_| text.to_owned()));
        bytes.count(uses.len());
        for binding in uses {
            binding.write(&mut bytes);
        }
        Self(Sha256::digest(bytes.into_bytes()).into())
    }

    /// Enough of its digits for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..SHORT].to_owned()
    }

    pub(super) fn write(&self, to: &mut ByteWriter) {
        self.0.iter().for_each(|byte| to.u8(*byte));
    }

    pub(super) fn read(from: &mut ByteReader<'_>) -> Result<Self, ImageError> {
        from.array().map(Self)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}
