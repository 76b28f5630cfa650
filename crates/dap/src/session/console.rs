//! Commands of the text debugger: typed in the client's console, or sent as `palindrome/COMMAND`.

use debugger::{Command, Reply, Then};
use machine::{Edit, Inspect, Machine};
use serde_json::json;

use super::{Answered, Debuggee, Host};
use crate::connection::Connection;
use crate::from_dap::Words;
use crate::outside::Outside;
use crate::session::sources::Sources;

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    /// Carries out what was typed.
    pub(super) fn typed(&mut self, line: &str, connection: &mut Connection) -> Answered {
        let text = self.carry_out(line, connection)?;
        Ok(json!({ "result": text.trim_end(), "variablesReference": 0 }))
    }

    /// Carries out a command that has a name of its own, such as `lastWrite`.
    pub(super) fn command(
        &mut self,
        name: &str,
        words: &Words,
        connection: &mut Connection,
    ) -> Answered {
        let mut word = String::new();
        for character in name.chars() {
            if character.is_uppercase() {
                word.push('-');
            }
            word.extend(character.to_lowercase());
        }
        let command = Command::find(&word).filter(|command| command.name == word);
        let name = source::visible(name);
        let command = command.ok_or_else(|| format!("there is no `palindrome/{name}`"))?;
        let deep = if words.deep { "--deep" } else { "" };
        let expression = words.expression.as_deref().unwrap_or_default();
        let line = [command.name, expression, &words.arguments, deep].join(" ");
        if line.contains(['\n', '\r']) {
            return Err("a command is one line".to_owned());
        }
        let text = self.carry_out(&line, connection)?;
        let timeline = self.debugger.timeline();
        let (now, end) = (timeline.now(), timeline.end());
        Ok(json!({
            "text": text.trim_end(),
            "tick": now.tick.to_string(),
            "end": end.to_string(),
        }))
    }

    /// Carries out a command, and tells the client what it has changed, before what it says.
    fn carry_out(&mut self, line: &str, connection: &mut Connection) -> Result<String, String> {
        let before = self.debugger.timeline().now();
        let stops = self.debugger.breakpoints().to_vec();
        let is_silent = self.told_to() < self.debugger.timeline().end();
        let thread = self.thread();
        let mut world = Outside {
            world: &mut self.host,
            connection,
            texts: &mut self.texts,
            is_silent,
            yields: false,
            thread,
            is_paused: false,
            has_yielded: false,
        };
        let reply = self.debugger.execute(line, &mut world);
        self.tell_output(!is_silent, connection);
        let Reply { mut text, then, is_error } = reply;
        let (is_edited, is_left) = (matches!(then, Then::Edit(_)), then == Then::Quit);
        let mut failure = None;
        if !matches!(then, Then::Continue | Then::Quit) {
            match self.host.follow_up(&mut self.debugger, then) {
                Ok(said) => text.push_str(&said),
                Err(reason) => failure = Some(reason),
            }
        }
        if is_edited && failure.is_none() {
            self.sources = Sources::of(self.debugger.machine(), &self.host);
            self.stops.clear();
            self.shown_to.clear();
        }
        self.tell_breakpoints(&stops, is_edited && failure.is_none(), connection);
        if self.debugger.timeline().now() != before || is_edited {
            self.fault = None;
            let standing = self.standing();
            self.tell_stopped(&standing, "goto", connection);
        }
        if is_left {
            self.end(None, connection);
        }
        match failure {
            Some(reason) => Err(reason),
            None if is_error => {
                // That it is an error is told by how it is answered.
                let text = text.trim_end();
                Err(text.strip_prefix("error: ").unwrap_or(text).to_owned())
            }
            None => Ok(text),
        }
    }
}
