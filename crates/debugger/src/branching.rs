//! What if: changing a value, and the branches that come of it.

use std::fmt::Write as _;

use machine::{Edit, Inspect, Machine};
use timeline::{BranchId, Moment};

use crate::command::Verb;
use crate::debugger::{Debugger, usage};
use crate::error::CommandError;
use crate::look::show;
use crate::reply::Reply;
use source::visible;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    pub(crate) fn set(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let moment = self.timeline.now();
        let change = self.assign(arguments)?;
        self.remember(moment);
        let (name, old) = (self.branch_name(self.timeline.now().branch), moment.branch);
        Ok(Reply::text(format!(
            "{change}\nbranch {name} starts here; `switch {}` goes back\n{}",
            self.branch_name(old),
            self.here()
        )))
    }

    /// Carries out `LOCATION = VALUE`, which starts a branch; says what was there, and what is.
    ///
    /// # Errors
    /// There is no such place, or the value cannot be put there; nothing is changed.
    pub fn assign(&mut self, assignment: &str) -> Result<String, CommandError> {
        let (target, value) = parts(assignment).ok_or_else(|| usage(Verb::Set))?;
        self.put(target, value)
    }

    /// Makes `value` what `target` names, which starts a branch; says what was there, and what is.
    ///
    /// # Errors
    /// As for [`assign`](Self::assign).
    pub fn put(&mut self, target: &str, value: &str) -> Result<String, CommandError> {
        if let Err(error) = self.machine().locate(target).map_err(CommandError::expression(target))
        {
            // An element of what is copied when it changes may have no place, and yet be set.
            self.machine().evaluate(target).map_err(|_| error)?;
        }
        let value_now = |d: &Self| d.machine().evaluate(target).map(|value| show(&value));
        let before = value_now(self).unwrap_or_default();
        let name = self.free_name();
        self.timeline.change(name.as_str(), |machine| machine.set(target, value))?;
        let after = value_now(self).unwrap_or_default();
        Ok(format!("{target}: {before} → {after}"))
    }

    /// Folds what a branch changed since it parted from this one into the state here.
    pub(crate) fn merge(&mut self, arguments: &str) -> Result<Reply, CommandError> {
        let words: Vec<&str> = arguments.split_whitespace().collect();
        let [name, strategy] = words[..] else { return Err(usage(Verb::Merge)) };
        let (id, here) = (self.branch_id(name)?, self.timeline.now());
        if id == here.branch {
            return Err(CommandError::SameBranch { name: name.to_owned() });
        }
        let found = self.timeline.branches().find(|branch| branch.id == id);
        let tick = found.map_or(here.tick, |branch| branch.end);
        let base = self.parting(id, here.branch);
        let base = self.snapshot_at(base)?;
        let theirs = self.snapshot_at(Moment { branch: id, tick })?;
        self.timeline.goto_moment(here)?;
        let merged = self.free_name();
        let edit = |machine: &mut M| machine.merge(&base, &theirs, strategy);
        self.timeline.change(merged.as_str(), edit)?;
        self.remember(here);
        let (name, old) = (visible(name), self.branch_name(here.branch));
        Ok(Reply::text(format!(
            "branch {merged} starts here with what {name} changed; `switch {old}` goes back\n{}",
            self.here()
        )))
    }

    fn snapshot_at(&mut self, moment: Moment) -> Result<M::Snapshot, CommandError> {
        self.timeline.goto_moment(moment)?;
        Ok(self.timeline.snapshot())
    }

    pub(crate) fn branch(&mut self, name: &str) -> Result<Reply, CommandError> {
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(usage(Verb::Branch));
        }
        if self.branch_id(name).is_ok() {
            return Err(CommandError::BranchExists { name: name.to_owned() });
        }
        let moment = self.timeline.now();
        self.timeline.branch(name);
        self.remember(moment);
        Ok(Reply::text(format!("branch {} starts at tick {}", visible(name), moment.tick)))
    }

    pub(crate) fn branches(&self) -> Reply {
        let now = self.timeline.now();
        let mut text = String::new();
        for branch in self.timeline.branches() {
            let marker = if branch.id == now.branch { "*" } else { " " };
            let name = visible(&branch.name);
            let _ = write!(text, "{marker} {name:16} to tick {}", branch.end);
            if let Some(parent) = branch.parent {
                let how = if branch.is_edited { ", changed there" } else { "" };
                let parent = self.branch_name(parent);
                let _ = write!(text, ", from {parent} at tick {}{how}", branch.begin);
            }
            text.push('\n');
        }
        Reply::text(text)
    }

    pub(crate) fn switch(&mut self, name: &str) -> Result<Reply, CommandError> {
        if name.is_empty() {
            return Err(usage(Verb::Switch));
        }
        let id = self.branch_id(name)?;
        let moment = self.timeline.now();
        if id != moment.branch {
            let tick = self.left_at.get(&id).copied().unwrap_or(self.timeline.start());
            self.timeline.goto_moment(Moment { branch: id, tick })?;
        }
        self.remember(moment);
        Ok(Reply::text(self.here()))
    }

    pub(crate) fn branch_name(&self, id: BranchId) -> String {
        let found = self.timeline.branches().find(|branch| branch.id == id);
        found.map_or_else(|| id.to_string(), |branch| visible(&branch.name))
    }

    pub(crate) fn branch_id(&self, name: &str) -> Result<BranchId, CommandError> {
        let branches: Vec<_> = self.timeline.branches().collect();
        let found = branches.iter().find(|branch| branch.name == name);
        found.map(|branch| branch.id).ok_or_else(|| {
            let names = branches.iter().map(|branch| branch.name.as_str());
            let nearest = source::nearest(name, names).map(str::to_owned);
            CommandError::NoBranch { name: name.to_owned(), nearest }
        })
    }

    /// `what-if-1` or the first such name that is free.
    fn free_name(&self) -> String {
        let mut names = (1_u64..).map(|number| format!("what-if-{number}"));
        names.find(|name| self.branch_id(name).is_err()).unwrap_or_default()
    }
}

/// `LOCATION = VALUE`, of which neither may be missing.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (target, value) = text.split_once('=')?;
    let (target, value) = (target.trim(), value.trim());
    let is_whole = !target.is_empty() && !value.is_empty() && !value.starts_with('=');
    is_whole.then_some((target, value))
}
