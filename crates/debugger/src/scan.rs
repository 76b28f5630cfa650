//! Sifting probe hits: which of them the user's breakpoints and watches really stop for.

use machine::{Hit, Inspect, Machine};

use crate::breakpoint::Breakpoints;
use crate::glance::Glance;
use crate::stop::Why;

/// Follows a run from hit to hit. Between two hits nothing that is watched changes, so the last
/// hit stands for the moment just before this one.
#[derive(Debug)]
pub(crate) struct Scan {
    before: Option<Glance>,
    /// Conditions found to depend on something else than was probed for.
    shifted: Vec<u32>,
}

impl Scan {
    /// Starts at a moment that is looked at.
    pub(crate) fn from<M: Machine + Inspect>(machine: &M, breakpoints: &Breakpoints) -> Self {
        Self { before: Some(Glance::at(machine, breakpoints)), shifted: Vec::new() }
    }

    /// Starts somewhere unknown.
    pub(crate) fn unknown() -> Self {
        Self { before: None, shifted: Vec::new() }
    }

    /// Whether this hit is only control's coming to breakpoints whose conditions do not hold. Then
    /// nothing that is watched has changed, and no more need be looked at.
    pub(crate) fn is_idle<M: Machine + Inspect>(
        &self,
        machine: &M,
        hit: Hit,
        breakpoints: &Breakpoints,
    ) -> bool {
        self.before.is_some()
            && matches!(hit, Hit::Breakpoint(_))
            && Glance::arrivals(machine, breakpoints).next().is_none()
    }

    /// Why the user stops at this hit; empty if not.
    pub(crate) fn reasons<M: Machine + Inspect>(
        &mut self,
        machine: &M,
        breakpoints: &Breakpoints,
    ) -> Vec<Why> {
        let glance = Glance::at(machine, breakpoints);
        let reasons = match &self.before {
            Some(before) => glance.reasons_after(before, breakpoints),
            None => Vec::new(),
        };
        self.before = Some(glance);
        reasons
    }

    /// Whether this hit may be a stop; to be made sure of by [`Self::reasons`] with the moment
    /// before. Hits must come in the order of time.
    pub(crate) fn is_candidate<M: Machine + Inspect>(
        &mut self,
        machine: &M,
        hit: Hit,
        breakpoints: &Breakpoints,
    ) -> bool {
        if self.is_idle(machine, hit, breakpoints) {
            return false;
        }
        self.shifted.extend(breakpoints.shifted(machine));
        if self.before.is_some() {
            return !self.reasons(machine, breakpoints).is_empty();
        }
        let glance = Glance::at(machine, breakpoints);
        let may = glance.may_have_reasons();
        self.before = Some(glance);
        may
    }

    /// Conditions found to shift on the way.
    pub(crate) fn shifted(&self) -> &[u32] {
        &self.shifted
    }
}
