//! Tables as text, their columns side by side.

use super::columns::parts;
use crate::text::{self, Style};
use crate::{Store, View};

/// So many rows are shown; of longer tables the first and the last.
const ROWS_MAX: usize = 20;
/// So many letters of a cell are shown.
const LETTERS_MAX: usize = 40;

/// The text of a table, its numbers with at most so many digits after the point; `None` if the value is none. Its last line has no end.
pub(crate) fn shown<S: Store>(
    store: &S,
    value: &S::Value,
    digits: Option<usize>,
) -> Option<String> {
    let table = parts(store, value).filter(|_| store.fields(value).len() == 2)?;
    let half = ROWS_MAX / 2;
    let is_cut = table.count > ROWS_MAX;
    let places: Vec<usize> = match is_cut {
        true => (0..half).chain(table.count - half..table.count).collect(),
        false => (0..table.count).collect(),
    };
    let mut lines = vec![String::new(); places.len() + 1 + usize::from(is_cut)];
    for (name, column) in table.names.iter().zip(&table.columns) {
        let mut cells: Vec<String> =
            places.iter().map(|place| cell(store, column, *place, digits)).collect();
        if is_cut {
            cells.insert(half, "…".to_owned());
        }
        cells.insert(0, cut(name));
        let is_right = store.view(column) != View::Vector;
        let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
        for (line, cell) in lines.iter_mut().zip(&cells) {
            let gap = " ".repeat(width - cell.chars().count());
            let between = if line.is_empty() { "" } else { "  " };
            let (before, after) = if is_right { (&*gap, "") } else { ("", &*gap) };
            *line = format!("{line}{between}{before}{cell}{after}");
        }
    }
    if table.names.is_empty() {
        lines.clear();
    }
    let mut text: String = lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect();
    let rows = if table.count == 1 { "row" } else { "rows" };
    text.push_str(&format!("({} {rows})", table.count));
    Some(text)
}

fn cell<S: Store>(store: &S, column: &S::Value, row: usize, digits: Option<usize>) -> String {
    let mut shown = String::new();
    if let Some(tensor) = store.tensor(column) {
        if store.is_mask(column) {
            text::write_truth(&mut shown, tensor.data[row]);
        } else {
            text::write_number(&mut shown, text::rounded(tensor.data[row], digits));
        }
    } else if let Some(tensor) = store.complex_tensor(column) {
        text::write_complex(&mut shown, tensor.data[row]);
    } else if let Some(value) = store.elements(column).get(row) {
        shown = text::show(store, value, Style::Plain).unwrap_or_default();
    }
    cut(&shown)
}

/// One line, and not too long.
fn cut(text: &str) -> String {
    let mut line: String = text
        .chars()
        .take(LETTERS_MAX)
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    if text.chars().nth(LETTERS_MAX).is_some() {
        line.pop();
        line.push('…');
    }
    line
}
