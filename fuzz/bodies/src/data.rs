//! Data in texts and files: whatever they hold, it is read or refused, and what was read can be
//! written and read again.

use std::collections::BTreeMap;

use achronyme::tree::{self, Ended};
use achronyme_data::csv::{Dialect, Quoting, ReadOptions, WriteOptions, read, rows, write_row};
use achronyme_data::npy::{self, Data, Numbers};
use achronyme_data::npz;
use source::SourceMap;
use testkit::ScriptedWorld;

/// Any bytes are read as comma-separated text; the first says how.
pub fn read_csv(input: &[u8]) {
    let Some((how, input)) = input.split_first() else { return };
    let text = String::from_utf8_lossy(input);
    let has = |bit: u8| how >> bit & 1 == 1;
    let dialect = Dialect {
        delimiter: if has(0) { ';' } else { ',' },
        quote: (!has(1)).then_some('"'),
        comment: has(2).then_some('#'),
        skip: usize::from(how >> 6),
    };
    let options = ReadOptions { dialect, flexible: has(3), ..ReadOptions::default() };
    if let Ok(sheet) = read(&text, &options) {
        let width = sheet.names.len();
        assert!(sheet.rows.iter().all(|row| row.len() <= width));
        if let Ok(numbers) = sheet.matrix() {
            assert_eq!(numbers.len(), width * sheet.rows.len());
        }
    }
    let Ok(found) = rows(&text, &dialect).collect::<Result<Vec<_>, _>>() else { return };
    let mut again = String::new();
    for row in &found {
        let cells: Vec<_> = row.cells.iter().map(|cell| (cell.clone(), true)).collect();
        let options = WriteOptions { quoting: Quoting::Always, ..WriteOptions::default() };
        write_row(&mut again, &cells, &options).expect("quotes are allowed");
    }
    let usual = Dialect::default();
    let back = rows(&again, &usual).map(|row| row.expect("it is sound").cells);
    assert!(back.eq(found.iter().map(|row| row.cells.clone())), "{again:?}");
}

/// Any bytes are read as an array of NumPy; what is one comes back from its file.
pub fn read_npy(input: &[u8]) {
    let Ok(array) = npy::read(input) else { return };
    let written = match &array.numbers {
        Numbers::Real(numbers) => npy::write(&array.shape, Data::Real(numbers)),
        Numbers::Complex(numbers) => npy::write(&array.shape, Data::Complex(numbers)),
        Numbers::Truth(truths) => {
            let numbers: Vec<f64> = truths.iter().map(|truth| f64::from(*truth)).collect();
            npy::write(&array.shape, Data::Truth(&numbers))
        }
    };
    let again = npy::read(&written).expect("it was written just now");
    assert_eq!(again.shape, array.shape);
    // NaN is not equal to itself; its bytes are.
    assert_eq!(format!("{:?}", again.numbers), format!("{:?}", array.numbers));
}

/// Any bytes are read as an archive of arrays.
pub fn read_npz(input: &[u8]) {
    let Ok(entries) = npz::read(input, &mut |size| size < 1 << 20) else { return };
    for entry in &entries {
        read_npy(&entry.bytes);
    }
    let Ok(written) = npz::write(&entries, true) else { return };
    let again = npz::read(&written, &mut |_| true).expect("it was written just now");
    assert_eq!(again.len(), entries.len());
}

/// Any bytes are read as JSON; the text of what they mean means the same.
pub fn read_json(input: &[u8]) {
    let program = "let text = await read_file(\"input\")\n\
                   if (typeof(text) != \"String\") { true } else {\n\
                     let value = try { json_parse(text) } catch (e) { null }\n\
                     let tensors = try { json_parse(text, {tensors: true}) } catch (e) { null }\n\
                     let said = json_stringify(value)\n\
                     said == json_stringify(json_parse(said)) && said == json_stringify(tensors)\n\
                   }";
    let text = String::from_utf8_lossy(input);
    let mut world = ScriptedWorld::default().with_file("input", &text);
    let mut sources = SourceMap::default();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let loaded = achronyme::load("fuzz.soc", program, &mut files, &mut sources);
    let (program, _) = loaded.unwrap_or_else(|found| unreachable!("{found:?}"));
    let answer = Box::new(move |question| world.answer(&question));
    let ended = tree::run(&program, &mut sources, &tree::Options::default(), answer);
    assert_eq!(ended, Ended::Value(Some("true".to_owned())), "{text:?}");
}
