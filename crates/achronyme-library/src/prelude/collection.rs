//! Functions of collections that call functions, or run generators.

use super::row::rows;

rows! {
    "Collections";
    /// The elements in the order of what a function makes of them: numbers by size and NaN last, strings
    /// by their characters, vectors of them part by part. Equal ones stay in their order. The elements of
    /// a tensor are its rows.
    ///
    /// `sort_by(s => len(s), ["ccc", "a", "bb"])` → `["a", "bb", "ccc"]`
    /// `sort_by(abs, [-3, 1, 2], {descending: true})` → `[-3, 2, 1]`
    sort_by("function, collection, {descending = false}") "collections";
    /// The element of which a function makes the least, the first of several. NaN is not looked at.
    ///
    /// `min_by(x => (x - 3)^2, [1, 2, 5, 3.4])` → `3.4`
    min_by("function, collection") "collections";
    /// The element of which a function makes the most, the first of several. NaN is not looked at.
    ///
    /// `max_by(abs, [-7, 3, 7])` → `-7`
    max_by("function, collection") "collections";
    /// The elements in groups of which a function makes the same, in the order in which they are first
    /// seen: records of `key` and `items`; or with `output: "record"` a record of vectors, by the texts
    /// of their keys.
    ///
    /// `group_by(x => x % 2, [1, 2, 3])` → `[{ items: [1, 3], key: 1 }, { items: [2], key: 0 }]`
    /// `group_by(len, ["a", "bb", "c"], {output: "record"})` → `{ 1: ["a", "c"], 2: ["bb"] }`
    group_by("function, collection, {output = \"vector\"}") "collections";
    /// The elements of all vectors that a function makes of the elements.
    ///
    /// `flat_map(x => [x, x * 10], [1, 2])` → `[1, 10, 2, 20]`
    flat_map("function, collection") "collections";
    /// Vectors of a number, from `start` on, and an element.
    ///
    /// `enumerate(["a", "b"], 1)` → `[[1, "a"], [2, "b"]]`
    enumerate("collection, start = 0") "collections";
    /// What a function makes of the first elements of several collections, of the second, and so on, until
    /// the shortest ends; up to five.
    ///
    /// `zip_with((a, b) => a * b, [1, 2, 3], [4, 5])` → `[4, 10]`
    zip_with("function, a, b, c?, d?, e?") "collections";
    /// The elements for which a function is true, and those for which it is not.
    ///
    /// `partition(x => x > 1, [1, 2, 3])` → `[[2, 3], [1]]`
    partition("function, collection") "collections";
    /// The elements before the first for which a function is not true.
    ///
    /// `take_while(x => x < 3, [1, 2, 3, 1])` → `[1, 2]`
    take_while("function, collection") "collections";
    /// The elements from the first on for which a function is not true.
    ///
    /// `drop_while(x => x < 3, [1, 2, 3, 1])` → `[3, 1]`
    drop_while("function, collection") "collections";
    /// The first so many elements of a vector, rows of a tensor, or values of a generator.
    ///
    /// `take([1, 2, 3], 2)` → `[1, 2]`
    take("vector, count") "arrays";
}
