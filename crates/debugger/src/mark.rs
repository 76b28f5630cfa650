//! Marks and notes: names and remarks for moments, kept in the recording.

use std::fmt::Write as _;

use machine::{Edit, Inspect, Machine};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::reply::Reply;
use source::visible;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn mark(&mut self, name: &str) -> Result<Reply, CommandError> {
        let is_taken = matches!(name, "" | "start" | "end") || name.ends_with('%');
        if is_taken
            || name.contains(char::is_whitespace)
            || name.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(usage(Verb::Mark));
        }
        self.timeline.set_mark(name);
        Ok(Reply::text(format!("mark {name} at tick {}", self.timeline.now().tick)))
    }

    pub(crate) fn note(&mut self, text: &str) -> Result<Reply, CommandError> {
        if text.is_empty() {
            return Err(usage(Verb::Note));
        }
        self.timeline.add_note(text);
        Ok(Reply::text(format!("noted at tick {}", self.timeline.now().tick)))
    }

    pub(crate) fn marks(&self) -> Reply {
        let mut text = String::new();
        for mark in self.timeline.marks() {
            let branch = self.branch_name(mark.moment.branch);
            let (name, tick) = (visible(&mark.name), mark.moment.tick);
            let _ = writeln!(text, "{name:12}  tick {tick} on {branch}");
        }
        for note in self.timeline.notes() {
            let branch = self.branch_name(note.moment.branch);
            let (note, tick) = (visible(&note.text), note.moment.tick);
            let _ = writeln!(text, "note          tick {tick} on {branch}: {note}");
        }
        if text.is_empty() {
            text.push_str("no marks and no notes");
        }
        Reply::text(text)
    }
}
