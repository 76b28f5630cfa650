//! Linear algebra: matrices of real and complex numbers, their products and factorisations.

mod bidiagonal;
#[cfg(test)]
mod bits;
mod cholesky;
mod conquer;
mod divide;
mod eigen;
mod exponential;
mod golub;
mod hermitian;
mod hessenberg;
mod kernel;
#[cfg(test)]
mod laws;
mod lu;
mod matrix;
mod norm;
mod pairs;
mod panel;
mod phase;
mod power;
mod product;
mod qr;
mod reflector;
#[cfg(test)]
mod samples;
mod scalar;
mod schur;
mod secular;
mod solve;
mod spectrum;
mod svd;
mod sweep;
mod triangle;
mod tridiagonal;
mod vector;

pub use cholesky::{cholesky, is_positive_definite};
pub use eigen::{Eigen, eig_complex, eig_real, eigvals_complex, eigvals_real};
pub use exponential::{exponential, matrix_power};
pub use hermitian::{eigh, eigvalsh};
pub use lu::Lu;
pub use matrix::{Matrix, View, ViewMut};
pub use norm::{NormOrder, matrix_norm, vector_norm};
pub use power::{Dominant, power_iteration};
pub use product::{
    matrix_times_vector, matrix_times_vector_into, multiply_into, vector_times_matrix,
    vector_times_matrix_into,
};
pub use qr::qr;
pub use scalar::Scalar;
pub use solve::{inverse, solve};
pub use spectrum::{
    ConditionNorm, LeastSquares, column_space, condition, least_squares, null_space,
    pseudo_inverse, rank,
};
pub use svd::{Svd, svd, svdvals};
