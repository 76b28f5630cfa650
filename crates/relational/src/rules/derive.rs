//! Finding all facts that follow from rules: stratum by stratum, and within one in rounds, each of
//! which looks at what the round before found.
//!
//! After Bancilhon and Ramakrishnan, *An Amateur's Introduction to Recursive Query Processing
//! Strategies*, SIGMOD 1986 (semi-naive evaluation), and Apt, Blair and Walker, *Towards a Theory of
//! Declarative Knowledge*, 1988 (strata). How the parts of one rule are gone through is in `search`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::again::Change;
use super::facts::{FACTS_MAX, Facts, Id};
use super::search::{Found, Ready, Round, Slot};
use super::total::Totals;
use super::{Literal, Predicate, Program, Rule, RuleError, Source};
use crate::StoreError;
use crate::pages::{PageFault, Pages};
use crate::read::{Direction, Row};
use crate::store::Store;
use crate::value::Value;

/// So many facts are looked at between two looks whether to stop.
const STEPS: u32 = 1 << 12;

/// All facts of a program.
#[derive(Debug)]
pub struct Derived {
    pub(super) known: Known,
    pub(super) program: Program,
    /// How each predicate differs from what was derived before.
    pub(super) changes: Vec<Change>,
    pub(super) wants: bool,
}

impl Derived {
    /// Whether values are wanted that are computed elsewhere. Then only those predicates are complete
    /// that say which.
    #[must_use]
    pub const fn wants(&self) -> bool {
        self.wants
    }

    /// The program that the facts follow from.
    #[must_use]
    pub const fn program(&self) -> &Program {
        &self.program
    }

    /// How many facts all predicates have.
    #[must_use]
    pub fn count_all(&self) -> usize {
        self.known.facts.iter().map(|facts| facts.count).sum()
    }

    /// How many facts a predicate has.
    #[must_use]
    pub fn count(&self, predicate: Predicate) -> usize {
        self.known.facts.get(predicate).map_or(0, |facts| facts.count)
    }

    /// The facts of a predicate, in the order in which they were found: those of a relation by its
    /// keys, others as the rules and those give it.
    pub fn rows(&self, predicate: Predicate) -> impl Iterator<Item = Row> + '_ {
        let facts = self.known.facts.get(predicate);
        facts.into_iter().flat_map(move |facts| {
            (0..facts.count).map(move |place| self.known.row(facts.tuple(place)))
        })
    }
}

impl Store {
    /// All facts that follow from a program, of which at most `facts_max` may be derived.
    ///
    /// # Errors
    /// The program is unsound, too much follows from it, or pages failed. Nothing is ever changed.
    pub fn derive<P: Pages>(
        &mut self,
        pages: &P,
        program: &Program,
        facts_max: usize,
    ) -> Result<Derived, RuleError> {
        let mut widths = Vec::new();
        for (_, source) in &program.predicates {
            widths.push(match source {
                Source::Relation(id) => self.relation(pages, *id)?.fields().len(),
                Source::Rules(width) => *width,
            });
        }
        program.check(&widths)?;
        let strata = program.strata()?;
        let mut known = Known {
            ids: BTreeMap::new(),
            values: Vec::new(),
            facts: widths.into_iter().map(Facts::new).collect(),
            rounds: Vec::new(),
            left: facts_max.min(FACTS_MAX),
            max: facts_max,
            scratch: Vec::new(),
            stops: pages.stops(),
            steps: 0,
        };
        for (place, (_, source)) in program.predicates.iter().enumerate() {
            if let Source::Relation(id) = source {
                let mut rows = self.scan(pages, *id, Direction::Up)?;
                while let Some(row) = rows.next_row()? {
                    let tuple: Vec<_> = row.into_iter().map(|value| known.id(value)).collect();
                    known.facts[place].add(&tuple);
                }
            }
        }
        let mut wants = false;
        for stratum in 0..=strata.iter().copied().max().unwrap_or(0) {
            known.derive_stratum(program, &strata, stratum)?;
            wants = program.computed.iter().any(|it| known.facts[it.wanted].count > 0);
            if wants {
                break;
            }
        }
        let changes = vec![Change::Anew; program.predicates.len()];
        Ok(Derived { known, program: program.clone(), changes, wants })
    }
}

/// Facts, and the values that their numbers stand for.
#[derive(Debug)]
pub(super) struct Known {
    ids: BTreeMap<Value, Id>,
    pub(super) values: Vec<Value>,
    pub(super) facts: Vec<Facts>,
    /// How many facts each predicate had when each round began.
    pub(super) rounds: Vec<Vec<usize>>,
    pub(super) left: usize,
    pub(super) max: usize,
    pub(super) scratch: Vec<Id>,
    /// Whether to stop, with so many bytes of facts.
    pub(super) stops: fn(usize) -> bool,
    /// Facts that were looked at.
    steps: u32,
}

impl Known {
    pub(super) fn id(&mut self, value: Value) -> Id {
        // There are fewer values than facts times columns; see `FACTS_MAX`.
        let next = Id::try_from(self.values.len()).unwrap_or(Id::MAX);
        let values = &mut self.values;
        *self.ids.entry(value).or_insert_with_key(|value| {
            values.push(value.clone());
            next
        })
    }

    /// The number of a value that stands in some fact or rule.
    pub(super) fn known_id(&self, value: &Value) -> Option<Id> {
        self.ids.get(value).copied()
    }

    pub(super) fn row(&self, tuple: &[Id]) -> Row {
        tuple.iter().map(|id| self.values[*id as usize].clone()).collect()
    }

    pub(super) fn counts(&self) -> Vec<usize> {
        self.facts.iter().map(|facts| facts.count).collect()
    }

    pub(super) fn derive_stratum(
        &mut self,
        program: &Program,
        strata: &[usize],
        stratum: usize,
    ) -> Result<(), RuleError> {
        let is_here = |predicate: usize| program.is_in(strata, stratum, predicate);
        let rules = program.rules.iter().filter(|rule| is_here(rule.head.predicate));
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for rule in rules {
            let mut is_first = true;
            for (place, literal) in rule.body.iter().enumerate() {
                if let Literal::Holds(atom) = literal
                    && is_here(atom.predicate)
                {
                    later.push((rule, self.ready(&rule.body, Some(place), &[])));
                    // Nothing is known of it in the first round.
                    is_first = false;
                }
            }
            if is_first {
                first.push((rule, self.ready(&rule.body, None, &[])));
            }
        }
        let starts = self.counts();
        let round = Round { ends: starts.clone(), starts };
        self.rounds_of(&first, &later, round)
    }

    /// Applies some rules in a round, and others in further ones, as long as these find new facts.
    pub(super) fn rounds_of(
        &mut self,
        first: &[(&Rule, Ready)],
        later: &[(&Rule, Ready)],
        mut round: Round,
    ) -> Result<(), RuleError> {
        let mut rules = first;
        loop {
            self.rounds.push(round.ends.clone());
            for (rule, ready) in rules {
                if let Some(mut totals) = Totals::of(self, &rule.head) {
                    self.search(ready, &round, &mut ready.unbound(), &mut totals)?;
                    totals.finish(self, rule.head.predicate)?;
                } else {
                    let slots = self.slots(&rule.head);
                    let mut head = Head { predicate: rule.head.predicate, slots };
                    self.search(ready, &round, &mut ready.unbound(), &mut head)?;
                }
            }
            let ends = self.counts();
            if ends == round.ends {
                return Ok(());
            }
            round = Round { starts: round.ends, ends };
            rules = later;
        }
    }

    /// Notes that a fact was looked at.
    #[inline]
    pub(super) fn step(&mut self) -> Result<(), RuleError> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(STEPS) { self.look_whether_to_stop() } else { Ok(()) }
    }

    #[cold]
    fn look_whether_to_stop(&self) -> Result<(), RuleError> {
        let facts: usize = self.facts.iter().map(Facts::bytes).sum();
        let bytes = facts + self.values.len() * size_of::<(Value, Value)>();
        if (self.stops)(bytes) {
            let reason = "rules are to stop";
            return Err(StoreError::from(PageFault::Stopped { reason }).into());
        }
        Ok(())
    }

    /// Adds the fact in `scratch`.
    #[inline]
    pub(super) fn add(&mut self, predicate: usize) -> Result<(), RuleError> {
        if self.facts[predicate].add(&self.scratch) {
            self.left = self.left.checked_sub(1).ok_or(RuleError::TooMany { max: self.max })?;
        }
        Ok(())
    }
}

/// Adds the head for every way in which a body holds.
struct Head {
    predicate: usize,
    slots: Vec<Slot>,
}

impl Found for Head {
    #[inline]
    fn found(
        &mut self,
        known: &mut Known,
        _: &Ready,
        bound: &[Id],
    ) -> Result<ControlFlow<()>, RuleError> {
        known.fill_scratch(&self.slots, bound);
        known.add(self.predicate)?;
        Ok(ControlFlow::Continue(()))
    }
}
