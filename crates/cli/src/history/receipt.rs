//! Receipts: a line for everything that was forgotten.
#![expect(clippy::disallowed_methods, reason = "a receipt says when")]

use std::fs::{self, File};
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::home;

/// When there are more bytes, the older half goes.
const RECEIPTS_BYTES_MAX: u64 = 256 << 10;

/// Notes that something was forgotten. Nobody is to be stopped where that cannot be noted.
pub(crate) fn forgotten(what: &str, bytes: u64, why: &str) {
    let _noted = note(&line(what, bytes, why));
}

/// The line of a receipt.
pub(crate) fn line(what: &str, bytes: u64, why: &str) -> String {
    format!("{}  forgot {what}  {}  {why}\n", now(), super::size(bytes))
}

/// Adds a line to the receipts.
pub(crate) fn note(line: &str) -> io::Result<()> {
    home::make()?;
    let path = home::receipts();
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > RECEIPTS_BYTES_MAX) {
        let kept = fs::read_to_string(&path)?;
        let half = kept.len() / 2;
        let begin =
            kept.bytes().skip(half).position(|byte| byte == b'\n').map_or(0, |at| half + at + 1);
        fs::write(&path, &kept[begin..])?;
    }
    File::options().create(true).append(true).open(path)?.write_all(line.as_bytes())
}

/// The receipts that are kept, oldest first.
pub(super) fn all() -> io::Result<String> {
    match fs::read_to_string(home::receipts()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

/// The time now, as in 2026-11-21T20:15:00Z.
fn now() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    time(seconds)
}

/// So many seconds after 1970 began. The days are counted as in Howard Hinnant's `civil_from_days`.
pub(super) fn time(seconds: u64) -> String {
    let (days, second) = (seconds / 86400, seconds % 86400);
    // From the first of March of the year 0 on, when a leap day is the last of its year.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_the_calendar() {
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(time(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(time(1_795_291_199), "2026-11-21T19:59:59Z");
    }
}
