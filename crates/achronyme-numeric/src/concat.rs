//! Boxes one after the other along an axis, and the numbers of a box several times.

use crate::{Error, Lanes};

/// The boxes one after the other along an axis; all other axes agree.
///
/// # Errors
/// There is no box, they do not agree, or there is no such axis.
pub fn concatenated<T: Copy>(
    parts: &[(&[usize], &[T])],
    axis: usize,
) -> Result<(Vec<usize>, Vec<T>), Error> {
    let Some(((first, _), rest)) = parts.split_first() else {
        return Err(Error::value("nothing to join"));
    };
    if axis >= first.len() {
        return Err(Error::value(format!("there is no axis {axis} in rank {}", first.len())));
    }
    for (shape, _) in rest {
        let lengths = first.iter().zip(*shape).enumerate();
        let agrees = lengths.filter(|(i, _)| *i != axis).all(|(_, (a, b))| a == b);
        if shape.len() != first.len() || !agrees {
            let message = format!("cannot join {first:?} and {shape:?} along axis {axis}");
            return Err(Error::shape(message));
        }
    }
    let mut shape = first.to_vec();
    shape[axis] = parts.iter().map(|(shape, _)| shape[axis]).sum();
    let mut data = Vec::with_capacity(parts.iter().map(|(_, data)| data.len()).sum());
    let before: usize = shape[..axis].iter().product();
    for outer in 0..before {
        for (_, part) in parts {
            let run = part.len() / before;
            data.extend_from_slice(&part[outer * run..(outer + 1) * run]);
        }
    }
    Ok((shape, data))
}

/// Each place along an axis as often as `counts` says, which has one number for each or one for all.
///
/// # Errors
/// `counts` has another length, there is no such axis, or the numbers are too many.
pub fn repeated<T: Copy + Default>(
    (shape, data): (&[usize], &[T]),
    counts: &[usize],
    axis: usize,
) -> Result<(Vec<usize>, Vec<T>), Error> {
    let lanes = Lanes::along(shape, &[axis])?;
    let length = lanes.length();
    let count = |i: usize| if counts.len() == 1 { counts[0] } else { counts[i] };
    if counts.len() != 1 && counts.len() != length {
        let message = format!("{} counts for {length} places", counts.len());
        return Err(Error::shape(message));
    }
    let too_many = || Error::value("the result has too many numbers");
    let total = (0..length).try_fold(0_usize, |sum, i| sum.checked_add(count(i)));
    let total = total.ok_or_else(too_many)?;
    total.checked_mul(lanes.count()).ok_or_else(too_many)?;
    let data = lanes.map(data, total, |lane, out| {
        let values = lane.iter().enumerate().flat_map(|(i, x)| std::iter::repeat_n(*x, count(i)));
        for (slot, value) in out.iter_mut().zip(values) {
            *slot = value;
        }
        Ok(())
    })?;
    let mut shape = shape.to_vec();
    shape[axis] = total;
    Ok((shape, data))
}

/// The whole box side by side with itself, so often along each axis; fewer counts are for the last
/// axes, more of them give new outer axes.
///
/// # Errors
/// The numbers are too many.
pub fn tiled<T: Copy>(
    (shape, data): (&[usize], &[T]),
    counts: &[usize],
) -> Result<(Vec<usize>, Vec<T>), Error> {
    let rank = shape.len().max(counts.len());
    let padded = |lengths: &[usize]| -> Vec<usize> {
        std::iter::repeat_n(1, rank - lengths.len()).chain(lengths.iter().copied()).collect()
    };
    let (mut shape, counts) = (padded(shape), padded(counts));
    let too_many = || Error::value("the result has too many numbers");
    let size = counts.iter().try_fold(data.len(), |size, count| size.checked_mul(*count));
    size.ok_or_else(too_many)?;
    let mut data = data.to_vec();
    for axis in (0..rank).rev() {
        let run: usize = shape[axis..].iter().product();
        if run > 0 {
            data = data.chunks_exact(run).flat_map(|run| run.repeat(counts[axis])).collect();
        }
        shape[axis] = shape[axis].checked_mul(counts[axis]).ok_or_else(too_many)?;
    }
    Ok((shape, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_joined_along_an_axis() {
        let (a, b) = ((&[2, 2][..], &[1, 2, 3, 4][..]), (&[2, 1][..], &[5, 6][..]));
        assert_eq!(concatenated(&[a, b], 1), Ok((vec![2, 3], vec![1, 2, 5, 3, 4, 6])));
        assert!(concatenated(&[a, b], 0).is_err());
        assert!(concatenated(&[a], 2).is_err());
        assert!(concatenated::<f64>(&[], 0).is_err());
        assert_eq!(concatenated(&[(&[0, 2][..], &[][..]), a], 0), Ok((vec![2, 2], a.1.to_vec())));
    }

    #[test]
    fn places_are_repeated() {
        let a = (&[2, 2][..], &[1, 2, 3, 4][..]);
        assert_eq!(repeated(a, &[2, 1], 0), Ok((vec![3, 2], vec![1, 2, 1, 2, 3, 4])));
        assert_eq!(repeated(a, &[2], 1), Ok((vec![2, 4], vec![1, 1, 2, 2, 3, 3, 4, 4])));
        assert!(repeated(a, &[1, 2, 3], 1).is_err());
        assert!(repeated(a, &[usize::MAX], 1).is_err());
    }

    #[test]
    fn boxes_are_laid_side_by_side() {
        let a = (&[1, 2][..], &[1, 2][..]);
        assert_eq!(tiled(a, &[2, 2]), Ok((vec![2, 4], vec![1, 2, 1, 2, 1, 2, 1, 2])));
        assert_eq!(tiled((&[2], &[1, 2]), &[2]), Ok((vec![4], vec![1, 2, 1, 2])));
        assert_eq!(tiled((&[2], &[1, 2]), &[2, 1]), Ok((vec![2, 2], vec![1, 2, 1, 2])));
        assert_eq!(tiled(a, &[0]), Ok((vec![1, 0], vec![])));
        assert!(tiled(a, &[usize::MAX]).is_err());
    }
}
