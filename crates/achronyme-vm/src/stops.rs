//! Where the fast engine stops for probes. Breakpoints, and the instructions that it does itself and
//! that may change what is watched, have another opcode while it runs, which it leaves to the plain
//! engine; whatever that performs is followed by a look at the watches (decision 0033).

mod place;
mod wanted;

use std::collections::BTreeMap;
use std::sync::Arc;

use machine::{CodePosition, Hit, Location, Probes, Stop};

use crate::op::Op;
use crate::trap::Trap;
use crate::value::Value;
use crate::vm::{Exit, Vm};
use place::Place;
use wanted::Wanted;
pub(crate) use wanted::may_change;

/// Plans that are kept at the same time.
const PLANS_MAX: usize = 64;

/// The instructions at which the fast engine stops for some probes.
#[derive(Debug)]
pub(crate) struct Stops {
    probes: Probes,
    /// The code that this is about.
    words: usize,
    globals: usize,
    /// The lowest byte of each of its words, which is the opcode where an instruction begins.
    opcodes: Vec<u8>,
    /// Where to stop before the instruction, in order.
    breaks: Vec<u32>,
    watches: Vec<Watch>,
    /// The instructions that somebody asked for, each kind in order, and all that were marked together.
    known: BTreeMap<Wanted, Arc<[u32]>>,
    plans: BTreeMap<Vec<Wanted>, Arc<[u32]>>,
    /// The instructions that are marked.
    at: Arc<[u32]>,
    /// The words that are watched, if none of them refers to anything: a store to another one is of no
    /// interest.
    places: Option<Vec<usize>>,
    /// One more, before which the run stops because a collection has changed what is watched.
    extra: Option<u32>,
}

/// What is watched.
#[derive(Clone, Copy, Debug)]
struct Watch {
    location: Location,
    /// What was stored there at the last look, and the word itself.
    stored: u64,
    word: u64,
    /// Where that lies, and the task that ran then, which decides what the stack has.
    place: Place,
    task: (Option<Value>, usize),
}

impl Vm {
    /// Runs on until `until`, with the fast engine as far as it goes, where these probes allow that.
    /// `None` where they do not, or more is to be done first: the plain engine goes on.
    pub(crate) fn run_to_stop(&mut self, until: u64, probes: &Probes) -> Option<Stop<Trap>> {
        // The fast engine looks at the limit at safepoints only.
        let limit = until.saturating_sub(self.stretch);
        let start = self.state.tick;
        if probes.every_step || self.trail.is_some() || start >= limit {
            return None;
        }
        let mut stops = self.take_stops(probes);
        let before = self.watched(probes);
        let stop = loop {
            if self.state.tick >= limit
                || stops.is_break(self.state.pc)
                || !self.plan(&mut stops, &before)
            {
                break None;
            }
            let exit;
            (exit, stops) = self.run_with(stops, limit);
            match exit {
                None | Some(Exit::Watched | Exit::Breakpoint) => {}
                Some(exit) => break Some(self.stop_of(exit)),
            }
            let is_stop = exit == Some(Exit::Breakpoint);
            if self.state.tick > start
                && let Some(hit) = self.hit(probes, &before, is_stop)
            {
                break Some(Stop::Probed(hit));
            }
            if exit.is_none() {
                break None;
            }
        };
        self.stops = Some(stops);
        stop
    }

    /// How a run stops.
    pub(crate) fn stop_of(&self, exit: Exit) -> Stop<Trap> {
        let here = CodePosition(self.state.pc.into());
        match exit {
            Exit::Ended => Stop::Ended(self.exit_code()),
            Exit::Breakpoint | Exit::Watched => Stop::Probed(Hit::Breakpoint(here)),
            Exit::Asks(question) => Stop::Asks(question),
            Exit::Trapped(trap) => Stop::Trapped(trap),
        }
    }

    /// Performs the instruction at the pc. `Some` if the run must stop.
    #[inline]
    pub(crate) fn perform(&mut self) -> Option<Exit> {
        if self.is_marked { self.perform_watched() } else { self.perform_unseen() }
    }

    /// The same, with a look at what is watched.
    fn perform_watched(&mut self) -> Option<Exit> {
        let (op, base) = (self.op(), self.state.base);
        let exit = self.perform_unseen();
        if exit.is_some() {
            return exit;
        }
        let stops = self.stops.as_ref()?;
        let is_other = |watch: &Watch| self.is_other(watch, op, base);
        let is_watched = stops.extra.is_some() || stops.watches.iter().any(is_other);
        is_watched.then_some(Exit::Watched)
    }

    /// The instruction that is run next.
    pub(crate) fn op(&self) -> Op {
        let at = self.state.pc as usize;
        let code = match &self.stops {
            Some(stops) if self.is_marked => stops.opcodes[at],
            _ => self.code[at].to_le_bytes()[0],
        };
        Op::TABLE[usize::from(code)].op
    }

    /// The opcode of the instruction at a word of the code that is marked, and the words that are
    /// watched, if a store to another one is of no interest.
    pub(crate) fn unmarked(&self, at: usize) -> Option<(u8, &[usize])> {
        let stops = self.stops.as_ref().filter(|_| self.is_marked)?;
        let is_break = u32::try_from(at).is_ok_and(|at| stops.is_break(at));
        let places = stops.places.as_deref().filter(|_| !is_break && stops.extra.is_none())?;
        Some((stops.opcodes[at], places))
    }

    /// Whether the fast engine has come to where it has to stop before the instruction.
    pub(crate) fn is_stopping(&self) -> bool {
        let stops = self.stops.as_ref().filter(|_| self.is_marked);
        stops.is_some_and(|stops| stops.extra.is_some() || stops.is_break(self.state.pc))
    }

    /// Stops the fast engine before the next instruction if a collection has changed what is watched.
    pub(crate) fn look_after_collection(&mut self) {
        if !self.is_marked {
            return;
        }
        let Some(mut stops) = self.stops.take() else { return };
        let at = self.state.pc;
        if stops.extra.is_none() && stops.watches.iter().any(|watch| self.is_changed(watch)) {
            stops.extra = Some(at);
            set_opcode(&mut self.code, at, Op::Breakpoint as u8);
        }
        self.stops = Some(stops);
    }

    /// The stops for these probes, as they were the last time if the program is still the same.
    fn take_stops(&mut self, probes: &Probes) -> Box<Stops> {
        let (words, globals) = (self.code.len(), self.state.globals);
        if let Some(stops) = self.stops.take()
            && (stops.words, stops.globals) == (words, globals)
            && stops.probes == *probes
        {
            return stops;
        }
        let breaks = probes.breakpoints.iter().filter_map(|at| u32::try_from(at.0).ok());
        Box::new(Stops {
            probes: probes.clone(),
            words,
            globals,
            opcodes: self.code.iter().map(|word| word.to_le_bytes()[0]).collect(),
            breaks: breaks.collect(),
            watches: Vec::new(),
            known: BTreeMap::new(),
            plans: BTreeMap::new(),
            at: Arc::default(),
            places: None,
            extra: None,
        })
    }

    /// Finds out which instructions have to be marked now. `false` where the fast engine cannot be
    /// stopped at all that may change what is watched.
    fn plan(&self, stops: &mut Stops, before: &[u64]) -> bool {
        let mut wanted = vec![Wanted::Breakpoint];
        stops.watches.clear();
        for (location, stored) in stops.probes.watches.iter().zip(before) {
            let Some(place) = self.place_of_watch(*location) else { return false };
            let word = self.watched_word(*location);
            self.wanted_for(*location, place, &mut wanted);
            let task = self.state.tasks.running();
            stops.watches.push(Watch { location: *location, stored: *stored, word, place, task });
        }
        let is_plain = |watch: &Watch| !Value(watch.word).is_reference();
        stops.places = stops
            .watches
            .iter()
            .all(is_plain)
            .then(|| stops.watches.iter().map(Watch::at).collect());
        wanted.sort_unstable();
        wanted.dedup();
        if let Some(at) = stops.plans.get(&wanted) {
            stops.at = Arc::clone(at);
            return true;
        }
        let mut all = Vec::new();
        for one in &wanted {
            if !stops.known.contains_key(one) {
                let found = self.positions_of(*one, &stops.breaks);
                stops.known.insert(*one, found.into());
            }
            all.extend(stops.known.get(one).into_iter().flat_map(|at| at.iter().copied()));
        }
        all.sort_unstable();
        all.dedup();
        if stops.plans.len() >= PLANS_MAX {
            stops.plans.clear();
            stops.known.clear();
        }
        stops.at = all.into();
        stops.plans.insert(wanted, Arc::clone(&stops.at));
        true
    }

    /// Runs the fast engine with the code marked.
    fn run_with(&mut self, stops: Box<Stops>, limit: u64) -> (Option<Exit>, Box<Stops>) {
        for at in stops.at.iter() {
            set_opcode(&mut self.code, *at, Op::Breakpoint as u8);
        }
        self.stops = Some(stops);
        self.is_marked = true;
        let exit = self.run_fast(limit);
        self.is_marked = false;
        let Some(mut stops) = self.stops.take() else { unreachable!("they were put there") };
        for at in stops.at.iter().copied().chain(stops.extra) {
            set_opcode(&mut self.code, at, stops.opcodes[at as usize]);
        }
        stops.extra = None;
        (exit, stops)
    }
}

impl Stops {
    fn is_break(&self, at: u32) -> bool {
        self.breaks.binary_search(&at).is_ok()
    }
}

fn set_opcode(code: &mut [u32], at: u32, opcode: u8) {
    let word = &mut code[at as usize];
    *word = *word & !0xff | u32::from(opcode);
}
