//! The outer shape of a recording: a header, then frames that vouch for themselves.

use super::error::RecordingError;

/// The first bytes of every recording. The line end shows up transfers that change line ends.
const MAGIC: [u8; 8] = *b"PALREC\r\n";

/// Files with another major version cannot be read.
pub(super) const MAJOR: u16 = 1;

/// Files with a later minor version can be read; what is new in them is skipped.
pub(super) const MINOR: u16 = 2;

/// Length, kind and checksum.
const FRAME_HEAD_BYTES: usize = 4 + 1 + 4;

/// What a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Program = 1,
    Answers = 2,
    Hash = 3,
    Mark = 4,
    Note = 5,
    End = 6,
    // From minor version 2 on.
    Start = 7,
    Intent = 8,
    Origin = 9,
    /// In files of their own only.
    State = 10,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Program,
        Self::Answers,
        Self::Hash,
        Self::Mark,
        Self::Note,
        Self::End,
        Self::Start,
        Self::Intent,
        Self::Origin,
        Self::State,
    ];
}

/// A whole frame with the right checksum; `kind` is `None` where a later release made it up.
pub(super) struct Frame<'a> {
    pub(super) kind: Option<Kind>,
    pub(super) payload: &'a [u8],
    /// The length of the frame, head and all.
    pub(super) size: usize,
}

pub(super) fn header() -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(MAJOR.to_le_bytes());
    bytes.extend(MINOR.to_le_bytes());
    bytes
}

/// The bytes after the header.
pub(super) fn split_header(bytes: &[u8]) -> Result<&[u8], RecordingError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(RecordingError::NotARecording)?;
    let (major, rest) = rest.split_first_chunk().ok_or(RecordingError::NoProgram)?;
    let (_minor, rest) = rest.split_first_chunk::<2>().ok_or(RecordingError::NoProgram)?;
    match u16::from_le_bytes(*major) {
        MAJOR => Ok(rest),
        0 => Err(RecordingError::NotARecording),
        found => Err(RecordingError::Newer { found, known: MAJOR }),
    }
}

pub(super) fn frame(kind: Kind, payload: &[u8]) -> Result<Vec<u8>, RecordingError> {
    let length = u32::try_from(payload.len())
        .map_err(|_| RecordingError::TooLarge { bytes: payload.len() })?;
    let mut bytes = Vec::with_capacity(FRAME_HEAD_BYTES + payload.len());
    bytes.extend(length.to_le_bytes());
    bytes.push(kind as u8);
    bytes.extend(checksum(kind as u8, payload).to_le_bytes());
    bytes.extend(payload);
    Ok(bytes)
}

/// The frame that `bytes` begins with, if it is whole and good.
pub(super) fn split_frame(bytes: &[u8]) -> Option<Frame<'_>> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (&number, rest) = rest.split_first()?;
    let (sum, rest) = rest.split_first_chunk()?;
    let payload = rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    if checksum(number, payload) != u32::from_le_bytes(*sum) {
        return None;
    }
    let kind = Kind::ALL.into_iter().find(|kind| *kind as u8 == number);
    Some(Frame { kind, payload, size: FRAME_HEAD_BYTES + payload.len() })
}

fn checksum(kind: u8, payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(payload);
    hasher.finalize()
}
