//! Rows as text.

use crate::Error;

/// Which cells are put in quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quoting {
    /// Those that could not be read back otherwise.
    #[default]
    Auto,
    /// All texts, and nothing else.
    Text,
    /// All.
    Always,
    /// None.
    Never,
}

/// How rows are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOptions {
    /// What stands between two cells.
    pub delimiter: char,
    /// Which cells are put in quotes.
    pub quoting: Quoting,
    /// `\n`, `\r\n` or `\r`.
    pub line_end: String,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { delimiter: ',', quoting: Quoting::Auto, line_end: "\n".to_owned() }
    }
}

/// Adds a row to a text. A cell is its text, and whether that is a text of the user's.
///
/// # Errors
/// A cell needs quotes, and there may be none.
pub fn write_row(
    text: &mut String,
    cells: &[(String, bool)],
    options: &WriteOptions,
) -> Result<(), Error> {
    let is_alone = cells.len() == 1;
    for (column, (cell, is_text)) in cells.iter().enumerate() {
        if column > 0 {
            text.push(options.delimiter);
        }
        let marks = [options.delimiter, '"', '\n', '\r'];
        let needs_quotes = cell.contains(marks)
            || is_alone && cell.is_empty()
            || column == 0 && cell.starts_with('\u{feff}');
        let has_quotes = match options.quoting {
            Quoting::Auto => needs_quotes,
            Quoting::Text => needs_quotes || *is_text,
            Quoting::Always => true,
            Quoting::Never if needs_quotes => {
                let shown: String = cell.chars().take(40).collect();
                return Err(Error::new(format!("{shown:?} cannot be written without quotes")));
            }
            Quoting::Never => false,
        };
        if has_quotes {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str(&options.line_end);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cells: &[&str], quoting: Quoting) -> Result<String, Error> {
        let cells: Vec<_> = cells.iter().map(|cell| ((*cell).to_owned(), *cell != "1")).collect();
        let mut text = String::new();
        write_row(&mut text, &cells, &WriteOptions { quoting, ..WriteOptions::default() })?;
        Ok(text)
    }

    #[test]
    fn quotes_are_where_they_have_to_be_or_are_wanted() {
        let cells = ["1", "a b", "c,\"d\""];
        assert_eq!(written(&cells, Quoting::Auto).unwrap(), "1,a b,\"c,\"\"d\"\"\"\n");
        assert_eq!(written(&cells, Quoting::Text).unwrap(), "1,\"a b\",\"c,\"\"d\"\"\"\n");
        assert_eq!(written(&cells, Quoting::Always).unwrap(), "\"1\",\"a b\",\"c,\"\"d\"\"\"\n");
        assert!(written(&cells, Quoting::Never).is_err());
        assert_eq!(written(&cells[..2], Quoting::Never).unwrap(), "1,a b\n");
        assert_eq!(written(&[""], Quoting::Auto).unwrap(), "\"\"\n");
    }
}
