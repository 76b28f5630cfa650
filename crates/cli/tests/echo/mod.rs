//! Values as a program echoes them, read back and compared with JSON.

#![expect(clippy::wildcard_enum_match_arm, reason = "JSON will not get more kinds")]

use serde_json::{Map, Value, json};

/// The value that an echo stands for: numbers, `a+bi`, strings, lists, records. Numbers that JSON
/// cannot have are strings. `None` if it is nothing of that.
pub(crate) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text };
    let value = reader.value()?;
    reader.rest.trim().is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn skip(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn value(&mut self) -> Option<Value> {
        if self.skip("[") {
            let mut items = Vec::new();
            while !self.skip("]") {
                items.push(self.value()?);
                self.skip(",");
            }
            return Some(Value::Array(items));
        }
        if self.skip("{") {
            let mut fields = Map::new();
            while !self.skip("}") {
                self.rest = self.rest.trim_start();
                let (name, rest) = self.rest.split_once(':')?;
                self.rest = rest;
                fields.insert(name.trim_matches('"').to_owned(), self.value()?);
                self.skip(",");
            }
            return Some(Value::Object(fields));
        }
        if self.skip("\"") {
            let (text, rest) = self.rest.split_once('"')?;
            self.rest = rest;
            return Some(Value::String(text.to_owned()));
        }
        let end = self.rest.find([',', ']', '}']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word.trim() {
            "true" => Some(json!(true)),
            "false" => Some(json!(false)),
            "null" => Some(Value::Null),
            word => number(word).or_else(|| complex(word)),
        }
    }
}

fn number(word: &str) -> Option<Value> {
    match word {
        "NaN" | "Infinity" | "-Infinity" => Some(json!(word)),
        _ => word.parse::<f64>().ok().filter(|x| x.is_finite()).map(|x| json!(x)),
    }
}

fn complex(word: &str) -> Option<Value> {
    let word = word.strip_suffix('i')?;
    let sign = word
        .rmatch_indices(['+', '-'])
        .find(|(at, _)| *at > 0 && !word[..*at].ends_with(['e', 'E']));
    let (re, im) = match sign {
        Some((at, _)) => word.split_at(at),
        None => ("0", word),
    };
    Some(json!({"re": number(re)?, "im": number(im.trim_start_matches('+'))?}))
}

/// Whether a value is the expected one: numbers within `tolerance` times the largest finite modulus
/// of their array.
pub(crate) fn agree(found: &Value, expected: &Value, tolerance: f64) -> bool {
    match expected {
        Value::Object(fields) if !is_complex(fields) => {
            let Value::Object(found) = found else { return false };
            fields.len() == found.len()
                && fields.iter().all(|(name, expected)| {
                    found.get(name).is_some_and(|found| agree(found, expected, tolerance))
                })
        }
        Value::Array(items)
            if items
                .iter()
                .any(|item| matches!(item, Value::Object(fields) if !is_complex(fields))) =>
        {
            let Value::Array(found) = found else { return false };
            items.len() == found.len()
                && items.iter().zip(found).all(|(item, found)| agree(found, item, tolerance))
        }
        _ => {
            let size = largest(expected);
            close(found, expected, tolerance * if size == 0.0 { 1.0 } else { size })
        }
    }
}

fn is_complex(fields: &Map<String, Value>) -> bool {
    fields.len() == 2 && fields.contains_key("re") && fields.contains_key("im")
}

fn parts(value: &Value) -> Option<(f64, f64)> {
    let real = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(word) if matches!(&**word, "NaN" | "Infinity" | "-Infinity") => {
            word.to_lowercase().parse().ok()
        }
        _ => None,
    };
    match value {
        Value::Object(fields) if is_complex(fields) => {
            Some((real(&fields["re"])?, real(&fields["im"])?))
        }
        _ => Some((real(value)?, 0.0)),
    }
}

/// The largest finite modulus in a value.
fn largest(value: &Value) -> f64 {
    match value {
        Value::Array(items) => items.iter().map(largest).fold(0.0, f64::max),
        _ => match parts(value) {
            Some((re, im)) if re.is_finite() && im.is_finite() => re.hypot(im),
            _ => 0.0,
        },
    }
}

fn close(found: &Value, expected: &Value, distance: f64) -> bool {
    if let (Value::Array(found), Value::Array(expected)) = (found, expected) {
        return found.len() == expected.len()
            && found
                .iter()
                .zip(expected)
                .all(|(found, expected)| close(found, expected, distance));
    }
    match (parts(found), parts(expected)) {
        (Some(found), Some(expected)) => {
            let finite = [found.0, found.1, expected.0, expected.1].iter().all(|x| x.is_finite());
            if finite {
                return (found.0 - expected.0).hypot(found.1 - expected.1) <= distance;
            }
            let same = |x: f64, y: f64| x.total_cmp(&y).is_eq() || (x.is_nan() && y.is_nan());
            let near = |x: f64, y: f64| same(x, y) || (x - y).abs() <= distance;
            near(found.0, expected.0) && near(found.1, expected.1)
        }
        _ => found == expected,
    }
}
