//! `palindrome bisect`: the first moment of a run at which something is true.

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use debugger::{Debugger, PROBES, Shape, Turn, first_in};
use machine::Tick;
use serde_json::json;
use source::visible;
use timeline::Timeline;

use crate::arguments::BisectArguments;
use crate::error::{CliError, exit};
use crate::guest::{Guest, with_guest};
use crate::past::{self, Material, Past, Unseen};
use crate::terminal::{Terminal, show};

/// Threads that search at most: each has a machine.
const THREADS_MAX: usize = 64;

pub(crate) fn bisect(arguments: &BisectArguments, terminal: Terminal) -> Result<u8, CliError> {
    let path = &arguments.file;
    let (guest, material) = past::find(path)?;
    let is_recording = matches!(material, Material::Recording(_));
    let (history, input) = (&arguments.history, arguments.input.as_deref());
    let unseen = Unseen::new(history, input, &arguments.arguments, history.options().output);
    let found = with_guest!(guest, G => {
        let past = past::live_through::<G>(path, material, &unseen, terminal)?;
        find(past, &arguments.predicate, arguments.is_search)?
    });
    let predicate = visible(&arguments.predicate);
    if arguments.json {
        show(&format!("{}\n", to_json(&predicate, &found)))?;
    } else {
        show(&render(&predicate, &found, &past::way_to(path, is_recording)))?;
    }
    Ok(if found.turn.is_some() { exit::OK } else { exit::FAILED })
}

/// What came of looking.
struct Found {
    turn: Option<Turn>,
    /// Whether the whole run was searched.
    is_searched: bool,
    end: Tick,
}

fn find<G: Guest>(past: Past<G>, predicate: &str, is_search: bool) -> Result<Found, CliError> {
    let mut debugger = Debugger::new(past.timeline);
    let wrong = |error: debugger::CommandError| CliError::Usage(error.to_string());
    debugger.expect_predicate(predicate).map_err(wrong)?;
    let end = debugger.timeline().end();
    let shape = if is_search { Shape::Other } else { debugger.shape_of(predicate) };
    let tick = match shape {
        Shape::Always => Some(debugger.timeline().start()),
        Shape::Monotone(low, high) => Some(debugger.halve(predicate, low, high)),
        Shape::Other => search::<G>(debugger.timeline(), &past.loaded, predicate)?,
    };
    let turn = tick.map(|tick| debugger.turn_at(predicate, tick));
    Ok(Found { turn, is_searched: shape == Shape::Other, end })
}

/// Looks through all intervals between checkpoints, on all processors, for the first in which the
/// predicate is true.
fn search<G: Guest>(
    timeline: &Timeline<G::Machine>,
    loaded: &G,
    predicate: &str,
) -> Result<Option<Tick>, CliError> {
    let intervals = timeline.intervals();
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let count = processors.min(THREADS_MAX).min(intervals.len()).max(1);
    let machines: Result<Vec<_>, _> = (0..count).map(|_| loaded.machine()).collect();
    // The intervals that nobody has taken yet, in the order of time; and the earliest hit.
    let waiting = Mutex::new(intervals.into_iter());
    let first: Mutex<Option<Tick>> = Mutex::new(None);
    thread::scope(|scope| {
        for mut machine in machines? {
            let (waiting, first) = (&waiting, &first);
            scope.spawn(move || {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(interval) = next else { return };
                    let known = *first.lock().unwrap_or_else(PoisonError::into_inner);
                    if known.is_some_and(|known| known <= interval.from) {
                        return;
                    }
                    if let Some(tick) = first_in::<G::Machine>(&interval, &mut machine, predicate) {
                        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                        *first = Some(first.map_or(tick, |known| known.min(tick)));
                    }
                }
            });
        }
        Ok::<(), CliError>(())
    })?;
    Ok(first.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn render(predicate: &str, found: &Found, way: &str) -> String {
    let Some(turn) = &found.turn else {
        return format!("never true up to tick {}: {predicate}\n", found.end);
    };
    let mut text = format!("first true at tick {}, {}: {predicate}\n", turn.tick, turn.place);
    match &turn.cause {
        None => text.push_str("  it is true from the start\n"),
        Some(cause) => {
            let _ = writeln!(text, "  made so at tick {}, {}", cause.tick, cause.place);
            let code = cause.line.as_ref().unwrap_or(&cause.instruction);
            let _ = writeln!(text, "    {}", visible(code));
            for (name, before, after) in &cause.values {
                let _ = writeln!(text, "  {}: {before} → {after}", visible(name));
            }
        }
    }
    text.push_str(if found.is_searched {
        "  found by searching the whole run before it\n"
    } else {
        "  found by halving: at all moments tried it stays true (--search looks at every moment)\n"
    });
    let _ = writeln!(text, "  to go there: {way}, then `goto {}`", turn.tick);
    text
}

fn to_json(predicate: &str, found: &Found) -> serde_json::Value {
    let how = if found.is_searched { "search" } else { "halving" };
    let turn = found.turn.as_ref();
    let cause = turn.and_then(|turn| turn.cause.as_ref()).map(|cause| {
        let values = cause
            .values
            .iter()
            .map(|(name, before, after)| json!({ "name": name, "before": before, "after": after }));
        json!({
            "tick": cause.tick.to_string(),
            "place": cause.place,
            "line": cause.line,
            "instruction": cause.instruction,
            "values": values.collect::<Vec<_>>(),
        })
    });
    json!({
        "predicate": predicate,
        "found": turn.is_some(),
        "tick": turn.map(|turn| turn.tick.to_string()),
        "place": turn.map(|turn| &turn.place),
        "cause": cause,
        "how": how,
        "probes": if found.is_searched { 0 } else { PROBES + 1 },
        "end": found.end.to_string(),
    })
}
