//! The store as its caller holds it, and making, opening and checking one.

use std::sync::Arc;

use crate::StoreError;
use crate::area::{PageId, Reader, Writer, corrupt};
use crate::catalog::{Catalog, Relation, RelationId};
use crate::error::DefinitionError;
use crate::lens::Given;
use crate::pages::{PAGE_STEP, PageFault, Pages, PagesMut};
use crate::space::{CatalogHead, SpaceUse};
use crate::tree::{Trace, Tree};

/// How many catalogs of different moments are kept decoded.
const CATALOGS_MAX: usize = 4;

/// A relational store in a region of the tape.
///
/// It holds no state: where the region begins, and decoded catalogs, which are recognised by a stamp
/// on the pages. So one `Store` may be used for the present, for snapshots and for forks, and needs
/// no word when the tape goes back.
///
/// Every operation takes the pages it works on. One on a single row, and every definition that is
/// refused, changes nothing when it fails because of its arguments or the rows that are there. After
/// any other error ([`StoreError`]) the caller must take the writes of the call back: by its own log,
/// by a snapshot, or with a [`Journal`](crate::Journal).
#[derive(Clone, Debug)]
pub struct Store {
    base: i64,
    pub(crate) catalogs: Vec<(u64, Arc<Catalog>)>,
    /// Functions are no state: they are given anew.
    pub(crate) lenses: Given,
    /// The row that was looked for last.
    pub(crate) trace: Trace,
    /// Room for a key.
    pub(crate) key: Vec<u8>,
}

impl Store {
    /// Makes an empty store that begins at `base`, a multiple of [`PAGE_SIZE`](crate::PAGE_SIZE), and may use up to
    /// `pages_max` pages. Pages take memory when they are first used.
    ///
    /// # Errors
    /// The region does not lie on the tape, or a write is refused.
    pub fn create<P: PagesMut>(
        pages: &mut P,
        base: i64,
        pages_max: u32,
    ) -> Result<Self, StoreError> {
        let size = i64::from(pages_max) * PAGE_STEP;
        if base.rem_euclid(PAGE_STEP) != 0 || base.checked_add(size).is_none() {
            return Err(PageFault::PastEnd { position: base }.into());
        }
        let mut writer = Writer::new(pages, base);
        writer.write_header(pages_max)?;
        let root = Tree::create(&mut writer)?.root;
        writer.set_catalog_head(CatalogHead { root, stamp: 0, next: 1 })?;
        Ok(Self::at(base))
    }

    /// The store that begins at `base`.
    ///
    /// # Errors
    /// There is none.
    pub fn open<P: Pages>(pages: &P, base: i64) -> Result<Self, StoreError> {
        Reader::new(pages, base).check_header()?;
        Ok(Self::at(base))
    }

    fn at(base: i64) -> Self {
        let (lenses, trace) = (Given::default(), Trace::default());
        Self { base, catalogs: Vec::new(), lenses, trace, key: Vec::new() }
    }

    /// Whether these pages have a store where this one is.
    #[must_use]
    pub fn is_on<P: Pages>(&self, pages: &P) -> bool {
        self.reader(pages).check_header().is_ok()
    }

    /// Where its region begins.
    #[must_use]
    pub const fn base(&self) -> i64 {
        self.base
    }

    pub(crate) const fn reader<'p, P: Pages>(&self, pages: &'p P) -> Reader<'p, P> {
        Reader::new(pages, self.base)
    }

    pub(crate) const fn writer<'p, P: PagesMut>(&self, pages: &'p mut P) -> Writer<'p, P> {
        Writer::new(pages, self.base)
    }

    /// The catalog at the moment of these pages.
    pub(crate) fn catalog<P: Pages>(&mut self, pages: &P) -> Result<Arc<Catalog>, StoreError> {
        let head = self.reader(pages).catalog_head()?;
        let known = self.catalogs.iter().position(|(stamp, _)| *stamp == head.stamp);
        if let Some(known) = known {
            return Ok(Arc::clone(&self.catalogs[known].1));
        }
        let catalog = Arc::new(Catalog::read(self.reader(pages), head, &self.lenses)?);
        if self.catalogs.len() >= CATALOGS_MAX {
            self.catalogs.remove(0);
        }
        self.catalogs.push((head.stamp, Arc::clone(&catalog)));
        Ok(catalog)
    }

    /// What tells the catalog as it is from others.
    ///
    /// # Errors
    /// Pages failed.
    pub fn stamp<P: Pages>(&self, pages: &P) -> Result<u64, StoreError> {
        Ok(self.reader(pages).catalog_head()?.stamp)
    }

    /// A relation as it is described.
    ///
    /// # Errors
    /// There is none of that number, or the catalog cannot be read.
    pub fn relation<P: Pages>(
        &mut self,
        pages: &P,
        id: RelationId,
    ) -> Result<Arc<Relation>, StoreError> {
        Ok(Arc::clone(self.catalog(pages)?.get(id)?))
    }

    /// A relation by its name.
    ///
    /// # Errors
    /// There is none of that name, or the catalog cannot be read.
    pub fn find_relation<P: Pages>(
        &mut self,
        pages: &P,
        name: &str,
    ) -> Result<Arc<Relation>, StoreError> {
        let catalog = self.catalog(pages)?;
        let unknown = || DefinitionError::UnknownRelation { name: name.to_owned() };
        Ok(Arc::clone(catalog.find(name).ok_or_else(unknown)?))
    }

    /// All relations, in the order in which they were made.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub fn relations<P: Pages>(&mut self, pages: &P) -> Result<Vec<Arc<Relation>>, StoreError> {
        Ok(self.catalog(pages)?.relations().map(Arc::clone).collect())
    }

    /// Likewise, and none in pages that have no store so far.
    ///
    /// # Errors
    /// The catalog cannot be read.
    pub fn relations_if_any<P: Pages>(
        &mut self,
        pages: &P,
    ) -> Result<Vec<Arc<Relation>>, StoreError> {
        match Self::open(pages, self.base) {
            Err(StoreError::NoStore) => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(_) => self.relations(pages),
        }
    }

    /// How many pages are in use.
    ///
    /// # Errors
    /// The header cannot be read.
    pub fn space_use<P: Pages>(&self, pages: &P) -> Result<SpaceUse, StoreError> {
        self.reader(pages).space_use()
    }

    /// Checks every page: trees, links, counts, that every row is in all indexes and nothing else
    /// is, and that each page is in use or free, once. Costs a walk over the whole store.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn verify<P: Pages>(&mut self, pages: &P) -> Result<(), StoreError> {
        let reader = self.reader(pages);
        reader.check_header()?;
        let head = reader.catalog_head()?;
        let mut all = Tree { root: head.root }.verify(reader)?.pages;
        let catalog = self.catalog(pages)?;
        for relation in catalog.relations() {
            all.extend(relation.verify(reader)?);
        }
        all.extend(reader.free_pages()?);
        all.sort_unstable();
        let used = reader.space_use()?.used;
        let wrong = (1..used).map(PageId).zip(&all).find(|(id, found)| id != *found);
        match wrong {
            Some((id, found)) => Err(corrupt(id.min(*found), "is lost, or in use twice")),
            None if all.len() + 1 == used as usize => Ok(()),
            None => Err(corrupt(PageId::NONE, "counts the pages wrongly")),
        }
    }
}
