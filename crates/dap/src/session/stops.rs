//! Breakpoints and watches: what the client has set, and what was typed in its console.

use std::collections::{BTreeMap, BTreeSet};

use debugger::{Breakpoint, StopKind};
use machine::{Edit, Inspect, Machine, Place};
use serde_json::{Value, json};

use super::{Answered, Debuggee, Host};
use crate::connection::Connection;
use crate::from_dap::{
    DataBreakpointInfo, SetBreakpoints, SetDataBreakpoints, SetFunctionBreakpoints,
};

/// The numbers of what a client has set, kind by kind: it sets all of a kind at a time.
#[derive(Debug, Default)]
pub(super) struct Stops {
    /// By source text.
    lines: BTreeMap<u32, BTreeSet<u32>>,
    functions: BTreeSet<u32>,
    watches: BTreeSet<u32>,
}

impl Stops {
    pub(super) fn is_function(&self, number: u32) -> bool {
        self.functions.contains(&number)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// What is not done here, with the words for it.
const NO_COUNTS: &str = "counting hits has no meaning where one goes both ways: use a condition";
const NO_DEBUG: &str = "it was launched with `noDebug`";
const NO_LOGS: &str =
    "use `log LINE \"text {expression}\"` in the console: it prints for all of the past";

impl<M, H> Debuggee<M, H>
where
    M: Machine + Inspect + Edit,
    H: Host<M>,
{
    pub(super) fn set_breakpoints(&mut self, wanted: &SetBreakpoints) -> Answered {
        let found = self.expect_debugging().and_then(|()| self.sources.find(&wanted.source));
        let source = match found {
            Ok(source) => source,
            Err(reason) => {
                let all = wanted.breakpoints.iter().map(|_| unset(&reason)).collect::<Vec<_>>();
                return Ok(json!({ "breakpoints": all }));
            }
        };
        for number in self.stops.lines.remove(&source).unwrap_or_default() {
            self.debugger.forget(number);
        }
        let mut told = Vec::new();
        for one in &wanted.breakpoints {
            let set = match (&one.hit_condition, &one.log_message) {
                (Some(_), _) => Err(NO_COUNTS.to_owned()),
                (_, Some(_)) => Err(NO_LOGS.to_owned()),
                (None, None) => self.place_of(&wanted.source, one.line).and_then(|place| {
                    let set = self.debugger.break_at(place, condition(one.condition.as_ref()));
                    set.map(|stop| stop.number).map_err(|error| error.to_string())
                }),
            };
            if let Ok(number) = set {
                self.stops.lines.entry(source).or_default().insert(number);
            }
            told.push(self.told(set));
        }
        Ok(json!({ "breakpoints": told }))
    }

    pub(super) fn set_function_breakpoints(&mut self, wanted: SetFunctionBreakpoints) -> Answered {
        for number in std::mem::take(&mut self.stops.functions) {
            self.debugger.forget(number);
        }
        let mut told = Vec::new();
        for one in wanted.breakpoints {
            let set = match (self.expect_debugging(), &one.hit_condition) {
                (Err(reason), _) => Err(reason),
                (Ok(()), Some(_)) => Err(NO_COUNTS.to_owned()),
                (Ok(()), None) => {
                    let condition = condition(one.condition.as_ref());
                    let set = self.debugger.break_in(&one.name, condition);
                    set.map(|stop| stop.number).map_err(|error| error.to_string())
                }
            };
            self.stops.functions.extend(&set);
            told.push(self.told(set));
        }
        Ok(json!({ "breakpoints": told }))
    }

    pub(super) fn data_breakpoint_info(&self, wanted: &DataBreakpointInfo) -> Answered {
        let expression = match wanted.variables_reference {
            0 => wanted.name.clone(),
            reference => self.variable(reference, &wanted.name)?.expression,
        };
        let machine = self.debugger.machine();
        let located = machine.locate(&expression);
        if machine.rests_on(&expression).is_some() && machine.evaluate(&expression).is_ok() {
            return Ok(watchable(&expression));
        }
        Ok(match located {
            Ok(_) => watchable(&expression),
            Err(error) => json!({ "dataId": null, "description": error.to_string() }),
        })
    }

    pub(super) fn set_data_breakpoints(&mut self, wanted: SetDataBreakpoints) -> Answered {
        for number in std::mem::take(&mut self.stops.watches) {
            self.debugger.forget(number);
        }
        let mut told = Vec::new();
        for one in wanted.breakpoints {
            let is_write = one.access_type.is_none_or(|access| access == "write");
            let set = if let Err(reason) = self.expect_debugging() {
                Err(reason)
            } else if !is_write {
                Err("only changes of a value are watched".to_owned())
            } else if one.hit_condition.is_some() {
                Err(NO_COUNTS.to_owned())
            } else if one.condition.is_some() {
                Err("use `watch -c CONDITION` in the console".to_owned())
            } else {
                let set = self.debugger.watch(&one.data_id, false);
                set.map(|stop| stop.number).map_err(|error| error.to_string())
            };
            self.stops.watches.extend(&set);
            told.push(self.told(set));
        }
        Ok(json!({ "breakpoints": told }))
    }

    /// Breakpoints are for those who debug.
    fn expect_debugging(&self) -> Result<(), String> {
        if self.launch.no_debug { Err(NO_DEBUG.to_owned()) } else { Ok(()) }
    }

    /// Tells of breakpoints that were set or forgotten by a command. In another program all of them
    /// are others, whatever their numbers are.
    pub(super) fn tell_breakpoints(
        &mut self,
        before: &[Breakpoint],
        is_other_program: bool,
        connection: &mut Connection,
    ) {
        let after = self.debugger.breakpoints().to_vec();
        let is_in = |list: &[Breakpoint], one: &Breakpoint| {
            !is_other_program && list.iter().any(|other| other.number == one.number)
        };
        for gone in before.iter().filter(|one| !is_in(&after, one)) {
            let body = json!({ "id": gone.number, "verified": false });
            connection.tell("breakpoint", json!({ "reason": "removed", "breakpoint": body }));
        }
        for new in after.iter().filter(|one| !is_in(before, one)) {
            // The client takes it for one of its own, which it sets again with the others.
            if let Some(place) = self.place_of_stop(new) {
                self.stops.lines.entry(place.source).or_default().insert(new.number);
            }
            let body = self.told(Ok(new.number));
            connection.tell("breakpoint", json!({ "reason": "new", "breakpoint": body }));
        }
    }

    /// A breakpoint as the client is told of it.
    fn told(&self, set: Result<u32, String>) -> Value {
        let number = match set {
            Ok(number) => number,
            Err(reason) => return unset(&reason),
        };
        let mut body = json!({ "id": number, "verified": true });
        let list = self.debugger.breakpoints();
        let stop = list.iter().find(|stop| stop.number == number);
        if let Some(place) = stop.and_then(|stop| self.place_of_stop(stop)) {
            body["line"] = json!(self.to_line(place.line));
            body["source"] = self.sources.one(place.source);
        }
        body
    }

    fn place_of_stop(&self, stop: &Breakpoint) -> Option<Place> {
        match &stop.kind {
            StopKind::Code { positions, .. } => {
                positions.first().and_then(|position| self.debugger.machine().place(*position))
            }
            StopKind::Value { .. } | StopKind::Condition { .. } => None,
        }
    }
}

/// Clients send empty texts for what was not given.
fn condition(given: Option<&String>) -> Option<String> {
    given.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn unset(reason: &str) -> Value {
    json!({ "verified": false, "message": reason })
}

fn watchable(expression: &str) -> Value {
    json!({
        "dataId": expression,
        "description": expression,
        "accessTypes": ["write"],
        "canPersist": false,
    })
}
