//! What counts as true.

use crate::{Fault, Store, View};

/// Whether a value is true for `&&`, `||` and `!`: all are but `false`, `null`, `0`, `NaN` and
/// `""`.
pub fn truthy<S: Store>(store: &S, value: &S::Value) -> bool {
    match store.view(value) {
        View::Boolean(truth) => truth,
        View::Number(number) => number != 0.0 && !number.is_nan(),
        View::Null => false,
        View::String => !store.text(value).is_empty(),
        View::Complex(_)
        | View::Vector
        | View::Tensor
        | View::ComplexTensor
        | View::Record
        | View::Function { .. }
        | View::Builtin(_)
        | View::Edge
        | View::Generator { .. }
        | View::Error
        | View::Future
        | View::Sender
        | View::Receiver
        | View::Mutex
        | View::Guard
        | View::Signal => true,
    }
}

/// Whether the condition of `if`, `while`, `piecewise` or a guard holds: as [`truthy`].
///
/// # Errors
/// The value is a mask: it has many truth values.
pub fn condition<S: Store>(store: &S, value: &S::Value) -> Result<bool, Fault> {
    if store.is_mask(value) {
        return Err(Fault {
            kind: "TypeError",
            message: "A mask is neither true nor false as a whole: use any() or all()".to_owned(),
        });
    }
    Ok(truthy(store, value))
}
