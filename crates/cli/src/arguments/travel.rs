//! Options of the commands that ask a run that is over: `bisect`, `whatif`, `export`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::HistoryArguments;

#[derive(Debug, Args)]
#[command(
    after_help = "The predicate is an expression of the program's own language, as for `print` and \
    `watch -c` in the debugger. If it stays true once it is, at all moments tried, the first one is \
    found by halving; otherwise the whole run is searched, on all processors. Where the predicate has \
    no value, as outside of the function whose variables it names, it is not true. A program is run \
    first; what it writes is not shown. The exit code is 0 if there is such a moment, 1 if not."
)]
pub(crate) struct BisectArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// Look at every moment, without trying whether the predicate stays true
    #[arg(long = "search")]
    pub(crate) is_search: bool,
    /// What a program reads as its standard input [default: nothing]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// A recording (.rec) or a program
    pub(crate) file: PathBuf,
    /// What is to become true, such as 'total > 20'
    pub(crate) predicate: String,
    /// Arguments for a program
    #[arg(last = true)]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The other run is told what the recorded one was told: the same input, the same \
    time, the same chance, in order and by kind. Nothing is performed; where the recording has no \
    answer, that is said. Shown are the first moment after the change at which the runs differ in \
    another way, how each ends, and the lines of output that differ. A changed program runs from its \
    start; lines that only one of the programs has are passed over in comparing. The exit code is 0 \
    whether they differ or not."
)]
pub(crate) struct WhatifArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// When: a tick, 50%, start, end, a mark, or 12:3, the third time at line 12 [default: start]
    #[arg(long, value_name = "MOMENT", conflicts_with = "program")]
    pub(crate) at: Option<String>,
    /// Change a value there; can be given several times
    #[arg(
        long = "set",
        value_name = "LOCATION = VALUE",
        conflicts_with = "program",
        required_unless_present = "program"
    )]
    pub(crate) assignments: Vec<String>,
    /// Run this program instead
    #[arg(long, value_name = "FILE")]
    pub(crate) program: Option<PathBuf>,
    /// What a program reads as its standard input [default: nothing]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// A recording (.rec) or a program, which is run first
    pub(crate) file: PathBuf,
    /// Arguments for a program
    #[arg(last = true)]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The page is one file that needs no network: it shows the source, the variables, \
    the calls and the output at every line that was begun, or at as many of them as there is room for; \
    the page says which. Move with the arrow keys, Home and End; Space plays."
)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// Where the page goes
    #[arg(long, value_name = "PAGE")]
    pub(crate) html: PathBuf,
    /// What a program reads as its standard input [default: nothing]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// A recording (.rec) or a program, which is run first
    pub(crate) file: PathBuf,
    /// Arguments for a program
    #[arg(last = true)]
    pub(crate) arguments: Vec<OsString>,
}
