//! Comma-separated text: there and back, and held against the reader of crate `csv`.

use achronyme_data::csv::{
    Cell, CellKind, Dialect, Headers, Kinds, Quoting, ReadOptions, WriteOptions, read, rows,
    write_row,
};
use proptest::prelude::*;

/// Rows of equally many cells with what makes reading hard.
fn tables() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..4).prop_flat_map(|width| {
        let cell = "[a-c\",;\n\r' é#0-9.-]{0,6}";
        proptest::collection::vec(proptest::collection::vec(cell, width), 0..6)
    })
}

fn written(table: &[Vec<String>], options: &WriteOptions) -> String {
    let mut text = String::new();
    for row in table {
        let cells: Vec<(String, bool)> = row.iter().map(|cell| (cell.clone(), true)).collect();
        write_row(&mut text, &cells, options).expect("quotes are allowed");
    }
    text
}

fn found(text: &str, dialect: &Dialect) -> Option<Vec<Vec<String>>> {
    rows(text, dialect).map(|row| Some(row.ok()?.cells)).collect()
}

proptest! {
    #[test]
    fn rows_come_back(
        table in tables(),
        quoting in prop::sample::select(vec![Quoting::Auto, Quoting::Text, Quoting::Always]),
        delimiter in prop::sample::select(vec![',', ';', '\t', '→']),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let options = WriteOptions { delimiter, quoting, line_end: line_end.to_owned() };
        let text = written(&table, &options);
        let dialect = Dialect { delimiter, ..Dialect::default() };
        prop_assert_eq!(found(&text, &dialect), Some(table.clone()));

        let kinds = Kinds { all: CellKind::Text, named: Vec::new() };
        let bare =
            ReadOptions { dialect, headers: Headers::None, kinds, na: vec![], flexible: false };
        let sheet = read(&text, &bare).unwrap();
        let cells: Vec<Vec<Cell>> =
            table.iter().map(|row| row.iter().cloned().map(Cell::Text).collect()).collect();
        prop_assert_eq!(sheet.rows, cells);
    }

    #[test]
    fn other_readers_find_the_same_rows(table in tables()) {
        let text = written(&table, &WriteOptions::default());
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let theirs: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(found(&text, &Dialect::default()), Some(theirs));
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a1,;\"\n\r# \\.eE+-]{0,60}", flexible in any::<bool>()) {
        let options = ReadOptions { flexible, ..ReadOptions::default() };
        if let Ok(sheet) = read(&text, &options) {
            let width = sheet.names.len();
            prop_assert!(sheet.rows.iter().all(|row| row.len() <= width));
            prop_assert!(flexible || sheet.rows.iter().all(|row| row.len() == width));
            if let Ok(numbers) = sheet.matrix() {
                prop_assert_eq!(numbers.len(), width * sheet.rows.len());
            }
        }
        let dialect = Dialect { delimiter: ';', quote: None, comment: Some('#'), skip: 1 };
        prop_assert!(rows(&text, &dialect).all(|row| row.is_ok()));
    }
}
