//! Diagonals of matrices. Diagonal 0 is the main one, those above it are positive.

/// How many places diagonal `k` has in a matrix, and where the first is.
fn start(rows: usize, columns: usize, k: isize) -> (usize, usize, usize) {
    let (row, column) = if k < 0 { (k.unsigned_abs(), 0) } else { (0, k.unsigned_abs()) };
    (row, column, rows.saturating_sub(row).min(columns.saturating_sub(column)))
}

/// The numbers on diagonal `k` of a matrix.
#[must_use]
pub fn diagonal<T: Copy>(data: &[T], [rows, columns]: [usize; 2], k: isize) -> Vec<T> {
    let (row, column, count) = start(rows, columns, k);
    if count == 0 {
        return Vec::new();
    }
    data[row * columns + column..].iter().step_by(columns + 1).take(count).copied().collect()
}

/// Writes `values` to diagonal `k` of a matrix, as far as it goes.
pub fn set_diagonal<T: Copy>(
    data: &mut [T],
    [rows, columns]: [usize; 2],
    k: isize,
    values: impl IntoIterator<Item = T>,
) {
    let (row, column, count) = start(rows, columns, k);
    if count == 0 {
        return;
    }
    let slots = data[row * columns + column..].iter_mut().step_by(columns + 1).take(count);
    for (slot, value) in slots.zip(values) {
        *slot = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagonals_are_read_and_written() {
        let m = [1, 2, 4, 5, 7, 8];
        assert_eq!(diagonal(&m, [3, 2], -1), [4, 8]);
        assert_eq!(diagonal(&m, [3, 2], 1), [2]);
        assert!(diagonal(&m, [3, 2], 5).is_empty());
        assert!(diagonal(&m, [3, 2], isize::MIN).is_empty());
        let mut m = [0; 6];
        set_diagonal(&mut m, [2, 3], 1, [1, 2]);
        assert_eq!(m, [0, 1, 0, 0, 0, 2]);
    }
}
