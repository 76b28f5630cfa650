//! Moments from before the program began: of earlier runs on the same tape, and of earlier lines of a
//! session. Whoever began the program has their data, and gives them when they are asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use relational::{Type, Value};
use tape::TapePart;

use super::{Branch, Moment, MomentTable, Moments};

/// What is known of a moment beside its data.
#[derive(Clone, Copy, Debug)]
pub struct EarlierMoment {
    /// Its number.
    pub number: u64,
    /// Nanoseconds since 1970.
    pub time: i64,
    /// The number of the one before it.
    pub before: Option<u64>,
}

/// The data of a moment as the program sees them.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Relations, and whatever code keeps beside them; names have no values yet.
    pub data: TapePart,
    /// Where names are, with their values, if they had some.
    pub names: Vec<(i64, Option<(Type, Value)>)>,
    /// Where names are whose values are not kept: they are what they are now.
    pub present: Vec<i64>,
}

/// The moments from before a program began.
pub trait Earlier: fmt::Debug + Send + Sync {
    /// What is known of all moments beside their data.
    fn table(&self) -> &MomentTable;

    /// The moments, by their numbers.
    fn moments(&self) -> Vec<EarlierMoment>;

    /// The newest that was forgotten, with its time.
    fn forgotten(&self) -> Option<(u64, i64)>;

    /// The data of a moment.
    ///
    /// # Errors
    /// They cannot be read, or the program cannot see them; why is said.
    fn data(&self, number: u64) -> Result<Arc<Seen>, String>;

    /// The store of a moment as it was then, whatever the program knows of its relations.
    ///
    /// # Errors
    /// It cannot be read.
    fn store(&self, number: u64) -> Result<TapePart, String>;

    /// The value of the name at a position, if it had one.
    ///
    /// # Errors
    /// It cannot be read, or is no value of the name any more.
    fn value(&self, number: u64, at: i64) -> Result<Option<(Type, Value)>, String>;
}

impl Moments {
    /// Before the first moment of a program that others came before.
    pub(crate) fn after(earlier: Arc<dyn Earlier>) -> Self {
        let mut known: BTreeMap<u64, Moment> = BTreeMap::new();
        for EarlierMoment { number, time, before } in earlier.moments() {
            let before = before.and_then(|before| known.get(&before).cloned());
            known.insert(number, Moment::earlier(number, time, before));
        }
        let MomentTable { next, branches, present, names } = earlier.table().clone();
        let goes_on = branches.get(present).map(|(name, _)| name.clone());
        let branch = |(name, tip): (String, u64)| {
            known.get(&tip).map(|tip| Branch { name, tip: tip.clone() })
        };
        let branches: Vec<Branch> = branches.into_iter().filter_map(branch).collect();
        let present = branches.iter().position(|branch| Some(&branch.name) == goes_on.as_ref());
        let first = known.keys().next().copied().unwrap_or(next);
        let (present, looks) = (present.unwrap_or(0), Vec::new());
        Self { next, first, branches, present, names, looks, earlier: Some(earlier) }
    }

    /// The moments from before the program began, by their numbers.
    pub(crate) fn earlier_ones(&self) -> BTreeMap<u64, Moment> {
        let mut known = BTreeMap::new();
        for branch in &self.branches {
            let line = std::iter::successors(Some(&branch.tip), |moment| moment.before());
            for moment in line.filter(|moment| moment.kept().is_none()) {
                if known.insert(moment.number(), moment.clone()).is_some() {
                    break;
                }
            }
        }
        known
    }
}
