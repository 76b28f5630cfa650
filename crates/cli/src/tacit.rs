//! Tacit as a guest of the command line: how its files become a machine.

use std::path::Path;

use machine::CodePosition;
use source::visible;
use tacit::{Compiled, Options};
use tacit_vm::{Image, Layout, Memory, Unit, Vm};

use crate::error::{BadSource, CliError};
use crate::files;
use crate::guest::{Facts, Guest, LoadOptions};
use crate::kind::{Form, only_source};
use crate::terminal::Terminal;

/// A Tacit program.
#[derive(Debug)]
pub(crate) struct Tacit {
    image: Image,
    /// With the image loaded, before its first instruction.
    machine: Vm,
}

impl Guest for Tacit {
    type Machine = Vm;

    const NAME: &'static str = "tacit";
    const ENDINGS: &'static [(&'static str, Form)] =
        &[(".tacit.bin", Form::Image), (".tacit", Form::Source)];
    const REMARK: &'static str = "//";
    const KEYWORDS: &'static [&'static str] = &[
        ":", ";", "value", "to", "IF", "ELSE", "THEN", "WHILE", "DO", "and", "or", "not",
        "for-each",
    ];
    const SHOWN: &'static str = "locals";

    fn compile(
        name: &str,
        text: &str,
        options: &LoadOptions,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        let layout = layout(options.memory)?;
        let compiler = Options { optimise: options.optimise, keep_sources: options.keep_sources };
        let unit = unit(name, text, Vm::new(layout).memory(), &compiler, terminal)?;
        load(Path::new(name), Image { memory: layout.bytes(), unit })
    }

    fn build(paths: &[&Path], options: &LoadOptions, terminal: Terminal) -> Result<Self, CliError> {
        let path = only_source(paths, "a Tacit program is one text")?;
        Self::compile(&path.display().to_string(), &files::read_text(path)?, options, terminal)
    }

    fn from_image(path: &Path, bytes: &[u8]) -> Result<Self, CliError> {
        load(path, Image::from_bytes(bytes).map_err(CliError::bad_image(path))?)
    }

    fn to_image(&self) -> Vec<u8> {
        self.image.to_bytes()
    }

    fn machine(&self) -> Result<Vm, CliError> {
        Ok(self.machine.clone())
    }

    fn facts(&self) -> Facts {
        let Image { memory, unit } = &self.image;
        let sources = &unit.debug.sources;
        let names: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        let strings: usize = unit.strings.iter().map(String::len).sum();
        let memory_of = self.machine.memory();
        let words: Vec<String> = memory_of.words().map(|word| memory_of.text(word.name)).collect();
        vec![
            ("memory", (*memory).into()),
            ("bytes of code", unit.code.len().into()),
            ("bytes of strings", strings.into()),
            ("globals", unit.globals.into()),
            ("words", words.into()),
            ("sources", names.into()),
            ("has text", sources.iter().any(|source| !source.text.trim_ascii().is_empty()).into()),
        ]
    }

    fn listing(&self) -> String {
        self.machine.disassembly()
    }

    fn stack(machine: &Vm) -> Option<String> {
        let cells = machine.stack();
        if cells.is_empty() {
            return Some("empty".to_owned());
        }
        let show = |cell| match machine.memory().show(cell) {
            Ok(text) => visible(&text),
            Err(error) => format!("({error})"),
        };
        Some(cells.into_iter().map(show).collect::<Vec<_>>().join(" "))
    }

    fn columns(machine: &Vm, at: CodePosition) -> Option<(usize, usize)> {
        let units = machine.program().units();
        let at = u16::try_from(at.0).ok()?;
        let unit = units.iter().rev().find(|unit| unit.base <= at)?;
        let spans = &unit.debug.spans;
        let span = spans.get(spans.partition_point(|span| span.code <= at).checked_sub(1)?)?;
        let text = &unit.debug.sources.get(usize::from(span.source))?.text;
        let before = text.get(..span.start as usize)?;
        let covered = text.get(span.start as usize..span.end as usize)?;
        let column = before.lines().next_back().filter(|_| !before.ends_with('\n'));
        let width = covered.lines().next().unwrap_or_default().chars().count();
        Some((column.map_or(0, |line| line.chars().count()), width.max(1)))
    }

    fn damage(machine: &Vm) -> Option<Vec<String>> {
        Some(machine.check().err().map(|damage| damage.to_string()).into_iter().collect())
    }
}

/// The map of a memory of so many bytes.
pub(crate) fn layout(memory: Option<usize>) -> Result<Layout, CliError> {
    let Some(bytes) = memory else { return Ok(Layout::DEFAULT) };
    Layout::new(bytes).map_err(|error| CliError::Usage(format!("--memory: {error}")))
}

/// Compiles a text to be added to a memory. Warnings are shown.
pub(crate) fn unit(
    name: &str,
    text: &str,
    memory: &Memory,
    options: &Options,
    terminal: Terminal,
) -> Result<Unit, CliError> {
    let Compiled { unit, sources, diagnostics } = tacit::compile(name, text, memory, options);
    BadSource { sources, diagnostics }.settle(unit, terminal)
}

fn load(path: &Path, image: Image) -> Result<Tacit, CliError> {
    let machine = Vm::from_image(&image)
        .map_err(|error| CliError::Unverified { path: path.to_owned(), source: Box::new(error) })?;
    Ok(Tacit { image, machine })
}
