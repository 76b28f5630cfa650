//! Facts of one predicate: tuples of numbers that stand for values, each once.
//!
//! They are only ever added, so those that a round found are the ones behind some place.

use super::table::{EMPTY, Table, hash};

/// A number that stands for a value.
pub(super) type Id = u32;

/// How many facts there are at most.
pub(super) const FACTS_MAX: usize = 1 << 31;

/// The facts of a predicate, and indexes of them.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) width: usize,
    tuples: Vec<Id>,
    pub(super) count: usize,
    table: Table,
    indexes: Vec<Index>,
}

/// Facts by the values of some columns, newest first.
#[derive(Debug)]
struct Index {
    columns: Vec<usize>,
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl Facts {
    pub(super) fn new(width: usize) -> Self {
        let table = Table::new(width);
        Self { width, tuples: Vec::new(), count: 0, table, indexes: Vec::new() }
    }

    /// About how many bytes they take.
    pub(super) const fn bytes(&self) -> usize {
        (self.tuples.len() + self.count * (2 + 2 * self.indexes.len())) * size_of::<Id>()
    }

    #[inline]
    pub(super) fn tuple(&self, place: usize) -> &[Id] {
        &self.tuples[place * self.width..(place + 1) * self.width]
    }

    #[inline]
    pub(super) fn has(&self, tuple: &[Id]) -> bool {
        match &self.table {
            Table::Places(slots) => slots[self.place_slot(slots, tuple)] != EMPTY,
            table @ (Table::Bits { .. } | Table::Whole(_)) => table.has(tuple),
        }
    }

    /// The place of a fact. The first time, all facts are indexed for it.
    pub(super) fn place(&mut self, tuple: &[Id]) -> Option<usize> {
        if tuple.is_empty() {
            return (self.count > 0).then_some(0);
        }
        let index = self.index(&(0..self.width).collect::<Vec<_>>());
        let mut next = self.first(index, tuple.iter().copied());
        while let Some(place) = next.filter(|place| self.tuple(*place) != tuple) {
            next = self.next(index, place);
        }
        next
    }

    /// Where a fact is in a table of places, or would be.
    fn place_slot(&self, slots: &[u32], tuple: &[Id]) -> usize {
        let mask = slots.len() - 1;
        let mut slot = hash(tuple.iter().copied()) & mask;
        while slots[slot] != EMPTY && self.tuple(slots[slot] as usize) != tuple {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// Adds a fact, and says whether it is new.
    #[inline]
    pub(super) fn add(&mut self, tuple: &[Id]) -> bool {
        if !self.table.has_room(tuple, self.count) {
            self.grow(tuple);
        }
        let place = as_place(self.count);
        let is_new = match &self.table {
            Table::Places(_) => self.take_place(tuple, place),
            Table::Bits { .. } | Table::Whole(_) => self.table.add(tuple),
        };
        if !is_new {
            return false;
        }
        self.tuples.extend_from_slice(tuple);
        self.count += 1;
        for index in &mut self.indexes {
            if index.next.len() >= index.heads.len() {
                index.grow(&self.tuples, self.width);
            }
            index.add(tuple, place);
        }
        true
    }

    /// Notes the place of a fact in a table of places, if it is new.
    fn take_place(&mut self, tuple: &[Id], place: u32) -> bool {
        let slot = match &self.table {
            Table::Places(slots) => self.place_slot(slots, tuple),
            Table::Bits { .. } | Table::Whole(_) => return false,
        };
        match &mut self.table {
            Table::Places(slots) if slots[slot] == EMPTY => {
                slots[slot] = place;
                true
            }
            Table::Bits { .. } | Table::Whole(_) | Table::Places(_) => false,
        }
    }

    /// Makes room for one more fact.
    #[cold]
    fn grow(&mut self, next: &[Id]) {
        let highest = self.tuples.iter().chain(next).max().copied().unwrap_or(0);
        self.table = Table::with_room(self.width, self.count.max(1), highest);
        for place in 0..self.count {
            let tuple = &self.tuples[place * self.width..(place + 1) * self.width];
            match &self.table {
                Table::Places(slots) => {
                    let slot = self.place_slot(slots, tuple);
                    if let Table::Places(slots) = &mut self.table {
                        slots[slot] = as_place(place);
                    }
                }
                Table::Bits { .. } | Table::Whole(_) => {
                    self.table.add(tuple);
                }
            }
        }
    }

    /// The index by these columns, made if there is none.
    pub(super) fn index(&mut self, columns: &[usize]) -> usize {
        if let Some(place) = self.indexes.iter().position(|index| index.columns == columns) {
            return place;
        }
        let mut index =
            Index { columns: columns.to_vec(), heads: Vec::new(), next: vec![EMPTY; self.count] };
        index.grow(&self.tuples, self.width);
        self.indexes.push(index);
        self.indexes.len() - 1
    }

    /// The newest fact that may have these values in the columns of an index.
    #[inline]
    pub(super) fn first(&self, index: usize, values: impl Iterator<Item = Id>) -> Option<usize> {
        let index = &self.indexes[index];
        place_in(index.heads[hash(values) & (index.heads.len() - 1)])
    }

    /// The next older one. Facts that were added meanwhile change nothing in that.
    #[inline]
    pub(super) fn next(&self, index: usize, place: usize) -> Option<usize> {
        place_in(self.indexes[index].next[place])
    }
}

const fn place_in(link: u32) -> Option<usize> {
    if link == EMPTY { None } else { Some(link as usize) }
}

impl Index {
    fn add(&mut self, tuple: &[Id], place: u32) {
        let slot = self.slot(tuple);
        self.next.push(self.heads[slot]);
        self.heads[slot] = place;
    }

    fn slot(&self, tuple: &[Id]) -> usize {
        hash(self.columns.iter().map(|column| tuple[*column])) & (self.heads.len() - 1)
    }

    /// Links all facts anew, under more heads.
    fn grow(&mut self, tuples: &[Id], width: usize) {
        self.heads = vec![EMPTY; (2 * self.next.len()).next_power_of_two().max(16)];
        for place in 0..self.next.len() {
            let slot = self.slot(&tuples[place * width..(place + 1) * width]);
            self.next[place] = self.heads[slot];
            self.heads[slot] = as_place(place);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "there are at most FACTS_MAX facts")]
pub(super) const fn as_place(place: usize) -> u32 {
    place as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

        // High numbers make a table of bits one of facts, and many facts one of facts one of bits.
        #[test]
        fn facts_are_there_once_in_every_form_of_table(
            width in 1usize..4,
            bits in 1u32..24,
            given in prop::collection::vec(any::<[Id; 3]>(), 0..2000),
        ) {
            let mut facts = Facts::new(width);
            let mut model = BTreeSet::new();
            let mut numbers = 1;
            for (n, tuple) in given.iter().enumerate() {
                // Numbers are low first.
                if n % 100 == 99 {
                    numbers = (numbers + 1).min(bits);
                }
                let tuple = &tuple.map(|id| id >> (32 - numbers))[..width];
                prop_assert_eq!(facts.has(tuple), model.contains(tuple));
                prop_assert_eq!(facts.add(tuple), model.insert(tuple.to_vec()));
            }
            prop_assert_eq!(facts.count, model.len());
            for tuple in &model {
                let place = facts.place(tuple);
                prop_assert_eq!(place.map(|place| facts.tuple(place)), Some(&tuple[..]));
            }
        }
    }
}
