//! Programs some of whose variables are integers.

use achronyme_numeric::program::{IntegerProgram, IntegerSolution, Status};

use super::input::indices;
use super::linear::{as_number, number_or_null, read, x_alone};
use crate::functions::Call;
use crate::numbers::real_vector;
use crate::{Fault, Store};

pub(super) fn intlinprog<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    solve(store, call, false)
}

pub(super) fn binary_linprog<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    solve(store, call, true)
}

/// Solves a program whose variables are integers, or 0 and 1, unless the call says which ones are.
fn solve<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    is_binary: bool,
) -> Result<S::Value, Fault> {
    let (input, alone) = read(store, call)?;
    let mut linear = input.program;
    let variables = linear.variables();
    let own = if is_binary { "binary" } else { "integer" };
    if call.get(4).is_some() && call.option(own).is_some() {
        return Err(call.value_error(format!("indices and {own} are the same: give one")));
    }
    let named = |name: &'static str| {
        let place = if name == own { call.get(4) } else { None };
        let named = match place {
            Some(value) => ("indices", Some(value)),
            None => (name, call.option(name)),
        };
        let read = named.1.map(|_| indices(store, call, named, variables));
        read.transpose()
    };
    let all = || (0..variables).collect();
    let (integers, binaries) = if is_binary {
        (named("integer")?.unwrap_or_default(), named("binary")?.unwrap_or_else(all))
    } else {
        (named("integer")?.unwrap_or_else(all), named("binary")?.unwrap_or_default())
    };
    let mut integer = vec![false; variables];
    for variable in integers {
        integer[variable] = true;
    }
    for variable in binaries {
        integer[variable] = true;
        linear.lower[variable] = linear.lower[variable].max(0.0);
        linear.upper[variable] = linear.upper[variable].min(1.0);
    }
    let gap = call.number_option(store, "gap", 1e-9)?;
    if gap.is_nan() || gap < 0.0 {
        return Err(call.value_error(format!("gap must be from 0 on, got {gap}")));
    }
    let nodes_max = call.count_option(store, "max_nodes", 100_000)?;
    let program = IntegerProgram { linear, integer, gap, nodes_max };
    let found = program.solve().map_err(|error| call.fault(error))?;
    if alone {
        let x = found.best.as_ref().map_or(&[][..], |best| &best.x);
        return x_alone(store, call, found.status, x);
    }
    record(store, &found)
}

fn record<S: Store>(store: &mut S, found: &IntegerSolution) -> Result<S::Value, Fault> {
    let x = match &found.best {
        Some(best) => real_vector(store, &best.x)?,
        None => store.null(),
    };
    let objective = found.best.as_ref().map_or(f64::NAN, |best| best.objective);
    let fields = [
        ("status", store.new_string(found.status.name())?),
        ("success", store.boolean(found.status == Status::Optimal)),
        ("x", x),
        ("objective", number_or_null(store, objective)),
        ("bound", number_or_null(store, found.bound)),
        ("gap", number_or_null(store, found.gap)),
        ("nodes", store.number(as_number(found.nodes))),
    ];
    store.new_record(&fields.map(|(name, value)| (name, value, false)))
}
