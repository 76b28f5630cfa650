//! Where the user wants to stop: breakpoints and watches, numbered together.

use std::fmt;

use machine::{CodePosition, Inspect, Location, Probes};

/// A breakpoint or a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakpoint {
    /// What the user calls it.
    pub number: u32,
    /// What it stops for.
    pub kind: StopKind,
}

impl Breakpoint {
    /// The command that sets it.
    #[must_use]
    pub fn command(&self) -> String {
        match &self.kind {
            StopKind::Code { place, condition: None, .. } => format!("break {place}"),
            StopKind::Code { place, condition: Some(condition), .. } => {
                format!("break {place} if {condition}")
            }
            StopKind::Value { expression, is_whole, .. } => {
                format!("watch {expression}{}", if *is_whole { " --all" } else { "" })
            }
            StopKind::Condition { expression, .. } => format!("watch -c {expression}"),
        }
    }

    /// The command that sets it in another program, in which the text `old` is called `new`.
    #[must_use]
    pub fn command_after_renaming(&self, old: &str, new: &str) -> String {
        if let StopKind::Code { place, positions, condition } = &self.kind
            && let Some((file, line)) = place.rsplit_once(':')
            && file == old
        {
            let (place, positions) = (format!("{new}:{line}"), positions.clone());
            let kind = StopKind::Code { place, positions, condition: condition.clone() };
            return Self { number: self.number, kind }.command();
        }
        self.command()
    }
}

/// What a breakpoint or watch stops for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopKind {
    /// Control arrives somewhere.
    Code {
        /// As the user wrote it.
        place: String,
        /// Where that is.
        positions: Vec<CodePosition>,
        /// Must hold, in the guest's syntax.
        condition: Option<String>,
    },
    /// A value changes.
    Value {
        /// As the user wrote it.
        expression: String,
        /// Where it lies.
        lies: Lies,
        /// Whether all of a table is looked at, and not only its first rows.
        is_whole: bool,
    },
    /// A condition becomes true.
    Condition {
        /// In the guest's syntax.
        expression: String,
        /// What its value depends on.
        dependencies: Vec<Location>,
        /// Whether what it depends on has been seen to change, so that every step counts.
        is_shifting: bool,
        /// Whether what it depends on says itself where it moves.
        is_followed: bool,
    },
}

/// Where a watched value lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lies {
    /// Where it was stored when the watch was set.
    Here(Location),
    /// It moves, and rests on what is stored here now.
    On(Vec<Location>),
}

impl fmt::Display for Breakpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StopKind::Code { place, condition: None, .. } => {
                write!(f, "breakpoint {} at {place}", self.number)
            }
            StopKind::Code { place, condition: Some(condition), .. } => {
                write!(f, "breakpoint {} at {place} if {condition}", self.number)
            }
            StopKind::Value { expression, is_whole, .. } => {
                let all = if *is_whole { " --all" } else { "" };
                write!(f, "watch {}: {expression}{all}", self.number)
            }
            StopKind::Condition { expression, .. } => {
                write!(f, "watch {}: becomes true: {expression}", self.number)
            }
        }
    }
}

/// All breakpoints and watches of a session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breakpoints {
    list: Vec<Breakpoint>,
    last_number: u32,
}

impl Breakpoints {
    pub(crate) fn add(&mut self, kind: StopKind) -> &Breakpoint {
        self.last_number += 1;
        self.list.push(Breakpoint { number: self.last_number, kind });
        &self.list[self.list.len() - 1]
    }

    /// Forgets one; says whether it was there.
    pub(crate) fn remove(&mut self, number: u32) -> bool {
        let before = self.list.len();
        self.list.retain(|breakpoint| breakpoint.number != number);
        self.list.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
    }

    pub(crate) fn list(&self) -> &[Breakpoint] {
        &self.list
    }

    /// What a machine must be asked for so that no stop is missed.
    pub(crate) fn probes(&self) -> Probes {
        let mut probes = Probes::none();
        for breakpoint in &self.list {
            match &breakpoint.kind {
                StopKind::Code { positions, .. } => probes.breakpoints.extend(positions),
                StopKind::Value { lies: Lies::Here(location), .. } => {
                    probes.watches.push(*location);
                }
                StopKind::Value { lies: Lies::On(locations), .. } => {
                    probes.watches.extend(locations);
                }
                StopKind::Condition { is_shifting: true, .. } => probes.every_step = true,
                StopKind::Condition { dependencies, .. } => probes.watches.extend(dependencies),
            }
        }
        probes
    }

    /// The conditions that depend on something else here than was known so far.
    pub(crate) fn shifted(&self, machine: &impl Inspect) -> Vec<u32> {
        let is_new = |breakpoint: &&Breakpoint| match &breakpoint.kind {
            StopKind::Condition {
                expression,
                dependencies,
                is_shifting: false,
                is_followed: false,
            } => machine.dependencies(expression).is_ok_and(|found| found != *dependencies),
            StopKind::Condition { .. } | StopKind::Code { .. } | StopKind::Value { .. } => false,
        };
        self.list.iter().filter(is_new).map(|breakpoint| breakpoint.number).collect()
    }

    /// Whether some value is followed that moves.
    pub(crate) fn has_moving(&self) -> bool {
        self.list.iter().any(|breakpoint| match &breakpoint.kind {
            StopKind::Value { lies, .. } => matches!(lies, Lies::On(_)),
            StopKind::Condition { is_followed, .. } => *is_followed,
            StopKind::Code { .. } => false,
        })
    }

    /// Takes note of where values that are followed lie here; says whether any has moved.
    pub(crate) fn follow(&mut self, machine: &impl Inspect) -> bool {
        let mut has_moved = false;
        for breakpoint in &mut self.list {
            let (expression, known) = match &mut breakpoint.kind {
                StopKind::Value { expression, lies: Lies::On(known), .. } => (expression, known),
                StopKind::Condition { expression, dependencies, is_followed: true, .. } => {
                    (expression, dependencies)
                }
                StopKind::Value { .. } | StopKind::Condition { .. } | StopKind::Code { .. } => {
                    continue;
                }
            };
            if let Some(found) = machine.rests_on(expression)
                && found != *known
            {
                *known = found;
                has_moved = true;
            }
        }
        has_moved
    }

    /// From now on every step counts for these conditions.
    pub(crate) fn set_shifting(&mut self, numbers: &[u32]) {
        for breakpoint in &mut self.list {
            if let StopKind::Condition { is_shifting, .. } = &mut breakpoint.kind
                && numbers.contains(&breakpoint.number)
            {
                *is_shifting = true;
            }
        }
    }
}
