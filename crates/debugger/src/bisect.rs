//! Finding the first moment at which something holds: by halving where it stays so, and by searching
//! stretch after stretch where it does not.

use std::ops::ControlFlow;

use machine::{Edit, EvaluateError, Inspect, Machine, Probes, Tick};
use timeline::{Order, Stretch};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::look::show;
use crate::origin::names_in;

/// Moments at which a predicate is tried, to see whether it stays true once it is.
pub const PROBES: u64 = 32;

/// What a predicate was at the probes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// False, and from some moment on true: the last probe at which it is false, and the first at
    /// which it is true.
    Monotone(Tick, Tick),
    /// True at the start already.
    Always,
    /// True and false by turns, or never true where it was tried.
    Other,
}

/// The moment at which a predicate became true.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// The first moment at which it is true.
    pub tick: Tick,
    /// Where that is.
    pub place: String,
    /// The moment before, at which the instruction that made it true was about to run; nothing if it
    /// is true from the start.
    pub cause: Option<Cause>,
}

/// What made a predicate true.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// The moment before.
    pub tick: Tick,
    /// Where that is.
    pub place: String,
    /// The source line there, if there is one.
    pub line: Option<String>,
    /// The instruction.
    pub instruction: String,
    /// What the predicate names, with the values before and after.
    pub values: Vec<(String, String, String)>,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Whether `predicate` is an expression at all.
    ///
    /// # Errors
    /// It is none.
    pub fn expect_predicate(&self, predicate: &str) -> Result<(), CommandError> {
        if predicate.trim().is_empty() {
            return Err(usage(Verb::Watch));
        }
        let known = self.machine().dependencies(predicate);
        known.map(|_| ()).map_err(CommandError::expression(predicate))
    }

    /// Tries a predicate at some moments of this branch. Time is somewhere else afterwards. Breaks off if
    /// `go_on` does, which is asked at each.
    pub fn shape_of(
        &mut self,
        predicate: &str,
        go_on: &mut dyn FnMut(Tick) -> ControlFlow<()>,
    ) -> ControlFlow<(), Shape> {
        let ticks: Vec<Tick> = (0..=PROBES).map(|index| self.part_of_past(index, PROBES)).collect();
        let mut probes = Vec::new();
        for tick in ticks {
            self.timeline.goto(tick);
            probes.push((self.timeline.now().tick, holds(self.machine(), predicate)));
            go_on(tick)?;
        }
        if probes[0].1 {
            return ControlFlow::Continue(Shape::Always);
        }
        let falses = probes.iter().take_while(|(_, holds)| !holds).count();
        ControlFlow::Continue(match probes.get(falses) {
            Some((first, _)) if probes[falses..].iter().all(|(_, holds)| *holds) => {
                Shape::Monotone(probes[falses - 1].0, *first)
            }
            _ => Shape::Other,
        })
    }

    /// The first moment at which a predicate holds that is false at `low`, true at `high`, and stays
    /// true once it is.
    pub fn halve(&mut self, predicate: &str, mut low: Tick, mut high: Tick) -> Tick {
        while high.safepoints - low.safepoints > 1 {
            let middle = Tick::at(low.safepoints + (high.safepoints - low.safepoints) / 2);
            self.timeline.goto(middle);
            let here = self.timeline.now().tick;
            if here >= high || here <= low {
                break;
            }
            if holds(self.machine(), predicate) { high = here } else { low = here }
        }
        let mut first = high;
        self.timeline.each(low, high, &Probes::every_step(), &mut |machine, _| {
            if holds(machine, predicate) {
                first = machine.tick();
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        first
    }

    /// The first moment of this branch at which a predicate holds. Breaks off if `go_on` does, which is
    /// asked now and then.
    pub fn first(
        &mut self,
        predicate: &str,
        go_on: &mut dyn FnMut(Tick) -> ControlFlow<()>,
    ) -> ControlFlow<(), Option<Tick>> {
        let past = (self.timeline.start(), self.timeline.end());
        if past.0 == past.1 {
            let is_true = self.peek(past.0, |d| holds(d.machine(), predicate));
            return ControlFlow::Continue(is_true.then_some(past.0));
        }
        let look = |stretch: &mut Stretch<'_, M>| first_in(stretch, predicate);
        let mut first = None;
        let mut take = |found: Option<Tick>| {
            first = found;
            if found.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        self.timeline.survey(past, Order::OldestFirst, &look, &mut take, go_on)?;
        ControlFlow::Continue(first)
    }

    /// Where a predicate that holds at `tick`, and not just before it, was made true. Goes there.
    pub fn turn_at(&mut self, predicate: &str, tick: Tick) -> Turn {
        self.timeline.goto(tick);
        let place = self.name_place(self.machine().position());
        let mut names: Vec<String> = Vec::new();
        for name in names_in(predicate) {
            if !names.contains(&name) && self.machine().locate(&name).is_ok() {
                names.push(name);
            }
        }
        let value = |d: &Self, name: &str| d.machine().evaluate(name).map(|value| show(&value));
        let after: Vec<_> = names.iter().map(|name| value(self, name)).collect();
        if self.timeline.back(1) == 0 {
            return Turn { tick, place, cause: None };
        }
        let machine = self.machine();
        let position = machine.position();
        let found = self.source_line(position);
        let listing = machine.disassemble(position, 1).into_iter().next();
        let values = names.into_iter().zip(after).filter_map(|(name, after)| {
            let before = value(self, &name).unwrap_or_else(|_| "(not there)".to_owned());
            Some((name, before, after.ok()?))
        });
        let cause = Cause {
            tick: machine.tick(),
            place: self.name_place(position),
            line: found,
            instruction: listing.map(|listing| listing.text).unwrap_or_default(),
            values: values.collect(),
        };
        self.timeline.goto(tick);
        Turn { tick, place, cause: Some(cause) }
    }
}

/// The first moment of a stretch, or the one it begins after, at which a predicate holds.
fn first_in<M: Machine + Inspect>(
    stretch: &mut Stretch<'_, M>,
    predicate: &str,
) -> ControlFlow<(), Option<Tick>> {
    stretch.start()?;
    if holds(stretch.machine(), predicate) {
        return ControlFlow::Continue(Some(stretch.machine().tick()));
    }
    let dependencies = stretch.machine().dependencies(predicate).unwrap_or_default();
    let mut has_shifted = dependencies.is_empty();
    let mut found = None;
    if !has_shifted {
        let probes = Probes { watches: dependencies.clone(), ..Probes::none() };
        stretch.run(&probes, &mut |machine, _| {
            has_shifted = machine.dependencies(predicate).is_ok_and(|it| it != dependencies);
            if !has_shifted && holds(machine, predicate) {
                found = Some(machine.tick());
            }
            if has_shifted || found.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })?;
        // What was missed is found by looking at every step.
        has_shifted |= found.is_none() && holds(stretch.machine(), predicate);
    }
    if has_shifted {
        stretch.run(&Probes::every_step(), &mut |machine, _| {
            if holds(machine, predicate) {
                found = Some(machine.tick());
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
    }
    ControlFlow::Continue(found)
}

/// Whether a predicate is true here. Where it has no value, it is not.
fn holds(machine: &impl Inspect, predicate: &str) -> bool {
    let value: Result<_, EvaluateError> = machine.evaluate(predicate);
    value.is_ok_and(|value| value.is_true)
}
