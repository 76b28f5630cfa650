//! Queries and rules that lie in the data of a program.

use relational::{
    Program, Query, QueryError, RelationId, Row, RuleError, Signature, Source, Store, StoreError,
};

use super::{Call, Outcome};
use crate::trap::Trap;

/// Facts that may follow from a program of rules.
const FACTS_MAX: usize = 16 << 20;

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

fn find(store: &mut Store, pages: &Call<'_>, name: &str) -> Result<RelationId, StoreError> {
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

pub(super) fn rules_refresh(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let changed = call.with_store::<_, RuleError>(|store, pages| {
        let program = Program::from_bytes(&bytes, |name: &String| {
            find(store, pages, name).map_err(RuleError::from)
        })?;
        let derived = store.derive(pages, &program, FACTS_MAX)?;
        let mut changed = 0;
        for (predicate, (name, source)) in program.predicates.iter().enumerate() {
            if let Source::Rules(_) = source {
                let id = find(store, pages, name)?;
                let mut rows: Vec<Row> = derived.rows(predicate).collect();
                rows.sort_unstable();
                changed += replace(store, pages, id, &rows)?;
            }
        }
        Ok(changed)
    })?;
    Ok(Outcome::Value(changed))
}

/// Makes a relation, all of whose fields are its key, have these rows, and says how many rows came
/// or went.
fn replace(
    store: &mut Store,
    pages: &mut Call<'_>,
    id: RelationId,
    rows: &[Row],
) -> Result<i64, StoreError> {
    let before = store.scan(pages, id, relational::Direction::Up)?;
    let before = before.collect::<Result<Vec<_>, _>>()?;
    let mut changed = 0;
    for row in before.iter().filter(|row| rows.binary_search(row).is_err()) {
        store.delete(pages, id, row)?;
        changed += 1;
    }
    for row in rows.iter().filter(|row| before.binary_search(row).is_err()) {
        store.insert(pages, id, row)?;
        changed += 1;
    }
    Ok(changed)
}
