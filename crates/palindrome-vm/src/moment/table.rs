//! Moments for whoever writes them down: those that a program has kept, and the table of all.

use std::collections::BTreeMap;

use machine::StateError;
use tape::{Tape, TapePart};

use super::{FIRST_BRANCH, Moment, portable};
use crate::layout::STORE;
use crate::vm::Vm;

/// What is known of all moments beside their data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MomentTable {
    /// The number of the next moment.
    pub next: u64,
    /// The branches with the numbers of their newest moments, oldest first.
    pub branches: Vec<(String, u64)>,
    /// Which branch goes on.
    pub present: usize,
    /// Numbers by the names that a program gave.
    pub names: BTreeMap<String, u64>,
}

impl MomentTable {
    /// Adds a moment to the branch that goes on; its number.
    pub fn keep(&mut self) -> u64 {
        let number = self.next;
        match self.branches.get_mut(self.present) {
            Some((_, newest)) => *newest = number,
            None => self.branches.push((FIRST_BRANCH.to_owned(), number)),
        }
        self.next += 1;
        number
    }
}

/// A moment that a program has kept.
#[derive(Clone, Debug)]
pub struct KeptMoment {
    /// Its number.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// The number of the one before it.
    pub before: Option<u64>,
    /// The data.
    pub state: TapePart,
}

impl Vm {
    /// The moments that the program has kept with this number and later ones, of all branches, by their
    /// numbers.
    #[must_use]
    pub fn moments_from(&self, first: u64) -> Vec<KeptMoment> {
        let mut found = BTreeMap::new();
        for branch in self.core.cold.moments.branches() {
            let line = std::iter::successors(Some(&branch.tip), |moment| moment.before());
            for moment in line.take_while(|moment| moment.number() >= first) {
                // From here on another branch was this one.
                if found.insert(moment.number(), moment).is_some() {
                    break;
                }
            }
        }
        let kept = |moment: &Moment| {
            Some(KeptMoment {
                number: moment.number(),
                time: moment.time(),
                before: moment.before().map(Moment::number),
                state: moment.kept()?.clone(),
            })
        };
        found.into_values().filter_map(kept).collect()
    }

    /// What is known of all moments.
    #[must_use]
    pub fn moment_table(&self) -> MomentTable {
        let moments = &self.core.cold.moments;
        let branches = moments.branches().iter();
        MomentTable {
            next: moments.next,
            branches: branches.map(|it| (it.name.clone(), it.tip.number())).collect(),
            present: moments.present,
            names: moments.names.clone(),
        }
    }
}

/// The bytes of the store that differ between two versions of the data, or of one and nothing.
#[must_use]
pub fn store_difference(state: &TapePart, from: Option<&TapePart>) -> Vec<u8> {
    portable::difference_within(state, from, &STORE)
}

/// The data that differ so from others, put together on a tape, which it changes.
///
/// # Errors
/// The bytes are no difference.
pub fn store_patched(
    tape: &mut Tape,
    from: &TapePart,
    bytes: &[u8],
) -> Result<TapePart, StateError> {
    portable::patched(tape, from, bytes)
}
