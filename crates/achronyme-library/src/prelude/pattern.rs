//! Functions of regular expressions that call functions.

use super::row::rows;

rows! {
    "Regular expressions";
    /// A string with the matches of a regular expression replaced, or only the first `count`: by a text,
    /// in which `$1` stands for a group, `${name}` for one with a name, `$0` for the match, and `$$` for a
    /// dollar sign; or by what a function makes of the match, which is a record as `regex_match` gives it.
    ///
    /// `regex_replace("2024-05", "([0-9]+)-([0-9]+)", "$2/$1")` → `"05/2024"`
    /// `regex_replace("a1b22", "[0-9]+", m => str(num(m.text) * 2))` → `"a2b44"`
    /// `regex_replace("aaa", "a", "b", {count: 2})` → `"bba"`
    regex_replace("string, pattern, to, {count = null}") "strings";
}
