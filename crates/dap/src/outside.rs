//! The outside of a program while it runs on: what it writes goes to the client, and the client is
//! heard.

use debugger::World;
use machine::{Answer, Question, Tick};
use serde_json::json;

use crate::connection::Connection;
use crate::text::Texts;
use crate::to_dap;

/// Lends a program its outside for one move.
pub(crate) struct Outside<'a> {
    pub(crate) world: &'a mut dyn World,
    pub(crate) connection: &'a mut Connection,
    pub(crate) texts: &'a mut Texts,
    /// Whether what is written must wait, as something that was written before it is still to be told.
    pub(crate) is_silent: bool,
    /// Whether whatever a client asks ends the move, to be answered before it goes on.
    pub(crate) yields: bool,
    /// What a thread is called meanwhile.
    pub(crate) thread: String,
    /// Whether the client asked for a pause.
    pub(crate) is_paused: bool,
    /// Whether the move was broken off to answer the client.
    pub(crate) has_yielded: bool,
}

impl World for Outside<'_> {
    fn ask(&mut self, question: &Question) -> Answer {
        let Question::Write(pieces) = question else { return self.world.ask(question) };
        if !self.is_silent {
            for piece in pieces {
                let text = self.texts.take(piece.stream, &piece.bytes);
                if !text.is_empty() {
                    self.connection.tell("output", to_dap::output(piece.stream, &text));
                }
            }
        }
        Answer::Done
    }

    fn is_interrupted(&mut self) -> bool {
        if self.world.is_interrupted() {
            self.is_paused = true;
            return true;
        }
        if self.connection.poll() {
            self.has_yielded = true;
            return true;
        }
        let mut index = 0;
        while let Some(request) = self.connection.held().get(index).cloned() {
            match request.command.as_str() {
                "threads" => {
                    let _answered = self.connection.held().remove(index);
                    self.connection.respond(&request, to_dap::threads(&self.thread));
                }
                "pause" => {
                    let _answered = self.connection.held().remove(index);
                    self.connection.respond(&request, json!({}));
                    self.is_paused = true;
                }
                "disconnect" | "terminate" => {
                    self.has_yielded = true;
                    index += 1;
                }
                _ => {
                    self.has_yielded |= self.yields;
                    index += 1;
                }
            }
        }
        self.is_paused || self.has_yielded
    }

    fn memory_max(&self) -> usize {
        self.world.memory_max()
    }

    fn progress(&mut self, _now: Tick) {}
}
