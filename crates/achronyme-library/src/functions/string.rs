//! Functions of strings. Lengths and places count characters, as indices do.

use achronyme_numeric::{Error, ErrorKind};

use super::{Call, argument};
use crate::builtin::row::rows;
use crate::index::characters;
use crate::numbers::is_integer;
use crate::text::{Style, check_length, show};
use crate::{Fault, Store, View, array, compare};

rows! {
    /// How many characters a string has.
    ///
    /// `length("héllo")` → `5`
    54 length("string") "strings" library length;
    /// In capital letters.
    ///
    /// `upper("straße")` → `"STRASSE"`
    55 upper("string") "strings" library upper;
    /// In small letters.
    ///
    /// `lower("ABC")` → `"abc"`
    56 lower("string") "strings" library lower;
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
    /// The parts between the occurrences of a separator; with an empty one, the characters.
    ///
    /// `split("1-2-3", "-")` → `["1", "2", "3"]`
    /// `split("abc", "")` → `["a", "b", "c"]`
    63 split("string, separator") "strings" library split;
    /// Strings joined, with a separator between them; numbers among them as `str` shows them.
    ///
    /// `join(["a", "b"], "-")` → `"a-b"`
    /// `join([1, 2.5], ", ")` → `"1, 2.5"`
    64 join("strings, separator") "strings" library join;
    /// Filled up at the start to so many characters, with blanks or another text again and again.
    ///
    /// `pad_start("7", 3, "0")` → `"007"`
    65 pad_start("string, length, fill?") "strings" library pad_start;
    /// Filled up at the end to so many characters, with blanks or another text again and again.
    ///
    /// `pad_end("7", 3, ".")` → `"7.."`
    66 pad_end("string, length, fill?") "strings" library pad_end;
    /// The character at a place, from 0; negative places count from the end.
    ///
    /// `char_at("héllo", 1)` → `"é"`
    /// `char_at("héllo", -1)` → `"o"`
    67 char_at("string, index") "strings" call char_at;
    /// The characters from a place to before another, or to the end; negative places count from the
    /// end. Places outside are errors; slices, `text[1..9]`, cut them off instead.
    ///
    /// `substring("héllo", 1, 3)` → `"él"`
    /// `substring("héllo", -2)` → `"lo"`
    68 substring("string, start, end?") "strings" call substring;
    /// The characters of a string as a vector.
    ///
    /// `chars("né")` → `["n", "é"]`
    764 chars("string") "strings" call chars;
    /// The lines of a string, without their ends, `\n` or `\r\n`; there is no empty line after the last
    /// end.
    ///
    /// `lines("a\n\nb\n")` → `["a", "", "b"]`
    765 lines("string") "strings" call lines;
    /// Where a string has a part, or a vector an equal element, for the first time from `start` on; -1
    /// if nowhere.
    ///
    /// `index_of("hello", "l")` → `2`
    /// `index_of([4, 5, 4], 4, 1)` → `2`
    766 index_of("collection, part, start = 0") "strings" call index_of;
    /// Where a string has a part, or a vector an equal element, for the last time; -1 if nowhere.
    ///
    /// `last_index_of("hello", "l")` → `3`
    767 last_index_of("collection, part") "strings" call last_index_of;
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
    if separator.is_empty() {
        let characters = characters_of(store, &arguments[0])?;
        return store.new_vector(&characters);
    }
    let parts: Vec<String> = whole.split(separator).map(str::to_owned).collect();
    let parts: Result<Vec<S::Value>, Fault> =
        parts.iter().map(|part| store.new_string(part)).collect();
    store.new_vector(&parts?)
}

fn join<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let wanted = || Fault {
        kind: ErrorKind::Type.name(),
        message: "join() requires an array of strings or numbers".to_owned(),
    };
    if array::length(store, &arguments[0]).is_none() {
        return Err(wanted());
    }
    let elements = array::items(store, &arguments[0])?;
    let separator = text(store, "join", &arguments[1])?;
    let mut joined = String::new();
    for (i, element) in elements.iter().enumerate() {
        if i > 0 {
            joined.push_str(separator);
        }
        match store.view(element) {
            View::String => joined.push_str(store.text(element)),
            View::Number(_) => joined.push_str(&show(store, element, Style::Plain)?),
            _ => return Err(wanted()),
        }
        check_length(&joined)?;
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
        Some(fill) if store.view(fill) == View::String && !store.text(fill).is_empty() => {
            store.text(fill)
        }
        Some(fill) => {
            let is_text = store.view(fill) == View::String;
            let kind = if is_text { ErrorKind::Value } else { ErrorKind::Type };
            let message = format!("{name}() requires a text to fill with that is not empty");
            return Err(Fault { kind: kind.name(), message });
        }
    };
    let missing = length.saturating_sub(store.characters(&arguments[0]));
    store.room(missing.saturating_mul(4))?;
    Ok((fill.chars().cycle().take(missing).collect(), whole))
}

/// The place that an argument means in a string, or its end; negative ones count from there.
fn place<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    at: usize,
    length: usize,
    last: usize,
) -> Result<usize, Fault> {
    let number = call.number(store, at)?;
    if !is_integer(number) {
        return Err(call.value_error(format!("{number} is no place: places are integers")));
    }
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let from_start = if number < 0.0 { number + length as f64 } else { number };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "negative ones were sorted out, and large ones saturate"
    )]
    let place = Some(from_start).filter(|place| *place >= 0.0).map(|place| place as usize);
    place.filter(|place| *place <= last).ok_or_else(|| {
        let message = format!("place {number} is out of bounds for length {length}");
        call.fault(Error::index(message))
    })
}

fn char_at<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let whole = call.text(store, 0)?;
    let length = whole.chars().count();
    let at = match length.checked_sub(1) {
        Some(last) => place(store, call, 1, length, last)?,
        None => return Err(call.fault(Error::index("the string is empty"))),
    };
    let character = characters(whole, length, at, 1).to_owned();
    store.new_string(&character)
}

fn substring<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let whole = call.text(store, 0)?;
    let length = whole.chars().count();
    let start = place(store, call, 1, length, length)?;
    let end = match call.get(2) {
        None => length,
        Some(_) => place(store, call, 2, length, length)?,
    };
    if start > end {
        let message = format!("place {start} is after place {end}");
        return Err(call.fault(Error::index(message)));
    }
    let part = characters(whole, length, start, end - start).to_owned();
    store.new_string(&part)
}

/// The characters of a string.
pub(super) fn characters_of<S: Store>(
    store: &mut S,
    value: &S::Value,
) -> Result<Vec<S::Value>, Fault> {
    store.room(store.characters(value).saturating_mul(2 * size_of::<S::Value>()))?;
    let characters: Vec<char> = store.text(value).chars().collect();
    let mut buffer = [0; 4];
    characters.iter().map(|c| store.new_string(c.encode_utf8(&mut buffer))).collect()
}

fn chars<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    call.text(store, 0)?;
    let characters = characters_of(store, call.at(0)?)?;
    store.new_vector(&characters)
}

fn lines<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let lines: Vec<String> = call.text(store, 0)?.lines().map(str::to_owned).collect();
    let lines: Result<Vec<S::Value>, Fault> =
        lines.iter().map(|line| store.new_string(line)).collect();
    store.new_vector(&lines?)
}

fn index_of<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let start = call.count_or(store, 2, 0)?;
    found(
        store,
        call,
        |text, part| {
            let (skipped, _) = text
                .char_indices()
                .nth(start)
                .or_else(|| (text.chars().count() == start).then_some((text.len(), ' ')))?;
            text[skipped..].find(part).map(|at| skipped + at)
        },
        |count, is_equal| (start..count).find(|i| is_equal(*i)),
    )
}

fn last_index_of<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    found(
        store,
        call,
        |text, part| text.rfind(part),
        |count, is_equal| (0..count).rfind(|i| is_equal(*i)),
    )
}

/// Where something is: `in_text` gives its byte, `in_list` which of the elements it is.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn found<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    in_text: impl FnOnce(&str, &str) -> Option<usize>,
    in_list: impl FnOnce(usize, &dyn Fn(usize) -> bool) -> Option<usize>,
) -> Result<S::Value, Fault> {
    let value = call.at(0)?.clone();
    let place = match store.view(&value) {
        View::String => {
            let text = store.text(&value);
            in_text(text, call.text(store, 1)?).map(|byte| text[..byte].chars().count())
        }
        _ if array::length(store, &value).is_some() => {
            let items = array::items(store, &value)?;
            let part = call.get(1).cloned().unwrap_or_else(|| store.null());
            in_list(items.len(), &|i| compare::equal(store, &items[i], &part))
        }
        _ => return Err(call.wanted(store, 0, "a string or a vector")),
    };
    Ok(store.number(place.map_or(-1.0, |place| place as f64)))
}
