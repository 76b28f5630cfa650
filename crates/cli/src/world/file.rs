//! Files of the program. Paths that are not absolute begin where the program was started.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use machine::Answer;

use super::nanoseconds_since;

use super::failure::refused;

/// The content of a file of at most `max` bytes.
pub(super) fn read(path: &[u8], max: usize) -> Answer {
    let read = || {
        let mut content = Vec::new();
        let limit = u64::try_from(max).unwrap_or(u64::MAX);
        File::open(named(path)?)?.take(limit.saturating_add(1)).read_to_end(&mut content)?;
        if content.len() > max {
            let message = format!("the file has more than {max} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(content)
    };
    read().map_or_else(|error| refused(&error), Answer::Bytes)
}

pub(super) fn write(path: &[u8], content: &[u8]) -> Answer {
    done(named(path).and_then(|path| fs::write(path, content)))
}

pub(super) fn append(path: &[u8], content: &[u8]) -> Answer {
    let append = || {
        let mut file = OpenOptions::new().append(true).create(true).open(named(path)?)?;
        file.write_all(content)
    };
    done(append())
}

pub(super) fn delete(path: &[u8]) -> Answer {
    done(named(path).and_then(fs::remove_file))
}

pub(super) fn exists(path: &[u8]) -> Answer {
    Answer::Integer(i64::from(named(path).is_ok_and(Path::exists)))
}

/// Whether it is a folder, when it was changed, and its bytes.
pub(super) fn describe(path: &[u8]) -> Answer {
    let describe = || {
        let found = fs::metadata(named(path)?)?;
        let modified = found.modified().map_or(0, nanoseconds_since);
        let pair = |name: &str, value: String| (name.into(), value.into_bytes());
        Ok(Answer::Pairs(vec![
            pair("is_folder", u8::from(found.is_dir()).to_string()),
            pair("modified", modified.to_string()),
            pair("size", found.len().to_string()),
        ]))
    };
    describe().unwrap_or_else(|error: io::Error| refused(&error))
}

pub(super) fn copy(from: &[u8], to: &[u8]) -> Answer {
    done(named(from).and_then(|from| fs::copy(from, named(to)?).map(|_bytes| ())))
}

pub(super) fn rename(from: &[u8], to: &[u8]) -> Answer {
    done(named(from).and_then(|from| fs::rename(from, named(to)?)))
}

pub(super) fn done(result: io::Result<()>) -> Answer {
    result.map_or_else(|error| refused(&error), |()| Answer::Done)
}

/// The path with that name; programs have no other than UTF-8.
pub(super) fn named(path: &[u8]) -> io::Result<&Path> {
    let text = std::str::from_utf8(path)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidFilename, "the path is not UTF-8"))?;
    Ok(Path::new(text))
}

#[cfg(test)]
mod tests {
    use machine::Failure;

    use super::*;

    #[test]
    fn a_file_is_written_added_to_read_and_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("naïve.txt");
        let path = path.to_str().unwrap().as_bytes();
        assert_eq!(exists(path), Answer::Integer(0));
        assert_eq!(append(path, b"one"), Answer::Done);
        assert_eq!(append(path, b"two"), Answer::Done);
        assert_eq!(read(path, 6), Answer::Bytes(b"onetwo".to_vec()));
        assert!(matches!(read(path, 5), Answer::Refused(Failure::Full, _)));
        assert_eq!(write(path, b"three\xff"), Answer::Done);
        assert_eq!(read(path, 100), Answer::Bytes(b"three\xff".to_vec()));
        assert_eq!(exists(path), Answer::Integer(1));
        assert_eq!(delete(path), Answer::Done);
        for answer in [delete(path), read(path, 100)] {
            let Answer::Refused(Failure::Missing, text) = answer else {
                unreachable!("the file is gone: {answer:?}")
            };
            assert!(!text.is_empty() && !text.contains("os error"), "{text}");
        }
    }

    #[test]
    fn a_file_is_described_copied_and_moved() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().as_bytes().to_vec();
        let (a, b, c) = (path("a"), path("b"), path("c"));
        assert_eq!(write(&a, b"12345"), Answer::Done);
        assert_eq!(copy(&a, &b), Answer::Done);
        assert_eq!(rename(&b, &c), Answer::Done);
        assert_eq!((exists(&a), exists(&b)), (Answer::Integer(1), Answer::Integer(0)));
        assert_eq!(read(&c, 9), Answer::Bytes(b"12345".to_vec()));
        let Answer::Pairs(pairs) = describe(&c) else { unreachable!("it is there") };
        assert_eq!(pairs[0], (b"is_folder".to_vec(), b"0".to_vec()));
        assert_eq!(pairs[2], (b"size".to_vec(), b"5".to_vec()));
        assert!(pairs[1].1.len() >= 19, "{pairs:?}");
        for answer in [describe(&b), copy(&b, &a), rename(&b, &a)] {
            assert!(matches!(answer, Answer::Refused(Failure::Missing, _)), "{answer:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_file_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().to_str().unwrap().as_bytes().to_vec();
        assert!(matches!(read(&folder, 9), Answer::Refused(Failure::Other, _)));
        assert!(matches!(write(&folder, b""), Answer::Refused(..)));
        assert!(matches!(read(b"\xff", 9), Answer::Refused(Failure::Invalid, _)));
        assert!(matches!(read(b"a\0b", 9), Answer::Refused(Failure::Invalid, _)));
        assert_eq!(exists(b"\xff"), Answer::Integer(0));
    }
}
