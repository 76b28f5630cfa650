//! Rows as bytes: a head, a fixed part in which every field has its place, and a variable part.
//!
//! A field is read without reading those before it.

use rust_decimal::Decimal;

use crate::key::{Zeros, decode, encode};
use crate::raw::Raw;
use crate::schema::{Field, Type};
use crate::value::Value;

/// The version of the schema, and the number of the row.
pub(crate) const HEAD: usize = 10;
/// What a decimal takes: its digits as a number of 12 bytes, its scale, its sign.
const DECIMAL: usize = 16;

/// Where the fields of one version of a schema lie in its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    slots: Vec<Slot>,
    fixed: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Slot {
    ty: Type,
    /// What is enough to write it from what a program has, unless it is an option.
    kind: Kind,
    /// Which bit says that an option has a value.
    flag: Option<usize>,
    at: usize,
    /// For fields in the variable part, where the place of the one before is, if there is one.
    /// Their own place holds where they end.
    variable: Option<Option<usize>>,
}

/// How a field lies in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Float,
    Bool,
    Text,
    Bytes,
    /// In another way than a program has it.
    Other,
}

impl Kind {
    const fn of(ty: &Type) -> Self {
        match ty {
            Type::Int | Type::Timestamp | Type::Duration | Type::Moment => Self::Word,
            Type::Float => Self::Float,
            Type::Bool => Self::Bool,
            Type::String => Self::Text,
            Type::Bytes => Self::Bytes,
            Type::Decimal | Type::Option(_) | Type::List(_) | Type::Record(_) | Type::Union(_) => {
                Self::Other
            }
        }
    }
}

impl Layout {
    pub(crate) fn new(fields: &[Field]) -> Self {
        let options = fields.iter().filter(|field| matches!(field.ty, Type::Option(_))).count();
        let mut fixed = HEAD + options.div_ceil(8);
        let (mut flags, mut before) = (0.., None);
        let mut slots = Vec::with_capacity(fields.len());
        for field in fields {
            let is_option = matches!(field.ty, Type::Option(_));
            let (ty, flag) = (field.ty.inner().clone(), is_option.then(|| flags.next()).flatten());
            let (at, len) = (fixed, fixed_len(&ty));
            let variable = if len.is_none() { Some(before.replace(at)) } else { None };
            fixed += len.unwrap_or(4);
            let kind = if is_option { Kind::Other } else { Kind::of(&ty) };
            slots.push(Slot { ty, kind, flag, at, variable });
        }
        Self { slots, fixed }
    }

    /// The bytes of a row, whose values fit.
    pub(crate) fn encode(&self, version: u16, number: u64, row: &[Value]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.fixed + 32);
        self.begin(version, &mut bytes);
        bytes[2..HEAD].copy_from_slice(&number.to_le_bytes());
        for (place, value) in row.iter().enumerate() {
            self.put(&mut bytes, place, value);
        }
        bytes
    }

    /// Whether a field is always there, and in the fixed part. If all are, a row is its head and them.
    pub(crate) fn is_fixed(&self, index: usize) -> bool {
        self.slots.get(index).is_some_and(|slot| slot.flag.is_none() && slot.variable.is_none())
    }

    /// The head of a row.
    pub(crate) fn put_head(version: u16, number: u64, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&version.to_le_bytes());
        bytes.extend_from_slice(&number.to_le_bytes());
    }

    /// Adds such a field.
    pub(crate) fn put_field(&self, index: usize, value: &Value, bytes: &mut Vec<u8>) {
        let len = self.slots.get(index).and_then(|slot| fixed_len(&slot.ty)).unwrap_or(0);
        let at = bytes.len();
        bytes.resize(at + len, 0);
        put_fixed(&mut bytes[at..], value);
    }

    /// The beginning of a row in an empty buffer: no number, and all fields still to come.
    pub(crate) fn begin(&self, version: u16, bytes: &mut Vec<u8>) {
        bytes.resize(self.fixed, 0);
        bytes[..2].copy_from_slice(&version.to_le_bytes());
    }

    /// Writes a field behind all those before it. The value fits.
    pub(crate) fn put(&self, bytes: &mut Vec<u8>, place: usize, value: &Value) {
        let Some(slot) = self.slots.get(place) else { return };
        if let Some(flag) = slot.flag
            && !value.is_none()
        {
            bytes[HEAD + flag / 8] |= 1 << (flag % 8);
        }
        if slot.variable.is_none() {
            put_fixed(&mut bytes[slot.at..], value);
            return;
        }
        if let Value::String(text) = value {
            bytes.extend_from_slice(text.as_bytes());
        } else if let Value::Bytes(held) = value {
            bytes.extend_from_slice(held);
        } else if !value.is_none() {
            encode(&slot.ty, value, Zeros::Told, bytes);
        }
        end_here(bytes, slot.at);
    }

    /// Writes a field that is no option behind all those before it; false if it cannot be this.
    pub(crate) fn put_raw(&self, bytes: &mut Vec<u8>, place: usize, raw: Raw<'_>) -> bool {
        match raw {
            Raw::Word(word) => self.put_word(bytes, place, word),
            Raw::Bytes(held) => self.put_bytes(bytes, place, held),
        }
    }

    /// Likewise a number, a time or a truth.
    #[inline]
    pub(crate) fn put_word(&self, bytes: &mut [u8], place: usize, word: i64) -> bool {
        let Some(slot) = self.slots.get(place) else { return false };
        match slot.kind {
            Kind::Word => bytes[slot.at..][..8].copy_from_slice(&word.to_le_bytes()),
            Kind::Bool => bytes[slot.at] = u8::from(word != 0),
            Kind::Float => {
                let value = Value::Float(f64::from_bits(word.cast_unsigned()));
                put_fixed(&mut bytes[slot.at..], &value);
            }
            Kind::Text | Kind::Bytes | Kind::Other => return false,
        }
        true
    }

    /// Likewise a text or bytes.
    #[inline]
    pub(crate) fn put_bytes(&self, bytes: &mut Vec<u8>, place: usize, held: &[u8]) -> bool {
        let Some(slot) = self.slots.get(place) else { return false };
        match slot.kind {
            Kind::Text if !held.is_ascii() && str::from_utf8(held).is_err() => return false,
            Kind::Text | Kind::Bytes => {}
            Kind::Word | Kind::Float | Kind::Bool | Kind::Other => return false,
        }
        bytes.extend_from_slice(held);
        end_here(bytes, slot.at);
        true
    }

    /// A field that is no option and has no parts, where it lies; nothing when the bytes are no row of
    /// this layout.
    #[inline]
    pub(crate) fn raw<'b>(&self, bytes: &'b [u8], index: usize) -> Option<Raw<'b>> {
        let slot = self.slots.get(index)?;
        if slot.variable.is_some() {
            let held = self.variable(slot, bytes)?;
            if slot.ty == Type::String {
                str::from_utf8(held).ok()?;
            }
            return Some(Raw::Bytes(held));
        }
        let place = bytes.get(slot.at..)?;
        Some(Raw::Word(if slot.ty == Type::Bool {
            i64::from(*place.first()? != 0)
        } else {
            i64::from_le_bytes(*place.first_chunk()?)
        }))
    }

    /// Where in its rows a field lies that is a whole number and always there.
    pub(crate) fn int_at(&self, index: usize) -> Option<usize> {
        let slot = self.slots.get(index)?;
        (slot.ty == Type::Int && slot.flag.is_none()).then_some(slot.at)
    }

    /// The bytes for a field that is no option, and where in a row they belong, if they take as much
    /// room as what is there. Words are laid in the buffer.
    pub(crate) fn placed<'b>(
        &self,
        row: &[u8],
        index: usize,
        raw: Raw<'b>,
        buffer: &'b mut [u8; 8],
    ) -> Option<(usize, &'b [u8])> {
        let slot = self.slots.get(index).filter(|slot| slot.flag.is_none())?;
        match (&slot.ty, raw) {
            (Type::Bool, Raw::Word(word)) => {
                buffer[0] = u8::from(word != 0);
                Some((slot.at, &buffer[..1]))
            }
            (Type::Float, Raw::Word(word)) => {
                put_fixed(buffer, &Value::Float(f64::from_bits(word.cast_unsigned())));
                Some((slot.at, buffer))
            }
            (Type::Int | Type::Timestamp | Type::Duration | Type::Moment, Raw::Word(word)) => {
                *buffer = word.to_le_bytes();
                Some((slot.at, buffer))
            }
            (Type::String | Type::Bytes, Raw::Bytes(held)) => {
                let start =
                    slot.variable?.map_or(Some(self.fixed), |before| end_at(row, before))?;
                let is_text = slot.ty == Type::Bytes || str::from_utf8(held).is_ok();
                let fits = end_at(row, slot.at)?.checked_sub(start)? == held.len();
                (is_text && fits).then_some((start, held))
            }
            (_, _) => None,
        }
    }

    /// The bytes that a field takes: fields with the same ones are equal.
    pub(crate) fn held<'b>(&self, bytes: &'b [u8], index: usize) -> Option<(bool, &'b [u8])> {
        let slot = self.slots.get(index)?;
        let is_there = match slot.flag {
            Some(flag) => bytes.get(HEAD + flag / 8)? >> (flag % 8) & 1 == 1,
            None => true,
        };
        let held = match fixed_len(&slot.ty) {
            Some(len) => bytes.get(slot.at..slot.at + len)?,
            None => self.variable(slot, bytes)?,
        };
        Some((is_there, held))
    }

    /// A field of a row; nothing when the bytes are no row of this layout.
    pub(crate) fn field(&self, bytes: &[u8], index: usize) -> Option<Value> {
        let slot = self.slots.get(index)?;
        if let Some(flag) = slot.flag
            && bytes.get(HEAD + flag / 8)? >> (flag % 8) & 1 == 0
        {
            return Some(Value::None);
        }
        if slot.variable.is_some() {
            let held = self.variable(slot, bytes)?;
            if slot.ty == Type::String {
                return Some(Value::String(str::from_utf8(held).ok()?.to_owned()));
            }
            if slot.ty == Type::Bytes {
                return Some(Value::Bytes(held.to_vec()));
            }
            let mut rest = held;
            return decode(&slot.ty, &mut rest).filter(|_| rest.is_empty());
        }
        get_fixed(&slot.ty, bytes.get(slot.at..)?)
    }

    /// All fields.
    pub(crate) fn decode(&self, bytes: &[u8]) -> Option<Vec<Value>> {
        (0..self.slots.len()).map(|index| self.field(bytes, index)).collect()
    }

    fn variable<'b>(&self, slot: &Slot, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let start = match slot.variable? {
            None => self.fixed,
            Some(before) => end_at(bytes, before)?,
        };
        bytes.get(start..end_at(bytes, slot.at)?)
    }
}

/// Notes that a field of the variable part ends where the row does so far.
fn end_here(bytes: &mut [u8], at: usize) {
    // Rows have at most 2^30 bytes, which is checked when they are put into the tree.
    let end = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    bytes[at..][..4].copy_from_slice(&end.to_le_bytes());
}

/// The version of the schema of a row.
pub(crate) fn version_of(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.first_chunk()?))
}

/// The number of a row.
pub(crate) fn number_of(bytes: &[u8]) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(2..HEAD)?.try_into().ok()?))
}

fn end_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?) as usize)
}

/// How many bytes values of a type take in the fixed part.
const fn fixed_len(ty: &Type) -> Option<usize> {
    match ty {
        Type::Bool => Some(1),
        Type::Int | Type::Float | Type::Timestamp | Type::Duration | Type::Moment => Some(8),
        Type::Decimal => Some(DECIMAL),
        Type::String
        | Type::Bytes
        | Type::Option(_)
        | Type::List(_)
        | Type::Record(_)
        | Type::Union(_) => None,
    }
}

fn put_fixed(place: &mut [u8], value: &Value) {
    let word = match value {
        Value::Bool(value) => {
            place[0] = u8::from(*value);
            return;
        }
        Value::Decimal(value) => {
            let digits = value.mantissa();
            place[..12].copy_from_slice(&digits.unsigned_abs().to_le_bytes()[..12]);
            place[12] = value.scale().to_le_bytes()[0];
            place[13] = u8::from(value.is_sign_negative());
            return;
        }
        Value::Int(value) | Value::Timestamp(value) | Value::Duration(value) => {
            value.cast_unsigned()
        }
        Value::Moment(value) => *value,
        Value::Float(value) if value.is_nan() => f64::NAN.abs().to_bits(),
        Value::Float(value) => value.to_bits(),
        Value::None
        | Value::String(_)
        | Value::Bytes(_)
        | Value::List(_)
        | Value::Record(_)
        | Value::Tagged(..) => return,
    };
    place[..8].copy_from_slice(&word.to_le_bytes());
}

fn get_fixed(ty: &Type, place: &[u8]) -> Option<Value> {
    if *ty == Type::Bool {
        return Some(Value::Bool(*place.first()? != 0));
    }
    if *ty == Type::Decimal {
        let held: &[u8; DECIMAL] = place.first_chunk()?;
        let digits = held[..12].iter().rev().fold(0, |all, byte| all << 8 | i128::from(*byte));
        let mut value = Decimal::try_from_i128_with_scale(digits, u32::from(held[12])).ok()?;
        value.set_sign_negative(held[13] != 0);
        return Some(Value::Decimal(value));
    }
    let word = u64::from_le_bytes(*place.first_chunk()?);
    match ty {
        Type::Int => Some(Value::Int(word.cast_signed())),
        Type::Timestamp => Some(Value::Timestamp(word.cast_signed())),
        Type::Duration => Some(Value::Duration(word.cast_signed())),
        Type::Moment => Some(Value::Moment(word)),
        Type::Float => Some(Value::Float(f64::from_bits(word))),
        Type::Bool
        | Type::Decimal
        | Type::String
        | Type::Bytes
        | Type::Option(_)
        | Type::List(_)
        | Type::Record(_)
        | Type::Union(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::typed_value;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

        #[test]
        fn a_row_gives_its_fields_back(
            typed in prop::collection::vec(typed_value(), 0..12),
            version in any::<u16>(),
            number in any::<u64>(),
        ) {
            let (types, row): (Vec<_>, Vec<_>) = typed.into_iter().unzip();
            let fields: Vec<_> = types.into_iter().map(|ty| Field::new("f", ty)).collect();
            let layout = Layout::new(&fields);
            let bytes = layout.encode(version, number, &row);
            prop_assert_eq!((version_of(&bytes), number_of(&bytes)), (Some(version), Some(number)));
            prop_assert_eq!(layout.decode(&bytes), Some(row.clone()));
            for (index, value) in row.iter().enumerate() {
                prop_assert_eq!(layout.field(&bytes, index), Some(value.clone()));
            }
        }

        #[test]
        fn any_bytes_are_a_row_or_refused(
            typed in prop::collection::vec(typed_value(), 0..6),
            bytes in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let fields: Vec<_> = typed.into_iter().map(|(ty, _)| Field::new("f", ty)).collect();
            if let Some(row) = Layout::new(&fields).decode(&bytes) {
                prop_assert_eq!(row.len(), fields.len());
            }
        }
    }
}
