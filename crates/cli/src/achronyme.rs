//! Achronyme as a guest of the command line: how its files become a machine.

mod disk;
pub(crate) mod functions;
pub(crate) mod tree;

use std::path::Path;
use std::sync::Arc;

use achronyme::{File, Options};
use achronyme_vm::{Line, Program, Prototype, Source, Vm, disassemble};
use machine::CodePosition;
use source::SourceMap;

use crate::error::{BadSource, CliError};
use crate::guest::{Facts, Guest, LoadOptions};
use crate::kind::{Form, only_source};
use crate::terminal::Terminal;
pub(crate) use disk::Disk;

/// How the names of its source texts end.
const ENDING: &str = ".soc";

/// A program in Achronyme.
#[derive(Debug)]
pub(crate) struct Achronyme {
    program: Arc<Program>,
}

impl Guest for Achronyme {
    type Machine = Vm;

    const NAME: &'static str = "achronyme";
    const ENDINGS: &'static [(&'static str, Form)] =
        &[(".achb", Form::Image), (ENDING, Form::Source)];
    const REMARK: &'static str = "//";
    const KEYWORDS: &'static [&'static str] = &[
        "let", "mut", "do", "if", "else", "while", "for", "in", "match", "return", "break",
        "continue", "try", "catch", "throw", "import", "export", "from", "as", "true", "false",
        "null", "async", "await", "gen", "yield", "type", "self", "rec",
    ];
    const SHOWN: &'static str = "locals";

    fn compile(
        name: &str,
        text: &str,
        options: &LoadOptions,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        compile(&File { name: name.to_owned(), text: text.to_owned() }, options, terminal)
    }

    fn build(paths: &[&Path], options: &LoadOptions, terminal: Terminal) -> Result<Self, CliError> {
        let path =
            only_source(paths, "a program in Achronyme is one text, which imports the others")?;
        compile(&Disk::new().main(path)?, options, terminal)
    }

    fn from_image(path: &Path, bytes: &[u8]) -> Result<Self, CliError> {
        let program = Program::from_bytes(bytes).map_err(CliError::bad_image(path))?;
        Ok(Self { program: Arc::new(program) })
    }

    fn to_image(&self) -> Vec<u8> {
        self.program.to_bytes()
    }

    fn machine(&self) -> Result<Vm, CliError> {
        machine(&self.program)
    }

    fn facts(&self) -> Facts {
        let program = &*self.program;
        let sources: Vec<&str> = program.sources.iter().map(|it| it.name.as_str()).collect();
        let words: usize = program.prototypes.iter().map(|it| it.code.len()).sum();
        let is_own = |prototype: &&Prototype| {
            let source = prototype
                .lines
                .first()
                .and_then(|line| program.sources.get(usize::try_from(line.source).ok()?));
            source.is_some_and(|source| !source.library && source.name != prototype.name)
        };
        let own = program.prototypes.iter().filter(is_own).map(|it| it.name.as_str());
        let functions: Vec<&str> = own.filter(|name| !["", "main"].contains(name)).collect();
        vec![
            ("memory", program.memory.into()),
            ("functions", functions.into()),
            ("words of code", words.into()),
            ("globals", program.globals.len().into()),
            ("sources", sources.into()),
            ("has text", program.sources.iter().any(Source::has_text).into()),
        ]
    }

    fn listing(&self) -> String {
        disassemble(&self.program)
    }

    fn columns(machine: &Vm, at: CodePosition) -> Option<(usize, usize)> {
        let program = machine.program();
        let Line { source, start, end, .. } = line(program, at)?;
        let text = &program.sources.get(source as usize)?.text;
        let before = text.get(..start as usize)?;
        let covered = text.get(start as usize..end as usize)?;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
        let width = covered.lines().next().map_or(0, |line| line.chars().count());
        Some((column, width.max(1)))
    }

    fn echo(machine: &Vm) -> Option<String> {
        machine.echo()
    }
}

/// Whether a file is a source text in Achronyme.
pub(crate) fn is_source(path: &Path) -> bool {
    path.file_name().unwrap_or_default().to_string_lossy().to_lowercase().ends_with(ENDING)
}

/// A machine with a program, before its first instruction.
pub(crate) fn machine(program: &Arc<Program>) -> Result<Vm, CliError> {
    let memory = usize::try_from(program.memory).unwrap_or(usize::MAX);
    let memory = if memory == 0 { memory_of(&LoadOptions::default()) } else { memory };
    Vm::new(Arc::clone(program), memory).map_err(|error| CliError::Unverified {
        path: program.sources.first().map_or("program", |source| &source.name).into(),
        source: Box::new(error),
    })
}

/// The memory for objects. Program and past may take more together, as all objects can be both
/// there and in the past.
pub(crate) fn memory_of(options: &LoadOptions) -> usize {
    options.memory.unwrap_or(options.memory_max / 8 * 3)
}

/// Compiles a text with what it imports. Warnings are shown.
fn compile(file: &File, options: &LoadOptions, terminal: Terminal) -> Result<Achronyme, CliError> {
    let (program, said) = compiled(file, options);
    said.settle(program, terminal)
}

/// The program, and what is said of it; or only that.
pub(crate) fn compiled(file: &File, options: &LoadOptions) -> (Option<Achronyme>, BadSource) {
    let mut sources = SourceMap::default();
    let compiler = Options { optimise: options.optimise, repl: false };
    let made = achronyme::compile(&file.name, &file.text, &mut sources, compiler, &mut Disk::new());
    let (program, diagnostics) = match made {
        Ok((program, warnings)) => (Some(program), warnings),
        Err(found) => (None, found),
    };
    let program = program.map(|mut program| {
        program.memory = memory_of(options) as u64;
        if !options.keep_sources {
            program.strip_sources();
        }
        Achronyme { program: Arc::new(program) }
    });
    (program, BadSource { sources, diagnostics })
}

/// Where a word of code comes from.
fn line(program: &Program, at: CodePosition) -> Option<Line> {
    let mut at = usize::try_from(at.0).ok()?;
    for prototype in &program.prototypes {
        if at >= prototype.code.len() {
            at -= prototype.code.len();
            continue;
        }
        let next = prototype.lines.partition_point(|line| line.at as usize <= at);
        return prototype.lines.get(next.checked_sub(1)?).copied();
    }
    None
}
