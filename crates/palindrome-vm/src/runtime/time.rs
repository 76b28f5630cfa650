//! Times as texts, and texts as times: nanoseconds since 1970, in the calendar that everybody has.

/// Nanoseconds of a second.
const SECOND: i64 = 1_000_000_000;

/// Date and time by the calendar of today, in UTC (H. Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms", 2013).
pub fn time_text(nanoseconds: i64) -> String {
    let (seconds, fraction) = (nanoseconds.div_euclid(SECOND), nanoseconds.rem_euclid(SECOND));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let mut text = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        second / 3_600,
        second / 60 % 60,
        second % 60
    );
    if fraction > 0 {
        let digits = format!("{fraction:09}");
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

/// The time that a text is: `2024-01-15`, `2024-01-15T10:30`, `2024-01-15T10:30:00.5Z`, or with a
/// distance from Greenwich instead of `Z`. Without either it is a time of Greenwich.
#[must_use]
pub fn time_of(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text.trim() };
    let (year, month) = (reader.number(4)?, reader.part("-")?);
    let day = reader.part("-")?;
    let days = days_from(year, month, day)?;
    let mut nanoseconds = 0;
    if reader.eat("T") || reader.eat(" ") {
        let (hour, minute) = (reader.number(2)?, reader.part(":")?);
        let second = if reader.eat(":") { reader.number(2)? } else { 0 };
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        nanoseconds = (hour * 3600 + minute * 60 + second) * SECOND;
        if reader.eat(".") {
            nanoseconds += reader.fraction()?;
        }
        nanoseconds -= reader.distance()?;
    }
    let midnight = i128::from(days) * 86_400 * i128::from(SECOND);
    let is_whole = reader.rest.is_empty();
    i64::try_from(midnight + i128::from(nanoseconds)).ok().filter(|_| is_whole)
}

/// The days from 1970 to a day, if there is such a day.
fn days_from(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(is_leap),
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March, so that the day that is sometimes missing comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn eat(&mut self, what: &str) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A number of so many digits.
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        self.rest = rest;
        number.parse().ok().filter(|_| is_number)
    }

    /// What comes before two digits, and those.
    fn part(&mut self, before: &str) -> Option<i64> {
        self.eat(before).then(|| self.number(2)).flatten()
    }

    /// The nanoseconds of digits behind a point.
    fn fraction(&mut self) -> Option<i64> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let value = self.rest.get(..digits).filter(|_| (1..=9).contains(&digits))?;
        self.rest = self.rest.get(digits..)?;
        format!("{value:0<9}").parse().ok()
    }

    /// The distance from Greenwich.
    fn distance(&mut self) -> Option<i64> {
        let is_east = self.rest.starts_with('+');
        if !is_east && !self.rest.starts_with('-') {
            self.eat("Z");
            return Some(0);
        }
        self.rest = self.rest.get(1..)?;
        let (hours, minutes) = (self.number(2)?, self.part(":")?);
        let distance = (hours * 60 + minutes) * 60 * SECOND;
        Some(if is_east { distance } else { -distance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_as_it_is_written() {
        for time in [0, -1, 1, SECOND / 2, 951_782_400 * SECOND, i64::MAX, i64::MIN + SECOND] {
            assert_eq!(time_of(&time_text(time)), Some(time), "{}", time_text(time));
        }
        let noon = time_of("2024-02-29T12:00:00Z");
        assert_eq!(time_of("2024-02-29 12:00"), noon);
        assert_eq!(time_of("2024-02-29T14:30:00+02:30"), noon);
        assert_eq!(time_of("2024-02-29T07:00:00.000-05:00"), noon);
        assert_eq!(time_of("1970-01-02"), Some(86_400 * SECOND));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "now",
            "2023-02-29",
            "2024-13-01",
            "2024-00-01",
            "2024-01-15T24:00",
            "2024-1-5",
            "2024-01-15T10:30:00ZZ",
            "2024-01-15T10:30:00.",
            "99999-01-01",
            "2024-01-15T1:30",
            "2024-01-15T10:30:00+2",
            "+024-01-15",
            "\u{e9}",
        ] {
            assert_eq!(time_of(text), None, "{text}");
        }
    }
}
