//! Driving a live run: forward in slices, with a look for Ctrl-C between them, and every question
//! taken outside.

use debugger::World as _;
use machine::{ExitCode, Machine, Probes, Tick, pause};
use timeline::{Arrival, Timeline};

use crate::interrupt;
use crate::world::LiveWorld;

/// Safepoints between two looks for Ctrl-C, and two writes of the recording.
const SLICE: u64 = 1 << 18;

/// Questions after which the recording is written, too, where nobody waits at a terminal.
const QUESTIONS: u32 = 256;

/// How a run came to its end.
pub(crate) enum Outcome<T> {
    Ended(ExitCode),
    Trapped(T),
    Interrupted,
    /// It took more memory than it may.
    TooLarge,
    /// Whoever read the output is gone.
    Closed,
}

/// Runs the program until it is over; `keep` is called now and then, to write the past down.
pub(crate) fn drive<M: Machine>(
    timeline: &mut Timeline<M>,
    world: &mut LiveWorld,
    mut keep: impl FnMut(&Timeline<M>),
) -> Outcome<M::Trap> {
    let probes = Probes::none();
    let slice_end = |now: Tick| Tick::at(now.safepoints.saturating_add(SLICE));
    let (mut until, mut unwritten) = (slice_end(timeline.now().tick), 0);
    loop {
        if interrupt::take() {
            return Outcome::Interrupted;
        }
        if Machine::memory(timeline.machine()) > world.memory_max() {
            return Outcome::TooLarge;
        }
        world.flush_old();
        if world.is_closed() {
            return Outcome::Closed;
        }
        let memory_max = world.memory_max();
        let (arrival, is_too_large) =
            pause::heeded(memory_max, || timeline.forward(until, &probes));
        if is_too_large {
            return Outcome::TooLarge;
        }
        match arrival {
            Arrival::Reached | Arrival::Probed(_) => {
                keep(timeline);
                timeline.forget_excess();
                until = slice_end(timeline.now().tick);
            }
            Arrival::Asks(question) => {
                unwritten += 1;
                if unwritten >= QUESTIONS || world.is_watched() {
                    keep(timeline);
                    timeline.forget_excess();
                    unwritten = 0;
                }
                let Some(answer) = world.perform(&question) else { continue };
                if world.is_closed() {
                    return Outcome::Closed;
                }
                if let Err(trap) = timeline.answer(answer) {
                    return Outcome::Trapped(trap);
                }
            }
            Arrival::Trapped(trap) => return Outcome::Trapped(trap),
            Arrival::Ended(code) => return Outcome::Ended(code),
        }
    }
}
