//! `--at`: which moment is meant, and what was there then.

use palindrome::{Past, PastError, Reads, Stamp, State, duration};
use palindrome_vm::runtime::{time_of, time_text};
use relational::Store;
use source::nearest;

use crate::store::TapeError;
use crate::world::nanoseconds;

/// What a moment can be.
const WAYS: &str = "a moment is a number, `start`, a time such as 2026-11-20T10:00, a time back such as \
                    5.minutes, or the name of a checkpoint";

/// The moment that a text means.
pub(super) fn moment(past: &Past, text: &str) -> Result<Stamp, TapeError> {
    let text = text.trim();
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let wrong = |error: PastError| TapeError::Unfit(format!("--at {text}: {error}"));
    if bare == "start" {
        let none = || PastError("no moment is kept here: nothing was done yet".to_owned());
        return past.stamps().next().ok_or_else(none).map_err(wrong);
    }
    if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        let large = |_| PastError("there is no moment of so large a number".to_owned());
        let number = bare.parse().map_err(large);
        return number.and_then(|number| past.numbered(number)).map_err(wrong);
    }
    if let Some(time) = time_of(bare) {
        return past.at_time(time).map_err(wrong);
    }
    if let Some(back) = duration(bare) {
        return past.at_time(nanoseconds().saturating_sub(back)).map_err(wrong);
    }
    if let Some(number) = past.table().names.get(bare) {
        return past.numbered(*number).map_err(wrong);
    }
    let mut names = past.table().names.keys().map(String::as_str);
    let hint = match nearest(bare, names.clone()) {
        Some(near) => format!("is `{near}` meant?"),
        None => match names.next() {
            Some(_) => {
                let names: Vec<&str> = past.table().names.keys().map(String::as_str).collect();
                format!("there are `{}`; {WAYS}", names.join("`, `"))
            }
            None => WAYS.to_owned(),
        },
    };
    Err(wrong(PastError(format!("there is no checkpoint `{bare}`: {hint}"))))
}

/// What was there at a moment, if all that is read was.
pub(super) fn state(past: &Past, at: Stamp, reads: &Reads) -> Result<State, TapeError> {
    let unfit = |error: &dyn std::fmt::Display| TapeError::Unfit(error.to_string());
    let state = past.state_at(past.place_of(at.number)).map_err(|error| unfit(&error))?;
    let tape = state.to_tape();
    let mut relations = Vec::new();
    if let Ok(mut store) = Store::open(&tape, palindrome::STATE_START) {
        relations = store.relations(&tape).map_err(|error| unfit(&error))?;
    }
    let relations = reads.relations.iter().filter(|name| {
        // Rows that have moved to a new shape since lie in another relation.
        !relations.iter().any(|relation| relation.name() == name.as_str())
            && !reads.moved.contains(*name)
    });
    let names = reads.names.iter().filter(|name| state.name(name).is_none());
    match relations.chain(names).next() {
        Some(name) => {
            let (number, time) = (at.number, time_text(at.time));
            Err(unfit(&format!("`{name}` did not exist at moment {number}, {time}")))
        }
        None => Ok(state),
    }
}

/// Whether a relation has the same columns in two states.
pub(super) fn is_same(name: &str, one: &State, other: &State) -> bool {
    let [one, other] = [one, other].map(|state| {
        let tape = state.to_tape();
        let mut store = Store::open(&tape, palindrome::STATE_START).ok()?;
        store.find_relation(&tape, name).ok()
    });
    one.zip(other).is_some_and(|(one, other)| one.fields() == other.fields())
}
