//! Stepping back through the debug adapter: from the request to the event that says where time stands, in
//! memory and through pipes, in which messages are texts.

use std::io::{BufReader, PipeReader, PipeWriter, pipe};
use std::thread;

use dap::{Client, Connection, Host, Launch, Launcher, Session};
use debugger::{Debugger, Then, World};
use machine::{Answer, Edit, Inspect, Machine, Probes, Question, SourceText, Tick};
use serde_json::{Value, json};
use timeline::{Arrival, Options, Timeline};

use super::Scale;
use super::recording::label;
use super::subject::{Guest, Subject};
use crate::Failure;
use crate::measure::{Times, clock, shown};
use crate::report::Report;

/// The times of a guest's typical program, a row for each way.
pub(super) fn measure<M: Machine + Inspect + Edit + 'static>(
    guest: &Guest<M>,
    scale: &Scale,
    report: &mut Report,
) -> Result<Vec<Vec<String>>, Failure> {
    let Some(subject) = guest.subjects.first() else { return Ok(Vec::new()) };
    let program = label(guest.name, subject.name);
    let mut rows = Vec::new();
    for (way, is_piped) in [("in memory", false), ("through pipes", true)] {
        let mut launcher = Ready(Some(session(subject, scale)?));
        let times = if is_piped {
            through_pipes(&mut launcher, scale)?
        } else {
            in_memory(&mut launcher, scale)?
        };
        for (name, per_mille) in [("p50", 500), ("p99", 990), ("worst", 1000)] {
            let what = format!("step back through the adapter, {way}, {name}");
            report.add(&what, &program, times.at(per_mille), "ns");
        }
        let [middle, most, worst] = [500, 990, 1000].map(|per_mille| shown(times.at(per_mille)));
        let text = format!("{middle}, {most}, {worst}");
        rows.push(vec![program.clone(), way.to_owned(), text, "0.5 ms, 2 ms".to_owned()]);
    }
    Ok(rows)
}

/// A session at the end of the history.
fn session<M: Machine + Inspect + Edit + 'static>(
    subject: &Subject<M>,
    scale: &Scale,
) -> Result<Box<dyn Session>, Failure> {
    let mut timeline = Timeline::new((subject.make)()?, Options::default());
    let arrival = timeline.forward(Tick::at(scale.instructions), &Probes::none());
    if arrival != Arrival::Reached {
        return Err(Failure(format!("{}: stopped early", subject.name)));
    }
    let launch = Launch { stop_on_entry: true, ..Launch::default() };
    Ok(dap::session(Debugger::new(timeline), Nowhere, &launch))
}

fn in_memory(launcher: &mut Ready, scale: &Scale) -> Result<Times, Failure> {
    let (mut connection, mut client) = Connection::memory();
    thread::scope(|scope| {
        let editor = scope.spawn(move || {
            let mut ask = |command: &str, arguments: Value, event: &str| {
                client.send(command, arguments);
                until(event, || client_message(&client))
            };
            steps(&mut ask, scale)
        });
        dap::serve(&mut connection, launcher).map_err(Failure::from_display)?;
        drop(connection);
        joined(editor)
    })
}

fn client_message(client: &Client) -> Result<Value, Failure> {
    client.receive().ok_or_else(|| Failure("the adapter has gone".to_owned()))
}

fn through_pipes(launcher: &mut Ready, scale: &Scale) -> Result<Times, Failure> {
    let (requests, to_adapter) = pipe().map_err(Failure::from_display)?;
    let (messages, to_client) = pipe().map_err(Failure::from_display)?;
    let (mut connection, feed) = Connection::over(to_client);
    thread::scope(|scope| {
        scope.spawn(move || feed.read(BufReader::new(requests)));
        let editor = scope.spawn(move || piped_steps(to_adapter, messages, scale));
        dap::serve(&mut connection, launcher).map_err(Failure::from_display)?;
        drop(connection);
        joined(editor)
    })
}

fn piped_steps(
    mut requests: PipeWriter,
    messages: PipeReader,
    scale: &Scale,
) -> Result<Times, Failure> {
    let mut messages = BufReader::new(messages);
    let mut seq = 0;
    let mut ask = |command: &str, arguments: Value, event: &str| {
        seq += 1;
        let request = dap::Request { seq, command: command.to_owned(), arguments };
        let text = request.to_json().to_string();
        dap::write_message(&mut requests, text.as_bytes()).map_err(Failure::from_display)?;
        until(event, || {
            let message = dap::read_message(&mut messages).map_err(Failure::from_display)?;
            let message = message.ok_or_else(|| Failure("the adapter has gone".to_owned()))?;
            serde_json::from_slice(&message).map_err(Failure::from_display)
        })
    };
    steps(&mut ask, scale)
}

/// Steps back as often as there is patience for.
fn steps(
    ask: &mut dyn FnMut(&str, Value, &str) -> Result<(), Failure>,
    scale: &Scale,
) -> Result<Times, Failure> {
    ask("initialize", json!({}), "initialize")?;
    ask("launch", json!({}), "initialized")?;
    ask("configurationDone", json!({}), "stopped")?;
    let (mut times, mut spent) = (Vec::new(), std::time::Duration::ZERO);
    while times.len() < scale.steps && spent < scale.patience {
        let (time, told) = clock(|| ask("stepBack", json!({ "threadId": 1 }), "stopped"));
        told?;
        times.push(time);
        spent += time;
    }
    ask("disconnect", json!({}), "disconnect")?;
    Ok(Times::of(times.into_iter()))
}

/// Reads up to the event, or the answer, of this name.
fn until(name: &str, mut next: impl FnMut() -> Result<Value, Failure>) -> Result<(), Failure> {
    loop {
        let message = next()?;
        if message["success"] == false {
            return Err(Failure(message.to_string()));
        }
        if message["event"] == name || message["command"] == name {
            return Ok(());
        }
    }
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, Result<T, Failure>>) -> Result<T, Failure> {
    thread.join().map_err(|_| Failure("the client has failed".to_owned()))?
}

/// A session that is there already.
struct Ready(Option<Box<dyn Session>>);

impl Launcher for Ready {
    fn launch(&mut self, _launch: &Launch) -> Result<Box<dyn Session>, String> {
        self.0.take().ok_or_else(|| "it was launched already".to_owned())
    }
}

/// An outside of which nothing is asked.
struct Nowhere;

impl World for Nowhere {
    fn ask(&mut self, _question: &Question) -> Answer {
        Answer::Nothing
    }
}

impl<M: Machine> Host<M> for Nowhere {
    fn follow_up(&mut self, _debugger: &mut Debugger<M>, _then: Then) -> Result<String, String> {
        Err("there are no files here".to_owned())
    }

    fn path_of(&self, _source: &SourceText) -> Option<String> {
        None
    }
}
