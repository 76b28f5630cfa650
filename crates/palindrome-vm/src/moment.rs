//! Moments: what the data of a program were at the end of each of its transactions. `MOMENT`, `LOOK`,
//! `PRESENT`, `REWIND_TO`, `SWITCH`, `NAME_MOMENT`; decision 0021.
//!
//! Data are what lies in [`STATE`]: the names of the top level and the relations. A moment keeps that
//! stretch and nothing else, so looking at one leaves stack, frames and heap as they are. Moments
//! form a tree, each knowing the one before it; with the jumps of E. Myers, "An applicative
//! random-access stack", IPL 17 (1983), any earlier one is found in a logarithm of steps, though a
//! table is never copied.

mod earlier;
mod line;
mod portable;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use tape::TapePart;
use xxhash_rust::xxh3::Xxh3;

use crate::exec::Flow;
use crate::layout::STATE;
use crate::runtime::{Call, time_text};
use crate::trap::Trap;
use crate::vm::Vm;
pub use earlier::{Earlier, EarlierMoment, Seen};
pub(crate) use line::Moment;
pub(crate) use portable::{KnownMoments, WrittenMoments, difference, patched};
pub use table::{KeptMoment, MomentTable, store_difference, store_patched};

/// Moments that a program can make at most.
pub const MOMENTS_MAX: u64 = 1 << 24;
/// Branches at most.
pub const BRANCHES_MAX: usize = 1 << 12;
/// Looks at the past inside of each other at most.
pub const LOOKS_MAX: usize = 1 << 10;
/// What the first branch is called.
const FIRST_BRANCH: &str = "main";

/// All moments of a program, and where it is among them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moments {
    /// The number of the present moment, which is kept when its transaction ends.
    next: u64,
    /// Oldest first.
    branches: Vec<Branch>,
    /// Which branch goes on.
    present: usize,
    /// Moments by the names that a program gave them.
    names: BTreeMap<String, u64>,
    /// Looks at the past that have begun, outermost first.
    looks: Vec<Look>,
    /// The number of the first moment that is known.
    first: u64,
    /// Those from before the program began.
    earlier: Option<Arc<dyn Earlier>>,
}

/// One of several futures of the same past.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) name: String,
    pub(crate) tip: Moment,
}

/// A look at a moment.
#[derive(Clone, Debug)]
struct Look {
    number: u64,
    /// What is put back at its end.
    around: TapePart,
}

/// A moment that was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// The one that is still under way.
    Present,
    /// One that was kept.
    Past(Moment),
}

impl Moments {
    /// The number of the moment that is looked at, or else of the present one.
    pub(crate) fn now(&self) -> u64 {
        self.looks.last().map_or(self.next, |look| look.number)
    }

    /// The newest of the moments that are not after [`Moments::now`].
    pub(crate) fn here(&self) -> Option<Moment> {
        match self.find(self.now()) {
            Some(Found::Past(moment)) => Some(moment),
            Some(Found::Present) | None => self.tip().cloned(),
        }
    }

    /// The moment before a later one of the same past.
    pub(crate) fn before(&self, number: u64) -> Option<Moment> {
        match self.find(number)? {
            Found::Past(moment) => moment.before().cloned(),
            Found::Present => self.tip().cloned(),
        }
    }

    pub(crate) fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The moment with a number: one of the present past first, then of other branches.
    pub(crate) fn find(&self, number: u64) -> Option<Found> {
        if number == self.next {
            return Some(Found::Present);
        }
        let here = self.tip().into_iter();
        let mut tips = here.chain(self.branches.iter().map(|branch| &branch.tip));
        tips.find_map(|tip| tip.with_number(number)).map(Found::Past)
    }

    /// The newest moment of the branch that goes on.
    pub(crate) fn tip(&self) -> Option<&Moment> {
        self.branches.get(self.present).map(|branch| &branch.tip)
    }

    /// What is under way, while a moment is looked at.
    pub(crate) fn put_aside(&self) -> Option<&TapePart> {
        self.looks.first().map(|look| &look.around)
    }

    /// Those from before the program began.
    pub(crate) fn earlier(&self) -> Option<&Arc<dyn Earlier>> {
        self.earlier.as_ref()
    }

    /// The number of the moment with a name.
    pub(crate) fn named(&self, name: &str) -> Option<u64> {
        self.names.get(name).copied()
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Bytes that the moments take beside the pages that they keep.
    pub(crate) fn memory(&self) -> usize {
        let count = usize::try_from(self.next - self.first);
        count.unwrap_or(usize::MAX).saturating_mul(Moment::COST)
    }

    /// A digest; nothing for a program without moments.
    pub(crate) fn digest(&self) -> Option<u64> {
        if self.next == 0 && self.names.is_empty() && self.looks.is_empty() {
            return None;
        }
        let mut hasher = Xxh3::new();
        let mut word = |word: u64| hasher.update(&word.to_le_bytes());
        word(self.next);
        word(self.present as u64);
        for branch in &self.branches {
            word(xxhash_rust::xxh3::xxh3_64(branch.name.as_bytes()));
            word(branch.tip.digest());
        }
        for (name, number) in &self.names {
            word(xxhash_rust::xxh3::xxh3_64(name.as_bytes()));
            word(*number);
        }
        for look in &self.looks {
            word(look.number);
            word(look.around.content_hash());
        }
        Some(hasher.digest())
    }

    /// Adds a moment with the state to the branch that goes on.
    fn keep(&mut self, time: i64, state: TapePart) {
        let before = self.tip().cloned();
        // A clock that was set back does not bring moments out of their order.
        let time = before.as_ref().map_or(time, |before| time.max(before.time()));
        let tip = Moment::new(self.next, time, state, before);
        match self.branches.get_mut(self.present) {
            Some(branch) => branch.tip = tip,
            None => self.branches.push(Branch { name: FIRST_BRANCH.to_owned(), tip }),
        }
        self.next += 1;
    }

    /// Adds a branch whose only moment of its own, behind one that was kept before, has the state.
    fn keep_branch(&mut self, name: String, state: TapePart, before: Option<Moment>) {
        let time = self.tip().map_or(0, Moment::time);
        let tip = Moment::new(self.next, time, state, before);
        self.branches.push(Branch { name, tip });
        self.next += 1;
    }

    /// Begins a branch behind a moment, unless that is the newest one of the present branch.
    fn branch_off(&mut self, moment: Moment) -> Result<(), Trap> {
        if self.tip().is_some_and(|tip| tip.number() == moment.number()) {
            return Ok(());
        }
        if self.branches.len() >= BRANCHES_MAX {
            return Err(wrong(format!("there are {BRANCHES_MAX} branches; no more can begin")));
        }
        let name = |count| format!("{FIRST_BRANCH}{count}");
        let is_free = |name: &String| !self.branches.iter().any(|branch| branch.name == *name);
        let found = (self.branches.len() + 1..).map(name).find(is_free);
        self.present = self.branches.len();
        self.branches.push(Branch { name: found.unwrap_or_default(), tip: moment });
        Ok(())
    }
}

/// A fault about moments.
pub(crate) fn wrong(reason: String) -> Trap {
    Trap::Moment { reason }
}

impl Vm {
    /// Ends a transaction: what the data are now is kept, with the time that the World says.
    pub(crate) fn keep_moment(&mut self, time: i64) -> Result<Flow, Trap> {
        let moments = &self.core.cold.moments;
        if moments.next - moments.first >= MOMENTS_MAX {
            return Err(wrong(format!("there are {MOMENTS_MAX} moments; no more can be kept")));
        }
        let branches = self.core.cold.worlds.branches();
        let (count, known) = (branches.len(), moments.branches.len());
        if known.max(1) + count > BRANCHES_MAX {
            return Err(wrong(format!("there are {BRANCHES_MAX} branches; no more can begin")));
        }
        self.save_state();
        let state = self.tape.part(STATE);
        let moments = self.moments_mut();
        let before = moments.tip().cloned();
        moments.keep(time, state);
        if count > 0 {
            for (name, state) in self.worlds_mut().take_branches() {
                self.moments_mut().keep_branch(name, state, before.clone());
            }
        }
        Ok(Flow::Next)
    }

    /// Puts the data of a moment in the place of the present ones, until [`Vm::leave_look`].
    pub(crate) fn look(&mut self, number: i64) -> Result<Flow, Trap> {
        let moments = &self.core.cold.moments;
        if moments.looks.len() >= LOOKS_MAX {
            return Err(wrong(format!("{LOOKS_MAX} looks at the past inside of each other")));
        }
        let (number, found) = moments.resolve(number)?;
        // What is under way is what the outermost look put aside, if there is one.
        let aside = moments.put_aside().cloned();
        let around = self.tape.part(STATE);
        let state = match found {
            Found::Past(moment) => Some(self.saved_data(&moment)?),
            Found::Present => {
                self.save_tape();
                aside
            }
        };
        if let Some(state) = state {
            self.put_data(&state);
        }
        self.moments_mut().looks.push(Look { number, around });
        Ok(Flow::Next)
    }

    /// Ends the innermost look.
    pub(crate) fn leave_look(&mut self) -> Result<Flow, Trap> {
        let look = self.core.cold.moments.looks.last().cloned();
        let look = look.ok_or_else(|| wrong("no look at the past has begun".to_owned()))?;
        self.save_tape();
        self.put_data(&look.around);
        self.moments_mut().looks.pop();
        Ok(Flow::Next)
    }

    /// Makes the data of a moment the present ones. If others came after it, they stay on their
    /// branch, and another one begins.
    pub(crate) fn rewind_to(&mut self, number: i64) -> Result<Flow, Trap> {
        self.not_in_world("go back to a moment")?;
        let moments = &self.core.cold.moments;
        let Found::Past(moment) = moments.resolve(number)?.1 else {
            self.save_state();
            return Ok(Flow::Next);
        };
        let mut moments = Moments::clone(moments);
        moments.branch_off(moment.clone())?;
        let state = self.saved_data(&moment)?;
        self.put_data(&state);
        *self.moments_mut() = moments;
        Ok(Flow::Next)
    }

    /// Goes on where a branch ends.
    pub(crate) fn switch(&mut self, name: &str) -> Result<Flow, Trap> {
        self.not_in_world("go to a branch")?;
        let moments = &self.core.cold.moments;
        let found = moments.branches.iter().position(|branch| branch.name == name);
        let index = found.ok_or_else(|| {
            let names: Vec<_> = moments.branches.iter().map(|it| it.name.as_str()).collect();
            let is_new = self.core.cold.worlds.branches().iter().any(|(new, _)| new == name);
            let (there, names) = (format!("there is no branch `{name}`"), names.join("`, `"));
            wrong(match (is_new, names.is_empty()) {
                (true, _) => format!("{there} yet: it begins when this transaction has ended"),
                (false, true) => format!("{there}: none has begun"),
                (false, false) => format!("{there}; there is `{names}`"),
            })
        })?;
        if index == moments.present {
            self.save_state();
            return Ok(Flow::Next);
        }
        let tip = moments.branches[index].tip.clone();
        let state = self.saved_data(&tip)?;
        self.put_data(&state);
        self.moments_mut().present = index;
        Ok(Flow::Next)
    }

    /// Gives the present moment a name.
    pub(crate) fn name_moment(&mut self, name: &str) -> Result<Flow, Trap> {
        self.not_in_world("give a moment a name")?;
        self.save_state();
        let moments = self.moments_mut();
        moments.names.insert(name.to_owned(), moments.next);
        Ok(Flow::Next)
    }

    /// Logs the state, and gives the data of a moment. Of one from before the program began, the values of
    /// names are placed on the heap; if that fails, all is as before.
    fn saved_data(&mut self, moment: &Moment) -> Result<TapePart, Trap> {
        if let Some(state) = moment.kept() {
            self.save_tape();
            return Ok(state.clone());
        }
        let before = self.tape.snapshot();
        match Call::outside(self).data_of(moment) {
            Ok(state) => {
                self.save_tape_as(before);
                Ok(state)
            }
            Err(trap) => {
                self.tape.restore(&before);
                Err(trap)
            }
        }
    }

    /// Lets a machine that has not run begin after moments that others have made.
    pub fn begin_after(&mut self, earlier: Arc<dyn Earlier>) {
        self.cold_mut().moments = Arc::new(Moments::after(earlier));
    }

    pub(crate) fn put_data(&mut self, state: &TapePart) {
        self.tape.put_part(state);
        // Pages may be as they were long ago, which hides that they were written.
        self.core.rewinds += 1;
    }

    fn moments_mut(&mut self) -> &mut Moments {
        Arc::make_mut(&mut self.cold_mut().moments)
    }
}

impl Moments {
    /// The moment with a number that a program says.
    pub(crate) fn resolve(&self, number: i64) -> Result<(u64, Found), Trap> {
        let known = u64::try_from(number).ok();
        let found = known.and_then(|number| Some((number, self.find(number)?)));
        let forgotten = self.forgotten().filter(|until| known.is_some_and(|it| it <= *until));
        found.ok_or_else(|| match self.tip() {
            _ if forgotten.is_some() => {
                wrong(format!("moment {number} was forgotten{}", self.first_text()))
            }
            _ if number > self.next.cast_signed() => {
                wrong(format!("there is no moment {number} yet: the present one is {}", self.next))
            }
            None => wrong("there is no earlier moment: this is the first one".to_owned()),
            Some(_) => wrong(format!("there is no moment {number}")),
        })
    }

    /// The newest moment that is known no more.
    fn forgotten(&self) -> Option<u64> {
        self.earlier.as_ref()?.forgotten().map(|(number, _)| number)
    }

    /// Which moment is the first that is kept, to be put behind what is not there.
    fn first_text(&self) -> String {
        let first = self.tip().and_then(|tip| tip.at_place(0));
        first.map_or_else(String::new, |first| {
            let (number, time) = (first.number(), time_text(first.time()));
            format!(": moment {number}, {time}, is the first that is kept")
        })
    }

    /// The moment so many places after another one, or before it if below 0.
    pub(crate) fn moved(&self, number: i64, by: i64) -> Result<u64, Trap> {
        let (from, found) = self.resolve(number)?;
        let (place, own) = match found {
            Found::Present => (self.tip().map_or(0, |tip| tip.place() + 1), self.tip().cloned()),
            Found::Past(moment) => (moment.place(), Some(moment)),
        };
        let early = || {
            let by = by.unsigned_abs();
            let place = if place == 1 { "1 moment".to_owned() } else { format!("{place} moments") };
            let kept =
                if self.forgotten().is_some() { ", as older ones were forgotten" } else { "" };
            wrong(format!(
                "there is none {by} before moment {from}: it has {place} before it{kept}"
            ))
        };
        if by == 0 {
            return Ok(from);
        }
        let wanted = place.checked_add_signed(by).ok_or_else(early)?;
        if by < 0 {
            let found = own.and_then(|own| own.at_place(wanted));
            return found.map(|found| found.number()).ok_or_else(early);
        }
        // Later on the present branch, or else on the first on which the moment is.
        let here = self.tip().into_iter();
        let mut tips = here.chain(self.branches.iter().map(|branch| &branch.tip));
        let is_on = |tip: &&Moment| tip.with_number(from).is_some();
        let tip = tips.find(is_on);
        if self.tip().map(Moment::number) == tip.map(Moment::number)
            && wanted == self.tip().map_or(0, |tip| tip.place() + 1)
        {
            return Ok(self.next);
        }
        let found = tip.and_then(|tip| tip.at_place(wanted));
        found
            .map(|found| found.number())
            .ok_or_else(|| wrong(format!("there are not {by} moments after moment {from}")))
    }

    /// How many moments lie between two, counting the later one.
    pub(crate) fn between(&self, later: i64, earlier: i64) -> Result<i64, Trap> {
        let place = |number| {
            Ok::<_, Trap>(match self.resolve(number)?.1 {
                Found::Present => self.tip().map_or(0, |tip| tip.place() + 1),
                Found::Past(moment) => moment.place(),
            })
        };
        Ok(place(later)?.cast_signed() - place(earlier)?.cast_signed())
    }

    /// The last moment at or before a time.
    pub(crate) fn at_time(&self, time: i64) -> Result<u64, Trap> {
        let tip = self.here();
        let found = tip.as_ref().and_then(|tip| tip.latest(|moment| moment.time() <= time));
        found.map(|moment| moment.number()).ok_or_else(|| match tip {
            None => wrong("there is no earlier moment: this is the first one".to_owned()),
            Some(tip) => {
                let first = tip.at_place(0).unwrap_or_else(|| tip.clone());
                let (number, begin) = (first.number(), time_text(first.time()));
                let time = time_text(time);
                if self.forgotten().is_some() {
                    let kept = format!("moment {number}, {begin}, is the first that is kept");
                    return wrong(format!("what was at {time} was forgotten: {kept}"));
                }
                wrong(format!("no moment is as old as {time}: the first is {number}, at {begin}"))
            }
        })
    }
}
