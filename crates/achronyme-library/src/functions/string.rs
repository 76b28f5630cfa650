//! Functions of strings. Lengths and places count characters, as indices do.

use super::argument;
use crate::builtin::row::rows;
use crate::index::characters;
use crate::{Fault, Store, View};

rows! {
    /// How many characters a string has.
    ///
    /// `length("héllo")` → `5`
    54 length("string") "strings" library length;
    /// In capital letters.
    ///
    /// `upper("straße")` → `"STRASSE"`
    55 upper("string") "" library upper;
    /// In small letters.
    ///
    /// `lower("ABC")` → `"abc"`
    56 lower("string") "" library lower;
    /// Without blanks and line ends on either side.
    ///
    /// `trim("  x ")` → `"x"`
    57 trim("string") "strings" library trim;
    /// Without blanks and line ends before.
    ///
    /// `trim_start("  x")` → `"x"`
    58 trim_start("string") "strings" library trim_start;
    /// Without blanks and line ends after.
    ///
    /// `trim_end("x  ")` → `"x"`
    59 trim_end("string") "strings" library trim_end;
    /// Whether a string begins so.
    ///
    /// `starts_with("hello", "he")` → `true`
    60 starts_with("string, start") "strings" library starts_with;
    /// Whether a string ends so.
    ///
    /// `ends_with("hello", "lo")` → `true`
    61 ends_with("string, end") "strings" library ends_with;
    /// With every occurrence of a text replaced by another.
    ///
    /// `replace("aab", "a", "x")` → `"xxb"`
    62 replace("string, from, to") "strings" library replace;
    /// The parts between the occurrences of a separator.
    ///
    /// `split("1-2-3", "-")` → `["1", "2", "3"]`
    63 split("string, separator") "" library split;
    /// Strings joined, with a separator between them.
    ///
    /// `join(["a", "b"], "-")` → `"a-b"`
    64 join("strings, separator") "" library join;
    /// Filled up at the start to a length, with blanks or another character.
    ///
    /// `pad_start("7", 3, "0")` → `"007"`
    65 pad_start("string, length, fill?") "strings" library pad_start;
    /// Filled up at the end to a length, with blanks or another character.
    ///
    /// `pad_end("7", 3, ".")` → `"7.."`
    66 pad_end("string, length, fill?") "strings" library pad_end;
    /// The character at a place.
    ///
    /// `char_at("héllo", 1)` → `"é"`
    67 char_at("string, index") "strings" library char_at;
    /// The characters from a place to before another.
    ///
    /// `substring("héllo", 1, 3)` → `"él"`
    68 substring("string, start, end") "strings" library substring;
}

/// The text of an argument of the function `name`.
fn text<'a, S: Store>(store: &'a S, name: &str, value: &'a S::Value) -> Result<&'a str, Fault> {
    argument::text(store, value, || {
        format!("{name}() requires a string, got {}", store.kind(value).name())
    })
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn length<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    text(store, "length", &arguments[0])?;
    Ok(store.number(store.characters(&arguments[0]) as f64))
}

/// A string made of a string.
fn made<S: Store>(
    store: &mut S,
    name: &str,
    arguments: &[S::Value],
    make: impl Fn(&str) -> String,
) -> Result<S::Value, Fault> {
    let made = make(text(store, name, &arguments[0])?);
    store.new_string(&made)
}

fn upper<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    made(store, "upper", arguments, str::to_uppercase)
}

fn lower<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    made(store, "lower", arguments, str::to_lowercase)
}

fn trim<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    made(store, "trim", arguments, |text| text.trim().to_owned())
}

fn trim_start<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    made(store, "trim_start", arguments, |text| text.trim_start().to_owned())
}

fn trim_end<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    made(store, "trim_end", arguments, |text| text.trim_end().to_owned())
}

fn starts_with<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let start = text(store, "starts_with", &arguments[1])?;
    Ok(store.boolean(text(store, "starts_with", &arguments[0])?.starts_with(start)))
}

fn ends_with<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let end = text(store, "ends_with", &arguments[1])?;
    Ok(store.boolean(text(store, "ends_with", &arguments[0])?.ends_with(end)))
}

fn replace<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let whole = text(store, "replace", &arguments[0])?;
    let from = text(store, "replace", &arguments[1])?;
    let to = text(store, "replace", &arguments[2])?;
    let times = whole.matches(from).count();
    store.room(whole.len().saturating_add(times.saturating_mul(to.len())))?;
    let replaced = whole.replace(from, to);
    store.new_string(&replaced)
}

fn split<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let whole = text(store, "split", &arguments[0])?;
    let separator = text(store, "split", &arguments[1])?;
    let parts: Vec<String> = whole.split(separator).map(str::to_owned).collect();
    let parts: Result<Vec<S::Value>, Fault> =
        parts.iter().map(|part| store.new_string(part)).collect();
    store.new_vector(&parts?)
}

fn join<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || "join() requires an array of strings".to_owned();
    let elements = match store.view(&arguments[0]) {
        View::Tensor if crate::array::length(store, &arguments[0]) == Some(0) => &[],
        _ => argument::elements(store, &arguments[0], wanted)?,
    };
    let separator = text(store, "join", &arguments[1])?;
    let mut joined = String::new();
    for (i, element) in elements.iter().enumerate() {
        if i > 0 {
            joined.push_str(separator);
        }
        joined.push_str(argument::text(store, element, wanted)?);
        crate::text::check_length(&joined)?;
    }
    store.new_string(&joined)
}

fn pad_start<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (padding, whole) = padding(store, "pad_start", arguments)?;
    let padded = padding + whole;
    store.new_string(&padded)
}

fn pad_end<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let (padding, whole) = padding(store, "pad_end", arguments)?;
    let padded = whole.to_owned() + &padding;
    store.new_string(&padded)
}

/// What is to be put beside a string, and the string.
fn padding<'a, S: Store>(
    store: &'a S,
    name: &str,
    arguments: &'a [S::Value],
) -> Result<(String, &'a str), Fault> {
    let whole = text(store, name, &arguments[0])?;
    let length = match store.view(&arguments[1]) {
        View::Number(number) if number < 0.0 => 0,
        _ => argument::count(store, &arguments[1], || {
            format!("{name}() requires an integer as length")
        })?,
    };
    let fill = match arguments.get(2) {
        None => " ",
        Some(fill) if store.view(fill) == View::String && store.characters(fill) == 1 => {
            store.text(fill)
        }
        Some(_) => return Err(Fault::new(format!("{name}() requires one character to fill with"))),
    };
    let missing = length.saturating_sub(store.characters(&arguments[0]));
    store.room(missing.saturating_mul(fill.len()))?;
    Ok((fill.repeat(missing), whole))
}

fn char_at<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    text(store, "char_at", &arguments[0])?;
    crate::index::get(store, &arguments[0], &[crate::index::Argument::At(arguments[1].clone())])
}

fn substring<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let whole = text(store, "substring", &arguments[0])?;
    let wanted = || "substring() requires non-negative integers as places".to_owned();
    let start = argument::count(store, &arguments[1], wanted)?;
    let end = argument::count(store, &arguments[2], wanted)?;
    let length = store.characters(&arguments[0]);
    if start > end || end > length {
        return Err(Fault::new(format!(
            "substring() places {start} to {end} are out of bounds for length {length}"
        )));
    }
    let part = characters(whole, length, start, end - start).to_owned();
    store.new_string(&part)
}
