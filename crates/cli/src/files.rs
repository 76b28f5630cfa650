//! Reading and writing whole files, with errors that name them.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// The most bytes of a source text, an image or a recording.
pub(crate) const SOURCE_BYTES_MAX: u64 = 64 << 20;
pub(crate) const IMAGE_BYTES_MAX: u64 = 1 << 30;

/// The bytes of a file, unless it is a directory or larger than can be meant. A device without an
/// end is cut short like a file that is too large.
pub(crate) fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, CliError> {
    let file = File::open(path).map_err(CliError::unreadable(path))?;
    let metadata = file.metadata().map_err(CliError::unreadable(path))?;
    if metadata.is_dir() {
        return Err(CliError::Directory { path: path.to_owned() });
    }
    let too_large = |bytes| CliError::TooLarge { path: path.to_owned(), bytes, bytes_max };
    if metadata.len() > bytes_max {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    let mut limited = file.take(bytes_max + 1);
    let count = limited.read_to_end(&mut bytes).map_err(CliError::unreadable(path))?;
    if count as u64 > bytes_max { Err(too_large(count as u64)) } else { Ok(bytes) }
}

/// A text, which must be UTF-8. Line ends of any kind stay as they are.
pub(crate) fn read_text(path: &Path) -> Result<String, CliError> {
    let bytes = read(path, SOURCE_BYTES_MAX)?;
    String::from_utf8(bytes).map_err(|error| CliError::NotText {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })
}

/// Writes a file so that it is either whole or as it was before.
pub(crate) fn replace<E>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), E>,
    failed: impl Fn(io::Error) -> E,
) -> Result<(), E> {
    let beside = beside(path);
    let written = File::create(&beside).map_err(&failed).and_then(|mut file| {
        write(&mut file)?;
        file.flush().map_err(&failed)
    });
    let renamed = written.and_then(|()| fs::rename(&beside, path).map_err(&failed));
    if renamed.is_err() {
        // What is half written is of no use; that it stays does no harm either.
        let _removed = fs::remove_file(&beside);
    }
    renamed
}

/// The file that a stream of this process is, if it is one; both have one position.
#[cfg(unix)]
pub(crate) fn of_stream(stream: &impl std::os::fd::AsFd) -> Option<File> {
    let file = File::from(stream.as_fd().try_clone_to_owned().ok()?);
    file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
}

#[cfg(not(unix))]
pub(crate) fn of_stream<S>(_stream: &S) -> Option<File> {
    None
}

/// The device and number of a file, by which it is known whatever its name is.
#[cfg(unix)]
pub(crate) fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
pub(crate) fn identity(_metadata: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
