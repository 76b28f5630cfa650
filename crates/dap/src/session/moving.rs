//! Moving through time, and telling where it ended.

use debugger::{Stopped, Why};
use machine::{Edit, Inspect, Machine, Place, Tick};
use serde_json::{Value, json};

use super::{Answered, Debuggee, Host, WHILE_RUNNING};
use crate::connection::Connection;
use crate::from_dap::LineOf;
use crate::outside::Outside;
use crate::to_dap;

/// The exit code of a program that faulted, as the command line has it.
const FAULTED: i64 = 70;

/// A way to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    /// Stay where one is: a program is stopped at its beginning.
    Stay,
    On,
    Back,
    Into,
    IntoBack,
    Over,
    OverBack,
    Out,
    OutBack,
    Instruction,
    InstructionBack,
    /// To the end of a recording.
    End,
    Aim(Aim),
}

/// What `goto` leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    /// A moment that is known.
    Tick(Tick),
    /// The next time, not known yet, at which control comes to a line.
    Line(Place),
}

impl Move {
    /// The reason for standing still where the move came as far as it was to.
    const fn usual(self) -> &'static str {
        match self {
            Self::Stay => "entry",
            Self::On | Self::Back => "pause",
            Self::Aim(_) | Self::End => "goto",
            Self::Into
            | Self::IntoBack
            | Self::Over
            | Self::OverBack
            | Self::Out
            | Self::OutBack
            | Self::Instruction
            | Self::InstructionBack => "step",
        }
    }

    /// Whether it may be broken off and begun again from where it came to.
    pub(super) const fn may_be_resumed(self) -> bool {
        matches!(self, Self::On | Self::Back)
    }
}

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    /// How a session begins.
    pub(super) fn first_move(&self) -> Move {
        match (self.launch.stop_on_entry, self.launch.recording.is_some() || self.launch.last) {
            (true, _) => Move::Stay,
            // A recording is opened for its end: that is where it went wrong.
            (false, true) => Move::End,
            (false, false) => Move::On,
        }
    }

    /// Leaving a call is possible within one.
    pub(super) fn out_of(&self, moving: Move, instead: &str) -> Result<Move, String> {
        match self.debugger.machine().depth() {
            0 => {
                Err(format!("this is the outermost code: nothing called it (`{instead}` goes on)"))
            }
            _ => Ok(moving),
        }
    }

    /// The move to a target that `gotoTargets` has given.
    pub(super) fn aimed(&self, id: i64) -> Result<Move, String> {
        let aim = usize::try_from(id).ok().and_then(|index| self.aims.get(index.checked_sub(1)?));
        aim.map(|aim| Move::Aim(*aim)).ok_or_else(|| format!("there is no target {id} any more"))
    }

    /// Moves until there is a reason to stop, answering the client meanwhile, and tells which.
    pub(super) fn run(&mut self, moving: &Move, connection: &mut Connection) {
        let before = self.debugger.timeline().now();
        loop {
            let (stopped, has_yielded) = self.moved(*moving, connection);
            if !has_yielded {
                self.debugger.remember(before);
                return self.arrive(&stopped, *moving, connection);
            }
            if self.serve(connection) {
                return self.debugger.remember(before);
            }
        }
    }

    /// Moves once. Says where that ended, and whether it did so only to hear the client.
    fn moved(&mut self, moving: Move, connection: &mut Connection) -> (Stopped, bool) {
        let is_silent = self.told_to() < self.debugger.timeline().end();
        let mut world = Outside {
            thread: self.thread(),
            world: &mut self.host,
            connection,
            texts: &mut self.texts,
            is_silent,
            yields: moving.may_be_resumed(),
            is_paused: false,
            has_yielded: false,
        };
        let debugger = &mut self.debugger;
        let here = |debugger: &debugger::Debugger<M>| Stopped {
            tick: debugger.timeline().now().tick,
            why: Vec::new(),
        };
        let stopped = match moving {
            Move::Stay => here(debugger),
            Move::On => debugger.go(&mut world),
            Move::Back => debugger.go_back(&mut world),
            Move::Into => debugger.step(&mut world),
            Move::IntoBack => debugger.back(&mut world),
            Move::Over => debugger.next(&mut world),
            Move::OverBack => debugger.rnext(&mut world),
            Move::Instruction => debugger.step_instructions(1, &mut world),
            Move::InstructionBack => debugger.back_instructions(1, &mut world),
            // That there is a caller was looked at before; a moment that is known is there.
            Move::Out => debugger.finish(&mut world).unwrap_or_else(|_| here(debugger)),
            Move::OutBack => debugger.rfinish(&mut world).unwrap_or_else(|_| here(debugger)),
            Move::End => debugger.go_to("end", &mut world).unwrap_or_else(|_| here(debugger)),
            Move::Aim(Aim::Tick(tick)) => {
                let text = tick.to_string();
                debugger.go_to(&text, &mut world).unwrap_or_else(|_| here(debugger))
            }
            Move::Aim(Aim::Line(place)) => {
                let number = debugger.break_at(place, None).map(|stop| stop.number);
                let stopped = debugger.go(&mut world);
                if let Ok(number) = number {
                    debugger.forget(number);
                    let is_own = |why: &Why| matches!(why, Why::Breakpoint { number: found, .. } if *found == number);
                    let why = stopped.why.into_iter().filter(|why| !is_own(why)).collect();
                    Stopped { why, ..stopped }
                } else {
                    stopped
                }
            }
        };
        let has_yielded = world.has_yielded
            && !world.is_paused
            && stopped.why.iter().all(|why| *why == Why::Interrupted)
            && !stopped.why.is_empty();
        self.tell_output(!is_silent, connection);
        (stopped, has_yielded)
    }

    /// Answers what came while the program ran; says whether it is not to go on.
    fn serve(&mut self, connection: &mut Connection) -> bool {
        loop {
            let Some(request) = connection.held().pop_front() else {
                return connection.poll() || self.is_over;
            };
            match request.command.as_str() {
                "disconnect" => {
                    connection.held().push_front(request);
                    return true;
                }
                command if WHILE_RUNNING.contains(&command) => {
                    super::Session::handle(self, &request, connection);
                }
                _ => connection.refuse(&request, "the program is running; `pause` stops it"),
            }
            if self.is_over {
                return true;
            }
        }
    }

    /// Tells where a move has ended; where the program has, that may end the session.
    fn arrive(&mut self, stopped: &Stopped, moving: Move, connection: &mut Connection) {
        let is_faulted = to_dap::fault(stopped).is_some();
        let code = to_dap::exit_code(stopped).or(is_faulted.then_some(FAULTED));
        let stops_at_end = self.launch.stop_at_end.unwrap_or(!self.launch.no_debug);
        // Who goes on at the end means to leave.
        let is_leaving = moving == Move::On && self.is_at_end;
        if code.is_some() && (!stops_at_end || is_leaving) {
            if let Some(fault) = to_dap::fault(stopped).filter(|_| !stops_at_end) {
                let text = format!("fault: {fault}\n");
                connection.tell("output", to_dap::output(machine::Stream::Error, &text));
            }
            return self.end(code, connection);
        }
        self.tell_stopped(stopped, moving.usual(), connection);
    }

    /// Tells why time stands still.
    pub(super) fn tell_stopped(
        &mut self,
        stopped: &Stopped,
        usual: &str,
        connection: &mut Connection,
    ) {
        self.shown.clear();
        self.aims.clear();
        self.fault = to_dap::fault(stopped).map(str::to_owned);
        self.is_at_end = self.fault.is_some() || to_dap::exit_code(stopped).is_some();
        let body = to_dap::stopped(stopped, usual, |number| self.stops.is_function(number));
        connection.tell("stopped", body);
    }

    /// Where time stands, for no further reason.
    pub(super) fn standing(&self) -> Stopped {
        let fault = self.fault.iter().map(|fault| Why::Fault(fault.clone()));
        Stopped { tick: self.debugger.timeline().now().tick, why: fault.collect() }
    }

    pub(super) fn exception_info(&self) -> Answered {
        let fault = self.fault.as_ref().ok_or("the program has not faulted here")?;
        Ok(json!({ "exceptionId": "fault", "description": fault, "breakMode": "always" }))
    }

    /// The times at which control comes to a line: the last before now, and the next.
    pub(super) fn goto_targets(
        &mut self,
        wanted: &LineOf,
        connection: &mut Connection,
    ) -> Answered {
        let place = self.place_of(&wanted.source, wanted.line)?;
        let thread = self.thread();
        let mut world = Outside {
            world: &mut self.host,
            connection,
            texts: &mut self.texts,
            is_silent: true,
            yields: false,
            thread,
            is_paused: false,
            has_yielded: false,
        };
        let passes = self.debugger.passes_near(place, &mut world);
        let passes = passes.map_err(|error| error.to_string())?;
        let mut found: Vec<(String, Aim)> = Vec::new();
        if let Some(tick) = passes.before {
            found.push((format!("back to the time before, tick {tick}"), Aim::Tick(tick)));
        }
        match passes.after {
            Some(tick) => {
                found.push((format!("on to the next time, tick {tick}"), Aim::Tick(tick)));
            }
            None if !passes.is_over => {
                found.push(("run on until here".to_owned(), Aim::Line(passes.place)));
            }
            None => {}
        }
        if found.is_empty() {
            return Err("control never comes to this line".to_owned());
        }
        self.aims = found.iter().map(|(_, aim)| *aim).collect();
        let line = self.to_line(passes.place.line);
        let target = |(id, (label, _)): (i64, &(String, Aim))| -> Value {
            json!({ "id": id, "label": label, "line": line })
        };
        Ok(json!({ "targets": (1..).zip(&found).map(target).collect::<Vec<_>>() }))
    }
}
