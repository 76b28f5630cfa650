//! Options of the debug adapter.

use clap::Args;

use super::HistoryArguments;

#[derive(Debug, Args)]
#[command(
    after_help = "An editor starts it, and says in its `launch` request what is debugged: `program` with \
    `args`, `input` and `tape`; or `recording`; or `last`, for the last run that failed. `stopOnEntry`, \
    `stopAtEnd` and `noDebug` say where it stops. docs/debug-adapter.md shows how editors are set up."
)]
pub(crate) struct DapArguments {
    #[command(flatten)]
    pub(crate) history: HistoryArguments,
    /// Listen on this port of 127.0.0.1, for one session after the other, instead of standard input; 0
    /// takes any that is free, which is then said
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,
}
