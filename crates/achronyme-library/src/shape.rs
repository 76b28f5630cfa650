//! Shapes of boxes of numbers: sizes, walking through.

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

/// The error that two shapes do not fit.
pub(crate) fn mismatch(a: &[usize], b: &[usize]) -> Fault {
    Fault { kind: "ShapeError", message: format!("Cannot broadcast shapes {a:?} and {b:?}") }
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
