//! Functions of records.

use std::collections::{BTreeMap, BTreeSet};

use achronyme_numeric::ErrorKind;

use super::{Call, argument};
use crate::builtin::row::rows;
use crate::{Fault, Store, View, array};

rows! {
    /// The names of the fields, in the order they were given.
    ///
    /// `keys({b: 1, a: 2})` → `["b", "a"]`
    69 keys("record") "records" library keys;
    /// What is in the fields, in the order they were given.
    ///
    /// `values({b: 1, a: 2})` → `[1, 2]`
    70 values("record") "records" library values;
    /// Whether a record has a field with this name.
    ///
    /// `has_field({a: 1}, "a")` → `true`
    71 has_field("record, name") "records" library has_field;
    /// The fields of records in one; of several fields with one name the last is kept, in the place of
    /// the first.
    ///
    /// `merge({a: 1, b: 2}, {b: 3, c: 4})` → `{ a: 1, b: 3, c: 4 }`
    790 merge("record, ...") "records" library merge;
    /// The fields of two records in one, where records under the same name become one in the same way.
    ///
    /// `merge_deep({a: {x: 1, y: 2}}, {a: {y: 3}})` → `{ a: { x: 1, y: 3 } }`
    791 merge_deep("a, b") "records" library merge_deep;
    /// Name and value of each field.
    ///
    /// `entries({a: 1, b: "x"})` → `[["a", 1], ["b", "x"]]`
    792 entries("record") "records" call entries;
    /// The record that has these fields, each a vector of name and value; of several with one name the
    /// last is kept, in the place of the first.
    ///
    /// `from_entries([["a", 1], ["b", 2]])` → `{ a: 1, b: 2 }`
    793 from_entries("entries") "records" call from_entries;
    /// A record without the fields of these names. Names it does not have do not matter.
    ///
    /// `omit({a: 1, b: 2, c: 3}, ["b"])` → `{ a: 1, c: 3 }`
    794 omit("record, names") "records" call omit;
    /// A record with only the fields of these names, in its own order. Names it does not have do not
    /// matter.
    ///
    /// `pick({a: 1, b: 2, c: 3}, ["c", "a", "z"])` → `{ a: 1, c: 3 }`
    795 pick("record, names") "records" call pick;
    /// What is in the field with this name; if there is none, the default.
    ///
    /// `get({a: 1}, "a")` → `1`
    /// `get({a: 1}, "b", 0)` → `0`
    796 get("record, name, default = null") "records" call get;
    /// A copy of a record with this field, which is new or replaces another.
    ///
    /// `set({a: 1, b: 2}, "a", 3)` → `{ a: 3, b: 2 }`
    797 set("record, name, value") "records" call set;
    /// The options of a function of the library: the fields of the third argument with their
    /// defaults, and what the second, a record or null, says instead.
    140 _options("function, given, defaults") "" library options;
}

fn check<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<(), Fault> {
    if store.view(value) == View::Record {
        Ok(())
    } else {
        Err(Fault::type_error(format!("{name}() requires a record")))
    }
}

fn keys<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    check(store, "keys", &arguments[0])?;
    let names: Vec<String> =
        store.fields(&arguments[0]).iter().map(|field| field.name.to_owned()).collect();
    let names: Result<Vec<S::Value>, Fault> =
        names.iter().map(|name| store.new_string(name)).collect();
    store.new_vector(&names?)
}

fn values<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    check(store, "values", &arguments[0])?;
    let values: Vec<S::Value> =
        store.fields(&arguments[0]).into_iter().map(|field| field.value).collect();
    store.new_vector(&values)
}

fn has_field<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    check(store, "has_field", &arguments[0])?;
    let name = argument::text(store, &arguments[1], || {
        "has_field() requires a string as the name".to_owned()
    })?;
    Ok(store.boolean(store.field(&arguments[0], name).is_some()))
}

fn options<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [function, given, defaults] = arguments else {
        return Err(Fault::new("_options() takes three arguments"));
    };
    let name = store.text(function);
    if !matches!(store.view(given), View::Record | View::Null) {
        let found = store.kind(given).name();
        let message = format!("{name}: options must be a record, got {found}");
        return Err(Fault { kind: ErrorKind::Type.name(), message });
    }
    let mut fields: Vec<(String, S::Value, bool)> = store
        .fields(defaults)
        .into_iter()
        .map(|field| (field.name.to_owned(), field.value, false))
        .collect();
    for field in store.fields(given) {
        match fields.iter_mut().find(|known| known.0 == field.name) {
            Some(_) if store.view(&field.value) == View::Null => {}
            Some(known) => known.1 = field.value,
            None => {
                let known: Vec<&str> = fields.iter().map(|known| known.0.as_str()).collect();
                let message = format!(
                    "{name}: unknown option '{}' (known: {})",
                    field.name,
                    known.join(", ")
                );
                return Err(Fault { kind: ErrorKind::Value.name(), message });
            }
        }
    }
    let fields: Vec<(&str, S::Value, bool)> =
        fields.iter().map(|(name, value, mutable)| (&**name, value.clone(), *mutable)).collect();
    store.new_record(&fields)
}

/// Fields with different names, in the order in which their names first came.
struct Fields<V> {
    fields: Vec<(String, V, bool)>,
    places: BTreeMap<String, usize>,
}

impl<V: Clone> Fields<V> {
    const fn new() -> Self {
        Self { fields: Vec::new(), places: BTreeMap::new() }
    }

    /// Adds a field, in place of the one with this name if there is one.
    fn set(&mut self, name: &str, value: V, mutable: bool) {
        if let Some(place) = self.places.get(name) {
            self.fields[*place] = (name.to_owned(), value, mutable);
            return;
        }
        self.places.insert(name.to_owned(), self.fields.len());
        self.fields.push((name.to_owned(), value, mutable));
    }

    fn add<S: Store<Value = V>>(&mut self, store: &S, record: &V) {
        for field in store.fields(record) {
            self.set(field.name, field.value, field.mutable);
        }
    }

    fn record<S: Store<Value = V>>(&self, store: &mut S) -> Result<V, Fault> {
        let fields = self.fields.iter();
        let fields: Vec<(&str, V, bool)> =
            fields.map(|(name, value, mutable)| (&**name, value.clone(), *mutable)).collect();
        store.new_record(&fields)
    }
}

fn wrong(name: &str, kind: ErrorKind, message: impl std::fmt::Display) -> Fault {
    Fault { kind: kind.name(), message: format!("{name}: {message}") }
}

fn merge<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let mut fields = Fields::new();
    for record in arguments {
        wanted(store, "merge", record)?;
        fields.add(store, record);
    }
    fields.record(store)
}

fn wanted<S: Store>(store: &S, name: &str, record: &S::Value) -> Result<(), Fault> {
    if store.view(record) == View::Record {
        return Ok(());
    }
    let found = store.kind(record).name();
    Err(wrong(name, ErrorKind::Type, format!("it takes records, got {found}")))
}

/// How deep records may lie in records that are merged.
const DEPTH_MAX: usize = 100;

fn merge_deep<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    wanted(store, "merge_deep", &arguments[0])?;
    wanted(store, "merge_deep", &arguments[1])?;
    merged(store, &arguments[0], &arguments[1], DEPTH_MAX)
}

fn merged<S: Store>(
    store: &mut S,
    a: &S::Value,
    b: &S::Value,
    depth: usize,
) -> Result<S::Value, Fault> {
    let Some(depth) = depth.checked_sub(1) else {
        let message = format!("records lie more than {DEPTH_MAX} deep in each other");
        return Err(wrong("merge_deep", ErrorKind::Value, message));
    };
    let mut fields = Fields::new();
    fields.add(store, a);
    let later: Vec<(String, S::Value, bool)> = store
        .fields(b)
        .into_iter()
        .map(|field| (field.name.to_owned(), field.value, field.mutable))
        .collect();
    for (name, value, mutable) in later {
        let before = store.field(a, &name).filter(|before| store.view(before) == View::Record);
        let value = match before {
            Some(before) if store.view(&value) == View::Record => {
                merged(store, &before, &value, depth)?
            }
            _ => value,
        };
        fields.set(&name, value, mutable);
    }
    fields.record(store)
}

/// The record at the first place.
fn record<S: Store>(store: &S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    match call.get(0) {
        Some(record) if store.view(record) == View::Record => Ok(record.clone()),
        _ => Err(call.wanted(store, 0, "a record")),
    }
}

fn entries<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let record = record(store, call)?;
    let fields = store.fields(&record).into_iter();
    let fields: Vec<(String, S::Value)> =
        fields.map(|field| (field.name.to_owned(), field.value)).collect();
    let mut entries = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let name = store.new_string(&name)?;
        entries.push(store.new_vector(&[name, value])?);
    }
    store.new_vector(&entries)
}

fn from_entries<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let list = call.at(0)?;
    if store.view(list) != View::Vector && array::length(store, list) != Some(0) {
        return Err(call.wanted(store, 0, "a vector of names and values"));
    }
    let mut fields = Fields::new();
    for entry in store.elements(list) {
        match store.elements(entry) {
            [name, value] if store.view(name) == View::String => {
                fields.set(store.text(name), value.clone(), false);
            }
            _ => {
                let found = crate::text::show(store, entry, crate::text::Style::Echo)?;
                let found: String = found.chars().take(60).collect();
                let message = format!("an entry must be a name and a value, got {found}");
                return Err(call.value_error(message));
            }
        }
    }
    fields.record(store)
}

/// A record with the fields whose names are among those of the second argument, or are not.
fn chosen<S: Store>(store: &mut S, call: &Call<S::Value>, is_in: bool) -> Result<S::Value, Fault> {
    let record = record(store, call)?;
    let wanted = || call.wanted(store, 1, "a vector of names");
    let list = call.get(1).ok_or_else(wanted)?;
    if store.view(list) != View::Vector && array::length(store, list) != Some(0) {
        return Err(wanted());
    }
    let mut names = BTreeSet::new();
    for name in store.elements(list) {
        if store.view(name) != View::String {
            let found = store.kind(name).name();
            return Err(call.type_error(format!("a name must be a string, got {found}")));
        }
        names.insert(store.text(name));
    }
    let mut fields = Fields::new();
    for field in store.fields(&record) {
        if names.contains(field.name) == is_in {
            fields.set(field.name, field.value, field.mutable);
        }
    }
    fields.record(store)
}

fn omit<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    chosen(store, call, false)
}

fn pick<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    chosen(store, call, true)
}

fn get<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let record = record(store, call)?;
    let found = store.field(&record, call.text(store, 1)?);
    Ok(found.or_else(|| call.get(2).cloned()).unwrap_or_else(|| store.null()))
}

fn set<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let record = record(store, call)?;
    let name = call.text(store, 1)?.to_owned();
    let mut fields = Fields::new();
    fields.add(store, &record);
    let mutable =
        store.fields(&record).into_iter().any(|field| field.name == name && field.mutable);
    let value = call.get(2).cloned().unwrap_or_else(|| store.null());
    fields.set(&name, value, mutable);
    fields.record(store)
}
