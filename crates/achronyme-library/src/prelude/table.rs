//! What functions of the user do to tables.

use super::row::rows;

rows! {
    "Tables";
    /// The table with a column, in place of one with the same name: a vector or tensor, one value for
    /// all rows, or a function, which gets each row as a record.
    ///
    /// `col(with_col(table({x: [1, 2]}), "y", row => row.x * 10), "y")` → `[10, 20]`
    /// `col(with_col(table({x: [1, 2]}), "y", "a"), "y")` → `["a", "a"]`
    with_col("table, name, column") "data";
    /// The rows of a table for which a function is true, which gets each row as a record; or for which
    /// there is true in a mask.
    ///
    /// `col(filter_rows(row => row.x > 1, table({x: [1, 2, 3]})), "x")` → `[2, 3]`
    filter_rows("function, table") "data";
    /// A table with one row for each group of rows that agree in a column, or in several, in the
    /// order in which the groups come up. The record says what other columns it has: `[column,
    /// function]`, where the function gets what the group has in that column, or is one of the words
    /// `"sum"`, `"mean"`, `"min"`, `"max"`, `"count"` (of what is not missing) and `"first"`; `"count"`
    /// alone, which is the number of rows; or a function, which gets the group as a table.
    ///
    /// `rows(group_agg(table({k: ["a", "b", "a"], x: [1, 2, 3]}), "k", {total: ["x", "sum"]}))` → `[{ k: "a", total: 4 }, { k: "b", total: 2 }]`
    group_agg("table, by, {name: [column, function], …}") "data";
}
