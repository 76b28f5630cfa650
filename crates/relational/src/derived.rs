//! Relations whose rows follow from rules. They hold no data of their own, so that other definitions may
//! take their names: views, relations, and rules with other columns.

use crate::StoreError;
use crate::catalog::RelationId;
use crate::define::Definition;
use crate::error::DefinitionError;
use crate::pages::PagesMut;
use crate::store::Store;

impl Store {
    /// Makes a relation whose rows are found out from others, or finds it again.
    ///
    /// # Errors
    /// A relation of its name has rows that were put there: nothing was changed. Or as of
    /// [`create_relation`](Self::create_relation).
    pub fn derive_relation<P: PagesMut>(
        &mut self,
        pages: &mut P,
        definition: &Definition,
    ) -> Result<RelationId, StoreError> {
        let catalog = self.catalog(pages)?;
        if let Some(known) = catalog.find(&definition.name)
            && known.is_derived()
            && known.fields == definition.fields
        {
            self.adapt_computed(pages, known.id, definition)?;
            return Ok(known.id);
        }
        self.make_room(pages, &definition.name, "rules")?;
        let id = self.create_relation(pages, definition)?;
        let mut relation = (*self.relation(pages, id)?).clone();
        relation.derived = true;
        self.writer(pages).put_relation(id, Some(&relation))?;
        Ok(id)
    }

    /// Drops a relation that holds no data of its own, with the views that are made of it, so that
    /// something else may have its name. Whoever has those views makes them again.
    ///
    /// # Errors
    /// It has rows that were put there, or another relation refers to it: nothing was changed. Or pages
    /// failed.
    pub fn make_room<P: PagesMut>(
        &mut self,
        pages: &mut P,
        name: &str,
        what: &'static str,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let Some(known) = catalog.find(name) else { return Ok(()) };
        if !known.is_derived() && !known.is_view() && self.count(pages, known.id)? > 0 {
            let reason = format!(
                "its rows were put there by statements, and do not follow from others: give the {what} \
                 another name, or give up the rows with --drop {name}"
            );
            return Err(DefinitionError::Unfit { relation: name.to_owned(), reason }.into());
        }
        self.drop_with_views(pages, known.id)
    }
}
