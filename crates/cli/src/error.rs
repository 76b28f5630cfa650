//! What can go wrong outside a guest, as the user is told, and the exit code for it.

use std::io;
use std::path::{Path, PathBuf};

use source::{DIAGNOSTICS_MAX, Diagnostic, Severity, SourceMap, Style, bounded};
use timeline::RecordingError;

use crate::fault::Fault;
use crate::store::TapeError;
use crate::terminal::Terminal;

/// What a guest says is wrong with one of its files.
type Reason = Box<dyn std::error::Error + Send + Sync>;

/// The exit codes that are not a guest's own; those of `sysexits.h` where it has one.
pub(crate) mod exit {
    pub(crate) const OK: u8 = 0;
    /// A line of a script failed, or what was looked for is not there.
    pub(crate) const FAILED: u8 = 1;
    /// `--check` found the guest's memory damaged.
    pub(crate) const DAMAGE: u8 = 3;
    /// The command line is wrong.
    pub(crate) const USAGE: u8 = 64;
    /// A source text, image or recording is bad.
    pub(crate) const DATA: u8 = 65;
    /// A file is not there, or cannot be read.
    pub(crate) const NO_INPUT: u8 = 66;
    /// The guest faulted.
    pub(crate) const FAULT: u8 = 70;
    /// Something could not be written.
    pub(crate) const IO: u8 = 74;
    /// Ctrl-C.
    pub(crate) const INTERRUPTED: u8 = 130;
    /// Whoever read the output is gone.
    pub(crate) const CLOSED: u8 = 141;
}

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The command line makes no sense for this file.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// There is something by that name that is no file.
    #[error("cannot read {}: it is a directory", .path.display())]
    Directory { path: PathBuf },
    /// A file is larger than anything that could be meant.
    #[error("{} is too large: {bytes} bytes, and at most {bytes_max} can be read", .path.display())]
    TooLarge { path: PathBuf, bytes: u64, bytes_max: u64 },
    /// A source text is not text.
    #[error("{} is not text: byte {at} is no UTF-8", .path.display())]
    NotText { path: PathBuf, at: usize },
    /// A source text is wrong; what is wrong is shown already rendered.
    #[error("{} of the program {} wrong", .0.diagnostics.len(), if .0.diagnostics.len() == 1 { "place is" } else { "places are" })]
    BadSource(Box<BadSource>),
    /// A file is no good image.
    #[error("{}: {source}", .path.display())]
    BadImage { path: PathBuf, source: Reason },
    /// An image cannot be run.
    #[error("{}: the image cannot be run: {source}", .path.display())]
    Unverified { path: PathBuf, source: Reason },
    /// A file is no good recording.
    #[error("{}: {source}", .path.display())]
    BadRecording { path: PathBuf, source: RecordingError },
    /// A recording is of a guest that this release does not have.
    #[error("{} is a recording of `{kind}`, which this release cannot run", .path.display())]
    UnknownGuest { path: PathBuf, kind: String },
    /// A word of which nothing is known.
    #[error("{message}")]
    UnknownWord { message: String },
    /// There is no last run to go back to.
    #[error("no failed run is kept in {}", .path.display())]
    NoLast { path: PathBuf },
    /// A replay came to another state than was recorded.
    #[error("the replay differs from the recording between ticks {from} and {to}")]
    Differs { from: machine::Tick, to: machine::Tick },
    /// Something could not be written.
    #[error("cannot write {what}: {source}")]
    Unwritten { what: String, source: io::Error },
    /// A recording could not be written.
    #[error("cannot write the recording {}: {source}", .path.display())]
    Unrecorded { path: PathBuf, source: RecordingError },
    /// Another process has this durable run.
    #[error("the run {name} goes on in another process")]
    Busy { name: String },
    /// The program of a durable run is not the one that it began with.
    #[error("{name} began with another {what}")]
    Changed { name: String, what: &'static str },
    /// There is no durable run of that name.
    #[error("no run is called {name}; there are: {known}")]
    NoRun { name: String, known: String },
    /// What a durable run keeps is good, but not for this machine.
    #[error("{name} cannot be gone on with: {reason}")]
    Stuck { name: String, reason: String },
    /// A tape cannot be used.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// Ctrl-C, before there was anything to tell.
    #[error("interrupted")]
    Interrupted,
    /// Whoever read the output is gone; nothing is said about it.
    #[error("the output is closed")]
    Closed,
}

/// Diagnostics with the texts they are about.
#[derive(Debug)]
pub(crate) struct BadSource {
    pub(crate) sources: SourceMap,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl BadSource {
    /// What was compiled, with warnings shown; or all the errors.
    pub(crate) fn settle<T>(self, made: Option<T>, terminal: Terminal) -> Result<T, CliError> {
        let is_bad = self.diagnostics.iter().any(|found| found.severity == Severity::Error);
        match made {
            Some(made) if !is_bad => {
                self.warn(terminal);
                Ok(made)
            }
            _ => Err(CliError::BadSource(Box::new(self))),
        }
    }

    /// Takes out what was found where a fault came up then.
    pub(crate) fn take_told(&mut self, fault: &Fault) -> Option<Diagnostic> {
        let sources = &self.sources;
        let is_told = |found: &Diagnostic| fault.is_at(sources, found.span);
        let place = self.diagnostics.iter().position(is_told)?;
        Some(self.diagnostics.remove(place))
    }

    /// Shows what was found, if anything was.
    pub(crate) fn warn(&self, terminal: Terminal) {
        if !self.diagnostics.is_empty() {
            terminal.complain(&render(self, terminal));
        }
    }
}

impl CliError {
    /// Something could not be written to standard output.
    pub(crate) fn output(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::Unwritten { what: "to standard output".to_owned(), source }
        }
    }

    /// A file cannot be read.
    pub(crate) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Unreadable { path, source }
    }

    /// A file is no good image.
    pub(crate) fn bad_image<E: Into<Reason>>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |source| Self::BadImage { path, source: source.into() }
    }

    /// What the shell is told.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::UnknownWord { .. } | Self::Changed { .. } => exit::USAGE,
            Self::Unreadable { .. }
            | Self::Directory { .. }
            | Self::NoLast { .. }
            | Self::NoRun { .. } => exit::NO_INPUT,
            Self::TooLarge { .. }
            | Self::NotText { .. }
            | Self::BadSource(_)
            | Self::BadImage { .. }
            | Self::Unverified { .. }
            | Self::BadRecording { .. }
            | Self::UnknownGuest { .. }
            | Self::Stuck { .. }
            | Self::Differs { .. } => exit::DATA,
            Self::Unwritten { .. } | Self::Unrecorded { .. } | Self::Busy { .. } => exit::IO,
            Self::Tape(error) => error.exit_code(),
            Self::Interrupted => exit::INTERRUPTED,
            Self::Closed => exit::CLOSED,
        }
    }

    /// Tells the user, on standard error.
    pub(crate) fn report(&self, terminal: Terminal, is_json: bool) {
        if is_json {
            terminal.complain(&format!("{}\n", self.to_json()));
            return;
        }
        if let Self::BadSource(bad) = self {
            terminal.complain(&render(bad, terminal));
        } else if !matches!(self, Self::Closed) {
            let hint = self.hint().map(|hint| format!("  help: {hint}\n")).unwrap_or_default();
            let told = bounded(self.to_string());
            terminal.complain(&format!("{} {told}\n{hint}", terminal.red("error:")));
        }
    }

    fn hint(&self) -> Option<&'static str> {
        if let Self::Tape(error) = self {
            error.hint()
        } else if matches!(self, Self::NoLast { .. }) {
            Some("a run that faults is kept there")
        } else if matches!(self, Self::NotText { .. }) {
            Some("a compiled program ends in .pvm.bin, .tacit.bin or .achb")
        } else if matches!(self, Self::Changed { .. }) {
            Some(
                "start it as it was, or under another name, or forget it: palindrome history purge NAME",
            )
        } else if matches!(self, Self::Unrecorded { .. }) {
            Some("what was written before is good; a durable run goes on with the same command")
        } else if matches!(self, Self::Differs { .. }) {
            Some("this is a defect of the machine or of the recording: please report it")
        } else {
            None
        }
    }

    fn kind(&self) -> &'static str {
        match self.exit_code() {
            exit::USAGE => "usage",
            exit::DATA => "data",
            exit::NO_INPUT => "input",
            _ => "io",
        }
    }

    fn to_json(&self) -> serde_json::Value {
        let bad = if let Self::BadSource(bad) = self { Some(bad) } else { None };
        let list = |bad: &BadSource| {
            let shown = bad.diagnostics.iter().take(SHOWN_MAX);
            shown.map(|found| to_json(found, &bad.sources)).collect::<Vec<_>>()
        };
        let diagnostics = bad.map(|bad| list(bad)).unwrap_or_default();
        let hints: Vec<&str> = self.hint().into_iter().collect();
        serde_json::json!({
            "kind": self.kind(),
            "error": self.to_string(),
            "hints": hints,
            "diagnostics": diagnostics,
        })
    }
}

/// Diagnostics that are shown: nobody reads more.
const SHOWN_MAX: usize = 100;

/// All diagnostics, one after the other.
pub(crate) fn render(bad: &BadSource, terminal: Terminal) -> String {
    let style = if terminal.is_coloured { Style::Coloured } else { Style::Plain };
    let shown = bad.diagnostics.iter().take(SHOWN_MAX);
    let mut text: String = shown.map(|diagnostic| diagnostic.render(&bad.sources, style)).collect();
    let left_out = bad.diagnostics.len().saturating_sub(SHOWN_MAX);
    if left_out > 0 {
        let at_least = if bad.diagnostics.len() < DIAGNOSTICS_MAX { "" } else { "at least " };
        text += &format!("… and {at_least}{left_out} more\n");
    }
    text
}

/// A diagnostic as data.
pub(crate) fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> serde_json::Value {
    let span = diagnostic.span;
    let at = sources.line_column(span.source, span.start);
    serde_json::json!({
        "severity": format!("{:?}", diagnostic.severity).to_lowercase(),
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": sources.name(span.source),
        "line": at.line,
        "column": at.column,
        "label": diagnostic.label,
        "hint": diagnostic.hint,
    })
}
