//! Moments as a user writes them.

use std::ops::ControlFlow;

use machine::{Edit, Inspect, Machine, Probes, Tick};
use timeline::{Moment, Order, Stretch};

use crate::debugger::Debugger;
use crate::drive::patience;
use crate::error::CommandError;
use crate::world::World;

/// Where to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Target {
    Tick(Tick),
    Moment(Moment),
    /// Thousandths of a per cent of the whole run.
    Percent(u32),
    Start,
    End,
}

/// [`Target::Percent`] of everything.
const WHOLE: u32 = 100_000;

impl<M: Machine + Inspect + Edit> Debugger<M> {
    /// Reads `TICK|PERCENT%|start|end|MARK|LINE:N`, where N counts the times that control comes to
    /// the line in what is known of this branch.
    pub(crate) fn target(
        &mut self,
        text: &str,
        world: &mut dyn World,
    ) -> Result<Target, CommandError> {
        let text = text.trim();
        if let Some((line, count)) = text.rsplit_once(':')
            && let Ok(count) = count.parse::<u64>()
            && count > 0
            && self.timeline.mark(text).is_none()
        {
            return self.pass(line, count, world).map(Target::Tick);
        }
        let no_moment = || CommandError::NoMoment { text: text.to_owned() };
        if let Some(moment) = self.timeline.mark(text) {
            return Ok(Target::Moment(moment));
        }
        if let Some(number) = text.strip_suffix('%') {
            return percent(number.trim()).map(Target::Percent).ok_or_else(no_moment);
        }
        match text {
            "start" => Ok(Target::Start),
            "end" => Ok(Target::End),
            text => text.parse().map(Target::Tick).map_err(|_| no_moment()),
        }
    }

    /// The moment at which control comes to a line so many times, counted from 1.
    fn pass(
        &mut self,
        line: &str,
        count: u64,
        world: &mut dyn World,
    ) -> Result<Tick, CommandError> {
        let (place, positions) = self.positions(line)?;
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let is_first = self.peek(start, |d| positions.contains(&d.machine().position()));
        let mut passes = u64::from(is_first);
        if passes == count {
            return Ok(start);
        }
        let probes = Probes { breakpoints: positions.into_iter().collect(), ..Probes::none() };
        let look = |stretch: &mut Stretch<'_, M>| {
            let mut passes = 0_u64;
            stretch.run(&probes, &mut |_, _| {
                passes += 1;
                ControlFlow::Continue(())
            })?;
            ControlFlow::Continue((stretch.begin(), passes))
        };
        let mut within = None;
        let mut take = |(begin, more): (Tick, u64)| {
            if passes + more < count {
                passes += more;
                return ControlFlow::Continue(());
            }
            within = Some(begin);
            ControlFlow::Break(())
        };
        let (past, order) = ((start, end), Order::OldestFirst);
        let ended = self.timeline.survey(past, order, &look, &mut take, &mut patience(world));
        ended.continue_value().ok_or(CommandError::Interrupted)?;
        let mut found = None;
        if let Some(begin) = within {
            self.timeline.each(begin, end, &probes, &mut |machine, _| {
                passes += 1;
                if passes < count {
                    return ControlFlow::Continue(());
                }
                found = Some(machine.tick());
                ControlFlow::Break(())
            });
        }
        found.ok_or(CommandError::NoPass { place, count, passes })
    }

    /// The tick of the past that `text` means.
    ///
    /// # Errors
    /// It names no moment of this branch, or the user wants control back.
    pub fn tick_of(&mut self, text: &str, world: &mut dyn World) -> Result<Tick, CommandError> {
        self.past_tick(text, world)
    }

    /// The same, of the past only, for looking there.
    pub(crate) fn past_tick(
        &mut self,
        text: &str,
        world: &mut dyn World,
    ) -> Result<Tick, CommandError> {
        match self.target(text, world)? {
            Target::Tick(tick) => Ok(tick.clamp(self.timeline.start(), self.timeline.end())),
            Target::Start => Ok(self.timeline.start()),
            Target::End => Ok(self.timeline.end()),
            Target::Percent(percent) => Ok(self.share_of_past(percent)),
            Target::Moment(moment) if moment.branch == self.timeline.now().branch => {
                Ok(moment.tick)
            }
            Target::Moment(_) => Err(CommandError::NoMoment { text: text.to_owned() }),
        }
    }

    /// The tick at which this share of the known past of the branch was over.
    pub(crate) fn share_of_past(&self, percent: u32) -> Tick {
        self.part_of_past(percent.into(), WHOLE.into())
    }

    /// The tick at which `part` of `whole` equal parts of the past were over.
    pub(crate) fn part_of_past(&self, part: u64, whole: u64) -> Tick {
        let (start, end) = (self.timeline.start(), self.timeline.end());
        let share = |length: u64| {
            let part = u128::from(length) * u128::from(part) / u128::from(whole.max(1));
            u64::try_from(part).unwrap_or(u64::MAX)
        };
        if part >= whole {
            return end;
        }
        if end.safepoints == start.safepoints {
            let steps = share(u64::from(end.steps.saturating_sub(start.steps)));
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            return Tick { steps: start.steps.saturating_add(steps), ..start };
        }
        Tick::at(start.safepoints + share(end.safepoints - start.safepoints)).max(start)
    }
}

/// `12.5` as thousandths, up to 100.
fn percent(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let part: u32 = format!("{part:0<3}").parse().ok()?;
    let value = whole.checked_mul(1_000)?.checked_add(part)?;
    (value <= WHOLE).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_may_have_a_fraction_and_is_at_most_a_hundred() {
        assert_eq!(percent("50"), Some(50_000));
        assert_eq!(percent("12.5"), Some(12_500));
        assert_eq!(percent("100"), Some(WHOLE));
        for wrong in ["100.001", "101", "-1", "", "x", "1.2345", "1.x", "99999999999"] {
            assert_eq!(percent(wrong), None, "{wrong}");
        }
    }
}
