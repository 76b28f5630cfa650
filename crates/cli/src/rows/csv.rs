//! Comma-separated text (RFC 4180), read and written row by row, so that a file may be of any size.

use std::io::{self, BufRead, Write};

use relational::Value;

use super::Column;
use super::value::cell;

/// Bytes of one row at most.
const ROW_MAX: usize = 64 << 20;

/// A cell with where it begins, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    /// Whether it stands in quotes: then it is a text, even where it is empty.
    pub(crate) is_quoted: bool,
}

/// Reads rows one after the other.
pub(crate) struct CsvReader<R: BufRead> {
    from: R,
    line: u64,
    is_first: bool,
}

/// What is wrong with a text, and where.
#[derive(Debug)]
pub(crate) enum CsvError {
    Io(io::Error),
    Text { line: u64, column: u64, message: String },
}

impl<R: BufRead> CsvReader<R> {
    pub(crate) fn new(from: R) -> Self {
        Self { from, line: 0, is_first: true }
    }

    /// The next row. Empty lines are none.
    pub(crate) fn row(&mut self) -> Result<Option<Vec<Cell>>, CsvError> {
        loop {
            let Some(text) = self.next_line()? else { return Ok(None) };
            if !text.trim_end_matches(['\n', '\r']).is_empty() {
                return self.cells(text).map(Some);
            }
        }
    }

    fn next_line(&mut self) -> Result<Option<String>, CsvError> {
        let mut bytes = Vec::new();
        let mut limited = io::Read::take(&mut self.from, ROW_MAX as u64 + 1);
        limited.read_until(b'\n', &mut bytes).map_err(CsvError::Io)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        if bytes.len() > ROW_MAX {
            return Err(self.wrong(1, "the line is too long to be a row"));
        }
        let mut text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let before = String::from_utf8_lossy(&error.as_bytes()[..good]).chars().count();
            self.wrong(before as u64 + 1, "this is no UTF-8")
        })?;
        if std::mem::take(&mut self.is_first) && text.starts_with('\u{feff}') {
            text.remove(0);
        }
        Ok(Some(text))
    }

    fn wrong(&self, column: u64, message: &str) -> CsvError {
        CsvError::Text { line: self.line, column, message: message.to_owned() }
    }

    /// The cells of a row, which goes on in further lines where quotes are open.
    fn cells(&mut self, mut text: String) -> Result<Vec<Cell>, CsvError> {
        let mut cells = Vec::new();
        let mut bytes_before = text.len();
        // A byte of the text, and the character that it is in its line.
        let (mut at, mut column) = (0, 1);
        loop {
            let mut cell = Cell { line: self.line, column, ..Cell::default() };
            if text[at..].starts_with('"') {
                cell.is_quoted = true;
                (at, column) = (at + 1, column + 1);
                loop {
                    let rest = &text[at..];
                    let Some(end) = rest.find('"') else {
                        cell.text.push_str(rest);
                        let Some(next) = self.next_line()? else {
                            let (line, column) = (cell.line, cell.column);
                            let message = "the cell in quotes does not end".to_owned();
                            return Err(CsvError::Text { line, column, message });
                        };
                        bytes_before += next.len();
                        if bytes_before > ROW_MAX {
                            let (line, column) = (cell.line, cell.column);
                            let message = "the cell in quotes is too long".to_owned();
                            return Err(CsvError::Text { line, column, message });
                        }
                        (text, at, column) = (next, 0, 1);
                        continue;
                    };
                    cell.text.push_str(&rest[..end]);
                    column += rest[..end].chars().count() as u64 + 1;
                    at += end + 1;
                    if !text[at..].starts_with('"') {
                        break;
                    }
                    cell.text.push('"');
                    (at, column) = (at + 1, column + 1);
                }
            } else {
                let end = text[at..].find([',', '\n', '\r']).map_or(text.len(), |end| at + end);
                text[at..end].clone_into(&mut cell.text);
                column += cell.text.chars().count() as u64;
                at = end;
            }
            cells.push(cell);
            let rest = &text[at..];
            if rest.starts_with(',') {
                (at, column) = (at + 1, column + 1);
            } else if rest.trim_start_matches('\r').trim_start_matches('\n').is_empty() {
                return Ok(cells);
            } else {
                return Err(self.wrong(column, "text follows a cell in quotes"));
            }
        }
    }
}

/// Writes rows.
pub(crate) struct CsvWriter<W: Write> {
    columns: Vec<Column>,
    to: W,
}

impl<W: Write> CsvWriter<W> {
    pub(super) fn new(columns: Vec<Column>, to: W) -> io::Result<Self> {
        let mut writer = Self { columns, to };
        let names: Vec<String> =
            writer.columns.iter().map(|column| quoted(&column.name, false)).collect();
        writeln!(writer.to, "{}", names.join(","))?;
        Ok(writer)
    }

    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        let mut line = String::new();
        for (index, (column, value)) in self.columns.iter().zip(row).enumerate() {
            if index > 0 {
                line.push(',');
            }
            // An empty text in quotes is a text; without them it is none.
            let is_text = matches!(value, Value::String(text) if text.is_empty());
            line += &quoted(&cell(&column.of, value), is_text);
        }
        if line.is_empty() {
            line += "\"\"";
        }
        writeln!(self.to, "{line}")
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn quoted(cell: &str, always: bool) -> String {
    if always || cell.contains([',', '"', '\n', '\r']) || cell.starts_with('\u{feff}') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cell, with its line and column.
    type Placed = (String, u64, u64);

    fn read(text: &str) -> Result<Vec<Vec<Placed>>, String> {
        let mut reader = CsvReader::new(text.as_bytes());
        let mut rows = Vec::new();
        loop {
            match reader.row() {
                Ok(Some(cells)) => {
                    let cells = cells.into_iter().map(|it| (it.text, it.line, it.column));
                    rows.push(cells.collect());
                }
                Ok(None) => return Ok(rows),
                Err(CsvError::Text { line, column, message }) => {
                    return Err(format!("{line}:{column}: {message}"));
                }
                Err(CsvError::Io(error)) => return Err(error.to_string()),
            }
        }
    }

    #[test]
    fn cells_know_where_they_begin() {
        let cell = |text: &str, line, column| (text.to_owned(), line, column);
        assert_eq!(
            read("\u{feff}a,é\r\n\r\n\"x\n\"\"y\",\"\",3"),
            Ok(vec![
                vec![cell("a", 1, 1), cell("é", 1, 3)],
                vec![cell("x\n\"y", 3, 1), cell("", 4, 6), cell("3", 4, 9)],
            ])
        );
        assert_eq!(read("a\n\"b"), Err("2:1: the cell in quotes does not end".to_owned()));
        assert_eq!(read("\"b\"c"), Err("1:4: text follows a cell in quotes".to_owned()));
    }
}
