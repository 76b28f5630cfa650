//! Queries that are asked again and again: what does not depend on parameters is worked out once.
//!
//! What is kept follows from the bytes of the query and from the catalog, never from rows. So a
//! query that was prepared long ago gives what one does that is read afresh: the same rows, in the
//! same order.

use super::choose::Planner;
use super::expr::{Comparison, Expr, QueryError};
use super::plan::{Access, Query};
use crate::StoreError;
use crate::area::Reader;
use crate::catalog::{Catalog, Relation, RelationId};
use crate::index::{Index, IndexKind};
use crate::key::{Zeros, encode};
use crate::pages::Pages;
use crate::raw::RowView;
use crate::read::Row;
use crate::schema::Type;
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
    pub(super) single: Option<Single>,
    /// Whether the rows of that have the columns of the signature.
    pub(super) is_told: bool,
}

/// Rows of one relation, of which columns are compared with parameters or values.
#[derive(Clone, Debug)]
pub(super) struct Single {
    pub(super) relation: RelationId,
    conditions: Vec<Condition>,
    /// The columns that are wanted, in their order; all of them if nothing is said.
    pub(super) columns: Option<Vec<usize>>,
    pub(super) point: Option<Point>,
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
pub(super) enum Point {
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
        let is_told = |single: &Single| single.gives(&catalog, &signature.columns);
        let is_told = single.as_ref().is_some_and(is_told);
        Ok(Prepared { signature, stamp, relations, bytes: rest.to_vec(), single, is_told })
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
            let (catalog, mut rows) = (self.catalog(pages)?, Vec::new());
            let is_done = single.each(self.reader(pages), &catalog, parameters, &mut |row| {
                rows.push(row.row()?);
                Ok(())
            })?;
            if is_done {
                return Ok(rows);
            }
        }
        let query = prepared.bound(parameters)?;
        self.query(pages, &query)
    }

    /// Shows the rows of such a query one after the other, where they lie, if it has the shape for that,
    /// and the columns of its signature; says whether it has. Without it, nothing was shown.
    ///
    /// # Errors
    /// As of [`query`](Self::query), and what `visit` says.
    pub fn visit_prepared<P: Pages>(
        &mut self,
        pages: &P,
        prepared: &Prepared,
        parameters: &[Value],
        visit: Visit<'_>,
    ) -> Result<bool, QueryError> {
        let Some(single) = prepared.single.as_ref().filter(|_| prepared.is_told) else {
            return Ok(false);
        };
        let catalog = self.catalog(pages)?;
        single.each(self.reader(pages), &catalog, parameters, visit)
    }
}

/// Looks at a row.
type Visit<'v> = &'v mut dyn FnMut(RowView<'_>) -> Result<(), StoreError>;

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
            indexes.find_map(|index| Some(Point::Unique(index.clone(), equals(index.plain()?)?)))
        });
        Ok(Some(Self { relation: *id, conditions, columns, point }))
    }

    /// Whether the columns are of these types.
    fn gives(&self, catalog: &Catalog, types: &[Type]) -> bool {
        let Ok(relation) = catalog.get(self.relation) else { return false };
        let fields = &relation.fields;
        match &self.columns {
            None => fields.iter().map(|field| &field.ty).eq(types),
            Some(columns) => columns.iter().map(|at| &fields[*at].ty).eq(types),
        }
    }

    /// What each condition compares its column with; nothing if some are not of the types of the columns.
    pub(super) fn values<'v>(
        &'v self,
        relation: &Relation,
        parameters: &'v [Value],
    ) -> Result<Option<Vec<&'v Value>>, QueryError> {
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
        Ok(Some(values))
    }

    /// The conditions with their values, as a planner takes them.
    pub(super) fn exprs(&self, values: &[&Value]) -> Vec<Expr> {
        let exprs = self.conditions.iter().zip(values).map(|(condition, value)| {
            let value = Expr::Value((*value).clone());
            Expr::Field(condition.column).compare(condition.how, value)
        });
        exprs.collect()
    }

    /// Shows the rows; false if values are not of the types of the columns that they are compared with.
    pub(super) fn each<P: Pages>(
        &self,
        reader: Reader<'_, P>,
        catalog: &Catalog,
        parameters: &[Value],
        visit: Visit<'_>,
    ) -> Result<bool, QueryError> {
        let relation: &Relation = catalog.get(self.relation)?;
        let Some(values) = self.values(relation, parameters)? else { return Ok(false) };
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
                    // What the key is equal to holds.
                    let holds = |place: &usize| !from.contains(place);
                    self.show(RowView::new(relation, &bytes), &values, &holds, visit)?;
                }
            }
            Some(Point::Unique(index, from)) => {
                let wanted: Vec<Value> = from.iter().map(|place| values[*place].clone()).collect();
                let keys = index.find(reader, relation, &wanted)?;
                self.show_at((reader, relation), keys, &values, visit)?;
            }
            None => {
                let planner = Planner { reader, catalog, steps: 0 };
                let bounds = match planner.access(relation, &self.exprs(&values))?.0 {
                    Access::All => Bounds::ALL,
                    Access::Key(bounds) => bounds,
                    Access::Index(index, bounds) => {
                        let keys = index.find_between(reader, bounds)?;
                        self.show_at((reader, relation), keys, &values, visit)?;
                        return Ok(true);
                    }
                    Access::Find(index, wanted) => {
                        let keys = index.find(reader, relation, &wanted)?;
                        self.show_at((reader, relation), keys, &values, visit)?;
                        return Ok(true);
                    }
                };
                let mut entries = relation.rows.scan(reader, bounds)?;
                while let Some((_, bytes)) = entries.next()? {
                    self.show(RowView::new(relation, &bytes), &values, &|_| true, visit)?;
                }
            }
        }
        Ok(true)
    }

    /// Shows the rows with some keys, in the order of these.
    fn show_at<P: Pages>(
        &self,
        (reader, relation): (Reader<'_, P>, &Relation),
        mut keys: Vec<Vec<u8>>,
        values: &[&Value],
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        keys.sort_unstable();
        for key in keys {
            let bytes = relation.rows.get(reader, &key)?.ok_or_else(|| relation.lost_row())?;
            self.show(RowView::new(relation, &bytes), values, &|_| true, visit)?;
        }
        Ok(())
    }

    /// Shows a row if those conditions hold that are to be looked at.
    fn show(
        &self,
        row: RowView<'_>,
        values: &[&Value],
        is_open: &dyn Fn(&usize) -> bool,
        visit: Visit<'_>,
    ) -> Result<(), StoreError> {
        if self.holds(row, values, is_open)? {
            visit(row.with(self.columns.as_deref()))?;
        }
        Ok(())
    }

    /// Whether the conditions hold for a row that are to be looked at.
    pub(super) fn holds(
        &self,
        row: RowView<'_>,
        values: &[&Value],
        is_open: &dyn Fn(&usize) -> bool,
    ) -> Result<bool, StoreError> {
        for (place, (condition, value)) in self.conditions.iter().zip(values).enumerate() {
            if is_open(&place) && !condition.how.holds(row.order(condition.column, value)?) {
                return Ok(false);
            }
        }
        Ok(true)
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
