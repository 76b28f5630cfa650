//! Rows as products of a triangle and orthonormal directions, while rows come and go.

use crate::program::standard::dot;

/// `rows = triangle · first directions`: the first directions span the rows, the others are at right
/// angles to all of them. A row that comes reflects the others, one that goes rotates those after
/// it, at a cost of O(columns²).
#[derive(Debug)]
pub(super) struct Orthogonal {
    /// As many directions as there are columns.
    directions: Vec<Vec<f64>>,
    /// For each row, its components along the directions up to its own.
    triangle: Vec<Vec<f64>>,
    /// A symmetric matrix as seen along the directions.
    bent: Vec<Vec<f64>>,
}

impl Orthogonal {
    /// No rows, and a matrix.
    pub(super) fn new(matrix: &[f64], columns: usize) -> Self {
        let unit =
            |index: usize| (0..columns).map(|j| if j == index { 1.0 } else { 0.0 }).collect();
        Self {
            directions: (0..columns).map(unit).collect(),
            triangle: Vec::new(),
            bent: matrix.chunks_exact(columns.max(1)).map(<[f64]>::to_vec).collect(),
        }
    }

    /// Adds a row that is independent of the others.
    pub(super) fn hold(&mut self, row: &[f64]) {
        let first = self.triangle.len();
        let mut parts: Vec<f64> =
            self.directions.iter().map(|direction| dot(direction, row)).collect();
        let length = dot(&parts[first..], &parts[first..]).sqrt();
        let end = if parts[first] > 0.0 { -length } else { length };
        let mut mirror = parts.split_off(first);
        mirror[0] -= end;
        parts.push(end);
        self.triangle.push(parts);
        let square = dot(&mirror, &mirror);
        if square > 0.0 {
            let factors: Vec<f64> = mirror.iter().map(|entry| 2.0 * entry / square).collect();
            reflect(&mut self.directions[first..], &mirror, &factors);
            reflect(&mut self.bent[first..], &mirror, &factors);
            for row in &mut self.bent {
                let part = dot(&row[first..], &mirror);
                for (entry, factor) in row[first..].iter_mut().zip(&factors) {
                    *entry -= part * factor;
                }
            }
        }
    }

    /// Takes a row away.
    pub(super) fn release(&mut self, index: usize) {
        self.triangle.remove(index);
        for at in index..self.triangle.len() {
            let (a, b) = (self.triangle[at][at], self.triangle[at][at + 1]);
            let length = libm::hypot(a, b);
            let (cos, sin) = if length > 0.0 { (a / length, b / length) } else { (1.0, 0.0) };
            for row in &mut self.triangle[at..] {
                (row[at], row[at + 1]) =
                    (cos * row[at] + sin * row[at + 1], cos * row[at + 1] - sin * row[at]);
            }
            self.triangle[at].truncate(at + 1);
            rotate(&mut self.directions, at, cos, sin);
            rotate(&mut self.bent, at, cos, sin);
            for row in &mut self.bent {
                (row[at], row[at + 1]) =
                    (cos * row[at] + sin * row[at + 1], cos * row[at + 1] - sin * row[at]);
            }
        }
    }

    /// The directions at right angles to all rows.
    pub(super) fn others(&self) -> &[Vec<f64>] {
        &self.directions[self.triangle.len()..]
    }

    /// The matrix along these directions, row by row. It is exactly symmetric.
    pub(super) fn bent_others(&self) -> Vec<f64> {
        let first = self.triangle.len();
        let size = self.directions.len() - first;
        let mut matrix = vec![0.0; size * size];
        for (index, row) in self.bent[first..].iter().enumerate() {
            for (column, entry) in row[first..=first + index].iter().enumerate() {
                matrix[index * size + column] = *entry;
                matrix[column * size + index] = *entry;
            }
        }
        matrix
    }

    /// The vector whose products with the rows are these numbers, of all such the shortest.
    pub(super) fn with_products(&self, products: &[f64]) -> Vec<f64> {
        let mut parts: Vec<f64> = Vec::with_capacity(products.len());
        for (row, product) in self.triangle.iter().zip(products) {
            let own = parts.len();
            parts.push((product - dot(&row[..own], &parts)) / row[own]);
        }
        let mut vector = vec![0.0; self.directions.len()];
        for (direction, part) in self.directions.iter().zip(parts) {
            for (sum, entry) in vector.iter_mut().zip(direction) {
                *sum += part * entry;
            }
        }
        vector
    }

    /// The factors with which the rows add up to a vector, as nearly as they can.
    pub(super) fn factors(&self, vector: &[f64]) -> Vec<f64> {
        let count = self.triangle.len();
        let mut factors: Vec<f64> =
            self.directions[..count].iter().map(|direction| dot(direction, vector)).collect();
        for index in (0..count).rev() {
            let known: f64 =
                (index + 1..count).map(|later| self.triangle[later][index] * factors[later]).sum();
            factors[index] = (factors[index] - known) / self.triangle[index][index];
        }
        factors
    }
}

/// Reflects vectors as if they were the entries of one: at the plane to which `mirror` is normal.
fn reflect(vectors: &mut [Vec<f64>], mirror: &[f64], factors: &[f64]) {
    let mut along = vec![0.0; vectors.first().map_or(0, Vec::len)];
    for (vector, part) in vectors.iter().zip(mirror) {
        for (sum, entry) in along.iter_mut().zip(vector) {
            *sum += part * entry;
        }
    }
    for (vector, factor) in vectors.iter_mut().zip(factors) {
        for (entry, along) in vector.iter_mut().zip(&along) {
            *entry -= factor * along;
        }
    }
}

/// Rotates two vectors that follow one another.
fn rotate(vectors: &mut [Vec<f64>], at: usize, cos: f64, sin: f64) {
    let [a, b, ..] = &mut vectors[at..] else { return };
    for (a, b) in a.iter_mut().zip(b) {
        (*a, *b) = (cos * *a + sin * *b, cos * *b - sin * *a);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&[f64]; 3] =
        [&[1.0, 2.0, 2.0, 0.0], &[3.0, 0.0, -1.0, 1.0], &[0.5, 1.0, 4.0, 2.0]];
    const MATRIX: [f64; 16] =
        [4.0, 1.0, 0.0, 2.0, 1.0, 3.0, 1.0, 0.0, 0.0, 1.0, 5.0, 1.0, 2.0, 0.0, 1.0, 6.0];

    fn check(parts: &Orthogonal, rows: &[&[f64]]) {
        let products: Vec<f64> = [5.0, -2.0, 1.0][..rows.len()].to_vec();
        let vector = parts.with_products(&products);
        for (row, product) in rows.iter().zip(&products) {
            assert!((dot(row, &vector) - product).abs() < 1e-13);
            assert!(parts.others().iter().all(|other| dot(other, row).abs() < 1e-14));
        }
        let sum: Vec<f64> =
            (0..4).map(|j| rows.iter().zip(&products).map(|(row, p)| row[j] * p).sum()).collect();
        for (factor, product) in parts.factors(&sum).iter().zip(&products) {
            assert!((factor - product).abs() < 1e-13);
        }
        let size = parts.others().len();
        for (i, a) in parts.others().iter().enumerate() {
            for (j, b) in parts.others().iter().enumerate() {
                let bent: Vec<f64> = MATRIX.chunks(4).map(|row| dot(row, b)).collect();
                assert!((parts.bent_others()[i * size + j] - dot(a, &bent)).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn rows_come_and_go() {
        let mut parts = Orthogonal::new(&MATRIX, 4);
        check(&parts, &[]);
        for row in ROWS {
            parts.hold(row);
        }
        check(&parts, &ROWS);
        parts.release(0);
        check(&parts, &ROWS[1..]);
        parts.hold(ROWS[0]);
        parts.release(1);
        check(&parts, &[ROWS[1], ROWS[0]]);
        parts.release(1);
        check(&parts, &[ROWS[1]]);
    }
}
