//! The two directions between a client and a session: over streams, or in memory.

use std::collections::VecDeque;
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};

use serde_json::{Value, json};

use crate::frame::{self, FrameError};
use crate::message::{self, BadMessage, Request};

/// Messages that wait at most until somebody takes them; who sends more waits.
const WAITING_MAX: usize = 16;

/// What came from a client.
#[derive(Debug)]
enum Incoming {
    Request(Request),
    Bad(BadMessage),
    /// The last thing that comes.
    Broken(FrameError),
}

/// A session's end of a connection.
pub struct Connection {
    incoming: Receiver<Incoming>,
    /// Requests that came while the program ran, and are still to be answered.
    held: VecDeque<Request>,
    outgoing: Outgoing,
    seq: i64,
    /// Whether the client has gone, and how, if not as it should.
    end: Option<Option<FrameError>>,
}

enum Outgoing {
    Stream(Box<dyn Write + Send>),
    Memory(Sender<Value>),
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("seq", &self.seq).finish_non_exhaustive()
    }
}

/// Where what a client sends is read; for a thread of its own, so that a client is heard while a
/// program runs.
#[derive(Debug)]
pub struct Feed(SyncSender<Incoming>);

impl Feed {
    /// Reads messages until there are no more, or nobody wants them.
    pub fn read(self, mut input: impl BufRead) {
        loop {
            let incoming = match frame::read_message(&mut input) {
                Ok(None) => return,
                Ok(Some(bytes)) => {
                    Request::from_bytes(&bytes).map_or_else(Incoming::Bad, Incoming::Request)
                }
                Err(error) => Incoming::Broken(error),
            };
            let is_last = matches!(incoming, Incoming::Broken(_));
            if self.0.send(incoming).is_err() || is_last {
                return;
            }
        }
    }
}

/// A client's end of a connection in memory, for tests and benchmarks.
#[derive(Debug)]
pub struct Client {
    requests: SyncSender<Incoming>,
    messages: Receiver<Value>,
    seq: i64,
}

impl Client {
    /// Sends a request; says which number it has.
    pub fn send(&mut self, command: &str, arguments: Value) -> i64 {
        self.seq += 1;
        let request = Request { seq: self.seq, command: command.to_owned(), arguments };
        // Where the session is over, nothing comes back, which `receive` says.
        let _is_heard = self.requests.send(Incoming::Request(request));
        self.seq
    }

    /// What comes next; nothing once the session is over.
    #[must_use]
    pub fn receive(&self) -> Option<Value> {
        self.messages.recv().ok()
    }
}

impl Connection {
    /// One that is written to `output`; what the client sends is for the [`Feed`].
    #[must_use]
    pub fn over(output: impl Write + Send + 'static) -> (Self, Feed) {
        let (sender, incoming) = sync_channel(WAITING_MAX);
        (Self::new(incoming, Outgoing::Stream(Box::new(output))), Feed(sender))
    }

    /// One within the process.
    #[must_use]
    pub fn memory() -> (Self, Client) {
        let (requests, incoming) = sync_channel(WAITING_MAX);
        let (sender, messages) = channel();
        (Self::new(incoming, Outgoing::Memory(sender)), Client { requests, messages, seq: 0 })
    }

    fn new(incoming: Receiver<Incoming>, outgoing: Outgoing) -> Self {
        Self { incoming, held: VecDeque::new(), outgoing, seq: 0, end: None }
    }

    /// The next request, waiting for it; nothing once the client has gone. What is none is answered
    /// here.
    pub(crate) fn next(&mut self) -> Option<Request> {
        loop {
            if let Some(request) = self.held.pop_front() {
                return Some(request);
            }
            if self.end.is_some() {
                return None;
            }
            match self.incoming.recv() {
                Ok(incoming) => self.take(incoming),
                Err(_) => self.end = Some(None),
            }
        }
    }

    /// Takes what has come, without waiting. Says whether the client has gone.
    pub(crate) fn poll(&mut self) -> bool {
        while self.end.is_none() && self.held.len() < WAITING_MAX {
            match self.incoming.try_recv() {
                Ok(incoming) => self.take(incoming),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => self.end = Some(None),
            }
        }
        self.end.is_some()
    }

    /// The requests that wait.
    pub(crate) fn held(&mut self) -> &mut VecDeque<Request> {
        &mut self.held
    }

    /// How the client went, if not as it should.
    pub(crate) fn failure(&mut self) -> Option<FrameError> {
        self.end.take().flatten()
    }

    fn take(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Request(request) => self.held.push_back(request),
            Incoming::Bad(bad) => self.send(message::refusal(bad.seq, "", &bad.reason)),
            Incoming::Broken(error) => {
                self.send(message::refusal(0, "", &error.to_string()));
                self.end = Some(Some(error));
            }
        }
    }

    /// Tells that a request was carried out.
    pub(crate) fn respond(&mut self, request: &Request, body: Value) {
        self.send(message::response(request, body));
    }

    /// Tells that it was not.
    pub(crate) fn refuse(&mut self, request: &Request, reason: &str) {
        self.send(message::refusal(request.seq, &request.command, reason));
    }

    /// Tells what happened.
    pub(crate) fn tell(&mut self, event: &str, body: Value) {
        self.send(message::event(event, body));
    }

    fn send(&mut self, mut message: Value) {
        self.seq += 1;
        message["seq"] = json!(self.seq);
        let sent = match &mut self.outgoing {
            Outgoing::Stream(output) => {
                frame::write_message(output, message.to_string().as_bytes()).is_ok()
            }
            Outgoing::Memory(sender) => sender.send(message).is_ok(),
        };
        // Nobody listens: nobody will ask, either.
        if !sent && self.end.is_none() {
            self.end = Some(None);
        }
    }
}
