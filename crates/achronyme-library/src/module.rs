//! Modules of the library: which functions can be imported from where.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use source::nearest;

use crate::{BUILTINS, constant, prelude};

/// Functions that can also be imported from a second module.
const ALSO: &[(&str, &str)] = &[
    ("arrays", "linspace"),
    ("collections", "chunk"),
    ("collections", "drop"),
    ("collections", "flatten"),
    ("collections", "index_of"),
    ("collections", "slice"),
    ("collections", "take"),
    ("collections", "unique"),
    ("collections", "zip"),
    ("complex", "rectangular"),
    ("linalg", "solve"),
    ("math", "max"),
    ("math", "min"),
    ("math", "sum"),
    ("strings", "concat"),
    ("strings", "contains"),
    ("strings", "len"),
    ("strings", "repeat"),
];

static EXPORTS: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut exports: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let rows = BUILTINS.iter().map(|builtin| (builtin.module, builtin.name));
    let prelude = prelude().map(|function| (function.module, function.name));
    for (module, name) in rows.chain(prelude).chain(ALSO.iter().copied()) {
        if !module.is_empty() {
            exports.entry(module).or_default().push(name);
        }
    }
    for names in exports.values_mut() {
        names.sort_unstable();
    }
    exports
});

/// The names that `import { … } from "module"` can take from a module of the library, sorted.
/// `None` if the library has no such module. All of them are there without import, too.
#[must_use]
pub fn module_exports(module: &str) -> Option<&'static [&'static str]> {
    EXPORTS.get(module).map(Vec::as_slice)
}

/// The names of all modules of the library, sorted.
pub fn modules() -> impl Iterator<Item = &'static str> {
    EXPORTS.keys().copied()
}

/// The error that a module of the library has no function with this name, and where one is.
#[must_use]
pub fn not_exported(module: &str, name: &str) -> String {
    let has_it = |(_, names): &(&&str, &Vec<&str>)| names.contains(&name);
    let hint = if let Some((home, _)) = EXPORTS.iter().find(has_it) {
        format!("; it is in '{home}'")
    } else if constant(name).is_some() {
        "; it is a constant, and needs no import".to_owned()
    } else {
        let names = module_exports(module).unwrap_or_default();
        let near = nearest(name, names.iter().copied());
        near.map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
    };
    format!("Function '{name}' not found in module '{module}'{hint}")
}
