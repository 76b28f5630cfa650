//! Keeping what follows from rules as rows of a relation: what is new is added, in the order of keys,
//! and what follows no longer is taken out. What is there and stays is not written.

use super::Predicate;
use super::derive::{Derived, Known};
use super::facts::{Facts, Id};
use crate::StoreError;
use crate::catalog::{Relation, RelationId};
use crate::pages::PagesMut;
use crate::read::{Direction, Row};
use crate::store::Store;

impl Store {
    /// Makes a relation have the facts of a predicate as its rows, and says how many came or went.
    ///
    /// # Errors
    /// It has other columns, or refuses a row, or pages failed.
    pub fn keep_derived<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        derived: &Derived,
        predicate: Predicate,
    ) -> Result<u64, StoreError> {
        let Some(facts) = derived.known.facts.get(predicate) else { return Ok(0) };
        let (mut standing, mut gone) = (Facts::new(facts.width), Vec::new());
        let mut rows = self.scan(pages, id, Direction::Up)?;
        let mut tuple = Vec::with_capacity(facts.width);
        while let Some(row) = rows.next_row()? {
            tuple.clear();
            tuple.extend(row.iter().map_while(|value| derived.known.known_id(value)));
            if tuple.len() == row.len() && row.len() == facts.width && facts.has(&tuple) {
                standing.add(&tuple);
            } else {
                gone.push(row);
            }
        }
        for row in &gone {
            self.delete(pages, id, row)?;
        }
        let new = derived.known.in_order(facts, &standing);
        let rows = new.iter().map(|place| derived.known.row(facts.tuple(*place)));
        self.add_in_order(pages, id, rows)?;
        Ok(gone.len() as u64 + new.len() as u64)
    }

    /// Inserts rows that come in the order of their keys and are not there.
    fn add_in_order<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        mut rows: impl Iterator<Item = Row>,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        let is_plain = relation.is_by_all_fields() && catalog.viewers(id).is_empty();
        if is_plain && self.count(pages, id)? == 0 {
            return relation.fill(&mut self.writer(pages), rows);
        }
        rows.try_for_each(|row| self.insert(pages, id, &row))
    }
}

impl Relation {
    /// Whether a row is nothing but its key, in the order of the fields, and is in no index.
    fn is_by_all_fields(&self) -> bool {
        self.indexes.is_empty()
            && self.references.is_empty()
            && self.numbers.is_none()
            && self.key.iter().copied().eq(0..self.fields.len())
    }
}

impl Known {
    /// The places of facts that are not among others, in the order of their values.
    fn in_order(&self, facts: &Facts, but: &Facts) -> Vec<usize> {
        let new = |place: &usize| !but.has(facts.tuple(*place));
        let mut places: Vec<usize> = (0..facts.count).filter(new).collect();
        // Numbers are given as values are met; their ranks are in order.
        let mut by_value: Vec<Id> = (0..).take(self.values.len()).collect();
        by_value.sort_unstable_by(|one, other| {
            self.values[*one as usize].cmp(&self.values[*other as usize])
        });
        let mut ranks: Vec<Id> = vec![0; by_value.len()];
        for (rank, id) in (0..).zip(by_value) {
            ranks[id as usize] = rank;
        }
        let rank = |id: &Id| ranks[*id as usize];
        if facts.width <= 2 {
            let pack = |place: usize| {
                let tuple = facts.tuple(place).iter();
                tuple.fold(0, |fact: u64, id| fact << 32 | u64::from(rank(id)))
            };
            places.sort_by_cached_key(|place| pack(*place));
        } else {
            places.sort_unstable_by(|one, other| {
                facts.tuple(*one).iter().map(rank).cmp(facts.tuple(*other).iter().map(rank))
            });
        }
        places
    }
}
