//! HTTP. The prelude makes futures of these functions; what cannot be done is an error as a value.

use machine::{Answer, Question, Request};

use super::argument;
use super::world::{self, unexpected};
use crate::builtin::row::rows;
use crate::text::{self, Style};
use crate::{Fault, Store, View};

/// The kind of errors of the connection.
const NETWORK: &str = "NetworkError";
/// The kind of errors that the other end tells.
const HTTP: &str = "HttpError";

rows! {
    /// What an address holds, or an error.
    125 _http_get("url") "" world ask_get, finish_response;
    /// What an address answers to a text, or an error.
    126 _http_post("url, text, headers?") "" world ask_post, finish_response;
}

/// The text of an argument of the function `name`.
fn text<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<String, Fault> {
    let wanted = || format!("{name}() requires a string, got {}", store.kind(value).name());
    Ok(argument::text(store, value, wanted)?.to_owned())
}

fn ask_get<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let url = text(store, "http_get", &arguments[0])?;
    Ok(Question::Fetch(Request { method: "GET".to_owned(), url, ..Request::default() }))
}

fn ask_post<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let url = text(store, "http_post", &arguments[0])?;
    let body = text(store, "http_post", &arguments[1])?.into_bytes();
    let headers = match arguments.get(2) {
        Some(record) if store.view(record) == View::Record => {
            let fields = store.fields(record).into_iter().map(|field| {
                let value = text::show(store, &field.value, Style::Plain)?;
                Ok((field.name.to_owned(), value.into_bytes()))
            });
            fields.collect::<Result<Vec<_>, Fault>>()?
        }
        Some(other) if store.view(other) != View::Null => {
            return Err(Fault::new("http_post() requires a record of headers, or null"));
        }
        _ => vec![("Content-Type".to_owned(), b"application/json".to_vec())],
    };
    Ok(Question::Fetch(Request { method: "POST".to_owned(), url, headers, body }))
}

fn finish_response<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    match answer {
        Answer::Response(response) if (200..300).contains(&response.status) => {
            store.new_string(&String::from_utf8_lossy(&response.body))
        }
        Answer::Response(response) => {
            let message = format!("HTTP {} from {}", response.status, store.text(&arguments[0]));
            world::error(store, HTTP, &message)
        }
        _ => {
            let reason = world::reason(answer).ok_or_else(|| unexpected("HTTP", answer))?;
            let message = format!("Cannot reach {}: {reason}", store.text(&arguments[0]));
            world::error(store, NETWORK, &message)
        }
    }
}
