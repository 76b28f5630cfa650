//! Text as rows of cells, each with its line.

use crate::Error;

/// How cells are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between two cells.
    pub delimiter: char,
    /// What stands around a cell that may hold anything, twice where it is meant itself. `None`:
    /// quotes are letters like others.
    pub quote: Option<char>,
    /// A line that begins so is no row.
    pub comment: Option<char>,
    /// So many lines at the beginning are no rows.
    pub skip: usize,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: ',', quote: Some('"'), comment: None, skip: 0 }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line it begins in, from 1.
    pub line: usize,
    /// Its cells without their quotes.
    pub cells: Vec<String>,
}

/// The rows of a text. Empty lines are none. Lines end with `\n`, `\r\n` or `\r`; a mark of the byte
/// order at the beginning is passed over. O(n).
///
/// A row is an error where a cell in quotes does not end, or text follows it.
#[must_use]
pub fn rows<'a>(text: &'a str, dialect: &'a Dialect) -> Rows<'a> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = Rows { rest: text, line: 1, dialect };
    for _ in 0..dialect.skip.min(text.len()) {
        rows.skip_line();
    }
    rows
}

/// The rows of a text, read one after the other. After an error there are no more.
#[derive(Clone, Debug)]
pub struct Rows<'a> {
    rest: &'a str,
    line: usize,
    dialect: &'a Dialect,
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            if self.take_line_end() {
                continue;
            }
            if self.dialect.comment.is_some_and(|comment| self.rest.starts_with(comment)) {
                self.skip_line();
                continue;
            }
            let row = self.row();
            if row.is_err() {
                self.rest = "";
            }
            return Some(row);
        }
        None
    }
}

impl Rows<'_> {
    fn skip_line(&mut self) {
        let end = self.rest.find(['\n', '\r']).unwrap_or(self.rest.len());
        self.rest = &self.rest[end..];
        self.take_line_end();
    }

    fn take_line_end(&mut self) -> bool {
        let after = ["\r\n", "\n", "\r"].iter().find_map(|end| self.rest.strip_prefix(end));
        match after {
            Some(after) => {
                self.rest = after;
                self.line += 1;
                true
            }
            None => false,
        }
    }

    fn row(&mut self) -> Result<Row, Error> {
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            let cell = match self.dialect.quote {
                Some(quote) if self.rest.starts_with(quote) => self.quoted(quote)?,
                _ => self.plain(),
            };
            cells.push(cell);
            if let Some(after) = self.rest.strip_prefix(self.dialect.delimiter) {
                self.rest = after;
            } else if self.rest.is_empty() || self.take_line_end() {
                return Ok(Row { line, cells });
            } else {
                let message = format!("line {}: text follows a cell in quotes", self.line);
                return Err(Error::new(message));
            }
        }
    }

    fn plain(&mut self) -> String {
        let end = self.rest.find([self.dialect.delimiter, '\n', '\r']).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell.to_owned()
    }

    fn quoted(&mut self, quote: char) -> Result<String, Error> {
        let begin = self.line;
        let mut cell = String::new();
        let mut rest = &self.rest[quote.len_utf8()..];
        loop {
            let Some((before, after)) = rest.split_once(quote) else {
                let message = format!("line {begin}: a cell in quotes does not end");
                return Err(Error::new(message));
            };
            cell.push_str(before);
            match after.strip_prefix(quote) {
                Some(after) => {
                    cell.push(quote);
                    rest = after;
                }
                None => {
                    self.rest = after;
                    self.line += line_ends(&cell);
                    return Ok(cell);
                }
            }
        }
    }
}

fn line_ends(text: &str) -> usize {
    let returns = text.matches('\r').count();
    text.matches('\n').count() + returns - text.matches("\r\n").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, dialect: &Dialect) -> Vec<(usize, Vec<String>)> {
        let rows = rows(text, dialect).map(Result::unwrap);
        rows.map(|row| (row.line, row.cells)).collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    #[test]
    fn rows_have_cells_and_the_line_they_begin_in() {
        let text = "\u{feff}a,b\r\n\r\n\"x,\n\"\"y\"\"\",\n1,2\r3,4";
        let expected = [
            row(1, &["a", "b"]),
            row(3, &["x,\n\"y\"", ""]),
            row(5, &["1", "2"]),
            row(6, &["3", "4"]),
        ];
        assert_eq!(cells(text, &Dialect::default()), expected);
    }

    #[test]
    fn a_dialect_has_its_own_marks() {
        let dialect = Dialect { delimiter: '→', quote: Some('\''), comment: Some('#'), skip: 2 };
        let text = "title, \"\n\n# said\n'a→''b'→\"c\n#\n1→2\n";
        assert_eq!(cells(text, &dialect), [row(4, &["a→'b", "\"c"]), row(6, &["1", "2"])]);
        let plain = Dialect { quote: None, ..Dialect::default() };
        assert_eq!(cells("\"a,b\"", &plain), [row(1, &["\"a", "b\""])]);
        assert_eq!(cells("\"\"\n", &Dialect::default()), [row(1, &[""])]);
        assert!(cells("a\nb", &Dialect { skip: 9, ..dialect }).is_empty());
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let said = |text| {
            let dialect = Dialect::default();
            let mut rows = rows(text, &dialect);
            let message = rows.find_map(Result::err).unwrap().message;
            assert_eq!(rows.next(), None);
            message
        };
        assert_eq!(said("a\n\"b\nc"), "line 2: a cell in quotes does not end");
        assert_eq!(said("a\n\"b\nc\"d"), "line 3: text follows a cell in quotes");
    }
}
