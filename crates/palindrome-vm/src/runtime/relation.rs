//! Relations, their rows and their indexes.

use std::ops::Bound;
use std::sync::Arc;

use relational::{
    Definition, DefinitionError, Direction, IndexDefinition, Relation, RelationId, Row, StoreError,
    Type, Value,
};

use super::object::{HEAD, KIND_RECORD, KIND_REFERENCES};
use super::shape::Laid;
use super::store::refused;
use super::{Call, Outcome};
use crate::trap::Trap;

impl Call<'_> {
    /// A relation as it is described.
    pub(crate) fn described(&mut self, id: RelationId) -> Result<Arc<Relation>, Trap> {
        self.with_store(|store, pages| store.relation(pages, id))
    }

    /// The row that an argument refers to.
    fn row_of(&self, relation: &Relation, laid: Laid, argument: u8) -> Result<Row, Trap> {
        let (at, types) = (self.argument(argument), relation.fields().iter().map(|it| &it.ty));
        match laid {
            Laid::Record => self.values(at, types),
            Laid::Words => self.values_in_order(at, types),
        }
    }

    /// The key that an argument refers to: a record of the key's fields in its order.
    fn key_of(&self, relation: &Relation, argument: u8) -> Result<Row, Trap> {
        let types = relation.key().iter().map(|place| &relation.fields()[*place].ty);
        self.values(self.argument(argument), types)
    }

    /// A row as a record.
    pub(crate) fn row_record(&mut self, relation: &Relation, row: &[Value]) -> Result<i64, Trap> {
        self.record(row, relation.fields().iter().map(|field| &field.ty), 0)
    }

    /// The text that an argument refers to.
    fn name(&self, argument: u8) -> Result<String, Trap> {
        let text = self.argument(argument);
        let wrong = |_| Trap::NotAnObject { value: text, expected: "a text in UTF-8" };
        String::from_utf8(self.text(text)?).map_err(wrong)
    }
}

pub(super) fn relation_create(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let id = call.with_store(|store, pages| {
        let definition = Definition::from_bytes(&bytes)?;
        store.adapt_relation(pages, &definition)
    })?;
    Ok(Outcome::Value(i64::from(id.number())))
}

pub(super) fn relation_begin(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let id = call.with_store(|store, pages| {
        let definition = Definition::from_bytes(&bytes)?;
        store.begin_relation(pages, &definition)
    })?;
    Ok(Outcome::Value(i64::from(id.number())))
}

pub(super) fn relation_derive(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let id = call.with_store(|store, pages| {
        let definition = Definition::from_bytes(&bytes)?;
        store.derive_relation(pages, &definition)
    })?;
    Ok(Outcome::Value(i64::from(id.number())))
}

pub(super) fn relation_take(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let bytes = call.text(call.argument(0))?;
    let (definition, rows) = call.with_store(|store, pages| {
        let definition = Definition::from_bytes(&bytes)?;
        let known = store.relations(pages)?;
        if known.iter().all(|relation| relation.name() != definition.name) {
            return Ok((definition, Vec::new()));
        }
        let id = store.adapt_relation(pages, &definition)?;
        let rows = store.scan(&*pages, id, Direction::Up)?.collect::<Result<Vec<_>, _>>()?;
        store.drop_relation(pages, id)?;
        Ok::<_, StoreError>((definition, rows))
    })?;
    let types = definition.fields.iter().map(|field| &field.ty);
    call.rows_list(&rows, types).map(Outcome::Value)
}

pub(super) fn relation_find(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let name = call.name(0)?;
    let relation = call.with_store(|store, pages| store.find_relation(pages, &name))?;
    Ok(Outcome::Value(i64::from(relation.id().number())))
}

pub(super) fn relation_exists(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let name = call.name(0)?;
    let all = call.with_store::<_, StoreError>(|store, pages| store.relations(pages))?;
    Ok(Outcome::Value(i64::from(all.iter().any(|relation| relation.name() == name))))
}

pub(super) fn relation_drop(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.with_store(|store, pages| store.drop_relation(pages, id))?;
    Ok(Outcome::Done)
}

pub(super) fn relation_count(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    let count = call.with_store(|store, pages| store.count(pages, id))?;
    Ok(Outcome::Value(count.cast_signed()))
}

pub(super) fn relation_clear(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.with_store(|store, pages| store.clear(pages, id))?;
    Ok(Outcome::Done)
}

pub(super) fn relation_insert(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    insert(call, Laid::Record)
}

pub(super) fn row_insert(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    insert(call, Laid::Words)
}

#[inline(always)]
fn insert(call: &mut Call<'_>, laid: Laid) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.in_store(|store, call| {
        let shaped = call.take_shaped(store, id)?;
        if shaped.is_plain
            && let Some(mut row) = call.raw_row(&shaped, laid, call.argument(1))?
            && store
                .insert_plain(call, &shaped.relation, &mut row)
                .map_err(|error| refused(&error))?
        {
            call.keep_buffer(row.into_buffer());
            call.keep_shaped(shaped);
            return Ok(Outcome::Done);
        }
        let row = call.row_of(&shaped.relation, laid, 1)?;
        call.keep_shaped(shaped);
        store.insert(call, id, &row).map_err(|error| refused(&error))?;
        Ok(Outcome::Done)
    })
}

pub(super) fn relation_upsert(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    upsert(call, Laid::Record)
}

pub(super) fn row_upsert(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    upsert(call, Laid::Words)
}

fn upsert(call: &mut Call<'_>, laid: Laid) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.in_store(|store, call| {
        let shaped = call.take_shaped(store, id)?;
        if let Some(mut row) = call.raw_row(&shaped, laid, call.argument(1))?
            && let Some(was_there) =
                store.upsert_raw(call, id, &mut row).map_err(|error| refused(&error))?
        {
            call.keep_buffer(row.into_buffer());
            call.keep_shaped(shaped);
            return Ok(Outcome::Value(i64::from(was_there)));
        }
        let row = call.row_of(&shaped.relation, laid, 1)?;
        call.keep_shaped(shaped);
        let was_there = store.upsert(call, id, &row).map_err(|error| refused(&error))?;
        Ok(Outcome::Value(i64::from(was_there)))
    })
}

pub(super) fn relation_fill(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    let relation = call.described(id)?;
    let list = call.argument(1);
    call.head(list, &[KIND_REFERENCES], "a list of rows")?;
    let mut rows = Vec::new();
    for place in 0..call.length(list)? {
        let record = call.read_word(list + HEAD + 8 * place)?;
        rows.push(call.values(record, relation.fields().iter().map(|field| &field.ty))?);
    }
    let changed = call.with_store(|store, pages| store.replace_rows(pages, id, rows))?;
    Ok(Outcome::Value(changed.cast_signed()))
}

pub(super) fn relation_update(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    call.in_store(|store, call| {
        let shaped = call.take_shaped(store, id)?;
        if let Some(key) = call.raw_key(&shaped, call.argument(1))?
            && let Some(mut row) = call.raw_row(&shaped, Laid::Record, call.argument(2))?
            && store.update_raw(call, id, &key, &mut row).map_err(|error| refused(&error))?
        {
            call.keep_buffer(row.into_buffer());
            call.keep_shaped(shaped);
            return Ok(Outcome::Done);
        }
        let relation = &shaped.relation;
        let (key, row) = (call.key_of(relation, 1)?, call.row_of(relation, Laid::Record, 2)?);
        call.keep_shaped(shaped);
        store.update(call, id, &key, &row).map_err(|error| refused(&error))?;
        Ok(Outcome::Done)
    })
}

pub(super) fn relation_delete(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    let relation = call.described(id)?;
    let key = call.key_of(&relation, 1)?;
    let was_there = call.with_store(|store, pages| store.delete(pages, id, &key))?;
    Ok(Outcome::Value(i64::from(was_there)))
}

pub(super) fn relation_get(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    let relation = call.described(id)?;
    let key = call.key_of(&relation, 1)?;
    match call.with_store(|store, pages| store.get(pages, id, &key))? {
        Some(row) => call.row_record(&relation, &row).map(Outcome::Value),
        None => Ok(Outcome::Value(0)),
    }
}

pub(super) fn index_create(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    let bytes = call.text(call.argument(1))?;
    call.with_store(|store, pages| {
        let IndexDefinition { name, kind, unique, fields } = IndexDefinition::from_bytes(&bytes)?;
        let relation = store.relation(pages, id)?;
        let fields: Vec<_> = fields.iter().map(String::as_str).collect();
        let is_it = |index: &&relational::Index| {
            let places = index.fields().iter().map(|place| relation.fields()[*place].name.as_str());
            index.name() == name
                && index.kind() == kind
                && index.is_unique() == unique
                && places.eq(fields.iter().copied())
        };
        if relation.indexes().iter().any(|index| is_it(&index)) {
            return Ok(());
        }
        store.create_index(pages, id, (&name, kind, unique), &fields)
    })?;
    Ok(Outcome::Done)
}

pub(super) fn index_drop(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (id, name) = (call.relation(0)?, call.name(1)?);
    call.with_store(|store, pages| store.drop_index(pages, id, &name))?;
    Ok(Outcome::Done)
}

/// The types of the fields of an index.
fn index_types<'r>(relation: &'r Relation, name: &str) -> Result<Vec<&'r Type>, Trap> {
    let index = relation.indexes().iter().find(|index| index.name() == name);
    let index = index.ok_or_else(|| {
        let (relation, index) = (relation.name().to_owned(), name.to_owned());
        let error = StoreError::from(DefinitionError::UnknownIndex { relation, index });
        Trap::Store { reason: error.to_string() }
    })?;
    Ok(index.types(relation))
}

pub(super) fn index_find(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (id, name) = (call.relation(0)?, call.name(1)?);
    let relation = call.described(id)?;
    let types = index_types(&relation, &name)?;
    let record = call.argument(2);
    call.head(record, &[KIND_RECORD], "a record")?;
    let given = usize::try_from(call.length(record)?).unwrap_or(usize::MAX);
    let values = call.values(record, types.into_iter().take(given))?;
    let rows = call.with_store(|store, pages| store.find(pages, id, &name, &values))?;
    let types = relation.fields().iter().map(|field| &field.ty);
    call.rows_list(&rows, types).map(Outcome::Value)
}

pub(super) fn index_between(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (id, name) = (call.relation(0)?, call.name(1)?);
    let relation = call.described(id)?;
    let first = index_types(&relation, &name)?.first().map(|ty| (*ty).clone());
    let ty = match first {
        Some(Type::Option(inner)) => Type::Option(inner),
        Some(other) => Type::Option(Box::new(other)),
        None => Type::Option(Box::new(Type::Int)),
    };
    let bound = |argument| {
        let value = call.value(call.argument(argument), &ty)?;
        Ok::<_, Trap>(if value.is_none() { Bound::Unbounded } else { Bound::Included(value) })
    };
    let between = (bound(2)?, bound(3)?);
    let rows = call.with_store(|store, pages| store.find_between(pages, id, &name, between))?;
    let types = relation.fields().iter().map(|field| &field.ty);
    call.rows_list(&rows, types).map(Outcome::Value)
}
