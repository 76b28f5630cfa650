//! A linear program as the simplex method works on it.

/// The least value of `cost · x` where `columns · x + slack = right` and all of them, variables and
/// slacks, lie between two bounds. Variables come before slacks; the column of slack `i` is the
/// unit vector `i`.
#[derive(Clone, Debug)]
pub(super) struct Standard {
    /// How many rows there are.
    pub(super) rows: usize,
    /// How many variables there are, slacks not counted.
    pub(super) variables: usize,
    /// The coefficients, variable by variable.
    pub(super) columns: Vec<f64>,
    /// The right side of each row.
    pub(super) right: Vec<f64>,
    /// Of variables and slacks, which cost nothing.
    pub(super) cost: Vec<f64>,
    /// Of variables and slacks.
    pub(super) lower: Vec<f64>,
    /// Of variables and slacks.
    pub(super) upper: Vec<f64>,
}

impl Standard {
    /// How many variables and slacks there are.
    pub(super) fn size(&self) -> usize {
        self.rows + self.variables
    }

    /// The coefficients of a variable.
    pub(super) fn column(&self, variable: usize) -> &[f64] {
        &self.columns[variable * self.rows..(variable + 1) * self.rows]
    }

    /// A row vector times the column of a variable or slack.
    pub(super) fn times(&self, row: &[f64], variable: usize) -> f64 {
        if variable < self.variables {
            return dot(row, self.column(variable));
        }
        row[variable - self.variables]
    }

    /// Adds a multiple of the column of a variable or slack.
    pub(super) fn add(&self, variable: usize, factor: f64, to: &mut [f64]) {
        if variable < self.variables {
            for (sum, entry) in to.iter_mut().zip(self.column(variable)) {
                *sum += factor * entry;
            }
        } else {
            to[variable - self.variables] += factor;
        }
    }

    /// Whether the variable has only one value.
    pub(super) fn is_fixed(&self, variable: usize) -> bool {
        self.lower[variable] >= self.upper[variable]
    }
}

/// Sums side by side, which do not wait for one another.
const LANES: usize = 8;

/// The sum of products.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a_rows, a_rest), (b_rows, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    if a_rows.is_empty() {
        return rest;
    }
    let mut sums = [0.0; LANES];
    for (a, b) in a_rows.iter().zip(b_rows) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}
