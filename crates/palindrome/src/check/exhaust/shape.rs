//! Patterns as far as it matters which values they take.

use std::fmt::Write as _;
use std::rc::Rc;

use crate::hir::{Literal, Pattern, PatternKind};
use crate::types::{Basic, Type, Union};

/// A pattern without names. Lists are pairs of the first element and the rest.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Any,
    Make(Constructor, Vec<Self>),
    OneOf(Vec<Self>),
}

/// What values of a type are made by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constructor {
    Variant(usize),
    Bool(bool),
    None,
    Present,
    /// The names of its fields, in the order of the alphabet.
    Record(Vec<Rc<str>>),
    Empty,
    Pair,
    /// One of endlessly many.
    Literal(Literal),
}

impl Constructor {
    /// All constructors of a type, if they can be counted.
    pub(crate) fn all(of: &Type, unions: &[Union]) -> Option<Vec<Self>> {
        match of {
            Type::Basic(Basic::Bool) => Some(vec![Self::Bool(false), Self::Bool(true)]),
            Type::Basic(Basic::Never) => Some(Vec::new()),
            Type::Optional(_) => Some(vec![Self::None, Self::Present]),
            Type::List(_) => Some(vec![Self::Empty, Self::Pair]),
            Type::Record(fields) => Some(vec![Self::Record(fields.keys().cloned().collect())]),
            Type::Union(id, _) => {
                let union = unions.get(id.0 as usize)?;
                Some((0..union.variants.len()).map(Self::Variant).collect())
            }
            Type::Unknown
            | Type::Variable(_)
            | Type::Parameter(_)
            | Type::Basic(_)
            | Type::Function(_)
            | Type::Relation(_)
            | Type::Answers(_) => None,
        }
    }

    /// The types of what it holds.
    pub(crate) fn fields(&self, of: &Type, unions: &[Union]) -> Vec<Type> {
        match (self, of) {
            (Self::Variant(index), Type::Union(id, arguments)) => {
                unions.get(id.0 as usize).map_or(Vec::new(), |one| one.fields(*index, arguments))
            }
            (Self::Present, Type::Optional(part)) => vec![(**part).clone()],
            (Self::Pair, Type::List(part)) => vec![(**part).clone(), of.clone()],
            (Self::Record(_), Type::Record(fields)) => fields.values().cloned().collect(),
            _ => Vec::new(),
        }
    }
}

impl Shape {
    /// What a pattern takes, and whether it takes all of that: what follows the rest in a list is
    /// not looked at.
    pub(crate) fn of(pattern: &Pattern) -> (Self, bool) {
        let mut is_exact = true;
        (Self::read(pattern, &mut is_exact), is_exact)
    }

    fn read(pattern: &Pattern, is_exact: &mut bool) -> Self {
        match &pattern.kind {
            PatternKind::Wildcard | PatternKind::Bind(_) => Self::Any,
            PatternKind::Literal(Literal::Bool(value)) => {
                Self::Make(Constructor::Bool(*value), Vec::new())
            }
            PatternKind::Literal(value) => {
                Self::Make(Constructor::Literal(value.clone()), Vec::new())
            }
            PatternKind::Variant(_, index, inside) => {
                let inside = inside.iter().map(|one| Self::read(one, is_exact)).collect();
                Self::Make(Constructor::Variant(*index), inside)
            }
            PatternKind::None => Self::Make(Constructor::None, Vec::new()),
            PatternKind::Present(inner) => {
                Self::Make(Constructor::Present, vec![Self::read(inner, is_exact)])
            }
            PatternKind::OneOf(several) => {
                Self::OneOf(several.iter().map(|one| Self::read(one, is_exact)).collect())
            }
            PatternKind::Record(named) => Self::record(pattern, named, is_exact),
            PatternKind::List(elements) => {
                Self::list(elements, Self::Make(Constructor::Empty, Vec::new()), is_exact)
            }
            PatternKind::ListAround(before, _, after) => {
                let takes_all = |one: &Pattern| {
                    matches!(one.kind, PatternKind::Wildcard | PatternKind::Bind(_))
                };
                *is_exact &= after.iter().all(takes_all);
                let rest = after.iter().fold(Self::Any, |rest, _| {
                    Self::Make(Constructor::Pair, vec![Self::Any, rest])
                });
                Self::list(before, rest, is_exact)
            }
        }
    }

    fn record(pattern: &Pattern, named: &[(Rc<str>, Pattern)], is_exact: &mut bool) -> Self {
        let Type::Record(fields) = &pattern.of else { return Self::Any };
        let inside = fields.keys().map(|name| {
            let found = named.iter().find(|(other, _)| other == name);
            found.map_or(Self::Any, |(_, one)| Self::read(one, is_exact))
        });
        let inside = inside.collect();
        Self::Make(Constructor::Record(fields.keys().cloned().collect()), inside)
    }

    fn list(elements: &[Pattern], rest: Self, is_exact: &mut bool) -> Self {
        elements.iter().rev().fold(rest, |rest, one| {
            Self::Make(Constructor::Pair, vec![Self::read(one, is_exact), rest])
        })
    }

    /// The shapes that it is one of.
    pub(crate) fn alternatives(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        let mut waiting = vec![self];
        while let Some(next) = waiting.pop() {
            match next {
                Self::OneOf(several) => waiting.extend(several.iter().rev()),
                Self::Any | Self::Make(..) => found.push(next),
            }
        }
        found
    }

    /// Whether no value has both shapes.
    pub(crate) fn is_disjoint(&self, other: &Self) -> bool {
        let pairs = |one: &Self, two: &Self| match (one, two) {
            (Self::Make(a, _), Self::Make(b, _)) if a != b => true,
            (Self::Make(_, a), Self::Make(_, b)) => a
                .iter()
                .zip(b)
                .any(|(a, b)| stacker::maybe_grow(64 << 10, 1 << 20, || a.is_disjoint(b))),
            _ => false,
        };
        self.alternatives().iter().all(|one| other.alternatives().iter().all(|two| pairs(one, two)))
    }

    /// As a pattern is written.
    pub(crate) fn text(&self, of: &Type, unions: &[Union]) -> String {
        let mut out = String::new();
        self.write(&mut out, of, unions);
        out
    }

    fn write(&self, out: &mut String, of: &Type, unions: &[Union]) {
        const TEXT_MAX: usize = 120;
        if out.len() > TEXT_MAX {
            out.push('…');
            return;
        }
        let (constructor, inside) = match self {
            Self::Any => return out.push('_'),
            Self::OneOf(several) => {
                return several.first().map_or((), |one| one.write(out, of, unions));
            }
            Self::Make(constructor, inside) => (constructor, inside),
        };
        let fields = constructor.fields(of, unions);
        let all = |out: &mut String, names: Option<&[Rc<str>]>| {
            for (index, (one, field)) in inside.iter().zip(&fields).enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                if let Some(name) = names.and_then(|names| names.get(index)) {
                    let _ = write!(out, "{name}: ");
                }
                one.write(out, field, unions);
            }
        };
        match constructor {
            Constructor::Variant(index) => {
                let Type::Union(id, _) = of else { return };
                let union = unions.get(id.0 as usize);
                let name = union.and_then(|union| union.variants.get(*index));
                out.push_str(name.map_or("_", |variant| &variant.name));
                if !inside.is_empty() {
                    out.push('(');
                    all(out, None);
                    out.push(')');
                }
            }
            Constructor::Bool(value) => drop(write!(out, "{value}")),
            Constructor::None => out.push_str("none"),
            Constructor::Present => {
                all(out, None);
            }
            Constructor::Record(names) => {
                out.push('{');
                all(out, Some(names));
                out.push('}');
            }
            Constructor::Empty | Constructor::Pair => self.write_list(out, of, unions),
            Constructor::Literal(_) => out.push('_'),
        }
    }

    fn write_list(&self, out: &mut String, of: &Type, unions: &[Union]) {
        let Type::List(element) = of else { return };
        out.push('[');
        let mut rest = self;
        let mut count = 0;
        while let Self::Make(Constructor::Pair, inside) = rest
            && let [first, after] = inside.as_slice()
        {
            if count > 0 {
                out.push_str(", ");
            }
            first.write(out, element, unions);
            rest = after;
            count += 1;
        }
        if *rest == Self::Any {
            out.push_str(if count > 0 { ", ..." } else { "..." });
        }
        out.push(']');
    }
}
