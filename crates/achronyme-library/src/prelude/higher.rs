//! Functions that call functions for the parts of a collection.

use super::row::rows;

rows! {
    "Functions of functions";
    /// What a function makes of each element; with several collections, of the first elements of
    /// all, then the second, until the shortest ends. Collections are vectors, tensors of any rank, whose
    /// elements are all their numbers, strings, whose elements are characters, records, whose elements
    /// are their values, and generators. What strings a function makes of a string are joined.
    ///
    /// `map(x => x * x, [1, 2, 3])` → `[1, 4, 9]`
    /// `map((a, b) => a + b, [1, 2], [10, 20, 30])` → `[11, 22]`
    /// `map(upper, "abc")` → `"ABC"`
    /// `map(x => x + 1, {a: 1, b: 2})` → `[2, 3]`
    map("function, collection, b?, c?, d?, e?") "collections";
    /// The elements for which a function is true. With an array of coefficients first, another one,
    /// and a signal, it is `lfilter`.
    ///
    /// `filter(x => x > 1, [1, 2, 3])` → `[2, 3]`
    /// `filter([1], [1, -1], [1, 2, 3])` → `[1, 3, 6]`
    filter("function, collection, x?, options?") "collections";
    /// What a function makes of `start` and the first element, then of that and the second, and so
    /// on.
    ///
    /// `reduce((a, b) => a + b, 0, [1, 2, 3])` → `6`
    reduce("function, start, collection") "collections";
    /// What functions make of a value, one after the other; up to 15.
    ///
    /// `pipe(16, sqrt, x => x + 1)` → `5`
    pipe("value, function, ...") "collections";
    /// Whether a function is true for one element; without a function, whether an element is true; of
    /// an array with the option `axis`, for each lane along it.
    ///
    /// `any(x => x > 2, [1, 3])` → `true`
    /// `any([0, 0])` → `false`
    /// `any([[0, 0], [0, 1]], {axis: 1})` → `[false, true]`
    any("function, collection?, {axis = null, keepdims = false}") "collections";
    /// Whether a function is true for all elements; without a function, whether all are true; of an
    /// array with the option `axis`, for each lane along it.
    ///
    /// `all([1, 0], x => x >= 0)` → `true`
    /// `all([[1, 0], [1, 1]], {axis: 1})` → `[false, true]`
    all("function, collection?, {axis = null, keepdims = false}") "collections";
    /// The first element for which a function is true; if there is none, the default. That there is none
    /// is an error without a default.
    ///
    /// `find([1, 2, 3, 4], x => x > 2)` → `3`
    /// `find(x => x > 2, [1, 2], 0)` → `0`
    find("function, collection, default?") "collections";
    /// Where the first element is for which a function is true; -1 if there is none.
    ///
    /// `findIndex(x => x > 1, [1, 2, 3])` → `1`
    findIndex("function, collection") "collections";
    /// For how many elements a function is true.
    ///
    /// `count([1, 2, 3, 4], x => x % 2 == 0)` → `2`
    count("function, collection") "collections";
    /// The elements in order: numbers by size, strings by their characters; or as a function says,
    /// which is true, or below 0, where its first argument comes before its second.
    ///
    /// `sort([3, 1, 2])` → `[1, 2, 3]`
    /// `sort([3, 1, 2], (a, b) => b - a)` → `[3, 2, 1]`
    /// `sort([[3, 1], [2, 5]], {axis: 0})[0]` → `[2, 1]`
    /// `sort(["bb", "a"], {by: len, descending: true})` → `["bb", "a"]`
    sort("collection, before?, {axis = -1, descending = false, by = null}") "arrays";
}
