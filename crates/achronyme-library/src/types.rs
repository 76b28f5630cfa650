//! Type annotations, as they are checked while a program runs.

mod check;
mod name;

pub use check::check;
pub use name::{kind_name, name, of};

use crate::Kind;

/// A type. Aliases are resolved before: a recursive alias refers to itself through [`Type::Alias`].
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Everything.
    Any,
    /// One kind of value. `Kind::Function` stands for any function, `Kind::Tensor` for a real tensor.
    Kind(Kind),
    /// `Tensor<E, [2, _]>`.
    Tensor {
        /// What the numbers are.
        element: Element,
        /// The length of each axis, `None` where any will do; `None` for any shape.
        shape: Option<Vec<Option<u32>>>,
    },
    /// `{a: A, b?: B}`. Further fields do no harm.
    Record(Vec<FieldType>),
    /// `(A, B): R`.
    Function {
        /// The type of each parameter.
        parameters: Vec<Self>,
        /// The type of the result.
        result: Box<Self>,
    },
    /// Any of several. `T?` is `T | null`.
    Union(Vec<Self>),
    /// The alias with this number of the program's table, which may lead back here.
    Alias(u16),
}

/// What a tensor type says of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// Real numbers.
    Number,
    /// Complex numbers.
    Complex,
    /// Either.
    Any,
}

/// What a tensor type with elements of this type asks for; `None` if no tensor has such elements.
#[must_use]
pub fn element(ty: &Type) -> Option<Element> {
    match ty {
        Type::Any => Some(Element::Any),
        Type::Kind(Kind::Number) => Some(Element::Number),
        Type::Kind(Kind::Complex) => Some(Element::Complex),
        Type::Kind(_)
        | Type::Tensor { .. }
        | Type::Record(_)
        | Type::Function { .. }
        | Type::Union(_)
        | Type::Alias(_) => None,
    }
}

/// A field of a record type.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldType {
    /// Its name.
    pub name: String,
    /// Whether it may be missing.
    pub optional: bool,
    /// Whether it is declared `mut`.
    pub mutable: bool,
    /// What has to be in it.
    pub annotation: Type,
}
