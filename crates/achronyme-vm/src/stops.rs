//! Where the fast engine stops for probes: at breakpoints, and at the instructions that write a global
//! variable that is watched. While it runs, these have another opcode, which it leaves to others.

use machine::{CodePosition, Hit, Probes, Stop};

use crate::exchange;
use crate::inspect::probe::WORDS;
use crate::instruction::Instruction;
use crate::op::Op;
use crate::trap::Trap;
use crate::value::REFERENCES;
use crate::vm::{Exit, Vm};

/// The instructions at which the fast engine stops.
#[derive(Debug)]
pub(crate) struct Stops {
    probes: Probes,
    /// The code that this is about.
    words: usize,
    globals: usize,
    /// In order.
    at: Vec<u32>,
}

impl Vm {
    /// Runs on until `until`, with the fast engine as far as it goes, where these probes allow that.
    /// `None` where they do not, or more is to be done first: the plain engine goes on.
    pub(crate) fn run_to_stop(&mut self, until: u64, probes: &Probes) -> Option<Stop<Trap>> {
        let is_fast = !probes.every_step && self.trail.is_none() && self.is_seen_by_stops(probes);
        if !is_fast {
            return None;
        }
        let stops = self.take_stops(probes);
        let before = self.state.tick;
        let exit = if stops.at.binary_search(&self.state.pc).is_ok() {
            None
        } else {
            self.run_with(&stops, until.saturating_sub(self.stretch))
        };
        self.stops = Some(stops);
        let position = CodePosition(self.state.pc.into());
        let breakpoint = Some(Stop::Probed(Hit::Breakpoint(position)));
        match exit {
            None if self.state.tick > before && probes.breakpoints.contains(&position) => {
                breakpoint
            }
            None => None,
            Some(Exit::Breakpoint) => breakpoint,
            Some(exit) => Some(self.stop_of(exit)),
        }
    }

    /// How a run stops.
    pub(crate) fn stop_of(&self, exit: Exit) -> Stop<Trap> {
        match exit {
            Exit::Ended | Exit::Breakpoint => Stop::Ended(self.exit_code()),
            Exit::Asks(question) => Stop::Asks(question),
            Exit::Trapped(trap) => Stop::Trapped(trap),
        }
    }

    /// Whether the fast engine has come to one of the stops.
    pub(crate) fn is_stopping(&self) -> bool {
        !self.stopping.is_empty() && self.stopping.binary_search(&self.state.pc).is_ok()
    }

    /// Whether nothing can change what is watched but the instructions that write global variables:
    /// each is one, and its value refers to nothing.
    fn is_seen_by_stops(&self, probes: &Probes) -> bool {
        probes.watches.iter().all(|watch| {
            let at = usize::try_from(watch.address).unwrap_or(usize::MAX);
            watch.space == WORDS
                && self.global_at(at).is_some()
                && self.heap.peek(at).0 < REFERENCES
        })
    }

    /// The number of the global variable in a word of memory.
    fn global_at(&self, at: usize) -> Option<usize> {
        let index = at.checked_sub(self.state.globals + 1)?;
        (index < self.program.globals.len()).then_some(index)
    }

    /// The stops for these probes, as they were found the last time if the program is still the same.
    fn take_stops(&mut self, probes: &Probes) -> Box<Stops> {
        let (words, globals) = (self.code.len(), self.state.globals);
        if let Some(stops) = self.stops.take()
            && (stops.words, stops.globals) == (words, globals)
            && stops.probes == *probes
        {
            return stops;
        }
        let watched: Vec<i64> = probes
            .watches
            .iter()
            .filter_map(|watch| self.global_at(usize::try_from(watch.address).ok()?))
            .filter_map(|global| i64::try_from(global).ok())
            .collect();
        let mut at: Vec<u32> = Vec::new();
        let mut next = 0;
        // The fast engine does an exchange in one go, so it has to stop before that.
        let mut exchanged = 0..0;
        // The functions' codes follow each other, and none falls off its end.
        while let Some(instruction) = Instruction::decode(&self.code, next) {
            let position = next;
            next = instruction.next();
            if let Some(words) = exchange::words(instruction.op) {
                exchanged = position..position + words;
            }
            let mut operands = instruction.operands();
            let writes = matches!(instruction.op, Op::SetGlobal | Op::SetGlobalIndex)
                && operands.any(|(of, value)| of.is_global() && watched.contains(&value));
            let is_break = probes.breakpoints.contains(&CodePosition(position as u64));
            if writes || is_break {
                let head = u32::try_from(exchanged.start).ok();
                at.extend(head.filter(|head| {
                    exchanged.contains(&position) && at.last().is_none_or(|last| last < head)
                }));
                at.extend(u32::try_from(position).ok().filter(|it| at.last() != Some(it)));
            }
        }
        Box::new(Stops { probes: probes.clone(), words, globals, at })
    }

    /// Runs the fast engine with stops in the code.
    fn run_with(&mut self, stops: &Stops, limit: u64) -> Option<Exit> {
        let opcodes: Vec<u32> = stops.at.iter().map(|at| self.code[*at as usize] & 0xff).collect();
        let set = |code: &mut [u32], at: u32, opcode: u32| {
            let word = &mut code[at as usize];
            *word = *word & !0xff | opcode;
        };
        for at in &stops.at {
            set(&mut self.code, *at, Op::Breakpoint as u32);
        }
        self.stopping.clone_from(&stops.at);
        let exit = self.run_fast(limit);
        self.stopping.clear();
        for (at, opcode) in stops.at.iter().zip(opcodes) {
            set(&mut self.code, *at, opcode);
        }
        exit
    }
}
