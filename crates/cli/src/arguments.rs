//! The command line: every option of every program, with its help.

mod dap;
mod publish;
mod query;
mod travel;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use timeline::{History, Options};

use crate::guest::GuestName;
use crate::store::{KEEP, Keep};
pub(crate) use dap::DapArguments;
pub(crate) use publish::PublishArguments;
pub(crate) use query::{ImportArguments, QueryArguments};
pub(crate) use travel::{BisectArguments, ExportArguments, WhatifArguments};

/// After every help page.
pub(crate) const EXIT_CODES: &str = "\
Exit codes:
  the guest's own; 3 --check found its memory damaged; 64 wrong usage; 65 bad source, image or
  recording; 66 no such file, or not readable; 70 the guest faulted or took too much memory;
  74 something could not be written; 130 Ctrl-C";

/// After the help page of `palindrome`.
const ASKING: &str = "\
`palindrome help soc svd` explains a function of Achronyme, `palindrome help tacit swap` a word of
Tacit; without a name they list all.
";

/// A runtime in which every program can run backwards.
#[derive(Debug, Parser)]
#[command(
    name = "palindrome",
    version,
    max_term_width = 100,
    after_help = format!("{ASKING}\n{EXIT_CODES}")
)]
pub(crate) struct Palindrome {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a program; if it fails, `palindrome debug --last` walks back from the failure
    Run(RunArguments),
    /// Compile and link a program
    Build(BuildArguments),
    /// Debug a program or a recording, forwards and backwards
    Debug(DebugArguments),
    /// Debug from an editor: speak the Debug Adapter Protocol on standard input and output
    Dap(DapArguments),
    /// Find the first moment of a run at which something is true
    Bisect(BisectArguments),
    /// Repeat a run with one thing changed, and show what becomes of it
    Whatif(WhatifArguments),
    /// Write a page that shows a run
    Export(ExportArguments),
    /// Repeat a recorded run: show what it wrote, or check that it is the same
    Replay(ReplayArguments),
    /// Say what is in a program or recording
    Info(InfoArguments),
    /// Show a program's instructions
    Disasm(DisasmArguments),
    /// Type lines of a language and see what comes of them; every line can be taken back
    Repl(ReplArguments),
    /// Show Tacit's words or Achronyme's functions, or explain one
    Words(WordsArguments),
    /// Look for mistakes in programs in Achronyme and Palindrome, without running them
    Check(CheckArguments),
    /// Run the tests in programs in Achronyme and Palindrome
    Test(TestArguments),
    /// Lay out programs in Achronyme as they should be
    Fmt(FmtArguments),
    /// Ask a tape, or what a program leaves, for rows (Palindrome)
    Query(QueryArguments),
    /// Put the rows of a file into a relation on a tape (Palindrome)
    Import(ImportArguments),
    /// Put a library on a tape, or list what is there (Palindrome)
    Publish(PublishArguments),
    /// Show what is kept of past runs, or forget some of it
    History(HistoryCommandArguments),
}

/// Run a program of the tape machine; the same as `palindrome run`.
#[derive(Debug, Parser)]
#[command(name = "pvmr", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Pvmr {
    #[command(flatten)]
    pub(crate) run: RunArguments,
}

/// Assemble and link programs of the tape machine; the same as `palindrome build`.
#[derive(Debug, Parser)]
#[command(name = "pvmc", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Pvmc {
    #[command(flatten)]
    pub(crate) build: BuildArguments,
}

/// Debug a program of the tape machine; the same as `palindrome debug`.
#[derive(Debug, Parser)]
#[command(name = "pvmd", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Pvmd {
    #[command(flatten)]
    pub(crate) debug: DebugArguments,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// Keep a recording of the run in a file, written as it goes
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// Run under a name, so that the same command goes on where the process was killed
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["record", "stack", "check", "history", "history_memory"]
    )]
    pub(crate) durable: Option<String>,
    /// The most of a durable run's past that is kept; what is older is forgotten
    #[arg(
        long,
        default_value = "512M",
        value_name = "SIZE",
        value_parser = disk_size,
        requires = "durable"
    )]
    pub(crate) durable_max: u64,
    /// Begin with what is on a tape, and keep on it what becomes of that; it is made if it is not there
    /// (Palindrome)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["durable", "engine", "no_source"])]
    pub(crate) tape: Option<PathBuf>,
    /// Give up a relation, a column (`Relation.column`) or a name of the tape before the program runs
    #[arg(long, value_name = "NAME", requires = "tape")]
    pub(crate) drop: Vec<String>,
    /// How much of its past the tape keeps: a size of its file such as 512M, an age such as 30d, or all;
    /// what is older is forgotten
    #[arg(long, default_value = KEEP, value_name = "SIZE|AGE|all", requires = "tape")]
    pub(crate) keep: Keep,
    /// Leave the source text out of the recording: places in it are then told by their lines only
    #[arg(long, requires = "record")]
    pub(crate) no_source: bool,
    /// What the program reads as its standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// Report faults and errors as JSON on standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// Show the stack when the program has ended or failed (Tacit)
    #[arg(long)]
    pub(crate) stack: bool,
    /// Check the heap when the program has ended or failed (Tacit)
    #[arg(long)]
    pub(crate) check: bool,
    /// The program's memory: 64k, 128k or 256k (Tacit), any size (Achronyme)
    #[arg(long, visible_alias = "max-memory", value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<usize>,
    /// How many steps a search may take before it gives up with a fault (Palindrome)
    #[arg(long, value_name = "STEPS")]
    pub(crate) search_limit: Option<u64>,
    /// What runs it; a run of `tree` is slow, and not recorded (Achronyme)
    #[arg(long, value_enum, default_value = "vm", value_name = "ENGINE")]
    pub(crate) engine: Engine,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Run this program instead of a file; in Tacit unless --lang says otherwise
    #[arg(short, value_name = "PROGRAM", allow_hyphen_values = true)]
    pub(crate) expression: Option<String>,
    /// The language of -e: achronyme (or soc), tacit, pvm
    #[arg(long = "lang", value_name = "GUEST", value_parser = guest, requires = "expression")]
    pub(crate) language: Option<GuestName>,
    /// The program: .pvm, .pvm.bin, .tacit, .tacit.bin, .soc or .achb
    #[arg(required_unless_present = "expression")]
    pub(crate) file: Option<PathBuf>,
    /// Arguments for the program; after `--` also such as are options here
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

/// What runs a program in Achronyme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Engine {
    /// The register machine
    Vm,
    /// Walks the program's tree
    Tree,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArguments {
    /// How much of the past is kept at hand; any of it can always be had again
    #[arg(long, value_enum, default_value = "checkpoints", value_name = "HOW")]
    pub(crate) history: HistoryArgument,
    /// Memory for the past, such as 64M or 2G
    #[arg(long, default_value = "256M", value_name = "SIZE", value_parser = size)]
    pub(crate) history_memory: usize,
    /// Memory for the program with its past; it is stopped when it takes more
    #[arg(long, default_value = "4G", value_name = "SIZE", value_parser = size)]
    pub(crate) memory_max: usize,
}

/// How much of the past is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HistoryArgument {
    /// Only what came from outside: going back replays from the start
    Off,
    /// Also states, densest in the near past
    Checkpoints,
    /// Also a trail of every instruction
    Full,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArguments {
    /// Source texts (.pvm, .tacit, .soc) and objects (.pvm.obj)
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Where the program goes [default: as the first file, with .bin after it or .achb for .soc]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Do not optimise
    #[arg(short = 'O', value_name = "LEVEL", default_value = "1", value_parser = clap::value_parser!(u8).range(0..=1))]
    pub(crate) level: u8,
    /// Only compile: make an object of each source text
    #[arg(short = 'c')]
    pub(crate) is_compile_only: bool,
    /// Show the instructions instead of writing a file
    #[arg(long)]
    pub(crate) disasm: bool,
    /// Leave the source text out of the program
    #[arg(long)]
    pub(crate) no_source: bool,
    /// The program's memory: 64k, 128k or 256k (Tacit), any size (Achronyme)
    #[arg(long, visible_alias = "max-memory", value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<usize>,
    /// How many steps a search may take before it gives up with a fault (Palindrome)
    #[arg(long, value_name = "STEPS")]
    pub(crate) search_limit: Option<u64>,
    /// A tape with libraries that the program uses (Palindrome)
    #[arg(long, value_name = "FILE")]
    pub(crate) tape: Option<PathBuf>,
    /// Report diagnostics as JSON on standard error
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
}

#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct DebugArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// Debug a recording
    #[arg(long, value_name = "FILE", conflicts_with_all = ["last", "file"])]
    pub(crate) replay: Option<PathBuf>,
    /// Debug the last run that failed
    #[arg(long, conflicts_with = "file")]
    pub(crate) last: bool,
    /// Debug a durable run, up to where it is now
    #[arg(long, value_name = "NAME", conflicts_with_all = ["replay", "last", "file"])]
    pub(crate) durable: Option<String>,
    /// Begin with what is on a tape, of which nothing is changed; without FILE, the program that wrote to
    /// it last (Palindrome)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "last", "durable"])]
    pub(crate) tape: Option<PathBuf>,
    /// What the program reads as its standard input [default: nothing]
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Option<PathBuf>,
    /// The program's memory: 64k, 128k or 256k (Tacit), any size (Achronyme)
    #[arg(long, visible_alias = "max-memory", value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<usize>,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The program (.pvm, .pvm.bin, .tacit, .tacit.bin, .soc, .achb, .pal), a recording (.rec) or a tape
    #[arg(required_unless_present_any = ["replay", "last", "durable", "tape"])]
    pub(crate) file: Option<PathBuf>,
    /// Arguments for the program; after `--` also such as are options here
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArguments {
    /// Run it twice and compare the states, instead of showing what it wrote
    #[arg(long)]
    pub(crate) check: bool,
    /// Report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The recording
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct InfoArguments {
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The program or recording
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DisasmArguments {
    /// The program: .pvm, .pvm.bin, .tacit, .tacit.bin, .soc or .achb
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
#[command(
    after_help = "In a pipe the lines are a script: there is no prompt, lines that fail do not \
    stop it, and the exit code is 1 if any did."
)]
pub(crate) struct ReplArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// The session's memory: 64k, 128k or 256k (Tacit), any size (Achronyme)
    #[arg(long, visible_alias = "max-memory", value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<usize>,
    /// Check the heap after every line, and end with 3 if it is damaged (Tacit)
    #[arg(long)]
    pub(crate) check: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Begin with what is on a tape, and keep what every line makes of it (Palindrome)
    #[arg(long, value_name = "FILE")]
    pub(crate) tape: Option<PathBuf>,
    /// How much of its past the tape keeps: a size of its file such as 512M, an age such as 30d, or all;
    /// what is older is forgotten
    #[arg(long, default_value = KEEP, value_name = "SIZE|AGE|all", requires = "tape")]
    pub(crate) keep: Keep,
    /// The language: tacit, achronyme (or soc) or palindrome (or pal)
    #[arg(long = "lang", visible_alias = "language", value_name = "GUEST", value_parser = guest)]
    pub(crate) language: Option<GuestName>,
    /// The same, or a program to begin with [default: tacit]
    #[arg(value_name = "GUEST|FILE")]
    pub(crate) what: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct WordsArguments {
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// `tacit` or `achronyme`, and the word or function to be explained [default: Tacit's words]
    #[arg(value_name = "GUEST|NAME", num_args = 0..=2)]
    pub(crate) names: Vec<String>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "It compiles a program with all that it imports, and says what is wrong: with \
    the syntax; names that nothing has; what cannot be assigned to; code that is never reached; a \
    `match` that some value gets through; values that the types beside them never take. Where \
    that shows only when the program runs, it is checked then. The exit code is 65 if there are errors."
)]
pub(crate) struct CheckArguments {
    /// A tape with libraries that the programs use (Palindrome)
    #[arg(long, value_name = "FILE")]
    pub(crate) tape: Option<PathBuf>,
    /// End with 1 if there are warnings
    #[arg(long)]
    pub(crate) strict: bool,
    /// Report as JSON: errors on standard error, otherwise on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The programs (.soc, .pal)
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Tests in Achronyme are the functions at the top of a program whose names \
    begin with `test_`; one fails if an error leaves it. Examples are remarks `//> program`, and \
    after them `// => value` as `palindrome run` would show it. Tests in Palindrome are written \
    `test \"name\" { … }`; one fails if it faults. Each runs in a machine of its own, after all \
    of its file, with an empty input. The exit code is 1 if one fails.")]
pub(crate) struct TestArguments {
    /// A tape with libraries that the programs use (Palindrome)
    #[arg(long, value_name = "FILE")]
    pub(crate) tape: Option<PathBuf>,
    /// Only tests and examples with this in their name
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// What runs them
    #[arg(long, value_enum, default_value = "vm", value_name = "ENGINE")]
    pub(crate) engine: Engine,
    /// Memory for each program with its past
    #[arg(long, default_value = "4G", value_name = "SIZE", value_parser = size)]
    pub(crate) memory_max: usize,
    /// Report as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Programs (.soc, .pal), and folders with such [default: all below this folder]
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "What a program means does not change, and comments stay. A file with \
    mistakes in its syntax is left as it is.")]
pub(crate) struct FmtArguments {
    /// Change nothing; name the files that would change, and end with 1 if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The language of standard input: achronyme (or soc), palindrome (or pal)
    #[arg(long, default_value = "achronyme")]
    pub(crate) lang: String,
    /// The programs (.soc, .pal); `-` for standard input, which is laid out to standard output
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Kept are the last run that failed (`last`) and durable runs by their names. What \
    is forgotten leaves a receipt: what it was, how much, and when; `palindrome history receipts` \
    shows them. A durable run that is going on in another process is never forgotten."
)]
pub(crate) struct HistoryCommandArguments {
    #[command(subcommand)]
    pub(crate) what: Option<HistoryCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// List what is kept (as without a word)
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Say more of one
    Show {
        /// As JSON
        #[arg(long)]
        json: bool,
        /// `last`, or the name of a durable run
        name: String,
    },
    /// Forget
    Purge(PurgeArguments),
    /// Show what was forgotten
    Receipts,
}

#[derive(Debug, Args)]
pub(crate) struct PurgeArguments {
    /// What nothing was added to for so long, such as 12h, 7d or 2w
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) older_than: Option<Duration>,
    /// What takes more, such as 64M or 2G
    #[arg(long, value_name = "SIZE", value_parser = disk_size)]
    pub(crate) larger_than: Option<u64>,
    /// Also runs that could go on
    #[arg(long)]
    pub(crate) all: bool,
    /// Moments of a tape instead: those older than --older-than, the oldest until it is no larger than
    /// --larger-than, or --all but the present
    #[arg(long, value_name = "FILE", conflicts_with = "names")]
    pub(crate) tape: Option<PathBuf>,
    /// `last`, or names of durable runs [default: all that have ended]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

impl HistoryArguments {
    pub(crate) fn options(&self) -> Options {
        let history = match self.history {
            HistoryArgument::Off => History::Off,
            HistoryArgument::Checkpoints => History::Checkpoints,
            HistoryArgument::Full => History::Full,
        };
        // What the program and its past share is for the program first.
        let memory = self.history_memory.min(self.memory_max / 4);
        Options { history, memory, answers: memory, ..Options::default() }
    }
}

/// A guest, as `--lang` names it.
fn guest(name: &str) -> Result<GuestName, String> {
    GuestName::spoken(name).ok_or_else(|| {
        let names: Vec<&str> = GuestName::ALL.iter().map(|guest| guest.name()).collect();
        format!("known are {}", names.join(", "))
    })
}

/// A number of bytes on a disk.
pub(crate) fn disk_size(text: &str) -> Result<u64, String> {
    size(text).map(|bytes| bytes as u64)
}

/// An age: `30m`, `12h`, `7d`, `2w`.
pub(crate) fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "expected an age such as 12h, 7d or 2w".to_owned();
    let (digits, unit) = text.split_at(text.len().saturating_sub(1));
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        "w" => 7 * 24 * 3600,
        _ => return Err(wrong()),
    };
    let number: u64 = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

/// A number of bytes: `4096`, `64K`, `256M`, `2G`.
fn size(text: &str) -> Result<usize, String> {
    let wrong = || "expected a size such as 64M or 2G".to_owned();
    let upper = text.trim().to_uppercase();
    let (digits, shift) = match upper.trim_end_matches(['B', 'I']) {
        text if text.ends_with('K') => (&text[..text.len() - 1], 10),
        text if text.ends_with('M') => (&text[..text.len() - 1], 20),
        text if text.ends_with('G') => (&text[..text.len() - 1], 30),
        text => (text, 0),
    };
    let number: usize = digits.parse().map_err(|_| wrong())?;
    number.checked_mul(1 << shift).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_makes_sense() {
        Palindrome::command().debug_assert();
        Pvmr::command().debug_assert();
        Pvmc::command().debug_assert();
        Pvmd::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("4096"), Ok(4096));
        assert_eq!(size("64k"), Ok(64 << 10));
        assert_eq!(size("256M"), Ok(256 << 20));
        assert_eq!(size("2GiB"), Ok(2 << 30));
        for wrong in ["", "M", "1T", "-1", "1.5G", "99999999999999999999"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
