//! Shapes of boxes of numbers: sizes, broadcasting, walking through.

use crate::Fault;

/// How many numbers a box of this shape has, each of `bytes` bytes.
///
/// # Errors
/// More than memory can have.
pub(crate) fn size(shape: &[usize], bytes: usize) -> Result<usize, Fault> {
    if shape.contains(&0) {
        return Ok(0);
    }
    let size = shape.iter().try_fold(1_usize, |size, length| size.checked_mul(*length));
    size.filter(|size| size.checked_mul(bytes).is_some_and(|bytes| isize::try_from(bytes).is_ok()))
        .ok_or_else(|| Fault::out_of_memory(usize::MAX))
}

/// The shape in which both fit: aligned at the last axis, lengths equal or 1.
///
/// # Errors
/// There is none.
pub(crate) fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, Fault> {
    let rank = a.len().max(b.len());
    let length = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(rank).and_then(|at| shape.get(at)).copied().unwrap_or(1)
    };
    (0..rank)
        .map(|axis| match (length(a, axis), length(b, axis)) {
            (x, y) if x == y => Ok(x),
            (1, y) => Ok(y),
            (x, 1) => Ok(x),
            _ => Err(Fault::new(format!("Cannot broadcast shapes {a:?} and {b:?}"))),
        })
        .collect()
}

/// How far apart neighbours along each axis of `whole` lie in a box of shape `part` that is
/// broadcast to it: 0 where it has only one. Of no use where there are no numbers.
pub(crate) fn steps(part: &[usize], whole: &[usize]) -> Vec<usize> {
    let mut steps = vec![0; whole.len()];
    let mut step = 1;
    for (slot, length) in steps.iter_mut().rev().zip(part.iter().rev()) {
        if *length != 1 {
            *slot = step;
        }
        step = usize::wrapping_mul(step, *length);
    }
    steps
}

/// Counts `counter` on by one within `shape`, the last axis first. Ends at all zeros again.
pub(crate) fn advance(counter: &mut [usize], shape: &[usize]) {
    for (index, length) in counter.iter_mut().zip(shape).rev() {
        *index += 1;
        if *index < *length {
            return;
        }
        *index = 0;
    }
}
