//! Many changes of rows as one.
//!
//! All old rows are taken out before new ones are put in, so that keys may move among rows; what
//! refers to what is checked last. It looks and writes in turns.

use crate::StoreError;
use crate::area::Writer;
use crate::catalog::{Catalog, Relation, RelationId};
use crate::change::Standing;
use crate::pages::PagesMut;
use crate::schema::check_row;
use crate::store::Store;
use crate::value::Value;
use crate::view::settle_bag;

/// A change of one row among many.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A new row.
    Insert(Vec<Value>),
    /// In place of the row with that key, another one, whose key may differ.
    Update(Vec<Value>, Vec<Value>),
    /// No row with that key.
    Delete(Vec<Value>),
}

impl Store {
    /// Makes many changes as one: what counts is how the rows are after all of them.
    ///
    /// # Errors
    /// One of the changes is refused, or pages failed. The caller must take back what was written.
    pub fn apply<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        changes: &[Change],
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let mut batch = Batch::of(catalog.get(id)?)?;
        let mut writer = self.writer(pages);
        batch.cut(&mut writer, changes)?;
        batch.put(&mut writer, changes)?;
        batch.settle(&mut writer, &catalog)
    }

    /// Makes many changes of several relations as one, so that they may refer to each other.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    pub fn apply_all<P: PagesMut>(
        &mut self,
        pages: &mut P,
        all: &[(RelationId, Vec<Change>)],
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let mut writer = self.writer(pages);
        let mut batches = Vec::new();
        for (id, changes) in all {
            let mut batch = Batch::of(catalog.get(*id)?)?;
            batch.cut(&mut writer, changes)?;
            batches.push(batch);
        }
        for (batch, (_, changes)) in batches.iter_mut().zip(all) {
            batch.put(&mut writer, changes)?;
        }
        batches.into_iter().try_for_each(|batch| batch.settle(&mut writer, &catalog))
    }
}

/// Many changes of one relation.
struct Batch<'r> {
    relation: &'r Relation,
    gone: Vec<Standing>,
    new: Vec<&'r [Value]>,
}

impl<'r> Batch<'r> {
    fn of(relation: &'r Relation) -> Result<Self, StoreError> {
        relation.must_be_no_view()?;
        Ok(Self { relation, gone: Vec::new(), new: Vec::new() })
    }

    /// Takes old rows out.
    fn cut<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        changes: &[Change],
    ) -> Result<(), StoreError> {
        for change in changes {
            if let Change::Update(key, _) | Change::Delete(key) = change {
                let standing = self.relation.must_stand(writer.reader(), key)?;
                self.relation.cut(writer, &standing)?;
                match change {
                    Change::Update(..) => {
                        self.relation.keep_beside(writer, standing.number, &standing.kept)?;
                    }
                    Change::Insert(_) | Change::Delete(_) => {
                        self.relation.drop_beside(writer, standing.number)?;
                    }
                }
                self.gone.push(standing);
            }
        }
        Ok(())
    }

    /// Puts new rows in.
    fn put<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        changes: &'r [Change],
    ) -> Result<(), StoreError> {
        let relation = self.relation;
        let mut numbers = self.gone.iter().map(|standing| standing.number);
        for change in changes {
            let (row, number) = match change {
                Change::Insert(row) => (row, None),
                Change::Update(_, row) => (row, numbers.next()),
                Change::Delete(_) => {
                    numbers.next();
                    continue;
                }
            };
            check_row(&relation.name, &relation.fields, row)?;
            relation.check_unique_row(writer.reader(), row, None)?;
            relation.put_numbered(writer, row, number)?;
            self.new.push(row);
        }
        Ok(())
    }

    /// Checks what refers to what, and puts what follows into views.
    fn settle<P: PagesMut>(
        self,
        writer: &mut Writer<'_, P>,
        catalog: &Catalog,
    ) -> Result<(), StoreError> {
        let relation = self.relation;
        for row in &self.new {
            relation.check_references(catalog, writer.reader(), row)?;
        }
        for standing in &self.gone {
            if !relation.rows.has(writer.reader(), &standing.key)? {
                relation.check_free(catalog, writer.reader(), standing, None)?;
            }
        }
        if catalog.viewers(relation.id).is_empty() {
            return Ok(());
        }
        let gone = self.gone.into_iter().map(|standing| (standing.row, -1));
        let new = self.new.into_iter().map(|row| (row.to_vec(), 1));
        settle_bag(writer, catalog, relation.id, gone.chain(new).collect())
    }
}
