//! What a program probably does not mean.

use achronyme_library::{BUILTINS, CONSTANTS};
use source::nearest;

use crate::hir::{Arm, Literal, PatternKind};
use crate::prelude;

/// The name that was probably meant by one that nothing has.
pub(crate) fn probably<'a>(name: &str, declared: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let library = BUILTINS.iter().map(|row| -> &'a str { row.name });
    let prelude = prelude::all().map(|name| -> &'a str { name });
    let known = declared
        .chain(library)
        .chain(prelude)
        .chain(CONSTANTS.iter().map(|name| -> &'a str { name }));
    nearest(name, known)
}

/// The name that was probably meant by the one of which an error says that nothing has it.
#[must_use]
pub fn meant_by_error<'a>(
    message: &str,
    declared: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let after = |start| message.strip_prefix(start);
    let name = after("Undefined variable or constant: ")
        .or_else(|| after("Unknown function or constant: "))
        .or_else(|| after("Undefined variable '")?.strip_suffix('\''));
    probably(name?, declared)
}

/// Whether the arms of a `match` take a few values and kinds, and others are nowhere: then a value
/// that was not thought of is an error. Arms that look into vectors and records are believed.
pub(crate) fn may_match_nothing(arms: &[Arm]) -> bool {
    let mut truths = [false; 2];
    for arm in arms {
        match &arm.pattern.kind {
            PatternKind::Record(_) | PatternKind::Vector { .. } => return false,
            PatternKind::Wildcard | PatternKind::Name(_) if arm.guard.is_none() => return false,
            PatternKind::Literal(Literal::Boolean(value)) if arm.guard.is_none() => {
                truths[usize::from(*value)] = true;
            }
            PatternKind::Wildcard
            | PatternKind::Name(_)
            | PatternKind::Kind(_)
            | PatternKind::Literal(_) => {}
        }
    }
    truths != [true; 2]
}
