//! A tape's file: opened, locked, added to by whole transactions, and written anew when what was
//! overwritten since takes most of it.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use palindrome::hir::Pin;
use palindrome::{KeptName, Publication, STATE_PAGE, Shelf, State};

use super::TapeError;
use super::frame::{self, Found, Frame, Head, Text};
use crate::files;
use crate::libraries::{Published, pins};

/// The file is written anew when it has this many bytes more than it had after the last time, and
/// [`GROWTH`] times as many.
const SLACK: u64 = 4 << 20;
const GROWTH: u64 = 4;
/// Pages in a frame when a file is written anew.
const PAGES_AT_ONCE: usize = 4096;

/// What is on a tape.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    /// The program that wrote to it last.
    pub(crate) text: Text,
    pages: BTreeMap<u32, Box<[u8; STATE_PAGE]>>,
    pub(crate) names: Vec<KeptName>,
    shelf: Shelf,
}

impl Content {
    /// What a program begins with.
    pub(crate) fn state(&self) -> State {
        let pages = self.pages.iter().map(|(number, page)| (*number, page.clone()));
        State { pages: pages.collect(), names: self.names.clone() }
    }

    /// The libraries on it.
    pub(crate) fn published(&self) -> Published {
        Published { shelf: self.shelf.clone(), pins: pins(&self.names) }
    }

    /// Why a frame cannot be added, if it cannot.
    fn add(&mut self, frame: Frame) -> Result<(), String> {
        self.shelf.extend(frame.publications).map_err(|(library, moment)| {
            format!("moment {moment} of the library {library} does not follow the one before it")
        })?;
        if let Some(text) = frame.text {
            self.text = text;
        }
        self.pages.extend(frame.state.pages);
        self.names = frame.state.names;
        Ok(())
    }
}

/// A tape's file that this process writes to.
#[derive(Debug)]
pub(crate) struct TapeFile {
    path: PathBuf,
    /// Locked as long as it is open.
    file: File,
    /// Bytes that are good; what comes after is written over.
    length: u64,
    /// The number of the next transaction.
    next: u64,
    /// How long the file was when it was written anew.
    base: u64,
    /// What was published on it.
    publications: Vec<Publication>,
    /// Whether it is of a version that has no publications.
    is_old: bool,
}

/// A tape as it was read.
pub(crate) struct Opened {
    pub(crate) content: Content,
    /// Bytes at the end that a process did not write to their end.
    pub(crate) unfinished: u64,
    length: u64,
    next: u64,
    is_old: bool,
}

/// Reads a tape without writing to it. Another process may write to it meanwhile.
pub(crate) fn read(path: &Path) -> Result<Opened, TapeError> {
    let unreadable = |source| TapeError::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(unreadable)?;
    parse(path, &bytes)
}

impl TapeFile {
    /// Opens a tape for writing; one that is not there is made.
    pub(crate) fn open(path: &Path) -> Result<(Self, Opened), TapeError> {
        let unreadable = |source| TapeError::Unreadable { path: path.to_owned(), source };
        let mut file = lock(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unreadable)?;
        let opened = parse(path, &bytes)?;
        let (length, next) = (opened.length, opened.next);
        let publications = opened.content.shelf.publications().to_vec();
        let (path_buf, is_old) = (path.to_owned(), opened.is_old);
        let mut tape =
            Self { path: path_buf, file, length, next, base: length, publications, is_old };
        if length == 0 {
            tape.append(&frame::head())?;
            sync_folder(path);
        }
        Ok((tape, opened))
    }

    /// Adds a transaction. When this returns, it is on the disk; when it fails, the tape is as before.
    pub(crate) fn commit(&mut self, state: State, text: Option<Text>) -> Result<(), TapeError> {
        self.add(&Frame { text, state, publications: Vec::new() })
    }

    /// Puts a moment of a library on the tape, which is as its content says. What the library was pinned
    /// to counts no more.
    pub(crate) fn publish(&mut self, content: &Content, new: Publication) -> Result<(), TapeError> {
        let mut names = content.names.clone();
        let pin = Pin::name_of(&new.library);
        names.retain(|kept| kept.name != pin);
        self.publications.push(new.clone());
        let done = if self.is_old {
            let state = State { names, ..content.state() };
            self.rewrite(&state, &content.text)
        } else {
            let state = State { pages: Vec::new(), names };
            self.add(&Frame { text: None, state, publications: vec![new] })
        };
        if done.is_err() {
            self.publications.pop();
        }
        done
    }

    fn add(&mut self, frame: &Frame) -> Result<(), TapeError> {
        let too_large = || TapeError::Unwritten {
            path: self.path.clone(),
            source: io::Error::new(
                io::ErrorKind::FileTooLarge,
                "a transaction has more than 4 GiB",
            ),
        };
        let bytes = frame::to_bytes(self.next, frame).ok_or_else(too_large)?;
        self.append(&bytes)?;
        self.next += 1;
        Ok(())
    }

    /// Whether most of the file is of no use any more.
    pub(crate) fn is_loose(&self) -> bool {
        self.length > SLACK.saturating_add(self.base.saturating_mul(GROWTH))
    }

    /// Writes the file anew, with nothing but what is on the tape now. When it fails, the file is as it
    /// was.
    pub(crate) fn rewrite(&mut self, state: &State, text: &Text) -> Result<(), TapeError> {
        let path = self.path.clone();
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let written = self.write_whole(&part, state, text);
        let file = match written {
            Ok(file) => file,
            Err(source) => {
                // That it stays does no harm but for its size.
                let _removed = fs::remove_file(&part);
                return Err(failed(&path, source));
            }
        };
        self.length = file.metadata().map_err(|source| failed(&path, source))?.len();
        self.base = self.length;
        self.is_old = false;
        self.file = file;
        sync_folder(&path);
        Ok(())
    }

    /// Writes all to a file beside the tape, which is locked before it becomes the tape.
    fn write_whole(&mut self, part: &Path, state: &State, text: &Text) -> io::Result<File> {
        let mut file = File::create(part)?;
        file.try_lock().map_err(|_| io::Error::from(io::ErrorKind::ResourceBusy))?;
        file.write_all(&frame::head())?;
        let mut next = 1;
        let mut put = |pages: &[palindrome::StatePage], text, publications| {
            let state = State { pages: pages.to_vec(), names: state.names.clone() };
            let bytes = frame::to_bytes(next, &Frame { text, state, publications });
            next += 1;
            file.write_all(&bytes.ok_or(io::ErrorKind::FileTooLarge)?)
        };
        put(&[], Some(text.clone()), self.publications.clone())?;
        let mut parts = state.pages.chunks(PAGES_AT_ONCE);
        parts.try_for_each(|pages| put(pages, None, Vec::new()))?;
        file.sync_all()?;
        fs::rename(part, &self.path)?;
        self.next = next;
        Ok(file)
    }

    /// Writes bytes behind those that are good, and waits until the disk has them.
    fn append(&mut self, bytes: &[u8]) -> Result<(), TapeError> {
        let begin = self.length;
        let write = |file: &mut File| {
            file.seek(SeekFrom::Start(begin))?;
            file.write_all(bytes)?;
            // What an earlier process did not finish may be longer.
            file.set_len(begin + bytes.len() as u64)?;
            file.sync_data()
        };
        if let Err(source) = write(&mut self.file) {
            // What is left behind counts for nothing, as it is no whole frame or is written over.
            let _cut = self.file.set_len(begin).and_then(|()| self.file.sync_data());
            return Err(failed(&self.path, source));
        }
        self.length += bytes.len() as u64;
        Ok(())
    }
}

fn failed(path: &Path, source: io::Error) -> TapeError {
    let path = path.to_owned();
    if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        TapeError::Full { path, source }
    } else {
        TapeError::Unwritten { path, source }
    }
}

/// The file, made if need be and locked. The lock is the system's: it is free however a process ends.
fn lock(path: &Path) -> Result<File, TapeError> {
    let failed = |source| TapeError::Unreadable { path: path.to_owned(), source };
    loop {
        let mut options = File::options();
        let file = options.create(true).truncate(false).read(true).write(true).open(path);
        let file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(TapeError::Busy { path: path.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        // Another process may have written the tape anew in the meantime: then this is not it.
        let is_it = |here: &fs::Metadata, there: &fs::Metadata| {
            files::identity(here) == files::identity(there)
        };
        let here = file.metadata().map_err(failed)?;
        match fs::metadata(path) {
            Ok(there) if is_it(&here, &there) => return Ok(file),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(failed(source)),
        }
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Opened, TapeError> {
    let path = || path.to_owned();
    let mut content = Content::default();
    let head = Head::of(bytes);
    let is_old = head == Head::Old;
    match head {
        Head::Good | Head::Old => {}
        Head::Begun => {
            let unfinished = bytes.len() as u64;
            return Ok(Opened { content, unfinished, length: 0, next: 1, is_old });
        }
        Head::Version(found) => {
            return Err(TapeError::Version { path: path(), found, known: frame::VERSION });
        }
        Head::Damaged => {
            let reason = "its head was changed".to_owned();
            return Err(TapeError::Damaged { path: path(), at: 0, reason });
        }
        Head::Other => return Err(TapeError::NoTape { path: path() }),
    }
    let (mut at, mut next) = (frame::HEAD, 1);
    loop {
        let rest = &bytes[at..];
        match frame::read(rest, next) {
            Found::Frame(frame, length) => {
                content.add(*frame).map_err(|reason| TapeError::Damaged {
                    path: path(),
                    at: at as u64,
                    reason,
                })?;
                at += length;
                next += 1;
            }
            Found::End => break,
            Found::Broken if !frame::has_frame(&rest[1..]) => break,
            Found::Broken => {
                let reason = "a transaction cannot be read, and others follow it".to_owned();
                return Err(TapeError::Damaged { path: path(), at: at as u64, reason });
            }
            Found::Bad(reason) => {
                return Err(TapeError::Damaged { path: path(), at: at as u64, reason });
            }
        }
    }
    let unfinished = (bytes.len() - at) as u64;
    Ok(Opened { content, unfinished, length: at as u64, next, is_old })
}

/// Lets a new name outlast a loss of power, where folders can be synchronised.
fn sync_folder(path: &Path) {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let _synced = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(first: u8) -> State {
        State { pages: vec![(0, Box::new([first; STATE_PAGE]))], names: Vec::new() }
    }

    fn text(text: &str) -> Text {
        Text { name: "a.pal".to_owned(), text: text.to_owned() }
    }

    /// A tape with three transactions, and where each ends.
    fn written(path: &Path) -> Vec<u64> {
        let (mut tape, _opened) = TapeFile::open(path).unwrap();
        let mut ends = vec![tape.length];
        for first in 1..=3 {
            tape.commit(state(first), Some(text(&first.to_string()))).unwrap();
            ends.push(tape.length);
        }
        ends
    }

    #[test]
    fn a_tape_cut_off_at_any_byte_has_all_that_was_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let ends = written(&path);
        let bytes = fs::read(&path).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&path, &bytes[..cut]).unwrap();
            let whole = ends.iter().filter(|end| **end <= cut as u64).count();
            let opened = read(&path).unwrap();
            assert_eq!(opened.content.pages.len(), usize::from(whole > 1), "{cut}");
            let wanted = whole.saturating_sub(1);
            let shown = if wanted == 0 { String::new() } else { wanted.to_string() };
            assert_eq!(opened.content.text.text, shown, "{cut}");
        }
    }

    #[test]
    fn writing_goes_on_behind_what_was_not_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let ends = written(&path);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 5]).unwrap();
        let (mut tape, opened) = TapeFile::open(&path).unwrap();
        assert_eq!(opened.unfinished, bytes.len() as u64 - 5 - ends[2]);
        tape.commit(state(9), None).unwrap();
        drop(tape);
        let opened = read(&path).unwrap();
        assert_eq!((opened.content.state(), opened.unfinished), (state(9), 0));
        assert_eq!(opened.content.text, text("2"));
    }

    #[test]
    fn damage_before_the_last_transaction_is_told_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let ends = written(&path);
        let bytes = fs::read(&path).unwrap();
        let last = usize::try_from(ends[2]).unwrap();
        for at in 0..last {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let error = TapeFile::open(&path).map(|_| ()).unwrap_err();
            let is_told = matches!(
                error,
                TapeError::Damaged { .. } | TapeError::NoTape { .. } | TapeError::Version { .. }
            );
            assert!(is_told, "byte {at}: {error}");
            assert_eq!(fs::read(&path).unwrap(), damaged);
        }
    }

    #[test]
    fn a_tape_is_written_by_one_process_and_anew_when_it_is_loose() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let (mut tape, _opened) = TapeFile::open(&path).unwrap();
        assert!(matches!(TapeFile::open(&path), Err(TapeError::Busy { .. })));
        let mut noise = 1_u32;
        while !tape.is_loose() {
            let mut page = Box::new([0; STATE_PAGE]);
            page.fill_with(|| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                noise.to_be_bytes()[0]
            });
            tape.commit(State { pages: vec![(1, page)], names: Vec::new() }, None).unwrap();
        }
        tape.rewrite(&state(4), &text("x")).unwrap();
        assert!(tape.length < 10_000 && !tape.is_loose());
        assert!(matches!(TapeFile::open(&path), Err(TapeError::Busy { .. })));
        tape.commit(state(5), None).unwrap();
        drop(tape);
        let (_tape, opened) = TapeFile::open(&path).unwrap();
        assert_eq!((opened.content.state(), opened.content.text), (state(5), text("x")));
    }
}
