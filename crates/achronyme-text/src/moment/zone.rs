//! Time zones by their names, from a table that is part of the program.

use std::sync::LazyLock;

use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

use crate::Error;

/// The zones of the IANA time zone database, as they were when this was built.
pub(super) static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone with this name, `Europe/Berlin`, or so far from UTC, `+02:00`.
///
/// # Errors
/// There is none.
pub(super) fn named(name: &str) -> Result<TimeZone, Error> {
    let missing = || {
        let short: String = name.chars().take(60).collect();
        Error::new(format!("there is no time zone '{short}'"))
    };
    match name.strip_prefix(['+', '-']) {
        Some(distance) => {
            let seconds = distance_of(distance).ok_or_else(missing)?;
            let seconds = if name.starts_with('-') { -seconds } else { seconds };
            Offset::from_seconds(seconds).map(TimeZone::fixed).map_err(|_| missing())
        }
        None if name.eq_ignore_ascii_case("UTC") || name == "Z" => Ok(TimeZone::UTC),
        None => ZONES.get(name).map_err(|_| missing()),
    }
}

/// The seconds of `HH`, `HHMM`, `HH:MM` or `HH:MM:SS`.
fn distance_of(text: &str) -> Option<i32> {
    let two = |text: &str| {
        let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse::<i32>().ok() } else { None }
    };
    let mut parts = if text.len() == 4 && text.is_ascii() {
        vec![two(&text[..2])?, two(&text[2..])?]
    } else {
        text.split(':').map(two).collect::<Option<Vec<i32>>>()?
    };
    parts.resize(parts.len().max(3), 0);
    match parts[..] {
        [hours, minutes @ 0..60, seconds @ 0..60] => Some(hours * 3600 + minutes * 60 + seconds),
        _ => None,
    }
}

/// What [`named`] calls a zone.
pub(super) fn name(zone: &TimeZone) -> String {
    if let Some(name) = zone.iana_name() {
        return name.to_owned();
    }
    zone.to_fixed_offset().map_or_else(|_| "UTC".to_owned(), distance)
}

/// How far that is from UTC: `+02:00`, with seconds only where there are some.
pub(super) fn distance(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let size = seconds.unsigned_abs();
    let (hours, minutes, seconds) = (size / 3600, size / 60 % 60, size % 60);
    let rest = if seconds == 0 { String::new() } else { format!(":{seconds:02}") };
    format!("{sign}{hours:02}:{minutes:02}{rest}")
}
