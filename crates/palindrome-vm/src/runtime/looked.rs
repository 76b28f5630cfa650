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
use crate::moment::{Found, Moment, Moments};
use crate::trap::Trap;

/// Relations at moments that are kept; a power of two.
const VIEWS_MAX: usize = 16;
/// Relations that were not there that are kept.
const LACKING_MAX: usize = 1 << 10;

/// A relation at a moment.
#[derive(Debug)]
pub(super) struct View {
    moment: Moment,
    /// The moments among which it was found. Whoever changes them moves them, as they are known here:
    /// where they lie still, they are the same.
    among: Weak<Moments>,
    /// The relation as the program knows it.
    now: Arc<Shaped>,
    /// The data then.
    pub(super) state: TapePart,
    /// The relation then.
    pub(super) relation: Arc<Relation>,
}

/// What is known of moments that were looked at.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    /// Each at the place that its moment and its relation say.
    views: [Option<Arc<View>>; VIEWS_MAX],
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
    /// A relation as it was at a moment; nothing for the present one.
    pub(super) fn view_at(
        &mut self,
        store: &mut Store,
        now: &Arc<Shaped>,
        number: i64,
    ) -> Result<Option<Arc<View>>, Trap> {
        let place = place_of(number, now);
        if let Some(known) = &self.looked().views[place]
            && known.moment.number().cast_signed() == number
            && Weak::as_ptr(&known.among) == Arc::as_ptr(self.moments())
            && Arc::ptr_eq(&known.now, now)
        {
            return Ok(Some(Arc::clone(known)));
        }
        let Found::Past(moment) = self.moments().resolve(number)?.1 else { return Ok(None) };
        let known = self.looked_mut().views[place].take();
        let known = known.filter(|it| it.moment.is(&moment) && Arc::ptr_eq(&it.now, now));
        let (state, relation) = match known {
            // Other moments came since.
            Some(known) => (known.state.clone(), Arc::clone(&known.relation)),
            None => {
                let (state, its) = self.state_with(&moment, &now.relation)?;
                let relation = relation_in(store, &state, its, &now.relation)?;
                (state, relation)
            }
        };
        let (among, now) = (Arc::downgrade(self.moments()), Arc::clone(now));
        let view = Arc::new(View { moment, among, now, state, relation });
        self.looked_mut().views[place] = Some(Arc::clone(&view));
        Ok(Some(view))
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
