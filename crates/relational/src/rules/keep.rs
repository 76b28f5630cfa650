//! Keeping what follows from rules as rows of a relation: what is new is added, in the order of keys,
//! and what follows no longer is taken out. What is there and stays is not written.

use std::cmp::Ordering;
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
use crate::row::{HEAD, Layout};
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
            let new: Vec<u32> = (start..facts.count).map(as_place).collect();
            let count = new.len();
            self.add_in_order(pages, id, (derived, facts), new)?;
            return Ok(count as u64);
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
        let new: Vec<u32> = (0..facts.count).filter(is_new).map(as_place).collect();
        let count = new.len();
        self.add_in_order(pages, id, (derived, facts), new)?;
        Ok(gone.len() as u64 + count as u64)
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

    /// Inserts facts that are not there, in the order of their keys.
    fn add_in_order<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        (derived, facts): (&Derived, &Facts),
        new: Vec<u32>,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        let is_plain = relation.is_by_all_fields() && catalog.viewers(id).is_empty();
        let (count, width) = (new.len(), facts.width);
        let tuples = derived.known.in_order(facts, new);
        let tuple = |place: usize| &tuples[place * width..(place + 1) * width];
        if is_plain
            && self.count(pages, id)? == 0
            && let Some(mut columns) = Pieces::of(&derived.known, relation)
        {
            let mut writer = self.writer(pages);
            return relation.fill(&mut writer, count, |bulk, writer, (place, number)| {
                let tuple = tuple(place);
                let (mut key_len, mut row_len) = (0, HEAD);
                for (column, id) in columns.iter_mut().zip(tuple) {
                    let (in_key, in_row) = column.lengths(*id)?;
                    (key_len, row_len) = (key_len + in_key, row_len + in_row);
                }
                let columns = || columns.iter().zip(tuple);
                bulk.push_laid(writer, (key_len, row_len), |cell| {
                    columns().for_each(|(column, id)| column.put_key(*id, cell));
                    Layout::put_head(relation.version, number, cell);
                    columns().for_each(|(column, id)| column.put_field(*id, cell));
                })
            });
        }
        (0..count).try_for_each(|place| {
            let row = derived.known.row(tuple(place));
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
    /// The facts at some places one after the other, in the order of their values.
    fn in_order(&self, facts: &Facts, places: Vec<u32>) -> Vec<Id> {
        // All values take longer to put in order than those of a few facts.
        if self.values.len() / 16 > places.len() {
            let values = |place: u32| {
                facts.tuple(place as usize).iter().map(|id| &self.values[*id as usize])
            };
            return sorted(facts, places, |one, other| values(one).cmp(values(other)));
        }
        // Numbers are given as values are met; their ranks are in order.
        let mut by_value: Vec<Id> = (0..).take(self.values.len()).collect();
        by_value.sort_unstable_by(|one, other| {
            self.values[*one as usize].cmp(&self.values[*other as usize])
        });
        let mut ranks: Vec<Id> = vec![0; by_value.len()];
        for (rank, id) in (0..).zip(&by_value) {
            ranks[*id as usize] = rank;
        }
        if ranks.len() > 2 * places.len() {
            let rank = |id: &Id| ranks[*id as usize];
            let ranks = |place: u32| facts.tuple(place as usize).iter().map(rank);
            return sorted(facts, places, |one, other| ranks(one).cmp(ranks(other)));
        }
        let pairs = ranks.len().checked_mul(ranks.len());
        if facts.width == 2 && pairs.is_some_and(|pairs| pairs <= PAIRS_MAX.max(64 * places.len()))
        {
            return by_bits(facts, &places, (&ranks, &by_value));
        }
        tuples(facts, &by_columns(facts, places, &ranks))
    }
}

/// As many pairs of values have bits, however few of them are facts.
const PAIRS_MAX: usize = 1 << 23;

/// The facts at some places in an order.
fn sorted(facts: &Facts, mut places: Vec<u32>, order: impl Fn(u32, u32) -> Ordering) -> Vec<Id> {
    places.sort_unstable_by(|one, other| order(*one, *other));
    tuples(facts, &places)
}

/// The facts at some places, one after the other.
fn tuples(facts: &Facts, places: &[u32]) -> Vec<Id> {
    places.iter().flat_map(|place| facts.tuple(*place as usize)).copied().collect()
}

/// Facts of two columns in the order of ranks, which are numbers of values: each sets the bit of its
/// ranks.
fn by_bits(facts: &Facts, places: &[u32], (ranks, by_rank): (&[Id], &[Id])) -> Vec<Id> {
    let stride = ranks.len().div_ceil(64).max(1);
    let mut bits = vec![0u64; stride * ranks.len()];
    for place in places {
        if let [one, other] = facts.tuple(*place as usize) {
            let [one, other] = [one, other].map(|id| ranks[*id as usize] as usize);
            bits[one * stride + other / 64] |= 1 << (other % 64);
        }
    }
    let mut tuples = Vec::with_capacity(2 * places.len());
    for (row, one) in bits.chunks_exact(stride).zip(by_rank) {
        for (word, others) in row.iter().zip(by_rank.chunks(64)) {
            let mut left = *word;
            while left != 0 {
                tuples.extend([*one, others[left.trailing_zeros() as usize]]);
                left &= left - 1;
            }
        }
    }
    tuples
}

/// The places in the order of ranks: by one column after the other, the first one last, each time keeping
/// the order so far.
fn by_columns(facts: &Facts, mut places: Vec<u32>, ranks: &[Id]) -> Vec<u32> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn facts_come_in_the_order_of_their_values_by_whichever_way(
            width in 1usize..4,
            values in 1u32..200,
            given in prop::collection::btree_set(any::<[Id; 3]>(), 0..400),
            shuffle in any::<u32>(),
        ) {
            let mut facts = Facts::new(width);
            for tuple in &given {
                facts.add(&tuple.map(|id| id % values)[..width]);
            }
            // Which value comes where: some order of all numbers.
            let mut by_rank: Vec<Id> = (0..values).collect();
            by_rank.sort_unstable_by_key(|id| id.wrapping_mul(shuffle | 1));
            let mut ranks = vec![0; by_rank.len()];
            for (rank, id) in (0..).zip(&by_rank) {
                ranks[*id as usize] = rank;
            }
            let places: Vec<u32> = (0..facts.count).map(as_place).collect();
            let rank = |place: u32| facts.tuple(place as usize).iter().map(|id| ranks[*id as usize]);
            let expected = sorted(&facts, places.clone(), |one, other| rank(one).cmp(rank(other)));
            let found = tuples(&facts, &by_columns(&facts, places.clone(), &ranks));
            prop_assert_eq!(&found, &expected);
            if width == 2 {
                prop_assert_eq!(&by_bits(&facts, &places, (&ranks, &by_rank)), &expected);
            }
        }
    }
}
