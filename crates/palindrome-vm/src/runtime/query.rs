//! Queries that lie in the data of a program.

use std::collections::BTreeMap;
use std::sync::Arc;

use relational::{
    Pages as _, Prepared, QueryError, RelationId, Row, RowView, Store, StoreError, Type, Value,
};

use super::batch::Batch;
use super::object::{KIND_LIST, KIND_REFERENCES};
use super::shape::Shape;
use super::value::{Objects as _, is_reference};
use super::{Call, Outcome};
use crate::trap::Trap;

/// How many queries are kept as they were read.
const QUERIES_MAX: usize = 256;

/// Queries that were read from the data of the program, by where they lie. All of it can be had
/// again from there, so nobody sees whether a query is among them.
#[derive(Debug, Default)]
pub(crate) struct Queries(BTreeMap<i64, Arc<Known>>);

#[derive(Debug)]
pub(super) struct Known {
    bytes: Vec<u8>,
    pub(super) prepared: Prepared,
    pub(super) columns: Shape,
}

impl Call<'_> {
    /// The query that the first argument refers to, and the values of its parameters.
    pub(super) fn query(&mut self) -> Result<(Arc<Known>, Vec<Value>), Trap> {
        let at = self.argument(0);
        let mut known = self.queries().0.get(&at).cloned();
        if let Some(it) = &known
            && !self.is_text(at, &it.bytes)?
        {
            known = None;
        }
        let bytes = if known.is_some() { Vec::new() } else { self.text(at)? };
        let known = self.with_store::<_, StoreError>(|store, pages| {
            let bytes = match known {
                Some(known) if store.is_prepared(pages, &known.prepared)? => return Ok(known),
                Some(known) => known.bytes.clone(),
                None => bytes,
            };
            let prepared = store.prepare(pages, &bytes)?;
            let columns = Shape::of(prepared.signature().columns.iter());
            let known = Arc::new(Known { bytes, prepared, columns });
            let queries = pages.queries();
            if queries.0.len() >= QUERIES_MAX {
                queries.0.clear();
            }
            queries.0.insert(at, Arc::clone(&known));
            Ok(known)
        })?;
        let parameters = match known.prepared.signature().parameters.as_slice() {
            [] => Vec::new(),
            types => self.values(self.argument(1), types.iter())?,
        };
        Ok((known, parameters))
    }
}

pub(super) fn find(
    store: &mut Store,
    pages: &Call<'_>,
    name: &str,
) -> Result<RelationId, StoreError> {
    Ok(store.find_relation(pages, name)?.id())
}

/// The rows of a query, which have the columns that it says.
pub(super) fn answered(
    call: &mut Call<'_>,
    known: &Known,
    parameters: &[Value],
) -> Result<Vec<Row>, Trap> {
    let prepared = &known.prepared;
    let rows = call.with_store::<_, QueryError>(|store, pages| {
        store.query_prepared(pages, prepared, parameters)
    })?;
    let width = prepared.signature().columns.len();
    if let Some(row) = rows.iter().find(|row| row.len() != width) {
        let reason = format!("the query gives {} columns, and says that it has {width}", row.len());
        return Err(Trap::Store { reason });
    }
    Ok(rows)
}

/// The list of what is made of each row of a query, if it can be made while the rows are looked at;
/// `kind` is that of the list.
fn list_at_once(
    call: &mut Call<'_>,
    (known, parameters): (&Known, &[Value]),
    kind: u8,
    make: &dyn Fn(&mut Batch, &RowView<'_>) -> Result<i64, Trap>,
) -> Result<Option<i64>, Trap> {
    let Some(mut batch) = call.batch()? else { return Ok(None) };
    let (mut words, mut failed) = (Vec::new(), None);
    let is_done = call.with_store::<_, QueryError>(|store, pages| {
        store.visit_prepared(pages, &known.prepared, parameters, &mut |row| {
            let before = batch.size();
            match make(&mut batch, &row) {
                Ok(word) => words.push(word),
                Err(trap) => {
                    failed = Some(trap);
                    return Err(StoreError::Malformed { what: "row" });
                }
            }
            Ok(pages.spend(batch.size() - before)?)
        })
    });
    if let Some(trap) = failed {
        return Err(trap);
    }
    if !is_done? {
        return Ok(None);
    }
    let list = batch.make_object(kind, 0, &words, 0)?;
    call.finish(batch)?;
    Ok(Some(list))
}

pub(super) fn query_rows(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (known, parameters) = call.query()?;
    let types = &known.prepared.signature().columns;
    let row = |batch: &mut Batch, row: &RowView<'_>| batch.row(row, types, &known.columns);
    if let Some(list) = list_at_once(call, (&known, &parameters), KIND_REFERENCES, &row)? {
        return Ok(Outcome::Value(list));
    }
    let rows = answered(call, &known, &parameters)?;
    call.rows_list(&rows, types.iter()).map(Outcome::Value)
}

pub(super) fn query_values(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (known, parameters) = call.query()?;
    let [of] = known.prepared.signature().columns.as_slice() else {
        let width = known.prepared.signature().columns.len();
        let reason = format!("the query has {width} columns, and only one makes a list of values");
        return Err(Trap::Store { reason });
    };
    let kind = if is_reference(of) { KIND_REFERENCES } else { KIND_LIST };
    let value = |batch: &mut Batch, row: &RowView<'_>| batch.column(row, 0, of);
    if let Some(list) = list_at_once(call, (&known, &parameters), kind, &value)? {
        return Ok(Outcome::Value(list));
    }
    let rows = answered(call, &known, &parameters)?;
    let values: Vec<Value> = rows.into_iter().flatten().collect();
    let of = Type::List(Box::new(of.clone()));
    call.word(&Value::List(values), &of).map(Outcome::Value)
}

pub(super) fn query_explain(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (known, parameters) = call.query()?;
    let (_, explained) = call.with_store::<_, QueryError>(|store, pages| {
        let query = known.prepared.bound(&parameters)?;
        store.explain(pages, &query)
    })?;
    call.new_text(explained.to_string().as_bytes()).map(Outcome::Value)
}
