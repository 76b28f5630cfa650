//! Folders of the program.

use std::fs::{self, FileType};
use std::io;

use machine::Answer;

use super::failure::refused;
use super::file::{done, named};

/// The names in a folder, and what has them. A name that is no UTF-8 is shown as near as can be.
pub(super) fn list(path: &[u8]) -> Answer {
    let list = || {
        let mut names = Vec::new();
        for entry in fs::read_dir(named(path)?)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned().into_bytes();
            names.push((name, kind(entry.file_type()?).as_bytes().to_vec()));
        }
        names.sort();
        Ok(Answer::Pairs(names))
    };
    list().unwrap_or_else(|error: io::Error| refused(&error))
}

fn kind(found: FileType) -> &'static str {
    if found.is_dir() {
        "folder"
    } else if found.is_file() {
        "file"
    } else if found.is_symlink() {
        "link"
    } else {
        "other"
    }
}

pub(super) fn make(path: &[u8], with_parents: bool) -> Answer {
    let make = if with_parents { fs::create_dir_all } else { fs::create_dir };
    done(named(path).and_then(make))
}

pub(super) fn remove(path: &[u8]) -> Answer {
    done(named(path).and_then(fs::remove_dir))
}

/// Where the program was started.
pub(super) fn working() -> Answer {
    match std::env::current_dir() {
        Ok(folder) => {
            let folder = folder.to_string_lossy().into_owned();
            let folder = if cfg!(windows) { folder.replace('\\', "/") } else { folder };
            Answer::Bytes(folder.into_bytes())
        }
        Err(error) => refused(&error),
    }
}

#[cfg(test)]
mod tests {
    use machine::Failure;

    use super::*;

    #[test]
    fn a_folder_is_made_listed_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().as_bytes().to_vec();
        assert!(matches!(make(&path("a/b"), false), Answer::Refused(Failure::Missing, _)));
        assert_eq!(make(&path("a/b"), true), Answer::Done);
        assert_eq!(make(&path("a/b"), true), Answer::Done);
        assert!(matches!(make(&path("a/b"), false), Answer::Refused(..)));
        fs::write(folder.path().join("a/é.txt"), "").unwrap();
        let pair = |name: &str, kind: &str| (name.as_bytes().to_vec(), kind.as_bytes().to_vec());
        let expected = vec![pair("b", "folder"), pair("é.txt", "file")];
        assert_eq!(list(&path("a")), Answer::Pairs(expected));
        assert!(matches!(remove(&path("a")), Answer::Refused(..)));
        assert_eq!(remove(&path("a/b")), Answer::Done);
        assert!(matches!(list(&path("a/b")), Answer::Refused(Failure::Missing, _)));
        assert!(matches!(working(), Answer::Bytes(path) if !path.is_empty()));
    }
}
