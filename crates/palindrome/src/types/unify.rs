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
        if let Some(name) = expected.keys().find(|name| !actual.contains_key(name)) {
            return Err(Mismatch::Field { name: Rc::clone(name), is_missing: true });
        }
        if let Some(name) = actual.keys().find(|name| !expected.contains_key(name)) {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A type of variables 0 to 3, made from numbers.
    fn made(choices: &mut std::slice::Iter<'_, u8>, depth: usize) -> Type {
        let choice = choices.next().copied().unwrap_or_default();
        let inner = |choices: &mut std::slice::Iter<'_, u8>| made(choices, depth.saturating_sub(1));
        match choice % 8 {
            0..=2 => Type::Variable(VariableId(u32::from(choice / 8 % 4))),
            3 => Type::INT,
            4 => Type::BOOL,
            _ if depth == 0 => Type::STRING,
            5 => Type::list(inner(choices)),
            6 => Type::optional(inner(choices)),
            _ => {
                let fields = ["a", "b"].map(|name| (Rc::from(name), inner(choices)));
                Type::record(fields.into_iter().collect())
            }
        }
    }

    fn unified(one: &Type, other: &Type) -> (Unifier, Result<(), Mismatch>) {
        let mut unifier = Unifier::default();
        for _ in 0..4 {
            unifier.fresh();
        }
        let mut effects = EffectGraph::default();
        let mut meeting = Meeting { effects: &mut effects, at: Span::default() };
        let result = unifier.unify(one, other, &mut meeting);
        (unifier, result)
    }

    /// All types of some small ones for the variables, put into a type.
    fn replaced(of: &Type, with: &[Type]) -> Type {
        match of {
            Type::Variable(id) => with[id.0 as usize].clone(),
            other => other.map_parts(&mut |part| replaced(part, with)),
        }
    }

    proptest! {
        #[test]
        fn what_is_unified_is_equal_and_what_is_not_cannot_be(
            one in prop::collection::vec(any::<u8>(), 0..8),
            other in prop::collection::vec(any::<u8>(), 0..8),
        ) {
            let (one, other) = (made(&mut one.iter(), 2), made(&mut other.iter(), 2));
            let (unifier, result) = unified(&one, &other);
            let (_, turned) = unified(&other, &one);
            prop_assert_eq!(result.is_ok(), turned.is_ok());
            if result.is_ok() {
                prop_assert_eq!(unifier.resolve(&one), unifier.resolve(&other));
                return Ok(());
            }
            // The naive twin: no choice of small types for the variables makes them equal.
            let small = [Type::INT, Type::BOOL, Type::STRING, Type::list(Type::INT), Type::optional(Type::BOOL)];
            for choice in 0..small.len().pow(4) {
                let pick = |place: u32| small[choice / small.len().pow(place) % small.len()].clone();
                let with = [pick(0), pick(1), pick(2), pick(3)];
                prop_assert_ne!(replaced(&one, &with), replaced(&other, &with));
            }
        }
    }

    #[test]
    fn a_type_is_no_part_of_itself() {
        let variable = Type::Variable(VariableId(0));
        let (_, result) = unified(&variable, &Type::list(variable.clone()));
        assert_eq!(result, Err(Mismatch::Endless));
    }
}
