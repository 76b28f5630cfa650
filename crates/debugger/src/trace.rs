//! Two runs side by side, line by line, up to the first moment at which they are not the same.

use std::collections::{BTreeSet, VecDeque};
use std::ops::ControlFlow;

use machine::{Inspect, Machine, Place, Probes, Tick};
use timeline::Timeline;

use crate::breakpoint::Breakpoints;
use crate::glance::{Glance, Line};
use crate::look::{flat, program_scopes};
use crate::place::name_place;

/// Lines that are compared at most.
pub const LINES_MAX: usize = 200_000;

/// Lines that are gathered at once.
const CHUNK: usize = 1_000;

/// Moments that are looked at for one chunk at most, so that a long stretch without a line ends.
const MOMENTS_MAX: usize = 1_000_000;

/// A moment at which a line begins.
#[derive(Clone, Debug, PartialEq)]
pub struct LineMoment {
    /// When.
    pub tick: Tick,
    /// Which line, if the program knows.
    pub place: Option<Place>,
    /// The same in words.
    pub place_name: String,
    /// Names with values.
    pub variables: Vec<(String, String)>,
}

/// Where two runs begin not to be the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Divergence {
    /// In the first run; nothing if it goes no further.
    pub first: Option<LineMoment>,
    /// In the second.
    pub second: Option<LineMoment>,
    /// Variables of both that differ there, with both values. Empty where control is elsewhere.
    pub variables: Vec<(String, String, String)>,
}

/// What comparing two runs showed.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// They go through the same lines with the same values.
    Same,
    /// The same for as many lines as are compared.
    SameSoFar,
    /// They do not.
    Diverge(Divergence),
}

/// Asked now and then, with the tick that has been come to: whether to go on.
type GoOn<'a> = &'a mut dyn FnMut(Tick) -> ControlFlow<()>;

/// One of two runs, in which time moves, and from where on it is compared.
pub type Side<'a, M> = (&'a mut Timeline<M>, Tick);

/// Compares two runs from the moments given on. `same_line` is the place in the second program for
/// one in the first, if it is there; lines of only one of them are passed over. Values that differ at
/// the beginning count for nothing until one of them changes. Breaks off if `go_on` does, which is
/// asked now and then, with a tick of either run.
pub fn compare_runs<M: Machine + Inspect>(
    first: Side<'_, M>,
    second: Side<'_, M>,
    same_line: &dyn Fn(Place) -> Option<Place>,
    is_second_line: &dyn Fn(Place) -> bool,
    go_on: GoOn<'_>,
) -> ControlFlow<(), Comparison> {
    let mut a = Lines::new(first, |place| same_line(place).is_some());
    let mut b = Lines::new(second, is_second_line);
    let known: BTreeSet<_> =
        differing(&a.look(), &b.look(), &BTreeSet::new()).into_iter().collect();
    for _ in 0..LINES_MAX {
        let (first, second) = match (a.next(go_on)?, b.next(go_on)?) {
            (None, None) => return ControlFlow::Continue(Comparison::Same),
            pair => pair,
        };
        let is_same_place = match (&first, &second) {
            (Some(a), Some(b)) => a.place.and_then(same_line) == b.place,
            _ => false,
        };
        let variables = match (&first, &second) {
            (Some(a), Some(b)) if is_same_place => differing(a, b, &known),
            _ => Vec::new(),
        };
        if !is_same_place || !variables.is_empty() {
            let found = Divergence { first, second, variables };
            return ControlFlow::Continue(Comparison::Diverge(found));
        }
    }
    ControlFlow::Continue(Comparison::SameSoFar)
}

/// Names that both have, with values that are not the same.
fn differing(
    a: &LineMoment,
    b: &LineMoment,
    known: &BTreeSet<(String, String, String)>,
) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (name, value) in &a.variables {
        let other = b.variables.iter().find(|(other, _)| other == name);
        if let Some((_, other)) = other.filter(|(_, other)| other != value) {
            let difference = (name.clone(), value.clone(), other.clone());
            if !known.contains(&difference) {
                found.push(difference);
            }
        }
    }
    found
}

/// The lines that a run begins, gathered chunk by chunk.
struct Lines<'a, M: Machine, F> {
    timeline: &'a mut Timeline<M>,
    from: Tick,
    is_wanted: F,
    waiting: VecDeque<LineMoment>,
    is_over: bool,
}

impl<'a, M: Machine + Inspect, F: Fn(Place) -> bool> Lines<'a, M, F> {
    fn new((timeline, from): Side<'a, M>, is_wanted: F) -> Self {
        timeline.goto(from);
        Self { timeline, from, is_wanted, waiting: VecDeque::new(), is_over: false }
    }

    /// The moment at which this side stands.
    fn look(&self) -> LineMoment {
        let machine = self.timeline.machine();
        moment(machine, &machine.sources(), machine.place(machine.position()))
    }

    fn next(&mut self, go_on: GoOn<'_>) -> ControlFlow<(), Option<LineMoment>> {
        while self.waiting.is_empty() && !self.is_over {
            self.gather(go_on)?;
        }
        ControlFlow::Continue(self.waiting.pop_front())
    }

    fn gather(&mut self, go_on: GoOn<'_>) -> ControlFlow<()> {
        let none = Breakpoints::default();
        let timeline = &mut *self.timeline;
        timeline.goto(self.from);
        let sources = timeline.machine().sources();
        let mut before = Glance::at(timeline.machine(), &none);
        let (mut found, mut last, mut seen) = (VecDeque::new(), self.from, 0_usize);
        let mut flow = ControlFlow::Continue(());
        timeline.each(self.from, Tick::MAX, &Probes::every_step(), &mut |machine, _| {
            seen += 1;
            let here = Glance::at(machine, &none);
            last = here.tick;
            if !here.is_hidden {
                if here.begins_line_after(&before) {
                    let place = match here.line {
                        Line::Source(place) => Some(place),
                        Line::Bare(_) => None,
                    };
                    if place.is_none_or(&self.is_wanted) {
                        found.push_back(moment(machine, &sources, place));
                    }
                }
                before = here;
            }
            if seen.is_multiple_of(CHUNK) {
                flow = go_on(last);
            }
            if found.len() < CHUNK && seen < MOMENTS_MAX { flow } else { ControlFlow::Break(()) }
        });
        self.is_over = found.len() < CHUNK && seen < MOMENTS_MAX;
        self.from = last;
        self.waiting = found;
        flow
    }
}

fn moment<M: Machine + Inspect>(
    machine: &M,
    sources: &[machine::SourceText],
    place: Option<Place>,
) -> LineMoment {
    let scopes = program_scopes(machine);
    // Of several variables of a name, the innermost is seen.
    let mut variables: Vec<(String, String)> = Vec::new();
    for variable in scopes.into_iter().flat_map(|scope| scope.variables) {
        if !variables.iter().any(|(name, _)| *name == variable.expression) {
            let value = flat(&variable.value.text);
            variables.push((variable.expression, value));
        }
    }
    LineMoment {
        tick: machine.tick(),
        place,
        place_name: name_place(machine, sources, machine.position()),
        variables,
    }
}
