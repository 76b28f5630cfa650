//! The past of a tape: what every transaction changed, in the order in which they were. What was at any of
//! them is put together when somebody asks, from the last step before it that says all.

mod before;
mod cache;
mod step;
mod table;
mod writer;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use palindrome_vm::MomentTable;
use palindrome_vm::runtime::time_text;
use relational::typed_from_bytes;
use tape::TapePart;

use crate::state::{KeptName, State};
pub(crate) use before::Before;
use cache::Cache;
pub use step::{Place, Stamp, Step, StoredNames};
pub use table::Steps;
pub use writer::{PastWriter, WriteError};

/// Where the bytes of steps lie that are not at hand.
pub trait Source: fmt::Debug + Send + Sync {
    /// The bytes of all steps of a frame.
    ///
    /// # Errors
    /// They cannot be read; why is said.
    fn frame(&self, at: u64) -> Result<Vec<u8>, String>;
}

/// Why something of the past cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastError(pub String);

impl fmt::Display for PastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PastError {}

/// What was at a step.
#[derive(Clone, Debug)]
pub struct Known {
    /// The store, and nothing else.
    pub(crate) part: TapePart,
    pub(crate) names: Arc<StoredNames>,
}

/// All that is known of what was.
#[derive(Debug, Default)]
pub struct Past {
    steps: Vec<Step>,
    /// The places of those that made moments; their numbers ascend.
    moments: Vec<u32>,
    table: MomentTable,
    /// The newest moment that was forgotten, with its time.
    forgotten: Option<(u64, i64)>,
    source: Option<Arc<dyn Source>>,
    cache: Mutex<Cache>,
}

impl Clone for Past {
    fn clone(&self) -> Self {
        Self {
            steps: self.steps.clone(),
            moments: self.moments.clone(),
            table: self.table.clone(),
            forgotten: self.forgotten,
            source: self.source.clone(),
            cache: Mutex::new(self.cache().clone()),
        }
    }
}

impl Past {
    /// A past whose older steps lie in a file.
    #[must_use]
    pub fn of(source: Arc<dyn Source>) -> Self {
        Self { source: Some(source), ..Self::default() }
    }

    /// The same steps, which lie there from now on.
    pub fn set_source(&mut self, source: Arc<dyn Source>) {
        self.source = Some(source);
        self.cache().forget_frame();
    }

    /// The steps, oldest first.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What is known of all moments beside their data.
    #[must_use]
    pub fn table(&self) -> &MomentTable {
        &self.table
    }

    /// The newest moment that was forgotten, with its time.
    #[must_use]
    pub fn forgotten(&self) -> Option<(u64, i64)> {
        self.forgotten
    }

    /// The moments that are known, by their numbers.
    pub fn stamps(&self) -> impl DoubleEndedIterator<Item = Stamp> + ExactSizeIterator {
        self.moments.iter().map(|at| {
            let step = self.steps.get(*at as usize).and_then(|step| step.stamp);
            step.unwrap_or(Stamp { number: 0, time: 0, before: None })
        })
    }

    /// Adds a step; says whether it can come behind the others.
    pub fn push(&mut self, step: Step) -> bool {
        if let Some(stamp) = step.stamp {
            let last = self.stamps().next_back();
            let is_later = last.is_none_or(|last| last.number < stamp.number);
            let Ok(at) = u32::try_from(self.steps.len()) else { return false };
            if !is_later {
                return false;
            }
            self.moments.push(at);
        }
        self.steps.push(step);
        true
    }

    /// Leaves so many steps, the oldest.
    pub fn truncate(&mut self, count: usize) {
        if count < self.steps.len() {
            self.steps.truncate(count);
            let kept = self.moments.partition_point(|at| (*at as usize) < count);
            self.moments.truncate(kept);
            self.cache().truncate(count);
        }
    }

    /// How many steps there are before the moment with a number and all later ones.
    #[must_use]
    pub fn before_number(&self, number: u64) -> usize {
        let place = self.moments.partition_point(|at| {
            let stamp = self.steps.get(*at as usize).and_then(|step| step.stamp);
            stamp.is_some_and(|stamp| stamp.number < number)
        });
        self.moments.get(place).map_or(self.steps.len(), |at| *at as usize)
    }

    /// Says what is known of all moments.
    pub fn set_table(&mut self, table: MomentTable, forgotten: Option<(u64, i64)>) {
        self.table = table;
        self.forgotten = forgotten;
    }

    /// The place of the step that made a moment.
    #[must_use]
    pub fn place_of(&self, number: u64) -> Option<usize> {
        let place = self.before_number(number);
        let stamp = self.steps.get(place)?.stamp?;
        (stamp.number == number).then_some(place)
    }

    /// The moment with a number.
    #[must_use]
    pub fn stamp(&self, number: u64) -> Option<Stamp> {
        self.steps.get(self.place_of(number)?)?.stamp
    }

    /// The newest moment of the branch that goes on.
    #[must_use]
    pub fn tip(&self) -> Option<Stamp> {
        let (_, number) = self.table.branches.get(self.table.present)?;
        self.stamp(*number)
    }

    /// The moments of the branch that goes on, newest first.
    pub fn line(&self) -> impl Iterator<Item = Stamp> {
        std::iter::successors(self.tip(), |stamp| self.stamp(stamp.before?))
    }

    /// The moment with a number; if it is not there, what is.
    ///
    /// # Errors
    /// It is not there.
    pub fn numbered(&self, number: u64) -> Result<Stamp, PastError> {
        self.stamp(number).ok_or_else(|| {
            let last = self.stamps().next_back().map(|last| last.number);
            PastError(match (self.forgotten, last) {
                (Some((until, _)), _) if number <= until => self.forgotten_text(number),
                (_, None) => "no moment is kept here: nothing was done yet".to_owned(),
                (_, Some(last)) if number > last => {
                    format!("there is no moment {number} yet: the newest is {last}")
                }
                (_, Some(_)) => format!("there is no moment {number}"),
            })
        })
    }

    fn forgotten_text(&self, number: u64) -> String {
        let since = match self.stamps().next() {
            Some(first) => {
                format!(
                    "moment {}, {}, is the first that is kept",
                    first.number,
                    time_text(first.time)
                )
            }
            None => "no moment is kept any more".to_owned(),
        };
        format!("moment {number} was forgotten: {since}")
    }

    /// The last moment of the branch that goes on at or before a time.
    ///
    /// # Errors
    /// None is so old.
    pub fn at_time(&self, time: i64) -> Result<Stamp, PastError> {
        let mut first = None;
        for stamp in self.line() {
            if stamp.time <= time {
                return Ok(stamp);
            }
            first = Some(stamp);
        }
        let (time, first) = (time_text(time), first.map(|it| (it.number, time_text(it.time))));
        Err(PastError(match (first, self.forgotten) {
            (Some((number, begin)), None) => {
                format!("no moment is as old as {time}: the first is {number}, at {begin}")
            }
            (Some((number, begin)), Some(_)) => format!(
                "what was at {time} was forgotten: moment {number}, {begin}, is the first that is kept"
            ),
            (None, _) => "no moment is kept here: nothing was done yet".to_owned(),
        }))
    }

    /// What was at a step; before the first, nothing.
    ///
    /// # Errors
    /// Its bytes cannot be read.
    pub fn known(&self, place: Option<usize>) -> Result<Known, PastError> {
        self.cache().known(place, &self.steps, self.source.as_deref())
    }

    /// The value of a name at a step, as it is stored, if it had one.
    ///
    /// # Errors
    /// The bytes of a step cannot be read.
    pub(crate) fn value_at(
        &self,
        place: usize,
        name: &str,
    ) -> Result<Option<Arc<[u8]>>, PastError> {
        self.cache().value(place, name, &self.steps, self.source.as_deref())
    }

    /// The newest moments of all branches and nothing of their data: enough for a program that does not
    /// look at them.
    #[must_use]
    pub fn tips(&self) -> Self {
        let mut tips = Self::default();
        let mut numbers: Vec<u64> = self.table.branches.iter().map(|(_, tip)| *tip).collect();
        numbers.sort_unstable();
        for stamp in numbers.into_iter().filter_map(|number| self.stamp(number)) {
            let stamp = Some(Stamp { before: None, ..stamp });
            tips.push(Step { stamp, is_whole: true, place: Place::Held(Arc::default()) });
        }
        tips.set_table(self.table.clone(), self.forgotten);
        tips
    }

    /// What was known when a moment was the newest.
    #[must_use]
    pub fn seen_from(&self, newest: Stamp) -> Self {
        let number = newest.number;
        let line = |tip| {
            std::iter::successors(self.stamp(tip), |stamp| self.stamp(stamp.before?))
                .take_while(|stamp| stamp.number >= number)
        };
        let mut own = None;
        let mut branches = Vec::new();
        for (name, tip) in &self.table.branches {
            if *tip < number {
                branches.push((name.clone(), *tip));
            } else if own.is_none() && line(*tip).any(|stamp| stamp.number == number) {
                own = Some(branches.len());
                branches.push((name.clone(), number));
            }
        }
        let mut names = self.table.names.clone();
        names.retain(|_, named| *named <= number);
        let present = own.unwrap_or(0);
        let mut past = self.clone();
        past.truncate(self.place_of(number).map_or(0, |place| place + 1));
        past.set_table(MomentTable { next: number + 1, branches, present, names }, self.forgotten);
        past
    }

    /// What is at its end.
    ///
    /// # Errors
    /// Its bytes cannot be read.
    pub fn state(&self) -> Result<State, PastError> {
        self.state_at(self.steps.len().checked_sub(1))
    }

    /// What was at a step, as a program begins with it.
    ///
    /// # Errors
    /// Its bytes cannot be read.
    pub fn state_at(&self, place: Option<usize>) -> Result<State, PastError> {
        self.known(place)?.state()
    }

    /// The bytes of a step.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn bytes(&self, step: &Step) -> Result<Arc<[u8]>, PastError> {
        self.cache().bytes(step, self.source.as_deref())
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        // What is in it follows from the steps, whoever was at work on it.
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// As a program begins with it.
    ///
    /// # Errors
    /// A value is none.
    pub fn state(&self) -> Result<State, PastError> {
        let wrong = |_| PastError("a value on the tape is none".to_owned());
        let names = self.names.iter().map(|(name, typed)| {
            let (of, value) = typed_from_bytes(typed).map_err(wrong)?;
            Ok(KeptName { name: name.clone(), of, value })
        });
        let names = names.collect::<Result<Vec<_>, PastError>>()?;
        Ok(State::from_part(&self.part, names))
    }
}
