//! What rows are made of: types, fields, and the fields of the key.

use crate::error::{DefinitionError, RowError};
use crate::value::Value;
use crate::wire::{Packer, Unpacker};

/// How deep types nest at most.
pub const TYPE_DEPTH_MAX: usize = 16;
/// How many fields a relation has at most.
pub const FIELDS_MAX: usize = 1000;

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Whole numbers of 64 bits.
    Int,
    /// Floating-point numbers of 64 bits.
    Float,
    /// Exact numbers of up to 28 digits.
    Decimal,
    /// Truth values.
    Bool,
    /// Texts.
    String,
    /// Bytes.
    Bytes,
    /// Points in time.
    Timestamp,
    /// Lengths of time.
    Duration,
    /// Numbers of moments.
    Moment,
    /// A value or none; not of an option.
    Option(Box<Self>),
    /// Any number of values.
    List(Box<Self>),
    /// Fields with names.
    Record(Vec<(String, Self)>),
    /// Alternatives, each with what it holds.
    Union(Vec<(String, Vec<Self>)>),
}

impl Type {
    /// What an option is an option of; any other type itself.
    pub(crate) fn inner(&self) -> &Self {
        if let Self::Option(inner) = self { inner } else { self }
    }

    /// Whether a value is of this type.
    #[must_use]
    pub fn accepts(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Int, Value::Int(_))
            | (Self::Float, Value::Float(_))
            | (Self::Decimal, Value::Decimal(_))
            | (Self::Bool, Value::Bool(_))
            | (Self::String, Value::String(_))
            | (Self::Bytes, Value::Bytes(_))
            | (Self::Timestamp, Value::Timestamp(_))
            | (Self::Duration, Value::Duration(_))
            | (Self::Moment, Value::Moment(_))
            | (Self::Option(_), Value::None) => true,
            (Self::Option(inner), value) => inner.accepts(value),
            (Self::List(inner), Value::List(values)) => {
                values.iter().all(|value| inner.accepts(value))
            }
            (Self::Record(fields), Value::Record(values)) => {
                accept_all(fields.iter().map(|(_, inner)| inner), values)
            }
            (Self::Union(cases), Value::Tagged(tag, values)) => {
                cases.get(*tag as usize).is_some_and(|(_, held)| accept_all(held.iter(), values))
            }
            (_, _) => false,
        }
    }

    /// Why no field can have this type, if so.
    fn flaw(&self, depth: usize) -> Option<&'static str> {
        if depth >= TYPE_DEPTH_MAX {
            return Some("it is nested too deep");
        }
        match self {
            Self::Option(inner) if matches!(**inner, Self::Option(_)) => {
                Some("it is an option of an option; make it one option")
            }
            Self::Option(inner) | Self::List(inner) => inner.flaw(depth + 1),
            Self::Record(fields) => fields.iter().find_map(|(_, inner)| inner.flaw(depth + 1)),
            Self::Union(cases) if cases.is_empty() => Some("it is a union of nothing"),
            Self::Union(cases) => {
                cases.iter().flat_map(|(_, held)| held).find_map(|inner| inner.flaw(depth + 1))
            }
            Self::Int
            | Self::Float
            | Self::Decimal
            | Self::Bool
            | Self::String
            | Self::Bytes
            | Self::Timestamp
            | Self::Duration
            | Self::Moment => None,
        }
    }

    pub(crate) fn pack(&self, packer: &mut Packer) {
        match self {
            Self::Int => packer.byte(1),
            Self::Float => packer.byte(2),
            Self::Decimal => packer.byte(3),
            Self::Bool => packer.byte(4),
            Self::String => packer.byte(5),
            Self::Bytes => packer.byte(6),
            Self::Timestamp => packer.byte(7),
            Self::Duration => packer.byte(8),
            Self::Moment => packer.byte(9),
            Self::Option(inner) => {
                packer.byte(10);
                inner.pack(packer);
            }
            Self::List(inner) => {
                packer.byte(11);
                inner.pack(packer);
            }
            Self::Record(fields) => {
                packer.byte(12);
                packer.number(fields.len());
                for (name, inner) in fields {
                    packer.block(name.as_bytes());
                    inner.pack(packer);
                }
            }
            Self::Union(cases) => {
                packer.byte(13);
                packer.number(cases.len());
                for (name, held) in cases {
                    packer.block(name.as_bytes());
                    packer.number(held.len());
                    held.iter().for_each(|inner| inner.pack(packer));
                }
            }
        }
    }

    pub(crate) fn unpack(unpacker: &mut Unpacker<'_>, depth: usize) -> Option<Self> {
        if depth >= TYPE_DEPTH_MAX {
            return None;
        }
        Some(match unpacker.byte()? {
            1 => Self::Int,
            2 => Self::Float,
            3 => Self::Decimal,
            4 => Self::Bool,
            5 => Self::String,
            6 => Self::Bytes,
            7 => Self::Timestamp,
            8 => Self::Duration,
            9 => Self::Moment,
            10 => Self::Option(Box::new(Self::unpack(unpacker, depth + 1)?)),
            11 => Self::List(Box::new(Self::unpack(unpacker, depth + 1)?)),
            12 => {
                let mut fields = Vec::new();
                for _ in 0..unpacker.count()? {
                    fields.push((unpacker.text()?, Self::unpack(unpacker, depth + 1)?));
                }
                Self::Record(fields)
            }
            13 => {
                let mut cases = Vec::new();
                for _ in 0..unpacker.count()? {
                    let (name, mut held) = (unpacker.text()?, Vec::new());
                    for _ in 0..unpacker.count()? {
                        held.push(Self::unpack(unpacker, depth + 1)?);
                    }
                    cases.push((name, held));
                }
                Self::Union(cases)
            }
            _ => return None,
        })
    }
}

fn accept_all<'t>(types: impl ExactSizeIterator<Item = &'t Type>, values: &[Value]) -> bool {
    types.len() == values.len() && types.zip(values).all(|(inner, value)| inner.accepts(value))
}

/// A field of a relation.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name, which no other field has.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// What it is where a row does not say.
    pub default: Option<Value>,
}

impl Field {
    /// A field without a default.
    pub fn new(name: impl Into<String>, ty: Type) -> Self {
        Self { name: name.into(), ty, default: None }
    }

    /// The same field with a default.
    #[must_use]
    pub fn or(mut self, default: impl Into<Value>) -> Self {
        self.default = Some(default.into());
        self
    }

    /// What it is in a row that does not say: its default, or none for an option.
    #[must_use]
    pub fn absent(&self) -> Option<Value> {
        let none = matches!(self.ty, Type::Option(_)).then_some(Value::None);
        self.default.clone().or(none)
    }

    /// Whether it can be kept.
    pub(crate) fn check(&self) -> Result<(), DefinitionError> {
        if let Some(reason) = self.ty.flaw(0) {
            return Err(DefinitionError::BadType { field: self.name.clone(), reason });
        }
        if self.default.as_ref().is_some_and(|value| !self.ty.accepts(value)) {
            return Err(DefinitionError::BadDefault { field: self.name.clone() });
        }
        Ok(())
    }

    pub(crate) fn pack(&self, packer: &mut Packer) {
        packer.block(self.name.as_bytes());
        self.ty.pack(packer);
        let mut default = Vec::new();
        if let Some(value) = &self.default {
            default.push(1);
            crate::key::encode(&self.ty, value, crate::key::Zeros::Told, &mut default);
        }
        packer.block(&default);
    }

    pub(crate) fn unpack(unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let (name, ty) = (unpacker.text()?, Type::unpack(unpacker, 0)?);
        let default = match unpacker.block()? {
            [] => None,
            [_, bytes @ ..] => Some(crate::key::decode(&ty, &mut &*bytes)?),
        };
        Some(Self { name, ty, default })
    }
}

/// Checks that a row has the fields of a relation.
pub(crate) fn check_row(relation: &str, fields: &[Field], row: &[Value]) -> Result<(), RowError> {
    if row.len() != fields.len() {
        let (expected, found) = (fields.len(), row.len());
        return Err(RowError::Count { relation: relation.to_owned(), expected, found });
    }
    match fields.iter().zip(row).find(|(field, value)| !field.ty.accepts(value)) {
        None => Ok(()),
        Some((field, value)) => Err(RowError::Type {
            relation: relation.to_owned(),
            field: field.name.clone(),
            value: value.clone(),
        }),
    }
}
