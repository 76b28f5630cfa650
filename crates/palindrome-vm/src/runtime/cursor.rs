//! Cursors: walks over a relation in the order of its keys, a row with each call.
//!
//! A cursor is a record: the row that it gave last, as a reference, then the number of the relation,
//! the direction, and how far it is. It goes on behind the key of that row, so the relation may
//! change in between.

use relational::{Direction, Row};

use super::object::{HEAD, KIND_RECORD};
use super::{Call, Outcome};
use crate::trap::Trap;

const ROW: i64 = HEAD;
const RELATION: i64 = HEAD + 8;
const IS_DOWN: i64 = HEAD + 16;
const STATE: i64 = HEAD + 24;
const WORDS: i64 = 4;

const FRESH: i64 = 0;
const UNDER_WAY: i64 = 1;
const DONE: i64 = 2;

pub(super) fn scan_up(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    scan(call, 0)
}

pub(super) fn scan_down(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    scan(call, 1)
}

fn scan(call: &mut Call<'_>, is_down: i64) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.described(id)?;
    let cursor = call.allocate(KIND_RECORD, 1, WORDS, 0)?;
    call.write_word(cursor + RELATION, i64::from(id.number()))?;
    call.write_word(cursor + IS_DOWN, is_down)?;
    Ok(Outcome::Value(cursor))
}

pub(super) fn cursor_next(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let cursor = call.argument(0);
    let expected = "a cursor";
    let head = call.head(cursor, &[KIND_RECORD], expected)?;
    let wrong = Trap::NotAnObject { value: cursor, expected };
    if head.references != 1 || call.length(cursor)? != WORDS {
        return Err(wrong);
    }
    let number = call.read_word(cursor + RELATION)?;
    let id = relational::RelationId::new(u32::try_from(number).map_err(|_| wrong.clone())?);
    let is_down = call.read_word(cursor + IS_DOWN)? != 0;
    let direction = if is_down { Direction::Down } else { Direction::Up };
    let relation = call.described(id)?;
    let last = call.read_word(cursor + ROW)?;
    let row: Option<Row> = match call.read_word(cursor + STATE)? {
        FRESH => call.with_store(|store, pages| store.scan(pages, id, direction)?.next_row())?,
        UNDER_WAY => {
            let row = call.values(last, relation.fields().iter().map(|field| &field.ty))?;
            let key: Vec<_> = relation.key().iter().map(|place| row[*place].clone()).collect();
            call.with_store(|store, pages| {
                store.scan_after(pages, id, &key, direction)?.next_row()
            })?
        }
        DONE => None,
        _ => return Err(wrong),
    };
    let (state, record) = match row {
        Some(row) => (UNDER_WAY, call.row_record(&relation, &row)?),
        None => (DONE, 0),
    };
    call.drop_reference(last)?;
    call.write_word(cursor + ROW, record)?;
    call.write_word(cursor + STATE, state)?;
    call.add_reference(record)?;
    Ok(Outcome::Value(record))
}
