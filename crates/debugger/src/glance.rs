//! One moment as a stepping debugger sees it, and what makes two neighbouring moments a stop.
//!
//! Both directions use the same comparison of a moment with the one before it, so the stops are
//! the same set of moments whichever way one goes.

use machine::{CodePosition, Inspect, Machine, Place, Tick, Value};

use crate::breakpoint::{Breakpoint, Breakpoints, Lies, StopKind};
use crate::look::{TABLE, difference};
use crate::stop::Why;
use crate::target::{Target, is_same};

/// What matters of one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Glance {
    pub(crate) tick: Tick,
    pub(crate) depth: usize,
    pub(crate) line: Line,
    /// Whether the code is none of the user's.
    pub(crate) is_hidden: bool,
    position: CodePosition,
    /// What each watched thing was, in the order of the breakpoints; empty for breakpoints in code.
    values: Vec<Watched>,
    /// Breakpoints in the code that control has arrived at here.
    arrived: Vec<Why>,
}

/// The source line, or the position of code that comes from none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Source(Place),
    Bare(CodePosition),
}

#[derive(Clone, Debug, PartialEq)]
enum Watched {
    Nothing,
    Value(Value),
    Holds(bool),
}

impl Glance {
    pub(crate) fn at<M: Machine + Inspect>(machine: &M, breakpoints: &Breakpoints) -> Self {
        let position = machine.position();
        let line = machine.place(position).map_or(Line::Bare(position), Line::Source);
        let list = breakpoints.list();
        let values = list.iter().map(|breakpoint| watched(machine, breakpoint)).collect();
        let arrived = Self::arrivals(machine, breakpoints).collect();
        Self {
            tick: machine.tick(),
            depth: machine.depth(),
            line,
            is_hidden: machine.is_hidden(position),
            position,
            values,
            arrived,
        }
    }

    /// The breakpoints in the code that control has arrived at, and that stop here.
    pub(crate) fn arrivals<M: Machine + Inspect>(
        machine: &M,
        breakpoints: &Breakpoints,
    ) -> impl Iterator<Item = Why> {
        let position = machine.position();
        let list = breakpoints.list().iter();
        list.filter_map(move |stop| arrived(machine, position, stop))
    }

    /// Whether a line begins here, coming from `before`: another one, or the same again, when
    /// control has gone back in it.
    pub(crate) fn begins_line_after(&self, before: &Self) -> bool {
        (self.line, self.depth) != (before.line, before.depth) || self.position < before.position
    }

    /// Why the user's breakpoints and watches stop here, coming from the moment `before`.
    pub(crate) fn reasons_after(&self, before: &Self, breakpoints: &Breakpoints) -> Vec<Why> {
        let mut reasons = self.arrived.clone();
        let values = self.values.iter().zip(&before.values);
        for (breakpoint, (after, before)) in breakpoints.list().iter().zip(values) {
            reasons.extend(changed(breakpoint, Some(before), after));
        }
        reasons
    }

    /// The same where the moment before is not known: whatever may be a reason.
    pub(crate) fn may_have_reasons(&self) -> bool {
        let may = |watched: &Watched| match watched {
            Watched::Nothing | Watched::Holds(false) => false,
            Watched::Value(_) | Watched::Holds(true) => true,
        };
        !self.arrived.is_empty() || self.values.iter().any(may)
    }
}

fn watched(machine: &impl Inspect, breakpoint: &Breakpoint) -> Watched {
    match &breakpoint.kind {
        StopKind::Code { .. } => Watched::Nothing,
        StopKind::Value { lies: Lies::Here(location), .. } => {
            Watched::Value(machine.read(*location))
        }
        StopKind::Value { lies: Lies::On(_), expression, is_whole } => {
            let (expression, is_whole) = (expression.clone(), *is_whole);
            Watched::Value(Target::Value { expression, is_whole }.read(machine))
        }
        StopKind::Condition { expression, .. } => {
            Watched::Holds(machine.evaluate(expression).is_ok_and(|value| value.is_true))
        }
    }
}

fn arrived(machine: &impl Inspect, position: CodePosition, stop: &Breakpoint) -> Option<Why> {
    let StopKind::Code { place, positions, condition } = &stop.kind else { return None };
    if !positions.contains(&position) {
        return None;
    }
    let why = Why::Breakpoint { number: stop.number, place: place.clone() };
    let Some(condition) = condition else { return Some(why) };
    match machine.evaluate(condition) {
        Ok(value) => value.is_true.then_some(why),
        Err(error) => Some(Why::BadCondition { number: stop.number, message: error.message }),
    }
}

fn changed(stop: &Breakpoint, before: Option<&Watched>, after: &Watched) -> Option<Why> {
    match (&stop.kind, before?, after) {
        (StopKind::Value { expression, .. }, Watched::Value(before), Watched::Value(after)) => {
            (before.text != after.text && !is_same(before, after)).then(|| {
                let is_table = before.kind == TABLE && after.kind == TABLE;
                let (before, after) = if is_table {
                    difference(before, after)
                } else {
                    (before.text.clone(), after.text.clone())
                };
                let (number, expression) = (stop.number, expression.clone());
                Why::Watch { number, expression, before, after }
            })
        }
        (StopKind::Condition { expression, .. }, Watched::Holds(false), Watched::Holds(true)) => {
            Some(Why::BecameTrue { number: stop.number, expression: expression.clone() })
        }
        _ => None,
    }
}
