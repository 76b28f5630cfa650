//! Quadratic programs.

use achronyme_numeric::program::{QuadraticProgram, Status};

use super::input::{matrix, program, vector};
use super::linear::{as_number, number_or_null, vector_or_null};
use crate::functions::Call;
use crate::{Fault, Store};

pub(super) fn quadprog<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let objective = vector(store, call, ("f", call.get(1)))?;
    let size = objective.len();
    let quadratic = matrix(store, call, ("H", Some(call.at(0)?)), size)?;
    if (quadratic.rows, quadratic.columns) != (size, size) {
        return Err(call.shape_error(format!(
            "f has {size} numbers, but H has shape [{}, {}]",
            quadratic.rows, quadratic.columns
        )));
    }
    let free = (f64::NEG_INFINITY, f64::INFINITY);
    let input = program(store, call, objective, [2, 3], free)?;
    let program = QuadraticProgram { quadratic: quadratic.data, linear: input.program };
    let found = program.solve().map_err(|error| call.fault(error))?;
    let (dual, dual_eq) = found.dual.split_at(input.unequal.min(found.dual.len()));
    let fields = [
        ("status", store.new_string(found.status.name())?),
        ("success", store.boolean(found.status == Status::Optimal)),
        ("x", vector_or_null(store, found.status, &found.x)?),
        ("objective", number_or_null(store, found.objective)),
        ("dual", vector_or_null(store, found.status, dual)?),
        ("dual_eq", vector_or_null(store, found.status, dual_eq)?),
        ("iterations", store.number(as_number(found.iterations))),
    ];
    store.new_record(&fields.map(|(name, value)| (name, value, false)))
}
