//! The files of a program in Achronyme: what is imported, and how messages call it.

use std::io;
use std::path::{Path, PathBuf};

use achronyme::{File, Files};

use crate::error::CliError;
use crate::files;

/// Files on the disk.
#[derive(Debug)]
pub(crate) struct Disk {
    /// Where the program was started; names of files in it are relative to it.
    folder: Option<PathBuf>,
}

impl Disk {
    pub(crate) fn new() -> Self {
        Self { folder: std::env::current_dir().and_then(std::fs::canonicalize).ok() }
    }

    /// The file that a program begins with.
    pub(crate) fn main(&self, path: &Path) -> Result<File, CliError> {
        let text = files::read_text(path)?;
        Ok(File { name: self.name(path).map_err(CliError::unreadable(path))?, text })
    }

    /// One name for a file, whatever path leads to it.
    fn name(&self, path: &Path) -> io::Result<String> {
        let real = std::fs::canonicalize(path)?;
        let inner = self.folder.as_ref().and_then(|folder| real.strip_prefix(folder).ok());
        let name = inner.unwrap_or(&real).to_string_lossy().into_owned();
        Ok(if cfg!(windows) { name.replace('\\', "/") } else { name })
    }
}

impl Files for Disk {
    fn read(&mut self, path: &str) -> Result<File, String> {
        self.main(Path::new(path)).map_err(|error| {
            if let CliError::Unreadable { source, .. } = error {
                source.to_string()
            } else {
                error.to_string()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name_whatever_path_leads_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let real = std::fs::canonicalize(folder.path()).unwrap();
        std::fs::write(real.join("a.soc"), "1").unwrap();
        std::fs::create_dir(real.join("b")).unwrap();
        let mut disk = Disk { folder: Some(real.clone()) };
        for path in ["a.soc", "b/../a.soc", "./a.soc"] {
            let path = format!("{}/{path}", real.display());
            assert_eq!(Files::read(&mut disk, &path).unwrap().name, "a.soc");
        }
        let mut elsewhere = Disk { folder: None };
        let path = real.join("a.soc").display().to_string();
        assert_eq!(Files::read(&mut elsewhere, &path).unwrap().name, path);
        let missing = Files::read(&mut disk, "no such file").unwrap_err();
        assert!(missing.contains("No such file"), "{missing}");
    }
}
