//! Why bytes are not a file of the kind that was expected.

/// Why bytes are not a file of the kind that was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It is some other file.
    #[error("this is not {name}: it does not begin with `{}`", .magic.escape_ascii())]
    OtherFile {
        /// What was expected.
        name: &'static str,
        /// How that begins.
        magic: [u8; 4],
    },
    /// It was written by another version.
    #[error(
        "its format is version {found}, and this program reads version {known}; make it again \
         from what it was made of"
    )]
    Version {
        /// The file's version.
        found: u16,
        /// Ours.
        known: u16,
    },
    /// It ends too early; it was probably not copied to the end.
    #[error("the {section} section is cut off at byte {at}")]
    Truncated {
        /// Where.
        section: &'static str,
        /// The byte, counted in the section, or in the file where its sections are found.
        at: usize,
    },
    /// Something follows the end.
    #[error("there is something after the end of the {section}, from byte {at} on")]
    Trailing {
        /// Of which section, or of the file.
        section: &'static str,
        /// The byte, counted in that.
        at: usize,
    },
    /// The bytes are not those that were written.
    #[error("the {section} section is damaged: its checksum does not match")]
    Checksum {
        /// Which.
        section: &'static str,
    },
    /// The bytes are those that were written, and mean nothing.
    #[error("the {section} section is wrong at byte {at}: {expected} was expected")]
    Value {
        /// Which.
        section: &'static str,
        /// The byte, counted in the section.
        at: usize,
        /// What should be there.
        expected: &'static str,
    },
}
