//! What the files of compiled programs are made of: sections with checksums, and numbers, texts and
//! lists in them. Knows no guest.
//!
//! Two forms are there. A [`FileKind`] has a section for each of its names, packed where that pays;
//! the formats of founding documents, which have a form of their own, put sections together with
//! [`write_section`] and [`read_section`].

mod bytes;
mod error;
mod kind;
mod section;

pub use bytes::{ByteReader, ByteWriter};
pub use error::ImageError;
pub use kind::FileKind;
pub use section::{read_section, write_section};
