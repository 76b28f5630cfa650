//! Names of fields, each once, by numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The names of the program, then those that were made while it ran.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    names: Vec<Arc<str>>,
    numbers: BTreeMap<Arc<str>, u32>,
    bytes: usize,
    hash: u64,
}

/// What a name takes besides its text, about.
const NAME_BYTES: usize = 80;

impl Names {
    /// Those of a program, by their numbers there.
    pub(super) fn new(program: &[String]) -> Self {
        let mut names = Self::default();
        for name in program {
            names.add(name);
        }
        names
    }

    /// The name with this number, empty if there is none.
    pub(super) fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", |name| name)
    }

    /// All, by their numbers.
    pub(super) fn list(&self) -> &[Arc<str>] {
        &self.names
    }

    /// The number of a name that is known.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    /// Adds a name. If it was there, the first number stays the one that is found.
    pub(super) fn add(&mut self, name: &str) -> u32 {
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let shared: Arc<str> = name.into();
        self.names.push(Arc::clone(&shared));
        self.numbers.entry(shared).or_insert(number);
        self.bytes += name.len() + NAME_BYTES;
        self.hash = xxh3_64_with_seed(name.as_bytes(), self.hash);
        number
    }

    /// About how many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Of all names in their order.
    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}
