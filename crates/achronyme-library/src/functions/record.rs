//! Functions of records.

use achronyme_numeric::ErrorKind;

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
    /// The options of a function of the library: the fields of the third argument with their
    /// defaults, and what the second, a record or null, says instead.
    140 _options("function, given, defaults") "" library options;
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
