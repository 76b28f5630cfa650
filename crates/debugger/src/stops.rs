//! Setting, listing and forgetting breakpoints and watches.

use std::fmt::Write as _;

use machine::{CodePosition, Edit, Inspect, Machine, Place};

use crate::breakpoint::{Breakpoint, Lies, StopKind};
use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::look::TABLE;
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
        let found = self.positions(place)?;
        Ok(Reply::text(self.add_breakpoint(found, condition)?.to_string()))
    }

    /// Stops at a line, or at the next one that has code, where the condition holds.
    ///
    /// # Errors
    /// There is no such line, or the condition is none.
    pub fn break_at(
        &mut self,
        place: Place,
        condition: Option<String>,
    ) -> Result<&Breakpoint, CommandError> {
        let found = self.positions_from(place)?;
        self.add_breakpoint(found, condition)
    }

    /// Stops where a function or label begins, where the condition holds.
    ///
    /// # Errors
    /// There is no such name, or the condition is none.
    pub fn break_in(
        &mut self,
        name: &str,
        condition: Option<String>,
    ) -> Result<&Breakpoint, CommandError> {
        let found = self.positions_of(name)?;
        self.add_breakpoint(found, condition)
    }

    fn add_breakpoint(
        &mut self,
        (place, positions): (String, Vec<CodePosition>),
        condition: Option<String>,
    ) -> Result<&Breakpoint, CommandError> {
        if let Some(condition) = &condition {
            self.machine().dependencies(condition).map_err(CommandError::expression(condition))?;
        }
        Ok(self.breakpoints.add(StopKind::Code { place, positions, condition }))
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
            let (expression, is_whole) = match arguments.strip_suffix(" --all") {
                Some(expression) => (expression.trim_end(), true),
                None => (arguments, false),
            };
            let mut text = self.watch(expression, is_whole)?.to_string();
            let kind = self.machine().evaluate(expression).map(|value| value.kind);
            if !is_whole && kind.is_ok_and(|kind| kind == TABLE) {
                text.push_str("\nonly its first rows are looked at; --all looks at all");
            }
            return Ok(Reply::text(text));
        };
        Ok(Reply::text(self.breakpoints.add(kind).to_string()))
    }

    /// Stops where the value that `expression` names changes; of a table, its first rows, or all.
    ///
    /// # Errors
    /// It names none that can be followed.
    pub fn watch(&mut self, expression: &str, is_whole: bool) -> Result<&Breakpoint, CommandError> {
        let lies = match Target::of(self.machine(), expression)? {
            Target::Place(location) => Lies::Here(location),
            Target::Value { expression, .. } => {
                Lies::On(self.machine().rests_on(&expression).unwrap_or_default())
            }
        };
        let expression = expression.to_owned();
        Ok(self.breakpoints.add(StopKind::Value { expression, lies, is_whole }))
    }

    /// Forgets a breakpoint or watch; says whether there was one.
    pub fn forget(&mut self, number: u32) -> bool {
        self.breakpoints.remove(number)
    }

    pub(crate) fn delete(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        if arguments == "all" {
            self.breakpoints.clear();
            return Ok(Reply::text("all breakpoints and watches are gone"));
        }
        if arguments.is_empty() {
            return Err(usage(Verb::Delete));
        }
        let removed = arguments.parse().is_ok_and(|number| self.forget(number));
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
