//! What a program probably does not mean.

use achronyme_library::{BUILTINS, CONSTANTS, Kind};
use source::nearest;

use crate::hir::{Arm, Literal, PatternKind};
use crate::prelude;

/// Names of other languages, and what is written here.
const FOREIGN: &[(&str, &str)] = &[
    ("None", "nothing is `null`"),
    ("nil", "nothing is `null`"),
    ("undefined", "nothing is `null`"),
    ("NULL", "nothing is `null`"),
    ("nothing", "nothing is `null`"),
    ("True", "write `true`"),
    ("False", "write `false`"),
    ("TRUE", "write `true`"),
    ("FALSE", "write `false`"),
    ("inf", "write `Infinity`"),
    ("Inf", "write `Infinity`"),
    ("nan", "write `NaN`"),
    ("this", "write `self`"),
    ("console", "write `print(…)`"),
    ("disp", "write `print(…)`"),
    ("echo", "write `print(…)`"),
    ("puts", "write `print(…)`"),
    ("fprintf", "write `printf(…)`"),
    ("sprintf", "write `format(…)`"),
    ("numel", "write `size(…)`"),
    ("arrayfun", "write `map(x => …, v)`"),
    ("cellfun", "write `map(x => …, v)`"),
    ("end", "the last element is `v[-1]`; blocks end with `}`"),
    ("pass", "an empty block is `{ }`"),
    ("np", "functions are there without a module: `zeros(3)`"),
    ("numpy", "functions are there without a module: `zeros(3)`"),
    ("math", "functions are there without a module: `sin(x)`"),
    ("Math", "functions are there without a module: `sin(x)`"),
    ("plt", "functions are there without a module: `plot(x, y)`"),
    ("int", "write `trunc(x)`, or `num(s)` for a string"),
    ("float", "write `num(s)` for a string"),
    ("append", "write `v.push(x)`"),
    ("raise", "write `throw`"),
];

/// Types of other languages, and what they are called here.
const FOREIGN_TYPES: &[(&[&str], &str)] = &[
    (&["int", "integer", "float", "double", "num", "real", "i32", "i64", "f32", "f64"], "Number"),
    (&["str", "text", "char"], "String"),
    (&["bool", "logical"], "Boolean"),
    (&["list", "array", "tuple"], "Vector"),
    (&["matrix", "ndarray"], "Tensor<Number>"),
    (&["object", "dict", "map", "struct"], "Record"),
    (&["fn", "func", "callable"], "Function"),
    (&["void", "none", "nil", "undefined", "nothing"], "null"),
    (&["unknown", "auto"], "Any"),
];

/// The type that was probably meant by a name that no type has.
pub(crate) fn type_advice(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    let foreign = FOREIGN_TYPES.iter().find(|(names, _)| names.contains(&&*lower));
    let kinds = Kind::ALL.iter().map(|kind| kind.name());
    foreign.map(|(_, own)| *own).or_else(|| nearest(name, kinds.chain(["Any", "Tensor<Number>"])))
}

/// What helps against a name that nothing has.
pub(crate) fn advice<'a>(name: &str, declared: impl Iterator<Item = &'a str>) -> Option<String> {
    if let Some((_, advice)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
        return Some((*advice).to_owned());
    }
    probably(name, declared).map(|meant| format!("did you mean `{meant}`?"))
}

/// The name that was probably meant by one that nothing has.
fn probably<'a>(name: &str, declared: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let library = BUILTINS.iter().map(|row| -> &'a str { row.name });
    let prelude = prelude::all().map(|name| -> &'a str { name });
    let known = declared
        .chain(library)
        .chain(prelude)
        .chain(CONSTANTS.iter().map(|name| -> &'a str { name }));
    nearest(name, known)
}

/// What helps against an error that says that nothing has a name.
#[must_use]
pub fn advice_on_error<'a>(
    message: &str,
    declared: impl Iterator<Item = &'a str>,
) -> Option<String> {
    let after = |start| message.strip_prefix(start);
    let name = after("Undefined variable or constant: ")
        .or_else(|| after("Unknown function or constant: "))
        .or_else(|| after("Undefined variable '")?.strip_suffix('\''));
    advice(name?, declared)
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
