//! `palindrome whatif`: a recorded run again with one thing changed, and what becomes of it.

use std::fmt::Write as _;
use std::path::Path;

use debugger::Debugger;
use machine::{Edit, Inspect, Machine};
use serde_json::json;
use source::visible;
use timeline::{Ending, Options, Recording, Timeline};

use crate::arguments::WhatifArguments;
use crate::difference::Difference;
use crate::error::{CliError, exit};
use crate::guest::{Guest, with_guest};
use crate::inputs::Inputs;
use crate::past::{self, Past, Unseen};
use crate::progress::Progress;
use crate::terminal::{Terminal, show};
use crate::world::LiveWorld;

/// Bytes of output that are kept of each run, to be compared.
const OUTPUT_MAX: usize = 64 << 20;

/// The names of the two runs.
const NAMES: [&str; 2] = ["recorded", "changed"];

pub(crate) fn whatif(arguments: &WhatifArguments, terminal: Terminal) -> Result<u8, CliError> {
    let path = &arguments.file;
    let (guest, material) = past::find(path)?;
    let (history, input) = (&arguments.history, arguments.input.as_deref());
    let unseen = Unseen::new(history, input, &arguments.arguments, OUTPUT_MAX);
    let told = with_guest!(guest, G => {
        let past = past::live_through::<G>(path, material, &unseen, terminal)?;
        match &arguments.program {
            Some(program) => with_program(past, program, &unseen, terminal)?,
            None => with_values(past, arguments)?,
        }
    });
    if arguments.json {
        show(&format!("{}\n", told.to_json()))?;
    } else {
        show(&told.render())?;
    }
    Ok(exit::OK)
}

/// What is told of a run and its other self.
pub(crate) struct Told {
    /// What was changed, in lines.
    changes: Vec<String>,
    pub(crate) difference: Difference,
    /// What did not fit of the recorded input.
    remarks: Vec<String>,
}

impl Told {
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        for change in &self.changes {
            let _ = writeln!(text, "{change}");
        }
        text.push_str(&self.difference.render(NAMES));
        for remark in &self.remarks {
            let _ = writeln!(text, "note: {remark}");
        }
        text
    }

    fn to_json(&self) -> serde_json::Value {
        let mut value = self.difference.to_json();
        value["changes"] = json!(self.changes);
        value["remarks"] = json!(self.remarks);
        value
    }
}

/// The same program with other values from a moment on.
fn with_values<G: Guest>(past: Past<G>, arguments: &WhatifArguments) -> Result<Told, CliError> {
    let Past { mut timeline, program, loaded, recording } = past;
    let wrong = |error: debugger::CommandError| CliError::Usage(error.to_string());
    let how = ending(&timeline);
    let exchanges = timeline.exchanges();
    let length = timeline.end();
    // The first run stays as it is on a timeline of its own; the other one is a branch.
    let mut debugger = Debugger::new(timeline);
    let moment = arguments.at.as_deref().unwrap_or("start");
    let mut world = LiveWorld::unseen(arguments.history.memory_max);
    let tick = debugger.tick_of(moment, &mut world).map_err(wrong)?;
    debugger.timeline_mut().goto(tick);
    let mut changes = vec![format!("at tick {tick}, {}", debugger.place_here())];
    for assignment in &arguments.assignments {
        let change = debugger.assign(assignment).map_err(wrong)?;
        changes.push(format!("  {change}"));
    }
    let later: Vec<_> = exchanges.iter().filter(|it| it.tick >= tick).cloned().collect();
    let mut inputs = Inputs::new(&later, program.arguments.clone(), arguments.history.memory_max);
    let mut changed = debugger.into_timeline();
    let mut progress = Progress::new();
    let finish = inputs.feed(&mut changed, length, &mut progress);
    let recording = match recording {
        Some(recording) => *recording,
        None => Recording::of_answers(
            program,
            exchanges.into_iter().map(|it| (it.tick, it.answer)).collect(),
            length,
        ),
    };
    let options = Options { output: OUTPUT_MAX, ..arguments.history.options() };
    let mut first = Timeline::from_recording(loaded.machine()?, &recording, options);
    let ends = [how, finish.describe()];
    let difference = Difference::of((&mut first, tick), (&mut changed, tick), ends, &mut progress)?;
    Ok(Told { changes, difference, remarks: inputs.remarks() })
}

/// Another program with the same input.
fn with_program<G: Guest>(
    past: Past<G>,
    path: &Path,
    unseen: &Unseen<'_>,
    terminal: Terminal,
) -> Result<Told, CliError> {
    let Past { mut timeline, program, .. } = past;
    let (machine, _) =
        past::reload::<G>(path, program.arguments.clone(), unseen.memory_max, terminal)?;
    let mut changed = Timeline::new(machine, unseen.options);
    replayed(&mut timeline, &mut changed, &program.arguments, unseen.memory_max, path)
}

/// Runs a changed program, which is at its start, with what the first one read; compares both.
///
/// # Errors
/// Ctrl-C came while they were compared.
pub(crate) fn replayed<M: Machine + Inspect + Edit>(
    first: &mut Timeline<M>,
    changed: &mut Timeline<M>,
    arguments: &[Vec<u8>],
    memory_max: usize,
    path: &Path,
) -> Result<Told, CliError> {
    let exchanges = first.exchanges();
    let how = ending(first);
    let mut inputs = Inputs::new(&exchanges, arguments.to_vec(), memory_max);
    let mut progress = Progress::new();
    let finish = inputs.feed(changed, first.end(), &mut progress);
    let (from, changed_from) = (first.start(), changed.start());
    let ends = [how, finish.describe()];
    let difference = Difference::of((first, from), (changed, changed_from), ends, &mut progress)?;
    let changes = vec![format!("with the program {}", visible(&path.display().to_string()))];
    Ok(Told { changes, difference, remarks: inputs.remarks() })
}

fn ending<M: Machine>(timeline: &Timeline<M>) -> String {
    match timeline.ending() {
        Some(Ending::Ended(code)) => format!("exit code {}", code.0),
        Some(Ending::Trapped(trap)) => format!("fault: {}", visible(trap)),
        Some(Ending::Interrupted) => "interrupted".to_owned(),
        None => "no further".to_owned(),
    }
}
