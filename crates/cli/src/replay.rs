//! `palindrome replay`: a recorded run again, to see what it wrote or to check it.

use std::io::{self, Write};

use machine::{ExitCode, Probes, Tick};
use timeline::{Arrival, Options, Timeline, Verification};

use crate::arguments::ReplayArguments;
use crate::error::{CliError, exit};
use crate::guest::{Guest, with_guest};
use crate::interrupt;
use crate::recording;
use crate::terminal::{Terminal, show};

/// Safepoints between two looks for Ctrl-C.
const SLICE: u64 = 1 << 20;

pub(crate) fn replay(arguments: &ReplayArguments) -> Result<u8, CliError> {
    let terminal = Terminal::new(arguments.no_color);
    let options = Options { output: usize::MAX, ..Options::default() };
    let path = &arguments.file;
    let (recording, guest) = recording::read(path)?;
    with_guest!(guest, G => {
        repeat::<G>(recording::open::<G>(path, &recording, options, terminal)?, arguments, terminal)
    })
}

fn repeat<G: Guest>(
    mut timeline: Timeline<G::Machine>,
    arguments: &ReplayArguments,
    terminal: Terminal,
) -> Result<u8, CliError> {
    interrupt::listen();
    let end = timeline.end();
    let arrival = loop {
        if interrupt::take() {
            return Ok(exit::INTERRUPTED);
        }
        let now = timeline.now().tick;
        let until = Tick::at(now.safepoints.saturating_add(SLICE)).min(end);
        match timeline.forward(until, &Probes::none()) {
            Arrival::Reached if timeline.now().tick < end => {}
            // One look further says whether this is where it ended.
            Arrival::Reached => {
                break timeline
                    .forward(Tick::at(end.safepoints.saturating_add(1)), &Probes::none());
            }
            over @ (Arrival::Probed(_)
            | Arrival::Asks(_)
            | Arrival::Trapped(_)
            | Arrival::Ended(_)) => break over,
        }
    };
    if arguments.check {
        return check(timeline.verify(), end, arguments.json);
    }
    let outputs = timeline.outputs();
    if arguments.json {
        let (ending, code) = match &arrival {
            Arrival::Trapped(trap) => (format!("fault: {trap}"), exit::FAULT),
            Arrival::Ended(ExitCode(code)) => (format!("exit code {code}"), *code),
            Arrival::Reached | Arrival::Probed(_) | Arrival::Asks(_) => {
                ("cut off".to_owned(), exit::OK)
            }
        };
        let value = serde_json::json!({
            "end": end.to_string(),
            "ending": ending,
            "output": String::from_utf8_lossy(&outputs.output),
            "error": String::from_utf8_lossy(&outputs.error),
            "value": G::echo(timeline.machine()),
        });
        show(&format!("{value}\n"))?;
        return Ok(code);
    }
    let write = || {
        io::stdout().write_all(&outputs.output)?;
        io::stdout().flush()?;
        io::stderr().write_all(&outputs.error)
    };
    write().map_err(CliError::output)?;
    let is_at_line_start = outputs.output.last().is_none_or(|last| *last == b'\n');
    match arrival {
        Arrival::Trapped(trap) => {
            terminal.complain(&format!("{} {trap}, at tick {end}\n", terminal.red("fault:")));
            Ok(exit::FAULT)
        }
        Arrival::Ended(ExitCode(code)) => {
            if let Some(echo) = G::echo(timeline.machine()) {
                let is_open = !is_at_line_start;
                show(&format!("{}{echo}\n", if is_open { "\n" } else { "" }))?;
            }
            Ok(code)
        }
        Arrival::Reached | Arrival::Probed(_) | Arrival::Asks(_) => {
            terminal.complain(&format!("the recording ends at tick {end}\n"));
            Ok(exit::OK)
        }
    }
}

fn check(verification: Verification, end: Tick, is_json: bool) -> Result<u8, CliError> {
    match verification {
        Verification::Same { checked } => {
            show(&if is_json {
                let end = end.to_string();
                format!(
                    "{}\n",
                    serde_json::json!({ "same": true, "compared": checked, "end": end })
                )
            } else {
                format!("the replay is the run: {checked} states compared, up to tick {end}\n")
            })?;
            Ok(exit::OK)
        }
        Verification::Differs { from, to, .. } => Err(CliError::Differs { from, to }),
    }
}
