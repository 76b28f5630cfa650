//! Whether the arms of a `match` take every value, and whether each of them takes some value that
//! those before it leave.
//!
//! By specialising matrices of patterns, after Luc Maranget, "Warnings for pattern matching"
//! (Journal of Functional Programming 17, 2007): `missing` is its algorithm *I*, `is_useful` is *U*.
//! Both take exponential time on bad input, so that they count their steps and give up.

mod shape;
#[cfg(test)]
mod tests;

use crate::hir::Arm;
use crate::types::{Type, Union};
pub(crate) use shape::{Constructor, Shape};

/// Steps for one `match`.
const STEPS_MAX: usize = 50_000;

/// What there is to say about the arms of a `match`.
#[derive(Debug, PartialEq)]
pub(crate) struct Coverage {
    /// A value that no arm takes, as a pattern.
    pub(crate) missing: Option<Shape>,
    /// Arms that no value gets to.
    pub(crate) unreachable: Vec<usize>,
    /// Whether it was too much to find out. Then `missing` is any value.
    pub(crate) gave_up: bool,
}

/// Looks at the arms of a `match` over values of type `of`.
pub(crate) fn coverage(arms: &[Arm], of: &Type, unions: &[Union]) -> Coverage {
    let rows: Vec<(Shape, bool)> = arms
        .iter()
        .map(|arm| {
            let (shape, is_exact) = Shape::of(&arm.pattern);
            (shape, arm.guard.is_none() && is_exact)
        })
        .collect();
    cover(&rows, of, unions)
}

/// Looks at patterns, each with whether it takes all that it looks as if it took.
pub(crate) fn cover(rows: &[(Shape, bool)], of: &Type, unions: &[Union]) -> Coverage {
    let mut search = Search { unions, left: STEPS_MAX };
    let mut before: Vec<Vec<Shape>> = Vec::new();
    let mut unreachable = Vec::new();
    let types = [of.clone()];
    let mut gave_up = false;
    for (index, (shape, takes_all)) in rows.iter().enumerate() {
        match search.is_useful(&before, std::slice::from_ref(shape), &types) {
            Ok(true) => {}
            Ok(false) => unreachable.push(index),
            Err(GaveUp) => gave_up = true,
        }
        if *takes_all {
            before.push(vec![shape.clone()]);
        }
    }
    let missing = match search.missing(&before, &types) {
        Ok(found) => found.and_then(|mut row| row.pop()),
        Err(GaveUp) => {
            gave_up = true;
            Some(Shape::Any)
        }
    };
    Coverage { missing, unreachable, gave_up }
}

#[derive(Debug)]
struct GaveUp;

struct Search<'a> {
    unions: &'a [Union],
    left: usize,
}

impl Search<'_> {
    fn step(&mut self) -> Result<(), GaveUp> {
        self.left = self.left.checked_sub(1).ok_or(GaveUp)?;
        Ok(())
    }

    /// A row of values that no row of the matrix takes.
    fn missing(
        &mut self,
        rows: &[Vec<Shape>],
        types: &[Type],
    ) -> Result<Option<Vec<Shape>>, GaveUp> {
        self.step()?;
        let Some((first, rest)) = types.split_first() else {
            return Ok(rows.is_empty().then(Vec::new));
        };
        let used = used_constructors(rows);
        let all = Constructor::all(first, self.unions);
        let is_complete = all.as_ref().is_some_and(|all| all.iter().all(|one| used.contains(one)));
        if is_complete {
            for constructor in all.into_iter().flatten() {
                let fields = constructor.fields(first, self.unions);
                let count = fields.len();
                let inner: Vec<Type> = fields.into_iter().chain(rest.iter().cloned()).collect();
                let inner_rows = specialise(rows, &constructor, count);
                let found = grow(|| self.missing(&inner_rows, &inner))?;
                if let Some(mut found) = found {
                    let after = found.split_off(count.min(found.len()));
                    return Ok(Some(
                        std::iter::once(Shape::Make(constructor, found)).chain(after).collect(),
                    ));
                }
            }
            return Ok(None);
        }
        let found = grow(|| self.missing(&default_rows(rows), rest))?;
        let absent = all.and_then(|all| all.into_iter().find(|one| !used.contains(one)));
        let head = match absent {
            // Where nothing was looked at, anything is missing.
            Some(_) | None if used.is_empty() => Shape::Any,
            Some(constructor) => {
                let fields = constructor.fields(first, self.unions);
                Shape::Make(constructor, vec![Shape::Any; fields.len()])
            }
            None => Shape::Any,
        };
        Ok(found.map(|rest| std::iter::once(head).chain(rest).collect()))
    }

    /// Whether `row` takes a row of values that no row of the matrix takes.
    fn is_useful(
        &mut self,
        rows: &[Vec<Shape>],
        row: &[Shape],
        types: &[Type],
    ) -> Result<bool, GaveUp> {
        self.step()?;
        let (Some((head, tail)), Some((first, rest))) = (row.split_first(), types.split_first())
        else {
            return Ok(rows.is_empty());
        };
        match head {
            Shape::OneOf(several) => {
                for one in several {
                    let with: Vec<Shape> =
                        std::iter::once(one.clone()).chain(tail.to_vec()).collect();
                    if grow(|| self.is_useful(rows, &with, types))? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Shape::Make(constructor, inside) => {
                self.is_useful_in(rows, constructor, inside, tail, (first, rest))
            }
            Shape::Any => {
                let used = used_constructors(rows);
                let all = Constructor::all(first, self.unions);
                match all.filter(|all| all.iter().all(|one| used.contains(one))) {
                    None => grow(|| self.is_useful(&default_rows(rows), tail, rest)),
                    Some(all) => {
                        for constructor in all {
                            let count = constructor.fields(first, self.unions).len();
                            let any = vec![Shape::Any; count];
                            if self.is_useful_in(rows, &constructor, &any, tail, (first, rest))? {
                                return Ok(true);
                            }
                        }
                        Ok(false)
                    }
                }
            }
        }
    }

    fn is_useful_in(
        &mut self,
        rows: &[Vec<Shape>],
        constructor: &Constructor,
        inside: &[Shape],
        tail: &[Shape],
        (first, rest): (&Type, &[Type]),
    ) -> Result<bool, GaveUp> {
        let fields = constructor.fields(first, self.unions);
        let rows = specialise(rows, constructor, inside.len());
        let row: Vec<Shape> = inside.iter().chain(tail).cloned().collect();
        let types: Vec<Type> = fields.into_iter().chain(rest.iter().cloned()).collect();
        grow(|| self.is_useful(&rows, &row, &types))
    }
}

/// Recursion is as deep as a pattern has parts.
fn grow<T>(work: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(64 << 10, 1 << 20, work)
}

/// The constructors that the first column begins with.
fn used_constructors(rows: &[Vec<Shape>]) -> Vec<Constructor> {
    let mut found = Vec::new();
    let mut waiting: Vec<&Shape> = rows.iter().filter_map(|row| row.first()).collect();
    while let Some(shape) = waiting.pop() {
        match shape {
            Shape::Any => {}
            Shape::Make(constructor, _) => {
                if !found.contains(constructor) {
                    found.push(constructor.clone());
                }
            }
            Shape::OneOf(several) => waiting.extend(several),
        }
    }
    found
}

/// The rows that take values which are made by `constructor`, with its fields in front.
fn specialise(rows: &[Vec<Shape>], constructor: &Constructor, count: usize) -> Vec<Vec<Shape>> {
    let mut found = Vec::new();
    for row in rows {
        let Some((head, tail)) = row.split_first() else { continue };
        for shape in head.alternatives() {
            let inside = match shape {
                Shape::Make(other, inside) if other == constructor => inside.clone(),
                Shape::Any => vec![Shape::Any; count],
                Shape::Make(..) | Shape::OneOf(_) => continue,
            };
            found.push(inside.into_iter().chain(tail.to_vec()).collect());
        }
    }
    found
}

/// The rows that take values of constructors which no row names.
fn default_rows(rows: &[Vec<Shape>]) -> Vec<Vec<Shape>> {
    let mut found = Vec::new();
    for row in rows {
        let Some((head, tail)) = row.split_first() else { continue };
        let takes_any = head.alternatives().into_iter().any(|shape| *shape == Shape::Any);
        if takes_any {
            found.push(tail.to_vec());
        }
    }
    found
}
