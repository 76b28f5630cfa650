//! JSON: an array of objects, or objects one after the other, read by types and row by row.

use std::fmt;
use std::io::{self, Read, Write};

use relational::{Row, Type, Value};
use serde::de::{
    Deserialize as _, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::Column;
use super::value::{cell, float, hex, parse};

/// A value as JSON: what JSON has no numbers for is a text.
pub(super) fn to_json(of: &Type, value: &Value) -> Json {
    match (of, value) {
        (_, Value::None) => Json::Null,
        (Type::Option(inner), value) => to_json(inner, value),
        (_, Value::Bool(value)) => Json::Bool(*value),
        (_, Value::Int(number)) => Json::from(*number),
        (_, Value::Moment(number)) => Json::from(*number),
        (_, Value::Float(number)) => serde_json::Number::from_f64(*number)
            .map_or_else(|| float(*number).into(), Json::Number),
        (_, Value::String(text)) => Json::String(text.clone()),
        (_, Value::Bytes(bytes)) => Json::String(hex(bytes)),
        (Type::List(inner), Value::List(values)) => {
            values.iter().map(|value| to_json(inner, value)).collect()
        }
        (Type::Record(fields), Value::Record(values)) => {
            let fields = fields.iter().zip(values);
            fields.map(|((name, of), value)| (name.clone(), to_json(of, value))).collect()
        }
        (Type::Union(cases), Value::Tagged(tag, values)) => {
            let Some((name, held)) = cases.get(*tag as usize) else { return Json::Null };
            if held.is_empty() {
                return Json::String(name.clone());
            }
            let held = held.iter().zip(values).map(|(of, value)| to_json(of, value));
            Json::Object([(name.clone(), held.collect())].into_iter().collect())
        }
        (of, value) => Json::String(cell(of, value)),
    }
}

/// The value of a type that a text in JSON is.
pub(super) fn from_text(of: &Type, text: &str) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Typed(of).deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| error.to_string())
}

/// Reads rows with these columns; each row is given to `take`, with the line that it ends in. A
/// column that an object does not have is as `absent` says.
pub(crate) fn read_json(
    from: impl Read,
    columns: &[Column],
    absent: &[Option<Value>],
    take: &mut dyn FnMut(Row) -> Result<(), String>,
) -> Result<(), serde_json::Error> {
    let mut from = io::BufReader::new(from);
    let is_array = begins_with_array(&mut from).map_err(serde_json::Error::io)?;
    let mut reader = serde_json::Deserializer::from_reader(from);
    let mut rows = Rows { columns, absent, take };
    if is_array {
        reader.deserialize_seq(&mut rows)?;
        return reader.end();
    }
    // `end` is an error as long as anything follows, and says nothing of what that is.
    loop {
        match reader.end() {
            Ok(()) => return Ok(()),
            Err(_) => {
                let row = Object { columns, absent }.deserialize(&mut reader)?;
                (rows.take)(row).map_err(serde_json::Error::custom)?;
            }
        }
    }
}

fn begins_with_array(from: &mut impl io::BufRead) -> io::Result<bool> {
    loop {
        let bytes = from.fill_buf()?;
        let blanks = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match bytes.get(blanks) {
            Some(byte) => return Ok(*byte == b'['),
            None if bytes.is_empty() => return Ok(false),
            None => from.consume(blanks),
        }
    }
}

/// The rows of an array.
struct Rows<'a> {
    columns: &'a [Column],
    absent: &'a [Option<Value>],
    take: &'a mut dyn FnMut(Row) -> Result<(), String>,
}

impl<'de> Visitor<'de> for &mut Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        let (columns, absent) = (self.columns, self.absent);
        while let Some(row) = all.next_element_seed(Object { columns, absent })? {
            (self.take)(row).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// A row.
#[derive(Clone, Copy)]
struct Object<'a> {
    columns: &'a [Column],
    absent: &'a [Option<Value>],
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Row, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the columns of a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Row, A::Error> {
        let names = self.columns.iter().map(|column| column.name.as_str());
        let mut row: Vec<Option<Value>> = vec![None; self.columns.len()];
        while let Some(name) = fields.next_key::<String>()? {
            let place = self.columns.iter().position(|column| column.name == name);
            let Some(place) = place else {
                let known: Vec<&str> = names.collect();
                let message =
                    format!("there is no column {name:?}; there are {}", known.join(", "));
                return Err(A::Error::custom(message));
            };
            row[place] = Some(fields.next_value_seed(Typed(&self.columns[place].of))?);
        }
        let filled = row.into_iter().zip(self.absent).zip(self.columns);
        filled
            .map(|((value, absent), column)| {
                let missing =
                    || A::Error::custom(format!("the column {:?} is missing", column.name));
                value.or_else(|| absent.clone()).ok_or_else(missing)
            })
            .collect()
    }
}

/// A value of a type.
#[derive(Clone, Copy)]
struct Typed<'t>(&'t Type);

impl<'de> DeserializeSeed<'de> for Typed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        if *self.inner().0 == Type::Decimal {
            // A number would be read as a float, which has fewer digits.
            return self.exact(Box::<RawValue>::deserialize(from)?.get());
        }
        from.deserialize_any(self)
    }
}

impl Typed<'_> {
    fn inner(self) -> Self {
        if let Type::Option(inner) = self.0 { Typed(inner) } else { self }
    }

    /// A decimal as it is written: a number, or a text with one.
    fn exact<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        match text.as_bytes() {
            [b'"', ..] => self.visit_str(&serde_json::from_str::<String>(text).map_err(E::custom)?),
            [b'-' | b'0'..=b'9', ..] => self.number(text),
            b"null" => self.visit_unit(),
            _ => Err(E::custom(format!("{} was expected, and this is {text}", self.0))),
        }
    }

    fn number<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        match self.inner().0 {
            Type::String | Type::Bytes | Type::Bool => {
                Err(E::custom(format!("{} was expected, and this is {text}", self.0)))
            }
            of => parse(of, text).map_err(E::custom),
        }
    }
}

impl<'de> Visitor<'de> for Typed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        match self.inner().0 {
            Type::Bool => Ok(Value::Bool(value)),
            of => Err(E::custom(format!("{of} was expected, and this is {value}"))),
        }
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.number(&value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.number(&value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.number(&value.to_string())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        match self.0 {
            Type::Option(_) => Ok(Value::None),
            of => Err(E::custom(format!("{of} was expected, and this is null"))),
        }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        match self.inner().0 {
            Type::String => Ok(Value::String(text.to_owned())),
            Type::Union(cases) => {
                let is_it = |(name, held): &(String, Vec<Type>)| name == text && held.is_empty();
                let place = cases.iter().position(is_it).and_then(|at| u32::try_from(at).ok());
                let wrong = || E::custom(format!("{} was expected, and this is {text:?}", self.0));
                Ok(Value::Tagged(place.ok_or_else(wrong)?, Vec::new()))
            }
            of @ (Type::List(_) | Type::Record(_) | Type::Int | Type::Bool) => {
                Err(E::custom(format!("{of} was expected, and this is the text {text:?}")))
            }
            of => parse(of, text).map_err(E::custom),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Value, A::Error> {
        let Type::List(inner) = self.inner().0 else {
            return Err(A::Error::custom(format!("{} was expected, and this is a list", self.0)));
        };
        let mut values = Vec::new();
        while let Some(value) = all.next_element_seed(Typed(inner))? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        match self.inner().0 {
            Type::Record(parts) => {
                let column =
                    |(name, of): &(String, Type)| Column { name: name.clone(), of: of.clone() };
                let columns: Vec<Column> = parts.iter().map(column).collect();
                let absent: Vec<_> = parts
                    .iter()
                    .map(|(_, of)| matches!(of, Type::Option(_)).then_some(Value::None))
                    .collect();
                Object { columns: &columns, absent: &absent }.visit_map(fields).map(Value::Record)
            }
            Type::Union(cases) => {
                let wrong = || A::Error::custom(format!("one of {} was expected", self.0));
                let name: String = fields.next_key()?.ok_or_else(wrong)?;
                let place = cases.iter().position(|(case, _)| *case == name).ok_or_else(wrong)?;
                let values = fields.next_value_seed(Parts(&cases[place].1))?;
                if fields.next_key::<String>()?.is_some() {
                    return Err(wrong());
                }
                Ok(Value::Tagged(u32::try_from(place).unwrap_or(u32::MAX), values))
            }
            of => Err(A::Error::custom(format!("{of} was expected, and this is an object"))),
        }
    }
}

/// What an alternative holds.
struct Parts<'t>(&'t [Type]);

impl<'de> DeserializeSeed<'de> for Parts<'_> {
    type Value = Vec<Value>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<Value>, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Parts<'_> {
    type Value = Vec<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {} values", self.0.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Vec<Value>, A::Error> {
        let mut values = Vec::new();
        for of in self.0 {
            let few = || A::Error::custom(format!("{} values were expected", self.0.len()));
            values.push(all.next_element_seed(Typed(of))?.ok_or_else(few)?);
        }
        Ok(values)
    }
}

/// Writes rows as an array of objects, one in a line.
pub(crate) struct JsonWriter<W: Write> {
    columns: Vec<Column>,
    to: W,
    count: u64,
}

impl<W: Write> JsonWriter<W> {
    pub(super) fn new(columns: Vec<Column>, mut to: W) -> io::Result<Self> {
        to.write_all(b"[")?;
        Ok(Self { columns, to, count: 0 })
    }

    pub(super) fn row(&mut self, row: &[Value]) -> io::Result<()> {
        let between = if self.count > 0 { ",\n " } else { "\n " };
        self.count += 1;
        // An object of the library would have its fields in another order.
        let fields = self.columns.iter().zip(row).map(|(column, value)| {
            format!("{}: {}", Json::from(column.name.as_str()), to_json(&column.of, value))
        });
        write!(self.to, "{between}{{{}}}", fields.collect::<Vec<_>>().join(", "))
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.to.write_all(if self.count > 0 { b"\n]\n" } else { b"]\n" })?;
        self.to.flush()
    }
}
