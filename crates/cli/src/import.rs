//! `palindrome import`: rows of a file into a relation on a tape, all of them or none.

mod transaction;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use palindrome::{State, check_with, hir};
use relational::{Field, Relation, RelationId, Row, Store, Value};
use source::nearest;

use crate::arguments::ImportArguments;
use crate::error::{CliError, exit};
use crate::libraries::Places;
use crate::rows::{Column, CsvError, CsvReader, Format, parse, read_json, read_parquet};
use crate::store::{TapeError, TapeFile, pages_since};
use crate::terminal::{Terminal, show};
use crate::world::nanoseconds;

/// Rows between two looks for Ctrl-C.
const SLICE: u64 = 4096;

pub(crate) fn import(arguments: &ImportArguments, terminal: Terminal) -> Result<u8, CliError> {
    crate::interrupt::listen();
    let ImportArguments { tape: path, relation, file, .. } = arguments;
    let format = arguments.format.or_else(|| Format::of(file)).filter(|it| *it != Format::Table);
    let Some(format) = format else {
        let message =
            format!("{}: say what it is with --format csv, json or parquet", file.display());
        return Err(CliError::Usage(message));
    };
    // A tape is not made by an import: it would have no relation.
    std::fs::metadata(path).map_err(CliError::unreadable(path))?;
    let (mut tape_file, opened) = TapeFile::open(path)?;
    let content = opened.content;
    let places = Places::of(&content.text.name, Some(path));
    let checked = check_with(&content.text.name, &content.text.text, &places);
    refuse_derived(&checked.program, relation)?;
    let is_watched = !checked.program.contracts.is_empty();
    let mut state = content.state()?;
    let mut tape = state.to_tape();
    let before = tape.snapshot();
    let Ok(mut store) = Store::open(&tape, palindrome::STATE_START) else {
        return Err(unknown(path, relation, &[]).into());
    };
    let unfit = |error: relational::StoreError| TapeError::Unfit(error.to_string());
    let known = store.relations(&tape).map_err(unfit)?;
    let Some(found) = known.iter().find(|known| known.name() == relation) else {
        let names: Vec<&str> = known.iter().map(|relation| relation.name()).collect();
        return Err(unknown(path, relation, &names).into());
    };
    let kept = is_watched.then(Vec::new);
    let mut rows = Rows { id: found.id(), store: &mut store, tape: &mut tape, count: 0, kept };
    read(file, format, found, &mut rows)?;
    let (count, kept) = (rows.count, rows.kept);
    if let Some(rows) = kept {
        // What the rows break only a program can tell.
        let fields = found.fields().iter().map(|field| field.name.as_str()).collect();
        let whole = transaction::Rows { relation, fields, rows };
        match transaction::commit(&mut tape_file, content, whole, (&places, terminal))? {
            exit::OK => {}
            code => return Ok(code),
        }
        return told(count, relation);
    }
    let pages = pages_since(&tape.snapshot(), &before);
    if !pages.is_empty() {
        let names = std::mem::take(&mut state.names);
        tape_file.commit_state(&State::from_tape(&mut tape, names), Some(nanoseconds()))?;
    }
    told(count, relation)
}

fn told(count: u64, relation: &str) -> Result<u8, CliError> {
    let rows = if count == 1 { "row" } else { "rows" };
    show(&format!("{count} {rows} into {relation}\n"))?;
    Ok(exit::OK)
}

fn unknown(path: &Path, relation: &str, names: &[&str]) -> TapeError {
    let shown = path.display();
    let help = match nearest(relation, names.iter().copied()) {
        Some(near) => format!("is \"{near}\" meant?"),
        None if names.is_empty() => {
            "a program that is run with --tape defines relations".to_owned()
        }
        None => format!("there are {}", names.join(", ")),
    };
    TapeError::Unfit(format!("{shown} has no relation \"{relation}\": {help}"))
}

/// Relations whose rows follow from others are refused.
fn refuse_derived(program: &hir::Program, relation: &str) -> Result<(), TapeError> {
    let found = program.relations.iter().find(|found| &*found.name == relation);
    if found.is_some_and(|found| found.kind != hir::RelationKind::Stored) {
        let message = format!("the rows of \"{relation}\" follow from others: import those");
        return Err(TapeError::Unfit(message));
    }
    Ok(())
}

/// Where rows go.
struct Rows<'a> {
    id: RelationId,
    store: &'a mut Store,
    tape: &'a mut tape::Tape,
    count: u64,
    /// The rows themselves, if a program has to look at them.
    kept: Option<Vec<Row>>,
}

impl Rows<'_> {
    fn insert(&mut self, row: &[Value]) -> Result<(), String> {
        self.store.insert(self.tape, self.id, row).map_err(|error| error.to_string())?;
        self.count += 1;
        if let Some(kept) = &mut self.kept {
            if kept.len() >= transaction::ROWS_MAX {
                let message =
                    "contracts look at no more than a million rows at once: import them in parts";
                return Err(message.to_owned());
            }
            kept.push(row.to_vec());
        }
        if self.count.is_multiple_of(SLICE) && crate::interrupt::is_wanted() {
            return Err("interrupted: nothing was imported".to_owned());
        }
        Ok(())
    }
}

fn read(path: &Path, format: Format, to: &Relation, rows: &mut Rows<'_>) -> Result<(), CliError> {
    let is_input = path.as_os_str() == "-";
    let shown = if is_input { "(standard input)".to_owned() } else { path.display().to_string() };
    let open = || File::open(path).map_err(CliError::unreadable(path));
    let column = |field: &Field| Column { name: field.name.clone(), of: field.ty.clone() };
    let columns: Vec<Column> = to.fields().iter().map(column).collect();
    let absent: Vec<Option<Value>> = to.fields().iter().map(Field::absent).collect();
    let wrong = |message: String| CliError::from(TapeError::Unfit(message));
    if format == Format::Parquet {
        if is_input {
            let message = "a Parquet file is read from its end: give it by its name".to_owned();
            return Err(CliError::Usage(message));
        }
        let read = read_parquet(open()?, &columns, &absent, &mut |row| rows.insert(&row));
        return read.map_err(|error| wrong(format!("{shown}: {error}")));
    }
    let from: Box<dyn Read> = if is_input { Box::new(io::stdin()) } else { Box::new(open()?) };
    if format == Format::Json {
        let read = read_json(from, &columns, &absent, &mut |row| rows.insert(&row));
        return read.map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let text = error.to_string();
            let text = text.split(" at line ").next().unwrap_or_default();
            wrong(format!("{shown}:{line}:{column}: {text}"))
        });
    }
    read_csv(from, &columns, &absent, rows).map_err(|error| match error {
        CsvError::Io(source) => CliError::unreadable(path)(source),
        CsvError::Text { line, column, message } => {
            wrong(format!("{shown}:{line}:{column}: {message}"))
        }
    })
}

fn read_csv(
    from: Box<dyn Read>,
    columns: &[Column],
    absent: &[Option<Value>],
    rows: &mut Rows<'_>,
) -> Result<(), CsvError> {
    let mut reader = CsvReader::new(BufReader::new(from));
    let wrong = |line, column, message| Err(CsvError::Text { line, column, message });
    let Some(head) = reader.row()? else {
        return wrong(1, 1, "there is no line with the names of the columns".to_owned());
    };
    let mut places = Vec::new();
    for cell in &head {
        let name = cell.text.trim();
        let known = || columns.iter().map(|column| column.name.as_str());
        let place = known().position(|column| column == name);
        match place {
            Some(place) if places.contains(&place) => {
                return wrong(
                    cell.line,
                    cell.column,
                    format!("the column {name:?} is there twice"),
                );
            }
            Some(place) => places.push(place),
            None => {
                let known: Vec<&str> = known().collect();
                let message =
                    format!("there is no column {name:?}; there are {}", known.join(", "));
                return wrong(cell.line, cell.column, message);
            }
        }
    }
    let missing = (0..columns.len()).find(|at| !places.contains(at) && absent[*at].is_none());
    if let Some(missing) = missing {
        let message = format!("the column {:?} is missing", columns[missing].name);
        return wrong(head[0].line, 1, message);
    }
    while let Some(cells) = reader.row()? {
        let first = &cells[0];
        if cells.len() != places.len() {
            let message = format!("{} cells, and there are {} columns", cells.len(), places.len());
            return wrong(first.line, first.column, message);
        }
        let mut row: Row =
            absent.iter().map(|value| value.clone().unwrap_or(Value::None)).collect();
        for (cell, place) in cells.iter().zip(&places) {
            let column = &columns[*place];
            let is_text = cell.is_quoted
                && matches!(&column.of, relational::Type::Option(inner)
                if **inner == relational::Type::String);
            row[*place] = if is_text {
                Value::String(cell.text.clone())
            } else {
                parse(&column.of, &cell.text).map_err(|error| CsvError::Text {
                    line: cell.line,
                    column: cell.column,
                    message: format!("{}: {error}", column.name),
                })?
            };
        }
        let (line, column) = (first.line, first.column);
        rows.insert(&row).map_err(|message| CsvError::Text { line, column, message })?;
    }
    Ok(())
}
