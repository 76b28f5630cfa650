//! Eigenvalues and eigenvectors of square matrices of any kind.

use super::kernel::{sum_of_products, wide};
use super::matrix::Matrix;
use super::scalar::Scalar;
use super::{hessenberg, pairs, phase, product, schur};
use crate::{Complex, Error};

/// Eigenvalues by ascending real part, then imaginary part; eigenvectors as columns of length 1
/// whose entry of largest modulus is real and positive.
#[derive(Clone, Debug)]
pub enum Eigen {
    /// All eigenvalues are real, and the vectors too.
    Real(Vec<f64>, Matrix<f64>),
    /// Some are not.
    Complex(Vec<Complex>, Matrix<Complex>),
}

/// The eigenvalues and eigenvectors of a real matrix.
///
/// # Errors
/// `a` is not square or not finite; the iteration does not converge.
pub fn eig_real(a: &Matrix<f64>) -> Result<Eigen, Error> {
    let prepared = Prepared::new(a)?;
    let (mut h, q) = hessenberg::reduce(prepared.matrix, true);
    let mut rows = q.unwrap_or_else(|| Matrix::zeros(0, 0)).transpose();
    schur::real(&mut h, Some(&mut rows))?;
    let values = real_values(&h);
    if values.iter().all(|value| value.im == 0.0) {
        let vectors = vectors(&h, &rows.transpose(), &prepared.scales);
        let order = order(&values, prepared.norm);
        let values = order.iter().map(|i| values[*i].re / prepared.factor).collect();
        return Ok(Eigen::Real(values, finish(&vectors, &order)));
    }
    let vectors = pairs::vectors(&h, &rows, &values, &prepared.scales);
    let order = order(&values, prepared.norm);
    let mut vectors = finish(&vectors, &order);
    for (j, _) in order.iter().enumerate().filter(|(_, i)| values[**i].im == 0.0) {
        for i in 0..vectors.rows() {
            vectors[(i, j)].im = 0.0;
        }
    }
    let values = order.iter().map(|i| values[*i].scale(1.0 / prepared.factor)).collect();
    Ok(Eigen::Complex(values, vectors))
}

/// The eigenvalues and eigenvectors of a complex matrix.
///
/// # Errors
/// As for [`eig_real`].
pub fn eig_complex(a: &Matrix<Complex>) -> Result<Eigen, Error> {
    let prepared = Prepared::new(a)?;
    let (mut h, q) = hessenberg::reduce(prepared.matrix, true);
    let mut rows = q.unwrap_or_else(|| Matrix::zeros(0, 0)).adjoint();
    schur::complex(&mut h, Some(&mut rows))?;
    let values: Vec<Complex> = (0..h.rows()).map(|i| h[(i, i)]).collect();
    let vectors = vectors(&h, &rows.adjoint(), &prepared.scales);
    let order = order(&values, prepared.norm);
    let values: Vec<Complex> =
        order.iter().map(|i| values[*i].scale(1.0 / prepared.factor)).collect();
    Ok(Eigen::Complex(values, finish(&vectors, &order)))
}

/// The eigenvalues of a real matrix alone, in the same order.
///
/// # Errors
/// As for [`eig_real`].
pub fn eigvals_real(a: &Matrix<f64>) -> Result<Vec<Complex>, Error> {
    let prepared = Prepared::new(a)?;
    let (mut h, _) = hessenberg::reduce(prepared.matrix, false);
    schur::real(&mut h, None)?;
    let values = real_values(&h);
    let order = order(&values, prepared.norm);
    Ok(order.iter().map(|i| values[*i].scale(1.0 / prepared.factor)).collect())
}

/// The eigenvalues of a complex matrix alone, in the same order.
///
/// # Errors
/// As for [`eig_real`].
pub fn eigvals_complex(a: &Matrix<Complex>) -> Result<Vec<Complex>, Error> {
    let prepared = Prepared::new(a)?;
    let (mut h, _) = hessenberg::reduce(prepared.matrix, false);
    schur::complex(&mut h, None)?;
    let values: Vec<Complex> = (0..h.rows()).map(|i| h[(i, i)]).collect();
    let order = order(&values, prepared.norm);
    Ok(order.iter().map(|i| values[*i].scale(1.0 / prepared.factor)).collect())
}

/// A matrix whose rows and columns have been scaled to similar size.
struct Prepared<T> {
    matrix: Matrix<T>,
    /// What each row has been divided by.
    scales: Vec<f64>,
    /// What all entries have been multiplied with.
    factor: f64,
    /// The sum of the sizes of all entries of a row or so.
    norm: f64,
}

impl<T: Scalar> Prepared<T> {
    /// Powers of two keep rounding out (Parlett and Reinsch, Numer. Math. 13, 1969).
    fn new(a: &Matrix<T>) -> Result<Self, Error> {
        a.require_square()?;
        a.require_finite()?;
        let (mut matrix, factor) = phase::scale(a.clone());
        let norm = super::reflector::length(matrix.data());
        let n = matrix.rows();
        let mut scales = vec![1.0; n];
        for _ in 0..100 {
            let mut done = true;
            for i in 0..n {
                let others = || (0..n).filter(|j| *j != i);
                let row: f64 = others().map(|j| matrix[(i, j)].size()).sum();
                let column: f64 = others().map(|j| matrix[(j, i)].size()).sum();
                let Some(scale) = balance(row, column) else { continue };
                if (1e-200..1e200).contains(&(scales[i] * scale)) {
                    done = false;
                    scales[i] *= scale;
                    for j in 0..n {
                        matrix[(i, j)] = matrix[(i, j)].scale(1.0 / scale);
                    }
                    for j in 0..n {
                        matrix[(j, i)] = matrix[(j, i)].scale(scale);
                    }
                }
            }
            if done {
                break;
            }
        }
        Ok(Self { matrix, scales, factor, norm })
    }
}

/// The power of two that brings a row and a column nearest to each other, if that is worth its while.
fn balance(row: f64, column: f64) -> Option<f64> {
    if row == 0.0 || column == 0.0 {
        return None;
    }
    let (mut scale, mut changed) = (1.0, column);
    while changed < 0.5 * row {
        scale *= 2.0;
        changed *= 4.0;
    }
    while changed >= 2.0 * row {
        scale *= 0.5;
        changed *= 0.25;
    }
    (column * scale + row / scale < 0.95 * (column + row)).then_some(scale)
}

/// What stands on the diagonal, in blocks of one and two; of a pair, the one above the real axis
/// first.
fn real_values(h: &Matrix<f64>) -> Vec<Complex> {
    let n = h.rows();
    let mut values = Vec::with_capacity(n);
    while values.len() < n {
        let k = values.len();
        if k + 1 == n || h[(k + 1, k)] == 0.0 {
            values.push(Complex::new(h[(k, k)], 0.0));
            continue;
        }
        let (half, square) = schur::discriminant(h, k);
        let middle = h[(k + 1, k + 1)] + half;
        if square < 0.0 {
            let distance = (-square).sqrt();
            values.extend([Complex::new(middle, distance), Complex::new(middle, -distance)]);
        } else {
            let distance = square.sqrt();
            values.extend([middle + distance, middle - distance].map(Complex::from));
        }
    }
    values
}

/// The eigenvectors of Z·T·Zᴴ, T triangular, as columns of length 1, for the matrix before its rows
/// were scaled.
fn vectors<T: Scalar>(t: &Matrix<T>, z: &Matrix<T>, scales: &[f64]) -> Matrix<T> {
    let n = t.rows();
    let least = least_gap(t);
    let mut rows = Matrix::zeros(n, n);
    wide(
        #[inline(always)]
        || {
            for k in 0..n {
                let x = rows.row_mut(k);
                x[k] = T::ONE;
                for i in (0..k).rev() {
                    let sum = sum_of_products(&t.row(i)[i + 1..=k], &x[i + 1..=k]);
                    let gap = t[(k, k)] - t[(i, i)];
                    let gap = if gap.size() < least { T::from_real(least) } else { gap };
                    x[i] = sum.over(gap);
                    let size = x[i].size();
                    if size > 1e100 {
                        x[i..=k].iter_mut().for_each(|x| *x = x.scale(1.0 / size));
                    }
                }
            }
        },
    );
    let mut vectors = product::multiply(z.view(), rows.view().transposed());
    for (i, scale) in scales.iter().enumerate() {
        vectors.row_mut(i).iter_mut().for_each(|x| *x = x.scale(*scale));
    }
    for j in 0..n {
        let length = super::reflector::length(&vectors.column(j));
        for i in 0..n {
            vectors[(i, j)] = vectors[(i, j)].over(T::from_real(length));
        }
    }
    vectors
}

/// The least distance of eigenvalues that counts as one.
pub(super) fn least_gap<T: Scalar>(t: &Matrix<T>) -> f64 {
    let largest = t.data().iter().map(|x| x.size()).fold(0.0, f64::max);
    (f64::EPSILON * largest).max(f64::MIN_POSITIVE)
}

/// Columns in this order, with their phases fixed.
fn finish<T: Scalar>(vectors: &Matrix<T>, order: &[usize]) -> Matrix<T> {
    let n = vectors.rows();
    let mut result = Matrix::from_fn(n, n, |i, j| vectors[(i, order[j])]);
    phase::fix_columns(&mut result);
    result
}

/// The places of the values by real part, then imaginary part; real parts count as equal if they
/// differ by rounding only.
fn order(values: &[Complex], norm: f64) -> Vec<usize> {
    let near = 8.0 * f64::EPSILON * norm;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].re.total_cmp(&values[*b].re));
    let mut from = 0;
    while from < order.len() {
        let start = values[order[from]].re;
        let count = order[from..].iter().take_while(|i| values[**i].re - start <= near).count();
        // What is infinite or no number is not even near itself.
        let count = count.max(1);
        let group = &mut order[from..from + count];
        group.sort_by(|a, b| {
            let (a, b) = (values[*a], values[*b]);
            a.im.total_cmp(&b.im).then(a.re.total_cmp(&b.re))
        });
        from += count;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn values_that_are_no_numbers_have_an_order_too() {
        let values = [f64::NAN, f64::INFINITY, 1.0, f64::NEG_INFINITY].map(Complex::from);
        assert_eq!(order(&values, 1.0), [3, 2, 1, 0]);
        assert_eq!(order(&values, f64::NAN), [3, 2, 1, 0]);
    }

    fn check(a: &Matrix<Complex>, eigen: Eigen, alone: &[Complex]) {
        let (values, vectors) = match eigen {
            Eigen::Real(values, vectors) => (
                values.into_iter().map(Complex::from).collect::<Vec<_>>(),
                vectors.map(Complex::from),
            ),
            Eigen::Complex(values, vectors) => (values, vectors),
        };
        let scaled = Matrix::from_fn(a.rows(), a.rows(), |i, j| vectors[(i, j)] * values[j]);
        samples::assert_near(&a.times(&vectors).unwrap(), &scaled, 1e-11);
        for j in 0..a.rows() {
            let length: f64 = vectors.column(j).iter().map(|x| x.square()).sum();
            assert!((length - 1.0).abs() < 1e-12);
        }
        for (x, y) in values.iter().zip(alone) {
            assert!((x - y).modulus() < 1e-9, "{x} {y}");
        }
    }

    #[test]
    fn the_matrix_times_a_vector_is_the_value_times_the_vector() {
        for n in [0, 1, 2, 3, 4, 10, 40, 90] {
            let a = samples::real(n, n, 7);
            let alone = eigvals_real(&a).unwrap();
            check(&a.map(Complex::from), eig_real(&a).unwrap(), &alone);
            let a = samples::complex(n, n, 8);
            check(&a, eig_complex(&a).unwrap(), &eigvals_complex(&a).unwrap());
        }
    }

    #[test]
    fn rotations_have_conjugate_values_and_vectors() {
        let a = Matrix::new(2, 2, vec![0.0, 1.0, -1.0, 0.0]).unwrap();
        let Eigen::Complex(values, vectors) = eig_real(&a).unwrap() else { panic!("not real") };
        assert_eq!(values, [Complex::new(0.0, -1.0), Complex::new(0.0, 1.0)]);
        assert_eq!(vectors[(0, 0)], vectors[(0, 1)].conj());
        assert!((vectors[(0, 0)].re - 0.5_f64.sqrt()).abs() < 1e-15);
    }

    #[test]
    fn defective_and_badly_scaled_matrices_have_their_values() {
        let values =
            |n, data: &[f64]| eigvals_real(&Matrix::new(n, n, data.to_vec()).unwrap()).unwrap();
        assert_eq!(values(2, &[2.0, 1.0, 0.0, 2.0]), [Complex::from(2.0); 2]);
        let scaled = values(2, &[1.0, 1e80, 1e-80, 1.0]);
        assert!((scaled[0].re).abs() < 1e-14 && (scaled[1].re - 2.0).abs() < 1e-14, "{scaled:?}");
        let cycle = values(4, &[0., 0., 0., 1., 1., 0., 0., 0., 0., 1., 0., 0., 0., 0., 1., 0.]);
        let expected = [(-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (1.0, 0.0)];
        for (x, (re, im)) in cycle.iter().zip(expected) {
            assert!((x - Complex::new(re, im)).modulus() < 1e-14, "{cycle:?}");
        }
    }
}
