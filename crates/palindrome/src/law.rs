//! Whether transforms that are written in both directions undo each other: tried on values that are
//! made up. `forward` and `backward` are run on the machine, as a program would run them.
//!
//! The same program is tried on the same values everywhere. A direction that faults on a value does
//! not take it; what it gives has to be taken by the other one.

mod sample;
mod trial;

use source::{Diagnostic, SourceId, SourceMap};

use crate::codes::NOT_UNDONE;
use crate::hir::{Backward, FunctionId, Program};
use crate::types::{Effect, Type};
use sample::{Maker, Sample};
use trial::{Outcome, Trier};

/// Values that each direction is tried on.
const CASES: usize = 64;
/// Trials of all transforms of a program together, after which each is tried on fewer values.
const TRIALS_MAX: usize = 20_000;
/// Trials to make a counterexample smaller.
const SMALLER_MAX: usize = 300;

/// Work that is done for a law at most: steps, and as many more as its trials take memory for.
const WORK_MAX: u64 = 8_000_000;

/// A law: what one direction gives, the other one takes back.
#[derive(Clone, Copy)]
struct Law {
    function: FunctionId,
    is_forward_first: bool,
}

/// Which transforms do not undo what their other direction did, each with a small example.
pub(crate) fn broken(program: &Program, sources: &SourceMap, source: SourceId) -> Vec<Diagnostic> {
    let written: Vec<FunctionId> = (0..program.functions.len())
        .map(FunctionId::from_index)
        .filter(|id| {
            let function = &program.functions[id.index()];
            let is_written = matches!(function.backward, Backward::Written(..));
            let is_own = function.span.source == source;
            is_own && is_written && function.effect == Effect::Pure
        })
        .collect();
    if written.is_empty() {
        return Vec::new();
    }
    let cases = (TRIALS_MAX / 2 / written.len()).clamp(1, CASES);
    let mut trier = Trier::new(program, (sources, source));
    let mut found = Vec::new();
    for function in written {
        for is_forward_first in [true, false] {
            let law = Law { function, is_forward_first };
            if let Some(diagnostic) = tried(program, &mut trier, law, cases) {
                found.push(diagnostic);
                break;
            }
        }
    }
    found
}

fn tried(program: &Program, trier: &mut Trier<'_>, law: Law, cases: usize) -> Option<Diagnostic> {
    let types = parameters(program, law)?;
    trier.work = 0;
    for case in 0..cases {
        let mut maker = Maker::new(case, &program.unions);
        let values = types.iter().map(|of| maker.make(of)).collect::<Option<Vec<Sample>>>()?;
        match trier.outcome(law, &types, &values) {
            Outcome::Holds | Outcome::Unknown if trier.work > WORK_MAX => return None,
            Outcome::Holds | Outcome::Unknown => continue,
            Outcome::Broken(_) => {}
        }
        let values = smallest(program, trier, law, &types, values);
        return match trier.outcome(law, &types, &values) {
            Outcome::Broken(told) => Some(diagnostic(program, law, &told)),
            Outcome::Holds | Outcome::Unknown => None,
        };
    }
    None
}

/// What the direction that comes first takes, with `Int` for each type parameter.
fn parameters(program: &Program, law: Law) -> Option<Vec<Type>> {
    let function = program.functions.get(law.function.index())?;
    let parameters = match &function.backward {
        Backward::Written(parameters, _) if !law.is_forward_first => parameters,
        _ => &function.parameters,
    };
    let meanings = function.generics.iter().map(|name| (name.clone(), Type::INT)).collect();
    let of = |id: &crate::hir::LocalId| {
        program.locals.get(id.index()).map(|local| local.of.instantiate(&meanings))
    };
    parameters.iter().map(of).collect()
}

/// Makes values smaller for as long as the law does not hold for them.
fn smallest(
    program: &Program,
    trier: &mut Trier<'_>,
    law: Law,
    types: &[Type],
    mut values: Vec<Sample>,
) -> Vec<Sample> {
    let mut left = SMALLER_MAX;
    'again: loop {
        for place in 0..values.len() {
            let (Some(value), Some(of)) = (values.get(place), types.get(place)) else { continue };
            for smaller in value.smaller(of, &program.unions) {
                if left == 0 || trier.work > WORK_MAX {
                    return values;
                }
                left -= 1;
                let mut next = values.clone();
                next[place] = smaller;
                if matches!(trier.outcome(law, types, &next), Outcome::Broken(_)) {
                    values = next;
                    continue 'again;
                }
            }
        }
        return values;
    }
}

fn diagnostic(program: &Program, law: Law, told: &trial::Told) -> Diagnostic {
    let function = &program.functions[law.function.index()];
    let forward = function.name.to_string();
    let backward = match &function.inverse {
        Some(name) => name.to_string(),
        None => format!("~{forward}"),
    };
    let (first, second) =
        if law.is_forward_first { (&forward, &backward) } else { (&backward, &forward) };
    let call = |name: &str, value: &str| {
        let all: Vec<&str> =
            [value].into_iter().chain(told.others.iter().map(|it| &**it)).collect();
        let name = if name.starts_with('~') { format!("({name})") } else { name.to_owned() };
        format!("{name}({})", all.join(", "))
    };
    let there = format!("`{}` is `{}`", call(first, &told.value), told.there);
    let back = match &told.back {
        Ok(back) => format!("and `{}` is `{back}`", call(second, &told.there)),
        Err(fault) => format!("and `{}` faults: {fault}", call(second, &told.there)),
    };
    let message = format!("`{second}` does not undo `{first}`");
    Diagnostic::error(NOT_UNDONE, function.span, message).with_label(format!("{there}, {back}"))
}
