//! Looking at the moment where time stands. Nothing here moves time or changes the program.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use machine::{CodePosition, Edit, Inspect, Machine, Scope, Value};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::reply::Reply;
use crate::world::World;
use source::visible;

/// Lines of source shown at once.
const SOURCE_LINES: u32 = 11;

/// The most bytes of tape, and the most instructions, shown at once.
const TAPE_BYTES_MAX: u64 = 64 << 10;
const LISTING_MAX: u64 = 10_000;

/// The most frames of a stack shown at once.
const FRAMES_MAX: usize = 100;

/// The most bytes of output shown at once; the newest are.
const OUTPUT_BYTES_MAX: usize = 64 << 10;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn print(
        &mut self,
        arguments: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        if arguments.is_empty() {
            return Err(usage(Verb::Print));
        }
        let (arguments, is_whole) = match arguments.strip_suffix("--all") {
            Some(rest) => (rest.trim_end(), true),
            None => (arguments, false),
        };
        let (expression, tick) = match arguments.rsplit_once(" at ") {
            Some((expression, moment)) => (expression.trim(), Some(self.past_tick(moment, world)?)),
            None => (arguments, None),
        };
        let now = self.timeline.now().tick;
        let (value, seen) = self.peek(tick.unwrap_or(now), |debugger| {
            let value = if is_whole {
                let found = debugger.machine().evaluate_whole(expression);
                found.map_err(CommandError::expression(expression))
            } else {
                debugger.evaluate(expression)
            };
            (value, debugger.timeline.now().tick)
        });
        let value = value?;
        let when = tick.map(|_| format!(" at tick {seen}")).unwrap_or_default();
        if value.kind == TABLE {
            // Rows are read line by line.
            return Ok(Reply::text(format!("{expression}{when}: {}", visible_lines(&value.text))));
        }
        Ok(Reply::text(format!("{expression}{when} = {}", show(&value))))
    }

    pub(crate) fn locals(&self) -> Reply {
        let scopes = self.machine().scopes();
        let scopes: Vec<_> = scopes.iter().filter(|scope| scope.name != "registers").collect();
        let mut text = String::new();
        for scope in &scopes {
            let _ = writeln!(text, "{}", self.paint.strong(&scope.name));
            text.push_str(&list(scope));
        }
        if scopes.iter().all(|scope| scope.variables.is_empty()) {
            text = "no variables here (`registers` shows the machine's)".to_owned();
        }
        Reply::text(text)
    }

    pub(crate) fn registers(&self) -> Reply {
        let scopes = self.machine().scopes();
        match scopes.iter().find(|scope| scope.name == "registers") {
            Some(scope) => Reply::text(columns(scope)),
            None => Reply::text("this machine has no registers (`locals` shows its variables)"),
        }
    }

    pub(crate) fn stack(&self) -> Reply {
        let mut text = String::new();
        let frames = self.machine().frames(FRAMES_MAX + 1);
        for (index, frame) in frames.iter().take(FRAMES_MAX).enumerate() {
            let place = self.name_place(frame.position);
            let _ = writeln!(text, "#{index:<3} {}  {place}", visible(&frame.name));
        }
        if frames.len() > FRAMES_MAX {
            let _ = writeln!(text, "…    {} calls in all", self.machine().depth() + 1);
        }
        Reply::text(text)
    }

    pub(crate) fn tape(&self, arguments: &str) -> Result<Reply, CommandError> {
        let (address, length) = match arguments.rsplit_once(char::is_whitespace) {
            Some((address, length)) if length.trim().parse::<u64>().is_ok() => (address, length),
            _ => (arguments, ""),
        };
        if address.trim().is_empty() {
            return Err(usage(Verb::Tape));
        }
        let length = self.count(Verb::Tape, length, 64)?.min(TAPE_BYTES_MAX);
        let address = self.address(address.trim())?;
        let bytes = Inspect::memory(self.machine(), address, usize::try_from(length).unwrap_or(0));
        Ok(Reply::text(dump(address, &bytes)))
    }

    pub(crate) fn source(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let machine = self.timeline.machine();
        let here = machine.place(machine.position());
        let centre = if arguments.is_empty() {
            self.listed.or(here).ok_or(CommandError::NoSource)?
        } else if let Some(place) = self.line(arguments)? {
            place
        } else {
            let (_, positions) = self.positions(arguments)?;
            let place = positions.first().and_then(|position| self.machine().place(*position));
            place.ok_or(CommandError::NoSource)?
        };
        let sources = self.machine().sources();
        let source = usize::try_from(centre.source).ok().and_then(|index| sources.get(index));
        let source = source.ok_or(CommandError::NoSource)?;
        if source.text.is_empty() {
            return Err(CommandError::NoSource);
        }
        let count = u32::try_from(source.text.lines().count()).unwrap_or(u32::MAX);
        if centre.line == 0 || centre.line > count {
            return Err(CommandError::NoLine { name: source.name.clone(), line: centre.line });
        }
        let first = centre.line.saturating_sub(SOURCE_LINES / 2).max(1);
        let mut text = format!("{}\n", self.paint.strong(&visible(&source.name)));
        for (line, number) in source.text.lines().zip(1_u32..) {
            if number < first || number >= first.saturating_add(SOURCE_LINES) {
                continue;
            }
            let is_here = here == Some(machine::Place { line: number, ..centre });
            let marker = if is_here { self.paint.here("->") } else { "  ".to_owned() };
            let _ = writeln!(text, "{marker} {number:>5} | {}", self.paint.code(line));
        }
        let next = first.saturating_add(SOURCE_LINES).saturating_add(SOURCE_LINES / 2);
        self.listed = (next <= count).then_some(machine::Place { line: next, ..centre });
        Ok(Reply::text(text))
    }

    pub(crate) fn disasm(&self, arguments: &str) -> Result<Reply, CommandError> {
        let count = self.count(Verb::Disasm, arguments, 8)?.min(LISTING_MAX);
        let here = self.machine().position();
        let mut text = String::new();
        for row in self.machine().disassemble(here, usize::try_from(count).unwrap_or(0)) {
            if let Some(label) = &row.label {
                let _ = writeln!(text, "{}:", visible(label));
            }
            let marker = if row.position == here { self.paint.here("->") } else { "  ".to_owned() };
            let shown = self.paint.listing(&row.text);
            let _ = writeln!(text, "{marker} {:>5} | {shown}", row.position.0);
        }
        Ok(Reply::text(text))
    }

    pub(crate) fn output(&self) -> Reply {
        let outputs = self.timeline.outputs();
        let mut text = String::new();
        let skip = outputs.output.len().saturating_sub(OUTPUT_BYTES_MAX);
        if outputs.is_elided || skip > 0 {
            text.push_str("… earlier output is left out\n");
        }
        text.push_str(&lines(&outputs.output[skip..]));
        if !outputs.error.is_empty() {
            text.push_str("to the error stream:\n");
            let skip = outputs.error.len().saturating_sub(OUTPUT_BYTES_MAX);
            text.push_str(&lines(&outputs.error[skip..]));
        }
        if text.is_empty() {
            text.push_str("nothing was written yet");
        }
        Reply::text(text)
    }

    pub(crate) fn info(&self) -> Reply {
        let info = self.timeline.info();
        let now = self.timeline.now();
        let mut text = String::new();
        let end = self.timeline.end();
        let branch = self.branch_name(now.branch);
        let _ = writeln!(text, "now:          tick {} of {end} on {branch}", now.tick);
        let _ = writeln!(text, "answers kept: {}", info.answers);
        let _ = writeln!(text, "branches:     {}", info.branches);
        let _ = writeln!(
            text,
            "memory:       {} of {} in {} checkpoints",
            size(info.bytes),
            size(info.bytes_max),
            info.checkpoints
        );
        let _ = writeln!(
            text,
            "a jump:       replays {} safepoints on average, {} at most",
            info.jump_mean, info.jump_max
        );
        Reply::text(text)
    }

    /// The source line that a position comes from.
    pub(crate) fn source_line(&self, position: CodePosition) -> Option<String> {
        let machine = self.machine();
        let place = machine.place(position)?;
        let sources = machine.sources();
        let source = sources.get(usize::try_from(place.source).ok()?)?;
        let index = usize::try_from(place.line).ok()?.checked_sub(1)?;
        source.text.lines().nth(index).map(|line| line.trim().to_owned())
    }

    pub(crate) fn evaluate(&self, expression: &str) -> Result<Value, CommandError> {
        self.machine().evaluate(expression).map_err(CommandError::expression(expression))
    }

    /// A tape position: a number, or an expression of the guest.
    fn address(&self, text: &str) -> Result<i64, CommandError> {
        let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
        let number = match hex {
            Some(digits) => i64::from_str_radix(digits, 16).ok(),
            None => text.parse().ok(),
        };
        if let Some(number) = number {
            return Ok(number);
        }
        let value = self.evaluate(text)?;
        let digits = value.text.split_whitespace().next().unwrap_or_default();
        digits.parse().map_err(|_| usage(Verb::Tape))
    }
}

/// The scopes in which there is what the program is about. Where programs have variables, nobody asks
/// for the machine's own; a machine that shows itself as such has nothing but registers.
pub(crate) fn program_scopes(machine: &impl Inspect) -> Vec<Scope> {
    let mut scopes = machine.scopes();
    let has_variables = scopes.iter().all(|scope| scope.name != "machine");
    let own = ["registers", "return stack", "tasks"];
    scopes.retain(|scope| {
        if has_variables { !own.contains(&scope.name.as_str()) } else { scope.name == "registers" }
    });
    scopes
}

/// A value on one line.
pub(crate) fn show(value: &Value) -> String {
    flat(&value.text)
}

/// The kind of values that are tables of rows, in the words of guests that have such.
pub(crate) const TABLE: &str = "relation";

/// Lines of a table that are shown of a change.
const CHANGED_MAX: usize = 4;

/// A value on one line; of a table how many rows it has.
pub(crate) fn brief(value: &Value) -> String {
    let is_table = value.kind == TABLE;
    let first = value.text.lines().next().filter(|_| is_table);
    first.map_or_else(|| show(value), visible)
}

/// Two values on a line each; of tables what only one of them has.
pub(crate) fn difference(before: &Value, after: &Value) -> (String, String) {
    if before.kind != TABLE || after.kind != TABLE {
        return (brief(before), brief(after));
    }
    let only = |one: &Value, other: &Value| {
        let known: BTreeSet<String> = other.text.lines().map(spaced).collect();
        // The first line counts the rows, the second has the names of the fields, and the last may say
        // that there are more.
        let rows = one.text.lines().skip(2).filter(|line| !is_cut(line));
        let lines = rows.map(spaced).filter(|line| !known.contains(line));
        let lines: Vec<String> = lines.collect();
        let more = if lines.len() > CHANGED_MAX { "; …" } else { "" };
        format!("{}{more}", lines[..lines.len().min(CHANGED_MAX)].join("; "))
    };
    (only(before, after), only(after, before))
}

/// Whether a line of a table says that others are left out.
pub(crate) fn is_cut(line: &str) -> bool {
    line.starts_with('…')
}

/// A line without the blanks that make columns.
fn spaced(line: &str) -> String {
    visible(&line.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A text with its lines.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| visible(line).to_string()).collect::<Vec<_>>().join("\n")
}

/// A text on one line: the rows of a matrix come one after the other.
pub(crate) fn flat(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    visible(&lines.join(" "))
}

fn list(scope: &Scope) -> String {
    let mut text = String::new();
    for variable in &scope.variables {
        let _ = writeln!(text, "  {} = {}", visible(&variable.name), show(&variable.value));
    }
    text
}

/// Four to a line.
fn columns(scope: &Scope) -> String {
    let mut text = String::new();
    for row in scope.variables.chunks(4) {
        let cells = row.iter().map(|variable| {
            let cell = format!("{} = {}", visible(&variable.name), show(&variable.value));
            format!("{cell:<22}")
        });
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join(" ").trim_end());
    }
    text
}

/// Sixteen bytes to a line, with their characters.
fn dump(address: i64, bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut at = address;
    for row in bytes.chunks(16) {
        let mut hex = String::new();
        for (index, byte) in row.iter().enumerate() {
            let gap = if index == 8 { "  " } else { " " };
            let _ = write!(hex, "{gap}{byte:02x}");
        }
        let shown = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
        let characters: String = row.iter().map(shown).collect();
        let _ = writeln!(text, "{at:>12} {hex:<50}  |{characters}|");
        at = at.wrapping_add(16);
    }
    text
}

/// Output as text that is fit for a terminal.
fn lines(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in String::from_utf8_lossy(bytes).lines() {
        text.push_str(&visible(line));
        text.push('\n');
    }
    text
}

fn size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KiB", bytes / 1_024),
        _ => format!("{} MiB", bytes / 1_048_576),
    }
}
