//! How numbers go together, and how many of them lie where.

use achronyme_numeric::statistics::{self, Bins};

use super::Call;
use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::{Fault, Store, View};

rows! {
    /// The covariances of variables: the rows of a matrix, or its columns without `rowvar`; or two
    /// vectors. A matrix of each with each, or of one vector its variance.
    ///
    /// `cov([1, 2, 3], [2, 4, 6])[0]` → `[1, 2]`
    /// `cov([1, 2, 3])` → `1`
    471 cov("x, y = null, {ddof = 1, rowvar = true}") "stats" call cov;
    /// The correlations of variables, from -1 to 1, given as for `cov`: of two vectors a number. NaN
    /// for what does not change. With `method` "spearman", those of the ranks.
    ///
    /// `corr([1, 2, 3], [6, 4, 2])` → `-1`
    /// `corr([1, 2, 3], [1, 10, 1000], {method: "spearman"})` → `1`
    472 corr("x, y = null, {method = \"pearson\", rowvar = true}") "stats" call corr;
    /// As `corr`.
    ///
    /// `corrcoef([1, 2, 3], [2, 4, 6])` → `1`
    473 corrcoef("x, y = null, {method = \"pearson\", rowvar = true}") "stats" call corr;
    /// How many numbers lie in each bin, and the edges of the bins. `bins` is how many there are, a
    /// vector of edges, or "auto", "sturges" or "fd". What lies outside `range` is left out; with
    /// `weights` each number counts for its own, with `density` the integral is 1.
    ///
    /// `histogram([1, 2, 2, 5], 2).counts` → `[3, 1]`
    /// `histogram([1, 2, 2, 5], [0, 2, 4]).counts` → `[1, 2]`
    474 histogram("array, bins = 10, {range = null, density = false, weights = null}") "stats"
        call histogram;
    /// The line through points with the least squares: a record of slope, intercept, rvalue, pvalue,
    /// stderr, intercept_stderr and n.
    ///
    /// `linregress([1, 2, 3], [3, 5, 7]).slope` → `2`
    475 linregress("x, y") "stats" call linregress;
}

/// Adds the variables of an argument to others, and says how many axes it has.
fn add_variables<S: Store>(
    store: &S,
    call: &Call<S::Value>,
    place: usize,
    variables: &mut Vec<Vec<f64>>,
) -> Result<usize, Fault> {
    let wanted = || call.wanted(store, place, "a vector or matrix of real numbers");
    let Numbers::Real(shape, data) = call.numbers(store, place)? else { return Err(wanted()) };
    let by_rows = call.flag(store, "rowvar", true)?;
    match *shape {
        [_] => variables.push(data.to_vec()),
        [rows, columns] if by_rows => {
            let row = |row: usize| data[row * columns..(row + 1) * columns].to_vec();
            variables.extend((0..rows).map(row));
        }
        [_, columns] => {
            let column = |at| data.iter().skip(at).step_by(columns).copied().collect();
            variables.extend((0..columns).map(column));
        }
        _ => return Err(wanted()),
    }
    Ok(shape.len())
}

/// The variables of the first two arguments, and whether they are two vectors, or one.
fn variables<S: Store>(store: &S, call: &Call<S::Value>) -> Result<(Vec<Vec<f64>>, bool), Fault> {
    let mut variables = Vec::new();
    let mut rank = add_variables(store, call, 0, &mut variables)?;
    if call.get(1).is_some() {
        rank = rank.max(add_variables(store, call, 1, &mut variables)?);
    }
    Ok((variables, rank == 1))
}

fn matrix<S: Store>(store: &mut S, matrix: &[f64], count: usize) -> Result<S::Value, Fault> {
    match matrix {
        [only] => Ok(store.number(*only)),
        _ => store.new_tensor(&[count, count], matrix),
    }
}

fn cov<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ddof = call.count_option(store, "ddof", 1)?;
    let (variables, _) = variables(store, call)?;
    let covariance = statistics::covariance(&variables, ddof).map_err(|error| call.fault(error))?;
    matrix(store, &covariance, variables.len())
}

fn corr<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let by_rank = call.choice(store, "method", &["pearson", "spearman"])? == 1;
    let (mut variables, are_vectors) = variables(store, call)?;
    if by_rank {
        variables.iter_mut().for_each(|variable| *variable = statistics::ranks(variable));
    }
    let correlation = statistics::correlation(&variables).map_err(|error| call.fault(error))?;
    match correlation[..] {
        [_, both, _, _] if are_vectors => Ok(store.number(both)),
        _ => matrix(store, &correlation, variables.len()),
    }
}

/// The real numbers of a value in one row.
fn row<S: Store>(store: &S, value: &S::Value) -> Option<Vec<f64>> {
    match numbers::of(store, value)? {
        Numbers::Real(shape, data) if !shape.is_empty() => Some(data.into_owned()),
        Numbers::Real(..) | Numbers::Complex(..) => None,
    }
}

/// The numbers of a vector, or of a tensor of one axis.
fn vector<S: Store>(store: &S, value: &S::Value) -> Option<Vec<f64>> {
    numbers::of(store, value).filter(|numbers| numbers.rank() == 1)?;
    row(store, value)
}

fn bins<S: Store>(store: &S, call: &Call<S::Value>) -> Result<Bins, Fault> {
    let Some(value) = call.get(1) else { return Ok(Bins::Count(10)) };
    match store.view(value) {
        View::Number(_) => {
            let count = call.count(store, 1)?;
            store.room(count.saturating_mul(2 * size_of::<f64>()))?;
            Ok(Bins::Count(count))
        }
        View::String => match store.text(value) {
            "auto" => Ok(Bins::Auto),
            "sturges" => Ok(Bins::Sturges),
            "fd" => Ok(Bins::FreedmanDiaconis),
            other => Err(call.value_error(format!(
                "bins must be a number, a vector of edges, or one of auto, sturges, fd, got \
                 \"{other}\""
            ))),
        },
        _ => vector(store, value).map(Bins::Edges).ok_or_else(|| {
            call.wanted(store, 1, "a number, a vector of edges, or one of auto, sturges, fd")
        }),
    }
}

fn histogram<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let bins = bins(store, call)?;
    let data = row(store, call.at(0)?)
        .ok_or_else(|| call.wanted(store, 0, "a vector or tensor of real numbers"))?;
    let of = |name: &str, wanted: &str| match call.option(name) {
        None => Ok(None),
        Some(value) => {
            row(store, value).map(Some).ok_or_else(|| call.option_wanted(store, name, wanted))
        }
    };
    let range = match of("range", "a vector of two numbers")?.as_deref() {
        None => None,
        Some([low, high]) => Some((*low, *high)),
        Some(other) => {
            let message = format!("range must be a vector of two numbers, got {}", other.len());
            return Err(call.value_error(message));
        }
    };
    let weights = of("weights", "a vector of numbers")?;
    let density = call.flag(store, "density", false)?;
    let histogram = statistics::histogram(&data, &bins, range, weights.as_deref())
        .map_err(|error| call.fault(error))?;
    let counts = if density { histogram.density() } else { histogram.counts };
    let counts = store.new_tensor(&[counts.len()], &counts)?;
    let edges = store.new_tensor(&[histogram.edges.len()], &histogram.edges)?;
    store.new_record(&[("counts", counts, false), ("edges", edges, false)])
}

fn linregress<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let numbers = |place| {
        let value = call.at(place)?;
        row(store, value).ok_or_else(|| call.wanted(store, place, "a vector of real numbers"))
    };
    let (x, y) = (numbers(0)?, numbers(1)?);
    let line = statistics::linregress(&x, &y).map_err(|error| call.fault(error))?;
    #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
    let count = x.len() as f64;
    let fields = [
        ("slope", line.slope),
        ("intercept", line.intercept),
        ("rvalue", line.rvalue),
        ("pvalue", line.pvalue),
        ("stderr", line.stderr),
        ("intercept_stderr", line.intercept_stderr),
        ("n", count),
    ];
    let fields = fields.map(|(name, number)| (name, store.number(number), false));
    store.new_record(&fields)
}
