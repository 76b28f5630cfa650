//! Regular expressions.

use std::rc::Rc;

use achronyme_numeric::ErrorKind;
use achronyme_text::{Match, Pattern, Replacement};

use super::Call;
use crate::builtin::row::rows;
use crate::text::check_length;
use crate::{Fault, Store, View};

rows! {
    /// The first match of a regular expression in a string, or null: a record of its `text`, where it
    /// begins and ends, `start` and `end`, counted in characters, what its `groups` match, null for
    /// those that do not, and the same by name in `named`. The syntax is that of the crate
    /// `regex`: no look-around and no references back, so that no expression takes more time than in
    /// proportion to the string. In a program a backslash is written twice.
    ///
    /// `regex_match("x2024-05", "([0-9]+)-([0-9]+)").groups` → `["2024", "05"]`
    /// `regex_match("né", "(?<last>.)$").named.last` → `"é"`
    /// `regex_match("a", "b") == null` → `true`
    770 regex_match("string, pattern") "strings" call regex_match;
    /// Whether a regular expression matches anywhere in a string.
    ///
    /// `regex_test("2024-05", "^[0-9]+-[0-9]+$")` → `true`
    771 regex_test("string, pattern") "strings" call regex_test;
    /// All matches of a regular expression in a string, as `regex_match` gives them.
    ///
    /// `map(m => m.text, regex_find_all("a1b22", "[0-9]+"))` → `["1", "22"]`
    772 regex_find_all("string, pattern") "strings" call regex_find_all;
    /// The parts of a string between the matches of a regular expression.
    ///
    /// `regex_split("1, 2;3", "[,;] *")` → `["1", "2", "3"]`
    773 regex_split("string, pattern") "strings" call regex_split;
    /// Its first so many matches replaced by a text with groups; null for all.
    774 _regex_replaced("string, pattern, to, count") "" library replaced;
    /// What is before, between and after its first so many matches, and these.
    775 _regex_gaps("string, pattern, count") "" library gaps;
}

/// The text and the expression of a call.
fn operands<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
) -> Result<(&'a str, Rc<Pattern>), Fault> {
    let pattern = achronyme_text::pattern(call.text(store, 1)?);
    Ok((call.text(store, 0)?, pattern.map_err(|error| call.value_error(error.0))?))
}

/// A match without reference to the store.
struct Found {
    text: String,
    start: usize,
    end: usize,
    groups: Vec<Option<String>>,
}

impl Found {
    fn new(found: &Match<'_>) -> Self {
        let groups = found.groups.iter().map(|group| group.map(str::to_owned)).collect();
        Self { text: found.text.to_owned(), start: found.start, end: found.end, groups }
    }

    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    fn record<S: Store>(&self, store: &mut S, pattern: &Pattern) -> Result<S::Value, Fault> {
        let text = store.new_string(&self.text)?;
        let mut groups = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            groups.push(match group {
                Some(group) => store.new_string(group)?,
                None => store.null(),
            });
        }
        let named: Vec<(&str, S::Value, bool)> =
            pattern.names().map(|(group, name)| (name, groups[group].clone(), false)).collect();
        let named = store.new_record(&named)?;
        let groups = store.new_vector(&groups)?;
        let (start, end) = (store.number(self.start as f64), store.number(self.end as f64));
        let fields = [("text", text), ("start", start), ("end", end), ("groups", groups)];
        let fields = fields.into_iter().chain([("named", named)]);
        let fields: Vec<_> = fields.map(|(name, value)| (name, value, false)).collect();
        store.new_record(&fields)
    }
}

/// Matches as they are found, before records are made of them.
fn all<S: Store>(store: &S, matches: impl Iterator<Item = Found>) -> Result<Vec<Found>, Fault> {
    let mut all = Vec::new();
    let mut size = 0_usize;
    for found in matches {
        size += size_of::<Found>() + found.text.len() + found.groups.len() * size_of::<String>();
        size += found.groups.iter().flatten().map(String::len).sum::<usize>();
        store.room(size)?;
        all.push(found);
    }
    Ok(all)
}

fn records<S: Store>(store: &mut S, pattern: &Pattern, found: &[Found]) -> Result<S::Value, Fault> {
    let records: Result<Vec<S::Value>, Fault> =
        found.iter().map(|found| found.record(store, pattern)).collect();
    store.new_vector(&records?)
}

fn regex_match<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (text, pattern) = operands(store, call)?;
    let first = pattern.matches(text).next().map(|found| Found::new(&found));
    match first {
        None => Ok(store.null()),
        Some(found) => found.record(store, &pattern),
    }
}

fn regex_test<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (text, pattern) = operands(store, call)?;
    Ok(store.boolean(pattern.is_in(text)))
}

fn regex_find_all<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (text, pattern) = operands(store, call)?;
    let found = all(store, pattern.matches(text).map(|found| Found::new(&found)))?;
    records(store, &pattern, &found)
}

fn regex_split<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (text, pattern) = operands(store, call)?;
    let parts: Vec<String> = pattern.split(text).map(str::to_owned).collect();
    let parts: Result<Vec<S::Value>, Fault> =
        parts.iter().map(|part| store.new_string(part)).collect();
    store.new_vector(&parts?)
}

/// An error of `regex_replace`, of which the functions here are parts.
fn fault(kind: ErrorKind, message: impl std::fmt::Display) -> Fault {
    Fault { kind: kind.name(), message: format!("regex_replace: {message}") }
}

/// Text, expression, and how many matches are to be replaced.
fn replacing<'a, S: Store>(
    store: &'a S,
    text: &'a S::Value,
    pattern: &'a S::Value,
    count: &S::Value,
) -> Result<(&'a str, Rc<Pattern>, usize), Fault> {
    let wanted = |name: &str, what: &str, value: &S::Value| {
        let found = store.kind(value).name();
        fault(ErrorKind::Type, format!("{name} must be {what}, got {found}"))
    };
    for (name, value) in [("string", text), ("pattern", pattern)] {
        if store.view(value) != View::String {
            return Err(wanted(name, "a string", value));
        }
    }
    let count = match store.view(count) {
        View::Null => usize::MAX,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        View::Number(number) if number >= 0.0 && number.fract() == 0.0 => number as usize,
        View::Number(number) => {
            let message = format!("count must be an integer from 0 on, got {number}");
            return Err(fault(ErrorKind::Value, message));
        }
        _ => return Err(wanted("count", "a number", count)),
    };
    let pattern = achronyme_text::pattern(store.text(pattern));
    let pattern = pattern.map_err(|error| fault(ErrorKind::Value, error))?;
    Ok((store.text(text), pattern, count))
}

fn replaced<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [text, pattern, to, count] = arguments else {
        return Err(Fault::new("_regex_replaced() takes four arguments"));
    };
    let (text, pattern, count) = replacing(store, text, pattern, count)?;
    if store.view(to) != View::String {
        let found = store.kind(to).name();
        let message = format!("to must be a string or a function, got {found}");
        return Err(fault(ErrorKind::Type, message));
    }
    let to = Replacement::new(store.text(to), &pattern);
    let to = to.map_err(|error| fault(ErrorKind::Value, error))?;
    let mut out = String::new();
    let mut rest = text;
    for found in pattern.matches(text).take(count) {
        out.push_str(found.before);
        to.write(&found, &mut out);
        check_length(&out)?;
        rest = rest.get(found.before.len() + found.text.len()..).unwrap_or("");
    }
    out.push_str(rest);
    store.new_string(&out)
}

fn gaps<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let [text, pattern, count] = arguments else {
        return Err(Fault::new("_regex_gaps() takes three arguments"));
    };
    let (text, pattern, count) = replacing(store, text, pattern, count)?;
    let mut gaps = Vec::new();
    let mut rest = text;
    let matches = pattern.matches(text).take(count).map(|found| {
        gaps.push(found.before.to_owned());
        rest = rest.get(found.before.len() + found.text.len()..).unwrap_or("");
        Found::new(&found)
    });
    let matches = all(store, matches)?;
    gaps.push(rest.to_owned());
    let gaps: Result<Vec<S::Value>, Fault> = gaps.iter().map(|gap| store.new_string(gap)).collect();
    let gaps = store.new_vector(&gaps?)?;
    let matches = records(store, &pattern, &matches)?;
    store.new_vector(&[gaps, matches])
}
