//! Sections as the founding documents have them: a length, a checksum, and the bytes.

use crate::{ByteReader, ByteWriter, ImageError};

/// Adds a section to a file. `before` counts for its checksum, too, and is not written.
pub fn write_section(file: &mut ByteWriter, before: &[u8], section: &[u8]) {
    file.count(section.len());
    file.u32(checksum(before, section));
    file.raw(section);
}

/// The next section of a file, which was written with the same `before`.
///
/// # Errors
/// The file ends, or the checksum does not match.
pub fn read_section<'a>(
    section: &'static str,
    file: &mut ByteReader<'a>,
    before: &[u8],
) -> Result<ByteReader<'a>, ImageError> {
    let truncated = |_| ImageError::Truncated { section, at: 0 };
    let length = file.u32().map_err(truncated)? as usize;
    let expected = file.u32().map_err(truncated)?;
    let bytes = file.raw(length).map_err(truncated)?;
    if checksum(before, bytes) == expected {
        Ok(ByteReader::new(section, bytes))
    } else {
        Err(ImageError::Checksum { section })
    }
}

/// Of both together.
pub(crate) fn checksum(before: &[u8], section: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(before);
    hasher.update(section);
    hasher.finalize()
}
