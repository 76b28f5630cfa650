//! Queries that lie in the data of a program.

use std::collections::BTreeMap;
use std::sync::Arc;

use relational::{Prepared, QueryError, RelationId, Row, Store, StoreError, Type, Value};

use super::{Call, Outcome};
use crate::trap::Trap;

/// How many queries are kept as they were read.
const QUERIES_MAX: usize = 256;

/// Queries that were read from the data of the program, by where they lie. All of it can be had
/// again from there, so nobody sees whether a query is among them.
#[derive(Debug, Default)]
pub(crate) struct Queries(BTreeMap<i64, Arc<Known>>);

#[derive(Debug)]
struct Known {
    bytes: Vec<u8>,
    prepared: Prepared,
}

impl Call<'_> {
    /// The query that the first argument refers to, and the values of its parameters.
    fn query(&mut self) -> Result<(Arc<Known>, Vec<Value>), Trap> {
        let at = self.argument(0);
        let bytes = self.text(at)?;
        let known = self.queries().0.get(&at).cloned().filter(|known| known.bytes == bytes);
        let known = self.with_store::<_, StoreError>(|store, pages| {
            if let Some(known) = known
                && store.is_prepared(pages, &known.prepared)?
            {
                return Ok(known);
            }
            let prepared = store.prepare(pages, &bytes)?;
            let known = Arc::new(Known { bytes, prepared });
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

/// The rows of the query that is asked for, and what it says its columns are.
fn answered(call: &mut Call<'_>) -> Result<(Arc<Known>, Vec<Row>), Trap> {
    let (known, parameters) = call.query()?;
    let prepared = &known.prepared;
    let rows = call.with_store::<_, QueryError>(|store, pages| {
        store.query_prepared(pages, prepared, &parameters)
    })?;
    let width = prepared.signature().columns.len();
    if let Some(row) = rows.iter().find(|row| row.len() != width) {
        let reason = format!("the query gives {} columns, and says that it has {width}", row.len());
        return Err(Trap::Store { reason });
    }
    Ok((known, rows))
}

pub(super) fn query_rows(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (known, rows) = answered(call)?;
    let columns = &known.prepared.signature().columns;
    call.rows_list(&rows, columns.iter()).map(Outcome::Value)
}

pub(super) fn query_values(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (known, rows) = answered(call)?;
    let [of] = known.prepared.signature().columns.as_slice() else {
        let width = known.prepared.signature().columns.len();
        let reason = format!("the query has {width} columns, and only one makes a list of values");
        return Err(Trap::Store { reason });
    };
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
