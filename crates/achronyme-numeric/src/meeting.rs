//! Functions of several numbers, of those that meet when boxes are broadcast.

use rayon::prelude::*;

use crate::Error;
use crate::shape::{Shape, steps};

/// So many numbers are one piece of work; several processors work on many pieces.
const PIECE: usize = 1 << 12;

/// What `f` makes of the numbers of boxes that meet in a box of this shape, to which all must fit, in
/// its order. Empty where a box has fewer numbers than its shape says.
///
/// # Errors
/// The first that `f` gives.
pub fn meeting<const COUNT: usize>(
    parts: [(&[usize], &[f64]); COUNT],
    shape: &[usize],
    f: impl Fn([f64; COUNT]) -> Result<f64, Error> + Sync,
) -> Result<Vec<f64>, Error> {
    let count = |shape: &[usize]| shape.iter().fold(1, |count: usize, it| count.wrapping_mul(*it));
    let size = count(shape);
    let is_full = |(shape, data): &(&[usize], &[f64])| count(shape) == data.len();
    if !parts.iter().all(is_full) {
        return Ok(Vec::new());
    }
    let steps = parts.map(|(part, _)| steps(part, shape));
    let from = |first: usize| Walk { parts, steps: &steps, shape }.results(first, size, &f);
    if size <= PIECE {
        return from(0);
    }
    let pieces: Vec<Result<Vec<f64>, Error>> =
        (0..size.div_ceil(PIECE)).into_par_iter().map(|piece| from(piece * PIECE)).collect();
    let mut results = Vec::with_capacity(size);
    for piece in pieces {
        results.extend(piece?);
    }
    Ok(results)
}

/// A way through boxes that are broadcast to a shape.
struct Walk<'a, const COUNT: usize> {
    parts: [(&'a [usize], &'a [f64]); COUNT],
    steps: &'a [Shape; COUNT],
    shape: &'a [usize],
}

impl<const COUNT: usize> Walk<'_, COUNT> {
    /// One piece of the results, from this one of all on.
    fn results(
        &self,
        first: usize,
        size: usize,
        f: impl Fn([f64; COUNT]) -> Result<f64, Error>,
    ) -> Result<Vec<f64>, Error> {
        let (rows, width) = match self.shape {
            [rows @ .., width] => (rows, *width),
            [] => (self.shape, 1),
        };
        let count = PIECE.min(size - first);
        let mut results = Vec::with_capacity(count);
        while results.len() < count {
            let place = first + results.len();
            let (mut row, column) = (place / width, place % width);
            let mut starts = [0; COUNT];
            for (axis, length) in rows.iter().enumerate().rev() {
                for (start, steps) in starts.iter_mut().zip(self.steps) {
                    *start += row % length * steps[axis];
                }
                row /= length;
            }
            let last = self.steps.each_ref().map(|steps| steps.last().copied().unwrap_or(0));
            for i in column..width.min(column + count - results.len()) {
                let numbers =
                    std::array::from_fn(|part| self.parts[part].1[starts[part] + i * last[part]]);
                results.push(f(numbers)?);
            }
        }
        Ok(results)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_meet_along_the_last_axes() {
        let parts = [(&[2, 1][..], &[10.0, 20.0][..]), (&[3], &[1.0, 2.0, 3.0]), (&[], &[100.0])];
        let sums = meeting(parts, &[2, 3], |[a, b, c]| Ok(a + b + c));
        assert_eq!(sums, Ok(vec![111.0, 112.0, 113.0, 121.0, 122.0, 123.0]));
        assert_eq!(meeting([(&[], &[2.0])], &[], |[a]| Ok(a * a)), Ok(vec![4.0]));
        assert_eq!(meeting([(&[0, 2], &[])], &[0, 2], |[a]| Ok(a)), Ok(vec![]));
        assert!(meeting([(&[1], &[2.0])], &[1], |_| Err(Error::value("no"))).is_err());
    }

    #[test]
    fn pieces_come_in_their_order() {
        let many: Vec<f64> = (0..3 * 7 * 1999_u16).map(f64::from).collect();
        let few: Vec<f64> = (0..7_u8).map(|i| f64::from(i) * 1e6).collect();
        let parts = [(&[3, 7, 1999][..], &many[..]), (&[7, 1], &few)];
        let sums = meeting(parts, &[3, 7, 1999], |[a, b]| Ok(a + b));
        let places = (0..many.len()).map(|place| many[place] + few[place / 1999 % 7]);
        assert_eq!(sums, Ok(places.collect()));
        let error = meeting(parts, &[3, 7, 1999], |[a, _]| {
            if a > 5000.0 { Err(Error::value(format!("{a}"))) } else { Ok(a) }
        });
        assert_eq!(error, Err(Error::value("5001")));
    }
}
