//! The image file: sections, each with its length and checksum. `docs/formats/image.md` draws it.

/// Why bytes are not an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It is some other file.
    #[error("this is not a Palindrome image: it does not begin with `PVMI`")]
    NotAnImage,
}
