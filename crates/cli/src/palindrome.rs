//! Palindrome as a guest of the command line: how its files become a machine.

use std::path::Path;
use std::sync::Arc;

use palindrome::{
    Compiled, KEYWORDS, Options, Past, Program, State, UnfitName, Vm, check_with, compile,
};
use timeline::RecordedProgram;

use crate::error::{BadSource, CliError};
use crate::files;
use crate::guest::{Facts, Guest, LoadOptions};
use crate::kind::{Form, only_source};
use crate::libraries::{Places, Tools};
use crate::store::{self, TapeError, Text};
use crate::terminal::Terminal;

/// A program in Palindrome.
#[derive(Debug)]
pub(crate) struct Palindrome {
    program: Arc<Program>,
    /// What it may ask about libraries.
    tools: Option<Tools>,
}

impl Palindrome {
    /// The same program, which begins with what earlier ones have left, behind their moments.
    pub(crate) fn with_past(&self, state: State, past: Arc<Past>) -> Result<Self, TapeError> {
        let unfit = |unfit: UnfitName| TapeError::Unfit(unfit.to_string());
        let program = self.program.with_past(state, past).map_err(unfit)?;
        Ok(Self { program, tools: self.tools.clone() })
    }

    /// The program as a recording keeps it that is to be replayed where no tape is at hand.
    pub(crate) fn recorded_with_past(
        &self,
        arguments: Vec<Vec<u8>>,
    ) -> Result<RecordedProgram, TapeError> {
        let image = self.program.to_bytes_with_past();
        let image = image.map_err(|error| TapeError::Unfit(error.to_string()))?;
        Ok(RecordedProgram { kind: Self::NAME.to_owned(), image, arguments })
    }

    /// A program of a text, which keeps its moments whether it looks at them or not.
    pub(crate) fn compile_with_past(
        name: &str,
        text: &str,
        options: &LoadOptions,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        Self::compiled((name, text), options, true, terminal)
    }

    fn compiled(
        (name, text): (&str, &str),
        options: &LoadOptions,
        keep_moments: bool,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        if options.memory.is_some() {
            let message = "--memory is for Tacit and Achronyme: a tape has no size".to_owned();
            return Err(CliError::Usage(message));
        }
        let places = Places::of(name, options.tape.as_deref());
        let checked = check_with(name, text, &places);
        let compiler = Options {
            optimise: options.optimise,
            keep_sources: options.keep_sources,
            search_limit: options.search_limit,
            keep_moments,
            ..Options::default()
        };
        let (made, diagnostics) = match compile(&checked, compiler) {
            Ok(made) => (Some(made), checked.diagnostics),
            Err(found) => (None, found),
        };
        let made = BadSource { sources: checked.sources, diagnostics }.settle(made, terminal)?;
        let tools = Some(Tools::new(places, options.memory_max));
        Ok(Self { tools, ..verify(Path::new(name), made)? })
    }

    /// The program of the machine.
    pub(crate) fn program(&self) -> &Arc<Program> {
        &self.program
    }

    /// What it was made of, as far as that is known.
    pub(crate) fn text(&self) -> Text {
        let source = self.program.code().image().sources.first();
        source.map_or_else(Text::default, |source| Text {
            name: source.name.clone(),
            text: source.text.clone(),
        })
    }
}

impl Guest for Palindrome {
    type Machine = Vm;

    const NAME: &'static str = "palindrome";
    const ENDINGS: &'static [(&'static str, Form)] =
        &[(".pal.bin", Form::Image), (".pal", Form::Source)];
    const REMARK: &'static str = "//";
    const KEYWORDS: &'static [&'static str] = KEYWORDS;
    const SHOWN: &'static str = "locals";

    fn compile(
        name: &str,
        text: &str,
        options: &LoadOptions,
        terminal: Terminal,
    ) -> Result<Self, CliError> {
        // Later runs may look at moments.
        Self::compiled((name, text), options, options.tape.is_some(), terminal)
    }

    fn build(paths: &[&Path], options: &LoadOptions, terminal: Terminal) -> Result<Self, CliError> {
        let path = only_source(paths, "a program in Palindrome is one text")?;
        Self::compile(&path.display().to_string(), &files::read_text(path)?, options, terminal)
    }

    fn from_image(path: &Path, bytes: &[u8]) -> Result<Self, CliError> {
        verify(path, Compiled::from_bytes(bytes).map_err(CliError::bad_image(path))?)
    }

    fn to_image(&self) -> Vec<u8> {
        self.program.to_bytes()
    }

    fn machine(&self) -> Result<Vm, CliError> {
        Ok(Vm::load(Arc::clone(&self.program)))
    }

    fn facts(&self) -> Facts {
        let image = self.program.code().image();
        let sources: Vec<&str> = image.sources.iter().map(|source| source.name.as_str()).collect();
        let functions: Vec<&str> =
            image.symbols.iter().map(|symbol| symbol.name.as_str()).collect();
        vec![
            ("instructions", image.code.len().into()),
            ("functions", functions.into()),
            ("sources", sources.into()),
            ("has text", image.sources.iter().any(|source| !source.text.is_empty()).into()),
        ]
    }

    fn tools(&self) -> Option<Tools> {
        self.tools.clone()
    }

    fn begun_with(self, tape: &Path) -> Result<Self, CliError> {
        store::begin(&self, tape)
    }

    fn listing(&self) -> String {
        palindrome_asm::disassemble(self.program.code().image())
    }
}

pub(crate) fn verify(path: &Path, compiled: Compiled) -> Result<Palindrome, CliError> {
    let program = Program::new(compiled)
        .map_err(|error| CliError::Unverified { path: path.to_owned(), source: Box::new(error) })?;
    Ok(Palindrome { program, tools: None })
}
