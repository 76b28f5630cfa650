//! `value.name`.

use crate::{Fault, Store, View};

/// What `value.name` is: a field of a record, a part of an error, an end or property of an edge.
/// Methods, and the value of a signal, are for the engines to ask for first.
///
/// # Errors
/// There is no such field.
pub fn get<S: Store>(store: &mut S, value: &S::Value, name: &str) -> Result<S::Value, Fault> {
    match store.view(value) {
        View::Record => store
            .field(value, name)
            .ok_or_else(|| Fault::new(format!("Field '{name}' not found in record"))),
        View::Edge => of_edge(store, value, name),
        View::Error => {
            let parts = store.error(value).into_iter().flatten();
            let mut named = ["message", "kind", "source"].iter().zip(parts);
            named.find(|(field, _)| **field == name).map(|(_, part)| part).ok_or_else(|| {
                Fault::new(format!(
                    "Error has no field '{name}'. Available fields: message, kind, source"
                ))
            })
        }
        View::Generator { .. } => {
            Err(Fault::new(format!("Generators only have a 'next' method, not '{name}'")))
        }
        _ => Err(Fault::new(format!("Cannot access field '{name}' on non-record/edge value"))),
    }
}

fn of_edge<S: Store>(store: &mut S, value: &S::Value, name: &str) -> Result<S::Value, Fault> {
    let missing = || Fault::new(format!("Field '{name}' not found in edge"));
    let edge = store.edge(value).ok_or_else(missing)?;
    match name {
        "from" | "to" => {
            let end = if name == "from" { edge.from } else { edge.to }.to_owned();
            store.new_string(&end)
        }
        "directed" => Ok(store.boolean(edge.directed)),
        _ => store.field(&edge.properties, name).ok_or_else(missing),
    }
}
