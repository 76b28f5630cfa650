//! The options of `palindrome query` and `palindrome import`.

use std::path::PathBuf;

use clap::Args;

use crate::rows::Format;

#[derive(Debug, Args)]
#[command(
    after_help = "A query is an expression in Palindrome, such as `Person where age > 18 select \
    name`. On a tape it sees the definitions of the program that wrote to the tape last; of a \
    program, what it leaves at its end. It changes nothing. --explain shows how the store finds the \
    rows, as `explain` does in a program."
)]
pub(crate) struct QueryArguments {
    /// How the rows are written [default: as the name of --output says, or table]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Where they go [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Show the plan of the query, with guessed and found rows, instead of its rows
    #[arg(long, conflicts_with_all = ["format", "output"])]
    pub(crate) explain: bool,
    /// What was there at a moment: its number, `start`, a time such as 2026-11-20T10:00, a time back such as
    /// 5.minutes, or the name of a checkpoint
    #[arg(long, value_name = "MOMENT")]
    pub(crate) at: Option<String>,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The tape, or a program (.pal)
    #[arg(value_name = "TAPE|FILE")]
    pub(crate) file: PathBuf,
    /// The query
    pub(crate) query: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Columns are found by their names: the first line of comma-separated text, the \
    fields of objects, the columns of Parquet. One that is not there gets its default. All rows go \
    in, or none; contracts of the program on the tape have to hold. `palindrome query TAPE RELATION --output FILE` is the way back."
)]
pub(crate) struct ImportArguments {
    /// What the file is: csv, json or parquet [default: as its name says]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// No colours, as with NO_COLOR in the environment
    #[arg(long)]
    pub(crate) no_color: bool,
    /// The tape
    pub(crate) tape: PathBuf,
    /// The relation
    pub(crate) relation: String,
    /// The file with the rows; `-` for standard input
    pub(crate) file: PathBuf,
}
