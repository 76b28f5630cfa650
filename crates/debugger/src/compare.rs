//! Comparing two branches or moments: where they part, and in what they differ.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use machine::{Edit, Inspect, Machine, Probes, StateHash, Tick};
use timeline::{BranchId, Moment};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::drive::patience;
use crate::error::CommandError;
use crate::look::program_scopes;
use crate::place::name_place;
use crate::reply::Reply;
use crate::world::World;
use source::visible;

/// Moments after the parting that are compared state by state.
const MOMENTS_MAX: usize = 10_000;

/// Moments between two looks at whether the user wants control back: some states are large.
const MOMENTS_AT_ONCE: usize = 16;

/// A state, to be compared with another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    tick: Tick,
    hash: StateHash,
    place: String,
}

/// What a moment shows.
#[derive(Clone, Debug)]
struct View {
    place: String,
    variables: Vec<(String, String)>,
    output: Vec<u8>,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn compare(
        &mut self,
        arguments: &str,
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let [left, right] = words[..] else { return Err(usage(Verb::Compare)) };
        let (a, b) = (self.side(left, world)?, self.side(right, world)?);
        let here = self.timeline.now();
        let result = self.compare_moments((left, a), (right, b), world);
        self.timeline.goto_moment(here)?;
        result
    }

    fn compare_moments(
        &mut self,
        (left, a): (&str, Moment),
        (right, b): (&str, Moment),
        world: &mut dyn World,
    ) -> Result<Reply, CommandError> {
        let mut text = String::new();
        if a.branch != b.branch {
            let split = self.parting(a.branch, b.branch).tick;
            let _ = writeln!(text, "they part at tick {split}");
            let first = self.states(Moment { tick: split, ..a }, a.tick, world)?;
            let second = self.states(Moment { tick: split, ..b }, b.tick, world)?;
            text.push_str(&describe_divergence(&first, &second, left, right));
        }
        let (first, second) = (self.view(a)?, self.view(b)?);
        let _ = writeln!(text, "{left}: tick {}, {}", a.tick, first.place);
        let _ = writeln!(text, "{right}: tick {}, {}", b.tick, second.place);
        text.push_str(&describe_variables(&first, &second));
        text.push_str(&describe_outputs(&first, &second, left, right));
        Ok(Reply::text(text))
    }

    /// A branch means its end; anything else is a moment.
    fn side(&mut self, text: &str, world: &mut dyn World) -> Result<Moment, CommandError> {
        if let Some(branch) = self.timeline.branches().find(|branch| branch.name == text) {
            return Ok(Moment { branch: branch.id, tick: branch.end });
        }
        if let Some(moment) = self.timeline.mark(text) {
            return Ok(moment);
        }
        let tick = self.past_tick(text, world).or_else(|error| {
            if !matches!(error, CommandError::Interrupted) {
                self.branch_id(text)?;
            }
            Err(error)
        })?;
        Ok(Moment { tick, ..self.timeline.now() })
    }

    /// The last moment that two branches share.
    pub(crate) fn parting(&self, a: BranchId, b: BranchId) -> Moment {
        let lineage = |id: BranchId| {
            let branches: Vec<_> = self.timeline.branches().collect();
            let mut line = Vec::new();
            let mut next = Some(id);
            while let Some(branch) = branches.iter().find(|branch| Some(branch.id) == next) {
                line.push((branch.id, branch.begin));
                next = branch.parent;
            }
            line.reverse();
            line
        };
        let (a, b) = (lineage(a), lineage(b));
        let shared = a.iter().zip(&b).take_while(|(a, b)| a.0 == b.0).count();
        let begins = [a.get(shared), b.get(shared)].into_iter().flatten().map(|part| part.1);
        let tick = begins.min().unwrap_or(self.timeline.start());
        let branch = shared.checked_sub(1).and_then(|last| a.get(last));
        Moment { branch: branch.map_or_else(BranchId::default, |shared| shared.0), tick }
    }

    /// The states from a moment on, up to `until`.
    fn states(
        &mut self,
        from: Moment,
        until: Tick,
        world: &mut dyn World,
    ) -> Result<Vec<State>, CommandError> {
        let mut is_interrupted = false;
        self.timeline.goto_moment(from)?;
        let sources = self.machine().sources();
        let state = |machine: &M| State {
            tick: machine.tick(),
            hash: machine.state_hash(),
            place: name_place(machine, &sources, machine.position()),
        };
        let mut states = vec![state(self.timeline.machine())];
        self.timeline.each(from.tick, until, &Probes::every_step(), &mut |machine, _| {
            states.push(state(machine));
            is_interrupted = states.len().is_multiple_of(MOMENTS_AT_ONCE)
                && patience(world)(machine.tick()).is_break();
            if states.len() < MOMENTS_MAX && !is_interrupted {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        if is_interrupted { Err(CommandError::Interrupted) } else { Ok(states) }
    }

    fn view(&mut self, moment: Moment) -> Result<View, CommandError> {
        self.timeline.goto_moment(moment)?;
        let machine = self.machine();
        let variables = program_scopes(machine).into_iter().flat_map(|scope| scope.variables);
        let variables =
            variables.map(|variable| (variable.expression, visible(&variable.value.text)));
        Ok(View {
            place: self.name_place(machine.position()),
            variables: variables.collect(),
            output: self.timeline.outputs().output,
        })
    }
}

fn describe_divergence(first: &[State], second: &[State], left: &str, right: &str) -> String {
    let pairs = first.iter().zip(second);
    match pairs.clone().find(|(a, b)| (a.tick, a.hash) != (b.tick, b.hash)) {
        Some((a, b)) => format!(
            "their states first differ at tick {}, {} ({left}) and {}, {} ({right})\n",
            a.tick, a.place, b.tick, b.place
        ),
        None if first.len() == second.len() && first.len() < MOMENTS_MAX => {
            "their states are the same throughout\n".to_owned()
        }
        None if first.len() < MOMENTS_MAX || second.len() < MOMENTS_MAX => {
            let shorter = if first.len() < second.len() { left } else { right };
            format!("their states are the same as far as {shorter} goes\n")
        }
        None => format!("their states are the same for {MOMENTS_MAX} moments after that\n"),
    }
}

fn describe_variables(first: &View, second: &View) -> String {
    let mut text = String::new();
    for (name, a) in &first.variables {
        let b = second.variables.iter().find(|(other, _)| other == name);
        let b = b.map_or("(not there)", |(_, value)| value);
        if a != b {
            let _ = writeln!(text, "  {name}: {a} | {b}");
        }
    }
    for (name, b) in &second.variables {
        if !first.variables.iter().any(|(other, _)| other == name) {
            let _ = writeln!(text, "  {name}: (not there) | {b}");
        }
    }
    if text.is_empty() { "  no variable differs\n".to_owned() } else { text }
}

fn describe_outputs(first: &View, second: &View, left: &str, right: &str) -> String {
    if first.output == second.output {
        return "  the output is the same\n".to_owned();
    }
    let line = |output: &[u8], index: usize| {
        let line = output.split(|byte| *byte == b'\n').nth(index);
        line.map_or("(nothing)".to_owned(), |line| visible(&String::from_utf8_lossy(line)))
    };
    let count = |output: &[u8]| output.split(|byte| *byte == b'\n').count();
    let lines = count(&first.output).max(count(&second.output));
    let differing =
        (0..lines).find(|index| line(&first.output, *index) != line(&second.output, *index));
    let index = differing.unwrap_or(0);
    format!(
        "  the output first differs in line {}:\n    {left}: {}\n    {right}: {}\n",
        index + 1,
        line(&first.output, index),
        line(&second.output, index)
    )
}
