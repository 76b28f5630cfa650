//! What the numbers of an array say together, of all or along an axis: means, spread, quantiles.

use std::borrow::Cow;
use std::collections::BTreeMap;

use achronyme_numeric::statistics::{self, QuantileMethod};
use achronyme_numeric::{Error, Lanes};

use super::Call;
use super::axis::Reduction;
use crate::builtin::row::rows;
use crate::numbers::Numbers;
use crate::{Complex, Fault, Store, View};

rows! {
    /// The arithmetic mean.
    ///
    /// `mean([1, 2, 3, 4])` → `2.5`
    /// `mean([[1, 2], [3, 4]], {axis: 0})` → `[2, 3]`
    33 mean("array, {axis = null, keepdims = false}") "stats" call mean;
    /// The standard deviation of a sample: by one less than the number of values, or less by another
    /// `ddof`. Of complex numbers by their moduli.
    ///
    /// `std([1, 2, 3])` → `1`
    /// `std([1, 3], {ddof: 0})` → `1`
    34 std("array, {axis = null, ddof = 1, keepdims = false}") "stats" call std;
    /// The variance, the square of `std`.
    ///
    /// `var([1, 2, 3])` → `1`
    460 var("array, {axis = null, ddof = 1, keepdims = false}") "stats" call var;
    /// As `var`.
    ///
    /// `variance([1, 2, 3])` → `1`
    461 variance("array, {axis = null, ddof = 1, keepdims = false}") "stats" call var;
    /// The number in the middle, or the mean of the two.
    ///
    /// `median([3, 1, 2])` → `2`
    /// `median([1, 2, 3, 10])` → `2.5`
    462 median("array, {axis = null, keepdims = false}") "stats" call median;
    /// The number below which the share q of all lies, from 0 to 1; of several q a tensor of them along
    /// a new first axis. Where it lies between two numbers, `method` says what it is: linear, lower,
    /// higher, nearest, midpoint, weibull, hazen, median_unbiased, normal_unbiased or inverted_cdf.
    ///
    /// `quantile([1, 2, 3, 4, 5], 0.25)` → `2`
    /// `quantile([1, 2, 3, 4], [0, 1])` → `[1, 4]`
    /// `quantile([1, 2, 3, 4], 0.4, {method: "lower"})` → `2`
    463 quantile("array, q, {method = \"linear\", axis = null, keepdims = false}") "stats"
        call quantile;
    /// As `quantile`, of p from 0 to 100.
    ///
    /// `percentile([1, 2, 3, 4, 5], 25)` → `2`
    464 percentile("array, p, {method = \"linear\", axis = null, keepdims = false}") "stats"
        call percentile;
    /// The three quantiles at a quarter, a half and three quarters.
    ///
    /// `quartiles([1, 2, 3, 4, 5])` → `[2, 3, 4]`
    465 quartiles("array, {method = \"linear\", axis = null, keepdims = false}") "stats"
        call quartiles;
    /// The most frequent number, of several the smallest; of strings the first. With `full` a record of
    /// its value and its count.
    ///
    /// `mode([1, 2, 2, 3, 3])` → `2`
    /// `mode(["b", "a"])` → `"b"`
    /// `mode([7, 7], {full: true}).count` → `2`
    466 mode("array, {full = false, axis = null, keepdims = false}") "stats" call mode;
    /// How many standard deviations each number is above the mean; NaN where all are the same.
    ///
    /// `zscore([1, 2, 3])` → `[-1, 0, 1]`
    467 zscore("array, {axis = null, ddof = 1}") "stats" call zscore;
    /// How much further numbers lie above the mean than below it. Without `bias`, the estimate for what
    /// they are a sample of.
    ///
    /// `skew([1, 2, 3])` → `0`
    468 skew("array, {bias = true, axis = null, keepdims = false}") "stats" call skew;
    /// How far out numbers lie, against 0 for normal numbers, or 3 without `fisher`. Without `bias`, the
    /// estimate for what they are a sample of.
    ///
    /// `kurtosis([1, 1, 3, 3])` → `-2`
    469 kurtosis("array, {fisher = true, bias = true, axis = null, keepdims = false}") "stats"
        call kurtosis;
    /// A record of n, mean, std, min, q1, median, q3 and max of all numbers. The std of one is NaN.
    ///
    /// `describe_stats([1, 2, 3, 4, 5]).q3` → `4`
    470 describe_stats("array") "stats" call describe_stats;
}

/// The numbers of the first argument, which is no single one.
pub(super) fn array<'a, S: Store>(
    store: &'a S,
    call: &'a Call<S::Value>,
) -> Result<Numbers<'a>, Fault> {
    match call.get(0).map(|value| store.view(value)) {
        Some(View::Number(_) | View::Complex(_)) => {
            Err(call.wanted(store, 0, "a numeric vector or tensor"))
        }
        _ => call.numbers(store, 0),
    }
}

/// Shape and numbers.
type Real<'a> = (Cow<'a, [usize]>, Cow<'a, [f64]>);

/// Shape and numbers of the first argument, if they are real.
fn real<'a, S: Store>(store: &'a S, call: &'a Call<S::Value>) -> Result<Real<'a>, Fault> {
    match array(store, call)? {
        Numbers::Real(shape, data) => Ok((shape, data)),
        Numbers::Complex(..) => Err(call.wanted(store, 0, "a vector or tensor of real numbers")),
    }
}

/// What `f` makes of the real numbers of each lane.
fn reduced<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: impl FnMut(&[f64]) -> Result<f64, Error>,
) -> Result<S::Value, Fault> {
    let (shape, data) = real(store, call)?;
    let reduction = Reduction::new(store, call, &shape)?;
    let results = reduction.lanes.reduce(&data, f).map_err(|error| call.fault(error))?;
    drop((shape, data));
    reduction.real(store, &results)
}

fn mean<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (reduction, results) = {
        let numbers = array(store, call)?;
        let reduction = Reduction::new(store, call, numbers.shape())?;
        let lanes = &reduction.lanes;
        let results = match &numbers {
            Numbers::Real(_, data) => lanes.reduce(data, statistics::mean).map(Means::Real),
            Numbers::Complex(_, data) => {
                lanes.reduce(data, statistics::complex_mean).map(Means::Complex)
            }
        };
        (reduction, results.map_err(|error| call.fault(error))?)
    };
    match results {
        Means::Real(results) => reduction.real(store, &results),
        Means::Complex(results) => reduction.complex(store, &results),
    }
}

/// Means of lanes.
enum Means {
    Real(Vec<f64>),
    Complex(Vec<Complex>),
}

fn var<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    spread(store, call, |variance| variance)
}

fn std<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    spread(store, call, f64::sqrt)
}

/// What `f` makes of the variance of each lane.
fn spread<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: impl Fn(f64) -> f64,
) -> Result<S::Value, Fault> {
    let ddof = call.count_option(store, "ddof", 1)?;
    let (reduction, results) = {
        let numbers = array(store, call)?;
        let reduction = Reduction::new(store, call, numbers.shape())?;
        let lanes = &reduction.lanes;
        let results = match &numbers {
            Numbers::Real(_, data) => {
                lanes.reduce(data, |lane| statistics::variance(lane, ddof).map(&f))
            }
            Numbers::Complex(_, data) => {
                lanes.reduce(data, |lane| statistics::complex_variance(lane, ddof).map(&f))
            }
        };
        (reduction, results.map_err(|error| call.fault(error))?)
    };
    reduction.real(store, &results)
}

fn median<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    reduced(store, call, statistics::median)
}

fn quantile<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let shares = shares(store, call, 1.0)?;
    quantiles(store, call, &shares)
}

fn percentile<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let shares = shares(store, call, 100.0)?;
    quantiles(store, call, &shares)
}

fn quartiles<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    quantiles(store, call, &Shares::Several(vec![0.25, 0.5, 0.75]))
}

/// The shares of which quantiles are wanted.
enum Shares {
    One(f64),
    Several(Vec<f64>),
}

/// The shares that the second argument says, of this whole.
fn shares<S: Store>(store: &S, call: &Call<S::Value>, whole: f64) -> Result<Shares, Fault> {
    let wanted = || call.wanted(store, 1, "a number or a vector of numbers");
    let check = |share: &f64| {
        if (0.0..=whole).contains(share) {
            return Ok(share / whole);
        }
        let name = if whole > 1.0 { "p" } else { "q" };
        Err(call.value_error(format!("{name} must be from 0 to {whole}, got {share}")))
    };
    match call.numbers(store, 1).map_err(|_| wanted())? {
        Numbers::Real(shape, data) if shape.is_empty() => Ok(Shares::One(check(&data[0])?)),
        Numbers::Real(shape, data) if shape.len() == 1 => {
            Ok(Shares::Several(data.iter().map(check).collect::<Result<_, _>>()?))
        }
        Numbers::Real(..) | Numbers::Complex(..) => Err(wanted()),
    }
}

fn quantiles<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    shares: &Shares,
) -> Result<S::Value, Fault> {
    let method = QuantileMethod::ALL[call.choice(store, "method", QuantileMethod::NAMES)?];
    match shares {
        Shares::One(share) => reduced(store, call, |lane| {
            Ok(statistics::quantiles(lane, std::slice::from_ref(share), method)?[0])
        }),
        Shares::Several(shares) => {
            let (shape, data) = real(store, call)?;
            let reduction = Reduction::new(store, call, &shape)?;
            let quantiles = |lane: &[f64]| statistics::quantiles(lane, shares, method);
            let all = reduction.lanes.reduce(&data, quantiles);
            let all = all.map_err(|error| call.fault(error))?;
            drop((shape, data));
            let mut results = Vec::with_capacity(shares.len() * all.len());
            for place in 0..shares.len() {
                results.extend(all.iter().map(|lane| lane[place]));
            }
            let mut shape = vec![shares.len()];
            shape.extend(&reduction.shape);
            store.new_tensor(&shape, &results)
        }
    }
}

fn mode<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let full = call.flag(store, "full", false)?;
    let (value, count) = match mode_of_strings(store, call)? {
        Some((value, count)) => (value, store.number(count)),
        None => {
            let (shape, data) = real(store, call)?;
            let reduction = Reduction::new(store, call, &shape)?;
            let modes = reduction.lanes.reduce(&data, statistics::mode);
            let modes = modes.map_err(|error| call.fault(error))?;
            drop((shape, data));
            let (values, counts): (Vec<f64>, Vec<usize>) = modes.into_iter().unzip();
            let counts: Vec<f64> = counts.into_iter().map(float).collect();
            (reduction.real(store, &values)?, reduction.real(store, &counts)?)
        }
    };
    if !full {
        return Ok(value);
    }
    store.new_record(&[("value", value, false), ("count", count, false)])
}

/// The first of the most frequent strings and how often it is there, if the argument is a vector of
/// strings.
fn mode_of_strings<S: Store>(
    store: &S,
    call: &Call<S::Value>,
) -> Result<Option<(S::Value, f64)>, Fault> {
    let strings = store.elements(call.at(0)?);
    if strings.is_empty() || strings.iter().any(|string| store.view(string) != View::String) {
        return Ok(None);
    }
    if call.option("axis").is_some() {
        return Err(call.value_error("strings have no axis"));
    }
    let mut counts = BTreeMap::new();
    for (place, string) in strings.iter().enumerate() {
        counts.entry(store.text(string)).or_insert((0_usize, place)).0 += 1;
    }
    let best = counts.into_values().max_by_key(|(count, place)| (*count, usize::MAX - place));
    Ok(best.map(|(count, place)| (strings[place].clone(), float(count))))
}

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn float(count: usize) -> f64 {
    count as f64
}

fn zscore<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ddof = call.count_option(store, "ddof", 1)?;
    let (shape, data) = real(store, call)?;
    let lanes = match call.axis(store, shape.len())? {
        None => Lanes::whole(&shape),
        Some(axis) => Lanes::along(&shape, &[axis]),
    };
    let scores = lanes.and_then(|lanes| {
        lanes.map(&data, lanes.length(), |lane, scores| statistics::zscores(lane, ddof, scores))
    });
    let scores = scores.map_err(|error| call.fault(error))?;
    let shape = shape.into_owned();
    drop(data);
    store.new_tensor(&shape, &scores)
}

fn skew<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let bias = call.flag(store, "bias", true)?;
    reduced(store, call, |lane| statistics::skew(lane, bias))
}

fn kurtosis<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (fisher, bias) = (call.flag(store, "fisher", true)?, call.flag(store, "bias", true)?);
    reduced(store, call, |lane| statistics::kurtosis(lane, fisher, bias))
}

fn describe_stats<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (_, data) = real(store, call)?;
    let fault = |error| call.fault(error);
    let shares = [0.0, 0.25, 0.5, 0.75, 1.0];
    let quantiles = statistics::quantiles(&data, &shares, QuantileMethod::Linear).map_err(fault)?;
    let std = statistics::variance(&data, 1).map_or(f64::NAN, f64::sqrt);
    let mean = statistics::mean(&data).map_err(fault)?;
    let (n, at) = (float(data.len()), |place: usize| quantiles[place]);
    drop(data);
    let fields = [
        ("n", n),
        ("mean", mean),
        ("std", std),
        ("min", at(0)),
        ("q1", at(1)),
        ("median", at(2)),
        ("q3", at(3)),
        ("max", at(4)),
    ];
    let record = fields.map(|(name, number)| (name, store.number(number), false));
    store.new_record(&record)
}
