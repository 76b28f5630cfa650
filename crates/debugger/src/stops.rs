//! Setting, listing and forgetting breakpoints and watches.

use std::fmt::Write as _;

use machine::{Edit, Inspect, Machine};

use crate::breakpoint::{Lies, StopKind};
use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::reply::Reply;
use crate::target::Target;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn set_breakpoint(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let (place, condition) = match arguments.split_once(" if ") {
            Some((place, condition)) => (place.trim(), Some(condition.trim().to_owned())),
            None => (arguments, None),
        };
        if place.is_empty() || condition.as_ref().is_some_and(String::is_empty) {
            return Err(usage(Verb::Break));
        }
        if let Some(condition) = &condition {
            self.machine().dependencies(condition).map_err(CommandError::expression(condition))?;
        }
        let (place, positions) = self.positions(place)?;
        let kind = StopKind::Code { place, positions, condition };
        Ok(Reply::text(self.breakpoints.add(kind).to_string()))
    }

    pub(crate) fn set_watch(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let kind = if let Some(condition) = arguments.strip_prefix("-c ") {
            let expression = condition.trim().to_owned();
            let dependencies = self.machine().dependencies(&expression);
            let dependencies = dependencies.map_err(CommandError::expression(&expression))?;
            let is_followed = self.machine().rests_on(&expression).is_some();
            StopKind::Condition { expression, dependencies, is_shifting: false, is_followed }
        } else if arguments.is_empty() || arguments.starts_with('-') {
            return Err(usage(Verb::Watch));
        } else {
            let expression = arguments.to_owned();
            let lies = match Target::of(self.machine(), &expression)? {
                Target::Place(location) => Lies::Here(location),
                Target::Value(expression) => {
                    Lies::On(self.machine().rests_on(&expression).unwrap_or_default())
                }
            };
            StopKind::Value { expression, lies }
        };
        Ok(Reply::text(self.breakpoints.add(kind).to_string()))
    }

    pub(crate) fn delete(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        if arguments == "all" {
            self.breakpoints.clear();
            return Ok(Reply::text("all breakpoints and watches are gone"));
        }
        if arguments.is_empty() {
            return Err(usage(Verb::Delete));
        }
        let removed = arguments.parse().is_ok_and(|number| self.breakpoints.remove(number));
        if removed {
            Ok(Reply::text(format!("{arguments} is gone")))
        } else {
            Err(CommandError::NoBreakpoint { number: arguments.to_owned() })
        }
    }

    pub(crate) fn list_breakpoints(&self) -> Reply {
        let mut text = String::new();
        for breakpoint in self.breakpoints.list() {
            let _ = writeln!(text, "{breakpoint}");
        }
        if text.is_empty() {
            text.push_str("no breakpoints and no watches");
        }
        Reply::text(text)
    }
}
