//! Vectors and matrices.

mod factor;
mod norm;
mod operand;
mod product;
mod system;

use crate::builtin::row::rows;
use crate::{Fault, Store, View};

pub(crate) use product::{multiply, of_tensors};

rows! {
    /// The sum of the products of numbers that stand in the same place; of complex ones, the first
    /// conjugated.
    ///
    /// `dot([1, 2, 3], [4, 5, 6])` → `32`
    93 dot("a, b") "linalg" call product::dot;
    /// The vector that stands upright on two vectors of three numbers. Of two vectors of two numbers,
    /// the one number that it would have upwards.
    ///
    /// `cross([1, 0, 0], [0, 1, 0])` → `[0, 0, 1]`
    /// `cross([1, 0], [0, 1])` → `1`
    94 cross("a, b") "linalg" call product::cross;
    /// The length of a vector or matrix. `ord` says which: of a vector, 2 (the default) is the
    /// Euclidean length, 1 the sum of the absolute values, Infinity the largest, -Infinity the
    /// smallest of them, 0 how many are not zero, and p the p-th root of the sum of p-th powers. Of a
    /// matrix, "fro" (the default) is the root of the sum of squares, 1 and Infinity the largest sum
    /// of a column and of a row, 2 the largest singular value, -1, -Infinity and -2 the smallest
    /// ones, "nuc" the sum of the singular values. With `axis`, the length of each vector along it.
    ///
    /// `norm([3, 4])` → `5`
    /// `norm([[1, 2], [3, 4]], 1)` → `6`
    /// `norm([[3, 4], [6, 8]], {axis: 1})` → `[5, 10]`
    95 norm("x, ord = null, {axis = null, keepdims = false}") "linalg" call norm::norm;
    /// The vector of length 1 in the same direction. `ord` says which length, as for `norm`.
    ///
    /// `normalize([0, 2])` → `[0, 1]`
    96 normalize("vector, {ord = 2}") "linalg" call norm::normalize;
    /// The length of each axis of a vector or tensor, the outermost first; none for a number.
    ///
    /// `shape([[1, 2, 3], [4, 5, 6]])` → `[2, 3]`
    128 shape("array") "linalg" library shape;
    /// How many axes a vector or tensor has; a number has none.
    ///
    /// `ndim([[1, 2], [3, 4]])` → `2`
    129 ndim("array") "linalg" library ndim;
    /// The determinant of a square matrix: how it changes areas or volumes.
    ///
    /// `det([[2, 0], [0, 3]])` → `6`
    98 det("matrix") "linalg" call system::det;
    /// The sum of the numbers from the upper left to the lower right. With `offset`, those on the
    /// diagonal so far above it, or below if it is negative.
    ///
    /// `trace([[1, 2], [3, 4]])` → `5`
    /// `trace([[1, 2], [3, 4]], {offset: 1})` → `2`
    99 trace("matrix, {offset = 0}") "linalg" call system::trace;
    /// The matrix product. A vector counts as a row on the left and as a column on the right; boxes
    /// of more axes are multiplied matrix by matrix. For the product of numbers in the same place,
    /// see `mul`.
    ///
    /// `matmul([[1, 2], [3, 4]], [1, 1])` → `[3, 7]`
    /// `matmul([1, 2], [3, 4])` → `11`
    200 matmul("a, b") "linalg" call product::matmul;
    /// The products of numbers in the same place; shapes are broadcast.
    ///
    /// `sum(mul([[1, 2], [3, 4]], [[5, 6], [7, 8]]))` → `70`
    201 mul("a, b") "linalg" call product::mul;
    /// The same as `dot`: the sum of the products of numbers that stand in the same place, the first
    /// conjugated.
    ///
    /// `vdot([1, 2], [3, 4])` → `11`
    202 vdot("a, b") "linalg" call product::dot;
    /// The products of each number of one vector with each of another: a row for each number of the
    /// first.
    ///
    /// `shape(outer([1, 2], [3, 4, 5]))` → `[2, 3]`
    203 outer("a, b") "linalg" call product::outer;
    /// Kronecker's product: a matrix in which the second one stands times each number of the first.
    ///
    /// `kron([1, 2], [1, 10])` → `[1, 10, 2, 20]`
    204 kron("a, b") "linalg" call product::kron;
    /// The matrix multiplied with itself `n` times; a negative `n` means the inverse, 0 the identity.
    ///
    /// `matrix_power([[1, 1], [1, 0]], 10)[0, 0]` → `89`
    205 matrix_power("matrix, n") "linalg" call product::power;
    /// The determinant of a square matrix; the same as `det`.
    ///
    /// `determinant_nd([[2, 0], [0, 3]])` → `6`
    206 determinant_nd("matrix") "linalg" call system::det;
    /// The determinant as sign and natural logarithm of its absolute value, where it would be too
    /// large or too small for a number. Of a complex matrix, the sign is a complex number of modulus
    /// 1; of a singular one it is 0.
    ///
    /// `slogdet([[0, 1], [1, 0]]).sign` → `-1`
    207 slogdet("matrix") "linalg" call system::slogdet;
    /// The matrix that undoes a square matrix: both multiplied are the identity. A matrix that has
    /// none, or none to working precision, is a SingularError.
    ///
    /// `inv([[2, 0], [0, 4]])[1, 1]` → `0.25`
    208 inv("matrix") "linalg" call system::inv;
    /// The matrix that undoes a square matrix; the same as `inv`.
    ///
    /// `inverse([[0.5]])[0, 0]` → `2`
    209 inverse("matrix") "linalg" call system::inv;
    /// The `x` for which a square matrix times `x` is `b`: a vector, or a matrix with a column for
    /// each column of `b`. A singular matrix is a SingularError; for a matrix that is not square, see
    /// `lstsq`.
    ///
    /// `linsolve([[2, 0], [0, 4]], [2, 2])` → `[1, 0.5]`
    210 linsolve("a, b") "linalg" call system::solve;
    /// The `x` for which a square matrix times `x` is `b`; the same as `linsolve`.
    ///
    /// `solve_system([[2, 0], [0, 4]], [2, 2])` → `[1, 0.5]`
    211 solve_system("a, b") "linalg" call system::solve;
    /// The same, for `solve`.
    956 _solve("a, b") "" call system::solve;
    /// The `x` for which a matrix times `x` is nearest to `b`, in the sense of least squares; of
    /// several such, the shortest. A record of `x`, `residuals` (the square of what remains of each
    /// column), `rank` and `s`, the singular values; those up to `rcond` times the largest count as
    /// zero.
    ///
    /// `round(lstsq([[1, 0], [1, 1], [1, 2]], [1, 3, 5]).x[1], 9)` → `2`
    212 lstsq("a, b, {rcond = null}") "linalg" call system::lstsq;
    /// The matrix that inverts a matrix of any shape as far as that is possible (Moore and Penrose).
    /// Singular values up to `rcond` times the largest count as zero.
    ///
    /// `shape(pinv([[1, 2, 3], [4, 5, 6]]))` → `[3, 2]`
    213 pinv("matrix, {rcond = 1e-15}") "linalg" call system::pinv;
    /// The exponential of a square matrix, not of its entries: the sum of all its powers divided by
    /// factorials.
    ///
    /// `expm([[0, 1], [0, 0]])[0, 1]` → `1`
    214 expm("matrix") "linalg" call system::expm;
    /// Whether a matrix is equal to its transpose (for complex ones, conjugated), up to a difference
    /// of `tol` in each entry.
    ///
    /// `is_symmetric([[1, 2], [2, 1]])` → `true`
    215 is_symmetric("matrix, tol = 1e-12") "linalg" call system::is_symmetric;
    /// Whether a matrix is symmetric (for complex ones, Hermitian) and all its eigenvalues are
    /// positive.
    ///
    /// `is_positive_definite([[2, 1], [1, 2]])` → `true`
    /// `is_positive_definite([[1, 2], [2, 1]])` → `false`
    216 is_positive_definite("matrix") "linalg" call system::is_positive_definite;
    /// The eigenvalue of largest modulus, by multiplying a vector of ones again and again: a record of
    /// `value`, `vector` and `iterations`. A ConvergenceError if there is none after `max_iter` times.
    ///
    /// `round(power_iteration([[-3, 0], [0, 1]]).value, 6)` → `-3`
    217 power_iteration("matrix, max_iter = 1000, tol = 1e-10") "linalg" call system::power_iteration;
    /// A matrix as a product of a permutation `p`, a lower triangular matrix `l` with ones on its
    /// diagonal and an upper triangular one `u`. `perm` are the rows of the matrix in the order of
    /// `l` times `u`, `sign` is 1 or -1 as the permutation is even or odd.
    ///
    /// `lu([[1, 2], [3, 4]]).perm` → `[1, 0]`
    218 lu("matrix") "linalg" call factor::lu;
    /// A matrix as a product of triangular ones; the same as `lu`.
    ///
    /// `lu_decomposition([[1, 2], [3, 4]]).sign` → `-1`
    219 lu_decomposition("matrix") "linalg" call factor::lu;
    /// A matrix as a product of `q`, which has orthonormal columns, and `r`, which is upper triangular
    /// with a diagonal that is not negative. With mode "complete", `q` is square.
    ///
    /// `qr([[0, 2], [1, 0]]).r[0, 0]` → `1`
    220 qr("matrix, {mode = \"reduced\"}") "linalg" call factor::qr;
    /// A matrix as a product of an orthonormal and a triangular one; the same as `qr`.
    ///
    /// `shape(qr_decomposition([[1, 2], [3, 4], [5, 6]]).q)` → `[3, 2]`
    221 qr_decomposition("matrix, {mode = \"reduced\"}") "linalg" call factor::qr;
    /// The lower triangular matrix with a positive diagonal that, times its own (conjugate) transpose,
    /// is this one. Only the lower triangle is read; a matrix that is not positive definite is a
    /// ValueError.
    ///
    /// `cholesky([[4, 2], [2, 2]])[1, 0]` → `1`
    222 cholesky("matrix") "linalg" call factor::cholesky;
    /// The root of a positive definite matrix; the same as `cholesky`.
    ///
    /// `cholesky_decomposition([[9]])[0, 0]` → `3`
    223 cholesky_decomposition("matrix") "linalg" call factor::cholesky;
    /// A matrix as a product of `u` (orthonormal columns), the singular values `s` on a diagonal,
    /// descending, and `vt` (orthonormal rows). In each column of `u` the entry of largest modulus is
    /// real and positive. With `full`, `u` and `vt` are square.
    ///
    /// `svd([[3, 0], [0, -4]]).s` → `[4, 3]`
    224 svd("matrix, {full = false}") "linalg" call factor::svd;
    /// A matrix as a product of orthonormal ones and singular values; the same as `svd`.
    ///
    /// `svd_decomposition([[3, 0], [0, -4]]).s` → `[4, 3]`
    225 svd_decomposition("matrix, {full = false}") "linalg" call factor::svd;
    /// The singular values of a matrix, descending.
    ///
    /// `svdvals([[3, 0], [0, -4]])` → `[4, 3]`
    226 svdvals("matrix") "linalg" call factor::svdvals;
    /// The eigenvalues of a square matrix, `values`, and the eigenvectors as columns of `vectors`. The
    /// values ascend by their real part, then by their imaginary part; vectors have length 1, and the
    /// entry of largest modulus is real and positive. Both are complex if a value is.
    ///
    /// `eig([[3, 0], [0, 2]]).values` → `[2, 3]`
    /// `eig([[0, 1], [-1, 0]]).values` → `[0-1i, 0+1i]`
    227 eig("matrix") "linalg" call factor::eig;
    /// The eigenvalues of a square matrix, by ascending real part, then imaginary part.
    ///
    /// `eigvals([[3, 0], [0, 2]])` → `[2, 3]`
    228 eigvals("matrix") "linalg" call factor::eigvals;
    /// The eigenvalues of a square matrix; the same as `eigvals`.
    ///
    /// `eigenvalues([[3, 0], [0, 2]])` → `[2, 3]`
    229 eigenvalues("matrix") "linalg" call factor::eigvals;
    /// The eigenvalues of a square matrix; the same as `eigvals`.
    ///
    /// `qr_eigenvalues([[3, 0], [0, 2]])` → `[2, 3]`
    230 qr_eigenvalues("matrix") "linalg" call factor::eigvals;
    /// The eigenvectors of a square matrix as columns, in the order of `eigvals`.
    ///
    /// `eigenvectors([[3, 0], [0, 2]])[1, 0]` → `1`
    231 eigenvectors("matrix") "linalg" call factor::eigenvectors;
    /// The eigenvalues of a symmetric or Hermitian matrix, `values`, which ascend, and the
    /// eigenvectors as orthonormal columns of `vectors`. Only the lower triangle is read.
    ///
    /// `eigh([[2, 0], [0, 1]]).values` → `[1, 2]`
    232 eigh("matrix") "linalg" call factor::eigh;
    /// The eigenvalues and eigenvectors of a symmetric or Hermitian matrix; the same as `eigh`.
    ///
    /// `eigen_symmetric([[2, 0], [0, 1]]).values` → `[1, 2]`
    233 eigen_symmetric("matrix") "linalg" call factor::eigh;
    /// The eigenvalues of a symmetric or Hermitian matrix, ascending. Only the lower triangle is read.
    ///
    /// `eigvalsh([[2, 0], [0, 1]])` → `[1, 2]`
    234 eigvalsh("matrix") "linalg" call factor::eigvalsh;
    /// How many columns of a matrix are independent: how many singular values are larger than `tol`, by
    /// default the larger side of the matrix times the rounding of the largest one.
    ///
    /// `rank([[1, 2], [2, 4]])` → `1`
    235 rank("matrix, {tol = null}") "linalg" call factor::rank;
    /// How many columns of a matrix are independent; the same as `rank`.
    ///
    /// `matrix_rank([[1, 2], [2, 4]])` → `1`
    236 matrix_rank("matrix, {tol = null}") "linalg" call factor::rank;
    /// The condition of a matrix: how much larger relative errors can become where it is inverted. `p`
    /// is the norm it is measured in: 2, 1, Infinity, -2 or "fro". Infinity for a singular matrix.
    ///
    /// `cond([[2, 0], [0, 1]])` → `2`
    237 cond("matrix, p = 2") "linalg" call factor::cond;
    /// Orthonormal columns that span what a matrix maps to zero. Singular values up to `rcond` times
    /// the largest count as zero.
    ///
    /// `shape(null_space([[1, 1]]))` → `[2, 1]`
    238 null_space("matrix, {rcond = null}") "linalg" call factor::null_space;
    /// Orthonormal columns that span the columns of a matrix. Singular values up to `rcond` times the
    /// largest count as zero.
    ///
    /// `shape(orth([[1, 2], [2, 4]]))` → `[2, 1]`
    239 orth("matrix, {rcond = null}") "linalg" call factor::orth;
}

/// The lengths of the axes of what has axes.
fn axes<S: Store>(store: &S, name: &str, value: &S::Value) -> Result<Vec<usize>, Fault> {
    let tensor = store.tensor(value).map(|tensor| tensor.shape.to_vec());
    let complex = || store.complex_tensor(value).map(|tensor| tensor.shape.to_vec());
    let vector = || (store.view(value) == View::Vector).then(|| vec![store.elements(value).len()]);
    let number = || {
        matches!(store.view(value), View::Number(_) | View::Complex(_) | View::Boolean(_))
            .then(Vec::new)
    };
    tensor
        .or_else(complex)
        .or_else(vector)
        .or_else(number)
        .ok_or_else(|| Fault::type_error(format!("{name}() requires a vector or tensor")))
}

#[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
fn shape<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let axes = axes(store, "shape", &arguments[0])?;
    let lengths: Vec<_> = axes.iter().map(|&length| store.number(length as f64)).collect();
    store.new_vector(&lengths)
}

#[expect(clippy::cast_precision_loss, reason = "there are few axes")]
fn ndim<S: Store>(store: &mut S, arguments: &[S::Value]) -> Result<S::Value, Fault> {
    let axes = axes(store, "ndim", &arguments[0])?;
    Ok(store.number(axes.len() as f64))
}
