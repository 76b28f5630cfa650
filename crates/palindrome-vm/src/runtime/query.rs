//! Queries that lie in the data of a program.

use relational::{Query, QueryError, RelationId, Signature, Store, StoreError};

use super::{Call, Outcome};
use crate::trap::Trap;

impl Call<'_> {
    /// The query that the first argument refers to, with the parameters of the second.
    fn query(&mut self) -> Result<(Signature, Query), Trap> {
        let bytes = self.text(self.argument(0))?;
        let store_trap = |error: StoreError| Trap::Store { reason: error.to_string() };
        let (signature, rest) = Signature::from_bytes(&bytes).map_err(store_trap)?;
        let parameters = match signature.parameters.as_slice() {
            [] => Vec::new(),
            types => self.values(self.argument(1), types.iter())?,
        };
        let query = self.with_store(|store, pages| {
            let relations = signature.relations.iter().map(|name| find(store, pages, name));
            let relations = relations.collect::<Result<Vec<_>, StoreError>>()?;
            Query::from_bytes(rest, &relations, &parameters)
        })?;
        Ok((signature, query))
    }
}

pub(super) fn find(
    store: &mut Store,
    pages: &Call<'_>,
    name: &str,
) -> Result<RelationId, StoreError> {
    Ok(store.find_relation(pages, name)?.id())
}

pub(super) fn query_rows(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (signature, query) = call.query()?;
    let rows = call.with_store::<_, QueryError>(|store, pages| store.query(pages, &query))?;
    let width = signature.columns.len();
    if let Some(row) = rows.iter().find(|row| row.len() != width) {
        let reason = format!("the query gives {} columns, and says that it has {width}", row.len());
        return Err(Trap::Store { reason });
    }
    call.rows_list(&rows, signature.columns.iter()).map(Outcome::Value)
}

pub(super) fn query_explain(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (_, query) = call.query()?;
    let (_, explained) =
        call.with_store::<_, QueryError>(|store, pages| store.explain(pages, &query))?;
    call.new_text(explained.to_string().as_bytes()).map(Outcome::Value)
}
