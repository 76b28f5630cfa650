//! The way from units to an image.

use palindrome_vm::image::SourceFile;
use palindrome_vm::{Image, Program};
use source::{Diagnostic, Severity, SourceId, SourceMap, Span};

use crate::codes;
use crate::layout::lay_out;
use crate::link::{Linked, link_objects};
use crate::lower::lower;
use crate::object::Object;
use crate::optimise::{Positions, optimise};
use crate::problem::problem;
use crate::reader::{ERRORS_MAX, Loader, Reading, Unit, read};

/// How to assemble.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether to optimise; `-O0` does not.
    pub optimise: bool,
    /// Whether the image keeps the source texts.
    pub keep_sources: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { optimise: true, keep_sources: true }
    }
}

/// What an assembler made.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The program, unless there are errors. It verifies.
    pub image: Option<Image>,
    /// What the diagnostics are about.
    pub sources: SourceMap,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// What an assembler made of one unit.
#[derive(Clone, Debug)]
pub struct AssembledObject {
    /// The object, unless there are errors.
    pub object: Option<Object>,
    /// What the diagnostics are about.
    pub sources: SourceMap,
    /// Errors and warnings, by place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Assembles and links `units`. `loader` gives the texts of included files.
pub fn assemble(units: &[Unit], options: &Options, loader: &mut Loader<'_>) -> Assembled {
    let mut objects = Vec::new();
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    for unit in units {
        let assembled = assemble_object(unit, loader);
        let base = u32::try_from(sources.iter().count()).unwrap_or(u32::MAX);
        for (_, name, text) in assembled.sources.iter() {
            sources.add(name, text);
        }
        diagnostics.extend(assembled.diagnostics.into_iter().map(|d| rebase(d, base)));
        objects.extend(assembled.object);
    }
    if objects.len() < units.len() {
        return Assembled { image: None, sources, diagnostics };
    }
    let mut linked = link(objects, options);
    diagnostics.append(&mut linked.diagnostics);
    Assembled { diagnostics, ..linked }
}

/// Assembles one unit, to be linked later.
pub fn assemble_object(unit: &Unit, loader: &mut Loader<'_>) -> AssembledObject {
    let Reading { sources, statements, mut diagnostics, .. } = read(unit, loader);
    let (mut object, pending) = lay_out(statements, &mut diagnostics);
    lower(&mut object, pending, &mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    diagnostics.truncate(ERRORS_MAX);
    object.sources = sources
        .iter()
        .map(|(_, name, text)| SourceFile { name: name.to_owned(), text: text.to_owned() })
        .collect();
    let object = if has_errors(&diagnostics) { None } else { Some(object) };
    AssembledObject { object, sources, diagnostics }
}

/// Links objects to a program.
pub fn link(mut objects: Vec<Object>, options: &Options) -> Assembled {
    let mut sources = SourceMap::default();
    for object in &mut objects {
        let base = u32::try_from(sources.iter().count()).unwrap_or(u32::MAX);
        for SourceFile { name, text } in &object.sources {
            sources.add(name.as_str(), text.as_str());
        }
        object.each_span(&mut |span| span.source = SourceId(span.source.0 + base));
    }
    if sources.iter().next().is_none() {
        sources.add("nothing", "");
    }
    let mut diagnostics = Vec::new();
    let linked = link_objects(&objects, &sources, &mut diagnostics);
    let image = linked.and_then(|linked| finish(linked, *options, &mut diagnostics));
    diagnostics.truncate(ERRORS_MAX);
    Assembled { image, sources, diagnostics }
}

/// Optimises and verifies.
fn finish(linked: Linked, options: Options, diagnostics: &mut Vec<Diagnostic>) -> Option<Image> {
    let Linked { mut image, uses_code_positions } = linked;
    if options.optimise {
        let positions = if uses_code_positions { Positions::Kept } else { Positions::Free };
        optimise(&mut image, positions);
    }
    if !options.keep_sources {
        image.sources.iter_mut().for_each(|source| source.text.clear());
    }
    match Program::new(image.clone()) {
        Ok(_) => Some(image),
        Err(error) => {
            diagnostics.push(*problem(codes::UNVERIFIED, Span::default(), error.to_string()));
            None
        }
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

fn rebase(mut diagnostic: Diagnostic, base: u32) -> Diagnostic {
    diagnostic.span.source.0 += base;
    for note in &mut diagnostic.notes {
        note.span.source.0 += base;
    }
    diagnostic
}
