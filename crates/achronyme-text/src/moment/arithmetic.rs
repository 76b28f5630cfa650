//! Moments before and after others.

use jiff::{Span, Unit as Step, ZonedDifference};

use super::{Moment, duration, seconds};
use crate::Error;

/// How much later, as numbers that may be anything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Amount {
    /// Whole years of the calendar.
    pub years: f64,
    /// Whole months of the calendar.
    pub months: f64,
    /// Whole days of the calendar.
    pub days: f64,
    /// Hours that pass.
    pub hours: f64,
    /// Minutes that pass.
    pub minutes: f64,
    /// Seconds that pass.
    pub seconds: f64,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Of the calendar.
    Years,
    /// Of the calendar.
    Months,
    /// Seven days.
    Weeks,
    /// Of the calendar, which may have 23 or 25 hours.
    Days,
    /// Of 3600 seconds.
    Hours,
    /// Of 60 seconds.
    Minutes,
    /// Of the clock.
    Seconds,
}

impl Unit {
    /// The units and their names.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Seconds, "seconds"),
        (Self::Minutes, "minutes"),
        (Self::Hours, "hours"),
        (Self::Days, "days"),
        (Self::Weeks, "weeks"),
        (Self::Months, "months"),
        (Self::Years, "years"),
    ];
}

impl Moment {
    /// The moment so much later, or earlier. First the years and months: a day that the month does
    /// not have becomes its last. Then the days, and last what passes on the clock.
    ///
    /// # Errors
    /// It is beyond the calendar; or years, months or days are no integers.
    pub fn plus(&self, amount: &Amount) -> Result<Self, Error> {
        let beyond = |_| Error::new("the date is beyond the calendar");
        let years = whole("years", amount.years)?;
        let months = whole("months", amount.months)?;
        let days = whole("days", amount.days)?;
        let span = Span::new().try_years(years).and_then(|span| span.try_months(months));
        let span = span.and_then(|span| span.try_days(days)).map_err(beyond)?;
        let mut passing = duration(amount.hours, 3600.0)?;
        for (count, of) in [(amount.minutes, 60.0), (amount.seconds, 1.0)] {
            passing += duration(count, of)?;
        }
        let zoned = self.zoned.checked_add(span).map_err(beyond)?;
        Ok(Self { zoned: zoned.checked_add(passing).map_err(beyond)? })
    }

    /// How much later it is than another: negative if it is earlier. Units of the calendar are
    /// counted in the zone of the other, and what is left is a fraction of the next.
    ///
    /// # Errors
    /// One of them is at the very end of the calendar.
    pub fn since(&self, other: &Self, unit: Unit) -> Result<f64, Error> {
        let passed = || seconds(self.zoned.duration_since(&other.zoned));
        let step = match unit {
            Unit::Years => Step::Year,
            Unit::Months => Step::Month,
            Unit::Weeks | Unit::Days => Step::Day,
            Unit::Hours => return Ok(passed() / 3600.0),
            Unit::Minutes => return Ok(passed() / 60.0),
            Unit::Seconds => return Ok(passed()),
        };
        let beyond = |_| Error::new("a date is at the end of the calendar");
        let end = self.zoned.with_time_zone(other.zoned.time_zone().clone());
        let span = other.zoned.until(ZonedDifference::new(&end).largest(step)).map_err(beyond)?;
        let total = span.total((step, &other.zoned)).map_err(beyond)?;
        Ok(if unit == Unit::Weeks { total / 7.0 } else { total })
    }
}

/// An integer. One that is too large for the calendar is cut to what is also too large.
fn whole(name: &str, count: f64) -> Result<i64, Error> {
    if count.fract() != 0.0 || !count.is_finite() {
        return Err(Error::new(format!("{name} must be an integer, got {count}")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    Ok(count as i64)
}
