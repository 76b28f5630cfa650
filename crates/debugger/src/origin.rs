//! Where a value comes from: its latest change, and what the instruction that made it used.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use machine::{CodePosition, Edit, Inspect, Location, Machine, Probes, Tick, Value};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::drive::patience;
use crate::error::CommandError;
use crate::look::flat;
use crate::reply::Reply;
use crate::world::World;

/// How far `--deep` follows a value, and how many changes it shows.
const DEPTH_MAX: usize = 12;
const CHANGES_MAX: usize = 100;

/// A change of a location.
#[derive(Clone, Debug)]
struct Change {
    /// The moment at which the instruction that made it was about to run.
    before_tick: Tick,
    /// The moment just after it.
    tick: Tick,
    position: CodePosition,
    /// The instruction.
    text: String,
    before: String,
    after: String,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn last_write(
        &mut self,
        expression: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        if expression.is_empty() {
            return Err(usage(Verb::LastWrite));
        }
        let location = self.locate(expression)?;
        let here = self.timeline.now();
        let change = self.latest_change(location, here.tick, world);
        self.timeline.goto(here.tick);
        let Some(change) = change? else {
            let value = self.machine().read(location);
            return Ok(Reply::text(format!(
                "{expression} has not changed since the start; it is {}",
                flat(&value.text)
            )));
        };
        let mut text = format!("{expression}: {} → {}\n", change.before, change.after);
        text.push_str(&self.describe_change(&change));
        let _ = writeln!(text, "  to go there: goto {}", change.before_tick);
        Ok(Reply::text(text))
    }

    pub(crate) fn origin(
        &mut self,
        arguments: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        let (expression, is_deep) = match arguments.strip_suffix("--deep") {
            Some(expression) => (expression.trim(), true),
            None => (arguments, false),
        };
        if expression.is_empty() {
            return Err(usage(Verb::Origin));
        }
        let roots = match self.machine().locate(expression) {
            Ok(_) => vec![expression.to_owned()],
            Err(_) => {
                self.evaluate(expression)?;
                names_in(expression).into_iter().filter(|name| self.locate(name).is_ok()).collect()
            }
        };
        let here = self.timeline.now();
        let mut text = String::new();
        let mut seen = BTreeSet::new();
        let depth_max = if is_deep { DEPTH_MAX } else { 1 };
        let followed = roots.iter().try_for_each(|root| {
            self.follow(root, here.tick, (0, depth_max), (&mut seen, &mut text), world)
        });
        self.timeline.goto(here.tick);
        followed.map(|()| Reply::text(text))
    }

    /// Tells where the value that `expression` has at `tick` comes from, and the same for what it
    /// was made of.
    fn follow(
        &mut self,
        expression: &str,
        tick: Tick,
        (depth, depth_max): (usize, usize),
        (seen, text): (&mut BTreeSet<(Location, Tick)>, &mut String),
        world: &mut dyn World,
    ) -> Result<(), CommandError> {
        self.timeline.goto(tick);
        let indent = "  ".repeat(depth);
        let Ok(location) = self.machine().locate(expression) else { return Ok(()) };
        let value = flat(&self.machine().read(location).text);
        let Some(change) = self.latest_change(location, tick, world)? else {
            let _ = writeln!(text, "{indent}{expression} = {value}  since the start");
            return Ok(());
        };
        let place = self.name_place(change.position);
        let code = self.paint.listing(&change.text);
        let _ = writeln!(
            text,
            "{indent}{expression} = {value}  tick {}, {place}: {code}",
            change.before_tick
        );
        if !seen.insert((location, change.tick)) || seen.len() > CHANGES_MAX {
            return Ok(());
        }
        let sources = self.sources_of(&change, location);
        // What is no number comes from what was none before, if anything was; or from here.
        let is_nan = self.read_at(location, tick).number.is_some_and(f64::is_nan);
        self.timeline.goto(change.before_tick);
        let culprits: Vec<bool> =
            sources.iter().map(|source| is_nan && self.is_nan(source)).collect();
        let is_born_here = is_nan && !culprits.contains(&true);
        for (source, is_culprit) in sources.into_iter().zip(culprits) {
            self.timeline.goto(change.before_tick);
            let has_place = self.machine().locate(&source).is_ok();
            let is_followed = has_place && (is_culprit || !is_nan);
            if depth + 1 < depth_max && is_followed {
                let deeper = (depth + 1, depth_max);
                let tick = change.before_tick;
                self.follow(&source, tick, deeper, (&mut *seen, &mut *text), world)?;
            } else if self.timeline.goto(change.before_tick) == timeline::Arrival::Reached
                && let Ok(value) = self.machine().evaluate(&source)
            {
                let _ = writeln!(text, "{indent}  from {source} = {}", flat(&value.text));
            }
        }
        if is_born_here {
            let note = "here it became NaN: none of what it is made of was";
            let _ = writeln!(text, "{indent}  {}", self.paint.reason(note));
        }
        Ok(())
    }

    fn read_at(&mut self, location: Location, tick: Tick) -> Value {
        self.timeline.goto(tick);
        self.machine().read(location)
    }

    /// The places that the instruction which made a change reads, as expressions.
    fn sources_of(&mut self, change: &Change, written: Location) -> Vec<String> {
        self.timeline.goto(change.before_tick);
        let machine = self.timeline.machine();
        if let Some(mut operands) = machine.operands() {
            operands.retain(|operand| machine.evaluate(operand).is_ok());
            return operands;
        }
        let operands = names_in(&change.text);
        let mut sources = Vec::new();
        let mut is_first = true;
        for operand in operands {
            let Ok(location) = machine.locate(&operand) else { continue };
            // The first operand is where the result goes.
            let is_target = std::mem::replace(&mut is_first, false) && location == written;
            if !is_target && !sources.contains(&operand) {
                sources.push(operand);
            }
        }
        sources
    }

    /// Whether the value of an expression here is no number, though it is one by its kind.
    fn is_nan(&self, expression: &str) -> bool {
        let value = self.machine().evaluate(expression);
        value.is_ok_and(|value| value.number.is_some_and(f64::is_nan))
    }

    /// The latest change before `tick`, or at it: what was changed to make the state at `tick`.
    /// Time is somewhere else afterwards.
    fn latest_change(
        &mut self,
        location: Location,
        tick: Tick,
        world: &mut dyn World,
    ) -> Result<Option<Change>, CommandError> {
        let probes = Probes { watches: vec![location], ..Probes::none() };
        self.timeline.goto(tick);
        let value = self.machine().read(location);
        // The search looks strictly before now, so a change that led right here is looked for first.
        if self.timeline.back(1) == 1 {
            let before = self.machine().read(location);
            if before != value {
                return Ok(Some(self.change_here(location, tick, value.text)));
            }
            self.timeline.goto(tick);
        }
        let found = self.timeline.last_unless(&probes, &|_, _| true, &mut patience(world));
        let Some(found) = found.continue_value().ok_or(CommandError::Interrupted)? else {
            return Ok(None);
        };
        let after = self.machine().read(location).text;
        self.timeline.back(1);
        Ok(Some(self.change_here(location, found.tick, after)))
    }

    /// Describes the change that the next instruction makes.
    fn change_here(&self, location: Location, tick: Tick, after: String) -> Change {
        let machine = self.machine();
        let position = machine.position();
        let listing = machine.disassemble(position, 1).into_iter().next();
        Change {
            before_tick: machine.tick(),
            tick,
            position,
            text: listing.map(|listing| listing.text).unwrap_or_default(),
            before: flat(&machine.read(location).text),
            after: flat(&after),
        }
    }

    fn describe_change(&self, change: &Change) -> String {
        let place = self.name_place(change.position);
        let code = self.paint.listing(&change.text);
        format!("  at tick {}, {place}: {code}\n", change.before_tick)
    }

    fn locate(&self, expression: &str) -> Result<Location, CommandError> {
        self.machine().locate(expression).map_err(CommandError::expression(expression))
    }
}

/// The parts of an instruction or expression that may name a place: words, and what is in brackets
/// both as a whole and by its words. Quoted text is left out.
pub(crate) fn names_in(text: &str) -> Vec<String> {
    let text = text.split(['"', ';']).next().unwrap_or_default();
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c == '[' || c.is_alphabetic() || c == '_') {
        let tail = &rest[start..];
        let length = if tail.starts_with('[') {
            tail.find(']').map_or(tail.len(), |end| end + 1)
        } else {
            tail.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(tail.len())
        };
        let name = &tail[..length];
        names.push(name.to_owned());
        if let Some(inner) = name.strip_prefix('[') {
            names.extend(names_in(inner.trim_end_matches(']')));
        }
        rest = &tail[length..];
    }
    // The mnemonic is a word like any other, but names no place that can be located.
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_words_and_brackets() {
        assert_eq!(names_in("IADD R1, R2, 7"), ["IADD", "R1", "R2"]);
        assert_eq!(names_in("LOAD R1, [R2+8]"), ["LOAD", "R1", "[R2+8]", "R2"]);
        assert_eq!(names_in("OUTS \"R1\" R2"), ["OUTS"]);
        assert_eq!(names_in("[R1"), ["[R1", "R1"]);
        assert!(names_in("").is_empty());
    }
}
