//! Finding out types by making them equal: unification with variables, in the manner of Robinson
//! ("A machine-oriented logic based on the resolution principle", 1965).

use std::rc::Rc;

use super::{Basic, EffectGraph, EffectId, Fields, FunctionType, Type, VariableId};
use source::Span;

/// How many types may lie inside of each other.
const DEPTH_MAX: usize = 200;

/// How many types a type may be made of.
const SIZE_MAX: usize = 5_000;

/// What is known of variables.
#[derive(Debug, Default)]
pub(crate) struct Unifier {
    bound: Vec<Option<Type>>,
}

/// Why two types do not go together.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mismatch {
    /// They differ, in these parts of them.
    Different { expected: Type, actual: Type },
    /// A type would be a part of itself.
    Endless,
    /// The record lacks a field, or has one too many.
    Field { name: Rc<str>, is_missing: bool },
    /// Functions take different numbers of values.
    Count { expected: usize, actual: usize },
    /// The type has too many parts.
    TooLarge,
}

/// Where functions that meet note what that means for their effects.
pub(crate) struct Meeting<'a> {
    pub(crate) effects: &'a mut EffectGraph,
    pub(crate) at: Span,
}

impl Unifier {
    /// A variable of which nothing is known.
    pub(crate) fn fresh(&mut self) -> Type {
        let id = u32::try_from(self.bound.len()).unwrap_or(u32::MAX);
        self.bound.push(None);
        Type::Variable(VariableId(id))
    }

    fn binding(&self, id: VariableId) -> Option<&Type> {
        self.bound.get(id.0 as usize).and_then(Option::as_ref)
    }

    /// The type with its outermost layer known, if it is known.
    pub(crate) fn shallow(&self, of: &Type) -> Type {
        let mut found = of;
        while let Type::Variable(id) = found {
            match self.binding(*id) {
                Some(next) => found = next,
                None => break,
            }
        }
        found.clone()
    }

    /// The type with all that is known of it. What nothing is known of stays a variable.
    pub(crate) fn resolve(&self, of: &Type) -> Type {
        self.resolve_within(of, &mut SIZE_MAX.clone(), DEPTH_MAX)
    }

    fn resolve_within(&self, of: &Type, left: &mut usize, depth: usize) -> Type {
        let (Some(fewer), Some(less)) = (left.checked_sub(1), depth.checked_sub(1)) else {
            return Type::Unknown;
        };
        *left = fewer;
        let found = self.shallow(of);
        found.map_parts(&mut |part| self.resolve_within(part, left, less))
    }

    /// Whether the type has more parts than a type may have.
    pub(crate) fn is_too_large(&self, of: &Type) -> bool {
        let mut count = 0;
        let mut waiting = vec![(self.shallow(of), 0)];
        while let Some((next, depth)) = waiting.pop() {
            count += 1;
            if count > SIZE_MAX || depth > DEPTH_MAX {
                return true;
            }
            waiting.extend(next.parts().into_iter().map(|part| (self.shallow(part), depth + 1)));
        }
        false
    }

    /// Whether nothing is known of the type.
    pub(crate) fn is_open(&self, of: &Type) -> bool {
        matches!(self.shallow(of), Type::Variable(_))
    }

    /// Makes a value of type `actual` usable where `expected` is wanted: they become equal, but
    /// that functions may do less than they are allowed to.
    pub(crate) fn unify(
        &mut self,
        expected: &Type,
        actual: &Type,
        meeting: &mut Meeting<'_>,
    ) -> Result<(), Mismatch> {
        let mut fuel = SIZE_MAX;
        self.meet(expected, actual, meeting, &mut fuel, DEPTH_MAX)
    }

    fn meet(
        &mut self,
        expected: &Type,
        actual: &Type,
        meeting: &mut Meeting<'_>,
        fuel: &mut usize,
        depth: usize,
    ) -> Result<(), Mismatch> {
        let (Some(fewer), Some(less)) = (fuel.checked_sub(1), depth.checked_sub(1)) else {
            return Err(Mismatch::TooLarge);
        };
        *fuel = fewer;
        let (expected, actual) = (self.shallow(expected), self.shallow(actual));
        match (&expected, &actual) {
            // What follows from a mistake is not known either.
            (Type::Variable(id), Type::Unknown) | (Type::Unknown, Type::Variable(id)) => {
                self.bind(*id, &Type::Unknown)
            }
            (Type::Unknown, _) | (_, Type::Unknown | Type::Basic(Basic::Never)) => Ok(()),
            (Type::Variable(a), Type::Variable(b)) if a == b => Ok(()),
            (Type::Variable(id), other) | (other, Type::Variable(id)) => self.bind(*id, other),
            (Type::Optional(a), Type::Optional(b))
            | (Type::List(a), Type::List(b))
            | (Type::Answers(a), Type::Answers(b)) => self.meet(a, b, meeting, fuel, less),
            (Type::Record(a), Type::Record(b)) | (Type::Relation(a), Type::Relation(b)) => {
                self.meet_fields(a, b, meeting, fuel, less)
            }
            (Type::Union(a, of), Type::Union(b, with)) if a == b => of
                .iter()
                .zip(with.iter())
                .try_for_each(|(a, b)| self.meet(a, b, meeting, fuel, less)),
            (Type::Function(a), Type::Function(b)) => {
                self.meet_functions(a, b, meeting, fuel, less)
            }
            (a, b) if a == b => Ok(()),
            _ => Err(Mismatch::Different { expected, actual }),
        }
    }

    fn meet_fields(
        &mut self,
        expected: &Fields,
        actual: &Fields,
        meeting: &mut Meeting<'_>,
        fuel: &mut usize,
        depth: usize,
    ) -> Result<(), Mismatch> {
        if let Some(name) = expected.keys().find(|name| !actual.contains_key(*name)) {
            return Err(Mismatch::Field { name: Rc::clone(name), is_missing: true });
        }
        if let Some(name) = actual.keys().find(|name| !expected.contains_key(*name)) {
            return Err(Mismatch::Field { name: Rc::clone(name), is_missing: false });
        }
        let pairs = expected.values().zip(actual.values());
        pairs.into_iter().try_for_each(|(a, b)| self.meet(a, b, meeting, fuel, depth))
    }

    fn meet_functions(
        &mut self,
        expected: &FunctionType,
        actual: &FunctionType,
        meeting: &mut Meeting<'_>,
        fuel: &mut usize,
        depth: usize,
    ) -> Result<(), Mismatch> {
        let (wanted, given) = (expected.parameters.len(), actual.parameters.len());
        if wanted != given {
            return Err(Mismatch::Count { expected: wanted, actual: given });
        }
        for (a, b) in expected.parameters.iter().zip(&actual.parameters) {
            // What is asked of the function is what it is given.
            self.meet(b, a, meeting, fuel, depth)?;
        }
        self.meet(&expected.result, &actual.result, meeting, fuel, depth)?;
        meeting.effects.flow(actual.effect, expected.effect, meeting.at);
        Ok(())
    }

    fn bind(&mut self, id: VariableId, to: &Type) -> Result<(), Mismatch> {
        if self.contains(to, id, &mut SIZE_MAX.clone())? {
            return Err(Mismatch::Endless);
        }
        if let Some(place) = self.bound.get_mut(id.0 as usize) {
            *place = Some(to.clone());
        }
        Ok(())
    }

    fn contains(&self, within: &Type, id: VariableId, left: &mut usize) -> Result<bool, Mismatch> {
        let mut waiting = vec![(self.shallow(within), 0)];
        while let Some((next, depth)) = waiting.pop() {
            *left = left.checked_sub(1).ok_or(Mismatch::TooLarge)?;
            if depth > DEPTH_MAX {
                return Err(Mismatch::TooLarge);
            }
            if next == Type::Variable(id) {
                return Ok(true);
            }
            waiting.extend(next.parts().into_iter().map(|part| (self.shallow(part), depth + 1)));
        }
        Ok(false)
    }
}

impl FunctionType {
    /// The place of its effect in the graph of effects.
    pub(crate) fn effect_id(&self) -> EffectId {
        self.effect
    }
}
