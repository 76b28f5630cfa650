//! Functions of the numbers of an array that are not NaN.

use achronyme_numeric::{Error, extreme, pairwise, sort_into};

use super::Call;
use super::axis::reduced;
use super::reduction::{counted, empty};
use crate::builtin::row::rows;
use crate::{Fault, Store};

rows! {
    /// The sum of the numbers that are not NaN; 0 if there is none.
    ///
    /// `nansum([1, NaN, 2])` → `3`
    678 nansum("array, {axis = null, keepdims = false}") "stats" call nansum;
    /// The least of the numbers that are not NaN; NaN if all are.
    ///
    /// `nanmin([3, NaN, 2])` → `2`
    679 nanmin("array, {axis = null, keepdims = false}") "stats" call nanmin;
    /// The greatest of the numbers that are not NaN; NaN if all are.
    ///
    /// `nanmax([3, NaN, 2])` → `3`
    680 nanmax("array, {axis = null, keepdims = false}") "stats" call nanmax;
    /// The mean of the numbers that are not NaN; NaN if all are.
    ///
    /// `nanmean([1, NaN, 3])` → `2`
    681 nanmean("array, {axis = null, keepdims = false}") "stats" call nanmean;
    /// The standard deviation of the numbers that are not NaN, by `ddof` less than their number; NaN if
    /// there are no more than that.
    ///
    /// `nanstd([1, NaN, 3, 5])` → `2`
    682 nanstd("array, {axis = null, ddof = 1, keepdims = false}") "stats" call nanstd;
    /// The variance of the numbers that are not NaN, by `ddof` less than their number; NaN if there are
    /// no more than that.
    ///
    /// `nanvar([1, NaN, 2])` → `0.5`
    683 nanvar("array, {axis = null, ddof = 1, keepdims = false}") "stats" call nanvar;
    /// The number in the middle of those that are not NaN, or the mean of the two there; NaN if all are.
    ///
    /// `nanmedian([5, NaN, 1, 2])` → `2`
    684 nanmedian("array, {axis = null, keepdims = false}") "stats" call nanmedian;
}

/// What `f` makes of the numbers that are not NaN, of which there is at least one; NaN of none.
fn of_some<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
    f: impl Fn(&[f64]) -> f64,
) -> Result<S::Value, Fault> {
    let mut some = Vec::new();
    reduced(store, call, |lane| {
        if lane.is_empty() {
            return Err(empty());
        }
        some.clear();
        some.extend(lane.iter().copied().filter(|x| !x.is_nan()));
        Ok(if some.is_empty() { f64::NAN } else { f(&some) })
    })
}

fn nansum<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let mut some = Vec::new();
    reduced(store, call, |lane| {
        some.clear();
        some.extend(lane.iter().map(|x| if x.is_nan() { 0.0 } else { *x }));
        Ok(pairwise(&some))
    })
}

fn nanmin<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    of_some(store, call, |some| extreme(some, false).unwrap_or(f64::NAN))
}

fn nanmax<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    of_some(store, call, |some| extreme(some, true).unwrap_or(f64::NAN))
}

fn mean(some: &[f64]) -> f64 {
    pairwise(some) / counted(some.len())
}

fn nanmean<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    of_some(store, call, mean)
}

/// The variance by `ddof` less than the count, in two passes.
fn variance(some: &[f64], ddof: f64) -> f64 {
    let divisor = counted(some.len()) - ddof;
    if divisor <= 0.0 {
        return f64::NAN;
    }
    let mean = mean(some);
    let squares: Vec<f64> = some.iter().map(|x| (x - mean) * (x - mean)).collect();
    pairwise(&squares) / divisor
}

fn ddof<S: Store>(store: &S, call: &Call<S::Value>) -> Result<f64, Fault> {
    let ddof = call.number_option(store, "ddof", 1.0)?;
    if ddof.is_nan() || ddof < 0.0 {
        return Err(call.fault(Error::value(format!("ddof must be 0 or more, got {ddof}"))));
    }
    Ok(ddof)
}

fn nanvar<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ddof = ddof(store, call)?;
    of_some(store, call, |some| variance(some, ddof))
}

fn nanstd<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let ddof = ddof(store, call)?;
    of_some(store, call, |some| variance(some, ddof).sqrt())
}

fn nanmedian<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    of_some(store, call, |some| {
        let mut sorted = vec![0.0; some.len()];
        sort_into(some, &mut sorted, false);
        let middle = sorted.len() / 2;
        let above = sorted[middle];
        if sorted.len() % 2 == 1 { above } else { f64::midpoint(sorted[middle - 1], above) }
    })
}
