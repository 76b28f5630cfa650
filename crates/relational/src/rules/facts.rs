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
    table: Table,
    indexes: Vec<Index>,
}

/// All facts by their hash, in as many slots as a power of two, of which half are empty at least.
#[derive(Debug)]
enum Table {
    /// Facts of up to two columns themselves, which saves looking elsewhere.
    Whole(Vec<u64>),
    /// Places of facts.
    Places(Vec<u32>),
}

/// No fact: both numbers would be higher than any that stands for a value.
const NO_FACT: u64 = u64::MAX;
const SLOTS_MIN: usize = 16;

/// Facts by the values of some columns, newest first.
#[derive(Debug)]
struct Index {
    columns: Vec<usize>,
    heads: Vec<u32>,
    next: Vec<u32>,
}

impl Facts {
    pub(super) fn new(width: usize) -> Self {
        let table = if width <= 2 {
            Table::Whole(vec![NO_FACT; SLOTS_MIN])
        } else {
            Table::Places(vec![EMPTY; SLOTS_MIN])
        };
        Self { width, tuples: Vec::new(), count: 0, table, indexes: Vec::new() }
    }

    #[inline]
    pub(super) fn tuple(&self, place: usize) -> &[Id] {
        &self.tuples[place * self.width..(place + 1) * self.width]
    }

    #[inline]
    pub(super) fn has(&self, tuple: &[Id]) -> bool {
        match &self.table {
            Table::Whole(slots) => {
                let fact = packed(tuple);
                slots[whole_slot(slots, fact)] == fact
            }
            Table::Places(slots) => slots[self.place_slot(slots, tuple)] != EMPTY,
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
        let place = as_place(self.count);
        let len = if let Table::Whole(slots) = &mut self.table {
            let fact = packed(tuple);
            let slot = whole_slot(slots, fact);
            if slots[slot] == fact {
                return false;
            }
            slots[slot] = fact;
            slots.len()
        } else {
            if !self.take_place(tuple, place) {
                return false;
            }
            self.table.len()
        };
        self.tuples.extend_from_slice(tuple);
        self.count += 1;
        for index in &mut self.indexes {
            if index.next.len() >= index.heads.len() {
                index.grow(&self.tuples, self.width);
            }
            index.add(tuple, place);
        }
        if 2 * self.count > len {
            self.grow();
        }
        true
    }

    /// Notes the place of a fact in a table of places, if it is new.
    fn take_place(&mut self, tuple: &[Id], place: u32) -> bool {
        let slot = match &self.table {
            Table::Whole(_) => return false,
            Table::Places(slots) => self.place_slot(slots, tuple),
        };
        match &mut self.table {
            Table::Places(slots) if slots[slot] == EMPTY => {
                slots[slot] = place;
                true
            }
            Table::Places(_) | Table::Whole(_) => false,
        }
    }

    #[cold]
    fn grow(&mut self) {
        let len = 4 * self.table.len();
        let mut table = match &self.table {
            Table::Whole(_) => Table::Whole(vec![NO_FACT; len]),
            Table::Places(_) => Table::Places(vec![EMPTY; len]),
        };
        match &mut table {
            Table::Whole(slots) => {
                for place in 0..self.count {
                    let fact = packed(self.tuple(place));
                    let slot = whole_slot(slots, fact);
                    slots[slot] = fact;
                }
            }
            Table::Places(slots) => {
                for place in 0..self.count {
                    let slot = self.place_slot(slots, self.tuple(place));
                    slots[slot] = as_place(place);
                }
            }
        }
        self.table = table;
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

impl Table {
    const fn len(&self) -> usize {
        match self {
            Self::Whole(slots) => slots.len(),
            Self::Places(slots) => slots.len(),
        }
    }
}

const fn place_in(link: u32) -> Option<usize> {
    if link == EMPTY { None } else { Some(link as usize) }
}

/// A fact of up to two columns as one number.
#[inline]
fn packed(tuple: &[Id]) -> u64 {
    tuple.iter().fold(0, |fact, id| fact << 32 | u64::from(*id))
}

/// Where a fact is in a table of whole facts, or would be.
#[inline]
fn whole_slot(slots: &[u64], fact: u64) -> usize {
    let mask = slots.len() - 1;
    let mut slot = mixed(fact) & mask;
    while slots[slot] != fact && slots[slot] != NO_FACT {
        slot = (slot + 1) & mask;
    }
    slot
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
#[inline]
fn hash(values: impl Iterator<Item = Id>) -> usize {
    let word = values.fold(0u64, |hash, value| {
        (hash.rotate_left(5) ^ u64::from(value)).wrapping_mul(MULTIPLIER)
    });
    usize::try_from(word >> 24).unwrap_or(0)
}

/// The same of one word, whose high half counts as much as the low one.
#[inline]
fn mixed(word: u64) -> usize {
    let word = (word ^ word >> 29).wrapping_mul(MULTIPLIER);
    usize::try_from(word >> 32).unwrap_or(0)
}

const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
