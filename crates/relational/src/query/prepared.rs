//! Queries that are asked again and again: what does not depend on parameters is worked out once.
//!
//! What is kept follows from the bytes of the query and from the catalog, never from rows. So a
//! query that was prepared long ago gives what one does that is read afresh: the same rows, in the
//! same order.

use std::cmp::Ordering;

use super::choose::Planner;
use super::expr::{Comparison, Expr, QueryError};
use super::plan::{Access, Query};
use crate::StoreError;
use crate::area::Reader;
use crate::catalog::{Catalog, Relation, RelationId};
use crate::index::{Index, IndexKind};
use crate::key::{Zeros, encode};
use crate::pages::Pages;
use crate::read::Row;
use crate::store::Store;
use crate::stored::Signature;
use crate::tree::Bounds;
use crate::value::Value;

/// A query in bytes, read for one state of the catalog.
#[derive(Clone, Debug)]
pub struct Prepared {
    signature: Signature,
    stamp: u64,
    relations: Vec<RelationId>,
    /// What follows the signature.
    bytes: Vec<u8>,
    single: Option<Single>,
}

/// Rows of one relation, of which columns are compared with parameters or values.
#[derive(Clone, Debug)]
struct Single {
    relation: RelationId,
    conditions: Vec<Condition>,
    /// The columns that are wanted, in their order; all of them if nothing is said.
    columns: Option<Vec<usize>>,
    point: Option<Point>,
}

#[derive(Clone, Debug)]
struct Condition {
    column: usize,
    how: Comparison,
    with: Operand,
}

#[derive(Clone, Debug)]
enum Operand {
    Value(Value),
    Parameter(usize),
}

/// How at most one row is found: by values for all fields of the key, or of a unique index. Which
/// condition gives each is said in their order.
#[derive(Clone, Debug)]
enum Point {
    Key(Vec<usize>),
    Unique(Index, Vec<usize>),
}

impl Prepared {
    /// What the query needs and gives.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }
}

impl Store {
    /// Reads a query from bytes, which begin with its signature.
    ///
    /// # Errors
    /// They are no query, or it names a relation that is not there.
    pub fn prepare<P: Pages>(&mut self, pages: &P, bytes: &[u8]) -> Result<Prepared, StoreError> {
        let (signature, rest) = Signature::from_bytes(bytes)?;
        let catalog = self.catalog(pages)?;
        let stamp = self.reader(pages).catalog_head()?.stamp;
        let ids = signature.relations.iter().map(|name| Ok(self.find_relation(pages, name)?.id()));
        let relations = ids.collect::<Result<Vec<_>, StoreError>>()?;
        let template = Query::template(rest, &relations, signature.parameters.len())?;
        let single = Single::of(&catalog, &template)?;
        Ok(Prepared { signature, stamp, relations, bytes: rest.to_vec(), single })
    }

    /// Whether the catalog is the one that a query was prepared for.
    ///
    /// # Errors
    /// Pages failed.
    pub fn is_prepared<P: Pages>(&self, pages: &P, of: &Prepared) -> Result<bool, StoreError> {
        Ok(self.reader(pages).catalog_head()?.stamp == of.stamp)
    }

    /// The rows of a query that was prepared for the catalog as it is, with values for its
    /// parameters: those that [`query`](Self::query) gives.
    ///
    /// # Errors
    /// As of [`query`](Self::query).
    pub fn query_prepared<P: Pages>(
        &mut self,
        pages: &P,
        prepared: &Prepared,
        parameters: &[Value],
    ) -> Result<Vec<Row>, QueryError> {
        if let Some(single) = &prepared.single {
            let catalog = self.catalog(pages)?;
            let rows = single.rows(self.reader(pages), &catalog, parameters)?;
            if let Some(rows) = rows {
                return Ok(rows);
            }
        }
        let query = prepared.bound(parameters)?;
        self.query(pages, &query)
    }
}

impl Prepared {
    /// The query with values for its parameters.
    ///
    /// # Errors
    /// There are fewer values than parameters.
    pub fn bound(&self, parameters: &[Value]) -> Result<Query, StoreError> {
        Query::from_bytes(&self.bytes, &self.relations, parameters)
    }
}

impl Single {
    /// The query as one of this shape, if it is.
    fn of(catalog: &Catalog, query: &Query) -> Result<Option<Self>, StoreError> {
        let (mut input, mut columns) = (query, None);
        if let Query::Project(below, exprs) = input {
            let column =
                |expr: &Expr| if let Expr::Field(column) = expr { Some(*column) } else { None };
            columns = exprs.iter().map(column).collect::<Option<Vec<_>>>();
            if columns.is_none() {
                return Ok(None);
            }
            input = below;
        }
        let mut conditions = Vec::new();
        while let Query::Filter(below, condition) = input {
            for part in condition.conjuncts() {
                let Some(part) = Condition::of(part) else { return Ok(None) };
                conditions.push(part);
            }
            input = below;
        }
        let Query::Relation(id) = input else { return Ok(None) };
        let relation = catalog.get(*id)?;
        let width = relation.fields.len();
        let named = conditions.iter().map(|condition| &condition.column);
        if named.chain(columns.iter().flatten()).any(|column| *column >= width) {
            return Ok(None);
        }
        let equals = |fields: &[usize]| {
            let place = |field: &usize| {
                let fits = |it: &Condition| it.column == *field && it.how == Comparison::Equal;
                conditions.iter().position(fits)
            };
            fields.iter().map(place).collect::<Option<Vec<_>>>()
        };
        let point = equals(&relation.key).map(Point::Key).or_else(|| {
            let usable = |index: &&Index| {
                index.unique && matches!(index.kind, IndexKind::BTree | IndexKind::Hash)
            };
            let mut indexes = relation.indexes.iter().filter(usable);
            indexes.find_map(|index| Some(Point::Unique(index.clone(), equals(&index.fields)?)))
        });
        Ok(Some(Self { relation: *id, conditions, columns, point }))
    }

    /// The rows; none if values are not of the types of the columns that they are compared with.
    fn rows<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        catalog: &Catalog,
        parameters: &[Value],
    ) -> Result<Option<Vec<Row>>, QueryError> {
        let relation: &Relation = catalog.get(self.relation)?;
        let mut values = Vec::with_capacity(self.conditions.len());
        for condition in &self.conditions {
            let value = match &condition.with {
                Operand::Value(value) => value,
                Operand::Parameter(place) => {
                    parameters.get(*place).ok_or(QueryError::Parameter { place: *place })?
                }
            };
            if !relation.fields[condition.column].ty.accepts(value) {
                return Ok(None);
            }
            values.push(value);
        }
        let mut rows = Vec::new();
        match &self.point {
            Some(Point::Key(from)) => {
                let mut key = Vec::with_capacity(16);
                for (place, condition) in relation.key.iter().zip(from) {
                    encode(&relation.fields[*place].ty, values[*condition], Zeros::Equal, &mut key);
                }
                // No row has a longer key.
                if key.len() <= crate::index::RELATION_KEY_MAX
                    && let Some(bytes) = relation.rows.get(reader, &key)?
                {
                    self.take(relation, &bytes, &values, &mut rows)?;
                }
            }
            Some(Point::Unique(index, from)) => {
                let wanted: Vec<Value> = from.iter().map(|place| values[*place].clone()).collect();
                let keys = index.find(reader, relation, &wanted)?;
                self.take_all((reader, relation), keys, &values, &mut rows)?;
            }
            None => {
                let exprs = self.conditions.iter().zip(&values).map(|(condition, value)| {
                    let value = Expr::Value((*value).clone());
                    Expr::Field(condition.column).compare(condition.how, value)
                });
                let exprs: Vec<Expr> = exprs.collect();
                let planner = Planner { reader, catalog, steps: 0 };
                let keys = match planner.access(relation, &exprs)?.0 {
                    Access::All => {
                        let all = (reader, relation);
                        return self.scan(all, Bounds::ALL, &values).map(Some);
                    }
                    Access::Key(bounds) => {
                        return self.scan((reader, relation), bounds, &values).map(Some);
                    }
                    Access::Index(index, bounds) => index.find_between(reader, bounds)?,
                    Access::Find(index, wanted) => index.find(reader, relation, &wanted)?,
                };
                self.take_all((reader, relation), keys, &values, &mut rows)?;
            }
        }
        Ok(Some(rows))
    }

    fn scan<P: Pages>(
        &self,
        (reader, relation): (Reader<'_, P>, &Relation),
        bounds: Bounds,
        values: &[&Value],
    ) -> Result<Vec<Row>, QueryError> {
        let mut rows = Vec::new();
        let mut entries = relation.rows.scan(reader, bounds)?;
        while let Some((_, bytes)) = entries.next()? {
            self.take(relation, &bytes, values, &mut rows)?;
        }
        Ok(rows)
    }

    /// The rows with some keys, in the order of these.
    fn take_all<P: Pages>(
        &self,
        (reader, relation): (Reader<'_, P>, &Relation),
        mut keys: Vec<Vec<u8>>,
        values: &[&Value],
        rows: &mut Vec<Row>,
    ) -> Result<(), StoreError> {
        keys.sort_unstable();
        for key in keys {
            let bytes = relation.rows.get(reader, &key)?;
            self.take(relation, &bytes.ok_or_else(|| relation.lost_row())?, values, rows)?;
        }
        Ok(())
    }

    /// Takes a row if all conditions hold.
    fn take(
        &self,
        relation: &Relation,
        bytes: &[u8],
        values: &[&Value],
        rows: &mut Vec<Row>,
    ) -> Result<(), StoreError> {
        for (condition, value) in self.conditions.iter().zip(values) {
            let found: Ordering = relation.value(bytes, condition.column)?.cmp(value);
            if !condition.how.holds(found) {
                return Ok(());
            }
        }
        rows.push(match &self.columns {
            None => relation.row(bytes)?,
            Some(columns) => {
                let value = |column: &usize| relation.value(bytes, *column);
                columns.iter().map(value).collect::<Result<_, _>>()?
            }
        });
        Ok(())
    }
}

impl Condition {
    fn of(part: &Expr) -> Option<Self> {
        let Expr::Compare(how, one, other) = part else { return None };
        let operand = |expr: &Expr| {
            if let Expr::Value(value) = expr {
                return Some(Operand::Value(value.clone()));
            }
            if let Expr::Parameter(place) = expr { Some(Operand::Parameter(*place)) } else { None }
        };
        match (&**one, &**other) {
            (Expr::Field(column), with) => {
                Some(Self { column: *column, how: *how, with: operand(with)? })
            }
            (with, Expr::Field(column)) => {
                Some(Self { column: *column, how: how.turned(), with: operand(with)? })
            }
            (_, _) => None,
        }
    }
}
