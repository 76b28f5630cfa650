//! Boxes with their axes in another order.

/// Blocks of so many rows and columns are moved at once, so that both sides stay in the cache.
const TILE: usize = 16;

/// The numbers of a box of this shape with its axes in another order: axis `i` of the result is axis
/// `order[i]` of the box. `order` has each axis once.
#[must_use]
pub fn transposed<T: Copy>(shape: &[usize], data: &[T], order: &[usize]) -> (Vec<usize>, Vec<T>) {
    let new_shape: Vec<usize> = order.iter().map(|axis| shape[*axis]).collect();
    if data.is_empty() || order.iter().enumerate().all(|(i, axis)| i == *axis) {
        return (new_shape, data.to_vec());
    }
    if let ([rows, columns], [1, 0]) = (shape, order) {
        let mut result = data.to_vec();
        transpose_into(data, *rows, *columns, &mut result);
        return (new_shape, result);
    }
    let mut steps = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        steps[axis - 1] = steps[axis] * shape[axis];
    }
    let steps: Vec<usize> = order.iter().map(|axis| steps[*axis]).collect();
    let mut result = Vec::with_capacity(data.len());
    let (Some(width), Some(step)) = (new_shape.last(), steps.last()) else {
        return (new_shape, data.to_vec());
    };
    let mut counter = vec![0; new_shape.len() - 1];
    while result.len() < data.len() {
        let first: usize = counter.iter().zip(&steps).map(|(i, step)| i * step).sum();
        result.extend(data[first..].iter().step_by(*step).take(*width).copied());
        for (index, length) in counter.iter_mut().zip(&new_shape).rev() {
            *index += 1;
            if *index < *length {
                break;
            }
            *index = 0;
        }
    }
    (new_shape, result)
}

/// Writes a matrix with rows and columns exchanged. Nothing if there are fewer numbers than rows and
/// columns say.
pub fn transpose_into<T: Copy>(data: &[T], rows: usize, columns: usize, out: &mut [T]) {
    let size = rows.saturating_mul(columns);
    if size == 0 || data.len() < size || out.len() < size {
        return;
    }
    for top in (0..rows).step_by(TILE) {
        let height = TILE.min(rows - top);
        for left in (0..columns).step_by(TILE) {
            for column in left..(left + TILE).min(columns) {
                let from = data[top * columns + column..].iter().step_by(columns);
                let at = column * rows + top;
                for (slot, x) in out[at..at + height].iter_mut().zip(from) {
                    *slot = *x;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn axes_change_places() {
        let data = [0, 1, 2, 3, 4, 5];
        assert_eq!(transposed(&[2, 3], &data, &[1, 0]), (vec![3, 2], vec![0, 3, 1, 4, 2, 5]));
        let (shape, moved) = transposed(&[1, 2, 3], &data, &[2, 0, 1]);
        assert_eq!((shape, moved), (vec![3, 1, 2], vec![0, 3, 1, 4, 2, 5]));
        assert_eq!(transposed(&[], &[7], &[]), (vec![], vec![7]));
    }

    proptest! {
        #[test]
        fn a_matrix_transposed_twice_is_itself(rows in 0_usize..50, columns in 0_usize..50) {
            let data: Vec<usize> = (0..rows * columns).collect();
            let (shape, once) = transposed(&[rows, columns], &data, &[1, 0]);
            prop_assert_eq!(transposed(&shape, &once, &[1, 0]), (vec![rows, columns], data));
        }
    }
}
