//! The shape of a table's records, and where in a record each field lies.
//!
//! Records are packed, fields in the order of the schema, little-endian, without padding:
//!
//! | field | bytes |
//! |---|---|
//! | presence, only when nullable | 1: 0 for absent, 1 for present; in front of the value |
//! | integers and floats | their size |
//! | `Timestamp` | 8: nanoseconds since 1970, signed |
//! | `String`, `Bytes` | 4 for the length in bytes, then `max` bytes of room |

use crate::TapeError;

/// The fields of a table, in the order in which a record holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The fields.
    pub fields: Vec<Field>,
    /// The names of the fields that identify a record; may be empty.
    pub primary_key: Vec<String>,
}

/// A field of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, unique in the schema.
    pub name: String,
    /// What it holds.
    pub dtype: DataType,
    /// Whether it may be absent, which takes one byte more.
    pub nullable: bool,
}

/// What a field can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum DataType {
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float32,
    Float64,
    /// UTF-8 text of at most `max` bytes.
    String {
        max: u32,
    },
    /// At most `max` bytes.
    Bytes {
        max: u32,
    },
    /// Nanoseconds since 1970.
    Timestamp,
}

impl Schema {
    /// The bytes that a record takes.
    #[must_use]
    pub fn record_size(&self) -> u64 {
        self.fields.iter().map(Field::size).sum()
    }

    /// Where in a record the field begins: at its presence byte if it has one.
    #[must_use]
    pub fn field_offset(&self, name: &str) -> Option<u64> {
        let index = self.fields.iter().position(|field| field.name == name)?;
        Some(self.fields[..index].iter().map(Field::size).sum())
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Tests that there are fields, named uniquely, and that the key names some of them.
    ///
    /// # Errors
    /// They do not. Creating a table segment makes this test.
    pub fn check(&self) -> Result<(), TapeError> {
        if self.fields.is_empty() {
            return Err(TapeError::NoFields);
        }
        for (index, Field { name, .. }) in self.fields.iter().enumerate() {
            if self.fields[..index].iter().any(|field| field.name == *name) {
                return Err(TapeError::DuplicateField { field: name.clone() });
            }
        }
        for (index, name) in self.primary_key.iter().enumerate() {
            let is_fit = self.field(name).is_some_and(|field| !field.nullable);
            if !is_fit || self.primary_key[..index].contains(name) {
                return Err(TapeError::BadKeyField { field: name.clone() });
            }
        }
        Ok(())
    }
}

impl Field {
    /// The bytes that the field takes in a record, its presence byte included.
    #[must_use]
    pub fn size(&self) -> u64 {
        u64::from(self.nullable) + self.dtype.size()
    }
}

impl DataType {
    /// The bytes that a value takes.
    #[must_use]
    pub fn size(self) -> u64 {
        match self {
            Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 | Self::Timestamp => 8,
            Self::String { max } | Self::Bytes { max } => 4 + u64::from(max),
        }
    }

    /// A number for the type, which digests are made of: never renumbered.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Int8 => 0,
            Self::Int16 => 1,
            Self::Int32 => 2,
            Self::Int64 => 3,
            Self::UInt8 => 4,
            Self::UInt16 => 5,
            Self::UInt32 => 6,
            Self::UInt64 => 7,
            Self::Float32 => 8,
            Self::Float64 => 9,
            Self::String { .. } => 10,
            Self::Bytes { .. } => 11,
            Self::Timestamp => 12,
        }
    }
}
