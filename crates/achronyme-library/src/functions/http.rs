//! HTTP. The prelude makes futures of this; what cannot be done is an error as a value.

use achronyme_data::query::with_query;
use machine::{Answer, Question, Request};

use super::world::{self, call_of, unexpected};
use crate::builtin::row::rows;
use crate::functions::Call;
use crate::text::{self, Style};
use crate::{Fault, Store, View};

/// The kind of errors of the connection.
const NETWORK: &str = "NetworkError";

rows! {
    /// What an address answers, as a record of `status`, `headers`, `body` and `url`; or an error, as
    /// a value. `name` is the function that messages speak of, `body` a string or null.
    125 _fetch("name, method, url, body, headers, query, timeout") "" world ask_response, finish_response;
}

fn ask_response<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = call_of(store, "_fetch", arguments)?;
    let name = call.text(store, 0)?.to_owned();
    let wrong = |kind, message: String| Fault { kind, message: format!("{name}: {message}") };
    let method = call.text(store, 1)?;
    if method.is_empty() || !method.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let message = format!("method must be a word such as GET, got {method:?}");
        return Err(wrong("ValueError", message));
    }
    let timeout = match call.get(6).map(|value| store.view(value)) {
        None => None,
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        Some(View::Number(seconds)) if seconds > 0.0 => Some((seconds * 1e9) as u64),
        Some(View::Number(seconds)) => {
            let message = format!("timeout must be seconds above 0, got {seconds}");
            return Err(wrong("ValueError", message));
        }
        Some(other) => {
            let message = format!("timeout must be a number, got {}", other.kind().name());
            return Err(wrong("TypeError", message));
        }
    };
    let named = |place: usize, what: &str| match call.get(place) {
        None => Ok(Vec::new()),
        Some(value) if store.view(value) == View::Record => pairs(store, value),
        Some(value) => {
            let kind = store.kind(value).name();
            Err(wrong("TypeError", format!("{what} must be a record, got {kind}")))
        }
    };
    let headers = named(4, "headers")?.into_iter();
    let headers = headers.map(|(name, value)| (name, value.into_bytes())).collect();
    let body = match call.get(3) {
        None => Vec::new(),
        Some(_) => call.text(store, 3)?.as_bytes().to_vec(),
    };
    let url = address(store, &call, &named(5, "query")?)?;
    Ok(Question::Fetch(Request {
        method: method.to_ascii_uppercase(),
        url,
        headers,
        body,
        timeout,
    }))
}

fn address<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    query: &[(String, String)],
) -> Result<String, Fault> {
    Ok(with_query(call.text(store, 2)?, query))
}

/// Names and texts of a record. Of a vector, each element has the name; null is left out.
fn pairs<S: Store>(store: &S, record: &S::Value) -> Result<Vec<(String, String)>, Fault> {
    let mut pairs = Vec::new();
    for field in store.fields(record) {
        let one = [field.value.clone()];
        let values = match store.view(&field.value) {
            View::Null => &[],
            View::Vector => store.elements(&field.value),
            _ => &one[..],
        };
        for value in values {
            pairs.push((field.name.to_owned(), text::show(store, value, Style::Plain)?));
        }
    }
    Ok(pairs)
}

fn finish_response<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let call = call_of(store, "_fetch", arguments)?;
    let Answer::Response(response) = answer else {
        let reason = world::reason(answer).ok_or_else(|| unexpected("HTTP", answer))?;
        let message = format!("Cannot reach {}: {reason}", call.text(store, 2)?);
        return world::error(store, NETWORK, &message);
    };
    // Of several headers with one name, one with all values.
    let mut named: Vec<(&str, String)> = Vec::new();
    for (name, value) in &response.headers {
        let value = String::from_utf8_lossy(value);
        match named.iter_mut().find(|known| known.0 == name) {
            Some(known) => known.1 = format!("{}, {value}", known.1),
            None => named.push((name, value.into_owned())),
        }
    }
    let mut headers = Vec::with_capacity(named.len());
    for (name, value) in &named {
        headers.push((*name, store.new_string(value)?, false));
    }
    let query = match call.get(5) {
        Some(query) => pairs(store, query)?,
        None => Vec::new(),
    };
    let url = address(store, &call, &query)?;
    let fields = [
        ("status", store.number(f64::from(response.status)), false),
        ("headers", store.new_record(&headers)?, false),
        ("body", store.new_string(&String::from_utf8_lossy(&response.body))?, false),
        ("url", store.new_string(&url)?, false),
    ];
    store.new_record(&fields)
}
