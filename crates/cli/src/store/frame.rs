//! The form of a tape's file: a head, and frames, each of which is a transaction or a part of the
//! whole. Bytes only; files are opened elsewhere.

use palindrome::{Publication, Shelf, State, Steps};
use palindrome_vm::image::{ByteReader, ByteWriter, FileKind};

/// The first bytes of a tape.
pub(super) const MAGIC: [u8; 8] = *b"PALTAPE\n";
/// The version that is written.
pub(super) const VERSION: u32 = 3;
/// Versions of tapes that keep no past. They are read, and written anew before something is added.
const OLD: [u32; 2] = [1, 2];
/// Bytes of the head of the file.
pub(super) const HEAD: usize = 16;
/// The first bytes of a frame.
const MARK: [u8; 4] = *b"\x01PTF";
/// Bytes before the content of a frame.
pub(super) const FRAME_HEAD: usize = 24;

const CONTENT: FileKind = FileKind {
    magic: *b"PALF",
    version: 3,
    name: "a frame of a tape",
    sections: &["text", "moments", "steps", "libraries"],
};

/// A frame of a tape that keeps no past.
const OLD_CONTENT: FileKind = FileKind { version: 1, sections: &["text", "state"], ..CONTENT };
/// Such a frame with publications.
const OLD_PUBLISHING: FileKind =
    FileKind { version: 2, sections: &["text", "state", "libraries"], ..CONTENT };

/// The program that a tape was written by last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    /// What messages call it.
    pub(crate) name: String,
    /// Its text; empty where it is not known.
    pub(crate) text: String,
}

/// What a frame adds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Frame {
    /// The program, if it is another one than before.
    pub(super) text: Option<Text>,
    /// What transactions changed.
    pub(super) steps: Steps,
    /// Pages that have changed, and all names, of a tape that keeps no past.
    pub(super) state: Option<State>,
    /// What was published.
    pub(super) publications: Vec<Publication>,
}

/// The head of a new file.
pub(super) fn head() -> Vec<u8> {
    head_of(VERSION)
}

fn head_of(version: u32) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&version.to_le_bytes());
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes
}

/// What the beginning of a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// It is a tape.
    Good,
    /// It is a tape that keeps no past, to which nothing is added.
    Old,
    /// Its first bytes were not all written: it is an empty tape.
    Begun,
    /// It is of this version.
    Version(u32),
    /// It is a tape whose head is damaged.
    Damaged,
    /// It is something else.
    Other,
}

impl Head {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let whole = head();
        if bytes.len() < HEAD {
            let is_old = OLD.iter().any(|version| head_of(*version).starts_with(bytes));
            let is_begun = whole.starts_with(bytes) || is_old;
            return if is_begun { Self::Begun } else { Self::Other };
        }
        if bytes.starts_with(&whole) {
            return Self::Good;
        }
        if OLD.iter().any(|version| bytes.starts_with(&head_of(*version))) {
            return Self::Old;
        }
        if !bytes.starts_with(&MAGIC) {
            return Self::Other;
        }
        let word =
            |at: usize| bytes[at..].first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
        if crc32fast::hash(&bytes[..12]) == word(12) {
            Self::Version(word(8))
        } else {
            Self::Damaged
        }
    }
}

/// The bytes of a frame with its number; `None` if they are too many for one.
pub(super) fn to_bytes(number: u64, frame: &Frame) -> Option<Vec<u8>> {
    let mut text = ByteWriter::new();
    if let Some(Text { name, text: content }) = &frame.text {
        text.text(name);
        text.text(content);
    }
    let [moments, steps] = frame.steps.to_parts().ok()?;
    let libraries = if frame.publications.is_empty() {
        Vec::new()
    } else {
        Shelf::to_bytes(&frame.publications)
    };
    sealed(number, &[text.into_bytes(), moments, steps, libraries])
}

/// A frame of these sections, with its sums.
fn sealed(number: u64, sections: &[Vec<u8>]) -> Option<Vec<u8>> {
    let content = CONTENT.write(sections);
    let length = u32::try_from(content.len()).ok()?;
    let mut bytes = MARK.to_vec();
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&number.to_le_bytes());
    bytes.extend_from_slice(&crc32fast::hash(&content).to_le_bytes());
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(&content);
    Some(bytes)
}

/// A frame with a byte of one of its sections changed, and sums that fit; nothing if it has no such byte.
#[cfg(test)]
pub(super) fn lying(frame: &[u8], (section, at): (usize, usize), change: u8) -> Option<Vec<u8>> {
    let (number, content) = whole(frame)?;
    let mut sections = CONTENT.read(content).ok()?;
    *sections.get_mut(section)?.get_mut(at)? ^= change;
    sealed(number, &sections)
}

/// What is found where a frame may be.
#[derive(Debug)]
pub(super) enum Found {
    /// A frame, and how many bytes it takes.
    Frame(Box<Frame>, usize),
    /// Nothing more.
    End,
    /// Something that is no whole frame.
    Broken,
    /// A whole frame that says something that cannot be.
    Bad(String),
}

/// How long the content of a frame is that begins with this head, if it is one.
pub(super) fn length(head: &[u8; FRAME_HEAD]) -> Option<u32> {
    let word = |at: usize| head[at..].first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
    (head.starts_with(&MARK) && crc32fast::hash(&head[..20]) == word(20)).then(|| word(4))
}

/// The frame with this number, which has these bytes and begins there in the file.
pub(super) fn read(bytes: &[u8], number: u64, at: u64) -> Found {
    if bytes.is_empty() {
        return Found::End;
    }
    let Some((found, content)) = whole(bytes) else { return Found::Broken };
    if found != number {
        return Found::Bad(format!("it has transaction {found} where {number} should be"));
    }
    match decode(content, at) {
        Ok(frame) => Found::Frame(Box::new(frame), FRAME_HEAD + content.len()),
        Err(error) => Found::Bad(error.to_string()),
    }
}

/// The bytes of the steps of a frame.
pub(super) fn steps(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (_, content) = whole(bytes).ok_or("it was changed meanwhile")?;
    let mut sections = CONTENT.read(content).map_err(|error| error.to_string())?;
    Ok(if sections.len() > 2 { sections.swap_remove(2) } else { Vec::new() })
}

/// Whether a whole frame begins anywhere in the bytes: then what is before it was not simply the last
/// thing that was written.
pub(super) fn has_frame(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.windows(MARK.len()).position(|found| found == MARK) {
        if whole(&rest[at..]).is_some() {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// The number and content of a frame, if it is whole.
fn whole(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<FRAME_HEAD>()?;
    let word = |at: usize| head[at..].first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
    if !head.starts_with(&MARK) || crc32fast::hash(&head[..20]) != word(20) {
        return None;
    }
    let number = head[8..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    let content = rest.get(..usize::try_from(word(4)).ok()?)?;
    (crc32fast::hash(content) == word(16)).then_some((number, content))
}

fn decode(content: &[u8], at: u64) -> Result<Frame, palindrome_vm::ImageError> {
    let kind = match content.get(CONTENT.magic.len()) {
        Some(1) => OLD_CONTENT,
        Some(2) => OLD_PUBLISHING,
        _ => CONTENT,
    };
    let sections = kind.read(content)?;
    let (text, steps, state, libraries) = match sections.as_slice() {
        [text, moments, steps, libraries] => {
            let steps = Steps::from_heads(moments, at, steps.len())?;
            (text, steps, None, libraries.as_slice())
        }
        [text, state, rest @ ..] => {
            let libraries = rest.first().map_or(&[][..], Vec::as_slice);
            (text, Steps::default(), Some(State::from_bytes(state)?), libraries)
        }
        _ => return Ok(Frame::default()),
    };
    let text = if text.is_empty() {
        None
    } else {
        let mut reader = ByteReader::new("text", text);
        let found = Text { name: reader.text()?, text: reader.text()? };
        reader.finish()?;
        Some(found)
    };
    let publications =
        if libraries.is_empty() { Vec::new() } else { Shelf::from_bytes(libraries)? };
    Ok(Frame { text, steps, state, publications })
}

#[cfg(test)]
mod tests {
    use palindrome::{Place, Stamp, Step};

    use super::*;

    fn frame() -> Frame {
        let text = Some(Text { name: "a.pal".to_owned(), text: "print 1".to_owned() });
        let stamp = Some(Stamp { number: 4, time: 9, before: Some(2) });
        let place = Place::Held((*b"abc").into());
        let steps = vec![Step { stamp, is_whole: false, place }];
        let mut shelf = Shelf::default();
        shelf.publish("Lib", ("Lib.pal", "let x = 1"), Vec::new(), 5).unwrap();
        let publications = shelf.publications().to_vec();
        let steps = Steps { keeps: 3, table: None, steps };
        Frame { text, steps, state: None, publications }
    }

    #[test]
    fn a_frame_comes_back_and_every_flipped_bit_is_found() {
        let bytes = to_bytes(7, &frame()).unwrap();
        let Found::Frame(mut found, length) = read(&bytes, 7, 40) else { panic!("it is a frame") };
        let place = Place::Lies { frame: 40, from: 0, length: 3 };
        assert_eq!(found.steps.steps[0].place, place);
        found.steps = found.steps.held(&steps(&bytes).unwrap());
        assert_eq!((*found, length), (frame(), bytes.len()));
        assert!(matches!(read(&bytes, 8, 40), Found::Bad(_)));
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                assert!(matches!(read(&damaged, 7, 0), Found::Broken), "byte {at}, bit {bit}");
            }
            assert!(!matches!(read(&bytes[..at], 7, 0), Found::Frame(..)), "cut at {at}");
        }
        assert!(has_frame(&[b"\x01PTrest\x01PTF", &bytes[..]].concat()));
        assert!(!has_frame(&bytes[1..]));
    }

    #[test]
    fn the_head_tells_what_a_file_is() {
        let good = head();
        assert_eq!(Head::of(&good), Head::Good);
        assert_eq!(Head::of(&good[..9]), Head::Begun);
        assert_eq!(Head::of(b""), Head::Begun);
        assert_eq!(Head::of(b"print 1"), Head::Other);
        assert_eq!(Head::of(b"a text that is longer than a head"), Head::Other);
        let mut newer = good.clone();
        newer[8] = 4;
        assert_eq!(Head::of(&newer), Head::Damaged);
        let checksum = crc32fast::hash(&newer[..12]);
        newer[12..].copy_from_slice(&checksum.to_le_bytes());
        assert_eq!(Head::of(&newer), Head::Version(4));
        for old in OLD {
            assert_eq!(Head::of(&head_of(old)), Head::Old);
        }
    }
}
