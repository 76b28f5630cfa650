//! Deriving once more after a change. Where rows were only added, rules look at ways in which a new fact
//! is part of the body; a stratum that lost facts, or looks at what is absent, is derived anew. The facts
//! are the same as those that [`Store::derive`] finds.

use super::derive::{Derived, Known};
use super::facts::Facts;
use super::search::Round;
use super::{Literal, Predicate, Program, RuleError, Source, Term};
use crate::catalog::RelationId;
use crate::pages::Pages;
use crate::read::Direction;
use crate::store::Store;

/// How many values may be there without facts.
const VALUES_SPARE: usize = 1 << 12;

/// How the facts of a predicate differ from those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Not at all.
    Same,
    /// Those from a place on are new.
    Added(usize),
    /// Any may have come or gone.
    Anew,
}

impl Store {
    /// What [`Store::derive`] finds, from what it found in an earlier state, which has the facts of
    /// derived predicates in relations. None if that cannot be told from what has changed since.
    ///
    /// # Errors
    /// Too much follows, something cannot be computed, or pages failed. Which of these it is, is better
    /// told by deriving anew.
    pub fn derive_again<A: Pages, P: Pages>(
        &mut self,
        derived: Derived,
        (before, pages): (&A, &P),
        kept: &[(Predicate, RelationId)],
    ) -> Result<Option<Derived>, RuleError> {
        let Derived { mut known, program, mut changes, .. } = derived;
        // Values of facts that are gone stay.
        let used: usize = known.facts.iter().map(|facts| facts.count * facts.width).sum();
        if !program.computed.is_empty() || known.values.len() / 2 > used + VALUES_SPARE {
            return Ok(None);
        }
        known.rounds.clear();
        for (_, id) in kept {
            if !self.diff(before, pages, *id)?.is_empty() {
                return Ok(None);
            }
        }
        for (place, (_, source)) in program.predicates.iter().enumerate() {
            changes[place] = match source {
                Source::Relation(id) => self.take_over(&mut known, place, *id, (before, pages))?,
                Source::Rules(_) => Change::Same,
            };
        }
        let strata = program.strata()?;
        for stratum in 0..=strata.iter().copied().max().unwrap_or(0) {
            let is_done = known.derive_changed(&program, (&strata, stratum), &mut changes)?;
            if !is_done {
                return Ok(None);
            }
        }
        Ok(Some(Derived { known, program, changes, wants: false }))
    }

    /// What has changed in a relation, in the facts of its predicate.
    fn take_over<A: Pages, P: Pages>(
        &mut self,
        known: &mut Known,
        place: Predicate,
        id: RelationId,
        (before, pages): (&A, &P),
    ) -> Result<Change, RuleError> {
        let changes = self.diff(before, pages, id)?;
        if changes.is_empty() {
            return Ok(Change::Same);
        }
        if changes.iter().all(|change| change.before.is_none()) {
            let start = known.facts[place].count;
            for row in changes.into_iter().filter_map(|change| change.after) {
                let tuple: Vec<_> = row.into_iter().map(|value| known.id(value)).collect();
                known.facts[place].add(&tuple);
            }
            return Ok(Change::Added(start));
        }
        known.facts[place] = Facts::new(known.facts[place].width);
        let mut rows = self.scan(pages, id, Direction::Up)?;
        while let Some(row) = rows.next_row()? {
            let tuple: Vec<_> = row.into_iter().map(|value| known.id(value)).collect();
            known.facts[place].add(&tuple);
        }
        Ok(Change::Anew)
    }
}

impl Known {
    /// Derives what is different in a stratum. False if that cannot be told from what has changed.
    fn derive_changed(
        &mut self,
        program: &Program,
        (strata, stratum): (&[usize], usize),
        changes: &mut [Change],
    ) -> Result<bool, RuleError> {
        let is_here = |predicate: Predicate| program.is_in(strata, stratum, predicate);
        let rules: Vec<_> =
            program.rules.iter().filter(|rule| is_here(rule.head.predicate)).collect();
        let is_changed = |predicate: Predicate| changes[predicate] != Change::Same;
        let (mut is_other, mut is_anew) = (false, false);
        for rule in &rules {
            for literal in &rule.body {
                let Some(atom) = literal.atom() else { continue };
                is_other |= is_changed(atom.predicate);
                is_anew |= changes[atom.predicate] == Change::Anew
                    || is_changed(atom.predicate) && rule.needs_all(literal);
            }
        }
        if !is_other {
            return Ok(true);
        }
        let heads = || (0..program.predicates.len()).filter(|predicate| is_here(*predicate));
        if is_anew {
            // A total of floats may depend on the order of facts, which is another one here.
            let is_total = |term: &Term| matches!(term, Term::Total(..));
            if rules.iter().any(|rule| rule.head.terms.iter().any(is_total)) {
                return Ok(false);
            }
            for head in heads() {
                self.left += self.facts[head].count;
                self.facts[head] = Facts::new(self.facts[head].width);
                changes[head] = Change::Anew;
            }
            self.derive_stratum(program, strata, stratum)?;
            return Ok(true);
        }
        let counts = self.counts();
        let (mut first, mut later) = (Vec::new(), Vec::new());
        for rule in rules {
            for (place, literal) in rule.body.iter().enumerate() {
                let Literal::Holds(atom) = literal else { continue };
                if is_here(atom.predicate) {
                    later.push((rule, self.ready(&rule.body, Some(place), &[])));
                } else if changes[atom.predicate] != Change::Same {
                    first.push((rule, self.ready(&rule.body, Some(place), &[])));
                }
            }
        }
        let new = |(change, count): (&Change, &usize)| match change {
            Change::Added(start) => *start,
            Change::Same | Change::Anew => *count,
        };
        let starts = changes.iter().zip(&counts).map(new).collect();
        let round = Round { starts, ends: counts.clone() };
        self.rounds_of(&first, &later, round)?;
        for head in heads() {
            if self.facts[head].count > counts[head] {
                changes[head] = Change::Added(counts[head]);
            }
        }
        Ok(true)
    }
}
