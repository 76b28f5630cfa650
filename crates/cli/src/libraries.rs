//! Where programs in Palindrome find their libraries: on a tape, and in files beside the text that uses
//! them. `docs/decisions/0025-libraries.md` says which goes first, and what publishing means.

mod tools;

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use palindrome::hir::{LibraryMoment, Pin};
use palindrome::{KeptName, Libraries, Library, NoLibrary, Pins, Shelf};
use relational::Value;
use source::nearest;

use crate::files;
use crate::store::{self, Content};
pub(crate) use tools::Tools;

/// How the names of texts end.
const ENDING: &str = "pal";
/// What the identity of a file begins with.
const FILE: &str = "file ";

/// What was published, and what is pinned.
#[derive(Clone, Debug, Default)]
pub(crate) struct Published {
    pub(crate) shelf: Shelf,
    pub(crate) pins: Pins,
    /// The checkpoints of its programs.
    pub(crate) checkpoints: Vec<String>,
}

/// Where a program finds its libraries.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Where the program is; none if only what is published counts.
    folder: Option<PathBuf>,
    tape: Option<PathBuf>,
    /// What is on the tape, where it was read already.
    content: Option<Rc<Content>>,
    /// What was published there, or why it cannot be read; read when a library is looked for.
    published: Arc<OnceLock<Result<Published, String>>>,
    /// Takes the place of what the tape has.
    pins: Option<Pins>,
    /// What is about to be published.
    next: Option<String>,
    /// Checkpoints that a session has made.
    checkpoints: Vec<String>,
}

impl Places {
    /// Those of a program with this name, on a tape if there is one.
    pub(crate) fn of(program: &str, tape: Option<&Path>) -> Self {
        let folder = Path::new(program).parent().unwrap_or(Path::new(""));
        Self {
            folder: Some(folder.to_owned()),
            tape: tape.map(Path::to_owned),
            content: None,
            published: Arc::default(),
            pins: None,
            next: None,
            checkpoints: Vec::new(),
        }
    }

    /// Those of what is about to be published: only a tape. One that is not there has nothing.
    pub(crate) fn before(name: &str, tape: &Path) -> Self {
        Self { folder: None, next: Some(name.to_owned()), ..Self::of("", Some(tape)) }
    }

    /// The same, where the tape was read already.
    pub(crate) fn with_content(self, content: Rc<Content>) -> Self {
        Self { content: Some(content), ..self }
    }

    /// The same with other pins.
    fn pinned(&self, pins: Pins) -> Self {
        Self { pins: Some(pins), ..self.clone() }
    }

    /// The same with checkpoints that a session has made.
    pub(crate) fn with_checkpoints(&self, checkpoints: Vec<String>) -> Self {
        Self { checkpoints, ..self.clone() }
    }

    /// What is published.
    pub(crate) fn published(&self) -> Result<&Published, NoLibrary> {
        let read = || {
            if let Some(content) = &self.content {
                return content.published().map_err(|error| error.to_string());
            }
            let Some(path) = &self.tape else { return Ok(Published::default()) };
            if !path.exists() {
                return Ok(Published::default());
            }
            match store::read(path) {
                Ok(opened) => opened.content.published().map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            }
        };
        self.published.get_or_init(read).as_ref().map_err(|message| NoLibrary {
            message: message.clone(),
            hint: "libraries are looked for on this tape".to_owned(),
        })
    }

    fn pins(&self) -> Result<&Pins, NoLibrary> {
        match &self.pins {
            Some(pins) => Ok(pins),
            None => self.published().map(|published| &published.pins),
        }
    }

    /// The file of a library beside a text.
    fn beside(folder: &Path, name: &str) -> PathBuf {
        let path: PathBuf = name.split('.').collect();
        folder.join(path).with_extension(ENDING)
    }

    fn file(path: &Path, name: &str, at: &LibraryMoment) -> Result<Library, NoLibrary> {
        let shown = path.display();
        if *at != LibraryMoment::Latest {
            return Err(NoLibrary {
                message: format!("`{name}` is the file {shown} here, which has no moments"),
                hint: format!(
                    "publish it: `palindrome publish {shown} --tape FILE`; or write `use {name}`"
                ),
            });
        }
        let unreadable =
            |message| NoLibrary { message, hint: format!("`{name}` is looked for in this file") };
        let text = files::read_text(path).map_err(|error| unreadable(error.to_string()))?;
        let real = fs::canonicalize(path).map_err(|error| unreadable(error.to_string()))?;
        let identity = format!("{FILE}{}", real.display());
        Ok(Library { identity, file: shown.to_string(), text })
    }

    /// Says where a library was looked for.
    fn nowhere(&self, name: &str, file: Option<&Path>) -> NoLibrary {
        let file = file.map(|file| file.display().to_string());
        let tape = self.tape.as_ref().map(|tape| tape.display().to_string());
        let message = match (&tape, &file) {
            (Some(tape), Some(file)) => {
                format!(
                    "no library `{name}`: it is not published on {tape}, and there is no {file}"
                )
            }
            (None, Some(file)) => format!("no library `{name}`: there is no {file}"),
            (Some(tape), None) => format!("no library `{name}` is published on {tape}"),
            (None, None) => format!("no library `{name}` is published here"),
        };
        let names = self.names();
        let near = nearest(name, names.iter().map(String::as_str));
        let hint = match (near, tape, file) {
            (Some(near), ..) => format!("did you mean `{near}`?"),
            (None, None, Some(file)) => {
                format!("write {file}, or say with --tape where it is published")
            }
            (None, Some(tape), _) => {
                format!("publish it: `palindrome publish {name}.pal --tape {tape}`")
            }
            (None, None, None) => "say with --tape where it is published".to_owned(),
        };
        NoLibrary { message, hint }
    }
}

impl Libraries for Places {
    fn find(
        &self,
        name: &str,
        at: &LibraryMoment,
        user: Option<&Library>,
    ) -> Result<Library, NoLibrary> {
        let user_file = user.and_then(|user| user.identity.strip_prefix(FILE));
        if let (Some(user), None) = (user, user_file) {
            let found = self.published()?.shelf.bound(&user.identity, name, at);
            return found.map(palindrome::Publication::library);
        }
        let shelf = &self.published()?.shelf;
        if shelf.moments(name).next().is_some() {
            return shelf.at(name, at, self.pins()?).map(palindrome::Publication::library);
        }
        let Some(folder) = &self.folder else { return Err(self.nowhere(name, None)) };
        // The name that a user's file is shown by is its path.
        let folder = match (user, user_file) {
            (Some(user), Some(_)) => Path::new(&user.file).parent().unwrap_or(folder),
            _ => folder,
        };
        let path = Self::beside(folder, name);
        if !path.exists() {
            return Err(self.nowhere(name, Some(&path)));
        }
        Self::file(&path, name, at)
    }

    fn checkpoints(&self) -> Vec<String> {
        let mut names = self.published().map(|it| it.checkpoints.clone()).unwrap_or_default();
        names.extend(self.checkpoints.iter().cloned());
        names
    }

    fn names(&self) -> Vec<String> {
        let mut names = self.published().map(|found| found.shelf.names()).unwrap_or_default();
        names.extend(self.next.clone());
        let Some(folder) = &self.folder else { return names };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let is_text = path.extension().is_some_and(|ending| ending == ENDING);
            if let (true, Some(stem)) = (is_text, path.file_stem()) {
                names.push(stem.to_string_lossy().into_owned());
            }
        }
        names.sort();
        names.dedup();
        names
    }
}

/// What is pinned by the names that a tape keeps.
pub(crate) fn pins(names: &[KeptName]) -> Pins {
    let begin = Pin::name_of("");
    let pin = |kept: &KeptName| match (kept.name.strip_prefix(&begin), &kept.value) {
        (Some(library), Value::Int(moment)) => {
            Some((library.to_owned(), u64::try_from(*moment).ok()?))
        }
        _ => None,
    };
    names.iter().filter_map(pin).collect()
}
