//! What is on a tape, as it is read from its file, frame by frame.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use palindrome::{KeptName, Past, PastWriter, Publication, Shelf, Source, State, StatePage, Steps};

use super::TapeError;
use super::frame::{self, FRAME_HEAD, Found, Frame, Head, Text};
use crate::libraries::{Published, pins};

/// What is on a tape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    /// The program that wrote to it last.
    pub(crate) text: Text,
    pub(crate) past: Past,
    shelf: Shelf,
}

/// A tape as it was read.
pub(crate) struct Opened {
    pub(crate) content: Content,
    /// Bytes at the end that a process did not write to their end.
    pub(crate) unfinished: u64,
    pub(super) length: u64,
    pub(super) next: u64,
    /// Bytes of transactions that were taken back.
    pub(super) useless: u64,
    pub(super) is_old: bool,
}

impl Content {
    /// What a program begins with.
    pub(crate) fn state(&self) -> Result<State, TapeError> {
        self.past.state().map_err(|error| TapeError::Unfit(error.to_string()))
    }

    /// The libraries on it.
    pub(crate) fn published(&self) -> Result<Published, TapeError> {
        let (shelf, pins) = (self.shelf.clone(), pins(&self.state()?.names));
        let checkpoints = self.past.table().names.keys().cloned().collect();
        Ok(Published { shelf, pins, checkpoints })
    }

    pub(super) fn publications(&self) -> Vec<Publication> {
        self.shelf.publications().to_vec()
    }
}

/// Reads a tape without writing to it. Another process may write to it meanwhile.
pub(crate) fn read(path: &Path) -> Result<Opened, TapeError> {
    let unreadable = |source| TapeError::Unreadable { path: path.to_owned(), source };
    parse(path, &mut File::open(path).map_err(unreadable)?)
}

/// What reads steps where they lie in a file, which stays as it is though the tape is written anew.
#[derive(Debug)]
pub(super) struct FrameReader(Mutex<File>);

impl FrameReader {
    pub(super) fn open(path: &Path) -> Result<Self, TapeError> {
        let unreadable = |source| TapeError::Unreadable { path: path.to_owned(), source };
        File::open(path).map(|file| Self(Mutex::new(file))).map_err(unreadable)
    }

    fn bytes(&self, at: u64) -> io::Result<Vec<u8>> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        frame_bytes(&mut *file)
    }
}

impl Source for FrameReader {
    fn frame(&self, at: u64) -> Result<Vec<u8>, String> {
        let wrong = |why: String| format!("the tape cannot be read at byte {at}: {why}");
        let bytes = self.bytes(at).map_err(|error| wrong(error.to_string()))?;
        frame::steps(&bytes).map_err(wrong)
    }
}

/// The bytes of the frame that begins here, or as many as there are.
fn frame_bytes(file: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref().take(FRAME_HEAD as u64).read_to_end(&mut bytes)?;
    if let Some(length) = bytes.first_chunk::<FRAME_HEAD>().and_then(frame::length) {
        file.by_ref().take(length.into()).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// What a file that was opened has on it.
pub(super) fn parse(path: &Path, file: &mut File) -> Result<Opened, TapeError> {
    let unreadable = |source| TapeError::Unreadable { path: path.to_owned(), source };
    let all = file.metadata().map_err(unreadable)?.len();
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut head = Vec::new();
    reader.by_ref().take(frame::HEAD as u64).read_to_end(&mut head).map_err(unreadable)?;
    let path_of = || path.to_owned();
    let head = Head::of(&head);
    match head {
        Head::Good | Head::Old => {}
        Head::Begun => {
            let content = Content::default();
            let (unfinished, is_old) = (all, false);
            return Ok(Opened { content, unfinished, length: 0, next: 1, useless: 0, is_old });
        }
        Head::Version(found) => {
            return Err(TapeError::Version { path: path_of(), found, known: frame::VERSION });
        }
        Head::Damaged => {
            let reason = "its head was changed".to_owned();
            return Err(TapeError::Damaged { path: path_of(), at: 0, reason });
        }
        Head::Other => return Err(TapeError::NoTape { path: path_of() }),
    }
    let source = FrameReader::open(path)?;
    let mut reading = Reading { past: Past::of(Arc::new(source)), ..Reading::default() };
    let (mut at, mut next) = (frame::HEAD as u64, 1);
    let damaged = |at, reason| TapeError::Damaged { path: path_of(), at, reason };
    loop {
        let bytes = frame_bytes(&mut reader).map_err(unreadable)?;
        match frame::read(&bytes, next, at) {
            Found::Frame(frame, length) => {
                reading.add(*frame).map_err(|reason| damaged(at, reason))?;
                at += length as u64;
                next += 1;
            }
            Found::End => break,
            Found::Broken => {
                let mut rest = bytes;
                reader.read_to_end(&mut rest).map_err(unreadable)?;
                if !frame::has_frame(&rest[1..]) {
                    break;
                }
                let reason = "a transaction cannot be read, and others follow it".to_owned();
                return Err(damaged(at, reason));
            }
            Found::Bad(reason) => return Err(damaged(at, reason)),
        }
    }
    let useless = reading.useless;
    let content = reading.content().map_err(|reason| damaged(at, reason))?;
    let unfinished = all.saturating_sub(at);
    Ok(Opened { content, unfinished, length: at, next, useless, is_old: head == Head::Old })
}

/// What was read so far.
#[derive(Default)]
struct Reading {
    text: Text,
    past: Past,
    shelf: Shelf,
    /// What is on a tape that keeps no past.
    old: Option<(BTreeMap<u32, StatePage>, Vec<KeptName>)>,
    useless: u64,
}

impl Reading {
    /// Why a frame cannot be added, if it cannot.
    fn add(&mut self, frame: Frame) -> Result<(), String> {
        self.shelf.extend(frame.publications).map_err(|(library, moment)| {
            format!("moment {moment} of the library {library} does not follow the one before it")
        })?;
        if let Some(text) = frame.text {
            self.text = text;
        }
        if let Some(new) = frame.state {
            let (pages, names) = self.old.get_or_insert_default();
            pages.extend(new.pages.into_iter().map(|page| (page.0, page)));
            *names = new.names;
            return Ok(());
        }
        let keeps = usize::try_from(frame.steps.keeps).unwrap_or(usize::MAX);
        self.useless +=
            self.past.steps().iter().skip(keeps).map(palindrome::Step::size).sum::<u64>();
        self.past.add(frame.steps).map_err(|error| error.to_string())
    }

    fn content(mut self) -> Result<Content, String> {
        if let Some((pages, names)) = self.old {
            let old = State { pages: pages.into_values().collect(), names };
            let wrong = |error: palindrome::PastError| error.to_string();
            let mut writer = PastWriter::after(&self.past).map_err(wrong)?;
            let (keeps, steps) = (0, writer.state(&old, None));
            self.past.add(Steps { keeps, table: None, steps }).map_err(wrong)?;
        }
        Ok(Content { text: self.text, past: self.past, shelf: self.shelf })
    }
}
