//! Rows of a query a page at a time, for loops that need only one of them at once.

use std::ops::ControlFlow;

use relational::{QueryError, RawKey, StoreError, Value};

use super::batch::Batch;
use super::object::{HEAD, KIND_REFERENCES};
use super::query::{Known, answered};
use super::value::Objects as _;
use super::{Call, Outcome};
use crate::trap::Trap;

/// Rows of the first page; each has [`GROWTH`] times as many as the one before, up to [`ROWS_MAX`].
const ROWS_MIN: usize = 32;
const GROWTH: usize = 4;
const ROWS_MAX: usize = 2048;
/// Bytes of rows behind which a page ends, however few they are.
const BYTES_MAX: usize = 1 << 20;

impl Call<'_> {
    /// How many rows a page before has, and the key of its last one.
    fn end_of_page(&mut self, known: &Known, page: i64) -> Result<(usize, Option<RawKey>), Trap> {
        if page == 0 {
            return Ok((0, None));
        }
        self.head(page, &[KIND_REFERENCES], "a page of rows")?;
        let length = self.length(page)?;
        let (Some(id), true) = (known.prepared.whole_rows_of(), length > 0) else {
            return Ok((0, None));
        };
        let last = self.read_word(page + HEAD + (length - 1) * 8)?;
        let key = self.in_store(|store, call| {
            let shaped = call.shaped(store, id)?;
            call.raw_key_of_row(&shaped, last)
        })?;
        let expected = "a row of the query";
        let key = key.ok_or(Trap::NotAnObject { value: last, expected })?;
        Ok((usize::try_from(length).unwrap_or(0), Some(key)))
    }
}

pub(super) fn query_page(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (known, parameters) = call.query()?;
    let (page, end) = (call.argument(2), call.argument(3));
    let (before, behind) = call.end_of_page(&known, page)?;
    if end >= 0 {
        call.end_heap_at(end)?;
    }
    let most = before.saturating_mul(GROWTH).clamp(ROWS_MIN, ROWS_MAX);
    let Some(batch) = call.batch()? else {
        return one_by_one(call, &known, (&parameters, behind.as_ref()), (page, most));
    };
    at_once(call, &known, (&parameters, behind.as_ref()), (page, most), batch)
}

/// A page whose objects are made together, where the heap ends.
fn at_once(
    call: &mut Call<'_>,
    known: &Known,
    wanted: (&[Value], Option<&RawKey>),
    (page, most): (i64, usize),
    mut batch: Batch,
) -> Result<Outcome, Trap> {
    let types = &known.prepared.signature().columns;
    let (mut words, mut failed) = (Vec::new(), None);
    let more = call.with_store::<_, QueryError>(|store, pages| {
        store.page_prepared(pages, &known.prepared, wanted, &mut |row| {
            match batch.row(&row, types, &known.columns) {
                Ok(word) => words.push(word),
                Err(trap) => {
                    failed = Some(trap);
                    return Err(StoreError::Malformed { what: "row" });
                }
            }
            Ok(room(words.len() < most && batch.size() < BYTES_MAX))
        })
    });
    if let Some(trap) = failed {
        return Err(trap);
    }
    let Some(more) = more? else { return whole(call, known, wanted.0, page) };
    let list = batch.make_object(KIND_REFERENCES, 0, &words, u32::from(more))?;
    call.finish(batch)?;
    Ok(Outcome::Value(list))
}

/// A page where blocks were given back, which are used again.
fn one_by_one(
    call: &mut Call<'_>,
    known: &Known,
    wanted: (&[Value], Option<&RawKey>),
    (page, most): (i64, usize),
) -> Result<Outcome, Trap> {
    let mut rows = Vec::new();
    let more = call.with_store::<_, QueryError>(|store, pages| {
        store.page_prepared(pages, &known.prepared, wanted, &mut |row| {
            rows.push(row.row()?);
            Ok(room(rows.len() < most))
        })
    })?;
    let Some(more) = more else { return whole(call, known, wanted.0, page) };
    let types = known.prepared.signature().columns.iter();
    let records = rows.iter().map(|row| call.record(row, types.clone(), 0));
    let records = records.collect::<Result<Vec<_>, _>>()?;
    call.make_object(KIND_REFERENCES, 0, &records, u32::from(more)).map(Outcome::Value)
}

const fn room(is_left: bool) -> ControlFlow<()> {
    if is_left { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// All rows in the first page, which is the last.
fn whole(
    call: &mut Call<'_>,
    known: &Known,
    parameters: &[Value],
    page: i64,
) -> Result<Outcome, Trap> {
    let rows = if page == 0 { answered(call, known, parameters)? } else { Vec::new() };
    let types = known.prepared.signature().columns.iter();
    call.rows_list(&rows, types).map(Outcome::Value)
}
