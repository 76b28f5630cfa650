//! `palindrome bisect`: the first moment of a run at which something is true.

use std::fmt::Write as _;

use debugger::{Debugger, PROBES, Shape, Turn};
use machine::Tick;
use serde_json::json;
use source::visible;

use crate::arguments::BisectArguments;
use crate::error::{CliError, exit};
use crate::guest::{Guest, with_guest};
use crate::past::{self, Material, Past, Unseen};
use crate::progress::Progress;
use crate::terminal::{Terminal, show};

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
    let mut progress = Progress::new();
    let mut go_on = progress.until_interrupted();
    let shape = if is_search {
        Shape::Other
    } else {
        let shape = debugger.shape_of(predicate, &mut go_on);
        shape.continue_value().ok_or(CliError::Interrupted)?
    };
    let tick = match shape {
        Shape::Always => Some(debugger.timeline().start()),
        Shape::Monotone(low, high) => Some(debugger.halve(predicate, low, high)),
        Shape::Other => {
            let first = debugger.first(predicate, &mut go_on);
            first.continue_value().ok_or(CliError::Interrupted)?
        }
    };
    let turn = tick.map(|tick| debugger.turn_at(predicate, tick));
    Ok(Found { turn, is_searched: shape == Shape::Other, end })
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
