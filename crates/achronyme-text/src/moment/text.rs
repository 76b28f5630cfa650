//! Moments as texts.

use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime::{BrokenDownTime, Config, PosixCustom};
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{Offset, OffsetConflict, TimeZone};
use jiff::{Timestamp, Zoned};

use super::zone::{self, ZONES};
use super::{Moment, zone::distance};
use crate::Error;

impl Moment {
    /// The moment that a text says: ISO 8601 (RFC 9557), or as a format of `strptime` says. Without
    /// zone it is in UTC, without time of day it is midnight.
    ///
    /// # Errors
    /// It says none, or one that is not there, such as a leap second.
    pub fn parse(text: &str, format: Option<&str>) -> Result<Self, Error> {
        let short = || text.chars().take(60).collect::<String>();
        let zoned = match format {
            None => standard(text.trim()),
            Some(format) => with_format(text, format),
        };
        let zoned = zoned.map_err(|reason| {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            Error::new(format!("'{}' is no date{reason}", short()))
        })?;
        Ok(Self { zoned })
    }

    /// Its text: ISO 8601 with the zone after it, which [`Self::parse`] reads, or as a format of
    /// `strftime` says.
    ///
    /// # Errors
    /// It is no format.
    pub fn format(&self, format: Option<&str>) -> Result<String, Error> {
        let Some(format) = format else { return Ok(self.standard_text()) };
        let wrong = |error: jiff::Error| Error::new(format!("the format is wrong: {error}"));
        let english = Config::new().custom(PosixCustom::new());
        BrokenDownTime::from(&self.zoned).to_string_with_config(&english, format).map_err(wrong)
    }

    fn standard_text(&self) -> String {
        let zone = self.zoned.time_zone();
        let clock = self.zoned.datetime();
        match zone.iana_name() {
            Some("UTC") => format!("{clock}Z"),
            Some(_) => self.zoned.to_string(),
            None => format!("{clock}{}", distance(self.zoned.offset())),
        }
    }
}

/// Why there is no moment, where more can be said than that.
type Reason = Option<String>;

fn reason(error: &jiff::Error) -> Reason {
    Some(error.to_string())
}

/// A second 60 is read as the one before it, which is another moment: looks for one by reading
/// another second in its place.
fn has_leap_second(text: &str, second: Option<i8>, read: impl Fn(&str) -> Option<i8>) -> bool {
    second == Some(59)
        && text.match_indices("60").any(|(at, _)| {
            let other = [&text[..at], "58", &text[at + 2..]].concat();
            read(&other) == Some(58)
        })
}

fn leap_second() -> Reason {
    Some("there are no leap seconds".to_owned())
}

fn standard(text: &str) -> Result<Zoned, Reason> {
    let parser = DateTimeParser::new().offset_conflict(OffsetConflict::Reject);
    let pieces = parser.parse_pieces(text).map_err(|_| None)?;
    let second = pieces.time().map(Time::second);
    let second_of = |text: &str| parser.parse_pieces(text).ok()?.time().map(Time::second);
    if has_leap_second(text, second, second_of) {
        return Err(leap_second());
    }
    if pieces.time_zone_annotation().is_some() {
        return parser.parse_zoned_with(&ZONES, text).map_err(|error| reason(&error));
    }
    let clock = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    at_offset(clock, pieces.to_numeric_offset().unwrap_or(Offset::UTC))
}

fn at_offset(clock: DateTime, offset: Offset) -> Result<Zoned, Reason> {
    let timestamp = offset.to_timestamp(clock).map_err(|error| reason(&error))?;
    Ok(timestamp.to_zoned(TimeZone::fixed(offset)))
}

fn with_format(text: &str, format: &str) -> Result<Zoned, Reason> {
    let read = |text: &str| BrokenDownTime::parse(format, text);
    let mut parsed = read(text).map_err(|error| reason(&error))?;
    if has_leap_second(text, parsed.second(), |text| read(text).ok()?.second()) {
        return Err(leap_second());
    }
    let zone = parsed.iana_time_zone().map(zone::named).transpose();
    let zone = zone.map_err(|error| Some(error.0))?;
    if let Some(timestamp) = parsed.timestamp() {
        return Ok(at_timestamp(timestamp, zone, parsed.offset()));
    }
    begin(&mut parsed);
    match (zone, parsed.offset()) {
        (Some(_), _) => parsed.to_zoned_with(&ZONES).map_err(|error| reason(&error)),
        (None, offset) => {
            let clock = parsed.to_datetime().map_err(|error| reason(&error))?;
            at_offset(clock, offset.unwrap_or(Offset::UTC))
        }
    }
}

fn at_timestamp(timestamp: Timestamp, zone: Option<TimeZone>, offset: Option<Offset>) -> Zoned {
    timestamp.to_zoned(zone.unwrap_or_else(|| TimeZone::fixed(offset.unwrap_or(Offset::UTC))))
}

/// The first day of a year or month of which nothing else is said.
fn begin(parsed: &mut BrokenDownTime) {
    let has_other_day = parsed.day_of_year().is_some()
        || parsed.iso_week().is_some()
        || parsed.sunday_based_week().is_some()
        || parsed.monday_based_week().is_some();
    if has_other_day || parsed.year().is_none() {
        return;
    }
    // Both numbers are in their ranges.
    if parsed.month().is_none() {
        drop(parsed.set_month(Some(1)));
    }
    if parsed.day().is_none() {
        drop(parsed.set_day(Some(1)));
    }
}
