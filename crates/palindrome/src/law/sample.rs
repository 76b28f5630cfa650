//! Values that are made up by their types, the same ones each time, and made smaller.

use std::rc::Rc;

use source::Span;

use crate::hir::{Expression, ExpressionKind, Literal};
use crate::types::{Basic, Type, Union, UnionId};

/// Types inside of each other, after which values get no larger.
const DEPTH_MAX: usize = 6;
/// Parts of a value at most.
const PARTS_MAX: usize = 200;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sample {
    Literal(Literal),
    None,
    Present(Box<Self>),
    List(Vec<Self>),
    Record(Vec<(Rc<str>, Self)>),
    Variant(UnionId, usize, Vec<Self>),
}

/// Makes values.
pub(super) struct Maker<'a> {
    state: u64,
    /// From 0: later values are larger.
    case: usize,
    left: usize,
    unions: &'a [Union],
}

impl<'a> Maker<'a> {
    pub(super) fn new(case: usize, unions: &'a [Union]) -> Self {
        let seed = u64::try_from(case).unwrap_or(0);
        Self { state: seed.wrapping_mul(0xa076_1d64_78bd_642f), case, left: PARTS_MAX, unions }
    }

    /// A value of a type; none if nobody can make one up.
    pub(super) fn make(&mut self, of: &Type) -> Option<Sample> {
        self.within(of, 0)
    }

    /// A number below `count`. By Sebastiano Vigna's generator SplitMix64.
    fn below(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.state;
        it = (it ^ it >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ it >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^= it >> 31;
        let count = u64::try_from(count.max(1)).unwrap_or(u64::MAX);
        usize::try_from(it % count).unwrap_or(0)
    }

    fn within(&mut self, of: &Type, depth: usize) -> Option<Sample> {
        self.left = self.left.saturating_sub(1);
        Some(match of {
            Type::Basic(basic) => Sample::Literal(self.literal(*basic)?),
            Type::Optional(inner) => match self.below(4) {
                0 => Sample::None,
                _ => Sample::Present(Box::new(self.within(inner, depth + 1)?)),
            },
            Type::List(element) => {
                let most = if depth >= DEPTH_MAX || self.left == 0 { 0 } else { 1 + self.case / 8 };
                let count = self.below(most + 1);
                // That there can be elements has to be known, also if there are none.
                let first = self.within(element, depth + 1)?;
                let rest = (1..count).map(|_| self.within(element, depth + 1));
                let rest: Vec<Sample> = rest.collect::<Option<_>>()?;
                let all = std::iter::once(first).chain(rest);
                Sample::List(all.take(count).collect())
            }
            Type::Record(fields) => {
                let field = |(name, of): (&Rc<str>, &Type)| {
                    Some((Rc::clone(name), self.within(of, depth + 1)?))
                };
                Sample::Record(fields.in_order().map(field).collect::<Option<_>>()?)
            }
            Type::Union(id, arguments) => {
                let union = self.unions.get(id.0 as usize)?;
                let variants = union.variants.len();
                let mut index = self.below(variants);
                if depth >= DEPTH_MAX || self.left == 0 {
                    // One that ends.
                    let is_flat = |at: &usize| {
                        union.fields(*at, arguments).iter().all(|of| matches!(of, Type::Basic(_)))
                    };
                    index = (0..variants).find(is_flat).or_else(|| {
                        let parts = |at: &usize| union.fields(*at, arguments).len();
                        (0..variants).min_by_key(parts).filter(|_| depth < 4 * DEPTH_MAX)
                    })?;
                }
                let fields = union.fields(index, arguments);
                let inside = fields.iter().map(|of| self.within(of, depth + 1));
                Sample::Variant(*id, index, inside.collect::<Option<_>>()?)
            }
            Type::Unknown
            | Type::Variable(_)
            | Type::Parameter(_)
            | Type::Function(_)
            | Type::Relation(_)
            | Type::Answers(_) => return None,
        })
    }

    fn literal(&mut self, of: Basic) -> Option<Literal> {
        Some(match of {
            Basic::Int => Literal::Int(self.number()),
            #[expect(clippy::cast_precision_loss, reason = "any number will do")]
            Basic::Float => Literal::Float(match self.below(8) {
                0 => 0.0,
                1 => self.number() as f64,
                _ => self.small() as f64 / [1.0, 2.0, 10.0, 64.0][self.below(4)],
            }),
            Basic::Decimal => {
                let scale = u32::try_from(self.below(4)).unwrap_or(0);
                let digits = if self.below(8) == 0 { self.number() } else { self.small() };
                Literal::Decimal(i128::from(digits), scale)
            }
            Basic::Bool => Literal::Bool(self.below(2) == 1),
            Basic::String => {
                const LETTERS: [&str; 10] = ["a", "b", "0", "7", " ", "-", "A", ",", "é", "\n"];
                let count = self.below(2 + self.case / 8);
                let text: String = (0..count).map(|_| LETTERS[self.below(10)]).collect();
                Literal::String(Rc::from(text))
            }
            Basic::Bytes => {
                let count = self.below(2 + self.case / 8);
                let byte = |maker: &mut Self| u8::try_from(maker.below(256)).unwrap_or(0);
                Literal::Bytes((0..count).map(|_| byte(self)).collect())
            }
            Basic::Duration => Literal::Duration(self.small().saturating_mul(500_000_000)),
            // There are no literals of these.
            Basic::Timestamp | Basic::Moment | Basic::Nothing | Basic::Never => return None,
        })
    }

    fn small(&mut self) -> i64 {
        let most = 2 + self.case * self.case / 4;
        i64::try_from(self.below(2 * most + 1)).unwrap_or(0) - i64::try_from(most).unwrap_or(0)
    }

    fn number(&mut self) -> i64 {
        const EDGES: [i64; 8] = [0, 1, -1, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1, 1 << 32];
        match self.below(6) {
            0 if self.case > 2 => EDGES[self.below(8)],
            1 if self.case > 8 => i64::try_from(self.below(usize::MAX)).unwrap_or(i64::MAX),
            _ => self.small(),
        }
    }
}

impl Sample {
    /// As an expression of the program.
    pub(super) fn expression(&self, of: &Type, unions: &[Union]) -> Expression {
        let kind = match (self, of) {
            (Self::Literal(literal), _) => ExpressionKind::Literal(literal.clone()),
            (Self::Present(inner), Type::Optional(part)) => {
                ExpressionKind::Present(Box::new(inner.expression(part, unions)))
            }
            (Self::List(all), Type::List(part)) => {
                ExpressionKind::List(all.iter().map(|it| it.expression(part, unions)).collect())
            }
            (Self::Record(fields), Type::Record(types)) => {
                let field = |(name, value): &(Rc<str>, Self)| {
                    let of = types.get(name)?;
                    Some((Rc::clone(name), value.expression(of, unions)))
                };
                ExpressionKind::Record(fields.iter().filter_map(field).collect())
            }
            (Self::Variant(id, index, inside), Type::Union(_, arguments)) => {
                let union = unions.get(id.0 as usize);
                let types = union.map_or(Vec::new(), |union| union.fields(*index, arguments));
                let inside = inside.iter().zip(&types).map(|(it, of)| it.expression(of, unions));
                ExpressionKind::Variant(*id, *index, inside.collect())
            }
            _ => ExpressionKind::None,
        };
        Expression { kind, of: of.clone(), span: Span::default() }
    }

    /// Values that are a little smaller, the smallest first.
    pub(super) fn smaller(&self, of: &Type, unions: &[Union]) -> Vec<Self> {
        match (self, of) {
            (Self::Literal(literal), _) => {
                smaller(literal).into_iter().map(Self::Literal).collect()
            }
            (Self::Present(inner), Type::Optional(part)) => {
                let inside = inner.smaller(part, unions).into_iter();
                let inside = inside.map(|it| Self::Present(Box::new(it)));
                std::iter::once(Self::None).chain(inside).collect()
            }
            (Self::List(all), Type::List(part)) => {
                let mut found: Vec<Self> = shorter(all).into_iter().map(Self::List).collect();
                for (place, one) in all.iter().enumerate() {
                    for next in one.smaller(part, unions) {
                        found.push(Self::List(replaced(all, place, next)));
                    }
                }
                found
            }
            (Self::Record(fields), Type::Record(types)) => {
                let mut found = Vec::new();
                for (place, (name, value)) in fields.iter().enumerate() {
                    let Some(of) = types.get(name) else { continue };
                    for next in value.smaller(of, unions) {
                        let next = (Rc::clone(name), next);
                        found.push(Self::Record(replaced(fields, place, next)));
                    }
                }
                found
            }
            (Self::Variant(id, index, inside), Type::Union(_, arguments)) => {
                let Some(union) = unions.get(id.0 as usize) else { return Vec::new() };
                let simple = (0..*index).filter(|at| union.fields(*at, arguments).is_empty());
                let mut found: Vec<Self> =
                    simple.map(|at| Self::Variant(*id, at, Vec::new())).collect();
                let types = union.fields(*index, arguments);
                let own = inside.iter().zip(&types).filter(|(_, part)| *part == of);
                found.extend(own.map(|(one, _)| one.clone()));
                for (place, (one, part)) in inside.iter().zip(&types).enumerate() {
                    for next in one.smaller(part, unions) {
                        found.push(Self::Variant(*id, *index, replaced(inside, place, next)));
                    }
                }
                found
            }
            _ => Vec::new(),
        }
    }
}

fn replaced<T: Clone>(all: &[T], place: usize, next: T) -> Vec<T> {
    let mut all = all.to_vec();
    if let Some(one) = all.get_mut(place) {
        *one = next;
    }
    all
}

/// Nothing, both halves, and all but each one.
fn shorter<T: Clone>(all: &[T]) -> Vec<Vec<T>> {
    let mut found = Vec::new();
    if all.len() > 2 {
        let (first, second) = all.split_at(all.len() / 2);
        found.extend([Vec::new(), first.to_vec(), second.to_vec()]);
    }
    for place in 0..all.len() {
        let mut fewer = all.to_vec();
        fewer.remove(place);
        found.push(fewer);
    }
    found
}

fn smaller(literal: &Literal) -> Vec<Literal> {
    match literal {
        Literal::Int(value) => toward_zero(*value).into_iter().map(Literal::Int).collect(),
        Literal::Duration(value) => {
            toward_zero(*value).into_iter().map(Literal::Duration).collect()
        }
        Literal::Decimal(digits, scale) => {
            let Ok(value) = i64::try_from(*digits) else {
                return vec![Literal::Decimal(digits / 2, *scale)];
            };
            let whole = (*scale > 0).then_some(Literal::Decimal(*digits, 0));
            let fewer = toward_zero(value).into_iter();
            whole
                .into_iter()
                .chain(fewer.map(|it| Literal::Decimal(i128::from(it), *scale)))
                .collect()
        }
        Literal::Float(value) => {
            let mut found = vec![0.0, value.trunc(), (value / 2.0).trunc(), value - value.signum()];
            found.retain(|it| it.abs() < value.abs());
            if *value < 0.0 {
                found.insert(0, -value);
            }
            found.into_iter().map(Literal::Float).collect()
        }
        Literal::Bool(true) => vec![Literal::Bool(false)],
        Literal::Bool(false) => Vec::new(),
        Literal::String(text) => {
            let letters: Vec<char> = text.chars().collect();
            let mut found = shorter(&letters);
            for (place, letter) in letters.iter().enumerate() {
                if !matches!(letter, 'a') {
                    found.push(replaced(&letters, place, 'a'));
                }
            }
            let text = |letters: Vec<char>| Rc::from(letters.into_iter().collect::<String>());
            found.into_iter().map(|it| Literal::String(text(it))).collect()
        }
        Literal::Bytes(bytes) => {
            let mut found = shorter(bytes);
            for (place, byte) in bytes.iter().enumerate() {
                if *byte != 0 {
                    found.push(replaced(bytes, place, byte / 2));
                }
            }
            found.into_iter().map(|it| Literal::Bytes(it.into())).collect()
        }
    }
}

fn toward_zero(value: i64) -> Vec<i64> {
    let mut found = vec![0, value / 2, value / 10, value - value.signum()];
    found.retain(|it| it.unsigned_abs() < value.unsigned_abs());
    found.dedup();
    if let Some(positive) = value.checked_neg().filter(|it| *it > 0) {
        found.insert(0, positive);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_smaller_is_never_the_same_for_ever() {
        for of in [Type::INT, Type::FLOAT, Type::DECIMAL, Type::STRING, Type::BYTES, Type::BOOL] {
            let of = Type::list(of);
            for case in 0..40 {
                let mut value = Maker::new(case, &[]).make(&of).expect("there are such values");
                let mut steps = 0;
                while let Some(next) = value.smaller(&of, &[]).pop() {
                    value = next;
                    steps += 1;
                    assert!(steps < 5_000_000, "{of:?}, {case}: {value:?}");
                    // One by one from the largest number would take too long.
                    if steps > 10_000 {
                        break;
                    }
                }
            }
        }
    }

    #[test]
    fn functions_and_moments_are_not_made_up() {
        let mut maker = Maker::new(0, &[]);
        assert_eq!(maker.make(&Type::list(Type::MOMENT)), None);
        assert_eq!(maker.make(&Type::TIMESTAMP), None);
    }

    #[test]
    fn values_are_the_same_each_time() {
        let of = Type::list(Type::list(Type::STRING));
        for case in 0..20 {
            assert_eq!(Maker::new(case, &[]).make(&of), Maker::new(case, &[]).make(&of));
        }
    }
}
