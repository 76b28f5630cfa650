//! Functions of records that call functions.

use super::row::rows;

rows! {
    "Records";
    /// The record of what a function makes of each value. A function of two parameters gets the name,
    /// too.
    ///
    /// `map_values(x => x * 10, {a: 1, b: 2})` → `{ a: 10, b: 20 }`
    /// `map_values((x, name) => name + str(x), {a: 1})` → `{ a: "a1" }`
    map_values("function, record") "records";
    /// The record of the fields for whose value a function is true. A function of two parameters gets
    /// the name, too.
    ///
    /// `filter_entries(x => x > 1, {a: 1, b: 2})` → `{ b: 2 }`
    filter_entries("function, record") "records";
}
