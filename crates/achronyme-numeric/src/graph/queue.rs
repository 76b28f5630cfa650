//! A queue out of which the least comes first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Numbers with a rank. Of equal ranks, the least number comes first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    rank: f64,
    number: usize,
}

impl Queue {
    pub(super) fn push(&mut self, rank: f64, number: usize) {
        self.heap.push(Entry { rank, number });
    }

    pub(super) fn pop(&mut self) -> Option<(f64, usize)> {
        self.heap.pop().map(|entry| (entry.rank, entry.number))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        other.rank.total_cmp(&self.rank).then(other.number.cmp(&self.number))
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Entry {}
