//! Functions of all numbers of an array at once.

use crate::builtin::row::rows;
use crate::numbers::{self, Numbers};
use crate::operator::complex_divide;
use crate::{Complex, Fault, Store, View};

/// More numbers are added in halves, which keeps the error small.
const BLOCK: usize = 128;
/// Sums side by side.
const LANES: usize = 8;

rows! {
    /// The sum of all numbers of an array.
    ///
    /// `sum([1, 2, 3])` → `6`
    /// `sum([])` → `0`
    31 sum("array") "" library sum;
    /// The product of all numbers of an array.
    ///
    /// `product([2, 3, 4])` → `24`
    32 product("array") "arrays" library product;
    /// The arithmetic mean of all numbers of an array.
    ///
    /// `mean([1, 2, 3, 4])` → `2.5`
    33 mean("array") "stats" library mean;
    /// The standard deviation of a sample: by one less than the number of values.
    ///
    /// `std([1, 2, 3])` → `1`
    34 std("array") "stats" library std;
    /// The least of several numbers, or of an array. NaN if one is NaN.
    ///
    /// `min(3, 1, 2)` → `1`
    /// `min([3, 1, 2])` → `1`
    35 min("...") "" library min;
    /// The greatest of several numbers, or of an array. NaN if one is NaN.
    ///
    /// `max(3, 1, 2)` → `3`
    36 max("...") "" library max;
}

/// The numbers of an argument that is an array.
fn array<'a, S: Store>(
    store: &'a S,
    name: &str,
    value: &'a S::Value,
) -> Result<Numbers<'a>, Fault> {
    let scalar = matches!(store.view(value), View::Number(_) | View::Complex(_));
    numbers::of(store, value)
        .filter(|_| !scalar)
        .ok_or_else(|| Fault::new(format!("{name}() requires a numeric vector or tensor")))
}

/// The sum of numbers: in halves, and below that in eight sums side by side, as NumPy does.
pub(crate) fn pairwise<T>(data: &[T]) -> T
where
    T: Copy + Default + std::ops::Add<Output = T>,
{
    if data.len() > BLOCK {
        let (left, right) = data.split_at((data.len() / 2).next_multiple_of(LANES));
        return pairwise(left) + pairwise(right);
    }
    let (rows, rest) = data.as_chunks::<LANES>();
    let mut sums = [T::default(); LANES];
    for row in rows {
        for (sum, x) in sums.iter_mut().zip(row) {
            *sum = *sum + *x;
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let sum = ((a + b) + (c + d)) + ((e + f) + (g + h));
    rest.iter().fold(sum, |sum, x| sum + *x)
}

fn sum<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    match array(store, "sum", &arguments[0])
        .map_err(|_| Fault::new("sum() requires a numeric vector"))?
    {
        Numbers::Real(_, data) => {
            let sum = pairwise(&data);
            Ok(store.number(sum))
        }
        Numbers::Complex(_, data) => {
            let sum = pairwise(&data);
            store.new_complex(sum)
        }
    }
}

fn product<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    match array(store, "product", &arguments[0])? {
        Numbers::Real(_, data) => {
            let product = data.iter().product();
            Ok(store.number(product))
        }
        Numbers::Complex(_, data) => {
            let product = data.iter().fold(Complex::new(1.0, 0.0), |product, z| product * z);
            store.new_complex(product)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn mean<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let numbers = array(store, "mean", &arguments[0])?;
    let count = numbers.len() as f64;
    if numbers.len() == 0 {
        return Err(Fault::new("mean() requires a non-empty vector"));
    }
    match numbers {
        Numbers::Real(_, data) => {
            let mean = pairwise(&data) / count;
            Ok(store.number(mean))
        }
        Numbers::Complex(_, data) => {
            let mean = complex_divide(pairwise(&data), count.into());
            store.new_complex(mean)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn std<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let numbers = array(store, "std", &arguments[0])?;
    if numbers.len() < 2 {
        return Err(Fault::new("std() requires a vector with at least 2 elements"));
    }
    let count = numbers.len() as f64;
    let squares: Vec<f64> = match &numbers {
        Numbers::Real(_, data) => {
            let mean = pairwise(data) / count;
            data.iter().map(|x| (x - mean) * (x - mean)).collect()
        }
        Numbers::Complex(_, data) => {
            let mean = complex_divide(pairwise(data), count.into());
            data.iter().map(|z| (z - mean).norm_sqr()).collect()
        }
    };
    drop(numbers);
    Ok(store.number((pairwise(&squares) / (count - 1.0)).sqrt()))
}

fn min<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    extreme(store, "min", arguments, |x, best| x < best)
}

fn max<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    extreme(store, "max", arguments, |x, best| x > best)
}

/// The number that is `better` than all others; NaN if there is one.
fn extreme<S: Store>(
    store: &mut S,
    name: &str,
    arguments: &[S::Value],
    better: impl Fn(f64, f64) -> bool,
) -> Result<S::Value, Fault> {
    let no_numbers = || Fault::new(format!("{name}() requires numbers"));
    let mut best = None;
    let mut see = |x: f64| match best {
        Some(so_far) if f64::is_nan(so_far) || !(x.is_nan() || better(x, so_far)) => {}
        _ => best = Some(x),
    };
    match arguments {
        [] => return Err(Fault::new(format!("{name}() requires at least one argument"))),
        [only] if !matches!(store.view(only), View::Number(_)) => match numbers::of(store, only) {
            Some(Numbers::Real(_, data)) => data.iter().for_each(|x| see(*x)),
            _ => return Err(no_numbers()),
        },
        _ => {
            for argument in arguments {
                match store.view(argument) {
                    View::Number(x) => see(x),
                    _ => return Err(no_numbers()),
                }
            }
        }
    }
    match best {
        Some(best) => Ok(store.number(best)),
        None => Err(Fault::new(format!("{name}() requires a non-empty vector"))),
    }
}
