//! A run as a series of stills, for a page that shows it: where it was, what was there, and what had
//! been written, at every line or as many of them as there is room for.

use std::ops::ControlFlow;

use machine::{Edit, Inspect, Machine, Probes, SourceText, Tick};
use source::visible;

use crate::breakpoint::Breakpoints;
use crate::debugger::Debugger;
use crate::glance::Glance;
use crate::look::{flat, program_scopes};

/// Stills of a film at most; more are thinned out evenly.
pub const STILLS_MAX: usize = 2_000;

/// Moments that are looked at to find the lines; a longer run is cut into equal stretches instead.
const MOMENTS_MAX: u64 = 2_000_000;

/// Moments between two looks at whether the film is still wanted.
const MOMENTS_AT_ONCE: u64 = 1 << 10;

/// Characters of a value that are kept.
const VALUE_CHARS_MAX: usize = 200;

/// Variables of a scope, and frames, that are kept.
const VARIABLES_MAX: usize = 100;
const FRAMES_MAX: usize = 30;

/// A run to be looked at without running it.
#[derive(Clone, Debug)]
pub struct Film {
    /// In the order of time; never empty.
    pub stills: Vec<Still>,
    /// The texts of the program, in the order that places count them.
    pub sources: Vec<SourceText>,
    /// Where it begins and ends.
    pub start: Tick,
    /// The last moment that is known.
    pub end: Tick,
    /// How the stills were chosen.
    pub sampling: Sampling,
    /// Marks and notes of this branch: when, and in which words.
    pub remarks: Vec<(Tick, String)>,
}

/// How the stills of a film were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// There is one for every line that was begun.
    EveryLine,
    /// There is one for every so many lines.
    Lines {
        /// How many lines one still stands for.
        each: usize,
        /// How many lines were begun.
        of: usize,
    },
    /// The run is too long for counting lines: they are evenly spread over it.
    Ticks,
}

/// One moment of a film.
#[derive(Clone, Debug)]
pub struct Still {
    /// When.
    pub tick: Tick,
    /// The source, by its number, and the line, from 1.
    pub place: Option<(u32, u32)>,
    /// What is called, innermost first: names, and where.
    pub frames: Vec<(String, String)>,
    /// Scopes with names and values.
    pub scopes: Vec<(String, Vec<(String, String)>)>,
    /// Bytes written to standard output before it.
    pub output: usize,
}

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Films this branch. Time stays where it is. Breaks off if `go_on` does, which is asked now and
    /// then, with a tick that has been come to.
    pub fn film(
        &mut self,
        go_on: &mut dyn FnMut(Tick) -> ControlFlow<()>,
    ) -> ControlFlow<(), Film> {
        let here = self.timeline.now();
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let (ticks, sampling) = self.ticks_to_film(go_on)?;
        let mut stills = Vec::with_capacity(ticks.len());
        for tick in ticks {
            self.timeline.goto(tick);
            stills.push(self.still());
            if go_on(tick).is_break() {
                self.timeline.goto(here.tick);
                return ControlFlow::Break(());
            }
        }
        let branch = here.branch;
        let marks = self.timeline.marks().iter().map(|mark| (mark.moment, &mark.name));
        let notes = self.timeline.notes().iter().map(|note| (note.moment, &note.text));
        let own = marks.chain(notes).filter(|(moment, _)| moment.branch == branch);
        let mut remarks: Vec<_> = own.map(|(moment, text)| (moment.tick, visible(text))).collect();
        remarks.sort();
        self.timeline.goto(here.tick);
        let sources = self.machine().sources();
        ControlFlow::Continue(Film { stills, sources, start, end, sampling, remarks })
    }

    fn ticks_to_film(
        &mut self,
        go_on: &mut dyn FnMut(Tick) -> ControlFlow<()>,
    ) -> ControlFlow<(), (Vec<Tick>, Sampling)> {
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let none = Breakpoints::default();
        let (mut ticks, mut each, mut lines, mut seen) = (vec![start], 1_usize, 1_usize, 0_u64);
        let mut before = self.peek(start, |d| Glance::at(d.machine(), &none));
        let mut flow = ControlFlow::Continue(());
        self.timeline.each(start, end, &Probes::every_step(), &mut |machine, _| {
            seen += 1;
            let here = Glance::at(machine, &none);
            if !here.is_hidden {
                if here.begins_line_after(&before) {
                    if lines.is_multiple_of(each) {
                        ticks.push(here.tick);
                    }
                    lines += 1;
                }
                before = here;
            }
            if ticks.len() > STILLS_MAX {
                let mut index = 0_usize;
                ticks.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                each *= 2;
            }
            if seen.is_multiple_of(MOMENTS_AT_ONCE) {
                flow = go_on(machine.tick());
            }
            if seen < MOMENTS_MAX { flow } else { ControlFlow::Break(()) }
        });
        flow?;
        if seen >= MOMENTS_MAX {
            return ControlFlow::Continue((self.even_ticks(), Sampling::Ticks));
        }
        if ticks.last() != Some(&end) {
            ticks.push(end);
        }
        let sampling = match each {
            1 => Sampling::EveryLine,
            each => Sampling::Lines { each, of: lines },
        };
        ControlFlow::Continue((ticks, sampling))
    }

    /// As many moments as a film may have, evenly spread.
    fn even_ticks(&self) -> Vec<Tick> {
        let last = u64::try_from(STILLS_MAX - 1).unwrap_or(u64::MAX);
        let mut ticks: Vec<_> = (0..=last).map(|index| self.part_of_past(index, last)).collect();
        ticks.dedup();
        ticks
    }

    fn still(&self) -> Still {
        let machine = self.machine();
        let cut = |text: &str| -> String {
            let text = flat(text);
            match text.char_indices().nth(VALUE_CHARS_MAX) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        };
        // Where code is none of the user's, the one who called it shows where that is.
        let frames = machine.frames(FRAMES_MAX);
        let position = machine.position();
        let place = machine.place(position).filter(|_| !machine.is_hidden(position));
        let place = place.or_else(|| frames.iter().find_map(|frame| frame.place));
        let scopes = program_scopes(machine).into_iter().map(|scope| {
            let variables = scope.variables.iter().take(VARIABLES_MAX);
            let variables =
                variables.map(|variable| (visible(&variable.name), cut(&variable.value.text)));
            (scope.name.clone(), variables.collect())
        });
        Still {
            tick: machine.tick(),
            place: place.map(|place| (place.source, place.line)),
            frames: frames
                .iter()
                .map(|frame| (visible(&frame.name), self.name_place(frame.position)))
                .collect(),
            scopes: scopes.collect(),
            output: self.timeline.output_bytes(),
        }
    }
}
