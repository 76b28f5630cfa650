//! The line through points with the least squares.

use libm::sqrt;

use super::covariance::{correlation, product};
use super::{float, is_constant};
use crate::distribution::{Family, Quantity};
use crate::{Error, pairwise};

/// A line, and how well it fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// How much y grows as x grows by 1.
    pub slope: f64,
    /// y where x is 0.
    pub intercept: f64,
    /// The correlation of x and y; 0 where y is constant.
    pub rvalue: f64,
    /// How probable so large a slope would be if the true one were 0: of two sides, by t. 0 of two
    /// points, and 1 where y is constant.
    pub pvalue: f64,
    /// The standard error of the slope; 0 of two points.
    pub stderr: f64,
    /// The standard error of the intercept.
    pub intercept_stderr: f64,
}

/// The line from which the points are off with the least sum of squares, in y.
///
/// # Errors
/// There are not as many y as x, fewer than two, or all x are the same.
pub fn linregress(x: &[f64], y: &[f64]) -> Result<Line, Error> {
    if x.len() != y.len() {
        return Err(Error::shape(format!("{} x and {} y do not go together", x.len(), y.len())));
    }
    if x.len() < 2 {
        return Err(Error::value("a line needs at least two points"));
    }
    if is_constant(x) {
        return Err(Error::value("all x are the same"));
    }
    let count = float(x.len());
    let (x_mean, y_mean) = (pairwise(x) / count, pairwise(y) / count);
    let dx: Vec<f64> = x.iter().map(|x| x - x_mean).collect();
    let dy: Vec<f64> = y.iter().map(|y| y - y_mean).collect();
    let (xx, xy) = (product(&dx, &dx), product(&dx, &dy));
    let is_flat = is_constant(y);
    let slope = if is_flat { 0.0 } else { xy / xx };
    let freedom = count - 2.0;
    let rests: Vec<f64> = dx.iter().zip(&dy).map(|(x, y)| y - slope * x).collect();
    let (pvalue, stderr) = if is_flat {
        (1.0, 0.0)
    } else if freedom == 0.0 {
        (0.0, 0.0)
    } else {
        let stderr = sqrt(product(&rests, &rests) / xx / freedom);
        let above = Family::T.ask(&[freedom], Quantity::Above, slope.abs() / stderr);
        (2.0 * above, stderr)
    };
    let rvalue = if is_flat { 0.0 } else { correlation(&[x.to_vec(), y.to_vec()])?[1] };
    Ok(Line {
        slope,
        intercept: y_mean - slope * x_mean,
        rvalue,
        pvalue,
        stderr,
        intercept_stderr: stderr * sqrt(xx / count + x_mean * x_mean),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::assert_near;

    #[test]
    fn known_values() {
        // SciPy, as in numeric.tsv.
        let x = [2.5, -1.0, 4.0, 4.0, 10.0, 3.5, 0.0, 7.25];
        let y = [1.0, 2.0, 0.5, 3.0, 6.5, 2.0, 1.5, 4.0];
        let line = linregress(&x, &y).unwrap();
        assert_near(line.slope, 0.423_556_058_890_147_25, 1e-14);
        assert_near(line.intercept, 0.960_928_652_321_630_7, 1e-14);
        assert_near(line.rvalue, 0.783_342_970_399_367_8, 1e-14);
        assert_near(line.pvalue, 0.021_472_511_210_354_76, 1e-12);
        assert_near(line.stderr, 0.137_210_438_528_185_04, 1e-13);
        assert_near(line.intercept_stderr, 0.692_984_882_141_317_5, 1e-13);
    }

    #[test]
    fn lines_need_two_different_points() {
        assert!(linregress(&[1.0], &[1.0]).is_err());
        assert!(linregress(&[1.0, 1.0], &[1.0, 2.0]).is_err());
        assert!(linregress(&[1.0, 2.0], &[1.0]).is_err());
        let two = linregress(&[0.0, 1.0], &[1.0, 3.0]).unwrap();
        assert_eq!((two.slope, two.intercept, two.pvalue), (2.0, 1.0, 0.0));
        let exact = linregress(&[1.0, 2.0, 3.0], &[3.0, 5.0, 7.0]).unwrap();
        assert_eq!((exact.rvalue, exact.pvalue, exact.stderr), (1.0, 0.0, 0.0));
        let flat = linregress(&[0.0, 1.0, 2.0], &[3.0, 3.0, 3.0]).unwrap();
        assert_eq!((flat.slope, flat.pvalue), (0.0, 1.0));
    }
}
