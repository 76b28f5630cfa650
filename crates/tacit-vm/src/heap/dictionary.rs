//! Dictionaries: chains of keys and values, in the order of the keys' bytes, 7 pairs to a block.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::heap::Kind;
use crate::heap::vector::Place;
use crate::memory::Memory;
use crate::trap::Trap;
use crate::value::Cell;

impl Memory {
    /// A dictionary that takes over the references of the values. The keys are strings; the last
    /// of equal ones counts.
    pub(crate) fn new_dictionary(&mut self, pairs: &[(Cell, Cell)]) -> Result<Cell, Trap> {
        let mut sorted = BTreeMap::new();
        for &(key, value) in pairs {
            let loser = sorted.insert(self.string_bytes(key.address()), (key, value));
            if let Some((_, loser)) = loser {
                self.release(loser)?;
            }
        }
        let cells: Vec<Cell> = sorted.into_values().flat_map(<[Cell; 2]>::from).collect();
        Ok(Kind::Dictionary.cell(self.allocate_chain(Kind::Dictionary, &cells)?))
    }

    /// The pairs in order; the references stay the dictionary's.
    pub(crate) fn dictionary_pairs(&self, dictionary: Cell) -> Vec<(Cell, Cell)> {
        let cells = self.vector_cells(dictionary);
        cells.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// How many pairs there are.
    pub(crate) fn dictionary_length(&self, dictionary: Cell) -> usize {
        self.vector_length(dictionary) / 2
    }

    /// The value of a key, a string; its reference stays the dictionary's.
    pub(crate) fn dictionary_get(&self, dictionary: Cell, key: Cell) -> Option<Cell> {
        let blocks = self.chain(dictionary.address());
        let mut pairs =
            blocks.flat_map(|block| (0..self.block_used(block) / 2).map(move |at| (block, 2 * at)));
        let (block, at) = pairs.find(|&(block, at)| self.block_cell(block, at) == key)?;
        Some(self.block_cell(block, at + 1))
    }

    /// The dictionary, whose reference is taken over, with another value, whose reference is taken
    /// over, for a key.
    pub(crate) fn dictionary_put(
        &mut self,
        dictionary: Cell,
        key: Cell,
        value: Cell,
    ) -> Result<Cell, Trap> {
        let (place, is_there) = self.dictionary_place(dictionary, key);
        let (first, block) = self.unshare(dictionary.address(), place.block)?;
        if is_there {
            let old = self.block_cell(block, place.index + 1);
            self.set_block_cell(block, place.index + 1, value);
            self.release(old)?;
        } else {
            self.insert_cells(block, place.index, &[key, value])?;
        }
        Ok(Kind::Dictionary.cell(first))
    }

    /// The dictionary, whose reference is taken over, without a key.
    pub(crate) fn dictionary_delete(&mut self, dictionary: Cell, key: Cell) -> Result<Cell, Trap> {
        let (place, is_there) = self.dictionary_place(dictionary, key);
        if !is_there {
            return Ok(dictionary);
        }
        Ok(Kind::Dictionary.cell(self.remove_cells(dictionary.address(), place, 2)?))
    }

    /// Where a key is, or where it would be put, and which of the two.
    fn dictionary_place(&self, dictionary: Cell, key: Cell) -> (Place, bool) {
        let order = |block, index| -> Ordering {
            self.string_order(self.block_cell(block, index).address(), key.address())
        };
        let mut end = Place { block: 0, index: 0 };
        for (number, block) in self.chain(dictionary.address()).enumerate() {
            let used = self.block_used(block) / 2 * 2;
            end = Place { block: number, index: used };
            if used == 0 || order(block, used - 2) == Ordering::Less {
                continue;
            }
            let mut found = (0..used).step_by(2).map(|index| (index, order(block, index)));
            if let Some((index, order)) = found.find(|found| found.1 != Ordering::Less) {
                return (Place { block: number, index }, order == Ordering::Equal);
            }
        }
        (end, false)
    }
}
