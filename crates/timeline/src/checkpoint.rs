//! Checkpoints of one branch, and which of them may go when memory is short.

use machine::Tick;

/// A snapshot and the tick it was taken at.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint<S> {
    pub(crate) tick: Tick,
    pub(crate) snapshot: S,
    /// A stepping stone laid while going back; the first to go.
    pub(crate) is_stone: bool,
    /// Whether there is nothing to pack in it: not since it was restored, or its neighbours went.
    is_packed: bool,
}

impl<S> Checkpoint<S> {
    pub(crate) const fn new(tick: Tick, snapshot: S) -> Self {
        Self { tick, snapshot, is_stone: false, is_packed: false }
    }

    pub(crate) const fn stone(tick: Tick, snapshot: S) -> Self {
        Self { tick, snapshot, is_stone: true, is_packed: false }
    }
}

/// Checkpoints in the order of their ticks.
#[derive(Debug)]
pub(crate) struct Checkpoints<S> {
    list: Vec<Checkpoint<S>>,
}

impl<S> Default for Checkpoints<S> {
    fn default() -> Self {
        Self { list: Vec::new() }
    }
}

impl<S> Checkpoints<S> {
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds a checkpoint unless there is one at its tick; says whether it was added.
    pub(crate) fn insert(&mut self, checkpoint: Checkpoint<S>) -> bool {
        match self.list.binary_search_by_key(&checkpoint.tick, |kept| kept.tick) {
            Ok(index) => {
                self.list[index].is_stone &= checkpoint.is_stone;
                false
            }
            Err(index) => {
                self.list.insert(index, checkpoint);
                true
            }
        }
    }

    /// Has the oldest packed that is not, but for stepping stones and the newest, which the machine goes
    /// on from; says whether there was one.
    pub(crate) fn pack_oldest(&mut self, pack: impl Fn(&mut S)) -> bool {
        let count = self.list.len().saturating_sub(1);
        let mut list = self.list[..count].iter_mut();
        let oldest = list.find(|kept| !kept.is_packed && !kept.is_stone);
        if let Some(kept) = oldest {
            pack(&mut kept.snapshot);
            kept.is_packed = true;
            return true;
        }
        false
    }

    /// The one at a tick, or the one after it, may be looked at or have lost its neighbour.
    pub(crate) fn disturb(&mut self, tick: Tick) {
        let after = self.list.partition_point(|kept| kept.tick < tick);
        for kept in self.list.iter_mut().skip(after.saturating_sub(1)).take(2) {
            kept.is_packed = false;
        }
    }

    /// The last one at or before `tick`.
    pub(crate) fn at_or_before(&self, tick: Tick) -> Option<&Checkpoint<S>> {
        let after = self.list.partition_point(|kept| kept.tick <= tick);
        self.list[..after].last()
    }

    /// The last one before `tick`.
    pub(crate) fn before(&self, tick: Tick) -> Option<&Checkpoint<S>> {
        let after = self.list.partition_point(|kept| kept.tick < tick);
        self.list[..after].last()
    }

    /// The first after `tick` that is no stepping stone.
    pub(crate) fn after(&self, tick: Tick) -> Option<Tick> {
        let after = self.list.partition_point(|kept| kept.tick <= tick);
        self.list[after..].iter().find(|kept| !kept.is_stone).map(|kept| kept.tick)
    }

    /// The interval between checkpoints before the one that holds `tick`: its beginning, its newest
    /// stepping stone or else its beginning again, and its end.
    pub(crate) fn interval_before(&self, tick: Tick) -> Option<(Tick, Tick, Tick)> {
        let after = self.list.partition_point(|kept| kept.tick <= tick);
        let end = self.list[..after].iter().rposition(|kept| !kept.is_stone)?;
        let before = &self.list[..end];
        let begin = before.iter().rfind(|kept| !kept.is_stone)?;
        Some((begin.tick, before.last()?.tick, self.list[end].tick))
    }

    /// The ticks from `from` up to but not including `to`.
    pub(crate) fn ticks(&self, from: Tick, to: Tick) -> impl Iterator<Item = Tick> {
        let first = self.list.partition_point(|kept| kept.tick < from);
        self.list[first..].iter().map(|kept| kept.tick).take_while(move |tick| *tick < to)
    }

    /// Drops those before a tick.
    pub(crate) fn drop_before(&mut self, begin: Tick) {
        self.list.retain(|kept| kept.tick >= begin);
    }

    pub(crate) fn remove_stone(&mut self, tick: Tick) {
        if let Ok(index) = self.list.binary_search_by_key(&tick, |kept| kept.tick)
            && self.list[index].is_stone
        {
            self.list.remove(index);
            self.disturb(tick);
        }
    }

    /// The gap that is left without the checkpoint, and its tick, that would leave the smallest; no
    /// stepping stone, and not the first of a kept beginning. `ends` are those of the branch.
    pub(crate) fn least(&self, ends: (Tick, Tick), keeps_first: bool) -> Option<(u64, Tick)> {
        let first = usize::from(keeps_first);
        let numbered = self.list.iter().enumerate().skip(first);
        let gaps = numbered.filter(|(_, kept)| !kept.is_stone).map(|(index, kept)| {
            let tick = |index: Option<usize>| Some(self.list.get(index?)?.tick);
            let before = tick(index.checked_sub(1)).unwrap_or(ends.0);
            let after = tick(index.checked_add(1)).unwrap_or(ends.1);
            (gap(before, after), kept.tick)
        });
        gaps.min()
    }

    /// Drops the one at a tick.
    pub(crate) fn remove(&mut self, tick: Tick) {
        self.list.retain(|kept| kept.tick != tick);
        self.disturb(tick);
    }

    /// Drops those strictly between the two ticks, the first of a kept beginning excepted.
    pub(crate) fn compact(&mut self, from: Tick, to: Tick, keeps_first: bool) {
        let mut index = 0;
        self.list.retain(|kept| {
            index += 1;
            (keeps_first && index == 1) || kept.tick <= from || kept.tick >= to
        });
    }

    /// Drops those without which no gap of the branch from `begin` to `end` is wider than
    /// `distance`; the first stays where it is the beginning.
    pub(crate) fn thin(&mut self, begin: Tick, end: Tick, keeps_first: bool, distance: u64) {
        let ticks: Vec<Tick> = self.list.iter().map(|kept| kept.tick).collect();
        let (mut index, mut before) = (0, begin);
        self.list.retain(|kept| {
            index += 1;
            let next = ticks.get(index).copied().unwrap_or(end);
            let is_kept = (keeps_first && index == 1) || gap(before, next) > distance;
            if is_kept {
                before = kept.tick;
            }
            is_kept
        });
        if self.list.len() < ticks.len() {
            self.list.iter_mut().for_each(|kept| kept.is_packed = false);
        }
    }

    /// Lets the newest ones grow sparse with age: at an age of `a` safepoints, gaps up to half of
    /// that are wide enough, but none need be narrower than `near` or may be wider than `far`.
    pub(crate) fn age(&mut self, end: Tick, near: u64, far: u64) {
        if far <= near {
            return;
        }
        let mut index = self.list.len().saturating_sub(1);
        while index > 1 {
            index -= 1;
            let age = gap(self.list[index].tick, end);
            if gap(self.list[index - 1].tick, self.list[index + 1].tick)
                <= (age / 2).clamp(near, far)
            {
                let tick = self.list.remove(index).tick;
                self.disturb(tick);
            }
            if age > far.saturating_mul(3) {
                return;
            }
        }
    }
}

/// Safepoints from one tick to a later one.
pub(crate) fn gap(from: Tick, to: Tick) -> u64 {
    to.safepoints.saturating_sub(from.safepoints)
}
