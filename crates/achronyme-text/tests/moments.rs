//! The calendar: known days, and laws.
#![expect(clippy::unwrap_used, clippy::float_cmp, reason = "a test of exact values")]

use achronyme_text::{Amount, Fields, Moment, Unit};
use proptest::prelude::*;

fn at(text: &str) -> Moment {
    Moment::parse(text, None).unwrap()
}

fn shown(moment: &Moment) -> String {
    moment.format(None).unwrap()
}

fn day(year: f64, month: f64, day: f64) -> Fields<'static> {
    let (hour, minute, second, nanosecond) = (0.0, 0.0, 0.0, 0.0);
    Fields { year, month, day, hour, minute, second, nanosecond, zone: "UTC", timestamp: None }
}

#[test]
fn a_moment_has_its_parts() {
    let moment = at("2024-02-29T12:34:56.789+02:00[Europe/Kyiv]");
    assert_eq!(moment.parts(), [2024.0, 2.0, 29.0, 12.0, 34.0, 56.0, 789_000_000.0]);
    assert_eq!((moment.weekday(), moment.yearday()), (4.0, 60.0));
    assert_eq!(moment.zone(), "Europe/Kyiv");
    assert_eq!(moment.timestamp(), 1_709_202_896.789);
}

#[test]
fn standard_texts_are_read() {
    let cases = [
        ("2024-05-01", "2024-05-01T00:00:00Z"),
        ("2024-05-01T12:30", "2024-05-01T12:30:00Z"),
        (" 2024-05-01 12:30:15.5Z ", "2024-05-01T12:30:15.5Z"),
        ("20240501T123015+0530", "2024-05-01T12:30:15+05:30"),
        ("2024-10-27T02:30:00+01:00[Europe/Berlin]", "2024-10-27T02:30:00+01:00[Europe/Berlin]"),
        ("2024-10-27T02:30:00[Europe/Berlin]", "2024-10-27T02:30:00+02:00[Europe/Berlin]"),
        ("2024-07-01T00:00:00[europe/berlin]", "2024-07-01T00:00:00+02:00[Europe/Berlin]"),
        ("-000044-03-15", "-000044-03-15T00:00:00Z"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(&at(text)), expected, "{text}");
    }
    let wrong = [
        "",
        "abc",
        "2024",
        "2024-13-01",
        "2024-02-30",
        "2023-02-29",
        "2024-05-01T24:00:00",
        "2016-12-31T23:59:60Z",
        "2016-12-31T23:59:60",
        "2024-05-01T12:00:00+02:00[America/New_York]",
        "2024-05-01[Mars/Base]",
        "10000-01-01",
        "2024-05-01T12:00:00é",
        "20161231T235960Z",
    ];
    for text in wrong {
        assert!(Moment::parse(text, None).is_err(), "{text}");
    }
    assert!(Moment::parse("2060-06-30T23:59:59", None).is_ok());
}

#[test]
fn formats_say_how_to_read_and_write() {
    let cases = [
        ("01.05.2024 13:05", "%d.%m.%Y %H:%M", "2024-05-01T13:05:00Z"),
        ("May 2024", "%B %Y", "2024-05-01T00:00:00Z"),
        ("2024", "%Y", "2024-01-01T00:00:00Z"),
        ("2024 060", "%Y %j", "2024-02-29T00:00:00Z"),
        ("1714566600", "%s", "2024-05-01T12:30:00Z"),
        ("2024-05-01 12:00 +0200", "%Y-%m-%d %H:%M %z", "2024-05-01T12:00:00+02:00"),
        ("2024-05-01 Europe/Berlin", "%F %Q", "2024-05-01T00:00:00+02:00[Europe/Berlin]"),
    ];
    for (text, format, expected) in cases {
        let moment = Moment::parse(text, Some(format)).unwrap();
        assert_eq!(shown(&moment), expected, "{text}");
        assert_eq!(moment.format(Some(format)).unwrap(), text);
    }
    for (text, format) in [
        ("23:59:60 2016-12-31", "%T %F"),
        ("x", "%Y"),
        ("2024", "%!"),
        ("12", "%m"),
        ("2024-02-30", "%F"),
        ("5", "%d"),
    ] {
        assert!(Moment::parse(text, Some(format)).is_err(), "{text}");
    }
    let moment = at("2024-05-01");
    assert!(moment.format(Some("%")).is_err() && moment.format(Some("%!")).is_err());
    assert_eq!(moment.format(Some("%A, %-d %B %Y")).unwrap(), "Wednesday, 1 May 2024");
    assert_eq!(
        moment.format(Some("%c|%x|%X")).unwrap(),
        "Wed May  1 00:00:00 2024|05/01/24|00:00:00"
    );
    assert_eq!(moment.format(Some("")).unwrap(), "");
}

#[test]
fn parts_that_are_not_there_are_errors() {
    assert!(Moment::new(&day(2024.0, 2.0, 29.0)).is_ok());
    let second = |second| Fields { second, ..day(2016.0, 12.0, 31.0) };
    let hour = |hour| Fields { hour, ..day(2016.0, 12.0, 31.0) };
    let zone = |zone| Fields { zone, ..day(2016.0, 12.0, 31.0) };
    let wrong = [
        day(2023.0, 2.0, 29.0),
        day(2024.0, 0.0, 1.0),
        day(2024.0, 1.5, 1.0),
        day(10000.0, 1.0, 1.0),
        day(f64::NAN, 1.0, 1.0),
        day(f64::INFINITY, 1.0, 1.0),
        second(60.0),
        second(-0.5),
        hour(24.0),
        zone("Nowhere"),
        zone("+99:00"),
        zone("+1"),
        zone("é"),
        zone("+é1"),
    ];
    for fields in wrong {
        assert!(Moment::new(&fields).is_err(), "{fields:?}");
    }
    let moment =
        Moment::new(&Fields { second: 1.25, zone: "-0330", ..day(1.0, 1.0, 1.0) }).unwrap();
    assert_eq!(shown(&moment), "0001-01-01T00:00:01.25-03:30");
}

#[test]
fn clocks_that_are_put_forward_and_back_are_known() {
    let berlin =
        |day: Fields<'static>| Fields { zone: "Europe/Berlin", hour: 2.0, minute: 30.0, ..day };
    let skipped = Moment::new(&berlin(day(2024.0, 3.0, 31.0))).unwrap();
    assert_eq!(shown(&skipped), "2024-03-31T03:30:00+02:00[Europe/Berlin]");
    let twice = berlin(day(2024.0, 10.0, 27.0));
    let later = at("2024-10-27T01:30:00Z").timestamp();
    for (timestamp, expected) in [(None, "+02:00"), (Some(later), "+01:00"), (Some(0.0), "+02:00")]
    {
        let moment = Moment::new(&Fields { timestamp, ..twice }).unwrap();
        assert_eq!(shown(&moment), format!("2024-10-27T02:30:00{expected}[Europe/Berlin]"));
    }
}

#[test]
fn months_end_where_they_end() {
    let plus = |text: &str, amount: Amount| at(text).plus(&amount).map(|moment| shown(&moment));
    let month = Amount { months: 1.0, ..Amount::default() };
    assert_eq!(plus("2024-01-31", month).unwrap(), "2024-02-29T00:00:00Z");
    let year = Amount { years: -1.0, ..Amount::default() };
    assert_eq!(plus("2024-02-29", year).unwrap(), "2023-02-28T00:00:00Z");
    let second = Amount { seconds: 0.5, hours: -1.0, ..Amount::default() };
    assert_eq!(plus("2024-01-01", second).unwrap(), "2023-12-31T23:00:00.5Z");
    let day = Amount { days: 1.0, ..Amount::default() };
    let before = "2024-03-30T12:00:00[Europe/Berlin]";
    assert_eq!(plus(before, day).unwrap(), "2024-03-31T12:00:00+02:00[Europe/Berlin]");
    let hours = Amount { hours: 24.0, ..Amount::default() };
    assert_eq!(plus(before, hours).unwrap(), "2024-03-31T13:00:00+02:00[Europe/Berlin]");
    for huge in [1e300, 1e6, -1e5, f64::INFINITY, f64::NAN, 0.5] {
        let amount = Amount { years: huge, ..Amount::default() };
        assert!(plus("2024-01-01", amount).is_err(), "{huge}");
    }
    for huge in [1e300, 1e14, -1e12, f64::NEG_INFINITY, f64::NAN] {
        let amount = Amount { seconds: huge, ..Amount::default() };
        assert!(plus("2024-01-01", amount).is_err(), "{huge}");
    }
}

#[test]
fn differences_count_units() {
    let between = |a: &str, b: &str, unit| at(a).since(&at(b), unit).unwrap();
    assert_eq!(between("2024-03-01", "2024-02-01", Unit::Days), 29.0);
    assert_eq!(between("2024-02-01", "2024-03-01", Unit::Seconds), -29.0 * 86400.0);
    assert_eq!(between("2024-02-08T12:00", "2024-02-01", Unit::Weeks), 7.5 / 7.0);
    assert_eq!(between("2025-07-01", "2024-01-01", Unit::Months), 18.0);
    assert_eq!(between("2026-01-01", "2024-01-01", Unit::Years), 2.0);
    assert_eq!(between("2024-01-01T00:00:01.5", "2024-01-01", Unit::Seconds), 1.5);
    assert_eq!(between("2024-01-01T01:30", "2024-01-01", Unit::Hours), 1.5);
    let (a, b) = ("2024-04-01[Europe/Berlin]", "2024-03-31[Europe/Berlin]");
    assert_eq!((between(a, b, Unit::Days), between(a, b, Unit::Hours)), (1.0, 23.0));
    assert_eq!(between("9998-01-01", "0001-01-01", Unit::Days), 3_651_329.0);
}

#[test]
fn the_ends_of_the_calendar_are_errors_beyond() {
    for seconds in [1e13, -1e13, f64::NAN, f64::INFINITY, 1e300] {
        assert!(Moment::from_timestamp(seconds, "UTC").is_err(), "{seconds}");
    }
    let last = at("9999-12-30T12:00:00Z");
    assert!(last.plus(&Amount { days: 2.0, ..Amount::default() }).is_err());
    assert!(
        Moment::new(&Fields { zone: "-12:00", hour: 23.0, ..day(9999.0, 12.0, 31.0) }).is_err()
    );
}

fn moments() -> impl Strategy<Value = Moment> {
    let zones = ["UTC", "Europe/Berlin", "America/St_Johns", "+05:30", "-00:30", "Pacific/Apia"];
    let seconds = prop_oneof![-3e11..2.5e11, -1e9..3e9];
    (seconds, proptest::sample::select(zones.to_vec())).prop_map(|(seconds, zone): (f64, &str)| {
        Moment::from_timestamp(seconds.floor() + (seconds.fract().abs() * 1e3).floor() / 1e3, zone)
            .unwrap()
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(moment in moments()) {
        // Offsets of long ago have seconds, and their texts only minutes.
        prop_assume!(moment.timestamp() > -1e9 || !moment.zone().contains('/'));
        prop_assert_eq!(&at(&shown(&moment)), &moment);
    }

    #[test]
    fn parts_make_the_same_moment(moment in moments()) {
        let [year, month, day, hour, minute, second, nanosecond] = moment.parts();
        let (zone, timestamp) = (moment.zone(), Some(moment.timestamp()));
        let fields =
            Fields { year, month, day, hour, minute, second, nanosecond, zone: &zone, timestamp };
        prop_assert_eq!(Moment::new(&fields).unwrap(), moment);
    }

    #[test]
    fn what_is_added_is_the_difference(moment in moments(), days in -1e4..1e4, seconds in -1e6..1e6) {
        let (days, seconds) = (f64::floor(days), f64::floor(seconds));
        let later = moment.plus(&Amount { days, ..Amount::default() }).unwrap();
        if moment.zone() == "UTC" {
            prop_assert_eq!(later.since(&moment, Unit::Days).unwrap(), days);
        }
        let later = moment.plus(&Amount { seconds, ..Amount::default() }).unwrap();
        prop_assert_eq!(later.since(&moment, Unit::Seconds).unwrap(), seconds);
    }

    #[test]
    fn no_text_is_too_strange(text: String, format: String) {
        drop(Moment::parse(&text, None));
        drop(Moment::parse(&text, Some(&format)));
        drop(Moment::from_timestamp(0.0, "UTC").unwrap().format(Some(&format)));
    }

    #[test]
    fn no_format_is_too_strange(text in "[0-9:/ A-Za-z]{0,12}", format in "[%0-9YmdHMSzQjsaAbBpFTU:.^_-]{0,9}") {
        drop(Moment::parse(&text, Some(&format)));
        drop(at("2024-02-29").format(Some(&format)));
    }
}
