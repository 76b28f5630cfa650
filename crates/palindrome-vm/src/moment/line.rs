//! One moment after the other: the way from any to those before it.

use std::sync::{Arc, OnceLock};

use tape::TapePart;
use xxhash_rust::xxh3::xxh3_64;

/// What data were at the end of a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Moment(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    number: u64,
    /// Nanoseconds since 1970, as the World said.
    time: i64,
    /// How many moments lie before it.
    place: u64,
    /// None for those from before the program began, whose data others have.
    state: Option<TapePart>,
    before: Option<Moment>,
    /// One further before.
    jump: Option<Moment>,
    digest: OnceLock<u64>,
}

impl Moment {
    /// Bytes of one beside its pages.
    pub(crate) const COST: usize = size_of::<Inner>() + 2 * size_of::<usize>();

    pub(crate) fn new(number: u64, time: i64, state: TapePart, before: Option<Self>) -> Self {
        Self::with(number, time, Some(state), before)
    }

    /// One from before the program began.
    pub(super) fn earlier(number: u64, time: i64, before: Option<Self>) -> Self {
        Self::with(number, time, None, before)
    }

    fn with(number: u64, time: i64, state: Option<TapePart>, before: Option<Self>) -> Self {
        let place = before.as_ref().map_or(0, |before| before.place() + 1);
        let jump = before.as_ref().map(|before| {
            let Some(one) = &before.0.jump else { return before.clone() };
            match &one.0.jump {
                Some(two) if before.place() - one.place() == one.place() - two.place() => {
                    two.clone()
                }
                Some(_) | None => before.clone(),
            }
        });
        let digest = OnceLock::new();
        Self(Arc::new(Inner { number, time, place, state, before, jump, digest }))
    }

    /// Whether it is the same moment as another one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn number(&self) -> u64 {
        self.0.number
    }

    pub(crate) fn time(&self) -> i64 {
        self.0.time
    }

    pub(crate) fn place(&self) -> u64 {
        self.0.place
    }

    /// The data, if the program has kept them itself.
    pub(crate) fn kept(&self) -> Option<&TapePart> {
        self.0.state.as_ref()
    }

    pub(crate) fn before(&self) -> Option<&Self> {
        self.0.before.as_ref()
    }

    /// The latest of this one and those before it for which something holds that holds for all
    /// before it, too.
    pub(crate) fn latest(&self, holds: impl Fn(&Self) -> bool) -> Option<Self> {
        let mut at = self;
        while !holds(at) {
            at = match &at.0.jump {
                Some(jump) if !holds(jump) => jump,
                Some(_) | None => at.before()?,
            };
        }
        Some(at.clone())
    }

    /// This one or one before it, by its number.
    pub(crate) fn with_number(&self, number: u64) -> Option<Self> {
        self.latest(|moment| moment.number() <= number).filter(|found| found.number() == number)
    }

    /// This one or one before it, by how many lie before it.
    pub(crate) fn at_place(&self, place: u64) -> Option<Self> {
        self.latest(|moment| moment.place() <= place).filter(|found| found.place() == place)
    }

    /// A digest of this one and all before it, each of which is computed once.
    pub(crate) fn digest(&self) -> u64 {
        // From the first on, so that nothing recurses.
        let line = std::iter::successors(Some(self), |moment| moment.before());
        let mut is_over = false;
        let unknown = line.take_while(|moment| {
            let is_next = !is_over && moment.0.digest.get().is_none();
            is_over = moment.kept().is_none();
            is_next
        });
        let unknown: Vec<_> = unknown.collect();
        for moment in unknown.into_iter().rev() {
            let before = moment.before().and_then(|before| before.0.digest.get().copied());
            let Inner { number, time, state, .. } = &*moment.0;
            // What was before the program began does not change while it runs.
            let parts = match state {
                Some(state) => {
                    [before.unwrap_or(0), *number, time.cast_unsigned(), state.content_hash()]
                }
                None => [0, *number, time.cast_unsigned(), 0],
            };
            moment.0.digest.get_or_init(|| xxh3_64(parts.map(u64::to_le_bytes).as_flattened()));
        }
        self.0.digest.get().copied().unwrap_or(0)
    }
}

/// A line may be long, so it is not taken apart by recursion.
impl Drop for Inner {
    fn drop(&mut self) {
        let mut left: Vec<Moment> =
            self.jump.take().into_iter().chain(self.before.take()).collect();
        while let Some(next) = left.pop() {
            if let Some(mut inner) = Arc::into_inner(next.0) {
                left.extend(inner.jump.take());
                left.extend(inner.before.take());
            }
        }
    }
}

impl Moment {
    /// Those up to this one, in the order in which they were.
    pub(crate) fn line(&self) -> Vec<Self> {
        let line = std::iter::successors(Some(self), |moment| moment.before());
        let mut all: Vec<Self> = line.cloned().collect();
        all.reverse();
        all
    }
}
