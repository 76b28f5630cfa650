//! Moments from their parts.

use jiff::civil::{Date, Time};
use jiff::tz::AmbiguousOffset;

use super::{Moment, NANOSECONDS, zone};
use crate::Error;

/// The parts of a moment, as numbers that may be anything.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    /// From -9999 to 9999.
    pub year: f64,
    /// From 1 to 12.
    pub month: f64,
    /// From 1 to the length of the month.
    pub day: f64,
    /// From 0 to 23.
    pub hour: f64,
    /// From 0 to 59.
    pub minute: f64,
    /// From 0 to below 60; fractions are nanoseconds.
    pub second: f64,
    /// From 0 to 999999999.
    pub nanosecond: f64,
    /// A name, or how far it is from UTC.
    pub zone: &'a str,
    /// Where clocks are put back they show the same twice: which time is meant, by its seconds
    /// since 1970. Without it, or where it is neither, the first.
    pub timestamp: Option<f64>,
}

/// The number of a part, if it is an integer in its range.
#[expect(clippy::cast_possible_truncation, reason = "it lies in the range")]
fn part(name: &str, number: f64, first: i32, last: i32) -> Result<i32, Error> {
    if number.fract() == 0.0 && number >= f64::from(first) && number <= f64::from(last) {
        return Ok(number as i32);
    }
    Err(Error::new(format!("{name} must be an integer from {first} to {last}, got {number}")))
}

/// The same for small numbers.
fn small(name: &str, number: f64, first: i8, last: i8) -> Result<i8, Error> {
    let number = part(name, number, first.into(), last.into())?;
    Ok(i8::try_from(number).unwrap_or(last))
}

impl Moment {
    /// The moment with these parts. What clocks skip where they are put forward is taken to be as
    /// much later as they skip.
    ///
    /// # Errors
    /// There is no such day, time or zone, or it is at the very end of the calendar.
    pub fn new(fields: &Fields<'_>) -> Result<Self, Error> {
        let year = part("year", fields.year, -9999, 9999)?;
        let month = small("month", fields.month, 1, 12)?;
        let day = small("day", fields.day, 1, 31)?;
        let hour = small("hour", fields.hour, 0, 23)?;
        let minute = small("minute", fields.minute, 0, 59)?;
        let whole = fields.second.floor();
        let second = small("second", whole, 0, 59)?;
        let fraction = ((fields.second - whole) * NANOSECONDS).round();
        let given = part("nanosecond", fields.nanosecond, 0, 999_999_999)?;
        let nanosecond = fraction.min(NANOSECONDS - 1.0) + f64::from(given);
        let nanosecond = part("nanosecond", nanosecond, 0, 999_999_999)?;
        let year = i16::try_from(year).unwrap_or(i16::MAX);
        let date = Date::new(year, month, day)
            .map_err(|_| Error::new(format!("there is no {year}-{month:02}-{day:02}")))?;
        let time = Time::new(hour, minute, second, nanosecond)
            .map_err(|_| Error::new("there is no such time"))?;
        let at = zone::named(fields.zone)?.into_ambiguous_zoned(date.to_datetime(time));
        let beyond = |_| {
            Error::new(format!(
                "{year}-{month:02}-{day:02} is at the end of the calendar, or beyond"
            ))
        };
        if let (AmbiguousOffset::Fold { .. }, Some(timestamp)) = (at.offset(), fields.timestamp) {
            let later = Self { zoned: at.clone().later().map_err(beyond)? };
            #[expect(clippy::float_cmp, reason = "it was computed in the same way")]
            if later.timestamp() == timestamp {
                return Ok(later);
            }
        }
        Ok(Self { zoned: at.compatible().map_err(beyond)? })
    }
}
