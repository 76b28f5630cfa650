//! Type annotations: aliases exist and lead somewhere, and nothing is nested without end.

use achronyme_library::Type;

use super::{ensure, in_range};

/// How deep types may be nested in each other.
pub const TYPE_DEPTH_MAX: usize = 1024;

/// Tests a type of a program with so many aliases.
pub(super) fn check(annotation: &Type, aliases: usize) -> Result<(), String> {
    let mut open = vec![(annotation, 1)];
    while let Some((annotation, depth)) = open.pop() {
        ensure(depth <= TYPE_DEPTH_MAX, || {
            format!("types are nested more than {TYPE_DEPTH_MAX} deep")
        })?;
        let depth = depth + 1;
        match annotation {
            Type::Any | Type::Kind(_) | Type::Tensor { .. } => {}
            Type::Record(fields) => {
                open.extend(fields.iter().map(|field| (&field.annotation, depth)));
            }
            Type::Function { parameters, result } => {
                open.extend(parameters.iter().map(|parameter| (parameter, depth)));
                open.push((result, depth));
            }
            Type::Union(members) => open.extend(members.iter().map(|member| (member, depth))),
            Type::Alias(index) => in_range("type alias", *index, aliases)?,
        }
    }
    Ok(())
}

/// Tests that no alias stands for itself alone, or for a choice that leads to itself without a
/// value taken apart on the way: checking a value against it would never end. All aliases exist.
pub(super) fn check_aliases(aliases: &[Type]) -> Result<(), String> {
    let mut state = vec![State::New; aliases.len()];
    for start in 0..aliases.len() {
        let mut open = vec![Visit::Enter(start)];
        while let Some(visit) = open.pop() {
            let index = match visit {
                Visit::Leave(index) => {
                    state[index] = State::Done;
                    continue;
                }
                Visit::Enter(index) => index,
            };
            match state[index] {
                State::Done => {}
                State::Open => {
                    return Err(format!("type alias {index} stands for nothing but itself"));
                }
                State::New => {
                    state[index] = State::Open;
                    open.push(Visit::Leave(index));
                    open.extend(direct(&aliases[index]).map(Visit::Enter));
                }
            }
        }
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

enum Visit {
    Enter(usize),
    Leave(usize),
}

/// The aliases that a value of this type is checked against as a whole.
fn direct(annotation: &Type) -> impl Iterator<Item = usize> {
    let mut open = vec![annotation];
    std::iter::from_fn(move || {
        loop {
            match open.pop()? {
                Type::Alias(index) => return Some(usize::from(*index)),
                Type::Union(members) => open.extend(members),
                Type::Any
                | Type::Kind(_)
                | Type::Tensor { .. }
                | Type::Record(_)
                | Type::Function { .. } => {}
            }
        }
    })
}
