//! A program of several files: the first one, and all that are imported from there on, each read
//! once.

use std::collections::BTreeMap;
use std::rc::Rc;

use source::{Diagnostic, Severity, SourceId, SourceMap};

use crate::ast::{Import, View};
use crate::hir::Module;
use crate::lower::lower;
use crate::syntax::{Tree, parse};

/// Where files come from.
pub trait Files {
    /// The file at a path.
    ///
    /// # Errors
    /// Why it cannot be read, as in `No such file or directory (os error 2)`.
    fn read(&mut self, path: &str) -> Result<File, String>;
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// A name that the file has whatever path led to it. Imports in it are relative to it.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Files by their names, for programs that are not on a disk.
impl Files for BTreeMap<String, String> {
    fn read(&mut self, path: &str) -> Result<File, String> {
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
                other => parts.push(other),
            }
        }
        let name = parts.join("/");
        let text = self.get(&name).ok_or("No such file or directory (os error 2)")?.clone();
        Ok(File { name, text })
    }
}

/// A program of several files.
#[derive(Clone, Debug)]
pub struct Program {
    /// The files; the first is the one that is run.
    pub modules: Vec<LoadedModule>,
}

/// A file of a program.
#[derive(Clone, Debug)]
pub struct LoadedModule {
    /// Its text.
    pub source: SourceId,
    /// What it means.
    pub module: Module,
    /// What the paths of its imports lead to, in any of its functions.
    pub imports: BTreeMap<Rc<str>, Imported>,
}

/// What the path of an import leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// A file: its place in [`Program::modules`].
    File(usize),
    /// A module of the library.
    Library,
    /// A file that cannot be read, and why. The import fails with that, if it is reached.
    Missing(String),
    /// A file that is on its way to this import itself: the names of the files on that way. The
    /// import fails likewise.
    Circular(String),
}

impl Imported {
    /// Why an import by this path fails, if that is known before it is reached.
    pub(crate) fn refusal(&self, path: &str) -> Option<String> {
        match self {
            Self::File(_) | Self::Library => None,
            Self::Missing(reason) => Some(format!("Failed to read module '{path}': {reason}")),
            Self::Circular(ring) => Some(format!("Circular import of module '{path}': {ring}")),
        }
    }
}

/// Reads a program: the text `main`, that messages call `name` and beside which its imports lie,
/// and whatever it imports. Texts are added to `sources`.
///
/// # Errors
/// What is wrong with the texts; then there is at least one error among it, else all of it is
/// warnings, which are the second part of the result.
pub fn load(
    name: &str,
    main: &str,
    files: &mut dyn Files,
    sources: &mut SourceMap,
) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut loader = Loader { files, names: BTreeMap::new(), waiting: Vec::new() };
    loader.add(File { name: name.to_owned(), text: main.to_owned() });
    let mut modules = Vec::new();
    let mut paths = Vec::new();
    let mut diagnostics = Vec::new();
    while let Some(file) = loader.waiting.get(modules.len()).cloned() {
        let source = sources.add(&*file.name, &*file.text);
        let parsed = parse(sources.text(source), source);
        let (module, found) = lower(&parsed.tree, source);
        let mut of_file = parsed.diagnostics;
        of_file.extend(found);
        of_file.sort_by_key(|found| found.span.start);
        diagnostics.extend(of_file);
        let (imports, order) = loader.imports(&parsed.tree, &file.name);
        paths.push(order);
        modules.push(LoadedModule { source, module, imports });
    }
    if diagnostics.iter().any(|found| found.severity == Severity::Error) {
        return Err(diagnostics);
    }
    cut_circles(&mut modules, &paths, sources);
    Ok((Program { modules }, diagnostics))
}

/// Lets those imports fail that lead back to a file on the way to them, when all are followed from
/// the first file on in the order of the texts. `paths` are those of each file. Whatever runs then,
/// no file comes to import itself.
fn cut_circles(modules: &mut [LoadedModule], paths: &[Vec<Rc<str>>], sources: &SourceMap) {
    let mut is_seen = vec![false; modules.len()];
    // Files, and how many imports of each are followed.
    let mut way = vec![(0, 0)];
    while let Some((file, followed)) = way.last_mut() {
        let file = *file;
        is_seen[file] = true;
        let Some(path) = paths[file].get(*followed) else {
            way.pop();
            continue;
        };
        *followed += 1;
        let Some(&Imported::File(next)) = modules[file].imports.get(path) else { continue };
        if let Some(start) = way.iter().position(|(file, _)| *file == next) {
            let ring = way[start..].iter().map(|(file, _)| *file).chain([next]);
            let names: Vec<&str> = ring.map(|file| sources.name(modules[file].source)).collect();
            let ring = Imported::Circular(names.join(" -> "));
            modules[file].imports.insert(Rc::clone(path), ring);
        } else if !is_seen[next] {
            way.push((next, 0));
        }
    }
}

struct Loader<'f> {
    files: &'f mut dyn Files,
    /// The place of each file, by its name.
    names: BTreeMap<String, usize>,
    /// All files, of which the first are read.
    waiting: Vec<File>,
}

impl Loader<'_> {
    fn add(&mut self, file: File) -> usize {
        let count = self.names.len();
        let place = *self.names.entry(file.name.clone()).or_insert(count);
        if place == count {
            self.waiting.push(file);
        }
        place
    }

    /// What the paths of a file lead to, and the paths in the order of the text.
    fn imports(&mut self, tree: &Tree, from: &str) -> (BTreeMap<Rc<str>, Imported>, Vec<Rc<str>>) {
        let paths = tree.root().descendants().filter_map(Import::cast).filter_map(Import::path);
        let paths: Vec<Rc<str>> = paths.map(Rc::from).collect();
        let mut imports = BTreeMap::new();
        for path in &paths {
            let path = Rc::clone(path);
            imports.entry(path).or_insert_with_key(|path| self.find(path, from));
        }
        (imports, paths)
    }

    fn find(&mut self, path: &str, from: &str) -> Imported {
        if achronyme_library::module_exports(path).is_some() {
            return Imported::Library;
        }
        let ending = if path.ends_with(".soc") { "" } else { ".soc" };
        let folder = from.rfind('/').map_or("", |end| &from[..=end]);
        let folder = if path.starts_with('/') { "" } else { folder };
        match self.files.read(&format!("{folder}{path}{ending}")) {
            Ok(file) => Imported::File(self.add(file)),
            Err(reason) => Imported::Missing(reason),
        }
    }
}
