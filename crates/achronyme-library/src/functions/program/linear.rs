//! Linear programs: their best points, prices and ranges.

use achronyme_numeric::program::{
    IntegerProgram, LinearProgram, LinearSolution, Method, Ranges, Status, ranges,
};

use super::input::{Input, Matrix, matrix, program, sign, vector};
use crate::functions::Call;
use crate::numbers::real_vector;
use crate::{Fault, Store};

/// What the simplex methods are called.
const METHODS: [&str; 4] = ["simplex", "revised_simplex", "two_phase_simplex", "dual_simplex"];

pub(super) fn linprog<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    solve(store, call, Method::Primal)
}

pub(super) fn dual_simplex<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    solve(store, call, Method::Dual)
}

fn solve<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    method: Method,
) -> Result<S::Value, Fault> {
    let method = match (call.option("method"), call.choice(store, "method", &METHODS)?) {
        (None, _) => method,
        (Some(_), 3) => Method::Dual,
        (Some(_), _) => Method::Primal,
    };
    let (input, alone) = read(store, call)?;
    let solution = match integrality(store, call, input.program.variables())? {
        None => input.program.solve(method),
        Some(integer) => whole(&input.program, integer),
    };
    let solution = solution.map_err(|error| call.fault(error))?;
    if alone {
        return x_alone(store, call, solution.status, &solution.x);
    }
    record(store, &input, &solution)
}

/// The program of a call, and whether only `x` is wanted.
pub(super) fn read<S: Store>(store: &S, call: &Call<S::Value>) -> Result<(Input, bool), Fault> {
    let objective = vector(store, call, ("c", call.get(0)))?;
    let mut input = program(store, call, objective, [1, 2], (0.0, f64::INFINITY))?;
    let sign = sign(store, call, 3)?;
    if sign.is_some() && call.option("sense").is_some() {
        return Err(call.value_error("the sense is given twice"));
    }
    let sense = call.choice(store, "sense", &["min", "max"])?;
    input.program.maximize = sign.unwrap_or(sense == 1);
    Ok((input, sign.is_some()))
}

/// Which variables are integers, where the option says so.
fn integrality<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    variables: usize,
) -> Result<Option<Vec<bool>>, Fault> {
    let Some(value) = call.option("integrality") else { return Ok(None) };
    let flags = vector(store, call, ("integrality", Some(value)))?;
    if flags.len() != variables {
        let count = flags.len();
        let message = format!("there are {variables} variables, but integrality has {count}");
        return Err(call.shape_error(message));
    }
    if let Some(wrong) = flags.iter().find(|flag| ![0.0, 1.0].contains(*flag)) {
        return Err(call.value_error(format!("integrality must be 0 or 1, got {wrong}")));
    }
    Ok(Some(flags.into_iter().map(|flag| flag != 0.0).collect()))
}

/// The best point with integers, as a vertex of the program whose integers are fixed.
fn whole(
    program: &LinearProgram,
    integer: Vec<bool>,
) -> Result<LinearSolution, achronyme_numeric::Error> {
    let linear = program.clone();
    let found = IntegerProgram { linear, integer, gap: 1e-9, nodes_max: 100_000 }.solve()?;
    let status = found.status;
    let none = LinearSolution {
        status,
        x: Vec::new(),
        objective: f64::NAN,
        dual: Vec::new(),
        reduced_costs: Vec::new(),
        basis: Vec::new(),
        iterations: found.iterations,
    };
    Ok(match found.best {
        Some(best) if status == Status::Optimal => {
            LinearSolution { iterations: found.iterations, ..best }
        }
        _ => none,
    })
}

/// `x`, or an error where there is none.
pub(super) fn x_alone<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    status: Status,
    x: &[f64],
) -> Result<S::Value, Fault> {
    if status == Status::Optimal {
        return real_vector(store, x);
    }
    Err(call.value_error(format!("{} problem", status.name())))
}

/// What a status means.
pub(super) fn message(status: Status) -> &'static str {
    match status {
        Status::Optimal => "The best point was found",
        Status::Infeasible => "No point fulfils all conditions",
        Status::Unbounded => "The objective has no limit",
        Status::IterationLimit => "The search was given up after too many steps",
    }
}

/// A number; null for none.
pub(super) fn number_or_null<S: Store>(store: &S, number: f64) -> S::Value {
    if number.is_nan() { store.null() } else { store.number(number) }
}

/// A vector; null where there is no best point.
pub(super) fn vector_or_null<S: Store>(
    store: &mut S,
    status: Status,
    numbers: &[f64],
) -> Result<S::Value, Fault> {
    if status == Status::Optimal { real_vector(store, numbers) } else { Ok(store.null()) }
}

fn record<S: Store>(
    store: &mut S,
    input: &Input,
    solution: &LinearSolution,
) -> Result<S::Value, Fault> {
    let status = solution.status;
    let slack = slack(input, &solution.x);
    let (dual, dual_eq) = solution.dual.split_at(input.unequal.min(solution.dual.len()));
    let fields = [
        ("status", store.new_string(status.name())?),
        ("success", store.boolean(status == Status::Optimal)),
        ("x", vector_or_null(store, status, &solution.x)?),
        ("objective", number_or_null(store, solution.objective)),
        ("slack", vector_or_null(store, status, &slack)?),
        ("dual", vector_or_null(store, status, dual)?),
        ("dual_eq", vector_or_null(store, status, dual_eq)?),
        ("reduced_costs", vector_or_null(store, status, &solution.reduced_costs)?),
        ("basis", vector_or_null(store, status, &counted(&solution.basis))?),
        ("iterations", store.number(as_number(solution.iterations))),
        ("message", store.new_string(message(status))?),
    ];
    store.new_record(&fields.map(|(name, value)| (name, value, false)))
}

/// `b - A·x`.
fn slack(input: &Input, x: &[f64]) -> Vec<f64> {
    let rows = input.program.rows.chunks(x.len().max(1)).zip(&input.program.right);
    let rest = |(row, right): (&[f64], &f64)| {
        right - row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>() + 0.0
    };
    rows.take(if x.is_empty() { 0 } else { input.unequal }).map(rest).collect()
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
pub(super) fn as_number(count: usize) -> f64 {
    count as f64
}

fn counted(indices: &[usize]) -> Vec<f64> {
    indices.iter().copied().map(as_number).collect()
}

/// The program `c`, `A`, `b` and a sense, solved with its ranges.
fn solved<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    sense: usize,
) -> Result<(usize, Ranges), Fault> {
    let objective = vector(store, call, ("c", Some(call.at(0)?)))?;
    let variables = objective.len();
    let Matrix { columns, .. } = matrix(store, call, ("A", Some(call.at(1)?)), variables)?;
    if columns != variables {
        return Err(call.shape_error(format!("c has {variables} numbers, but A has {columns}")));
    }
    call.at(2)?;
    let mut input = program(store, call, objective, [1, 2], (0.0, f64::INFINITY))?;
    input.program.maximize = sign(store, call, sense)?.unwrap_or(true);
    let ranges = ranges(&input.program).map_err(|error| call.fault(error))?;
    if ranges.solution.status != Status::Optimal {
        let status = ranges.solution.status.name();
        return Err(call.value_error(format!("{status} problem")));
    }
    Ok((variables, ranges))
}

pub(super) fn shadow_price<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    call.at(3)?;
    let (_, ranges) = solved(store, call, 3)?;
    real_vector(store, &ranges.solution.dual)
}

pub(super) fn reduced_costs<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (_, ranges) = solved(store, call, 3)?;
    real_vector(store, &ranges.solution.reduced_costs)
}

pub(super) fn basic_variables<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (_, ranges) = solved(store, call, 3)?;
    real_vector(store, &counted(&ranges.solution.basis))
}

pub(super) fn nonbasic_variables<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (variables, ranges) = solved(store, call, 3)?;
    let basis = &ranges.solution.basis;
    let all = 0..variables + basis.len();
    let others: Vec<usize> = all.filter(|index| basis.binary_search(index).is_err()).collect();
    real_vector(store, &counted(&others))
}

pub(super) fn sensitivity_c<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (_, ranges) = solved(store, call, 4)?;
    one_range(store, call, &ranges.costs)
}

pub(super) fn sensitivity_b<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (_, ranges) = solved(store, call, 4)?;
    one_range(store, call, &ranges.rights)
}

/// The range with the index that the call asks for.
fn one_range<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    ranges: &[[f64; 2]],
) -> Result<S::Value, Fault> {
    let index = call.count(store, 3)?;
    let Some(range) = ranges.get(index) else {
        let count = ranges.len();
        let message = format!("index {index} is out of range: there are {count}");
        return Err(call.fault(achronyme_numeric::Error::index(message)));
    };
    real_vector(store, range)
}

pub(super) fn sensitivity<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let (_, ranges) = solved(store, call, 3)?;
    let fields = [
        ("c_ranges", store.new_tensor(&[ranges.costs.len(), 2], ranges.costs.as_flattened())?),
        ("b_ranges", store.new_tensor(&[ranges.rights.len(), 2], ranges.rights.as_flattened())?),
        ("dual", real_vector(store, &ranges.solution.dual)?),
        ("reduced_costs", real_vector(store, &ranges.solution.reduced_costs)?),
    ];
    store.new_record(&fields.map(|(name, value)| (name, value, false)))
}

pub(super) fn objective_value<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let c = vector(store, call, ("c", call.get(0)))?;
    let x = vector(store, call, ("x", call.get(1)))?;
    if c.len() != x.len() {
        let (c, x) = (c.len(), x.len());
        return Err(call.shape_error(format!("c has {c} numbers, but x has {x}")));
    }
    Ok(store.number(c.iter().zip(&x).map(|(c, x)| c * x).sum::<f64>() + 0.0))
}
