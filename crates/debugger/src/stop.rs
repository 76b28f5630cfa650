//! Where a move ended, and why.

use std::fmt::Write as _;

use machine::{ExitCode, Inspect, Machine, Tick};

use crate::paint::Paint;

/// The end of a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// When it is now.
    pub tick: Tick,
    /// Why the move ended here; nothing where it simply came as far as it was to.
    pub why: Vec<Why>,
}

/// Why a move ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Control arrived at a breakpoint.
    Breakpoint {
        /// Its number.
        number: u32,
        /// The place as the user wrote it.
        place: String,
    },
    /// A breakpoint's condition cannot be evaluated here.
    BadCondition {
        /// The breakpoint's number.
        number: u32,
        /// What the guest said.
        message: String,
    },
    /// A watched value changed.
    Watch {
        /// Its number.
        number: u32,
        /// As the user wrote it.
        expression: String,
        /// Its value just before.
        before: String,
        /// Its value now.
        after: String,
    },
    /// A watched condition became true.
    BecameTrue {
        /// Its number.
        number: u32,
        /// As the user wrote it.
        expression: String,
    },
    /// There is nothing before this.
    Start,
    /// The program ended.
    Ended(ExitCode),
    /// The guest did something illegal.
    Fault(String),
    /// The user wanted control back.
    Interrupted,
    /// The program takes more memory than it may.
    TooLarge,
    /// The recording goes no further; the program could.
    RecordingEnd,
}

impl Why {
    /// In words.
    #[must_use]
    pub fn describe(&self, paint: Paint) -> String {
        match self {
            Self::Breakpoint { number, place } => {
                paint.reason(&format!("breakpoint {number} at {place}"))
            }
            Self::BadCondition { number, message } => {
                paint.bad(&format!("the condition of breakpoint {number} has no value: {message}"))
            }
            Self::Watch { number, expression, before, after } => {
                paint.reason(&format!("watch {number}: {expression}: {before} → {after}"))
            }
            Self::BecameTrue { number, expression } => {
                paint.reason(&format!("watch {number}: became true: {expression}"))
            }
            Self::Start => paint.reason("start of time"),
            Self::Ended(ExitCode(code)) => {
                paint.reason(&format!("end of time: the program ended with exit code {code}"))
            }
            Self::Fault(trap) => paint.bad(&format!("fault: {trap}")),
            Self::Interrupted => paint.reason("interrupted"),
            Self::TooLarge => {
                paint.bad("stopped: the program takes more memory than --memory-max allows")
            }
            Self::RecordingEnd => {
                paint.reason("end of the recording (`continue` runs the program on from here)")
            }
        }
    }
}

/// The lines that say where `machine` stands: moment, place, and what runs next.
pub(crate) fn describe_here<M: Machine + Inspect>(
    machine: &M,
    end: Tick,
    branch: Option<&str>,
    paint: Paint,
) -> String {
    let now = machine.tick();
    let mut head = format!("tick {now}");
    if now < end {
        let _ = write!(head, " of {end}");
    }
    if let Some(branch) = branch {
        let _ = write!(head, " on {branch}");
    }
    let position = machine.position();
    let place = machine.place(position);
    let sources = machine.sources();
    let source = place.and_then(|place| sources.get(usize::try_from(place.source).ok()?));
    if let (Some(place), Some(source)) = (place, source) {
        let _ = write!(head, ", {}:{}", source.name, place.line);
    }
    if let Some((name, distance)) = machine.name_of_position(position) {
        let _ = match distance {
            0 => write!(head, ", at {name}"),
            distance => write!(head, ", {name}+{distance}"),
        };
    }
    let text = place.zip(source).and_then(|(place, source)| {
        let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
        source
            .text
            .lines()
            .nth(index)
            .map(|line| format!("{:>5} | {}", place.line, paint.code(line)))
    });
    let line = text.or_else(|| {
        let listing = machine.disassemble(position, 1).into_iter().next()?;
        Some(format!("{:>5} | {}", listing.position.0, paint.listing(&listing.text)))
    });
    let mut out = paint.strong(&head);
    out.push('\n');
    if let Some(line) = line {
        let _ = writeln!(out, "{} {line}", paint.here("->"));
    }
    out
}
