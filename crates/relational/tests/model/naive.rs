//! The naive twin: rows in maps, constraints checked over the whole state.

use std::collections::BTreeMap;

use relational::{Change, Row, Value};

/// `Person(id key, name?, age, bio, boss? references Person)`, `Pet(owner, name key, kind)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) people: BTreeMap<Vec<Value>, Row>,
    pub(crate) pets: BTreeMap<Vec<Value>, Row>,
}

/// One of the two relations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Which {
    People,
    Pets,
}

impl State {
    pub(crate) fn rows(&self, which: Which) -> &BTreeMap<Vec<Value>, Row> {
        match which {
            Which::People => &self.people,
            Which::Pets => &self.pets,
        }
    }

    fn rows_mut(&mut self, which: Which) -> &mut BTreeMap<Vec<Value>, Row> {
        match which {
            Which::People => &mut self.people,
            Which::Pets => &mut self.pets,
        }
    }

    /// The state after some changes, or nothing if they are refused.
    pub(crate) fn after(&self, which: Which, changes: &[Change]) -> Option<Self> {
        let mut after = self.clone();
        let rows = after.rows_mut(which);
        for change in changes {
            if let Change::Update(key, _) | Change::Delete(key) = change {
                rows.remove(key)?;
            }
        }
        for change in changes {
            if let Change::Update(_, row) | Change::Insert(row) = change
                && rows.insert(key_of(which, row), row.clone()).is_some()
            {
                return None;
            }
        }
        after.is_sound().then_some(after)
    }

    fn is_sound(&self) -> bool {
        let has = |id: &Value| id.is_none() || self.people.contains_key(std::slice::from_ref(id));
        let mut names: Vec<_> = self.people.values().map(|row| &row[1]).collect();
        names.retain(|name| !name.is_none());
        names.sort();
        names.windows(2).all(|pair| pair[0] != pair[1])
            && self.people.values().all(|row| has(&row[4]))
            && self.pets.values().all(|row| has(&row[0]))
    }
}

pub(crate) fn key_of(which: Which, row: &Row) -> Vec<Value> {
    match which {
        Which::People => row[..1].to_vec(),
        Which::Pets => row[..2].to_vec(),
    }
}
