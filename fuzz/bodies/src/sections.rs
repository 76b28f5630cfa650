//! Files made of sections with checksums: changed, they are still read as far as their content, if the
//! checksums are written anew.

/// Bytes of the head of a section, before its checksum: kind, packing, and two lengths.
const HEAD: usize = 18;
/// Bytes of a checksum.
const SUM: usize = 4;
/// Bytes before the first section: magic number and version.
const START: usize = 6;

/// Where the sections of a file lie: their heads, and their ends.
fn sections(file: &[u8]) -> Option<Vec<(usize, usize)>> {
    let (mut found, mut at) = (Vec::new(), START);
    while at < file.len() {
        let stored = u64::from_le_bytes(*file.get(at + 2..)?.first_chunk()?);
        let start = at + HEAD + SUM;
        let end = start.checked_add(usize::try_from(stored).ok()?)?;
        file.get(start..end)?;
        found.push((at, end));
        at = end;
    }
    Some(found)
}

/// Writes the checksums of a file anew, and those of files that are sections of it. `None` if it has no
/// sections.
pub(crate) fn mend(file: &mut [u8]) -> Option<()> {
    for (at, end) in sections(file)? {
        let start = at + HEAD + SUM;
        if file[start..end].starts_with(b"PVMI") {
            mend(&mut file[start..end]);
        }
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(&file[at..at + HEAD]);
        hasher.update(&file[start..end]);
        file[at + HEAD..start].copy_from_slice(&hasher.finalize().to_le_bytes());
    }
    Some(())
}

/// The same file with nothing packed in it, so that changes to it are changes to what it says. `None` if it
/// is no such file.
#[must_use]
pub fn unpacked(file: &[u8]) -> Option<Vec<u8>> {
    let mut plain = file.get(..START)?.to_vec();
    for (at, end) in sections(file)? {
        let stored = &file[at + HEAD + SUM..end];
        let length = u64::from_le_bytes(*file[at + 10..].first_chunk()?);
        let content = match file[at + 1] {
            0 => stored.to_vec(),
            _ => lz4_flex::block::decompress(stored, usize::try_from(length).ok()?).ok()?,
        };
        let content = if content.starts_with(b"PVMI") { unpacked(&content)? } else { content };
        let length = (content.len() as u64).to_le_bytes();
        plain.extend_from_slice(&[file[at], 0]);
        plain.extend_from_slice(&[length, length].concat());
        plain.extend_from_slice(&[0; SUM]);
        plain.extend_from_slice(&content);
    }
    mend(&mut plain)?;
    Some(plain)
}
