//! Rows as a table for people: columns in line, numbers to the right.

use relational::{Row, Type, Value};
use unicode_width::UnicodeWidthStr;

use super::Column;
use super::value::shown;

/// Characters of a cell in a table; what is longer is cut off there.
const CELL_MAX: usize = 60;

/// A table with a line for each row. With `is_drawn` it has lines around it, as for a terminal.
pub(crate) fn table(columns: &[Column], rows: &[Row], is_drawn: bool) -> String {
    let cells: Vec<Vec<String>> = rows.iter().map(|row| line(columns, row)).collect();
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let width = |at: usize| {
        let all = std::iter::once(&names).chain(&cells);
        all.filter_map(|line| line.get(at)).map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let between = if is_drawn { " │ " } else { "  " };
    let put = |line: &[String]| {
        let mut parts = Vec::new();
        for ((cell, width), column) in line.iter().zip(&widths).zip(columns) {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            let is_right = is_number(&column.of);
            parts.push(if is_right { blanks + cell } else { cell.clone() + &blanks });
        }
        let joined = parts.join(between);
        format!("{}\n", joined.trim_end())
    };
    let mut text = put(&names);
    if is_drawn {
        let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        text += &format!("{}\n", rules.join("─┼─"));
    }
    cells.iter().for_each(|line| text += &put(line));
    if is_drawn {
        let count = rows.len();
        text += &format!("({count} row{})\n", if count == 1 { "" } else { "s" });
    }
    text
}

fn line(columns: &[Column], row: &[Value]) -> Vec<String> {
    let cell = |(column, value): (&Column, &Value)| {
        let text: String = shown(&column.of, value)
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        match text.char_indices().nth(CELL_MAX) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    };
    columns.iter().zip(row).map(cell).collect()
}

fn is_number(of: &Type) -> bool {
    match of {
        Type::Int | Type::Float | Type::Decimal | Type::Duration | Type::Moment => true,
        Type::Option(inner) => is_number(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_in_line_whatever_the_letters() {
        let column = |name: &str, of| Column { name: name.to_owned(), of };
        let columns = [column("id", Type::Int), column("name", Type::String)];
        let rows = [vec![Value::Int(1), "日本".into()], vec![Value::Int(200), "é\n".into()]];
        assert_eq!(table(&columns, &rows, false), " id  name\n  1  日本\n200  é\n");
        let drawn = " id │ name\n────┼─────\n  1 │ 日本\n200 │ é\n(2 rows)\n";
        assert_eq!(table(&columns, &rows, true), drawn);
    }
}
