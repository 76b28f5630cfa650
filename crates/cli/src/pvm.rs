//! The tape machine as a guest of the command line: how its files become a machine.

use std::path::Path;
use std::sync::Arc;

use palindrome_asm::{Assembled, Object, Unit, assemble, assemble_object, link};
use palindrome_vm::{Image, Program, Vm};

use crate::error::{BadSource, CliError};
use crate::files::{self, IMAGE_BYTES_MAX};
use crate::guest::{Facts, Guest, LoadOptions};
use crate::kind::{Form, Kind};
use crate::terminal::Terminal;

/// A program of the tape machine.
#[derive(Debug)]
pub(crate) struct Pvm {
    program: Arc<Program>,
}

impl Guest for Pvm {
    type Machine = Vm;

    const NAME: &'static str = "pvm";
    const ENDINGS: &'static [(&'static str, Form)] =
        &[(".pvm.bin", Form::Image), (".pvm.obj", Form::Object), (".pvm", Form::Source)];
    const REMARK: &'static str = ";";
    const KEYWORDS: &'static [&'static str] =
        &[".segment", ".code", ".include", ".i64", ".f64", ".u8", ".text"];
    const SHOWN: &'static str = "registers";

    fn compile(
        name: &str,
        text: &str,
        options: &LoadOptions,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        let unit = Unit::new(name.to_owned(), text.to_owned());
        let assembled = assemble(&[unit], &assembler(options)?, &mut |file| include(&[], file));
        verify(Path::new(name), settle(assembled, terminal)?)
    }

    fn build(paths: &[&Path], options: &LoadOptions, terminal: Terminal) -> Result<Self, CliError> {
        let assembled = assemble_files(paths, &assembler(options)?)?;
        let name = paths.first().copied().unwrap_or(Path::new(""));
        verify(name, settle(assembled, terminal)?)
    }

    fn object(path: &Path) -> Result<Vec<u8>, CliError> {
        let object = object(path)?.map_err(|bad| CliError::BadSource(Box::new(bad)))?;
        Ok(object.to_bytes())
    }

    fn from_image(path: &Path, bytes: &[u8]) -> Result<Self, CliError> {
        let image = Image::from_bytes(bytes).map_err(CliError::bad_image(path))?;
        verify(path, image)
    }

    fn to_image(&self) -> Vec<u8> {
        self.program.image().to_bytes()
    }

    fn machine(&self) -> Result<Vm, CliError> {
        Ok(Vm::load(Arc::clone(&self.program)))
    }

    fn facts(&self) -> Facts {
        let image = self.program.image();
        let sources: Vec<&str> = image.sources.iter().map(|source| source.name.as_str()).collect();
        let segments: Vec<String> = image
            .segments
            .iter()
            .map(|segment| {
                format!("{} ({} bytes at {})", segment.name, segment.size, segment.start)
            })
            .collect();
        vec![
            ("instructions", image.code.len().into()),
            ("symbols", image.symbols.len().into()),
            ("segments", segments.into()),
            ("sources", sources.into()),
            ("has text", image.sources.iter().any(|source| !source.text.is_empty()).into()),
        ]
    }

    /// The listing assembles to the same program.
    fn listing(&self) -> String {
        palindrome_asm::disassemble(self.program.image())
    }
}

fn assembler(options: &LoadOptions) -> Result<palindrome_asm::Options, CliError> {
    let LoadOptions { optimise, keep_sources, memory, .. } = *options;
    if memory.is_some() {
        let message = "--memory is for Tacit and Achronyme: a tape has no size".to_owned();
        return Err(CliError::Usage(message));
    }
    Ok(palindrome_asm::Options { optimise, keep_sources })
}

/// Assembles and links source texts and objects.
fn assemble_files(
    paths: &[&Path],
    options: &palindrome_asm::Options,
) -> Result<Assembled, CliError> {
    let is_source = |path: &&&Path| matches!(Kind::of(path), Ok(Kind::Program(_, Form::Source)));
    if paths.iter().filter(is_source).count() == paths.len() {
        let units = paths.iter().map(|path| unit(path)).collect::<Result<Vec<_>, _>>()?;
        return Ok(assemble(&units, options, &mut |name| include(paths, name)));
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
        None => Ok(link(objects, options)),
    }
}

/// The object that a file is, or is assembled to.
fn object(path: &Path) -> Result<Result<Object, BadSource>, CliError> {
    match Kind::of(path)? {
        Kind::Program(_, Form::Source) => {
            let made = assemble_object(&unit(path)?, &mut |name| include(&[path], name));
            let bad = BadSource { sources: made.sources, diagnostics: made.diagnostics };
            Ok(made.object.ok_or(bad))
        }
        Kind::Program(_, Form::Object) => {
            let bytes = files::read(path, IMAGE_BYTES_MAX)?;
            Object::from_bytes(&bytes).map(Ok).map_err(CliError::bad_image(path))
        }
        Kind::Program(_, Form::Image) | Kind::Recording => {
            let shown = path.display();
            let message = format!("{shown} is linked already: build takes .pvm and .pvm.obj");
            Err(CliError::Usage(message))
        }
    }
}

/// The image, with warnings shown; or all the errors.
fn settle(assembled: Assembled, terminal: Terminal) -> Result<Image, CliError> {
    let Assembled { image, sources, diagnostics } = assembled;
    BadSource { sources, diagnostics }.settle(image, terminal)
}

fn verify(path: &Path, image: Image) -> Result<Pvm, CliError> {
    let program = Program::new(image)
        .map_err(|error| CliError::Unverified { path: path.to_owned(), source: Box::new(error) })?;
    Ok(Pvm { program })
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
