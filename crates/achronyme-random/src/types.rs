//! What the author of programs knows of values: enough to write what mostly runs.

use std::fmt::Write as _;
use std::rc::Rc;

/// The kind of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    Number,
    Boolean,
    Text,
    Complex,
    /// Anything whatever.
    Any,
    /// A vector, or where the elements are numbers, perhaps a tensor of one axis.
    Vector(Rc<Self>),
    /// Two rows of two numbers.
    Matrix,
    Record(Rc<[Field]>),
    Function(Rc<Signature>),
    Generator(Rc<Self>),
    Future(Rc<Self>),
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    pub(crate) mutable: bool,
}

/// How a function is called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<Type>,
    /// How many of the parameters, from the first, must be given.
    pub(crate) required: usize,
    pub(crate) result: Type,
}

impl Type {
    pub(crate) fn vector(element: Self) -> Self {
        Self::Vector(Rc::new(element))
    }

    pub(crate) fn generator(element: Self) -> Self {
        Self::Generator(Rc::new(element))
    }

    pub(crate) fn future(result: Self) -> Self {
        Self::Future(Rc::new(result))
    }

    pub(crate) fn function(parameters: Vec<Self>, result: Self) -> Self {
        let required = parameters.len();
        Self::Function(Rc::new(Signature { parameters, required, result }))
    }

    pub(crate) fn numbers() -> Self {
        Self::vector(Self::Number)
    }

    pub(crate) fn texts() -> Self {
        Self::vector(Self::Text)
    }

    /// Whether a function can be reached through such a value, so that a cycle of calls could
    /// come about if it lay where it can be changed.
    pub(crate) fn holds_function(&self) -> bool {
        match self {
            Self::Number | Self::Boolean | Self::Text | Self::Complex | Self::Matrix => false,
            Self::Vector(inner) => inner.holds_function(),
            Self::Record(fields) => fields.iter().any(|field| field.kind.holds_function()),
            Self::Any | Self::Function(_) | Self::Generator(_) | Self::Future(_) => true,
        }
    }

    /// The type as it is written in a program.
    pub(crate) fn annotation(&self) -> String {
        match self {
            Self::Number => "Number".to_owned(),
            Self::Boolean => "Boolean".to_owned(),
            Self::Text => "String".to_owned(),
            Self::Complex => "Complex".to_owned(),
            Self::Any | Self::Future(_) => "Any".to_owned(),
            Self::Vector(inner) if inner.holds_function() || **inner == Self::Text => {
                "Vector".to_owned()
            }
            Self::Vector(_) => "Vector | Tensor<Any>".to_owned(),
            Self::Matrix => "Tensor<Number, [2, _]>".to_owned(),
            Self::Generator(_) => "Generator".to_owned(),
            Self::Record(fields) => {
                let mut text = "{".to_owned();
                for (index, field) in fields.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    let word = if field.mutable { "mut " } else { "" };
                    let kind = field.kind.annotation();
                    let _ = write!(text, "{comma}{word}{}: {kind}", field.name);
                }
                text + "}"
            }
            Self::Function(signature) => {
                let kinds: Vec<String> =
                    signature.parameters.iter().map(Self::annotation).collect();
                let result = signature.result.annotation();
                format!("({}): ({result})", kinds.join(", "))
            }
        }
    }
}
