//! A text as a table: names of columns, and cells with their meaning.

use super::cell::{Cell, CellKind, Kinds};
use super::rows::{Dialect, Row, rows};
use crate::Error;

/// Where the names of the columns come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Headers {
    /// The first row.
    #[default]
    First,
    /// They have no names but `column1`, `column2` and so on.
    None,
    /// The caller; the first row is data.
    Given(Vec<String>),
}

/// How a text is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// How cells are told apart.
    pub dialect: Dialect,
    /// Where names come from.
    pub headers: Headers,
    /// What cells are read as.
    pub kinds: Kinds,
    /// Texts that stand for a missing cell.
    pub na: Vec<String>,
    /// Whether rows may have more or fewer cells than there are names. What lacks is missing, and
    /// what is too much gets a column of its own.
    pub flexible: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            dialect: Dialect::default(),
            headers: Headers::First,
            kinds: Kinds::default(),
            na: ["", "NA", "NaN"].map(str::to_owned).to_vec(),
            flexible: false,
        }
    }
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The names of the columns, as many as the longest row has cells. With equal names, the last
    /// column is meant.
    pub names: Vec<String>,
    /// Cells of each row, as many as there were.
    pub rows: Vec<Vec<Cell>>,
    /// The line each row begins in, from 1.
    pub lines: Vec<usize>,
    /// Which columns have nothing but numbers, and what is missing.
    pub is_numeric: Vec<bool>,
}

/// Reads a table. O(n).
///
/// # Errors
/// The text is damaged, a row has another number of cells than the first, or a cell is not of the
/// kind that is wanted of it. The message has the line.
pub fn read(text: &str, options: &ReadOptions) -> Result<Sheet, Error> {
    let mut found = rows(text, &options.dialect);
    let mut names = match &options.headers {
        Headers::First => found.next().transpose()?.map(|row| row.cells).unwrap_or_default(),
        Headers::None => Vec::new(),
        Headers::Given(names) => names.clone(),
    };
    let mut wanted = (options.headers != Headers::None).then_some(names.len());
    let mut sheet =
        Sheet { names: Vec::new(), rows: Vec::new(), lines: Vec::new(), is_numeric: Vec::new() };
    for row in found {
        let row = row?;
        let width = *wanted.get_or_insert(row.cells.len());
        if row.cells.len() != width && !options.flexible {
            let (count, line) = (row.cells.len(), row.line);
            let cells = if count == 1 { "cell" } else { "cells" };
            let message = format!("line {line} has {count} {cells}, expected {width}");
            return Err(Error::new(message));
        }
        for number in names.len() + 1..=row.cells.len() {
            names.push(format!("column{number}"));
        }
        sheet.add(row, &names, options)?;
    }
    sheet.is_numeric = (0..names.len()).map(|column| sheet.has_numbers_only(column)).collect();
    sheet.names = names;
    Ok(sheet)
}

impl Sheet {
    fn add(&mut self, row: Row, names: &[String], options: &ReadOptions) -> Result<(), Error> {
        let Row { line, cells } = row;
        let read = |(column, text): (usize, String)| {
            let kind = options.kinds.of(names.get(column));
            let shown = text.chars().take(40).collect::<String>();
            Cell::read(text, kind, &options.na).ok_or_else(|| {
                let wanted = if kind == CellKind::Truth { "truth value" } else { "number" };
                let place = format!("line {line}, column {}", column + 1);
                Error::new(format!("{place}: {shown:?} is no {wanted}"))
            })
        };
        self.rows.push(cells.into_iter().enumerate().map(read).collect::<Result<_, _>>()?);
        self.lines.push(line);
        Ok(())
    }

    fn has_numbers_only(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.get(column)).peekable();
        let mut has_number = false;
        let is_good = cells.all(|cell| {
            has_number |= matches!(cell, Cell::Number(_));
            matches!(cell, Cell::Number(_) | Cell::Missing)
        });
        is_good && has_number
    }

    /// The cell in this row and column: what is missing in a column of numbers is not a number.
    #[must_use]
    pub fn cell(&self, row: usize, column: usize) -> &Cell {
        const NOT_A_NUMBER: &Cell = &Cell::Number(f64::NAN);
        let cell = self.rows.get(row).and_then(|row| row.get(column)).unwrap_or(&Cell::Missing);
        let is_numeric = self.is_numeric.get(column).copied().unwrap_or(false);
        if *cell == Cell::Missing && is_numeric { NOT_A_NUMBER } else { cell }
    }

    /// All numbers, row by row; what is missing is not a number.
    ///
    /// # Errors
    /// A cell is none; the message has its line.
    pub fn matrix(&self) -> Result<Vec<f64>, Error> {
        let mut numbers = Vec::with_capacity(self.rows.len().saturating_mul(self.names.len()));
        for (row, line) in self.lines.iter().enumerate() {
            for column in 0..self.names.len() {
                numbers.push(match self.cell(row, column) {
                    Cell::Number(number) => *number,
                    Cell::Missing => f64::NAN,
                    Cell::Truth(_) | Cell::Text(_) => {
                        let place = format!("line {line}, column {}", column + 1);
                        return Err(Error::new(format!("{place}: no number")));
                    }
                });
            }
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, options: &ReadOptions) -> String {
        read(text, options).unwrap_err().message
    }

    #[test]
    fn cells_are_numbers_truth_values_or_texts_by_their_look() {
        let sheet = read("a,b,c\n1, true,x\nNA,false,NA\n-1e3,,2", &ReadOptions::default());
        let sheet = sheet.unwrap();
        assert_eq!(sheet.names, ["a", "b", "c"]);
        assert_eq!(sheet.is_numeric, [true, false, false]);
        assert_eq!(*sheet.cell(0, 1), Cell::Truth(true));
        assert!(matches!(sheet.cell(1, 0), Cell::Number(x) if x.is_nan()));
        assert_eq!(*sheet.cell(2, 1), Cell::Missing);
        assert_eq!(*sheet.cell(1, 2), Cell::Missing);
        assert_eq!(*sheet.cell(2, 2), Cell::Number(2.0));
    }

    #[test]
    fn rows_of_unequal_length_are_refused_unless_they_may_be_so() {
        let text = "a,b\n1,2\n\n3\n4,5,6\n";
        assert_eq!(said(text, &ReadOptions::default()), "line 4 has 1 cell, expected 2");
        let flexible = ReadOptions { flexible: true, ..ReadOptions::default() };
        let sheet = read(text, &flexible).unwrap();
        assert_eq!(sheet.names, ["a", "b", "column3"]);
        let matrix = sheet.matrix().unwrap();
        let shown: Vec<String> = matrix.iter().map(ToString::to_string).collect();
        assert_eq!(shown.join(" "), "1 2 NaN 3 NaN NaN 4 5 6");
        let bare = ReadOptions { headers: Headers::None, ..ReadOptions::default() };
        assert_eq!(said("1,2\n3", &bare), "line 2 has 1 cell, expected 2");
        assert_eq!(read("1,2", &bare).unwrap().names, ["column1", "column2"]);
    }

    #[test]
    fn what_a_column_is_to_be_can_be_said() {
        let named = vec![("b".to_owned(), CellKind::Number)];
        let kinds = Kinds { all: CellKind::Text, named };
        let options = ReadOptions { kinds, ..ReadOptions::default() };
        let sheet = read("a,b\n1,2\n", &options).unwrap();
        assert_eq!(sheet.rows, [[Cell::Text("1".to_owned()), Cell::Number(2.0)]]);
        assert_eq!(said("a,b\n1,x\n", &options), "line 2, column 2: \"x\" is no number");
        assert_eq!(
            read("a\nx", &ReadOptions::default()).unwrap().matrix().unwrap_err().message,
            "line 2, column 1: no number"
        );
    }

    #[test]
    fn nothing_is_an_empty_table() {
        let sheet = read("", &ReadOptions::default()).unwrap();
        assert_eq!((sheet.names.len(), sheet.rows.len()), (0, 0));
        let given = Headers::Given(vec!["x".to_owned()]);
        let options = ReadOptions { headers: given, ..ReadOptions::default() };
        assert_eq!(read("7", &options).unwrap().matrix().unwrap(), [7.0]);
    }
}
