//! A guest's fault as it is shown: what, where, with which registers, through which calls.

use std::fmt::{Display, Write as _};

use machine::{Inspect, Machine as _, Variable};
use source::{SourceMap, Span, bounded, visible};
use timeline::Timeline;

use crate::guest::Guest;
use crate::terminal::Terminal;

/// Calls shown.
const FRAMES_MAX: usize = 20;

/// Letters of a message that are shown; data has all of them.
const MESSAGE_MAX: usize = 2_000;

/// Calls looked at, of which some may be none of the user's.
const FRAMES_SEEN: usize = 100;

/// What is told of a fault.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    message: String,
    /// None for an engine that counts none.
    tick: Option<String>,
    file: Option<String>,
    line: Option<(u32, String)>,
    /// From 1, where it is known.
    column: Option<usize>,
    /// Which characters of the line, or of the instruction, are to blame.
    columns: (usize, usize),
    instruction: String,
    near: Option<String>,
    stack: Option<String>,
    /// What the variables are, and they.
    scope: &'static str,
    variables: Vec<(String, String)>,
    calls: Vec<(String, String)>,
    calls_left_out: usize,
    /// What helps against it.
    hint: Option<String>,
}

impl Fault {
    pub(crate) fn new<G: Guest>(timeline: &Timeline<G::Machine>, trap: &impl Display) -> Self {
        let machine = timeline.machine();
        let sources = machine.sources();
        let mut frames = machine.frames(FRAMES_SEEN);
        let is_all = frames.len() < FRAMES_SEEN;
        frames.retain(|frame| !machine.is_hidden(frame.position));
        let shown = frames.len().min(FRAMES_MAX);
        let left_out = if is_all { frames.len() } else { machine.depth() + 1 } - shown;
        frames.truncate(FRAMES_MAX);
        // What the machine or the library does is done for whoever called it.
        let here = machine.position();
        let own = frames.iter().find(|frame| frame.place.is_some());
        let position = match machine.place(here).filter(|_| !machine.is_hidden(here)) {
            Some(_) => here,
            None => own.map_or(here, |frame| frame.position),
        };
        // Of several lines of a statement, the frame knows which.
        let own = own.filter(|frame| frame.position == position).and_then(|frame| frame.place);
        let place = own.or_else(|| machine.place(position));
        let source = place.and_then(|place| sources.get(usize::try_from(place.source).ok()?));
        let line = place.zip(source).and_then(|(place, source)| {
            let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
            Some((place.line, visible(source.text.lines().nth(index)?)))
        });
        let instruction = machine.disassemble(position, 1).into_iter().next();
        let instruction = instruction.map(|listing| visible(&listing.text)).unwrap_or_default();
        let known = G::columns(machine, position);
        let columns = match &line {
            Some((_, text)) => {
                known.unwrap_or_else(|| statement(text.split(G::REMARK).next().unwrap_or_default()))
            }
            None => statement(&instruction),
        };
        let near = machine.name_of_position(position).map(|(name, distance)| match distance {
            0 => name,
            distance => format!("{name}+{distance}"),
        });
        let calls = frames.iter().map(|frame| {
            let source = frame.place.and_then(|place| {
                Some((sources.get(usize::try_from(place.source).ok()?)?, place.line))
            });
            let at = source.map(|(source, line)| format!("{}:{line}", source.name));
            (visible(&frame.name), at.unwrap_or_else(|| format!("@{}", frame.position.0)))
        });
        let calls: Vec<_> = calls.collect();
        Self {
            message: visible(&trap.to_string()),
            tick: Some(machine.tick().to_string()),
            file: source.map(|source| visible(&source.name)),
            column: known.filter(|_| line.is_some()).map(|(column, _)| column + 1),
            line,
            columns,
            instruction,
            near,
            stack: G::stack(machine),
            scope: G::SHOWN,
            variables: variables(machine, G::SHOWN),
            calls_left_out: left_out,
            calls,
            hint: None,
        }
    }

    /// Of an engine that knows only the place.
    pub(crate) fn at(message: &str, span: Span, sources: &SourceMap) -> Self {
        let at = sources.line_column(span.source, span.start);
        let line = sources.line(span.source, at.line).map(visible);
        let rest = line.iter().flat_map(|line| line.chars().skip(at.column as usize - 1));
        let width = rest
            .count()
            .min(sources.slice(span).lines().next().map_or(0, |text| text.chars().count()));
        Self {
            message: visible(message),
            tick: None,
            file: Some(visible(sources.name(span.source))),
            column: Some(at.column as usize),
            line: line.map(|line| (at.line, line)),
            columns: (at.column as usize - 1, width.max(1)),
            instruction: String::new(),
            near: None,
            stack: None,
            scope: "locals",
            variables: Vec::new(),
            calls: Vec::new(),
            calls_left_out: 0,
            hint: None,
        }
    }

    /// For where the stack is shown anyway.
    pub(crate) fn without_stack(self) -> Self {
        Self { stack: None, ..self }
    }

    /// With what helps against it.
    pub(crate) fn with_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }

    /// Whether it came up where a text begins.
    pub(crate) fn is_at(&self, sources: &SourceMap, span: Span) -> bool {
        let at = sources.line_column(span.source, span.start);
        self.file.as_deref() == Some(&*visible(sources.name(span.source)))
            && self.line.as_ref().is_some_and(|(line, _)| *line == at.line)
            && self.column == Some(at.column as usize)
    }

    /// In words, with the advice what to do; `is_kept` says whether `--last` will find the run.
    pub(crate) fn render(&self, terminal: Terminal, is_kept: bool) -> String {
        let mut text = format!("{} {}\n", terminal.red("fault:"), brief(&self.message));
        let near = self.near.as_ref().map(|near| format!(", {near}")).unwrap_or_default();
        let (number, line) = match (&self.file, &self.line) {
            (Some(file), Some((number, line))) => {
                let column = self.column.map(|column| format!(":{column}")).unwrap_or_default();
                let tick = self.tick.as_ref().map(|tick| format!(", tick {tick}"));
                let tick = tick.unwrap_or_default();
                let file = bounded(file.clone());
                let _ = writeln!(text, " --> {file}:{number}{column}{near}{tick}");
                (number.to_string(), line.as_str())
            }
            _ => {
                let _ = writeln!(text, " --> tick {}{near}", self.tick.as_deref().unwrap_or("?"));
                (String::new(), self.instruction.as_str())
            }
        };
        let (indent, width) = self.columns;
        let gutter = " ".repeat(number.len());
        let carets = terminal.red(&"^".repeat(width));
        let _ = writeln!(text, "{number} | {line}");
        let _ = writeln!(text, "{gutter} | {}{carets}", " ".repeat(indent));
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "  {} {hint}", terminal.cyan("help:"));
        }
        if let Some(stack) = &self.stack {
            let _ = writeln!(text, "stack: {stack}");
        }
        if !self.variables.is_empty() {
            let _ = writeln!(text, "{}:", self.scope);
            for row in self.variables.chunks(6) {
                let cells = row.iter().map(|(name, value)| format!("{name}={value}"));
                let _ = writeln!(text, "  {}", cells.collect::<Vec<_>>().join("  "));
            }
        }
        if !self.calls.is_empty() {
            text.push_str("calls:\n");
            for (index, (name, place)) in self.calls.iter().enumerate() {
                let _ = writeln!(text, "  #{index} {name}  {place}");
            }
            if self.calls_left_out > 0 {
                let _ = writeln!(text, "  … and {} more", self.calls_left_out);
            }
        }
        if is_kept {
            text.push_str("walk back from it:  palindrome debug --last\n");
        }
        text
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        let variables: serde_json::Map<_, _> = self
            .variables
            .iter()
            .map(|(name, value)| (name.clone(), serde_json::Value::from(value.as_str())))
            .collect();
        let calls = self
            .calls
            .iter()
            .map(|(name, place)| serde_json::json!({ "name": name, "place": place }));
        // An engine that counts no ticks records nothing.
        let hints: &[&str] = match self.tick {
            Some(_) => &["walk back from it:  palindrome debug --last"],
            None => &[],
        };
        let mut json = serde_json::json!({
            "kind": "fault",
            "error": self.message,
            "tick": self.tick,
            "file": self.file,
            "line": self.line.as_ref().map(|line| line.0),
            "column": self.column,
            "instruction": self.instruction,
            self.scope: variables,
            "calls": calls.collect::<Vec<_>>(),
            "hints": hints,
        });
        if let Some(stack) = &self.stack {
            json["stack"] = stack.as_str().into();
        }
        json
    }
}

/// A message of any length as somebody reads it.
fn brief(message: &str) -> String {
    let mut text = bounded(message.to_owned());
    if let Some((end, _)) = text.char_indices().nth(MESSAGE_MAX) {
        let left_out = text[end..].chars().count();
        text.truncate(end);
        let _ = write!(text, "… and {left_out} letters more");
    }
    text
}

/// Where a line's text begins, and its length.
fn statement(line: &str) -> (usize, usize) {
    let code = line.trim_end();
    let indent = code.chars().take_while(|character| character.is_whitespace()).count();
    (indent, code.chars().count().saturating_sub(indent).max(1))
}

/// The variables of a scope. Registers that are 0 say nothing.
fn variables(machine: &impl Inspect, scope: &str) -> Vec<(String, String)> {
    let scopes = machine.scopes();
    let found = scopes.iter().filter(|found| found.name == scope);
    let is_shown =
        |variable: &&Variable| scope != "registers" || variable.value.number != Some(0.0);
    let shown = found.flat_map(|found| &found.variables).filter(is_shown);
    shown.map(|it| (it.name.clone(), visible(&it.value.text))).collect()
}
