//! Rows of a query a page at a time: what is shown goes on behind the key of a row, so that nothing has
//! to be kept between two pages.

use std::ops::{Bound, ControlFlow};

use super::choose::Planner;
use super::expr::QueryError;
use super::plan::Access;
use super::prepared::{Prepared, Single};
use crate::StoreError;
use crate::area::Reader;
use crate::catalog::{Catalog, Relation, RelationId};
use crate::pages::Pages;
use crate::raw::{RawKey, RowView};
use crate::store::Store;
use crate::tree::Bounds;
use crate::value::Value;

/// From so many rows on, guessed, an index is left alone: what it leads to has to be sorted for each page.
const INDEXED_MAX: f64 = 65536.0;

/// Looks at a row, and says whether there is room for another one.
type Visit<'v> = &'v mut dyn FnMut(RowView<'_>) -> Result<ControlFlow<()>, StoreError>;

impl Prepared {
    /// The relation whose rows the query gives as they are, if there is one.
    #[must_use]
    pub fn whole_rows_of(&self) -> Option<RelationId> {
        let single = self.single.as_ref().filter(|_| self.is_told)?;
        single.columns.is_none().then_some(single.relation)
    }
}

impl Store {
    /// Shows rows of a query that has [whole rows](Prepared::whole_rows_of), in the order of their keys,
    /// from the first one behind a key; says whether there may be more. Nothing, and shows nothing, if
    /// it is no such query, or parameters are not of the types of columns.
    ///
    /// # Errors
    /// As of [`query`](Self::query), and what `visit` says.
    pub fn page_prepared<P: Pages>(
        &mut self,
        pages: &P,
        prepared: &Prepared,
        (parameters, behind): (&[Value], Option<&RawKey>),
        visit: Visit<'_>,
    ) -> Result<Option<bool>, QueryError> {
        if prepared.whole_rows_of().is_none() {
            return Ok(None);
        }
        let Some(single) = &prepared.single else { return Ok(None) };
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(single.relation)?;
        if single.point.is_some() && behind.is_some() {
            // There is at most one such row.
            return Ok(Some(false));
        }
        if single.point.is_some() {
            let mut show = |row: RowView<'_>| visit(row).map(|_| ());
            let is_done = single.each(self.reader(pages), &catalog, parameters, &mut show)?;
            return Ok(is_done.then_some(false));
        }
        let Some(values) = single.values(relation, parameters)? else { return Ok(None) };
        let behind = behind.map(RawKey::as_bytes);
        single.page((self.reader(pages), &catalog, relation), &values, behind, visit).map(Some)
    }
}

impl Single {
    fn page<P: Pages>(
        &self,
        (reader, catalog, relation): (Reader<'_, P>, &Catalog, &Relation),
        values: &[&Value],
        behind: Option<&[u8]>,
        visit: Visit<'_>,
    ) -> Result<bool, QueryError> {
        let planner = Planner { reader, catalog, steps: 0 };
        let (access, guess) = planner.access(relation, &self.exprs(values))?;
        let mut keys = match access {
            Access::Index(index, bounds) if guess <= INDEXED_MAX => {
                index.find_between(reader, bounds)?
            }
            Access::Find(index, wanted) if guess <= INDEXED_MAX => {
                index.find(reader, relation, &wanted)?
            }
            Access::Key(bounds) => {
                return self.page_of(relation, (reader, bounds, behind), values, visit);
            }
            Access::All | Access::Index(..) | Access::Find(..) => {
                return self.page_of(relation, (reader, Bounds::ALL, behind), values, visit);
            }
        };
        keys.retain(|key| behind.is_none_or(|behind| key.as_slice() > behind));
        keys.sort_unstable();
        for key in keys {
            let bytes = relation.rows.get(reader, &key)?.ok_or_else(|| relation.lost_row())?;
            let row = RowView::new(relation, &bytes);
            if self.holds(row, values, &|_| true)? && visit(row)?.is_break() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A page of the rows between keys.
    fn page_of<P: Pages>(
        &self,
        relation: &Relation,
        (reader, mut bounds, behind): (Reader<'_, P>, Bounds, Option<&[u8]>),
        values: &[&Value],
        visit: Visit<'_>,
    ) -> Result<bool, QueryError> {
        if let Some(key) = behind {
            bounds.lower = Bound::Excluded(key.to_vec());
        }
        let mut entries = relation.rows.scan(reader, bounds)?;
        while let Some((_, bytes)) = entries.next()? {
            let row = RowView::new(relation, &bytes);
            if self.holds(row, values, &|_| true)? && visit(row)?.is_break() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
