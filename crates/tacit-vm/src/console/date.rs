//! The civil date of a moment.

const NANOSECONDS: i64 = 1_000_000_000;
const DAY: i64 = 24 * 60 * 60;

/// Year, month, day, hour, minute and second, UTC, of a moment in nanoseconds since 1970.
///
/// The date is found as in Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// `civil_from_days`: years begin in March, so that the leap day comes last, and 400 years, an era,
/// always have 146,097 days.
pub(crate) fn civil(nanoseconds: i64) -> [i64; 6] {
    let seconds = nanoseconds.div_euclid(NANOSECONDS);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // From 0000-03-01 on.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let month = if months < 10 { months + 3 } else { months - 9 };
    let year = year_of_era + 400 * era + i64::from(month <= 2);
    [year, month, day, second / 3600, second / 60 % 60, second % 60]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_before_1970_and_leap_days_are_right() {
        let at = |seconds: i64| civil(seconds * NANOSECONDS);
        assert_eq!(at(0), [1970, 1, 1, 0, 0, 0]);
        assert_eq!(at(951_782_400), [2000, 2, 29, 0, 0, 0]);
        assert_eq!(at(1_709_251_199), [2024, 2, 29, 23, 59, 59]);
        assert_eq!(civil(-1), [1969, 12, 31, 23, 59, 59]);
    }

    #[test]
    fn the_first_and_the_last_moment_have_dates() {
        assert_eq!(civil(i64::MIN)[0], 1677);
        assert_eq!(civil(i64::MAX)[0], 2262);
    }
}
