//! What the debugger has, in the protocol's shapes.

use debugger::{Stopped, Why};
use machine::{ExitCode, Stream};
use serde_json::{Value, json};

/// The only thread there is.
pub(crate) const THREAD: i64 = 1;

/// What this adapter can do.
pub(crate) fn capabilities() -> Value {
    json!({
        "supportsBreakpointLocationsRequest": true,
        "supportsClipboardContext": true,
        "supportsCompletionsRequest": true,
        "supportsConditionalBreakpoints": true,
        "supportsConfigurationDoneRequest": true,
        "supportsDataBreakpoints": true,
        "supportsDisassembleRequest": true,
        "supportsEvaluateForHovers": true,
        "supportsExceptionInfoRequest": true,
        "supportsFunctionBreakpoints": true,
        "supportsGotoTargetsRequest": true,
        "supportsLoadedSourcesRequest": true,
        "supportsReadMemoryRequest": true,
        "supportsSetExpression": true,
        "supportsSetVariable": true,
        "supportsStepBack": true,
        "supportsSteppingGranularity": true,
        "supportsTerminateRequest": true,
    })
}

pub(crate) fn threads(name: &str) -> Value {
    json!({ "threads": [{ "id": THREAD, "name": name }] })
}

pub(crate) fn output(stream: Stream, text: &str) -> Value {
    let category = match stream {
        Stream::Output => "stdout",
        Stream::Error => "stderr",
    };
    json!({ "category": category, "output": text })
}

/// What the debugger has to say by itself.
pub(crate) fn console(text: &str) -> Value {
    json!({ "category": "console", "output": text })
}

/// Why time stands still. `usual` is the reason where the move came as far as it was to.
pub(crate) fn stopped(stopped: &Stopped, usual: &str, is_function: impl Fn(u32) -> bool) -> Value {
    let mut reason = usual;
    let (mut numbers, mut words) = (Vec::new(), Vec::new());
    for why in &stopped.why {
        words.push(why.describe(debugger::Paint::default()));
        reason = match why {
            Why::Breakpoint { number, .. } | Why::BadCondition { number, .. } => {
                numbers.push(*number);
                if is_function(*number) { "function breakpoint" } else { "breakpoint" }
            }
            Why::Watch { number, .. } | Why::BecameTrue { number, .. } => {
                numbers.push(*number);
                "data breakpoint"
            }
            Why::Fault(_) | Why::TooLarge => "exception",
            Why::Interrupted => "pause",
            Why::Start => "start of time",
            Why::Ended(_) | Why::RecordingEnd => "end of time",
        };
    }
    let words = words.join("; ");
    let mut body = json!({
        "reason": reason,
        "threadId": THREAD,
        "allThreadsStopped": true,
        "tick": stopped.tick.to_string(),
    });
    if !words.is_empty() {
        body["description"] = json!(words);
        body["text"] = json!(words);
    }
    if !numbers.is_empty() {
        body["hitBreakpointIds"] = json!(numbers);
    }
    body
}

/// With which code the program ended, if it did.
pub(crate) fn exit_code(stopped: &Stopped) -> Option<i64> {
    stopped.why.iter().find_map(|why| match why {
        Why::Ended(ExitCode(code)) => Some((*code).into()),
        Why::Fault(_)
        | Why::Breakpoint { .. }
        | Why::BadCondition { .. }
        | Why::Watch { .. }
        | Why::BecameTrue { .. }
        | Why::Start
        | Why::Interrupted
        | Why::TooLarge
        | Why::RecordingEnd => None,
    })
}

/// What the guest did wrong, if it did.
pub(crate) fn fault(stopped: &Stopped) -> Option<&str> {
    stopped.why.iter().find_map(|why| match why {
        Why::Fault(trap) => Some(trap.as_str()),
        Why::Ended(_)
        | Why::Breakpoint { .. }
        | Why::BadCondition { .. }
        | Why::Watch { .. }
        | Why::BecameTrue { .. }
        | Why::Start
        | Why::Interrupted
        | Why::TooLarge
        | Why::RecordingEnd => None,
    })
}
