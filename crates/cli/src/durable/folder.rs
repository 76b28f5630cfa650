//! The folder of a durable run, and the lock that keeps it to one process.
//!
//! The lock belongs to the process: however that ends, the lock is free.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::home;

/// The longest name of a run.
const NAME_MAX: usize = 100;

/// The folder of a run, locked.
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    _lock: File,
}

impl Folder {
    /// The folder of the run with that name, which is made if it is not there.
    pub(crate) fn open(name: &str) -> Result<Self, CliError> {
        let path = path(name)?;
        let failed = |source| CliError::Unwritten { what: path.display().to_string(), source };
        fs::create_dir_all(&path).map_err(failed)?;
        let file = File::options().create(true).truncate(false).write(true).open(path.join("lock"));
        let lock = file.map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(CliError::Busy { name: name.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The recording that is appended to.
    pub(crate) fn log(&self) -> PathBuf {
        log(&self.path)
    }
}

/// The recording of the run in that folder.
pub(crate) fn log(folder: &Path) -> PathBuf {
    folder.join("run.rec")
}

/// Where the run with that name is kept.
pub(crate) fn path(name: &str) -> Result<PathBuf, CliError> {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    if name.is_empty()
        || name.len() > NAME_MAX
        || name.starts_with('.')
        || !name.chars().all(is_plain)
    {
        let message = format!(
            "{name:?} cannot be the name of a run: it takes letters, digits, `-`, `_` and `.`, not \
             first, and at most {NAME_MAX} bytes"
        );
        return Err(CliError::Usage(message));
    }
    Ok(home::durable_runs().join(name))
}

/// The names of all runs, ascending.
pub(crate) fn names() -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(home::durable_runs()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        names.extend(name.to_str().map(str::to_owned));
    }
    names.sort();
    Ok(names)
}
