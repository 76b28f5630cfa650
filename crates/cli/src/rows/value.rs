//! Values as texts, and back by their types.

use palindrome_vm::runtime::describe::duration_text;
use palindrome_vm::runtime::time_text;
use relational::{Type, Value};
use rust_decimal::Decimal;

use super::json;

/// A value as a cell of a table: texts as they are.
pub(crate) fn shown(of: &Type, value: &Value) -> String {
    match (of, value) {
        (Type::Option(_), Value::None) => "none".to_owned(),
        (Type::Option(inner), value) => shown(inner, value),
        (_, value) => cell(of, value),
    }
}

/// A value as a cell of comma-separated text; nothing for none.
pub(super) fn cell(of: &Type, value: &Value) -> String {
    match (of, value) {
        (_, Value::None) => String::new(),
        (Type::Option(inner), value) => cell(inner, value),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Float(number)) => float(*number),
        (_, Value::Decimal(number)) => number.to_string(),
        (_, Value::Bool(value)) => value.to_string(),
        (_, Value::Moment(number)) => number.to_string(),
        (_, Value::Timestamp(nanoseconds)) => time_text(*nanoseconds),
        (_, Value::Duration(nanoseconds)) => duration_text(*nanoseconds),
        (_, Value::Bytes(bytes)) => hex(bytes),
        (of, value @ (Value::List(_) | Value::Record(_) | Value::Tagged(..))) => {
            json::to_json(of, value).to_string()
        }
    }
}

/// A number with a point or an exponent, as `print` writes it.
pub(super) fn float(number: f64) -> String {
    if number.is_nan() { "NaN".to_owned() } else { format!("{number:?}") }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The value of a type that a text is, or what was expected instead.
pub(crate) fn parse(of: &Type, text: &str) -> Result<Value, String> {
    let wrong = |expected: &str| {
        let start: String = text.chars().take(40).collect();
        let more = if start.len() < text.len() { "…" } else { "" };
        format!("{expected} was expected, and this is \"{start}{more}\"")
    };
    let trimmed = text.trim();
    Ok(match of {
        Type::String => Value::String(text.to_owned()),
        Type::Int => Value::Int(trimmed.parse().map_err(|_| wrong("a whole number of 64 bits"))?),
        Type::Float => Value::Float(trimmed.parse().map_err(|_| wrong("a number"))?),
        Type::Decimal => {
            let digits = trimmed.strip_suffix('d').unwrap_or(trimmed);
            let exact = Decimal::from_str_exact(digits);
            let exact = exact.or_else(|_| Decimal::from_scientific(digits));
            Value::Decimal(exact.map_err(|_| wrong("a decimal of at most 28 digits"))?)
        }
        Type::Bool => match trimmed.to_lowercase().as_str() {
            "true" | "t" | "yes" | "1" => Value::Bool(true),
            "false" | "f" | "no" | "0" => Value::Bool(false),
            _ => return Err(wrong("true or false")),
        },
        Type::Moment => {
            Value::Moment(trimmed.parse().map_err(|_| wrong("the number of a moment"))?)
        }
        Type::Bytes => Value::Bytes(
            from_hex(trimmed).ok_or_else(|| wrong("bytes as pairs of hexadecimal digits"))?,
        ),
        Type::Timestamp => Value::Timestamp(
            timestamp(trimmed).ok_or_else(|| wrong("a time such as 2026-01-31T12:00:00Z"))?,
        ),
        Type::Duration => {
            Value::Duration(duration(trimmed).ok_or_else(|| wrong("a duration such as 5.minutes"))?)
        }
        Type::Option(_) if text.is_empty() => Value::None,
        Type::Option(inner) => parse(inner, text)?,
        Type::List(_) | Type::Record(_) | Type::Union(_) => {
            return json::from_text(of, text);
        }
    })
}

/// Nanoseconds since 1970, in UTC unless the text says otherwise.
fn timestamp(text: &str) -> Option<i64> {
    if let Ok(nanoseconds) = text.parse() {
        return Some(nanoseconds);
    }
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00:00Z"));
    let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    let zone = time.rfind(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone);
    let mut parts = clock.splitn(3, ':');
    let hour: i64 = parts.next()?.parse().ok()?;
    let minute: i64 = parts.next()?.parse().ok()?;
    let (second, fraction) = parts
        .next()
        .unwrap_or("0")
        .split_once('.')
        .unwrap_or_else(|| (clock.splitn(3, ':').nth(2).unwrap_or("0"), "0"));
    let second: i64 = second.parse().ok()?;
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|it| it.is_ascii_digit())
    {
        return None;
    }
    let fraction: i64 = format!("{fraction:0<9}").parse().ok()?;
    let length = match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !(1..=length).contains(&day) || !is_time {
        return None;
    }
    let offset = match zone.chars().next() {
        None | Some('Z' | 'z') => 0,
        Some(sign) => {
            let (hours, minutes) = zone[1..].split_once(':').unwrap_or_else(|| {
                let digits = &zone[1..];
                digits.split_at_checked(2).unwrap_or((digits, "0"))
            });
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().unwrap_or(0);
            if sign == '-' { -minutes } else { minutes }
        }
    };
    // Days by H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013.
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, in_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + day_of_year - 719_468;
    let seconds = days * 86_400 + (hour * 60 + minute - offset) * 60 + second;
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Nanoseconds of `5.minutes`, `90.seconds`, or of a plain number of nanoseconds.
fn duration(text: &str) -> Option<i64> {
    let Some((number, unit)) = text.split_once('.') else { return text.parse().ok() };
    let nanoseconds = match unit.strip_suffix('s').unwrap_or(unit) {
        "nanosecond" => 1,
        "microsecond" => 1_000,
        "millisecond" => 1_000_000,
        "second" => 1_000_000_000,
        "minute" => 60_000_000_000,
        "hour" => 3_600_000_000_000,
        "day" => 86_400_000_000_000,
        "week" => 604_800_000_000_000,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_from_their_texts() {
        for nanoseconds in
            [0, 1, -1, 951_782_400_000_000_000, 1_790_000_000_123_456_789, i64::MIN / 2]
        {
            assert_eq!(timestamp(&time_text(nanoseconds)), Some(nanoseconds));
        }
        for nanoseconds in [0, 1, 5_000, 300_000_000_000, -3_600_000_000_000, i64::MAX] {
            assert_eq!(duration(&duration_text(nanoseconds)), Some(nanoseconds));
        }
        assert_eq!(timestamp("1970-01-02"), Some(86_400_000_000_000));
        assert_eq!(timestamp("1970-01-01 02:00:00.5+02:00"), Some(500_000_000));
        for wrong in
            ["", "now", "2026-02-29", "2026-13-01", "2026-01-01T25:00:00Z", "1-1", "é-1-1T1:1"]
        {
            assert_eq!(timestamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn values_come_back_from_their_cells() {
        let union = Type::Union(vec![
            ("None".to_owned(), vec![]),
            ("Pair".to_owned(), vec![Type::Int, Type::String]),
        ]);
        let record =
            Type::Record(vec![("a".to_owned(), Type::Int), ("b".to_owned(), union.clone())]);
        let tagged = Value::Tagged(1, vec![Value::Int(3), "x\"".into()]);
        let values = [
            (Type::Int, Value::Int(i64::MIN)),
            (Type::Float, Value::Float(0.1)),
            (Type::Float, Value::Float(f64::NEG_INFINITY)),
            (Type::Decimal, Value::Decimal("1.250".parse().unwrap())),
            (Type::Bool, Value::Bool(false)),
            (Type::Bytes, Value::Bytes(vec![0, 255])),
            (Type::Option(Box::new(Type::Int)), Value::None),
            (Type::Option(Box::new(Type::Int)), Value::Int(1)),
            (union.clone(), tagged.clone()),
            (union, Value::Tagged(0, vec![])),
            (record.clone(), Value::Record(vec![Value::Int(1), tagged.clone()])),
            (
                Type::List(Box::new(record)),
                Value::List(vec![Value::Record(vec![Value::Int(1), tagged])]),
            ),
        ];
        for (of, value) in values {
            assert_eq!(parse(&of, &cell(&of, &value)), Ok(value));
        }
        for (of, text) in
            [(Type::Int, "1.5"), (Type::Bool, "2"), (Type::Bytes, "0"), (Type::Decimal, "x")]
        {
            assert!(parse(&of, text).unwrap_err().contains("was expected"), "{text}");
        }
    }
}
