//! Moments: days and times of day in a time zone, and what is computed with them.

mod arithmetic;
mod parts;
mod text;
mod zone;

use jiff::civil::Weekday;
use jiff::{SignedDuration, Timestamp, Zoned};

pub use arithmetic::{Amount, Unit};
pub use parts::Fields;

use crate::Error;

/// A moment as the clocks of a time zone show it: from the year -9999 to 9999 of the Gregorian
/// calendar, to the nanosecond, without leap seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    zoned: Zoned,
}

const NANOSECONDS: f64 = 1e9;

impl Moment {
    /// The moment so many seconds after the beginning of 1970 in UTC.
    ///
    /// # Errors
    /// There is no such zone, or it is too long before or after.
    pub fn from_timestamp(seconds: f64, zone: &str) -> Result<Self, Error> {
        let since = duration(seconds, 1.0)?;
        let timestamp = Timestamp::from_duration(since)
            .map_err(|_| Error::new("so long a time is beyond the calendar"))?;
        Ok(Self { zoned: timestamp.to_zoned(zone::named(zone)?) })
    }

    /// The moment so many nanoseconds after the beginning of 1970 in UTC.
    ///
    /// # Errors
    /// There is no such zone, or it is too long before or after.
    pub fn from_nanoseconds(nanoseconds: i64, zone: &str) -> Result<Self, Error> {
        let timestamp = Timestamp::from_nanosecond(nanoseconds.into())
            .map_err(|_| Error::new("the clock is beyond the calendar"))?;
        Ok(Self { zoned: timestamp.to_zoned(zone::named(zone)?) })
    }

    /// Seconds since the beginning of 1970 in UTC, as the nearest double.
    #[must_use]
    pub fn timestamp(&self) -> f64 {
        seconds(self.zoned.timestamp().as_duration())
    }

    /// The numbers of its parts: year, month, day, hour, minute, second, nanosecond.
    #[must_use]
    pub fn parts(&self) -> [f64; 7] {
        let at = &self.zoned;
        let clock = [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(f64::from);
        let [month, day, hour, minute, second] = clock;
        let nanosecond = f64::from(at.subsec_nanosecond());
        [f64::from(at.year()), month, day, hour, minute, second, nanosecond]
    }

    /// The day of the week: 1 is Monday, 7 is Sunday.
    #[must_use]
    pub fn weekday(&self) -> f64 {
        f64::from(Weekday::to_monday_one_offset(self.zoned.weekday()))
    }

    /// The day of the year, from 1.
    #[must_use]
    pub fn yearday(&self) -> f64 {
        f64::from(self.zoned.day_of_year())
    }

    /// The name of its zone, or how far that is from UTC: `+02:00`.
    #[must_use]
    pub fn zone(&self) -> String {
        zone::name(self.zoned.time_zone())
    }
}

/// So many times a number of seconds, to the nearest nanosecond.
///
/// # Errors
/// It is infinite, NaN, or longer than the calendar.
fn duration(count: f64, of: f64) -> Result<SignedDuration, Error> {
    let seconds = count * of;
    if seconds.is_nan() || seconds.abs() >= 1e15 {
        return Err(Error::new("so long a time is beyond the calendar"));
    }
    let whole = seconds.floor();
    #[expect(clippy::cast_possible_truncation, reason = "both are below 10^15")]
    let (whole, part) = (whole as i64, ((seconds - whole) * NANOSECONDS).round() as i64);
    Ok(SignedDuration::from_secs(whole) + SignedDuration::from_nanos(part))
}

/// A duration in seconds, as the nearest double.
#[expect(clippy::cast_precision_loss, reason = "this is the rounding")]
fn seconds(duration: SignedDuration) -> f64 {
    // Up to 2^53 nanoseconds, which is some months, and whole seconds are exact.
    if duration.subsec_nanos() == 0 {
        return duration.as_secs() as f64;
    }
    duration.as_nanos() as f64 / NANOSECONDS
}
