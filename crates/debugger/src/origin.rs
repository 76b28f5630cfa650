//! Where a value comes from: its latest change, and what the instruction that made it used.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use machine::{CodePosition, Edit, Inspect, Location, Machine, Probes, Tick, Value};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::drive::patience;
use crate::error::CommandError;
use crate::look::{TABLE, brief, difference};
use crate::reply::Reply;
use crate::target::{NOTHING, Target, is_same};
use crate::world::World;

/// How far `--deep` follows a value, and how many changes it shows.
const DEPTH_MAX: usize = 12;
const CHANGES_MAX: usize = 100;

/// A change of a value.
#[derive(Clone, Debug)]
struct Change {
    /// The moment at which the instruction that made it was about to run.
    before_tick: Tick,
    /// The moment just after it.
    tick: Tick,
    position: CodePosition,
    /// The instruction; of a value that moves the statement.
    text: String,
    before: Value,
    after: Value,
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
        let target = Target::of(self.machine(), expression)?;
        let here = self.timeline.now();
        let change = self.latest_change(&target, here.tick, world);
        self.timeline.goto(here.tick);
        let Some(change) = change? else {
            let value = brief(&target.read(self.machine()));
            let text = format!("{expression} has not changed since the start; it is {value}");
            return Ok(Reply::text(text));
        };
        let (before, after) = difference(&change.before, &change.after);
        let mut text = format!("{expression}: {before} → {after}\n");
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
        let roots = match Target::of(self.machine(), expression) {
            Ok(_) => vec![expression.to_owned()],
            Err(_) => {
                self.evaluate(expression)?;
                let is_known = |name: &String| Target::of(self.machine(), name).is_ok();
                names_in(expression).into_iter().filter(is_known).collect()
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
        (seen, text): (&mut BTreeSet<(Target, Tick)>, &mut String),
        world: &mut dyn World,
    ) -> Result<(), CommandError> {
        self.timeline.goto(tick);
        let indent = "  ".repeat(depth);
        let Ok(target) = Target::of(self.machine(), expression) else { return Ok(()) };
        let value = target.read(self.machine());
        let is_nan = value.number.is_some_and(f64::is_nan);
        let value = brief(&value);
        let Some(change) = self.latest_change(&target, tick, world)? else {
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
        if !seen.insert((target.clone(), change.tick)) || seen.len() > CHANGES_MAX {
            return Ok(());
        }
        let sources = self.sources_of(&change, &target);
        // What is no number comes from what was none before, if anything was; or from here.
        self.timeline.goto(change.before_tick);
        let culprits: Vec<bool> =
            sources.iter().map(|source| is_nan && self.is_nan(source)).collect();
        let is_born_here = is_nan && !culprits.contains(&true);
        for (source, is_culprit) in sources.into_iter().zip(culprits) {
            self.timeline.goto(change.before_tick);
            let is_known = Target::of(self.machine(), &source).is_ok();
            let is_followed = is_known && (is_culprit || !is_nan);
            if depth + 1 < depth_max && is_followed {
                let deeper = (depth + 1, depth_max);
                let tick = change.before_tick;
                self.follow(&source, tick, deeper, (&mut *seen, &mut *text), world)?;
            } else if self.timeline.goto(change.before_tick) == timeline::Arrival::Reached
                && let Ok(value) = self.machine().evaluate(&source)
            {
                let _ = writeln!(text, "{indent}  from {source} = {}", brief(&value));
            }
        }
        if is_born_here {
            let note = "here it became NaN: none of what it is made of was";
            let _ = writeln!(text, "{indent}  {}", self.paint.reason(note));
        }
        Ok(())
    }

    /// The places that the instruction which made a change reads, as expressions.
    fn sources_of(&mut self, change: &Change, target: &Target) -> Vec<String> {
        self.timeline.goto(change.before_tick);
        let machine = self.timeline.machine();
        let written = match target {
            Target::Place(location) => *location,
            Target::Value { expression, .. } => {
                return sources_in(machine, &change.text, expression);
            }
        };
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
        target: &Target,
        tick: Tick,
        world: &mut dyn World,
    ) -> Result<Option<Change>, CommandError> {
        self.timeline.goto(tick);
        let value = target.read(self.machine());
        // The search looks strictly before now, so a change that led right here is looked for first.
        if self.timeline.back(1) == 1 {
            if !is_same(&target.read(self.machine()), &value) {
                return Ok(Some(self.change_here(target, tick, value)));
            }
            self.timeline.goto(tick);
        }
        let found = match target {
            Target::Place(location) => self.last_write_to(*location, world)?,
            Target::Value { expression, .. } => self.last_change_of(expression, world)?,
        };
        let Some(found) = found else { return Ok(None) };
        self.timeline.goto(found);
        let after = target.read(self.machine());
        self.timeline.back(1);
        Ok(Some(self.change_here(target, found, after)))
    }

    /// The last tick before now at which a place had been changed.
    fn last_write_to(
        &mut self,
        location: Location,
        world: &mut dyn World,
    ) -> Result<Option<Tick>, CommandError> {
        let probes = Probes { watches: vec![location], ..Probes::none() };
        let found = self.timeline.last_unless(&probes, &|_, _| true, &mut patience(world));
        let found = found.continue_value().ok_or(CommandError::Interrupted)?;
        Ok(found.map(|found| found.tick))
    }

    /// Describes the change that the next instruction makes.
    fn change_here(&self, target: &Target, tick: Tick, after: Value) -> Change {
        let machine = self.machine();
        let position = machine.position();
        let statement = match target {
            Target::Place(_) => None,
            Target::Value { .. } => self.source_line(position),
        };
        let listing = || machine.disassemble(position, 1).into_iter().next();
        let text = statement.or_else(|| listing().map(|listing| listing.text));
        Change {
            before_tick: machine.tick(),
            tick,
            position,
            text: text.unwrap_or_default(),
            before: target.read(machine),
            after,
        }
    }

    fn describe_change(&self, change: &Change) -> String {
        let place = self.name_place(change.position);
        let code = self.paint.listing(&change.text);
        format!("  at tick {}, {place}: {code}\n", change.before_tick)
    }
}

/// What a statement names that has a value here, and what it changes if that had one.
fn sources_in(machine: &impl Inspect, statement: &str, changed: &str) -> Vec<String> {
    let mut sources = Vec::new();
    for name in names_in(statement).into_iter().filter(|name| !name.starts_with('[')) {
        let is_one = machine.evaluate(&name).is_ok_and(|value| {
            value.kind != TABLE && machine.dependencies(&name).is_ok_and(|all| !all.is_empty())
        });
        if is_one && !sources.contains(&name) {
            sources.push(name);
        }
    }
    if machine.evaluate(changed).is_ok_and(|value| value.kind != NOTHING) {
        sources.push(changed.to_owned());
    }
    sources
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
