//! The instructions around a place in the code.

use machine::{CodePosition, Edit, Inspect, Listing, Machine, Place};
use serde_json::{Value, json};

use super::looking::address;
use super::{Answered, Debuggee, Host};
use crate::from_dap::Disassemble;

/// The most instructions that are told of at once.
const INSTRUCTIONS_MAX: usize = 10_000;

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    /// As many instructions as are asked for: where the code has none, there are such as say so.
    pub(super) fn disassemble(&self, wanted: &Disassemble) -> Answered {
        let start = address(&wanted.memory_reference)?.checked_add(wanted.offset);
        let start = start.ok_or("`offset` leads out of all addresses")?;
        let count = usize::try_from(wanted.instruction_count)
            .ok()
            .filter(|count| *count <= INSTRUCTIONS_MAX)
            .ok_or_else(|| format!("`instructionCount` is 0 to {INSTRUCTIONS_MAX}"))?;
        let machine = self.debugger.machine();
        let code = machine.disassemble(CodePosition(0), usize::MAX);
        let here = code.partition_point(|row| i128::from(row.position.0) < i128::from(start));
        let first =
            i64::try_from(here).unwrap_or(i64::MAX).saturating_add(wanted.instruction_offset);
        let before = usize::try_from(first.min(0).unsigned_abs()).unwrap_or(usize::MAX).min(count);
        let rows = code.iter().skip(usize::try_from(first).unwrap_or(0)).take(count - before);
        let mut told: Vec<Value> = (0..before).map(|_| nothing(0)).collect();
        let mut line = None;
        for row in rows {
            told.push(self.instruction(row, &mut line));
        }
        let end = code.last().map_or(0, |row| row.position.0.saturating_add(1));
        for behind in 0..(count - told.len()) as u64 {
            told.push(nothing(end.saturating_add(behind)));
        }
        Ok(json!({ "instructions": told }))
    }

    /// An instruction as the client is told of it; `line` is that of the one before.
    fn instruction(&self, row: &Listing, line: &mut Option<Place>) -> Value {
        let mut body = json!({
            "address": format!("{:#x}", row.position.0),
            "instruction": source::visible(&row.text),
        });
        if let Some(label) = &row.label {
            body["symbol"] = json!(source::visible(label));
        }
        let place = self.debugger.machine().place(row.position);
        if let Some(place) = place.filter(|place| *line != Some(*place)) {
            body["location"] = self.sources.one(place.source);
            body["line"] = json!(self.to_line(place.line));
        }
        *line = place;
        body
    }
}

/// Stands where the code has no instruction.
fn nothing(address: u64) -> Value {
    json!({
        "address": format!("{address:#x}"),
        "instruction": "(no code)",
        "presentationHint": "invalid",
    })
}
