//! What a value is known to be before the program runs.

mod builtin;
mod effect;
mod fields;
mod library;
mod print;
mod unify;

use std::collections::BTreeMap;
use std::rc::Rc;

pub use builtin::BuiltinId;
pub(crate) use builtin::{Builtin, builtin, builtins, methods};
pub use effect::Effect;
pub(crate) use effect::{EffectGraph, EffectId, Excess, PURE, QUERY, TRANSFORM};
pub use fields::Fields;
pub use library::{library_examples, library_help, library_reference};
pub(crate) use print::print;
pub(crate) use unify::{Meeting, Mismatch, Unifier};

/// A type. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Not known, as something before it was wrong. Goes with everything.
    Unknown,
    /// To be found out by unification. Not left in a program without errors.
    Variable(VariableId),
    /// A type parameter of the definition around.
    Parameter(Rc<str>),
    /// A type without parts.
    Basic(Basic),
    /// A value or `none`.
    Optional(Rc<Self>),
    /// A list.
    List(Rc<Self>),
    /// A record.
    Record(Rc<Fields>),
    /// A tagged union, with what its parameters stand for.
    Union(UnionId, Rc<[Self]>),
    /// A function.
    Function(Rc<FunctionType>),
    /// A set of records.
    Relation(Rc<Fields>),
    /// The answers of a search, made on demand.
    Answers(Rc<Self>),
}

/// A type without parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basic {
    /// What a statement gives.
    Nothing,
    /// What never comes back gives: goes with everything.
    Never,
    /// 64 bits, with a fault on overflow.
    Int,
    /// A double.
    Float,
    /// Exact, with 28 digits.
    Decimal,
    /// `true` and `false`.
    Bool,
    /// Text.
    String,
    /// Bytes.
    Bytes,
    /// A time of the World's clock.
    Timestamp,
    /// How long something takes.
    Duration,
    /// A state of the tape.
    Moment,
}

impl Basic {
    /// All that can be written.
    pub(crate) const ALL: [(&'static str, Self); 10] = [
        ("Int", Self::Int),
        ("Float", Self::Float),
        ("Decimal", Self::Decimal),
        ("Bool", Self::Bool),
        ("String", Self::String),
        ("Bytes", Self::Bytes),
        ("Timestamp", Self::Timestamp),
        ("Duration", Self::Duration),
        ("Moment", Self::Moment),
        ("Nothing", Self::Nothing),
    ];
}

/// A function's parameters and result.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionType {
    /// The types of its parameters.
    pub parameters: Vec<Type>,
    /// What it gives.
    pub result: Type,
    /// What it may do, as a place in the graph of effects.
    pub(crate) effect: EffectId,
}

/// Which variable of a `Unifier`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableId(pub(crate) u32);

/// Which tagged union of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnionId(pub u32);

/// A tagged union.
#[derive(Clone, Debug, PartialEq)]
pub struct Union {
    /// Its name, with the spaces around it.
    pub name: Rc<str>,
    /// Its type parameters.
    pub parameters: Vec<Rc<str>>,
    /// What a value of it may be.
    pub variants: Vec<Variant>,
}

/// One of the things that a value of a union may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: Rc<str>,
    /// What is in it.
    pub fields: Vec<Type>,
}

impl Type {
    pub(crate) const NOTHING: Self = Self::Basic(Basic::Nothing);
    pub(crate) const NEVER: Self = Self::Basic(Basic::Never);
    pub(crate) const INT: Self = Self::Basic(Basic::Int);
    pub(crate) const FLOAT: Self = Self::Basic(Basic::Float);
    pub(crate) const DECIMAL: Self = Self::Basic(Basic::Decimal);
    pub(crate) const BOOL: Self = Self::Basic(Basic::Bool);
    pub(crate) const STRING: Self = Self::Basic(Basic::String);
    pub(crate) const BYTES: Self = Self::Basic(Basic::Bytes);
    pub(crate) const TIMESTAMP: Self = Self::Basic(Basic::Timestamp);
    pub(crate) const DURATION: Self = Self::Basic(Basic::Duration);
    pub(crate) const MOMENT: Self = Self::Basic(Basic::Moment);

    pub(crate) fn list(element: Self) -> Self {
        Self::List(Rc::new(element))
    }

    pub(crate) fn optional(value: Self) -> Self {
        Self::Optional(Rc::new(value))
    }

    pub(crate) fn record(fields: Fields) -> Self {
        Self::Record(Rc::new(fields))
    }

    pub(crate) fn function(parameters: Vec<Self>, result: Self, effect: EffectId) -> Self {
        Self::Function(Rc::new(FunctionType { parameters, result, effect }))
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The types that it is made of.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Unknown | Self::Variable(_) | Self::Parameter(_) | Self::Basic(_) => Vec::new(),
            Self::Optional(part) | Self::List(part) | Self::Answers(part) => vec![part],
            Self::Record(fields) | Self::Relation(fields) => fields.values().collect(),
            Self::Union(_, arguments) => arguments.iter().collect(),
            Self::Function(function) => {
                function.parameters.iter().chain([&function.result]).collect()
            }
        }
    }

    /// The same type with other parts.
    pub(crate) fn map_parts(&self, change: &mut dyn FnMut(&Self) -> Self) -> Self {
        match self {
            Self::Unknown | Self::Variable(_) | Self::Parameter(_) | Self::Basic(_) => self.clone(),
            Self::Optional(part) => Self::optional(change(part)),
            Self::List(part) => Self::list(change(part)),
            Self::Answers(part) => Self::Answers(Rc::new(change(part))),
            Self::Record(fields) => Self::record(fields.map(change)),
            Self::Relation(fields) => Self::Relation(Rc::new(fields.map(change))),
            Self::Union(id, arguments) => Self::Union(*id, arguments.iter().map(change).collect()),
            Self::Function(function) => {
                let parameters = function.parameters.iter().map(&mut *change).collect();
                Self::function(parameters, change(&function.result), function.effect)
            }
        }
    }

    /// With types in place of the type parameters that `meanings` names.
    pub(crate) fn instantiate(&self, meanings: &BTreeMap<Rc<str>, Self>) -> Self {
        match self {
            Self::Parameter(name) => meanings.get(name).unwrap_or(self).clone(),
            Self::Unknown | Self::Variable(_) | Self::Basic(_) => self.clone(),
            Self::Optional(_)
            | Self::List(_)
            | Self::Answers(_)
            | Self::Record(_)
            | Self::Relation(_)
            | Self::Union(..)
            | Self::Function(_) => self.map_parts(&mut |part| part.instantiate(meanings)),
        }
    }
}

impl Union {
    /// The types in a variant when the union's parameters stand for `arguments`.
    pub(crate) fn fields(&self, variant: usize, arguments: &[Type]) -> Vec<Type> {
        let meanings = self.parameters.iter().cloned().zip(arguments.iter().cloned()).collect();
        let Some(variant) = self.variants.get(variant) else { return Vec::new() };
        variant.fields.iter().map(|field| field.instantiate(&meanings)).collect()
    }
}
