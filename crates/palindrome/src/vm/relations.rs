//! Relations as a debugger sees them: a name of one is the table of its rows.

use std::sync::Arc;

use machine::{Location, Value};
use palindrome_vm::TAPE;
use relational::{Direction, PAGE_SIZE, Relation, Store};

use super::Vm;
use crate::state::STATE_START;

/// Rows that are shown at most.
const ROWS_MAX: usize = 100;
/// Letters of a cell.
const CELL_MAX: usize = 40;

impl Vm {
    fn store(&self) -> Option<Store> {
        Store::open(&self.tape.tape, STATE_START).ok()
    }

    /// The relation of a name, if it has been made.
    fn relation(&self, name: &str) -> Option<(Store, Arc<Relation>)> {
        let mut store = self.store()?;
        let relation = store.find_relation(&self.tape.tape, name.trim()).ok()?;
        Some((store, relation))
    }

    /// The relations with how many rows they have, in the order in which they were made.
    pub(super) fn relation_counts(&self) -> Vec<(String, Value)> {
        let Some(mut store) = self.store() else { return Vec::new() };
        let all = store.relations(&self.tape.tape).unwrap_or_default();
        let counts = all.iter().map(|relation| {
            let count = store.count(&self.tape.tape, relation.id()).unwrap_or(0);
            (relation.name().to_owned(), value(rows(count), count))
        });
        counts.collect()
    }

    /// The rows of a relation as a table.
    pub(super) fn relation_value(&self, name: &str) -> Option<Value> {
        let (mut store, relation) = self.relation(name)?;
        let tape = &self.tape.tape;
        let count = store.count(tape, relation.id()).ok()?;
        let names = relation.fields().iter().map(|field| field.name.clone()).collect();
        let mut lines: Vec<Vec<String>> = vec![names];
        for row in store.scan(tape, relation.id(), Direction::Up).ok()?.take(ROWS_MAX) {
            lines.push(row.ok()?.iter().map(|value| cell(&value.to_string())).collect());
        }
        let width = |at: usize| {
            lines.iter().filter_map(|line| line.get(at)).map(|it| it.chars().count()).max()
        };
        let mut text = format!("{}\n", rows(count));
        for line in &lines {
            let cells = (0..).zip(line).map(|(at, cell)| {
                let blanks = width(at).unwrap_or(0).saturating_sub(cell.chars().count());
                format!("{cell}{}", " ".repeat(blanks))
            });
            text += cells.collect::<Vec<_>>().join("  ").trim_end();
            text.push('\n');
        }
        if count > ROWS_MAX as u64 {
            text += "…\n";
        }
        Some(value(text, count))
    }

    /// Where it is counted how many rows a relation has.
    pub(super) fn relation_place(&self, name: &str) -> Option<Location> {
        let (store, relation) = self.relation(name)?;
        let address = store.count_place(&relation);
        Some(Location { space: TAPE, address, size: 8 })
    }

    /// The pages that have the rows of a relation, and their number.
    pub(super) fn relation_pages(&self, name: &str) -> Option<Vec<Location>> {
        let (store, relation) = self.relation(name)?;
        let pages = store.row_pages(&self.tape.tape, &relation).ok()?;
        let size = u32::try_from(PAGE_SIZE).unwrap_or(0);
        let page = |address| Location { space: TAPE, address, size };
        Some(pages.into_iter().map(page).chain(self.relation_place(name)).collect())
    }

    /// How many rows, if it is that which is counted there.
    pub(super) fn count_at(&self, location: Location) -> Option<Value> {
        let is_store = location.space == TAPE && location.address >= STATE_START;
        let mut store = self.store().filter(|_| is_store)?;
        let all = store.relations(&self.tape.tape).ok()?;
        let relation = all.iter().find(|it| store.count_place(it) == location.address)?;
        let count = store.count(&self.tape.tape, relation.id()).ok()?;
        Some(value(rows(count), count))
    }
}

fn rows(count: u64) -> String {
    format!("{count} row{}", if count == 1 { "" } else { "s" })
}

fn cell(text: &str) -> String {
    match text.char_indices().nth(CELL_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn value(text: String, count: u64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "for plots")]
    let number = Some(count as f64);
    Value { text, kind: "relation".to_owned(), number, is_true: count > 0 }
}
