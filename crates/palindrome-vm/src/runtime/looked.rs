//! Relations as they were at moments that rows were read at before: who reads many rows at some moments
//! looks for each of them once.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use relational::{DefinitionError, Relation, RelationId, Store, StoreError};
use tape::TapePart;

use super::Call;
use super::shape::Shaped;
use super::store::refused;
use crate::layout::STORE;
use crate::moment::{Found, Moment, Moments, wrong};
use crate::trap::Trap;

/// Relations at moments that are kept; a power of two.
const VIEWS_MAX: usize = 16;
/// Relations that were not there that are kept.
const LACKING_MAX: usize = 1 << 10;

/// A relation at a moment.
#[derive(Debug)]
pub(super) struct View {
    moment: Moment,
    /// The moments among which it was found.
    among: Weak<Moments>,
    /// The relation as the program knows it.
    now: Arc<Shaped>,
    /// The data then.
    pub(super) state: TapePart,
    /// The relation then.
    pub(super) relation: Arc<Relation>,
}

/// A moment by its name.
#[derive(Debug)]
struct Named {
    name: Vec<u8>,
    /// The moments among which it was found.
    among: Weak<Moments>,
    number: u64,
}

/// What is known of moments that were looked at.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Each at the place that its moment and its relation say.
    views: [Option<Box<View>>; VIEWS_MAX],
    /// The one that was asked for by its name last.
    named: Option<Named>,
    /// Relations that were not there then, also not by another name, with what tells the catalogs.
    lacking: BTreeSet<(u64, String)>,
}

impl Looked {
    /// Whether a relation is not there where the catalog is so.
    pub(super) fn lacks(&self, catalog: Option<u64>, relation: &Relation) -> bool {
        catalog.is_some_and(|catalog| self.lacking.contains(&(catalog, relation.name().to_owned())))
    }

    pub(super) fn note_lack(&mut self, catalog: Option<u64>, relation: &Relation) {
        if let Some(catalog) = catalog {
            if self.lacking.len() >= LACKING_MAX {
                self.lacking.clear();
            }
            self.lacking.insert((catalog, relation.name().to_owned()));
        }
    }
}

impl Call<'_> {
    /// A relation as it was at a moment, for the caller to keep until the next call; nothing for the
    /// present one.
    pub(super) fn take_view(
        &mut self,
        store: &mut Store,
        now: &Arc<Shaped>,
        number: i64,
    ) -> Result<Option<Box<View>>, Trap> {
        let place = place_of(number, now);
        let known = self.looked_mut().views[place].take();
        if let Some(view) = known.as_deref()
            && view.moment.number().cast_signed() == number
            && self.is_among(&view.among)
            && Arc::ptr_eq(&view.now, now)
        {
            return Ok(known);
        }
        self.new_view(store, known, now, number)
    }

    /// Keeps what [`take_view`](Self::take_view) gave.
    pub(super) fn keep_view(&mut self, view: Box<View>) {
        let place = place_of(view.moment.number().cast_signed(), &view.now);
        self.looked_mut().views[place] = Some(view);
    }

    #[cold]
    fn new_view(
        &mut self,
        store: &mut Store,
        known: Option<Box<View>>,
        now: &Arc<Shaped>,
        number: i64,
    ) -> Result<Option<Box<View>>, Trap> {
        let Found::Past(moment) = self.moments().resolve(number)?.1 else { return Ok(None) };
        let known = known.filter(|it| it.moment.is(&moment) && Arc::ptr_eq(&it.now, now));
        let (state, relation) = match known {
            // Other moments came since.
            Some(known) => (known.state, known.relation),
            None => {
                let (state, its) = self.state_with(&moment, &now.relation)?;
                let relation = relation_in(store, &state, its, &now.relation)?;
                (state, relation)
            }
        };
        let (among, now) = (Arc::downgrade(self.moments()), Arc::clone(now));
        Ok(Some(Box::new(View { moment, among, now, state, relation })))
    }

    /// Whether the moments are still those among which something was found. Whoever changes them moves
    /// them, as they are known there.
    fn is_among(&self, known: &Weak<Moments>) -> bool {
        Weak::as_ptr(known) == Arc::as_ptr(self.moments())
    }

    /// The number of the moment with the name that a text is.
    pub(super) fn moment_with_name(&mut self, text: i64) -> Result<u64, Trap> {
        let name = self.text_bytes(text, &mut { i64::MAX })?;
        if let Some(known) = &self.looked().named
            && *name == *known.name
            && self.is_among(&known.among)
        {
            return Ok(known.number);
        }
        let (name, moments) = (name.into_owned(), self.moments());
        let found = str::from_utf8(&name).ok().and_then(|name| moments.named(name));
        let number = found.ok_or_else(|| {
            let name = String::from_utf8_lossy(&name);
            let names: Vec<_> = moments.names().collect();
            match names.as_slice() {
                [] => wrong(format!("there is no checkpoint `{name}`: none was made")),
                names => {
                    wrong(format!("there is no checkpoint `{name}`, but `{}`", names.join("`, `")))
                }
            }
        })?;
        let among = Arc::downgrade(moments);
        self.looked_mut().named = Some(Named { name, among, number });
        Ok(number)
    }
}

/// The place for a relation at a moment.
fn place_of(number: i64, relation: &Shaped) -> usize {
    let mixed = number.cast_unsigned() ^ u64::from(relation.relation.id().number()) << 2;
    usize::try_from(mixed % VIEWS_MAX as u64).unwrap_or(0)
}

/// A relation in a state, as it is now.
pub(super) fn relation_in(
    store: &mut Store,
    state: &TapePart,
    its: RelationId,
    now: &Relation,
) -> Result<Arc<Relation>, Trap> {
    let is_there = Store::open(state, STORE.start).is_ok();
    let then = if is_there { store.relation(state, its).ok() } else { None };
    // Before a relation was made, or when it had other fields, it is another one.
    let is_it = |then: &Arc<Relation>| then.fields() == now.fields() && then.key() == now.key();
    then.filter(is_it).ok_or_else(|| {
        let error = DefinitionError::UnknownRelation { name: now.name().to_owned() };
        refused(&StoreError::from(error))
    })
}
