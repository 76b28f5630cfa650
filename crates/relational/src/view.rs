//! Views: relations whose rows are what a query gives, kept up to date with every change of what
//! they are made of.
//!
//! What can be a view, and making one, is here; `delta` finds what changes when rows do, `group`
//! keeps the totals of groups, `upkeep` puts the changes in.

mod delta;
mod group;
mod shape;
mod upkeep;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt};
use crate::catalog::{Catalog, Relation, RelationId};
use crate::define::{check_fields, start_relation};
use crate::error::DefinitionError;
use crate::index::{Index, IndexKind};
use crate::pages::{Pages, PagesMut};
use crate::query::{Query, width};
use crate::schema::Field;
use crate::store::Store;
use crate::tree::Tree;
use crate::wire::{Packer, Unpacker};

pub(crate) use upkeep::{settle, settle_bag};

/// A view that is to be.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewDefinition {
    /// Its name.
    pub name: String,
    /// The names and types of the columns of the query. Defaults mean nothing.
    pub fields: Vec<Field>,
    /// What its rows are, each once: relations and other views, filtered, projected, joined and put
    /// together, and then perhaps grouped, filtered and projected again. A group within a join or
    /// another group is a view of its own first.
    pub query: Query,
}

/// What a relation that is a view keeps besides its rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) query: Query,
    pub(crate) groups: Option<Groups>,
    /// How often each row follows from others, where that may be more than once.
    pub(crate) support: Option<Tree>,
}

/// The groups of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    /// By the values that they have in common, their numbers and totals.
    pub(crate) states: Tree,
    /// By number and total, all values of totals that need them, with how often each is there.
    pub(crate) values: Tree,
}

impl Store {
    /// Makes a view. It can be read, queried and indexed like a relation, and used in other views.
    ///
    /// What joins look up in relations gets B+tree indexes, where there is none and it is no key.
    /// Reading a view never computes anything anew; a change of a row costs what the changes that
    /// follow from it do. A text in a row that tells rows apart, as all columns of a query without
    /// a key do, or that is grouped by, may not be long, as in keys.
    ///
    /// # Errors
    /// The definition is unsound: nothing was changed. Or a computation failed, or pages.
    pub fn create_view<P: PagesMut>(
        &mut self,
        pages: &mut P,
        definition: &ViewDefinition,
    ) -> Result<RelationId, StoreError> {
        let catalog = self.catalog(pages)?;
        let ViewDefinition { name, fields, query } = definition;
        if catalog.find(name).is_some() {
            return Err(DefinitionError::DuplicateName { name: name.clone() }.into());
        }
        check_fields(name, fields)?;
        let query = shape::without_distinct(query);
        let bad = |reason| DefinitionError::BadView { name: name.clone(), reason };
        shape::check(query).map_err(bad)?;
        let width = width(&catalog, query, 0).map_err(|error| StoreError::of_view(name, error))?;
        if width != fields.len() {
            return Err(bad("it has another number of fields than its query has columns").into());
        }
        for (id, columns) in shape::lookups(&catalog, query) {
            self.index_for_view(pages, id, &columns)?;
        }
        let catalog = self.catalog(pages)?;
        let key = shape::key(&catalog, query);
        let mut writer = self.writer(pages);
        let mut relation = start_relation(name, fields);
        relation.create_pages(&mut writer)?;
        let mut tree = |is_needed: bool| is_needed.then(|| Tree::create(&mut writer)).transpose();
        let groups = match (tree(shape::has_group(query))?, tree(shape::has_group(query))?) {
            (Some(states), Some(values)) => Some(Groups { states, values }),
            _ => None,
        };
        let support = tree(key.is_none())?;
        relation.key = key.unwrap_or_else(|| (0..fields.len()).collect());
        relation.view = Some(Box::new(View { query: query.clone(), groups, support }));
        writer.put_relation(relation.id, Some(&relation))?;
        upkeep::fill(&mut writer, &catalog, &relation)?;
        Ok(relation.id)
    }

    /// Forgets a view, and all views that are made of it. Nothing is lost: their rows follow from others.
    ///
    /// # Errors
    /// It is no view, or a relation refers to it: nothing was changed. Or pages failed.
    pub fn drop_view<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
    ) -> Result<(), StoreError> {
        let catalog = self.catalog(pages)?;
        let relation = catalog.get(id)?;
        if relation.view.is_none() {
            let (name, reason) = (relation.name.clone(), "it is a relation of its own");
            return Err(DefinitionError::BadView { name, reason }.into());
        }
        self.drop_with_views(pages, id)
    }

    /// Forgets a relation, whose rows go, and all views that are made of it.
    ///
    /// # Errors
    /// Another relation refers to it: nothing was changed. Or pages failed.
    pub fn drop_with_views<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
    ) -> Result<(), StoreError> {
        let (mut waiting, mut views) = (vec![id], Vec::new());
        let catalog = self.catalog(pages)?;
        while let Some(next) = waiting.pop() {
            // What is made of another comes after it, also where that is found later.
            views.retain(|known| *known != next);
            views.push(next);
            waiting.extend(catalog.viewers(next));
        }
        views.iter().rev().try_for_each(|view| self.drop_relation(pages, *view))
    }

    /// Makes an index of a relation for the joins of views, unless there is one that serves.
    fn index_for_view<P: PagesMut>(
        &mut self,
        pages: &mut P,
        id: RelationId,
        fields: &[usize],
    ) -> Result<(), StoreError> {
        let mut relation = (*self.relation(pages, id)?).clone();
        let serves = |index: &Index| {
            let places = index.plain().filter(|_| index.kind != IndexKind::FullText);
            places.is_some_and(|places| shape::same_places(places, fields))
        };
        if shape::same_places(&relation.key, fields) || relation.indexes.iter().any(serves) {
            return Ok(());
        }
        relation.add_own_index(&mut self.writer(pages), "view", fields.to_vec())
    }

    /// The query of a view; nothing for a relation that is none.
    ///
    /// # Errors
    /// There is no such relation, or the catalog cannot be read.
    pub fn view_query<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
    ) -> Result<Option<Query>, StoreError> {
        Ok(self.relation(pages, id)?.view.as_ref().map(|view| view.query.clone()))
    }
}

impl View {
    pub(crate) fn pack(&self, packer: &mut Packer) {
        self.query.pack(packer);
        packer.link(self.groups.map_or(0, |groups| groups.states.root.0));
        packer.link(self.groups.map_or(0, |groups| groups.values.root.0));
        packer.link(self.support.map_or(0, |support| support.root.0));
    }

    pub(crate) fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let query = Query::unpack(from)?;
        let mut tree =
            || Some(PageId(from.link()?)).map(|root| (!root.is_none()).then_some(Tree { root }));
        let (states, values, support) = (tree()?, tree()?, tree()?);
        let groups = states.zip(values).map(|(states, values)| Groups { states, values });
        let is_sound = shape::check(&query).is_ok() && groups.is_some() == shape::has_group(&query);
        is_sound.then_some(Self { query, groups, support })
    }

    /// All its pages besides those of rows and indexes.
    pub(crate) fn pages<P: Pages>(&self, reader: Reader<'_, P>) -> Result<Vec<PageId>, StoreError> {
        let mut pages = Vec::new();
        let groups = self.groups.iter().flat_map(|groups| [groups.states, groups.values]);
        for tree in groups.chain(self.support) {
            pages.extend(tree.pages(reader)?);
        }
        Ok(pages)
    }

    /// The relations and views that it is made of.
    pub(crate) fn sources(&self) -> Vec<RelationId> {
        shape::sources(&self.query)
    }
}

impl Catalog {
    /// Whether every view is made of relations that are older, with as many columns as it has
    /// fields.
    pub(crate) fn check_views(&self, root: PageId) -> Result<(), StoreError> {
        for relation in self.relations() {
            let Some(view) = &relation.view else { continue };
            let is_sound = view.sources().iter().all(|source| *source < relation.id)
                && width(self, &view.query, 0).is_ok_and(|width| width == relation.fields.len());
            if !is_sound {
                return Err(corrupt(root, "leads to a view that cannot be computed"));
            }
        }
        Ok(())
    }
}

impl Relation {
    /// Adds an index that something other than the user needs, with all rows.
    pub(crate) fn add_own_index<P: PagesMut>(
        &mut self,
        writer: &mut Writer<'_, P>,
        what: &str,
        fields: Vec<usize>,
    ) -> Result<(), StoreError> {
        let mut index = crate::define::own_index(what, self, fields, false);
        crate::define::build(writer, self, &mut index)?;
        self.indexes.push(index);
        writer.put_relation(self.id, Some(self))
    }
}
