//! Data of moments, also of those from before the program began.

use std::sync::Arc;

use relational::{Relation, RelationId, Store, StoreError, Type, Value};
use tape::{Stored, Tape, TapePart};

use super::Call;
use super::known::HAS_VALUE;
use super::store::refused;
use super::value::is_reference;
use crate::layout::{STATE, STORE};
use crate::moment::{Earlier, Moment, wrong};
use crate::trap::Trap;

/// The value of a name that was placed on the heap last, and where.
pub(super) type Placed = Option<(Value, i64)>;

impl Call<'_> {
    /// The data of a moment.
    pub(crate) fn data_of(&mut self, moment: &Moment) -> Result<TapePart, Trap> {
        if let Some(state) = moment.kept() {
            return Ok(state.clone());
        }
        let seen = self.earlier()?.data(moment.number()).map_err(wrong)?;
        let around = match self.moments().put_aside() {
            Some(around) => around.clone(),
            None => self.data(),
        };
        let mut tape = Tape::new();
        tape.put_part(&seen.data);
        let mut put = |at: i64, words: [i64; 3]| {
            let stored = tape.poke(at, words.map(i64::to_le_bytes).as_flattened());
            debug_assert_eq!(stored, Stored::Ok, "nothing is protected there");
        };
        for at in &seen.present {
            put(*at, [0, 8, 16].map(|offset| around.word(at + offset)));
        }
        for (at, value) in &seen.names {
            let words = match value {
                None => [0; 3],
                Some((ty, value)) => [self.word_like(value, ty, (&around, *at))?, 1, 0],
            };
            put(*at, words);
        }
        Ok(tape.part(STATE))
    }

    /// A word for a value: that of the name now, if it has the value.
    fn word_like(
        &mut self,
        value: &Value,
        ty: &Type,
        (around, at): (&TapePart, i64),
    ) -> Result<i64, Trap> {
        let word = around.word(at);
        if is_reference(ty)
            && around.word(at + HAS_VALUE) == 1
            && self.value(word, ty).is_ok_and(|present| present == *value)
        {
            return Ok(word);
        }
        self.word(value, ty)
    }

    fn earlier(&self) -> Result<Arc<dyn Earlier>, Trap> {
        let missing = || wrong("what was before the program began is not at hand".to_owned());
        self.moments().earlier().cloned().ok_or_else(missing)
    }

    /// The word of a name at a moment, if it had a value.
    pub(super) fn name_at(
        &mut self,
        moment: &Moment,
        at: i64,
        placed: &mut Placed,
    ) -> Result<Option<i64>, Trap> {
        if let Some(state) = moment.kept() {
            return Ok((state.word(at + HAS_VALUE) != 0).then(|| state.word(at)));
        }
        let found = self.earlier()?.value(moment.number(), at).map_err(wrong)?;
        let Some((ty, value)) = found else { return Ok(None) };
        if let Some((known, word)) = placed
            && *known == value
        {
            return Ok(Some(*word));
        }
        let word = self.word(&value, &ty)?;
        *placed = Some((value, word));
        Ok(Some(word))
    }

    /// Whether a name had a value.
    pub(super) fn has_value(&self, moment: &Moment, at: i64) -> bool {
        match moment.kept() {
            Some(state) => state.word(at + HAS_VALUE) != 0,
            None => {
                let found = self.earlier().ok().map(|it| it.value(moment.number(), at));
                matches!(found, Some(Ok(Some(_))))
            }
        }
    }

    /// A state of a moment in which a relation is as it is now, with its number there. Where it was another
    /// one then, it is seen as the program sees it.
    pub(super) fn state_with(
        &mut self,
        moment: &Moment,
        relation: &Relation,
    ) -> Result<(TapePart, RelationId), Trap> {
        if let Some(state) = moment.kept() {
            return Ok((state.clone(), relation.id()));
        }
        let earlier = self.earlier()?;
        let raw = earlier.store(moment.number()).map_err(wrong)?;
        let catalog = match found(&raw, relation)? {
            Found::Same(id) => return Ok((raw, id)),
            Found::Other => None,
            Found::Nothing(None) => return Ok((raw, relation.id())),
            Found::Nothing(catalog) => {
                // The program may make it of another one that was there then.
                if !self.vm().program.moves_relations() || self.looked().lacks(catalog, relation) {
                    return Ok((raw, relation.id()));
                }
                catalog
            }
        };
        let seen = earlier.data(moment.number()).map_err(wrong)?.data.clone();
        match found(&seen, relation)? {
            Found::Same(id) => Ok((seen, id)),
            Found::Nothing(_) => {
                self.looked_mut().note_lack(catalog, relation);
                Ok((if catalog.is_some() { raw } else { seen }, relation.id()))
            }
            Found::Other => {
                let (name, number) = (relation.name(), moment.number());
                Err(wrong(format!("`{name}` was defined otherwise at moment {number}")))
            }
        }
    }
}

/// What a relation was in a state.
enum Found {
    /// With what tells the catalog, if there is one.
    Nothing(Option<u64>),
    Same(RelationId),
    /// It had other columns.
    Other,
}

fn found(state: &TapePart, relation: &Relation) -> Result<Found, Trap> {
    let mut store = match Store::open(state, STORE.start) {
        Ok(store) => store,
        Err(StoreError::NoStore) => return Ok(Found::Nothing(None)),
        Err(error) => return Err(refused(&error)),
    };
    let known = store.relations(state).map_err(|error| refused(&error))?;
    Ok(match known.iter().find(|known| known.name() == relation.name()) {
        None => Found::Nothing(Some(store.stamp(state).map_err(|error| refused(&error))?)),
        Some(known) if known.fields() == relation.fields() && known.key() == relation.key() => {
            Found::Same(known.id())
        }
        Some(_) => Found::Other,
    })
}
