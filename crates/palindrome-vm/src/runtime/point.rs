//! Single fields of the row with a key, read and written without the row going over. The words of the
//! key lie one after the other on the tape, in the order of the key.

use relational::{
    Changed, DefinitionError, Raw, RawKey, Relation, RowView, Store, StoreError, Type, Value,
};
use tape::TapePart;

use super::looked::relation_in;
use super::shape::{Field, Shaped};
use super::store::refused;
use super::value::BUDGET;
use super::{Call, Outcome};
use crate::trap::Trap;

/// A field that was read.
enum Held {
    Word(i64),
    Bytes(Vec<u8>),
    Value(Value),
}

impl Call<'_> {
    /// The key whose words begin at a position.
    fn key_at(&mut self, of: &Shaped, at: i64) -> Result<RawKey, Trap> {
        let (mut key, mut left, mut at) = (self.take_key(), BUDGET, at);
        for field in of.relation.key() {
            let ty = &of.relation.fields()[*field].ty;
            match self.word_field(self.read_word(at)?, ty, &mut left)? {
                Field::Word(word) => key.raw(ty, Raw::Word(word)),
                Field::Bytes(bytes) => key.raw(ty, Raw::Bytes(&bytes)),
                Field::Value(value) => key.value(ty, &value),
            }
            at = at.wrapping_add(8);
        }
        Ok(key)
    }

    /// The number of a field, which an argument says.
    fn field_of(&self, of: &Shaped, argument: u8) -> Result<usize, Trap> {
        let number = self.argument(argument);
        let field = usize::try_from(number).ok();
        field.filter(|field| *field < of.relation.fields().len()).ok_or_else(|| {
            let (relation, field) = (of.relation.name().to_owned(), number.to_string());
            let error = StoreError::from(DefinitionError::UnknownField { relation, field });
            Trap::Store { reason: error.to_string() }
        })
    }

    /// Puts what was read where the caller wants it; says whether there was a row.
    fn put_held(&mut self, of: &Shaped, field: usize, held: Option<Held>) -> Result<Outcome, Trap> {
        let into = self.argument(3);
        let Some(held) = held else { return Ok(Outcome::Value(0)) };
        let ty = &of.relation.fields()[field].ty;
        let word = match held {
            Held::Word(word) if *ty == Type::Float => {
                crate::exec::from_f64(f64::from_bits(word.cast_unsigned()))
            }
            Held::Word(word) => word,
            Held::Bytes(bytes) => self.new_text(&bytes)?,
            Held::Value(value) => self.word(&value, ty)?,
        };
        self.write_word(into, word)?;
        Ok(Outcome::Value(1))
    }
}

fn held(row: RowView<'_>, field: usize) -> Result<Held, StoreError> {
    Ok(match row.raw(field)? {
        Some(Raw::Word(word)) => Held::Word(word),
        Some(Raw::Bytes(bytes)) => Held::Bytes(bytes.to_vec()),
        None => Held::Value(row.value(field)?),
    })
}

pub(super) fn row_field(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.in_store(|store, call| {
        let shaped = call.take_shaped(store, id)?;
        let done = call.field_now(store, &shaped);
        call.keep_shaped(shaped);
        done
    })
}

pub(super) fn row_field_at(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.field_at(call.argument(4))
}

pub(super) fn row_field_named(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let number = call.moment_with_name(call.argument(4))?;
    call.field_at(number.cast_signed())
}

impl Call<'_> {
    /// Reads a field of the row with a key, as it was at a moment.
    #[inline]
    fn field_at(&mut self, number: i64) -> Result<Outcome, Trap> {
        let id = self.relation(0)?;
        self.in_store(|store, call| {
            let shaped = call.take_shaped(store, id)?;
            let done = if let Some(view) = call.take_view(store, &shaped, number)? {
                let done = call.field_in(store, &shaped, (&view.state, &view.relation));
                call.keep_view(view);
                done
            } else if let Some(state) = call.moments().put_aside().cloned() {
                // What is under way is what the outermost look put aside.
                let relation = relation_in(store, &state, id, &shaped.relation)?;
                call.field_in(store, &shaped, (&state, &relation))
            } else {
                call.field_now(store, &shaped)
            };
            call.keep_shaped(shaped);
            done
        })
    }

    /// Reads a field of the row with a key.
    fn field_now(&mut self, store: &mut Store, shaped: &Shaped) -> Result<Outcome, Trap> {
        let (field, key) = (self.field_of(shaped, 2)?, self.key_at(shaped, self.argument(1))?);
        let found = store.look_up(self, &shaped.relation, &key, |row| held(row, field));
        self.keep_key(key);
        self.put_held(shaped, field, found.map_err(|error| refused(&error))?)
    }

    /// Reads a field of the row with a key, as it was in a state.
    fn field_in(
        &mut self,
        store: &mut Store,
        shaped: &Shaped,
        (state, then): (&TapePart, &Relation),
    ) -> Result<Outcome, Trap> {
        let (field, key) = (self.field_of(shaped, 2)?, self.key_at(shaped, self.argument(1))?);
        let found = store.look_up(state, then, &key, |row| held(row, field));
        self.keep_key(key);
        self.put_held(shaped, field, found.map_err(|error| refused(&error))?)
    }
}

pub(super) fn row_set(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.in_store(|store, call| {
        let shaped = call.take_shaped(store, id)?;
        let (field, key) = (call.field_of(&shaped, 2)?, call.key_at(&shaped, call.argument(1))?);
        let is_found = match call.set_within(store, (&shaped, field), &key)? {
            Some(is_found) => is_found,
            None => {
                let value = call.value(call.argument(3), &shaped.relation.fields()[field].ty)?;
                call.set_row(store, (&shaped, field), &key, |_| Some(value))?.is_some()
            }
        };
        call.keep_key(key);
        call.keep_shaped(shaped);
        Ok(Outcome::Value(i64::from(is_found)))
    })
}

pub(super) fn row_add(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    row_change(call, i64::checked_add)
}

pub(super) fn row_subtract(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    row_change(call, i64::checked_sub)
}

fn row_change(call: &mut Call<'_>, change: fn(i64, i64) -> Option<i64>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.in_store(|store, call| {
        let shaped = call.take_shaped(store, id)?;
        let (field, key) = (call.field_of(&shaped, 2)?, call.key_at(&shaped, call.argument(1))?);
        let own = &shaped.relation.fields()[field];
        if own.ty != Type::Int {
            let (relation, field) = (shaped.relation.name(), &own.name);
            let reason = format!("`{field}` of `{relation}` is no whole number");
            return Err(Trap::Store { reason });
        }
        let by = call.argument(3);
        let change = |number| change(number, by);
        let within = if shaped.free[field] {
            store.change_free(call, &shaped.relation, &key, field, change)
        } else {
            Ok(None)
        };
        let done = match within.map_err(|error| refused(&error))? {
            Some(done) => done,
            None => {
                let change = |value: &Value| {
                    let Value::Int(number) = value else { return None };
                    change(*number).map(Value::Int)
                };
                match call.set_row(store, (&shaped, field), &key, change)? {
                    None => Changed::NoRow,
                    Some(true) => Changed::Done,
                    Some(false) => Changed::Refused,
                }
            }
        };
        call.keep_key(key);
        call.keep_shaped(shaped);
        Ok(Outcome::Value(match done {
            Changed::NoRow => 0,
            Changed::Done => 1,
            Changed::Refused => -1,
        }))
    })
}

impl Call<'_> {
    /// Writes the field over where it lies; nothing if it takes more than that.
    fn set_within(
        &mut self,
        store: &mut Store,
        (shaped, field): (&Shaped, usize),
        key: &RawKey,
    ) -> Result<Option<bool>, Trap> {
        let (relation, ty) = (&*shaped.relation, &shaped.relation.fields()[field].ty);
        if !shaped.free[field] {
            return Ok(None);
        }
        let done = match self.word_field(self.argument(3), ty, &mut { BUDGET })? {
            Field::Word(word) => store.set_free(self, relation, key, field, Raw::Word(word)),
            Field::Bytes(bytes) => {
                // What lies on the tape is copied before the tape changes.
                let bytes = bytes.into_owned();
                store.set_free(self, relation, key, field, Raw::Bytes(&bytes))
            }
            Field::Value(_) => Ok(None),
        };
        done.map_err(|error| refused(&error))
    }

    /// Puts the row with another value of a field in its place; false if there is no such value, nothing
    /// if there is no such row.
    fn set_row(
        &mut self,
        store: &mut Store,
        (shaped, field): (&Shaped, usize),
        key: &RawKey,
        change: impl FnOnce(&Value) -> Option<Value>,
    ) -> Result<Option<bool>, Trap> {
        let relation = &shaped.relation;
        let row = store.look_up(self, relation, key, |row| row.row());
        let Some(mut row) = row.map_err(|error| refused(&error))? else { return Ok(None) };
        let old: Vec<Value> = relation.key().iter().map(|place| row[*place].clone()).collect();
        let Some(value) = change(&row[field]) else { return Ok(Some(false)) };
        row[field] = value;
        store.update(self, relation.id(), &old, &row).map_err(|error| refused(&error))?;
        Ok(Some(true))
    }
}
