//! The order of the frequencies in a transform.

use crate::{Array, Error, Lines};

/// The frequencies of the numbers of a transform of this length, of values at distances of `step`:
/// 0 and the positive ones, then the negative ones.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
pub fn frequencies(length: usize, step: f64) -> Vec<f64> {
    let unit = 1.0 / (length as f64 * step);
    let place = |k: usize| {
        if k < length.div_ceil(2) { k as f64 } else { k as f64 - length as f64 }
    };
    (0..length).map(|k| place(k) * unit).collect()
}

/// The frequencies of the first half of a transform, all of them positive.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53 numbers")]
pub fn half_frequencies(length: usize, step: f64) -> Vec<f64> {
    let unit = 1.0 / (length as f64 * step);
    if length == 0 {
        return Vec::new();
    }
    (0..=length / 2).map(|k| k as f64 * unit).collect()
}

/// Moves frequency 0 to the middle of these axes.
///
/// # Errors
/// None that an array which is there can have.
pub fn center<T: Copy + Default>(array: Array<T>, axes: &[usize]) -> Result<Array<T>, Error> {
    rotate(array, axes, |length| length.div_ceil(2))
}

/// Moves frequency 0 from the middle of these axes to the start: undoes [`center`].
///
/// # Errors
/// None that an array which is there can have.
pub fn uncenter<T: Copy + Default>(array: Array<T>, axes: &[usize]) -> Result<Array<T>, Error> {
    rotate(array, axes, |length| length / 2)
}

/// Lets each line begin in its middle, at the place that `start` says for its length.
fn rotate<T: Copy + Default>(
    array: Array<T>,
    axes: &[usize],
    start: impl Fn(usize) -> usize,
) -> Result<Array<T>, Error> {
    let mut array = array;
    for &axis in axes {
        let length = array.shape()[axis];
        array = Lines::of(&array, axis)?.map(length, |line, target| {
            target.copy_from_slice(line);
            target.rotate_left(start(length));
        })?;
    }
    Ok(array)
}
