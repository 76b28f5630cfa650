//! Between the words of a program and the values of the store, by their types.

use relational::{Row, Type, Value};
use rust_decimal::Decimal;

use super::Call;
use super::batch::Batch;
use super::object::{HEAD, KIND_LIST, KIND_RECORD, KIND_REFERENCES, KIND_TEXT};
use crate::trap::Trap;

/// Bytes of texts, words and elements in one value at most. An object may be in it many times, so
/// the size of the heap is no bound.
pub(super) const BUDGET: i64 = 64 << 20;
/// The types of the two words of a decimal.
const DECIMAL: [Type; 2] = [Type::Int, Type::Int];

/// Whether a word of this type is the position of an object.
#[must_use]
pub const fn is_reference(ty: &Type) -> bool {
    match ty {
        Type::Int | Type::Float | Type::Bool | Type::Timestamp | Type::Duration | Type::Moment => {
            false
        }
        Type::Decimal
        | Type::String
        | Type::Bytes
        | Type::Option(_)
        | Type::List(_)
        | Type::Record(_)
        | Type::Union(_) => true,
    }
}

/// Where the words of fields of these types lie in a record, counted from its head, and how many
/// of them are references: references first, each kind in the order of the fields.
#[must_use]
pub fn record_layout<'t>(types: impl Iterator<Item = &'t Type> + Clone) -> (Vec<i64>, u16) {
    let references = types.clone().filter(|ty| is_reference(ty)).count();
    let mut next = [0, references];
    let place = |ty| {
        let next = &mut next[usize::from(!is_reference(ty))];
        *next += 1;
        HEAD + 8 * i64::try_from(*next - 1).unwrap_or(i64::MAX)
    };
    (types.map(place).collect(), u16::try_from(references).unwrap_or(u16::MAX))
}

/// The two words of a decimal: the low 64 bits of its digits; the high 32 bits, and above them how
/// many of the digits are behind the point, in 8 bits, and whether it is below 0.
#[must_use]
pub fn decimal_words(value: Decimal) -> [i64; 2] {
    let digits = value.mantissa().unsigned_abs().to_le_bytes();
    let mut words = [[0; 8]; 2];
    words[0].copy_from_slice(&digits[..8]);
    words[1][..4].copy_from_slice(&digits[8..12]);
    words[1][4] = value.scale().to_le_bytes()[0];
    words[1][5] = u8::from(value.is_sign_negative() && !value.is_zero());
    words.map(i64::from_le_bytes)
}

/// The decimal of two words, if they are one's.
#[must_use]
pub fn decimal_of(words: [i64; 2]) -> Option<Decimal> {
    let high = words[1].to_le_bytes();
    let low = u128::from(words[0].cast_unsigned());
    let top = u128::from(u32::from_le_bytes([high[0], high[1], high[2], high[3]]));
    let digits = i128::try_from(low | top << 64).ok()?;
    let mut value = Decimal::try_from_i128_with_scale(digits, u32::from(high[4])).ok()?;
    value.set_sign_negative(high[5] & 1 == 1);
    Some(value)
}

/// Reading.
impl Call<'_> {
    /// The value that a word of some type stands for.
    pub(crate) fn value(&self, word: i64, ty: &Type) -> Result<Value, Trap> {
        self.value_within(word, ty, &mut { BUDGET })
    }

    /// The values of the fields of a record.
    pub(crate) fn values<'t>(
        &self,
        record: i64,
        types: impl Iterator<Item = &'t Type> + Clone,
    ) -> Result<Vec<Value>, Trap> {
        self.values_within(record, types, &mut { BUDGET })
    }

    /// Values whose words lie one after the other at a position.
    pub(crate) fn values_in_order<'t>(
        &self,
        at: i64,
        types: impl Iterator<Item = &'t Type>,
    ) -> Result<Vec<Value>, Trap> {
        let mut left = BUDGET;
        let word = |place: i64| self.read_word(at.wrapping_add(8 * place));
        types.zip(0..).map(|(ty, place)| self.value_within(word(place)?, ty, &mut left)).collect()
    }

    /// Depth is that of the type, which is bounded.
    pub(super) fn value_within(&self, word: i64, ty: &Type, left: &mut i64) -> Result<Value, Trap> {
        Ok(match ty {
            Type::Int => Value::Int(word),
            Type::Float => Value::Float(f64::from_bits(word.cast_unsigned())),
            Type::Bool => Value::Bool(word != 0),
            Type::Timestamp => Value::Timestamp(word),
            Type::Duration => Value::Duration(word),
            Type::Moment => Value::Moment(word.cast_unsigned()),
            Type::Decimal => {
                let values = self.values_within(word, DECIMAL.iter(), left)?;
                let words = match values.as_slice() {
                    [Value::Int(low), Value::Int(high)] => decimal_of([*low, *high]),
                    _ => None,
                };
                let wrong = Trap::NotAnObject { value: word, expected: "a decimal" };
                Value::Decimal(words.ok_or(wrong)?)
            }
            Type::String => {
                let wrong = |_| Trap::NotAnObject { value: word, expected: "a text in UTF-8" };
                Value::String(String::from_utf8(self.bytes_within(word, left)?).map_err(wrong)?)
            }
            Type::Bytes => Value::Bytes(self.bytes_within(word, left)?),
            Type::Option(_) if word == 0 => Value::None,
            Type::Option(inner) if is_reference(inner) => self.value_within(word, inner, left)?,
            Type::Option(inner) => {
                let boxed = self.values_within(word, std::iter::once(&**inner), left)?;
                boxed.into_iter().next().unwrap_or(Value::None)
            }
            Type::List(inner) => Value::List(self.list_within(word, inner, left)?),
            Type::Record(fields) => {
                let types = fields.iter().map(|(_, ty)| ty);
                Value::Record(self.values_within(word, types, left)?)
            }
            Type::Union(cases) => {
                self.head(word, &[KIND_RECORD], "an alternative of a union")?;
                let tag = self.tag(word)?;
                let wrong = Trap::NotAnObject { value: word, expected: "an alternative it can be" };
                let (_, held) = cases.get(tag as usize).ok_or(wrong)?;
                Value::Tagged(tag, self.values_within(word, held.iter(), left)?)
            }
        })
    }

    fn bytes_within(&self, text: i64, left: &mut i64) -> Result<Vec<u8>, Trap> {
        self.head(text, &[KIND_TEXT], "a text")?;
        let length = self.length(text)?;
        spend(left, length)?;
        self.text(text)
    }

    fn list_within(&self, list: i64, inner: &Type, left: &mut i64) -> Result<Vec<Value>, Trap> {
        let kind = if is_reference(inner) { KIND_REFERENCES } else { KIND_LIST };
        self.head(list, &[kind], "a list of this type")?;
        let length = self.length(list)?;
        spend(left, length * 8)?;
        let mut values = Vec::new();
        for place in 0..length {
            let word = self.read_word(list + HEAD + 8 * place)?;
            values.push(self.value_within(word, inner, left)?);
        }
        Ok(values)
    }

    fn values_within<'t>(
        &self,
        record: i64,
        types: impl Iterator<Item = &'t Type> + Clone,
        left: &mut i64,
    ) -> Result<Vec<Value>, Trap> {
        let (places, references) = record_layout(types.clone());
        let expected = "a record with these fields";
        let head = self.head(record, &[KIND_RECORD], expected)?;
        let length = self.length(record)?;
        spend(left, length * 8)?;
        let fits = usize::try_from(length).is_ok_and(|length| length == places.len());
        if !fits || head.references != references {
            return Err(Trap::NotAnObject { value: record, expected });
        }
        let mut values = Vec::with_capacity(places.len());
        for (ty, place) in types.zip(places) {
            let word = self.read_word(record + place)?;
            values.push(self.value_within(word, ty, left)?);
        }
        Ok(values)
    }

    /// The tag of an object, whose head was looked at before.
    fn tag(&self, object: i64) -> Result<u32, Trap> {
        let [.., a, b, c, d] = self.read_word(object + 8)?.to_le_bytes();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }
}

/// Whatever makes objects with their content.
pub(super) trait Objects {
    /// An object of words.
    fn make_object(
        &mut self,
        kind: u8,
        references: u16,
        words: &[i64],
        tag: u32,
    ) -> Result<i64, Trap>;

    /// A text.
    fn make_text(&mut self, bytes: &[u8]) -> Result<i64, Trap>;
}

/// A word of some type for a value, which fits the type.
pub(super) fn word(objects: &mut impl Objects, value: &Value, ty: &Type) -> Result<i64, Trap> {
    match (value, ty) {
        (Value::None, _) => Ok(0),
        (value, Type::Option(inner)) if is_reference(inner) => word(objects, value, inner),
        (value, Type::Option(inner)) => {
            record(objects, std::slice::from_ref(value), std::iter::once(&**inner), 0)
        }
        (Value::Bool(value), _) => Ok(i64::from(*value)),
        (Value::Int(value) | Value::Timestamp(value) | Value::Duration(value), _) => Ok(*value),
        (Value::Moment(value), _) => Ok(value.cast_signed()),
        (Value::Float(value), _) => Ok(crate::exec::from_f64(*value)),
        (Value::Decimal(value), _) => {
            let words = decimal_words(*value).map(Value::Int);
            record(objects, &words, DECIMAL.iter(), 0)
        }
        (Value::String(text), _) => objects.make_text(text.as_bytes()),
        (Value::Bytes(bytes), _) => objects.make_text(bytes),
        (Value::List(values), Type::List(inner)) => {
            let kind = if is_reference(inner) { KIND_REFERENCES } else { KIND_LIST };
            let words = values.iter().map(|value| word(objects, value, inner));
            let words = words.collect::<Result<Vec<_>, _>>()?;
            objects.make_object(kind, 0, &words, 0)
        }
        (Value::Record(values), Type::Record(fields)) => {
            record(objects, values, fields.iter().map(|(_, ty)| ty), 0)
        }
        (Value::Tagged(tag, values), Type::Union(cases)) => {
            let held = cases.get(*tag as usize).map_or(&[][..], |(_, held)| held);
            record(objects, values, held.iter(), *tag)
        }
        (Value::List(_) | Value::Record(_) | Value::Tagged(..), _) => Err(Trap::Store {
            reason: format!("the query gives {value} where its columns say otherwise"),
        }),
    }
}

/// A record of values, which fit the types.
pub(super) fn record<'t>(
    objects: &mut impl Objects,
    values: &[Value],
    types: impl Iterator<Item = &'t Type> + Clone,
    tag: u32,
) -> Result<i64, Trap> {
    let (places, references) = record_layout(types.clone());
    let mut words = vec![0; places.len()];
    for ((value, ty), place) in values.iter().zip(types).zip(places) {
        let at = usize::try_from((place - HEAD) / 8).unwrap_or(usize::MAX);
        let word = word(objects, value, ty)?;
        if let Some(own) = words.get_mut(at) {
            *own = word;
        }
    }
    objects.make_object(KIND_RECORD, references, &words, tag)
}

/// Rows as a list of records, which have these types.
fn rows_list<'t>(
    objects: &mut impl Objects,
    rows: &[Row],
    types: impl Iterator<Item = &'t Type> + Clone,
) -> Result<i64, Trap> {
    let records = rows.iter().map(|row| record(objects, row, types.clone(), 0));
    let records = records.collect::<Result<Vec<_>, _>>()?;
    objects.make_object(KIND_REFERENCES, 0, &records, 0)
}

/// Writing.
impl Call<'_> {
    /// A word of some type for a value, which fits the type.
    pub(crate) fn word(&mut self, value: &Value, ty: &Type) -> Result<i64, Trap> {
        self.make(|batch| word(batch, value, ty), |call| word(call, value, ty))
    }

    /// A record of values, which fit the types.
    pub(crate) fn record<'t>(
        &mut self,
        values: &[Value],
        types: impl Iterator<Item = &'t Type> + Clone,
        tag: u32,
    ) -> Result<i64, Trap> {
        let again = types.clone();
        self.make(
            |batch| record(batch, values, types, tag),
            |call| record(call, values, again, tag),
        )
    }

    /// Rows as a list of records, which have these types.
    pub(crate) fn rows_list<'t>(
        &mut self,
        rows: &[Row],
        types: impl Iterator<Item = &'t Type> + Clone,
    ) -> Result<i64, Trap> {
        let again = types.clone();
        self.make(|batch| rows_list(batch, rows, types), |call| rows_list(call, rows, again))
    }

    /// Makes objects all at once, or one by one where places were given back.
    fn make(
        &mut self,
        at_once: impl FnOnce(&mut Batch) -> Result<i64, Trap>,
        singly: impl FnOnce(&mut Self) -> Result<i64, Trap>,
    ) -> Result<i64, Trap> {
        let Some(mut batch) = self.batch()? else { return singly(self) };
        let made = at_once(&mut batch)?;
        self.finish(batch)?;
        Ok(made)
    }
}

pub(super) fn spend(left: &mut i64, size: i64) -> Result<(), Trap> {
    *left -= size.max(1);
    if *left < 0 { Err(Trap::ObjectSize { size: BUDGET - *left }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_come_first_in_a_record() {
        let types = [Type::Int, Type::String, Type::Bool, Type::Option(Box::new(Type::Int))];
        assert_eq!(record_layout(types.iter()), (vec![32, 16, 40, 24], 2));
    }

    #[test]
    fn a_decimal_is_two_words() {
        for text in [
            "0",
            "-0.0",
            "1.25",
            "-79228162514264337593543950335",
            "0.0000000000000000000000000001",
        ] {
            let value: Decimal = text.parse().expect("a decimal");
            let back = decimal_of(decimal_words(value)).expect("its words");
            assert_eq!((back, back.scale()), (value, value.scale()), "{text}");
        }
        assert_eq!(decimal_of([0, i64::MAX]), None);
    }
}
