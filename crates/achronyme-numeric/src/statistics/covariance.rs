//! How variables go together.

use libm::sqrt;

use super::moments::freedom;
use super::{float, is_constant};
use crate::{Error, pairwise};

/// The deviations of numbers from their mean.
fn deviations(data: &[f64]) -> Vec<f64> {
    let mean = pairwise(data) / float(data.len());
    data.iter().map(|x| x - mean).collect()
}

pub(super) fn product(a: &[f64], b: &[f64]) -> f64 {
    let products: Vec<f64> = a.iter().zip(b).map(|(x, y)| x * y).collect();
    pairwise(&products)
}

/// The sums of products of each variable with each, row by row; all have equally many values.
fn products(variables: &[Vec<f64>]) -> Vec<f64> {
    let count = variables.len();
    let mut matrix = vec![0.0; count * count];
    for (i, a) in variables.iter().enumerate() {
        for (j, b) in variables.iter().enumerate().take(i + 1) {
            let product = product(a, b);
            matrix[i * count + j] = product;
            matrix[j * count + i] = product;
        }
    }
    matrix
}

fn check(variables: &[Vec<f64>], ddof: usize) -> Result<f64, Error> {
    let length = variables.first().map_or(0, Vec::len);
    if let Some(other) = variables.iter().find(|variable| variable.len() != length) {
        let message = format!("{length} and {} values do not go together", other.len());
        return Err(Error::shape(message));
    }
    freedom(length, ddof)
}

/// The covariances of all variables with all, row by row. O(variables² · values).
///
/// # Errors
/// There are not more than `ddof` values of each, or not equally many of all.
pub fn covariance(variables: &[Vec<f64>], ddof: usize) -> Result<Vec<f64>, Error> {
    let divisor = check(variables, ddof)?;
    let deviations: Vec<Vec<f64>> = variables.iter().map(|data| deviations(data)).collect();
    let mut matrix = products(&deviations);
    matrix.iter_mut().for_each(|x| *x /= divisor);
    Ok(matrix)
}

/// The correlations of all variables with all, row by row: from -1 to 1, and NaN for one whose values
/// are all the same. O(variables² · values).
///
/// # Errors
/// There are no values, or not equally many of all.
pub fn correlation(variables: &[Vec<f64>]) -> Result<Vec<f64>, Error> {
    check(variables, 0)?;
    // Divided by the largest one, the squares neither overflow nor vanish.
    let scaled: Vec<Vec<f64>> = variables
        .iter()
        .map(|data| {
            let deviations = deviations(data);
            let largest = deviations.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
            if is_constant(data) || largest == 0.0 {
                return vec![f64::NAN; data.len()];
            }
            deviations.iter().map(|x| x / largest).collect()
        })
        .collect();
    let products = products(&scaled);
    let count = variables.len();
    let at = |row: usize, column: usize| products[row * count + column];
    let mut matrix = Vec::with_capacity(products.len());
    for row in 0..count {
        for column in 0..count {
            let size = sqrt(at(row, row) * at(column, column));
            matrix.push((at(row, column) / size).clamp(-1.0, 1.0));
        }
    }
    Ok(matrix)
}

/// The places of numbers in their order, from 1 on, of equal ones the mean; all NaN if one is.
#[must_use]
pub fn ranks(data: &[f64]) -> Vec<f64> {
    if data.iter().any(|x| x.is_nan()) {
        return vec![f64::NAN; data.len()];
    }
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.sort_by(|a, b| (data[*a] + 0.0).total_cmp(&(data[*b] + 0.0)));
    let mut ranks = vec![0.0; data.len()];
    let mut first = 0;
    for run in order.chunk_by(|a, b| (data[*a] + 0.0).total_cmp(&(data[*b] + 0.0)).is_eq()) {
        let rank = float(2 * first + run.len() + 1) / 2.0;
        run.iter().for_each(|place| ranks[*place] = rank);
        first += run.len();
    }
    ranks
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "some results are exact")]
mod tests {
    use super::*;
    use crate::special::assert_near;

    #[test]
    fn known_values() {
        // NumPy, as in numeric.tsv.
        let x = vec![2.5, -1.0, 4.0, 4.0, 10.0, 3.5, 0.0, 7.25];
        let y = vec![1.0, 2.0, 0.5, 3.0, 6.5, 2.0, 1.5, 4.0];
        let matrix = correlation(&[x.clone(), y]).unwrap();
        assert_near(matrix[1], 0.783_342_970_399_367_8, 1e-15);
        assert_eq!((matrix[0], matrix[3]), (1.0, 1.0));
        assert_near(covariance(&[x], 1).unwrap()[0], 12.811_383_928_571_427, 1e-15);
    }

    #[test]
    fn variables_without_change_correlate_with_nothing() {
        let matrix = correlation(&[vec![0.1, 0.1, 0.1], vec![1.0, 2.0, 3.0]]).unwrap();
        assert!(matrix[0].is_nan() && matrix[1].is_nan() && matrix[3] == 1.0);
        assert!(covariance(&[vec![1.0]], 1).is_err() && covariance(&[], 0).is_err());
        assert!(covariance(&[vec![1.0], vec![]], 0).is_err());
    }

    #[test]
    fn equal_numbers_share_their_ranks() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, -0.0, 0.0]), [4.5, 3.0, 4.5, 1.5, 1.5]);
    }
}
