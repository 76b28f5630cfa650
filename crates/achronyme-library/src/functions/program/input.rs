//! Programs, read from arguments and options.

use achronyme_numeric::program::{LinearProgram, Relation};

use crate::functions::Call;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

/// Real numbers in rows.
pub(super) struct Matrix {
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) data: Vec<f64>,
}

/// A linear program, and how many of its rows are those of `A`; the others are those of `Aeq`.
pub(super) struct Input {
    pub(super) program: LinearProgram,
    pub(super) unequal: usize,
}

/// An argument or option, and what messages call it.
pub(super) type Named<'a, V> = (&'a str, Option<&'a V>);

/// The numbers of a vector.
pub(super) fn vector<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    (name, value): Named<'_, S::Value>,
) -> Result<Vec<f64>, Fault> {
    match value.and_then(|value| numbers::of(store, value)) {
        Some(Numbers::Real(shape, data)) if shape.len() == 1 => Ok(data.into_owned()),
        _ => Err(call.type_error(format!("{name} must be a vector of numbers"))),
    }
}

/// The numbers of a matrix; no rows where there is none.
pub(super) fn matrix<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    (name, value): Named<'_, S::Value>,
    columns: usize,
) -> Result<Matrix, Fault> {
    let Some(value) = value else { return Ok(Matrix { rows: 0, columns, data: Vec::new() }) };
    match numbers::of(store, value) {
        Some(Numbers::Real(shape, data)) => match *shape {
            [0] => Ok(Matrix { rows: 0, columns, data: Vec::new() }),
            [rows, columns] => Ok(Matrix { rows, columns, data: data.into_owned() }),
            _ => Err(call.shape_error(format!("{name} must have two axes, has shape {shape:?}"))),
        },
        _ => Err(call.type_error(format!("{name} must be a matrix of numbers"))),
    }
}

/// The rows of a matrix and their right sides.
fn conditions<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    rows: Named<'_, S::Value>,
    right: Named<'_, S::Value>,
    variables: usize,
) -> Result<(Matrix, Vec<f64>), Fault> {
    let names = (rows.0, right.0);
    if rows.1.is_some() != right.1.is_some() {
        return Err(call.value_error(format!("{} and {} go together", names.0, names.1)));
    }
    let matrix = matrix(store, call, rows, variables)?;
    let right = if right.1.is_some() { vector(store, call, right)? } else { Vec::new() };
    if matrix.columns != variables {
        return Err(call.shape_error(format!(
            "{} has shape [{}, {}], but there are {variables} variables",
            names.0, matrix.rows, matrix.columns
        )));
    }
    if matrix.rows != right.len() {
        return Err(call.shape_error(format!(
            "{} has {} rows, but {} has {} numbers",
            names.0,
            matrix.rows,
            names.1,
            right.len()
        )));
    }
    Ok((matrix, right))
}

/// The conditions of a program: `A` and `b` at these places, then the options. The objective is to
/// be least.
pub(super) fn program<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    objective: Vec<f64>,
    [rows, right]: [usize; 2],
    free: (f64, f64),
) -> Result<Input, Fault> {
    let variables = objective.len();
    let (unequal, mut rights) =
        conditions(store, call, ("A", call.get(rows)), ("b", call.get(right)), variables)?;
    let (equal, more) = conditions(
        store,
        call,
        ("Aeq", call.option("Aeq")),
        ("beq", call.option("beq")),
        variables,
    )?;
    let size = unequal.rows + equal.rows;
    let words = size.saturating_mul(size.saturating_add(variables).saturating_mul(2));
    store.room(words.saturating_mul(size_of::<f64>()))?;
    let mut relations = senses(store, call, unequal.rows)?;
    relations.resize(size, Relation::Equal);
    rights.extend(more);
    let mut data = unequal.data;
    data.extend(equal.data);
    let (lower, upper) = bounds(store, call, variables, free)?;
    let program = LinearProgram {
        objective,
        maximize: false,
        rows: data,
        relations,
        right: rights,
        lower,
        upper,
    };
    program.check().map_err(|error| call.fault(error))?;
    Ok(Input { program, unequal: unequal.rows })
}

/// How the rows of `A` compare with `b`.
fn senses<S: Store>(store: &S, call: &Call<S::Value>, rows: usize) -> Result<Vec<Relation>, Fault> {
    let Some(value) = call.option("senses") else { return Ok(vec![Relation::AtMost; rows]) };
    if store.view(value) != View::Vector {
        return Err(call.option_wanted(store, "senses", "a vector of \"<=\", \">=\" and \"=\""));
    }
    let words = store.elements(value);
    if words.len() != rows {
        let count = words.len();
        return Err(call.shape_error(format!("A has {rows} rows, but senses has {count}")));
    }
    let words = words.iter().map(|word| match store.text(word) {
        "<=" => Ok(Relation::AtMost),
        ">=" => Ok(Relation::AtLeast),
        "=" | "==" => Ok(Relation::Equal),
        _ => Err(call.value_error("senses must be \"<=\", \">=\" or \"=\"")),
    });
    words.collect()
}

/// The bounds of all variables in the option `bounds`, or those of free ones.
///
/// # Errors
/// There are more or fewer bounds than variables, or they are none.
pub(in crate::functions) fn bounds<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    variables: usize,
    free: (f64, f64),
) -> Result<(Vec<f64>, Vec<f64>), Fault> {
    let wrong = || call.value_error("bounds must be [least, greatest], or a vector of such pairs");
    let Some(value) = call.option("bounds") else {
        return Ok((vec![free.0; variables], vec![free.1; variables]));
    };
    if let Some((low, high)) = pair(store, value) {
        return Ok((vec![low; variables], vec![high; variables]));
    }
    let pairs: Vec<(f64, f64)> = match store.tensor(value) {
        Some(view) if view.shape.len() == 2 && view.shape[1] == 2 => {
            view.data.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
        }
        _ if store.view(value) == View::Vector => {
            let pairs = store.elements(value).iter().map(|element| match store.view(element) {
                View::Null => Some((f64::NEG_INFINITY, f64::INFINITY)),
                _ => pair(store, element),
            });
            pairs.collect::<Option<_>>().ok_or_else(wrong)?
        }
        _ => return Err(wrong()),
    };
    if pairs.len() != variables {
        return Err(call.shape_error(format!(
            "there are {variables} variables, but bounds has {} pairs",
            pairs.len()
        )));
    }
    Ok(pairs.into_iter().unzip())
}

/// A least and a greatest value, where null is none.
fn pair<S: Store>(store: &S, value: &S::Value) -> Option<(f64, f64)> {
    if let Some(view) = store.tensor(value) {
        return match (view.shape, view.data) {
            ([2], [low, high]) => Some((*low, *high)),
            _ => None,
        };
    }
    let bound = |value: &S::Value, none: f64| match store.view(value) {
        View::Null => Some(none),
        View::Number(bound) => Some(bound),
        _ => None,
    };
    match store.elements(value) {
        [low, high] => Some((bound(low, f64::NEG_INFINITY)?, bound(high, f64::INFINITY)?)),
        _ => None,
    }
}

/// Whether the greatest value is wanted, by an argument that is 1 or -1; `None` if it is not given.
pub(super) fn sign<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
) -> Result<Option<bool>, Fault> {
    if call.get(place).is_none() {
        return Ok(None);
    }
    let number = call.number(store, place)?;
    if number.is_nan() || (number.abs() - 1.0).abs() > 0.0 {
        return Err(call.value_error("sense must be 1 (maximize) or -1 (minimize)"));
    }
    Ok(Some(number > 0.0))
}

/// The indices of variables in an argument or option.
pub(super) fn indices<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    named: Named<'_, S::Value>,
    variables: usize,
) -> Result<Vec<usize>, Fault> {
    let name = named.0;
    let indices = vector(store, call, named)?.into_iter().map(|index| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let place = index as usize;
        if !numbers::is_integer(index) || index < 0.0 {
            let message = format!("{name} must be integers from 0 on, got {index}");
            return Err(call.value_error(message));
        }
        if place >= variables {
            let message = format!("{name}: there is no variable {index} of {variables}");
            return Err(call.fault(achronyme_numeric::Error::index(message)));
        }
        Ok(place)
    });
    indices.collect()
}
