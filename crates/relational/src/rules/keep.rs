//! Keeping what follows from rules as rows of a relation: what is new is added, in the order of keys,
//! and what follows no longer is taken out. What is there and stays is not written.

use std::collections::BTreeSet;

use super::Predicate;
use super::again::Change;
use super::derive::{Derived, Known};
use super::facts::{Facts, Id, as_place};
use super::pack::Pieces;
use crate::StoreError;
use crate::catalog::{Relation, RelationId};
use crate::pages::PagesMut;
use crate::read::{Direction, Row};
use crate::row::Layout;
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
        let start = match derived.changes.get(predicate) {
            Some(Change::Same) => return Ok(0),
            Some(Change::Added(start)) => Some(*start),
            Some(Change::Anew) | None => None,
        };
        if let Some(start) = start {
            let new = derived.known.in_order(facts, (start..facts.count).map(as_place).collect());
            self.add_in_order(pages, id, (derived, facts), &new)?;
            return Ok(new.len() as u64);
        }
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
        let is_new = |place: &usize| standing.count == 0 || !standing.has(facts.tuple(*place));
        let new = (0..facts.count).filter(is_new).map(as_place).collect();
        let new = derived.known.in_order(facts, new);
        self.add_in_order(pages, id, (derived, facts), &new)?;
        Ok(gone.len() as u64 + new.len() as u64)
    }

    /// Makes a relation, all of whose fields are its key, have these rows, and says how many came or went.
    ///
    /// # Errors
    /// It refuses a row, or pages failed.
    pub fn replace_rows<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        rows: Vec<Row>,
    ) -> Result<u64, StoreError> {
        let mut new: BTreeSet<Row> = rows.into_iter().collect();
        let mut gone = Vec::new();
        let mut standing = self.scan(pages, id, Direction::Up)?;
        while let Some(row) = standing.next_row()? {
            if !new.remove(&row) {
                gone.push(row);
            }
        }
        gone.iter().try_for_each(|row| self.delete(pages, id, row).map(drop))?;
        new.iter().try_for_each(|row| self.insert(pages, id, row))?;
        Ok(gone.len() as u64 + new.len() as u64)
    }

    /// Inserts facts that come in the order of their keys and are not there.
    fn add_in_order<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        (derived, facts): (&Derived, &Facts),
        new: &[u32],
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        let is_plain = relation.is_by_all_fields() && catalog.viewers(id).is_empty();
        let mut places = new.iter().map(|place| *place as usize);
        if is_plain
            && self.count(pages, id)? == 0
            && let Some(mut columns) = Pieces::of(&derived.known, relation)
        {
            return relation.fill(&mut self.writer(pages), |number, key, row| {
                let Some(place) = places.next() else { return Ok(false) };
                Layout::put_head(relation.version, number, row);
                let mut all = columns.iter_mut().zip(facts.tuple(place));
                all.try_for_each(|(column, id)| column.put(*id, key, row))?;
                Ok(true)
            });
        }
        places.try_for_each(|place| {
            let row = derived.known.row(facts.tuple(place));
            self.insert(pages, id, &row)
        })
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
    /// The places of facts in the order of their values.
    fn in_order(&self, facts: &Facts, mut places: Vec<u32>) -> Vec<u32> {
        // All values take longer to put in order than those of a few facts.
        if self.values.len() / 16 > places.len() {
            let values = |place: u32| {
                facts.tuple(place as usize).iter().map(|id| &self.values[*id as usize])
            };
            places.sort_unstable_by(|one, other| values(*one).cmp(values(*other)));
            return places;
        }
        // Numbers are given as values are met; their ranks are in order.
        let mut by_value: Vec<Id> = (0..).take(self.values.len()).collect();
        by_value.sort_unstable_by(|one, other| {
            self.values[*one as usize].cmp(&self.values[*other as usize])
        });
        let mut ranks: Vec<Id> = vec![0; by_value.len()];
        for (rank, id) in (0..).zip(by_value) {
            ranks[id as usize] = rank;
        }
        if ranks.len() > 2 * places.len() {
            let rank = |id: &Id| ranks[*id as usize];
            places.sort_unstable_by(|one, other| {
                let ranks = |place: u32| facts.tuple(place as usize).iter().map(rank);
                ranks(*one).cmp(ranks(*other))
            });
            return places;
        }
        // By one column after the other, the first one last, each time keeping the order so far.
        let mut sorted = vec![0; places.len()];
        for column in (0..facts.width).rev() {
            let rank = |place: u32| ranks[facts.tuple(place as usize)[column] as usize] as usize;
            let mut starts = vec![0u32; ranks.len() + 1];
            places.iter().for_each(|place| starts[rank(*place) + 1] += 1);
            for rank in 1..starts.len() {
                starts[rank] += starts[rank - 1];
            }
            for place in &places {
                let start = &mut starts[rank(*place)];
                sorted[*start as usize] = *place;
                *start += 1;
            }
            std::mem::swap(&mut places, &mut sorted);
        }
        places
    }
}
