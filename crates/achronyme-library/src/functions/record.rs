//! Functions of records.

use super::argument;
use crate::builtin::row::rows;
use crate::{Fault, Store, View};

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
}

fn check<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<(), Fault> {
    if store.view(value) == View::Record {
        Ok(())
    } else {
        Err(Fault::new(format!("{name}() requires a record")))
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
