//! Eigenvectors of real matrices of which some eigenvalues are not real. Those of a pair are conjugate,
//! so one is computed, and its parts are two columns of a product of real matrices.

use super::eigen::least_gap;
use super::kernel::{sum_of_products, wide};
use super::matrix::Matrix;
use super::product;
use super::reflector::length;
use super::scalar::Scalar;
use crate::Complex;

/// The eigenvectors of Z·T·Zᵀ as columns of length 1, for the matrix before its rows were scaled. T is
/// triangular up to blocks of two, and has these eigenvalues; Zᵀ is given.
pub(super) fn vectors(
    t: &Matrix<f64>,
    z_transposed: &Matrix<f64>,
    values: &[Complex],
    scales: &[f64],
) -> Matrix<Complex> {
    let n = t.rows();
    let (triangle, turns) = to_complex(t, values);
    let triangle = Triangle {
        least: least_gap(&triangle),
        re: triangle.map(|x| x.re),
        im: triangle.map(|x| x.im),
    };
    let mut parts = Matrix::zeros(n, n);
    wide(
        #[inline(always)]
        || {
            for k in (0..n).filter(|k| values[*k].im >= 0.0) {
                let (re, im) = triangle.vector(k, &turns);
                parts.row_mut(k).copy_from_slice(&re);
                if values[k].im > 0.0 {
                    parts.row_mut(k + 1).copy_from_slice(&im);
                }
            }
        },
    );
    let mut parts = product::multiply(parts.view(), z_transposed.view());
    for k in (0..n).filter(|k| values[*k].im >= 0.0) {
        let count = if values[k].im > 0.0 { 2 } else { 1 };
        let rows = &mut parts.data_mut()[k * n..(k + count) * n];
        for row in rows.chunks_exact_mut(n) {
            row.iter_mut().zip(scales).for_each(|(x, scale)| *x *= scale);
        }
        let length = length(rows);
        rows.iter_mut().for_each(|x| *x /= length);
    }
    Matrix::from_fn(n, n, |i, k| match values[k].im {
        0.0 => Complex::new(parts[(k, i)], 0.0),
        im if im > 0.0 => Complex::new(parts[(k, i)], parts[(k + 1, i)]),
        _ => Complex::new(parts[(k - 1, i)], -parts[(k, i)]),
    })
}

/// A rotation of two neighbours: the first of them, cosine and sine.
type Turn = (usize, Complex, f64);

/// A real matrix that is triangular up to blocks of two, made triangular, and the rotations for that.
fn to_complex(t: &Matrix<f64>, values: &[Complex]) -> (Matrix<Complex>, Vec<Turn>) {
    let mut t = t.map(Complex::from);
    let mut turns = Vec::new();
    for k in 0..t.rows().saturating_sub(1) {
        let below = t[(k + 1, k)];
        if below == Complex::ZERO {
            continue;
        }
        let gap = values[k] - t[(k + 1, k + 1)];
        let length = libm::hypot(gap.modulus(), below.modulus());
        let (cosine, sine) = (gap.scale(1.0 / length), below.re / length);
        let (x, y) = t.two_rows(k, k + 1);
        for (x, y) in x[k..].iter_mut().zip(&mut y[k..]) {
            (*x, *y) = (cosine.conj() * *x + y.scale(sine), cosine * *y - x.scale(sine));
        }
        for i in 0..k + 2 {
            let row = t.row_mut(i);
            let (x, y) = (row[k], row[k + 1]);
            row[k] = x * cosine + y.scale(sine);
            row[k + 1] = y * cosine.conj() - x.scale(sine);
        }
        t[(k + 1, k)] = Complex::ZERO;
        t[(k, k)] = values[k];
        t[(k + 1, k + 1)] = values[k + 1];
        turns.push((k, cosine, sine));
    }
    (t, turns)
}

/// A triangular matrix by its parts.
struct Triangle {
    re: Matrix<f64>,
    im: Matrix<f64>,
    /// The least distance of eigenvalues that counts as one.
    least: f64,
}

impl Triangle {
    fn at(&self, i: usize) -> Complex {
        Complex::new(self.re[(i, i)], self.im[(i, i)])
    }

    /// The parts of the eigenvector for value `k` of the matrix before it was made triangular.
    #[inline(always)]
    fn vector(&self, k: usize, turns: &[Turn]) -> (Vec<f64>, Vec<f64>) {
        let n = self.re.rows();
        let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
        re[k] = 1.0;
        for i in (0..k).rev() {
            let rest = i + 1..=k;
            let (t_re, t_im) = (&self.re.row(i)[rest.clone()], &self.im.row(i)[rest.clone()]);
            let (x_re, x_im) = (&re[rest.clone()], &im[rest]);
            let sum = Complex::new(
                sum_of_products(t_re, x_re) - sum_of_products(t_im, x_im),
                sum_of_products(t_re, x_im) + sum_of_products(t_im, x_re),
            );
            let gap = self.at(k) - self.at(i);
            let gap = if gap.size() < self.least { self.least.into() } else { gap };
            let x = sum.over(gap);
            (re[i], im[i]) = (x.re, x.im);
            let size = x.size();
            if size > 1e100 {
                for x in re[i..=k].iter_mut().chain(&mut im[i..=k]) {
                    *x /= size;
                }
            }
        }
        for &(j, cosine, sine) in turns.iter().take_while(|turn| turn.0 <= k) {
            let (x, y) = (Complex::new(re[j], im[j]), Complex::new(re[j + 1], im[j + 1]));
            let (x, y) = (x * cosine - y.scale(sine), x.scale(sine) + y * cosine.conj());
            (re[j], im[j], re[j + 1], im[j + 1]) = (x.re, x.im, y.re, y.im);
        }
        (re, im)
    }
}
