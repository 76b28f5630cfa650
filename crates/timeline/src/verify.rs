//! Checking that the past, run again, is the past.

use std::collections::BTreeMap;

use machine::{Machine, Probes, StateHash, Tick};

use crate::Timeline;

/// What running the past again showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It came to the same states.
    Same {
        /// How many states were compared.
        checked: usize,
    },
    /// It came to another state: a defect of the guest's machine, or of the recording.
    Differs {
        /// The last tick at which the states were the same.
        from: Tick,
        /// The first tick compared at which they were not.
        to: Tick,
        /// The state that was there the first time.
        expected: StateHash,
        /// The state that is there now.
        found: StateHash,
    },
}

impl<M: Machine> Timeline<M> {
    /// Runs this branch again from the start and compares with every checkpoint, and with every
    /// hash of the recording it comes from. Time stays where it is.
    pub fn verify(&mut self) -> Verification {
        self.leave();
        let here = self.machine.snapshot();
        let verification = self.compare();
        self.restore(&here);
        verification
    }

    fn compare(&mut self) -> Verification {
        let mut expectations: BTreeMap<Tick, Option<StateHash>> =
            self.checkpoint_ticks(Tick::MAX).into_iter().map(|tick| (tick, None)).collect();
        let first_end = self.lineage.segments().get(1).map_or(Tick::MAX, |next| next.begin);
        let recorded = self.hashes.iter().filter(|(tick, _)| *tick < first_end);
        expectations.extend(recorded.map(|(tick, hash)| (*tick, Some(*hash))));

        let mut from = self.start();
        self.travel(from, true, false);
        let checked = expectations.len();
        for (to, recorded) in expectations {
            self.drive(to, &Probes::none(), true);
            let (arrived, found) = (self.machine.tick(), self.machine.state_hash());
            if let Some((branch, tick)) = self.nearest(to, true).filter(|(_, tick)| *tick == to) {
                self.restore_checkpoint(branch, tick);
            }
            let expected = recorded.unwrap_or_else(|| self.machine.state_hash());
            if arrived != to || found != expected {
                return Verification::Differs { from, to, expected, found };
            }
            from = to;
        }
        Verification::Same { checked }
    }
}
