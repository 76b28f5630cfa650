//! A tape's file: opened, locked, added to by whole transactions, and written anew when some of it is of
//! no use any more, or of a past that is not to be kept.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use palindrome::hir::Pin;
use palindrome::{
    MomentTable, Past, PastError, PastWriter, Place, Publication, Stamp, State, Step, Steps,
};

use super::TapeError;
use super::content::{Content, FrameReader, Opened, parse};
use super::frame::{self, Frame, Text};
use super::keep::{Forgot, Keep};
use crate::files;

/// The file is written anew when it has this many bytes that are of no use, and they are the larger part.
const SLACK: u64 = 4 << 20;
/// Bytes of steps in a frame when a file is written anew.
const STEPS_AT_ONCE: u64 = 1 << 20;

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
    /// What is on it; the steps lie in the file.
    past: Past,
    text: Text,
    publications: Vec<Publication>,
    /// Bytes that were taken back since it was written anew.
    useless: u64,
    /// Whether it is of a version that keeps no past.
    is_old: bool,
}

impl TapeFile {
    /// Opens a tape for writing; one that is not there is made.
    pub(crate) fn open(path: &Path) -> Result<(Self, Opened), TapeError> {
        let mut file = lock(path)?;
        let opened = parse(path, &mut file)?;
        let content = &opened.content;
        let mut tape = Self {
            path: path.to_owned(),
            file,
            length: opened.length,
            next: opened.next,
            past: content.past.clone(),
            text: content.text.clone(),
            publications: content.publications(),
            useless: opened.useless,
            is_old: opened.is_old,
        };
        if tape.length == 0 {
            tape.append(&frame::head())?;
            sync_folder(path);
        }
        if tape.past.steps().is_empty() {
            tape.past.set_source(source(path)?);
        }
        Ok((tape, opened))
    }

    /// Its name.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that it has.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// What is on it.
    pub(crate) fn past(&self) -> &Past {
        &self.past
    }

    /// What a program begins with.
    pub(crate) fn state(&self) -> Result<State, TapeError> {
        self.past.state().map_err(|error| self.unread(&error))
    }

    /// Adds transactions behind those that stay. When this returns, they are on the disk; when it fails,
    /// the tape is as before.
    pub(crate) fn commit(&mut self, steps: Steps, text: Option<Text>) -> Result<(), TapeError> {
        self.add(Frame { text, steps, ..Frame::default() })
    }

    /// Adds a transaction that leaves a state, and that no program tells of, as a moment at this time if
    /// there is one.
    pub(crate) fn commit_state(
        &mut self,
        state: &State,
        time: Option<i64>,
    ) -> Result<(), TapeError> {
        self.commit_published(state, time, Vec::new())
    }

    fn commit_published(
        &mut self,
        state: &State,
        time: Option<i64>,
        publications: Vec<Publication>,
    ) -> Result<(), TapeError> {
        self.renew()?;
        let mut writer = self.writer()?;
        let mut table = self.past.table().clone();
        let stamp = time.map(|time| stamp_of(&self.past, &mut table, time));
        let table = Some((table, self.past.forgotten()));
        let keeps = self.past.steps().len() as u64;
        let steps = Steps { keeps, table, steps: writer.state(state, stamp) };
        self.add(Frame { steps, publications, ..Frame::default() })
    }

    /// What writes on behind what is there.
    pub(crate) fn writer(&self) -> Result<PastWriter, TapeError> {
        PastWriter::after(&self.past).map_err(|error| self.unread(&error))
    }

    fn unread(&self, error: &PastError) -> TapeError {
        TapeError::Past { path: self.path.clone(), reason: error.to_string() }
    }

    /// Puts a moment of a library on the tape, which is as its content says. What the library was pinned
    /// to counts no more.
    pub(crate) fn publish(&mut self, content: &Content, new: Publication) -> Result<(), TapeError> {
        let mut state = content.state()?;
        let pin = Pin::name_of(&new.library);
        state.names.retain(|kept| kept.name != pin);
        self.commit_published(&state, None, vec![new])
    }

    fn add(&mut self, frame: Frame) -> Result<(), TapeError> {
        self.renew()?;
        let too_large = || TapeError::Unwritten {
            path: self.path.clone(),
            source: io::Error::new(
                io::ErrorKind::FileTooLarge,
                "a transaction has more than 4 GiB",
            ),
        };
        let bytes = frame::to_bytes(self.next, &frame).ok_or_else(too_large)?;
        let at = self.length;
        self.append(&bytes)?;
        self.next += 1;
        let keeps = usize::try_from(frame.steps.keeps).unwrap_or(usize::MAX);
        let gone = self.past.steps().iter().skip(keeps).map(Step::size);
        self.useless += gone.sum::<u64>();
        let added = self.past.add(lying(frame.steps, at));
        added.map_err(|error| self.unread(&error))?;
        self.text = frame.text.unwrap_or_else(|| std::mem::take(&mut self.text));
        self.publications.extend(frame.publications);
        Ok(())
    }

    /// A tape of an old version gets a past.
    fn renew(&mut self) -> Result<(), TapeError> {
        if self.is_old { self.rewrite(0).map(|_| ()) } else { Ok(()) }
    }

    /// Writes the file anew if it has much that is of no use, or a past that is more than is to be kept.
    pub(crate) fn tidy(&mut self, keep: &Keep) -> Result<Option<Forgot>, TapeError> {
        let from = keep.first(&self.past, self.length);
        let is_loose = self.useless > SLACK && self.useless > self.length / 2;
        if from == 0 && !is_loose {
            return Ok(None);
        }
        let forgot = self.rewrite(from)?;
        Ok((from > 0).then_some(forgot))
    }

    /// Writes the file anew, without the steps before one. When it fails, the file is as it was.
    pub(crate) fn rewrite(&mut self, from: usize) -> Result<Forgot, TapeError> {
        let path = self.path.clone();
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let before = (self.past.forgotten(), self.length);
        let (file, mut past, next) = match self.write_whole(&part, from) {
            Ok(written) => written,
            Err(error) => {
                // That it stays does no harm but for its size.
                let _removed = fs::remove_file(&part);
                return Err(error);
            }
        };
        past.set_source(source(&path)?);
        self.length = file.metadata().map_err(|source| failed(&path, source))?.len();
        (self.past, self.next, self.file) = (past, next, file);
        (self.is_old, self.useless) = (false, 0);
        sync_folder(&path);
        let bytes = before.1.saturating_sub(self.length);
        Ok(Forgot { before: before.0, after: self.past.forgotten(), bytes })
    }

    /// Writes all to a file beside the tape, which is locked before it becomes the tape.
    fn write_whole(&self, part: &Path, from: usize) -> Result<(File, Past, u64), TapeError> {
        let wrong = |source| failed(&self.path, source);
        let mut file = File::create(part).map_err(wrong)?;
        file.try_lock().map_err(|_| wrong(io::ErrorKind::ResourceBusy.into()))?;
        file.write_all(&frame::head()).map_err(wrong)?;
        let mut new = NewFile { file, at: frame::HEAD as u64, next: 1, past: Past::default() };
        let forgotten = self.past.steps().iter().take(from).rev().find_map(|step| step.stamp);
        let forgotten = forgotten.map(|stamp| (stamp.number, stamp.time));
        let forgotten = forgotten.or(self.past.forgotten());
        let mut table = self.past.table().clone();
        let known = |tip: u64| forgotten.is_none_or(|(until, _)| tip > until);
        let present = table.branches.get(table.present).map(|(name, _)| name.clone());
        table.branches.retain(|(name, tip)| known(*tip) || Some(name) == present.as_ref());
        let place = table.branches.iter().position(|(name, _)| Some(name) == present.as_ref());
        table.present = place.unwrap_or(0);
        let (publications, text) = (self.publications.clone(), Some(self.text.clone()));
        let steps = Steps { keeps: 0, table: Some((table, forgotten)), steps: Vec::new() };
        new.put(Frame { text, steps, publications, state: None }).map_err(wrong)?;
        let unread = |error: PastError| self.unread(&error);
        let (mut held, mut size) = (Vec::new(), 0);
        for (place, step) in self.past.steps().iter().enumerate().skip(from) {
            if place == from && !step.is_whole {
                let known = self.past.known(Some(place)).map_err(unread)?;
                held.extend(PastWriter::whole(&known, step.stamp));
            } else {
                let place = Place::Held(self.past.bytes(step).map_err(unread)?);
                held.push(Step { place, ..step.clone() });
            }
            size += step.size();
            if size >= STEPS_AT_ONCE {
                new.put_steps(std::mem::take(&mut held)).map_err(wrong)?;
                size = 0;
            }
        }
        if !held.is_empty() {
            new.put_steps(held).map_err(wrong)?;
        }
        new.file.sync_all().map_err(wrong)?;
        fs::rename(part, &self.path).map_err(wrong)?;
        Ok((new.file, new.past, new.next))
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

/// A file that is written anew.
struct NewFile {
    file: File,
    at: u64,
    next: u64,
    past: Past,
}

impl NewFile {
    fn put_steps(&mut self, steps: Vec<Step>) -> io::Result<()> {
        let keeps = self.past.steps().len() as u64;
        let steps = Steps { keeps, table: None, steps };
        self.put(Frame { steps, ..Frame::default() })
    }

    fn put(&mut self, frame: Frame) -> io::Result<()> {
        let bytes = frame::to_bytes(self.next, &frame).ok_or(io::ErrorKind::FileTooLarge)?;
        self.file.write_all(&bytes)?;
        let added = self.past.add(lying(frame.steps, self.at));
        added.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.next += 1;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// Steps that lie in the frame at a position.
fn lying(mut steps: Steps, frame: u64) -> Steps {
    let mut from = 0_u32;
    for step in &mut steps.steps {
        let length = u32::try_from(step.size()).unwrap_or(u32::MAX);
        step.place = Place::Lies { frame, from, length };
        from = from.saturating_add(length);
    }
    steps
}

/// The next moment, which a table gets behind the newest one.
pub(super) fn stamp_of(past: &Past, table: &mut MomentTable, time: i64) -> Stamp {
    let before = table.branches.get(table.present).map(|(_, tip)| *tip);
    let last = before.and_then(|before| past.stamp(before));
    let time = last.map_or(time, |last| time.max(last.time));
    Stamp { number: table.keep(), time, before }
}

/// What reads steps of a tape.
fn source(path: &Path) -> Result<Arc<FrameReader>, TapeError> {
    FrameReader::open(path).map(Arc::new)
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

    use palindrome::STATE_PAGE;

    use super::super::content::read;

    fn state(first: u8) -> State {
        State { pages: vec![(0, Box::new([first; STATE_PAGE]))], names: Vec::new() }
    }

    impl TapeFile {
        /// A transaction of a program with this text.
        fn put(&mut self, new: &State, said: &str) {
            let mut table = self.past.table().clone();
            let stamp = stamp_of(&self.past, &mut table, 5);
            let steps = self.writer().unwrap().state(new, Some(stamp));
            let keeps = self.past.steps().len() as u64;
            let steps = Steps { keeps, table: Some((table, self.past.forgotten())), steps };
            self.commit(steps, Some(text(said))).unwrap();
        }
    }

    fn text(text: &str) -> Text {
        Text { name: "a.pal".to_owned(), text: text.to_owned() }
    }

    /// A tape with three transactions, and where each ends.
    fn written(path: &Path) -> Vec<u64> {
        let (mut tape, _opened) = TapeFile::open(path).unwrap();
        let mut ends = vec![tape.length];
        for first in 1..=3 {
            tape.put(&state(first), &first.to_string());
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
            let wanted = whole.saturating_sub(1);
            let past = &opened.content.past;
            assert_eq!(past.steps().len(), wanted, "{cut}");
            // Each moment is as it was, too.
            for number in 0..u8::try_from(wanted).unwrap() {
                let known = past.state_at(past.place_of(number.into())).unwrap();
                assert_eq!(known, state(number + 1), "{cut}");
            }
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
        tape.commit_state(&state(9), None).unwrap();
        drop(tape);
        let opened = read(&path).unwrap();
        assert_eq!((opened.content.state().unwrap(), opened.unfinished), (state(9), 0));
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

    /// A file may say anything with sums that fit: nothing that it says ends the process, and every
    /// moment is one of those that are there.
    #[test]
    fn a_transaction_that_lies_is_told_or_read_and_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let ends = written(&path);
        let bytes = fs::read(&path).unwrap();
        let (mut refused, mut taken) = (0, 0);
        for ends in ends.windows(2) {
            let [begin, end] = [ends[0], ends[1]].map(|end| usize::try_from(end).unwrap());
            let changes = (0..4).flat_map(|section| (0..bytes.len()).map(move |at| (section, at)));
            for (place, change) in changes.flat_map(|place| [1, 0x80, 0xff].map(|it| (place, it))) {
                let Some(lie) = frame::lying(&bytes[begin..end], place, change) else { continue };
                fs::write(&path, [&bytes[..begin], &lie, &bytes[end..]].concat()).unwrap();
                let Ok((tape, _)) = TapeFile::open(&path) else {
                    refused += 1;
                    continue;
                };
                taken += 1;
                let past = tape.past();
                assert!(past.line().take(9).count() < 9, "{place:?}: moments go round in a ring");
                for place in 0..past.steps().len() {
                    // What it is nobody knows; that it can be asked for is enough.
                    let _state = past.state_at(Some(place));
                }
                let _writer = tape.writer();
            }
        }
        assert!(refused > 100 && taken > 20, "{refused} and {taken}");
    }

    /// A state of a page of noise.
    fn noise(seed: u32) -> State {
        let mut noise = seed;
        let mut page = Box::new([0; STATE_PAGE]);
        page.fill_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        });
        State { pages: vec![(1, page)], names: Vec::new() }
    }

    #[test]
    fn a_tape_is_written_by_one_process_and_keeps_the_newest_of_its_past() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let (mut tape, _opened) = TapeFile::open(&path).unwrap();
        assert!(matches!(TapeFile::open(&path), Err(TapeError::Busy { .. })));
        for seed in 0..60 {
            tape.put(&noise(seed), "x");
        }
        assert!(tape.tidy(&Keep::All).unwrap().is_none());
        assert!(tape.tidy(&Keep::Bytes(1 << 20)).unwrap().is_none());
        let long = tape.length;
        let forgot = tape.tidy(&Keep::Bytes(100 << 10)).unwrap().unwrap();
        assert_eq!(forgot.bytes, long - tape.length);
        assert!(tape.length < 100 << 10, "{}", tape.length);
        assert!(matches!(TapeFile::open(&path), Err(TapeError::Busy { .. })));
        let first = forgot.after.unwrap().0 + 1;
        tape.put(&noise(60), "y");
        drop(tape);
        let (tape, opened) = TapeFile::open(&path).unwrap();
        let past = &opened.content.past;
        assert_eq!(past.stamps().next().map(|stamp| stamp.number), Some(first));
        for number in first..=60 {
            let known = past.state_at(past.place_of(number)).unwrap();
            assert_eq!(known, noise(u32::try_from(number).unwrap()), "moment {number}");
            assert_eq!(tape.past().state_at(past.place_of(number)).unwrap(), known);
        }
        let told = past.numbered(first - 1).unwrap_err().to_string();
        assert!(told.starts_with(&format!("moment {} was forgotten", first - 1)), "{told}");
        assert_eq!(opened.content.text, text("y"));
    }

    #[test]
    fn what_was_taken_back_is_gone_from_the_file_at_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tape");
        let (mut tape, _opened) = TapeFile::open(&path).unwrap();
        tape.put(&noise(1), "x");
        while tape.useless <= SLACK {
            let mut table = tape.past.table().clone();
            let stamp = stamp_of(&tape.past, &mut table, 5);
            let mut writer = tape.writer().unwrap();
            let large: Vec<_> = (0..64).map(|page| (page, noise(page).pages.remove(0).1)).collect();
            let large = State { pages: large, names: Vec::new() };
            let steps = writer.state(&large, Some(stamp));
            let keeps = tape.past.steps().len() as u64;
            tape.commit(Steps { keeps, table: Some((table, None)), steps }, None).unwrap();
            let table = Some((MomentTable { next: 1, ..tape.past.table().clone() }, None));
            let table = table.map(|(mut table, none)| {
                table.branches[0].1 = 0;
                (table, none)
            });
            tape.commit(Steps { keeps: 1, table, steps: Vec::new() }, None).unwrap();
        }
        assert!(tape.tidy(&Keep::All).unwrap().is_none());
        assert!(tape.length < 20_000 && tape.useless == 0);
        assert_eq!(read(&path).unwrap().content.state().unwrap(), noise(1));
    }
}
