//! The files of the repository, read once.

use std::fs;
use std::path::{Path, PathBuf};

/// Every text file of the repository, in the order of their paths.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    files: Vec<File>,
}

/// A text file.
#[derive(Debug)]
pub(crate) struct File {
    /// From the root, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Tree {
    /// Reads the tree below `root`, without build output and what git keeps for itself.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub fn read(root: &Path) -> Result<Self, String> {
        let mut tree = Self { root: root.to_owned(), files: Vec::new() };
        tree.walk(root)?;
        tree.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    /// The folder that paths start from.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files whose names end in `ending`.
    pub(crate) fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.ends_with(ending))
    }

    /// Every file.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The file with this path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether there is a file or folder with this path.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    fn walk(&mut self, folder: &Path) -> Result<(), String> {
        let explain = |error: std::io::Error| format!("{}: {error}", folder.display());
        for entry in fs::read_dir(folder).map_err(explain)? {
            let path = entry.map_err(explain)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name == ".git" || name.starts_with("target") || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                self.walk(&path)?;
            } else if let Ok(text) = fs::read_to_string(&path) {
                let relative = path.strip_prefix(&self.root).unwrap_or(&path);
                let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
                self.files.push(File { path: parts.join("/"), text });
            }
        }
        Ok(())
    }
}

/// The folder that holds the workspace.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}
