//! Looking at where time stands: calls, expressions, memory.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use machine::{Edit, Inspect, Machine};
use serde_json::{Value, json};

use super::{Answered, Debuggee, Host};
use crate::connection::Connection;
use crate::from_dap::{Completions, Evaluate, ReadMemory, StackTrace};

/// The most calls, and the most bytes of memory, that are told of at once.
const FRAMES_MAX: usize = 1_000;
const MEMORY_BYTES_MAX: usize = 1 << 20;

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    pub(super) fn stack_trace(&self, wanted: &StackTrace) -> Answered {
        let first = usize::try_from(wanted.start_frame).unwrap_or(0);
        let count = usize::try_from(wanted.levels).ok().filter(|levels| *levels > 0);
        let count = count.unwrap_or(FRAMES_MAX).min(FRAMES_MAX);
        let machine = self.debugger.machine();
        let frames = machine.frames(first.saturating_add(count));
        let mut told = Vec::new();
        for (index, frame) in frames.iter().enumerate().skip(first) {
            let line = frame.place.map_or(0, |place| self.to_line(place.line));
            let mut body: Value = json!({
                "id": index + 1,
                "name": source::visible(&frame.name),
                "line": line,
                "column": self.first_column,
                "instructionPointerReference": format!("{:#x}", frame.position.0),
            });
            if let Some(place) = frame.place {
                body["source"] = self.sources.one(place.source);
            }
            if machine.is_hidden(frame.position) || frame.place.is_none() {
                body["presentationHint"] = json!("subtle");
            }
            told.push(body);
        }
        Ok(json!({ "stackFrames": told, "totalFrames": machine.depth() + 1 }))
    }

    pub(super) fn evaluate(&mut self, wanted: &Evaluate, connection: &mut Connection) -> Answered {
        let text = wanted.expression.trim();
        let context = wanted.context.as_deref().unwrap_or("watch");
        if context == "repl" {
            let word = text.split_whitespace().next().unwrap_or_default();
            if debugger::Command::find(word).is_some() || text.is_empty() || text.starts_with('#') {
                return self.typed(text, connection);
            }
        }
        self.expect_innermost(wanted.frame_id)?;
        let machine = self.debugger.machine();
        let value = match context {
            "clipboard" => machine.evaluate_whole(text),
            _ => machine.evaluate(text),
        };
        let value = value.map_err(|error| error.to_string())?;
        let mut body = self.value(text, &value, "result");
        // Whole numbers may be addresses.
        if let Ok(address) = value.text.parse::<i64>() {
            body["memoryReference"] = json!(address.to_string());
        }
        Ok(body)
    }

    pub(super) fn read_memory(&self, wanted: &ReadMemory) -> Answered {
        let start = address(&wanted.memory_reference)?.checked_add(wanted.offset);
        let start = start.ok_or("`offset` leads out of all addresses")?;
        let asked = usize::try_from(wanted.count).map_err(|_| "`count` is 0 or more".to_owned())?;
        let count = asked.min(MEMORY_BYTES_MAX);
        let bytes = Inspect::memory(self.debugger.machine(), start, count);
        let address = match u64::try_from(start) {
            Ok(address) => format!("{address:#x}"),
            Err(_) => start.to_string(),
        };
        Ok(json!({
            "address": address,
            "data": BASE64_STANDARD.encode(&bytes),
            "unreadableBytes": asked - bytes.len(),
        }))
    }

    pub(super) fn completions(&self, wanted: &Completions) -> Answered {
        let column = wanted.column.saturating_sub(self.first_column);
        let line = before(&wanted.text, usize::try_from(column).unwrap_or(0));
        let begins = |c: char| c.is_whitespace() || "[(,".contains(c);
        let word = line.rsplit_once(begins).map_or(line, |(_, word)| word);
        let length = word.encode_utf16().count();
        let start = line.encode_utf16().count() - length;
        let target = |label: String| json!({ "label": label, "start": start, "length": length });
        let found: Vec<Value> = self.debugger.complete(line).into_iter().map(target).collect();
        Ok(json!({ "targets": found }))
    }
}

/// An address as clients send it back.
pub(super) fn address(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let found = match text.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    };
    found.ok_or_else(|| format!("`{}` is no address", source::visible(text)))
}

/// What stands before a column, as clients count: in halves of the letters that take two.
fn before(text: &str, column: usize) -> &str {
    let mut halves = 0;
    for (at, character) in text.char_indices() {
        if halves >= column {
            return &text[..at];
        }
        halves += character.len_utf16();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_as_clients_do() {
        assert_eq!(before("print x", 5), "print");
        assert_eq!(before("𝄞ab", 2), "𝄞");
        assert_eq!(before("𝄞ab", 3), "𝄞a");
        assert_eq!(before("ab", 99), "ab");
        assert_eq!(before("ab", 0), "");
    }
}
