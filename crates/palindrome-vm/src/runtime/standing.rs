//! Calls that stand: those that their inverse can undo. Each is a row of a relation of its own, with what
//! it changed as values, so that a later run, or a later line of a session, can undo it, too (decision
//! 0045).

use relational::{
    Change, Direction, Relation, RelationId, Row, RowChange, StoreError, Type, Value,
    typed_from_bytes, typed_to_bytes,
};
use tape::TapePart;
use xxhash_rust::xxh3::xxh3_64;

use super::carry::carried;
use super::known::Known;
use super::object::{HEAD, KIND_RECORD};
use super::store::refused;
use super::world::{NameChange, Named, RowChanges, take_back};
use super::{Call, Outcome};
use crate::moment::wrong;
use crate::trap::Trap;

/// Columns of the relation, the first three of which are its key: what tells the call from others, as
/// a number; the moment that it was a part of; its number in the run; the function with its types; what
/// it was given, and what its inverse gives, as bytes; the rows and the names that it changed.
const KEY: usize = 3;
const FUNCTION: usize = 3;
const GIVEN: usize = 4;
const GIVES: usize = 5;
const ROWS: usize = 6;
const NAMES: usize = 7;

/// The constants of a function whose calls are noted.
struct Site {
    /// The relation of the calls.
    calls: RelationId,
    /// Its name, with the types that tell its calls apart.
    function: String,
    /// The descriptions of what tells calls apart, and of what the inverse gives.
    given: i64,
    gives: i64,
    known: Vec<Known>,
    /// Whether calls stand when the run has ended, where positions on its heap mean nothing.
    outlasts: bool,
}

impl Site {
    fn read(call: &mut Call<'_>, at: i64) -> Result<Self, Trap> {
        call.head(at, &[KIND_RECORD], "a function whose calls are noted")?;
        let mut words = [0; 6];
        for (word, place) in words.iter_mut().zip(0..) {
            *word = call.read_word(at + HEAD + 8 * place)?;
        }
        let [relation, function, given, gives, table, outlasts] = words;
        let number = call.read_word(relation)?;
        Ok(Self {
            calls: RelationId::new(u32::try_from(number).unwrap_or(u32::MAX)),
            function: String::from_utf8_lossy(&call.text(function)?).into_owned(),
            given,
            gives,
            known: call.known(table)?,
            outlasts: outlasts != 0,
        })
    }

    /// What tells a call from others, as a number.
    fn number(&self, given: &[u8]) -> Value {
        let bytes = [self.function.as_bytes(), &[0], given].concat();
        Value::Int(xxh3_64(&bytes).cast_signed())
    }

    /// Whether the rows of a relation are a part of what calls change: those of views and of rules follow.
    fn has(&self, relation: &Relation) -> bool {
        let is_known =
            |known: &Known| matches!(known, Known::Relation(id, ..) if *id == relation.id());
        // No relation of a program has a name that begins with a blank; those are beside others.
        relation.name().starts_with(' ') || self.known.iter().any(is_known)
    }
}

pub(super) fn call_note(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (before, given, gives) = (call.argument(1), call.argument(2), call.argument(3));
    let site = Site::read(call, call.argument(0))?;
    let (was, is) = (call.kept_data(before)?, call.data());
    let given = carried(call.vm(), given, site.given)?;
    let gives = carried(call.vm(), gives, site.gives)?;
    let names = changed_names(call, &site, &was)?;
    let moment = Value::Int(i64::try_from(call.moments().now()).unwrap_or(i64::MAX));
    call.with_store(|store, pages| {
        let (mut rows, mut inner): (Vec<Value>, Vec<Change>) = (Vec::new(), Vec::new());
        let old = store.relations(&was)?;
        for relation in store.relations(&is)? {
            if relation.is_view() || !site.has(&relation) {
                continue;
            }
            if !old.iter().any(|other| other.id() == relation.id()) {
                continue;
            }
            let mut changes = store.diff(&was, &is, relation.id())?;
            if relation.id() == site.calls {
                // What it has called itself is undone with it.
                let new = changes.iter().filter(|change| change.before.is_none());
                inner.extend(new.map(|change| Change::Delete(change.key.clone())));
                changes.retain(|change| change.before.is_some());
            }
            if !changes.is_empty() {
                let name = Value::String(relation.name().to_owned());
                rows.push(Value::Record(vec![name, written_rows(&relation, changes)]));
            }
        }
        let row = vec![
            site.number(&given),
            moment,
            Value::Int(before),
            Value::String(site.function.clone()),
            Value::Bytes(given),
            Value::Bytes(gives),
            Value::List(rows),
            Value::List(names),
        ];
        inner.push(Change::Insert(row));
        store.apply(pages, site.calls, &inner)
    })?;
    Ok(Outcome::Done)
}

/// The names that are not what they were, each with both.
fn changed_names(call: &mut Call<'_>, site: &Site, was: &TapePart) -> Result<Vec<Value>, Trap> {
    let mut names = Vec::new();
    let is = call.data();
    for known in &site.known {
        let Known::Name(name, at, of) = known else { continue };
        let [before, after] = [was, &is].map(|state| Named::in_state(state, *at));
        if call.is_same(before, after, *of) {
            continue;
        }
        let changes = match call.stored_type(*of, 0)? {
            // It cannot be kept, as what holds functions; to undo the call in a later run is a fault.
            None if site.outlasts => Vec::new(),
            None => typed_to_bytes(&words_type(), &words_of([before, after])),
            Some(ty) => {
                let sides = [before, after].map(|side| -> Result<Value, Trap> {
                    let value = match side.has_value {
                        0 => Vec::new(),
                        _ => vec![call.value(side.value, &ty)?],
                    };
                    Ok(Value::Record(vec![Value::List(value), Value::Int(side.disposed)]))
                });
                let [before, after] = sides;
                typed_to_bytes(&name_type(ty), &Value::List(vec![before?, after?]))
            }
        };
        names.push(Value::Record(vec![Value::String(name.clone()), Value::Bytes(changes)]));
    }
    Ok(names)
}

/// A name before a call and after it, as words.
fn words_type() -> Type {
    Type::List(Type::Int.into())
}

fn words_of(sides: [Named; 2]) -> Value {
    let words = sides.map(|side| [side.value, side.has_value, side.disposed].map(Value::Int));
    Value::List(words.into_iter().flatten().collect())
}

/// A name before a call and after it.
fn name_type(of: Type) -> Type {
    let value = ("value".to_owned(), Type::List(of.into()));
    Type::List(Type::Record(vec![value, ("disposed".to_owned(), Type::Int)]).into())
}

/// Rows of a relation before a call and after it.
fn rows_type(relation: &Relation) -> Type {
    let fields = relation.fields().iter().map(|field| (field.name.clone(), field.ty.clone()));
    let row = Type::Option(Type::Record(fields.collect()).into());
    Type::List(Type::List(row.into()).into())
}

fn written_rows(relation: &Relation, changes: Vec<RowChange>) -> Value {
    let side = |row: Option<Row>| row.map_or(Value::None, Value::Record);
    let pair = |change: RowChange| Value::List(vec![side(change.before), side(change.after)]);
    let changes = changes.into_iter().map(pair).collect();
    Value::Bytes(typed_to_bytes(&rows_type(relation), &Value::List(changes)))
}

pub(super) fn call_undo(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let given = call.argument(1);
    let site = Site::read(call, call.argument(0))?;
    let given = carried(call.vm(), given, site.given)?;
    let number = site.number(&given);
    let found = call.with_store(|store, pages| {
        let all = (std::ops::Bound::Unbounded, std::ops::Bound::Unbounded);
        let mut rows = store.range(pages, site.calls, &[number], all, Direction::Down)?;
        while let Some(row) = rows.next_row()? {
            if text_of(&row, FUNCTION) == site.function && bytes_of(&row, GIVEN) == given {
                return Ok::<_, StoreError>(Some(row));
            }
        }
        Ok(None)
    })?;
    let Some(row) = found else {
        other_types(call, &site)?;
        return Ok(Outcome::Value(0));
    };
    let (names, rows) = (names_of(call, &site, &row)?, rows_of(call, &row)?);
    let Site { calls, gives, known, .. } = site;
    take_back(call, known, &names, rows)?;
    call.with_store(|store, pages| store.delete(pages, calls, &row[..KEY]))?;
    call.uncarried(bytes_of(&row, GIVES), gives).map(Outcome::Value)
}

/// A fault that says so if calls of the function stand that took or gave other types.
fn other_types(call: &mut Call<'_>, site: &Site) -> Result<(), Trap> {
    let name = |function: &str| function.split_once('(').map(|(name, _)| name.to_owned());
    let own = name(&site.function);
    let other = call.with_store(|store, pages| {
        let mut rows = store.scan(pages, site.calls, Direction::Up)?;
        while let Some(row) = rows.next_row()? {
            let function = text_of(&row, FUNCTION);
            if function == site.function {
                return Ok::<_, StoreError>(None);
            }
            if name(function) == own {
                return Ok(Some(function.to_owned()));
            }
        }
        Ok(None)
    })?;
    match other {
        None => Ok(()),
        Some(other) => Err(wrong(format!(
            "the calls that stand were told apart as `{other}`, and are as `{}` now: the types were \
             changed since, so they cannot be undone",
            site.function
        ))),
    }
}

fn names_of(call: &mut Call<'_>, site: &Site, row: &Row) -> Result<Vec<NameChange>, Trap> {
    let mut names = Vec::new();
    for (name, bytes) in changes_of(row, NAMES) {
        let is_named = |known: &Known| matches!(known, Known::Name(other, ..) if other == name);
        let place = site.known.iter().position(is_named);
        let of = place.and_then(|place| site.known.get(place)?.of_name());
        let Some((place, of)) = place.zip(of) else {
            return Err(changed_since(&format!("`{name}` is defined no more")));
        };
        if bytes.is_empty() {
            return Err(changed_since(&format!(
                "it changed `{name}`, whose values cannot be kept"
            )));
        }
        let (was, value) = typed_from_bytes(bytes).map_err(|error| refused(&error))?;
        let Some(ty) = call.stored_type(of, 0)? else {
            if let Some([before, after]) = sides_of(&value).filter(|_| was == words_type()) {
                names.push(NameChange { place, before, after });
                continue;
            }
            return Err(changed_since(&format!("`{name}` has another type now")));
        };
        if was != name_type(ty.clone()) {
            return Err(changed_since(&format!("`{name}` has another type now")));
        }
        let mut sides = Vec::new();
        for side in elements(&value) {
            let (value, disposed) = match elements(side) {
                [Value::List(value), Value::Int(disposed)] => (value.first(), *disposed),
                _ => (None, 0),
            };
            let has_value = i64::from(value.is_some());
            let value = value.map_or(Ok(0), |value| call.word(value, &ty))?;
            sides.push(Named { value, has_value, disposed });
        }
        if let [before, after] = sides[..] {
            names.push(NameChange { place, before, after });
        }
    }
    Ok(names)
}

/// What [`words_of`] made of a name before a call and after it.
fn sides_of(words: &Value) -> Option<[Named; 2]> {
    let side = |place: usize| {
        let [Value::Int(value), Value::Int(has_value), Value::Int(disposed)] =
            elements(words).get(place..place + 3)?
        else {
            return None;
        };
        Some(Named { value: *value, has_value: *has_value, disposed: *disposed })
    };
    Some([side(0)?, side(3)?])
}

/// The rows to put back: in place of those after the call, those before it.
fn rows_of(call: &mut Call<'_>, row: &Row) -> Result<RowChanges, Trap> {
    let mut all = Vec::new();
    for (name, bytes) in changes_of(row, ROWS) {
        let relations = call.with_store(|store, pages| store.relations(pages))?;
        let Some(relation) = relations.into_iter().find(|relation| relation.name() == name) else {
            return Err(changed_since(&format!("the relation `{name}` is there no more")));
        };
        let (was, value) = typed_from_bytes(bytes).map_err(|error| refused(&error))?;
        if was != rows_type(&relation) {
            return Err(changed_since(&format!("the relation `{name}` has other columns now")));
        }
        let row = |side: &Value| {
            if let Value::Record(row) = side { Some(row.clone()) } else { None }
        };
        let mut changes = Vec::new();
        for pair in elements(&value) {
            let [before, after] = elements(pair) else { continue };
            let (before, after) = (row(before), row(after));
            let Some(either) = before.as_ref().or(after.as_ref()) else { continue };
            let key = relation.key().iter().filter_map(|place| either.get(*place).cloned());
            changes.push(RowChange { key: key.collect(), before: after, after: before });
        }
        all.push((relation, changes));
    }
    Ok(all)
}

fn changed_since(what: &str) -> Trap {
    wrong(format!("the call cannot be undone: {what}; `rewind to` goes back over it"))
}

/// What a call changed, by name.
fn changes_of(row: &Row, column: usize) -> impl Iterator<Item = (&str, &[u8])> {
    let all = row.get(column).map_or(&[][..], elements);
    all.iter().filter_map(|change| match elements(change) {
        [Value::String(name), Value::Bytes(bytes)] => Some((name.as_str(), bytes.as_slice())),
        _ => None,
    })
}

fn elements(of: &Value) -> &[Value] {
    if let Value::List(parts) | Value::Record(parts) = of { parts } else { &[] }
}

fn text_of(row: &Row, column: usize) -> &str {
    match row.get(column) {
        Some(Value::String(text)) => text,
        _ => "",
    }
}

fn bytes_of(row: &Row, column: usize) -> &[u8] {
    match row.get(column) {
        Some(Value::Bytes(bytes)) => bytes,
        _ => &[],
    }
}
