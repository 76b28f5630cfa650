//! Values, as the caller sees them, and their order.

use std::cmp::Ordering;
use std::fmt;

use rust_decimal::Decimal;

/// A value of a field. Its type is known from the schema; the two must agree.
///
/// Values are ordered within their type: options first, then by size, dictionaries of text by their
/// bytes (which is by code points), lists and records by their first difference, alternatives by
/// their number. Floats are ordered totally: both zeros are equal, and there is one NaN, above all.
#[derive(Clone, Debug)]
pub enum Value {
    /// An option without a value. An option with one is the value itself.
    None,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A floating-point number.
    Float(f64),
    /// An exact number of up to 28 digits.
    Decimal(Decimal),
    /// A text.
    String(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Nanoseconds since 1970, without leap seconds.
    Timestamp(i64),
    /// Nanoseconds.
    Duration(i64),
    /// The number of a moment.
    Moment(u64),
    /// A list.
    List(Vec<Self>),
    /// A record: the values of its fields in the order of its type.
    Record(Vec<Self>),
    /// An alternative of a union, by its place in the type, and what it holds.
    Tagged(u32, Vec<Self>),
}

impl Value {
    /// Where the kinds stand in an order over values of different types, which do not meet in one
    /// field.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Float(_) => 3,
            Self::Decimal(_) => 4,
            Self::String(_) => 5,
            Self::Bytes(_) => 6,
            Self::Timestamp(_) => 7,
            Self::Duration(_) => 8,
            Self::Moment(_) => 9,
            Self::List(_) => 10,
            Self::Record(_) => 11,
            Self::Tagged(..) => 12,
        }
    }

    /// The number inside, for kinds that are whole numbers of 64 bits with a sign.
    const fn as_whole(&self) -> Option<i64> {
        match self {
            Self::Int(number) | Self::Timestamp(number) | Self::Duration(number) => Some(*number),
            Self::None
            | Self::Bool(_)
            | Self::Float(_)
            | Self::Decimal(_)
            | Self::String(_)
            | Self::Bytes(_)
            | Self::Moment(_)
            | Self::List(_)
            | Self::Record(_)
            | Self::Tagged(..) => None,
        }
    }

    /// Whether it is an option without a value.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

/// The order of floats that keys have.
pub(crate) fn compare_floats(one: f64, other: f64) -> Ordering {
    match (one.is_nan(), other.is_nan()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => one.partial_cmp(&other).unwrap_or(Ordering::Equal),
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => one.cmp(two),
            (Self::Float(one), Self::Float(two)) => compare_floats(*one, *two),
            (Self::Decimal(one), Self::Decimal(two)) => one.cmp(two),
            (Self::String(one), Self::String(two)) => one.cmp(two),
            (Self::Bytes(one), Self::Bytes(two)) => one.cmp(two),
            (Self::Moment(one), Self::Moment(two)) => one.cmp(two),
            (Self::List(one), Self::List(two)) | (Self::Record(one), Self::Record(two)) => {
                one.cmp(two)
            }
            (Self::Tagged(one, held), Self::Tagged(two, other)) => {
                one.cmp(two).then_with(|| held.cmp(other))
            }
            (one, two) => {
                one.rank().cmp(&two.rank()).then_with(|| one.as_whole().cmp(&two.as_whole()))
            }
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Value {}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, values: &[Self]| {
            for (index, value) in values.iter().enumerate() {
                write!(f, "{}{value}", if index == 0 { "" } else { ", " })?;
            }
            Ok(())
        };
        match self {
            Self::None => write!(f, "none"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Decimal(value) => write!(f, "{value}d"),
            Self::String(value) => write!(f, "{value:?}"),
            Self::Bytes(value) => write!(f, "b\"{}\"", value.escape_ascii()),
            Self::Timestamp(value) => write!(f, "timestamp {value} ns"),
            Self::Duration(value) => write!(f, "{value} ns"),
            Self::Moment(value) => write!(f, "moment {value}"),
            Self::List(values) => {
                write!(f, "[")?;
                list(f, values)?;
                write!(f, "]")
            }
            Self::Record(values) => {
                write!(f, "{{")?;
                list(f, values)?;
                write!(f, "}}")
            }
            Self::Tagged(tag, values) => {
                write!(f, "#{tag}(")?;
                list(f, values)?;
                write!(f, ")")
            }
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}

impl From<Decimal> for Value {
    fn from(value: Decimal) -> Self {
        Self::Decimal(value)
    }
}
