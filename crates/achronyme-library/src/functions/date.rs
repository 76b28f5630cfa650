//! Dates: moments as records, and what is computed with them.

use achronyme_text::{Amount, Error, Fields, Moment, Unit};
use machine::{Answer, Question};

use super::Call;
use super::world::unexpected;
use crate::builtin::row::rows;
use crate::{Fault, Store, View};

rows! {
    /// The moment it is, as a date in UTC or another time zone. A date is a record of `year`, `month`,
    /// `day`, `hour`, `minute`, `second`, `nanosecond`, the name of its `zone`, the day of the week as
    /// `weekday`, where 1 is Monday, the day of the year as `yearday`, and as `timestamp` the seconds
    /// since the beginning of 1970 in UTC. Time zones are those of the IANA database, as they were when this
    /// was built: `"Europe/Berlin"`; or how far they are from UTC: `"+02:00"`.
    ///
    /// `typeof(now())` → `"Record"`
    800 now("{zone = \"UTC\"}") "dates" world ask_now, finish_now;
    /// The date with these parts. Fractions of seconds are nanoseconds. Where clocks are put forward, what
    /// they skip is as much later; where they are put back, it is the first of two.
    ///
    /// `date(2024, 2, 29).weekday` → `4`
    /// `date(2024, 7, 1, 12, {zone: "Europe/Berlin"}).timestamp` → `1719828000`
    801 date("year, month = 1, day = 1, hour = 0, minute = 0, second = 0, {zone = \"UTC\"}")
        "dates" call date;
    /// The date that is written in a string: as ISO 8601 says, with the name of a zone in brackets after it
    /// or without; or as a format says, with the letters of `strptime`. What says no zone is in UTC, what
    /// says no time is midnight.
    ///
    /// `parse_date("2024-05-01T12:30:00+02:00").timestamp` → `1714559400`
    /// `parse_date("1.5.2024", "%d.%m.%Y").yearday` → `122`
    802 parse_date("string, format?") "dates" call parse_date;
    /// A date as a string: as ISO 8601 says, which `parse_date` reads; or as a format says, with the letters
    /// of `strftime`: `%Y %m %d %H %M %S`, `%j` for the day of the year, `%A %B` for names, `%z %Q` for the zone.
    ///
    /// `format_date(date(2024, 5, 1))` → `"2024-05-01T00:00:00Z"`
    /// `format_date(date(2024, 5, 1), "%A, %d %B %Y")` → `"Wednesday, 01 May 2024"`
    803 format_date("date, format?") "dates" call format_date;
    /// A date so much later. Years and months come first: a day that its month does not have becomes the
    /// last one. Then come days of the calendar, and last hours, minutes and seconds of the clock,
    /// which may have fractions. Negative numbers make it earlier.
    ///
    /// `format_date(date_add(date(2024, 1, 31), {months: 1}), "%F")` → `"2024-02-29"`
    804 date_add("date, {years = 0, months = 0, days = 0, hours = 0, minutes = 0, seconds = 0}")
        "dates" call date_add;
    /// How much later the first date is than the second: in seconds, minutes, hours, days, weeks, months or
    /// years. Days, months and years are those of the calendar, and what is left is a fraction of
    /// the next one.
    ///
    /// `date_diff(date(2024, 3, 1), date(2024, 2, 1), "days")` → `29`
    /// `date_diff(date(2024, 1, 1), date(2025, 7, 1), "months")` → `-18`
    805 date_diff("a, b, unit = \"seconds\"") "dates" call date_diff;
    /// The seconds between the beginning of 1970 in UTC and a date.
    ///
    /// `to_timestamp(date(1970, 1, 2))` → `86400`
    806 to_timestamp("date") "dates" call to_timestamp;
    /// The date so many seconds after the beginning of 1970 in UTC.
    ///
    /// `format_date(from_timestamp(1e9))` → `"2001-09-09T01:46:40Z"`
    807 from_timestamp("seconds, {zone = \"UTC\"}") "dates" call from_timestamp;
}

/// The names of the parts that are numbers, in their order.
const PARTS: [&str; 7] = ["year", "month", "day", "hour", "minute", "second", "nanosecond"];

fn record<S: Store>(store: &mut S, moment: &Moment) -> Result<S::Value, Fault> {
    let zone = store.new_string(&moment.zone())?;
    let mut fields: Vec<(&str, S::Value, bool)> = Vec::with_capacity(PARTS.len() + 4);
    for (name, part) in PARTS.into_iter().zip(moment.parts()) {
        fields.push((name, store.number(part), false));
    }
    fields.push(("zone", zone, false));
    let more = [
        ("weekday", moment.weekday()),
        ("yearday", moment.yearday()),
        ("timestamp", moment.timestamp()),
    ];
    fields.extend(more.map(|(name, number)| (name, store.number(number), false)));
    store.new_record(&fields)
}

/// What a function makes of a moment, or what is wrong.
fn made<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    moment: Result<Moment, Error>,
) -> Result<S::Value, Fault> {
    record(store, &moment.map_err(|error| call.value_error(error.0))?)
}

/// The date at this place. Of its fields only the year must be there.
fn moment<S: Store>(store: &S, call: &Call<S::Value>, place: usize) -> Result<Moment, Fault> {
    let Some(record) = call.get(place).filter(|value| store.view(value) == View::Record) else {
        return Err(call.wanted(store, place, "a date"));
    };
    let number = |name: &str| match store.field(record, name).map(|value| store.view(&value)) {
        Some(View::Number(number)) => Ok(Some(number)),
        None => Ok(None),
        Some(view) => {
            let found = view.kind().name();
            Err(call.type_error(format!("the {name} of a date must be a number, got {found}")))
        }
    };
    let mut parts = [0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0];
    for (part, name) in parts.iter_mut().zip(PARTS) {
        match number(name)? {
            Some(number) => *part = number,
            None if name == "year" => return Err(call.type_error("a date must have a year")),
            None => {}
        }
    }
    let [year, month, day, hour, minute, second, nanosecond] = parts;
    let timestamp = number("timestamp")?;
    let zone = store.field(record, "zone");
    let zone = match &zone {
        None => "UTC",
        Some(zone) if store.view(zone) == View::String => store.text(zone),
        Some(zone) => {
            let found = store.kind(zone).name();
            return Err(
                call.type_error(format!("the zone of a date must be a string, got {found}"))
            );
        }
    };
    let fields = Fields { year, month, day, hour, minute, second, nanosecond, zone, timestamp };
    Moment::new(&fields).map_err(|error| call.value_error(error.0))
}

/// The option `zone`.
fn zone<S: Store>(store: &S, call: &Call<S::Value>) -> Result<String, Fault> {
    match call.option("zone") {
        None => Ok("UTC".to_owned()),
        Some(zone) if store.view(zone) == View::String => Ok(store.text(zone).to_owned()),
        Some(_) => Err(call.option_wanted(store, "zone", "a string")),
    }
}

/// The string at a place where one may be.
fn optional<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
    place: usize,
) -> Result<Option<&'a str>, Fault> {
    call.get(place).map(|_| call.text(store, place)).transpose()
}

/// The arguments of `now`.
fn now<S: Store>(store: &S, arguments: &[S::Value]) -> Result<Call<S::Value>, Fault> {
    Call::new(store, "now", "{zone = \"UTC\"}", arguments)
}

fn ask_now<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<Question, Fault> {
    let call = now(store, arguments)?;
    if call.len() > 0 {
        return Err(call.type_error("it takes nothing but options"));
    }
    let known = Moment::from_timestamp(0.0, &zone(store, &call)?);
    known.map_err(|error| call.value_error(error.0))?;
    Ok(Question::Clock)
}

fn finish_now<S: Store>(
    store: &mut S,
    arguments: &[S::Value],
    answer: &Answer,
) -> Result<S::Value, Fault> {
    let Answer::Integer(nanoseconds) = answer else { return Err(unexpected("now", answer)) };
    let call = now(store, arguments)?;
    let moment = Moment::from_nanoseconds(*nanoseconds, &zone(store, &call)?);
    made(store, &call, moment)
}

fn date<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let zone = zone(store, call)?;
    let fields = Fields {
        year: call.number(store, 0)?,
        month: call.number_or(store, 1, 1.0)?,
        day: call.number_or(store, 2, 1.0)?,
        hour: call.number_or(store, 3, 0.0)?,
        minute: call.number_or(store, 4, 0.0)?,
        second: call.number_or(store, 5, 0.0)?,
        nanosecond: 0.0,
        zone: &zone,
        timestamp: None,
    };
    made(store, call, Moment::new(&fields))
}

fn parse_date<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let moment = Moment::parse(call.text(store, 0)?, optional(store, call, 1)?);
    made(store, call, moment)
}

/// No letter of a format stands for more characters than this.
const EXPANSION: usize = 64;

fn format_date<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let format = optional(store, call, 1)?;
    store.room(format.map_or(0, str::len).saturating_mul(EXPANSION))?;
    let text = moment(store, call, 0)?.format(format);
    let text = text.map_err(|error| call.value_error(error.0))?;
    store.new_string(&text)
}

fn date_add<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let amount = Amount {
        years: call.number_option(store, "years", 0.0)?,
        months: call.number_option(store, "months", 0.0)?,
        days: call.number_option(store, "days", 0.0)?,
        hours: call.number_option(store, "hours", 0.0)?,
        minutes: call.number_option(store, "minutes", 0.0)?,
        seconds: call.number_option(store, "seconds", 0.0)?,
    };
    let moment = moment(store, call, 0)?.plus(&amount);
    made(store, call, moment)
}

fn date_diff<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let name = optional(store, call, 2)?.unwrap_or("seconds");
    let Some((unit, _)) = Unit::ALL.into_iter().find(|unit| unit.1 == name) else {
        let names = Unit::ALL.map(|unit| unit.1).join(", ");
        return Err(call.value_error(format!("unit must be one of {names}, got \"{name}\"")));
    };
    let passed = moment(store, call, 0)?.since(&moment(store, call, 1)?, unit);
    let passed = passed.map_err(|error| call.value_error(error.0))?;
    Ok(store.number(passed))
}

fn to_timestamp<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let moment = moment(store, call, 0)?;
    Ok(store.number(moment.timestamp()))
}

fn from_timestamp<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let moment = Moment::from_timestamp(call.number(store, 0)?, &zone(store, call)?);
    made(store, call, moment)
}
