//! Factorisations, eigenvalues and singular values.

use achronyme_numeric::linear::{self, Eigen, Lu};

use super::operand::{self, Operand, each_kind};
use super::system::{count, real_if_real};
use crate::functions::Call;
use crate::{Fault, Store, View, numbers};

pub(super) fn lu<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let argument = operand::matrix(store, call, 0)?;
    each_kind!(argument, a => {
        a.require_finite().map_err(|error| call.fault(error))?;
        store.room(a.rows().saturating_mul(a.rows()).saturating_mul(size_of::<f64>()))?;
        let lu = Lu::new(a);
        #[expect(clippy::cast_precision_loss, reason = "memory holds fewer than 2^53")]
        let permutation: Vec<f64> = lu.permutation().iter().map(|row| *row as f64).collect();
        let fields = vec![
            ("l", operand::tensor(store, &lu.lower())?),
            ("u", operand::tensor(store, &lu.upper())?),
            ("p", operand::tensor(store, &lu.permutation_matrix())?),
            ("perm", numbers::real_vector(store, &permutation)?),
            ("sign", store.number(if lu.is_odd() { -1.0 } else { 1.0 })),
        ];
        operand::record(store, fields)
    })
}

pub(super) fn qr<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let complete = call.choice(store, "mode", &["reduced", "complete"])? == 1;
    each_kind!(operand::matrix(store, call, 0)?, a => {
        a.require_finite().map_err(|error| call.fault(error))?;
        if complete {
            store.room(a.rows().saturating_mul(a.rows()).saturating_mul(64))?;
        }
        let (q, r) = linear::qr(&a, complete);
        let fields = vec![("q", operand::tensor(store, &q)?), ("r", operand::tensor(store, &r)?)];
        operand::record(store, fields)
    })
}

pub(super) fn cholesky<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let factor = linear::cholesky(&a).map_err(|error| call.fault(error))?;
        operand::tensor(store, &factor)
    })
}

pub(super) fn svd<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let full = call.flag(store, "full", false)?;
    each_kind!(operand::matrix(store, call, 0)?, a => {
        if full {
            let side = a.rows().max(a.columns());
            store.room(side.saturating_mul(side).saturating_mul(64))?;
        }
        let parts = linear::svd(&a, full).map_err(|error| call.fault(error))?;
        let fields = vec![
            ("u", operand::tensor(store, &parts.u)?),
            ("s", operand::row(store, &parts.s)?),
            ("vt", operand::tensor(store, &parts.vt)?),
        ];
        operand::record(store, fields)
    })
}

pub(super) fn svdvals<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let values = each_kind!(operand::matrix(store, call, 0)?, a => linear::svdvals(&a));
    operand::row(store, &values.map_err(|error| call.fault(error))?)
}

/// The values and vectors of the matrix of a call.
fn eigen<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<(S::Value, S::Value), Fault> {
    let eigen = match operand::matrix(store, call, 0)? {
        Operand::Real(a) => linear::eig_real(&a),
        Operand::Complex(a) => linear::eig_complex(&a),
    };
    match eigen.map_err(|error| call.fault(error))? {
        Eigen::Real(values, vectors) => {
            Ok((operand::row(store, &values)?, operand::tensor(store, &vectors)?))
        }
        Eigen::Complex(values, vectors) => {
            Ok((real_if_real(store, &values)?, operand::tensor(store, &vectors)?))
        }
    }
}

pub(super) fn eig<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let (values, vectors) = eigen(store, call)?;
    operand::record(store, vec![("values", values), ("vectors", vectors)])
}

pub(super) fn eigenvectors<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    Ok(eigen(store, call)?.1)
}

pub(super) fn eigvals<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let values = match operand::matrix(store, call, 0)? {
        Operand::Real(a) => linear::eigvals_real(&a),
        Operand::Complex(a) => linear::eigvals_complex(&a),
    };
    real_if_real(store, &values.map_err(|error| call.fault(error))?)
}

pub(super) fn eigh<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let (values, vectors) = linear::eigh(&a).map_err(|error| call.fault(error))?;
        let fields = vec![
            ("values", operand::row(store, &values)?),
            ("vectors", operand::tensor(store, &vectors)?),
        ];
        operand::record(store, fields)
    })
}

pub(super) fn eigvalsh<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let values = each_kind!(operand::matrix(store, call, 0)?, a => linear::eigvalsh(&a));
    operand::row(store, &values.map_err(|error| call.fault(error))?)
}

pub(super) fn rank<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let tolerance = operand::number_option(store, call, "tol")?;
    let rank = each_kind!(operand::matrix(store, call, 0)?, a => linear::rank(&a, tolerance));
    Ok(count(store, rank.map_err(|error| call.fault(error))?))
}

pub(super) fn cond<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    use linear::ConditionNorm as Norm;
    let wrong = || call.value_error("p must be 1, 2, -2, Infinity or \"fro\"");
    let norm = match call.get(1).map(|value| store.view(value)) {
        None => Norm::Two,
        Some(View::Number(p)) => match p {
            1.0 => Norm::One,
            2.0 => Norm::Two,
            -2.0 => Norm::MinusTwo,
            f64::INFINITY => Norm::Infinity,
            _ => return Err(wrong()),
        },
        Some(View::String) if call.text(store, 1)? == "fro" => Norm::Frobenius,
        Some(View::String) => return Err(wrong()),
        Some(_) => return Err(call.wanted(store, 1, "a number or \"fro\"")),
    };
    let result = each_kind!(operand::matrix(store, call, 0)?, a => linear::condition(&a, norm));
    Ok(store.number(result.map_err(|error| call.fault(error))?))
}

pub(super) fn null_space<S: Store>(
    store: &mut S,
    call: &Call<S::Value>,
) -> Result<S::Value, Fault> {
    let limit = operand::number_option(store, call, "rcond")?;
    each_kind!(operand::matrix(store, call, 0)?, a => {
        store.room(a.columns().saturating_mul(a.columns()).saturating_mul(64))?;
        let space = linear::null_space(&a, limit).map_err(|error| call.fault(error))?;
        operand::tensor(store, &space)
    })
}

pub(super) fn orth<S: Store>(store: &mut S, call: &Call<S::Value>) -> Result<S::Value, Fault> {
    let limit = operand::number_option(store, call, "rcond")?;
    each_kind!(operand::matrix(store, call, 0)?, a => {
        let space = linear::column_space(&a, limit).map_err(|error| call.fault(error))?;
        operand::tensor(store, &space)
    })
}
