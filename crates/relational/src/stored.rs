//! Definitions, queries and rules as bytes, as they lie in the data of a program that uses a store.
//!
//! Relations have names there, as their numbers are known when the program runs only. The first byte
//! is a version; what another version wrote is refused.

use crate::StoreError;
use crate::define::Definition;
use crate::index::IndexKind;
use crate::part::ComputedIndex;
use crate::schema::{Field, Type};
use crate::value::Value;
use crate::wire::{Packer, Unpacker, pack_value, unpack_value};

/// The first byte of everything here.
pub(crate) const VERSION: u8 = 1;

/// An index to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDefinition {
    /// Its name.
    pub name: String,
    /// How it is built.
    pub kind: IndexKind,
    /// Whether no two rows may have the same values.
    pub unique: bool,
    /// The names of its fields.
    pub fields: Vec<String>,
}

/// What a stored query needs and gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signature {
    /// The names of the relations that it reads. In the query, `Query::Relation` has the place of
    /// a name here in place of a number.
    pub relations: Vec<String>,
    /// The types of its parameters.
    pub parameters: Vec<Type>,
    /// The types of the columns of its rows.
    pub columns: Vec<Type>,
}

/// Bytes that begin with the version.
pub(crate) fn packer() -> Packer {
    let mut packer = Packer::default();
    packer.byte(VERSION);
    packer
}

/// What follows the version.
pub(crate) fn unpacker<'b>(
    bytes: &'b [u8],
    what: &'static str,
) -> Result<Unpacker<'b>, StoreError> {
    match bytes.split_first() {
        Some((&VERSION, rest)) => Ok(Unpacker { rest }),
        _ => Err(StoreError::Malformed { what }),
    }
}

pub(crate) fn pack_texts<T: AsRef<str>>(texts: &[T], packer: &mut Packer) {
    packer.number(texts.len());
    texts.iter().for_each(|text| packer.block(text.as_ref().as_bytes()));
}

pub(crate) fn unpack_texts(unpacker: &mut Unpacker<'_>) -> Option<Vec<String>> {
    (0..unpacker.count()?).map(|_| unpacker.text()).collect()
}

fn pack_types(types: &[Type], packer: &mut Packer) {
    packer.number(types.len());
    types.iter().for_each(|ty| ty.pack(packer));
}

fn unpack_types(unpacker: &mut Unpacker<'_>) -> Option<Vec<Type>> {
    (0..unpacker.count()?).map(|_| Type::unpack(unpacker, 0)).collect()
}

impl Type {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut packer = packer();
        self.pack(&mut packer);
        packer.bytes
    }

    /// From bytes.
    ///
    /// # Errors
    /// They are no type.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let what = "type";
        let mut unpacker = unpacker(bytes, what)?;
        let found = Self::unpack(&mut unpacker, 0).filter(|_| unpacker.rest.is_empty());
        found.ok_or(StoreError::Malformed { what })
    }
}

impl Definition {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut packer = packer();
        packer.block(self.name.as_bytes());
        packer.number(self.fields.len());
        self.fields.iter().for_each(|field| field.pack(&mut packer));
        pack_texts(&self.key, &mut packer);
        packer.number(self.unique.len());
        self.unique.iter().for_each(|fields| pack_texts(fields, &mut packer));
        packer.number(self.references.len());
        for (fields, target) in &self.references {
            pack_texts(fields, &mut packer);
            packer.block(target.as_bytes());
        }
        // Nothing, where there are none.
        if !self.computed.is_empty() {
            packer.number(self.computed.len());
            self.computed.iter().for_each(|index| index.pack(&mut packer));
        }
        packer.bytes
    }

    /// From bytes.
    ///
    /// # Errors
    /// They are no definition.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let what = "definition of a relation";
        let mut unpacker = unpacker(bytes, what)?;
        Self::unpack(&mut unpacker)
            .filter(|_| unpacker.rest.is_empty())
            .ok_or(StoreError::Malformed { what })
    }

    fn unpack(unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let name = unpacker.text()?;
        let fields = (0..unpacker.count()?).map(|_| Field::unpack(unpacker));
        let fields = fields.collect::<Option<_>>()?;
        let key = unpack_texts(unpacker)?;
        let unique = (0..unpacker.count()?).map(|_| unpack_texts(unpacker));
        let unique = unique.collect::<Option<_>>()?;
        let references =
            (0..unpacker.count()?).map(|_| Some((unpack_texts(unpacker)?, unpacker.text()?)));
        let references = references.collect::<Option<_>>()?;
        let mut computed = Vec::new();
        if !unpacker.rest.is_empty() {
            for _ in 0..unpacker.count()? {
                computed.push(ComputedIndex::unpack(unpacker)?);
            }
        }
        Some(Self { name, fields, key, unique, references, computed })
    }
}

impl IndexDefinition {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut packer = packer();
        packer.block(self.name.as_bytes());
        packer.byte(self.kind.code());
        packer.byte(u8::from(self.unique));
        pack_texts(&self.fields, &mut packer);
        packer.bytes
    }

    /// From bytes.
    ///
    /// # Errors
    /// They are no definition.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let what = "definition of an index";
        let mut unpacker = unpacker(bytes, what)?;
        Self::unpack(&mut unpacker)
            .filter(|_| unpacker.rest.is_empty())
            .ok_or(StoreError::Malformed { what })
    }

    fn unpack(unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let (name, kind) = (unpacker.text()?, IndexKind::from_code(unpacker.byte()?)?);
        let unique = unpacker.byte()? != 0;
        Some(Self { name, kind, unique, fields: unpack_texts(unpacker)? })
    }
}

impl Signature {
    pub(crate) fn pack(&self, packer: &mut Packer) {
        pack_texts(&self.relations, packer);
        pack_types(&self.parameters, packer);
        pack_types(&self.columns, packer);
    }

    pub(crate) fn unpack(unpacker: &mut Unpacker<'_>) -> Option<Self> {
        let (relations, parameters) = (unpack_texts(unpacker)?, unpack_types(unpacker)?);
        Some(Self { relations, parameters, columns: unpack_types(unpacker)? })
    }
}

/// A value with its type, as bytes.
#[must_use]
pub fn typed_to_bytes(of: &Type, value: &Value) -> Vec<u8> {
    let mut packer = packer();
    of.pack(&mut packer);
    pack_value(value, &mut packer);
    packer.bytes
}

/// A value with its type, from bytes.
///
/// # Errors
/// They are none, or the value is not of the type.
pub fn typed_from_bytes(bytes: &[u8]) -> Result<(Type, Value), StoreError> {
    let what = "value with its type";
    let mut unpacker = unpacker(bytes, what)?;
    let mut read = || {
        let of = Type::unpack(&mut unpacker, 0)?;
        let value = unpack_value(&mut unpacker, 0)?;
        (unpacker.rest.is_empty() && of.accepts(&value)).then_some((of, value))
    };
    read().ok_or(StoreError::Malformed { what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::typed_value;
    use proptest::prelude::*;

    fn computed((ty, value): &(Type, Value)) -> ComputedIndex {
        let expr = crate::Expr::If(Box::new([
            crate::Expr::IsNone(Box::new(crate::Expr::Field(0))),
            crate::Expr::Value(value.clone()),
            crate::Expr::Field(0),
        ]));
        let parts = vec![crate::Part { expr, ty: ty.clone() }];
        ComputedIndex { name: "f or it".to_owned(), kind: IndexKind::Hash, parts }
    }

    proptest! {
        #[test]
        fn definitions_and_values_come_back_from_their_bytes(
            typed in prop::collection::vec(typed_value(), 1..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let fields = typed.iter().map(|(ty, value)| Field {
                name: "f".to_owned(),
                ty: ty.clone(),
                default: Some(value.clone()),
            });
            let definition = Definition {
                name: "R".to_owned(),
                fields: fields.collect(),
                key: vec!["f".to_owned()],
                unique: vec![vec!["f".to_owned()], vec![]],
                references: vec![(vec!["f".to_owned()], "S".to_owned())],
                computed: typed.iter().map(computed).collect(),
            };
            let bytes = definition.to_bytes();
            prop_assert_eq!(Definition::from_bytes(&bytes), Ok(definition.clone()));
            // Without the indexes, it is one that has none.
            let short = Definition::from_bytes(&bytes[..cut.index(bytes.len())]);
            let plain = Definition { computed: Vec::new(), ..definition };
            prop_assert!(short.is_err() || short == Ok(plain));
            for (ty, value) in typed {
                let bytes = typed_to_bytes(&ty, &value);
                prop_assert_eq!(typed_from_bytes(&bytes), Ok((ty, value.clone())));
                prop_assert!(typed_from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
                let mut packer = Packer::default();
                pack_value(&value, &mut packer);
                let mut unpacker = Unpacker { rest: &packer.bytes };
                prop_assert_eq!(unpack_value(&mut unpacker, 0), Some(value));
                prop_assert!(unpacker.rest.is_empty());
            }
        }
    }
}
