//! What is followed through time: a place, or a value that has none of its own because it moves.

use std::ops::ControlFlow;

use machine::{Edit, Inspect, Location, Machine, Probes, Tick, Value};
use timeline::{Order, Stretch};

use crate::debugger::Debugger;
use crate::drive::patience;
use crate::error::CommandError;
use crate::world::World;

/// What is followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// Whatever is stored there.
    Place(Location),
    /// The value of an expression, wherever it lies.
    Value {
        /// In the guest's syntax.
        expression: String,
        /// Whether all of a table is looked at, and not only its first rows.
        is_whole: bool,
    },
}

impl Target {
    /// What an expression means here: a place, if it names one.
    pub(crate) fn of(machine: &impl Inspect, expression: &str) -> Result<Self, CommandError> {
        let located = machine.locate(expression);
        if located.is_err()
            && machine.evaluate(expression).is_ok()
            && machine.rests_on(expression).is_some()
        {
            return Ok(Self::Value { expression: expression.to_owned(), is_whole: false });
        }
        located.map(Self::Place).map_err(CommandError::expression(expression))
    }

    /// Its value here.
    pub(crate) fn read(&self, machine: &impl Inspect) -> Value {
        match self {
            Self::Place(location) => machine.read(*location),
            Self::Value { expression, is_whole } => {
                let found = if *is_whole {
                    machine.evaluate_whole(expression)
                } else {
                    machine.evaluate(expression)
                };
                found.unwrap_or_else(|error| {
                    let text = format!("({error})");
                    Value { text, kind: NOTHING.to_owned(), number: None, is_true: false }
                })
            }
        }
    }
}

/// The kind of what stands for a value where there is none, in the words of guests that have such.
pub(crate) const NOTHING: &str = "nothing";

/// Whether two values are the same; why there is none does not matter.
pub(crate) fn is_same(one: &Value, other: &Value) -> bool {
    one == other || one.kind == NOTHING && other.kind == NOTHING
}

/// What to stop for to see every change of a value that is followed.
pub(crate) fn probes_of(machine: &impl Inspect, expression: &str) -> Probes {
    match machine.rests_on(expression) {
        Some(watches) => Probes { watches, ..Probes::none() },
        None => Probes::every_step(),
    }
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// The last tick before now, or at it, at which a value that is followed became another than just
    /// before. Time stays where it is. Breaks off if the user wants control back.
    pub(crate) fn last_change_of(
        &mut self,
        expression: &str,
        world: &mut dyn World,
    ) -> Result<Option<Tick>, CommandError> {
        let target = Target::Value { expression: expression.to_owned(), is_whole: false };
        let look = |stretch: &mut Stretch<'_, M>| {
            stretch.start()?;
            let mut value = target.read(stretch.machine());
            let mut last = None;
            stretch.follow(&mut |machine| probes_of(machine, expression), &mut |machine, _| {
                let here = target.read(machine);
                if !is_same(&here, &value) {
                    (value, last) = (here, Some(machine.tick()));
                }
                ControlFlow::Continue(())
            })?;
            ControlFlow::Continue(last)
        };
        let mut last = None;
        let mut take = |found: Option<Tick>| {
            last = found;
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let past = (self.timeline.start(), self.timeline.now().tick);
        let order = Order::NewestFirst;
        let ended = self.timeline.survey(past, order, &look, &mut take, &mut patience(world));
        ended.continue_value().ok_or(CommandError::Interrupted)?;
        Ok(last)
    }
}
