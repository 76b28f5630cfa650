//! Relations as a debugger sees them: a name of one is the table of its rows.

use machine::{Location, Value};
use palindrome_vm::TAPE;
use relational::{Direction, PAGE_SIZE, Relation, Row, Store, StoreError};

use super::Vm;
use super::written;
use crate::state::STATE_START;

/// Rows that are shown, unless all are asked for.
pub(super) const ROWS_MAX: usize = 100;
/// Letters of a cell.
const CELL_MAX: usize = 40;

/// What of a relation somebody wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// How many rows it has.
    Count,
    /// All rows.
    Rows,
}

/// Where it stands which relations there are.
pub(super) fn catalog_places(store: Option<&Store>) -> Vec<Location> {
    match store {
        Some(store) => {
            let places = store.catalog_places();
            places.map(|(address, size)| Location { space: TAPE, address, size }).into()
        }
        None => vec![page_at(STATE_START)],
    }
}

/// A page of the store.
pub(super) fn page_at(address: i64) -> Location {
    Location { space: TAPE, address, size: u32::try_from(PAGE_SIZE).unwrap_or(0) }
}

impl Vm {
    pub(super) fn store(&self) -> Option<Store> {
        Store::open(&self.tape.tape, STATE_START).ok()
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

    /// How many rows a relation has.
    pub(super) fn count(&self, relation: &Relation) -> u64 {
        let count = self.store().and_then(|mut it| it.count(&self.tape.tape, relation.id()).ok());
        count.unwrap_or(0)
    }

    /// All rows of a relation.
    pub(super) fn all_rows(
        &self,
        relation: &Relation,
    ) -> Result<impl Iterator<Item = Row>, StoreError> {
        let mut store = Store::open(&self.tape.tape, STATE_START)?;
        let rows = store.scan(&self.tape.tape, relation.id(), Direction::Up)?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter())
    }

    /// The places of a relation's fields in the order in which they were declared, if that is known.
    pub(super) fn field_order(&self, relation: &Relation) -> Vec<usize> {
        let names = &self.program.names.relations;
        let declared = names.iter().find(|it| it.name == relation.name());
        let place = |name: &str| declared?.fields.iter().position(|field| field == name);
        let fields = relation.fields();
        let mut order: Vec<usize> = (0..fields.len()).collect();
        order.sort_by_key(|at| place(&fields[*at].name).unwrap_or(usize::MAX));
        order
    }

    /// A relation, or some rows of it, as a table of at most so many rows.
    pub(super) fn shown_rows(
        &self,
        relation: &Relation,
        some: Option<&[Row]>,
        rows_max: Option<usize>,
    ) -> Value {
        let rows_max = rows_max.unwrap_or(usize::MAX);
        let order = self.field_order(relation);
        let fields = relation.fields();
        let names = order.iter().map(|at| fields[*at].name.clone()).collect();
        let mut lines: Vec<Vec<String>> = vec![names];
        let line = |row: &Row| {
            let cells = order.iter().map(|at| {
                let mut text = String::new();
                if let Some(value) = row.get(*at) {
                    written::write(value, &fields[*at].ty, &mut text);
                }
                if rows_max == usize::MAX { text } else { cell(&text) }
            });
            cells.collect()
        };
        let count = if let Some(some) = some {
            lines.extend(some.iter().take(rows_max).map(line));
            some.len() as u64
        } else {
            if let Some(mut store) = self.store()
                && let Ok(rows) = store.scan(&self.tape.tape, relation.id(), Direction::Up)
            {
                lines.extend(rows.take(rows_max).map_while(Result::ok).map(|row| line(&row)));
            }
            self.count(relation)
        };
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
        if let Some(left_out) = count.checked_sub(rows_max as u64).filter(|left| *left > 0) {
            text += &format!("… {left_out} more; --all shows them\n");
        }
        value(text, count)
    }

    /// Where it lies what somebody wants to know of a relation.
    pub(super) fn relation_places(&self, relation: &Relation, wanted: Wanted) -> Vec<Location> {
        let Some(store) = self.store() else { return Vec::new() };
        let count = Location { space: TAPE, address: store.count_place(relation), size: 8 };
        let pages = match wanted {
            Wanted::Count => Vec::new(),
            Wanted::Rows => store.row_pages(&self.tape.tape, relation).unwrap_or_default(),
        };
        let pages = pages.into_iter().map(page_at);
        pages.chain([count]).chain(catalog_places(Some(&store))).collect()
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
