//! Lengths of axes, and how two boxes meet.

use smallvec::SmallVec;

use crate::Error;

/// The length of each axis, the outermost first. Needs memory of its own from seven axes on.
pub type Shape = SmallVec<[usize; 6]>;

/// The shape in which both fit: aligned at the last axis, lengths equal or 1.
///
/// # Errors
/// There is none.
pub fn broadcast_shape(a: &[usize], b: &[usize]) -> Result<Shape, Error> {
    let rank = a.len().max(b.len());
    let length = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(rank).and_then(|at| shape.get(at)).copied().unwrap_or(1)
    };
    (0..rank)
        .map(|axis| match (length(a, axis), length(b, axis)) {
            (x, y) if x == y => Ok(x),
            (1, y) => Ok(y),
            (x, 1) => Ok(x),
            _ => Err(Error::shape(format!("cannot broadcast {a:?} and {b:?}"))),
        })
        .collect()
}

/// How far apart neighbours along each axis of `whole` lie in a box of shape `part` that is
/// broadcast to it: 0 where it has only one.
#[must_use]
pub fn steps(part: &[usize], whole: &[usize]) -> Shape {
    let mut steps = Shape::from_elem(0, whole.len());
    let mut step = 1;
    for (slot, length) in steps.iter_mut().rev().zip(part.iter().rev()) {
        if *length != 1 {
            *slot = step;
        }
        step = usize::wrapping_mul(step, *length);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_meet_at_their_last_axes() {
        assert_eq!(broadcast_shape(&[2, 1], &[3]).as_deref(), Ok(&[2, 3][..]));
        assert_eq!(broadcast_shape(&[], &[0, 3]).as_deref(), Ok(&[0, 3][..]));
        let error = broadcast_shape(&[2], &[3]).expect_err("2 is not 3");
        assert_eq!(error.message, "cannot broadcast [2] and [3]");
    }
}
