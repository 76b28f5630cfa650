//! The functions of the library that are written in Achronyme, in `library/prelude.soc` of the
//! language's crate: what they are called, and what users are told of them.

/// A function of the prelude.
#[derive(Clone, Copy, Debug)]
pub struct PreludeFunction {
    /// What programs call it.
    pub name: &'static str,
    /// The module it can be imported from; empty for what needs no import.
    pub module: &'static str,
    /// What it takes, as one writes it.
    pub parameters: &'static str,
    /// What it does, for users, with examples as [`crate::Builtin::doc`].
    pub doc: &'static str,
}

impl PreludeFunction {
    /// Programs and what they echo, from the documentation.
    pub fn examples(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        crate::builtin::examples(self.doc)
    }
}

/// Declares the functions from rows of documentation, name, parameters and module.
macro_rules! functions {
    ($($(#[doc = $doc:literal])* $name:ident($parameters:literal) $module:literal;)*) => {
        /// All functions of the prelude that programs see.
        pub static PRELUDE: &[PreludeFunction] = &[$(
            PreludeFunction {
                name: stringify!($name),
                module: $module,
                parameters: $parameters,
                doc: concat!($($doc, "\n"),*),
            },
        )*];
    };
}

functions! {
    /// What a function makes of each element; with several collections, of the first elements of
    /// all, then the second, until the shortest ends. Of a string, a string.
    ///
    /// `map(x => x * x, [1, 2, 3])` → `[1, 4, 9]`
    /// `map((a, b) => a + b, [1, 2], [10, 20, 30])` → `[11, 22]`
    map("function, collection, b?, c?, d?, e?") "";
    /// The elements for which a function is true.
    ///
    /// `filter(x => x > 1, [1, 2, 3])` → `[2, 3]`
    filter("function, collection") "";
    /// What a function makes of `start` and the first element, then of that and the second, and so
    /// on.
    ///
    /// `reduce((a, b) => a + b, 0, [1, 2, 3])` → `6`
    reduce("function, start, collection") "";
    /// What functions make of a value, one after the other; up to 15.
    ///
    /// `pipe(16, sqrt, x => x + 1)` → `5`
    pipe("value, function, ...") "";
    /// Whether a function is true for one element; without a function, whether an element is true.
    ///
    /// `any(x => x > 2, [1, 3])` → `true`
    /// `any([0, 0])` → `false`
    any("function, collection?") "";
    /// Whether a function is true for all elements; without a function, whether all are true.
    ///
    /// `all([1, 0], x => x >= 0)` → `true`
    all("function, collection?") "";
    /// The first element for which a function is true. That there is none is an error.
    ///
    /// `find([1, 2, 3, 4], x => x > 2)` → `3`
    find("function, collection") "";
    /// Where the first element is for which a function is true; -1 if there is none.
    ///
    /// `findIndex(x => x > 1, [1, 2, 3])` → `1`
    findIndex("function, collection") "";
    /// For how many elements a function is true.
    ///
    /// `count([1, 2, 3, 4], x => x % 2 == 0)` → `2`
    count("function, collection") "";
    /// The elements in order: numbers by size, strings by their characters; or as a function says,
    /// which is true, or below 0, where its first argument comes before its second.
    ///
    /// `sort([3, 1, 2])` → `[1, 2, 3]`
    /// `sort([3, 1, 2], (a, b) => b - a)` → `[3, 2, 1]`
    sort("collection, before?") "arrays";
    /// The elements in the order of what a function makes of them.
    ///
    /// `sort_by(s => len(s), ["ccc", "a", "bb"])` → `["a", "bb", "ccc"]`
    sort_by("function, collection") "collections";
    /// Throws an error of kind `AssertionError` unless a condition is true.
    ///
    /// `try { assert(1 > 2, "never") } catch (e) { e.message }` → `"never"`
    assert("condition, message?") "";
    /// Throws an error of kind `AssertionError` that tells both, unless two values are equal.
    ///
    /// `try { assert_equal(1 + 1, 3) } catch (e) { e.message }` → `"Expected 3, got 2"`
    assert_equal("value, expected, message?") "";
    /// A line of the input, after a text that asks for it; "" at the end of the input.
    input("prompt?") "";
    /// The arguments that the program was given, as strings.
    args("") "io";
    /// A future of the vector of what several futures come to. If one fails, so does it.
    ///
    /// `await join_all([spawn(() => 1), spawn(() => 2)])` → `[1, 2]`
    join_all("futures") "";
    /// A future of what the first of several futures comes to.
    ///
    /// `await race([spawn(() => 1), sleep(1000)])` → `1`
    race("futures") "";
    /// A future of what another comes to within so many milliseconds; after that it fails.
    ///
    /// `await timeout(spawn(() => 1), 1000)` → `1`
    timeout("future, milliseconds") "";
    /// A future of what is in a file, or of an error of kind `IOError`, as a value.
    ///
    /// `typeof(await read_file("no such file"))` → `"Error"`
    read_file("path") "io";
    /// A future of null, once a text is the content of a file; or of an error, as a value.
    write_file("path, text") "io";
    /// A future of null, once a text is added at the end of a file; or of an error, as a value.
    append_file("path, text") "io";
    /// A future of true, once a file is removed; or of an error, as a value.
    delete_file("path") "io";
    /// A future of whether there is a file or folder.
    ///
    /// `await exists("no such file")` → `false`
    exists("path") "io";
    /// A future of what an address holds, or of an error of kind `NetworkError` or `HttpError`, as a
    /// value.
    http_get("url") "io";
    /// A future of what an address answers to a text, which is JSON unless headers say otherwise.
    http_post("url, text, headers?") "io";
    /// Sets the environment variables in a file of lines `NAME=value`, which is `.env` if none is
    /// given; whether it could be read.
    ///
    /// `env_load("no such file")` → `false`
    env_load("path?") "io";
}
