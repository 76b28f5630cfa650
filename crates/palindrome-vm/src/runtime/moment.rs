//! Moments as values: their numbers, and what was when.

use std::sync::Arc;

use machine::{Answer, Question};
use relational::{Direction, Relation, RelationId, Row, RowChange, Store, StoreError, Type, Value};
use tape::TapePart;

use super::describe::WRITTEN_MAX;
use super::known::{DISPOSED, HAS_VALUE, Known};
use super::object::{HEAD, KIND_RECORD};
use super::time::{time_of, time_text};
use super::{Call, Outcome};
use crate::moment::{Found, Moment, wrong};
use crate::trap::Trap;

fn number(of: u64) -> i64 {
    of.cast_signed()
}

pub(super) fn moment_now(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    Ok(Outcome::Value(number(call.moments().now())))
}

pub(super) fn moment_moved(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let moved = call.moments().moved(call.argument(0), call.argument(1))?;
    Ok(Outcome::Value(number(moved)))
}

pub(super) fn moment_between(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.moments().between(call.argument(0), call.argument(1)).map(Outcome::Value)
}

pub(super) fn moment_after(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (from, by) = (call.argument(0), call.argument(1));
    let time = match call.moments().resolve(from)?.1 {
        Found::Past(moment) => moment.time(),
        // When the present one ends is not known, so it is as late as it is.
        Found::Present => match call.answer() {
            None => return Ok(Outcome::Asks(Question::Clock)),
            Some(Answer::Integer(time)) => *time,
            Some(_) => return Err(Trap::BadAnswer),
        },
    };
    let time = time.checked_add(by);
    let time = time.ok_or_else(|| wrong("there is no time so far away".to_owned()))?;
    call.moments().at_time(time).map(|found| Outcome::Value(number(found)))
}

pub(super) fn moment_at(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.moments().at_time(call.argument(0)).map(|found| Outcome::Value(number(found)))
}

pub(super) fn moment_of_text(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let text = call.string(0)?;
    let time = time_of(&text).ok_or_else(|| {
        wrong(format!("`{text}` is no time; one is written 2024-01-15T10:30:00Z"))
    })?;
    call.moments().at_time(time).map(|found| Outcome::Value(number(found)))
}

pub(super) fn moment_named(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    call.moment_with_name(call.argument(0)).map(|found| Outcome::Value(number(found)))
}

pub(super) fn moment_before(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let before = u64::try_from(call.argument(0)).ok().and_then(|of| call.moments().before(of));
    Ok(Outcome::Value(before.map_or(-1, |before| number(before.number()))))
}

pub(super) fn branches(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let row = |name: &String, tip: u64| vec![Value::Moment(tip), Value::String(name.clone())];
    let all = call.moments().branches().iter();
    let rows: Vec<Row> = all.map(|branch| row(&branch.name, branch.tip.number())).collect();
    call.rows_list(&rows, [Type::Moment, Type::String].iter()).map(Outcome::Value)
}

pub(super) fn name_history(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (at, of) = (call.argument(0), call.argument(1));
    let is_reference = call.argument(2) != 0;
    let (mut found, mut last) = (Vec::new(), None);
    let mut placed = None;
    for moment in call.line() {
        let Some(value) = call.name_at(&moment, at, &mut placed)? else {
            last = None;
            continue;
        };
        let is_same = match last {
            Some(last) if last == value => true,
            Some(last) if is_reference => call.typed().compare(last, value, of)?.is_eq(),
            Some(_) | None => false,
        };
        if !is_same {
            found.push((moment, value));
        }
        last = Some(value);
    }
    // A reference comes first in a record, then what the names of the fields say.
    let places = if is_reference { [1, 2, 0] } else { [0, 1, 2] };
    let length = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let list = call.allocate(super::object::KIND_REFERENCES, 0, length, 0)?;
    for ((moment, value), index) in found.iter().zip(0..) {
        let record = call.allocate(KIND_RECORD, u16::from(is_reference), 3, 0)?;
        let words = [moment.time(), number(moment.number()), *value];
        for (word, place) in words.into_iter().zip(places) {
            call.write_word(record + HEAD + 8 * place, word)?;
        }
        call.write_word(list + HEAD + 8 * index, record)?;
    }
    Ok(Outcome::Value(list))
}

pub(super) fn relation_history(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let id = call.relation(0)?;
    let relation = call.described(id)?;
    let line = call.line();
    let mut rows: Vec<Row> = Vec::new();
    let own = relation.fields().iter().map(|field| field.name.as_str());
    let mut names: Vec<&str> = ["at", "moment", "op"].into_iter().chain(own).collect();
    names.sort_unstable();
    names.dedup();
    let mut before: Option<(TapePart, RelationId)> = None;
    for moment in line {
        let (state, its) = call.state_with(&moment, &relation)?;
        if before.as_ref().is_some_and(|(before, _)| before.is_same(&state)) {
            continue;
        }
        let changes = call.with_store::<_, StoreError>(|store, _| {
            row_changes(store, relation.name(), before.as_ref(), (&state, its))
        })?;
        for change in changes {
            let (op, row) = match (change.before, change.after) {
                (None, Some(row)) => ("insert", row),
                (Some(_), Some(row)) => ("update", row),
                (Some(row), None) => ("delete", row),
                (None, None) => continue,
            };
            rows.push(
                names.iter().map(|name| column(&relation, name, &moment, op, &row)).collect(),
            );
        }
        before = Some((state, its));
    }
    let types: Vec<Type> = names.iter().map(|name| column_type(&relation, name)).collect();
    call.rows_list(&rows, types.iter()).map(Outcome::Value)
}

/// What a history says in a column. A column of the relation hides one of the history's own.
fn column(relation: &Relation, name: &str, moment: &Moment, op: &str, row: &Row) -> Value {
    let place = relation.fields().iter().position(|field| field.name == name);
    match (place.and_then(|place| row.get(place)), name) {
        (Some(value), _) => value.clone(),
        (None, "at") => Value::Timestamp(moment.time()),
        (None, "moment") => Value::Moment(moment.number()),
        (None, _) => Value::String(op.to_owned()),
    }
}

fn column_type(relation: &Relation, name: &str) -> Type {
    let field = relation.fields().iter().find(|field| field.name == name);
    match (field, name) {
        (Some(field), _) => field.ty.clone(),
        (None, "at") => Type::Timestamp,
        (None, "moment") => Type::Moment,
        (None, _) => Type::String,
    }
}

/// What became of the rows of a relation between two states, or since nothing. Its number may be another
/// one, as it has when the program makes it of rows of then.
fn row_changes(
    store: &mut Store,
    name: &str,
    before: Option<&(TapePart, RelationId)>,
    (after, id): (&TapePart, RelationId),
) -> Result<Vec<RowChange>, StoreError> {
    let mut is_in = |state: &TapePart, id: RelationId| {
        let is_it = |relation: &Arc<Relation>| relation.id() == id && relation.name() == name;
        Ok::<_, StoreError>(store.relations_if_any(state)?.iter().any(is_it))
    };
    let was = match before {
        Some((before, its)) if is_in(before, *its)? => Some((before, *its)),
        Some(_) | None => None,
    };
    let is = is_in(after, id)?;
    let change = |row, is_new| match is_new {
        true => RowChange { key: Vec::new(), before: None, after: Some(row) },
        false => RowChange { key: Vec::new(), before: Some(row), after: None },
    };
    let mut all = |state: &TapePart, id, is_new| {
        let rows = store.scan(state, id, Direction::Up)?.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().map(|row| change(row, is_new)).collect())
    };
    match was {
        Some(was) if is => store.diff_of(was, (after, id)),
        Some((before, its)) => all(before, its, false),
        None if is => all(after, id, true),
        None => Ok(Vec::new()),
    }
}

/// Before and after, in texts.
struct Difference {
    relation: String,
    key: String,
    field: String,
    before: Option<String>,
    after: Option<String>,
}

pub(super) fn difference(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let [before, after] = [0, 1].map(|argument| call.state(call.argument(argument)));
    let (before, after) = (before?, after?);
    let known = call.known(call.argument(2))?;
    let mut found = Vec::new();
    for one in &known {
        if let Known::Name(name, at, of) = one {
            let text = |call: &mut Call<'_>, state: &TapePart| match state.word(at + HAS_VALUE) {
                0 => Ok::<_, Trap>(None),
                _ => Ok(Some(call.typed().written(state.word(*at), *of, WRITTEN_MAX)?)),
            };
            let (before, after) = (text(call, &before)?, text(call, &after)?);
            if before != after {
                let (relation, key, field) = (String::new(), name.clone(), String::new());
                found.push(Difference { relation, key, field, before, after });
            }
        }
    }
    let row_of = |wanted: &str| {
        known.iter().find_map(|one| match one {
            Known::Relation(_, name, row) if name == wanted => Some(*row),
            Known::Relation(..) | Known::Name(..) => None,
        })
    };
    let all = call.with_store::<_, StoreError>(|store, _| {
        store.diff_named(&before, &after, |name| row_of(name).is_some())
    })?;
    for (relation, change) in all {
        if let Some(row) = row_of(relation.name()) {
            call.row_difference(&relation, row, &change, &mut found)?;
        }
    }
    let text = |text: Option<String>| text.map_or(Value::None, Value::String);
    let rows = found.into_iter().map(|one| {
        let names = [one.field, one.key, one.relation].map(Value::String);
        [text(one.after), text(one.before)].into_iter().chain(names).collect()
    });
    let rows: Vec<Row> = rows.collect();
    let optional = Type::Option(Box::new(Type::String));
    let types = [optional.clone(), optional, Type::String, Type::String, Type::String];
    call.rows_list(&rows, types.iter()).map(Outcome::Value)
}

pub(super) fn name_fault(call: &mut Call<'_>) -> Result<Outcome, Trap> {
    let (name, at) = (call.string(0)?, call.argument(1));
    let disposed = call.read_word(at + DISPOSED)?;
    if disposed > 0 {
        let (moment, back) = (disposed - 1, format!("`recover {name} <- past` brings it back"));
        return Err(wrong(format!("`{name}` was disposed of at moment {moment}; {back}")));
    }
    let moments = Arc::clone(call.moments());
    let now = moments.now();
    let Some(around) = moments.put_aside() else {
        let lines = moments.branches().iter().map(|branch| branch.tip.line());
        let mut all = lines.flatten().filter(|_| call.reads_moments());
        let elsewhere = all.find(|moment| call.has_value(moment, at));
        return Err(wrong(match elsewhere {
            Some(moment) => {
                let number = moment.number();
                format!(
                    "`{name}` has no value here: it got one at moment {number}, on another branch"
                )
            }
            None => format!("`{name}` has no value yet: its `let` comes later"),
        }));
    };
    let later = moments.tip().map_or_else(Vec::new, Moment::line);
    let mut later = later.iter().filter(|moment| moment.number() > now);
    let began = later.find(|moment| call.has_value(moment, at));
    let began = match began {
        Some(moment) => {
            let (number, time) = (moment.number(), time_text(moment.time()));
            format!(": it came to be at moment {number}, {time}")
        }
        None if around.word(at + HAS_VALUE) != 0 => {
            ": it comes to be at the present one".to_owned()
        }
        None => String::new(),
    };
    Err(wrong(format!("`{name}` did not exist at moment {now}{began}")))
}

impl Call<'_> {
    /// The moments up to the one that is looked at.
    fn line(&self) -> Vec<Moment> {
        self.moments().here().map_or_else(Vec::new, |here| here.line())
    }

    /// The data of a moment.
    fn state(&mut self, number: i64) -> Result<TapePart, Trap> {
        match self.moments().resolve(number)?.1 {
            Found::Past(moment) => self.data_of(&moment),
            Found::Present => Ok(match self.moments().put_aside() {
                Some(around) => around.clone(),
                None => self.data(),
            }),
        }
    }

    fn row_difference(
        &mut self,
        relation: &Relation,
        row: i64,
        change: &RowChange,
        found: &mut Vec<Difference>,
    ) -> Result<(), Trap> {
        let name = relation.name();
        let (places, types) = (relation.key(), &self.field_types(row)?);
        let key = places.iter().zip(&change.key);
        let key = key.map(|(place, value)| self.value_text(relation, *place, value, types));
        let key = key.collect::<Result<Vec<_>, _>>()?.join(", ");
        let begin = found.len();
        for (place, field) in relation.fields().iter().enumerate() {
            let sides = [&change.before, &change.after];
            let [before, after] = sides.map(|row| row.as_ref().and_then(|row| row.get(place)));
            if before == after || places.contains(&place) {
                continue;
            }
            let mut text = |value: Option<&Value>| {
                value.map(|value| self.value_text(relation, place, value, types)).transpose()
            };
            let (before, after) = (text(before)?, text(after)?);
            let (relation, field) = (name.to_owned(), field.name.clone());
            found.push(Difference { relation, key: key.clone(), field, before, after });
        }
        // Where all fields are the key, there is only the row.
        if found.len() == begin {
            let side = |row: &Option<Row>| row.as_ref().map(|_| key.clone());
            let (before, after) = (side(&change.before), side(&change.after));
            let (relation, field) = (name.to_owned(), String::new());
            found.push(Difference { relation, key, field, before, after });
        }
        Ok(())
    }
}
