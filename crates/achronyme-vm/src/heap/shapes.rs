//! Shapes: which names the slots of a record have, and which can be assigned to.

use std::collections::BTreeMap;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::{Shape, ShapeField};

/// The shapes of the program's literals, by their numbers there, then those that were made while it
/// ran. Shapes with the same fields are one, but for those that the program has twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes {
    shapes: Vec<Arc<Slots>>,
    numbers: BTreeMap<Vec<(u32, bool)>, u32>,
    /// What a shape becomes with one more field.
    longer: BTreeMap<(u32, u32, bool), u32>,
    bytes: usize,
    hash: u64,
}

/// The fields of a shape.
#[derive(Debug)]
pub(crate) struct Slots {
    /// Names, and whether they can be assigned to, by slots.
    fields: Vec<(u32, bool)>,
    /// Names and slots by ascending names, if there are many.
    sorted: Vec<(u32, usize)>,
}

/// From so many fields on, searching a sorted list is faster.
const SORTED_MIN: usize = 12;
/// What a shape takes besides its fields, about.
const SHAPE_BYTES: usize = 200;
/// What a field of a shape takes, about.
const FIELD_BYTES: usize = 32;

impl Slots {
    fn new(fields: &[(u32, bool)]) -> Self {
        let mut sorted = Vec::new();
        if fields.len() >= SORTED_MIN {
            sorted = fields.iter().enumerate().map(|(slot, &(name, _))| (name, slot)).collect();
            sorted.sort_unstable();
        }
        Self { fields: fields.to_vec(), sorted }
    }

    /// Names, and whether they can be assigned to, by slots.
    pub(crate) fn fields(&self) -> &[(u32, bool)] {
        &self.fields
    }

    /// The slot of a name.
    pub(crate) fn slot(&self, name: u32) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.fields.iter().position(|&(field, _)| field == name);
        }
        let found = self.sorted.binary_search_by_key(&name, |&(field, _)| field).ok()?;
        Some(self.sorted[found].1)
    }
}

impl Shapes {
    /// Those of a program. None has the number 0: it stands in instructions that remember none.
    pub(super) fn new(program: &[Shape]) -> Self {
        let mut shapes = Self::default();
        shapes.shapes.push(Arc::new(Slots::new(&[])));
        for shape in program {
            let pair = |field: &ShapeField| (field.name, field.mutable);
            shapes.add(shape.fields.iter().map(pair).collect());
        }
        shapes
    }

    /// All but the first, by their numbers.
    pub(super) fn list(&self) -> &[Arc<Slots>] {
        &self.shapes[1..]
    }

    /// The fields of a shape.
    #[inline]
    pub(super) fn slots(&self, shape: u32) -> &Arc<Slots> {
        &self.shapes[shape as usize]
    }

    /// The number of the shape with these fields, if it is known.
    pub(super) fn find(&self, fields: &[(u32, bool)]) -> Option<u32> {
        self.numbers.get(fields).copied()
    }

    /// What a shape becomes with one more field, if that happened before.
    pub(super) fn find_longer(&self, shape: u32, name: u32, is_mutable: bool) -> Option<u32> {
        self.longer.get(&(shape, name, is_mutable)).copied()
    }

    /// Remembers it.
    pub(super) fn add_longer(&mut self, shape: u32, name: u32, is_mutable: bool, longer: u32) {
        self.longer.insert((shape, name, is_mutable), longer);
        self.bytes += FIELD_BYTES;
    }

    /// Adds a shape.
    pub(super) fn add(&mut self, fields: Vec<(u32, bool)>) -> u32 {
        let number = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        for &(name, is_mutable) in &fields {
            let word = u64::from(name) << 1 | u64::from(is_mutable);
            self.hash = xxh3_64_with_seed(&word.to_le_bytes(), self.hash);
        }
        self.hash = xxh3_64_with_seed(&[], self.hash);
        self.shapes.push(Arc::new(Slots::new(&fields)));
        self.bytes += SHAPE_BYTES + fields.len() * FIELD_BYTES;
        self.numbers.entry(fields).or_insert(number);
        number
    }

    /// About how many bytes they take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Of all shapes in their order.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}
