//! The tape machine as a guest of the command line: how its files become a machine.

use std::path::Path;
use std::sync::Arc;

use palindrome_asm::{Assembled, Object, Unit, assemble, assemble_object, link};
use palindrome_vm::{Image, Program, Vm};
use source::Severity;
use timeline::{Options, RecordedProgram, Recording, Timeline};

use crate::error::{BadSource, CliError, render};
use crate::files::{self, IMAGE_BYTES_MAX};
use crate::kind::Kind;
use crate::terminal::Terminal;

/// How recordings call this guest.
const GUEST: &str = "pvm";

/// A program, ready to be run.
#[derive(Debug)]
pub(crate) struct Loaded {
    program: Arc<Program>,
}

impl Loaded {
    /// A machine before its first instruction.
    pub(crate) fn machine(&self) -> Vm {
        Vm::load(Arc::clone(&self.program))
    }

    pub(crate) fn image(&self) -> &Image {
        self.program.image()
    }

    /// The program as a recording keeps it.
    pub(crate) fn recorded(&self, arguments: Vec<Vec<u8>>) -> RecordedProgram {
        let image = self.image().to_bytes();
        RecordedProgram { kind: GUEST.to_owned(), image, arguments }
    }
}

/// Makes a program of a file, assembling it if need be. Warnings are shown.
///
/// An optimised program runs faster; one that is not shows every value in the debugger.
pub(crate) fn load(path: &Path, optimise: bool, terminal: Terminal) -> Result<Loaded, CliError> {
    // A file that is not there is a better answer than what its name would mean.
    std::fs::metadata(path).map_err(CliError::unreadable(path))?;
    let image = match Kind::of(path)? {
        Kind::PvmSource => {
            let assembled = assemble_files(&[path], optimise, true)?;
            settle(assembled, terminal)?
        }
        Kind::PvmImage => read_image(path)?,
        Kind::PvmObject => {
            let shown = path.display();
            let message = format!("{shown} is only a part of a program: link it with pvmc first");
            return Err(CliError::Usage(message));
        }
        Kind::Recording => {
            let shown = path.display();
            let message = format!("{shown} is a recording: use `palindrome replay` or `debug`");
            return Err(CliError::Usage(message));
        }
    };
    verify(path, image)
}

/// Opens a recording: its timeline, its program, and a warning if part of it is lost.
pub(crate) fn open(
    path: &Path,
    options: Options,
) -> Result<(Timeline<Vm>, RecordedProgram, Option<String>), CliError> {
    let (recording, loaded) = open_recording(path)?;
    let timeline = Timeline::from_recording(loaded.machine(), &recording, options);
    let warning = recording.recovered.map(|recovered| {
        let (shown, lost) = (path.display(), recovered.bytes_lost);
        format!("warning: {shown} is damaged: its last {lost} bytes are lost\n")
    });
    Ok((timeline, recording.program, warning))
}

/// A recording and the program in it.
pub(crate) fn open_recording(path: &Path) -> Result<(Recording, Loaded), CliError> {
    let bytes = files::read(path, IMAGE_BYTES_MAX)?;
    let bad = |source| CliError::BadRecording { path: path.to_owned(), source };
    let recording = Recording::from_bytes(&bytes).map_err(bad)?;
    if recording.program.kind != GUEST {
        let kind = recording.program.kind.clone();
        return Err(CliError::UnknownGuest { path: path.to_owned(), kind });
    }
    let loaded = verify(path, decode(path, &recording.program.image)?)?;
    Ok((recording, loaded))
}

/// Assembles and links source texts and objects.
pub(crate) fn assemble_files(
    paths: &[&Path],
    optimise: bool,
    keep_sources: bool,
) -> Result<Assembled, CliError> {
    let options = palindrome_asm::Options { optimise, keep_sources };
    let is_source = |path: &&&Path| Kind::of(path).ok() == Some(Kind::PvmSource);
    if paths.iter().filter(is_source).count() == paths.len() {
        let units = paths.iter().map(|path| unit(path)).collect::<Result<Vec<_>, _>>()?;
        return Ok(assemble(&units, &options, &mut |name| include(paths, name)));
    }
    let mut objects = Vec::new();
    let mut bad: Option<BadSource> = None;
    for path in paths {
        let object = object(path)?;
        match object {
            Ok(object) => objects.push(object),
            Err(found) => bad = bad.or(Some(found)),
        }
    }
    match bad {
        Some(bad) => Err(CliError::BadSource(Box::new(bad))),
        None => Ok(link(objects, &options)),
    }
}

/// The object that a file is, or is assembled to.
pub(crate) fn object(path: &Path) -> Result<Result<Object, BadSource>, CliError> {
    match Kind::of(path)? {
        Kind::PvmSource => {
            let made = assemble_object(&unit(path)?, &mut |name| include(&[path], name));
            let bad = BadSource { sources: made.sources, diagnostics: made.diagnostics };
            Ok(made.object.ok_or(bad))
        }
        Kind::PvmObject => {
            let bytes = files::read(path, IMAGE_BYTES_MAX)?;
            let bad = |source| CliError::BadImage { path: path.to_owned(), source };
            Object::from_bytes(&bytes).map(Ok).map_err(bad)
        }
        Kind::PvmImage | Kind::Recording => {
            let shown = path.display();
            let message = format!("{shown} is linked already: build takes .pvm and .pvm.obj");
            Err(CliError::Usage(message))
        }
    }
}

/// The image, with warnings shown; or all the errors.
pub(crate) fn settle(assembled: Assembled, terminal: Terminal) -> Result<Image, CliError> {
    let Assembled { image, sources, diagnostics } = assembled;
    let bad = BadSource { sources, diagnostics };
    let is_error = |severity| severity == Severity::Error;
    match image {
        Some(image) if !bad.diagnostics.iter().any(|d| is_error(d.severity)) => {
            if !bad.diagnostics.is_empty() {
                terminal.complain(&render(&bad, terminal));
            }
            Ok(image)
        }
        _ => Err(CliError::BadSource(Box::new(bad))),
    }
}

fn verify(path: &Path, image: Image) -> Result<Loaded, CliError> {
    let unverified = |source| CliError::Unverified { path: path.to_owned(), source };
    Ok(Loaded { program: Program::new(image).map_err(unverified)? })
}

fn read_image(path: &Path) -> Result<Image, CliError> {
    decode(path, &files::read(path, IMAGE_BYTES_MAX)?)
}

fn decode(path: &Path, bytes: &[u8]) -> Result<Image, CliError> {
    let bad = |source| CliError::BadImage { path: path.to_owned(), source };
    Image::from_bytes(bytes).map_err(bad)
}

fn unit(path: &Path) -> Result<Unit, CliError> {
    Ok(Unit::new(path.display().to_string(), files::read_text(path)?))
}

/// An included file is looked for beside the files that were named, and then as it is.
fn include(paths: &[&Path], name: &str) -> std::io::Result<String> {
    let beside = paths.iter().filter_map(|path| path.parent()).map(|folder| folder.join(name));
    let mut candidates = beside.chain([Path::new(name).to_owned()]);
    let found = candidates.find(|candidate| candidate.is_file());
    let path = found.ok_or(std::io::ErrorKind::NotFound)?;
    files::read_text(&path).map_err(std::io::Error::other)
}
