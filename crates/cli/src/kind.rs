//! What a file is: its name says.

use std::path::{Path, PathBuf};

use crate::error::CliError;
use crate::guest::GuestName;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A program of a guest.
    Program(GuestName, Form),
    /// A recording of any guest.
    Recording,
}

/// In which form a program is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A text.
    Source,
    /// Compiled and linked.
    Image,
    /// A part, to be linked.
    Object,
}

const RECORDING: &str = ".rec";

impl Kind {
    pub(crate) fn of(path: &Path) -> Result<Self, CliError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if let Some((_, kind)) = known().find(|(ending, _)| name.ends_with(ending)) {
            return Ok(kind);
        }
        let shown = path.display();
        let known: Vec<&str> = known().map(|(ending, _)| ending).collect();
        let message = format!("{shown}: what is this? Known are {}", known.join(", "));
        Err(CliError::Usage(message))
    }
}

/// `a.pvm` as `a.pvm.bin`, in the same folder: the name of what it is made into.
pub(crate) fn renamed(path: &Path, guest: GuestName, form: Form) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let endings = guest.endings();
    let stem = endings.iter().find_map(|(ending, _)| name.strip_suffix(ending)).unwrap_or(&name);
    let wanted = endings.iter().find(|(_, made)| *made == form).map_or("", |(ending, _)| ending);
    path.with_file_name(format!("{stem}{wanted}"))
}

/// The file of a program that is built of one source text; `what` says that such programs are.
pub(crate) fn only_source<'p>(paths: &[&'p Path], what: &str) -> Result<&'p Path, CliError> {
    let [path] = paths else {
        return Err(CliError::Usage(format!("{what}: build them one by one")));
    };
    match Kind::of(path)? {
        Kind::Program(_, Form::Source) => Ok(path),
        Kind::Program(_, Form::Image | Form::Object) | Kind::Recording => {
            Err(CliError::Usage(format!("{} is built already", path.display())))
        }
    }
}

/// Every ending of a name that says something.
fn known() -> impl Iterator<Item = (&'static str, Kind)> {
    let programs = GuestName::ALL.iter().flat_map(|guest| {
        guest.endings().iter().map(|(ending, form)| (*ending, Kind::Program(*guest, *form)))
    });
    programs.chain([(RECORDING, Kind::Recording)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_after_its_source() {
        let named = |path: &str| renamed(Path::new(path), GuestName::Pvm, Form::Image);
        assert_eq!(named("x/a.pvm"), Path::new("x/a.pvm.bin"));
        assert_eq!(named("a.pvm.obj"), Path::new("a.pvm.bin"));
        assert_eq!(named("a.txt"), Path::new("a.txt.pvm.bin"));
    }
}
