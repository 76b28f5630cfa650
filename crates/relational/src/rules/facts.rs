//! Facts of one predicate: tuples of numbers that stand for values, each once.
//!
//! They are only ever added, so those that a round found are the ones behind some place.

/// A number that stands for a value.
pub(super) type Id = u32;

const EMPTY: u32 = u32::MAX;
/// How many facts there are at most.
pub(super) const FACTS_MAX: usize = 1 << 31;

/// The facts of a predicate, and indexes of them.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) width: usize,
    tuples: Vec<Id>,
    pub(super) count: usize,
    /// All facts by their hash: places of facts, or empty. As many as a power of two.
    table: Vec<u32>,
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
        Self { width, tuples: Vec::new(), count: 0, table: vec![EMPTY; 16], indexes: Vec::new() }
    }

    pub(super) fn tuple(&self, place: usize) -> &[Id] {
        &self.tuples[place * self.width..(place + 1) * self.width]
    }

    /// Where a fact is in the table, or would be.
    fn slot(&self, tuple: &[Id]) -> usize {
        let mask = self.table.len() - 1;
        let mut slot = hash(tuple.iter().copied()) & mask;
        while self.table[slot] != EMPTY && self.tuple(self.table[slot] as usize) != tuple {
            slot = (slot + 1) & mask;
        }
        slot
    }

    pub(super) fn has(&self, tuple: &[Id]) -> bool {
        self.table[self.slot(tuple)] != EMPTY
    }

    /// Adds a fact, and says whether it is new.
    pub(super) fn add(&mut self, tuple: &[Id]) -> bool {
        let slot = self.slot(tuple);
        if self.table[slot] != EMPTY {
            return false;
        }
        let place = as_place(self.count);
        self.table[slot] = place;
        self.tuples.extend_from_slice(tuple);
        self.count += 1;
        for index in &mut self.indexes {
            if index.next.len() >= index.heads.len() {
                index.grow(&self.tuples, self.width);
            }
            index.add(tuple, place);
        }
        if 2 * self.count > self.table.len() {
            self.grow();
        }
        true
    }

    fn grow(&mut self) {
        self.table = vec![EMPTY; 2 * self.table.len()];
        let mask = self.table.len() - 1;
        for place in 0..self.count {
            let mut slot = hash(self.tuple(place).iter().copied()) & mask;
            while self.table[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            self.table[slot] = as_place(place);
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
    pub(super) fn first(&self, index: usize, values: impl Iterator<Item = Id>) -> Option<usize> {
        let index = &self.indexes[index];
        place_in(index.heads[hash(values) & (index.heads.len() - 1)])
    }

    /// The next older one. Facts that were added meanwhile change nothing in that.
    pub(super) fn next(&self, index: usize, place: usize) -> Option<usize> {
        place_in(self.indexes[index].next[place])
    }
}

fn place_in(link: u32) -> Option<usize> {
    (link != EMPTY).then_some(link as usize)
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
const fn as_place(place: usize) -> u32 {
    place as u32
}

/// The multiplicative hash of Knuth, *Sorting and Searching* 6.4, word by word.
fn hash(values: impl Iterator<Item = Id>) -> usize {
    let mixed = values.fold(0u64, |hash, value| {
        (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    usize::try_from(mixed >> 24).unwrap_or(0)
}
