//! Messages: what a client asks, and what it is told.

use serde::Deserialize;
use serde_json::{Value, json};

/// What a client asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The client's number for it, which the answer names.
    pub seq: i64,
    /// What is to be done.
    pub command: String,
    /// With what; `null` if with nothing.
    pub arguments: Value,
}

/// A message that is no request, though it came as one whole piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMessage {
    /// Its number, or 0 if it has none.
    pub seq: i64,
    /// What is wrong with it.
    pub reason: String,
}

/// What any message may have.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    seq: i64,
    #[serde(default)]
    r#type: String,
    command: Option<String>,
    #[serde(default)]
    arguments: Value,
}

impl Request {
    /// Reads a message.
    ///
    /// # Errors
    /// It is no request.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadMessage> {
        let bad = |seq, reason: String| BadMessage { seq, reason };
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| bad(0, format!("a message is not JSON: {error}")))?;
        let seq = value.get("seq").and_then(Value::as_i64).unwrap_or(0);
        let envelope: Envelope = serde_json::from_value(value)
            .map_err(|error| bad(seq, format!("a message is not a request: {error}")))?;
        match envelope.command {
            Some(command) if envelope.r#type == "request" => {
                Ok(Self { seq, command, arguments: envelope.arguments })
            }
            _ => {
                let kind = source::visible(&envelope.r#type);
                let reason = format!("only requests with a command are answered, not `{kind}`");
                Err(bad(envelope.seq, reason))
            }
        }
    }

    /// As it is sent.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "seq": self.seq,
            "type": "request",
            "command": self.command,
            "arguments": self.arguments,
        })
    }
}

/// The answer to a request that was carried out.
pub(crate) fn response(request: &Request, body: Value) -> Value {
    json!({
        "type": "response",
        "request_seq": request.seq,
        "success": true,
        "command": request.command,
        "body": body,
    })
}

/// The answer to one that was not.
pub(crate) fn refusal(seq: i64, command: &str, reason: &str) -> Value {
    // Clients put values into `{…}` of a format, so the text is one of them.
    let error = json!({
        "id": 1,
        "format": "{reason}",
        "variables": { "reason": reason },
        "showUser": true,
    });
    json!({
        "type": "response",
        "request_seq": seq,
        "success": false,
        "command": command,
        "message": reason,
        "body": { "error": error },
    })
}

/// Something that happened.
pub(crate) fn event(name: &str, body: Value) -> Value {
    json!({ "type": "event", "event": name, "body": body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_and_written_the_same() {
        let text = br#"{"seq":7,"type":"request","command":"next","arguments":{"threadId":1}}"#;
        let request = Request::from_bytes(text).unwrap();
        assert_eq!((request.seq, request.command.as_str()), (7, "next"));
        let again = Request::from_bytes(request.to_json().to_string().as_bytes()).unwrap();
        assert_eq!(again, request);
    }

    #[test]
    fn what_is_no_request_keeps_its_number() {
        let told = |text: &str| Request::from_bytes(text.as_bytes()).unwrap_err();
        assert!(told("{").reason.contains("not JSON"));
        assert!(told(&"[".repeat(100_000)).reason.contains("recursion limit"));
        assert_eq!(told(r#"{"seq":3,"type":"request"}"#).seq, 3);
        assert!(told(r#"{"seq":3,"type":"event","command":"x"}"#).reason.contains("`event`"));
        assert!(told(r#"{"seq":4,"type":"request","command":5}"#).reason.contains("not a request"));
        assert_eq!(told("[]").seq, 0);
    }
}
