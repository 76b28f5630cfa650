//! Environment variables.

use machine::{Answer, Question};

use super::argument;
use super::world::{failed, reason, text_or_null, unexpected};
use crate::builtin::row::rows;
use crate::{Fault, Store};

rows! {
    /// The environment variable with this name, or null.
    ///
    /// `[env_get("NOT_SET_ANYWHERE_1")]` → `[null]`
    121 env_get("name") "io" world ask_get, finish_get;
    /// Sets an environment variable, for this program only.
    ///
    /// `do { env_set("A_NAME", "x"); env_get("A_NAME") }` → `"x"`
    122 env_set("name, text") "io" world ask_set, finish_set;
    /// All environment variables, as a record.
    ///
    /// `typeof(env_vars())` → `"Record"`
    123 env_vars("") "io" world ask_all, finish_all;
    /// Names and values in the lines of a text as `.env` files have it.
    124 _env_pairs("text") "" library pairs;
}

/// The bytes of an argument that is a string.
fn bytes<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<Vec<u8>, Fault> {
    let wanted = || format!("{name}() requires a string, got {}", store.kind(value).name());
    Ok(argument::text(store, value, wanted)?.as_bytes().to_vec())
}

fn ask_get<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::Variable(bytes(store, "env_get", &arguments[0])?))
}

fn finish_get<S: Store>(store: &mut S, _: &[S::Value], answer: &Answer) -> Result<S::Value, Fault> {
    text_or_null(store, "Cannot read the environment", answer)
}

fn ask_set<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let name = bytes(store, "env_set", &arguments[0])?;
    Ok(Question::SetVariable { name, value: bytes(store, "env_set", &arguments[1])? })
}

fn finish_set<S: Store>(store: &mut S, _: &[S::Value], answer: &Answer) -> Result<S::Value, Fault> {
    match (answer, reason(answer)) {
        (Answer::Done, _) => Ok(store.null()),
        (_, Some(reason)) => Err(failed("Cannot set the variable", &reason)),
        _ => Err(unexpected("env_set", answer)),
    }
}

fn ask_all<S: Store>(_: &mut S, _: &[S::Value]) -> Result<Question, Fault> {
    Ok(Question::Variables)
}

fn finish_all<S: Store>(store: &mut S, _: &[S::Value], answer: &Answer) -> Result<S::Value, Fault> {
    let Answer::Pairs(pairs) = answer else { return Err(unexpected("env_vars", answer)) };
    let mut named = std::collections::BTreeMap::new();
    for (name, value) in pairs {
        let value = store.new_string(&String::from_utf8_lossy(value))?;
        named.insert(String::from_utf8_lossy(name), value);
    }
    let fields: Vec<(&str, S::Value, bool)> =
        named.iter().map(|(name, value)| (&**name, value.clone(), false)).collect();
    store.new_record(&fields)
}

fn pairs<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let text = String::from_utf8(bytes(store, "env_load", &arguments[0])?).unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let mut pairs = Vec::new();
    for (name, value) in lines.filter_map(|line| line.split_once('=')) {
        let name = name.trim();
        let name = store.new_string(name.strip_prefix("export ").unwrap_or(name).trim())?;
        let value = store.new_string(unquoted(value.trim()))?;
        pairs.push(store.new_vector(&[name, value])?);
    }
    store.new_vector(&pairs)
}

/// A text without the quotes around it.
fn unquoted(text: &str) -> &str {
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\'')).unwrap_or(text)
}
