//! The square root of a positive semidefinite matrix.

/// A lower triangle `L` with `LLᵀ` a symmetric matrix whose rows and columns are in another order:
/// of those that are left, always the one with the greatest diagonal entry comes first. It ends
/// where nothing is left.
#[derive(Debug)]
pub(super) struct Cholesky {
    size: usize,
    /// The order.
    order: Vec<usize>,
    /// `L`, row by row in this order, of which only the first `rank` columns are used.
    lower: Vec<f64>,
    rank: usize,
}

impl Cholesky {
    /// The root of a matrix; `None` if it has a direction of negative curvature. Entries are
    /// nothing in comparison with `unit`.
    pub(super) fn of(matrix: &[f64], size: usize, unit: f64) -> Option<Self> {
        #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
        let nothing = unit * 1e-13 * (size as f64 + 10.0);
        let mut rest = matrix.to_vec();
        let mut order: Vec<usize> = (0..size).collect();
        let mut lower = vec![0.0; size * size];
        let mut rank = 0;
        while rank < size {
            let at = |index: usize| rest[index * size + index];
            let pivot = (rank..size).max_by(|i, j| at(*i).total_cmp(&at(*j)).then(j.cmp(i)))?;
            if at(pivot) <= nothing {
                let rows = rest[rank * size..].chunks_exact(size);
                let mut left = rows.flat_map(|row| &row[rank..]);
                let is_nothing = left.all(|entry| entry.abs() <= 10.0 * nothing);
                return is_nothing.then_some(Self { size, order, lower, rank });
            }
            order.swap(rank, pivot);
            swap_rows(&mut lower, size, rank, pivot);
            swap_rows(&mut rest, size, rank, pivot);
            for row in rest.chunks_exact_mut(size) {
                row.swap(rank, pivot);
            }
            let root = rest[rank * size + rank].sqrt();
            let column: Vec<f64> =
                rest[rank * size..(rank + 1) * size].iter().map(|entry| entry / root).collect();
            for row in rank..size {
                let factor = column[row];
                lower[row * size + rank] = factor;
                let entries = &mut rest[row * size + rank + 1..(row + 1) * size];
                for (entry, column) in entries.iter_mut().zip(&column[rank + 1..]) {
                    *entry -= factor * column;
                }
            }
            rank += 1;
        }
        Some(Self { size, order, lower, rank })
    }

    /// Solves `matrix · x = right` where there is a solution.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; self.size];
        let mut y = vec![0.0; self.rank];
        for row in 0..self.rank {
            let known = (0..row).map(|k| self.entry(row, k) * y[k]).sum::<f64>();
            y[row] = (right[self.order[row]] - known) / self.entry(row, row);
        }
        self.solve_upper(&mut y);
        for (row, y) in y.into_iter().enumerate() {
            x[self.order[row]] = y;
        }
        x
    }

    /// A direction without curvature that falls as `slope` rises: minus `N Nᵀ slope` for a basis
    /// `N` of the directions without curvature.
    pub(super) fn flat(&self, slope: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; self.size];
        for flat in self.rank..self.size {
            let mut vector: Vec<f64> = (0..self.rank).map(|k| -self.entry(flat, k)).collect();
            self.solve_upper(&mut vector);
            let along = (0..self.rank).map(|k| vector[k] * slope[self.order[k]]).sum::<f64>()
                + slope[self.order[flat]];
            for (k, entry) in vector.into_iter().enumerate() {
                x[self.order[k]] -= along * entry;
            }
            x[self.order[flat]] -= along;
        }
        x
    }

    fn entry(&self, row: usize, column: usize) -> f64 {
        self.lower[row * self.size + column]
    }

    /// Solves with the transpose of the first `rank` rows.
    fn solve_upper(&self, y: &mut [f64]) {
        for row in (0..self.rank).rev() {
            let known = (row + 1..self.rank).map(|k| self.entry(k, row) * y[k]).sum::<f64>();
            y[row] = (y[row] - known) / self.entry(row, row);
        }
    }
}

fn swap_rows(matrix: &mut [f64], size: usize, a: usize, b: usize) {
    for column in 0..size {
        matrix.swap(a * size + column, b * size + column);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matrix_times_its_solution_is_the_right_side() {
        let matrix = [4.0, 1.0, 2.0, 1.0, 3.0, 0.0, 2.0, 0.0, 5.0];
        let x = Cholesky::of(&matrix, 3, 5.0).map(|root| root.solve(&[1.0, 2.0, 3.0]));
        let x = x.unwrap_or_default();
        for (row, right) in matrix.chunks(3).zip([1.0, 2.0, 3.0]) {
            let product: f64 = row.iter().zip(&x).map(|(a, x)| a * x).sum();
            assert!((product - right).abs() < 1e-14);
        }
    }

    #[test]
    fn negative_curvature_is_found() {
        assert!(Cholesky::of(&[1.0, 2.0, 2.0, 1.0], 2, 2.0).is_none());
        assert!(Cholesky::of(&[0.0, 1.0, 1.0, 0.0], 2, 1.0).is_none());
        assert!(Cholesky::of(&[0.0, 0.0, 0.0, 0.0], 2, 0.0).is_some());
    }

    #[test]
    fn a_flat_direction_has_no_curvature_and_falls() {
        let matrix = [1.0, 2.0, 2.0, 4.0];
        let flat = Cholesky::of(&matrix, 2, 4.0).map(|root| root.flat(&[1.0, 0.0]));
        let flat = flat.unwrap_or_default();
        assert!(flat[0] < 0.0);
        assert!((flat[0] + 2.0 * flat[1]).abs() < 1e-15);
    }
}
