//! The outer form of our files: a magic number, a version, and sections with checksums.

use crate::section::checksum;
use crate::{ByteReader, ImageError};

/// Bytes of a section once it is unpacked.
const SECTION_BYTES_MAX: u64 = 1 << 30;
/// The most that LZ4 can shrink anything by.
const LZ4_RATIO_MAX: u64 = 256;
/// Smaller sections are not worth compressing.
const COMPRESS_BYTES_MIN: usize = 64;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// The first bytes of the file.
    pub magic: [u8; 4],
    /// The version that is written, and the only one that is read.
    pub version: u16,
    /// What messages call it.
    pub name: &'static str,
    /// What messages call the sections; the kind of a section is its index here.
    pub sections: &'static [&'static str],
}

impl FileKind {
    /// Puts sections together; there is one for each name.
    #[must_use]
    pub fn write(&self, sections: &[Vec<u8>]) -> Vec<u8> {
        assert_eq!(sections.len(), self.sections.len(), "one section for each name");
        let mut file = self.magic.to_vec();
        file.extend_from_slice(&self.version.to_le_bytes());
        for (kind, plain) in (0_u8..).zip(sections) {
            let packed = lz4_flex::block::compress(plain);
            let is_packed = plain.len() >= COMPRESS_BYTES_MIN && packed.len() < plain.len();
            let stored = if is_packed { &packed } else { plain };
            let mut head = vec![kind, u8::from(is_packed)];
            head.extend_from_slice(&(stored.len() as u64).to_le_bytes());
            head.extend_from_slice(&(plain.len() as u64).to_le_bytes());
            let checksum = checksum(&head, stored);
            file.extend_from_slice(&head);
            file.extend_from_slice(&checksum.to_le_bytes());
            file.extend_from_slice(stored);
        }
        file
    }

    /// Takes a file apart into its sections, in the order of the names.
    ///
    /// # Errors
    /// It is another kind of file, of another version, or damaged.
    pub fn read(&self, file: &[u8]) -> Result<Vec<Vec<u8>>, ImageError> {
        let Some(rest) = file.strip_prefix(&self.magic) else {
            return Err(ImageError::OtherFile { name: self.name, magic: self.magic });
        };
        let Some((version, mut rest)) = rest.split_first_chunk::<2>() else {
            return Err(ImageError::Truncated { section: "version", at: file.len() });
        };
        let found = u16::from_le_bytes(*version);
        if found != self.version {
            return Err(ImageError::Version { found, known: self.version });
        }
        let mut sections = Vec::new();
        for (kind, name) in (0_u8..).zip(self.sections) {
            let (section, after) = self.section(kind, name, rest, file.len() - rest.len())?;
            sections.push(section);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(ImageError::Trailing { section: "file", at: file.len() - rest.len() });
        }
        Ok(sections)
    }

    fn section<'a>(
        &self,
        kind: u8,
        name: &'static str,
        bytes: &'a [u8],
        at: usize,
    ) -> Result<(Vec<u8>, &'a [u8]), ImageError> {
        const HEAD_BYTES: usize = 18;
        let truncated = ImageError::Truncated { section: name, at };
        let Some((head, rest)) = bytes.split_at_checked(HEAD_BYTES) else { return Err(truncated) };
        let mut fields = ByteReader::new(name, head);
        let (found, packing) = (fields.u8()?, fields.u8()?);
        let (stored_len, plain_len) = (fields.u64()?, fields.u64()?);
        let Some((sum, rest)) = rest.split_first_chunk::<4>() else { return Err(truncated) };
        let stored_len = usize::try_from(stored_len).ok();
        let Some((stored, rest)) = stored_len.and_then(|len| rest.split_at_checked(len)) else {
            return Err(truncated);
        };
        if u32::from_le_bytes(*sum) != checksum(head, stored) {
            return Err(ImageError::Checksum { section: name });
        }
        let bad = |expected| ImageError::Value { section: name, at, expected };
        if found != kind {
            return Err(bad("the sections in their order"));
        }
        let possible = (stored.len() as u64).saturating_mul(LZ4_RATIO_MAX).min(SECTION_BYTES_MAX);
        let plain = match packing {
            0 if plain_len == stored.len() as u64 => stored.to_vec(),
            1 if plain_len <= possible => {
                let len = usize::try_from(plain_len).map_err(|_| bad("a length in memory"))?;
                let plain = lz4_flex::block::decompress(stored, len);
                plain
                    .ok()
                    .filter(|plain| plain.len() == len)
                    .ok_or(bad("LZ4 data of its length"))?
            }
            _ => return Err(bad("a length that the data can have")),
        };
        Ok((plain, rest))
    }
}
