//! A program that is being debugged, and what is asked about it.

mod console;
mod disassembly;
mod looking;
mod moving;
mod sources;
mod stops;
mod values;

use std::collections::BTreeMap;

use debugger::{Debugger, Then, World};
use machine::{Edit, Inspect, Machine, SourceText, Stream, Tick};
use serde_json::{Value, json};
use timeline::BranchId;

use crate::connection::Connection;
use crate::from_dap::{Goto, Launch, Moving, arguments};
use crate::message::Request;
use crate::text::Texts;
use crate::to_dap;
use moving::{Aim, Move};
use sources::Sources;
use stops::Stops;
use values::Shown;

/// A program that is being debugged, whatever runs it.
pub trait Session {
    /// How the client counts lines and columns: from 1, or from 0.
    fn begin(&mut self, lines_start_at1: bool, columns_start_at1: bool);

    /// Answers a request.
    fn handle(&mut self, request: &Request, connection: &mut Connection);
}

/// The outside of a session: of the program, and of the debugger, which touches no file.
pub trait Host<M: Machine>: World {
    /// Does what a command has left to its caller; says what came of it.
    ///
    /// # Errors
    /// It could not be done; in words for the user.
    fn follow_up(&mut self, debugger: &mut Debugger<M>, then: Then) -> Result<String, String>;

    /// Where the file is that has just this text, if there is one.
    fn path_of(&self, source: &SourceText) -> Option<String>;
}

/// A session over a debugger.
pub fn session<M, H>(debugger: Debugger<M>, host: H, launch: &Launch) -> Box<dyn Session>
where
    M: Machine + Inspect + Edit + 'static,
    H: Host<M> + 'static,
{
    let sources = Sources::of(debugger.machine(), &host);
    Box::new(Debuggee {
        shown_to: BTreeMap::new(),
        debugger,
        host,
        launch: launch.clone(),
        sources,
        stops: Stops::default(),
        shown: Shown::default(),
        aims: Vec::new(),
        texts: Texts::default(),
        fault: None,
        is_at_end: false,
        first_line: 1,
        first_column: 1,
        is_configured: false,
        is_over: false,
    })
}

/// Why there is no `restart`; clients that are not told of one launch anew by themselves.
const NO_RESTART: &str = "to go to the beginning, use `goto start` in the console; to run the program anew, \
                          `disconnect` and `launch`";

/// Requests that are answered while the program runs. All others have to wait for a pause.
const WHILE_RUNNING: [&str; 8] = [
    "breakpointLocations",
    "loadedSources",
    "setBreakpoints",
    "setDataBreakpoints",
    "setExceptionBreakpoints",
    "setFunctionBreakpoints",
    "source",
    "terminate",
];

struct Debuggee<M: Machine, H> {
    debugger: Debugger<M>,
    host: H,
    launch: Launch,
    sources: Sources,
    stops: Stops,
    /// What variables the client knows by number, until time moves.
    shown: Shown,
    /// Where `goto` leads, by number.
    aims: Vec<Aim>,
    texts: Texts,
    /// Up to when the client has been told what each branch wrote.
    shown_to: BTreeMap<BranchId, Tick>,
    /// What the guest did wrong, where time stands at that.
    fault: Option<String>,
    /// Whether the client was told that the program has come to its end here.
    is_at_end: bool,
    /// The number of a first line, and of a first column, in the client's way of counting.
    first_line: i64,
    first_column: i64,
    is_configured: bool,
    /// Whether the client was told that it is over.
    is_over: bool,
}

/// What is answered; or why it is not.
type Answered = Result<Value, String>;

impl<M, H> Session for Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    fn begin(&mut self, lines_start_at1: bool, columns_start_at1: bool) {
        (self.first_line, self.first_column) = (lines_start_at1.into(), columns_start_at1.into());
    }

    fn handle(&mut self, request: &Request, connection: &mut Connection) {
        if self.is_over && request.command != "terminate" {
            connection.refuse(request, "the session is over: `disconnect` ends it");
            return;
        }
        let moving = match self.moving(request) {
            None => {
                let answered = self.answer(request, connection);
                match answered {
                    Ok(body) => connection.respond(request, body),
                    Err(reason) => connection.refuse(request, &reason),
                }
                return self.after(request, connection);
            }
            Some(Ok(moving)) => moving,
            Some(Err(reason)) => return connection.refuse(request, &reason),
        };
        let is_long = moving.may_be_resumed();
        let body = if is_long { json!({ "allThreadsContinued": true }) } else { json!({}) };
        connection.respond(request, body);
        self.run(&moving, connection);
    }
}

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    /// The move that a request asks for, if it asks for one.
    fn moving(&mut self, request: &Request) -> Option<Result<Move, String>> {
        let is_fine = || {
            let moving: Result<Moving, String> = arguments(request);
            moving.map(|it| it.granularity.as_deref() == Some("instruction"))
        };
        let by = |line: Move, instruction: Move| {
            Some(is_fine().map(|is_fine| if is_fine { instruction } else { line }))
        };
        match request.command.as_str() {
            "configurationDone" if self.is_configured => {
                Some(Err("`configurationDone` comes once".to_owned()))
            }
            "configurationDone" => {
                self.is_configured = true;
                Some(Ok(self.first_move()))
            }
            "continue" => Some(Ok(Move::On)),
            "reverseContinue" => Some(Ok(Move::Back)),
            "next" => by(Move::Over, Move::Instruction),
            "stepIn" => by(Move::Into, Move::Instruction),
            "stepBack" => by(Move::OverBack, Move::InstructionBack),
            "palindrome/stepBackIn" => by(Move::IntoBack, Move::InstructionBack),
            "stepOut" => Some(self.out_of(Move::Out, "continue")),
            "palindrome/stepBackOut" => Some(self.out_of(Move::OutBack, "reverseContinue")),
            "goto" => Some(arguments(request).and_then(|it: Goto| self.aimed(it.target_id))),
            _ => None,
        }
    }

    /// Answers what asks for no move.
    fn answer(&mut self, request: &Request, connection: &mut Connection) -> Answered {
        match request.command.as_str() {
            "threads" => Ok(to_dap::threads(&self.thread())),
            "setBreakpoints" => self.set_breakpoints(&arguments(request)?),
            "setFunctionBreakpoints" => self.set_function_breakpoints(arguments(request)?),
            "dataBreakpointInfo" => self.data_breakpoint_info(&arguments(request)?),
            "setDataBreakpoints" => self.set_data_breakpoints(arguments(request)?),
            // Faults always stop a program.
            "setExceptionBreakpoints" => Ok(json!({ "breakpoints": [] })),
            "breakpointLocations" => self.breakpoint_locations(&arguments(request)?),
            "exceptionInfo" => self.exception_info(),
            "stackTrace" => self.stack_trace(&arguments(request)?),
            "scopes" => self.scopes(&arguments(request)?),
            "variables" => self.variables(&arguments(request)?),
            "setVariable" => self.set_variable(&arguments(request)?, connection),
            "setExpression" => self.set_expression(&arguments(request)?, connection),
            "evaluate" => self.evaluate(&arguments(request)?, connection),
            "completions" => self.completions(&arguments(request)?),
            "loadedSources" => Ok(self.sources.all()),
            "source" => self.source(&arguments(request)?),
            "readMemory" => self.read_memory(&arguments(request)?),
            "disassemble" => self.disassemble(&arguments(request)?),
            "restart" => Err(NO_RESTART.to_owned()),
            "gotoTargets" => self.goto_targets(&arguments(request)?, connection),
            "pause" | "terminate" => Ok(json!({})),
            command => match command.strip_prefix("palindrome/") {
                Some(name) => self.command(name, &arguments(request)?, connection),
                None => Err(format!(
                    "`{}` is not something that is done here",
                    source::visible(command)
                )),
            },
        }
    }

    /// What follows an answer.
    fn after(&mut self, request: &Request, connection: &mut Connection) {
        match request.command.as_str() {
            "terminate" => self.end(None, connection),
            // Time stands still already; whoever waits for a pause is told so.
            "pause" => self.tell_stopped(&self.standing(), "pause", connection),
            _ => {}
        }
    }

    /// Tells that it is over, and with which code the program ended, if it did.
    fn end(&mut self, code: Option<i64>, connection: &mut Connection) {
        if std::mem::replace(&mut self.is_over, true) {
            return;
        }
        if let Some(code) = code {
            connection.tell("exited", json!({ "exitCode": code }));
        }
        connection.tell("terminated", json!({}));
    }

    /// What the only thread is called: when it is.
    fn thread(&self) -> String {
        let timeline = self.debugger.timeline();
        let (now, end) = (timeline.now(), timeline.end());
        let of = if now.tick < end { format!(" of {end}") } else { String::new() };
        let branches: Vec<_> = timeline.branches().collect();
        let branch = branches.iter().find(|it| branches.len() > 1 && it.id == now.branch);
        let on = branch.map(|it| format!(" on {}", source::visible(&it.name))).unwrap_or_default();
        format!("tick {}{of}{on}", now.tick)
    }

    /// Up to when the client knows what this branch has written.
    fn told_to(&self) -> Tick {
        let timeline = self.debugger.timeline();
        let id = timeline.now().branch;
        let begin = || {
            let branch = timeline.branches().find(|branch| branch.id == id);
            branch.map_or(timeline.start(), |branch| branch.begin)
        };
        self.shown_to.get(&id).copied().unwrap_or_else(begin)
    }

    /// Tells what was written up to now, unless the client was told when it was.
    fn tell_output(&mut self, was_told: bool, connection: &mut Connection) {
        let timeline = self.debugger.timeline();
        let (now, told) = (timeline.now(), self.told_to());
        if now.tick <= told {
            return;
        }
        if !was_told {
            let outputs = timeline.outputs_since(told);
            if outputs.is_elided {
                connection.tell("output", to_dap::console("… earlier output is left out\n"));
            }
            for (stream, bytes) in
                [(Stream::Output, &outputs.output), (Stream::Error, &outputs.error)]
            {
                let text = self.texts.take(stream, bytes);
                if !text.is_empty() {
                    connection.tell("output", to_dap::output(stream, &text));
                }
            }
        }
        self.shown_to.insert(now.branch, now.tick);
    }
}
