//! A run of a machine, as a future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use machine::{ExitCode, Machine, Probes, Stop, Tick};

use crate::{Answering, Outside};

/// How many safepoints a guest may pass before others have their turn: about a millisecond.
pub const SLICE: u64 = 1 << 20;

/// A run of a machine. As a future it ends with the program's exit code, or with its trap; the
/// machine can be looked at before and after.
pub struct Execution<M, O> {
    machine: M,
    outside: O,
    answering: Option<Answering>,
    slice: u64,
}

impl<M: Machine, O: Outside> Execution<M, O> {
    /// A run from where the machine stands.
    pub fn new(machine: M, outside: O) -> Self {
        Self { machine, outside, answering: None, slice: SLICE }
    }

    /// Lets others have their turn after so many safepoints, at least one.
    #[must_use]
    pub fn with_slice(self, safepoints: u64) -> Self {
        Self { slice: safepoints.max(1), ..self }
    }

    /// The machine, where it stands now.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine, for going back in time, or to be kept.
    pub fn into_machine(self) -> M {
        self.machine
    }
}

impl<M: Machine + Unpin, O: Outside + Unpin> Future for Execution<M, O> {
    type Output = Result<ExitCode, M::Trap>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let now = this.machine.tick();
        let until = Tick::at(now.safepoints.saturating_add(this.slice));
        loop {
            if let Some(answering) = &mut this.answering {
                let Poll::Ready(answer) = answering.as_mut().poll(context) else {
                    return Poll::Pending;
                };
                this.answering = None;
                if let Err(trap) = this.machine.answer(&answer) {
                    return Poll::Ready(Err(trap));
                }
            }
            match this.machine.run(until, &Probes::none()) {
                Stop::Asks(question) => this.answering = Some(this.outside.ask(question)),
                Stop::Reached | Stop::Probed(_) => {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Stop::Trapped(trap) => return Poll::Ready(Err(trap)),
                Stop::Ended(code) => return Poll::Ready(Ok(code)),
            }
        }
    }
}

impl<M, O> fmt::Debug for Execution<M, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution").field("slice", &self.slice).finish_non_exhaustive()
    }
}
